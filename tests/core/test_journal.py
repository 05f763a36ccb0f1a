"""Journal entries: stored, read back, refused when broken."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.core.worlds import (
    component,
    experiment,
    planned,
    policies,
    policy,
    seen,
    through_json,
    trial,
)

from sagewarden.core.journal import Intent, Outcome, Result, Settled, tally
from sagewarden.errors import IntegrityError

WORLD = seen(experiment("e"), trial("t", "e"), component("c", "t"), component("d", "t"))
UNIT = planned(WORLD, policies(policy())).units[0]
INTENT = Intent(
    run="r",
    sequence=1,
    plan="p",
    unit=UNIT.identity,
    is_tree=True,
    archive_key="archive/key",
    archive_sha256="0" * 64,
    entities=UNIT.entities,
    ancestors=UNIT.entities[:1],
    steps=UNIT.steps,
    touched={each.identity: number for number, each in enumerate(UNIT.entities)},
    sent="2026-03-01T12:00:00.000Z",
)
SETTLED = Settled(
    run="r",
    sequence=1,
    settled_by="s",
    outcomes=tuple(Outcome(step, Result.DONE, "why") for step in UNIT.steps),
    at="2026-03-01T12:00:01.000Z",
)


def test_an_intent_reads_back_the_same() -> None:
    assert Intent.read(through_json(INTENT.spelled())) == INTENT


def test_outcomes_read_back_the_same() -> None:
    assert Settled.read(through_json(SETTLED.spelled())) == SETTLED


STORED = Path(__file__).parent / "stored"


@pytest.mark.parametrize("path", sorted(STORED.glob("journal-*.json")), ids=lambda each: each.stem)
def test_a_newer_version_settles_what_an_older_one_left(path: Path) -> None:
    """A file a format, as that version wrote it: new formats add theirs, none is written anew."""
    stored = json.loads(path.read_text("utf-8"))
    intent, settled = Intent.read(stored["intent"]), Settled.read(stored["outcome"])
    assert (intent.run, intent.is_tree, len(intent.entities), len(intent.steps)) == (
        "r",
        True,
        4,
        6,
    )
    assert [each.step for each in settled.outcomes] == list(intent.steps)


Spoil = Callable[[dict[str, Any]], object]

SPOILT_INTENTS: dict[str, Spoil] = {
    "another format": lambda stored: stored.update(format=2),
    "no format": lambda stored: stored.pop("format"),
    "no archive": lambda stored: stored.pop("archive"),
    "an archive without a hash": lambda stored: stored["archive"].pop("sha256"),
    "a step cut short": lambda stored: stored["steps"][0].pop(),
    "an effect unheard of": lambda stored: stored["steps"][0].__setitem__(0, "obliterate"),
    "entities that are none": lambda stored: stored.update(entities=None),
    "touched cut short": lambda stored: stored["touched"][0].pop(),
}
SPOILT_OUTCOMES: dict[str, Spoil] = {
    "another format": lambda stored: stored.update(format=2),
    "no format": lambda stored: stored.pop("format"),
    "no time": lambda stored: stored.pop("at"),
    "a result unheard of": lambda stored: stored["outcomes"][0].__setitem__(1, "perhaps"),
    "an outcome cut short": lambda stored: stored["outcomes"][0].pop(),
}


@pytest.mark.parametrize("spoil", SPOILT_INTENTS.values(), ids=SPOILT_INTENTS.keys())
def test_a_spoilt_intent_is_refused(spoil: Spoil) -> None:
    stored = through_json(INTENT.spelled())
    spoil(stored)
    with pytest.raises(IntegrityError, match="a journal intent"):
        Intent.read(stored)


@pytest.mark.parametrize("spoil", SPOILT_OUTCOMES.values(), ids=SPOILT_OUTCOMES.keys())
def test_spoilt_outcomes_are_refused(spoil: Spoil) -> None:
    stored = through_json(SETTLED.spelled())
    spoil(stored)
    with pytest.raises(IntegrityError, match="a journal outcome"):
        Settled.read(stored)


def test_a_tally_has_every_result() -> None:
    assert tally([]) == {
        "done": 0,
        "already absent": 0,
        "refused": 0,
        "undone": 0,
        "not attempted": 0,
        "needs a person": 0,
    }


def test_a_tally_counts_outcomes() -> None:
    assert tally(SETTLED.outcomes)["done"] == len(UNIT.steps)


def test_what_was_touched_is_spelled_in_one_order() -> None:
    backwards = dict(reversed(list(INTENT.touched.items())))
    assert replace(INTENT, touched=backwards).spelled() == INTENT.spelled()
