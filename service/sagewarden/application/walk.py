"""Walks the chain: every link, every object that a link names, and what no link names."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sagewarden.application.chain import (
    CHAINED_NAME,
    Recorded,
    chained_runs,
    keys_of,
    noted,
    read_link,
    unchained_runs,
)
from sagewarden.application.keeping import GONE, Excuse, Keeping
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import canonical, sha256
from sagewarden.core.chain import Head, link_faults
from sagewarden.core.keys import Family, chain_key, prefix, report_key, sequence_of
from sagewarden.errors import IntegrityError, VaultError


@dataclass(frozen=True, slots=True)
class Finding:
    """One object of the vault, by key, and what is wrong with it."""

    key: str
    wrong: str


@dataclass(slots=True)
class Walk:
    """What the chain says. `broken` is the number of the first link that is not as it must be.

    `unchained` runs have reported, and no link names them yet: the next run's will. It is
    `anchored` when a head that was kept elsewhere is one of its links. Of the objects that links
    name, `expired` and `erased` ones are lawfully gone, and `remaining` ones are erased and there
    still.
    """

    links: int = 0
    objects: int = 0
    unchained: int = 0
    broken: int | None = None
    head: Head | None = None
    anchored: bool = False
    expired: int = 0
    erased: int = 0
    remaining: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """Which archive objects are read; of the others it counts that they are there.

    `chosen` is None for all; `there` are all that the vault lists.
    """

    chosen: frozenset[str] | None = None
    there: frozenset[str] = frozenset()

    def leaves(self, key: str) -> bool:
        """Whether an object is there and not to be read."""
        return self.chosen is not None and key not in self.chosen and key in self.there


EVERYTHING = Reading()


def walk_chain(
    bench: Bench, read: Recorded, expected: Head | None = None, reading: Reading = EVERYTHING
) -> Walk:
    """Walk a target's whole chain; what `read` has seen already is not read again.

    Raise VaultError when the vault cannot be listed.
    """
    return Walker(bench, read, reading).walk(expected)


class Walker:
    """Walks in two steps: the links first, which say what may be gone, then what they name."""

    def __init__(
        self,
        bench: Bench,
        read: Recorded,
        reading: Reading = EVERYTHING,
        until: datetime | None = None,
    ) -> None:
        """Things expire up to a time `until` (UTC); without one none does."""
        self._bench = bench
        self._read = read
        self._reading = reading
        self._walk = Walk()
        self._keeping = Keeping(until)
        self._named: dict[str, str] = {}
        self._links: defaultdict[str, list[Head]] = defaultdict(list)
        self._found: dict[int, Head] | None = None

    def keeping(self) -> Keeping:
        """Read every link; return what they say may be gone."""
        self._found = self._heads()
        return self._keeping

    def walk(self, expected: Head | None) -> Walk:
        """Read what links name, and find what none names; read the links, unless that was done."""
        if self._found is None:
            self.keeping()
        heads, walk = self._found or {}, self._walk
        walk.links, walk.objects = len(heads), len(self._named)
        walk.head = heads[max(heads)] if heads else None
        for key, known in self._named.items():
            self._object(key, known)
        for key in keys_of(self._bench, sorted(self._links)):
            if key not in self._named:
                self._find(key, "no link of the chain names it, though one names its run")
        noted_runs = chained_runs(self._bench)
        for run in sorted(noted_runs):
            self._note(run)
        for run in sorted(self._links.keys() - noted_runs):
            self._check_last(run)
        walk.unchained = len(unchained_runs(self._bench))
        if expected is not None:
            self._anchor(heads, expected)
        return walk

    def _heads(self) -> dict[int, Head]:
        """Read link after link; return the head that each one makes, by number."""
        heads: dict[int, Head] = {}
        wanted = 1
        for key in self._bench.vault.list(prefix(self._bench.target, Family.CHAIN)):
            number = self._number(key)
            if number is None:
                self._find(key, "it is no link, and lies among the links of the chain")
                continue
            if number > wanted:
                missing = chain_key(self._bench.target, wanted)
                self._break(wanted, missing, f"links from {wanted} to {number - 1} are missing")
            heads[number] = self._link(key, number, heads.get(number - 1))
            wanted = number + 1
        return heads

    def _number(self, key: str) -> int | None:
        try:
            number = sequence_of(key)
            return number if number and chain_key(self._bench.target, number) == key else None
        except ValueError:
            return None

    def _link(self, key: str, number: int, before: Head | None) -> Head:
        try:
            stored = self._bench.vault.get(key)
            manifest = read_link(key, stored)
        except (VaultError, IntegrityError) as error:
            self._break(number, key, error.message)
            return Head(number, "")
        for wrong in link_faults(manifest, number, before, self._bench.target):
            self._break(number, key, wrong)
        head = Head(number, sha256(stored.body))
        for run in manifest.runs:
            self._links[run].append(head)
        for named, known in manifest.objects.items():
            if self._named.setdefault(named, known) != known:
                self._break(number, key, f"it names {named} with another hash than before")
        self._keeping.add(self._bench, manifest)
        return head

    def _object(self, key: str, known: str) -> None:
        excuse = self._keeping.excuse(key)
        if self._reading.leaves(key):
            self._remains(key, excuse)
            return
        try:
            found = self._read.hash_of(key)
        except VaultError as error:
            if excuse is None or not isinstance(error, GONE):
                self._find(key, error.message)
            elif excuse is Excuse.EXPIRED:
                self._walk.expired += 1
            else:
                self._walk.erased += 1
            return
        self._remains(key, excuse)
        if found != known:
            self._find(key, f"its bytes have the hash {found}, the chain names it with {known}")

    def _remains(self, key: str, excuse: Excuse | None) -> None:
        if excuse is Excuse.ERASED:
            self._walk.remaining.append(key)

    def _note(self, run: str) -> None:
        """What lies beside a run's report must be a link that names the run."""
        key = report_key(self._bench.target, run, CHAINED_NAME)
        try:
            body = self._bench.vault.get(key).body
        except VaultError as error:
            self._find(key, error.message)
            return
        if body not in [canonical(noted(head)) for head in self._links[run]]:
            self._find(key, "the link that it names is not in the chain, or not of this run")

    def _check_last(self, run: str) -> None:
        """A run may end between its link and the note of it, but the next link names it again."""
        head = self._walk.head
        if head is not None and self._links[run][-1].number < head.number:
            key = report_key(self._bench.target, run, CHAINED_NAME)
            self._find(key, "it is missing, though a later run has its link")

    def _anchor(self, heads: dict[int, Head], expected: Head) -> None:
        found = heads.get(expected.number)
        self._walk.anchored = found == expected
        key = chain_key(self._bench.target, expected.number)
        if found is None:
            self._break(expected.number, key, "the head that was expected is not in the chain")
        elif found != expected:
            self._break(expected.number, key, "it is not the head that was expected")

    def _break(self, number: int, key: str, wrong: str) -> None:
        self._walk.broken = min(number, self._walk.broken or number)
        self._find(key, wrong)

    def _find(self, key: str, wrong: str) -> None:
        self._walk.findings.append(Finding(key, wrong))
        self._bench.events("verify.finding", key=key, wrong=wrong)
