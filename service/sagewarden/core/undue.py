"""What of a stored plan is not due any more, by the marks of today.

A plan may lie for long before it begins. Sweeps between take the marks off what ceased to match or
came to be kept, and mark anew what changed: what goes needs a mark that is due and announced.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sagewarden.core.entities import Identity, Kind
from sagewarden.core.marks import MarkRules, Marks, waits_for
from sagewarden.core.plan import Plan, PlannedEntity, Unit

_FROM_ABOVE = {Kind.EXPERIMENT: None, Kind.TRIAL: Kind.EXPERIMENT, Kind.COMPONENT: Kind.TRIAL}
_COUNTED = MarkRules(0, timedelta(0), timedelta(0))
"""The plan itself was a match, and no mark in the vault has counted it."""


@dataclass(frozen=True, slots=True)
class Today:
    """What tells whether something is due at a time (UTC)."""

    marks: Marks
    now: datetime

    def undue(self, plan: Plan) -> Mapping[Identity, str]:
        """Say of everything that a plan takes, and that is not due, why it is not."""
        return {who: why for unit in plan.units for who, why in self._of_unit(unit)}

    def _of_unit(self, unit: Unit) -> Iterator[tuple[Identity, str]]:
        """What hangs on something that goes by the same policy goes by that one's mark."""
        due: set[tuple[Kind | None, str, str]] = set()
        for kind, above in _FROM_ABOVE.items():
            for each in unit.entities:
                if each.identity.kind is not kind:
                    continue
                with_it = any((above, name, each.policy) in due for name in each.parents)
                why = None if with_it else self._waits(each)
                if why is None:
                    due.add((kind, each.identity.name, each.policy))
                else:
                    yield each.identity, why

    def _waits(self, planned: PlannedEntity) -> str | None:
        mark = self.marks.get((planned.identity, planned.policy))
        if mark is None or mark.rule != planned.rule:
            return "its mark is gone since the plan was made: it did not match, or was kept"
        return waits_for(mark, self.now, _COUNTED)
