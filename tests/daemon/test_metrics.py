"""What Prometheus gets: every metric of the table, no name of an entity, not too many series."""

from collections import Counter

from prometheus_client.parser import text_string_to_metric_families

from sagewarden.adapters.aws.errors import Fault
from sagewarden.adapters.telemetry.metrics import METRICS, Known, Metered, render
from sagewarden.core.entities import Kind, Target
from sagewarden.core.journal import Result
from sagewarden.core.judge import Verdict
from sagewarden.core.standing import Circumstances, RunResult, Standing

OPERATIONS = [f"Operation{number}" for number in range(30)]
"""As many as the product calls, and a few more."""


def full(account: str) -> Standing:
    """A target of which everything was met that could be."""
    return Standing(
        target=Target(account, "eu-west-1", 'a "name"\nof two lines'),
        since=0.0,
        runs=Counter(RunResult),
        entities=dict.fromkeys(map(str, Kind), 9),
        judged={(str(kind), str(each)): 1 for kind in Kind for each in Verdict},
        effects={
            (effect, str(kind), str(result)): 1
            for effect in ("delete", "disassociate", "tag", "untag")
            for kind in Kind
            for result in Result
        },
    )


def known(*accounts: str) -> Known:
    results = ("ok", "throttled", "denied", "server")
    metered = Metered(
        {(each, result): 1 for each in OPERATIONS for result in results},
        dict.fromkeys(OPERATIONS, 1.0),
        {"get": 2},
    )
    return Known(
        now=5.0,
        standings=tuple(map(full, accounts)),
        metered={(each, "eu-west-1"): metered for each in accounts},
        circumstances=Circumstances(policies="bad"),
        ready=False,
        missed={"sweep": 1},
        next_times={"sweep": 1.0},
    )


def series(*accounts: str) -> list[tuple[str, dict[str, str], float]]:
    text = render(lambda: known(*accounts))().decode()
    return [
        (sample.name, dict(sample.labels), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]


def test_every_metric_of_the_table_is_told_with_its_labels() -> None:
    """And no other of ours."""
    told = {name: set(labels) for name, labels, _ in series("1") if name.startswith("sagewarden_")}
    assert told == {name: set(each.labels) for name, each in METRICS.items()}


def test_a_target_has_a_few_hundred_series_at_most() -> None:
    """With everything that could be met, each operation failing in four ways."""
    assert len(series("1", "2")) - len(series("1")) < 400


def test_no_label_could_hold_the_name_of_an_entity() -> None:
    """The labels are few, and each is of a closed set or of the settings."""
    labels = {label for each in METRICS.values() for label in each.labels}
    assert labels == {
        *("account", "region", "name", "version", "python", "job"),
        *("kind", "verdict", "effect", "outcome", "operation", "result"),
    }


def test_failures_are_told_as_zero_before_they_are_met() -> None:
    """Prometheus sees no increase in a series that begins with 1."""
    calm = Known(
        now=0.0,
        standings=(Standing(target=Target("1", "eu-west-1"), since=0.0),),
        metered={("1", "eu-west-1"): Metered({("Search", "ok"): 5}, {}, {})},
        circumstances=Circumstances(),
        ready=True,
        missed={},
        next_times={},
    )
    text = render(lambda: calm)().decode()
    place = 'account="1",'
    assert f'sagewarden_throttles_total{{{place}operation="Search",region="eu-west-1"}} 0.0' in text
    assert f'{place}operation="get",region="eu-west-1"}} 0.0' in text
    assert f'{place}region="eu-west-1",result="defect"}} 0.0' in text
    assert f'{place}effect="delete",kind="trial",outcome="needs a person"' in text


def test_each_fault_of_a_call_has_a_word_of_its_own() -> None:
    """The alerts name some of them."""
    assert {"throttled", "denied", "credentials"} <= {each.name.lower() for each in Fault}
