"""A mark is announced once its notice is durable and a channel that counts took it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.runs.stage import GRACE, SimulatedCrash, Stage

from sagewarden.adapters.notify.local import LogChannel
from sagewarden.application.chain import newest
from sagewarden.application.notice import Channels
from sagewarden.core.keys import Family
from sagewarden.core.policy import Receiver
from sagewarden.errors import NoticeRefused


@dataclass
class Post:
    """A channel that remembers what it took; it may refuse, or lose the process after taking."""

    name: str = "post"
    counts: bool = True
    refuses: bool = False
    kills: bool = False
    took: list[Mapping[str, Any]] = field(default_factory=list)

    def send(self, notice: Mapping[str, Any]) -> None:
        if self.refuses:
            raise NoticeRefused("the post did not take it: answer 401")
        self.took.append(notice)
        if self.kills:
            raise SimulatedCrash

    @property
    def names(self) -> list[str]:
        return [name["name"] for notice in self.took for name in notice["marked"]]


@pytest.fixture
def post(small: Stage) -> Post:
    """The only channel that counts."""
    channel = Post()
    small.channels = Channels([LogChannel(counts=False), channel])
    return channel


def announced(stage: Stage) -> bool:
    """Whether anything goes after the grace period."""
    stage.pass_time(GRACE)
    stage.box.admin.clear_calls()
    stage.sweep()
    return stage.effects() != []


def test_what_a_channel_took_is_announced(small: Stage, post: Post) -> None:
    assert small.sweep().exit_code == 0
    assert sorted(post.names) == ["Old-Small", "Stray-1"]
    assert announced(small)


def test_a_notice_is_durable_as_it_was_sent(small: Stage, post: Post) -> None:
    small.sweep()
    stored = [
        json.loads(small.vault.get(key).body)
        for key in small.keys(Family.NOTICES)
        if key.endswith("/text")
    ]
    assert stored == post.took


def test_what_is_announced_is_not_sent_again(small: Stage, post: Post) -> None:
    small.sweep()
    small.sweep()
    assert len(post.took) == 1


def test_what_a_channel_refused_is_told_and_not_announced(small: Stage, post: Post) -> None:
    """Exit code 3, and the reason in the report."""
    post.refuses = True
    report = small.sweep()
    assert report.exit_code == 3
    assert (
        "1 notice was refused by channel post: the post did not take it: answer 401"
    ) in report.notes
    assert report.advice[0].startswith("No channel that counts took 1 of the notices")
    assert not announced(small)


def test_a_channel_that_does_not_count_announces_nothing(small: Stage) -> None:
    """And as none was asked that does, nothing failed."""
    small.channels = Channels([LogChannel(counts=False)])
    assert small.sweep().exit_code == 0
    assert not announced(small)


def test_what_nobody_took_goes_to_the_operator(small: Stage, post: Post) -> None:
    post.refuses, operator = True, Post("operator")
    small.channels = Channels([post], [operator])
    assert small.sweep().exit_code == 0
    assert len(operator.took) == 1
    assert announced(small)


def test_what_somebody_took_does_not_trouble_the_operator(small: Stage, post: Post) -> None:
    operator = Post("operator")
    small.channels = Channels([post], [operator])
    small.sweep()
    assert operator.took == []


@dataclass(frozen=True)
class Offices:
    """The owners' channel and the operator's."""

    owners: Post
    operator: Post

    @property
    def took(self) -> tuple[int, int]:
        """How many notices each of them took."""
        return len(self.owners.took), len(self.operator.took)


@pytest.fixture
def offices(small: Stage, post: Post) -> Offices:
    operator = Post("operator")
    small.channels = Channels([post], [operator])
    return Offices(post, operator)


def telling(stage: Stage, *receivers: Receiver) -> None:
    """Let all policies tell these."""
    told = (replace(each, notify=receivers) for each in stage.policies.policies)
    stage.policies = replace(stage.policies, policies=tuple(told))


def test_a_policy_that_notifies_the_operator_tells_nobody_else(
    small: Stage, offices: Offices
) -> None:
    telling(small, Receiver.OPERATOR)
    assert small.sweep().exit_code == 0
    assert offices.took == (0, 1)
    assert announced(small)


def test_a_policy_that_notifies_both_tells_both(small: Stage, offices: Offices) -> None:
    telling(small, Receiver.OWNER, Receiver.OPERATOR)
    assert small.sweep().exit_code == 0
    assert offices.took == (1, 1)


def test_what_is_for_an_operator_whom_no_channel_reaches_never_becomes_due(
    small: Stage, post: Post
) -> None:
    """However willing the owners' channel is."""
    telling(small, Receiver.OPERATOR)
    assert not announced(small)
    assert post.took == []


def test_a_run_that_dies_after_sending_is_followed_by_the_same_notice(
    small: Stage, post: Post
) -> None:
    """Byte for byte, under the same id: whoever got it twice can drop one."""
    post.kills = True
    with pytest.raises(SimulatedCrash):
        small.sweep()
    post.kills = False
    small.pass_time(3600)
    small.sweep()
    first, second = post.took
    assert first == second


def test_a_run_that_dies_after_noting_that_it_was_taken_does_not_send_again(
    small: Stage, post: Post
) -> None:
    """The second channel kills the run once the first one's acceptance is durable."""
    killer = Post("killer", kills=True)
    small.channels = Channels([post, killer])
    with pytest.raises(SimulatedCrash):
        small.sweep()
    killer.kills = False
    small.pass_time(3600)
    small.sweep()
    assert (len(post.took), len(killer.took)) == (1, 2)


def test_a_notice_that_was_refused_is_sent_again_under_its_id(small: Stage, post: Post) -> None:
    heard = Post("heard", counts=False)
    small.channels, post.refuses = Channels([heard, post]), True
    small.sweep()
    post.refuses = False
    small.sweep()
    assert [each["id"] for each in post.took] == [each["id"] for each in heard.took]


def test_a_notice_carries_the_head_of_the_chain_that_its_run_found(
    small: Stage, post: Post
) -> None:
    """None before the first link; kept elsewhere, it anchors the chain."""
    post.refuses = True
    small.sweep()
    small.component("stray-2")
    small.pass_time(40 * 86_400)
    head = str(newest(small.bench()))
    post.refuses = False
    small.sweep()
    assert {each["chain"] for each in post.took} == {"", head}
