"""What keeps an entity whatever the policies say: protections, running parts, doubts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sagewarden.core.conditions import Test, compile_condition, explain
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.forest import Forest, Subject, Tree
from sagewarden.core.inventory import Inventory
from sagewarden.core.models import UNREAD, Artifacts, Models
from sagewarden.core.policy import Condition, ModelsInUse, Place, PolicySet
from sagewarden.core.rebirth import RESTORED_TAG
from sagewarden.core.truth import FALSE

FUTURE_SLACK = timedelta(minutes=1)
"""A time further ahead of the server's clock than this makes an age unknown."""

HOLD_TAG = "sagewarden:hold"
"""Whatever carries this tag, with any value, is held; so is all above and below it."""

Reasons = Mapping[Identity, tuple[str, ...]]
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Protected:
    """Why single entities are kept.

    `held` counts for everything above and below, `own` for everything above only, `hidden` for
    every tree of a kind. `unread` are those that were not seen whole; `unsure` are these and what
    only a read that failed protects: neither loses its mark for it. `bound` are those of `held`
    that a hold or a protection keeps, and not only a doubt.
    """

    held: Reasons
    own: Reasons
    hidden: Mapping[Kind, tuple[str, ...]]
    unread: frozenset[Identity]
    unsure: frozenset[Identity] = frozenset()
    bound: frozenset[Identity] = frozenset()

    def saw_whole(self, subject: Subject) -> bool:
        """Whether every part of a tree was read."""
        return not self.unread or self.unread.isdisjoint(
            [part.identity for part in subject.tree.parts]
        )

    def keeps_none_of(self, parts: Iterable[Entity], forest: Forest) -> bool:
        """Whether nothing is said of any of these nor of what is above: so it is of nearly all."""
        held, own = self.held, self.own
        for part in parts:
            if part.identity in held or part.identity in own:
                return False
            for up in forest.above(part):
                if up.identity in held or up.identity in own:
                    return False
        return True


class Protections:
    """The `protect` entries of every file, compiled."""

    def __init__(self, policies: PolicySet) -> None:
        self._tests: list[tuple[Test, Condition, Place]] = []
        self._models: list[Place] = []
        for protection in policies.protections:
            if isinstance(protection.condition, ModelsInUse):
                self._models.append(protection.place)
            else:
                told = (protection.condition, protection.place)
                self._tests.append((compile_condition(protection.condition), *told))

    @property
    def ask_for_models(self) -> bool:
        """Whether it must be known which models are in use."""
        return bool(self._models)

    def in_use(self, artifacts: Artifacts | None, models: Models) -> tuple[str, ...]:
        """Say what rests on the artifacts of a component, or may; nothing if no file asks."""
        return tuple(
            f"protected: {reason} ({place})"
            for place in self._models[:1]
            for reason in models.behind(artifacts)
        )

    def held(self, subject: Subject, now: datetime) -> tuple[str, ...]:
        """Return the protections that hold an entity, or that cannot be known not to."""
        held = _by_tag(subject.entity)
        for test, condition, place in self._tests:
            if test(subject, now) is not FALSE:
                held += (_guarded(condition, place, subject, now),)
        return held

    def held_alone(self, entity: Entity, now: datetime) -> tuple[str, ...]:
        """Return what holds an entity by itself, without a look at what hangs below it."""
        alone = Subject(entity, Tree(entity, (), ()), entity.created, entity.created)
        return self.held(alone, now)


def _by_tag(entity: Entity) -> tuple[str, ...]:
    """Say that a hold tag is there, with its value: an owner and a reason fit in it.

    No value lets it expire: IAM refuses by the tag alone, and cannot read a date.
    """
    value = (entity.tags or {}).get(HOLD_TAG)
    if value is None:
        return ()
    return (f"held by its tag {HOLD_TAG}" + (f": {value}" if value.strip() else ""),)


def _guarded(condition: Condition, place: Place, subject: Subject, now: datetime) -> str:
    found = "; ".join(each.text for each in explain(condition, subject, now))
    return f"protected: {found} ({place})"


def protect(
    forest: Forest,
    protections: Protections,
    holds: Reasons,
    now: datetime,
    models: Models = UNREAD,
    rest: timedelta = timedelta(0),
) -> Protected:
    """Find what is kept in an inventory, whatever the policies say.

    `rest` is how long what a restore created is left alone.
    """
    inventory = forest.inventory
    held: dict[Identity, tuple[str, ...]] = {}
    own: dict[Identity, tuple[str, ...]] = {}
    unread: set[Identity] = set()
    unsure: set[Identity] = set()
    bound: set[Identity] = set()
    gaps = _gaps(inventory)
    for entity in inventory.everything():
        who = entity.identity
        doubts = _doubts(entity, inventory) + _said(gaps, (entity.kind, entity.key))
        untimely = _untimely(entity, now)
        used = _used(entity, protections, models)
        guessed = bool(used) and (models.unread or entity.artifacts is None)
        holding = _said(holds, who) + protections.held_alone(entity, now)
        if holding or (used and not guessed):
            bound.add(who)
        if reasons := holding + doubts + used:
            held[who] = reasons
        if reasons := _running(entity) + untimely + _resting(entity, now, rest):
            own[who] = reasons
        if doubts or untimely:
            unread.add(who)
        elif guessed:
            unsure.add(who)
    return Protected(
        held,
        own,
        _hidden(inventory),
        frozenset(unread),
        unsure=frozenset(unread | unsure),
        bound=frozenset(bound),
    )


def _said(of: Mapping[Key, tuple[str, ...]], key: Key) -> tuple[str, ...]:
    return of.get(key, ()) if of else ()


def _used(entity: Entity, protections: Protections, models: Models) -> tuple[str, ...]:
    """Say what rests on a component; where nothing is known, a job behind it may have left a model.

    What is above a component is kept with it, because a tree is as protected as its parts.
    """
    if entity.kind is not Kind.COMPONENT or not protections.ask_for_models:
        return ()
    unknown = models.unread and entity.source_arn
    return protections.in_use(None if unknown else entity.artifacts, models)


def _gaps(inventory: Inventory) -> Mapping[tuple[Kind, str], tuple[str, ...]]:
    gaps: dict[tuple[Kind, str], tuple[str, ...]] = defaultdict(tuple)
    for gap in inventory.gaps:
        if gap.name is not None:
            gaps[gap.kind, gap.name.lower()] += (gap.reason,)
    return gaps


def _running(entity: Entity) -> tuple[str, ...]:
    return (f"is {entity.status}",) if entity.running else ()


def rests_until(entity: Entity, rest: timedelta) -> datetime | None:
    """Return when the rest of what a restore created ends (UTC): AWS dated it when it came back."""
    return entity.created + rest if RESTORED_TAG in (entity.tags or ()) else None


def _resting(entity: Entity, now: datetime, rest: timedelta) -> tuple[str, ...]:
    until = rests_until(entity, rest)
    if until is None or now >= until:
        return ()
    return (f"was restored on {entity.created:%Y-%m-%d}, rests until {until:%Y-%m-%d %H:%M} UTC",)


def _untimely(entity: Entity, now: datetime) -> tuple[str, ...]:
    told: tuple[str, ...] = ()
    if entity.modified is None:
        told += ("AWS does not say when it was last changed",)
    if max(entity.created, entity.modified or entity.created) > now + FUTURE_SLACK:
        told += ("one of its times lies in the future",)
    return told


def _doubts(entity: Entity, inventory: Inventory) -> tuple[str, ...]:
    """Say what is unknown of an entity and of what is above it: a hold may be there."""
    told: tuple[str, ...] = () if entity.doubt is None else (entity.doubt,)
    if entity.tags is None:
        told += ("its tags could not be read",)
    if entity.kind is Kind.TRIAL:
        told += _doubts_of_trial(entity, inventory)
    if entity.parents is None:
        told += ("its trials could not be read",)
    for trial in entity.trials:
        if trial not in inventory.trials:
            told += (f"its trial {trial} was not seen",)
    return told


def _doubts_of_trial(trial: Entity, inventory: Inventory) -> tuple[str, ...]:
    if trial.experiment is None:
        return ("its experiment could not be read",)
    if trial.experiment.lower() not in inventory.experiments:
        return (f"its experiment {trial.experiment} was not seen",)
    return ()


def _hidden(inventory: Inventory) -> Mapping[Kind, tuple[str, ...]]:
    """Say what may hang below any tree, because nobody knows where it hangs."""
    components, trials = (_may_hang(inventory, kind) for kind in (Kind.COMPONENT, Kind.TRIAL))
    return {Kind.COMPONENT: (), Kind.TRIAL: components, Kind.EXPERIMENT: trials + components}


def _may_hang(inventory: Inventory, kind: Kind) -> tuple[str, ...]:
    names = inventory.unplaced[kind]
    if not names:
        return ()
    more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
    return (f"{kind} {names[0]}{more} may hang below: its place could not be read",)


def shields(tree: Tree, forest: Forest, protected: Protected) -> tuple[str, ...]:
    """Return every reason by which a tree is kept: of its parts, and holds above any part."""
    hidden = protected.hidden[tree.root.kind]
    if protected.keeps_none_of(tree.parts, forest):
        return hidden
    reasons: dict[str, None] = dict.fromkeys(hidden)
    parts = {part.identity: part for part in tree.parts}
    above = {up.identity: up for part in parts.values() for up in forest.above(part)}
    for identity, entity in (above | parts).items():
        for reason in protected.held.get(identity, ()):
            reasons[_told(entity, tree.root, reason)] = None
    for identity, entity in parts.items():
        for reason in protected.own.get(identity, ()):
            reasons[_told(entity, tree.root, reason)] = None
    return tuple(reasons)


def _told(entity: Entity, root: Entity, reason: str) -> str:
    return reason if entity is root else f"{entity.kind} {entity.name}: {reason}"
