"""`policy test`: what the policies decide on small accounts that somebody wrote down."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sagewarden.cli.console import say, say_json
from sagewarden.cli.options import Where
from sagewarden.core.visible import visible

if TYPE_CHECKING:
    from sagewarden.core.rehearsal import Answer, Rehearsal, Tags

WHERE = Where()

FAILED = 3
"""The tests ran to their end, and something is not as expected: no defect of ours."""


def run_fixtures(directory: Path, /, *, where: Where = WHERE) -> int:
    """Judge the small accounts in a directory's fixtures, and compare with what is expected.

    Offline: no AWS, no vault, no settings. Exit code 3 when something is decided otherwise.

    Parameters
    ----------
    directory
        A directory of policies with its fixtures in `tests`, a directory of fixtures, or one.
    """
    from sagewarden.adapters.policyfiles import load_policies  # noqa: PLC0415 -- slow to import
    from sagewarden.adapters.policyfiles.fixtures import load_fixtures  # noqa: PLC0415
    from sagewarden.core.rehearsal import rehearse  # noqa: PLC0415
    from sagewarden.settings import LimitsSettings  # noqa: PLC0415

    fixtures = load_fixtures(directory)
    policies = {each.policies: load_policies(Path(each.policies)) for each in fixtures}
    rules = LimitsSettings().mark_rules
    done = [rehearse(each, policies[each.policies], rules) for each in fixtures]
    if where.json:
        say_json([_spelled(each) for each in done])
    else:
        for each in done:
            for line in _told(each):
                say(line)
        say(_sum(done))
    return 0 if all(each.met for each in done) else FAILED


def _told(rehearsal: "Rehearsal") -> Iterator[Text]:
    met = sum(answer.met for answer in rehearsal.answers)
    wrong = len(rehearsal.answers) - met
    head = Text.assemble(("ok    ", "green") if rehearsal.met else ("FAIL  ", "bold red"))
    head.append(visible(rehearsal.fixture.file), "bold")
    head.append(f"  {met} as expected" + (f", {wrong} not" if wrong else ""))
    yield head
    for answer in rehearsal.answers:
        if not answer.met:
            yield from _difference(answer)
    for judgement in rehearsal.unexpected:
        name = visible(judgement.entity.name)
        yield Text(f"  {judgement.entity.kind} {name}", "bold")
        yield Text("    - expected  nothing is said of it", "red")
        yield Text(f"    + decided   delete, by policy {judgement.policy.name}", "green")


def _difference(answer: "Answer") -> Iterator[Text]:
    expected = answer.expected
    by = f" by {expected.policy}" if expected.policy else ""
    yield Text.assemble(
        (f"  {expected.kind} {visible(expected.name)}", "bold"),
        (f"  line {expected.place.line}", "dim"),
    )
    if expected.verdict not in {None, answer.verdict}:
        yield Text(f"    - expected  {expected.verdict}{by}", "red")
        yield Text(f"    + decided   {answer.verdict}", "green")
    yield from _tag_difference(answer)
    for text in answer.missing:
        yield Text(f"    - because   {visible(text)}", "red")
    for reason in answer.reasons:
        yield Text(f"      reason    {visible(reason)}", "dim")


def _tag_difference(answer: "Answer") -> Iterator[Text]:
    expected = answer.expected
    if expected.repairs not in {None, answer.repairs}:
        yield Text(f"    - repairs   {_tags(expected.repairs or ())}", "red")
        yield Text(f"    + would     {_tags(answer.repairs)}", "green")
    if expected.reports not in {None, answer.reports}:
        yield Text(f"    - reports   {visible(', '.join(expected.reports or ()) or 'none')}", "red")
        yield Text(f"    + would     {visible(', '.join(answer.reports) or 'none')}", "green")


def _tags(tags: "Tags") -> str:
    told = [f"{key}: {'absent' if value is None else value}" for key, value in tags]
    return visible(", ".join(told) or "none")


def _sum(done: list["Rehearsal"]) -> Text:
    failed = sum(not each.met for each in done)
    met = sum(answer.met for each in done for answer in each.answers)
    if failed:
        return Text(f"{failed} of {len(done)} fixtures are decided otherwise than expected.")
    return Text(f"{len(done)} fixtures with {met} expectations are decided as expected.")


def _spelled(rehearsal: "Rehearsal") -> dict[str, Any]:
    return {
        "fixture": rehearsal.fixture.file,
        "met": rehearsal.met,
        "answers": [
            {
                "kind": str(each.expected.kind),
                "name": each.expected.name,
                "policy": each.expected.policy or None,
                "place": str(each.expected.place),
                "expected": each.expected.verdict and str(each.expected.verdict),
                "decided": str(each.verdict),
                "reasons": list(each.reasons),
                "missing": list(each.missing),
                "repairs": dict(each.repairs),
                "reports": list(each.reports),
                "met": each.met,
            }
            for each in rehearsal.answers
        ],
        "unexpected": [
            {
                "kind": str(each.entity.kind),
                "name": each.entity.name,
                "policy": each.policy.name,
                "decided": str(each.verdict),
            }
            for each in rehearsal.unexpected
        ],
    }
