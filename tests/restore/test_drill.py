"""A drill restores a sample elsewhere, and sees whatever comes back otherwise."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from tests.restore.account import Account

from sagewarden.application.archives import newest
from sagewarden.application.drill import Arena, Drilled, drill
from sagewarden.bootstrap import Process
from sagewarden.bootstrap.drilling import fresh
from sagewarden.core.entities import Kind
from sagewarden.core.rebirth import Rebirth
from sagewarden.core.redaction import NOTHING_IS_SECRET, Redaction
from sagewarden.errors import IntegrityError

EXP = (Kind.EXPERIMENT, "Exp")
TRI = (Kind.TRIAL, "Tri")
COMP = (Kind.COMPONENT, "Comp")


@pytest.fixture
def erased(account: Account) -> Account:
    """A tree with a series, and a component of a trial that lives on, deleted; the log is empty."""
    account.tree(Tri=["Comp"])
    account.tree("Living", Home=["Alone", "Stays"])
    account.log("Comp", "loss", [0.5, 0.25, 0.125], steps=True)
    account.age()
    account.erase(EXP, TRI, COMP)
    account.erase((Kind.COMPONENT, "Alone"))
    account.box.admin.clear_calls()
    return account


def drilled(account: Account, most: int = 20, salt: str = "s") -> Drilled:
    return drill(account.bench, fresh(account.bench.target, Process()), most, salt)


def test_all_comes_back_as_it_was_archived(erased: Account) -> None:
    """Edges to what lives on too; and the account itself is not even looked at."""
    result = drilled(erased)
    assert (result.sound, result.of, result.entities, result.findings) == (True, 4, 4, ())
    assert result.fields > 10
    assert erased.box.admin.calls() == []


def test_a_sample_brings_along_what_it_hung_on(erased: Account) -> None:
    """Each salt draws another; what was deleted above it comes back with it."""
    sizes = {drilled(erased, 1, salt).entities for salt in "abcdefgh"}
    assert sizes <= {1, 2, 3}
    assert len(sizes) > 1


def test_a_vault_of_nothing_is_sound(account: Account) -> None:
    assert drilled(account) == Drilled()


def spoiling(
    account: Account,
    change: Callable[[Rebirth], Rebirth],
    redaction: Redaction = NOTHING_IS_SECRET,
) -> Drilled:
    """A drill where whatever restores changes something on the way."""
    opened = fresh(account.bench.target, Process())

    class Spoiler:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def create(self, birth: Rebirth) -> None:
            self._inner.create(change(birth))

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

    @contextmanager
    def spoilt() -> Iterator[Arena]:
        with opened() as arena:
            yield replace(arena, restoring=Spoiler(arena.restoring))

    spoils: Callable[[], AbstractContextManager[Arena]] = spoilt
    return drill(account.bench, spoils, 20, "s", redaction)


def forgetful(birth: Rebirth) -> Rebirth:
    fields = {key: value for key, value in birth.fields.items() if key != "Description"}
    return replace(birth, fields=fields)


def test_a_field_that_is_not_restored_is_a_finding(erased: Account) -> None:
    """It says which field, what it was, and in which archive object that stands."""
    (found,) = spoiling(erased, forgetful).findings
    assert found.key == newest(erased.bench, "Exp").archive_key
    assert found.wrong == 'experiment exp: Description was "as it was", is absent'


def test_a_secret_that_came_back_otherwise_is_told_without_its_values(erased: Account) -> None:
    found = spoiling(erased, forgetful, Redaction(["descr*"])).findings
    assert [each.wrong for each in found] == [
        "experiment exp: Description was [redacted], is another value"
    ]


def test_a_damaged_archive_is_not_drilled(erased: Account) -> None:
    erased.damage(newest(erased.bench, "Comp").archive_key)
    with pytest.raises(IntegrityError):
        drilled(erased)
