"""Entities and their identities."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.worlds import component, experiment, trial

from sagewarden.core.entities import STATUSES, Identity, Kind, Parent, Target


def test_names_that_differ_in_case_are_one_entity() -> None:
    assert experiment("Dev-A").identity == experiment("dev-a").identity


def test_a_name_that_was_used_again_is_another_entity() -> None:
    first = experiment("dev-a")
    again = replace(first, created=first.created + timedelta(milliseconds=1))
    assert first.identity != again.identity


def test_kinds_have_names_of_their_own() -> None:
    assert experiment("a").identity != trial("a", "e").identity


def test_trials_are_keys_once_and_sorted() -> None:
    assert component("c", "T-2", "t-1", "t-2").trials == ("t-1", "t-2")


def test_unknown_parents_give_no_trials() -> None:
    assert component("c", parents=None).trials == ()


def test_only_two_states_are_running() -> None:
    running = [each for each in (*STATUSES, None) if component("c", status=each).running]
    assert running == ["InProgress", "Stopping"]


def test_words_name_a_target_and_an_identity() -> None:
    told = (str(Target("1", "eu-west-1", "x")), str(Identity(Kind.TRIAL, "t", 5)))
    assert told == ("1/eu-west-1", "trial t")


def test_identities_sort_from_the_top_of_a_tree() -> None:
    some = [experiment("a"), trial("a", "a"), component("a", "a")]
    kinds = [each.kind for each in sorted(entity.identity for entity in some[::-1])]
    assert kinds == [Kind.EXPERIMENT, Kind.TRIAL, Kind.COMPONENT]


@pytest.mark.parametrize("experiment_key", [None, "e"])
def test_a_parent_may_know_its_experiment(experiment_key: str | None) -> None:
    assert Parent("t", experiment_key).experiment == experiment_key


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sagemaker:us-east-1:1:experiment-trial-component/fit-1",
        "arn:aws:sagemaker:us-east-1:1:training-job/fit",
        "arn:aws:sagemaker:us-east-1:1:training-job/Fit",
        "arn:aws:sagemaker:us-east-1:1:training-job/other",
        "arn:aws:sagemaker:us-east-1:1:training-job/",
        "fit-1",
        "",
    ],
)
def test_an_arn_comes_back_as_it_was(arn: str) -> None:
    """Whether or not it ends like the name, of which it is held as a part then."""
    seen = component("Fit-1", arn=arn, source_arn=arn)
    assert (seen.arn, seen.source_arn) == (arn, arn)
    assert replace(seen, status="Failed").arn == arn


def test_what_no_job_made_has_no_source() -> None:
    assert component("fit-1", source_arn=None).source_arn is None


@pytest.mark.parametrize("content", ["ab" * 32, "AB" * 32, "ab" * 31, "of c", "", "e9 " * 32])
def test_a_digest_comes_back_as_it_was(content: str) -> None:
    """Whether or not it is one."""
    assert replace(component("c"), content=content).content == content
