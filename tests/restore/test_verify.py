"""Verifying finds every single thing that is not as it was written."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.restore.account import RUN, Account

from sagewarden.adapters.vault.codec import pack
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.chain import extend_chain, recording
from sagewarden.application.journal import Journal
from sagewarden.application.ports.vault import Past
from sagewarden.application.verify import UNANCHORED, Scope, Verification, verify
from sagewarden.application.walk import Finding, Walk
from sagewarden.core.archive import ArchiveHeader
from sagewarden.core.canonical import canonical, sha256
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.journal import Intent, Result
from sagewarden.core.keys import archive_key, journal_key, lease_key, report_key
from sagewarden.core.share import Share
from sagewarden.core.tags import TagIntent, TagOutcome, TagsSettled, TagStep
from sagewarden.errors import UsageError, VaultError

EXP = (Kind.EXPERIMENT, "Exp")
TRI = (Kind.TRIAL, "Tri")
COMP = (Kind.COMPONENT, "Comp")


@pytest.fixture
def erased(account: Account) -> Account:
    """A tree of three, deleted in three bundles by a run that has reported."""
    account.tree(Tri=["Comp", "Shared"])
    account.tree("Living", Home=["Shared"])
    account.erase(EXP, TRI, COMP, spared=["Shared"])
    account.vault.create(report_key(account.bench.target, RUN, "report.json"), b"{}")
    return account


def intent_key(account: Account, sequence: int) -> str:
    return journal_key(account.bench.target, RUN, sequence, "intent")


def outcome_key(account: Account, sequence: int) -> str:
    return journal_key(account.bench.target, RUN, sequence, "outcome")


def intent(account: Account, sequence: int) -> Intent:
    return Intent.read(json.loads(account.vault.get(intent_key(account, sequence)).body))


def change(account: Account, key: str, change: Callable[[str], str]) -> None:
    """Rewrite a journal entry's text."""
    text = account.vault.get(key).body.decode()
    changed = change(text)
    assert changed != text
    account.rewrite(key, changed.encode())


def found(account: Account) -> list[tuple[str, str]]:
    return [(each.key, each.wrong) for each in verify(account.bench).findings]


def test_a_sound_vault(erased: Account) -> None:
    """What was written and reads back is counted, and nothing is found."""
    result = verify(erased.bench)

    archived = sum(
        len(body) for key, body in erased.vault.objects.items() if key.endswith(".jsonl.zst")
    )
    assert result == Verification(
        runs=1,
        intents=3,
        outcomes=3,
        archives=3,
        entities=4,
        bytes=archived,
        chain=Walk(unchained=1),
    )
    assert result.sound


def test_it_never_claims_to_be_anchored(erased: Account) -> None:
    """Without a chain a lost tail leaves no trace, and verifying says so."""
    for key in list(erased.vault.objects):
        if "/00000003-" in key:
            erased.lose(key)

    result = verify(erased.bench)

    assert result.sound
    assert result.chain is not None
    assert not result.chain.anchored
    assert UNANCHORED.startswith("unanchored")


def test_an_empty_vault(account: Account) -> None:
    """Nothing written, nothing wrong."""
    assert verify(account.bench) == Verification(chain=Walk())


def test_a_flipped_bit(erased: Account) -> None:
    """One bit of an archive object is found by its hash."""
    key = intent(erased, 2).archive_key
    erased.damage(key)

    ((where, wrong),) = found(erased)

    assert where == key
    assert wrong.startswith("its bytes have the hash")


def test_a_missing_archive(erased: Account) -> None:
    """An archive object that an intent names and the vault lacks is found."""
    key = intent(erased, 1).archive_key
    erased.lose(key)

    assert found(erased) == [(key, f"the vault has no object {key}")]


def test_another_fingerprint(erased: Account) -> None:
    """An archive that holds the entity in another state than was planned is found."""
    planned = intent(erased, 1).entities[0]
    change(
        erased,
        intent_key(erased, 1),
        lambda text: text.replace(planned.fingerprint, "0" * 64),
    )

    result = verify(erased.bench)

    assert [each.wrong for each in result.findings] == [
        "it holds trial-component comp with another fingerprint than was planned"
    ]
    assert result.entities == 3


def test_an_entity_that_the_archive_lacks(erased: Account) -> None:
    """An intent may name nothing that its archive does not hold."""
    change(erased, intent_key(erased, 3), lambda text: text.replace('"exp"', '"other"'))

    wrongs = [wrong for _, wrong in found(erased)]

    assert "it does not hold experiment other, which its intent names" in wrongs


def test_an_edge_that_the_archive_lacks(erased: Account) -> None:
    """A Disassociate rests on the archived edge."""
    change(
        erased,
        intent_key(erased, 1),
        lambda text: text.replace(',"tri"]]', ',"home"]]').replace(',"tri"],', ',"home"],'),
    )

    wrongs = [wrong for _, wrong in found(erased)]

    assert "it does not hold the edge from trial-component comp to home" in wrongs


def test_an_intent_without_outcome(erased: Account) -> None:
    """A run that has reported has settled all it intended."""
    erased.lose(outcome_key(erased, 2))

    assert found(erased) == [
        (intent_key(erased, 2), "it has no outcome, though its run has reported")
    ]


def test_an_open_intent_of_a_run_that_has_not_reported(account: Account) -> None:
    """A run that died waits for the next: that is counted, not found fault with."""
    account.component("Comp")
    account.erase(COMP, settle=False)

    result = verify(account.bench)

    assert result.sound
    assert (result.intents, result.open, result.entities) == (1, 1, 1)


def test_an_outcome_without_intent(erased: Account) -> None:
    """An outcome of something never intended is found, and so is its archive left alone."""
    erased.lose(intent_key(erased, 2))

    result = verify(erased.bench)

    assert [(each.key, each.wrong) for each in result.findings] == [
        (outcome_key(erased, 2), "there is no intent that it could belong to")
    ]
    assert result.spare == 1


def test_a_step_without_outcome(erased: Account) -> None:
    """Each step of an intent has exactly one outcome."""
    stored = json.loads(erased.vault.get(outcome_key(erased, 1)).body)
    gone = stored["outcomes"].pop()
    stored["outcomes"].append([["delete", ["trial", "alien", 1], ""], *gone[1:]])
    erased.rewrite(outcome_key(erased, 1), canonical(stored))

    assert [wrong for _, wrong in found(erased)] == [
        "it tells 0 outcomes of: delete trial-component comp",
        "it tells of a step that was never intended: delete trial alien",
    ]


@pytest.mark.parametrize("body", [b"", b"not JSON", b"[]", b"{}", b'{"run": 1}', b"\xff\xfe"])
def test_garbled_journal_entries(erased: Account, body: bytes) -> None:
    """A journal entry that cannot be read is a finding, not an end."""
    erased.rewrite(intent_key(erased, 1), body)
    erased.rewrite(outcome_key(erased, 2), body)

    keys = {key for key, _ in found(erased)}

    assert {intent_key(erased, 1), outcome_key(erased, 2)} <= keys


def test_an_entry_from_another_run(erased: Account) -> None:
    """An entry copied under another run's name is found."""
    other = journal_key(erased.bench.target, "20260401T000000Z-ffff", 1, "intent")
    erased.vault.create(other, erased.vault.get(intent_key(erased, 1)).body)

    assert found(erased) == [(other, f"it belongs to bundle 1 of run {RUN}")]


def test_an_archive_that_no_intent_names(erased: Account) -> None:
    """A bundle that was archived and never begun is whole all the same."""
    header = ArchiveHeader(target="t", run=RUN, plan="p", unit="u", written="", counts={})
    body = erased.bench.codec.archive(header, [])
    key = archive_key(erased.bench.target, RUN, "u", 9, sha256(body))
    erased.vault.create(key, body)

    result = verify(erased.bench)

    assert result.sound
    assert (result.archives, result.spare) == (4, 1)


@pytest.mark.parametrize("lines", [[], [{}], [{"sagewarden_archive": 1, "counts": {"a": "b"}}]])
def test_a_stray_archive_that_is_none(erased: Account, lines: list[dict[str, Any]]) -> None:
    """Whatever lies under the archive prefix has to be an archive."""
    body = pack(lines)
    key = archive_key(erased.bench.target, RUN, "u", 9, sha256(body))
    erased.vault.create(key, body)

    assert [where for where, _ in found(erased)] == [key]


def test_all_faults_are_told(erased: Account) -> None:
    """The first finding does not end the search."""
    keys = [intent(erased, sequence).archive_key for sequence in (1, 2, 3)]
    erased.damage(keys[0])
    erased.lose(keys[1])
    erased.damage(keys[2])

    assert [where for where, _ in found(erased)] == keys


def test_one_run_alone(erased: Account) -> None:
    """Verifying one run reads no other."""
    erased.component("Lone")
    erased.erase((Kind.COMPONENT, "Lone"), run="20260401T000000Z-ffff")
    erased.damage(intent(erased, 1).archive_key)

    assert verify(erased.bench, Scope(run="20260401T000000Z-ffff")).sound
    assert not verify(erased.bench, Scope(run=RUN)).sound
    assert verify(erased.bench).runs == 2


def test_a_run_that_deleted_nothing(account: Account) -> None:
    """A run with only a report is known, and sound."""
    account.vault.create(report_key(account.bench.target, RUN, "report.json"), b"{}")

    assert verify(account.bench, Scope(run=RUN)) == Verification(runs=1)


def test_an_unknown_run(erased: Account) -> None:
    """A run that the vault never heard of is a mistake of the caller."""
    with pytest.raises(UsageError, match="knows no run"):
        verify(erased.bench, Scope(run="20990101T000000Z-0000"))


def test_an_outcome_of_another_bundle(erased: Account) -> None:
    """An outcome stored under another bundle's number is found."""
    other = erased.vault.get(outcome_key(erased, 2)).body
    erased.rewrite(outcome_key(erased, 1), other)

    assert (outcome_key(erased, 1), f"it belongs to bundle 2 of run {RUN}") in found(erased)


STEP = TagStep(Identity(Kind.EXPERIMENT, "exp", 0), "Exp", "env", None, "prod")
TAGS = TagIntent(run=RUN, sequence=9, steps=(STEP,), touched={}, sent="2026-03-01T12:00:00.000Z")
TAGGED = TagsSettled(
    run=RUN,
    sequence=9,
    settled_by=RUN,
    outcomes=(TagOutcome(STEP, Result.DONE),),
    at="2026-03-01T12:00:01.000Z",
)


def tags_key(account: Account, event: str) -> str:
    return journal_key(account.bench.target, RUN, 9, event)


@pytest.fixture
def tagged(erased: Account) -> Account:
    """The same run wrote a tag, too, and its batch is open yet."""
    Journal(erased.vault, erased.bench.target).intend_tags(TAGS)
    return erased


def test_a_settled_batch_of_tags_is_sound(tagged: Account) -> None:
    before = verify(tagged.bench).outcomes
    Journal(tagged.vault, tagged.bench.target).settle_tags(TAGGED)
    assert (found(tagged), verify(tagged.bench).outcomes) == ([], before + 1)


def test_a_batch_of_tags_without_an_outcome_is_found(tagged: Account) -> None:
    assert found(tagged) == [
        (tags_key(tagged, "tagging"), "it has no outcome, though its run has reported")
    ]


def test_outcomes_of_other_tags_than_intended_are_found(tagged: Account) -> None:
    other = replace(TAGGED, outcomes=())
    Journal(tagged.vault, tagged.bench.target).settle_tags(other)
    assert found(tagged) == [
        (tags_key(tagged, "tagged"), "its outcomes are not those of its intent's steps")
    ]


@pytest.mark.parametrize("event", ["tagging", "tagged"])
def test_a_garbled_batch_of_tags_is_found(tagged: Account, event: str) -> None:
    Journal(tagged.vault, tagged.bench.target).settle_tags(TAGGED)
    change(tagged, tags_key(tagged, event), lambda text: text.replace('"format":1', '"format":2'))
    ((key, wrong),) = found(tagged)
    assert key == tags_key(tagged, event)
    assert "garbled: it has format 2, known is 1" in wrong


@dataclass
class Versioned(MemoryVault):
    """A vault whose earlier versions are made up."""

    pasts: tuple[Past, ...] = ()
    refuses: bool = False

    def history(self, prefix: str) -> Iterator[Past]:
        if self.refuses:
            raise VaultError("AccessDenied: nobody may list versions")
        return (each for each in self.pasts if each.key.startswith(prefix))


def looked_back(account: Account, *pasts: Past, refuses: bool = False) -> Verification:
    vault = Versioned(pasts, refuses)
    MemoryVault.__init__(vault)
    vault._stored = account.vault._stored
    return verify(replace(account.bench, vault=vault))


def test_what_a_delete_marker_hides_is_found(erased: Account) -> None:
    """Though every other object is as it was written, and nothing else would tell."""
    key = intent(erased, 1).archive_key
    told = looked_back(erased, Past(key, "1"), Past(key, "2", marker=True, hides=True))
    assert (told.versions, [(each.key, each.wrong) for each in told.findings]) == (
        2,
        [(key, "a delete marker hides it: remove the marker, and find out who set it")],
    )


@pytest.mark.parametrize(
    ("pasts", "wrong"),
    [
        ([{}], "it was written over; earlier versions that are kept: 1"),
        ([{"marker": True}], "it was deleted and put back"),
        ([{"marker": True}, {}], "it was deleted and put back"),
    ],
)
def test_what_was_written_over_or_put_back_is_found(
    erased: Account, pasts: list[dict[str, bool]], wrong: str
) -> None:
    key = intent(erased, 1).archive_key
    told = looked_back(erased, *(Past(key, "1", **each) for each in pasts))
    assert told.findings[0] == Finding(key, wrong)


def test_what_is_meant_to_be_replaced_may_have_earlier_versions(erased: Account) -> None:
    told = looked_back(erased, Past(lease_key(erased.bench.target), "1"))
    assert (told.sound, told.versions) == (True, 1)


def test_versions_that_cannot_be_read_are_told(erased: Account) -> None:
    """That is no finding, and nobody is told that they were looked at."""
    told = looked_back(erased, refuses=True)
    assert (told.sound, told.blind) == (True, "AccessDenied: nobody may list versions")


def subset(account: Account, spelled: str, salt: str = "") -> Verification:
    return verify(account.bench, Scope(share=Share.read(spelled), salt=salt))


def test_parts_together_are_the_whole(erased: Account) -> None:
    """Each archive is read in one part, and seen to be there in all others."""
    parts = [subset(erased, f"{part}/3") for part in (1, 2, 3)]
    assert [part.archives + part.left for part in parts] == [3, 3, 3]
    assert sum(part.archives for part in parts) == 3
    for sequence in (1, 2, 3):
        erased.damage(intent(erased, sequence).archive_key)
    found = [len(subset(erased, f"{part}/3").findings) for part in (1, 2, 3)]
    assert found == [part.archives for part in parts]


def test_an_archive_outside_the_share_that_is_missing_is_found(erased: Account) -> None:
    """It is not read, and yet it has to be there."""
    key = intent(erased, 1).archive_key
    erased.lose(key)
    for part in (1, 2, 3):
        told = subset(erased, f"{part}/3")
        assert [(each.key, each.wrong) for each in told.findings] == [
            (key, f"the vault has no object {key}")
        ]


def test_a_share_of_bytes_takes_one_at_least_and_another_each_time(erased: Account) -> None:
    a_byte = [Scope(share=Share(most=1), salt=str(salt)) for salt in range(20)]
    read = [verify(erased.bench, scope) for scope in a_byte]
    assert {(each.archives, each.left) for each in read} == {(1, 2)}
    assert len({each.bytes for each in read}) > 1


def test_the_chain_counts_what_is_left_as_named(erased: Account) -> None:
    """Its links are read whatever the share; what they name and nobody chose has to be there."""
    bench, recorded = recording(erased.bench)
    extend_chain(bench, recorded, RUN)
    assert subset(erased, "1/3").sound
    erased.lose(intent(erased, 2).archive_key)
    told = [subset(erased, f"{part}/3").sound for part in (1, 2, 3)]
    assert told == [False, False, False]
