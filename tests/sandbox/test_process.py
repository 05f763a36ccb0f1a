"""The sandbox as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from tests.clients import client_of

from sagewarden.sandbox import AdminClient

COMMAND = [sys.executable, "-m", "sagewarden.sandbox", "--components", "50", "--seed", "3"]


@pytest.fixture
def told() -> Iterator[dict[str, Any]]:
    """Start it, and read what it tells when ready."""
    command = [*COMMAND, "--knobs", '{"page_cap": 7}']
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline() if process.stdout else "")
        finally:
            process.terminate()


def test_it_tells_its_url_once_it_serves(told: dict[str, Any]) -> None:
    """One line of JSON; knobs and seeded account are in place."""
    client = client_of(
        "sagemaker",
        endpoint_url=told["url"],
        region_name=told["region"],
        aws_access_key_id=told["account"],
        aws_secret_access_key="any",  # noqa: S106 - the sandbox checks no signature
    )
    page = client.list_trial_components(MaxResults=50)["TrialComponentSummaries"]
    cap = AdminClient(told["url"]).knobs()["page_cap"]
    assert (len(page), cap, told["components"]) == (7, 7, 50)
