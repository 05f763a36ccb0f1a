"""`sagewarden plan` over an account that the SDK logged into: it reads, and keeps its word."""

from collections import Counter

import pytest
from tests.real_input.governing import Season

from sagewarden.core.entities import Kind

pytestmark = [
    pytest.mark.filterwarnings(  # Python 3.12 and later
        "ignore:datetime.datetime.utcnow:DeprecationWarning:smexperiments._utils"
    ),
    pytest.mark.timeout(300),  # whichever test comes first waits for the whole season
]


@pytest.mark.parametrize("service", ["sagemaker", "sagemaker-metrics", "resourcegroupstaggingapi"])
def test_a_plan_sends_no_write(season: Season, service: str) -> None:
    calls = [call for planned in season.plans for call in planned.calls]
    assert [call for call in calls if call["write"] and call["service"] == service] == []


def test_a_plan_reads_each_kind_once_by_search_and_once_by_list(season: Season) -> None:
    reads = [
        Counter(call["operation"] for call in planned.calls if call["service"] == "sagemaker")
        for planned in season.plans
    ]
    lists = {"ListExperiments": 1, "ListTrials": 1, "ListTrialComponents": 1}
    assert reads == [{"Search": 3, **lists}] * 2


def test_a_plan_ends_well(season: Season) -> None:
    assert [planned.ran.exit_code for planned in season.plans] == [0, 0]


def test_a_plan_names_everything_that_is_due(season: Season) -> None:
    governed = season.governed["sdk"]
    for planned in season.plans:
        units = planned.ran.answer[0]["plan"]["units"]
        named = [each["identity"][:2] for unit in units for each in unit["entities"]]
        assert Counter(governed.due) == Counter((Kind(kind), name) for kind, name in named)


def test_two_plans_of_one_world_have_one_digest(season: Season) -> None:
    first, second = (planned.ran.answer[0]["plan"]["digest"] for planned in season.plans)
    assert first == second


def test_the_sweep_enforces_the_plan_that_was_shown(season: Season) -> None:
    digest = season.plans[0].ran.answer[0]["plan"]["digest"]
    assert digest == season.governed["sdk"].deleting["plan"]
