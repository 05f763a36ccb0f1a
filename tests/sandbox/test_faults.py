"""Faults by rule: what the caller sees, and whether the call was applied."""

import os
import subprocess
import sys
import time
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from tests.clients import client_of

from sagewarden.sandbox import Admin, Fault, Sandbox

CUT_OFF = (ConnectionClosedError, EndpointConnectionError)


def exists(admin: Admin) -> bool:
    return "n" in admin.account().experiments.rows


@pytest.mark.parametrize(
    ("action", "code", "status", "applied"),
    [
        ("throttle", "ThrottlingException", 400, False),
        ("deny", "AccessDeniedException", 400, False),
        ("not_found", "ResourceNotFound", 400, False),
        ("error_500", "InternalFailure", 500, False),
        ("error_500_after", "InternalFailure", 500, True),
    ],
)
def test_an_error_comes_before_or_after_the_call_is_applied(
    sm: Any,
    admin: Admin,
    refused: Any,
    action: Any,
    code: str,
    status: int,
    applied: Any,
) -> None:
    """Its name says which."""
    admin.add_fault(Fault(operation="CreateExperiment", action=action))
    told = refused(sm.create_experiment, ExperimentName="n")
    assert (told[0], told[2], exists(admin)) == (code, status, applied)


@pytest.mark.parametrize(("action", "applied"), [("drop_before", False), ("drop_after", True)])
def test_a_connection_is_dropped_before_or_after(
    sm: Any, admin: Admin, action: Any, applied: Any
) -> None:
    """A lost response looks the same to the caller."""
    admin.add_fault(Fault(operation="CreateExperiment", action=action))
    with pytest.raises(CUT_OFF):
        sm.create_experiment(ExperimentName="n")
    assert (exists(admin), admin.calls()[-1].applied) == (applied, applied)


@pytest.mark.parametrize("action", ["delay", "delay_before"])
def test_a_late_answer_times_out(box: Sandbox, admin: Admin, action: Any) -> None:
    """The client gives up; the call is applied all the same."""
    impatient = Config(read_timeout=0.3, retries={"total_max_attempts": 1})
    client = client_of("sagemaker", config=impatient, **box.client_config())
    admin.add_fault(Fault(operation="CreateExperiment", action=action, seconds=0.6))
    with pytest.raises(ReadTimeoutError):
        client.create_experiment(ExperimentName="n")
    deadline = time.monotonic() + 5
    while not exists(admin) and time.monotonic() < deadline:
        admin.calls()
    assert exists(admin)


def test_a_truncated_body_becomes_an_empty_answer(sm: Any, tree: Any, admin: Admin) -> None:
    """No exception comes out of botocore: a cut-off ListTrials reads as "no parents"."""
    tree(t1=["c"])
    admin.add_fault(Fault(operation="ListTrials", action="truncate"))
    answer = sm.list_trials(TrialComponentName="c")
    assert sorted(answer) == ["ResponseMetadata"]


def test_an_empty_page_has_a_token_that_leads_on(sm: Any, tree: Any, admin: Admin) -> None:
    """Nothing is lost for a reader who follows it."""
    tree(t1=[], t2=[])
    admin.add_fault(Fault(operation="ListTrials", action="empty_page"))
    first = sm.list_trials()
    second = sm.list_trials(NextToken=first["NextToken"])
    lengths = [len(page["TrialSummaries"]) for page in (first, second)]
    assert lengths == [0, 2]


def test_a_repeated_token_leads_in_a_circle(sm: Any, tree: Any, admin: Admin) -> None:
    """The answer carries the token that was asked with."""
    tree(t1=[], t2=[], t3=[])
    token = sm.list_trials(MaxResults=1)["NextToken"]
    admin.add_fault(Fault(operation="ListTrials", action="repeat_token"))
    assert sm.list_trials(MaxResults=1, NextToken=token)["NextToken"] == token


def test_a_field_goes_missing(sm: Any, tree: Any, admin: Admin) -> None:
    """By its path, in every element of a list."""
    tree(t1=["c"])
    path = "Results.TrialComponent.Parents"
    admin.add_fault(Fault(operation="Search", action="missing_field", name=path))
    (found,) = sm.search(Resource="ExperimentTrialComponent")["Results"]
    assert "Parents" not in found["TrialComponent"]


def test_stale_data_is_the_world_some_seconds_ago(sm: Any, admin: Admin) -> None:
    """For any read, Describe included."""
    admin.freeze()
    sm.create_experiment(ExperimentName="n", Description="before")
    admin.advance(60)
    sm.update_experiment(ExperimentName="n", Description="after")
    admin.add_fault(Fault(operation="DescribeExperiment", action="stale", seconds=30))
    found = [sm.describe_experiment(ExperimentName="n")["Description"] for _ in range(2)]
    assert found == ["before", "after"]


@pytest.mark.parametrize(("action", "applied"), [("kill_before", False), ("kill_after", True)])
def test_a_process_is_killed_before_or_after(
    sm: Any, admin: Admin, action: Any, applied: Any
) -> None:
    """With SIGKILL; its caller's connection drops."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as victim:
        admin.add_fault(Fault(operation="CreateExperiment", action=action, pid=victim.pid))
        with pytest.raises(CUT_OFF):
            sm.create_experiment(ExperimentName="n")
        assert (victim.wait(5), exists(admin)) == (-9, applied)


def test_a_process_is_stopped_before_its_answer(sm: Any, admin: Admin) -> None:
    """With SIGSTOP, once the call was applied; the answer waits until SIGCONT."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as victim:
        admin.add_fault(Fault(operation="CreateExperiment", action="stop_after", pid=victim.pid))
        sm.create_experiment(ExperimentName="n")
        _, status = os.waitpid(victim.pid, os.WUNTRACED)
        victim.kill()
        assert (os.WIFSTOPPED(status), victim.wait(5), exists(admin)) == (True, -9, True)


def outcomes(sm: Any, refused: Any, names: list[str]) -> list[str]:
    return [refused(sm.describe_experiment, ExperimentName=name)[0] for name in names]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"nth_match": 2}, "n t n n"),
        ({"nth_match": 2, "times": 2}, "n t t n"),
        ({"times": None}, "t t t t"),
        ({"resource": "b*"}, "n t n n"),
        ({"resource": "b*", "times": 2}, "n t n t"),
        ({"nth_call": 3}, "n n t n"),
        ({"times": None, "share": 0.3}, "n t n n"),
        ({"times": None, "share": 0.0}, "n n n n"),
        ({"service": "s3"}, "n n n n"),
        ({"account": "1234*"}, "t n n n"),
    ],
)
def test_a_rule_singles_out_calls(
    sm: Any, admin: Admin, refused: Any, rule: dict[str, Any], expected: str
) -> None:
    """By operation, resource, service, account, number, number of match, share, and how often."""
    admin.add_fault(Fault(operation="Describe*", action="throttle", **rule))
    told = outcomes(sm, refused, ["a", "b1", "c", "b2"])
    short = {"ResourceNotFound": "n", "ThrottlingException": "t"}
    assert " ".join(short[code] for code in told) == expected


def test_a_rule_can_be_taken_away(sm: Any, admin: Admin) -> None:
    """By its number."""
    number = admin.add_fault(Fault(action="throttle", times=None))
    admin.remove_rule(number)
    assert sm.list_experiments()["ExperimentSummaries"] == []


@pytest.mark.parametrize(
    ("action", "status", "applied"),
    [("throttle", 503, 0), ("deny", 403, 0), ("error_500", 500, 0), ("error_500_after", 500, 1)],
)
def test_s3_has_faults_too(
    s3: Any, admin: Admin, refused: Any, action: Any, status: int, applied: int
) -> None:
    """In its own codes."""
    s3.create_bucket(Bucket="vault")
    admin.add_fault(Fault(service="s3", operation="PutObject", resource="vault/k", action=action))
    told = refused(s3.put_object, Bucket="vault", Key="k", Body=b"x")
    found = s3.list_objects_v2(Bucket="vault")["KeyCount"]
    assert (told[2], found) == (status, applied)


def test_s3_loses_an_answer(s3: Any, admin: Admin) -> None:
    """The object is there all the same."""
    s3.create_bucket(Bucket="vault")
    admin.add_fault(Fault(service="s3", operation="PutObject", action="drop_after"))
    with pytest.raises(CUT_OFF):
        s3.put_object(Bucket="vault", Key="k", Body=b"x")
    assert s3.list_objects_v2(Bucket="vault")["KeyCount"] == 1
