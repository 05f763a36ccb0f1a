"""Roles are assumed late, refreshed early, named after us, and only where they belong."""

import re
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sagewarden.adapters.aws.calls import CallCounter, Patience, Reads
from sagewarden.adapters.aws.effects import SageMakerEffects
from sagewarden.adapters.aws.identity import pinned
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.roles import Role, SessionName, role_arn
from sagewarden.adapters.aws.session import Access, TargetSession, partition_of
from sagewarden.adapters.clock import wall_now
from sagewarden.core.entities import Kind, Target
from sagewarden.errors import AccessDenied, EffectRefused, ReadFailed, WrongIdentity

if TYPE_CHECKING:
    from tests.aws.conftest import World

OTHER = "210987654321"
ARN = f"arn:aws:iam::{OTHER}:role/path/sagewarden"


def reads_as(
    world: "World", role: Role, account: str = OTHER, now: Callable[[], datetime] = wall_now
) -> Reads:
    access = Access(target=Target(account, "us-east-1"), role=role, endpoint_url=world.box.url)
    stop = threading.Event()
    return Reads(
        session=TargetSession(access, now),
        limiters=Limiters(time.monotonic, stop),
        counter=CallCounter(),
        stop=stop,
        monotonic=time.monotonic,
        patience=Patience(attempts=2, pause=0.001),
    )


def assumptions(world: "World") -> int:
    return sum(each.operation == "AssumeRole" for each in world.box.admin.calls())


def test_calls_are_made_as_the_role_in_its_own_account(world: "World") -> None:
    """Under a name that tells run and host."""
    name = SessionName(run="r1", host="pod.local")
    seen = pinned(reads_as(world, Role(arn=ARN, external_id="xyz", name=name.__str__)))
    assert seen.arn == f"arn:aws:sts::{OTHER}:assumed-role/sagewarden/sagewarden-r1-pod"


def test_nothing_is_assumed_before_it_is_needed(world: "World") -> None:
    world.box.admin.clear_calls()
    reads_as(world, Role(arn=ARN)).session.reading("sagemaker")
    assert assumptions(world) == 0


def test_credentials_are_refreshed_before_they_expire(world: "World") -> None:
    """STS gave them for an hour: after three quarters of it they are asked for anew."""
    later = timedelta()
    reads = reads_as(world, Role(arn=ARN), now=lambda: wall_now() + later)
    world.box.admin.clear_calls()
    counts = []
    for minutes in (0, 40, 50):
        later = timedelta(minutes=minutes)
        reads.ask("GetCallerIdentity")
        counts.append(assumptions(world))
    assert counts == [1, 1, 2]


def test_a_role_of_another_account_is_refused_before_it_is_assumed(world: "World") -> None:
    world.box.admin.clear_calls()
    role = Role(arn=ARN, accounts=frozenset({"111111111111"}))
    with pytest.raises(WrongIdentity, match=f"leads into account {OTHER}"):
        reads_as(world, role).ask("GetCallerIdentity")
    assert assumptions(world) == 0


def test_a_role_that_is_denied_is_named_with_the_action(world: "World") -> None:
    """Once: no number of attempts changes it."""
    world.fault("deny", "AssumeRole", resource=ARN)
    world.box.admin.clear_calls()
    with pytest.raises(AccessDenied, match=re.escape(f"the role {ARN} could not be")) as caught:
        reads_as(world, Role(arn=ARN)).ask("GetCallerIdentity")
    assert "sts:AssumeRole" in caught.value.message
    assert "trust policy" in caught.value.advice
    assert assumptions(world) == 1


def test_an_unclear_answer_of_sts_is_tried_again(world: "World") -> None:
    world.fault("error_500", "AssumeRole", times=1)
    assert reads_as(world, Role(arn=ARN)).ask("GetCallerIdentity")["Account"] == OTHER


@pytest.mark.parametrize("action", ["deny", "not_found"])
def test_a_role_that_is_refused_never_says_that_an_entity_is_gone(
    tree: "World", action: str
) -> None:
    """Whatever the code: the effect was refused, and nothing left."""
    tree.fault(action, "AssumeRole")
    account = tree.box.account
    role = Role(arn=f"arn:aws:iam::{account}:role/executor")
    access = Access(target=Target(account, "us-east-1"), role=role, endpoint_url=tree.box.url)
    session = TargetSession(access, wall_now)
    step = tree.deletion(Kind.COMPONENT, "Lone")
    tree.box.admin.clear_calls()
    with pytest.raises(EffectRefused):
        SageMakerEffects(session, tree.limiters, tree.counter, lambda: None).delete(step)
    assert tree.sent("DeleteTrialComponent") == []


@pytest.mark.parametrize("action", ["not_found", "truncate"])
def test_a_role_that_is_refused_is_a_failed_read(world: "World", action: str) -> None:
    world.fault(action, "AssumeRole")
    with pytest.raises(ReadFailed):
        reads_as(world, Role(arn=ARN)).ask("ListTags", ResourceArn="arn")


@pytest.mark.parametrize(
    ("run", "host", "spelled"),
    [
        ("20261125t190106z-abcd1234", "ip-10-0-0-1.eu", "20261125t190106z-abcd1234-ip-10-0-0-1"),
        ("", "h\r\nx: y", "h-x-y"),
        ("", "", ""),
        ("r", "h" * 300, "r-" + "h" * 51),
    ],
)
def test_a_session_name_is_what_sts_takes(run: str, host: str, spelled: str) -> None:
    """At most 64 of letters, digits, dots and hyphens."""
    name = str(SessionName(run, host))
    assert name == "-".join(filter(None, ("sagewarden", spelled)))
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", name)


def test_a_name_stands_for_the_role_of_that_name_in_the_account() -> None:
    assert [
        role_arn("reader", OTHER, partition_of(region)) for region in ("eu-west-1", "cn-north-1")
    ] == [
        f"arn:aws:iam::{OTHER}:role/reader",
        f"arn:aws-cn:iam::{OTHER}:role/reader",
    ]
