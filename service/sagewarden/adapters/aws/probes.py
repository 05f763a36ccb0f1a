"""Harmless calls that show whether one is allowed: they ask about a name that nothing has."""

from collections.abc import Mapping, Sequence
from typing import Any

from sagewarden.adapters.aws.calls import Reads
from sagewarden.adapters.aws.errors import Fault, fault_of
from sagewarden.adapters.aws.identity import caller
from sagewarden.adapters.aws.vocabulary import WORDS, arn_of
from sagewarden.application.ports.aws import Caller
from sagewarden.application.ports.checking import Asked
from sagewarden.core.entities import Kind
from sagewarden.errors import Absent, AccessDenied, ReadFailed, Throttled, Unreachable

NAME = "sagewarden-check"

_SERVICES = ("sagemaker", "sagemaker-metrics", "sts", "iam", "s3")
_LISTS = (
    *(WORDS[kind].list for kind in Kind),
    *("ListModels", "ListEndpoints", "ListModelPackageGroups", "ListModelPackages"),
)


class SageMakerProbes:
    """Implements the port `Probes` for one target, as the identity of the reads' session."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def caller(self) -> Caller:
        """Ask STS whom we are; taking a role is part of it."""
        return caller(self._reads)

    def endpoints(self) -> Mapping[str, str]:
        """Each service's URL, by its name."""
        session = self._reads.session
        return {each: str(session.reading(each).meta.endpoint_url) for each in _SERVICES}

    def try_read(self, operation: str) -> None:
        """Make a read that finds nothing or little; return when AWS allows it."""
        for request in self._requests(operation):
            try:
                self._reads.ask(operation, **request)
            except Absent:
                continue
            except (AccessDenied, Throttled, Unreachable):
                raise
            except ReadFailed as error:
                if not _refuses_the_name(error):
                    raise

    def _requests(self, operation: str) -> list[Mapping[str, Any]]:
        if operation == "Search":
            return [{"Resource": WORDS[kind].resource, "MaxResults": 1} for kind in Kind]
        if operation in _LISTS:
            return [{"MaxResults": 1}]
        named: dict[str, Mapping[str, Any]] = {
            **{WORDS[kind].describe: {WORDS[kind].name: NAME} for kind in Kind},
            "DescribeModel": {"ModelName": NAME},
            "DescribeModelPackage": {"ModelPackageName": NAME},
            "DescribeEndpoint": {"EndpointName": NAME},
            "DescribeEndpointConfig": {"EndpointConfigName": NAME},
            "ListTags": {"ResourceArn": self._arn(Kind.EXPERIMENT)},
            "ListAssociations": {"SourceArn": self._arn(Kind.COMPONENT), "MaxResults": 1},
            "BatchGetMetrics": {"MetricQueries": [self._query()]},
        }
        return [named[operation]]

    def _query(self) -> Mapping[str, Any]:
        return {
            "MetricName": NAME,
            "ResourceArn": self._arn(Kind.COMPONENT),
            "MetricStat": "Last",
            "Period": "IterationNumber",
            "XAxisType": "IterationNumber",
        }

    def _arn(self, kind: Kind) -> str:
        session = self._reads.session
        return arn_of(session.target, session.partition, kind, NAME)

    def simulate(self, principal: str, asked: Sequence[Asked]) -> tuple[bool, ...]:
        """Ask IAM what it would decide about a user or a role (ARN), one answer a question."""
        return tuple(self._simulated(principal, each) for each in asked)

    def _simulated(self, principal: str, asked: Asked) -> bool:
        context = [
            {"ContextKeyName": key, "ContextKeyType": "stringList", "ContextKeyValues": [*values]}
            for key, values in asked.context.items()
        ]
        answer = self._reads.ask(
            "SimulatePrincipalPolicy",
            PolicySourceArn=principal,
            ActionNames=[asked.action],
            ResourceArns=[*asked.resources],
            ContextEntries=context,
        )
        return all(each["EvalDecision"] == "allowed" for each in answer["EvaluationResults"])


def _refuses_the_name(error: ReadFailed) -> bool:
    """Whether AWS answered that there is no such thing, in a code that says no more than no."""
    cause = error.__cause__
    return isinstance(cause, Exception) and fault_of(cause) is Fault.REFUSED
