"""A file's top level: version, policies, protect."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sagewarden.adapters.policyfiles.conditions import read_match, read_protected, together
from sagewarden.adapters.policyfiles.cursor import (
    Cursor,
    boolean,
    choice,
    duration,
    entries,
    fields,
    need,
    one_or_more,
    prose,
    text,
    version,
)
from sagewarden.adapters.policyfiles.keep import read_keep
from sagewarden.adapters.policyfiles.nodes import Node
from sagewarden.adapters.policyfiles.problems import Log, shown
from sagewarden.adapters.policyfiles.require import read_escalate, read_require
from sagewarden.adapters.policyfiles.wanted import Scope
from sagewarden.core.durations import SPELLING
from sagewarden.core.entities import Kind
from sagewarden.core.policy import (
    Action,
    Condition,
    Escalation,
    Everything,
    Keep,
    ModelsInUse,
    Place,
    Policy,
    Protection,
    Receiver,
    Required,
)
from sagewarden.core.rules import rule_digest

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NAME_ALLOWED = "1 to 63 of a-z, 0-9 and -, the first not a hyphen"
ACCOUNT = re.compile(r"[0-9]{12}")
_ACCOUNT_ALLOWED = "the 12 digits of the account"
KINDS = tuple(str(kind) for kind in reversed(Kind))
ACTIONS = tuple(str(action) for action in Action)
RECEIVERS = tuple(str(each) for each in Receiver)
POLICY_FIELDS = (
    "name",
    "description",
    "resource",
    "match",
    "keep",
    "require",
    "action",
    "grace",
    "escalate",
    "notify",
    "confirm_match_all",
)
TOP_FIELDS = ("version", "policies", "protect")
PROTECT_FIELDS = ("name", "tags", "registered_models")
_TOP = "policies, protect or both"


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, as far as it could be read."""

    policies: tuple[Policy, ...] = ()
    protections: tuple[Protection, ...] = ()


def read_document(root: Node, log: Log, taken: dict[str, Place]) -> Document:
    """Read a file's root; `taken` holds the names of all policies so far and takes up these."""
    top = Cursor(root, "", log)
    found = fields(top, TOP_FIELDS)
    if each := need(top, found, "version", "version: 1"):
        version(each)
    if found.keys() == {"version"}:
        top.refuse("neither policies nor protect", _TOP)
    policies = [
        _read_policy(cursor, taken) for cursor in _listed(found, "policies", "at least one policy")
    ]
    protections = [
        _read_protection(cursor) for cursor in _listed(found, "protect", "at least one protection")
    ]
    return Document(
        tuple(policy for policy in policies if policy is not None),
        tuple(protection for protection in protections if protection is not None),
    )


def _listed(found: dict[str, Cursor], key: str, allowed: str) -> list[Cursor]:
    return entries(found[key], f"a list of {allowed}") if key in found else []


def _read_policy(cursor: Cursor, taken: dict[str, Place]) -> Policy | None:
    found = fields(cursor, POLICY_FIELDS)
    name = _read_name(need(cursor, found, "name", _NAME_ALLOWED), taken)
    resource = _read_resource(need(cursor, found, "resource", ", ".join(KINDS)))
    action = _read_action(need(cursor, found, "action", ", ".join(ACTIONS)))
    deletes = action is Action.DELETE or "escalate" in found
    match = _read_match(cursor, found, Scope(resource, deletes))
    require = _read_require(cursor, found, resource, action)
    keep = _read_keep(found, resource, action)
    times = (_read_grace(cursor, found, action), _read_escalate(found, action))
    notified = _read_notify(found, None if action is None else deletes)
    confirmed = _read_confirmation(cursor, found, match, None if action is None else deletes)
    description = prose(found["description"], "a text") if "description" in found else None
    if name is None or resource is None or match is None or action is None:
        return None
    return Policy(
        name=name,
        description=description or "",
        resource=resource,
        match=match,
        keep=keep,
        action=action,
        grace=times[0],
        escalate=times[1],
        notify=notified,
        confirm_match_all=confirmed,
        require=require,
        rule=rule_digest(resource, match, keep, action, require),
        place=_place(cursor),
    )


def _place(cursor: Cursor) -> Place:
    return Place(cursor.log.file, cursor.node.mark.line, cursor.node.mark.column)


def _read_name(cursor: Cursor | None, taken: dict[str, Place]) -> str | None:
    name = text(cursor, _NAME_ALLOWED) if cursor else None
    if cursor is None or name is None:
        return None
    if not NAME.fullmatch(name):
        tidy = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].rstrip("-")
        cursor.refuse(f"the name {shown(name)}", _NAME_ALLOWED, tidy)
        return None
    if name in taken:
        found = f"the name {shown(name)} again, after {taken[name]}"
        cursor.refuse(found, "each name once in all files")
        return None
    taken[name] = _place(cursor)
    return name


def _read_resource(cursor: Cursor | None) -> Kind | None:
    word = choice(cursor, KINDS) if cursor else None
    return Kind(word) if word else None


def _read_action(cursor: Cursor | None) -> Action | None:
    word = choice(cursor, ACTIONS) if cursor else None
    return Action(word) if word else None


def _read_match(cursor: Cursor, found: dict[str, Cursor], scope: Scope) -> Condition | None:
    value = need(cursor, found, "match", "a mapping of conditions, or match: all")
    return read_match(value, scope) if value else None


def _read_keep(
    found: dict[str, Cursor], resource: Kind | None, action: Action | None
) -> Keep | None:
    if "keep" not in found:
        return None
    if action is Action.TAG:
        found["keep"].refuse("a keep rule in a policy that tags", "no keep here")
        return None
    return read_keep(found["keep"], resource)


def _read_require(
    cursor: Cursor, found: dict[str, Cursor], resource: Kind | None, action: Action | None
) -> tuple[Required, ...]:
    if action is Action.TAG:
        need(cursor, found, "require", "the tags that must be there")
    if "require" not in found or not _only_tagging(found["require"], action):
        return ()
    return read_require(found["require"], resource) or ()


def _read_escalate(found: dict[str, Cursor], action: Action | None) -> Escalation | None:
    if "escalate" not in found or not _only_tagging(found["escalate"], action):
        return None
    return read_escalate(found["escalate"])


def _only_tagging(cursor: Cursor, action: Action | None) -> bool:
    """Whether what belongs to a policy that tags stands in one; note it if not."""
    if action is None or action is Action.TAG:
        return True
    cursor.refuse(f"it in a policy with action: {action}", "it only with action: tag")
    return False


def _read_grace(
    cursor: Cursor, found: dict[str, Cursor], action: Action | None
) -> timedelta | None:
    if action is Action.REPORT and "grace" in found:
        found["grace"].refuse("a grace period in a policy that deletes nothing", "no grace here")
        return None
    if action is Action.TAG and "grace" in found:
        found["grace"].refuse("a grace period in a policy that tags", "it only within escalate")
        return None
    if action is Action.DELETE:
        need(cursor, found, "grace", SPELLING)
    return duration(found["grace"]) if "grace" in found else None


def _read_notify(
    found: dict[str, Cursor],
    deletes: bool | None,  # noqa: FBT001 -- what is known of the policy; None: its action is not
) -> tuple[Receiver, ...]:
    """Read who is told of marks: the owner, where nothing else is said."""
    if "notify" not in found:
        return (Receiver.OWNER,)
    value = found["notify"]
    if deletes is False:
        value.refuse("receivers of notices in a policy that marks nothing", "no notify here")
        return ()
    words = one_or_more(
        value, lambda each: choice(each, RECEIVERS), f"a list of {', '.join(RECEIVERS)}"
    )
    return tuple(each for each in Receiver if each in (words or ()))


def _read_confirmation(
    cursor: Cursor,
    found: dict[str, Cursor],
    match: Condition | None,
    deletes: bool | None,  # noqa: FBT001 -- what is known of the policy; None: its action is not
) -> str | None:
    sweeping = isinstance(match, Everything) and deletes is True
    if sweeping and "confirm_match_all" not in found:
        need(
            cursor, found, "confirm_match_all", f"{_ACCOUNT_ALLOWED} in quotes, to mean everything"
        )
    if "confirm_match_all" not in found:
        return None
    value = found["confirm_match_all"]
    if not sweeping and match is not None and deletes is not None:
        value.refuse(
            "a confirmation of what is not asked for", "it only with match: all and action: delete"
        )
        return None
    account = text(value, _ACCOUNT_ALLOWED)
    if account is not None and not ACCOUNT.fullmatch(account):
        value.refuse(shown(account), _ACCOUNT_ALLOWED)
        return None
    return account


def _read_protection(cursor: Cursor) -> Protection | None:
    found = fields(cursor, PROTECT_FIELDS)
    if "registered_models" in found:
        return _read_models(cursor, found)
    parts = [part for key, value in found.items() for part in read_protected(value, key)]
    condition = together(parts)
    return Protection(condition, _place(cursor)) if condition else None


def _read_models(cursor: Cursor, found: dict[str, Cursor]) -> Protection | None:
    """Read `registered_models: true`: alone, so that no other key narrows it down unseen."""
    if len(found) > 1:
        others = ", ".join(f"`{key}`" for key in found if key != "registered_models")
        cursor.refuse(
            f"`registered_models` beside {others}", "each in an entry of its own: both protect"
        )
        return None
    value = found["registered_models"]
    wanted = boolean(value)
    if wanted is False:
        value.refuse("a protection that is switched off", "true, or no such entry")
    return Protection(ModelsInUse(), _place(cursor)) if wanted else None
