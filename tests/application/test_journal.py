"""The journal in a vault: intents are durable first, outcomes are written once."""

from dataclasses import replace

import pytest
from tests.core.test_journal import INTENT, SETTLED
from tests.core.worlds import TARGET

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.journal import Entry, Journal
from sagewarden.core.canonical import sha256
from sagewarden.core.journal import Result
from sagewarden.core.keys import journal_key
from sagewarden.errors import IntegrityError, VaultError, VaultExists

INTENT_KEY = journal_key(TARGET, "r", 1, "intent")


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


@pytest.fixture
def journal(vault: MemoryVault) -> Journal:
    return Journal(vault, TARGET)


@pytest.fixture
def intended(journal: Journal) -> Journal:
    """One intent is durable."""
    journal.intend(INTENT)
    return journal


def test_an_intent_is_in_the_vault_when_it_is_proven(vault: MemoryVault, journal: Journal) -> None:
    durable = journal.intend(INTENT)
    assert (durable.key, durable.sha256) == (INTENT_KEY, sha256(vault.objects[INTENT_KEY]))
    assert durable.steps == frozenset(INTENT.steps)


def test_an_intent_that_the_vault_does_not_take_proves_nothing(
    vault: MemoryVault, journal: Journal
) -> None:
    def full(operation: str, _key: str) -> None:
        raise VaultError(f"no {operation}: the vault is full")

    vault.before = full
    with pytest.raises(VaultError):
        journal.intend(INTENT)


def test_a_place_in_the_journal_is_taken_once(intended: Journal) -> None:
    with pytest.raises(VaultExists):
        intended.intend(replace(INTENT, unit="another"))


def test_an_intent_of_an_earlier_process_proves_the_same(intended: Journal) -> None:
    (entry,) = intended.entries("r")
    durable = intended.durable(entry)
    assert (durable.key, durable.steps) == (INTENT_KEY, frozenset(INTENT.steps))


def test_outcomes_are_read_back_with_their_intent(intended: Journal) -> None:
    intended.settle(SETTLED)
    assert list(intended.entries("r")) == [
        Entry(intent=INTENT, key=INTENT_KEY, undoing=False, settled=SETTLED)
    ]


def test_outcomes_are_written_once(intended: Journal) -> None:
    """Who settles what was settled meanwhile changes nothing."""
    intended.settle(SETTLED)
    others = tuple(replace(each, result=Result.REFUSED) for each in SETTLED.outcomes)
    intended.settle(replace(SETTLED, outcomes=others))
    (entry,) = intended.entries("r")
    assert entry.settled == SETTLED


def test_an_intent_without_an_outcome_is_open(intended: Journal) -> None:
    assert intended.unsettled() == {"r": True}


def test_a_run_is_open_as_long_as_one_intent_of_it_is(intended: Journal) -> None:
    intended.intend(replace(INTENT, sequence=2))
    intended.settle(SETTLED)
    assert intended.unsettled() == {"r": True}


def test_a_run_whose_intents_all_have_outcomes_is_settled(intended: Journal) -> None:
    intended.settle(SETTLED)
    assert intended.unsettled() == {"r": False}


def test_without_entries_there_is_no_run(journal: Journal) -> None:
    assert (journal.unsettled(), list(journal.entries("r"))) == ({}, [])


def test_bundles_are_read_in_their_order(journal: Journal) -> None:
    for sequence in (10, 2, 1):
        journal.intend(replace(INTENT, sequence=sequence))
    assert [each.intent.sequence for each in journal.entries("r")] == [1, 2, 10]


def test_a_run_has_bundles_of_its_own(intended: Journal) -> None:
    intended.intend(replace(INTENT, run="r2"))
    assert [each.intent.run for each in intended.entries("r")] == ["r"]


def test_an_undo_that_had_begun_is_known(intended: Journal) -> None:
    intended.begin_undo(INTENT, [(INTENT.steps[0].identity, "t")], "2026-03-01T12:00:00.000Z")
    (entry,) = intended.entries("r")
    assert (entry.undoing, intended.unsettled()) == (True, {"r": True})


def test_an_undo_may_begin_again(intended: Journal, vault: MemoryVault) -> None:
    """Bundle by bundle one entry: the first stays."""
    edges = [(INTENT.steps[0].identity, "t")]
    intended.begin_undo(INTENT, edges, "2026-03-01T12:00:00.000Z")
    first = dict(vault.objects)
    intended.begin_undo(INTENT, [], "2026-03-01T13:00:00.000Z")
    assert dict(vault.objects) == first


@pytest.mark.parametrize("event", ["intent", "outcome"])
def test_an_entry_that_is_broken_is_no_entry(
    intended: Journal, vault: MemoryVault, event: str
) -> None:
    intended.settle(SETTLED)
    key = journal_key(TARGET, "r", 1, event)
    vault.replace(key, b"{}", vault.get(key).version)
    with pytest.raises(IntegrityError, match=f"a journal {event}"):
        list(intended.entries("r"))
