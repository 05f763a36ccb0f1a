"""Answers that count as whole, and answers that do not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sagewarden.adapters.aws.answers import check
from sagewarden.adapters.aws.errors import Incomplete

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TRIAL: dict[str, Any] = {
    "TrialName": "t",
    "TrialArn": "arn",
    "CreationTime": NOW,
    "ExperimentName": "e",
}
SERIES: dict[str, Any] = {"Status": "Complete", "XAxisValues": [1], "MetricValues": [0.5]}

WHOLE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("DescribeTrial", {}, TRIAL),
    ("ListTags", {}, {"Tags": []}),
    ("ListTags", {}, {"Tags": [{"Key": "k", "Value": ""}]}),
    ("ListTrials", {}, {"TrialSummaries": [TRIAL]}),
    ("Search", {"Resource": "ExperimentTrial"}, {"Results": [{"Trial": TRIAL}]}),
    ("BatchGetMetrics", {"MetricQueries": [{}]}, {"MetricQueryResults": [SERIES]}),
    ("DeleteTrial", {}, {"TrialArn": "arn"}),
    ("GetCallerIdentity", {}, {"Account": "1", "Arn": "arn"}),
]


@pytest.mark.parametrize(("operation", "request_", "answer"), WHOLE)
def test_a_whole_answer_is_given_back(
    operation: str, request_: dict[str, Any], answer: dict[str, Any]
) -> None:
    assert check(operation, request_, answer) is answer


@pytest.mark.parametrize(("operation", "request_", "answer"), WHOLE)
def test_an_empty_answer_is_never_whole(
    operation: str, request_: dict[str, Any], answer: dict[str, Any]
) -> None:
    """That is what a cut-off body looks like behind botocore."""
    assert answer
    with pytest.raises(Incomplete):
        check(operation, request_, {})


@pytest.mark.parametrize(
    ("operation", "request_", "answer"),
    [
        ("DescribeTrial", {}, {**TRIAL, "ExperimentName": None}),
        ("ListTags", {}, {"Tags": [{"Key": "k"}]}),
        ("ListTrials", {}, {"TrialSummaries": [{"TrialName": "t", "TrialArn": "arn"}]}),
        ("Search", {"Resource": "ExperimentTrial"}, {"Results": [{}]}),
        ("Search", {"Resource": "Experiment"}, {"Results": [{"Trial": TRIAL}]}),
        ("BatchGetMetrics", {"MetricQueries": [{}, {}]}, {"MetricQueryResults": [SERIES]}),
        (
            "BatchGetMetrics",
            {"MetricQueries": [{}]},
            {"MetricQueryResults": [{**SERIES, "MetricValues": []}]},
        ),
    ],
)
def test_an_answer_with_a_hole_inside_is_not_whole(
    operation: str, request_: dict[str, Any], answer: dict[str, Any]
) -> None:
    with pytest.raises(Incomplete):
        check(operation, request_, answer)
