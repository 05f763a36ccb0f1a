"""States in the vault for how long archives are kept, as settings have it; deletes nothing.

The bucket's lifecycle does that. A statement is made by a run, whose link names it.
"""

from collections.abc import Iterator
from datetime import timedelta

from sagewarden.application.chain import chained_runs, read_link
from sagewarden.application.documents import parse
from sagewarden.application.ports import Bench
from sagewarden.core.keys import Family, family_of, prefix, retention_key
from sagewarden.core.retention import Statement
from sagewarden.errors import IntegrityError, VaultExists


def state_retention(bench: Bench, run: str, kept: timedelta | None) -> None:
    """State for how long archives are kept, unless the newest statement in the chain says so.

    Raise VaultError when that cannot be read or written; a chain that is broken is told, and
    nothing stated: `verify` has to come first.
    """
    seconds = None if kept is None else int(kept.total_seconds())
    try:
        if seconds == _standing(bench):
            return
        absent = tuple(_absent(bench))
    except IntegrityError as error:
        bench.events("retention.unstated", reason=error.message)
        return
    target = bench.target
    statement = Statement(
        account=target.account, region=target.region, run=run, seconds=seconds, absent=absent
    )
    try:
        bench.vault.create(retention_key(target, run), statement.body())
    except VaultExists:
        bench.events("retention.unstated", reason="this run has stated another already")
    else:
        bench.events("retention.stated", seconds=seconds, absent=len(absent))


def _standing(bench: Bench) -> int | None:
    """Return what the newest statement says whose run is in the chain; for ever if there is none.

    One that is not was made by a run that died: no link names it.
    """
    keys = list(bench.vault.list(prefix(bench.target, Family.RETENTION)))
    if not keys:
        return None
    chained = chained_runs(bench)
    counting = [key for key in keys if key.split("/")[-2] in chained]
    return read_statement(bench, counting[-1]).seconds if counting else None


def read_statement(bench: Bench, key: str) -> Statement:
    """Read a statement; raise VaultError, or IntegrityError when it is none of its place."""
    stored = bench.vault.get(key)
    try:
        found = Statement.read(parse(key, stored), stored.body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"{key} in the vault states no retention: {error}") from error
    if retention_key(bench.target, found.run) != key:
        raise IntegrityError(f"{key} in the vault states the retention of another run")
    if (found.account, found.region) != (bench.target.account, bench.target.region):
        raise IntegrityError(f"{key} in the vault states the retention of another target")
    return found


def _absent(bench: Bench) -> Iterator[str]:
    """Yield the archives that links name and that are not there, in order."""
    named: set[str] = set()
    for key in bench.vault.list(prefix(bench.target, Family.CHAIN)):
        objects = read_link(key, bench.vault.get(key)).objects
        named.update(each for each in objects if family_of(each) == Family.ARCHIVE)
    there = set(bench.vault.list(prefix(bench.target, Family.ARCHIVE)))
    yield from sorted(named - there)
