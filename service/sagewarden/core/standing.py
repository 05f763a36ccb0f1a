"""How a daemon and its targets stand: what it has seen since it began, and whether that is well."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sagewarden.core.entities import Target
from sagewarden.core.report import Report


class RunResult(StrEnum):
    """How a run ended, in one word; each but `stopped` is an exit code."""

    DONE = "done"
    DEFECT = "defect"
    REFUSED = "refused"
    FAILED = "failed"
    LIMIT = "limit"
    INTEGRITY = "integrity"
    WAITS = "waits"
    LEASED = "leased"
    STOPPED = "stopped"


class Inspection(StrEnum):
    """How an inspection ended; one that was told to stop has no result."""

    SOUND = "sound"
    UNSOUND = "unsound"
    FAILED = "failed"


BY_CODE = {
    0: RunResult.DONE,
    2: RunResult.REFUSED,
    3: RunResult.FAILED,
    4: RunResult.LIMIT,
    5: RunResult.INTEGRITY,
    6: RunResult.WAITS,
    11: RunResult.LEASED,
}

GOOD = frozenset({RunResult.DONE, RunResult.WAITS})
"""The target was seen and judged as a whole, and nothing failed."""

ILL = frozenset({RunResult.DEFECT, RunResult.REFUSED, RunResult.FAILED, RunResult.INTEGRITY})
"""Somebody should look."""


def result_of(exit_code: int, *, stopped: bool) -> RunResult:
    """Return how a run ended; one that was told to stop did not fail for what it left undone."""
    result = BY_CODE.get(exit_code, RunResult.DEFECT)
    return RunResult.STOPPED if stopped and result is RunResult.FAILED else result


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was seen of one target. Times are seconds on the daemon's monotonic clock.

    `runs`, `effects` (by effect, kind, outcome; `moving` are those of the run under way) and
    `inspections` (by job and result) count since the daemon began; `entities`, `judged` (trees, by
    kind and verdict), `marked` and `held` are of the last run that judged. `unsound` says what the
    last inspection of each job found.
    """

    target: Target
    since: float
    began: float | None = None
    runs: Mapping[RunResult, int] = field(default_factory=dict)
    last: RunResult | None = None
    reason: str = ""
    seconds: float = 0.0
    good: float | None = None
    entities: Mapping[str, int] = field(default_factory=dict)
    judged: Mapping[tuple[str, str], int] = field(default_factory=dict)
    held: int = 0
    effects: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    moving: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    inspections: Mapping[tuple[str, str], int] = field(default_factory=dict)
    unsound: Mapping[str, str] = field(default_factory=dict)

    @property
    def marked(self) -> int:
        """Trees that are marked and not due."""
        return sum(count for (_, verdict), count in self.judged.items() if verdict == "mark")

    def age(self, now: float) -> float:
        """Seconds since the last good run ended; since the daemon began if there was none."""
        return now - (self.since if self.good is None else self.good)

    @property
    def effects_so_far(self) -> Counter[tuple[str, str, str]]:
        """Effects of the run under way included."""
        return Counter(self.effects) + Counter(self.moving)

    def moved(self, counts: Mapping[tuple[str, str, str], int]) -> "Standing":
        """Return it once the run under way has settled these."""
        return replace(self, moving=Counter(self.moving) + Counter(counts))

    def saw(self, entities: Mapping[str, int], judged: Mapping[tuple[str, str], int]) -> "Standing":
        """Return it once the run under way has judged: entities by kind, trees by verdict."""
        return replace(self, entities=dict(entities), judged=dict(judged))

    def recalled(self, good: float) -> "Standing":
        """Return it knowing when a run before the daemon's begin went well."""
        return self if self.good is not None else replace(self, good=good)

    def begun(self, now: float) -> "Standing":
        """Return it once a run has begun."""
        return replace(self, began=now)

    def ended(self, result: RunResult, reason: str, now: float) -> "Standing":
        """Return it once that run has ended."""
        return replace(
            self,
            began=None,
            runs=Counter(self.runs) + Counter([result]),
            last=result,
            reason=reason,
            seconds=now - (now if self.began is None else self.began),
            good=now if result in GOOD else self.good,
            effects=self.effects_so_far,
            moving={},
        )

    def inspected(self, job: str, result: Inspection, found: str) -> "Standing":
        """Return it once an inspection has ended, well if it found nothing."""
        others = {name: each for name, each in self.unsound.items() if name != job}
        return replace(
            self,
            inspections=Counter(self.inspections) + Counter([(job, str(result))]),
            unsound={**others, job: found} if found else others,
        )

    def told(self, report: Report) -> "Standing":
        """Return it with what a report tells."""
        effects = Counter(self.effects)
        effects.update((row.effect, row.kind, row.result) for row in report.outcomes)
        effects.update(
            ("untag" if row.after is None else "tag", row.kind, row.result) for row in report.tags
        )
        effects |= self.effects_so_far  # a step that was undone and then done moved twice
        if not report.inventory:  # it judged nothing: what was seen before still stands
            return replace(self, effects=effects, moving={})
        return replace(
            self,
            effects=effects,
            moving={},
            entities=dict(report.inventory),
            judged=Counter((row.kind, row.verdict) for row in report.judged),
            held=sum(row.held for row in report.judged),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether a daemon can do its work; `troubles` are for somebody to look at, but do not bar it.

    Both say why, in words.
    """

    reasons: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether nothing bars it."""
        return not self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What else a daemon's health rests on; a text that is empty says that all is well."""

    stopping: bool = False
    scheduling: bool = True
    policies: str = ""
    settings: str = ""
    targets: str = ""
    unread: str = ""


def health(standings: Iterable[Standing], given: Circumstances) -> Health:
    """Judge how a daemon is."""
    known = tuple(standings)
    ill = tuple(f"{each.target}: {each.last}: {each.reason}" for each in known if each.last in ILL)
    all_ill = len(ill) == len(known) > 0
    reasons = [*_barred(given), *([f"no run went well: {'; '.join(ill)}"] if all_ill else [])]
    troubles = [*([] if all_ill else ill), *_to_be_seen(known)]
    if given.unread:
        troubles.append(f"there may be more targets: {given.unread}")
    if given.settings:
        troubles.append(f"new settings were refused, the old ones stand: {given.settings}")
    return Health(reasons=tuple(reasons), troubles=tuple(troubles))


def _barred(given: Circumstances) -> Iterable[str]:
    if given.stopping:
        yield "it is stopping"
    elif not given.scheduling:
        yield "the scheduler has ended: no job begins any more"
    if given.policies:
        yield f"the policies are refused: {given.policies}"
    if given.targets:
        yield f"which targets there are is not known: {given.targets}"


def _to_be_seen(known: Iterable[Standing]) -> Iterable[str]:
    for each in known:
        if each.last is RunResult.WAITS:
            yield f"{each.target}: a plan waits for approval"
        for job, found in each.unsound.items():
            yield f"{each.target}: {job}: {found}"
        if each.last is RunResult.LIMIT:
            yield f"{each.target}: a limit stopped the run: {each.reason}"
