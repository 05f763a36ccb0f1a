"""Whose an entity is, and how long what nobody owns is waited for."""

import pytest
from tests.core.worlds import NOW, RULES, component, days, experiment, policies, policy, seen, trial

from sagewarden.core.entities import Entity
from sagewarden.core.forest import Forest
from sagewarden.core.judge import Circumstances, judge
from sagewarden.core.owners import OwnerRules, owner_of

RULED = OwnerRules(keys=("owner", "team-lead"), default="platform")
ANA = experiment("ana", created_by="ana")
BEN = experiment("ben", tags={"owner": "ben"})
NOBODY = experiment("nobody")
TRIALS = (trial("of-ana", "ana"), trial("of-ben", "ben"), trial("of-nobody", "nobody"))


def owner(entity: Entity, rules: OwnerRules = RULED) -> str:
    world = seen(ANA, BEN, NOBODY, *TRIALS, *([entity] if entity.name == "x" else []))
    return owner_of(entity, Forest(world, {}), rules)


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        pytest.param(experiment("x", tags={"owner": "eva"}, created_by="ana"), "eva", id="tag"),
        pytest.param(experiment("x", tags={"team-lead": "eva"}), "eva", id="another key"),
        pytest.param(
            experiment("x", tags={"team-lead": "eva", "owner": "ida"}), "ida", id="keys in order"
        ),
        pytest.param(experiment("x", tags={"owner": " "}, created_by="ana"), "ana", id="creator"),
        pytest.param(experiment("x", tags=None), "platform", id="tags unknown"),
        pytest.param(TRIALS[0], "ana", id="a trial's experiment"),
        pytest.param(component("x", "of-ben"), "ben", id="two levels up"),
        pytest.param(component("x", "of-ben", created_by="ida"), "ida", id="own before parent's"),
        pytest.param(component("x", "of-ana", "of-ben"), "platform", id="parents disagree"),
        pytest.param(component("x", "of-ben", "of-nobody"), "platform", id="one parent has none"),
        pytest.param(component("x"), "platform", id="unassigned"),
        pytest.param(NOBODY, "platform", id="default"),
    ],
)
def test_an_owner_is_found(entity: Entity, expected: str) -> None:
    assert owner(entity) == expected


def test_unless_somebody_says_so_nobodys_grace_is_no_longer() -> None:
    assert OwnerRules().ownerless_grace == days(0)


def test_without_a_default_nobody_may_own_it() -> None:
    assert owner(NOBODY, OwnerRules()) == ""


@pytest.mark.parametrize(
    ("entity", "default", "grace"), [(NOBODY, "", 30), (NOBODY, "platform", 7), (BEN, "", 7)]
)
def test_what_nobody_owns_has_a_longer_grace_period(
    entity: Entity, default: str, grace: int
) -> None:
    rules = OwnerRules(default=default, ownerless_grace=days(30))
    given = Circumstances(NOW, {}, RULES, owners=rules)
    (mark,) = judge(seen(entity), policies(policy()), given).marks.values()
    assert mark.due - mark.since == days(grace)


def test_a_shorter_floor_shortens_nothing() -> None:
    given = Circumstances(NOW, {}, RULES, owners=OwnerRules(ownerless_grace=days(1)))
    (mark,) = judge(seen(NOBODY), policies(policy()), given).marks.values()
    assert mark.due - mark.since == days(7)
