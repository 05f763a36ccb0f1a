"""SageWarden sweeps accounts that real clients logged into: it marks, deletes, finds nothing."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from tests.real_input import neighbours
from tests.real_input.archived import read_archive
from tests.real_input.command_line import log_by_hand
from tests.real_input.legacy_trials import log_trials
from tests.real_input.logged import Logged
from tests.real_input.reading_back import read_back
from tests.real_input.sdk_runs import log_forests
from tests.real_input.users import REGION, NewUser, User
from tests.real_input.warden import PATIENCE, Bucket, Folder, Ran, VaultReader, Warden

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Kind
from sagewarden.sandbox import AdminClient

Key = tuple[Kind, str]
"""A kind, and a name in lower case."""
Edge = tuple[str, str]
"""A component and a trial, both in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account: what is stale in it, what is not, and the vault that is to keep it."""

    user: User
    due: Logged
    staying: Logged
    vault: VaultReader

    @property
    def place(self) -> str:
        """What the vault's keys on this account begin with."""
        return f"v1/{self.user.account}/{REGION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Governed:
    """An account before and after three sweeps, and what came of it.

    `reports` are the three sweeps', `writes` all that AWS got but for the vault's, `objects` all
    that the vault has on the account, by key.
    """

    account: Account
    before: Sequence[ArchiveRecord]
    after: Sequence[ArchiveRecord]
    reports: Sequence[Mapping[str, Any]]
    writes: Sequence[Mapping[str, Any]]
    objects: Mapping[str, bytes]

    @property
    def deleting(self) -> Mapping[str, Any]:
        """The report of the second sweep."""
        return self.reports[1]

    @property
    def due(self) -> set[Key]:
        """What was to be deleted."""
        return keys_of(self.account.due)

    @property
    def edges(self) -> set[Edge]:
        """Every edge that was to be cut: of stale components, and of others to stale trials."""
        stale = {each.name.lower() for each in self.account.due.trials}
        every = (*self.account.due.components, *self.account.staying.components)
        edges = {(each.name.lower(), trial.lower()) for each in every for trial in each.trials}
        return {edge for edge in edges if edge[1] in stale}

    @property
    def untouched(self) -> list[ArchiveRecord]:
        """What was there before and not due, less the edges to trials that were."""
        stale = {each.name.lower() for each in self.account.due.trials}
        return [
            replace(each, parents=tuple(name for name in each.parents if name not in stale))
            for each in self.before
            if (each.identity.kind, each.identity.name) not in self.due
        ]

    def kept(self, family: str, ending: str) -> list[bytes]:
        """Return the vault's objects of one family that end like this."""
        start = f"{self.account.place}/{family}/"
        return [
            body
            for key, body in self.objects.items()
            if key.startswith(start) and key.endswith(ending)
        ]

    def archives(self) -> list[list[dict[str, Any]]]:
        """Read every archive object."""
        return [read_archive(body) for body in self.kept("archive", ".jsonl.zst")]

    def archived(self) -> list[ArchiveRecord]:
        """Return the records of every archive object."""
        return [ArchiveRecord.read(line) for lines in self.archives() for line in lines[1:]]

    def rows(self, effect: str) -> list[Mapping[str, Any]]:
        """Return the report's outcomes of one effect."""
        return [row for row in self.deleting["outcomes"] if row["effect"] == effect]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a plan printed, and every call that its account got meanwhile."""

    ran: Ran
    calls: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Everything one warden did: three sweeps, and plans between the first and the second."""

    sweeps: Sequence[Ran]
    plans: Sequence[Planned]

    def reports(self) -> dict[str, list[Mapping[str, Any]]]:
        """Return the reports of all sweeps by account."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for ran in self.sweeps:
            for report in ran.reports():
                found.setdefault(report["account"], []).append(report)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Everything that happened: the accounts by client, the commands, the open run once left."""

    governed: Mapping[str, Governed]
    sweeps: Sequence[Ran]
    plans: Sequence[Planned]
    left: Mapping[str, Any]


def keys_of(logged: Logged) -> set[Key]:
    """Return the key of everything logged."""
    return {(each.kind, each.name.lower()) for each in logged}


def records_of(keys: set[Key], records: Iterable[ArchiveRecord]) -> list[ArchiveRecord]:
    """Return the records of these keys, sorted."""
    found = [each for each in records if (each.identity.kind, each.identity.name) in keys]
    return sorted(found, key=lambda each: each.identity)


def govern(new_user: NewUser, admin: AdminClient, folder: Path) -> Season:
    """Let all three clients log, then sweep their accounts while one run is still open."""
    runner, tracker, typist = (new_user(digit * 12) for digit in "456")
    with ThreadPoolExecutor() as aside:
        typed = aside.submit(log_by_hand, typist)
        forests = log_forests(runner, _made(folder / "forests"))
        trials = log_trials(tracker, _made(folder / "trials"))
        runs, baseline = neighbours.log_runs(runner), neighbours.log_baseline(tracker)
        holds = neighbours.log_holds(typist)
        by_hand = typed.result()
    bucket = Bucket(new_user("7" * 12), "archives/ml")
    with neighbours.running(runner) as unfinished:
        accounts = {
            "sdk": Account(
                user=runner, due=forests, staying=runs + unfinished, vault=Folder(folder / "vault")
            ),
            "legacy": Account(user=tracker, due=trials, staying=baseline, vault=bucket),
            "by hand": Account(user=typist, due=by_hand, staying=holds, vault=bucket),
        }
        season = _sweep(accounts, _wardens(accounts, folder), admin)
    with runner.client("sagemaker") as sm:
        name = unfinished.components[0].name
        return replace(season, left=sm.describe_trial_component(TrialComponentName=name))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _wardens(accounts: Mapping[str, Account], folder: Path) -> tuple[Warden, Warden]:
    """One with an account's own credentials; one in an account of its own, with roles."""
    near, *far = accounts.values()
    inside = Warden(near.user.url, near.user.account, _made(folder / "inside"))
    inside.install([{"account_id": near.user.account}], near.vault.address)
    outside = Warden(near.user.url, "9" * 12, _made(folder / "outside"))
    targets = [
        {
            "account_id": each.user.account,
            "role_arn": f"arn:aws:iam::{each.user.account}:role/sagewarden",
        }
        for each in far
    ]
    outside.install(targets, far[0].vault.address)
    return inside, outside


def _sweep(
    accounts: Mapping[str, Account], wardens: tuple[Warden, Warden], admin: AdminClient
) -> Season:
    before = {name: read_back(each.user) for name, each in accounts.items()}
    start = _latest(admin)
    with ThreadPoolExecutor() as side:
        inside, outside = side.map(partial(_watch, admin), wardens, (2, 0))
    writes = [each for each in admin.calls(after=start, writes=True) if each["service"] != "s3"]
    reports = inside.reports() | outside.reports()
    governed = {
        name: Governed(
            account=account,
            before=before[name],
            after=read_back(account.user),
            reports=reports[account.user.account],
            writes=[each for each in writes if each["account"] == account.user.account],
            objects=account.vault.fetch(account.place),
        )
        for name, account in accounts.items()
    }
    return Season(
        governed=governed,
        sweeps=(*inside.sweeps, *outside.sweeps),
        plans=inside.plans,
        left={},
    )


def _watch(admin: AdminClient, warden: Warden, plans: int) -> Watched:
    """Sweep three times: what was due is marked by the first and deleted by the second."""
    Event().wait(PATIENCE)
    marking = warden("sweep")
    Event().wait(PATIENCE)
    planned = [_plan(admin, warden) for _ in range(plans)]
    return Watched(sweeps=(marking, warden("sweep"), warden("sweep")), plans=planned)


def _plan(admin: AdminClient, warden: Warden) -> Planned:
    start = _latest(admin)
    ran = warden("plan")
    calls = [each for each in admin.calls(after=start) if each["account"] == warden.account]
    return Planned(ran=ran, calls=calls)


def _latest(admin: AdminClient) -> int:
    return max((int(each["number"]) for each in admin.calls()), default=0)
