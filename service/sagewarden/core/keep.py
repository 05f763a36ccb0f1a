"""Keep rules: what stays of each group, whatever else matched.

Each rule is counted over the full population of a group, and what one of them names stays. A rule
that finds nobody in a group keeps that group whole: a slip of the pen must not empty it. So each
further rule can only keep more. A group of which a member was not seen whole is not judged at all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from math import isnan

from sagewarden.core.comparisons import spell_number
from sagewarden.core.conditions import compiled
from sagewarden.core.durations import spell_duration
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.forest import Forest, Subject
from sagewarden.core.policy import AllOf, Best, GroupKey, Keep, Period, Tagged
from sagewarden.core.truth import Truth

Group = tuple[str, ...]
Place = tuple[str | None, ...]
"""Where something may belong: a group whose unknown parts are None."""

Kept = tuple[Subject, str]
"""What a rule keeps, and why."""


@dataclass(frozen=True, slots=True)
class Population:
    """What a keep rule counts over: members that were seen whole, and what may be one.

    `unseen` are keys of entities that must be there and were not read at all.
    """

    members: list[Subject] = field(default_factory=list)
    doubtful: list[Subject] = field(default_factory=list)
    unseen: tuple[str, ...] = ()


def kept_by(keep: Keep, population: Population, forest: Forest) -> dict[Identity, tuple[str, ...]]:
    """Return what a keep rule keeps of a population, with every reason.

    An entity that belongs to several groups (a component of several trials) is kept when one of
    them keeps it.
    """
    groups, gaps = _grouped(keep.group_by, population, forest)
    kept: dict[Identity, tuple[str, ...]] = defaultdict(tuple)
    for subject in population.doubtful:
        kept[subject.entity.identity] = ("keep: it was not seen whole",)
    for group, members in sorted(groups.items()):
        where = _where(keep.group_by, group)
        gap = gaps.of(group)
        found = _whole(members, gap, where) if gap else _kept_of(keep, members)
        for subject, reason in found:
            kept[subject.entity.identity] += (reason + ("" if gap else where),)
    return kept


def rules_of(keep: Keep) -> tuple[tuple[str, Keep], ...]:
    """Return each rule of a `keep` by itself, with what it says in words."""
    only = partial(Keep, group_by=keep.group_by)
    where = f" of each {', '.join(map(str, keep.group_by))}" if keep.group_by else ""
    told: list[tuple[str, Keep]] = []
    if keep.last is not None:
        told.append((f"last: {keep.last}", only(last=keep.last)))
    if keep.within is not None:
        told.append((f"within: {spell_duration(keep.within)}", only(within=keep.within)))
    for period, count in keep.periods:
        told.append((f"{period}: {count}", only(periods=((period, count),))))
    if (best := keep.best) is not None:
        metric, summary = best.quantity
        words = f"best: {best.count} by {best.order} {metric} {summary}"
        told.append((words, only(best=best)))
    if keep.tags:
        told.append((f"tags: {', '.join(each.tag for each in keep.tags)}", only(tags=keep.tags)))
    return tuple((f"keep.{words}{where}", rule) for words, rule in told)


def _whole(members: Iterable[Subject], gap: str, where: str) -> Iterator[Kept]:
    reason = f"keep: {gap} was not seen whole, so all{where or ' that matches'} stays"
    return ((subject, reason) for subject in members)


def _where(keys: tuple[GroupKey, ...], group: Group) -> str:
    told = ", ".join(f"{key} {value}" for key, value in zip(keys, group, strict=True))
    return f" of {told}" if told else ""


@dataclass(slots=True)
class _Gaps:
    """Places of what was not seen whole, by which of their parts are known."""

    by_known: dict[tuple[int, ...], dict[Group, str]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, place: Place, name: str) -> None:
        known = tuple(index for index, value in enumerate(place) if value is not None)
        part = tuple(value for value in place if value is not None)
        named = self.by_known[known]
        named[part] = min(name, named.get(part, name))

    def of(self, group: Group) -> str:
        """Name something that may belong to a group and was not seen whole; empty if nothing."""
        named = (
            parts.get(tuple(group[index] for index in known))
            for known, parts in self.by_known.items()
        )
        return min((name for name in named if name), default="")


def _grouped(
    keys: tuple[GroupKey, ...], population: Population, forest: Forest
) -> tuple[Mapping[Group, list[Subject]], _Gaps]:
    groups: dict[Group, list[Subject]] = defaultdict(list)
    gaps = _Gaps()
    for subject in population.doubtful:
        for place in _places(keys, subject.entity, forest):
            gaps.add(place, str(subject.entity.identity))
    for key in population.unseen:
        gaps.add(tuple(_prefix(key) if each.by == "name-prefix" else None for each in keys), key)
    for subject in population.members:
        for place in _places(keys, subject.entity, forest):
            group = tuple(value for value in place if value is not None)
            if len(group) == len(place):
                groups[group].append(subject)
            else:
                gaps.add(place, str(subject.entity.identity))
    return groups, gaps


def _kept_of(keep: Keep, members: list[Subject]) -> Iterator[Kept]:
    """Apply each rule to one group; what comes first is newest.

    The newest are by last activity, then by CreationTime, then by name, so that a tie has one
    answer.
    """
    members.sort(key=_newest, reverse=True)
    if keep.last is not None:
        yield from _last(keep.last, members)
    if keep.within is not None:
        yield from _within(keep.within, members)
    for period, count in keep.periods:
        yield from _newest_of_each(period, count, members)
    if keep.best is not None:
        yield from _best(keep.best, members)
    if keep.tags:
        yield from _carriers(keep.tags, members)


def _last(count: int, members: list[Subject]) -> Iterator[Kept]:
    for rank, subject in enumerate(members[:count], start=1):
        yield subject, f"keep.last: newest {rank} of {count}"


def _within(span: timedelta, members: list[Subject]) -> Iterator[Kept]:
    reason = f"keep.within: active within {spell_duration(span)} of the newest"
    since = members[0].activity - span
    return ((subject, reason) for subject in members if subject.activity >= since)


def _newest(subject: Subject) -> tuple[object, ...]:
    return (subject.activity, subject.entity.created, subject.entity.key)


def _week(moment: datetime) -> str:
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02}"


_SPELLED: Mapping[Period, Callable[[datetime], str]] = {
    "daily": lambda moment: f"{moment:%Y-%m-%d}",
    "weekly": _week,
    "monthly": lambda moment: f"{moment:%Y-%m}",
    "yearly": lambda moment: f"{moment:%Y}",
}
"""What day, ISO week, month or year a moment of UTC lies in."""


def _newest_of_each(period: Period, count: int, members: Iterable[Subject]) -> Iterator[Kept]:
    seen: set[str] = set()
    for subject in members:
        when = _SPELLED[period](subject.activity.astimezone(UTC))
        if when not in seen:
            seen.add(when)
            yield subject, f"keep.{period}: newest of {when}, {len(seen)} of {count}"
        if len(seen) == count:
            return


def _best(best: Best, members: list[Subject]) -> Iterator[Kept]:
    """Rank by the metric: ties at the edge all stay, and so does what cannot be ranked.

    Members without the metric have no rank; when nobody has it, all stay.
    """
    name = f"{best.quantity.metric} {best.quantity.summary}"
    sign = -1 if best.order == "max" else 1
    ranked: list[tuple[float, Subject]] = []
    for subject in members:
        values = _values_of(best, subject.entity)
        if values is None:
            continue
        if len(values) > 1 or isnan(values[0]):
            yield subject, f"keep.best: its {name} cannot be ranked"
        else:
            ranked.append((sign * values[0], subject))
    if not ranked:
        yield from (
            (subject, f"keep.best: nobody has {name}, so nothing goes") for subject in members
        )
    ranked.sort(key=lambda pair: pair[0])
    yield from _first(best, name, ranked)


def _values_of(best: Best, entity: Entity) -> tuple[float, ...] | None:
    """Return what is known of a metric; NaN when the metrics were not read, None for none."""
    if entity.metrics is None:
        return (float("nan"),)
    return entity.metrics.get(best.quantity)


def _first(best: Best, name: str, ranked: list[tuple[float, Subject]]) -> Iterator[Kept]:
    sign = -1 if best.order == "max" else 1
    rank, before = 0, None
    for place, (value, subject) in enumerate(ranked, start=1):
        rank, before = (rank if value == before else place), value
        if rank > best.count:
            return
        shown = spell_number(sign * value)
        yield subject, f"keep.best: {name} {shown}, rank {rank} of {best.count} ({best.order})"


def _carriers(tags: tuple[Tagged, ...], members: list[Subject]) -> Iterator[Kept]:
    carries = compiled(AllOf(tags))
    found = False
    for subject in members:
        if carries.test(subject, subject.activity) is not Truth.FALSE:
            found = True
            told = carries.explain(subject, subject.activity)
            yield subject, f"keep.tags: {', '.join(each.text for each in told)}"
    if not found:
        wanted = ", ".join(each.tag for each in tags)
        reason = f"keep.tags: nobody carries {wanted} as wanted, so nothing goes"
        yield from ((subject, reason) for subject in members)


def _places(keys: tuple[GroupKey, ...], entity: Entity, forest: Forest) -> list[Place]:
    places: list[Place] = [()]
    for key in keys:
        values = _values(key, entity, forest)
        places = [(*place, value) for place in places for value in values]
    return places


def _values(key: GroupKey, entity: Entity, forest: Forest) -> list[str | None]:
    if key.by == "tag":
        return [None if entity.tags is None else entity.tags.get(key.tag, "(none)")]
    if key.by == "name-prefix":
        return [_prefix(entity.key)]
    if entity.kind is Kind.COMPONENT and entity.parents is None:
        return [None]
    if key.by == "trial":
        return list(entity.trials) or ["(none)"]
    return _experiments(entity, forest)


def _prefix(key: str) -> str:
    return key.rpartition("-")[0] or key


def _experiments(entity: Entity, forest: Forest) -> list[str | None]:
    seen = forest.inventory.trials
    if entity.kind is Kind.TRIAL:
        return [entity.experiment.lower() if entity.experiment else None]
    trials = [seen.get(key) for key in entity.trials]
    found = {
        None if trial is None or not trial.experiment else trial.experiment.lower()
        for trial in trials
    }
    return sorted(found, key=str) if found else ["(none)"]
