"""Jobs, models, packages and endpoints: described and listed, as seeded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sagewarden.sandbox.operations.call import Call
from sagewarden.sandbox.operations.lineage import listing
from sagewarden.sandbox.records import Json, Resource
from sagewarden.sandbox.refusal import Refusal, invalid


@dataclass(frozen=True, slots=True)
class DescribedKind:
    """A kind that is looked up by one name."""

    type: str
    member: str
    absent: Callable[[str], Refusal]

    def describe(self, call: Call) -> Json:
        """Answer one whole, without its tags."""
        given = call.params[self.member]
        arn = given if given.startswith("arn:") else call.state.arn(self.type, given)
        record = call.state.resources.get(arn)
        if record is None:
            raise self.absent(arn)
        return dict(record.body)


def not_found(_arn: str) -> Refusal:
    """Refuse a job that is not there, as AWS does for jobs."""
    return invalid("Requested resource not found.")


def job_not_found(_arn: str) -> Refusal:
    """Refuse a processing or transform job that is not there."""
    return Refusal("ResourceNotFound", "Requested resource not found.")


def could_not_find(arn: str) -> Refusal:
    """Refuse a model, package or endpoint that is not there."""
    return invalid(f'Could not find "{arn}".')


def package_is_asked_for(params: Json, record: Resource) -> bool:
    """Whether a list of packages is for this one: without a type or a group, the unversioned."""
    usual = "Both" if "ModelPackageGroupName" in params else "Unversioned"
    asked = params.get("ModelPackageType", usual)
    versioned = "ModelPackageVersion" in record.body
    return asked == "Both" or (asked == "Versioned") is versioned


@dataclass(frozen=True, slots=True)
class ListedKind:
    """A kind that is listed with filters on name, time and one property."""

    type: str
    answer: str
    members: tuple[str, ...]
    equals: tuple[tuple[str, str], ...] = ()
    admits: Callable[[Json, Resource], bool] = lambda _params, _record: True

    def listed(self, call: Call) -> Json:
        """Answer summaries of those that match."""
        chosen = [
            record
            for record in call.state.resources
            if record.type == self.type and self._matches(call.params, record)
        ]
        return listing(call, self.answer, chosen, self._summary)

    def _matches(self, params: Json, record: Resource) -> bool:
        after, before = params.get("CreationTimeAfter"), params.get("CreationTimeBefore")
        return (
            params.get("NameContains", "") in record.name
            and (after is None or record.created > after)
            and (before is None or record.created < before)
            and all(self._equal(params, record, pair) for pair in self.equals)
            and self.admits(params, record)
        )

    def _equal(self, params: Json, record: Resource, pair: tuple[str, str]) -> bool:
        asked, held = pair
        wanted: Any = params.get(asked)
        if wanted is None:
            return True
        value = str(record.body.get(held, ""))
        return value == wanted or value == str(wanted).rpartition("/")[2]

    def _summary(self, record: Resource) -> Json:
        body = record.body
        return {name: body[name] for name in self.members if name in body}
