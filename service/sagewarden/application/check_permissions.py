"""Asks for each permission: reads by a call that finds nothing, writes by IAM's own simulation."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sagewarden.application.ports.checking import Asked, Probes
from sagewarden.core.checkup import Area, Finding, State
from sagewarden.core.permissions.operations import Need, Stage
from sagewarden.core.permissions.scope import Scope
from sagewarden.core.permissions.statements import GUARDED, context_of, needs_of, resources_of
from sagewarden.core.protection import HOLD_TAG
from sagewarden.errors import AccessDenied, SageWardenError

WRITING = (Stage.TAGGER, Stage.EXECUTOR, Stage.RESTORER)

_SESSION = re.compile(r"arn:([^:]+):sts::(\d{12}):assumed-role/([^/]+)/.+")
_USER = re.compile(r"arn:[^:]+:(iam|sts)::\d{12}:(user|role)/.+")

NAME = "sagewarden-check"
"""A name that nothing has: probes and simulations ask about it."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What to ask, as each stage, and the ARN that IAM knows it by.

    `probes` lacks stages whose identity is wrong; `scope` is None when no policies could be read.
    """

    probes: Mapping[Stage, Probes]
    scope: Scope | None
    arns: Mapping[Stage, str]


def check_permissions(given: Permissions) -> Iterator[Finding]:
    """Yield a finding for each stage, or for each action that it may not do."""
    if given.scope is None:
        told = "what is needed follows from policies, and these cannot be read"
        yield Finding(Area.PERMISSIONS, "all", State.UNKNOWN, told)
        return
    if Stage.READER in given.probes:
        yield from _reads(given.probes[Stage.READER], given.scope)
    for stage in WRITING:
        if stage in given.probes:
            principal = principal_of(given.arns[stage])
            yield from _writes(given.probes[stage], given.scope, stage, principal)
            if stage is Stage.EXECUTOR:
                yield from _held(given.probes[stage], given.scope, principal)


def principal_of(arn: str) -> str | None:
    """Return whom IAM can be asked about: a session's role, a user; None for anybody else.

    A session's ARN lacks its role's path; a role in a path is named by `role_arn` in the settings.
    """
    session = _SESSION.fullmatch(arn)
    if session is not None:
        return f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
    return arn if _USER.fullmatch(arn) else None


def _reads(probes: Probes, scope: Scope) -> Iterator[Finding]:
    stage, wrong = Stage.READER, []
    needs = needs_of(scope, stage)
    for operation in dict.fromkeys(need.operation for need in needs):
        try:
            probes.try_read(operation)
        except SageWardenError as error:
            state = State.FAILS if isinstance(error, AccessDenied) else State.UNKNOWN
            about = f"{stage}: {operation}"
            advice = _printed(stage) if isinstance(error, AccessDenied) else error.advice
            wrong.append(Finding(Area.PERMISSIONS, about, state, error.message, advice))
    yield from wrong or [_all(stage, len(needs), "were tried and are there")]


def _writes(probes: Probes, scope: Scope, stage: Stage, principal: str | None) -> Iterator[Finding]:
    needs = needs_of(scope, stage)
    if not needs:
        return
    answers = _simulated(probes, principal, [_asked(scope, need) for need in needs])
    if isinstance(answers, Finding):
        yield Finding(Area.PERMISSIONS, str(stage), answers.state, answers.told, answers.advice)
        return
    refused = [need for need, allowed in zip(needs, answers, strict=True) if not allowed]
    for need in refused:
        told = f"{principal} is not allowed {need.action} for {need.operation}"
        about = f"{stage}: {need.operation}"
        yield Finding(Area.PERMISSIONS, about, State.FAILS, told, _printed(stage))
    if not refused:
        yield _all(stage, len(needs), "are there, as IAM simulates them")


def _held(probes: Probes, scope: Scope, principal: str | None) -> Iterator[Finding]:
    """Ask whether IAM itself keeps what carries the hold tag."""
    held = {f"aws:ResourceTag/{HOLD_TAG}": ("check",)}
    guarded = GUARDED[Stage.EXECUTOR]
    needs = [need for need in needs_of(scope, Stage.EXECUTOR) if need.action in guarded]
    asked = [Asked(each.action, _named(scope, each), held) for each in needs]
    answers = _simulated(probes, principal, asked) if asked else ()
    if isinstance(answers, Finding) or not answers:
        return
    if any(answers):
        told = "IAM would let the executor delete what carries the tag sagewarden:hold"
        yield Finding(Area.PERMISSIONS, "hold tag", State.WEAK, told, _printed(Stage.EXECUTOR))
    else:
        told = "IAM itself refuses to delete what carries the tag sagewarden:hold"
        yield Finding(Area.PERMISSIONS, "hold tag", State.WORKS, told)


def _simulated(
    probes: Probes, principal: str | None, asked: list[Asked]
) -> tuple[bool, ...] | Finding:
    if principal is None:
        told = "IAM cannot be asked about this identity: it is neither a role's session nor a user"
        advice = "Let a role do the work; a root user may do everything, and should not."
        return Finding(Area.PERMISSIONS, "", State.UNKNOWN, told, advice)
    try:
        return probes.simulate(principal, asked)
    except SageWardenError as error:
        told = f"IAM does not tell what {principal} may do: {error.message}"
        advice = (
            "Allow iam:SimulatePrincipalPolicy on it (`sagewarden iam --role checker`), and set "
            "role_arn to the whole ARN of a role in a path."
        )
        return Finding(Area.PERMISSIONS, "", State.UNKNOWN, told, advice)


def _asked(scope: Scope, need: Need) -> Asked:
    return Asked(need.action, _named(scope, need), context_of(scope, need))


def _named(scope: Scope, need: Need) -> tuple[str, ...]:
    return tuple(each.replace("*", NAME) for each in resources_of(scope, need.on) if each != "*")


def _all(stage: Stage, count: int, how: str) -> Finding:
    return Finding(Area.PERMISSIONS, str(stage), State.WORKS, f"{count} permissions {how}")


def _printed(stage: Stage) -> str:
    return f"`sagewarden iam --role {stage}` prints the statements that are needed."
