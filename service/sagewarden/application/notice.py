"""Tells owners what was marked: a mark counts as announced once a notice was accepted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sagewarden.application.documents import create_once
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import digest, spell_time
from sagewarden.core.entities import Identity
from sagewarden.core.judge import Judgement, Verdict
from sagewarden.core.keys import acceptance_key, notice_key
from sagewarden.core.marks import Mark, Marks
from sagewarden.errors import SageWardenError


class Channel(Protocol):
    """A way to reach people. `counts` says whether an accepted notice makes a mark announced."""

    name: str
    counts: bool

    def send(self, notice: Mapping[str, Any]) -> None:
        """Deliver one notice, at least once; raise SageWardenError when it was not accepted."""


@dataclass(frozen=True, slots=True)
class Unannounced:
    """A mark that nobody was told of yet, and what it is about."""

    judgement: Judgement
    mark: Mark


def announce(
    bench: Bench,
    judgements: Iterable[Judgement],
    marks: Marks,
    channels: Sequence[Channel],
    run: str,
) -> Marks:
    """Send one notice an owner about every mark that is not announced; return the marks after."""
    owners: dict[str, list[Unannounced]] = defaultdict(list)
    for judgement in judgements:
        mark = marks.get((judgement.entity.identity, judgement.policy.name))
        if judgement.verdict is Verdict.MARK and mark is not None and mark.announced is None:
            owners[judgement.owner].append(Unannounced(judgement, mark))
    after = dict(marks)
    for who, told in sorted(owners.items()):
        if _delivered(bench, _notice(bench, who, told, run), channels):
            for each in told:
                after[each.mark.place] = replace(each.mark, announced=bench.looks.now())
    return after


def _notice(bench: Bench, who: str, told: Sequence[Unannounced], run: str) -> dict[str, Any]:
    content = {
        "owner": who,
        "target": str(bench.target),
        "run": run,
        "sent": spell_time(bench.looks.now()),
        "how_to_keep": "tag it `sagewarden:hold`, or use it",
        "marked": [_line(each.judgement.entity.identity, each) for each in told],
    }
    return content | {"id": digest([who, run, content["marked"]])[:32]}


def _line(identity: Identity, each: Unannounced) -> dict[str, Any]:
    return {
        "kind": str(identity.kind),
        "name": each.judgement.entity.name,
        "policy": each.mark.policy,
        "due": spell_time(each.mark.due),
        "because": list(each.judgement.reasons),
    }


def _delivered(bench: Bench, notice: dict[str, Any], channels: Sequence[Channel]) -> bool:
    """Make a notice durable, then send it; whether a channel that counts took it."""
    create_once(bench.vault, notice_key(bench.target, notice["id"]), notice)
    accepted = False
    for channel in channels:
        try:
            channel.send(notice)
        except SageWardenError as error:
            bench.events("notice.refused", channel=channel.name, reason=str(error))
            continue
        key = acceptance_key(bench.target, notice["id"], channel.name)
        create_once(bench.vault, key, {"at": spell_time(bench.looks.now())})
        accepted = accepted or channel.counts
    return accepted
