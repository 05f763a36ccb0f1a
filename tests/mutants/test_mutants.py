"""Take any one interlock out, and a test that is named for it fails."""

import json
from collections.abc import Callable

import pytest
from tests.mutants.catalogue import ROOT, Mutant, mutants
from tests.mutants.conftest import PROPERTY
from tests.mutants.playing import SURVIVED, Copy


@pytest.mark.timeout(0)  # processor time ends what never ends; see playing.py
def test_a_mutant_is_killed_by_a_test_that_is_named_for_it(
    copy: Copy, mutant: Mutant, record_property: Callable[[str, object], None]
) -> None:
    with copy.mutated(mutant):
        told = copy.pytest(mutant.killers)
    record_property(PROPERTY, json.dumps([mutant.name, mutant.promise, told.killer]))
    assert told.killer != SURVIVED, told.text


@pytest.mark.timeout(0)
def test_what_kills_mutants_passes_on_the_source_as_it_is(
    copy: Copy, killers: tuple[str, ...]
) -> None:
    told = copy.pytest(killers)
    assert told.code == 0, told.text


def test_tests_of_a_copy_see_its_source_and_no_other(copy: Copy) -> None:
    """Else every mutant would survive, or die of something else."""
    told = copy.pytest(["tests/mutants/where.py"])
    assert told.code == 0, told.text


@pytest.mark.parametrize("mutant_of_all", mutants(), ids=lambda mutant: mutant.name)
def test_every_mutant_fits_todays_source(mutant_of_all: Mutant) -> None:
    source = (ROOT / mutant_of_all.path).read_text("utf-8")
    assert mutant_of_all.applied(source) != source


@pytest.mark.parametrize("mutant_of_all", mutants(), ids=lambda mutant: mutant.name)
def test_every_mutant_names_tests_that_there_are(mutant_of_all: Mutant) -> None:
    named = [killer.partition("[")[0].partition("::") for killer in mutant_of_all.killers]
    lost = [name for file, _, name in named if f"def {name}(" not in (ROOT / file).read_text()]
    assert (lost, bool(named)) == ([], True)


PROMISES = [
    *("A1", "A2", "A3"),
    *("J1", "J2", "J3", "J4"),
    *("P1", "P2", "P3", "P4", "P5", "P6"),
    *("F1", "F2", "F3", "F4", "F5"),
    *("L1", "L2", "L3"),
]


def test_every_promise_has_mutants() -> None:
    assert sorted({each.promise for each in mutants()}) == sorted(PROMISES)


def test_no_two_mutants_have_the_same_name() -> None:
    names = [each.name for each in mutants()]
    assert len(names) == len(set(names))
