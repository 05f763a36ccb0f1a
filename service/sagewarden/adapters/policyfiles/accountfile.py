"""Reads a file of accounts with the same strict YAML that policies are read with.

```yaml
version: 1
accounts:
  - account_id: "111122223333"
    name: ml-dev
    role_arn: arn:aws:iam::111122223333:role/sagewarden   # or `roles:`, one a stage
    external_id: ours
    regions: [eu-west-1, us-east-1]
    tags: {env: dev}
```
"""

import re
from collections.abc import Mapping
from pathlib import Path

from sagewarden.adapters.policyfiles.compose import compose
from sagewarden.adapters.policyfiles.cursor import (
    LONGEST_KEY,
    Cursor,
    entries,
    fields,
    need,
    one_or_more,
    pairs,
    text,
    version,
)
from sagewarden.adapters.policyfiles.nodes import Node, ScalarNode
from sagewarden.adapters.policyfiles.problems import Log, shown
from sagewarden.adapters.policyfiles.source import decode, read_bytes
from sagewarden.core.accounts import ACCOUNT_ID, REGION, ROLE, ROLE_ARN, ROLED, Account
from sagewarden.core.permissions.operations import Stage
from sagewarden.errors import SettingsError

FIELDS = ("account_id", "name", "role_arn", "external_id", "roles", "regions", "tags")
_ID = "the 12 digits of an account, in quotes"
_REGION = "a region, such as eu-west-1"
_ARN = "a role's ARN, such as arn:aws:iam::111122223333:role/sagewarden"
_ROLE = "a role's ARN, or the name that it has in this account"


def read_accounts(path: Path) -> tuple[Account, ...]:
    """Return every account of a file; raise SettingsError with every problem and its place."""
    log = Log(str(path))
    body = read_bytes(path, log) if path.exists() else None
    if body is None and not log.problems:
        raise SettingsError(
            f"there is no accounts file {path}", advice="Correct `accounts` in the settings."
        )
    written = None if body is None else decode(body, log)
    root = None if written is None else compose(written, log)
    found = [] if root is None else _read(root, log)
    if log.problems:
        raise SettingsError(
            f"the accounts file {path} is refused:\n" + "\n".join(map(str, log.problems)),
            advice="Mend the file; until all of it is right, nothing is read or done.",
        )
    return tuple(found)


def _read(root: Node, log: Log) -> list[Account]:
    top = Cursor(root, "", log)
    found = fields(top, ("version", "accounts"))
    if each := need(top, found, "version", "version: 1"):
        version(each)
    listed = need(top, found, "accounts", "a list of at least one account")
    taken: dict[str, Cursor] = {}
    read = [_account(each, taken) for each in entries(listed, "accounts")] if listed else []
    return [each for each in read if each is not None]


def _account(cursor: Cursor, taken: dict[str, Cursor]) -> Account | None:
    found = fields(cursor, FIELDS)
    number = _shaped(need(cursor, found, "account_id", _ID), ACCOUNT_ID, _ID)
    regions = _regions(need(cursor, found, "regions", f"a list of regions: {_REGION}"))
    given = {key: text(found[key], "one line") for key in ("name", "external_id") if key in found}
    role = _shaped(found.get("role_arn"), ROLE_ARN, _ARN)
    roles = _roles(found["roles"]) if "roles" in found else {}
    tags = _tags(found["tags"]) if "tags" in found else {}
    if number is None or not regions:
        return None
    if number in taken:
        at = taken[number].node.mark
        cursor.refuse(f"the account {number} again, after line {at.line}", "each account once")
    taken.setdefault(number, cursor)
    return Account(
        id=number,
        regions=regions,
        name=given.get("name") or "",
        role=role,
        roles=roles,
        external_id=given.get("external_id"),
        tags=tags,
    )


def _shaped(cursor: Cursor | None, shape: str, allowed: str) -> str | None:
    found = text(cursor, allowed, longest=700) if cursor else None
    if cursor is not None and found is not None and not re.fullmatch(shape, found, re.ASCII):
        cursor.refuse(shown(found), allowed)
        return None
    return found


def _regions(cursor: Cursor | None) -> tuple[str, ...]:
    if cursor is None:
        return ()
    found = one_or_more(cursor, lambda each: _shaped(each, REGION, _REGION), _REGION) or ()
    if len(set(found)) < len(found):
        cursor.refuse("a region twice", "each region once")
    return found


def _roles(cursor: Cursor) -> Mapping[Stage, str]:
    found = fields(cursor, tuple(ROLED))
    read = {Stage(key): _shaped(each, ROLE, _ROLE) for key, each in found.items()}
    return {stage: role for stage, role in read.items() if role is not None}


def _tags(cursor: Cursor) -> Mapping[str, str]:
    tags: dict[str, str] = {}
    for key, value in pairs(cursor, "a mapping of tags to values"):
        name = key.node.text if isinstance(key.node, ScalarNode) else ""
        if len(name) > LONGEST_KEY:
            key.refuse(f"a key of {len(name)} characters", f"at most {LONGEST_KEY}")
        if (read := text(value, "a text")) is not None:
            tags[name] = read
    return tags
