"""The journal in the vault: each bundle's intent before its first effect, then its outcome."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sagewarden.application.documents import create_document, create_once, read_document
from sagewarden.application.ports.vault import Vault
from sagewarden.core.canonical import sha256
from sagewarden.core.deletion import DurableIntent
from sagewarden.core.entities import Identity, Target
from sagewarden.core.journal import Intent, Settled
from sagewarden.core.keys import Family, journal_key, prefix
from sagewarden.core.tags import DurableTags, TagIntent, TagsSettled
from sagewarden.errors import VaultExists


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one bundle stands: its intent, whether an undo has begun, its outcome if any."""

    intent: Intent
    key: str
    undoing: bool
    settled: Settled | None


@dataclass(frozen=True, slots=True)
class TagEntry:
    """Where one batch of tags stands: its intent, and its outcome if any."""

    intent: TagIntent
    settled: TagsSettled | None


INTENTS: Mapping[str, str] = {"intent": "outcome", "tagging": "tagged"}
"""Events that open an entry, of a bundle and of a batch of tags, and those that close it."""


class Journal:
    """All runs' intents and outcomes on one target."""

    def __init__(self, vault: Vault, target: Target) -> None:
        self._vault = vault
        self._target = target

    def intend(self, intent: Intent) -> DurableIntent:
        """Make an intent durable; only then may its effects begin."""
        key = journal_key(self._target, intent.run, intent.sequence, "intent")
        body = create_document(self._vault, key, intent.spelled())
        return DurableIntent(key, sha256(body), frozenset(intent.steps))

    def intend_tags(self, intent: TagIntent) -> DurableTags:
        """Make an intent of tags durable; only then may they be written."""
        key = journal_key(self._target, intent.run, intent.sequence, "tagging")
        body = create_document(self._vault, key, intent.spelled())
        return DurableTags(key, sha256(body), frozenset(intent.steps))

    def begin_undo(self, intent: Intent, trials: Iterable[tuple[Identity, str]], at: str) -> None:
        """Make it durable that these edges are about to be put back: no way forward from here."""
        content = {"edges": [[str(who.kind), who.name, trial] for who, trial in trials], "at": at}
        create_once(
            self._vault, journal_key(self._target, intent.run, intent.sequence, "undo"), content
        )

    def settle(self, settled: Settled) -> None:
        """Write a bundle's outcomes, once."""
        key = journal_key(self._target, settled.run, settled.sequence, "outcome")
        try:
            create_document(self._vault, key, settled.spelled())
        except VaultExists:
            return

    def settle_tags(self, settled: TagsSettled) -> None:
        """Write the outcomes of a batch of tags, once."""
        key = journal_key(self._target, settled.run, settled.sequence, "tagged")
        create_once(self._vault, key, settled.spelled())

    def tag_entries(self, run: str) -> Iterator[TagEntry]:
        """Yield a run's batches of tags in order."""
        keys = set(self._vault.list(prefix(self._target, Family.JOURNAL, run)))
        for key in sorted(key for key in keys if key.endswith("-tagging")):
            closed = key.removesuffix("tagging") + "tagged"
            yield TagEntry(
                TagIntent.read(read_document(self._vault, key)),
                TagsSettled.read(read_document(self._vault, closed)) if closed in keys else None,
            )

    def entries(self, run: str) -> Iterator[Entry]:
        """Yield a run's bundles in order."""
        keys = set(self._vault.list(prefix(self._target, Family.JOURNAL, run)))
        for key in sorted(key for key in keys if key.endswith("-intent")):
            stem = key.removesuffix("intent")
            outcome = stem + "outcome"
            settled = Settled.read(read_document(self._vault, outcome)) if outcome in keys else None
            yield Entry(
                intent=Intent.read(read_document(self._vault, key)),
                key=key,
                undoing=stem + "undo" in keys,
                settled=settled,
            )

    def unsettled(self) -> dict[str, bool]:
        """Return every run that has journal entries, and whether an intent of it is open."""
        start = prefix(self._target, Family.JOURNAL)
        events: dict[str, set[str]] = {}
        for key in self._vault.list(start):
            events.setdefault(key[len(start) :].split("/")[0], set()).add(key)
        return {run: _has_open(keys) for run, keys in events.items()}

    def open_plans(self) -> list[str]:
        """Return the digest of each plan that has open intents."""
        entries = (
            entry
            for run, is_open in self.unsettled().items()
            if is_open
            for entry in self.entries(run)
        )
        return sorted({entry.intent.plan for entry in entries if entry.settled is None})

    def durable(self, entry: Entry) -> DurableIntent:
        """Return the evidence of an intent that an earlier process made durable."""
        body = self._vault.get(entry.key).body
        return DurableIntent(entry.key, sha256(body), frozenset(entry.intent.steps))


def _has_open(keys: set[str]) -> bool:
    parted = [key.rpartition("-") for key in keys]
    opened = [(stem, INTENTS[event]) for stem, _, event in parted if event in INTENTS]
    return any(f"{stem}-{closing}" not in keys for stem, closing in opened)
