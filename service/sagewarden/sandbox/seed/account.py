"""The whole seeded account, part by part."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sagewarden.sandbox.seed.classic import seed_classic
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.extremes import seed_extremes, seed_shells
from sagewarden.sandbox.seed.holds import seed_holds
from sagewarden.sandbox.seed.hostile import season, seed_hostile
from sagewarden.sandbox.seed.jobs import Workshop
from sagewarden.sandbox.seed.pipelines import seed_pipelines
from sagewarden.sandbox.seed.registry import seed_registry
from sagewarden.sandbox.seed.runs import seed_runs
from sagewarden.sandbox.seed.searches import seed_automl, seed_tuning
from sagewarden.sandbox.seed.shares import Shares, shares_of
from sagewarden.sandbox.seed.summary import SeedSummary, summary_of
from sagewarden.sandbox.seed.unassigned import seed_unassigned
from sagewarden.sandbox.state import AccountState


def seed_account(
    account: AccountState, *, components: int, seed: int, now: datetime
) -> SeedSummary:
    """Fill an empty account with exactly `components` trial components and what goes with them.

    The same `components`, `seed` and `now` (any time zone) make the same account. Everything
    happened in the two years before `now`. Below 200 components some features are left out.
    Raises ValueError for a negative number and for an account that holds a seed already.
    """
    if components < 0:
        raise ValueError("the number of components to seed must not be negative")
    if now.tzinfo is None:
        raise ValueError("`now` needs a time zone")
    draft = Draft(account, seed, round(now.timestamp(), 3))
    with _collector_at_rest():
        _write(draft, components)
        draft.store()
    return summary_of(draft)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the collector from walking, again and again, over a million objects that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _write(draft: Draft, components: int) -> None:
    _fill(draft, shares_of(components))
    seed_shells(draft, components)
    season(draft)
    seed_holds(draft)
    seed_registry(draft)


def _fill(draft: Draft, shares: Shares) -> None:
    workshop = Workshop(draft, draft.chance("jobs"))
    seed_runs(draft, shares.runs)
    seed_hostile(draft, shares.hostile)
    seed_extremes(draft, shares.extremes)
    seed_classic(draft, shares.classic, workshop)
    seed_pipelines(draft, shares.pipelines, workshop)
    seed_tuning(draft, shares.tuning, workshop)
    seed_automl(draft, shares.automl, workshop)
    seed_unassigned(draft, shares.unassigned, workshop)
