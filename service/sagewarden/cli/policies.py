"""`policy validate`: read every policy file as strictly as a run does."""

from collections.abc import Sized
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.adapters.policyfiles.source import is_bucket
from sagewarden.cli.console import say, say_json, say_line
from sagewarden.cli.options import Where
from sagewarden.core.advice import advise
from sagewarden.core.unset import MIN_GRACE
from sagewarden.core.visible import visible
from sagewarden.errors import PolicyError, SettingsError

if TYPE_CHECKING:
    from sagewarden.core.advice import Advice
    from sagewarden.core.policy import PolicySet
    from sagewarden.settings import Settings

WHERE = Where()


def validate(
    directory: str | None = None,
    /,
    *,
    strict: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    where: Where = WHERE,
) -> int:
    """Check policy files; every fault is named with file, line, column and a remedy.

    Warns of what is allowed and probably not meant: a match that nothing meets, a keep rule in
    vain, a grace period below the floor, a receiver of notices that settings lack. Exit code 2 for
    a fault, and with --strict for a warning.

    Parameters
    ----------
    directory
        A directory of policy files or one file, or `s3://bucket/prefix`; without it, the one in
        the settings.
    strict
        Make errors of warnings.
    """
    if directory and not is_bucket(directory) and where.sets_nothing():
        found, floor, told = load_policies(Path(directory)), MIN_GRACE, False
    else:
        settings = where.effective().settings
        found, floor = _loaded(settings, directory), settings.limits.min_grace
        told = settings.notice.reaches_operator
    warnings = advise(found, floor, operator=told)
    if where.json:
        say_json(_spelled(found, warnings))
    else:
        _say(found, warnings, strict=strict)
    return PolicyError.exit_code if strict and warnings else 0


def _loaded(settings: "Settings", directory: str | None) -> "PolicySet":
    place = directory or settings.policies
    if place is None:
        raise SettingsError(
            "no policies are named",
            advice="Give a directory, or set `policies:` in sagewarden.yaml.",
        )
    if is_bucket(place):
        from sagewarden import bootstrap  # noqa: PLC0415 -- slower still

        return bootstrap.policies_of(settings, str(place))
    return load_policies(Path(place))


def _say(found: "PolicySet", warnings: tuple["Advice", ...], *, strict: bool) -> None:
    for policy in found.policies:
        told = f"{policy.place}  {policy.name}: {policy.action} {policy.resource}"
        say_line(Text(told))
    word, style = ("error", "bold red") if strict else ("warning", "yellow")
    for each in warnings:
        line = Text(f"{each.place}: ")
        line.append(word, style).append(f" [{each.about}] {each.policy}: {visible(each.text)}")
        say_line(line)
        say_line(Text(f"  do  {each.remedy}", "dim"))
    sound = "are not accepted" if strict and warnings else "are sound"
    more = f", with {_count(warnings, word)}" if warnings else ""
    say(
        Text(
            f"{_count(found.policies, 'policy', 'policies')} and "
            f"{_count(found.protections, 'protection')} in {_count(found.files, 'file')} {sound} "
            f"(digest {found.digest[:12]}){more}."
        )
    )


def _count(things: Sized, one: str, many: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else many or f'{one}s'}"


def _spelled(found: "PolicySet", warnings: tuple["Advice", ...]) -> dict[str, Any]:
    return {
        "digest": found.digest,
        "files": [each.spelled() for each in found.files],
        "policies": [each.name for each in found.policies],
        "protections": len(found.protections),
        "warnings": [
            {
                "file": each.place.file,
                "line": each.place.line,
                "column": each.place.column,
                "policy": each.policy,
                "about": each.about,
                "text": each.text,
                "remedy": each.remedy,
            }
            for each in warnings
        ],
    }
