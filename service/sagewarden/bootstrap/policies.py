"""From settings to the policies: files of a directory, or objects below a prefix in S3."""

from pathlib import Path

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.adapters.policyfiles.bucket import PolicyBucket
from sagewarden.adapters.policyfiles.load import load_files
from sagewarden.adapters.policyfiles.source import is_bucket
from sagewarden.bootstrap.own import own_calls
from sagewarden.core.concealing import concealed
from sagewarden.core.policy import PolicySet
from sagewarden.core.redaction import Redaction
from sagewarden.errors import SettingsError
from sagewarden.settings import Settings


def policies_of(settings: Settings, given: str | None = None) -> PolicySet:
    """Load the policies; raise PolicyError, ReadFailed, or SettingsError when none are named.

    They tell no value that `vault.redact` names.

    What lies in S3 is read with our own credentials: it belongs to no target.
    """
    place = given or settings.policies
    if place is None:
        raise SettingsError(
            "no policies are named",
            advice="Set `policies: DIRECTORY` in sagewarden.yaml, or give --policies DIRECTORY.",
        )
    if is_bucket(place):
        found = PolicyBucket(str(place), own_calls(settings, None))
        loaded = load_files(str(place), found.files)
    else:
        loaded = load_policies(Path(place))
    return concealed(loaded, redaction_of(settings))


def redaction_of(settings: Settings) -> Redaction:
    """Return what counts as a secret."""
    return Redaction(settings.vault.redact if settings.vault else ())
