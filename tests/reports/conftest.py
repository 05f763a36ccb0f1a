import pytest
from tests.reports.sample import build

from sagewarden.core.report import Report


@pytest.fixture
def report() -> Report:
    return build()
