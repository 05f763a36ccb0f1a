"""Looks whether a sweep would work, and says why not. Writes one object in the vault, none at AWS.

The object is its own (`check/current`): created once, then only replaced, never deleted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from sagewarden.application.check_permissions import Permissions, check_permissions
from sagewarden.application.looking import SKEW_LIMIT
from sagewarden.application.ports import Bench
from sagewarden.application.ports.checking import BucketSettings, Probes
from sagewarden.application.ports.vault import Vault
from sagewarden.core.canonical import canonical, spell_time
from sagewarden.core.checkup import Area, Finding, State, judged_bucket
from sagewarden.core.keys import check_key, lease_key
from sagewarden.core.permissions.operations import Stage
from sagewarden.core.permissions.scope import Scope
from sagewarden.errors import (
    SageWardenError,
    VaultAbsent,
    VaultChanged,
    VaultError,
    VaultExists,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one target's check works with.

    `raw` is the vault without its format marker, which a first write would set; `bucket` is None
    where the vault is a directory. `probes` ask as each stage; `roles` are the ARNs that stages
    take, where they take one. `accounts` are those that a stage's role may lead into. `notes` are
    settings that weaken something.
    """

    bench: Bench
    raw: Vault
    probes: Mapping[Stage, Probes]
    roles: Mapping[Stage, str]
    accounts: Mapping[Stage, frozenset[str]]
    scope: Scope | None
    bucket: BucketSettings | None
    archives_kept: timedelta | None
    policies: tuple[Finding, ...]
    notes: tuple[str, ...]
    foreign_endpoint: bool = False


def check_target(checked: Checked) -> Iterator[Finding]:
    """Yield findings in the order in which they matter; each stands for itself."""
    identities = {stage: _identity(checked, stage) for stage in checked.probes}
    yield from _told_once(identity.finding for identity in identities.values())
    yield from _endpoints(checked)
    given = Permissions(
        {stage: checked.probes[stage] for stage, each in identities.items() if each.is_right},
        checked.scope,
        {stage: checked.roles.get(stage) or each.arn for stage, each in identities.items()},
    )
    yield from check_permissions(given)
    yield _clock(checked.bench)
    yield from _vault(checked, may_write=identities[Stage.ARCHIVER].is_right)
    yield from checked.policies
    yield from (Finding(Area.POLICIES, "settings", State.WEAK, each) for each in checked.notes)


@dataclass(frozen=True, slots=True)
class _Identity:
    """As whom a stage works."""

    finding: Finding
    arn: str = ""

    @property
    def is_right(self) -> bool:
        return self.finding.state is State.WORKS


def _identity(checked: Checked, stage: Stage) -> _Identity:
    about = str(stage)
    try:
        caller = checked.probes[stage].caller()
    except SageWardenError as error:
        return _Identity(failed(Area.IDENTITY, about, error))
    if caller.account in checked.accounts[stage]:
        told = f"works as {caller.arn}"
        return _Identity(Finding(Area.IDENTITY, about, State.WORKS, told), caller.arn)
    told = (
        f"STS says this is account {caller.account} ({caller.arn}), the target is "
        f"{checked.bench.target}"
    )
    advice = "Check the credentials, or account_id and roles: every command would refuse to work."
    return _Identity(Finding(Area.IDENTITY, about, State.FAILS, told, advice))


def _told_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Put stages of which the same is to be told into one finding."""
    grouped: dict[tuple[State, str, str], list[Finding]] = {}
    for each in findings:
        grouped.setdefault((each.state, each.told, each.advice), []).append(each)
    for alike in grouped.values():
        yield replace(alike[0], about=", ".join(each.about for each in alike))


def _endpoints(checked: Checked) -> Iterator[Finding]:
    try:
        found = checked.probes[Stage.READER].endpoints()
    except SageWardenError as error:
        yield failed(Area.ENDPOINTS, "clients", error)
        return
    told = ", ".join(f"{service} {url}" for service, url in found.items())
    if checked.foreign_endpoint:
        advice = "Unset AWS_ENDPOINT_URL and aws.endpoint_url, unless this is meant."
        yield Finding(Area.ENDPOINTS, "addresses", State.WEAK, f"not AWS itself: {told}", advice)
    else:
        yield Finding(Area.ENDPOINTS, "addresses", State.WORKS, told)


def _clock(bench: Bench) -> Finding:
    try:
        bench.looks.now()
    except SageWardenError as error:
        return failed(Area.CLOCK, "server", error, State.UNKNOWN)
    skew = bench.looks.skew()
    told = f"this machine's clock is {abs(skew):.0f} s off the server's"
    if abs(skew) <= SKEW_LIMIT:
        return Finding(Area.CLOCK, "skew", State.WORKS, told)
    advice = f"Set it by NTP: above {SKEW_LIMIT:.0f} s nothing is deleted."
    return Finding(Area.CLOCK, "skew", State.FAILS, told, advice)


def _vault(checked: Checked, *, may_write: bool) -> Iterator[Finding]:
    reading = _attempt("reading", lambda: _read(checked.bench), "objects are read and listed")
    yield reading
    if may_write and reading.state is State.WORKS:
        yield _attempt(
            "conditional writes",
            lambda: _write(checked.bench, checked.raw),
            "nothing is created twice, nothing replaced unseen",
        )
    if checked.bucket is None:
        told = "the vault is a directory: no versions, no Object Lock"
        advice = "Use a bucket for a real account, as deploy/ sets one up."
        yield Finding(Area.VAULT, "durability", State.WEAK, told, advice)
        return
    try:
        yield from judged_bucket(checked.bucket.read(), checked.archives_kept)
    except VaultError as error:
        yield failed(Area.VAULT, "bucket settings", error, State.UNKNOWN)


def _attempt(about: str, act: Callable[[], str], told: str) -> Finding:
    try:
        wrong = act()
    except SageWardenError as error:
        return failed(Area.VAULT, about, error)
    if wrong:
        advice = "Use S3 itself, or a store that honours If-Match and If-None-Match."
        return Finding(Area.VAULT, about, State.FAILS, wrong, advice)
    return Finding(Area.VAULT, about, State.WORKS, told)


def _read(bench: Bench) -> str:
    """Read and list something; an absent lease is an answer, too."""
    with suppress(VaultAbsent):
        bench.vault.get(lease_key(bench.target))
    next(iter(bench.vault.list(check_key(bench.target))), None)
    return ""


def _write(bench: Bench, vault: Vault) -> str:
    """Write the probe, then try what must be refused; return what is wrong."""
    key = check_key(bench.target)
    body = canonical({"checked": spell_time(bench.looks.now())})
    try:
        vault.replace(key, body, vault.get(key).version)
    except VaultAbsent:
        vault.create(key, body)
    try:
        vault.create(key, body + b"\n")
    except VaultExists:
        pass
    else:
        return "an object was created although it was there already"
    try:
        vault.replace(key, body + b"\n", NEVER)
    except VaultChanged:
        return ""
    return "an object was replaced although it had changed"


NEVER = '"00000000000000000000000000000000"'
"""A version that no object has."""


def failed(area: Area, about: str, error: SageWardenError, state: State = State.FAILS) -> Finding:
    """Return what an error means for a check."""
    return Finding(area, about, state, error.message, error.advice)
