"""Requests are checked against the service model, in AWS's words."""

from typing import Any

import pytest

from sagewarden.sandbox.refusal import Refusal
from sagewarden.sandbox.validation import checked

NAME = r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,119}"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("a_b", f"satisfy regular expression pattern: {NAME}"),
        ("-a", f"satisfy regular expression pattern: {NAME}"),
        ("a" * 121, "have length less than or equal to 120"),
        ("", "have length greater than or equal to 1"),
        (None, "not be null"),
    ],
)
def test_a_bad_name_is_told_where_and_why(
    sm: Any, refused: Any, name: str | None, rule: str
) -> None:
    """One complaint names the value, the member and the constraint."""
    params = {"ExperimentName": name} if name is not None else {}
    code, message, _ = refused(sm.create_experiment, **params)
    told = f"at 'experimentName' failed to satisfy constraint: Member must {rule}" in message
    assert (code, told) == ("ValidationException", True)


def test_every_complaint_is_told_at_once(sm: Any, refused: Any) -> None:
    """The message counts them."""
    _, message, _ = refused(sm.create_trial, TrialName="a_b", ExperimentName="c_d")
    assert message.startswith("2 validation errors detected: ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Status", {"PrimaryStatus": "Done"}),
        ("Parameters", {"k" * 321: {"NumberValue": 1}}),
        ("Parameters", {"k": {"StringValue": "v" * 2501}}),
        ("Parameters", {f"k{n}": {"NumberValue": n} for n in range(301)}),
        ("InputArtifacts", {"a": {"Value": "v" * 2049}}),
        ("InputArtifacts", {f"k{n}": {"Value": "v"} for n in range(61)}),
        ("OutputArtifacts", {f"k{n}": {"Value": "v"} for n in range(61)}),
        ("OutputArtifacts", {"a": {"MediaType": "no slash", "Value": "v"}}),
        ("Tags", [{"Key": f"k{n}", "Value": "v"} for n in range(51)]),
        ("DisplayName", "not a_name"),
        ("StartTime", "yesterday"),
    ],
)
def test_a_component_out_of_bounds_is_refused(field: str, value: Any) -> None:
    """Lengths, counts, enumerations, patterns and types of the model."""
    params = {"TrialComponentName": "c", field: value}
    with pytest.raises(Refusal) as caught:
        checked("sagemaker", "CreateTrialComponent", params)
    assert caught.value.code in {"ValidationException", "SerializationException"}


@pytest.mark.parametrize(
    "text",
    ["<script>", "=cmd|' /C calc'!A0", "@SUM(1)", "a\r\nb", "\x1b[31m", "\x00", "\u202e", "../"],
)
def test_hostile_text_is_taken_and_given_back(sm: Any, text: str) -> None:
    """Parameters, artifacts and descriptions are free text."""
    sm.create_trial_component(
        TrialComponentName="c",
        Parameters={text: {"StringValue": text}},
        InputArtifacts={text: {"Value": text}},
    )
    found = sm.describe_trial_component(TrialComponentName="c")
    expected = ({text: {"StringValue": text}}, {text: {"Value": text}})
    assert (found["Parameters"], found["InputArtifacts"]) == expected


def test_a_description_has_3072_characters_at_most(sm: Any, refused: Any) -> None:
    """One more is refused."""
    sm.create_experiment(ExperimentName="n", Description="d" * 3072)
    code, _, _ = refused(sm.create_experiment, ExperimentName="m", Description="d" * 3073)
    assert code == "ValidationException"


def test_300_parameters_are_the_limit_of_updates_too(sm: Any, refused: Any) -> None:
    """Merged with those that are there."""
    many = {f"k{number}": {"NumberValue": 1.0} for number in range(300)}
    sm.create_trial_component(TrialComponentName="c", Parameters=many)
    code, _, _ = refused(
        sm.update_trial_component,
        TrialComponentName="c",
        Parameters={"more": {"NumberValue": 1.0}},
    )
    assert code == "ValidationException"


def test_an_operation_that_is_not_served_says_so(sm: Any, refused: Any) -> None:
    """Instead of answering nonsense."""
    assert refused(sm.list_pipelines)[0] == "UnknownOperationException"
