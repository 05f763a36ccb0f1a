"""Artifacts, actions, contexts and the edges between them."""

from typing import Any

import pytest

from sagewarden.sandbox import Admin


def artifact(sm: Any, uri: str = "s3://b/k") -> str:
    made: str = sm.create_artifact(
        ArtifactName="a", ArtifactType="Tracker", Source={"SourceUri": uri}
    )["ArtifactArn"]
    return made


@pytest.fixture
def edge(sm: Any, arn: Any) -> dict[str, str]:
    """Draw an edge from an artifact to component c."""
    sm.create_trial_component(TrialComponentName="c")
    ends = {
        "SourceArn": artifact(sm),
        "DestinationArn": arn("experiment-trial-component", "c"),
    }
    sm.add_association(**ends, AssociationType="ContributedTo")
    return ends


def test_artifacts_are_shared_by_their_source_uri(sm: Any) -> None:
    """The same URI gives the same ARN."""
    found = [artifact(sm, "s3://x") == artifact(sm, "s3://x"), artifact(sm) == artifact(sm, "y")]
    assert found == [True, False]


def test_an_artifact_is_named_like_a_file(sm: Any) -> None:
    """Both SDKs send file names, whatever the model's pattern says."""
    source = {"SourceUri": "s3://b/data.csv"}
    sm.create_artifact(ArtifactName="my_data.csv", ArtifactType="Tracker", Source=source)
    assert sm.list_artifacts()["ArtifactSummaries"][0]["ArtifactName"] == "my_data.csv"


def test_an_edge_is_listed_from_either_end(sm: Any, edge: dict[str, str]) -> None:
    """With the types of both."""
    (found,) = sm.list_associations(DestinationArn=edge["DestinationArn"])["AssociationSummaries"]
    same = sm.list_associations(SourceArn=edge["SourceArn"])["AssociationSummaries"]
    types = (found["SourceType"], found["DestinationType"], found["AssociationType"])
    expected = ("artifact", "experiment-trial-component", "ContributedTo")
    assert (types, same) == (expected, [found])


def test_an_edge_that_exists_is_told_so(sm: Any, edge: dict[str, str], refused: Any) -> None:
    """The SDK reads the words "already exists"."""
    code, message, _ = refused(sm.add_association, **edge)
    assert (code, "already exists" in message) == ("ValidationException", True)


def test_an_edge_needs_both_ends(sm: Any, arn: Any, refused: Any) -> None:
    """A missing one is ResourceNotFound."""
    gone = arn("experiment-trial-component", "gone")
    call = sm.add_association
    assert refused(call, SourceArn=artifact(sm), DestinationArn=gone)[0] == "ResourceNotFound"


def test_deleting_an_edge_keeps_its_ends(sm: Any, edge: dict[str, str]) -> None:
    """Nothing cascades."""
    sm.delete_association(**edge)
    left = sm.list_associations()["AssociationSummaries"]
    kept = sm.describe_artifact(ArtifactArn=edge["SourceArn"])["Source"]["SourceUri"]
    assert (left, kept) == ([], "s3://b/k")


def test_a_component_takes_its_edges_along(sm: Any, edge: dict[str, str]) -> None:
    """The artifact stays."""
    sm.delete_trial_component(TrialComponentName="c")
    left = sm.list_associations()["AssociationSummaries"]
    arns = [each["ArtifactArn"] for each in sm.list_artifacts()["ArtifactSummaries"]]
    assert (left, arns) == ([], [edge["SourceArn"]])


@pytest.mark.usefixtures("edge")
def test_edges_may_hold_a_component(sm: Any, admin: Admin, refused: Any) -> None:
    """A knob makes its delete refused for them."""
    admin.set_knobs(edges_hold_components=True)
    code, _, _ = refused(sm.delete_trial_component, TrialComponentName="c")
    assert code == "ValidationException"


def test_contexts_and_actions_are_made_and_described(sm: Any) -> None:
    """By name, unlike artifacts."""
    source = {"SourceUri": "s3://x"}
    sm.create_context(ContextName="k", ContextType="t", Source=source)
    sm.create_action(ActionName="a", ActionType="t", Source=source)
    found = [
        sm.describe_context(ContextName="k")["ContextName"],
        sm.describe_action(ActionName="a")["ActionName"],
    ]
    assert found == ["k", "a"]
