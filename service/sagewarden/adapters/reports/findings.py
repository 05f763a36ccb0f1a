"""The questions that every audit begins with, and their answers."""

from dataclasses import dataclass

from sagewarden.adapters.reports.wording import counted, number, person
from sagewarden.core.audit import Audit
from sagewarden.core.journal import Result


@dataclass(frozen=True, slots=True)
class Finding:
    """One question of an audit and its answer: its tone is good, attention, bad or calm."""

    question: str
    tone: str
    answer: str


def findings(audit: Audit) -> tuple[Finding, ...]:
    """Answer what every audit begins with."""
    return (
        _archived(audit),
        _approved(audit),
        _ruled(audit),
        _kept(audit),
        _limited(audit),
        _chained(audit),
        _reconciled(audit),
    )


def _archived(audit: Audit) -> Finding:
    done = [row for row in audit.rows if row.result == Result.DONE]
    bare = sum(not row.archive_sha256 for row in done)
    question = "Is everything that went archived?"
    if bare:
        return Finding(question, "bad", f"{counted(bare, 'step')} that went name no archive")
    if not done:
        return Finding(question, "calm", "nothing went")
    told = f"all {counted(len(done), 'step')} name a verified archive and its hash"
    return Finding(question, "good", told)


def _approved(audit: Audit) -> Finding:
    question = "Who let it begin?"
    if any(plan.approval == "not known" for plan in audit.plans):
        return Finding(question, "attention", "of one plan it is not known")
    names = sorted({plan.approved_by for plan in audit.plans if plan.approved_by})
    if names:
        return Finding(question, "good", f"approved by {', '.join(map(person, names))}")
    if not audit.plans and audit.rows:
        return Finding(question, "attention", "a report of this older format does not tell")
    if not audit.plans:
        return Finding(question, "calm", "no plan was applied")
    return Finding(question, "good", "inside the automatic limits, so nobody had to")


def _ruled(audit: Audit) -> Finding:
    question = "By which rule?"
    done = [row for row in audit.rows if row.result == Result.DONE and row.effect == "delete"]
    loose = sum(not row.policy_file_sha256 for row in done)
    if not done:
        return Finding(question, "calm", "nothing was deleted")
    if loose:
        told = f"of {loose} of {len(done)} deletes the policy file is not the one loaded now"
        return Finding(question, "attention", f"{told}; their plan names its policy set")
    names = sorted({row.policy for row in done})
    told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
    return Finding(question, "good", f"{told}; each row names its file, whose digest is below")


def _kept(audit: Audit) -> Finding:
    question = "Did holds keep what they name?"
    if not audit.limits:  # they came with the holds, in format 2
        return Finding(question, "attention", "a report of this older format does not tell")
    told = f"{counted(len(audit.held), 'tree')} kept by a hold or a protection; "
    return Finding(question, "good", f"{told}{counted(len(audit.holds), 'hold')} in force")


def _limited(audit: Audit) -> Finding:
    question = "Was it inside the limits?"
    if audit.exceeded:
        return Finding(question, "attention", f"{counted(len(audit.exceeded), 'limit')} exceeded")
    if not audit.room:
        return Finding(question, "calm", "this run measured nothing anew")
    return Finding(question, "good", "no limit was exceeded")


def _chained(audit: Audit) -> Finding:
    question = "Is it in the chain?"
    if audit.chain is None or not audit.chain.number:
        return Finding(question, "attention", "no link names this run yet; the next run's will")
    told = f"link {audit.chain.number} of {audit.chain.head_number}"
    if audit.chain.signed >= audit.chain.number:
        told += ", under a signature"
    return Finding(question, "good", f"{told}; `sagewarden verify` reads all of them back")


def _reconciled(audit: Audit) -> Finding:
    question = "Does CloudTrail agree?"
    trail = audit.trail
    if trail is None:
        return Finding(question, "calm", "no log files were given (--cloudtrail DIR)")
    told = (
        f"{counted(trail.agreed, 'step')} of ours with an event, "
        f"{number(trail.uncovered)} outside the time of the files"
    )
    if trail.unread:
        return Finding(question, "bad", f"{counted(len(trail.unread), 'file')} not read; {told}")
    if trail.differences:
        return Finding(question, "bad", f"{counted(len(trail.differences), 'difference')}; {told}")
    return Finding(question, "good" if trail.agreed else "attention", told)
