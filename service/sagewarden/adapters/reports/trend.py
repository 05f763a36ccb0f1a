"""The trend over past runs: how many components there were, how many each run deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sagewarden.adapters.reports.wording import moment, number
from sagewarden.core.report import Report
from sagewarden.core.report_rows import PastRun

LEFT: Final = 44
RIGHT: Final = 352
CURVE: Final = (24, 108)
"""Top and bottom of the curve of components."""
COLUMNS: Final = (152, 206)
"""Top and bottom of the columns of deletions."""
_RUNS: Final = 60
_COLUMN: Final = 10.0
_STEPS: Final = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Point:
    """One run: where it stands, how high its column is, and its story.

    `y` is None of a run that took no inventory: it applied a stored plan, or was stopped.
    """

    x: float
    y: float | None
    top: float
    told: str
    deleted: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Two panels over one axis of runs. `line` and `area` are SVG path definitions."""

    says: str
    points: tuple[Point, ...]
    line: str
    area: str
    column: float
    components_top: str
    deleted_top: str
    first: str
    last: str
    left_out: int


def trend(report: Report) -> Trend | None:
    """Lay out past runs and this one; None without any past run."""
    past = [run for run in report.history if run.run != report.run]
    if not past:
        return None
    runs = [*past, report.figures][-_RUNS:]
    most, most_deleted = (
        _ceiling(max(run.components for run in runs)),
        _ceiling(max(run.deleted for run in runs)),
    )
    points = tuple(_points(runs, most, most_deleted))
    known = [point for point in points if point.y is not None]
    line = " L".join(f"{point.x} {point.y}" for point in known)
    return Trend(
        says=_says(runs),
        points=points,
        line=f"M{line}" if known else "",
        area=f"M{known[0].x} {CURVE[1]} L{line} L{known[-1].x} {CURVE[1]} Z" if known else "",
        column=min(_COLUMN, 0.7 * (RIGHT - LEFT) / len(runs)),
        components_top=_compact(most),
        deleted_top=_compact(most_deleted),
        first=moment(runs[0].began)[:10],
        last=moment(runs[-1].began)[:10],
        left_out=len(past) + 1 - len(runs),
    )


def _points(runs: Sequence[PastRun], most: int, most_deleted: int) -> list[Point]:
    inset = (RIGHT - LEFT) / len(runs) / 2
    step = (RIGHT - LEFT) / len(runs)
    return [
        Point(
            x=round(LEFT + inset + step * place, 1),
            y=_height(run.components, most, CURVE) if _counted(run) else None,
            top=_height(run.deleted, most_deleted, COLUMNS),
            told=(
                f"{moment(run.began)}: "
                f"{f'{number(run.components)} components' if _counted(run) else 'not counted'}, "
                f"{number(run.deleted)} deleted, {number(run.marked)} marked"
            ),
            deleted=run.deleted,
        )
        for place, run in enumerate(runs)
    ]


def _height(count: int, most: int, panel: tuple[int, int]) -> float:
    top, bottom = panel
    return round(bottom - (bottom - top) * max(count, 0) / most, 1)


def _ceiling(count: int) -> int:
    """Return the next round number, for the top of an axis."""
    size = 10 ** (len(str(max(count, 1))) - 1)
    return next(int(step * size) for step in _STEPS if int(step * size) >= max(count, 1))


def _compact(count: int) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + letter
    return str(count)


def _counted(run: PastRun) -> bool:
    """Tell whether a run took an inventory: one of nothing at all is never believed."""
    return bool(run.experiments or run.trials or run.components)


def _says(runs: Sequence[PastRun]) -> str:
    known = [run.components for run in runs if _counted(run)]
    went = f"went from {number(known[0])} to {number(known[-1])}" if known else "were not counted"
    deleted = sum(run.deleted for run in runs)
    return f"Over {number(len(runs))} runs components {went}; {number(deleted)} were deleted"
