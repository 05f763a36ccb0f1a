"""No effect without an archive that was fetched back and verified."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.runs.stage import DAY, Stage
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.adapters.aws.records import SageMakerRecords
from sagewarden.adapters.vault.codec import pack
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.ports.aws import SeriesRequest
from sagewarden.application.ports.vault import Past, Stored, Vault
from sagewarden.application.run import run_target
from sagewarden.bootstrap import VaultCodec
from sagewarden.core.keys import Family
from sagewarden.errors import VaultAbsent, VaultError, VaultExists
from sagewarden.sandbox.state import changed

Spoil = Callable[[str, Stored], Stored]
HARM = "/archive/"


class SpoiltVault:
    """A vault that does something to what is read of its archive objects."""

    address = "spoilt"

    def __init__(self, inner: Vault, spoil: Spoil, *, but: int = 0) -> None:
        self._inner = inner
        self._spoil = spoil
        self._but = but

    def create(self, key: str, body: bytes) -> str:
        return self._inner.create(key, body)

    def replace(self, key: str, body: bytes, expected: str) -> str:
        return self._inner.replace(key, body, expected)

    def get(self, key: str) -> Stored:
        found = self._inner.get(key)
        if HARM not in key:
            return found
        self._but -= 1
        return found if self._but >= 0 else self._spoil(key, found)

    def list(self, prefix: str) -> Iterator[str]:
        return self._inner.list(prefix)

    def history(self, prefix: str) -> Iterator[Past]:
        return self._inner.history(prefix)

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        return self._inner.sizes(prefix)


def flip(_key: str, found: Stored) -> Stored:
    middle = len(found.body) // 2
    flipped = bytes([found.body[middle] ^ 1])
    return Stored(found.body[:middle] + flipped + found.body[middle + 1 :], found.version)


def cut_off(_key: str, found: Stored) -> Stored:
    return Stored(found.body[:-1], found.version)


def empty(_key: str, found: Stored) -> Stored:
    return Stored(b"", found.version)


def lose(key: str, _found: Stored) -> Stored:
    raise VaultAbsent(f"the vault has no object {key}")


def fail(_key: str, _found: Stored) -> Stored:
    raise VaultError("the vault does not answer")


def forge(_key: str, found: Stored) -> Stored:
    """A whole archive of the same entities, with another tag: only its hash gives it away."""
    header, *records = VaultCodec.lines(found.body)
    return Stored(
        pack([header, *(record | {"tags": {"by": "me"}} for record in records)]),
        found.version,
    )


SPOILS = [(flip, 5), (forge, 5), (cut_off, 5), (empty, 5), (lose, 3), (fail, 3)]
NAMES = ["flipped", "forged", "cut off", "empty", "lost", "failing"]


@pytest.mark.parametrize("lanes", [1, 8])
@pytest.mark.parametrize(("spoil", "code"), SPOILS, ids=NAMES)
def test_an_archive_that_does_not_read_back_lets_nothing_begin(
    due: Stage, spoil: Spoil, code: int, lanes: int
) -> None:
    due.vault = SpoiltVault(due.vault, spoil)
    report = due.with_lanes(lanes).sweep()
    assert (report.exit_code, due.effects(applied=False)) == (code, [])
    assert due.keys(Family.JOURNAL) == []
    assert {row.result for row in report.outcomes} == {"not attempted"}


@pytest.mark.parametrize(("spoil", "code"), SPOILS, ids=NAMES)
def test_a_later_archive_that_does_not_read_back_stops_at_its_bundle(
    due: Stage, spoil: Spoil, code: int
) -> None:
    """The first bundle, whose archive was whole, is done and settled; no other begins."""
    due.vault = SpoiltVault(due.vault, spoil, but=1)
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (code, SMALL_EFFECTS[:5])
    assert (len(due.entries()), due.open_intents()) == (1, [])


def test_an_archive_that_lies_there_already_is_read_back_like_any(due: Stage) -> None:
    """The vault refuses what our own first try had written: it is named by its bytes."""

    def refuse(operation: str, key: str) -> None:
        if operation == "create" and HARM in key:
            raise VaultExists(f"the vault has an object {key} already")

    assert isinstance(due.vault, MemoryVault)
    due.vault.after = refuse
    assert (due.sweep().exit_code, due.effects()) == (0, SMALL_EFFECTS)
    told = [fields["key"] for fields in due.heard.named("archive.exists")]
    assert sorted(told) == due.keys(Family.ARCHIVE)


class Forgetful(SageMakerRecords):
    """Answers nothing about metric series."""

    def series(self, wanted: Sequence[SeriesRequest]) -> Mapping[str, tuple[Any, ...]]:
        del wanted
        return {}


def test_a_series_that_no_answer_speaks_of_lets_its_tree_stand(due: Stage) -> None:
    bench = due.bench()
    assert isinstance(bench.records, SageMakerRecords)
    forgetful = replace(bench, records=Forgetful(bench.records._reads))
    report = run_target(forgetful, due.governance(), due.run())
    assert (report.exit_code, due.effects()) == (3, ["trialcomponent stray-1"])
    told = next(row.detail for row in report.outcomes if row.name == "Alone")
    assert told.startswith("no answer about the metric series of arn:")


class Unwell(SageMakerRecords):
    """Has an answer about metric series of which AWS gave none."""

    def series(self, wanted: Sequence[SeriesRequest]) -> Mapping[str, tuple[Any, ...]]:
        failed = {"metric": "rmse", "status": "InternalError: later", "points": []}
        return {each.arn: (failed,) for each in wanted}


def test_a_series_that_aws_failed_to_give_lets_its_tree_stand(due: Stage) -> None:
    """Another time it may give it: the archive would lack it for good."""
    bench = due.bench()
    assert isinstance(bench.records, SageMakerRecords)
    unwell = replace(bench, records=Unwell(bench.records._reads))
    report = run_target(unwell, due.governance(), due.run())
    assert (report.exit_code, due.effects()) == (3, ["trialcomponent stray-1"])
    told = next(row.detail for row in report.outcomes if row.name == "Alone")
    assert told == "metric rmse of it: InternalError: later"


def test_a_part_that_cannot_be_read_for_the_archive_keeps_its_whole_tree(due: Stage) -> None:
    """Not only itself: what is beside it in the bundle is archived, and stays all the same."""
    due.fault("deny", "DescribeTrialComponent", resource="Alone", times=None)
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (3, ["trialcomponent stray-1"])


def test_an_archive_says_which_series_it_has_in_part_only(due: Stage) -> None:
    """What AWS does not give, nobody can keep: the archive must not pass for the whole."""
    due.box.admin.set_knobs(metric_points_per_query=0)
    due.sweep()
    lines = [line for key in due.keys(Family.ARCHIVE) for line in archived(due, key)]
    told = {line["name"]: line["unread"] for line in lines if line.get("unread")}
    reason = "Truncated; 0 values were read of an unknown number of points"
    assert told == {"alone": [f"metric rmse: {reason}"]}


def archived(stage: Stage, key: str) -> list[dict[str, Any]]:
    return VaultCodec.lines(stage.vault.get(key).body)[1:]


@pytest.mark.parametrize("event", ["intent", "outcome"])
def test_a_journal_that_cannot_be_written_lets_no_further_effect_begin(
    due: Stage, event: str
) -> None:
    def refuse(operation: str, key: str) -> None:
        if operation == "create" and key.endswith(event):
            raise VaultError("the vault is full")

    assert isinstance(due.vault, MemoryVault)
    due.vault.before = refuse
    report = due.sweep()
    assert report.exit_code == 3
    assert due.effects() == ([] if event == "intent" else SMALL_EFFECTS[:5])


def test_what_a_failing_journal_left_open_is_settled_by_the_next_run(due: Stage) -> None:
    def refuse(operation: str, key: str) -> None:
        if operation == "create" and key.endswith("outcome"):
            raise VaultError("the vault is full")

    assert isinstance(due.vault, MemoryVault)
    due.vault.before = refuse
    due.sweep()
    assert len(due.open_intents()) == 1
    due.vault.before = lambda _operation, _key: None
    assert (due.sweep().exit_code, due.effects()) == (0, SMALL_EFFECTS)
    assert due.open_intents() == []


@pytest.mark.parametrize(("spoil", "code"), SPOILS, ids=NAMES)
def test_an_open_intent_whose_archive_is_spoilt_is_left_to_a_person(
    due: Stage, spoil: Spoil, code: int
) -> None:
    """It is neither finished nor undone on evidence that nobody can read."""
    whole = due.vault
    assert isinstance(whole, MemoryVault)
    whole.before = stop_at_outcome
    due.sweep()
    whole.before = lambda _operation, _key: None
    sent = due.effects(applied=False)
    due.vault = SpoiltVault(whole, spoil)
    assert due.sweep().exit_code == code
    assert due.effects(applied=False) == sent


def stop_at_outcome(operation: str, key: str) -> None:
    if operation == "create" and key.endswith("outcome"):
        raise VaultError("the vault is full")


def test_everything_that_was_deleted_is_in_an_archive_with_its_edges(due: Stage) -> None:
    due.sweep()
    found = {str(who): parents for who, (parents,) in due.archived().items()}
    assert found == {
        "trial-component alone": ("old-1",),
        "trial-component both": ("old-1", "old-2"),
        "trial-component lent": ("live-1", "old-2"),
        "trial-component stray-1": (),
        "trial old-1": ("old-small",),
        "trial old-2": ("old-small",),
        "experiment old-small": (),
    }


def records_of(stage: Stage, name: str) -> list[dict[str, Any]]:
    """Every archived record of a component."""
    return [
        line
        for key in stage.keys(Family.ARCHIVE)
        for line in VaultCodec.lines(stage.vault.get(key).body)[1:]
        if line["name"] == name
    ]


def test_what_changed_before_its_archive_is_left_out_of_it(due: Stage) -> None:
    """An archive is of what was planned, or of nothing: its tree is not begun."""
    change = {"TrialComponentName": "Both", "Parameters": {"depth": {"NumberValue": 7}}}
    due.hook(
        "DescribeTrialComponent",
        {"operation": "UpdateTrialComponent", "params": change},
        resource="*oth",
    )
    due.sweep()
    assert (records_of(due, "both"), due.effects()) == ([], [SMALL_EFFECTS[-1]])


def test_a_component_whose_series_cannot_be_read_keeps_its_tree(due: Stage) -> None:
    due.fault("error_500", "BatchGetMetrics", times=None)
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (3, [SMALL_EFFECTS[-1]])


def test_an_archive_says_what_could_not_be_read(nasty: Stage) -> None:
    """A source job of which Search tells nothing: the archive is whole but for that."""
    source = {"SourceArn": nasty.box.state.arn("training-job", "lost"), "SourceType": "x"}
    row = nasty.box.state.components.rows["stray-1"]
    nasty.box.state.components.put(changed(row, source=source))
    nasty.swept_after_grace()
    (record,) = records_of(nasty, "stray-1")
    assert record["unread"] == ["the source job's record: Search gave none"]


def test_an_archive_of_which_all_was_read_says_so(due: Stage) -> None:
    due.sweep()
    assert [each["unread"] for each in records_of(due, "alone")] == [[]]


def test_what_does_not_fit_into_one_archive_goes_with_the_next(due: Stage) -> None:
    """Each turn has an archive of its own then; the account ends as ever."""
    due.bundle_bytes = 1
    report = due.sweep()
    assert (report.exit_code, due.effects(), due.open_intents()) == (0, SMALL_EFFECTS, [])
    assert len(due.keys(Family.ARCHIVE)) == 6


def test_the_points_of_a_metric_count_before_they_are_read(stage: Stage) -> None:
    """Two components with few fields and many points: one archive would be too large for both."""
    for name in ("stray-1", "stray-2"):
        stage.component(name)
    stage.pass_time(60 * DAY)
    log_points(stage, ["stray-1", "stray-2"], 100)
    stage.mark()
    stage.bundle_bytes = 12_000
    stage.sweep()
    asked = [
        {query["ResourceArn"] for query in call.params["MetricQueries"]}
        for call in stage.calls()
        if call.operation == "BatchGetMetrics"
    ]
    assert len(stage.keys(Family.ARCHIVE)) == 2
    assert all(len(arns) == 1 for arns in asked)


def log_points(stage: Stage, components: list[str], count: int) -> None:
    """So many points of one metric, that touch nothing."""
    stage.box.admin.set_knobs(metric_max_age_days=1_000.0, touch_on_metrics="none")
    for name in components:
        at = stage.box.state.components.rows[name].modified
        points = [
            {"MetricName": "rmse", "Value": 0.5, "Timestamp": at, "Step": step}
            for step in range(count)
        ]
        for start in range(0, count, 10):
            part = points[start : start + 10]
            stage.make("BatchPutMetrics", TrialComponentName=name, MetricData=part)
