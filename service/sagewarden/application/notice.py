"""Tells owners what was marked: a mark counts as announced once a notice was accepted."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sagewarden.application.chain import newest
from sagewarden.application.documents import create_document, create_once, read_document
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import spell_time
from sagewarden.core.judge import Judgements
from sagewarden.core.keys import acceptance_key, notice_key
from sagewarden.core.marks import Marks
from sagewarden.core.notices import notices
from sagewarden.core.policy import Receiver
from sagewarden.errors import SageWardenError, VaultAbsent, VaultExists


class Letter(Protocol):
    """What is told: its id, to whom, and its text."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def to(self) -> tuple[Receiver, ...]: ...  # noqa: D102

    def spelled(self, run: str, now: datetime, chain: str = "") -> dict[str, Any]: ...  # noqa: D102


class Channel(Protocol):
    """A way to reach people. `counts` says whether an accepted notice makes a mark announced."""

    name: str
    counts: bool

    def send(self, notice: Mapping[str, Any]) -> None:
        """Deliver one notice, at least once; raise SageWardenError when it was not accepted."""


@dataclass(frozen=True, slots=True)
class Channels:
    """All of `usual` get what is for owners.

    Those of `operator` get what is for the operator, and what none of `usual` took that counts.
    """

    usual: Sequence[Channel] = ()
    operator: Sequence[Channel] = ()


@dataclass(slots=True)
class Announced:
    """The marks after their notices were sent.

    `refused` counts notices by channel and reason; `untold` those that no channel took that counts,
    though one was asked.
    """

    marks: Marks
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    untold: int = 0


def announce(
    bench: Bench, judgements: Judgements, marks: Marks, channels: Channels, run: str
) -> Announced:
    """Send a notice about every mark that is not announced, and mark what was accepted so."""
    after = dict(marks)
    told = Announced(after)
    chain = cache(lambda: str(newest(bench) or ""))
    for notice in notices(bench.target, judgements.given, marks):
        if bench.stopping():
            break
        if _Delivery(bench, notice, _Sending(run, chain), told).accepted(channels):
            now = bench.looks.now()
            after |= {each.mark.place: replace(each.mark, announced=now) for each in notice.marks}
    return told


@dataclass(frozen=True, slots=True)
class Delivered:
    """Whether a channel that counts has a letter, and how often which refused it and why."""

    accepted: bool
    refused: Counter[tuple[str, str]]


def deliver(
    bench: Bench, letter: Letter, channels: Channels, run: str, chain: Callable[[], str]
) -> Delivered:
    """Send one letter that is no notice of marks, by the same outbox."""
    told = Announced({})
    accepted = _Delivery(bench, letter, _Sending(run, chain), told).accepted(channels)
    return Delivered(accepted, told.refused)


@dataclass(frozen=True, slots=True)
class _Sending:
    """What notices of this run say of it: its name, and the chain's head that it found."""

    run: str
    chain: Callable[[], str]


class _Delivery:
    """One letter on its way: durable first, then sent to each channel that has not taken it."""

    def __init__(self, bench: Bench, notice: Letter, sending: _Sending, told: Announced) -> None:
        self._bench = bench
        self._told = told
        self._name = notice.name
        self._to = notice.to
        self._is_new = True
        self._text = self._durable(notice, sending)

    def _durable(self, notice: Letter, sending: _Sending) -> Mapping[str, Any]:
        """Store its text; one that an earlier run stored is sent as it was."""
        key = notice_key(self._bench.target, self._name)
        text = notice.spelled(sending.run, self._bench.looks.now(), sending.chain())
        try:
            create_document(self._bench.vault, key, text)
        except VaultExists:
            self._is_new = False
            return read_document(self._bench.vault, key)
        return text

    def accepted(self, channels: Channels) -> bool:
        """Send it; whether a channel that counts has it now."""
        usual = channels.usual if Receiver.OWNER in self._to else ()
        took = [each for each in usual if self._took(each)]
        if Receiver.OPERATOR in self._to or not any(each.counts for each in took):
            took += [each for each in channels.operator if self._took(each)]
        found = any(each.counts for each in took)
        asked = (*usual, *channels.operator)
        self._told.untold += not found and any(each.counts for each in asked)
        return found

    def _took(self, channel: Channel) -> bool:
        if self._has(channel):
            return True
        try:
            channel.send(self._text)
        except SageWardenError as error:
            self._bench.events("notice.refused", channel=channel.name, reason=error.message)
            self._told.refused[channel.name, error.message] += 1
            return False
        create_once(self._bench.vault, self._key(channel), {"at": self._at()})
        return True

    def _has(self, channel: Channel) -> bool:
        """Whether an earlier run noted that the channel took it."""
        if self._is_new:
            return False
        try:
            self._bench.vault.get(self._key(channel))
        except VaultAbsent:
            return False
        return True

    def _key(self, channel: Channel) -> str:
        return acceptance_key(self._bench.target, self._name, channel.name)

    def _at(self) -> str:
        return spell_time(self._bench.looks.now())
