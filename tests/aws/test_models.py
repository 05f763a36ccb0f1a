"""Models in use: all that rests on a place in S3 is read, or the read has failed."""

from typing import TYPE_CHECKING, Any

import pytest

from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.models import ModelReader
from sagewarden.core.models import Models, ModelUse, Role
from sagewarden.errors import ReadFailed

if TYPE_CHECKING:
    from tests.aws.conftest import World

IMAGE = "1.dkr.ecr/x"
ARN = "arn:aws:sagemaker:us-east-1:123456789012"
OPERATIONS = [
    *("ListModels", "DescribeModel", "ListEndpoints", "DescribeEndpoint"),
    *("DescribeEndpointConfig", "ListModelPackageGroups", "ListModelPackages"),
    "DescribeModelPackage",
]


def container(key: str) -> dict[str, Any]:
    return {"Image": IMAGE, "ModelDataUrl": f"s3://ml/{key}"}


def directory(key: str) -> dict[str, Any]:
    """A source that is a directory."""
    where = {"S3Uri": f"s3://ml/{key}/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    return {"S3DataSource": where}


def package(world: "World", *keys: str, **more: Any) -> None:
    """The next version of group `g`, resting on these keys."""
    specification = {
        "Containers": [container(key) for key in keys],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    of = more or {"ModelPackageGroupName": "g"}
    world.make("CreateModelPackage", InferenceSpecification=specification, **of)


def endpoint(world: "World", name: str, *models: str | None) -> None:
    """An endpoint with a variant for each of these models; None stands for no model."""
    variants = [
        {"VariantName": f"v{number}", "InstanceType": "ml.m5.large"}
        | ({} if model is None else {"ModelName": model})
        for number, model in enumerate(models)
    ]
    world.make("CreateEndpointConfig", EndpointConfigName=name, ProductionVariants=variants)
    world.make("CreateEndpoint", EndpointName=name, EndpointConfigName=name)


@pytest.fixture
def serving(world: "World") -> "World":
    """One of each: a model, an endpoint that serves it, a version of a group."""
    world.make("CreateModelPackageGroup", ModelPackageGroupName="g")
    package(world, "registered")
    world.make("CreateModel", ModelName="m", PrimaryContainer=container("model"))
    endpoint(world, "e", "m")
    return world


def read(world: "World") -> Models:
    return world.looks.models_in_use()


def places(world: "World") -> set[str]:
    return {use.uri.removeprefix("s3://ml/") for use in read(world).uses}


def test_each_use_is_told_with_its_arn(serving: "World") -> None:
    registered = f"model package g version 1, PendingManualApproval ({ARN}:model-package/g/1)"
    assert set(read(serving).uses) == {
        ModelUse(Role.DEPLOYED, f"endpoint e ({ARN}:endpoint/e)", "s3://ml/model"),
        ModelUse(Role.REGISTERED, registered, "s3://ml/registered"),
        ModelUse(Role.MODEL, f"model m ({ARN}:model/m)", "s3://ml/model"),
    }


def test_an_account_without_models_has_none_in_use(world: "World") -> None:
    assert read(world) == Models()


def test_a_model_rests_on_every_source_of_every_container(world: "World") -> None:
    more = {"ChannelName": "adapter", **directory("adapter")}
    containers = [
        container("first"),
        {"Image": IMAGE, "ModelDataSource": directory("second")},
        {**container("third"), "AdditionalModelDataSources": [more]},
    ]
    world.make("CreateModel", ModelName="m", Containers=containers)
    assert places(world) == {"first", "second/", "third", "adapter/"}


def test_a_package_rests_on_all_its_specifications_and_its_algorithm(world: "World") -> None:
    where = {"S3Uri": "s3://ml/extra", "S3DataType": "S3Object"}
    algorithm = {"AlgorithmName": "a", "ModelDataUrl": "s3://ml/algorithm"}
    additional = {"Name": "edge", "Containers": [container("edge")]}
    world.make(
        "CreateModelPackage",
        ModelPackageName="p",
        InferenceSpecification={
            "Containers": [{**container("main"), "AdditionalS3DataSource": where}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        AdditionalInferenceSpecifications=[additional],
        SourceAlgorithmSpecification={"SourceAlgorithms": [algorithm]},
        SourceUri="s3://ml/source",
    )
    assert places(world) == {"main", "extra", "edge", "algorithm", "source"}


def test_a_model_of_a_package_rests_on_what_the_package_does(serving: "World") -> None:
    named = {"ModelPackageName": f"{ARN}:model-package/g/1"}
    serving.make("CreateModel", ModelName="by-package", PrimaryContainer=named)
    endpoint(serving, "f", "by-package")
    found = {use.role for use in read(serving).uses if use.uri == "s3://ml/registered"}
    assert found == set(Role)


def test_packages_without_a_group_are_read_too(serving: "World") -> None:
    package(serving, "alone", ModelPackageName="alone")
    assert places(serving) == {"model", "registered", "alone"}


def test_rejected_packages_are_in_use_all_the_same(serving: "World") -> None:
    """Somebody may approve them tomorrow."""
    arn = f"{ARN}:model-package/g/1"
    serving.make("UpdateModelPackage", ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    assert places(serving) == {"model", "registered"}


def test_shadow_variants_are_served(world: "World") -> None:
    for name in ("m", "shadow"):
        world.make("CreateModel", ModelName=name, PrimaryContainer=container(name))
    variants = {
        key: [{"VariantName": name, "ModelName": name, "InstanceType": "ml.m5.large"}]
        for key, name in (("ProductionVariants", "m"), ("ShadowProductionVariants", "shadow"))
    }
    world.make("CreateEndpointConfig", EndpointConfigName="c", **variants)
    world.make("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    deployed = {use.uri for use in read(world).uses if use.role is Role.DEPLOYED}
    assert deployed == {"s3://ml/m", "s3://ml/shadow"}


@pytest.mark.parametrize("page", [1, 2])
def test_every_page_of_every_list_is_read(serving: "World", page: int) -> None:
    for number in range(3):
        serving.make("CreateModelPackageGroup", ModelPackageGroupName=f"g{number}")
        package(serving, f"more/{number}", ModelPackageGroupName=f"g{number}")
        package(serving, f"alone/{number}", ModelPackageName=f"alone-{number}")
        name = f"m{number}"
        serving.make("CreateModel", ModelName=name, PrimaryContainer=container(name))
        endpoint(serving, name, name)
    whole = read(serving).uses
    serving.box.knobs.page_cap = page
    assert (len(whole), read(serving).uses) == (15, whole)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "action",
    ["throttle", "error_500", "deny", "not_found", "drop_before", "drop_after", "truncate"],
)
def test_a_read_that_fails_leaves_the_models_unread(
    serving: "World", operation: str, action: str
) -> None:
    serving.fault(action, operation)
    with pytest.raises(ReadFailed):
        read(serving)


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.startswith("List")])
@pytest.mark.parametrize("action", ["empty_page", "repeat_token"])
def test_a_list_that_does_not_end_leaves_the_models_unread(
    serving: "World", operation: str, action: str
) -> None:
    serving.fault(action, operation)
    with pytest.raises(ReadFailed):
        read(serving)


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("ListModels", "Models"),
        ("ListModels", "Models.ModelName"),
        ("ListEndpoints", "Endpoints"),
        ("ListEndpoints", "Endpoints.LastModifiedTime"),
        ("ListModelPackageGroups", "ModelPackageGroupSummaryList"),
        ("ListModelPackageGroups", "ModelPackageGroupSummaryList.ModelPackageGroupName"),
        ("ListModelPackages", "ModelPackageSummaryList"),
        ("ListModelPackages", "ModelPackageSummaryList.ModelPackageArn"),
        ("DescribeModel", "ModelName"),
        ("DescribeModel", "PrimaryContainer"),
        ("DescribeModelPackage", "ModelPackageArn"),
        ("DescribeEndpoint", "EndpointConfigName"),
        ("DescribeEndpointConfig", "ProductionVariants"),
        ("DescribeEndpointConfig", "ProductionVariants.ModelName"),
    ],
)
def test_a_member_that_is_missing_leaves_the_models_unread(
    serving: "World", operation: str, member: str
) -> None:
    serving.fault("missing_field", operation, name=member)
    with pytest.raises(ReadFailed):
        read(serving)


def test_an_endpoint_of_a_model_that_is_gone_is_not_guessed_at(serving: "World") -> None:
    """It goes on serving what nobody can look up any more."""
    serving.make("DeleteModel", ModelName="m")
    with pytest.raises(ReadFailed, match="serves model m, which is gone"):
        read(serving)


def test_an_endpoint_of_inference_components_is_not_guessed_at(serving: "World") -> None:
    endpoint(serving, "components", None)
    with pytest.raises(ReadFailed, match="inference components"):
        read(serving)


def test_a_model_behind_an_access_point_leaves_all_unknown(world: "World") -> None:
    where = "s3://arn:aws:s3:us-east-1:123456789012:accesspoint/ml/a"
    asked = {"ModelName": "m", "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": where}}
    world.make("CreateModel", **asked)
    assert "names no bucket" in read(world).unread


def test_what_cannot_change_is_described_once(serving: "World") -> None:
    """Lists are read anew: five calls a look, with one group."""
    looks = SageMakerLooks(serving.reads())
    looks.models_in_use()
    serving.box.admin.clear_calls()
    looks.models_in_use()
    lists = ["ListEndpoints", "ListModels", "ListModelPackageGroups", "ListModelPackages"]
    assert serving.sent() == [*lists, "ListModelPackages"]


def test_a_reader_sees_what_was_made_anew_or_changed_since(serving: "World") -> None:
    reader = ModelReader(serving.reads())
    reader.read()
    serving.age()
    serving.make("DeleteModel", ModelName="m")
    serving.make("CreateModel", ModelName="m", PrimaryContainer=container("anew"))
    serving.make("CreateModel", ModelName="n", PrimaryContainer=container("new"))
    variant = {"VariantName": "v", "ModelName": "n", "InstanceType": "ml.m5.large"}
    serving.make("CreateEndpointConfig", EndpointConfigName="d", ProductionVariants=[variant])
    serving.make("UpdateEndpoint", EndpointName="e", EndpointConfigName="d")
    package(serving, "version-2")
    deployed = [use.uri for use in reader.read().uses if use.role is Role.DEPLOYED]
    assert (deployed, reader.read().behind(("s3://ml/anew",)) != ()) == (["s3://ml/new"], True)
