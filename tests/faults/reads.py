"""Every read that a run makes fails in every way, once or from there on.

A read is told by its operation, by whom it asks about in any case, and by which of those it is.
What a failure hides may only keep things: no effect that a clean sweep would not have sent, none on
what could not be read nor on anything above it. ResourceNotFound about something that is there is
AWS's own word that it is gone: it may be told as already absent, once, but nothing goes because of
it, and the next sweep makes up for it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ReadTimeoutError
from tests.faults.ground import Ground, open_ground
from tests.faults.oracle import Account, mistold, violations
from tests.faults.sections import Section
from tests.faults.spoiling import AT_VAULT, Spoiler, Spoiling, family
from tests.faults.timeline import Passed, named
from tests.runs.enumerating import Ending
from tests.runs.stage import CUT, DELETES, Stage

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.core.report import Report
from sagewarden.errors import SageWardenError
from sagewarden.sandbox.calllog import LoggedCall
from sagewarden.sandbox.operations.registry import SERVICES, about

TIMEOUT = "timeout"
ANY = {"throttle": "throttle", "HTTP 500": "error_500", TIMEOUT: "", "AccessDenied": "deny"}
ABSENT = "ResourceNotFound"
BODY = {"truncated": "truncate"}
OWN = {ABSENT: "not_found", "missing field": "missing_field", "stale": "stale"}
PAGED = {"empty page with a token": "empty_page", "repeated token": "repeat_token"}
PART = "a field left out"
ACTIONS = {**ANY, **BODY, **OWN, **PAGED, PART: "missing_field"}
FINAL = {"AccessDenied", ABSENT, PART}
"""Failures that no second attempt mends."""

NEEDED = {
    "DescribeExperiment": "CreationTime",
    "DescribeTrial": "ExperimentName",
    "DescribeTrialComponent": "CreationTime",
    "ListTags": "Tags",
    "ListExperiments": "ExperimentSummaries.ExperimentName",
    "ListTrials": "TrialSummaries.TrialName",
    "ListTrialComponents": "TrialComponentSummaries.CreationTime",
    "ListAssociations": "AssociationSummaries",
    "BatchGetMetrics": "MetricQueryResults.XAxisValues",
    "experiment": "Results.Experiment.ExperimentName",
    "experimenttrial": "Results.Trial.CreationTime",
    "experimenttrialcomponent": "Results.TrialComponent.TrialComponentName",
}
"""Members that an answer must have, by operation, or by resource of a Search."""

OPTIONAL = {
    "DescribeExperiment": "DisplayName",
    "DescribeTrial": "DisplayName",
    "DescribeTrialComponent": "DisplayName",
    "experimenttrialcomponent": "Results.TrialComponent.Parents",
}
"""Members without which an answer is whole, but tells of less than there is."""


KINDS = frozenset({*NEEDED, "GetCallerIdentity", "get", "list"})
"""Kinds of reads that a run makes: at AWS, and the vault's two."""


@dataclass(frozen=True)
class Read:
    """One read of an undisturbed sweep: the `nth` of this operation about this resource.

    `touches` spells who is asked about; nobody stands for the whole target.
    """

    operation: str
    resource: str
    nth: int
    touches: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """What the table of needed members calls it."""
        return self.resource if self.operation == "Search" else self.operation

    @property
    def for_archive(self) -> bool:
        """Whether it is a Search by name: of its answer the archive takes SourceDetail alone."""
        return self.operation == "Search" and bool(self.touches)

    @property
    def at_vault(self) -> bool:
        """Whether it is the vault's."""
        return self.operation in {"get", "list"}

    def failures(self) -> tuple[str, ...]:
        """Every way in which it can fail."""
        if self.at_vault:
            return AT_VAULT[self.operation]
        if self.operation == "GetCallerIdentity":
            return (*ANY, *BODY)
        paged = self.operation.startswith("List") or self.operation == "Search"
        part = (PART,) if self.kind in OPTIONAL and not self.for_archive else ()
        return (*ANY, *BODY, *OWN, *(PAGED if paged else ()), *part)

    def rule(self, failure: str, *, lasting: bool) -> dict[str, Any]:
        """Spell the fault of the sandbox that makes it fail."""
        members = OPTIONAL if failure == PART else NEEDED
        return {
            "action": ACTIONS[failure],
            "operation": self.operation,
            "resource": "".join(f"[{each}{each.upper()}]" for each in self.resource),
            "nth_match": self.nth,
            "times": None if lasting else 1,
            "name": members.get(self.kind),
            "seconds": 900.0,
        }


@dataclass(frozen=True)
class Failing:
    """One read that fails in one way; when `lasting`, all of its kind about the same from then."""

    read: Read
    failure: str
    lasting: bool

    def __str__(self) -> str:
        read = self.read
        when = "from" if self.lasting else "at"
        return f"{self.failure} {when} {read.operation} {read.resource} number {read.nth}"

    @property
    def hides(self) -> bool:
        """Whether it keeps the product from knowing what it asked for, however often it asks."""
        if self.read.at_vault or self.failure == "stale":
            return False
        if self.failure == "missing field" and self.read.operation.startswith("List"):
            return False  # an empty list has no row that could lack one
        return self.lasting or self.failure in FINAL


@dataclass
class Readings:
    """A ground, the reads of an undisturbed sweep on it, and what that sweep did."""

    ground: Ground
    reads: list[Read]
    effects: frozenset[str]


ALIKE = ("throttle", "HTTP 500", TIMEOUT, "truncated", "missing field")
"""Failures that are one to a reader: it asks again, and has no answer when they last."""


def failing_reads(readings: Readings) -> list[Failing]:
    """Every kind of read with every failure, once and lasting.

    The first and the last of a kind fail in every way there is. Between them those that are one to
    a reader take turns, and so does all that lasts; every other failure meets every read once.
    """
    kinds: dict[str, list[Read]] = defaultdict(list)
    for read in readings.reads:
        kinds[read.kind].append(read)
    return [
        Failing(read, failure, lasting)
        for lasting in (False, True)
        for reads in kinds.values()
        for number, read in enumerate(reads)
        for failure in _between(read, number, lasting=lasting, end=number in {0, len(reads) - 1})
    ]


def _between(read: Read, number: int, *, lasting: bool, end: bool) -> Iterable[str]:
    """Choose the failures of one read; those that take turns do so by its number."""
    every = read.failures()
    if end:
        return every
    if lasting:
        return (every[number % len(every)],)
    alike = [failure for failure in every if failure in ALIKE] or [every[0]]
    turn = alike[number % len(alike)]
    return [failure for failure in every if failure not in ALIKE or failure == turn]


@contextmanager
def open_readings() -> Iterator[Readings]:
    """Open a ground and list the reads of one sweep on it."""
    with open_ground() as ground:
        stage = ground.fresh()
        passed: list[str] = []
        ground.tap.act = lambda when, what: passed.append(what) if when == "before" else None
        stage.sweep()
        reads = [*_at_aws(stage.box.admin.calls()), *_at_vault(passed)]
        yield Readings(ground, reads, frozenset(stage.effects()))


def _at_aws(calls: list[LoggedCall]) -> Iterator[Read]:
    seen: Counter[tuple[str, str]] = Counter()
    for call in calls:
        if not call.write:
            seen[place := (call.operation, call.resource.lower())] += 1
            yield Read(*place, seen[place], frozenset(_asked_about(call)))


def _asked_about(call: LoggedCall) -> Iterator[str]:
    """Spell whom a read is about, such as `c big-d`."""
    params: dict[str, Any] = call.params or {}
    for query in params.get("MetricQueries", ()):
        yield named(query["ResourceArn"])
    for each in params.get("SearchExpression", {}).get("Filters", ()):
        yield f"c {each['Value'].lower()}"
    for end in ("SourceArn", "DestinationArn"):
        if end in params:
            yield named(params[end])
    if who := Passed(0, 0, "aws", call.operation, params).about:
        yield who


def _at_vault(passed: list[str]) -> Iterator[Read]:
    seen: Counter[tuple[str, str]] = Counter()
    for what in passed:
        service, operation, *key = what.split()
        if service == "vault" and operation in {"get", "list"}:
            seen[place := (operation, family(key[0]))] += 1
            yield Read(*place, seen[place])


def play_read(readings: Readings, point: Failing) -> list[str]:
    """Sweep with the failure, then sweep again with none; return what is wrong."""
    ground = readings.ground
    stage = ground.fresh()
    vault = stage.vault
    assert isinstance(vault, MemoryVault)
    arrange(ground, stage, point)
    report, raised = swept(stage)
    stage.vault = vault
    ground.calm()
    return [
        *raised,
        *judged(readings, point, stage, report),
        *settled(ground, stage),
    ]


def arrange(ground: Ground, stage: Stage, point: Failing) -> None:
    """Let the read fail when its turn comes."""
    if point.read.at_vault:
        read, failure = point.read, point.failure
        spoiling = Spoiling(read.operation, read.resource, read.nth, failure, point.lasting)
        stage.vault = Spoiler(stage.vault, spoiling)
    elif point.failure == TIMEOUT:
        ground.tap.act = unanswered(ground, point)
    else:
        stage.fault(**point.read.rule(point.failure, lasting=point.lasting))


def unanswered(ground: Ground, point: Failing) -> Callable[[str, str], None]:
    """Let the request run into botocore's timeout, instead of waiting for it."""
    seen = 0

    def act(when: str, what: str) -> None:
        nonlocal seen
        if when == "before" and _is(ground, point.read, what):
            seen += 1
            if seen == point.read.nth or (point.lasting and seen > point.read.nth):
                raise ReadTimeoutError(endpoint_url=ground.stage.box.url)

    return act


def _is(ground: Ground, read: Read, what: str) -> bool:
    if what != f"aws {read.operation}":
        return False
    known = {**SERVICES["sagemaker"], **SERVICES["sagemaker-metrics"]}.get(read.operation)
    return known is None or about(known, ground.tap.asked).lower() == read.resource


def swept(stage: Stage) -> tuple[Report | None, list[str]]:
    """Sweep; return the report, if there is one, and what was raised that is a defect."""
    try:
        return stage.sweep(), []
    except SageWardenError as error:
        return None, [] if error.exit_code > 1 else [f"a defect: {error!r}"]
    except Exception as error:  # noqa: BLE001 -- whatever else is raised is what is looked for
        return None, [f"a defect: {error!r}"]


def judged(
    readings: Readings, point: Failing, stage: Stage, report: Report | None
) -> Iterator[str]:
    """Say what is wrong after the sweep in which a read failed."""
    for effect in sorted(set(stage.effects()) - readings.effects):
        if not effect.startswith("link "):
            yield f"only because a read failed: {effect}"
    if stage.open_intents():
        yield from [] if report is None or report.exit_code else ["exit code 0, and intents open"]
    else:
        yield from violations(readings.ground.before, stage)
        if report is not None:
            yield from mistold(stage, report)
            yield from _passed_over(readings.ground, point, stage, report)
    if point.hides:
        yield from _blind(readings.ground.before, point, stage)


def _passed_over(ground: Ground, point: Failing, stage: Stage, report: Report) -> Iterator[str]:
    """Name what a clean sweep does and this one did not, though it says that all is well."""
    if report.exit_code:
        return
    absent = {
        f"{row.kind.removeprefix('trial-')[0]} {row.name.lower()}"
        for row in report.outcomes
        if row.result == "already absent" and point.failure == ABSENT
    }
    for who in sorted(stage.names() - ground.left - absent):
        yield f"exit code 0, and {who} is there"


def _blind(before: Account, point: Failing, stage: Stage) -> Iterator[str]:
    """Name each effect on what could not be read, or above it, that came after the failure."""
    calls = stage.calls()
    failed = [each.number for each in calls if each.faults]
    if point.failure == TIMEOUT or not failed:
        return
    kept = {each for who in point.read.touches for each in upwards(before, who)}
    for call in calls:
        if call.operation in {*DELETES, CUT} and call.applied and call.number > failed[0]:
            who = _of(call)
            if not point.read.touches or who in kept:
                yield f"{call.operation} {who} after a read about it had failed"


def _of(call: LoggedCall) -> str:
    if call.operation == CUT:
        return f"c {call.params['TrialComponentName'].lower()}"
    letter = {"DeleteExperiment": "e", "DeleteTrial": "t"}.get(call.operation, "c")
    return f"{letter} {call.params[DELETES[call.operation]].lower()}"


def upwards(before: Account, who: str) -> Iterator[str]:
    """Spell an entity and everything that it hangs on."""
    yield who
    letter, name = who.split(" ", 1)
    if letter == "c" and name in before["components"]:
        for trial in before["components"][name].trials:
            yield from upwards(before, f"t {trial}")
    if letter == "t" and name in before["trials"]:
        yield f"e {before['trials'][name].experiment}"


def settled(ground: Ground, stage: Stage) -> Iterator[str]:
    """Sweep with nothing in the way: the end is that of a clean sweep."""
    report, raised = swept(stage)
    yield from raised
    yield from violations(ground.before, stage)
    for each in Ending.of(stage).differs_from(ground.clean):
        yield f"not as after a clean sweep: {each}"
    if report is None or report.exit_code:
        yield f"the next sweep ends with {'an error' if report is None else report.exit_code}"


READS = Section(
    name="reads",
    faults=f"{len(KINDS)} kinds of read: throttle, HTTP 500, timeout, AccessDenied, "
    "ResourceNotFound, empty page with a token, repeated token, truncated JSON, missing field, "
    "stale: at each of them once, and from there on",
    ground=open_readings,
    points=failing_reads,
    play=play_read,
    short=15,
    kind=lambda failing: failing.failure,
)
