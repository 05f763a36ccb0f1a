"""Ends each run with a link of the chain: a manifest of every object that the run wrote."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from sagewarden.application.documents import create_document, parse
from sagewarden.application.ports import Bench
from sagewarden.application.ports.vault import Past, Stored, Vault
from sagewarden.core.canonical import sha256, spell_time
from sagewarden.core.chain import Head, Manifest
from sagewarden.core.keys import (
    Family,
    chain_key,
    encoded,
    family_of,
    prefix,
    report_key,
    sequence_of,
    written_once,
)
from sagewarden.errors import IntegrityError, VaultAbsent, VaultExists

CHAINED_NAME = "chained.json"
"""Beside a run's report: which link of the chain names what the run wrote."""

OF_RUNS = (Family.JOURNAL, Family.ARCHIVE, Family.REPORTS)
"""Families whose keys say which run wrote them."""

RELIED_ON = frozenset({Family.PLANS, Family.APPROVALS})
"""Families that commands write to between runs: a run names those that it read."""

ATTEMPTS = 5
"""How often a link is tried when another worker takes its number."""


class Recorded:
    """A vault that remembers the hash of what passed through it, if it is written once.

    `wrote` maps the keys of what was to be written to hashes, None where only the vault can tell:
    it had such an object already, or its answer got lost. `read` maps those of what was read.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.wrote: dict[str, str | None] = {}
        self.read: dict[str, str] = {}

    @property
    def address(self) -> str:
        """Where it is, for people."""
        return self._vault.address

    def create(self, key: str, body: bytes) -> str:
        """Write a new object, and remember it."""
        if not written_once(key):
            return self._vault.create(key, body)
        self.wrote[key] = None
        version = self._vault.create(key, body)
        self.wrote[key] = sha256(body)
        return version

    def replace(self, key: str, body: bytes, expected: str) -> str:
        """Write over an object; no manifest names what changes."""
        return self._vault.replace(key, body, expected)

    def get(self, key: str) -> Stored:
        """Read an object, and remember it."""
        found = self._vault.get(key)
        if written_once(key):
            self.read[key] = sha256(found.body)
        return found

    def list(self, prefix: str) -> Iterator[str]:
        """List as the vault does."""
        return self._vault.list(prefix)

    def history(self, prefix: str) -> Iterator[Past]:
        """Yield earlier versions as the vault does."""
        return self._vault.history(prefix)

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Measure as the vault does."""
        return self._vault.sizes(prefix)

    def hash_of(self, key: str) -> str:
        """Return the hash of an object; read it, unless it was read or written before."""
        return self.wrote.get(key) or self.read.get(key) or sha256(self._vault.get(key).body)


def recording(bench: Bench) -> tuple[Bench, Recorded]:
    """Return a bench whose vault remembers, and that vault."""
    vault = Recorded(bench.vault)
    return replace(bench, vault=vault), vault


def extend_chain(bench: Bench, recorded: Recorded, run: str) -> Head:
    """Write the link that names what this run wrote, and what runs wrote that died before theirs.

    Raise VaultError when it cannot be written: the next run's link names all of it then.
    """
    adopted = tuple(sorted({*unchained_runs(bench)} - {encoded(run)}))
    first = Manifest(
        account=bench.target.account,
        region=bench.target.region,
        run=encoded(run),
        adopted=adopted,
        at=spell_time(bench.looks.now()),
        objects=_objects(bench, recorded, (encoded(run), *adopted)),
    )
    manifest = _created(bench, first)
    head = manifest.head()
    for each in manifest.runs:
        _note_link(bench, each, head)
    return head


def _created(bench: Bench, first: Manifest) -> Manifest:
    """Write a manifest behind the newest link, whoever writes links at the same time."""
    for left in reversed(range(ATTEMPTS)):
        manifest = first.after(newest(bench))
        try:
            bench.vault.create(chain_key(bench.target, manifest.number), manifest.body())
        except VaultExists:
            if not left:
                raise
        else:
            return manifest
    raise AssertionError("the last attempt returns or raises")  # pragma: no cover


def _note_link(bench: Bench, run: str, head: Head) -> None:
    try:
        create_document(bench.vault, report_key(bench.target, run, CHAINED_NAME), noted(head))
    except VaultExists:
        bench.events("chain.noted-before", named_run=run, link=head.number)


def noted(head: Head) -> dict[str, str]:
    """Return what lies beside the report of a run that this link names."""
    return {"link": str(head)}


def newest(bench: Bench) -> Head | None:
    """Return the chain's head, None before its first link; raise IntegrityError if it is broken."""
    keys = list(bench.vault.list(prefix(bench.target, Family.CHAIN)))
    if not keys:
        return None
    body = bench.vault.get(keys[-1]).body
    return Head(sequence_of(keys[-1]), sha256(body))


def read_link(key: str, stored: Stored) -> Manifest:
    """Read a link; raise IntegrityError when it is not one."""
    try:
        return Manifest.read(parse(key, stored), stored.body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"{key} in the vault is no link of the chain: {error}") from error


def unchained_runs(bench: Bench) -> set[str]:
    """Return every run that reported, or was reported of, and that no link names yet."""
    told, chained = _told(bench)
    return told - chained


def chained_runs(bench: Bench) -> set[str]:
    """Return every run beside whose report a link is noted."""
    return _told(bench)[1]


def _told(bench: Bench) -> tuple[set[str], set[str]]:
    start = prefix(bench.target, Family.REPORTS)
    keys = [key[len(start) :].partition("/") for key in bench.vault.list(start)]
    return {run for run, _, _ in keys}, {run for run, _, name in keys if name == CHAINED_NAME}


def _objects(bench: Bench, recorded: Recorded, runs: tuple[str, ...]) -> dict[str, str]:
    """Return the hash of everything that these runs wrote, and of what this one relied on."""
    relied = (key for key in recorded.read if family_of(key) in RELIED_ON)
    stated = (f"{prefix(bench.target, Family.RETENTION)}{run}/statement" for run in runs[1:])
    found: dict[str, str] = {}
    for key in sorted({*recorded.wrote, *relied, *stated, *keys_of(bench, runs)}):
        with suppress(VaultAbsent):  # what was sent and never arrived
            found[key] = recorded.hash_of(key)
    return found


def keys_of(bench: Bench, runs: Iterable[str]) -> Iterator[str]:
    """Yield the key of every object of these runs, but for the notes of their links."""
    for run in runs:
        for family in OF_RUNS:
            for key in bench.vault.list(f"{prefix(bench.target, family)}{run}/"):
                if key != report_key(bench.target, run, CHAINED_NAME):
                    yield key
