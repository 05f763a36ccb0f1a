"""Policy files: strict YAML in, a PolicySet out, or every reason why not with its position."""

from sagewarden.adapters.policyfiles.load import load_policies
from sagewarden.adapters.policyfiles.problems import PoliciesRefused, Problem

__all__ = ["PoliciesRefused", "Problem", "load_policies"]
