"""What commands print on a pipe: each row on its line, each name one word."""

from tests.cli.user import User

LONG = f"old-{'long-name-' * 8}x"


def test_a_long_name_is_one_word_of_a_list(user: User) -> None:
    """Of the holds here, of archives and restores by the same table."""
    user.settles()
    with user.ago(days=1):
        user.grows(LONG, f"{LONG}-a")
    user("hold", "add", LONG, "-k", "experiment", "-o", "ana", "-r", "a reason " * 20)
    (row,) = [line for line in user("hold", "list").out.splitlines() if LONG in line.split()]
    assert row.startswith("in force")


def test_a_list_of_holds_says_where_those_by_tag_are(user: User) -> None:
    user.settles()
    assert "by the tag `sagewarden:hold` are not listed" in user("hold", "list").words
