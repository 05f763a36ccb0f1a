"""Names and values that break careless tools come back exactly, or are told."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.restore.account import Account

from sagewarden.core.entities import Kind

NUMBERS = (-0.0, 5e-324, 1e308, 0.1, 1e16, 2.0**53 + 2, math.inf, -math.inf, math.nan)
TEXTS = (
    "",
    " ",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "first\r\nsecond\nthird",
    "\x1b[31mred\x07",
    "before\x00after",
    "invoice\u202egpj.exe",
    "../../etc/passwd",
    "{{7*7}} ${7*7} %s",
    '{"$float": "nan"}',
    "😀 e\u0301 \U0001d54f",
    "x" * 2_500,
)


def component(account: Account, name: str, **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Create, delete and restore one component; return how it was and how it is."""
    account.component(name, **fields)
    before = account.seen(Kind.COMPONENT, name)
    account.erase((Kind.COMPONENT, name))
    assert account.restore(name).complete
    return before, account.seen(Kind.COMPONENT, name)


def test_every_number(account: Account) -> None:
    """Signed zero, extremes and what JSON cannot spell come back to the bit."""
    parameters = {f"p{place}": {"NumberValue": value} for place, value in enumerate(NUMBERS)}

    before, after = component(account, "Comp", Parameters=parameters)

    assert repr(after) == repr(before)


def test_a_number_and_its_text_stay_apart(account: Account) -> None:
    """`1` as a number and `1` as a text are different parameters' values."""
    parameters = {"number": {"NumberValue": 1.0}, "text": {"StringValue": "1"}}

    _, after = component(account, "Comp", Parameters=parameters)

    assert after["fields"]["Parameters"] == parameters


def test_every_text(account: Account) -> None:
    """Keys, values, messages and artifacts come back letter for letter."""
    before, after = component(
        account,
        "Comp",
        Parameters={text[:320]: {"StringValue": text} for text in TEXTS},
        InputArtifacts={text[:128]: {"Value": text[:2_048]} for text in TEXTS},
        Status={"PrimaryStatus": "Failed", "Message": TEXTS[4]},
    )

    assert after == before


@pytest.mark.parametrize("text", TEXTS)
def test_descriptions(account: Account, text: str) -> None:
    """An experiment's free text comes back too, an empty one as empty."""
    account.sm.create_experiment(ExperimentName="Exp", Description=text)
    before = account.seen(Kind.EXPERIMENT, "Exp")
    account.erase((Kind.EXPERIMENT, "Exp"))

    assert account.restore("Exp").complete
    assert account.seen(Kind.EXPERIMENT, "Exp") == before


def test_the_fullest_component(account: Account) -> None:
    """300 parameters, 60 and 60 artifacts, 49 tags: all that fits beside the mark."""
    before, after = component(
        account,
        "A" + "-0" * 59 + "Z",
        Parameters={f"p{number}": {"NumberValue": number / 7} for number in range(300)},
        InputArtifacts={f"i{number}": {"Value": "v" * 2_048} for number in range(60)},
        OutputArtifacts={f"o{number}": {"Value": "v" * 2_048} for number in range(60)},
        Tags=[{"Key": f"k{number}", "Value": "v" * 256} for number in range(49)],
    )

    assert after == before


def test_series_of_extremes(account: Account) -> None:
    """Metric values come back like parameters do, under names with blanks and marks."""
    account.component("Comp")
    account.log("Comp", "a metric: <b>", NUMBERS, steps=True)
    account.log("Comp", "=1+1", NUMBERS, steps=False)
    before = account.seen(Kind.COMPONENT, "Comp")
    account.erase((Kind.COMPONENT, "Comp"))

    assert account.restore("Comp").complete
    assert account.seen(Kind.COMPONENT, "Comp") == before


def test_a_series_with_and_without_steps(account: Account) -> None:
    """What has a step comes back; the values by the minute would count it twice, and are told."""
    account.component("Comp")
    account.log("Comp", "loss", [0.5, 0.25], steps=True)
    account.log("Comp", "loss", [9.0], steps=False)
    series = account.seen(Kind.COMPONENT, "Comp")["series"]
    account.erase((Kind.COMPONENT, "Comp"))

    left_out = account.plan("Comp").entities[0].left_out

    assert left_out[0].startswith("metric loss: its values by the minute")
    assert account.restore("Comp").complete
    assert account.seen(Kind.COMPONENT, "Comp")["series"] == series


@pytest.mark.parametrize("name", ["NUL", "con", "0", "a" * 120, "UPPER", "None", "1e308"])
def test_names(account: Account, name: str) -> None:
    """Any name that AWS takes lies in the vault and comes back in its own spelling."""
    before, after = component(account, name)

    assert after == before
    assert after["fields"]["TrialComponentName"] == name


texts = some.text(some.characters(exclude_categories=["Cs"]), max_size=40)
tag_texts = some.text(some.sampled_from("aZ09 _.:/=+-@éß"), max_size=40)
values = some.one_of(
    some.builds(lambda text: {"StringValue": text}, texts),
    some.builds(lambda number: {"NumberValue": number}, some.floats()),
)
artifacts = some.dictionaries(texts, some.builds(lambda text: {"Value": text}, texts), max_size=4)
moments = some.integers(0, 4_000_000_000_000).map(lambda ms: ms / 1_000)
tags = some.dictionaries(
    tag_texts.filter(lambda key: key and not key.lower().startswith(("aws:", "sagewarden:"))),
    tag_texts,
    max_size=4,
).map(lambda chosen: [{"Key": key, "Value": value} for key, value in chosen.items()])
components = some.fixed_dictionaries(
    {},
    optional={
        "Parameters": some.dictionaries(texts, values, max_size=6),
        "InputArtifacts": artifacts,
        "OutputArtifacts": artifacts,
        "StartTime": moments,
        "EndTime": moments,
        "Tags": tags,
        "MetadataProperties": some.fixed_dictionaries({}, optional={"CommitId": texts}),
    },
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=components)
def test_any_component_comes_back(account: Account, fields: dict[str, Any]) -> None:
    """Deleting and restoring is the identity on what can be restored."""
    account.box.admin.reset(s3=False)
    account.forget()

    before, after = component(account, "Comp", **fields)

    assert repr(after) == repr(before)
