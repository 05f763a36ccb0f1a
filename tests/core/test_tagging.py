"""Required tags: what repairs them, what a person must mend, what is left alone."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.core.worlds import HERE, component, experiment, seen, trial

from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.forest import Forest
from sagewarden.core.policy import Action, Everything, Policy, Required
from sagewarden.core.tagging import Inspected, World, inspect, reconciled, repairs

WRITES = tuple[str, str | None, str | None, str]


def tagging(*required: Required, name: str = "tags", resource: Kind = Kind.EXPERIMENT) -> Policy:
    """A policy that requires these tags of everything of a kind."""
    return Policy(
        name=name,
        resource=resource,
        match=Everything(),
        action=Action.TAG,
        rule=f"rule of {name}",
        place=HERE,
        require=required,
    )


def inspected(
    policy: Policy, *entities: Entity, unread: frozenset[Identity] = frozenset()
) -> Inspected:
    """What a policy finds in a world of these."""
    world = seen(*entities)
    judged = world.of(policy.resource).values()
    return inspect(policy, judged, World(Forest(world, {}), unread))


def found(required: Required, *entities: Entity) -> list[tuple[str, str]]:
    """How the first entity's tag stands, and why."""
    told = inspected(tagging(required, resource=entities[0].kind), *entities)
    return [(str(each.state), each.reason) for each in told.findings]


def written(*some: Inspected, untouched: Mapping[Identity, str] | None = None) -> list[WRITES]:
    """What would be written: key, before, after, reason."""
    steps = repairs(reconciled(some, untouched or {}))
    return [(step.key, step.before, step.after, step.reason) for step in steps]


def exp(**tags: str) -> Entity:
    return experiment("e", tags={key.replace("_", "-"): value for key, value in tags.items()})


ENV = Required(
    key="env",
    allowed=("prod", "dev"),
    default="dev",
    normalise=(("Prod", "prod"),),
    rename=("Env",),
)


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        pytest.param(exp(env="prod"), [], id="right"),
        pytest.param(exp(), [("repair", "it is missing, this is its default")], id="default"),
        pytest.param(exp(env=" "), [("repair", "it is missing, this is its default")], id="blank"),
        pytest.param(exp(env="Prod"), [("repair", "Prod is spelled prod")], id="normalised"),
        pytest.param(exp(Env="dev"), [("repair", "renamed from Env")], id="renamed"),
        pytest.param(
            exp(Env="Prod"), [("repair", "renamed from Env, Prod is spelled prod")], id="both"
        ),
        pytest.param(
            exp(env="test"), [("violation", "test is none of prod, dev")], id="not allowed"
        ),
        pytest.param(
            exp(Env="test"), [("violation", "test is none of prod, dev")], id="not allowed, renamed"
        ),
        pytest.param(
            exp(env="dev", Env="prod"),
            [("violation", "it has several values: env=dev, Env=prod")],
            id="two values",
        ),
        pytest.param(
            exp(env="prod", Env="Prod"),
            [("repair", "one value under two keys")],
            id="two keys, one value",
        ),
        pytest.param(
            experiment("e", tags=None),
            [("unknown", "its tags could not be read for sure")],
            id="unread",
        ),
    ],
)
def test_a_tag_is_judged(entity: Entity, expected: list[tuple[str, str]]) -> None:
    assert found(ENV, entity) == expected


def test_a_renamed_tag_is_set_before_the_old_one_goes() -> None:
    assert written(inspected(tagging(ENV), exp(Env="Prod"))) == [
        ("Env", "Prod", None, "it is called env now"),
        ("env", None, "prod", "renamed from Env, Prod is spelled prod"),
    ]


def test_of_two_keys_with_one_value_only_the_old_one_goes() -> None:
    assert written(inspected(tagging(ENV), exp(env="prod", Env="Prod"))) == [
        ("Env", "Prod", None, "it is called env now")
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ana@example.com", []),
        ("ana", [("violation", r"ana does not match [^@ ]+@example\.com")]),
        (
            "x ana@example.com",
            [("violation", r"x ana@example.com does not match [^@ ]+@example\.com")],
        ),
    ],
)
def test_a_pattern_matches_the_whole_value(value: str, expected: list[tuple[str, str]]) -> None:
    rule = Required(key="owner", pattern=r"[^@ ]+@example\.com")
    assert found(rule, exp(owner=value)) == expected


def test_what_is_missing_without_any_rule_is_for_a_person() -> None:
    assert found(Required(key="owner"), exp(unknown="x")) == [("violation", "it is missing")]


TEAM = Required(key="team", inherit=True, normalise=(("Vision", "vision"),))
ABOVE = experiment("above", tags={"team": "Vision"})
OTHER = experiment("other", tags={"team": "speech"})
BARE = experiment("bare")
TRIALS = (trial("t-above", "above"), trial("t-other", "other"), trial("t-bare", "bare"))
OWN = trial("t-own", "above", tags={"team": "audio"})
WORLD = (ABOVE, OTHER, BARE, *TRIALS, OWN)


@pytest.mark.parametrize(
    ("trials", "expected"),
    [
        (["t-above"], [("repair", "inherited from experiment above")]),
        (["t-own"], [("repair", "inherited from trial t-own")]),
        (["t-above", "t-bare"], [("repair", "inherited from experiment above")]),
        (
            ["t-above", "t-other"],
            [("violation", "it is missing, and above it are several: speech, vision")],
        ),
        (
            ["t-above", "t-own"],
            [("violation", "it is missing, and above it are several: audio, vision")],
        ),
        (["t-bare"], [("violation", "it is missing")]),
        ([], [("violation", "it is missing")]),
    ],
)
def test_a_component_inherits_from_the_nearest_above(
    trials: list[str], expected: list[tuple[str, str]]
) -> None:
    """Of trials that differ it takes neither."""
    assert found(TEAM, component("c", *trials), *WORLD) == expected


def test_an_inherited_value_is_normalised() -> None:
    policy = tagging(TEAM, resource=Kind.COMPONENT)
    told = inspected(policy, component("c", "t-above"), *WORLD)
    assert written(told) == [("team", None, "vision", "inherited from experiment above")]


def test_an_inherited_value_that_is_not_right_is_not_set() -> None:
    strict = Required(key="team", inherit=True, allowed=("speech",))
    assert found(strict, TRIALS[0], ABOVE) == [
        ("violation", "it is missing, and Vision of experiment above is none of speech")
    ]


def test_what_cannot_be_read_above_is_not_inherited() -> None:
    unread = experiment("above", tags=None)
    assert found(TEAM, TRIALS[0], unread) == [("unknown", "the tags above it could not be read")]


def test_with_nothing_above_the_default_is_set() -> None:
    rule = Required(key="team", inherit=True, default="unknown")
    assert found(rule, TRIALS[2], BARE) == [("repair", "it is missing, this is its default")]


def test_what_was_not_seen_whole_is_not_repaired() -> None:
    told = inspected(tagging(ENV), exp(), unread=frozenset({exp().identity}))
    assert (written(told), told.unknown) == ([], frozenset({exp().identity}))


def test_what_must_not_be_touched_is_left_for_its_reason() -> None:
    """What is marked stays as it was announced, what is held as it is."""
    told = inspected(tagging(ENV), exp())
    untouched = {exp().identity: "it is marked for deletion"}
    (finding,) = reconciled([told], untouched)[0].findings
    assert (written(told, untouched=untouched), finding.state, finding.reason) == (
        [],
        "left alone",
        "it is marked for deletion",
    )


def defaults(value: str, name: str) -> Inspected:
    return inspected(tagging(Required(key="env", default=value), name=name), exp())


def test_policies_that_want_different_values_get_neither() -> None:
    """In whatever order they come."""
    one, two = defaults("dev", "a"), defaults("prod", "b")
    assert (written(one, two), written(two, one)) == ([], [])
    (finding,) = reconciled([one, two], {})[0].findings
    assert finding.reason == "policies want different values of env: a, b"


def test_policies_that_agree_write_once() -> None:
    told = [defaults("dev", "b"), defaults("dev", "a")]
    (step,) = repairs(reconciled(told, {}))
    assert (step.after, step.policy) == ("dev", "a")


def test_no_policy_renames_what_another_requires() -> None:
    wanted = inspected(tagging(Required(key="Env"), name="a"), exp(Env="dev"))
    renaming = inspected(tagging(ENV, name="b"), exp(Env="dev"))
    assert written(wanted, renaming) == []


def test_a_51st_tag_is_left_out() -> None:
    full = experiment("e", tags={f"k{number}": "v" for number in range(49)} | {"aws:x": "y"})
    rules = (Required(key="env", default="dev"), Required(key="team", default="ml"))
    told = inspected(tagging(*rules), full)
    assert written(told) == [("env", None, "dev", "it is missing, this is its default")]
    reasons = [each.reason for each in reconciled([told], {})[0].findings]
    assert reasons[1] == "the entity has 50 tags, AWS takes no more"


def test_tags_that_no_rule_names_are_never_touched() -> None:
    told = inspected(tagging(ENV), exp(owner="ana", Env="dev"))
    assert {key for key, *_ in written(told)} == {"env", "Env"}


def test_repairing_again_changes_nothing() -> None:
    after: dict[str, Any] = {"env": "prod"}
    assert written(inspected(tagging(ENV), exp(**after))) == []


def test_a_repair_that_is_not_made_takes_no_room() -> None:
    """Two policies quarrel over a key; the last place is for the third's."""
    full = experiment("e", tags={f"k{number}": "v" for number in range(49)})
    told = [
        inspected(tagging(Required(key=key, default=value), name=value), full)
        for key, value in (("env", "dev"), ("env", "prod"), ("team", "ml"))
    ]
    assert [key for key, *_ in written(*told)] == ["team"]


def test_tags_of_aws_take_no_room_in_any_case() -> None:
    tags = {f"k{number}": "v" for number in range(49)} | {"AWS:x": "y"}
    told = inspected(tagging(ENV), experiment("e", tags=tags))
    assert [key for key, *_ in written(told)] == ["env"]


def test_a_blank_value_above_is_none() -> None:
    blank = trial("t-blank", "above", tags={"team": " "})
    told = found(TEAM, component("c", "t-blank"), blank, ABOVE)
    assert told == [("repair", "inherited from experiment above")]


def test_a_finding_tells_the_value_that_is_there() -> None:
    (finding,) = inspected(tagging(ENV), exp(env="test")).findings
    assert finding.value == "test"
