"""Knobs, hooks, clock, call log, snapshots: from this process and over the admin path."""

import time
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest

from sagewarden.sandbox import Admin, AdminClient, Hook, Sandbox


@pytest.fixture
def remote(box: Sandbox) -> AdminClient:
    """Speak to the sandbox as another process would."""
    return AdminClient(box.url)


def test_a_rate_throttles_what_is_faster(sm: Any, admin: Admin, refused: Any) -> None:
    """One token bucket for each operation; others go on."""
    admin.set_knobs(rates={"ListExperiments": 0.01}, burst=2)
    sm.list_experiments()
    sm.list_experiments()
    told = refused(sm.list_experiments)
    sm.list_trials()
    assert told == ("ThrottlingException", "Rate exceeded", 400)


def test_rates_hold_for_each_account_apart(box: Sandbox, sm: Any, admin: Admin) -> None:
    """Another account has its own bucket."""
    admin.set_knobs(rates={"*": 0.01})
    sm.list_experiments()
    admitted = box._engine.buckets.admits("2" * 12, "us-east-1", "ListExperiments", own=True)
    assert admitted


def test_a_bucket_fills_again(sm: Any, admin: Admin) -> None:
    """At its rate."""
    admin.set_knobs(rates={"ListExperiments": 50.0})
    sm.list_experiments()
    time.sleep(0.03)  # noqa: TID251 - the bucket fills on the machine's clock
    sm.list_experiments()
    assert [call.code for call in admin.calls()] == ["OK", "OK"]


def test_latency_delays_an_answer(sm: Any, admin: Admin) -> None:
    """By so many milliseconds."""
    admin.set_knobs(latency_ms={"ListExperiments": 50})
    began = time.monotonic()
    sm.list_experiments()
    assert time.monotonic() - began >= 0.05


def test_a_permission_can_be_lost(sm: Any, admin: Admin, refused: Any) -> None:
    """By account and action; IAM's words name the action."""
    admin.set_knobs(denied={"123456789012": ["sagemaker:Delete*"]})
    code, message, _ = refused(sm.delete_trial, TrialName="t")
    assert (code, "sagemaker:DeleteTrial" in message) == ("AccessDeniedException", True)


def test_permissions_have_iams_names(
    metrics: Any, tagging: Any, admin: Admin, refused: Any
) -> None:
    """Metrics belong to sagemaker, the tagging API to tag."""
    admin.set_knobs(denied={"*": ["sagemaker:BatchGetMetrics", "tag:GetResources"]})
    codes = {
        refused(metrics.batch_get_metrics, MetricQueries=[])[0],
        refused(tagging.get_resources)[0],
    }
    assert codes == {"AccessDeniedException"}


def test_an_adversary_acts_right_before_a_call(
    sm: Any, tree: Any, admin: Admin, refused: Any
) -> None:
    """Its own calls are neither logged nor throttled."""
    tree(t1=[])
    admin.clear_calls()
    link = {"TrialName": "t1", "TrialComponentName": "late"}
    admin.add_hook(
        Hook(
            operation="DeleteTrial",
            calls=[
                {"operation": "CreateTrialComponent", "params": {"TrialComponentName": "late"}},
                {"operation": "AssociateTrialComponent", "params": link},
            ],
        )
    )
    told = refused(sm.delete_trial, TrialName="t1")[0]
    logged = [call.operation for call in admin.calls()]
    assert (told, logged) == ("ValidationException", ["DeleteTrial"])


def test_a_permission_can_be_lost_right_before_a_call(
    sm: Any, tree: Any, admin: Admin, refused: Any
) -> None:
    """An adversary may turn knobs."""
    tree(t1=[])
    lost = {"*": ["sagemaker:DeleteTrial"]}
    admin.add_hook(Hook(operation="DeleteTrial", knobs={"denied": lost}))
    assert refused(sm.delete_trial, TrialName="t1")[0] == "AccessDeniedException"


def test_a_clock_set_back_hides_nothing(sm: Any, admin: Admin) -> None:
    """Without lag, Search and List show what is there."""
    sm.create_experiment(ExperimentName="n")
    admin.advance(-3_600)
    found = (
        len(sm.search(Resource="Experiment")["Results"]),
        len(sm.list_experiments()["ExperimentSummaries"]),
    )
    assert found == (1, 1)


def test_every_call_is_logged_with_its_outcome(sm: Any, admin: Admin, refused: Any) -> None:
    """Number, operation, account, resource, code, whether it writes and was applied."""
    sm.create_experiment(ExperimentName="n")
    refused(sm.delete_trial, TrialName="gone")
    sm.list_experiments()
    found = [
        (call.number, call.operation, call.resource, call.code, call.write, call.applied)
        for call in admin.calls()
    ]
    assert found == [
        (1, "CreateExperiment", "n", "OK", True, True),
        (2, "DeleteTrial", "gone", "ResourceNotFound", True, False),
        (3, "ListExperiments", "", "OK", False, True),
    ]


def test_the_log_tells_who_called(box: Sandbox, admin: Admin, session: boto3.Session) -> None:
    """By the access key, so that two workers can be told apart."""
    for key in ("AKIAFIRST", "AKIASECOND"):
        client = session.client("sagemaker", **box.client_config(key))
        client.list_experiments()
        client.close()
    assert [call.caller for call in admin.calls()] == ["AKIAFIRST", "AKIASECOND"]


def test_the_log_is_filtered_and_cleared(sm: Any, s3: Any, admin: Admin) -> None:
    """By number, by service, by what writes."""
    sm.create_experiment(ExperimentName="n")
    sm.list_experiments()
    s3.create_bucket(Bucket="vault")
    counts = [
        len(admin.calls(after=1)),
        len(admin.calls(writes=True)),
        len(admin.calls(service="sagemaker")),
    ]
    admin.clear_calls()
    assert (counts, admin.calls()) == ([2, 2, 2], [])


def test_the_clock_moves_times_and_the_date_header(sm: Any, admin: Admin) -> None:
    """Both follow the sandbox's clock."""
    admin.freeze(1_700_000_000.0)
    admin.advance(60.0)
    made = sm.create_experiment(ExperimentName="n")
    date = made["ResponseMetadata"]["HTTPHeaders"]["date"]
    created = sm.describe_experiment(ExperimentName="n")["CreationTime"].timestamp()
    assert (date, created) == ("Tue, 14 Nov 2023 22:14:20 GMT", 1_700_000_060.0)


def test_a_clock_runs_on_from_where_it_stood(admin: Admin) -> None:
    """After unfreeze."""
    admin.freeze(1_700_000_000.0)
    admin.unfreeze()
    assert 0 <= admin.now() - 1_700_000_000.0 < 5


def test_a_snapshot_brings_back_all_of_sagemaker_and_s3(
    sm: Any, s3: Any, tree: Any, admin: Admin, arn: Any
) -> None:
    """Entities, edges, tags and objects; what came later is gone."""
    s3.create_bucket(Bucket="vault")
    s3.put_object(Bucket="vault", Key="k", Body=b"1")
    tree(t1=["c"])
    admin.snapshot(s3=True)
    sm.disassociate_trial_component(TrialName="t1", TrialComponentName="c")
    sm.delete_trial(TrialName="t1")
    sm.add_tags(ResourceArn=arn("experiment", "exp"), Tags=[{"Key": "k", "Value": "v"}])
    sm.create_experiment(ExperimentName="later")
    s3.put_object(Bucket="vault", Key="k", Body=b"2")
    admin.restore()
    found = (
        [each["TrialName"] for each in sm.list_trials(TrialComponentName="c")["TrialSummaries"]],
        sm.list_tags(ResourceArn=arn("experiment", "exp"))["Tags"],
        [each["ExperimentName"] for each in sm.list_experiments()["ExperimentSummaries"]],
        s3.get_object(Bucket="vault", Key="k")["Body"].read(),
    )
    assert found == (["t1"], [], ["exp"], b"1")


def test_a_snapshot_can_be_restored_again_and_again(sm: Any, tree: Any, admin: Admin) -> None:
    """It does not change with the world."""
    tree(t1=[])
    admin.snapshot("start")
    for _ in range(3):
        sm.delete_trial(TrialName="t1")
        admin.restore("start")
    assert len(sm.list_trials()["TrialSummaries"]) == 1


def test_reset_empties_everything(sm: Any, s3: Any, admin: Admin) -> None:
    """SageMaker, S3, rules, log, knobs."""
    sm.create_experiment(ExperimentName="n")
    s3.create_bucket(Bucket="vault")
    admin.set_knobs(page_cap=1)
    admin.reset()
    found = (s3.list_buckets()["Buckets"], sm.list_experiments()["ExperimentSummaries"])
    assert (found, admin.knobs.page_cap, len(admin.calls())) == (([], []), None, 2)


def test_the_admin_path_sets_and_tells_knobs(remote: AdminClient) -> None:
    """As JSON."""
    remote.set_knobs(search_lag_seconds=7.5)
    assert remote.knobs()["search_lag_seconds"] == 7.5


def test_the_admin_path_refuses_unknown_knobs(remote: AdminClient) -> None:
    """With HTTP 400."""
    with pytest.raises(HTTPError, match="400"):
        remote.set_knobs(typo=1)


def test_the_admin_path_injects_faults(remote: AdminClient, sm: Any, refused: Any) -> None:
    """And tells how often they fired."""
    number = remote.add_fault(operation="ListExperiments", action="throttle")
    told = refused(sm.list_experiments)[0]
    fired = remote.rules()["faults"][str(number)]["fired"]
    remote.clear_rules()
    assert (told, fired, remote.rules()["faults"]) == ("ThrottlingException", 1, {})


def test_the_admin_path_reads_the_log(remote: AdminClient, sm: Any) -> None:
    """With the parameters of each call."""
    sm.create_experiment(ExperimentName="n")
    (call,) = remote.calls(writes=True)
    assert (call["operation"], call["params"]) == ("CreateExperiment", {"ExperimentName": "n"})


def test_the_admin_path_performs_calls(remote: AdminClient, sm: Any) -> None:
    """Past rates, faults and log."""
    remote.perform("CreateExperiment", {"ExperimentName": "n"})
    assert len(sm.list_experiments()["ExperimentSummaries"]) == 1


def test_the_admin_path_moves_the_clock(remote: AdminClient) -> None:
    """Frozen at a time, then advanced."""
    remote.set_clock(frozen=True, at=1_700_000_000.0)
    assert remote.set_clock(advance=5) == 1_700_000_005.0


def test_the_admin_path_takes_and_restores_snapshots(remote: AdminClient, sm: Any) -> None:
    """S3 included."""
    remote.snapshot("empty", s3=True)
    sm.create_experiment(ExperimentName="n")
    remote.restore("empty")
    assert sm.list_experiments()["ExperimentSummaries"] == []
