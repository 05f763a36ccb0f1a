"""Models that outlived their training: registered, approved, deployed."""

from itertools import count
from random import Random

from sagewarden.sandbox.records import NOTHING, Component, Json, Resource
from sagewarden.sandbox.seed.dates import HOUR
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.words import PROJECTS, pick

MODEL_ARTIFACT = "SageMaker.ModelArtifact"
_ONE_IN = 60
_LEAST = 4
_APPROVALS = ("Approved", "PendingManualApproval", "Approved", "Rejected")
_DEPLOYED_EVERY = 2


class _Registry:
    """Writes packages, models and endpoints into a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._rng = draft.chance("registry")
        self._versions: dict[str, int] = {}

    def register(self, made: Component, number: int) -> None:
        """Register the model of a component as the next version of some group."""
        group = f"{pick(self._rng, PROJECTS)}-models"
        at = self._after(made)
        if group not in self._versions:
            self._open(group, at)
        version = self._versions[group] = self._versions.get(group, 0) + 1
        container = self._container(made)
        body = {
            "ModelPackageName": group,
            "ModelPackageGroupName": group,
            "ModelPackageVersion": version,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "ModelApprovalStatus": _APPROVALS[number % len(_APPROVALS)],
            "InferenceSpecification": {
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            "LastModifiedTime": at,
        }
        self._keep("model-package", f"{group}/{version}", "ModelPackageArn", at, body)

    def deploy(self, made: Component, number: int) -> None:
        """Serve the model of a component: model, endpoint configuration, endpoint."""
        name = f"{pick(self._rng, PROJECTS)}-live-{number}"
        at = self._after(made)
        model = {
            "ModelName": name,
            "PrimaryContainer": {**self._container(made), "Mode": "SingleModel"},
            "ExecutionRoleArn": self._draft.role,
        }
        self._keep("model", name, "ModelArn", at, model)
        variant = {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large"}
        config = {
            "EndpointConfigName": name,
            "ProductionVariants": [{**variant, "InitialInstanceCount": 1}],
        }
        self._keep("endpoint-config", name, "EndpointConfigArn", at, config)
        endpoint = {
            "EndpointName": name,
            "EndpointConfigName": name,
            "ProductionVariants": [{"VariantName": "AllTraffic", "CurrentInstanceCount": 1}],
            "EndpointStatus": "InService",
            "LastModifiedTime": at,
        }
        self._keep("endpoint", name, "EndpointArn", at, endpoint)

    def _open(self, group: str, at: float) -> None:
        body = {
            "ModelPackageGroupName": group,
            "ModelPackageGroupStatus": "Completed",
            "CreatedBy": NOTHING,
        }
        self._keep("model-package-group", group, "ModelPackageGroupArn", at, body)

    def _container(self, made: Component) -> Json:
        image = made.input_artifacts["SageMaker.ImageUri"]["Value"]
        return {"Image": image, "ModelDataUrl": made.output_artifacts[MODEL_ARTIFACT]["Value"]}

    def _after(self, made: Component) -> float:
        latest = max(made.modified, self._draft.now - HOUR)
        return round(min(latest, made.modified + 20 * HOUR * self._rng.random()), 3)

    def _keep(self, kind: str, name: str, arn_field: str, at: float, body: Json) -> None:
        arn = self._draft.arn(kind, name)
        whole = {arn_field: arn, "CreationTime": at, **body}
        short = name.partition("/")[0]
        self._draft.resources.append(
            Resource(arn=arn, type=kind, name=short, created=at, body=whole)
        )


def seed_registry(draft: Draft) -> None:
    """Register and deploy some of the models that trainings left, the oldest among them."""
    rng = draft.chance("choice")
    registry = _Registry(draft)
    numbers = count()
    for assigned in (True, False):
        made = [c for c in draft.components if MODEL_ARTIFACT in c.output_artifacts]
        made = sorted((c for c in made if bool(c.trials) is assigned), key=lambda c: c.created)
        for component in _chosen(rng, made):
            number = next(numbers)
            registry.register(component, number)
            if number % _DEPLOYED_EVERY == 0:
                registry.deploy(component, number)


def _chosen(rng: Random, made: list[Component]) -> list[Component]:
    """Take the oldest, and others by chance; `made` is sorted by age."""
    wanted = min(len(made), max(_LEAST, len(made) // _ONE_IN))
    return made[:1] + rng.sample(made[1:], max(0, wanted - 1))
