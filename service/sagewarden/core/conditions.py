"""Conditions, compiled once into closures that answer true, false or unknown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sagewarden.core.durations import spell_duration
from sagewarden.core.entities import Kind, Origin
from sagewarden.core.forest import Subject
from sagewarden.core.globs import matcher
from sagewarden.core.policy import (
    Aged,
    AllOf,
    AnyOf,
    Condition,
    Everything,
    Idle,
    InStatus,
    Named,
    Not,
    OfOrigin,
    Tagged,
    Unassigned,
)
from sagewarden.core.truth import Truth, all_of, any_of

Test = Callable[[Subject, datetime], Truth]
"""Answers for a subject at a time `now` (UTC)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one condition said about one subject, in words."""

    truth: Truth
    text: str


def compile_condition(condition: Condition) -> Test:  # noqa: C901, PLR0912 -- one arm each
    """Turn a condition into a closure."""
    match condition:
        case Everything():
            return lambda _subject, _now: Truth.TRUE
        case Named():
            return _named(condition)
        case Tagged():
            return _tagged(condition)
        case InStatus():
            return _in_status(condition)
        case OfOrigin(origins):
            return lambda subject, _now: _of_origin(subject, origins)
        case Idle(at_least):
            return lambda subject, now: Truth.of(subject.idle(now) >= at_least)
        case Aged(at_least):
            return lambda subject, now: Truth.of(subject.age(now) >= at_least)
        case Unassigned(wanted):
            return lambda subject, _now: _unassigned(subject, wanted=wanted)
        case AllOf(conditions):
            tests = [compile_condition(each) for each in conditions]
            return lambda subject, now: all_of(test(subject, now) for test in tests)
        case AnyOf(conditions):
            tests = [compile_condition(each) for each in conditions]
            return lambda subject, now: any_of(test(subject, now) for test in tests)
        case Not(inner):
            test = compile_condition(inner)
            return lambda subject, now: test(subject, now).inverted()


def _named(condition: Named) -> Test:
    globs = [matcher(glob, fold=True) for glob in condition.globs]

    def test(subject: Subject, _now: datetime) -> Truth:
        names = {subject.entity.name, subject.entity.display_name or subject.entity.name}
        return Truth.of(any(glob(name) for glob in globs for name in names))

    return test


def _tagged(condition: Tagged) -> Test:
    globs = [matcher(value, fold=False) for value in condition.values]

    def test(subject: Subject, _now: datetime) -> Truth:
        tags = subject.entity.tags
        if tags is None:
            return Truth.UNKNOWN
        value = tags.get(condition.tag)
        if condition.want != "values":
            return Truth.of((value is not None) == (condition.want == "present"))
        return Truth.of(value is not None and any(glob(value) for glob in globs))

    return test


def _in_status(condition: InStatus) -> Test:
    wanted = {None if status == "absent" else status for status in condition.statuses}

    def test(subject: Subject, _now: datetime) -> Truth:
        return Truth.of(all(part.status in wanted for part in subject.tree.components))

    return test


def _of_origin(subject: Subject, origins: tuple[Origin, ...]) -> Truth:
    if subject.entity.tags is None:  # the mark of a run is a tag
        return Truth.UNKNOWN
    return Truth.of(subject.entity.origin in origins)


def _unassigned(subject: Subject, *, wanted: bool) -> Truth:
    if subject.entity.parents is None:
        return Truth.UNKNOWN
    return Truth.of((not subject.entity.parents) == wanted)


def scope(condition: Condition) -> Condition:
    """Return a wider condition without anything that time or progress changes.

    What a keep rule counts over is everything this matches: a group must not shrink because some
    of its members are still busy.
    """
    return _widened(condition, positive=True)


def _widened(condition: Condition, *, positive: bool) -> Condition:
    match condition:
        case Idle() | Aged() | InStatus():
            return Everything() if positive else Not(Everything())
        case AllOf(conditions):
            return AllOf(tuple(_widened(each, positive=positive) for each in conditions))
        case AnyOf(conditions):
            return AnyOf(tuple(_widened(each, positive=positive) for each in conditions))
        case Not(inner):
            return Not(_widened(inner, positive=not positive))
        case _:
            return condition


def explain(condition: Condition, subject: Subject, now: datetime) -> list[Finding]:
    """Say what each part of a condition found, in words a person can check."""
    match condition:
        case AllOf(conditions):
            return [each for inner in conditions for each in explain(inner, subject, now)]
        case AnyOf(conditions):
            truth = compile_condition(condition)(subject, now)
            told = [
                _told(one, subject, now)
                for one in conditions
                if compile_condition(one)(subject, now) is truth
            ]
            return [Finding(truth, "one of: " + "; ".join(told))]
        case Not(inner):
            truth = compile_condition(condition)(subject, now)
            return [Finding(truth, f"not ({_told(inner, subject, now)})")]
        case _:
            truth = compile_condition(condition)(subject, now)
            return [Finding(truth, _in_words(condition, subject, now, truth))]


def _told(condition: Condition, subject: Subject, now: datetime) -> str:
    return " and ".join(each.text for each in explain(condition, subject, now))


def _in_words(condition: Condition, subject: Subject, now: datetime, truth: Truth) -> str:
    """Say what was found and, unless it is what was wanted, what was wanted."""
    found, wanted = _found(condition, subject, now), _wanted(condition)
    return found if truth is Truth.TRUE or not wanted else f"{found}, wanted {wanted}"


def _found(  # noqa: C901, PLR0912 -- one arm each
    condition: Condition, subject: Subject, now: datetime
) -> str:
    entity = subject.entity
    match condition:
        case Named():
            shown = entity.display_name or entity.name
            return f"name {entity.name}" + (f", shown as {shown}" if shown != entity.name else "")
        case Tagged(tag):
            if entity.tags is None:
                return f"tag {tag} unknown"
            value = entity.tags.get(tag)
            return f"no tag {tag}" if value is None else f"tag {tag} is {value or 'empty'}"
        case InStatus():
            found = sorted({part.status or "absent" for part in subject.tree.components})
            return f"status {_listed(tuple(found))}" if found else "no component below"
        case OfOrigin():
            return f"made by {entity.origin}"
        case Idle():
            return f"idle {_days(subject.idle(now))} of {spell_duration(condition.at_least)}"
        case Aged():
            return f"age {_days(subject.age(now))} of {spell_duration(condition.at_least)}"
        case Unassigned():
            if entity.parents is None:
                return "trials unknown"
            return f"in {len(entity.trials)} trials" if entity.trials else "in no trial"
        case _:
            return f"every {_KIND_WORD[entity.kind]}"


def _wanted(condition: Condition) -> str:
    match condition:
        case Named(globs):
            return _listed(globs)
        case Tagged(_, want, values):
            return _listed(values) if want == "values" else want
        case InStatus(statuses):
            return _listed(statuses)
        case OfOrigin(origins):
            return _listed(tuple(map(str, origins)))
        case Unassigned(wanted):
            return "in none" if wanted else "in some"
        case _:
            return ""


_KIND_WORD = {
    Kind.EXPERIMENT: "experiment",
    Kind.TRIAL: "trial",
    Kind.COMPONENT: "trial component",
}


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)


def _days(span: timedelta) -> str:
    if span.days:
        return f"{span.days}d"
    return f"{int(span.total_seconds())}s"
