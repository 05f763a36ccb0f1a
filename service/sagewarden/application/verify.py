"""Verifies what the vault holds: journal, archives and chain are read back, never mended."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sagewarden.application.chain import recording
from sagewarden.application.documents import read_document
from sagewarden.application.hindsight import look_back
from sagewarden.application.index_check import IndexCheck
from sagewarden.application.keeping import GONE, Keeping, read_keeping
from sagewarden.application.ports import Bench
from sagewarden.application.ports.signing import Check
from sagewarden.application.reporting import reported_runs
from sagewarden.application.signing import Vouched, vouch
from sagewarden.application.walk import EVERYTHING, Finding, Reading, Walk, Walker
from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.canonical import sha256
from sagewarden.core.chain import Head
from sagewarden.core.evidence import archive_faults, holds_as_planned, outcome_faults
from sagewarden.core.journal import Intent, Settled
from sagewarden.core.keys import Family, encoded, hash_in, is_index, journal_key, prefix
from sagewarden.core.share import WHOLE, Share
from sagewarden.core.tags import TagIntent, TagsSettled
from sagewarden.errors import IntegrityError, UsageError, VaultError

UNANCHORED = (
    "unanchored: no head that was kept elsewhere was given (--expect-head), so links lost from the "
    "end of the chain may leave no trace"
)

ANCHORED = "anchored: the head that was expected is in the chain"

ASTRAY = (
    "not anchored: the head that was expected is not in the chain, so links were lost or replaced "
    "since it was kept, or it is of another vault or target"
)

T = TypeVar("T")


@dataclass(slots=True)
class Verification:
    """What was looked at and what is wrong with it.

    `bytes` counts what was read of archives, `entities` those held exactly as planned. `open`
    intents are of runs that have not reported: the next run settles them. `spare` archive objects
    are whole, but no intent names them: the run stopped before their bundle began. Archive objects
    that are `left` are there and were not read; `versions` are earlier ones that the vault keeps,
    and `blind` says why nobody could look at those.
    """

    runs: int = 0
    intents: int = 0
    outcomes: int = 0
    open: int = 0
    archives: int = 0
    spare: int = 0
    entities: int = 0
    bytes: int = 0
    left: int = 0
    gone: int = 0
    versions: int = 0
    blind: str = ""
    findings: list[Finding] = field(default_factory=list)
    chain: Walk | None = None
    vouched: Vouched = field(default_factory=Vouched)

    @property
    def sound(self) -> bool:
        """Whether everything that was looked at is as it was written."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Scope:
    """What is verified: all, or one `run` alone, without the chain.

    `expected` is a head of the chain that was kept elsewhere. Of archive objects a `share` is read,
    which the `salt` chooses; of the others only that they are there. Signatures are counted, and
    checked if there is what does. Archives may expire up to a time `until` (UTC).
    """

    run: str | None = None
    expected: Head | None = None
    share: Share = WHOLE
    salt: str = ""
    check: Check | None = None
    until: datetime | None = None


ALL = Scope()


def verify(bench: Bench, scope: Scope = ALL) -> Verification:
    """Verify every run on the target and the chain that joins them, or one run alone.

    It never stops at the first finding. Raise UsageError when the vault knows no such run,
    VaultError when it cannot be listed.
    """
    run = scope.run
    journal = _by_run(bench, Family.JOURNAL, run)
    archives = _by_run(bench, Family.ARCHIVE, run)
    reported = {each for each in reported_runs(bench) if run is None or each == encoded(run)}
    told = _by_run(bench, Family.REPORTS, run)
    runs = sorted({*journal, *archives, *reported})
    if run is not None and not runs:
        raise UsageError(f"the vault knows no run {run!r} of {bench.target}")
    bench, read = recording(bench)
    result = Verification(runs=len(runs))
    reading = _reading(bench, scope)
    walker = Walker(bench, read, reading, scope.until)
    keeping = walker.keeping() if run is None else read_keeping(bench, scope.until)
    lawful = keeping.lawful()
    for number, each in enumerate(runs, 1):
        known = _Known(each in reported, reading, keeping, lawful.get(each, frozenset()))
        _RunVerifier(bench, result, known).verify(
            journal.get(each, ()), archives.get(each, ()), told.get(each, ())
        )
        bench.progress("verifying", number, len(runs))
    if run is None:
        result.chain = walker.walk(scope.expected)
        result.findings += result.chain.findings
        result.vouched = vouch(bench, scope.check, result.chain.head)
        result.findings += result.vouched.findings
        seen = look_back(bench, keeping)
        result.findings += seen.findings
        result.versions, result.blind = seen.versions, seen.blind
    return result


def _reading(bench: Bench, scope: Scope) -> Reading:
    """Choose the archive objects that are read."""
    if scope.share.whole:
        return EVERYTHING
    sizes = list(bench.vault.sizes(prefix(bench.target, Family.ARCHIVE)))
    return Reading(scope.share.chosen(sizes, scope.salt), frozenset(key for key, _ in sizes))


def _by_run(bench: Bench, family: Family, run: str | None) -> Mapping[str, list[str]]:
    start = prefix(bench.target, family)
    found: dict[str, list[str]] = defaultdict(list)
    for key in bench.vault.list(prefix(bench.target, family, *(() if run is None else (run,)))):
        found[key[len(start) :].split("/")[0]].append(key)
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known before a run's objects are read."""

    reported: bool
    reading: Reading
    keeping: Keeping
    lawful: frozenset[str]


class _RunVerifier:
    """Adds to the result what one run's objects show."""

    def __init__(self, bench: Bench, result: Verification, known: _Known) -> None:
        self._bench = bench
        self._result = result
        self._reported = known.reported
        self._reading = known.reading
        self._keeping = known.keeping
        self._lawful = known.lawful
        self._index = IndexCheck(bench, self._find)

    def verify(self, journal: Iterable[str], archives: Iterable[str], told: Iterable[str]) -> None:
        """Verify bundle by bundle, then the archive objects that no intent names.

        What is `told` with the run's report has an index of its archives: it has to fit those that
        are read.
        """
        self._index.read(key for key in told if is_index(key) and key not in self._keeping.erased)
        bundles: dict[str, dict[str, str]] = defaultdict(dict)
        for key in journal:
            stem, _, event = key.rpartition("-")
            bundles[stem][event] = key
        named: set[str] = set()
        for events in bundles.values():
            if "tagging" in events:
                self._tags(events)
                continue
            intent = self._intent(events)
            if intent is not None:
                named.add(intent.archive_key)
                self._outcome(events, intent)
                self._archive_of(intent)
        followers = self._keeping.successors
        for key in sorted(set(archives) & followers.keys()):
            self._archive(key, followers[key])
        for key in sorted(set(archives) - named - followers.keys()):
            self._result.spare += self._archive(key, hash_in(key)) is not None
        self._index.end({*archives, *self._lawful})

    def _intent(self, events: Mapping[str, str]) -> Intent | None:
        if "intent" not in events:
            for key in events.values():
                self._find(key, "there is no intent that it could belong to")
            return None
        key = events["intent"]
        intent = self._read(key, lambda: Intent.read(read_document(self._bench.vault, key)))
        if intent is None:
            return None
        self._result.intents += 1
        filed = self._read(
            key, lambda: journal_key(self._bench.target, intent.run, intent.sequence, "intent")
        )
        if filed is not None and filed != key:
            self._find(key, f"it belongs to bundle {intent.sequence} of run {intent.run}")
        return intent

    def _tags(self, events: Mapping[str, str]) -> None:
        """Verify a batch of tags: its intent, and the outcome of each of its steps."""
        key = events["tagging"]
        intent = self._read(key, lambda: TagIntent.read(read_document(self._bench.vault, key)))
        closed = events.get("tagged")
        if intent is None:
            return
        self._result.intents += 1
        if closed is None:
            self._missing(key)
            return
        settled = self._read(
            closed, lambda: TagsSettled.read(read_document(self._bench.vault, closed))
        )
        if settled is not None:
            self._result.outcomes += 1
            told = sorted(outcome.step for outcome in settled.outcomes)
            if told != sorted(intent.steps):
                self._find(closed, "its outcomes are not those of its intent's steps")

    def _missing(self, key: str) -> None:
        """Count an intent without an outcome: open, unless its run has told how it ended."""
        if self._reported:
            self._find(key, "it has no outcome, though its run has reported")
        else:
            self._result.open += 1

    def _outcome(self, events: Mapping[str, str], intent: Intent) -> None:
        key = events.get("outcome")
        if key is None:
            self._missing(events["intent"])
            return
        settled = self._read(key, lambda: Settled.read(read_document(self._bench.vault, key)))
        if settled is not None:
            self._result.outcomes += 1
            self._find(key, *outcome_faults(settled, intent))

    def _archive_of(self, intent: Intent) -> None:
        archive = self._archive(intent.archive_key, intent.archive_sha256)
        if archive is not None:
            self._find(archive.key, *archive_faults(archive, intent))
            self._result.entities += sum(
                holds_as_planned(archive, planned) for planned in intent.entities
            )

    def _archive(self, key: str, expected: str) -> VerifiedArchive | None:
        if self._reading.leaves(key):
            self._result.left += 1
            return None
        body = self._read(key, lambda: self._body(key))
        if body is None:
            return None
        self._result.archives += 1
        self._result.bytes += len(body)
        if sha256(body) != expected:
            self._find(
                key, f"its bytes have the hash {sha256(body)}, they were written with {expected}"
            )
            return None
        archive = self._read(
            key, lambda: VerifiedArchive(key, expected, body, self._bench.codec.lines(body))
        )
        if archive is not None:
            self._index.compare(archive)
        return archive

    def _body(self, key: str) -> bytes | None:
        """Read an archive object; None when it may be gone, and is."""
        try:
            return self._bench.vault.get(key).body
        except GONE:
            if self._keeping.excuse(key) is None:
                raise
            self._result.gone += 1
            return None

    def _read(self, key: str, read: Callable[[], T]) -> T | None:
        """Read something, or note why it cannot be read and go on."""
        try:
            return read()
        except (VaultError, IntegrityError) as error:
            self._find(key, error.message)
        except (TypeError, ValueError) as error:
            self._find(key, f"it is not what we write: {error}")
        return None

    def _find(self, key: str, *wrong: str) -> None:
        for each in wrong:
            self._result.findings.append(Finding(key, each))
            self._bench.events("verify.finding", key=key, wrong=each)
