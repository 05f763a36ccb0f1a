"""`restore`: bring back what was deleted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from sagewarden import bootstrap
from sagewarden.adapters.reports.wording import entities
from sagewarden.application.archives import Located, gone_by
from sagewarden.application.archives import chosen as chosen_parts
from sagewarden.application.judging import check_identity
from sagewarden.application.rebuilding import Fate
from sagewarden.application.restore import EntityFate, Restored
from sagewarden.application.restore import restore as restore_all
from sagewarden.application.restore_place import Standing
from sagewarden.application.restore_plan import (
    Existing,
    PlannedRebirth,
    RestorePlan,
    Wishes,
    plan_restore,
)
from sagewarden.cli.console import say, say_json, say_table, working
from sagewarden.cli.options import OfKind, Where, kind_of
from sagewarden.core.renaming import Rename
from sagewarden.core.visible import visible
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.application.ports import Bench

WHERE = Where()


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How things are to come back."""

    existing: Existing = Existing.SKIP
    """What to do when something else has one of the names now: skip it (default), or fail."""

    rename: Annotated[tuple[str, ...], Parameter(negative="", show_default=False)] = ()
    """Bring OLD back as NEW (OLD=NEW, may be repeated); 'OLD*=NEW*' for all that begin so."""

    remember: Annotated[bool, Parameter(negative="", show_default=False)] = False
    """Keep what AWS cannot bring back, such as the old CreationTime, as parameters of trial
    components that begin with `sagewarden:`."""

    @property
    def wishes(self) -> Wishes:
        """The same, read."""
        return Wishes(self.existing, tuple(map(Rename.read, self.rename)), self.remember)


MANNERS = Manners()


def restore(
    name: str | None = None,
    *,
    kind: OfKind = None,
    run: str | None = None,
    manners: Manners = MANNERS,
    plan: Annotated[bool, Parameter(name="--plan", negative="", show_default=False)] = False,
    where: Where = WHERE,
) -> int:
    """Bring a deleted tree, or all that a run deleted, back from its verified archives.

    A second call goes on where the first was stopped, and creates nothing twice. What is back
    carries the tag `sagewarden:restored`, and no policy marks it before `limits.restored_rest`.

    Parameters
    ----------
    name
        Name of the experiment, trial or trial component that was deleted, or of one that is there
        still but lost parts when its deletion was stopped; case does not matter. Without a name
        all comes back that the run deleted.
    kind
        Which of them, where several had this name: experiment, trial or trial-component.
    run
        As it was deleted by this run, instead of the newest; without a name, the whole run.
    plan
        Only say what would be created, and under which names.
    """
    settings = where.effective().settings
    wishes = manners.wishes
    chosen = where.single_target(settings, "a restore goes to")
    restored = None
    with working() as process:
        wired = bootstrap.wire_target(settings, chosen, process)
        check_identity(wired.bench)
        planned = plan_restore(wired.bench, _parts(wired.bench, name, kind, run), wishes)
        if not plan:
            restored = restore_all(wired.bench, bootstrap.restoring(wired), planned)
    if where.json:
        say_json(_restore_spelled(planned, restored))
    else:
        _say_restore(planned, restored)
    return 0 if restored is None or restored.complete else 3


def _parts(bench: "Bench", name: str | None, kind: OfKind, run: str | None) -> tuple[Located, ...]:
    if name is not None:
        return chosen_parts(bench, name, kind_of(kind), run)
    if run is None or kind is not None:
        raise UsageError(
            "restore needs a name, or a run of which everything comes back",
            advice="Write `restore NAME`, or `restore --run RUN` with neither name nor --kind.",
        )
    return gone_by(bench, run)


def _restore_spelled(planned: RestorePlan, restored: Restored | None) -> dict[str, Any]:
    return {
        "planned": [
            {
                "kind": str(each.located.identity.kind),
                "name": each.located.name,
                "as": each.name,
                "standing": str(each.standing),
                "points": each.points,
                "left_out": list(each.left_out),
                "obstacle": each.obstacle,
            }
            for each in planned.entities
        ],
        "never": list(planned.never),
        "restored": None
        if restored is None
        else [
            {
                "kind": str(each.located.identity.kind),
                "name": each.located.name,
                "as": each.name,
                "fate": str(each.fate),
                "detail": each.detail,
                "points": each.points,
                "missing": each.missing,
            }
            for each in restored.entities
        ],
        "edges": []
        if restored is None
        else [
            {
                "component": each.edge.name,
                "trial": each.edge.trial,
                "fate": str(each.fate),
                "detail": each.detail,
            }
            for each in restored.edges
        ],
    }


ROWS = 12
"""Lines of a restore that a terminal shows."""


def _called(each: PlannedRebirth | EntityFate) -> str:
    old = visible(each.located.name)
    return old if each.name == each.located.name else f"{old} as {visible(each.name)}"


def _summary(planned: RestorePlan, restored: Restored | None) -> str:
    if restored is None:
        free = [each for each in planned.entities if not each.obstacle]
        absent = sum(each.standing is Standing.ABSENT for each in free)
        return f"A plan: nothing was created. {entities(absent)} to create."
    counts = ", ".join(f"{count} {fate}" for fate, count in sorted(restored.counts.items()))
    put = sum(str(each.fate) == "done" for each in restored.edges)
    return f"Entities: {counts}; associations put back: {put}."


def _is_back(each: EntityFate) -> bool:
    return each.fate in {Fate.DONE, Fate.ALREADY}


def _say_restore(planned: RestorePlan, restored: Restored | None) -> None:
    outcome = "as it is now" if restored is None else "came of it"
    table = Table("", "name", "points", outcome, box=None, pad_edge=False)
    if restored is None:
        for each in planned.entities[:ROWS]:
            told = each.obstacle or str(each.standing)
            table.add_row(
                str(each.located.identity.kind),
                Text(_called(each)),
                str(each.points),
                Text(visible(told)),
            )
    else:
        for fate in sorted(restored.entities, key=_is_back)[:ROWS]:
            table.add_row(
                str(fate.located.identity.kind),
                Text(_called(fate)),
                str(fate.points),
                Text(visible(" ".join(filter(None, (str(fate.fate), fate.detail))))),
            )
    say_table(table)
    left = len(planned.entities) - ROWS
    if left > 0:
        say(Text(f"… and {left} more", "dim"))
    say(Text(_summary(planned, restored), "bold"))
    if planned.never:
        say(Text("AWS cannot bring back, so the archive alone has it:", "yellow"))
        for line in planned.never:
            say(Text(visible(f"  • {line}")))
