"""Real `sagewarden sweep` processes, the vault on S3, and a start to go back to for each play.

Nothing of a run is played here but AWS itself: command line, settings, composition, clocks and
waits are the real ones, and nothing lies on a disk: a new process has an empty folder.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import pytest
from tests.faults.ground import BUNDLE, LEFT, RULES, due
from tests.runs.enumerating import Ending
from tests.runs.stage import DAY, GRACE, Clockwork, Stage, open_session

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.adapters.vault.s3 import S3Vault
from sagewarden.application.ports.vault import Past, Stored, Vault
from sagewarden.sandbox import Sandbox
from sagewarden.sandbox.calllog import LoggedCall

PREFIX = "faults"
BUCKETS = (f"evidence-{number}" for number in itertools.count(1))
"""A bucket for each ground: sandboxes of one process share moto, and so its buckets."""

START = "start"
LASTS = 60.0
"""Seconds after which a process that still runs is taken for stuck."""

BRIEF_LEASE = 0.5
"""Seconds; the next process watches a dead one's lease for this long on its own clock, so it is
what each kill costs. It is renewed every sixth of a second; a worker that two busy cores keep from
it for half a second loses it, as it must, and the play begins anew."""

LONG_LEASE = 60.0
"""The usual length, for the process that must come to its end: nobody waits for it."""

ALL = {"share": "100%", "components": None}


@dataclass
class Worker:
    """One `sagewarden` process: waits at its gate until `go`; `told` is what it prints."""

    template: "Template"
    pid: int
    told: Path

    def go(self) -> None:
        """Let it run."""
        self.template.ask("go", pid=self.pid)

    def ended(self, seconds: float = LASTS) -> int:
        """Wait for its end; return its exit code, or minus the signal that killed it."""
        answer = self.template.ask("wait", pid=self.pid, seconds=seconds)
        assert "code" in answer, f"{answer or 'still running'}: {self.told.read_text()}"
        self.template.living.pop(self.pid, None)
        return int(answer["code"])

    def stopped(self) -> bool:
        """Wait until it stands still; tell whether it does, or ended before."""
        answer = self.template.ask("wait", pid=self.pid, seconds=LASTS)
        if "code" in answer:
            self.template.living.pop(self.pid, None)
        return "stopped" in answer

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; it is ours, and not yet waited for, so its pid is nobody else's."""
        os.kill(self.pid, number)

    def events(self) -> list[dict[str, Any]]:
        """Every line of its log."""
        lines = self.told.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@dataclass
class Template:
    """The process of `template.py`: what it forked dies with it, and it with its input."""

    running: "subprocess.Popen[str]"
    living: dict[int, Worker] = field(default_factory=dict)

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """Make one request."""
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self.running.stdin.write(json.dumps({"do": do, **request}) + "\n")
        self.running.stdin.flush()
        answer: dict[str, Any] = json.loads(self.running.stdout.readline())
        return answer

    def start(self, **request: Any) -> Worker:
        """Fork a command that waits for `go`."""
        told = Path(request["folder"], "told")
        pid = self.ask("start", told=str(told), **request)["pid"]
        self.living[pid] = Worker(self, pid, told)
        return self.living[pid]

    def clear(self) -> None:
        """Kill what still runs or stands still, and wait for its end."""
        for worker in list(self.living.values()):
            worker.send(signal.SIGKILL)
            worker.ended()

    @classmethod
    @contextmanager
    def loaded(cls) -> Iterator["Template"]:
        """Start it; it ends with the block, and so does all that it forked."""
        command = [sys.executable, str(Path(__file__).with_name("template.py"))]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as running:
            yield cls(running)
            assert running.stdin is not None
            with suppress(BrokenPipeError):
                running.stdin.close()


@dataclass
class Remembering:
    """A vault for those who judge: what is written once is fetched once, until the next play."""

    vault: Vault
    known: dict[str, Stored] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.vault.address

    def create(self, key: str, body: bytes) -> str:
        return self.vault.create(key, body)

    def replace(self, key: str, body: bytes, expected: str) -> str:
        return self.vault.replace(key, body, expected)

    def list(self, prefix: str) -> Iterator[str]:
        return self.vault.list(prefix)

    def history(self, prefix: str) -> Iterator[Past]:
        return self.vault.history(prefix)

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        return self.vault.sizes(prefix)

    def get(self, key: str) -> Stored:
        """Fetch an object, but a journal's or an archive's only once."""
        if {"journal", "archive"}.isdisjoint(key.split("/")):
            return self.vault.get(key)
        if key not in self.known:
            self.known[key] = self.vault.get(key)
        return self.known[key]


@dataclass
class RealGround:
    """A sandbox with the trap laid, a bucket in it, and commands that run on both."""

    stage: Stage
    template: Template
    folder: Path
    vault: Vault
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    clean: Ending = field(init=False)
    calls: list[LoggedCall] = field(default_factory=list)
    """Those of an undisturbed sweep."""

    def fresh(self) -> Stage:
        """Go back to the start, account and bucket: everything is due, nothing is in the way."""
        admin = self.stage.box.admin
        admin.clear_rules()
        admin.restore(START)
        admin.clear_calls()
        self.stage.vault = Remembering(self.vault)
        return self.stage

    def sweep(
        self,
        key: str = "AKIASECOND",
        *,
        lease: float | None = LONG_LEASE,
        setting: str = "1min",
        stop_at_wire: tuple[str, int] | None = None,
    ) -> Worker:
        """Start a sweep as somebody, on another machine, so to speak; it waits for its `go`.

        Without a `lease` it is the plain command, with its own pace and the lease in `setting`.
        """
        given = {
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "SAGEWARDEN_RUN__LEASE": setting,
        }
        return self.template.start(
            folder=mkdtemp(dir=self.folder),
            environment=self.stage.box.environment(key) | given,
            config=str(self.folder / "sagewarden.yaml"),
            brisk_lease=lease,
            stop_at_wire=stop_at_wire,
        )

    def swept(self, *, plain: bool = False) -> tuple[int, Worker]:
        """Sweep to the end; return the exit code too."""
        worker = self.sweep(lease=None if plain else LONG_LEASE)
        worker.go()
        return worker.ended(), worker


@contextmanager
def open_real_ground() -> Iterator[RealGround]:
    """Start a sandbox and a template, lay the trap, mark it, and sweep it once undisturbed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        box = stack.enter_context(Sandbox().running())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in box.environment().items():
            patch.setenv(name, value)
        stage, template = laid(box, folder), stack.enter_context(Template.loaded())
        ground = RealGround(stage, template, folder, stage.vault)
        ground.before = ground.stage.account()
        ground.fresh()
        code, worker = ground.swept()
        assert code == 0, worker.told.read_text()
        ground.calls = box.admin.calls()
        ground.clean = Ending.of(ground.stage)
        assert ground.stage.names() == LEFT, "a sweep does not do what the plays are about"
        try:
            yield ground
        finally:
            ground.template.clear()


def laid(box: Sandbox, folder: Path) -> Stage:
    """Lay the trap in the past, so that all is due now, on the machine's own clock."""
    (folder / "policies").mkdir()
    (folder / "policies" / "all.yaml").write_text(RULES, "utf-8")
    box.admin.set_offset(-(60 * DAY + GRACE))
    clockwork = Clockwork(box)
    session = open_session(box, clockwork)
    bucket = next(BUCKETS)
    session.s3().create_bucket(Bucket=bucket)
    session.s3().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    vault = S3Vault(session.s3(), bucket, PREFIX)
    given = settings(box, folder / "policies", vault.address)
    (folder / "sagewarden.yaml").write_text(json.dumps(given), "utf-8")  # JSON is YAML
    stage = due(Stage(box, session, load_policies(folder / "policies"), clockwork, vault))
    box.admin.set_offset(0.0)
    box.admin.snapshot(START, s3=True)
    return stage


def settings(box: Sandbox, policies: Path, vault: str) -> dict[str, Any]:
    """What a person would write; only limits and the bundle are other than usual."""
    return {
        "targets": [{"account_id": box.account, "region": box.region}],
        "policies": str(policies),
        "vault": {"address": vault},
        "aws": {"endpoint_url": box.url},
        "limits": {
            "automatic": ALL,
            "hard": ALL,
            "smallest_population": 0,
            "ownerless_grace": "7d",
        },
        "marks": {"tag": True},
        "notice": {"log_counts": True},
        "run": {"bundle": BUNDLE, "lanes": 1, "search_lag": "1s"},
    }
