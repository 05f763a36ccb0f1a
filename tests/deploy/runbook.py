"""The runbook, and the blocks of commands in it, each by the mark above it."""

import re
from socket import create_connection

from tests.deploy.statements import DEPLOY

RUNBOOK = (DEPLOY / "README.md").read_text()
BLOCKS: dict[str, str] = dict(
    re.findall(r"<!-- ([\w ]+) -->\n *```sh\n(.*?)\n *```", RUNBOOK, re.DOTALL)
)
SANDBOX_PORT, HEALTH_PORT = 4599, 9464
"""Ports that the shortest path names."""


def answers(port: int) -> bool:
    """Whether something listens at a port of this machine."""
    try:
        create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
