"""Fetches archives of what was deleted, whatever became of them since: erased, or expired."""

from sagewarden.application.archiving import read_back
from sagewarden.application.chain import chained_runs
from sagewarden.application.keeping import GONE, Excuse, read_keeping, read_tombstone
from sagewarden.application.ports import Bench
from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.entities import Identity
from sagewarden.core.erasure import ErasedObject
from sagewarden.core.keys import Family, prefix
from sagewarden.errors import UsageError


def fetch(bench: Bench, key: str, sha256: str) -> VerifiedArchive:
    """Fetch an archive object and verify it.

    Raise IntegrityError unless it is whole, UsageError when it has expired, VaultError when it is
    gone otherwise.
    """
    try:
        return read_back(bench, key, sha256)
    except GONE:
        if read_keeping(bench).excuse(key) is not Excuse.EXPIRED:
            raise
        raise UsageError(
            f"the archive {key} has expired, as vault.archive_retention let it: nobody can bring "
            "back what it held",
            advice="The journal and the reports of its run still say what that was.",
        ) from None


class Heirs:
    """Which archive stands for one from which a person's entities were erased."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._told: dict[str, ErasedObject] = {}
        self._held: dict[str, frozenset[Identity]] = {}
        keys = list(bench.vault.list(prefix(bench.target, Family.ERASURES)))
        chained = chained_runs(bench) if keys else frozenset()
        for key in keys:
            if key.split("/")[-2] in chained:
                told = read_tombstone(bench, key).objects
                self._told |= {each.key: each for each in told}

    def of(self, identity: Identity, key: str, sha256: str) -> tuple[str, str] | None:
        """Return key and hash of the archive that holds an entity now; None if it was erased."""
        if key not in self._told:
            return key, sha256
        while key in self._told:
            key, sha256 = self._told[key].successor, self._told[key].successor_sha256
        if not key:
            return None
        if key not in self._held:
            self._held[key] = frozenset(fetch(self._bench, key, sha256).identities)
        return (key, sha256) if identity in self._held[key] else None
