"""Accidents of runs: what is acted on was just seen, and what is told was confirmed."""

from collections.abc import Iterator

import pytest
from tests.runs.stage import COMPONENT, DAY, EXPERIMENT, Stage, results
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.application.ports.vault import Past, Stored, Vault
from sagewarden.core.keys import Family
from sagewarden.sandbox import Fault
from sagewarden.sandbox.rules import Action


@pytest.mark.parametrize("action", ["deny", "throttle", "error_500"])
def test_a_listing_that_failed_was_read_as_the_truth(due: Stage, action: Action) -> None:
    due.box.admin.add_fault(Fault(action=action, operation="Search", times=None))
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (3, [])


class Exchanged:
    """A vault that gives one archive where another is asked for."""

    address = "exchanged"

    def __init__(self, inner: Vault) -> None:
        self._inner = inner
        self._first: Stored | None = None

    def create(self, key: str, body: bytes) -> str:
        return self._inner.create(key, body)

    def replace(self, key: str, body: bytes, expected: str) -> str:
        return self._inner.replace(key, body, expected)

    def get(self, key: str) -> Stored:
        found = self._inner.get(key)
        if "/archive/" not in key:
            return found
        self._first = self._first or found
        return self._first

    def list(self, prefix: str) -> Iterator[str]:
        return self._inner.list(prefix)

    def history(self, prefix: str) -> Iterator[Past]:
        return self._inner.history(prefix)

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        return self._inner.sizes(prefix)


def test_the_archive_gate_tested_the_wrong_thing(due: Stage) -> None:
    """That some archive is whole says nothing: this entity must be in it, by its hash."""
    due.vault = Exchanged(due.vault)
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (5, SMALL_EFFECTS[:5])


@pytest.mark.parametrize(("kind", "name"), [(COMPONENT, "both"), (EXPERIMENT, "old-small")])
def test_a_cache_drove_deletes(due: Stage, kind: object, name: str) -> None:
    """A hold that was set right before the first effect counts."""

    def hold(when: str, _what: str) -> None:
        if when == "look" and not due.effects(applied=False):
            due.tag(COMPONENT if kind is COMPONENT else EXPERIMENT, name)

    due.at = hold
    due.sweep()
    assert "experiment old-small" not in due.effects()


def test_a_new_rule_on_old_objects_deleted_at_once(small: Stage) -> None:
    """However old they are, the first match only marks."""
    report = small.sweep()
    assert (report.exit_code, small.effects()) == (0, [])


def test_the_audit_listed_failed_deletions_as_done(due: Stage) -> None:
    due.box.admin.add_fault(Fault(action="deny", operation="DeleteTrial", times=None))
    told = results(due.sweep())
    assert told["delete trial old-1"] == "refused"
    assert told["delete trial-component alone"] == "done"
    assert told["delete experiment old-small"] == "not attempted"


def test_a_partial_failure_ended_with_exit_code_0(due: Stage) -> None:
    due.box.admin.add_fault(Fault(action="deny", operation="DeleteExperiment", times=None))
    assert due.sweep().exit_code == 3


def test_paging_while_deleting_skipped_items(stage: Stage) -> None:
    """All that is due is listed before the first effect: more than one page of each list goes."""
    for at in range(130):
        stage.component(f"stray-{at:03}")
    stage.pass_time(60 * 86_400.0)
    stage.swept_after_grace()
    left = [each for each in stage.box.state.components.rows if each.startswith("stray")]
    assert left == []


def test_an_opt_out_link_was_a_get_that_mail_scanners_clicked(stage: Stage) -> None:
    """A notice has no link: what keeps something is a tag or a command, with whose name it is."""
    stage.experiment("old-one", one=["Alone"])
    stage.pass_time(60 * DAY)
    stage.sweep()
    texts = [stage.vault.get(key).body.decode() for key in stage.keys(Family.NOTICES)]
    told = [text for text in texts if "how_to_keep" in text]
    assert len(told) == 1
    assert "sagewarden:hold" in told[0]
    assert "://" not in told[0]
