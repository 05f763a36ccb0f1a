"""Random accounts, policies, faults, deeds, crashes, second workers, and time, in any order."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.faults.conftest import PROPERTY
from tests.faults.machine import Governed
from tests.faults.seconds import Pair, open_pair
from tests.faults.sections import Share, Tally

SHORT, LONG = 5, 60
"""Examples of the short form, and of each share of the long one."""


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with open_pair() as pair:
        yield pair


def test_whatever_happens_in_whatever_order_every_step_keeps_the_promises(
    pair: Pair, share: Share, record_property: Callable[[str, object], None]
) -> None:
    """No effect without archive, intent, grace; nothing held, used or lent goes; edges are back."""

    class Machine(Governed):
        pass

    machine = seed(share.number)(Machine) if share.long else Machine
    machine.pair = pair
    examples, began = LONG if share.long else SHORT, time.monotonic()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            derandomize=not share.long,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    tally = Tally(
        "state machine",
        "faults, deeds, crashes, second workers, time, in random accounts: runs that were judged",
        machine.steps,
        machine.steps,
        time.monotonic() - began,
    )
    record_property(PROPERTY, json.dumps(asdict(tally)))
