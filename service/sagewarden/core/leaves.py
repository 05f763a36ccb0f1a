"""Conditions that stand for themselves: what each one asks, what it found, what it wanted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sagewarden.core.durations import spell_duration
from sagewarden.core.entities import Entity, Kind
from sagewarden.core.forest import Subject
from sagewarden.core.globs import matcher
from sagewarden.core.policy import (
    Aged,
    CreatedBy,
    Displayed,
    Idle,
    InStatus,
    Named,
    OfOrigin,
    Tagged,
    Unassigned,
)
from sagewarden.core.truth import FALSE, TRUE, UNKNOWN, Truth

Test = Callable[[Subject, datetime], Truth]
"""Answers for a subject at a time `now` (UTC)."""

Words = Callable[[Subject, datetime], str]
"""Says what was found of a subject at a time."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A condition, compiled; `wanted` is told when something else was found."""

    test: Test
    found: Words
    wanted: str = ""


KIND_WORD = {
    Kind.EXPERIMENT: "experiment",
    Kind.TRIAL: "trial",
    Kind.COMPONENT: "trial component",
}


def everything() -> Leaf:
    """Holds for all there is."""
    return Leaf(
        lambda _subject, _now: TRUE,
        lambda subject, _now: f"every {KIND_WORD[subject.entity.kind]}",
    )


def named(condition: Named) -> Leaf:
    """Compare the name and, if there is one, the display name."""
    globs = [matcher(glob.lower(), fold=False) for glob in condition.globs]

    def test(subject: Subject, _now: datetime) -> Truth:
        entity = subject.entity
        if _one_of(globs, entity.key):
            return TRUE
        if not entity.read:
            return UNKNOWN
        shown = entity.display_name
        return TRUE if shown is not None and _one_of(globs, shown.lower()) else FALSE

    def found(subject: Subject, _now: datetime) -> str:
        name, shown = subject.entity.name, subject.entity.display_name or subject.entity.name
        return f"name {name}" + (f", shown as {shown}" if shown != name else "")

    return Leaf(test, found, listed(condition.globs))


def displayed(condition: Displayed) -> Leaf:
    """Compare the display name alone."""
    return _text(
        _like(condition.want, condition.globs, fold=True),
        lambda entity: entity.display_name,
        "no display name",
        "shown as",
        _wanted(condition.want, condition.globs),
    )


def created_by(condition: CreatedBy) -> Leaf:
    """Compare the Studio user; roles and jobs leave none."""
    return _text(
        _like(condition.want, condition.globs, fold=False),
        lambda entity: entity.created_by,
        "created by no Studio user",
        "created by",
        _wanted(condition.want, condition.globs),
    )


def _text(
    wants: Callable[[str | None], bool],
    text_of: Callable[[Entity], str | None],
    none: str,
    verb: str,
    wanted: str,
) -> Leaf:
    def test(subject: Subject, _now: datetime) -> Truth:
        entity = subject.entity
        if not entity.read:
            return UNKNOWN
        return TRUE if wants(text_of(entity)) else FALSE

    def found(subject: Subject, _now: datetime) -> str:
        text = text_of(subject.entity)
        if not subject.entity.read:
            return f"{verb} unknown"
        return none if text is None else f"{verb} {text or 'empty'}"

    return Leaf(test, found, wanted)


def tagged(condition: Tagged) -> Leaf:
    """Compare the value of a tag; tags that could not be read are unknown."""
    tag, wants = condition.tag, _like(condition.want, condition.values, fold=False)

    def test(subject: Subject, _now: datetime) -> Truth:
        tags = subject.entity.tags
        if tags is None:
            return UNKNOWN
        return TRUE if wants(tags.get(tag)) else FALSE

    def found(subject: Subject, _now: datetime) -> str:
        if subject.entity.tags is None:
            return f"tag {tag} unknown"
        value = subject.entity.tags.get(tag)
        return f"no tag {tag}" if value is None else f"tag {tag} is {value or 'empty'}"

    return Leaf(test, found, _wanted(condition.want, condition.values))


def in_status(condition: InStatus) -> Leaf:
    """Compare the status of every component of the tree."""
    wanted = {None if status == "absent" else status for status in condition.statuses}

    def test(subject: Subject, _now: datetime) -> Truth:
        for part in subject.tree.components:
            if part.status not in wanted:
                return FALSE
        return TRUE

    def found(subject: Subject, _now: datetime) -> str:
        seen = sorted({part.status or "absent" for part in subject.tree.components})
        return f"status {', '.join(seen)}" if seen else "no component below"

    return Leaf(test, found, listed(condition.statuses))


def of_origin(condition: OfOrigin) -> Leaf:
    """Compare who made it; the mark of a run is a tag."""
    origins = frozenset(condition.origins)

    def test(subject: Subject, _now: datetime) -> Truth:
        if subject.entity.tags is None:
            return UNKNOWN
        return TRUE if subject.entity.origin in origins else FALSE

    return Leaf(
        test,
        lambda subject, _now: f"made by {subject.entity.origin}",
        listed(tuple(map(str, condition.origins))),
    )


def idle(condition: Idle) -> Leaf:
    """Compare the time since the last activity anywhere in the tree."""
    least, spelled = condition.at_least, spell_duration(condition.at_least)
    return Leaf(
        lambda subject, now: TRUE if now - subject.activity >= least else FALSE,
        lambda subject, now: f"idle {_days(subject.idle(now))} of {spelled}",
    )


def aged(condition: Aged) -> Leaf:
    """Compare the time since the youngest part of the tree was created."""
    least, spelled = condition.at_least, spell_duration(condition.at_least)
    return Leaf(
        lambda subject, now: TRUE if now - subject.created >= least else FALSE,
        lambda subject, now: f"age {_days(subject.age(now))} of {spelled}",
    )


def unassigned(condition: Unassigned) -> Leaf:
    """Ask whether a component hangs on no trial."""
    wanted = condition.wanted

    def test(subject: Subject, _now: datetime) -> Truth:
        parents = subject.entity.parents
        if parents is None:
            return UNKNOWN
        return TRUE if (not parents) == wanted else FALSE

    def found(subject: Subject, _now: datetime) -> str:
        entity = subject.entity
        if entity.parents is None:
            return "trials unknown"
        return f"in {counted(len(entity.trials), 'trial')}" if entity.trials else "in no trial"

    return Leaf(test, found, "in none" if wanted else "in some")


def _like(want: str, globs: tuple[str, ...], *, fold: bool) -> Callable[[str | None], bool]:
    if want == "present":
        return lambda text: text is not None
    if want == "absent":
        return lambda text: text is None
    tests = [matcher(glob, fold=fold) for glob in globs]
    return lambda text: text is not None and _one_of(tests, text)


def _one_of(globs: Iterable[Callable[[str], bool]], text: str) -> bool:
    for glob in globs:  # noqa: SIM110 -- `any` of a generator takes twice the time
        if glob(text):
            return True
    return False


def _wanted(want: str, globs: tuple[str, ...]) -> str:
    return listed(globs) if want == "values" else want


def listed(words: tuple[str, ...]) -> str:
    """Join words with commas."""
    return ", ".join(words)


def counted(number: int, word: str) -> str:
    """Say how many there are: `1 trial`, `2 trials`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def _days(span: timedelta) -> str:
    if span.days > 0:
        return f"{span.days}d"
    return f"{max(0, int(span.total_seconds()))}s"  # clocks differ by less than a second
