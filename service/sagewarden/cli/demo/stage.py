"""What the demo stands on: a folder with policies and settings, and a sandbox of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sagewarden.cli.console import out
from sagewarden.cli.sandboxing import knobs_of
from sagewarden.errors import SageWardenError, UsageError

POLICIES: Final = """\
version: 1
policies:
  - name: stale-experiments
    description: Dev, CI and sandbox experiments that nobody touched for a quarter
    resource: experiment
    match:
      name: ["dev-*", "ci-*", "sandbox-*"]
      idle: 90d
    action: delete
    grace: 2s # the demo cannot wait for 14d

  - name: old-job-components
    description: What jobs left behind without an experiment, untouched for most of two years
    resource: trial-component
    match:
      unassigned: true
      idle: 600d
      status: [Completed, Failed, Stopped]
    action: delete
    grace: 2s

protect:
  - tags: {legal-hold: present}
"""

SETTINGS: Final = """\
# Everything that is lowered here is lowered for the demo; `sagewarden config show` says so too.
targets:
  - account_id: "{account}"
    region: {region}
    name: demo
policies: {policies}
vault:
  address: {vault}
aws:
  endpoint_url: {url}
limits:
  min_grace: 1s
  ownerless_grace: 1s
  matches: 1
  match_interval: 1s
  automatic: {{share: 60%, components: 2000}}
  hard: {{share: 80%}}
notice:
  log_counts: true
run:
  lease: 4s
  search_lag: 5s
schedule:
  sweep: {{every: 1min}}
web: {{port: 0}}
"""

RATE: Final = 30.0
"""Mutating calls a second and operation that the demo's fake AWS allows; AWS is slower still."""

LINKED_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays."""

    folder: Path
    url: str

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "sagewarden.yaml"

    @property
    def environment(self) -> dict[str, str]:
        """An environment without anybody's credentials: nothing here can reach a real account."""
        return {
            "AWS_ACCESS_KEY_ID": "sagewardendemo",
            "AWS_SECRET_ACCESS_KEY": "sagewardendemo",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "*",
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": str(out.width),
            **({"FORCE_COLOR": "1", "TERM": "xterm-256color"} if out.is_terminal else {}),
        }

    def start(self, words: Sequence[str], **streams: Any) -> "subprocess.Popen[bytes]":
        """Start a command of SageWarden's on this stage."""
        command = [sys.executable, "-m", "sagewarden", *words, "--config", str(self.config)]
        return subprocess.Popen(command, env=self.environment, **streams)  # noqa: S603 -- our own


@contextmanager
def staged(folder: Path, *, components: int, seed: int) -> Iterator[Stage]:
    """Start the sandbox, write policies and settings, and stop the sandbox in the end."""
    policies = folder / "policies"
    try:
        policies.mkdir(parents=True)
    except OSError as error:
        raise UsageError(
            f"the demo cannot write below {folder.parent}: {error.strerror}",
            advice="Name another place with --folder.",
        ) from error
    (policies / "demo.yaml").write_text(POLICIES, "utf-8")
    knobs = knobs_of(rate=RATE, latency_ms=None, search_lag=0.0, linked=LINKED_SECONDS)
    command = [
        *(sys.executable, "-m", "sagewarden.sandbox", "--port", "0"),
        *("--components", str(components), "--seed", str(seed), "--knobs", json.dumps(knobs)),
    ]
    with subprocess.Popen(  # noqa: S603 -- our own
        command, stdout=subprocess.PIPE, env={"AWS_CONFIG_FILE": "/dev/null"}
    ) as box:
        try:
            told = _ready(box)
            stage = Stage(folder, told["url"])
            stage.config.write_text(
                SETTINGS.format(
                    account=told["account"],
                    region=told["region"],
                    url=told["url"],
                    policies=policies,
                    vault=folder / "vault",
                ),
                "utf-8",
            )
            yield stage
        finally:
            _end(box)


def _end(box: "subprocess.Popen[bytes]") -> None:
    """Stop the sandbox; SIGINT would not do where a shell started us in the background."""
    box.terminate()
    try:
        box.wait(timeout=10)
    except subprocess.TimeoutExpired:
        box.kill()


def _ready(box: "subprocess.Popen[bytes]") -> dict[str, Any]:
    line = box.stdout.readline() if box.stdout else b""
    if not line:
        raise SageWardenError(
            "the sandbox did not start", advice="Its own words stand above; is port 0 refused here?"
        )
    told: dict[str, Any] = json.loads(line)
    return told
