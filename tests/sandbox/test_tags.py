"""AddTags, ListTags, DeleteTags, and the Resource Groups Tagging API."""

from typing import Any
from urllib.request import Request, urlopen

import cbor2
import pytest

from sagewarden.sandbox import Admin, Sandbox

SCOPE = "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/tagging/aws4_request, S=0"


def tag(key: str, value: str = "v") -> dict[str, str]:
    return {"Key": key, "Value": value}


@pytest.mark.parametrize(
    ("kind", "create", "name"),
    [
        ("experiment", "create_experiment", {"ExperimentName": "n"}),
        ("experiment-trial-component", "create_trial_component", {"TrialComponentName": "n"}),
    ],
)
def test_tags_given_at_creation_stay(
    sm: Any, arn: Any, kind: str, create: str, name: dict[str, str]
) -> None:
    """Create takes tags, ListTags gives them."""
    getattr(sm, create)(**name, Tags=[tag("a")])
    assert sm.list_tags(ResourceArn=arn(kind, "n"))["Tags"] == [tag("a")]


def test_tags_are_added_replaced_and_removed(sm: Any, arn: Any) -> None:
    """By key."""
    sm.create_experiment(ExperimentName="n", Tags=[tag("a"), tag("b")])
    where = arn("experiment", "n")
    sm.add_tags(ResourceArn=where, Tags=[tag("b", "new"), tag("c")])
    sm.delete_tags(ResourceArn=where, TagKeys=["a", "never there"])
    assert sm.list_tags(ResourceArn=where)["Tags"] == [tag("b", "new"), tag("c")]


def test_a_51st_tag_is_refused(sm: Any, arn: Any, refused: Any) -> None:
    """50 is the limit."""
    sm.create_experiment(ExperimentName="n", Tags=[tag(f"k{number}") for number in range(50)])
    code, _, _ = refused(sm.add_tags, ResourceArn=arn("experiment", "n"), Tags=[tag("more")])
    assert code == "ValidationException"


def test_tags_of_aws_cannot_be_written_or_removed(sm: Any, arn: Any, refused: Any) -> None:
    """Keys under aws: are its own, in any case."""
    sm.create_experiment(ExperimentName="n")
    where = arn("experiment", "n")
    added, _, _ = refused(sm.add_tags, ResourceArn=where, Tags=[tag("aws:x")])
    removed, _, _ = refused(sm.delete_tags, ResourceArn=where, TagKeys=["AWS:x"])
    assert (added, removed) == ("ValidationException", "ValidationException")


@pytest.mark.parametrize("value", ["a,b", 'say "x"', "a;b", "x" * 257])
def test_a_tag_value_of_other_letters_is_refused(sm: Any, refused: Any, value: str) -> None:
    """No commas, quotes or semicolons; 256 characters at most."""
    code, _, _ = refused(sm.create_experiment, ExperimentName="n", Tags=[tag("k", value)])
    assert code == "ValidationException"


def test_a_tag_value_may_hold_letters_of_any_script(sm: Any, arn: Any) -> None:
    """Letters, digits, spaces and _.:/=+-@ of all of Unicode."""
    value = "Ünïcode 日本語 ٣ _.:/=+-@"
    sm.create_experiment(ExperimentName="n", Tags=[tag("k", value)])
    assert sm.list_tags(ResourceArn=arn("experiment", "n"))["Tags"] == [tag("k", value)]


def test_a_page_of_tags_holds_at_least_50(sm: Any, arn: Any, refused: Any) -> None:
    """MaxResults below 50 is refused."""
    sm.create_experiment(ExperimentName="n")
    code, _, _ = refused(sm.list_tags, ResourceArn=arn("experiment", "n"), MaxResults=49)
    assert code == "ValidationException"


def test_tags_of_what_is_not_there(sm: Any, arn: Any, refused: Any) -> None:
    """ResourceNotFound."""
    assert refused(sm.list_tags, ResourceArn=arn("experiment", "gone"))[0] == "ResourceNotFound"


@pytest.mark.parametrize(
    ("touch", "moved"), [("none", set()), ("self", {"c"}), ("both", {"c", "t1", "exp"})]
)
def test_whether_tags_move_last_modified_times_is_a_knob(
    sm: Any, tree: Any, box: Sandbox, touch: Any, moved: set[str]
) -> None:
    """Unknown on AWS, so each answer can be set."""
    box.admin.freeze()
    tree(t1=["c"])
    box.admin.set_knobs(touch_on_tags=touch)
    box.admin.advance(60)
    state = box.state
    sm.add_tags(ResourceArn=state.arn("experiment-trial-component", "c"), Tags=[tag("k")])
    records = (state.components.rows["c"], state.trials.rows["t1"], state.experiments.rows["exp"])
    assert {record.key for record in records if record.modified == box.admin.now()} == moved


def test_iam_can_refuse_to_delete_what_carries_a_tag(sm: Any, admin: Admin, refused: Any) -> None:
    """All three kinds support a condition on aws:ResourceTag."""
    admin.set_knobs(protected_tags=["sagewarden:hold"])
    sm.create_trial_component(TrialComponentName="c", Tags=[tag("sagewarden:hold")])
    code, _, _ = refused(sm.delete_trial_component, TrialComponentName="c")
    assert code == "AccessDeniedException"


def test_get_resources_knows_tagged_arns_only(sm: Any, tagging: Any, arn: Any) -> None:
    """Of two ARNs asked for, the untagged one is left out."""
    sm.create_experiment(ExperimentName="tagged", Tags=[tag("k")])
    sm.create_experiment(ExperimentName="bare")
    wanted = [arn("experiment", name) for name in ("tagged", "bare", "gone")]
    answer = tagging.get_resources(ResourceARNList=wanted)
    expected = [{"ResourceARN": arn("experiment", "tagged"), "Tags": [tag("k")]}]
    assert answer["ResourceTagMappingList"] == expected


def test_the_tagging_api_speaks_cbor_too(sm: Any, box: Sandbox, arn: Any) -> None:
    """Its model names two protocols: Smithy RPC v2 CBOR, and the JSON that boto3 1.44.5 takes."""
    sm.create_experiment(ExperimentName="tagged", Tags=[tag("k")])
    asked = {"ResourceARNList": [arn("experiment", "tagged")]}
    path = "/service/ResourceGroupsTaggingAPI_20170126/operation/GetResources"
    headers = {"smithy-protocol": "rpc-v2-cbor", "Authorization": SCOPE}
    request = Request(box.url + path, data=cbor2.dumps(asked), headers=headers)  # noqa: S310
    with urlopen(request) as answer:  # noqa: S310
        spoken, content = answer.headers["Content-Type"], cbor2.loads(answer.read())
    expected = [{"ResourceARN": arn("experiment", "tagged"), "Tags": [tag("k")]}]
    assert (spoken, content["ResourceTagMappingList"]) == ("application/cbor", expected)


def test_get_resources_filters_and_pages(sm: Any, tagging: Any) -> None:
    """By tag value, a page at a time."""
    for number in range(3):
        sm.create_experiment(ExperimentName=f"n{number}", Tags=[tag("k", f"v{number}")])
    filters = [{"Key": "k", "Values": ["v0", "v2"]}]
    pages = tagging.get_paginator("get_resources").paginate(
        TagFilters=filters, ResourcesPerPage=1, ResourceTypeFilters=["sagemaker:experiment"]
    )
    assert [len(page["ResourceTagMappingList"]) for page in pages] == [1, 1]


def test_tag_resources_tells_failures_inside_a_200(sm: Any, tagging: Any, arn: Any) -> None:
    """The good one is tagged, the missing one stands in FailedResourcesMap."""
    sm.create_experiment(ExperimentName="n")
    gone = arn("experiment", "gone")
    answer = tagging.tag_resources(ResourceARNList=[arn("experiment", "n"), gone], Tags={"k": "v"})
    tagged = sm.list_tags(ResourceArn=arn("experiment", "n"))["Tags"]
    assert (list(answer["FailedResourcesMap"]), tagged) == ([gone], [tag("k")])


def test_untag_resources_takes_tags_off(sm: Any, tagging: Any, arn: Any) -> None:
    """By key."""
    sm.create_experiment(ExperimentName="n", Tags=[tag("a"), tag("b")])
    tagging.untag_resources(ResourceARNList=[arn("experiment", "n")], TagKeys=["a"])
    assert sm.list_tags(ResourceArn=arn("experiment", "n"))["Tags"] == [tag("b")]


def test_at_most_20_arns_are_tagged_at_once(tagging: Any, arn: Any, refused: Any) -> None:
    """The model's limit."""
    many = [arn("experiment", f"n{number}") for number in range(21)]
    code, _, _ = refused(tagging.tag_resources, ResourceARNList=many, Tags={"k": "v"})
    assert code == "ValidationException"


def test_the_tagging_api_may_not_know_these_types(
    sm: Any, tagging: Any, admin: Admin, arn: Any
) -> None:
    """Never seen on AWS: a knob makes it blind to them."""
    admin.set_knobs(tagging_api_knows=False)
    sm.create_experiment(ExperimentName="n", Tags=[tag("k")])
    failed = tagging.tag_resources(ResourceARNList=[arn("experiment", "n")], Tags={"k": "v"})
    found = tagging.get_resources()["ResourceTagMappingList"]
    assert (found, list(failed["FailedResourcesMap"])) == ([], [arn("experiment", "n")])
