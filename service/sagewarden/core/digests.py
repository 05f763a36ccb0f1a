"""What the operator is told of a stretch of time: what ran, went, waits and failed, in figures.

A digest's id follows from its target, its day and the runs that it tells of: a daemon that died
between sending and noting is followed by one that sends it under the same id.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sagewarden.core.canonical import digest, spell_time
from sagewarden.core.durations import spell_duration
from sagewarden.core.entities import Target
from sagewarden.core.policy import Receiver
from sagewarden.core.report_rows import PastRun
from sagewarden.core.standing import GOOD, ILL, RunResult, result_of
from sagewarden.core.storage import Storage

KIND = "digest"
"""What tells its text from a notice of marks."""

MORE = "`sagewarden report --trend` tells all runs, `sagewarden report RUN` one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The runs of one target since `since`, oldest first, and what is in the vault by `until`.

    `before` is the newest run before them; `unread` names reports that could not be read.
    """

    target: Target
    since: datetime
    until: datetime
    runs: tuple[PastRun, ...]
    before: PastRun | None
    stored: Storage
    unread: tuple[str, ...] = ()

    @property
    def to(self) -> tuple[Receiver, ...]:
        """Whom it is for."""
        return (Receiver.OPERATOR,)

    @property
    def name(self) -> str:
        """Its id."""
        runs = [each.run for each in self.runs]
        return digest([KIND, str(self.target), f"{self.until:%Y-%m-%d}", runs])[:32]

    @property
    def subject(self) -> str:
        """What came of all runs, in one line of ASCII."""
        ill = sum(count for result, count in self.results.items() if result in ILL)
        told = f"{ill} of {len(self.runs)} runs failed" if ill else f"{len(self.runs)} runs"
        waits = ", a plan waits for approval" if self.waits else ""
        return f"{told}, {self.gone} entities deleted{waits}" if self.runs else "no run ended"

    @property
    def results(self) -> Counter[RunResult]:
        """How often runs ended in which way."""
        return Counter(_result(each) for each in self.runs)

    @property
    def gone(self) -> int:
        """Entities of every kind that were deleted."""
        return sum(_gone(each) for each in self.runs)

    @property
    def waits(self) -> bool:
        """Whether the newest run left a plan that waits for approval."""
        return bool(self.runs) and _result(self.runs[-1]) is RunResult.WAITS

    def spelled(self, run: str, now: datetime, chain: str = "") -> dict[str, Any]:
        """Return its text as it is stored first, and as every channel gets it ever after."""
        return {
            "id": self.name,
            "kind": KIND,
            "owner": "",
            "target": str(self.target),
            "run": run,
            "chain": chain,
            "sent": spell_time(now),
            "since": spell_time(self.since),
            "until": spell_time(self.until),
            "subject": self.subject,
            "lines": [*self._lines()],
            "figures": self.figures(),
            "more": MORE,
        }

    def figures(self) -> dict[str, Any]:
        """Return the same for programs."""
        last = self._seen[-1] if self._seen else None
        return {
            "runs": {str(result): count for result, count in sorted(self.results.items())},
            "deleted": self.gone,
            "waits_for_approval": self.waits,
            "components": [each.components for each in self._trend],
            "due": last.due if last else 0,
            "marked": last.marked if last else 0,
            "held": last.held if last else 0,
            "vault_objects": self.stored.objects,
            "vault_bytes": self.stored.size,
        }

    def _lines(self) -> Iterator[str]:
        yield from self._of_runs()
        yield from self._of_what_is()
        cost = (
            f", {self.stored.usd_per_month} US dollars a month" if self.stored.price_source else ""
        )
        yield f"in the vault: {self.stored.objects:,} objects, {self.stored.size:,} bytes{cost}"
        yield from (f"not readable: {each}" for each in self.unread)

    def _of_runs(self) -> Iterator[str]:
        if not self.runs:
            span = spell_duration(self.until - self.since)
            yield f"no run has left a report for {span}: is the daemon at work, and well?"
            return
        told = ", ".join(f"{count} {result}" for result, count in self.results.most_common())
        yield f"runs: {told}"
        for each in [each for each in self.runs if _result(each) not in GOOD][-NAMED:]:
            yield f"{_result(each)}: run {each.run} (exit code {each.exit_code})"
        components = sum(each.deleted for each in self.runs)
        yield f"deleted: {self.gone:,} entities, {components:,} of them components"
        yield "waits for approval: " + (
            f"the plan of run {self.runs[-1].run}" if self.waits else "nothing"
        )

    def _of_what_is(self) -> Iterator[str]:
        if not self._seen:
            return
        last = self._seen[-1]
        yield f"now: {last.due:,} trees due, {last.marked:,} marked, {last.held:,} held"
        if last.required:
            yield f"tags as required: {last.compliant:,} of {last.required:,} entities"
        first, *_, newest = (*self._trend, self._trend[-1])
        yield f"components: from {first.components:,} to {newest.components:,}"

    @property
    def _seen(self) -> tuple[PastRun, ...]:
        """Runs that took an inventory."""
        return tuple(each for each in self.runs if _inventory(each))

    @property
    def _trend(self) -> tuple[PastRun, ...]:
        """The same, and the one before them."""
        before = () if self.before is None or not _inventory(self.before) else (self.before,)
        return (*before, *self._seen)


NAMED = 5
"""Runs that did not go well and that are named, the newest."""


def began_since(run: str, since: datetime) -> bool:
    """Tell by its name whether a run began since then."""
    return run >= f"{since:%Y%m%dt%H%M%Sz}"


def _result(run: PastRun) -> RunResult:
    return result_of(run.exit_code, stopped=False)


def _gone(run: PastRun) -> int:
    return run.gone or run.deleted


def _inventory(run: PastRun) -> bool:
    return bool(run.experiments or run.trials or run.components)
