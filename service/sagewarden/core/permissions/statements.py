"""IAM statements, one list a stage, as small as settings and policies let them be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagewarden.core.entities import Kind
from sagewarden.core.keys import LAYOUT, format_key, pause_key
from sagewarden.core.permissions.operations import (
    ENTITIES,
    NEEDS,
    Need,
    On,
    Stage,
    Terms,
    When,
)
from sagewarden.core.permissions.scope import Bucket, Mail, Scope
from sagewarden.core.policy import Tagged

SWEEPING = (Stage.READER, Stage.TAGGER, Stage.ARCHIVER, Stage.EXECUTOR)
"""The stages that `--role one` puts together: all that a sweep does."""

GUARDED: Mapping[Stage, tuple[str, ...]] = {
    Stage.EXECUTOR: (
        "sagemaker:DeleteExperiment",
        "sagemaker:DeleteTrial",
        "sagemaker:DeleteTrialComponent",
        "sagemaker:DisassociateTrialComponent",
    ),
    Stage.TAGGER: ("sagemaker:AddTags", "sagemaker:DeleteTags"),
}
"""What is refused on whatever is held; to put an edge back is not."""

Conditions = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy document; `principal` stands in bucket and trust policies only."""

    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str, Any], ...] = ()
    principal: Any = None

    def spelled(self) -> dict[str, Any]:
        """Spell it as IAM takes it, lists sorted."""
        found: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect}
        if self.principal is not None:
            found["Principal"] = self.principal
        found |= {"Action": sorted(self.actions), "Resource": sorted(self.resources)}
        conditions: dict[str, dict[str, Any]] = {}
        for operator, key, value in self.conditions:
            conditions.setdefault(operator, {})[key] = value
        return found | ({"Condition": conditions} if conditions else {})


def document(statements: Sequence[Statement]) -> dict[str, Any]:
    """Spell a whole policy document."""
    return {"Version": "2012-10-17", "Statement": [each.spelled() for each in statements]}


def statements(scope: Scope, *stages: Stage) -> tuple[Statement, ...]:
    """Return what these stages need, and what must be refused them whoever else allows it."""
    found = [each for stage in stages for each in _allowed(scope, stage)]
    return (*found, *(each for stage in stages for each in _refused(scope, stage)))


def _allowed(scope: Scope, stage: Stage) -> Iterator[Statement]:
    grouped: dict[str, list[Need]] = {}
    for need in needs_of(scope, stage):
        grouped.setdefault(need.sid, []).append(need)
    for sid, needs in grouped.items():
        actions = tuple(dict.fromkeys(need.action for need in needs))
        for terms, resources in _where(scope, needs):
            yield Statement(sid, "Allow", actions, resources, terms)


def needs_of(scope: Scope, stage: Stage) -> tuple[Need, ...]:
    """Return what settings and policies call for in a stage."""
    return tuple(need for need in NEEDS if need.stage is stage and _called_for(scope, need.when))


def _called_for(scope: Scope, when: When) -> bool:
    doing, organization = scope.doing, scope.organization
    return {
        When.ALWAYS: True,
        When.DELETING: bool(doing.deletes),
        When.DELETING_TRIALS: not doing.deletes.isdisjoint({Kind.EXPERIMENT, Kind.TRIAL}),
        When.DELETING_EXPERIMENTS: Kind.EXPERIMENT in doing.deletes,
        When.SETTING_TAGS: bool(doing.sets),
        When.TAKING_TAGS_OFF: bool(doing.takes_off),
        When.ASKING_FOR_MODELS: doing.models,
        When.WITH_BUCKET: scope.bucket is not None,
        When.WITH_KEY: scope.bucket is not None and scope.bucket.key is not None,
        When.SIGNING: scope.signing_key is not None,
        When.TAKING_ROLES: bool(scope.roles),
        When.POLICIES_IN_BUCKET: scope.policies is not None,
        When.LISTING_ACCOUNTS: organization is not None and not organization.units,
        When.LISTING_UNITS: organization is not None and organization.walks,
        When.READING_ACCOUNT_TAGS: organization is not None and organization.tags,
        When.PUBLISHING: bool(scope.topics),
        When.MAILING: scope.mail is not None,
    }[when]


_Terms = tuple[tuple[str, str, Any], ...]


def _where(scope: Scope, needs: Sequence[Need]) -> Iterator[tuple[_Terms, tuple[str, ...]]]:
    """Yield conditions and resources; roles with unlike external ids need a statement each."""
    if needs[0].on is not On.ROLES:
        resources = dict.fromkeys(each for need in needs for each in resources_of(scope, need.on))
        if resources:
            yield _terms(scope, needs[0].terms), tuple(resources)
        return
    by_id: dict[str | None, list[str]] = {}
    for role in scope.roles:
        by_id.setdefault(role.external_id, []).append(role.arn)
    for external_id, arns in by_id.items():
        terms = (("StringEquals", "sts:ExternalId", external_id),) if external_id else ()
        yield terms, tuple(dict.fromkeys(arns))


def resources_of(scope: Scope, on: tuple[str, ...] | On) -> tuple[str, ...]:
    """Return the ARNs, or patterns of ARNs, that something is about."""
    if isinstance(on, tuple):
        return tuple(_arn(scope, each) for each in on)
    match on:
        case On.ANYTHING | On.ROLES:
            return ("*",)
        case On.CALLERS:
            return scope.callers
        case On.POLICY_BUCKET | On.POLICY_FILES:
            return () if scope.policies is None else _of_policies(scope, scope.policies, on)
        case On.TOPICS | On.SENDERS:
            return _of_notices(scope, on)
        case On.PACKAGES:
            return (f"arn:{scope.partition}:sagemaker:{scope.region}:*:model-package/*",)
        case On.SIGNING_KEY | On.KEY:
            return _keys(scope, on)
        case _:
            return () if scope.bucket is None else _of_bucket(scope, scope.bucket, on)


def _keys(scope: Scope, on: On) -> tuple[str, ...]:
    of_bucket = None if scope.bucket is None else scope.bucket.key
    key = scope.signing_key if on is On.SIGNING_KEY else of_bucket
    return () if key is None else (_key(scope, key),)


def _of_policies(scope: Scope, policies: Bucket, on: On) -> tuple[str, ...]:
    place = f"arn:{scope.partition}:s3:::{policies.name}"
    return (place if on is On.POLICY_BUCKET else f"{place}/{_files(policies)}",)


def _files(policies: Bucket) -> str:
    """Return a pattern of the keys that are read: a prefix's, or one file's own."""
    single = policies.prefix.lower().endswith((".yaml", ".yml"))
    return policies.prefix if single else policies.below("*")


def _of_notices(scope: Scope, on: On) -> tuple[str, ...]:
    if on is On.TOPICS:
        return scope.topics
    return () if scope.mail is None else _of_mail(scope, scope.mail)


def _of_mail(scope: Scope, mail: Mail) -> tuple[str, ...]:
    """Return who may write: which of the account's identities it is, the condition says."""
    place = f"arn:{scope.partition}:ses:{mail.region}:*"
    return (f"{place}:identity/*", f"{place}:configuration-set/*")


def _of_bucket(scope: Scope, bucket: Bucket, on: On) -> tuple[str, ...]:
    place = f"arn:{scope.partition}:s3:::{bucket.name}"
    if on is On.BUCKET:
        return (place,)
    return tuple(f"{place}/{bucket.below(each)}" for each in own_keys(scope))


def own_keys(scope: Scope) -> tuple[str, ...]:
    """Return patterns of all keys in the vault that one target's work touches."""
    return (f"{LAYOUT}/{scope.account}/{scope.region}/*", pause_key(None), format_key())


def _key(scope: Scope, key: str) -> str:
    if key.startswith(("arn:", "$")):
        return key
    named = "*" if key.startswith("alias/") else key
    return f"arn:{scope.partition}:kms:{scope.region}:*:key/{named}"


def _arn(scope: Scope, pattern: str) -> str:
    return f"arn:{scope.partition}:sagemaker:{scope.region}:{scope.account}:{pattern}"


def _terms(scope: Scope, terms: Terms) -> _Terms:
    match terms:
        case Terms.IN_REGION:
            return (("StringLike", "aws:RequestedRegion", scope.region),)
        case Terms.KEYS_THAT_ARE_SET:
            return _only_keys(scope.doing.sets)
        case Terms.KEYS_THAT_ARE_TAKEN_OFF:
            return _only_keys(scope.doing.takes_off)
        case Terms.AT_CREATION:
            made = [f"Create{each}" for each in ("Experiment", "Trial", "TrialComponent")]
            return (("StringEquals", "sagemaker:TaggingAction", made),)
        case Terms.BELOW_PREFIX if scope.bucket is not None:
            # GetObject asks for ListBucket too, without a prefix, to tell absence from refusal
            below = scope.bucket.below(f"{LAYOUT}/{scope.account}/{scope.region}/*")
            return (("StringLikeIfExists", "s3:prefix", below),)
        case Terms.THROUGH_S3 if scope.bucket is not None:
            return _through_s3(scope, scope.bucket)
    return _own_terms(scope, terms)


def _own_terms(scope: Scope, terms: Terms) -> _Terms:
    """Return conditions on what no role does."""
    match terms:
        case Terms.BELOW_POLICIES if scope.policies is not None and scope.policies.prefix:
            return (("StringLike", "s3:prefix", _files(scope.policies)),)
        case Terms.AS_SENDER if scope.mail is not None:
            return (("StringEquals", "ses:FromAddress", scope.mail.sender),)
    return ()


def context_of(scope: Scope, need: Need) -> Mapping[str, tuple[str, ...]]:
    """Return the condition keys of a request that meets a need's conditions."""
    match need.terms:
        case Terms.IN_REGION:
            return {"aws:RequestedRegion": (scope.region,)}
        case Terms.KEYS_THAT_ARE_SET:
            return {"aws:TagKeys": tuple(sorted(scope.doing.sets))}
        case Terms.KEYS_THAT_ARE_TAKEN_OFF:
            return {"aws:TagKeys": tuple(sorted(scope.doing.takes_off))}
        case Terms.AT_CREATION:
            return {"sagemaker:TaggingAction": (need.operation,)}
        case _:
            return {}


def _only_keys(keys: frozenset[str]) -> _Terms:
    """Let no other key through; a request without any would meet ForAllValues, too."""
    return (
        ("ForAllValues:StringEquals", "aws:TagKeys", sorted(keys)),
        ("Null", "aws:TagKeys", "false"),
    )


def _through_s3(scope: Scope, bucket: Bucket) -> _Terms:
    through: _Terms = (("StringLike", "kms:ViaService", f"s3.{scope.region}.*"),)
    if bucket.key is not None and bucket.key.startswith("alias/"):
        return (*through, ("ForAnyValue:StringEquals", "kms:ResourceAliases", bucket.key))
    return through


def _refused(scope: Scope, stage: Stage) -> Iterator[Statement]:
    """Let AWS itself refuse what is held, at the moment of the write: no look can be that late."""
    for number, guard in enumerate(scope.doing.guards if stage in GUARDED else ()):
        suffix = "Held" if number == 0 else f"Protected{number}"
        yield Statement(
            f"{stage.value.capitalize()}Keeps{suffix}",
            "Deny",
            GUARDED[stage],
            tuple(_arn(scope, each) for each in ENTITIES),
            tuple(_condition(each) for each in guard.tags),
        )


def _condition(tag: Tagged) -> tuple[str, str, Any]:
    key = f"aws:ResourceTag/{tag.tag}"
    if tag.want == "values":
        return "StringLike", key, sorted(tag.values)
    return "Null", key, "false" if tag.want == "present" else "true"
