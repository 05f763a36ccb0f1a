"""Somebody at a shell: a folder with settings and policies, and a sandbox that is AWS to them."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from sagewarden.__main__ import run
from sagewarden.sandbox import Fault, Sandbox

DAY = 86_400.0

POLICIES = """\
version: 1
policies:
  - name: old-trees
    description: Experiments that nobody touched for a month
    resource: experiment
    match: {name: "old-*", idle: 30d}
    action: delete
    grace: 1s
"""

BY_OWNER = POLICIES.replace(
    "    action:", "    keep: {last: 1, group_by: [tag:owner]}\n    action:"
)

PATIENCE = {"min_grace": "1s", "ownerless_grace": "1s", "matches": 1, "match_interval": "1s"}
WIDE = PATIENCE | {
    "automatic": {"share": "100%"},
    "hard": {"share": "100%"},
    "smallest_population": 0,
}


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """What it printed on standard output, which is one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def words(self) -> str:
        """All that a person reads, on one line, so that no fold hides a sentence."""
        return " ".join((self.out + self.err).split())


@dataclass(frozen=True, slots=True)
class User:
    """Types commands in `folder`, to be run in this process or, by `start`, in one of their own."""

    folder: Path
    box: Sandbox

    def settles(self, **changes: Any) -> None:
        """Write the settings file; a group given as None is left out."""
        usual = {
            "targets": [{"account_id": self.box.account, "region": "us-east-1", "name": "lab"}],
            "policies": "policies",
            "vault": {"address": "vault"},
            "aws": {"endpoint_url": self.box.url},
            "limits": WIDE,
            "notice": {"log_counts": True},
            "run": {"search_lag": "1s", "lease": "2s"},
        }
        kept = {name: value for name, value in (usual | changes).items() if value is not None}
        (self.folder / "sagewarden.yaml").write_text(json.dumps(kept), "utf-8")  # JSON is YAML

    def governs(self, policies: str) -> None:
        """Write the only policy file."""
        (self.folder / "policies").mkdir(exist_ok=True)
        (self.folder / "policies" / "all.yaml").write_text(policies, "utf-8")

    def __call__(self, *words: str) -> Ran:
        """Run a command to its end."""
        out, err = StringIO(), StringIO()
        with chdir(self.folder), redirect_stdout(out), redirect_stderr(err), _logs_as_before():
            code = run(list(words))
        return Ran(code, out.getvalue(), err.getvalue())

    def start(self, *words: str, **options: Any) -> "subprocess.Popen[str]":
        """Start a command in a process of its own."""
        command = [sys.executable, "-m", "sagewarden", *words]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        return subprocess.Popen(command, cwd=self.folder, **streams)

    def shell(self, *words: str, **options: Any) -> Ran:
        """Run a command to its end in a process of its own."""
        return ended(self.start(*words, **options))

    def plan(self) -> str:
        """Plan, and return the plan's digest."""
        return str(self("plan", "--json").answer[0]["plan"]["digest"])

    # --- the account ----------------------------------------------------------------------

    def makes(self, operation: str, **params: Any) -> None:
        """Make a call that no log shows."""
        self.box.admin.perform(operation, params)

    @contextmanager
    def ago(self, days: float) -> Iterator[None]:
        """Let what happens meanwhile at AWS have happened some days ago."""
        self.box.admin.set_offset(-days * DAY)
        yield
        self.box.admin.set_offset(0.0)

    def grows(self, experiment: str, *components: str) -> None:
        """Make an experiment with one trial, and each component on it."""
        trial = f"{experiment}-trial"
        self.makes("CreateExperiment", ExperimentName=experiment)
        self.makes("CreateTrial", TrialName=trial, ExperimentName=experiment)
        for name in components:
            self.makes("CreateTrialComponent", TrialComponentName=name)
            self.makes("AssociateTrialComponent", TrialComponentName=name, TrialName=trial)

    def breaks(self, action: Any, operation: str, **settings: Any) -> None:
        """Let calls go wrong, for ever unless told otherwise."""
        settings = {"times": None} | settings
        self.box.admin.add_fault(Fault(action=action, operation=operation, **settings))

    def allows(self, **rates: float) -> None:
        """Allow so many calls a second of an operation."""
        self.box.admin.set_knobs(rates=rates, burst=1.0)

    # --- what is left -----------------------------------------------------------------------

    def calls(self) -> list[str]:
        """Every call that arrived, in order."""
        return [each.operation for each in self.box.admin.calls()]

    def writes(self) -> list[str]:
        """Every write to SageMaker that arrived, applied or not."""
        return [each.operation for each in self.box.admin.calls(writes=True, service="sagemaker")]

    def account(self) -> dict[str, list[str]]:
        """Every name there is; each component's with the trials it hangs on."""
        state = self.box.state
        return {
            "experiments": sorted(state.experiments.rows),
            "trials": sorted(state.trials.rows),
            "components": sorted(
                f"{key} on {', '.join(sorted(row.trials))}"
                for key, row in state.components.rows.items()
            ),
        }

    def vault(self) -> dict[str, str]:
        """Every object of the directory vault with its hash, but for the lease."""
        root = self.folder / "vault" / "v1"
        files = [each for each in root.rglob("*") if each.is_file() and "lease" not in each.parts]
        return {str(each): sha256(each.read_bytes()).hexdigest() for each in files}

    def journal(self, event: str) -> int:
        """How many journal entries of this kind there are: `intent` or `outcome`."""
        return sum("journal" in key and event in key.rsplit("/")[-1] for key in self.vault())


def ended(process: "subprocess.Popen[str]") -> Ran:
    """Wait for the end of a command that was started."""
    out, err = process.communicate(timeout=60)
    return Ran(process.returncode, out, err)


@contextmanager
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers, root.level)
    yield
    root.handlers = before[0]
    root.setLevel(before[1])
