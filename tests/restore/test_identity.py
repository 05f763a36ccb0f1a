"""Archive, restore, archive again: the same records, as far as AWS brings anything back."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.restore.account import RUN, Account

from sagewarden.application.archives import gone_by
from sagewarden.application.browsing import archived
from sagewarden.application.restore_plan import plan_restore
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.likeness import count, differences

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


RECORD = ArchiveRecord(
    identity=Identity(Kind.COMPONENT, "comp", 1),
    arn="arn",
    fingerprint="f",
    described={
        "TrialComponentName": "Comp",
        "CreationTime": "2026-01-01T00:00:00.000Z",
        "Parameters": {"p": {"NumberValue": 0.0}, "n": {"NumberValue": "NaN"}},
        "InputArtifacts": {},
    },
    tags={"env": "dev"},
    parents=("a", "b"),
    series=(
        {"metric": "loss", "x_axis": "IterationNumber", "status": "Complete", "points": [[0, 1.0]]},
        {"metric": "loss", "x_axis": "Timestamp", "status": "Complete", "points": [[60, 1.0]]},
        {"metric": "f1", "x_axis": "Timestamp", "status": "Complete", "points": [[60, 0.5]]},
    ),
)


def described(**fields: Any) -> ArchiveRecord:
    return replace(RECORD, described={**RECORD.described, **fields})


def logged(*points: tuple[int, float]) -> ArchiveRecord:
    """The same record with other steps."""
    first, *rest = RECORD.series
    return replace(RECORD, series=({**first, "points": list(map(list, points))}, *rest))


@pytest.mark.parametrize(
    ("other", "field"),
    [
        (described(TrialComponentName="comp"), "TrialComponentName"),
        (
            described(Parameters={**RECORD.described["Parameters"], "p": {"NumberValue": -0.0}}),
            "Parameters.p",
        ),
        (described(DisplayName=""), "DisplayName"),
        (described(InputArtifacts=None), "InputArtifacts"),
        (replace(RECORD, tags={"env": "prod"}), "tag env"),
        (replace(RECORD, tags={"env": "dev", "e": ""}), "tag e"),
        (replace(RECORD, parents=("a",)), "parents"),
        (logged((1, 1.0)), "metric loss by step"),
        (logged((0, 1.0000000000000002)), "metric loss by step"),
        (replace(RECORD, series=RECORD.series[:2]), "metric f1"),
    ],
)
def test_every_difference_is_seen(other: ArchiveRecord, field: str) -> None:
    """Empty is not absent, and zero has a sign."""
    assert [each.field for each in differences(RECORD, other)] == [field]
    assert str(differences(RECORD, other)[0]).startswith(f"{field} was ")


def test_what_nobody_can_bring_back_is_no_difference() -> None:
    """When it was created, the order of trials, the minutes of points, our own tags, NaN's word."""
    minutes = tuple({**each, "points": [[99, each["points"][0][1]]]} for each in RECORD.series[1:])
    parameters = {"p": {"NumberValue": 0.0}, "n": {"NumberValue": math.nan}}
    other = replace(
        described(CreationTime="2027", Parameters=parameters, LineageGroupArn="arn"),
        tags={"env": "dev", "sagewarden:restored": "x", "aws:of": "AWS"},
        parents=("b", "a"),
        series=(RECORD.series[0], *minutes),
    )
    assert differences(RECORD, other) == ()
    assert count(RECORD) == 9
