"""What judging costs grows as the account does, and no faster. The benchmark measures the time."""

import sys
from types import FrameType

import pytest
from tests.benchmarks.judging import POLICIES, big_account, judged

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.core.needs import needs

RULES = load_policies(POLICIES)
FEW, MANY = 1_000, 4_000
MOST_CALLS = 250
"""For each entity; 186 were counted when this was written."""


def calls(entities: int) -> int:
    """How many functions of Python are called to judge so many entities."""
    inventory = big_account(entities, needs(RULES))
    count = 0

    def counted(_frame: FrameType, event: str, _given: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        judged(inventory, RULES)
    finally:
        sys.setprofile(before)
    return count


@pytest.fixture(scope="module")
def few() -> int:
    return calls(FEW)


def test_four_times_the_account_costs_four_times_the_calls(few: int) -> None:
    """A tenth is left for groups, which are fewer in a small account."""
    assert calls(MANY) < few * MANY / FEW * 1.1


def test_an_entity_costs_few_calls_under_twenty_policies(few: int) -> None:
    assert few / FEW < MOST_CALLS
