"""From a target's settings to a session for each stage; stages with one role share one."""

import time
from collections.abc import Mapping

from sagewarden.adapters.aws.roles import Role, SessionName, role_arn
from sagewarden.adapters.aws.session import Access, TargetSession, partition_of
from sagewarden.adapters.clock import wall_now
from sagewarden.core.accounts import ROLED
from sagewarden.core.entities import Target
from sagewarden.core.permissions.operations import Stage
from sagewarden.settings import Settings, TargetSettings


def stages_of(
    settings: Settings, chosen: TargetSettings, name: SessionName
) -> Mapping[Stage, TargetSession]:
    """Build every stage's session; nothing is called yet, and no role is assumed."""
    made: dict[tuple[str, frozenset[str]] | None, TargetSession] = {}
    found: dict[Stage, TargetSession] = {}
    for stage in ROLED:
        role = _role(settings, chosen, stage, name)
        key = None if role is None else (role.arn, role.accounts)
        if key not in made:
            made[key] = _session(settings, chosen, role)
        found[stage] = made[key]
    return found


def arn_of(chosen: TargetSettings, stage: Stage) -> str | None:
    """Return the role that a stage works as; None where that is nobody but ourselves."""
    named = chosen.roles.named().get(stage, chosen.role_arn)
    if named is None:
        return None
    return role_arn(named, chosen.account_id, partition_of(chosen.region))


def _role(
    settings: Settings, chosen: TargetSettings, stage: Stage, name: SessionName
) -> Role | None:
    arn = arn_of(chosen, stage)
    if arn is None:
        return None
    return Role(
        arn=arn,
        external_id=chosen.external_id,
        accounts=accounts_of(settings, chosen, stage),
        name=name.__str__,
    )


def accounts_of(settings: Settings, chosen: TargetSettings, stage: Stage) -> frozenset[str]:
    """Return the accounts that a stage's role may lead into."""
    vault = settings.vault
    if stage is Stage.ARCHIVER and vault is not None and vault.account_id:
        return frozenset({chosen.account_id, vault.account_id})
    return frozenset({chosen.account_id})


def _session(settings: Settings, chosen: TargetSettings, role: Role | None) -> TargetSession:
    access = Access(
        target=Target(chosen.account_id, chosen.region, chosen.name),
        role=role,
        endpoint_url=settings.aws.endpoint_url,
        profile=settings.aws.profile,
    )
    return TargetSession(access, wall_now, time.monotonic)
