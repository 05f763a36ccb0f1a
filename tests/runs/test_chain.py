"""Each run ends with a link that names all it wrote; what died before its link is named next."""

import json
from collections.abc import Callable

import pytest
from tests.runs.stage import Stage

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.chain import newest, read_link
from sagewarden.application.verify import Scope, Verification, verify
from sagewarden.core.canonical import sha256
from sagewarden.core.chain import Manifest
from sagewarden.core.keys import Family, written_once
from sagewarden.errors import VaultError


def links(stage: Stage) -> list[Manifest]:
    return [read_link(key, stage.vault.get(key)) for key in stage.keys(Family.CHAIN)]


def verified(stage: Stage) -> Verification:
    return verify(stage.bench(), Scope(expected=newest(stage.bench())))


def fail(stage: Stage, where: Callable[[str, str], bool], *, after: bool) -> None:
    """Let the vault fail at an operation, before it is applied or after."""
    assert isinstance(stage.vault, MemoryVault)

    def hook(operation: str, key: str) -> None:
        if where(operation, key):
            raise VaultError("the vault is away")

    if after:
        stage.vault.after = hook
    else:
        stage.vault.before = hook


def mend(stage: Stage) -> None:
    assert isinstance(stage.vault, MemoryVault)
    stage.vault.before = stage.vault.after = lambda _operation, _key: None


def test_a_link_names_every_object_of_the_run(due: Stage) -> None:
    """All that is written once is in the chain, with the hash that it has."""
    assert isinstance(due.vault, MemoryVault)
    assert due.sweep().exit_code == 0
    named = {key: known for link in links(due) for key, known in link.objects.items()}
    once = {
        key: sha256(body)
        for key, body in due.vault.objects.items()
        if written_once(key) and "/chain/" not in key and not key.endswith("/chained.json")
    }
    assert named == once


def test_an_empty_run_has_a_link_too(due: Stage) -> None:
    """So that a run that is missing shows."""
    due.sweep()
    before = len(links(due))
    due.sweep()
    (*_, last) = links(due)
    assert (len(links(due)), last.number) == (before + 1, before + 1)


def test_a_chain_of_several_runs_is_sound_and_anchored(due: Stage) -> None:
    due.sweep()
    due.sweep()
    found = verified(due)
    assert found.chain is not None
    assert (found.findings, found.chain.anchored, found.chain.unchained) == ([], True, 0)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("place", ["/chain/", "/chained.json"])
def test_a_run_that_died_at_its_link_is_named_by_the_next(
    due: Stage, place: str, *, after: bool
) -> None:
    """The report is there; whether the link arrived or not, the next run's names everything."""
    fail(due, lambda operation, key: operation == "create" and place in key, after=after)
    with pytest.raises(VaultError, match="no link of the chain names it yet"):
        due.sweep()
    mend(due)
    died = due.run().name.replace("03z", "02z")
    due.sweep()
    assert died in {run for link in links(due) for run in link.runs}
    found = verified(due)
    assert found.chain is not None
    assert (found.findings, found.chain.anchored, found.chain.unchained) == ([], True, 0)


def test_a_dead_run_is_named_by_the_run_that_settled_it(due: Stage) -> None:
    """With its intents, archives and outcomes."""
    fail(
        due,
        lambda operation, key: operation == "create" and ("-outcome" in key or "reports/" in key),
        after=False,
    )
    with pytest.raises(VaultError):
        due.sweep()
    mend(due)
    due.sweep()
    journal = set(due.keys(Family.JOURNAL))
    assert journal <= {key for link in links(due) for key in link.objects}
    assert verified(due).findings == []


def test_an_outcome_that_a_later_run_adds_is_named_by_it(due: Stage) -> None:
    """The run had reported with an intent open, and its link names no outcome."""
    fail(due, lambda operation, key: operation == "create" and "-outcome" in key, after=False)
    assert due.sweep().exit_code == 3
    mend(due)
    due.sweep()
    assert verified(due).findings == []


def test_an_object_whose_answer_got_lost_is_named(due: Stage) -> None:
    """It lies in the vault, so it must be in the chain."""
    lost: list[str] = []

    def once(operation: str, key: str) -> bool:
        if operation == "create" and "archive/" in key and not lost:
            lost.append(key)
            return True
        return False

    fail(due, once, after=True)
    due.sweep()
    mend(due)
    assert lost[0] in {key for link in links(due) for key in link.objects}


def test_two_workers_never_make_two_links_of_one_number(due: Stage) -> None:
    """Who comes second follows who came first."""
    assert isinstance(due.vault, MemoryVault)
    due.sweep()
    vault, before = due.vault, len(links(due))
    number = f"{before + 1:012}"
    other = links(due)[0].after(newest(due.bench()))
    came: list[str] = []

    def first(operation: str, key: str) -> None:
        if operation == "create" and key.endswith(number) and not came:
            came.append(key)
            vault.create(key, other.body())

    vault.before = first
    due.sweep()
    mend(due)
    (*_, theirs, ours) = links(due)
    assert (theirs, ours.previous) == (other, other.head().sha256)


def test_a_worker_that_never_gets_a_number_says_so(due: Stage) -> None:
    assert isinstance(due.vault, MemoryVault)
    vault = due.vault
    busy: list[str] = []

    def always(operation: str, key: str) -> None:
        if operation == "create" and "/chain/" in key and key not in busy:
            busy.append(key)
            number = int(key[-12:])
            vault.create(key, json.dumps({"number": number}).encode())

    vault.before = always
    with pytest.raises(VaultError, match="no link of the chain names it yet"):
        due.sweep()
    assert len(busy) == 5
