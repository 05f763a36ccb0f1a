"""Policy files: strict YAML in, a PolicySet out, or every reason why not with its position."""

from sagewarden.adapters.policyfiles.fixtures import load_fixtures
from sagewarden.adapters.policyfiles.load import load_policies
from sagewarden.adapters.policyfiles.problems import FixturesRefused, PoliciesRefused, Problem

__all__ = ["FixturesRefused", "PoliciesRefused", "Problem", "load_fixtures", "load_policies"]
