"""Charts as shapes with their places worked out; the templates only draw them.

Lengths are in units of a drawing 360 wide, which is about what a phone shows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sagewarden.adapters.reports.wording import KINDS, VERDICTS, counted, number
from sagewarden.core.journal import Result
from sagewarden.core.report import Report
from sagewarden.core.report_rows import PolicyRow
from sagewarden.core.visible import shortened

WIDTH: Final = 360
ROW: Final = 24
STACK_ROW: Final = 40
_VALUE_ROOM: Final = 54
_LEAST: Final = 2
"""Something that is there is drawn at least this wide."""

_RESULT_TONES: Final = {
    Result.DONE: "done",
    Result.ALREADY_ABSENT: "absent",
    Result.NOT_ATTEMPTED: "absent",
    Result.UNDONE: "mark",
    Result.REFUSED: "mark",
    Result.NEEDS_PERSON: "delete",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its number spelled, its length, its tone."""

    label: str
    full: str
    value: str
    length: float
    tone: str = "bar"


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars that lie, one below the other; they begin at `left`."""

    title: str
    says: str
    left: int
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """How high the drawing is."""
        return ROW * len(self.bars)


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a stacked bar."""

    tone: str
    told: str
    left: float
    length: float


@dataclass(frozen=True, slots=True)
class Stack:
    """One stacked bar with its label and its numbers in words."""

    label: str
    full: str
    told: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Stacks:
    """Stacked bars on one scale; `tones` are those that occur, for the legend."""

    title: str
    says: str
    tones: tuple[str, ...]
    stacks: tuple[Stack, ...]

    @property
    def height(self) -> int:
        """How high the drawing is."""
        return STACK_ROW * len(self.stacks)


def inventory_charts(report: Report) -> tuple[Bars, ...]:
    """Return the inventory by kind, status and origin; empty ones are left out."""
    kinds = {f"{kind}s".replace("-", " "): report.inventory.get(kind, 0) for kind in KINDS}
    charts = (
        bars("By kind", kinds.items()),
        bars("Components by status", _largest_first(report.statuses)),
        bars("Components by origin", _largest_first(report.origins)),
    )
    return tuple(chart for chart in charts if any(bar.value != "0" for bar in chart.bars))


def idle_chart(report: Report) -> Bars:
    """Return how many have been idle for how long, as the report orders it."""
    return bars("Idle for", report.idle_histogram)


def outcome_chart(report: Report) -> Bars:
    """Return outcomes by result; a result that never came shows its zero."""
    tones = {str(result): tone for result, tone in _RESULT_TONES.items()}
    return bars("Outcomes by result", report.tally.items(), tones=tones)


def call_chart(report: Report) -> Bars:
    """Return API calls by operation."""
    return bars("API calls by operation", _largest_first(report.calls), left=164)


def bars(
    title: str,
    counts: Iterable[tuple[str, int]],
    *,
    left: int = 112,
    tones: Mapping[str, str] | None = None,
) -> Bars:
    """Lay out bars whose longest one fills the room."""
    rows = tuple(counts)
    most = max((count for _, count in rows), default=0)
    room = WIDTH - left - _VALUE_ROOM
    said = "; ".join(f"{label} {number(count)}" for label, count in rows)
    laid = tuple(
        Bar(
            label=shortened(label, left // 7),
            full=label,
            value=number(count),
            length=_length(count, most, room),
            tone=(tones or {}).get(label, "bar"),
        )
        for label, count in rows
    )
    return Bars(title, said or "nothing", left, laid)


def verdict_chart(rows: Sequence[PolicyRow]) -> Stacks:
    """Return the trees of each policy by verdict, on one scale."""
    most = max((sum(_verdicts(row).values()) for row in rows), default=0)
    stacks = tuple(_stack(row, most) for row in rows)
    tones = tuple(tone for tone in VERDICTS if any(getattr(row, tone) for row in rows))
    said = "; ".join(f"{stack.full}: {stack.told}" for stack in stacks)
    return Stacks("Verdicts by policy", said or "nothing", tones, stacks)


def _stack(row: PolicyRow, most: int) -> Stack:
    parts: list[Part] = []
    left = 0.0
    for verdict, count in _verdicts(row).items():
        length = _length(count, most, WIDTH)
        if count:
            told = f"{row.name}: {verdict} {counted(count, 'tree')}"
            parts.append(Part(verdict, told, left, length))
        left += length
    told = " \u00b7 ".join(
        f"{verdict} {number(count)}" for verdict, count in _verdicts(row).items() if count
    )
    return Stack(shortened(row.name, 30), row.name, told or "no match", tuple(parts))


def _verdicts(row: PolicyRow) -> dict[str, int]:
    return {verdict: int(getattr(row, verdict)) for verdict in VERDICTS}


def _length(count: int, most: int, room: float) -> float:
    return round(max(_LEAST, room * count / most), 1) if count > 0 else 0.0


def _largest_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))
