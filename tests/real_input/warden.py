"""Runs SageWarden as its users do: a settings file, policy files, the command, a vault."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.real_input.command_line import NOWHERE
from tests.real_input.users import REGION, User

POLICIES = """\
version: 1
policies:
  - name: stale-experiments
    resource: experiment
    match:
      name: ["housing-*", "churn-*", "fraud-*"]
      idle: 1s
    action: delete
    grace: 1s
  - name: stale-scratch
    resource: trial-component
    match: {name: "fraud-scratch*", unassigned: true, idle: 1s}
    action: delete
    grace: 1s
protect:
  - tags: {legal-hold: present}
"""
PATIENCE = 1.1
"""Seconds after which what is idle for 1s matches, and a grace period of 1s is over."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended; `answer` is the JSON it printed, None where it printed none."""

    exit_code: int
    answer: Any
    stderr: str

    def reports(self) -> list[Mapping[str, Any]]:
        """Return the reports that a sweep printed, one a target."""
        if not isinstance(self.answer, list):
            raise AssertionError(f"exit code {self.exit_code}: {self.stderr}")  # noqa: TRY004
        return self.answer


@dataclass(frozen=True, slots=True)
class Warden:
    """SageWarden in a folder of its own, with the credentials of one account."""

    url: str
    account: str
    folder: Path

    def install(self, targets: Sequence[dict[str, str]], vault: str) -> None:
        """Write the settings file and the policies."""
        policies = self.folder / "policies"
        policies.mkdir()
        (policies / "stale.yaml").write_text(POLICIES)
        everything = {"share": "100%"}
        settings = {
            "targets": [{"region": REGION} | target for target in targets],
            "policies": str(policies),
            "vault": {"address": vault},
            "aws": {"endpoint_url": self.url},
            "limits": {
                "min_grace": "1s",
                "ownerless_grace": "1s",
                "matches": 1,
                "match_interval": "1s",
                "automatic": everything,
                "hard": everything,
                "smallest_population": 0,
            },
            "notice": {"log_counts": True},
            "run": {"search_lag": "1s"},
        }
        self._config.write_text(json.dumps(settings))  # JSON is YAML

    def __call__(self, *words: str) -> Ran:
        """Run a command to its end."""
        ran = subprocess.run(
            [sys.executable, "-m", "sagewarden", *words, "--json", "--config", str(self._config)],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ran(ran.returncode, json.loads(ran.stdout) if ran.stdout else None, ran.stderr)

    @property
    def _config(self) -> Path:
        return self.folder / "sagewarden.yaml"

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_EC2_METADATA_DISABLED": "true",
            "HTTPS_PROXY": NOWHERE,
            "HTTP_PROXY": NOWHERE,
            "NO_PROXY": "127.0.0.1",
        }


class VaultReader(Protocol):
    """A vault as somebody sees it who has no SageWarden."""

    @property
    def address(self) -> str:
        """What the settings call it."""

    def fetch(self, start: str) -> dict[str, bytes]:
        """Fetch every object whose key begins like this, in the order of their keys."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A vault in a directory: plain files."""

    root: Path

    @property
    def address(self) -> str:
        """Its path."""
        return str(self.root)

    def fetch(self, start: str) -> dict[str, bytes]:
        """Read files."""
        files = sorted(each for each in (self.root / start).rglob("*") if each.is_file())
        return {each.relative_to(self.root).as_posix(): each.read_bytes() for each in files}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A vault in S3, below a prefix of the bucket of `owner`."""

    owner: User
    prefix: str

    @property
    def address(self) -> str:
        """Its URI."""
        return f"s3://{self.owner.bucket}/{self.prefix}"

    def fetch(self, start: str) -> dict[str, bytes]:
        """Fetch S3 objects."""
        where = {"Bucket": self.owner.bucket}
        with self.owner.client("s3") as s3:
            pages = s3.get_paginator("list_objects_v2").paginate(
                Prefix=f"{self.prefix}/{start}", **where
            )
            keys = [each["Key"] for page in pages for each in page["Contents"]]
            answers = {key: s3.get_object(Key=key, **where)["Body"] for key in sorted(keys)}
            return {key.removeprefix(f"{self.prefix}/"): _read(answers[key]) for key in answers}


def _read(stream: Any) -> bytes:
    with closing(stream):
        body: bytes = stream.read()
        return body
