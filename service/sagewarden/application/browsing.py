"""Looks through what was deleted and archived, without AWS: what a person asks the vault for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sagewarden.application.archives import Located, deleted
from sagewarden.application.indexing import Contents
from sagewarden.application.kept import fetch
from sagewarden.application.ports import Bench
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.archive_index import whose
from sagewarden.core.canonical import read_time
from sagewarden.core.entities import Kind
from sagewarden.core.globs import matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for; what is None or empty asks for nothing in particular.

    `name` is a glob, any case. Deleted at or after `since` and before `until` (UTC). `owner` is
    what one of the tags `owner_keys` says, or who created it, as they were archived.
    """

    name: str = "*"
    kind: Kind | None = None
    run: str | None = None
    policy: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    owner: str | None = None
    owner_keys: tuple[str, ...] = ("owner",)


def browse(bench: Bench, wanted: Wanted) -> Iterator[Located]:
    """Yield what was deleted and fits, newest first.

    An owner is looked up in the indexes of runs; where there is none, in the archives themselves,
    each read once: raise IntegrityError when one of these is not as it was written.
    """
    names = matcher(wanted.name, fold=True)
    contents = Contents(bench)
    for each in deleted(bench, kind=wanted.kind, run=wanted.run):
        if not (names(each.identity.name) and _fits(each, wanted)):
            continue
        if wanted.owner is None or wanted.owner == _owner(contents, each, wanted.owner_keys):
            yield each


def archived(bench: Bench, located: Located) -> ArchiveRecord:
    """Return all that was archived of one entity, from its verified archive."""
    return fetch(bench, located.archive_key, located.sha256).record(located.identity)


def _fits(each: Located, wanted: Wanted) -> bool:
    at = read_time(each.at)
    return (
        wanted.policy in {None, each.policy}
        and (wanted.since is None or at >= wanted.since)
        and (wanted.until is None or at < wanted.until)
    )


def _owner(contents: Contents, each: Located, keys: tuple[str, ...]) -> str | None:
    told = contents.told(each)
    tags, creator = (told.tags, told.creator) if told else whose(contents.record(each))
    return next((tags[key] for key in keys if tags.get(key, "").strip()), creator)
