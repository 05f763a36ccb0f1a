"""Notes of plans in the vault: when each was made, and what the policies said then."""

from sagewarden.application.documents import create_once, read_document
from sagewarden.application.judging import Asked, Judged
from sagewarden.application.plans import StoredPlan, store_plan, stored_plan
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import spell_time
from sagewarden.core.keys import Family, planned_key, prefix
from sagewarden.core.plan import Plan
from sagewarden.core.plan_diff import Due, PlanDiff, PlanNote, compare, read_note, told_rules
from sagewarden.core.policy import PolicySet
from sagewarden.errors import IntegrityError, VaultAbsent


def keep_plan(bench: Bench, judged: Judged, policies: PolicySet, asked: Asked) -> None:
    """Store what is due so that it can be approved, and note it; not on a word that is doubted."""
    if not judged.trusted:
        return
    if judged.plan.units:
        store_plan(bench, StoredPlan(judged.plan, judged.extent, tuple(asked.select)))
    note_planned(bench, judged, policies, asked)


def note_planned(bench: Bench, judged: Judged, policies: PolicySet, asked: Asked) -> None:
    """Note that this plan was made, also when nothing is due: the next is compared with it."""
    note = PlanNote(
        digest=judged.plan.digest,
        made=spell_time(judged.inventory.began),
        policies=policies.digest,
        select=tuple(sorted(asked.select)),
        rules=told_rules(policies),
        files=tuple(each.spelled() for each in policies.files),
    )
    create_once(bench.vault, planned_key(bench.target, note.made, note.digest), note.spelled())


def last_note(bench: Bench, asked: Asked) -> PlanNote | None:
    """Return the newest note of a plan of the same selection, None when there is none."""
    wanted = tuple(sorted(asked.select))
    for key in sorted(bench.vault.list(prefix(bench.target, Family.PLANNED)), reverse=True):
        try:
            note = read_note(read_document(bench.vault, key))
        except (AttributeError, KeyError, TypeError) as error:
            raise IntegrityError(f"a note of a plan lacks or garbles a field: {error}") from error
        if note.select == wanted:
            return note
    return None


def plan_diff(bench: Bench, judged: Judged, policies: PolicySet, asked: Asked) -> PlanDiff | None:
    """Compare what is due with the last plan; None when no plan was made yet."""
    note = last_note(bench, asked)
    if note is None:
        return None
    try:
        old = stored_plan(bench, note.digest).plan
    except VaultAbsent:  # nothing was due, so no plan was stored
        old = Plan(target=bench.target, policies=note.policies, units=())
    return compare(note, old, Due(judged.plan, judged.judgements, policies, judged.now))
