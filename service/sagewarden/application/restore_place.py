"""Looks at what is there now around what a restore is to bring back; each name once."""

from collections.abc import Iterable
from enum import StrEnum

from sagewarden.application.archives import CutEdge, Located
from sagewarden.application.ports.aws import Looks
from sagewarden.core.canonical import milliseconds, read_time
from sagewarden.core.entities import Entity, Kind
from sagewarden.core.rebirth import RESTORED_TAG, mark_of
from sagewarden.core.renaming import Renames
from sagewarden.errors import Absent


class Standing(StrEnum):
    """What is there now under a name."""

    ABSENT = "absent"
    RESTORED = "restored before"
    EXISTS = "exists"


def standing_of(seen: Entity, mark: str) -> Standing:
    """Tell whether what is there came out of the archive object that this mark is of."""
    ours = (seen.tags or {}).get(RESTORED_TAG) == mark
    return Standing.RESTORED if ours else Standing.EXISTS


class Place:
    """What is there now; what comes back is looked for under its new name, if it gets one."""

    def __init__(self, looks: Looks, going: Iterable[Located], renames: Renames) -> None:
        self._looks = looks
        self._going = {(each.identity.kind, each.identity.name) for each in going}
        self._renames = renames
        self._seen: dict[tuple[Kind, str], Entity | None] = {}

    def name(self, located: Located) -> str:
        """Return what it will be called."""
        return self._renames.get((located.identity.kind, located.identity.name), located.name)

    def trial(self, key: str) -> str:
        """Return what the trial of this key will be called, if it comes back too; in lower case."""
        return self._renames.get((Kind.TRIAL, key), key).lower()

    def standing(self, located: Located) -> Standing:
        """Look at what is there under its name."""
        seen = self._look(located.identity.kind, self.name(located))
        return Standing.ABSENT if seen is None else standing_of(seen, mark_of(located.sha256))

    def obstacle(self, located: Located) -> str:
        """Say why it cannot be created: a trial needs its experiment."""
        if located.identity.kind is not Kind.TRIAL:
            return ""
        (above,) = located.parents
        if (Kind.EXPERIMENT, above) in self._going or self._look(Kind.EXPERIMENT, above):
            return ""
        return f"its experiment {above} is gone; restore that"

    def edge(self, located: Located, trial: str) -> tuple[str, str]:
        """Return what keeps an edge to this trial from coming back, and what there is to note."""
        if (Kind.TRIAL, trial) in self._going:
            return "", ""
        seen = self._look(Kind.TRIAL, trial)
        if seen is None:
            return f"the trial {trial} is gone", ""
        anew = milliseconds(seen.created) > milliseconds(read_time(located.at))
        if anew and RESTORED_TAG not in (seen.tags or {}):
            return "", f"the trial {trial} was created anew after the delete"
        return "", ""

    def lost(self, edge: CutEdge) -> str:
        """Say why a component that was spared cannot have its edge back."""
        seen = self._look(Kind.COMPONENT, edge.name)
        if seen is None:
            return f"the component {edge.name} is gone"
        if seen.identity != edge.component:
            return f"the component {edge.name} was created anew since"
        return ""

    def _look(self, kind: Kind, name: str) -> Entity | None:
        key = (kind, name.lower())
        if key not in self._seen:
            try:
                self._seen[key] = self._looks.describe(kind, name).entity
            except Absent:
                self._seen[key] = None
        return self._seen[key]
