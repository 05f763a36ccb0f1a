"""What earlier versions and delete markers tell of objects that are written once."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sagewarden.application.keeping import Keeping
from sagewarden.application.ports import Bench
from sagewarden.application.ports.vault import Past
from sagewarden.application.walk import Finding
from sagewarden.core.keys import target_prefix, written_once
from sagewarden.errors import VaultError


@dataclass(frozen=True, slots=True)
class Hindsight:
    """How many earlier versions and markers there are, and what is wrong about some.

    `blind` says why nobody could look.
    """

    versions: int = 0
    findings: tuple[Finding, ...] = ()
    blind: str = ""


NOTHING_GOES = Keeping()


def look_back(bench: Bench, keeping: Keeping = NOTHING_GOES) -> Hindsight:
    """Find what was written over, hidden or put back of what is written once.

    A marker may hide what has expired or was erased, as the chain says.
    """
    kept: dict[str, list[Past]] = defaultdict(list)
    versions = 0
    try:
        for past in bench.vault.history(target_prefix(bench.target)):
            versions += 1
            if written_once(past.key):
                kept[past.key].append(past)
    except VaultError as error:
        return Hindsight(blind=error.message)
    found = [
        Finding(key, wrong)
        for key in sorted(kept)
        for wrong in _told(kept[key], excused=keeping.excuse(key) is not None)
    ]
    for each in found:
        bench.events("verify.finding", key=each.key, wrong=each.wrong)
    return Hindsight(versions, tuple(found))


def _told(pasts: list[Past], *, excused: bool) -> Iterator[str]:
    markers = [past for past in pasts if past.marker]
    earlier = len(pasts) - len(markers)
    if any(past.hides for past in markers):
        if not excused:
            yield "a delete marker hides it: remove the marker, and find out who set it"
        earlier -= 1
    elif markers:
        yield "it was deleted and put back"
    if earlier > 0:
        yield f"it was written over; earlier versions that are kept: {earlier}"
