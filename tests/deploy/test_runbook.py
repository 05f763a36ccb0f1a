"""The runbook: its commands are commands, its alarms are alarms, its shortest path leads there."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.deploy.runbook import BLOCKS, HEALTH_PORT, RUNBOOK, SANDBOX_PORT, answers
from tests.deploy.statements import DEPLOY, TEMPLATES
from tests.deploy.templates import Template

from sagewarden.cli.app import app

ALERTS = re.findall(r"^\s*- alert: (\w+)", (DEPLOY / "alerts.yaml").read_text(), re.MULTILINE)
PATIENCE = 60.0


def typed() -> Iterator[list[str]]:
    """Every command of ours in the blocks, as words."""
    for block in BLOCKS.values():
        for line in block.splitlines():
            if line.strip().startswith("sagewarden "):
                yield shlex.split(line.strip().removesuffix("&"))[1:]


@pytest.mark.parametrize("words", list(typed()), ids=" ".join)
def test_a_command_of_the_runbook_is_a_command(words: list[str]) -> None:
    command, _, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    assert command.__module__.startswith("sagewarden.cli")


def test_each_block_of_commands_is_looked_at() -> None:
    """One without a mark would be read by nobody but users."""
    docker = RUNBOOK.count("docker build")
    assert RUNBOOK.count("```sh") == len(BLOCKS) + docker


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_has_its_page(alert: str) -> None:
    assert f'### <a id="alert-{alert}"></a>{alert}' in RUNBOOK


def test_a_page_is_of_an_alert() -> None:
    assert set(re.findall(r'<a id="alert-(\w+)">', RUNBOOK)) == set(ALERTS)


def test_an_alarm_of_cloudwatch_has_its_page() -> None:
    alarms = Template(TEMPLATES[0]).of_type("AWS::CloudWatch::Alarm").values()
    names = {str(each["AlarmName"]["!Sub"]).rpartition("-")[2] for each in alarms}
    assert names == set(re.findall(r"CloudWatch's `(\w+)`", RUNBOOK))


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", RUNBOOK)
    assert [each for each in links if not (DEPLOY / each).exists()] == []


def test_every_file_that_it_lists_is_there() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", RUNBOOK, re.MULTILINE)
    files = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert [each for each in files if not (DEPLOY / each).exists()] == []


@contextmanager
def shell(block: str, folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """Paste a block into a shell; end it, and all that it started, after the body."""
    text = BLOCKS[block]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # noqa: TID251 -- a user's shell
    process = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def until_it_answers(port: int, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers(port):
        assert process.poll() is None, process.communicate()[0][-3000:]
        assert time.monotonic() < deadline, f"nothing answers at port {port}"
        time.sleep(0.2)  # noqa: TID251 -- waits for another process


@pytest.mark.skipif(
    answers(SANDBOX_PORT) or answers(HEALTH_PORT), reason="a port of the runbook is taken"
)
def test_the_shortest_path_leads_there(tmp_path: Path) -> None:
    """As a newcomer pastes it, into three shells: the last asks the daemon, and reads a report."""
    with shell("the fake aws", tmp_path) as sandbox:
        until_it_answers(SANDBOX_PORT, sandbox)
        with shell("the daemon", tmp_path) as daemon:
            until_it_answers(HEALTH_PORT, daemon)
            deadline = time.monotonic() + PATIENCE
            while not list(tmp_path.glob("vault/v1/*/*/reports/*/report.json")):
                assert time.monotonic() < deadline, "no report"
                time.sleep(0.2)  # noqa: TID251 -- waits for another process
            exports = re.findall(r"^export .*$", BLOCKS["the daemon"], re.MULTILINE)
            looking = "\n".join([*exports, BLOCKS["a look"]])
            path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # noqa: TID251 -- as above
            ran = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", looking],
                cwd=tmp_path,
                env={"PATH": path, "HOME": str(tmp_path)},
                capture_output=True,
                text=True,
                check=False,
            )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "well" in ran.stdout
    assert "Exit code 0" in ran.stdout
