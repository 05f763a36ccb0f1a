"""Sessions: whom they speak as, where to, and how often."""

import threading
import time
from typing import TYPE_CHECKING

import pytest

from sagewarden.adapters.aws.calls import CallCounter, Reads
from sagewarden.adapters.aws.identity import caller, pinned
from sagewarden.adapters.aws.inventory import SageMakerSurveys
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.session import Access, TargetSession
from sagewarden.adapters.clock import wall_now
from sagewarden.core.entities import Target
from sagewarden.errors import AccessDenied, Unreachable, WrongIdentity

if TYPE_CHECKING:
    from tests.aws.conftest import World

OTHER = "210987654321"
NOBODY = "http://127.0.0.1:9"


def reads_of(access: Access) -> Reads:
    stop = threading.Event()
    return Reads(
        session=TargetSession(access, wall_now),
        limiters=Limiters(time.monotonic, stop),
        counter=CallCounter(),
        stop=stop,
        monotonic=time.monotonic,
    )


def test_the_target_pins_the_account(world: "World") -> None:
    """The caller is who STS says, and it is the target's account."""
    assert pinned(world.reads()).account == world.box.account


def test_another_account_is_refused(world: "World") -> None:
    reads = reads_of(Access(target=Target(OTHER, "us-east-1"), endpoint_url=world.box.url))
    with pytest.raises(WrongIdentity, match=OTHER):
        pinned(reads)


def test_the_endpoint_comes_from_the_environment_if_not_given(world: "World") -> None:
    """AWS_ENDPOINT_URL works, and it can be told that this is not AWS."""
    session = TargetSession(Access(target=Target(OTHER, "us-east-1")), wall_now)
    assert session.endpoint == world.box.url
    assert not session.endpoint_is_aws


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1"])
def test_the_endpoint_of_aws_is_known_as_such(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert TargetSession(Access(target=Target(OTHER, region)), wall_now).endpoint_is_aws


def test_the_region_is_the_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the one of the environment; and the ARN partition follows it."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    session = TargetSession(Access(target=Target(OTHER, "cn-north-1")), wall_now)
    assert session.reading("sagemaker").meta.region_name == "cn-north-1"
    assert session.partition == "aws-cn"


def test_an_endpoint_where_nobody_listens_is_unreachable(world: "World") -> None:
    session = TargetSession(
        Access(target=Target(OTHER, "us-east-1"), endpoint_url=NOBODY), wall_now
    )
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
        caller(world.reads(session))


def test_no_credentials_is_said_plainly(world: "World", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    reads = reads_of(Access(target=Target(OTHER, "us-east-1"), endpoint_url=world.box.url))
    with pytest.raises(AccessDenied, match="credentials"):
        caller(reads)


def test_botocore_itself_sends_everything_once(world: "World") -> None:
    """Even a server error is not tried again below our own retry."""
    world.fault("error_500", "DescribeTrial")
    client = world.session.reading("sagemaker")
    with pytest.raises(client.exceptions.ClientError):
        client.describe_trial(TrialName="t")
    assert world.sent() == ["DescribeTrial"]


def test_the_servers_time_is_heard_from_every_answer(tree: "World") -> None:
    """Errors too carry a Date; ages and `began` rest on it."""
    tree.age(86_400.0)
    tree.fault("deny", "DescribeTrial")
    with pytest.raises(AccessDenied):
        tree.reads().ask("DescribeTrial", TrialName="Tri")
    assert abs(tree.looks.now().timestamp() - tree.box.admin.now()) < 3
    assert abs(tree.looks.skew() + 86_400.0 + 3_600.0) < 3


def test_an_inventory_of_another_account_is_refused(world: "World") -> None:
    """Before anything of it is read."""
    reads = reads_of(Access(target=Target(OTHER, "us-east-1"), endpoint_url=world.box.url))
    world.box.admin.clear_calls()
    with pytest.raises(WrongIdentity, match=OTHER):
        SageMakerSurveys(reads, SageMakerLooks(reads)).take(lambda *_: None)
    assert world.sent() == []
