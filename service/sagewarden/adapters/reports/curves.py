"""Curves over runs: one panel for each figure, and sparklines for the rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sagewarden.adapters.reports.wording import moment, number

WIDTH: Final = 320
HEIGHT: Final = 96
SPARK: Final = (120, 26)
_INSET: Final = 4.0
MOST: Final = 400
"""Points of one curve; of more, the newest are drawn."""

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Spark:
    """A sparkline: its path, where its last point is (None without any), and its story."""

    path: str
    last: tuple[float, float] | None
    says: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One run on a curve and its story."""

    x: float
    y: float
    told: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One panel. `path` and `area` are SVG; `unit` stands behind each number."""

    title: str
    latest: str
    change: str
    says: str
    path: str
    area: str
    dots: tuple[Dot, ...]
    top: str
    first: str
    last: str
    tone: str


def spark(values: Values) -> Spark:
    """Draw a sparkline; None is a run that did not measure it, and leaves no point."""
    width, height = SPARK
    known = [value for value in values[-MOST:] if value is not None]
    if not known:
        return Spark("", None, "not measured")
    points = _laid(values[-MOST:], width, height, (min(known), max(known)))
    path = "M" + " L".join(f"{x} {y}" for x, y, _ in points)
    x, y, _ = points[-1]
    return Spark(path, (x, y), f"from {known[0]:g} to {known[-1]:g}")


def curve(
    title: str, times: Sequence[str], values: Values, *, unit: str = "", tone: str = "bar"
) -> Curve:
    """Lay out one panel from zero up; `times` are the runs' starts, spelled."""
    times, values = times[-MOST:], values[-MOST:]
    known = [value for value in values if value is not None]
    most = max([*known, 1 if not unit else 100])
    points = _laid(values, WIDTH, HEIGHT, (0, most))
    line = " L".join(f"{x} {y}" for x, y, _ in points)
    ground = HEIGHT - _INSET
    return Curve(
        title=title,
        latest=_told(known[-1], unit) if known else "not measured",
        change=_change(known, unit),
        says=f"{title}: {_span(known, unit)} over {number(len(known))} runs",
        path=f"M{line}" if points else "",
        area=f"M{points[0][0]} {ground} L{line} L{points[-1][0]} {ground} Z" if points else "",
        dots=tuple(
            Dot(x, y, f"{moment(times[place])}: {_told(values[place] or 0, unit)}")
            for x, y, place in points
        ),
        top=_told(most, unit),
        first=moment(times[0])[:10] if times else "",
        last=moment(times[-1])[:10] if times else "",
        tone=tone,
    )


def _laid(
    values: Values, width: int, height: int, span: tuple[float, float]
) -> list[tuple[float, float, int]]:
    low, high = span
    step = (width - 2 * _INSET) / max(len(values) - 1, 1)
    room = height - 2 * _INSET
    middle = 0.5
    return [
        (
            round(_INSET + step * place, 1),
            round(
                height - _INSET - room * ((value - low) / (high - low) if high > low else middle), 1
            ),
            place,
        )
        for place, value in enumerate(values)
        if value is not None
    ]


def _told(value: float, unit: str) -> str:
    return f"{value:.0f} {unit}" if unit else number(round(value))


def _span(known: Sequence[float], unit: str) -> str:
    if not known:
        return "not measured"
    return f"from {_told(known[0], unit)} to {_told(known[-1], unit)}"


def _change(known: Sequence[float], unit: str) -> str:
    """Spell how the newest differs from the one before."""
    if not known[1:]:
        return "in one run so far" if known else "in no run so far"
    change = known[-1] - known[-2]
    if not change:
        return "as the run before"
    sign = "+" if change > 0 else "\u2212"
    return f"{sign}{_told(abs(change), unit)} since the run before"
