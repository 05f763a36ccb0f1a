"""Hours that end, clocks that are set, begins that come too late, targets that still work."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.user import POLICIES, User
from tests.daemon.conftest import serves

from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.scheduler import JobScheduler
from sagewarden.application.fleet import Fleet
from sagewarden.application.ports.schedule import Job
from sagewarden.bootstrap import daemon as daemon_module
from sagewarden.bootstrap import sweeping as sweeping_module
from sagewarden.bootstrap import underway as underway_module
from sagewarden.bootstrap.daemon import Daemon
from sagewarden.bootstrap.targets import Asked
from sagewarden.core.schedule import Timing, Window
from sagewarden.core.standing import RunResult
from sagewarden.settings import load_settings

ALWAYS = "mon-sun 00:00-24:00"


class Told:
    """What was told as events."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, event: str, **fields: Any) -> None:
        self.events.append((event, fields))

    def named(self, event: str) -> list[dict[str, Any]]:
        return [fields for name, fields in self.events if name == event]


class Looking:
    """A scheduler that counts how often it was made to look at the clock."""

    def __init__(self) -> None:
        self.looks = 0

    def look(self) -> None:
        self.looks += 1


@pytest.fixture
def here(user: User, monkeypatch: pytest.MonkeyPatch) -> User:
    """The same user, whose daemon works in this process."""
    monkeypatch.chdir(user.folder)
    for name, value in user.box.environment().items():
        monkeypatch.setenv(name, value)
    return user


def eventually(true: Callable[[], Any]) -> None:
    """Wait until something is true."""
    for _ in range(600):
        if true():
            return
        threading.Event().wait(0.05)
    pytest.fail("it never came")


# --- hours --------------------------------------------------------------------------------------


def test_a_run_stops_when_its_hours_end_and_has_not_failed(
    here: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends as after a signal: nothing is cut in two, and the result is `stopped`."""
    assert here("sweep").code == 0
    here.box.admin.advance(10)
    serves(here, schedule={"sweep": {"every": "1h", "window": ALWAYS}})
    here.box.admin.set_knobs(latency_ms={"DisassociateTrialComponent": 500.0})
    working = Daemon(lambda: load_settings().settings, Asked())
    working.sweep()
    eventually(lambda: "DisassociateTrialComponent" in here.writes())
    monkeypatch.setattr(daemon_module, "wall_now", lambda: wall_now() + timedelta(days=1))
    working.tick(Looking())  # type: ignore[arg-type]  # of a scheduler it needs no more
    assert working.ended(60)
    here.box.admin.set_knobs(latency_ms={})
    (standing,) = working.chronicle.standings()
    assert (standing.last, here.journal("intent")) == (RunResult.STOPPED, here.journal("outcome"))
    assert "old-one" in here.account()["experiments"]


def test_a_target_that_waited_until_its_hours_were_over_is_left_out(
    here: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is read."""
    window = Window(frozenset({0}), datetime(1, 1, 1, 9).time(), datetime(1, 1, 1, 10).time(), UTC)  # noqa: DTZ001
    working = Daemon(lambda: load_settings().settings, Asked())
    monkeypatch.setattr(daemon_module, "_window", lambda _: window)
    monkeypatch.setattr(daemon_module, "wall_now", lambda: datetime(2026, 11, 24, 12, tzinfo=UTC))
    working.sweep()
    assert working.ended(30)
    assert here.calls() == []


def test_after_a_stop_nothing_begins(here: User) -> None:
    """Neither what waits nor what its time comes for."""
    working = Daemon(lambda: load_settings().settings, Asked())
    working.stop()
    working.sweep()
    assert working.ended(30)
    assert here.calls() == []


def test_settings_that_are_refused_do_not_count(here: User) -> None:
    """Not even those that are well among them."""
    working = Daemon(lambda: load_settings().settings, Asked())
    serves(here, targets=[], run={"targets_at_once": 9})
    working.reload(Looking())  # type: ignore[arg-type]  # it is refused before any is planned
    assert (working.settings.run.targets_at_once, len(working.settings.targets)) == (4, 1)
    assert "no target" in working.chronicle.circumstances().settings


# --- defects ------------------------------------------------------------------------------------


def test_a_defect_ends_one_run_and_not_the_daemon(
    here: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its log says that the run ended, and where the defect was met; the next run goes well."""
    told = Told()
    monkeypatch.setattr(underway_module, "tell", told)
    working, nothing = Daemon(lambda: load_settings().settings, Asked()), list[int]()
    with monkeypatch.context() as broken:
        broken.setattr(sweeping_module, "run_target", lambda *_, **__: nothing[0])
        working.sweep()
        assert working.ended(30)
    assert here.calls() == []
    (standing,) = working.chronicle.standings()
    (defect,) = told.named("run.defect")
    assert (standing.last, defect["reason"]) == (
        RunResult.DEFECT,
        "IndexError: list index out of range",
    )
    assert defect["trace"][-1].startswith("test_hours.py:")
    working.sweep()
    assert working.ended(60)
    assert working.chronicle.standings()[0].last is RunResult.DONE


# --- clocks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "looks"), [(3_600.0, 1), (-3_600.0, 1), (1.0, 0)])
def test_a_clock_that_was_set_makes_the_scheduler_look(
    here: User, monkeypatch: pytest.MonkeyPatch, step: float, looks: int
) -> None:
    """Forwards or backwards, once; what NTP does each day is no step."""
    working, scheduler = Daemon(lambda: load_settings().settings, Asked()), Looking()
    assert here.calls() == []
    monkeypatch.setattr(daemon_module, "wall_now", lambda: wall_now() + timedelta(seconds=step))
    working.tick(scheduler)  # type: ignore[arg-type]  # of a scheduler it needs no more
    working.tick(scheduler)  # type: ignore[arg-type]
    assert scheduler.looks == looks


# --- begins -------------------------------------------------------------------------------------


def scheduled(work: Callable[[], None], **changes: Any) -> tuple[JobScheduler, Told, list[str]]:
    """A scheduler with one job that begins each second."""
    told, missed = Told(), list[str]()
    scheduler = JobScheduler(wall_now, told, missed.append)
    usual = {"every": timedelta(seconds=1), "zone": UTC, "misfire_grace": timedelta(seconds=1)}
    scheduler.plan([Job("sweep", Timing(**{**usual, **changes}), work)])
    scheduler.start()
    return scheduler, told, missed


def test_a_begin_that_is_too_late_is_left_out_and_counted() -> None:
    """The machine slept, say; the next begin comes at its time."""
    begun: list[int] = []
    scheduler, told, missed = scheduled(lambda: begun.append(1), every=timedelta(hours=1))
    scheduler._scheduler.modify_job("sweep", next_run_time=wall_now() - timedelta(seconds=30))
    scheduler.look()
    eventually(lambda: missed)
    assert (missed, begun, len(told.named("job.missed"))) == (["sweep"], [], 1)
    assert scheduler.next_times()["sweep"] > wall_now().timestamp()
    scheduler.stop()


def test_of_several_missed_begins_one_is_made_up_for() -> None:
    """Those of some years are one, if the last is not too late; the next is far off."""
    begun: list[int] = []
    rare, late = timedelta(days=400), timedelta(days=2_000)
    scheduler, told, missed = scheduled(lambda: begun.append(1), every=rare, misfire_grace=late)
    scheduler._scheduler.modify_job("sweep", next_run_time=wall_now() - late)
    scheduler.look()
    eventually(lambda: begun and scheduler.next_times()["sweep"] > wall_now().timestamp())
    scheduler.stop()
    assert (len(begun), missed, told.events) == (1, [], [])


def test_a_job_that_still_works_is_not_begun_again() -> None:
    """That is told; it begins again at its time once it has ended."""
    go, begun = threading.Event(), list[int]()

    def work() -> None:
        begun.append(1)
        go.wait(30)

    scheduler, told, _ = scheduled(work)
    eventually(lambda: told.named("job.busy"))
    assert len(begun) == 1
    go.set()
    eventually(lambda: len(begun) > 1)
    scheduler.stop()


def test_a_job_that_breaks_is_told_of_and_begins_again() -> None:
    """The thread that starts jobs lives."""

    def work() -> None:
        raise RuntimeError("a defect")

    scheduler, told, _ = scheduled(work)
    eventually(lambda: len(told.named("job.failed")) > 1)
    assert told.named("job.failed")[0] == {"job": "sweep", "reason": "RuntimeError: a defect"}
    assert scheduler.alive()
    scheduler.stop()


# --- targets side by side -----------------------------------------------------------------------


def test_so_many_work_at_once_and_each_once() -> None:
    """Three names, two at a time; a name that works or waits is not taken again."""
    fleet, go, now, most = Fleet(2), threading.Event(), list[str](), list[int]()

    def work() -> None:
        now.append("x")
        most.append(len(now))
        go.wait(30)
        now.pop()

    assert [fleet.take(name, work) for name in ("a", "b", "c", "a", "c")] == [
        *(True, True, True),
        *(False, False),
    ]
    eventually(lambda: len(now) == 2)
    go.set()
    assert fleet.wait(30)
    assert (len(most), max(most)) == (3, 2)
    assert fleet.take("a", work)
    assert fleet.wait(30)


def test_what_waits_can_be_forgotten() -> None:
    """What works goes on to its end."""
    fleet, go = Fleet(1), threading.Event()

    def work() -> None:
        go.wait(30)

    fleet.take("a", work)
    fleet.take("b", lambda: pytest.fail("b began"))
    eventually(lambda: fleet.drop_waiting() == ["b"] or True)
    go.set()
    assert fleet.wait(30)


def test_a_work_that_breaks_takes_no_place_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next is begun all the same."""
    fleet, done = Fleet(1), list[str]()

    def breaks() -> None:
        raise RuntimeError

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    fleet.take("a", breaks)
    assert fleet.wait(30)
    fleet.take("b", lambda: done.append("b"))
    assert fleet.wait(30)
    assert done == ["b"]


def test_a_policy_file_that_turns_bad_begins_no_run(here: User) -> None:
    """Not even of a target that is well."""
    working = Daemon(lambda: load_settings().settings, Asked())
    Path("policies/all.yaml").write_text(POLICIES.replace("idle", "ilde"))
    working.sweep()
    assert working.ended(30)
    assert (here.calls(), working.chronicle.circumstances().policies != "") == ([], True)
