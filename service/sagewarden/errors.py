"""Every error that SageWarden raises, in one tree.

SageWardenError            exit code 1, a defect
├── UsageError             2   what was asked for, the settings or a policy is wrong
│   ├── SettingsError
│   ├── PolicyError
│   └── VaultTooNew            a newer version works on this vault
├── ReadFailed             3   a read of AWS failed or came back incomplete
│   ├── AccessDenied           the identity lacks a permission
│   ├── Unreachable            no answer from the endpoint
│   └── Throttled              AWS asked us to slow down, again and again
├── Absent                 3   AWS says that the entity does not exist
├── EffectRefused          3   AWS refused a write: the world is not what the plan says
│   ├── StillLinked            the component still hangs on a trial, or seems to
│   └── EffectThrottled        AWS did not apply it, try later
├── EffectUnclear          3   no answer: the write may or may not have been applied
├── Unsettled              3   what came of an effect, or its undo, is for the next run to settle
├── NoticeRefused          3   a channel did not accept a notice: its marks are not announced
├── WrongIdentity          2   STS says we are someone else than the target names
├── VaultError             3   the vault cannot be read or written
│   ├── VaultAbsent            there is no such object
│   ├── VaultHidden            a delete marker hides it
│   ├── VaultExists            an object of that name is there already
│   └── VaultChanged           the object changed since it was read
├── SigningFailed          3   a link of the chain stays unsigned: the next signature covers it
├── IntegrityError         5   what was read back is not what was written
├── LimitReached           4   a limit stopped the plan
├── ApprovalNeeded         6   the plan waits for a person
├── LeaseHeld              11  another worker has this target
└── Paused                 3   someone pressed the pause switch
"""

from typing import ClassVar


class SageWardenError(Exception):
    """Base of all; `advice` says what the reader can do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(SageWardenError):
    """What was asked for cannot be done as asked."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting is missing or wrong."""


class PolicyError(UsageError):
    """A policy file is refused."""


class VaultTooNew(UsageError):  # noqa: N818
    """The vault's format is newer than this version of SageWarden."""


class Unsettled(SageWardenError):  # noqa: N818
    """AWS does not let us see or mend what we did: the intent stays open for the next run."""

    exit_code = 3


class NoticeRefused(SageWardenError):  # noqa: N818
    """A channel did not accept a notice; the message names no secret and no path of an address."""

    exit_code = 3


class WrongIdentity(UsageError):  # noqa: N818 -- named after what happened
    """STS names another account than the target's."""


class ReadFailed(SageWardenError):  # noqa: N818
    """A read of AWS failed, or its answer lacks what the operation always returns."""

    exit_code = 3


class AccessDenied(ReadFailed):
    """The identity lacks a permission."""


class Unreachable(ReadFailed):
    """No answer from the endpoint."""


class Throttled(ReadFailed):
    """AWS kept asking us to slow down until our patience ended."""


class Absent(SageWardenError):  # noqa: N818
    """AWS answered ResourceNotFound: nothing of that name exists now."""

    exit_code = 3


class EffectRefused(SageWardenError):  # noqa: N818
    """AWS refused a write and did not apply it; `code` is AWS's error code."""

    exit_code = 3

    def __init__(self, message: str, *, code: str, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.code = code


class StillLinked(EffectRefused):
    """A component's delete was refused because AWS still sees it linked to a trial."""


class EffectThrottled(EffectRefused):
    """A write was turned away by the rate limit: not applied, to be tried later."""


class EffectUnclear(SageWardenError):  # noqa: N818
    """A write got no clear answer: only a look tells whether it was applied."""

    exit_code = 3


class VaultError(SageWardenError):
    """The vault cannot be read or written."""

    exit_code = 3


class VaultAbsent(VaultError):  # noqa: N818
    """The vault has no object of that key."""


class VaultHidden(VaultError):  # noqa: N818
    """A delete marker hides an object, or what was one."""


class VaultExists(VaultError):  # noqa: N818
    """A create-only write met an object of that key."""


class VaultChanged(VaultError):  # noqa: N818
    """A replace met an object other than the one that was read."""


class SigningFailed(SageWardenError):  # noqa: N818
    """No signature was given: the next run's covers what this one wrote."""

    exit_code = 3


class IntegrityError(SageWardenError):
    """What was read back is not what was written, or evidence is missing."""

    exit_code = 5


class LimitReached(SageWardenError):  # noqa: N818
    """A limit stopped the plan before its first effect."""

    exit_code = 4


class ApprovalNeeded(SageWardenError):  # noqa: N818
    """The plan waits for a person's approval."""

    exit_code = 6


class LeaseHeld(SageWardenError):  # noqa: N818
    """Another worker has the lease of this target."""

    exit_code = 11


class Paused(SageWardenError):  # noqa: N818
    """The pause switch is on."""

    exit_code = 3
