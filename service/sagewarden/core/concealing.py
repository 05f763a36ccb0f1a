"""Lets policies compare secrets without telling them: reasons are what plans and reports show.

What a policy decides stays the same, and so do its digests, which are made before.
"""

from dataclasses import replace

from sagewarden.core.policy import (
    AllOf,
    AnyOf,
    Condition,
    ModelsInUse,
    Not,
    Parameter,
    PolicySet,
    Protection,
)
from sagewarden.core.redaction import Redaction


def concealed(policies: PolicySet, redaction: Redaction) -> PolicySet:
    """Return the same policies, silent about the values of secrets."""
    return replace(
        policies,
        policies=tuple(
            replace(each, match=_silent(each.match, redaction)) for each in policies.policies
        ),
        protections=tuple(_protection(each, redaction) for each in policies.protections),
    )


def _protection(protection: Protection, redaction: Redaction) -> Protection:
    if isinstance(protection.condition, ModelsInUse):
        return protection
    return replace(protection, condition=_silent(protection.condition, redaction))


def _silent(condition: Condition, redaction: Redaction) -> Condition:
    match condition:
        case AllOf(parts):
            return AllOf(tuple(_silent(each, redaction) for each in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_silent(each, redaction) for each in parts))
        case Not(part):
            return Not(_silent(part, redaction))
        case Parameter(name=name) if redaction.is_secret(name):
            return replace(condition, secret=True)
        case _:
            return condition
