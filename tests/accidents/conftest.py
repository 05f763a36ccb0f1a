"""Runs on the sandbox, as in `tests/runs`: the same account, the same stage."""

from pathlib import Path

import pytest
from tests.runs.conftest import (  # noqa: F401 -- fixtures
    clockwork,
    credentials,
    due,
    marked,
    new_stage,
    policies,
    running_box,
    running_session,
    small,
    stage,
)

from sagewarden.adapters.policyfiles import PoliciesRefused, load_policies


class Author:
    """Writes one policy file and learns what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "policies.yaml"

    def is_told(self, text: str) -> str:
        """Return everything that is said about a file, nothing when it is taken."""
        self._file.write_text(text, "utf-8")
        try:
            load_policies(self._file)
        except PoliciesRefused as refused:
            return str(refused)
        return ""


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)
