"""From settings to the targets that a command works on: a list, a file, an organization."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from sagewarden.adapters.aws.organization import Member, Wanted, read_members
from sagewarden.adapters.aws.roles import Role, SessionName, role_arn
from sagewarden.adapters.aws.session import partition_of
from sagewarden.adapters.policyfiles.accountfile import read_accounts
from sagewarden.bootstrap.own import own_calls
from sagewarden.core.accounts import Account
from sagewarden.errors import ReadFailed, SageWardenError, SettingsError, UsageError, WrongIdentity
from sagewarden.settings import OrganizationSettings, RoleSettings, Settings, TargetSettings


@dataclass(frozen=True, slots=True)
class Asked:
    """Which targets are meant: of this name, account or account/region, and with all these tags.

    A tag is `KEY=VALUE`, or `KEY` alone for any value.
    """

    only: str | None = None
    tags: tuple[str, ...] = ()

    def meets(self, target: TargetSettings) -> bool:
        """Whether a target is one of them."""
        named = self.only in {None, target.name, target.account_id, target.place}
        return named and all(_has(target.tags, each) for each in self.tags)

    def __str__(self) -> str:
        """Spell it as it was asked for."""
        words = [] if self.only is None else [repr(self.only)]
        return " ".join([*words, *(f"tagged {each}" for each in self.tags)])


@dataclass(frozen=True, slots=True)
class Found:
    """The targets; `left_out` says which accounts are none, and why, `unread` what was not read.

    What was not read is not worked on, and whoever works on the rest ends as a failed read does.
    """

    targets: tuple[TargetSettings, ...]
    left_out: tuple[str, ...] = ()
    unread: tuple[SageWardenError, ...] = ()

    @property
    def exit_code(self) -> int:
        """The least exit code of whoever works on these."""
        return max((each.exit_code for each in self.unread), default=0)

    def survive(self, error: SageWardenError) -> bool:
        """Whether an error is one target's own, and there are others to go on with."""
        own = not isinstance(error, UsageError) or isinstance(error, WrongIdentity)
        return own and len(self.targets) > 1


def find_targets(
    settings: Settings, asked: Asked = Asked(), stop: threading.Event | None = None
) -> Found:
    """Return the targets that are meant; raise SettingsError when there is none.

    An organization is asked only if what is meant does not stand in the settings or in the accounts
    file. A target that stands there is as it stands there, whatever the organization says.
    """
    written = _written(settings)
    chosen = tuple(filter(asked.meets, written))
    organization = settings.organization
    if organization is None or (asked.only is not None and chosen):
        return Found(_some(chosen, written, asked))
    whole = _in_organization(settings, organization, stop or threading.Event())
    places = {each.place for each in written}
    fresh = tuple(each for each in whole.targets if each.place not in places)
    found = (*chosen, *filter(asked.meets, fresh))
    if not found and whole.unread:
        return Found((), whole.left_out, whole.unread)
    return Found(_some(found, (*written, *fresh), asked), whole.left_out, whole.unread)


def _written(settings: Settings) -> tuple[TargetSettings, ...]:
    """Return what the settings and the accounts file name."""
    accounts = () if settings.accounts is None else read_accounts(settings.accounts)
    written = (*settings.targets, *_expanded(accounts))
    places = [each.place for each in written]
    if twice := sorted({each for each in places if places.count(each) > 1}):
        raise SettingsError(
            f"the target {twice[0]} is named twice",
            advice="Name each account and region once, in `targets` or in the accounts file.",
        )
    return written


def _some(
    chosen: tuple[TargetSettings, ...], known: Iterable[TargetSettings], asked: Asked
) -> tuple[TargetSettings, ...]:
    names = ", ".join(each.name or each.account_id for each in known)
    if not names:
        raise SettingsError(
            "there is no target in the settings",
            advice="Add `targets:` with account_id and region to sagewarden.yaml, as the README "
            "shows, or `accounts`, or `organization`, or try `sagewarden demo`, which needs none.",
        )
    if not chosen:
        raise SettingsError(
            f"there is no target called {asked} in the settings"
            if not asked.tags
            else f"there is no target {asked} in the settings",
            advice=f"They name {names}.",
        )
    return chosen


def _expanded(accounts: Iterable[Account]) -> list[TargetSettings]:
    """Make a target of each account and region."""
    return [
        TargetSettings(
            account_id=account.id,
            region=region,
            name=account.name,
            role_arn=account.role and role_arn(account.role, account.id, partition_of(region)),
            external_id=account.external_id,
            roles=RoleSettings(**{str(stage): role for stage, role in account.roles.items()}),
            tags=account.tags,
        )
        for account in accounts
        for region in account.regions
    ]


def _in_organization(
    settings: Settings, organization: OrganizationSettings, stop: threading.Event
) -> Found:
    wanted = Wanted(
        units=organization.units, exclude=organization.exclude, tags=organization.account_tags
    )
    arn = organization.reader_arn
    role = None if arn is None else Role(arn=arn, name=SessionName().__str__)
    calls = own_calls(settings, organization.regions[0], role, stop)
    try:
        read = read_members(calls, wanted)
    except ReadFailed as error:  # whom to leave out is not known: what else is named goes on
        return Found((), (), (error,))
    accounts = map(partial(_account, organization), read.members)
    return Found(tuple(_expanded(accounts)), tuple(read.left_out), tuple(read.unread))


def _account(organization: OrganizationSettings, member: Member) -> Account:
    return Account(
        id=member.id,
        regions=organization.regions,
        name=member.name,
        role=organization.role_name,
        roles=organization.roles.named(),
        external_id=organization.external_id,
        tags={**member.tags, **organization.tags},
    )


def _has(tags: Mapping[str, str], wanted: str) -> bool:
    key, sign, value = wanted.partition("=")
    return key in tags and (not sign or tags[key] == value)
