"""The composition root: the only place where settings meet adapters."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from sagewarden.adapters.aws.calls import CallCounter, Patience, Reads
from sagewarden.adapters.aws.effects import SageMakerEffects
from sagewarden.adapters.aws.identity import pinned
from sagewarden.adapters.aws.inventory import SageMakerSurveys
from sagewarden.adapters.aws.limiter import READING, WRITING, Limiters, Pace
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.records import SageMakerRecords
from sagewarden.adapters.aws.restoring import SageMakerRestoring
from sagewarden.adapters.aws.roles import SessionName
from sagewarden.adapters.aws.session import TargetSession
from sagewarden.adapters.aws.tagging import SageMakerTagging
from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.telemetry.logs import tell
from sagewarden.adapters.vault import codec
from sagewarden.adapters.vault.counted import CountedVault, VaultCounter
from sagewarden.adapters.vault.marked import MarkedVault
from sagewarden.adapters.vault.opening import open_vault
from sagewarden.adapters.vault.owner import owned_by
from sagewarden.adapters.vault.signing import FileSigner, KmsSigner
from sagewarden.application.judging import Governance
from sagewarden.application.lease import Lease
from sagewarden.application.plans import ApprovalRules
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Effects, Progress, Tagging
from sagewarden.application.ports.restoring import Restoring
from sagewarden.application.ports.signing import Signer
from sagewarden.application.ports.vault import Vault
from sagewarden.application.sweep import Run
from sagewarden.bootstrap.channels import channels_of, mute, unheard
from sagewarden.bootstrap.forms import Forms
from sagewarden.bootstrap.lowered import lowered as lowered
from sagewarden.bootstrap.policies import policies_of as policies_of
from sagewarden.bootstrap.policies import redaction_of as redaction_of
from sagewarden.bootstrap.stages import stages_of
from sagewarden.bootstrap.targets import Asked as Asked
from sagewarden.bootstrap.targets import Found as Found
from sagewarden.bootstrap.targets import find_targets as find_targets
from sagewarden.core.archive import ArchiveHeader, ArchiveRecord
from sagewarden.core.baseline import Tolerance
from sagewarden.core.entities import Target
from sagewarden.core.limits import Limit, Limits
from sagewarden.core.owners import OwnerRules
from sagewarden.core.permissions.operations import Stage
from sagewarden.core.redaction import NOTHING_IS_SECRET, Redaction
from sagewarden.core.storage import FREE, PRICE, PRICE_SET, PRICE_SOURCE, Price
from sagewarden.errors import SettingsError, UsageError
from sagewarden.settings import (
    LimitSettings,
    Settings,
    TargetSettings,
)

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


class VaultCodec:
    """The archive codec as the use cases ask for it; what is secret goes into no archive."""

    def __init__(self, redaction: Redaction = NOTHING_IS_SECRET) -> None:
        self._redaction = redaction

    def archive(self, header: ArchiveHeader, records: Iterable[ArchiveRecord]) -> bytes:
        """Spell an archive object without the values of secrets."""
        return codec.encode(header, map(self._redaction.redacted, records))

    lines = staticmethod(codec.decode)
    pack = staticmethod(codec.pack)
    snapshot = staticmethod(codec.snapshot)
    snapshot_lines = staticmethod(codec.snapshot_lines)
    size = staticmethod(codec.size)


def price_of(settings: Settings) -> Price:
    """Return what a gigabyte in the vault costs: nothing that we know of, unless it lies in S3."""
    vault = settings.vault
    if vault is None or not vault.address.startswith("s3://"):
        return FREE
    usual = vault.usd_per_gb_month == Decimal(PRICE)
    return Price(vault.usd_per_gb_month, PRICE_SOURCE if usual else PRICE_SET)


def boot_monotonic() -> float:
    """Seconds on a clock that also counts while the machine is suspended, where there is one."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


@dataclass(slots=True)
class Process:
    """What all targets of this process share: whether it was asked to stop, and who watches.

    `reading` and `writing` are how fast calls and effects begin, and how fast they may become;
    `patience` is how long a read is tried again.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    progress: Progress = lambda _what, _count, _of: None
    reading: Pace = READING
    writing: Pace = WRITING
    patience: Patience = field(default_factory=Patience)
    meters: Callable[[Target], "Meters"] | None = None
    directories: dict[str, Vault] = field(default_factory=dict)
    """Vaults on disks, opened once: one that vanishes meanwhile must not be begun anew, empty."""

    def meters_of(self, target: Target) -> "Meters":
        """Return what counts and paces a target's calls: new, or what someone keeps of it."""
        if self.meters is not None:
            return self.meters(target)
        return Meters.new(self)

    def rest(self, seconds: float) -> None:
        """Wait; edges that are open are still put back at a decent pace after a stop."""
        threading.Event().wait(seconds)


@dataclass(frozen=True, slots=True)
class Meters:
    """What counts a target's calls and learns how many AWS accepts; worth keeping between runs."""

    counter: CallCounter
    reading: Limiters
    writing: Limiters
    vault: VaultCounter

    @classmethod
    def new(cls, process: Process, counter: VaultCounter | None = None) -> "Meters":
        """Make them; what writes is paced after a stop too, so that edges can be put back."""
        return cls(
            CallCounter(),
            Limiters(time.monotonic, process.stop, process.reading),
            Limiters(time.monotonic, threading.Event(), process.writing),
            counter or VaultCounter(),
        )


@dataclass(slots=True)
class Wired:
    """One target, ready to work on: `session` reads, `stages` are all of them."""

    bench: Bench
    reads: Reads
    stages: Mapping[Stage, TargetSession]
    paces: Limiters
    name: SessionName

    @property
    def session(self) -> TargetSession:
        """The session that reads."""
        return self.stages[Stage.READER]

    @property
    def counter(self) -> CallCounter:
        """What counts the calls of all stages."""
        return self.reads.counter

    def checked(self, stage: Stage) -> TargetSession:
        """Return a stage's session; raise WrongIdentity unless it is in the target's account.

        Who reads is asked before anything else of a run.
        """
        session = self.stages[stage]
        if session is not self.session:
            pinned(replace(self.reads, session=session))
        return session


def wire_target(settings: Settings, chosen: TargetSettings, process: Process) -> Wired:
    """Build everything that one target needs; nothing is called yet."""
    target = Target(chosen.account_id, chosen.region, chosen.name)
    meters = process.meters_of(target)
    name = SessionName()
    stages = stages_of(settings, chosen, name)
    reads = Reads(
        session=stages[Stage.READER],
        limiters=meters.reading,
        counter=meters.counter,
        stop=process.stop,
        monotonic=time.monotonic,
        patience=process.patience,
    )
    undisturbed = reads.to_the_end()  # edges are put back after a stop, too
    bench = Bench(
        target=target,
        vault=CountedVault(_vault(settings, stages[Stage.ARCHIVER], process), meters.vault),
        codec=VaultCodec(redaction_of(settings)),
        surveys=SageMakerSurveys(reads, SageMakerLooks(reads), search_lag=settings.run.search_lag),
        looks=SageMakerLooks(undisturbed),
        records=SageMakerRecords(undisturbed),
        effects=None,
        rest=process.rest,
        stopping=process.stop.is_set,
        monotonic=boot_monotonic,
        events=partial(tell, target=str(target), account=target.account, region=target.region),
        progress=process.progress,
    )
    return Wired(bench, reads, stages, meters.writing, name)


def owned_s3(settings: Settings, session: TargetSession) -> "S3Client":
    """Return the vault's client, pinned to the bucket's owner if settings name one."""
    return owned_by(session.s3(), settings.vault.account_id if settings.vault else None)


def _vault(settings: Settings, session: TargetSession, process: Process) -> Vault:
    if settings.vault is None:
        raise SettingsError(
            "there is no vault in the settings",
            advice="Add `vault: {address: s3://BUCKET/PREFIX}` to sagewarden.yaml.",
        )
    address = settings.vault.address
    vault = process.directories.get(address) or open_vault(
        address,
        client=partial(owned_s3, settings, session),
        kms_key=settings.vault.kms_key,
        wait=process.rest,
    )
    if not address.startswith("s3://"):
        process.directories[address] = vault
    return MarkedVault(vault)


def check_may_act(settings: Settings, wired: Wired) -> None:
    """Refuse to delete from a real account with an archive that a lost disk would take along."""
    vault = settings.vault
    on_disk = vault is not None and not vault.address.startswith("s3://")
    if on_disk and wired.session.endpoint_is_aws and vault and not vault.directory_is_durable:
        raise UsageError(
            f"the vault {vault.address} is a directory, and {wired.session.endpoint} is AWS itself",
            advice="Use an s3:// vault, or set vault.directory_is_durable if that directory is as "
            "safe as a bucket. Reading commands work as they are.",
        )


def govern(settings: Settings, wired: Wired, policies: str | None = None) -> Governance:
    """Load the policies and gather what governs a target."""
    limits = settings.limits
    endpoint = "" if wired.session.endpoint_is_aws else wired.session.endpoint
    loaded = policies_of(settings, policies)
    return Governance(
        policies=loaded,
        rules=limits.mark_rules,
        approvals=approval_rules(settings),
        tolerance=Tolerance(limits.fall, limits.tag_fall, limits.smallest_population),
        channels=channels_of(settings, wired.bench.rest),
        tag_marks=settings.marks.tag,
        repairs=limits.repairs,
        owners=OwnerRules(settings.owners.tags, settings.owners.default, limits.ownerless_grace),
        lanes=settings.run.lanes,
        bundle=settings.run.bundle,
        lease_seconds=settings.run.lease.total_seconds(),
        endpoint=endpoint,
        price=price_of(settings),
        notes=(*lowered(settings), *mute(settings), *unheard(settings, loaded)),
    )


def approval_rules(settings: Settings) -> ApprovalRules:
    """Return what lets a plan begin."""
    limits = settings.limits
    return ApprovalRules(
        Limits(_limit(limits.automatic), _limit(limits.hard), limits.smallest_population),
        settings.approval.two_persons,
        settings.approval.sessions_tell,
    )


def _limit(given: LimitSettings) -> Limit:
    return Limit(given.share, given.components, given.growth)


def new_run(settings: Settings, wired: Wired) -> Run:
    """Name a new run; its effects are wired only once the lease is held."""
    check_may_act(settings, wired)
    nonce = secrets.token_hex(4)
    wired.name.run = f"{wall_now().astimezone(UTC):%Y%m%dt%H%M%Sz}-{nonce}"
    return Run(
        name=wired.name.run,
        nonce=secrets.token_hex(16),
        wire=_effects(wired),
        wire_tagging=_tagging(wired),
        render=Forms,
        signer=signer_of(settings, wired),
        archives_kept=settings.vault.archive_retention if settings.vault else None,
    )


def signer_of(settings: Settings, wired: Wired) -> Signer | None:
    """Return what signs links of the chain, if the settings ask for it."""
    vault = settings.vault
    if vault is None or (vault.signing_key is None and vault.signing_kms_key is None):
        return None
    if vault.signing_key is not None:
        return FileSigner(vault.signing_key)
    return KmsSigner(wired.stages[Stage.ARCHIVER].reading("kms"), str(vault.signing_kms_key))


def _effects(wired: Wired) -> Callable[[Bench, Lease], Effects]:
    def wire(_bench: Bench, lease: Lease) -> Effects:
        session = wired.checked(Stage.EXECUTOR)
        return SageMakerEffects(session, wired.paces, wired.counter, lease.guard)

    return wire


def _tagging(wired: Wired) -> Callable[[Bench, Lease], Tagging]:
    def wire(_bench: Bench, lease: Lease) -> Tagging:
        session = wired.checked(Stage.TAGGER)
        return SageMakerTagging(session, wired.paces, wired.counter, lease.guard)

    return wire


def restoring(wired: Wired) -> Restoring:
    """Wire what creates things again; it can neither change nor delete."""
    return SageMakerRestoring(wired.checked(Stage.RESTORER), wired.paces, wired.counter)
