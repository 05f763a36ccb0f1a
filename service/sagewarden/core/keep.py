"""Keep rules: of each group, the newest are kept, whatever else matched."""

from collections import defaultdict
from collections.abc import Iterable

from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.forest import Forest, Subject
from sagewarden.core.policy import GroupKey, Keep

Group = tuple[str, ...]


def kept_by(keep: Keep, population: Iterable[Subject], forest: Forest) -> dict[Identity, str]:
    """Return what a keep rule keeps of a population, with the reason.

    The newest come first: by last activity, then by CreationTime, then by name, so that a tie
    has one answer. An entity that belongs to several groups (a component of several trials) is
    kept when one of them keeps it.
    """
    groups: dict[Group, list[Subject]] = defaultdict(list)
    for subject in population:
        for group in _groups(keep.group_by, subject.entity, forest):
            groups[group].append(subject)
    kept: dict[Identity, str] = {}
    for group, members in sorted(groups.items()):
        members.sort(key=_newest, reverse=True)
        for rank, subject in enumerate(members[: keep.last], start=1):
            kept.setdefault(subject.entity.identity, _reason(rank, keep, group))
    return kept


def _newest(subject: Subject) -> tuple[object, ...]:
    return (subject.activity, subject.entity.created, subject.entity.key)


def _reason(rank: int, keep: Keep, group: Group) -> str:
    where = " of " + ", ".join(
        f"{key} {value}" for key, value in zip(keep.group_by, group, strict=True)
    )
    return f"keep.last: newest {rank} of {keep.last}" + (where if group else "")


def _groups(keys: tuple[GroupKey, ...], entity: Entity, forest: Forest) -> list[Group]:
    groups: list[Group] = [()]
    for key in keys:
        values = _values(key, entity, forest)
        groups = [(*group, value) for group in groups for value in values]
    return groups


def _values(key: GroupKey, entity: Entity, forest: Forest) -> list[str]:
    if key.by == "tag":
        return [(entity.tags or {}).get(key.tag, "(none)")]
    if key.by == "name-prefix":
        return [entity.key.rpartition("-")[0] or entity.key]
    if key.by == "trial":
        return list(entity.trials) or ["(none)"]
    return [each.key for each in forest.above(entity) if each.kind is Kind.EXPERIMENT] or ["(none)"]
