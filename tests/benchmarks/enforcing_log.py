"""What the sandbox's log tells of a run of `enforcing.py`, beside what its buckets gave."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from enforcing_account import CUT, DELETE  # type: ignore[import-not-found]  # it stands beside
from telling import at_least, at_most  # type: ignore[import-not-found]  # so does it

from sagewarden.core.report import Report
from sagewarden.sandbox import AdminClient

WARM_UP = 30.0
WANTED, FAULTY, MOST_THROTTLED = 95.0, 85.0, 2.0
"""Per cent."""
SOMEBODY = "somebody-elses"
THROTTLED = "ThrottlingException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the sandbox's log tells of a run: ours, the other user's, and when a limit changed."""

    ours: Sequence[dict[str, Any]]
    others: Sequence[dict[str, Any]]
    changes: Sequence[tuple[float, float]]
    """Since when (epoch seconds), what rate."""

    def gives(self, begin: float, end: float) -> float:
        """How many calls of one operation the buckets gave in a time, burst included."""
        total = self._rate(begin)
        times = [begin, *(at for at, _ in self.changes if begin < at < end), end]
        for since, until in itertools.pairwise(times):
            total += self._rate(since) * (until - since)
        return total

    def _rate(self, at: float) -> float:
        return float([rate for since, rate in self.changes if since <= at][-1])

    @property
    def faulty(self) -> bool:
        """Whether calls were made to go wrong."""
        return any(each["faults"] and "hook" not in each["faults"] for each in self.ours)

    @property
    def throttled(self) -> float:
        """What share of our calls was throttled, from the first to the last."""
        return sum(bool(each["code"] == THROTTLED) for each in self.ours) / len(self.ours)

    def taken(self, operation: str, begin: float) -> int:
        """How many calls the other user got."""
        return sum(
            each["operation"] == operation and each["code"] != THROTTLED and each["at"] >= begin
            for each in self.others
        )


def look(admin: AdminClient, rate: float, halved: bool) -> Seen:  # noqa: FBT001 -- private
    """Read the log."""
    log = admin.calls(service="sagemaker")
    hooks = [each["at"] for each in log if "hook" in each["faults"]]
    steps = (rate / 2, rate) if halved else ()
    return Seen(
        ours=[each for each in log if each["resource"] != SOMEBODY],
        others=[each for each in log if each["resource"] == SOMEBODY],
        changes=[(0.0, rate), *zip(hooks, steps, strict=False)],
    )


def told(seen: Seen, needs: Counter[str], rate: float, report: Report, hard: str) -> Iterator[str]:
    """Compare what was done after the warm-up with what the buckets gave."""
    effects = [each for each in seen.ours if each["applied"] and each["operation"] in needs]
    first, last = effects[0]["at"], effects[-1]["at"]
    whole = max(needs.values()) / rate
    begin = first + min(WARM_UP, whole / 3)
    done = Counter(each["operation"] for each in effects if each["at"] >= begin)
    shares = {
        each: done[each] / (seen.gives(begin, last) - seen.taken(each, begin)) for each in needs
    }
    slowest, seconds = max(shares, key=lambda each: shares[each]), last - begin
    ratio, calls = shares[slowest], sum(each["at"] >= begin for each in seen.ours)
    failed = needs[DELETE] - report.deleted.get("trial-component", 0)
    before, since = first - seen.ours[0]["at"], last - first
    which = f"R = {rate:g}{hard}"
    yield f"calls that the plan needs: {dict(needs)}; bound of all {whole:.0f} s"
    yield f"to the first effect {before:.0f} s, from there to the last {since:.0f} s"
    yield f"after warm-up ({begin - first:.0f} s): {seconds:.1f} s for {done[slowest]} {slowest}"
    yield f"of what their buckets gave: {CUT} {shares[CUT]:.1%}, {DELETE} {shares[DELETE]:.1%}"
    yield f"calls a second, all operations: {calls / seconds:.0f}"
    yield from throttles(seen, begin)
    yield f"outcomes: {dict(report.tally)}"
    yield at_least(f"{which}, of the bound", 100 * ratio, FAULTY if seen.faulty else WANTED, "%")
    yield at_most(f"{which}, calls throttled", 100 * seen.throttled, MOST_THROTTLED, "%")
    yield at_most(f"{which}, failed", failed, 0, "components")


def throttles(seen: Seen, begin: float) -> Iterator[str]:
    """Say what share of calls was throttled: from the first to the last, and after warm-up."""
    calls, away, late = (
        Counter(each["operation"] for each in chosen)
        for chosen in (
            seen.ours,
            [each for each in seen.ours if each["code"] == THROTTLED],
            [each for each in seen.ours if each["code"] == THROTTLED and each["at"] >= begin],
        )
    )
    yield f"throttled: {_share(away.total(), calls.total())}, {late.total()} after warm-up"
    for operation, count in away.most_common():
        yield f"  {operation}: {_share(count, calls[operation])}, {late[operation]} after warm-up"
    if seen.others:
        refused = sum(each["code"] == THROTTLED for each in seen.others)
        yield f"the other user: {_share(refused, len(seen.others))}"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} calls ({part / whole:.2%})"
