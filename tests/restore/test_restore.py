"""What was deleted comes back as it was, as far as AWS lets it."""

from typing import Any

from tests.restore.account import Account

from sagewarden.application.rebuilding import Fate
from sagewarden.core.entities import Kind
from sagewarden.core.rebirth import RESTORED_TAG

EXP = (Kind.EXPERIMENT, "Exp")
TRI = (Kind.TRIAL, "Tri")
COMP = (Kind.COMPONENT, "Comp")

COMPONENT: dict[str, Any] = {
    "DisplayName": "shown",
    "Status": {"PrimaryStatus": "Completed", "Message": "well done"},
    "StartTime": 1_700_000_000.123,
    "EndTime": 1_700_000_500.25,
    "Parameters": {
        "rate": {"NumberValue": 0.1},
        "whole": {"NumberValue": 10.0},
        "text": {"StringValue": "10"},
    },
    "InputArtifacts": {"data": {"MediaType": "text/csv", "Value": "s3://bucket/data.csv"}},
    "OutputArtifacts": {"model": {"Value": "s3://bucket/model.tar.gz"}},
    "MetadataProperties": {"CommitId": "abc", "Repository": "git@example.com:r.git"},
    "Tags": [{"Key": "owner", "Value": "ada"}, {"Key": "empty", "Value": ""}],
}


def test_a_tree_comes_back_as_it_was(account: Account) -> None:
    """Every restorable field, tag, edge and metric point of all three kinds is there again."""
    account.tree(Tri=["Comp", "Other"], Two=["Comp"])
    account.component("Rich", "Tri", **COMPONENT)
    account.log("Rich", "loss", [3.0, 2.5, 1.0] * 9, steps=True)
    account.log("Rich", "rmse", [0.25, 0.5, 0.125], steps=False)
    everything = [
        EXP,
        TRI,
        (Kind.TRIAL, "Two"),
        COMP,
        (Kind.COMPONENT, "Other"),
        (Kind.COMPONENT, "Rich"),
    ]
    before = [account.seen(*each) for each in everything]
    account.age()
    account.erase(*everything)
    assert account.world() == [{}, {}, {}]

    restored = account.restore("exp")

    assert restored.complete
    assert restored.counts == {Fate.DONE: 6}
    assert [account.seen(*each) for each in everything] == before


def test_one_trial_comes_back_with_its_components(account: Account) -> None:
    """Restoring a trial leaves the other trials of its unit deleted."""
    account.tree(Tri=["Comp", "Shared"], Two=["Shared", "Third"])
    names = ("Comp", "Shared", "Third")
    account.erase(TRI, (Kind.TRIAL, "Two"), *((Kind.COMPONENT, name) for name in names))

    restored = account.restore("Tri")

    assert restored.complete
    assert sorted(account.box.state.components.rows) == ["comp", "shared"]
    assert list(account.box.state.trials.rows) == ["tri"]
    assert account.seen(Kind.COMPONENT, "Shared")["trials"] == ["Tri"]
    left = [each for each in restored.edges if each.fate is Fate.SKIPPED]
    assert [(each.edge.name, each.detail) for each in left] == [("Shared", "the trial two is gone")]


def test_one_component_comes_back_to_its_trial(account: Account) -> None:
    """A component that was deleted from a trial that lives on hangs on it again."""
    account.tree(Tri=["Comp", "Stays"])
    account.age()
    account.erase(COMP)

    restored = account.restore("comp")

    assert restored.complete
    assert account.seen(*COMP)["trials"] == ["Tri"]
    assert [each.note for each in account.plan("comp").edges] == [""]


def test_a_spared_component_hangs_on_its_trial_again(account: Account) -> None:
    """An edge that was cut because its trial went comes back with the trial."""
    account.tree(Tri=["Comp", "Shared"])
    account.tree("Living", Home=["Shared"])
    account.erase(EXP, TRI, COMP, spared=["Shared"])
    assert account.seen(Kind.COMPONENT, "Shared")["trials"] == ["Home"]
    birth = account.box.state.components.rows["shared"].created

    restored = account.restore("Exp")

    assert restored.complete
    assert account.seen(Kind.COMPONENT, "Shared")["trials"] == ["Home", "Tri"]
    assert account.box.state.components.rows["shared"].created == birth


def test_a_spared_component_created_anew_is_left_alone(account: Account) -> None:
    """The edge belonged to another component than the one that has its name now."""
    account.tree(Tri=["Shared"])
    account.tree("Living", Home=["Shared"])
    account.erase(EXP, TRI, spared=["Shared"])
    account.sm.disassociate_trial_component(TrialComponentName="Shared", TrialName="Home")
    account.sm.delete_trial_component(TrialComponentName="Shared")
    account.box.admin.advance(5)
    account.component("Shared", "Home")

    restored = account.restore("Exp")

    assert [(each.fate, each.detail) for each in restored.edges] == [
        (Fate.SKIPPED, "the component Shared was created anew since")
    ]
    assert account.seen(Kind.COMPONENT, "Shared")["trials"] == ["Home"]


def test_unassigned_component(account: Account) -> None:
    """A component without any trial comes back without any."""
    account.component("Comp", **COMPONENT)
    before = account.seen(*COMP)
    account.erase(COMP)

    assert account.restore("Comp").complete

    assert account.seen(*COMP) == before


def test_a_second_restore_writes_nothing(account: Account) -> None:
    """What is back is recognised by its mark and left as it is."""
    account.tree(Tri=["Comp"])
    account.log("Comp", "loss", [1.0, 0.5], steps=True)
    account.erase(EXP, TRI, COMP)
    account.restore("Exp")
    after = account.world()
    account.box.admin.clear_calls()

    again = account.restore("Exp")

    assert again.complete
    assert again.counts == {Fate.ALREADY: 3}
    assert account.writes() == []
    assert account.world() == after


def test_the_mark_names_the_archive(account: Account) -> None:
    """Each restored entity carries the start of its archive's hash from its Create call on."""
    account.tree(Tri=["Comp"])
    intents = account.erase(EXP, TRI, COMP)
    account.restore("Exp")

    rows = account.box.state
    marks = [
        next(iter(table.rows.values())).tags[RESTORED_TAG]
        for table in (rows.components, rows.trials, rows.experiments)
    ]

    assert marks == [intent.archive_sha256[:32] for intent in intents]


def test_the_last_life_of_a_name_comes_back(account: Account) -> None:
    """A name that was deleted, created anew and deleted again comes back as it last was."""
    account.component("Comp", Parameters={"life": {"NumberValue": 1.0}})
    account.erase(COMP, run="20260101T000000Z-aaaa")
    account.box.admin.advance(60)
    account.component("comp", Parameters={"life": {"NumberValue": 2.0}})
    account.erase(COMP, run="20260201T000000Z-aaaa")

    assert account.restore("COMP").complete

    assert account.seen(*COMP)["fields"]["Parameters"] == {"life": {"NumberValue": 2.0}}


def test_a_stop_ends_it_early_and_a_second_call_goes_on(account: Account) -> None:
    """Asked to stop, a restore begins nothing more and says so; the next one does the rest."""
    account.tree(Tri=["Comp", "Other"])
    before = account.seen(*COMP)
    account.erase(EXP, TRI, COMP, (Kind.COMPONENT, "Other"))
    account.box.admin.clear_calls()

    stopped = account.asked_to_stop_after(2).restore("Exp")

    assert not stopped.complete
    assert stopped.counts == {Fate.DONE: 2, Fate.NOT_ATTEMPTED: 2}
    assert account.restore("Exp").complete
    assert account.seen(*COMP) == before


def test_progress_and_events_are_told(account: Account) -> None:
    """Each entity and edge is told once."""
    account.tree(Tri=["Comp"])
    account.erase(EXP, TRI, COMP)
    account.restore("Exp")

    told = [event for event, _ in account.heard.events if event.startswith("restore.")]

    assert sorted(told) == ["restore.edge", *["restore.entity"] * 3]
