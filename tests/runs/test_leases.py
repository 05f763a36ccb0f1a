"""One worker a target: who comes second leaves, who slept too long starts nothing more."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.runs.stage import Clockwork, Stage
from tests.runs.test_evidence import SpoiltVault, flip
from tests.runs.worlds import SMALL_EFFECTS, SMALL_LEFT

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.documents import put_document
from sagewarden.application.lease import Lease, leased
from sagewarden.application.pause import set_pause
from sagewarden.application.ports.vault import Stored
from sagewarden.core.keys import Family, lease_key
from sagewarden.errors import LeaseHeld, ReadFailed, VaultChanged, VaultError


class Renewing(Clockwork):
    """A second worker's time, in which the first one renews its lease again and again."""

    first: Lease

    def rest(self, seconds: float) -> None:
        self.passed += seconds
        self.first.renew()


def second_worker(stage: Stage, lease: Lease) -> Stage:
    """Another process on the same target and vault."""
    clockwork = Renewing(stage.box)
    clockwork.first = lease
    return replace(stage, clockwork=clockwork, at=lambda _when, _what: None, runs=50)


def test_a_second_worker_says_so_and_leaves(due: Stage) -> None:
    """Nothing is read of the account, nothing is reported."""
    reports = due.keys(Family.REPORTS)
    with (
        leased(due.bench(), run="other", seconds=600.0, nonce="other") as lease,
        pytest.raises(LeaseHeld) as caught,
    ):
        second_worker(due, lease).sweep()
    assert (caught.value.exit_code, due.calls()) == (11, [])
    assert due.keys(Family.REPORTS) == reports


def test_a_second_worker_leaves_as_soon_as_it_sees_a_renewal(due: Stage) -> None:
    """It would be refused at the end of its wait too, but nobody needs to wait for that."""
    with leased(due.bench(), run="other", seconds=600.0, nonce="other") as lease:
        other = second_worker(due, lease)
        with pytest.raises(LeaseHeld):
            other.sweep()
    assert other.clockwork.passed == 1.0


@pytest.mark.parametrize("number", [1, 4, 5, 8, 10])
def test_a_second_worker_that_comes_before_an_effect_leaves(due: Stage, number: int) -> None:
    """Whenever it comes; the first one goes on undisturbed."""
    came = []

    def at(when: str, _what: str) -> None:
        if when == "before" and len(due.effects()) == number - 1 and due.lease is not None:
            with pytest.raises(LeaseHeld):
                second_worker(due, due.lease).sweep()
            came.append(number)

    due.at = at
    assert due.sweep().exit_code == 0
    assert (came, due.effects(applied=False)) == ([number], SMALL_EFFECTS)


def test_a_renewal_whose_answer_got_lost_does_not_lose_the_lease(due: Stage) -> None:
    """What lies there has our nonce: the next renewal and the release write over it."""
    vault = MemoryVault()
    bench = replace(due.bench(), vault=vault)

    def lost(operation: str, _key: str) -> None:
        if operation == "replace":
            raise VaultError("no answer came")

    with leased(bench, run="first", seconds=600.0, nonce="first") as lease:
        for write in (lease.renew, lease.renew, lease.release):
            vault.after = lost
            with pytest.raises(VaultError):
                write()
            vault.after = lambda _operation, _key: None
            write()
    assert json.loads(vault.get(lease_key(due.bench().target)).body)["released"]


def test_a_renewal_does_not_take_back_what_another_worker_holds(due: Stage) -> None:
    """Not even when its own last answer got lost."""
    vault = MemoryVault()
    bench = replace(due.bench(), vault=vault)
    key = lease_key(bench.target)
    with leased(bench, run="first", seconds=600.0, nonce="first") as lease:
        put_document(vault, key, {"run": "second", "nonce": "second"}, vault.get(key).version)
        with pytest.raises(VaultChanged):
            lease.renew()
    assert json.loads(vault.get(key).body)["nonce"] == "second"


def test_a_lease_that_was_left_behind_is_taken_over_when_it_has_run_out(due: Stage) -> None:
    """By our own clock, from when we first saw it."""
    due.lease_seconds = 45.0
    began = due.clockwork.passed
    with leased(due.bench(), run="asleep", seconds=300.0, nonce="asleep"):
        report = due.sweep()
    assert (report.exit_code, due.names()) == (0, SMALL_LEFT)
    assert due.clockwork.passed - began >= 300.0


def test_a_lease_that_was_given_back_is_free_at_once(due: Stage) -> None:
    began = due.clockwork.passed
    with leased(due.bench(), run="done", seconds=300.0, nonce="done"):
        pass
    assert due.sweep().exit_code == 0
    assert due.clockwork.passed - began < 1.0


@pytest.mark.parametrize("number", [1, 2, 4, 5, 7, 9, 10])
def test_a_worker_that_slept_through_its_lease_starts_no_new_effect(
    due: Stage, number: int
) -> None:
    """It falls asleep as its effect of this number leaves; the next run settles what is open."""
    due.guard = Sleeper(due, number).guard
    report = due.sweep()
    assert (report.exit_code, due.effects(applied=False)) == (11, SMALL_EFFECTS[: number - 1])
    due.guard = lambda: None
    assert (due.sweep().exit_code, due.effects()) == (0, SMALL_EFFECTS)
    assert due.open_intents() == []


class Sleeper:
    """Sleeps for ten lease lengths when the guard is asked for the nth time."""

    def __init__(self, stage: Stage, number: int) -> None:
        self._stage = stage
        self._left = number

    def guard(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._stage.clockwork.passed += 10 * self._stage.lease_seconds


def asleep_after(stage: Stage, number: int) -> None:
    """Let the worker sleep for ten lease lengths once its effect of this number was applied."""

    def at(when: str, _what: str) -> None:
        if when == "after" and len(stage.effects()) == number:
            stage.clockwork.passed += 10 * stage.lease_seconds

    stage.at = at


def test_a_worker_that_slept_through_its_lease_begins_no_bundle(due: Stage) -> None:
    """What it did before is told; an intent for more would be one that nobody stands for."""
    due.bundle = 2
    asleep_after(due, 5)
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (11, SMALL_EFFECTS[:5])
    assert (report.tally["done"], due.open_intents()) == (5, [])


def test_a_worker_that_slept_after_its_last_effect_tells_so(due: Stage) -> None:
    """Nothing is left to do, but another worker may have been at it meanwhile."""
    asleep_after(due, len(SMALL_EFFECTS))
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (11, SMALL_EFFECTS)
    assert report.advice[0].startswith("the lease ran out while this run worked")


def test_a_worker_whose_marks_another_changed_while_it_slept_says_that_its_lease_ran_out(
    due: Stage,
) -> None:
    """What it met, marks that are not as it read them, is only the trace of the other worker."""
    other = replace(due, lease=None, runs=50)
    came: list[int] = []

    def before(operation: str, key: str) -> None:
        if operation == "replace" and key.endswith("marks/current") and not came:
            came.append(0)
            came.append(other.sweep().exit_code)

    assert isinstance(due.vault, MemoryVault)
    due.vault.before = before
    report = due.sweep()
    assert (came, due.effects(), due.open_intents()) == ([0, 0], SMALL_EFFECTS, [])
    assert (report.exit_code, len(report.advice)) == (11, 2)
    assert "marks/current in the vault changed" in report.advice[0]
    assert report.advice[1].startswith("the lease ran out while this run worked")


def test_a_broken_archive_counts_more_than_a_lease_that_ran_out_after_it(due: Stage) -> None:
    """Both are told."""

    def asleep(key: str, found: Stored) -> Stored:
        due.clockwork.passed += 10 * due.lease_seconds
        return flip(key, found)

    due.vault = SpoiltVault(due.vault, asleep)
    report = due.sweep()
    assert (report.exit_code, len(report.advice), due.effects()) == (5, 2, [])


def test_a_sleeper_puts_no_edge_back_either(due: Stage) -> None:
    """Another worker may be at it by now."""
    due.guard = Sleeper(due, 4).guard
    due.sweep()
    assert not [effect for effect in due.effects(applied=False) if effect.startswith("link")]
    assert len(due.open_intents()) == 1


@pytest.mark.parametrize("number", range(1, 11))
def test_a_stop_in_the_middle_leaves_no_edge_open(due: Stage, number: int) -> None:
    """A component under way is finished, the rest is told, the next sweep goes on."""

    def at(when: str, _what: str) -> None:
        if when == "before" and len(due.effects()) == number - 1:
            due.stop.set()

    due.at = at
    report = due.sweep()
    done = {1: 2, 2: 2, 3: 5, 4: 5, 5: 5, 6: 6, 7: 8, 8: 8, 9: 9, 10: 10}[number]
    assert due.effects() == SMALL_EFFECTS[:done]
    assert (report.exit_code, due.open_intents()) == (0 if number == 10 else 3, [])
    assert (report.tally["done"], report.tally["not attempted"]) == (done, 10 - done)
    due.stop.clear()
    due.at = lambda _when, _what: None
    assert (due.sweep().exit_code, due.effects()) == (0, SMALL_EFFECTS)


def test_a_stop_with_eight_lanes_leaves_no_edge_open(due: Stage) -> None:
    due.at = lambda _when, _what: due.stop.set()
    report = due.with_lanes(8).sweep()
    assert (report.exit_code, due.open_intents()) == (3, [])
    due.stop.clear()
    due.at = lambda _when, _what: None
    assert due.sweep().exit_code == 0
    assert due.names() == SMALL_LEFT


def test_a_stop_before_the_inventory_deletes_nothing(due: Stage) -> None:
    due.stop.set()
    with pytest.raises(ReadFailed):
        due.sweep()
    assert due.box.admin.calls() == []


def test_a_pause_that_came_while_asleep_is_seen_by_the_next_run(due: Stage) -> None:
    due.guard = Sleeper(due, 3).guard
    due.sweep()
    set_pause(due.vault, None, {"paused": True, "by": "ada"})
    sent = due.effects(applied=False)
    assert due.sweep().exit_code == 3
    assert due.effects(applied=False) == sent


def test_a_lease_counts_from_before_it_was_first_written(due: Stage) -> None:
    """Who watched it appear may count from then; an answer that takes long makes it no longer."""
    vault = MemoryVault()
    bench = replace(due.bench(), vault=vault)
    vault.after = lambda _operation, _key: due.clockwork.rest(60.0)
    with leased(bench, run="first", seconds=60.0, nonce="first") as lease:
        vault.after = lambda _operation, _key: None
        with pytest.raises(LeaseHeld, match="ran out"):
            lease.guard()


def test_a_lease_counts_from_before_its_renewal_was_sent(due: Stage) -> None:
    vault = MemoryVault()
    bench = replace(due.bench(), vault=vault)
    with leased(bench, run="first", seconds=60.0, nonce="first") as lease:
        lease.guard()
        vault.after = lambda _operation, _key: due.clockwork.rest(60.0)
        lease.renew()
        vault.after = lambda _operation, _key: None
        with pytest.raises(LeaseHeld, match="ran out"):
            lease.guard()


BEATS = 0.03
"""Seconds of a lease that is renewed every hundredth of a second."""


class Waited:
    """Hears events from any thread, and waits for one of them."""

    def __init__(self, event: str) -> None:
        self._wanted = event
        self._came = threading.Event()

    def __call__(self, event: str, **_fields: object) -> None:
        if event == self._wanted:
            self._came.set()

    def came(self) -> bool:
        return self._came.wait(60.0)


def once(vault: MemoryVault, act: Callable[[str], None]) -> None:
    """Let something happen before the next write over an object, whose key it is told."""

    def before(operation: str, key: str) -> None:
        if operation == "replace":
            vault.before = lambda _operation, _key: None
            act(key)

    vault.before = before


def test_a_lease_is_renewed_while_its_holder_works(due: Stage) -> None:
    vault, renewed = MemoryVault(), threading.Event()
    with leased(replace(due.bench(), vault=vault), run="first", seconds=BEATS, nonce="first"):
        once(vault, lambda _key: renewed.set())
        assert renewed.wait(60.0)
    assert json.loads(vault.get(lease_key(due.bench().target)).body)["released"]


def test_a_renewal_that_fails_is_told_and_tried_again(due: Stage) -> None:
    """The deadline stands meanwhile; nobody gives up a lease for one answer."""
    vault, failed, renewed = MemoryVault(), Waited("lease.renewal-failed"), threading.Event()

    def fail(_key: str) -> None:
        once(vault, lambda _key: renewed.set())
        raise VaultError("the vault does not answer")

    bench = replace(due.bench(), vault=vault, events=failed)
    with leased(bench, run="first", seconds=BEATS, nonce="first"):
        once(vault, fail)
        assert (failed.came(), renewed.wait(60.0)) == (True, True)


def test_who_finds_another_worker_at_a_renewal_renews_no_more(due: Stage) -> None:
    vault, lost = MemoryVault(), Waited("lease.lost")

    def take_over(key: str) -> None:
        second = {"run": "second", "nonce": "second"}
        put_document(vault, key, second, vault.get(key).version)

    bench = replace(due.bench(), vault=vault, events=lost)
    with leased(bench, run="first", seconds=BEATS, nonce="first"):
        once(vault, take_over)
        assert lost.came()
    assert json.loads(vault.get(lease_key(bench.target)).body)["nonce"] == "second"


def test_a_lease_that_was_given_back_lets_nothing_more_leave(due: Stage) -> None:
    bench = replace(due.bench(), vault=MemoryVault())
    with leased(bench, run="first", seconds=60.0, nonce="first") as lease:
        pass
    with pytest.raises(LeaseHeld, match="ran out"):
        lease.guard()


def test_of_two_who_come_at_the_same_time_one_leaves(due: Stage) -> None:
    """Both found the target free; the second one's write is refused."""
    vault = MemoryVault()
    bench = replace(due.bench(), vault=vault)

    def first(operation: str, key: str) -> None:
        vault.before = lambda _operation, _key: None
        if operation == "create":
            put_document(vault, key, {"run": "first", "nonce": "first", "seconds": 60.0}, None)

    def when_free(operation: str, _key: str) -> None:
        if operation == "get":
            vault.before = first

    vault.before = when_free
    with (
        pytest.raises(LeaseHeld, match="run first"),
        leased(bench, run="second", seconds=60.0, nonce="second"),
    ):
        pass


def test_a_first_write_whose_answer_got_lost_holds_the_lease(due: Stage) -> None:
    """The vault says that it is there already: it is our own."""
    vault = MemoryVault()
    bench = replace(due.bench(), vault=vault)
    holder = {"run": "first", "nonce": "first", "seconds": 60.0}

    def arrived(operation: str, key: str) -> None:
        vault.before = lambda _operation, _key: None
        if operation == "create":
            put_document(vault, key, holder, None)

    def when_free(operation: str, _key: str) -> None:
        if operation == "get":
            vault.before = arrived

    vault.before = when_free
    with leased(bench, run="first", seconds=60.0, nonce="first") as lease:
        lease.guard()
