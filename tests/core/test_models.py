"""Models in use: what rests on what a component left, and what nobody knows."""

from dataclasses import replace
from typing import Any

import pytest
from tests.core.worlds import (
    HERE,
    NOW,
    RULES,
    component,
    deleted,
    experiment,
    policies,
    policy,
    ripe,
    seen,
    trial,
)

from sagewarden.core.entities import Entity, Kind
from sagewarden.core.forest import Forest
from sagewarden.core.judge import Circumstances, Judgements, judge
from sagewarden.core.models import UNREAD, Models, ModelUse, Role, artifacts_of
from sagewarden.core.needs import needs
from sagewarden.core.plan import read_plan
from sagewarden.core.planner import make_plan
from sagewarden.core.policy import ModelsInUse, Place, PolicySet, Protection
from sagewarden.core.protection import Protections, protect
from sagewarden.errors import IntegrityError

MODEL = "s3://ml/jobs/a/output/model.tar.gz"
JOB = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/a"


def use(uri: str = MODEL, role: Role = Role.MODEL, by: str = "model m (arn:m)") -> ModelUse:
    return ModelUse(role, by, uri)


def behind(*artifacts: str, uses: list[ModelUse] | None = None) -> tuple[str, ...]:
    return Models.of(uses or [use()]).behind(artifacts)


@pytest.mark.parametrize(
    "artifact",
    [
        MODEL,
        "S3://ml/jobs//a/output/model.tar.gz/",
        "s3://ml/jobs/a/output/",
        "s3://ml/jobs/a/output",
        "s3://ml",
        f"{MODEL}/part-1",
    ],
)
def test_a_model_rests_on_the_same_place_above_or_below(artifact: str) -> None:
    assert behind("s3://else/where", artifact) == ("its model is in use: model m (arn:m)",)


@pytest.mark.parametrize(
    "artifact",
    [
        "s3://ml/jobs/a/output/model.tar.gz2",
        "s3://ml/jobs/a/out",
        "s3://ml/jobs/A/output/model.tar.gz",
        "s3://ml2/jobs/a/output/model.tar.gz",
        "s3://ml/jobs/a/output/other.tar.gz",
    ],
)
def test_a_place_ends_at_a_slash(artifact: str) -> None:
    assert behind(artifact) == ()


def test_the_strongest_use_is_told_and_the_rest_counted() -> None:
    uses = [
        use(),
        use(role=Role.REGISTERED, by="model package p/1 (arn:p)"),
        use(role=Role.DEPLOYED, by="endpoint e (arn:e)"),
    ]
    told = ("its model is deployed: endpoint e (arn:e) (and 2 more)",)
    assert behind(MODEL, uses=uses) == told


@pytest.mark.parametrize(
    ("role", "told"),
    [
        (Role.DEPLOYED, "its model is deployed: x"),
        (Role.REGISTERED, "its model is registered: x"),
        (Role.MODEL, "its model is in use: x"),
    ],
)
def test_a_use_says_what_for(role: Role, told: str) -> None:
    assert str(use(role=role, by="x")) == told


def test_of_two_uses_one_more_is_counted() -> None:
    uses = [use(), use(by="model n (arn:n)")]
    assert behind(MODEL, uses=uses) == ("its model is in use: model m (arn:m) (and 1 more)",)


def test_uses_are_the_same_in_whatever_order_they_were_read() -> None:
    """And one that was read twice is one."""
    uses = [use(by=f"model {number}") for number in range(9)]
    assert Models.of([*uses[::-1], uses[0]]).uses == tuple(uses)


def test_who_left_nothing_has_no_model() -> None:
    assert Models(unread="denied").behind(()) == ()


@pytest.mark.parametrize("artifacts", [None, ("s3://else/where",)])
def test_of_unread_models_any_artifact_may_be_one(artifacts: tuple[str, ...] | None) -> None:
    told = ("which models are in use could not be read: denied",)
    assert Models(unread="denied").behind(artifacts) == told


def test_unknown_artifacts_may_be_any_model() -> None:
    told = ("its model may be in use: what it left in S3 could not be read",)
    assert Models.of([use()]).behind(None) == told


def test_unknown_artifacts_are_none_of_no_models() -> None:
    assert Models.of([]).behind(None) == ()


def test_a_use_of_a_place_without_a_bucket_makes_all_unknown() -> None:
    """Behind an access point may be any bucket."""
    hidden = use("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/ml/a")
    assert "names no bucket" in Models.of([use(), hidden]).unread


def record(outputs: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"OutputArtifacts": {name: {"Value": value} for name, value in outputs.items()}, **more}


def test_artifacts_are_the_outputs_in_s3() -> None:
    outputs = {"b": "s3://ml/b", "a": "s3://ml/a", "page": "https://example.com/", "id": "7"}
    assert artifacts_of(record(outputs)) == ("s3://ml/a", "s3://ml/b")


def test_artifacts_stand_in_one_order() -> None:
    places = [f"s3://ml/{number}" for number in range(9)]
    outputs = {place: place for place in reversed(places)}
    assert artifacts_of(record(outputs)) == tuple(places)


def test_a_hook_for_debugging_holds_no_model() -> None:
    """It names the whole default bucket."""
    assert artifacts_of(record({"SageMaker.DebugHookOutput": "s3://ml/"})) == ()


def test_a_training_job_tells_of_its_model() -> None:
    """A failed job's component has no such output, though a model may lie there."""
    job = {"TrainingJob": {"ModelArtifacts": {"S3ModelArtifacts": MODEL}}}
    source = {"Source": {"SourceArn": JOB}, "SourceDetail": job}
    assert artifacts_of(record({}, **source)) == (MODEL,)


def test_a_training_job_without_a_model_left_nothing() -> None:
    source = {"Source": {"SourceArn": JOB}, "SourceDetail": {"TrainingJob": {}}}
    assert artifacts_of(record({}, **source)) == ()


def test_a_training_job_that_nobody_tells_of_leaves_artifacts_unknown() -> None:
    assert artifacts_of(record({"log": "s3://ml/log"}, Source={"SourceArn": JOB})) is None


def test_an_output_that_is_the_jobs_model_is_enough() -> None:
    given = record({"SageMaker.ModelArtifact": MODEL}, Source={"SourceArn": JOB})
    assert artifacts_of(given) == (MODEL,)


def test_an_output_behind_an_access_point_leaves_artifacts_unknown() -> None:
    assert artifacts_of(record({"a": "s3://ml/a", "b": "s3://x-s3alias/b"})) is None


def guarded(*, on: bool = True) -> PolicySet:
    some = policies(*(policy(kind, name=f"all-{kind}") for kind in Kind))
    protections = (Protection(ModelsInUse(), HERE),) if on else ()
    return PolicySet(some.policies, protections, (), "digest")


def world() -> list[Entity]:
    return [
        experiment("e"),
        trial("t", "e"),
        component("made", "t", artifacts=(MODEL,)),
        component("beside", "t", artifacts=()),
        component("job", artifacts=(), source_arn=JOB),
        component("unread", artifacts=None),
    ]


def judgements(models: Models, *, on: bool = True) -> Judgements:
    rules, account = guarded(on=on), seen(*world())
    first = judge(account, rules, Circumstances(NOW, {}, RULES, models=Models()))
    given = Circumstances(NOW, ripe(first.marks), RULES, models=models)
    return judge(account, rules, given)


def gone(models: Models, *, on: bool = True) -> set[str]:
    made = judgements(models, on=on)
    return deleted(make_plan(made.forest.inventory.target, "digest", made))


def test_a_model_in_use_keeps_its_component_and_what_is_above() -> None:
    """What is unknown of another component may be that model too."""
    assert gone(Models.of([use()])) == {"beside", "job"}


def test_without_models_all_goes() -> None:
    assert gone(Models()) == {"e", "t", "made", "beside", "job", "unread"}


def test_unread_models_keep_all_with_an_artifact_or_a_job() -> None:
    assert gone(Models(unread="denied")) == {"beside"}


def test_models_keep_nothing_when_no_file_asks() -> None:
    everything = {"e", "t", "made", "beside", "job", "unread"}
    assert gone(Models(unread="denied"), on=False) == everything


def test_models_are_unread_unless_somebody_read_them() -> None:
    assert Protections(guarded()).in_use((MODEL,), UNREAD) != ()


def test_what_only_a_failed_read_protects_keeps_its_mark() -> None:
    names = {who.name for who, _ in judgements(Models(unread="denied")).marks}
    assert {"made", "job", "unread", "e"} <= names


def test_what_a_model_protects_loses_its_mark() -> None:
    names = {who.name for who, _ in judgements(Models.of([use()])).marks}
    assert "made" not in names


@pytest.mark.parametrize(
    ("models", "bound", "unsure"),
    [
        (Models.of([use()]), {"made"}, {"unread"}),
        (Models(unread="denied"), set(), {"made", "job", "unread"}),
        (Models(), set(), set()),
    ],
    ids=["in use", "unread", "none"],
)
def test_what_rests_on_a_model_is_told_apart_from_what_may(
    models: Models, bound: set[str], unsure: set[str]
) -> None:
    """Only what is known binds; what a failed read keeps loses no mark for it."""
    found = protect(Forest(seen(*world()), {}), Protections(guarded()), {}, NOW, models)
    assert ({who.name for who in found.bound}, {who.name for who in found.unsure}) == (
        bound,
        unsure,
    )


def test_of_two_files_that_protect_models_the_first_is_named() -> None:
    once, twice = guarded(), guarded()
    other = Protection(ModelsInUse(), Place("policies/other.yaml", 1, 1))
    twice = replace(twice, protections=(*twice.protections, other))
    told = [Protections(each).in_use((MODEL,), Models.of([use()])) for each in (once, twice)]
    assert told[0] == told[1] != ()


def test_a_protection_of_models_asks_for_artifacts() -> None:
    assert (needs(guarded()).artifacts, needs(guarded(on=False)).artifacts) == (True, False)


def test_a_stored_plan_holds_artifacts_and_what_is_unknown() -> None:
    made = judgements(Models())
    plan = make_plan(made.forest.inventory.target, "digest", made)
    assert read_plan(plan.spelled()).units == plan.units


def test_artifacts_are_part_of_a_plans_digest() -> None:
    """Somebody who edits a stored plan must not hide a model from the looks."""
    made = judgements(Models())
    stored = make_plan(made.forest.inventory.target, "digest", made).spelled()
    for unit in stored["units"]:
        for each in unit["entities"]:
            each["artifacts"] = None
    with pytest.raises(IntegrityError, match="digest"):
        read_plan(stored)
