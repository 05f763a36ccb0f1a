"""The journal tells what was deleted, and where it lies."""

from tests.restore.account import RUN, Account

from sagewarden.application.archives import cut_edges, deleted, newest, tree_of
from sagewarden.core.entities import Kind

LATER = "20260401T000000Z-ffff"


def grow(account: Account) -> None:
    """Delete a component in one run by another policy, its tree in a later run."""
    account.tree(Tri=["First", "Second", "Shared"], Two=[])
    account.tree("Living", Home=["Shared"])
    account.erase((Kind.COMPONENT, "First"), policy="headroom")
    going = ((Kind.COMPONENT, "Second"), (Kind.TRIAL, "Tri"), (Kind.TRIAL, "Two"))
    account.erase(*going, (Kind.EXPERIMENT, "Exp"), spared=["Shared"], run=LATER)


def test_newest_first(account: Account) -> None:
    """Later runs and later bundles come first."""
    grow(account)

    assert [(each.name, each.run) for each in deleted(account.bench)] == [
        ("Exp", LATER),
        ("Two", LATER),
        ("Tri", LATER),
        ("Second", LATER),
        ("First", RUN),
    ]


def test_by_name_kind_and_run(account: Account) -> None:
    """Each narrows the search; names match in any case."""
    grow(account)

    assert [each.name for each in deleted(account.bench, name="fIRST")] == ["First"]
    assert [each.name for each in deleted(account.bench, kind=Kind.TRIAL)] == ["Two", "Tri"]
    assert [each.name for each in deleted(account.bench, run=RUN)] == ["First"]
    assert list(deleted(account.bench, name="First", kind=Kind.TRIAL)) == []


def test_only_what_was_really_deleted(account: Account) -> None:
    """An intent without a confirmed delete locates nothing."""
    account.component("Comp")
    account.erase((Kind.COMPONENT, "Comp"), settle=False)

    assert list(deleted(account.bench)) == []


def test_where_it_lies(account: Account) -> None:
    """What is located can be read back from the vault."""
    grow(account)

    located = newest(account.bench, "second")

    assert located.archive_key in account.vault.objects
    assert located.sha256 in located.archive_key
    assert (located.parents, located.policy) == (("tri",), "stale")


def test_a_tree_is_what_went_together(account: Account) -> None:
    """What another policy deleted from it earlier is not part of the tree."""
    grow(account)

    names = [each.name for each in tree_of(account.bench, newest(account.bench, "Exp"))]

    assert names == ["Exp", "Tri", "Two", "Second"]


def test_a_tree_that_two_runs_took(account: Account) -> None:
    """What a run that died had taken of the tree comes back with the rest."""
    account.tree(Tri=["First", "Second"])
    account.erase((Kind.COMPONENT, "First"))
    rest = ((Kind.COMPONENT, "Second"), (Kind.TRIAL, "Tri"), (Kind.EXPERIMENT, "Exp"))
    account.erase(*rest, run=LATER)

    names = [each.name for each in tree_of(account.bench, newest(account.bench, "Exp"))]

    assert names == ["Exp", "Tri", "First", "Second"]


def test_a_branch(account: Account) -> None:
    """A trial's tree is itself and its components; a component's is itself."""
    grow(account)
    of = account.bench

    assert [each.name for each in tree_of(of, newest(of, "Tri"))] == ["Tri", "Second"]
    assert [each.name for each in tree_of(of, newest(of, "Two"))] == ["Two"]
    assert [each.name for each in tree_of(of, newest(of, "Second"))] == ["Second"]


def test_edges_of_spared_components(account: Account) -> None:
    """Only edges whose component lives on are told, each under the trial that went."""
    grow(account)

    edges = cut_edges(account.bench, [newest(account.bench, "Tri")])

    assert [(edge.name, edge.trial) for edge in edges] == [("Shared", "tri")]
    assert cut_edges(account.bench, [newest(account.bench, "Two")]) == ()
