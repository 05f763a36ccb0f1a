"""Where each thing lies in the vault.

Under `v1/<account>/<region>/`:

| family    | key                                               | function         | written |
|-----------|---------------------------------------------------|------------------|---------|
| lease     | `lease/current`                                   | `lease_key`      | replaced |
| pause     | `pause/current`; all targets: `v1/pause/current`  | `pause_key`      | replaced |
| holds     | `holds/current`                                   | `holds_key`      | replaced |
| marks     | `marks/current`, a pointer                        | `marks_key`      | replaced |
| marks     | `marks/snapshots/<run>-<sha256>`                  | `snapshot_key`   | once |
| writes    | `writes/current`, what our own writes touched     | `writes_key`     | replaced |
| baseline  | `baseline/current`, of the inventory              | `baseline_key`   | replaced |
| baseline  | `baseline/accepted/<milliseconds>-<sha256>`       | `accepted_key`   | once |
| plans     | `plans/<digest>`                                  | `plan_key`       | once |
| planned   | `planned/<time>-<digest>`, that a plan was made   | `planned_key`    | once |
| approvals | `approvals/<digest>/<seq>-<event>`                | `approval_key`   | once |
| journal   | `journal/<run>/<seq>-<event>`                     | `journal_key`    | once |
| archive   | `archive/<run>/<unit>/<seq>-<sha256>.jsonl.zst`   | `archive_key`    | once |
| notices   | `notices/<notice>/text`                           | `notice_key`     | once |
| notices   | `notices/<notice>/accepted-<channel>`             | `acceptance_key` | once |
| reports   | `reports/<run>/<name>`                            | `report_key`     | once |
| reports   | `reports/<run>/index-<number>.jsonl.zst`          | `index_key`      | once |
| chain     | `chain/<number>`                                  | `chain_key`      | once |
| signatures | `signatures/<number>`, of a link of the chain    | `signature_key`  | once |
| retention | `retention/<run>/statement`                       | `retention_key`  | once |
| erasures  | `erasures/<erasure>/tombstone`                    | `tombstone_key`  | once |
| check     | `check/current`, a check's probe                  | `check_key`      | replaced |

Beside these stands `format/current`, by `format_key`: which versions may work on the vault at all.

Every variable part goes through `encoded`; numbers are padded, so that a listing is in their
order. `prefix` gives what to list.
"""

import hashlib
import re
from enum import StrEnum

from sagewarden.core.entities import Target
from sagewarden.errors import VaultError

LAYOUT = "v1"
"""First segment of each key: the version of this table."""

KEY_BYTES = 900
"""Longest key; S3 takes 1,024 bytes, the rest is for the vault's own prefix."""

SEGMENT_BYTES = 255
"""Longest segment: what file systems take as a name."""

SPELLED_OUT = 120
"""Encoded names up to this length stay legible; AWS's own names are never longer."""

_INDEX = "index-"

_SEGMENT = re.compile(r"[A-Za-z0-9._=-]+")
_PREFIX = re.compile(r"[A-Za-z0-9._=/-]*")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_UNIT = re.compile(r"=[0-9a-f]{2}|[^=]")


class Family(StrEnum):
    """The first segment after the target."""

    LEASE = "lease"
    PAUSE = "pause"
    HOLDS = "holds"
    MARKS = "marks"
    WRITES = "writes"
    BASELINE = "baseline"
    PLANS = "plans"
    PLANNED = "planned"
    APPROVALS = "approvals"
    JOURNAL = "journal"
    ARCHIVE = "archive"
    NOTICES = "notices"
    REPORTS = "reports"
    CHAIN = "chain"
    SIGNATURES = "signatures"
    RETENTION = "retention"
    ERASURES = "erasures"
    CHECK = "check"


REPLACED = frozenset(
    {
        *(Family.LEASE, Family.PAUSE, Family.HOLDS, Family.MARKS, Family.WRITES),
        *(Family.BASELINE, Family.CHECK),
    }
)
"""Families with an object that is written over, if unchanged; all others are written once."""


def encoded(name: str) -> str:
    """Spell any text as one segment: different texts differ, but for the case of letters.

    Lower case letters, digits, `.`, `_` and `-` stand for themselves, each other byte of the
    text's UTF-8 is `=` and two hex digits, and so is a dot in front. A spelling of more than
    120 characters is cut and ends in `=-` and the SHA-256 of the text.
    """
    lower = name.lower()
    spelled = "".join(letter if letter in _PLAIN else _escaped(letter) for letter in lower)
    if spelled.startswith("."):
        spelled = _escaped(".") + spelled[1:]
    if len(spelled) <= SPELLED_OUT:
        return spelled or "="
    shown = "".join(_UNIT.findall(spelled)[:40])
    return f"{shown}=-{hashlib.sha256(_bytes(lower)).hexdigest()}"


def checked(key: str) -> str:
    """Return the key; raise VaultError unless it is one (see the port)."""
    if not is_key(key):
        raise VaultError(f"not a key of the vault: {key!r}")
    return key


def is_key(key: str) -> bool:
    """Whether `checked` takes it; a bucket may hold objects of others."""
    return len(key) <= KEY_BYTES and all(_sound(segment) for segment in key.split("/"))


def checked_prefix(prefix: str) -> str:
    """Return the prefix; raise VaultError unless some key could start with it."""
    *whole, _ = prefix.split("/")
    if _PREFIX.fullmatch(prefix) is None or not all(_sound(segment) for segment in whole):
        raise VaultError(f"no key of the vault starts with {prefix!r}")
    return prefix


def prefix(target: Target, family: Family, *names: str) -> str:
    """Return what all keys of a family start with, down to the `names` given."""
    return _key(target, family, *map(encoded, names), "")


def target_prefix(target: Target) -> str:
    """Return what all keys of a target start with."""
    return _key(target, "")


def format_key() -> str:
    """The format of the whole vault: outside the layout, since a newer one may have another."""
    return "format/current"


def lease_key(target: Target) -> str:
    """Who works on the target now."""
    return _key(target, Family.LEASE, "current")


def pause_key(target: Target | None) -> str:
    """The pause switch of a target, or of everything in the vault."""
    if target is None:
        return f"{LAYOUT}/{Family.PAUSE}/current"
    return _key(target, Family.PAUSE, "current")


def holds_key(target: Target) -> str:
    """All holds of a target: one object, so that a look at them is one read."""
    return _key(target, Family.HOLDS, "current")


def marks_key(target: Target) -> str:
    """The pointer to the marks that count."""
    return _key(target, Family.MARKS, "current")


def snapshot_key(target: Target, run: str, sha256: str) -> str:
    """All marks as one run left them."""
    return _key(target, Family.MARKS, "snapshots", f"{encoded(run)}-{encoded(sha256)}")


def writes_key(target: Target) -> str:
    """Which entities live on after a write of ours, and when they had last changed before it."""
    return _key(target, Family.WRITES, "current")


def baseline_key(target: Target) -> str:
    """The inventory that the next one is compared with."""
    return _key(target, Family.BASELINE, "current")


def accepted_key(target: Target, at_ms: int, sha256: str) -> str:
    """A baseline that a person accepted, of an inventory that began then (ms since 1970 UTC)."""
    return _key(target, Family.BASELINE, "accepted", f"{_number(at_ms, 15)}-{encoded(sha256)}")


def plan_key(target: Target, digest: str) -> str:
    """One plan."""
    return _key(target, Family.PLANS, encoded(digest))


def planned_key(target: Target, made: str, digest: str) -> str:
    """That a plan was made at a time (UTC, spelled): a listing is in the order of times."""
    return _key(target, Family.PLANNED, f"{encoded(made)}-{encoded(digest)}")


def approval_key(target: Target, digest: str, sequence: int, event: str) -> str:
    """One event in the life of a plan's approval: given, spent, given again."""
    return _key(target, Family.APPROVALS, encoded(digest), f"{_number(sequence)}-{encoded(event)}")


def journal_key(target: Target, run: str, sequence: int, event: str) -> str:
    """One entry of a run's journal, such as an intent or its outcome."""
    return _key(target, Family.JOURNAL, encoded(run), f"{_number(sequence)}-{encoded(event)}")


def archive_key(target: Target, run: str, unit: str, sequence: int, sha256: str) -> str:
    """The archive of one bundle, named after its content: other bytes have another key."""
    last = f"{_number(sequence)}-{encoded(sha256)}.jsonl.zst"
    return _key(target, Family.ARCHIVE, encoded(run), encoded(unit), last)


def notice_key(target: Target, notice: str) -> str:
    """What owners were told."""
    return _key(target, Family.NOTICES, encoded(notice), "text")


def acceptance_key(target: Target, notice: str, channel: str) -> str:
    """That a channel took a notice."""
    return _key(target, Family.NOTICES, encoded(notice), f"accepted-{encoded(channel)}")


def report_key(target: Target, run: str, name: str) -> str:
    """One rendering of a run's report, such as `report.json`."""
    return _key(target, Family.REPORTS, encoded(run), encoded(name))


def index_key(target: Target, run: str, number: int) -> str:
    """One part of the index of what a run's archives hold."""
    return f"{index_prefix(target, run)}{_number(number, 5)}.jsonl.zst"


def index_prefix(target: Target, run: str) -> str:
    """What all parts of a run's index start with."""
    return f"{prefix(target, Family.REPORTS, run)}{_INDEX}"


def is_index(key: str) -> bool:
    """Whether it is a part of an index, among all that lies with a report."""
    return key.rpartition("/")[2].startswith(_INDEX)


def erasable(key: str) -> bool:
    """Whether an erasure may take it: an archive or a part of an index, and no other evidence."""
    family = family_of(key)
    return family == Family.ARCHIVE or (family == Family.REPORTS and is_index(key))


def chain_key(target: Target, number: int) -> str:
    """The manifest that is the chain's link of this number."""
    return _key(target, Family.CHAIN, _number(number, 12))


def check_key(target: Target) -> str:
    """What a check writes to see whether conditional writes are honoured."""
    return _key(target, Family.CHECK, "current")


def signature_key(target: Target, number: int) -> str:
    """The signature of the chain's link of this number."""
    return _key(target, Family.SIGNATURES, _number(number, 12))


def retention_key(target: Target, run: str) -> str:
    """For how long archives are kept from this run on."""
    return _key(target, Family.RETENTION, encoded(run), "statement")


def tombstone_key(target: Target, erasure: str) -> str:
    """What was erased from archives at a person's request."""
    return _key(target, Family.ERASURES, encoded(erasure), "tombstone")


def family_of(key: str) -> str:
    """Return a key's family, empty for what belongs to no target."""
    segments = key.split("/")
    return segments[3] if len(segments) > 4 else ""  # noqa: PLR2004 -- see the table


def written_once(key: str) -> bool:
    """Whether a target's object of this key is never written over."""
    return bool(family_of(key)) and not key.endswith("/current")


def sequence_of(key: str) -> int:
    """Return the number that a key's last segment starts with; ValueError when it has none."""
    return int(key.rpartition("/")[2].partition("-")[0])


def hash_in(key: str) -> str:
    """Return the hash that the name of an archive object promises."""
    return key.rpartition("-")[2].removesuffix(".jsonl.zst")


def _key(target: Target, *segments: str) -> str:
    return "/".join((LAYOUT, encoded(target.account), encoded(target.region), *segments))


def _number(number: int, width: int = 8) -> str:
    if not 0 <= number < 10**width:
        raise ValueError(f"a key's number has at most {width} digits and no sign: {number}")
    return f"{number:0{width}d}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _escaped(letter: str) -> str:
    return "".join(f"={byte:02x}" for byte in _bytes(letter))


def _sound(segment: str) -> bool:
    return (
        _SEGMENT.fullmatch(segment) is not None
        and segment not in {".", ".."}
        and len(segment) <= SEGMENT_BYTES
    )
