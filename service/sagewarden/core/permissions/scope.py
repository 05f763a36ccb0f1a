"""What permissions are for: one target, its vault, and what its policies come to do there."""

from collections.abc import Iterator
from dataclasses import dataclass

from sagewarden.core.delete_after import DELETE_AFTER_TAG
from sagewarden.core.entities import Kind
from sagewarden.core.policy import Action, AllOf, Condition, PolicySet, Tagged
from sagewarden.core.protection import HOLD_TAG


@dataclass(frozen=True, slots=True)
class Bucket:
    """A vault in S3: `prefix` has no slash at its ends, `key` is the KMS key's ARN, id or alias."""

    name: str
    prefix: str = ""
    key: str | None = None

    def below(self, path: str) -> str:
        """Return a path in the bucket, below the prefix."""
        return f"{self.prefix}/{path}" if self.prefix else path


@dataclass(frozen=True, slots=True)
class Role:
    """A role that the process takes, with the external id that it gives."""

    arn: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """Tags that keep what carries all of them: IAM itself refuses to delete it."""

    tags: tuple[Tagged, ...]


HELD = Guard((Tagged(HOLD_TAG, "present"),))


@dataclass(frozen=True, slots=True)
class Doing:
    """What policies come to do. `sets` and `takes_off` are keys of tags.

    `unguarded` are protections, by their places, that no condition of IAM can tell.
    """

    deletes: frozenset[Kind] = frozenset()
    models: bool = False
    sets: frozenset[str] = frozenset()
    takes_off: frozenset[str] = frozenset()
    guards: tuple[Guard, ...] = (HELD,)
    unguarded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organization:
    """Whose accounts are targets: all of them, or those below `units`; with their tags or not.

    `walks` says whether units are read at all, which is so as well to leave some out.
    """

    units: bool
    tags: bool
    walks: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """Where notices are mailed from, and who writes them."""

    region: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One target with all that its permissions depend on; `callers` are asked about by `check`.

    The `organization` is read by own credentials; None where another role reads it, or nobody.
    `policies` is where policy files lie, if that is in S3; `signing_key` is KMS's for the chain.
    `policies` is where policy files lie, if that is in S3; `topics` and `mail` are the channels
    of notices that own credentials serve.
    """

    partition: str
    account: str
    region: str
    doing: Doing
    bucket: Bucket | None = None
    roles: tuple[Role, ...] = ()
    callers: tuple[str, ...] = ()
    organization: Organization | None = None
    policies: Bucket | None = None
    signing_key: str | None = None
    topics: tuple[str, ...] = ()
    mail: Mail | None = None


def everything(sets: frozenset[str] = frozenset()) -> Doing:
    """Return what policies can come to do at most; of tags, `sets` and what the mark tag needs."""
    own = frozenset({DELETE_AFTER_TAG})
    return Doing(frozenset(Kind), models=True, sets=sets | own, takes_off=own)


def doing_of(policies: PolicySet, *, tag_marks: bool) -> Doing:
    """Read off policies what they come to do; `tag_marks` lets experiments carry their due date."""
    repairing = [each for each in policies.policies if each.action is Action.TAG]
    required = [each for policy in repairing for each in policy.require]
    marks = {DELETE_AFTER_TAG} if tag_marks else set()
    found, unguarded = _guards(policies)
    return Doing(
        deletes=frozenset(each.resource for each in policies.policies if each.deletes),
        models=policies.asks_for_models,
        sets=frozenset({each.key for each in required} | marks),
        takes_off=frozenset({old for each in required for old in each.rename} | marks),
        guards=(HELD, *found),
        unguarded=unguarded,
    )


def _guards(policies: PolicySet) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
    found: dict[Guard, None] = {}
    unguarded = []
    for protection in policies.protections:
        condition = protection.condition
        tags = tuple(_tags(condition)) if isinstance(condition, Tagged | AllOf) else ()
        if tags and all(each is not None for each in tags):
            found[Guard(tuple(each for each in tags if each is not None))] = None
        else:
            unguarded.append(str(protection.place))
    return tuple(found), tuple(unguarded)


def _tags(condition: Condition) -> Iterator[Tagged | None]:
    """Yield the tags that a condition asks for, and None for what is no tag."""
    match condition:
        case Tagged():
            yield condition
        case AllOf(parts):
            for part in parts:
                yield from _tags(part)
        case _:
            yield None
