"""What the account holds when a run begins: a small tree, and everything nasty at once."""

from collections.abc import Iterable

from tests.runs.stage import COMPONENT, DAY, Stage

from sagewarden.sandbox.records import Resource
from sagewarden.sandbox.state import changed

SMALL_EFFECTS = [
    "cut alone old-1",
    "trialcomponent alone",
    "cut both old-1",
    "cut both old-2",
    "trialcomponent both",
    "trial old-1",
    "cut lent old-2",
    "trial old-2",
    "experiment old-small",
    "trialcomponent stray-1",
]
"""What a clean run does to the small account, in order: ten effects."""


def small(stage: Stage) -> None:
    """One due tree with a component on both its trials and one lent to a live tree; one stray."""
    stage.experiment("Live", live_1=["Active"])
    stage.experiment("Old-Small", old_1=["Alone", "Both"], old_2=["Both", "Lent"])
    stage.component("Lent", "live-1")
    stage.component("Stray-1", Parameters={"depth": {"NumberValue": 5}})
    log_metrics(stage, ["alone"])
    stage.pass_time(60 * DAY)


SMALL_LEFT = {"e live", "t live-1", "c active", "c lent"}


def nasty(stage: Stage) -> None:
    """Every kind of neighbour that a due tree can have."""
    stage.experiment("Live", live_1=["Active"])
    stage.experiment("Old-A", a_1=["Twin", "Mine"], a_2=["Lent"])
    stage.experiment("old-b", b_1=["Twin"])
    stage.component("Lent", "live-1")
    stage.experiment("old-c", c_1=["Loan"])
    stage.experiment("old-d", d_1=["Loan"])
    stage.component("Loan", "live-1")
    big = {f"big_{trial}": [f"fit-{trial}-{at}" for at in range(45)] for trial in range(3)}
    stage.experiment("old-big", **big)
    stage.experiment("old-held", held_1=["Deep", "Beside"])
    stage.tag(COMPONENT, "Deep")
    stage.experiment("old-busy", busy_1=["Running"])
    stage.make(
        "UpdateTrialComponent",
        TrialComponentName="Running",
        Status={"PrimaryStatus": "InProgress"},
    )
    stage.experiment("old-again", again_1=["Again"])
    stage.experiment("Namesake", NAMESAKE=["old-A", "nAmEsAkE"])
    stage.component("stray-1")
    stage.component("Stray-2")
    stage.component("stray-busy", Status={"PrimaryStatus": "InProgress"})
    stage.component("lone")
    stage.pass_time(60 * DAY)


def recreate_again(stage: Stage) -> None:
    """Somebody deletes a marked tree and uses its names anew."""
    stage.erase("again")
    stage.make("DeleteTrial", TrialName="again-1")
    stage.make("DeleteExperiment", ExperimentName="old-again")
    stage.experiment("old-again", again_1=["Again"])


NASTY_LEFT = {
    *("e live", "t live-1", "c active", "c lent", "c loan"),
    *("e old-held", "t held-1", "c deep", "c beside"),
    *("e old-busy", "t busy-1", "c running"),
    *("e old-again", "t again-1", "c again"),
    *("e namesake", "t namesake", "c old-a", "c namesake"),
    *("c stray-busy", "c lone"),
}
"""What a sweep leaves of it."""

NASTY_COST = {
    "twin, mine": 3 + 2,
    "a-1, a-2, b-1, old-a, old-b, and the edge of what a-2 lent": 5 + 1,
    "c-1, d-1, old-c, old-d, and an edge of the loan each": 4 + 2,
    "135 components, 3 trials, old-big": 135 * 2 + 3 + 1,
    "stray-1, stray-2": 2,
}
"""The least number of calls for what goes: N(k+1) + T + E, one for each spared edge or stray."""


def log_metrics(stage: Stage, components: Iterable[str]) -> None:
    """One point of one metric each, at the time of the component's last change."""
    for name in components:
        at = stage.box.state.components.rows[name].modified
        point = {"MetricName": "rmse", "Value": 0.5, "Timestamp": at, "Step": 1}
        stage.box.admin.set_knobs(metric_max_age_days=1_000.0, touch_on_metrics="none")
        stage.make("BatchPutMetrics", TrialComponentName=name, MetricData=[point])


def put_jobs_behind(stage: Stage, components: Iterable[str]) -> None:
    """Let each component come from a training job of its name."""
    state = stage.box.state
    for name in components:
        row, arn = state.components.rows[name], state.arn("training-job", name)
        source = {"SourceArn": arn, "SourceType": "SageMakerTrainingJob"}
        state.components.put(changed(row, source=source))
        body = {"TrainingJobName": name, "TrainingJobArn": arn}
        state.resources.put(
            Resource(arn=arn, type="training-job", name=name, created=row.created, body=body)
        )
