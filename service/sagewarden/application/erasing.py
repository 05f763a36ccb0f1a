"""Erases a person's entities from archives, and leaves the chain as it was.

Nothing is written over: what an archive holds of others is written anew, a tombstone names the old
object, its hash and the new one, and a link of the chain names both. The old object is then for
somebody with that right to delete.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sagewarden.application.archiving import read_back
from sagewarden.application.chain import extend_chain, recording
from sagewarden.application.keeping import Keeping, read_keeping
from sagewarden.application.ports import Bench
from sagewarden.application.ports.erasing import Copies, Copy
from sagewarden.core.archive import ArchiveHeader, ArchiveRecord, VerifiedArchive
from sagewarden.core.canonical import digest, sha256, spell_time
from sagewarden.core.chain import Head
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.erasure import ErasedObject, Tombstone
from sagewarden.core.globs import matcher
from sagewarden.core.keys import (
    Family,
    archive_key,
    family_of,
    hash_in,
    is_index,
    prefix,
    tombstone_key,
)
from sagewarden.errors import UsageError, VaultError


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be erased: all that fits any of these.

    `names` are globs, any case. `owner` is what one of the tags `owner_keys` says, or else who
    created it; `creator` who created it, and is taken off what they changed last.
    """

    names: tuple[str, ...] = ()
    owner: str | None = None
    creator: str | None = None
    owner_keys: tuple[str, ...] = ("owner",)

    def fits(self, record: ArchiveRecord) -> bool:
        """Whether an entity is to be erased."""
        creator = _profile(record, "CreatedBy")
        tags = (record.tags[key] for key in self.owner_keys if record.tags.get(key, "").strip())
        return (
            any(matcher(name, fold=True)(record.identity.name) for name in self.names)
            or (self.owner is not None and self.owner == next(tags, creator))
            or (self.creator is not None and self.creator == creator)
        )

    def without(self, record: ArchiveRecord) -> ArchiveRecord:
        """Return an entity of somebody else without the person who changed it last."""
        if self.creator is None or _profile(record, "LastModifiedBy") != self.creator:
            return record
        kept = {key: value for key, value in record.described.items() if key != "LastModifiedBy"}
        return replace(record, described=kept)


def _profile(record: ArchiveRecord, member: str) -> Any:
    return (record.described.get(member) or {}).get("UserProfileName")


@dataclass(frozen=True, slots=True)
class Doomed:
    """An object that is to be erased: what of it goes, and how many entities are written anew."""

    key: str
    sha256: str
    entities: tuple[Identity, ...] = ()
    kept: int = 0


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would do; `digest` names exactly that."""

    request: Request
    objects: tuple[Doomed, ...]

    @property
    def digest(self) -> str:
        """The same objects and entities give the same one."""
        return digest([[each.key, each.sha256, sorted(each.entities)] for each in self.objects])

    @property
    def entities(self) -> tuple[Identity, ...]:
        """Everything that goes; of two lives of a name both."""
        return tuple(sorted({who for each in self.objects for who in each.entities}))


def plan_erasure(bench: Bench, request: Request) -> ErasurePlan:
    """Read every archive, and find what of it would be erased.

    Raise UsageError when one of them is in no link yet, IntegrityError when one is not whole.
    """
    keeping = read_keeping(bench, always=True)
    keys = [
        key
        for key in bench.vault.list(prefix(bench.target, Family.ARCHIVE))
        if key not in keeping.erased
    ]
    found: list[Doomed] = []
    for number, key in enumerate(keys, 1):
        archive = read_back(bench, key, hash_in(key))
        records = [archive.record(each) for each in archive.identities]
        gone = tuple(each.identity for each in records if request.fits(each))
        if gone or any(request.without(each) is not each for each in records):
            found.append(Doomed(key, archive.sha256, gone, len(records) - len(gone)))
        bench.progress("reading archives", number, len(keys))
    _check_linked(keeping, found)
    return ErasurePlan(request, (*found, *_indexes(keeping, found)))


def _check_linked(keeping: Keeping, found: list[Doomed]) -> None:
    for each in found:
        if each.key not in keeping.named:
            raise UsageError(
                f"no link of the chain names {each.key} yet, so nothing was erased",
                advice="The next run's link names it: `sagewarden sweep`, then ask again.",
            )


def _indexes(keeping: Keeping, found: list[Doomed]) -> Iterator[Doomed]:
    """Yield what lists the entities of these archives beside their runs' reports."""
    runs = {each.key.split("/")[4] for each in found}
    for key, (known, _) in keeping.named.items():
        parts = key.split("/")
        index = family_of(key) == Family.REPORTS and is_index(key)
        if index and parts[4] in runs and key not in keeping.erased:
            yield Doomed(key, known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An erasure by its name: who asks for it, as STS says, and why."""

    erasure: str
    by: str
    reason: str


def erase(bench: Bench, plan: ErasurePlan, order: Order) -> tuple[Tombstone, Head]:
    """Write what is kept anew, then the tombstone, then a link; the target's lease is held.

    Raise VaultError or IntegrityError when it could not: without its link nothing counts.
    """
    bench, recorded = recording(bench)
    told = tuple(
        _succeeded(bench, plan.request, each, order.erasure, number)
        for number, each in enumerate(plan.objects, 1)
    )
    tombstone = Tombstone(
        account=bench.target.account,
        region=bench.target.region,
        erasure=order.erasure,
        at=spell_time(bench.looks.now()),
        by=order.by,
        reason=order.reason,
        objects=told,
    )
    bench.vault.create(tombstone_key(bench.target, order.erasure), tombstone.body())
    head = extend_chain(bench, recorded, order.erasure)
    bench.events("archive.erased", erasure=order.erasure, objects=len(told), link=head.number)
    return tombstone, head


def _succeeded(
    bench: Bench, request: Request, doomed: Doomed, erasure: str, number: int
) -> ErasedObject:
    gone = len(doomed.entities)
    if not doomed.kept:
        return ErasedObject(key=doomed.key, sha256=doomed.sha256, entities=gone, kept=0)
    body = bench.vault.get(doomed.key).body
    lines = bench.codec.lines(body)
    archive = VerifiedArchive(doomed.key, doomed.sha256, body, lines)
    kept = [archive.record(each) for each in archive.identities if each not in doomed.entities]
    new = bench.codec.archive(_header(lines[0], kept), [request.without(each) for each in kept])
    key = archive_key(bench.target, erasure, "successors", number, sha256(new))
    bench.vault.create(key, new)
    read_back(bench, key, sha256(new))
    return ErasedObject(
        key=doomed.key,
        sha256=doomed.sha256,
        successor=key,
        successor_sha256=sha256(new),
        entities=gone,
        kept=len(kept),
    )


def _header(line: Mapping[str, Any], kept: list[ArchiveRecord]) -> ArchiveHeader:
    """Return the old header with new counts: whose archive it was stays told."""
    told = {name: line[name] for name in ("target", "run", "plan", "unit", "written")}
    kinds = [each.identity.kind for each in kept]
    return ArchiveHeader(**told, counts={str(kind): kinds.count(kind) for kind in Kind})


@dataclass(frozen=True, slots=True)
class Remaining:
    """A copy of an erased object that is there still; `refused` says why it was not removed."""

    copy: Copy
    refused: str = ""


def remaining(bench: Bench, copies: Copies, *, remove: bool) -> tuple[Remaining, ...]:
    """Return every copy that is left of erased objects, after having removed what can be removed.

    Only what a tombstone in the chain names is touched, and only if it has its hash.
    """
    left: list[Remaining] = []
    for key in sorted(read_keeping(bench).erased):
        for copy in copies.of(key):
            refused = _removed(copies, copy) if remove else ""
            if refused is not None:
                left.append(Remaining(copy, refused))
    return tuple(left)


def _removed(copies: Copies, copy: Copy) -> str | None:
    """Remove a copy; return why not, None when it is gone."""
    try:
        copies.remove(copy)
    except VaultError as error:
        return error.message
    return None
