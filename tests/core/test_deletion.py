"""Effects cannot be built without their evidence: each wrong combination is refused."""

from dataclasses import FrozenInstanceError, replace
from datetime import timedelta
from typing import Any

import pytest
from tests.core.archived import archive, record
from tests.core.worlds import component, experiment, planned, policies, policy, seen, trial

from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.deletion import (
    CreatedAnew,
    Deletion,
    Disassociation,
    DurableIntent,
    FreshLook,
    Reassociation,
    WorldChanged,
)
from sagewarden.core.entities import Entity, Kind
from sagewarden.core.plan import Effect, Step
from sagewarden.errors import IntegrityError

SEEN = component("Comp", "t", "u")
OTHER = component("other", "t")
WORLD = seen(experiment("e"), trial("t", "e"), trial("u", "e"), SEEN, OTHER)
UNIT = planned(WORLD, policies(policy(Kind.COMPONENT))).units
PLANNED = {entity.name: entity for unit in UNIT for entity in unit.entities}
COMP = PLANNED["Comp"]


def intent(*steps: Step) -> DurableIntent:
    return DurableIntent("journal/1", "0" * 64, frozenset(steps))


WHOLE = archive(record(COMP))
LOOK = FreshLook(COMP, SEEN)
CUT = Step(Effect.DISASSOCIATE, COMP.identity, "t")
DELETE = Step(Effect.DELETE, COMP.identity)
BOTH = intent(CUT, DELETE)


def test_with_all_evidence_there_are_effects() -> None:
    deletion = Deletion(COMP, WHOLE, LOOK, BOTH)
    cut = Disassociation(COMP, "t", WHOLE, LOOK, BOTH)
    back = Reassociation(COMP.identity, "t", WHOLE, BOTH)
    assert (deletion.planned, cut.trial, back.identity) == (COMP, "t", COMP.identity)


LACKING = {
    "of nothing": archive(),
    "of another": archive(record(PLANNED["other"])),
    "of an earlier one": archive(record(COMP, identity=COMP.identity._replace(created_ms=1))),
}
WRONG = LACKING | {"of another state": archive(record(COMP, fingerprint="x"))}


@pytest.mark.parametrize("kept", WRONG.values(), ids=WRONG)
def test_nothing_is_deleted_without_its_archive(kept: VerifiedArchive) -> None:
    with pytest.raises(IntegrityError, match="archive"):
        Deletion(COMP, kept, LOOK, BOTH)


@pytest.mark.parametrize("kept", WRONG.values(), ids=WRONG)
def test_nothing_is_cut_without_its_archive(kept: VerifiedArchive) -> None:
    with pytest.raises(IntegrityError, match="archive"):
        Disassociation(COMP, "t", kept, LOOK, BOTH)


@pytest.mark.parametrize("kept", LACKING.values(), ids=LACKING)
def test_nothing_is_put_back_without_its_archive(kept: VerifiedArchive) -> None:
    with pytest.raises(IntegrityError, match="archive"):
        Reassociation(COMP.identity, "t", kept, BOTH)


def test_no_edge_is_cut_that_the_archive_lacks() -> None:
    edgeless = archive(record(COMP, parents=("u",)))
    with pytest.raises(IntegrityError, match="holds no edge from trial-component comp to t"):
        Disassociation(COMP, "t", edgeless, LOOK, BOTH)


def test_no_edge_is_put_back_that_the_archive_lacks() -> None:
    edgeless = archive(record(COMP, parents=("u",)))
    with pytest.raises(IntegrityError, match="holds no edge from trial-component comp to t"):
        Reassociation(COMP.identity, "t", edgeless, BOTH)


def test_a_look_at_another_is_no_look() -> None:
    both = archive(record(COMP), record(PLANNED["other"]))
    elsewhere = FreshLook(PLANNED["other"], OTHER)
    with pytest.raises(IntegrityError, match="the look was at trial-component other"):
        Deletion(COMP, both, elsewhere, BOTH)
    with pytest.raises(IntegrityError, match="the look was at trial-component other"):
        Disassociation(COMP, "t", both, elsewhere, BOTH)


@pytest.mark.parametrize(
    "wrong",
    [intent(), intent(CUT), intent(replace(DELETE, identity=PLANNED["other"].identity))],
    ids=["of nothing", "of another effect", "of another entity"],
)
def test_nothing_is_deleted_that_was_not_intended(wrong: DurableIntent) -> None:
    """A spared component's intent names it, but only to take it from one trial."""
    with pytest.raises(IntegrityError, match="no durable intent"):
        Deletion(COMP, WHOLE, LOOK, wrong)


@pytest.mark.parametrize(
    "wrong",
    [intent(), intent(DELETE), intent(replace(CUT, trial="u"))],
    ids=["of nothing", "of another effect", "of another trial"],
)
def test_no_edge_is_touched_that_was_not_intended(wrong: DurableIntent) -> None:
    with pytest.raises(IntegrityError, match="no durable intent"):
        Disassociation(COMP, "t", WHOLE, LOOK, wrong)
    with pytest.raises(IntegrityError, match="no durable intent"):
        Reassociation(COMP.identity, "t", WHOLE, wrong)


def test_evidence_cannot_be_exchanged_later() -> None:
    deletion = Deletion(COMP, WHOLE, LOOK, BOTH)
    with pytest.raises(FrozenInstanceError):
        deletion.planned = PLANNED["other"]  # type: ignore[misc]


@pytest.mark.parametrize(
    "changed",
    [
        {"content": "new"},
        {"status": "InProgress"},
        {"status": "Stopping"},
        {"tags": None},
        {"tags": {"sagewarden:hold": ""}},
        {"name": "other"},
    ],
    ids=str,
)
def test_a_look_that_finds_a_change_is_none(changed: dict[str, Any]) -> None:
    with pytest.raises(WorldChanged):
        FreshLook(COMP, replace(SEEN, **changed))


def test_a_look_at_a_name_used_again_says_so() -> None:
    anew = replace(SEEN, created=SEEN.created + timedelta(milliseconds=1))
    with pytest.raises(CreatedAnew):
        FreshLook(COMP, anew)


@pytest.mark.parametrize(
    "same",
    [
        {"parents": None},
        {"parents": ()},
        {"modified": None},
        {"name": "comp"},
        {"tags": {"a": "b"}},
    ],
    ids=str,
)
def test_a_look_minds_neither_edges_nor_times(same: dict[str, Any]) -> None:
    """Describe gives no edges; tags count in the content."""
    assert FreshLook(COMP, replace(SEEN, **same)).identity == COMP.identity


def of_trial(seen_now: Entity) -> FreshLook:
    unit = planned(WORLD, policies(policy(Kind.TRIAL))).units[0]
    (found,) = (each for each in unit.entities if each.name == "t")
    return FreshLook(found, seen_now)


def test_a_trial_that_moved_to_another_experiment_has_changed() -> None:
    with pytest.raises(WorldChanged):
        of_trial(trial("t", "f"))
    with pytest.raises(WorldChanged):
        of_trial(trial("t", None))


def test_a_trial_in_its_experiment_has_not() -> None:
    assert of_trial(trial("t", "E")).seen.name == "t"
