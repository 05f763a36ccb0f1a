"""Who an AWS identity is, so that two persons can be told apart."""

import re

_ASSUMED = re.compile(r"(arn:[a-z-]+:sts::\d*:assumed-role/[^/]+)/(.+)")
_OURS = re.compile(r"sagewarden(-.*)?", re.IGNORECASE)
"""Session names that this program gives by itself: they hold a run and a host, and no person."""
_FEDERATED = re.compile(r"arn:[a-z-]+:sts::\d*:federated-user/")


def principal(arn: str, *, sessions_tell: bool = False) -> str:
    """Return whom an ARN stands for, or nothing when it could be anybody.

    Whoever assumes a role chooses the name of the session, so it tells nobody apart unless the
    account sees to it (`sessions_tell`: IAM Identity Center does, or a condition on
    sts:RoleSessionName). One that this program gave tells nobody apart in any case. Whoever
    asks for a federation token chooses the user's name, too, and the ARN does not say who asked.
    IAM takes role names that differ in case for the same.
    """
    if _FEDERATED.match(arn):
        return ""
    assumed = _ASSUMED.fullmatch(arn)
    if assumed is not None and (not sessions_tell or _OURS.fullmatch(assumed[2])):
        return assumed[1].lower()
    return arn.lower()


def same_person(one: str, other: str, *, sessions_tell: bool = False) -> bool:
    """Whether two ARNs may be one person's: so they are unless both are known and differ."""
    first = principal(one, sessions_tell=sessions_tell)
    second = principal(other, sessions_tell=sessions_tell)
    return not first or not second or first == second
