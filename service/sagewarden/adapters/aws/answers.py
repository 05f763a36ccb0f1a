"""What each operation's answer must hold to count as whole.

botocore turns an HTTP 200 with a cut-off or broken JSON body into an empty answer without an
error (seen with 1.44.5), and an empty ListTrials would read as "no parents". So an answer that
lacks what its operation always gives is no answer.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sagewarden.adapters.aws.errors import Incomplete
from sagewarden.adapters.aws.vocabulary import WORDS
from sagewarden.core.entities import Kind

Answer = Mapping[str, Any]

_TRIAL, _COMPONENT = WORDS[Kind.TRIAL], WORDS[Kind.COMPONENT]


def _record(kind: Kind) -> tuple[str, ...]:
    words = WORDS[kind]
    members = (words.name, words.arn, "CreationTime")
    return (*members, "ExperimentName") if kind is Kind.TRIAL else members


_MEMBERS: Mapping[str, tuple[str, ...]] = {
    **{WORDS[kind].describe: _record(kind) for kind in Kind},
    **{WORDS[kind].list: (WORDS[kind].summaries,) for kind in Kind},
    **{WORDS[kind].delete: (WORDS[kind].arn,) for kind in Kind},
    "Search": ("Results",),
    "ListTags": ("Tags",),
    "ListAssociations": ("AssociationSummaries",),
    "BatchGetMetrics": ("MetricQueryResults",),
    "GetCallerIdentity": ("Account", "Arn"),
    "SimulatePrincipalPolicy": ("EvaluationResults",),
    "AssociateTrialComponent": (_TRIAL.arn, _COMPONENT.arn),
    "DisassociateTrialComponent": (_TRIAL.arn, _COMPONENT.arn),
    "AddTags": ("Tags",),
    "DeleteTags": (),
    "ListModels": ("Models",),
    "ListEndpoints": ("Endpoints",),
    "ListModelPackageGroups": ("ModelPackageGroupSummaryList",),
    "ListModelPackages": ("ModelPackageSummaryList",),
    "DescribeModel": ("ModelName", "ModelArn", "CreationTime"),
    "DescribeModelPackage": ("ModelPackageName", "ModelPackageArn", "CreationTime"),
    "DescribeEndpoint": ("EndpointName", "EndpointArn", "EndpointConfigName"),
    "DescribeEndpointConfig": ("EndpointConfigName", "ProductionVariants"),
    "ListAccounts": ("Accounts",),
    "ListAccountsForParent": ("Accounts",),
    "ListOrganizationalUnitsForParent": ("OrganizationalUnits",),
    "ListTagsForResource": ("Tags",),
    "ListObjectsV2": ("KeyCount", "IsTruncated"),
    "GetObject": ("Body", "ETag"),
}

_INNER: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **{
        WORDS[kind].list: (
            WORDS[kind].summaries,
            (WORDS[kind].name, WORDS[kind].arn, "CreationTime"),
        )
        for kind in Kind
    },
    "ListTags": ("Tags", ("Key", "Value")),
    "ListAssociations": ("AssociationSummaries", ("SourceArn", "DestinationArn")),
    "BatchGetMetrics": ("MetricQueryResults", ("Status", "XAxisValues", "MetricValues")),
    "SimulatePrincipalPolicy": ("EvaluationResults", ("EvalActionName", "EvalDecision")),
    "ListModels": ("Models", ("ModelName", "ModelArn", "CreationTime")),
    "ListEndpoints": ("Endpoints", ("EndpointName", "EndpointArn", "LastModifiedTime")),
    "ListModelPackageGroups": ("ModelPackageGroupSummaryList", ("ModelPackageGroupName",)),
    "ListModelPackages": (
        "ModelPackageSummaryList",
        ("ModelPackageArn", "CreationTime", "ModelPackageStatus"),
    ),
    "DescribeEndpointConfig": ("ProductionVariants", ("VariantName",)),
    "ListAccounts": ("Accounts", ("Id",)),
    "ListAccountsForParent": ("Accounts", ("Id",)),
    "ListOrganizationalUnitsForParent": ("OrganizationalUnits", ("Id",)),
    "ListTagsForResource": ("Tags", ("Key", "Value")),
}

_FOUND = {WORDS[kind].resource: (WORDS[kind].prefix, _record(kind)) for kind in Kind}


def check(operation: str, request: Mapping[str, Any], answer: Answer) -> Answer:
    """Return the answer if it is whole; raise `Incomplete` naming what it lacks.

    Raise KeyError for an operation that this project has no business with.
    """
    _need(operation, answer, _MEMBERS[operation])
    if operation in _INNER:
        member, inner = _INNER[operation]
        for each in answer[member]:
            _need(f"{operation}.{member}", each, inner)
    if operation == "Search":
        _check_found(request, answer)
    if operation == "BatchGetMetrics":
        _check_series(request, answer)
    return answer


def _need(where: str, answer: Answer, members: Iterable[str]) -> None:
    for member in members:
        if answer.get(member) is None:
            raise Incomplete(f"the answer of {where} lacks {member}")


def _check_found(request: Mapping[str, Any], answer: Answer) -> None:
    member, inner = _FOUND[request["Resource"]]
    for each in answer["Results"]:
        _need("Search.Results", each, (member,))
        _need(f"Search.Results.{member}", each[member], inner)


def _check_series(request: Mapping[str, Any], answer: Answer) -> None:
    results = answer["MetricQueryResults"]
    if len(results) != len(request["MetricQueries"]):
        raise Incomplete("BatchGetMetrics answered another number of series than was asked for")
    if any(len(each["XAxisValues"]) != len(each["MetricValues"]) for each in results):
        raise Incomplete("BatchGetMetrics answered a series with places and values of unlike count")
