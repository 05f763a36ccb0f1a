"""Policies compare secrets, and tell none."""

import pytest
from tests.core.worlds import HERE, days, policies, policy

from sagewarden.core.concealing import concealed
from sagewarden.core.entities import Kind
from sagewarden.core.policy import (
    AllOf,
    AnyOf,
    Condition,
    Idle,
    ModelsInUse,
    Not,
    Parameter,
    Protection,
)
from sagewarden.core.redaction import Redaction

SECRETS = Redaction(("*key",))
OPEN, SECRET = Parameter("rate", "present"), Parameter("api_KEY", "present")
SILENT = Parameter("api_KEY", "present", secret=True)


@pytest.mark.parametrize(
    ("condition", "silent"),
    [
        (SECRET, SILENT),
        (OPEN, OPEN),
        (Idle(days(9)), Idle(days(9))),
        (Not(SECRET), Not(SILENT)),
        (AllOf((SECRET, OPEN)), AllOf((SILENT, OPEN))),
        (AnyOf((OPEN, Not(AllOf((SECRET,))))), AnyOf((OPEN, Not(AllOf((SILENT,)))))),
    ],
)
def test_what_compares_a_secret_is_silent_wherever_it_stands(
    condition: Condition, silent: Condition
) -> None:
    """In policies and protections alike; all else stays."""
    rules = policies(policy(Kind.COMPONENT, condition))
    both = concealed(
        type(rules)(rules.policies, (Protection(condition, HERE),), (), rules.digest), SECRETS
    )
    assert (both.policies[0].match, both.protections[0].condition) == (silent, silent)
    assert (both.digest, both.policies[0].rule) == (rules.digest, rules.policies[0].rule)


def test_a_protection_of_models_has_nothing_to_conceal() -> None:
    rules = policies()
    guarded = type(rules)((), (Protection(ModelsInUse(), HERE),), (), rules.digest)
    assert concealed(guarded, SECRETS) == guarded
