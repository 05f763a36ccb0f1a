"""Archive, restore, archive again: the same records, as far as AWS brings anything back."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.restore.account import RUN, Account

from sagewarden.application.archives import gone_by
from sagewarden.application.browsing import archived
from sagewarden.application.restore_plan import plan_restore
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Kind
from sagewarden.core.likeness import differences

AGAIN = "20260501T000000Z-ffff"
NUMBERS = (-0.0, 0.0, 5e-324, 1e308, -1e308, 2.0**53 + 2, math.inf, -math.inf, math.nan)
HOSTILE = ("<script>", "=cmd|", "a\r\nb", "\x1b[31m", "\x00", "\u202e", "../", '{"$float": "nan"}')

texts = some.one_of(
    some.sampled_from(("", " ", *HOSTILE)),
    some.text(some.characters(exclude_categories=["Cs"]), max_size=30),
)
keys = some.one_of(some.sampled_from(HOSTILE), some.text(min_size=1, max_size=20)).filter(
    lambda text: text.encode("utf-8", "replace").decode() == text
)
numbers = some.one_of(some.sampled_from(NUMBERS), some.floats())
values = some.one_of(
    texts.map(lambda text: {"StringValue": text}), numbers.map(lambda one: {"NumberValue": one})
)
tag_words = some.text(some.sampled_from("aZ09 _.:/=+-@éß"), max_size=12)
tags = some.dictionaries(
    tag_words.filter(lambda key: key and not key.lower().startswith(("aws:", "sagewarden:"))),
    tag_words,
    max_size=4,
)


def many(single: some.SearchStrategy[Any], most: int) -> some.SearchStrategy[dict[str, Any]]:
    """A few of them under any key, or as many as AWS takes."""
    full = some.lists(single, min_size=1, max_size=5).map(
        lambda few: {f"key-{place}": few[place % len(few)] for place in range(most)}
    )
    return some.one_of(some.dictionaries(keys, single, max_size=4), full)


artifacts = many(
    some.builds(
        lambda value, media: {"Value": value} | media,
        texts,
        some.fixed_dictionaries({}, optional={"MediaType": some.just("text/csv")}),
    ),
    60,
)
moments = some.integers(0, 4_000_000_000_000).map(lambda ms: ms / 1_000)
properties = some.fixed_dictionaries({}, optional={"CommitId": texts, "Repository": texts})
shown = some.fixed_dictionaries(
    {}, optional={"DisplayName": some.sampled_from(["a", "shown-1", "x" * 120])}
)
all_tags = some.one_of(tags, some.just({f"k{place}": "v" for place in range(50)}))
components = some.fixed_dictionaries(
    {},
    optional={
        "Parameters": many(values, 300),
        "InputArtifacts": artifacts,
        "OutputArtifacts": artifacts,
        "StartTime": moments,
        "EndTime": moments,
        "Status": some.fixed_dictionaries(
            {"PrimaryStatus": some.sampled_from(["Completed", "Failed", "Stopped"])},
            optional={"Message": texts},
        ),
        "MetadataProperties": properties,
    },
)
series = some.dictionaries(
    some.sampled_from(["loss", "a metric: <b>", "=1+1"]),
    some.tuples(some.booleans(), some.lists(numbers, min_size=1, max_size=4)),
    max_size=2,
)
worlds = some.fixed_dictionaries(
    {
        "description": some.one_of(some.none(), texts),
        "experiment": some.tuples(shown, all_tags),
        "trials": some.lists(
            some.tuples(
                shown,
                some.fixed_dictionaries({}, optional={"MetadataProperties": properties}),
                tags,
            ),
            max_size=2,
        ),
        "components": some.lists(
            some.tuples(components, all_tags, series, some.sets(some.integers(0, 1))), max_size=3
        ),
    }
)


def grow(account: Account, world: Mapping[str, Any]) -> list[tuple[Kind, str]]:
    """Make a generated account; return everything in it."""
    display, tagged = world["experiment"]
    described = {} if world["description"] is None else {"Description": world["description"]}
    account.sm.create_experiment(ExperimentName="Exp", **display, **described, **spelled(tagged))
    for place, (display, fields, tagged) in enumerate(world["trials"]):
        account.sm.create_trial(
            TrialName=f"T{place}", ExperimentName="Exp", **display, **fields, **spelled(tagged)
        )
    for place, (fields, tagged, logged, places) in enumerate(world["components"]):
        name = f"C-{place}"
        trials = [f"T{each}" for each in sorted(places) if each < len(world["trials"])]
        account.component(name, *trials, **fields, **spelled(tagged))
        for metric, (steps, points) in logged.items():
            account.log(name, metric, points, steps=steps)
    return [
        (Kind.EXPERIMENT, "Exp"),
        *((Kind.TRIAL, f"T{place}") for place in range(len(world["trials"]))),
        *((Kind.COMPONENT, f"C-{place}") for place in range(len(world["components"]))),
    ]


def spelled(tagged: Mapping[str, str]) -> dict[str, Any]:
    return {"Tags": [{"Key": key, "Value": value} for key, value in tagged.items()]}


def records(account: Account, run: str) -> dict[tuple[Kind, str], ArchiveRecord]:
    """Everything that a run archived and deleted."""
    gone = gone_by(account.bench, run)
    return {(each.identity.kind, each.name): archived(account.bench, each) for each in gone}


@pytest.mark.timeout(7200)
def test_archive_restore_archive_is_the_identity(
    account: Account, request: pytest.FixtureRequest
) -> None:
    """On all that can be restored, over generated accounts with every extreme that AWS takes."""
    examples = 400 if request.config.getoption("--long") else 8

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(world=worlds)
    def check(world: Mapping[str, Any]) -> None:
        account.box.admin.reset(s3=False)
        account.forget()
        everything = grow(account, world)
        account.erase(*everything)
        assert account.carry_out(plan_restore(account.bench, gone_by(account.bench, RUN))).complete
        account.erase(*everything, run=AGAIN)
        before, after = records(account, RUN), records(account, AGAIN)
        assert before.keys() == after.keys()
        for place, record in before.items():
            assert differences(record, after[place]) == ()

    check()
