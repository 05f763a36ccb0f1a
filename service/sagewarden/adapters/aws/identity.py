"""Who we are, and that we are who the target says."""

from sagewarden.adapters.aws.calls import Reads
from sagewarden.application.ports.aws import Caller
from sagewarden.errors import WrongIdentity


def caller(reads: Reads) -> Caller:
    """Ask STS who we are; raise ReadFailed when it does not say."""
    answer = reads.ask("GetCallerIdentity")
    return Caller(account=answer["Account"], arn=answer["Arn"])


def pinned(reads: Reads) -> Caller:
    """Ask STS who we are; raise WrongIdentity when that is not the target's account."""
    seen, target = caller(reads), reads.session.target
    if seen.account != target.account:
        raise WrongIdentity(
            f"the target names account {target.account}, STS says {seen.account} ({seen.arn})",
            advice="Check the credentials, the profile and the target's role_arn.",
        )
    return seen
