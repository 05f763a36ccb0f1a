"""What README and deploy/SETTINGS.md have from the code; `python tests/docs/blocks.py`."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from rich.console import Console

from sagewarden import bootstrap
from sagewarden.adapters.reports.terminal import plan_table, plan_verdict
from sagewarden.application.judging import check_identity, judge_target
from sagewarden.cli.app import app
from sagewarden.cli.planning import report_of
from sagewarden.sandbox import Sandbox
from sagewarden.settings import (
    OrganizationSettings,
    Settings,
    TargetSettings,
    VaultSettings,
    WebhookSettings,
    load_settings,
)
from sagewarden.settings.notice import EmailSettings, TopicSettings

README = Path(__file__).parents[2] / "README.md"
SETTINGS = README.parent / "deploy" / "SETTINGS.md"

MATTER = (
    *("targets[].account_id", "targets[].region", "targets[].role_arn", "policies"),
    *("vault.address", "limits.automatic.share", "limits.hard.share", "limits.min_grace"),
    *("notice.webhook.url", "schedule.sweep.every"),
)
"""The settings that the README tells of."""

EXIT_CODES = (
    (0, "done"),
    (1, "a defect of SageWarden's own"),
    (2, "usage, settings or policy: what was asked for cannot be done as asked"),
    (3, "finished, but something failed, was refused or could not be read"),
    (4, "a limit stopped it before the first effect"),
    (5, "integrity: what was read back is not what was written"),
    (6, "a plan waits for approval"),
    (11, "another worker has the lease of this target"),
    (130, "interrupted (SIGINT); 143 by SIGTERM"),
)


def commands() -> str:
    """A table of every command with its help."""
    rows = [f"| `sagewarden {name}` | {told} |" for name, told in _commands(app, "")]
    return "\n".join(["| command | does |", "|---|---|", *rows])


def _commands(of: Any, start: str) -> Iterator[tuple[str, str]]:
    for name in of:
        if name.startswith("-"):
            continue
        spec = of._commands[name]
        if hasattr(spec, "_commands"):
            yield from _commands(spec, f"{start}{name} ")
        else:
            yield f"{start}{name}", spec.help


def exit_codes() -> str:
    """A table of every exit code."""
    rows = [f"| {code} | {told} |" for code, told in EXIT_CODES]
    return "\n".join(["| code | means |", "|---|---|", *rows])


def settings() -> str:
    """A table of every setting with its default."""
    return _table(_rows())


def settings_that_matter() -> str:
    """The same of those that most people set."""
    rows = {row[0]: row for row in _rows()}
    return _table(rows[name] for name in MATTER)


def _table(found: Iterable[tuple[str, str, str]]) -> str:
    rows = [f"| `{name}` | {default} | {told} |" for name, default, told in found]
    return "\n".join(["| setting | default | what it is |", "|---|---|---|", *rows])


def _rows() -> Iterator[tuple[str, str, str]]:
    nested: dict[str, type[BaseModel]] = {
        "targets": TargetSettings,
        "organization": OrganizationSettings,
        "vault": VaultSettings,
        "webhook": WebhookSettings,
        "topic": TopicSettings,
        "email": EmailSettings,
    }
    return _settings(Settings, "", nested)


def _settings(
    model: type[BaseModel], start: str, nested: dict[str, type[BaseModel]]
) -> Iterator[tuple[str, str, str]]:
    for name, each in model.model_fields.items():
        below = nested.get(name)
        if below is None and isinstance(each.default, BaseModel):
            below = type(each.default)
        if below is not None:
            mark = "[]" if name == "targets" else ""
            yield from _settings(below, f"{start}{name}{mark}.", nested)
        else:
            yield f"{start}{name}", _default(model, name), each.description or ""


def _default(model: type[BaseModel], name: str) -> str:
    default = model.model_fields[name].default
    if default is PydanticUndefined:
        return "required"
    given = model.model_construct().model_dump(mode="json", include={name})[name]
    return "none" if given in (None, "", [], {}) else f"`{given}`"


def plan() -> str:
    """What `sagewarden plan` prints for the README's policy on the seeded account."""
    policy = re.findall(
        r"```yaml\n# (policies/stale.yaml)\n(.*?)```", README.read_text(), re.DOTALL
    )
    ((name, text),) = policy
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("policies").mkdir()
        Path(name).write_text(text)
        box = Sandbox()
        box.seed(components=2_000, seed=1)
        with box.running():
            return _planned(box)


def _planned(box: Sandbox) -> str:
    given = {
        "targets": [{"account_id": box.account, "region": box.region, "name": "ml-dev"}],
        "policies": "policies",
        "vault": {"address": "vault"},
        "aws": {"endpoint_url": box.url},
    }
    chosen = load_settings(given=given).settings
    wired = bootstrap.wire_target(chosen, chosen.targets[0], bootstrap.Process())
    governance = bootstrap.govern(chosen, wired)
    identity = check_identity(wired.bench)
    judged = judge_target(wired.bench, governance)
    report = report_of(wired, governance, judged, identity)
    console = Console(file=StringIO(), width=96, highlight=False)
    console.print(plan_table(report))
    console.print(plan_verdict(report, judged.plan.digest if judged.plan.units else ""))
    lines = str(console.file.getvalue()).splitlines()  # type: ignore[attr-defined]
    return "\n".join(["$ sagewarden plan", *(line.rstrip() for line in lines)]).rstrip()


BLOCKS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "exit codes": exit_codes,
    "settings": settings,
    "settings that matter": settings_that_matter,
    "plan": plan,
}


ELSEWHERE = {"settings": SETTINGS}
"""Blocks that do not stand in the README."""


def stands(name: str) -> str:
    """What stands between a block's two marks."""
    text = ELSEWHERE.get(name, README).read_text()
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.DOTALL)
    if found is None:
        raise LookupError(f"{ELSEWHERE.get(name, README).name} has lost its block {name!r}")
    return found[1].removeprefix("```\n").removesuffix("\n```")


def renew() -> None:
    """Put every block as it should be into its page."""
    for name, make in BLOCKS.items():
        page = ELSEWHERE.get(name, README)
        text = page.read_text()
        body = f"```\n{make()}\n```" if name == "plan" else make()
        block = f"<!-- {name} -->\n{body}\n<!-- /{name} -->"
        before = text.split(f"<!-- {name} -->", maxsplit=1)[0]
        after = text.split(f"<!-- /{name} -->", maxsplit=1)[1]
        page.write_text(before + block + after)


if __name__ == "__main__":
    renew()
