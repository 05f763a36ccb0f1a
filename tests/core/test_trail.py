"""CloudTrail against the journal: each delete of ours has an intent, each intent an event."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

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


@pytest.mark.parametrize(
    ("at", "agrees"),
    [(-2.01, False), (-2, True), (0, True), (2, True), (4, True), (4.01, False)],
)
def test_clocks_of_aws_may_lie_two_minutes_apart(at: float, agrees: bool) -> None:  # noqa: FBT001
    """Before the intent and behind the outcome."""
    found = compared(replace(TRAIL, events=(replace(EVENT, at=minutes(at)),)), CLAIM)
    assert (found.clean, found.agreed) == (agrees, int(agrees))


def test_an_intent_that_is_open_explains_nothing_before_it() -> None:
    still_open = replace(CLAIM, until=None, result="open")
    early = replace(TRAIL, events=(replace(EVENT, at=minutes(-3)),))
    late = replace(TRAIL, events=(replace(EVENT, at=minutes(50)),))
    assert [kinds(compared(each, still_open)) for each in (early, late)] == [
        ["event without intent"],
        [],
    ]


@pytest.mark.parametrize(
    ("since", "until", "covered"),
    [
        (minutes(0), minutes(2), True),
        (minutes(1), minutes(2), False),
        (minutes(0), minutes(1), False),
        (None, minutes(2), False),
        (minutes(0), None, False),
        (None, None, False),
    ],
)
def test_an_intent_is_covered_from_its_begin_to_its_end(
    since: datetime | None,
    until: datetime | None,
    covered: bool,  # noqa: FBT001
) -> None:
    """Both ends included; what is not covered is not missed."""
    found = compared(replace(TRAIL, events=(), since=since, until=until), CLAIM)
    assert (found.uncovered, kinds(found)) == (
        1 - covered,
        ["intent without event"] if covered else [],
    )


def test_an_intent_without_an_end_is_not_covered() -> None:
    assert compared(TRAIL, replace(CLAIM, until=None)).uncovered == 1


def test_what_was_compared_is_counted() -> None:
    """Of two intents one has its event, a third lies outside, and one event is another's."""
    lost = replace(CLAIM, act=("DeleteTrial", "lost", ""))
    outside = replace(CLAIM, since=minutes(70), until=minutes(71))
    theirs = replace(EVENT, event="e-5", act=("DeleteTrial", "theirs", ""), caller=OTHER)
    refused = replace(theirs, event="e-6", error="AccessDenied")
    found = compared(replace(TRAIL, events=(EVENT, theirs, refused)), CLAIM, lost, outside)
    assert (found.agreed, found.uncovered, found.events) == (1, 1, 1)
    assert (found.files, found.records, found.identities) == (1, 9, (OURS,))
    assert (found.since, found.until) == ("2026-11-23T05:00:00.000Z", "2026-11-23T07:00:00.000Z")
    assert [(each.kind, each.event, each.detail) for each in found.others] == [
        ("delete by another", "e-5", "it succeeded")
    ]
    (missing,) = found.differences
    assert (missing.name, missing.at, missing.run, missing.caller, missing.event) == (
        "lost",
        "2026-11-23T06:00:00.000Z",
        "r",
        "",
        "",
    )


def test_files_that_cover_nothing_have_no_time() -> None:
    found = compared(replace(TRAIL, since=None, until=None))
    assert (found.since, found.until) == ("", "")


def test_one_of_several_events_that_is_ours_is_enough() -> None:
    theirs = replace(EVENT, event="e-7", caller=OTHER)
    assert compared(replace(TRAIL, events=(theirs, EVENT)), CLAIM).agreed == 1


def test_the_first_of_several_by_others_is_told() -> None:
    one, two = (replace(EVENT, event=each, caller=f"{OTHER}{each}") for each in ("x", "y"))
    (found,) = compared(replace(TRAIL, events=(one, two)), CLAIM).differences
    assert (found.event, found.caller, found.operation) == ("x", f"{OTHER}x", DELETE[0])
