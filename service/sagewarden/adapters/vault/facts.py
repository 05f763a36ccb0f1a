"""How a vault's bucket is set: versions, Object Lock, lifecycle rules."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sagewarden.adapters.vault.s3_errors import FAILURES, code_of, translated
from sagewarden.core.checkup import BucketFacts, ExpiringRule

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

_DENIED = frozenset({"AccessDenied", "AllAccessDisabled"})
_NONE = frozenset({"ObjectLockConfigurationNotFoundError", "NoSuchLifecycleConfiguration"})
_COLD = frozenset({"GLACIER", "DEEP_ARCHIVE", "INTELLIGENT_TIERING"})
"""Storage classes from which an object may have to be restored before it is read."""


class S3BucketSettings:
    """Implements the port `BucketSettings`; `prefix` has no slash at its ends."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def read(self) -> BucketFacts:
        """Ask for all; raise VaultError when the bucket cannot be reached."""
        client, of = self._client, {"Bucket": self._bucket}
        versions = self._asked(lambda: client.get_bucket_versioning(**of))
        lock = self._asked(lambda: client.get_object_lock_configuration(**of))
        rules = self._asked(lambda: client.get_bucket_lifecycle_configuration(**of))
        settings = (lock or {}).get("ObjectLockConfiguration", {})
        ours = [each for each in (rules or {}).get("Rules", ()) if self._touches(each)]
        return BucketFacts(
            versioned=None if versions is None else versions.get("Status") == "Enabled",
            locked=None if lock is None else settings.get("ObjectLockEnabled") == "Enabled",
            lock=_retention(settings),
            expiring=None if rules is None else tuple(_expiring(ours, self._ours)),
            cooling=tuple(_cooling(ours)),
        )

    def _asked(self, ask: Callable[[], Any]) -> Mapping[str, Any] | None:
        """Return the answer, empty where nothing is set; None when it is refused."""
        try:
            found: Mapping[str, Any] = ask()
        except FAILURES as error:
            if code_of(error) in _NONE:
                return {}
            if code_of(error) in _DENIED:
                return None
            raise translated(error, "read settings", self._bucket) from error
        return found

    def _touches(self, rule: Mapping[str, Any]) -> bool:
        """Whether a rule that is on may meet a key of the vault."""
        prefix = _prefix(rule)
        return rule.get("Status") == "Enabled" and (
            self._ours.startswith(prefix) or prefix.startswith(self._ours)
        )

    @property
    def _ours(self) -> str:
        return f"{self._prefix}/" if self._prefix else ""


def _retention(settings: Mapping[str, Any]) -> str:
    rule = settings.get("Rule", {}).get("DefaultRetention", {})
    if not rule:
        return ""
    long = f"{rule['Years']} years" if rule.get("Years") else f"{rule.get('Days')} days"
    return f"{rule.get('Mode', '')} for {long}"


def _prefix(rule: Mapping[str, Any]) -> str:
    where = rule.get("Filter") or {}
    return str(rule.get("Prefix") or where.get("Prefix") or where.get("And", {}).get("Prefix", ""))


def _expiring(rules: list[Mapping[str, Any]], ours: str) -> Iterator[ExpiringRule]:
    for rule in rules:
        expires = rule.get("Expiration", {})
        if expires.get("Days") or expires.get("Date"):
            below = _prefix(rule).removeprefix(ours)
            name = str(rule.get("ID", "without a name"))
            yield ExpiringRule(name, below, int(expires.get("Days", 0)))


def _cooling(rules: list[Mapping[str, Any]]) -> Iterator[str]:
    for rule in rules:
        classes = {each.get("StorageClass") for each in rule.get("Transitions", ())}
        if classes & _COLD:
            yield str(rule.get("ID", "without a name"))
