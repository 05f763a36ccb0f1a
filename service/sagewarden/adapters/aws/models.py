"""Reads which models are in use: model packages of the registry, models, and what endpoints serve.

Endpoints are read before models and models before packages, so that what one names is there when
it is looked up. Lists are read anew each time. Of what they show, that which cannot change is
described once: a model; an endpoint's configuration until the endpoint changes; a package until its
status or approval does.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sagewarden.adapters.aws.answers import Answer
from sagewarden.adapters.aws.calls import PAGE, Reads
from sagewarden.core.models import Models, ModelUse, Role
from sagewarden.core.places import is_s3
from sagewarden.errors import Absent, ReadFailed

_MODELS = "Models"
_ENDPOINTS = "Endpoints"
_GROUPS = "ModelPackageGroupSummaryList"
_PACKAGES = "ModelPackageSummaryList"


@dataclass(frozen=True, slots=True)
class _Rests:
    """What rests on places in S3, and the packages (names or ARNs) through which it rests on more.

    `by` tells of it with its ARN.
    """

    by: str
    places: tuple[str, ...]
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelReader:
    """Reads the models in use of one target. Safe to share between threads."""

    reads: Reads
    _known: dict[Hashable, Any] = field(default_factory=dict)

    def read(self) -> Models:
        """Read every list anew; raise ReadFailed unless all of it could be read whole."""
        try:
            return Models.of(tuple(self._uses()))
        except Absent as error:
            raise ReadFailed(f"a model in use went while it was read: {error.message}") from error

    def _uses(self) -> Iterator[ModelUse]:
        served = tuple(self._endpoints())
        models = dict(self._models())
        packages = {rests.packages[0]: rests for rests in self._packages()}
        for by, names in served:
            for name in names:
                if name not in models:
                    raise ReadFailed(f"{by} serves model {name}, which is gone")
                yield from self._told(Role.DEPLOYED, models[name], packages, by)
        for rests in models.values():
            yield from self._told(Role.MODEL, rests, packages, rests.by)
        for rests in packages.values():
            yield from (ModelUse(Role.REGISTERED, rests.by, place) for place in rests.places)

    def _told(
        self, role: Role, rests: _Rests, packages: dict[str, _Rests], by: str
    ) -> Iterator[ModelUse]:
        """Tell what a model rests on, by itself and through packages, those of others too."""
        yield from (ModelUse(role, by, place) for place in rests.places)
        for name in rests.packages:
            if name not in packages:
                packages[name] = _package(
                    self.reads.ask("DescribeModelPackage", ModelPackageName=name), name
                )
            yield from (ModelUse(role, by, place) for place in packages[name].places)

    def _endpoints(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each endpoint with the names of the models that it serves."""
        for each in self._listed("ListEndpoints", _ENDPOINTS):
            key = (each["EndpointArn"], each["LastModifiedTime"])
            if key not in self._known:
                self._known[key] = tuple(self._served(each["EndpointName"]))
            yield f"endpoint {each['EndpointName']} ({each['EndpointArn']})", self._known[key]

    def _served(self, endpoint: str) -> Iterator[str]:
        described = self.reads.ask("DescribeEndpoint", EndpointName=endpoint)
        pending = described.get("PendingDeploymentSummary") or {}
        for name in {described["EndpointConfigName"], pending.get("EndpointConfigName")} - {None}:
            config = self.reads.ask("DescribeEndpointConfig", EndpointConfigName=name)
            for variant in (
                *config["ProductionVariants"],
                *(config.get("ShadowProductionVariants") or ()),
            ):
                if not variant.get("ModelName"):
                    raise ReadFailed(
                        f"endpoint {endpoint} serves inference components, which are not read"
                    )
                yield variant["ModelName"]

    def _models(self) -> Iterator[tuple[str, _Rests]]:
        for each in self._listed("ListModels", _MODELS):
            key = (each["ModelArn"], each["CreationTime"])
            if key not in self._known:
                described = self.reads.ask("DescribeModel", ModelName=each["ModelName"])
                self._known[key] = _model(described)
            yield each["ModelName"], self._known[key]

    def _packages(self) -> Iterator[_Rests]:
        """Yield the packages of every group, and those without one."""
        for group in self._listed("ListModelPackageGroups", _GROUPS):
            yield from self._versions(ModelPackageGroupName=group["ModelPackageGroupName"])
        yield from self._versions(ModelPackageType="Unversioned")

    def _versions(self, **of: str) -> Iterator[_Rests]:
        for each in self._listed("ListModelPackages", _PACKAGES, **of):
            arn = each["ModelPackageArn"]
            state = (each["ModelPackageStatus"], each.get("ModelApprovalStatus"))
            key = (arn, each["CreationTime"], *state)
            if key not in self._known:
                described = self.reads.ask("DescribeModelPackage", ModelPackageName=arn)
                self._known[key] = _package(described, arn)
            yield self._known[key]

    def _listed(self, operation: str, member: str, **of: str) -> Iterator[Mapping[str, Any]]:
        """Read a whole list, oldest first, so that what is made meanwhile comes at its end."""
        order = {"SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": PAGE}
        for page in self.reads.pages(operation, member, **of, **order):
            yield from page[member]


def _model(described: Answer) -> _Rests:
    primary = described.get("PrimaryContainer")
    containers = [*([primary] if primary else []), *(described.get("Containers") or ())]
    by = f"model {described['ModelName']} ({described['ModelArn']})"
    if not containers:
        raise ReadFailed(f"{by} names no container")
    packages = (each.get("ModelPackageName") for each in containers)
    return _Rests(by, _places(containers), tuple(name for name in packages if name))


def _package(described: Answer, known_as: str) -> _Rests:
    """Read what a package rests on; `packages` is the one name by which it is known here."""
    specifications = [
        described.get("InferenceSpecification") or {},
        *(described.get("AdditionalInferenceSpecifications") or ()),
    ]
    algorithms = described.get("SourceAlgorithmSpecification") or {}
    containers = [each for one in specifications for each in one.get("Containers") or ()]
    places = _places([*containers, *(algorithms.get("SourceAlgorithms") or ())])
    source = described.get("SourceUri") or ""
    return _Rests(_titled(described), (*places, *([source] if is_s3(source) else [])), (known_as,))


def _titled(package: Answer) -> str:
    version = package.get("ModelPackageVersion")
    approval = package.get("ModelApprovalStatus")
    name = f"model package {package.get('ModelPackageGroupName') or package['ModelPackageName']}"
    name += f" version {version}" if version else ""
    name += f", {approval}" if approval else ""
    return f"{name} ({package['ModelPackageArn']})"


def _places(containers: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Every place that containers or algorithms take a model from (service model)."""
    found: list[str | None] = []
    for each in containers:
        sources = [each.get("ModelDataSource"), *(each.get("AdditionalModelDataSources") or ())]
        found.append(each.get("ModelDataUrl"))
        found += [((one or {}).get("S3DataSource") or {}).get("S3Uri") for one in sources]
        found.append((each.get("AdditionalS3DataSource") or {}).get("S3Uri"))
    return tuple(uri for uri in found if uri)
