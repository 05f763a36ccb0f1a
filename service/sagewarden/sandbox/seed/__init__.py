"""An account that looks lived in: two years of runs, jobs, pipelines and what they left behind."""

from sagewarden.sandbox.seed.account import seed_account
from sagewarden.sandbox.seed.summary import SeedSummary

__all__ = ["SeedSummary", "seed_account"]
