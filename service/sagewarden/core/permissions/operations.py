"""Which permission each operation that SageWarden calls needs: the one table of them.

What an operation may be narrowed to is as the service authorization reference has it: Search and
every List take only `*`; Describe, ListTags, tagging, metrics and all writes take ARNs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

EXPERIMENTS = "experiment/*"
TRIALS = "experiment-trial/*"
COMPONENTS = "experiment-trial-component/*"
ENTITIES = (EXPERIMENTS, TRIALS, COMPONENTS)
EDGES = (TRIALS, COMPONENTS)


class Stage(StrEnum):
    """Who does what: each may have a role of its own.

    A sweep needs the first four, `restore` READER, ARCHIVER and RESTORER. CHECKER is no role: it is
    what these need besides for `check` to tell everything. OWN is the process itself, before it
    takes any role.
    """

    READER = "reader"
    TAGGER = "tagger"
    ARCHIVER = "archiver"
    EXECUTOR = "executor"
    RESTORER = "restorer"
    CHECKER = "checker"
    OWN = "own"


class When(Enum):
    """What in the settings and policies calls for an operation."""

    ALWAYS = auto()
    DELETING = auto()
    DELETING_TRIALS = auto()
    DELETING_EXPERIMENTS = auto()
    SETTING_TAGS = auto()
    TAKING_TAGS_OFF = auto()
    ASKING_FOR_MODELS = auto()
    WITH_BUCKET = auto()
    WITH_KEY = auto()
    SIGNING = auto()
    TAKING_ROLES = auto()
    POLICIES_IN_BUCKET = auto()
    LISTING_ACCOUNTS = auto()
    LISTING_UNITS = auto()
    READING_ACCOUNT_TAGS = auto()
    PUBLISHING = auto()
    MAILING = auto()


class Terms(Enum):
    """Under which condition a permission is given."""

    NONE = auto()
    IN_REGION = auto()
    KEYS_THAT_ARE_SET = auto()
    KEYS_THAT_ARE_TAKEN_OFF = auto()
    AT_CREATION = auto()
    BELOW_PREFIX = auto()
    BELOW_POLICIES = auto()
    AS_SENDER = auto()
    THROUGH_S3 = auto()
    WITH_EXTERNAL_ID = auto()


class On(Enum):
    """Resources that are not SageMaker's, or are not in the target's account alone."""

    ANYTHING = auto()
    BUCKET = auto()
    OBJECTS = auto()
    KEY = auto()
    SIGNING_KEY = auto()
    POLICY_BUCKET = auto()
    POLICY_FILES = auto()
    TOPICS = auto()
    SENDERS = auto()
    ROLES = auto()
    CALLERS = auto()
    PACKAGES = auto()


@dataclass(frozen=True, slots=True)
class Need:
    """One operation's permission for one stage; needs of one `sid` stand in one statement."""

    operation: str
    action: str
    sid: str
    stage: Stage
    on: tuple[str, ...] | On
    when: When
    terms: Terms


@dataclass(frozen=True, slots=True)
class _Group:
    sid: str
    stage: Stage
    on: tuple[str, ...] | On
    when: When
    terms: Terms
    operations: Mapping[str, tuple[str, ...]]


def _sagemaker(*operations: str) -> Mapping[str, tuple[str, ...]]:
    return {each: (f"sagemaker:{each}",) for each in operations}


_GROUPS = (
    _Group(
        "List",
        Stage.READER,
        On.ANYTHING,
        When.ALWAYS,
        Terms.IN_REGION,
        _sagemaker(
            *("Search", "ListExperiments", "ListTrials", "ListTrialComponents"),
            "ListAssociations",
        ),
    ),
    _Group(
        "Look",
        Stage.READER,
        ENTITIES,
        When.ALWAYS,
        Terms.NONE,
        _sagemaker(
            *("DescribeExperiment", "DescribeTrial", "DescribeTrialComponent"),
            *("ListTags", "BatchGetMetrics"),
        ),
    ),
    _Group(
        "ListModels",
        Stage.READER,
        On.ANYTHING,
        When.ASKING_FOR_MODELS,
        Terms.IN_REGION,
        _sagemaker("ListModels", "ListEndpoints", "ListModelPackageGroups", "ListModelPackages"),
    ),
    _Group(
        "LookAtModels",
        Stage.READER,
        ("model/*", "endpoint/*", "endpoint-config/*"),
        When.ASKING_FOR_MODELS,
        Terms.NONE,
        _sagemaker("DescribeModel", "DescribeEndpoint", "DescribeEndpointConfig"),
    ),
    _Group(  # a model may rest on a package that another account shares
        "LookAtPackages",
        Stage.READER,
        On.PACKAGES,
        When.ASKING_FOR_MODELS,
        Terms.NONE,
        _sagemaker("DescribeModelPackage"),
    ),
    _Group(
        "SetTags",
        Stage.TAGGER,
        ENTITIES,
        When.SETTING_TAGS,
        Terms.KEYS_THAT_ARE_SET,
        _sagemaker("AddTags"),
    ),
    _Group(
        "TakeTagsOff",
        Stage.TAGGER,
        ENTITIES,
        When.TAKING_TAGS_OFF,
        Terms.KEYS_THAT_ARE_TAKEN_OFF,
        _sagemaker("DeleteTags"),
    ),
    _Group(
        "UseVault",
        Stage.ARCHIVER,
        On.OBJECTS,
        When.WITH_BUCKET,
        Terms.NONE,
        {"GetObject": ("s3:GetObject",), "PutObject": ("s3:PutObject",)},
    ),
    _Group(
        "ListVault",
        Stage.ARCHIVER,
        On.BUCKET,
        When.WITH_BUCKET,
        Terms.BELOW_PREFIX,
        {
            "ListObjectsV2": ("s3:ListBucket",),
            "ListObjectVersions": ("s3:ListBucketVersions",),  # `verify` sees what was hidden
        },
    ),
    _Group(
        "UseVaultKey",
        Stage.ARCHIVER,
        On.KEY,
        When.WITH_KEY,
        Terms.THROUGH_S3,
        {"GetObject": ("kms:Decrypt",), "PutObject": ("kms:GenerateDataKey",)},
    ),
    _Group(
        "SignChain",
        Stage.ARCHIVER,
        On.SIGNING_KEY,
        When.SIGNING,
        Terms.NONE,
        {"Sign": ("kms:Sign",)},
    ),
    _Group(
        "DeleteComponents",
        Stage.EXECUTOR,
        (COMPONENTS,),
        When.DELETING,
        Terms.NONE,
        _sagemaker("DeleteTrialComponent"),
    ),
    _Group(
        "DeleteTrials",
        Stage.EXECUTOR,
        (TRIALS,),
        When.DELETING_TRIALS,
        Terms.NONE,
        _sagemaker("DeleteTrial"),
    ),
    _Group(
        "DeleteExperiments",
        Stage.EXECUTOR,
        (EXPERIMENTS,),
        When.DELETING_EXPERIMENTS,
        Terms.NONE,
        _sagemaker("DeleteExperiment"),
    ),
    _Group(  # the reference wants a processing job's ARN for a cut, too
        "Cut",
        Stage.EXECUTOR,
        (*EDGES, "processing-job/*"),
        When.DELETING,
        Terms.NONE,
        _sagemaker("DisassociateTrialComponent"),
    ),
    _Group(  # what an earlier policy began may have to be undone when none deletes any more
        "PutBack",
        Stage.EXECUTOR,
        EDGES,
        When.ALWAYS,
        Terms.NONE,
        _sagemaker("AssociateTrialComponent"),
    ),
    _Group(
        "Restore",
        Stage.RESTORER,
        ENTITIES,
        When.ALWAYS,
        Terms.NONE,
        _sagemaker(
            "CreateExperiment",
            "CreateTrial",
            "CreateTrialComponent",
            "AssociateTrialComponent",
            "BatchPutMetrics",
        ),
    ),
    _Group(
        "RestoreTags",
        Stage.RESTORER,
        ENTITIES,
        When.ALWAYS,
        Terms.AT_CREATION,
        dict.fromkeys(
            ("CreateExperiment", "CreateTrial", "CreateTrialComponent"), ("sagemaker:AddTags",)
        ),
    ),
    _Group(
        "SeeBucket",
        Stage.CHECKER,
        On.BUCKET,
        When.WITH_BUCKET,
        Terms.NONE,
        {
            "GetBucketVersioning": ("s3:GetBucketVersioning",),
            "GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
            "GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
        },
    ),
    _Group(
        "AskWhatIsAllowed",
        Stage.CHECKER,
        On.CALLERS,
        When.ALWAYS,
        Terms.NONE,
        {"SimulatePrincipalPolicy": ("iam:SimulatePrincipalPolicy",)},
    ),
    _Group(
        "TakeRoles",
        Stage.OWN,
        On.ROLES,
        When.TAKING_ROLES,
        Terms.WITH_EXTERNAL_ID,
        {"AssumeRole": ("sts:AssumeRole",)},
    ),
    _Group(
        "ListPolicies",
        Stage.OWN,
        On.POLICY_BUCKET,
        When.POLICIES_IN_BUCKET,
        Terms.BELOW_POLICIES,
        {"ListObjectsV2": ("s3:ListBucket",)},
    ),
    _Group(
        "ReadPolicies",
        Stage.OWN,
        On.POLICY_FILES,
        When.POLICIES_IN_BUCKET,
        Terms.NONE,
        {"GetObject": ("s3:GetObject",)},
    ),
    _Group(
        "Publish",
        Stage.OWN,
        On.TOPICS,
        When.PUBLISHING,
        Terms.NONE,
        {"Publish": ("sns:Publish",)},
    ),
    _Group(
        "Mail",
        Stage.OWN,
        On.SENDERS,
        When.MAILING,
        Terms.AS_SENDER,
        {"SendEmail": ("ses:SendEmail",)},
    ),
    *(
        _Group(
            sid,
            Stage.OWN,
            On.ANYTHING,
            when,
            Terms.NONE,
            {each: (f"organizations:{each}",) for each in operations},
        )
        for sid, when, operations in (
            ("ListAccounts", When.LISTING_ACCOUNTS, ("ListAccounts",)),
            (
                "ListUnits",
                When.LISTING_UNITS,
                ("ListAccountsForParent", "ListOrganizationalUnitsForParent"),
            ),
            ("ReadAccountTags", When.READING_ACCOUNT_TAGS, ("ListTagsForResource",)),
        )
    ),
)


_ON: Mapping[str, tuple[str, ...]] = {
    "DescribeExperiment": (EXPERIMENTS,),
    "DescribeTrial": (TRIALS,),
    "DescribeTrialComponent": (COMPONENTS,),
    "DescribeModel": ("model/*",),
    "DescribeEndpoint": ("endpoint/*",),
    "DescribeEndpointConfig": ("endpoint-config/*",),
    "CreateExperiment": (EXPERIMENTS,),
    "CreateTrial": (EXPERIMENTS, TRIALS),
    "CreateTrialComponent": (COMPONENTS,),
    "AssociateTrialComponent": EDGES,
    # the reference wants ARNs of both, whichever a request names
    "BatchGetMetrics": (COMPONENTS, "training-job/*"),
    "BatchPutMetrics": (COMPONENTS, "training-job/*"),
}
"""What single operations of a statement are about; of a tag that is set at a creation: the same."""


def _rows() -> Iterator[Need]:
    for group in _GROUPS:
        for operation, actions in group.operations.items():
            on = _ON.get(operation, group.on)
            for action in actions:
                yield Need(operation, action, group.sid, group.stage, on, group.when, group.terms)


NEEDS: tuple[Need, ...] = tuple(_rows())
"""Every permission, in the order of statements."""

FREE = frozenset({"GetCallerIdentity"})
"""Operations that every identity may call (API reference of STS)."""
