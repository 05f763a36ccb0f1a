"""From settings to what a check works with."""

from dataclasses import replace
from functools import partial

from sagewarden.adapters.aws.calls import Patience, Reads
from sagewarden.adapters.aws.probes import SageMakerProbes
from sagewarden.adapters.vault.facts import S3BucketSettings
from sagewarden.adapters.vault.opening import open_vault
from sagewarden.application.check import Checked, failed
from sagewarden.application.ports.vault import Vault
from sagewarden.bootstrap import Process, Wired, owned_s3, wire_target
from sagewarden.bootstrap.channels import mute, unheard
from sagewarden.bootstrap.lowered import lowered
from sagewarden.bootstrap.permitting import bucket_of, scope_of
from sagewarden.bootstrap.policies import policies_of
from sagewarden.bootstrap.stages import accounts_of, arn_of
from sagewarden.core.accounts import ROLED
from sagewarden.core.advice import Advice, advise
from sagewarden.core.checkup import Area, Finding, State
from sagewarden.core.leaves import counted
from sagewarden.core.permissions.operations import Stage
from sagewarden.core.policy import PolicySet
from sagewarden.errors import SageWardenError, SettingsError
from sagewarden.settings import Settings, TargetSettings


def checked_of(
    settings: Settings, chosen: TargetSettings, process: Process, policies: str | None = None
) -> Checked:
    """Build what a target's check works with; nothing is called yet."""
    wired = wire_target(settings, chosen, process)
    findings, found = _policies(settings, policies)
    bucket, archive = bucket_of(settings), wired.stages[Stage.ARCHIVER]
    return Checked(
        bench=wired.bench,
        raw=_raw_vault(settings, wired, process),
        probes={stage: SageMakerProbes(_reads(wired, stage)) for stage in ROLED},
        roles={stage: arn for stage in ROLED if (arn := arn_of(chosen, stage)) is not None},
        accounts={stage: accounts_of(settings, chosen, stage) for stage in ROLED},
        scope=None if found is None else scope_of(settings, chosen, policies),
        bucket=None
        if bucket is None
        else S3BucketSettings(owned_s3(settings, archive), bucket.name, bucket.prefix),
        archives_kept=settings.vault.archive_retention if settings.vault else None,
        policies=findings,
        notes=(*lowered(settings), *mute(settings), *(unheard(settings, found) if found else ())),
        foreign_endpoint=not wired.session.endpoint_is_aws,
    )


def _reads(wired: Wired, stage: Stage) -> Reads:
    """Return reads that ask a few times at most: a check should tell soon what does not answer."""
    patience = Patience(attempts=4, within=20.0)
    return replace(wired.reads, session=wired.stages[stage], patience=patience)


def _raw_vault(settings: Settings, wired: Wired, process: Process) -> Vault:
    """Open the vault once more, so that the probe does not set its format marker."""
    if settings.vault is None:
        raise SettingsError(
            "there is no vault in the settings",
            advice="Add `vault: {address: s3://BUCKET/PREFIX}` to sagewarden.yaml.",
        )
    return open_vault(
        settings.vault.address,
        client=partial(owned_s3, settings, wired.stages[Stage.ARCHIVER]),
        kms_key=settings.vault.kms_key,
        wait=process.rest,
    )


def _policies(
    settings: Settings, policies: str | None
) -> tuple[tuple[Finding, ...], PolicySet | None]:
    """Read the policies; what is wrong with them is a finding, not the end of the check."""
    try:
        found = policies_of(settings, policies)
    except SageWardenError as error:
        return (failed(Area.POLICIES, "files", error),), None
    policies_read, files = len(found.policies), len(found.files)
    told = (
        f"{policies_read} {'policy' if policies_read == 1 else 'policies'} in "
        f"{counted(files, 'file')} understood"
    )
    whole = Finding(Area.POLICIES, "files", State.WORKS, told)
    operator = settings.notice.reaches_operator
    doubts = advise(found, settings.limits.min_grace, operator=operator)
    return (whole, *(_doubt(each) for each in doubts)), found


def _doubt(advice: Advice) -> Finding:
    told = f"{advice.place}: {advice.text}"
    return Finding(Area.POLICIES, advice.policy, State.WEAK, told, advice.remedy)
