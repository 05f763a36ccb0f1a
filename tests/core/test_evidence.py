"""What an intent, its archive and its outcomes must agree in; each fault is said in words."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.core.archived import archive, record
from tests.core.worlds import component, experiment, planned, policies, policy, seen, trial

from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.entities import Kind
from sagewarden.core.evidence import archive_faults, holds_as_planned, outcome_faults
from sagewarden.core.journal import Intent, Outcome, Result, Settled
from sagewarden.core.plan import Effect, Step

WORLD = seen(experiment("e"), trial("t", "e"), trial("u", "e"), component("c", "t", "u"))
UNIT = planned(WORLD, policies(policy(Kind.COMPONENT))).units[0]
COMP = next(each for each in UNIT.entities if each.identity.kind is Kind.COMPONENT)
INTENT = Intent(
    run="r",
    sequence=3,
    plan="p",
    unit=UNIT.identity,
    is_tree=False,
    archive_key="key",
    archive_sha256="0" * 64,
    entities=(COMP,),
    ancestors=(),
    steps=UNIT.steps,
    touched={},
    sent="2026-03-01T12:00:00.000Z",
)
SETTLED = Settled(
    run="r",
    sequence=3,
    settled_by="s",
    outcomes=tuple(Outcome(step, Result.DONE) for step in UNIT.steps),
    at="2026-03-01T12:00:01.000Z",
)


def test_the_bundle_has_an_edge_to_each_trial_and_a_delete() -> None:
    """The rest of this file rests on it."""
    assert [(step.effect, step.trial) for step in UNIT.steps] == [
        (Effect.DISASSOCIATE, "t"),
        (Effect.DISASSOCIATE, "u"),
        (Effect.DELETE, ""),
    ]


HELD = [
    (archive(record(COMP)), True),
    (archive(), False),
    (archive(record(COMP, fingerprint="x")), False),
    (archive(record(COMP, identity=COMP.identity._replace(created_ms=1))), False),
]


@pytest.mark.parametrize(("kept", "held"), HELD)
def test_as_planned_is_the_same_entity_in_the_same_state(kept: VerifiedArchive, held: bool) -> None:  # noqa: FBT001 -- what is expected
    assert holds_as_planned(kept, COMP) is held


FAULTS: dict[str, tuple[VerifiedArchive, list[str]]] = {
    "whole": (archive(record(COMP)), []),
    "empty": (archive(), ["it does not hold trial-component c, which its intent names"]),
    "another state": (
        archive(record(COMP, fingerprint="x")),
        ["it holds trial-component c with another fingerprint than was planned"],
    ),
    "an edge less": (
        archive(record(COMP, parents=("t",))),
        ["it does not hold the edge from trial-component c to u"],
    ),
    "no edge": (
        archive(record(COMP, parents=())),
        [
            "it does not hold the edge from trial-component c to t",
            "it does not hold the edge from trial-component c to u",
        ],
    ),
}


@pytest.mark.parametrize(("kept", "faults"), FAULTS.values(), ids=FAULTS)
def test_an_archive_must_hold_what_its_intent_rests_on(
    kept: VerifiedArchive, faults: list[str]
) -> None:
    assert list(archive_faults(kept, INTENT)) == faults


def test_each_fault_of_an_archive_is_told_once_for_each_entity() -> None:
    """The first fault does not hide the next."""
    two = replace(INTENT, entities=(COMP, *UNIT.ancestors), steps=())
    faults = list(archive_faults(archive(), two))
    assert len(faults) == 1 + len(UNIT.ancestors) > 1


CUT, OTHER_CUT, DELETE = SETTLED.outcomes
STRANGE = Outcome(Step(Effect.DELETE, COMP.identity._replace(name="x")), Result.DONE)
TOLD: dict[str, tuple[Sequence[Outcome], list[str]]] = {
    "each once": ((DELETE, CUT, OTHER_CUT), []),
    "one is lost": ((CUT, DELETE), [f"it tells 0 outcomes of: {OTHER_CUT.step}"]),
    "one twice": ((CUT, CUT, OTHER_CUT, DELETE), [f"it tells 2 outcomes of: {CUT.step}"]),
    "one twice, with another result": (
        (CUT, OTHER_CUT, DELETE, replace(DELETE, result=Result.UNDONE)),
        [f"it tells 2 outcomes of: {DELETE.step}"],
    ),
    "one too many": (
        (*SETTLED.outcomes, STRANGE),
        [f"it tells of a step that was never intended: {STRANGE.step}"],
    ),
}


@pytest.mark.parametrize(("outcomes", "faults"), TOLD.values(), ids=TOLD)
def test_each_step_has_one_outcome(outcomes: Sequence[Outcome], faults: list[str]) -> None:
    settled = replace(SETTLED, outcomes=tuple(outcomes))
    assert list(outcome_faults(settled, INTENT)) == faults


@pytest.mark.parametrize("changes", [{"run": "x"}, {"sequence": 4}])
def test_outcomes_belong_to_the_bundle_of_their_intent(changes: dict[str, Any]) -> None:
    settled = replace(SETTLED, **changes)
    told = f"it belongs to bundle {settled.sequence} of run {settled.run}"
    assert list(outcome_faults(settled, INTENT)) == [told]
