"""`iam`: the least permissions, as policy documents."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter
from rich.text import Text

from sagewarden.cli.console import err, say_json
from sagewarden.cli.options import Policies, Where
from sagewarden.core.permissions.operations import Stage
from sagewarden.core.visible import visible
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.core.permissions.scope import Scope
    from sagewarden.settings import Settings, TargetSettings

WHERE = Where()

OfRole = Literal["reader", "tagger", "archiver", "executor", "restorer", "checker", "own", "one"]


def iam(
    *,
    role: Annotated[OfRole | None, Parameter(name=["--role", "-r"])] = None,
    bucket_policy: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    policies: Policies = None,
    where: Where = WHERE,
) -> int:
    """Print the least IAM policies that these settings and policies need; nothing is called.

    One document a stage: reader, tagger, archiver and executor for a sweep, restorer for `restore`,
    checker for `check`, own for taking the roles. A stage without a document needs no permission.
    Executor and tagger refuse what carries the tag sagewarden:hold, and what policy files protect
    by tags; protections that IAM cannot tell are named on standard error.

    Parameters
    ----------
    role
        One document alone, as `aws iam put-role-policy` takes it; `one` is reader, tagger, archiver
        and executor together.
    bucket_policy
        The policy of the vault's bucket instead.
    policies
        Directory of policy files, instead of the one in the settings.
    """
    from sagewarden.bootstrap.permitting import scope_of  # noqa: PLC0415

    settings = where.effective().settings
    targets = where.targets(settings)
    chosen = targets.targets
    if not chosen:
        raise targets.unread[0]
    if bucket_policy:
        say_json(_of_bucket(settings, chosen))
        return targets.exit_code
    scopes = {
        f"{each.account_id}/{each.region}": scope_of(settings, each, policies) for each in chosen
    }
    for scope in scopes.values():
        _tell_unguarded(scope)
    if role is None:
        say_json({target: _documents(scope) for target, scope in scopes.items()})
        return targets.exit_code
    where.single_target(settings, "a role's document is for")
    ((target, scope),) = scopes.items()
    say_json(_one(scope, role, target))
    return 0


def _documents(scope: "Scope") -> dict[str, Any]:
    from sagewarden.core.permissions.statements import document, statements  # noqa: PLC0415

    found = {str(stage): statements(scope, stage) for stage in Stage}
    return {stage: document(each) for stage, each in found.items() if _allows(each)}


def _one(scope: "Scope", role: OfRole, target: str) -> dict[str, Any]:
    from sagewarden.core.permissions.statements import SWEEPING, document, statements  # noqa: PLC0415

    found = statements(scope, *(SWEEPING if role == "one" else (Stage(role),)))
    if not _allows(found):
        raise UsageError(
            f"the {role} of {target} needs no permission: nothing in settings and policies asks "
            "for one",
            advice="Leave that role out. `sagewarden iam` prints those that are needed.",
        )
    return document(found)


def _allows(found: Any) -> bool:
    return any(each.effect == "Allow" for each in found)


def _of_bucket(settings: "Settings", chosen: "tuple[TargetSettings, ...]") -> dict[str, Any]:
    from sagewarden.adapters.aws.session import partition_of  # noqa: PLC0415
    from sagewarden.bootstrap.permitting import archivists_of, bucket_of  # noqa: PLC0415
    from sagewarden.core.permissions.bucket import bucket_policy  # noqa: PLC0415
    from sagewarden.core.permissions.statements import document  # noqa: PLC0415

    bucket = bucket_of(settings)
    if bucket is None:
        raise UsageError(
            "the vault is no bucket, so it has no bucket policy",
            advice="Set `vault: {address: s3://BUCKET/PREFIX}` in sagewarden.yaml.",
        )
    partition = partition_of(chosen[0].region)
    return document(bucket_policy(bucket, partition, archivists_of(chosen)))


def _tell_unguarded(scope: "Scope") -> None:
    for place in scope.doing.unguarded:
        err.print(Text(visible(f"{place}: IAM cannot tell what this protects; a sweep does.")))
