"""CloudTrail against the journal: each delete of ours has an intent, each intent an event."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sagewarden.core.trail import Claim, Reconciliation, Trail, TrailEvent, reconcile

T0 = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
OURS = "arn:aws:sts::123456789012:assumed-role/SageWarden/daemon"
CONSOLE = "arn:aws:sts::123456789012:assumed-role/SageWarden/somebody"
OTHER = "arn:aws:iam::123456789012:user/ana"
DELETE = ("DeleteTrialComponent", "run-1", "")
CUT = ("DisassociateTrialComponent", "run-1", "trial-1")


def minutes(count: float) -> datetime:
    return T0 + timedelta(minutes=count)


EVENT = TrailEvent(event="e-1", at=minutes(1), act=DELETE, caller=OURS)
CLAIM = Claim(run="r", act=DELETE, since=minutes(0), until=minutes(2), result="done")
TRAIL = Trail(events=(EVENT,), since=minutes(-60), until=minutes(60), files=1, records=9)


def compared(trail: Trail, *claims: Claim) -> Reconciliation:
    return reconcile(trail, claims, (OURS,))


def kinds(found: Reconciliation) -> list[str]:
    return [each.kind for each in found.differences]


def test_a_delete_with_its_intent_agrees() -> None:
    found = compared(TRAIL, CLAIM)
    assert (found.agreed, found.differences, found.clean) == (1, (), True)


def test_another_session_of_our_role_is_ours() -> None:
    """Whoever takes the role by hand deletes without an intent."""
    by_hand = replace(EVENT, event="e-2", act=("DeleteTrial", "t", ""), caller=CONSOLE)
    found = compared(replace(TRAIL, events=(EVENT, by_hand)), CLAIM)
    assert kinds(found) == ["event without intent"]
    assert (found.differences[0].name, found.differences[0].caller) == ("t", CONSOLE)


def test_an_attempt_that_failed_needs_an_intent_too() -> None:
    failed = replace(EVENT, error="AccessDenied")
    found = compared(replace(TRAIL, events=(failed,)))
    assert kinds(found) == ["event without intent"]
    assert found.differences[0].detail == "AccessDenied"


def test_an_intent_that_is_done_needs_an_event_that_succeeded() -> None:
    failed = replace(EVENT, error="InternalFailure")
    assert kinds(compared(replace(TRAIL, events=(failed,)), CLAIM)) == ["intent without event"]
    assert kinds(compared(replace(TRAIL, events=()), CLAIM)) == ["intent without event"]


def test_a_disassociation_is_told_apart_by_its_trial() -> None:
    cut = replace(CLAIM, act=CUT)
    elsewhere = replace(EVENT, act=("DisassociateTrialComponent", "run-1", "trial-2"))
    found = compared(replace(TRAIL, events=(elsewhere,)), cut)
    assert sorted(kinds(found)) == ["event without intent", "intent without event"]


def test_what_another_identity_did_in_our_name_is_told() -> None:
    found = compared(replace(TRAIL, events=(replace(EVENT, caller=OTHER),)), CLAIM)
    assert kinds(found) == ["done by another identity"]
    assert found.differences[0].caller == OTHER


def test_deletes_by_others_are_no_difference() -> None:
    theirs = replace(EVENT, event="e-3", act=("DeleteTrial", "theirs", ""), caller=OTHER)
    found = compared(replace(TRAIL, events=(EVENT, theirs)), CLAIM)
    assert (found.clean, [each.name for each in found.others]) == (True, ["theirs"])


def test_the_same_name_at_another_time_is_another_act() -> None:
    """A name that is created anew and deleted by hand has no intent."""
    later = replace(EVENT, event="e-4", at=minutes(30))
    assert kinds(compared(replace(TRAIL, events=(EVENT, later)), CLAIM)) == ["event without intent"]


def test_what_lies_outside_the_files_is_neither_agreed_nor_missing() -> None:
    early = replace(TRAIL, events=(), until=minutes(1))
    found = compared(early, CLAIM)
    assert (found.agreed, found.uncovered, found.differences) == (0, 1, ())


def test_an_intent_that_is_open_explains_its_events() -> None:
    """A run that died between an effect and its outcome."""
    still_open = replace(CLAIM, until=None, result="open")
    assert compared(TRAIL, still_open).differences == ()


def test_a_step_that_was_not_done_needs_no_event() -> None:
    assert compared(replace(TRAIL, events=()), replace(CLAIM, result="not attempted")).clean


def test_with_a_file_that_could_not_be_read_nothing_is_proved() -> None:
    found = compared(replace(TRAIL, unread=("a.json.gz: EOFError: cut",)), CLAIM)
    assert (found.differences, found.clean) == ((), False)


def test_the_role_that_deletes_is_ours_beside_the_one_that_reads() -> None:
    """Settings name a role for each stage; its path is in no session's ARN."""
    executor = "arn:aws:iam::123456789012:role/ml/governance/Executor"
    session = "arn:aws:sts::123456789012:assumed-role/Executor/sagewarden-x"
    trail = replace(TRAIL, events=(replace(EVENT, caller=session),))
    assert reconcile(trail, [CLAIM], (OURS, executor)).clean
    assert kinds(compared(trail, CLAIM)) == ["done by another identity"]


def test_nobody_is_ours_when_no_identity_is_known() -> None:
    """An ARN that could be anybody's explains nothing away."""
    found = reconcile(TRAIL, [CLAIM], ("",))
    assert found.agreed == 0
