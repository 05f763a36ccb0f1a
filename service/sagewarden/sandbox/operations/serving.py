"""Creates, updates and deletes models, packages, endpoints and their configurations."""

from dataclasses import dataclass, replace

from sagewarden.sandbox.operations.call import Call, tags_in
from sagewarden.sandbox.operations.resources import could_not_find
from sagewarden.sandbox.records import Json, Resource
from sagewarden.sandbox.refusal import invalid

GROUP = "model-package-group"
PACKAGE = "model-package"


@dataclass(frozen=True, slots=True)
class ServedKind:
    """A kind with one name; `fixed` is what Describe answers besides what was given."""

    word: str
    type: str
    fixed: tuple[tuple[str, str], ...] = ()

    def create(self, call: Call) -> Json:
        """Make one; its name must be free."""
        name = call.params[f"{self.word}Name"]
        arn = call.state.arn(self.type, name)
        if call.state.resources.get(arn) is not None:
            raise invalid(f'Cannot create already existing {self.type} "{arn}".')
        body = {f"{self.word}Arn": arn, **dict(self.fixed), **_given(call)}
        call.state.store(_resource(call, self.type, name, arn, body))
        return {f"{self.word}Arn": arn}

    def delete(self, call: Call) -> Json:
        """Delete one; whatever names it stays as it is."""
        found = _found(call, self.type, call.params[f"{self.word}Name"])
        call.state.resources.remove(found.key)
        return {}


def create_endpoint(call: Call) -> Json:
    """Serve a configuration that is there; it is in service at once."""
    _found(call, "endpoint-config", call.params["EndpointConfigName"])
    kind = ServedKind("Endpoint", "endpoint", (("EndpointStatus", "InService"),))
    return kind.create(call)


def update_endpoint(call: Call) -> Json:
    """Serve another configuration."""
    _found(call, "endpoint-config", call.params["EndpointConfigName"])
    return {"EndpointArn": _changed(call, "endpoint", call.params["EndpointName"]).arn}


def create_package(call: Call) -> Json:
    """Make a package: the next version of its group, or one with a name of its own."""
    group = call.params.get("ModelPackageGroupName", "").rpartition("/")[2]
    name = group or call.params.get("ModelPackageName", "")
    if not name:
        raise invalid("Either ModelPackageName or ModelPackageGroupName must be given.")
    body: Json = {"ModelPackageName": name, **_given(call)}
    arn = call.state.arn(PACKAGE, name)
    if group:
        _found(call, GROUP, group)
        version = 1 + max(_versions(call, group), default=0)
        arn = f"{arn}/{version}"
        approval = call.params.get("ModelApprovalStatus", "PendingManualApproval")
        body |= {
            "ModelPackageGroupName": group,
            "ModelPackageVersion": version,
            "ModelApprovalStatus": approval,
        }
    elif call.state.resources.get(arn) is not None:
        raise invalid(f'Cannot create already existing {PACKAGE} "{arn}".')
    body |= {
        "ModelPackageArn": arn,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
    }
    call.state.store(_resource(call, PACKAGE, name, arn, body))
    return {"ModelPackageArn": arn}


def update_package(call: Call) -> Json:
    """Change a package's approval, or what it says of inference."""
    arn = _changed(call, PACKAGE, call.params["ModelPackageArn"]).arn
    return {"ModelPackageArn": arn}


def delete_group(call: Call) -> Json:
    """Delete a group without packages."""
    name = call.params["ModelPackageGroupName"].rpartition("/")[2]
    if any(True for _ in _versions(call, name)):
        raise invalid(f"Model package group {name} has model packages and cannot be deleted.")
    call.state.resources.remove(_found(call, GROUP, name).key)
    return {}


def _versions(call: Call, group: str) -> list[int]:
    return [
        each.body["ModelPackageVersion"]
        for each in call.state.resources
        if each.type == PACKAGE and each.body.get("ModelPackageGroupName") == group
    ]


def _given(call: Call) -> Json:
    return {key: value for key, value in call.params.items() if key != "Tags"}


def _resource(call: Call, type_: str, name: str, arn: str, body: Json) -> Resource:
    born = call.state.resources.birth(arn.lower(), call.now)
    whole = {**body, "CreationTime": born, "LastModifiedTime": born}
    tags = tags_in(call.params)
    return Resource(arn=arn, type=type_, name=name, created=born, body=whole, tags=tags)


def _found(call: Call, type_: str, given: str) -> Resource:
    arn = given if given.startswith("arn:") else call.state.arn(type_, given)
    found = call.state.resources.get(arn)
    if found is None:
        raise could_not_find(arn)
    return found


def _changed(call: Call, type_: str, given: str) -> Resource:
    found = _found(call, type_, given)
    body = {**found.body, **_given(call), "LastModifiedTime": call.now}
    call.state.store(replace(found, body=body))
    return found
