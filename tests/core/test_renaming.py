"""New names for what comes back: which wish is about what, and which do no good."""

import pytest

from sagewarden.core.entities import Kind
from sagewarden.core.renaming import Rename, renames
from sagewarden.errors import UsageError

COMP = (Kind.COMPONENT, "Comp")
GOING = [(Kind.EXPERIMENT, "Exp"), (Kind.TRIAL, "Tri"), COMP, (Kind.COMPONENT, "Comp-2")]


def test_a_star_stands_for_any_rest_of_a_name() -> None:
    assert renames(GOING, [Rename.read("COMP*=old-comp*")]) == {
        (Kind.COMPONENT, "comp"): "old-comp",
        (Kind.COMPONENT, "comp-2"): "old-comp-2",
    }


def test_of_two_wishes_the_first_counts() -> None:
    wishes = [Rename.read("comp=a"), Rename.read("comp*=b*")]
    assert renames(GOING, wishes)[COMP[0], "comp"] == "a"


@pytest.mark.parametrize("spelled", ["", "a", "=b", "a=", "a*=b", "a=b*", "*=b*", "a*b*=c*"])
def test_what_is_no_wish_is_refused(spelled: str) -> None:
    with pytest.raises(UsageError, match="is not OLD=NEW"):
        Rename.read(spelled)


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        (["comp=comp-2"], "trial-component Comp and trial-component Comp-2 would both be called"),
        (["comp=COMP-2"], "would both be called Comp-2"),
        (["comp=no name"], "AWS takes no trial-component called 'no name'"),
        (["comp=a/../b"], "AWS takes no trial-component called"),
        (["other=b"], "nothing that comes back is called other"),
        (["comp=a", "comp=b", "x*=y*"], "nothing that comes back is called x*"),
    ],
)
def test_names_that_do_no_good_are_refused(wishes: list[str], told: str) -> None:
    """Before anything is looked at, let alone created."""
    with pytest.raises(UsageError) as refused:
        renames(GOING, [Rename.read(each) for each in wishes])
    assert told in refused.value.message


def test_a_wish_without_a_star_is_about_one_name_in_any_case() -> None:
    wish = Rename.read("COMP=New")
    assert [wish.renamed(name) for name in ("Comp", "Comp-2", "Com")] == ["New", None, None]


def test_a_star_stands_for_no_rest_too() -> None:
    wish = Rename.read("comp*=New*")
    told = [wish.renamed(name) for name in ("COMP", "Comp-Ab", "other")]
    assert told == ["New", "New-Ab", None]


def test_without_a_wish_nothing_is_renamed() -> None:
    assert renames(GOING, []) == {}


def test_kinds_have_names_of_their_own() -> None:
    assert renames(GOING, [Rename.read("comp=exp")]) == {(Kind.COMPONENT, "comp"): "exp"}


def test_the_same_may_be_named_twice() -> None:
    """It comes back once."""
    assert renames([COMP, COMP], [Rename.read("comp=a")]) == {(Kind.COMPONENT, "comp"): "a"}


@pytest.mark.parametrize(("length", "fine"), [(120, True), (121, False)])
def test_a_name_has_at_most_120_characters(length: int, *, fine: bool) -> None:
    wish = Rename.read(f"comp={'n' * length}")
    if fine:
        assert renames([COMP], [wish]) == {(Kind.COMPONENT, "comp"): "n" * length}
    else:
        with pytest.raises(UsageError, match="AWS takes no trial-component"):
            renames([COMP], [wish])
