"""`drill`, as somebody types it."""

from tests.cli.user import User


def test_a_drill_tells_how_much_came_back_as_it_was(due: User) -> None:
    """And asks AWS for nothing."""
    assert due("sweep").code == 0
    due.box.admin.clear_calls()
    ran = due("drill")
    assert (ran.code, due.calls()) == (0, [])
    assert "were restored into an empty sandbox and came back as archived" in ran.words
    (answer,) = due("drill", "1", "--json").answer
    assert (answer["sound"], answer["findings"]) == (True, [])


def test_a_drill_of_nothing_is_a_mistake(due: User) -> None:
    assert due("drill", "0").code == 2
