"""From settings and policies to the permissions that they need."""

from sagewarden.adapters.aws.session import partition_of
from sagewarden.adapters.policyfiles.source import is_bucket
from sagewarden.bootstrap.policies import policies_of
from sagewarden.bootstrap.stages import arn_of
from sagewarden.core.accounts import ROLED
from sagewarden.core.permissions.operations import Stage
from sagewarden.core.permissions.scope import Bucket, Mail, Organization, Role, Scope, doing_of
from sagewarden.settings import Settings, TargetSettings

S3 = "s3://"


def scope_of(settings: Settings, chosen: TargetSettings, policies: str | None = None) -> Scope:
    """Return what a target's permissions are for; nothing of it is called."""
    arns = dict.fromkeys(filter(None, (arn_of(chosen, stage) for stage in ROLED)))
    roles = [Role(arn, chosen.external_id) for arn in arns]
    listing = settings.organization
    if listing is not None and listing.reader_arn is not None:
        roles.append(Role(listing.reader_arn))
    notice = settings.notice
    channels = [each for each in (notice.topic, notice.operator_topic, notice.email) if each]
    roles += [Role(each.role_arn, each.external_id) for each in channels if each.role_arn]
    topics = [each for each in (notice.topic, notice.operator_topic) if each]
    return Scope(
        partition=partition_of(chosen.region),
        account=chosen.account_id,
        region=chosen.region,
        doing=doing_of(policies_of(settings, policies), tag_marks=settings.marks.tag),
        bucket=bucket_of(settings),
        policies=_policies(settings, policies),
        signing_key=None if settings.vault is None else settings.vault.signing_kms_key,
        roles=tuple(roles),
        callers=tuple(arns),
        organization=None
        if listing is None or listing.reader_arn is not None
        else Organization(
            units=bool(listing.units),
            tags=listing.account_tags,
            walks=bool(listing.units) or not all(each.isdecimal() for each in listing.exclude),
        ),
        topics=tuple(dict.fromkeys(each.arn for each in topics if not each.role_arn)),
        mail=None
        if notice.email is None or notice.email.role_arn
        else Mail(notice.email.region, notice.email.sender),
    )


def archivists_of(chosen: tuple[TargetSettings, ...]) -> tuple[str, ...]:
    """Return the roles that use the vault, if settings name any: the bucket lets them in."""
    arns = (arn_of(each, Stage.ARCHIVER) for each in chosen)
    return tuple(dict.fromkeys(filter(None, arns)))


def _policies(settings: Settings, given: str | None) -> Bucket | None:
    """Return where policy files lie in S3; None when they lie in a directory."""
    place = given or settings.policies
    if not isinstance(place, str) or not is_bucket(place):
        return None
    name, _, prefix = place.removeprefix(S3).partition("/")
    return Bucket(name, prefix.strip("/"))


def bucket_of(settings: Settings) -> Bucket | None:
    """Return the vault's bucket; None when the vault is a directory, or is not set."""
    vault = settings.vault
    if vault is None or not vault.address.startswith(S3):
        return None
    name, _, prefix = vault.address.removeprefix(S3).partition("/")
    return Bucket(name, prefix.strip("/"), vault.kms_key)
