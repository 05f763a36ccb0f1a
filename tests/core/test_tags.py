"""No tag is written without its evidence, and only what AWS takes."""

from dataclasses import replace
from typing import Any

import pytest
from tests.core.worlds import ago, experiment, through_json

from sagewarden.core.deletion import CreatedAnew, WorldChanged
from sagewarden.core.entities import Entity
from sagewarden.core.journal import Result
from sagewarden.core.tag_words import is_key, is_value
from sagewarden.core.tags import (
    DurableTags,
    TagEffect,
    TagIntent,
    TagOutcome,
    TagsSettled,
    TagStep,
    TagWrite,
)
from sagewarden.errors import IntegrityError

SEEN = experiment("Exp", tags={"team": "vision", "aws:x": "y"})
SET = TagStep(SEEN.identity, "Exp", "env", None, "prod", "required", "its default")
OFF = TagStep(SEEN.identity, "Exp", "team", "vision", None)
FULL = experiment("Exp", tags={f"k{number}": "v" for number in range(50)})


def write(*steps: TagStep, seen: Entity = SEEN) -> TagWrite:
    """A write that its durable intent names."""
    return TagWrite(steps, seen, DurableTags("journal/1", "0" * 64, frozenset(steps)))


def test_a_write_has_the_effect_of_its_steps() -> None:
    assert (write(SET).effect, write(OFF).effect) == (TagEffect.ADD, TagEffect.REMOVE)


def test_what_will_be_there_leaves_aws_own_tags_out() -> None:
    assert write(SET).after == {"team": "vision", "env": "prod"}
    assert write(OFF).after == {}
    assert write(SET, seen=replace(SEEN, tags={"Aws:X": "y"})).after == {"env": "prod"}


def test_a_first_tag_is_the_only_one() -> None:
    assert write(SET, seen=replace(SEEN, tags={})).after == {"env": "prod"}


HELD = dict(SEEN.tags or {}) | {"sagewarden:hold": ""}


@pytest.mark.parametrize(
    ("steps", "seen", "error"),
    [
        pytest.param((), SEEN, IntegrityError, id="nothing to do"),
        pytest.param((SET, OFF), SEEN, IntegrityError, id="two effects"),
        pytest.param(
            (SET, replace(SET, identity=experiment("other").identity)),
            SEEN,
            IntegrityError,
            id="two entities",
        ),
        pytest.param((replace(SET, key="aws:owner"),), SEEN, IntegrityError, id="a tag of AWS"),
        pytest.param((replace(SET, key="AWS:owner"),), SEEN, IntegrityError, id="in any case"),
        pytest.param((replace(SET, after="a,b"),), SEEN, IntegrityError, id="a comma"),
        pytest.param((SET,), replace(SEEN, created=ago(3)), CreatedAnew, id="created anew"),
        pytest.param((SET,), replace(SEEN, tags=None), WorldChanged, id="tags unknown"),
        pytest.param((SET,), replace(SEEN, tags={"env": ""}), WorldChanged, id="set meanwhile"),
        pytest.param((OFF,), replace(SEEN, tags={}), WorldChanged, id="taken off meanwhile"),
        pytest.param((SET,), FULL, WorldChanged, id="a 51st tag"),
        pytest.param((SET,), replace(SEEN, tags=HELD), WorldChanged, id="held by its tag"),
    ],
)
def test_a_write_is_refused(
    steps: tuple[TagStep, ...], seen: Entity, error: type[Exception]
) -> None:
    with pytest.raises(error):
        write(*steps, seen=seen)


def test_a_step_that_no_durable_intent_names_is_refused() -> None:
    with pytest.raises(IntegrityError, match="no durable intent says: add tag env=prod"):
        TagWrite((SET,), SEEN, DurableTags("journal/1", "0" * 64, frozenset({OFF})))


def test_a_50th_tag_and_a_changed_one_of_50_are_fine() -> None:
    assert (
        len(
            write(SET, seen=replace(FULL, tags={**dict(list((FULL.tags or {}).items())[1:])})).after
        )
        == 50
    )
    changed = replace(SET, key="k7", before="v")
    assert write(changed, seen=FULL).after["k7"] == "prod"


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("", True),
        ("Ünïcode 日本語 ٣ _.:/=+-@", True),
        ("x" * 256, True),
        ("x" * 257, False),
        ("a,b", False),
        ('say "x"', False),
        ("a;b", False),
        ("tab\t", False),
        ("\u202e", False),
    ],
)
def test_tag_values_are_as_aws_takes_them(text: str, fine: bool) -> None:  # noqa: FBT001 -- a column
    assert is_value(text) is fine


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("owner", True),
        ("k", True),
        ("sagewarden:delete-after", True),
        ("k" * 128, True),
        ("k" * 129, False),
        ("", False),
        ("aws:owner", False),
        ("AWS:owner", False),
        ("a*", False),
    ],
)
def test_tag_keys_are_as_aws_takes_them(text: str, fine: bool) -> None:  # noqa: FBT001 -- a column
    assert is_key(text) is fine


INTENT = TagIntent(
    run="r", sequence=1, steps=(SET, OFF), touched={SEEN.identity: 5}, sent="2026-03-01T12:00:00Z"
)
SETTLED = TagsSettled(
    run="r",
    sequence=1,
    settled_by="s",
    outcomes=(TagOutcome(SET, Result.DONE), TagOutcome(OFF, Result.REFUSED, "denied")),
    at="2026-03-01T12:00:01Z",
)


def test_entries_are_read_as_they_were_written() -> None:
    assert TagIntent.read(through_json(INTENT.spelled())) == INTENT
    assert TagsSettled.read(through_json(SETTLED.spelled())) == SETTLED


def test_an_intent_has_one_spelling_whatever_was_touched_first() -> None:
    touched = [SEEN.identity, experiment("another").identity]
    one, other = (
        replace(INTENT, touched=dict.fromkeys(some, 5)) for some in (touched, touched[::-1])
    )
    assert one.spelled() == other.spelled()


@pytest.mark.parametrize("change", [{"format": 2}, {"steps": [["x"]]}, {"touched": None}])
def test_a_garbled_intent_is_no_intent(change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="intent of tags is garbled"):
        TagIntent.read(INTENT.spelled() | change)


@pytest.mark.parametrize("change", [{"format": 2}, {"outcomes": [["x"]]}, {"at": None}])
def test_a_garbled_outcome_is_no_outcome(change: dict[str, Any]) -> None:
    stored = {
        key: value for key, value in (SETTLED.spelled() | change).items() if value is not None
    }
    with pytest.raises(IntegrityError, match="outcome of tags is garbled"):
        TagsSettled.read(stored)
