"""The pause switch: on unless it says that it is off."""

from typing import Any

import pytest

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.documents import create_document
from sagewarden.application.pause import check_pause, paused, set_pause
from sagewarden.core.entities import Target
from sagewarden.core.keys import pause_key
from sagewarden.errors import IntegrityError, Paused

TARGET = Target("123456789012", "us-east-1")
OTHER = Target("123456789012", "eu-west-1")


def test_without_a_switch_nothing_is_paused() -> None:
    assert paused(MemoryVault(), TARGET) is None


@pytest.mark.parametrize("switched", [None, TARGET], ids=["all", "this"])
def test_either_switch_pauses_a_target(switched: Target | None) -> None:
    vault = MemoryVault()
    set_pause(vault, switched, {"paused": True, "by": "ada", "since": "noon", "reason": "audit"})
    with pytest.raises(Paused, match="paused by ada since noon: audit"):
        check_pause(vault, TARGET)


def test_the_switch_of_another_target_pauses_nothing_here() -> None:
    vault = MemoryVault()
    set_pause(vault, OTHER, {"paused": True})
    check_pause(vault, TARGET)


@pytest.mark.parametrize(
    "content", [{}, {"paused": None}, {"paused": "no"}, {"by": "ada"}], ids=str
)
def test_a_switch_that_does_not_say_that_it_is_off_is_on(content: dict[str, Any]) -> None:
    vault = MemoryVault()
    create_document(vault, pause_key(TARGET), content)
    with pytest.raises(Paused):
        check_pause(vault, TARGET)


def test_a_switch_that_cannot_be_read_lets_nothing_through() -> None:
    vault = MemoryVault()
    vault.create(pause_key(TARGET), b"{")
    with pytest.raises(IntegrityError):
        check_pause(vault, TARGET)


def test_a_switch_is_written_over() -> None:
    vault = MemoryVault()
    set_pause(vault, TARGET, {"paused": True})
    set_pause(vault, TARGET, {"paused": False})
    check_pause(vault, TARGET)
