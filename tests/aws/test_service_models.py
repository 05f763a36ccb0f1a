"""What is kept of AWS's descriptions of its services."""

from typing import Any

import boto3
import pytest
from botocore.loaders import Loader
from botocore.session import Session

from sagewarden.adapters.aws.service_models import SharedLoader


@pytest.fixture(scope="module")
def loader() -> SharedLoader:
    return SharedLoader()


def client(loader: SharedLoader, service: str = "sagemaker") -> Any:
    session = Session()
    session.register_component("data_loader", loader)
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    made: Any = boto3.Session(botocore_session=session, region_name="us-east-1", **keys)
    return made.client(service)


def test_a_client_can_do_what_the_table_of_permissions_names(loader: SharedLoader) -> None:
    assert hasattr(client(loader), "delete_trial_component")


def test_a_client_can_do_nothing_else(loader: SharedLoader) -> None:
    """No line of code can delete an endpoint: there is no such method."""
    assert not hasattr(client(loader), "delete_endpoint")


@pytest.mark.parametrize(
    "service",
    ["sagemaker-metrics", "s3", "sts", "kms", "sns", "sesv2", "iam", "organizations"],
)
def test_every_service_that_is_called_has_a_client(loader: SharedLoader, service: str) -> None:
    """What is left out of its description is no part of what botocore needs."""
    assert client(loader, service).meta.service_model.service_name == service


def test_shapes_are_as_botocore_has_them(loader: SharedLoader) -> None:
    """All of them that a request may hold, but for their prose."""
    ours = loader.load_service_model("sagemaker", "service-2")["shapes"]["SearchRequest"]
    whole = Loader().load_service_model("sagemaker", "service-2")["shapes"]["SearchRequest"]
    assert ours["members"].keys() == whole["members"].keys()
    assert ours["required"] == whole["required"]


def test_sessions_add_no_place_to_look_in(loader: SharedLoader) -> None:
    """boto3 adds its own to a loader's for each session, and a daemon makes many."""
    before = loader.search_paths
    client(loader)
    assert loader.search_paths == before
