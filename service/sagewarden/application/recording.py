"""Freezes a target as a fixture: what `policy record` does. Reads only."""

from sagewarden.application.judging import Governance, Judged
from sagewarden.application.ports import Bench
from sagewarden.application.writes import own_writes
from sagewarden.core.marks import MarkRules
from sagewarden.core.recording import Names, Scene, freeze
from sagewarden.core.redaction import NOTHING_IS_SECRET, Redaction
from sagewarden.core.rehearsal import Fixture
from sagewarden.errors import ReadFailed, UsageError


def record(
    bench: Bench,
    judged: Judged,
    governance: Governance,
    usual: MarkRules,
    names: Names,
    redaction: Redaction = NOTHING_IS_SECRET,
) -> Fixture:
    """Freeze a judged target; `usual` are the rules that tests go by when nothing is said.

    Raise ReadFailed when the inventory is incomplete, UsageError when a name is of nothing.
    """
    if not judged.inventory.complete:
        raise ReadFailed(
            "the inventory is incomplete, and a fixture of half an account would decide otherwise",
            advice="Nothing was recorded. `sagewarden plan` says what could not be read.",
        )
    scene = Scene(
        now=judged.now,
        judgements=judged.judgements,
        rules=governance.rules,
        usual=usual,
        writes=own_writes(bench),
        redaction=redaction,
    )
    fixture = freeze(scene, names)
    there = {each.key for each in fixture.inventory.everything()}
    there |= {(each.display_name or "").lower() for each in fixture.inventory.everything()}
    if not there:
        raise UsageError(
            "there is nothing to record: the account has no experiment, trial or trial component"
        )
    if unfound := sorted(names - there):
        raise UsageError(
            f"--select {unfound[0]}: no experiment, trial or trial component is called so",
            advice="Nothing was recorded. Names are those that AWS lists.",
        )
    return fixture
