"""`policy validate`: read every policy file as strictly as a run does."""

from pathlib import Path

from rich.text import Text

from sagewarden.cli.console import say, say_json
from sagewarden.cli.options import Where
from sagewarden.errors import SettingsError

WHERE = Where()


def validate(directory: Path | None = None, /, *, where: Where = WHERE) -> int:
    """Check policy files; every fault is named with file, line, column and a remedy.

    Parameters
    ----------
    directory
        A directory of policy files or one file; without it, the one in the settings.
    """
    from sagewarden.adapters.policyfiles import load_policies  # noqa: PLC0415 -- slow to import

    place = directory or where.effective().settings.policies
    if place is None:
        raise SettingsError(
            "no policies are named",
            advice="Give a directory, or set `policies:` in sagewarden.yaml.",
        )
    found = load_policies(place)
    if where.json:
        say_json(
            {
                "digest": found.digest,
                "files": [{"path": each.path, "sha256": each.sha256} for each in found.files],
                "policies": [each.name for each in found.policies],
                "protections": len(found.protections),
            }
        )
        return 0
    for policy in found.policies:
        say(Text(f"{policy.place}  {policy.name}: {policy.action} {policy.resource}"))
    files, policies, guards = len(found.files), len(found.policies), len(found.protections)
    say(
        Text(
            f"{policies} policies and {guards} protections in {files} files are sound "
            f"(digest {found.digest[:12]})."
        )
    )
    return 0
