"""One call on its way through an operation, and what operations share."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sagewarden.sandbox.knobs import Knobs, Touch
from sagewarden.sandbox.records import Component, Experiment, Json, Trial
from sagewarden.sandbox.refusal import invalid, missing
from sagewarden.sandbox.state import AccountState
from sagewarden.sandbox.table import Table
from sagewarden.sandbox.views import View

MOST_TAGS = 50


@dataclass(frozen=True, slots=True)
class Call:
    """A checked request: its parameters, the account it speaks to, the time it arrived."""

    operation: str
    params: Json
    state: AccountState
    knobs: Knobs
    now: float

    def experiment(self, name: str) -> Experiment:
        """Find an experiment or refuse."""
        found = self.state.experiments.get(name)
        if found is None:
            raise missing("Experiment", self.state.arn(Experiment.kind, name))
        return found

    def trial(self, name: str) -> Trial:
        """Find a trial or refuse."""
        found = self.state.trials.get(name)
        if found is None:
            raise missing("Trial", self.state.arn(Trial.kind, name))
        return found

    def component(self, name: str) -> Component:
        """Find a component or refuse."""
        found = self.state.components.get(name)
        if found is None:
            raise missing("TrialComponent", self.state.arn(Component.kind, name))
        return found

    def touch(self, whose: Touch, record: Experiment | Trial | Component) -> None:
        """Move LastModifiedTime of a stored record, of what is above it, of both or of nothing."""
        if whose in {"self", "both"}:
            self.state.store(self._now_modified(record))
        if whose in {"above", "both"}:
            self._touch_above(record.parents, isinstance(record, Component))

    def touch_trials(self, names: tuple[str, ...]) -> None:
        """Move LastModifiedTime of trials and of their experiments."""
        self._touch_above(names, are_trials=True)

    def _touch_above(self, parents: tuple[str, ...], are_trials: bool) -> None:  # noqa: FBT001 - private
        table: Table[Trial] | Table[Experiment]
        table = self.state.trials if are_trials else self.state.experiments
        for key in parents:
            above = table.get(key)
            if above is not None:
                self.state.store(self._now_modified(above))
                self._touch_above(above.parents, are_trials=False)

    def _now_modified(
        self, record: Experiment | Trial | Component
    ) -> Experiment | Trial | Component:
        return replace(record, modified=self.now, rendered={})

    def searched(self, table: Table[Any]) -> View[Any]:
        """Return a table as Search sees it."""
        return self._older(table, self.knobs.search_lag_seconds)

    def listed(self, table: Table[Any]) -> View[Any]:
        """Return a table as List sees it."""
        lag = self.knobs.list_lag_seconds
        return self._older(table, self.knobs.search_lag_seconds if lag is None else lag)

    def _older(self, table: Table[Any], seconds: float) -> View[Any]:
        """Look at a table as it was; without lag at what it is, wherever the clock was set."""
        return View(table, self.now - seconds if seconds > 0 else math.inf)


def tags_in(params: Mapping[str, Any]) -> dict[str, str]:
    """Read the tags of a request; a key given twice is refused."""
    given = params.get("Tags") or []
    tags = {tag["Key"]: tag["Value"] for tag in given}
    if len(tags) != len(given):
        raise invalid("Duplicate tag keys found. Please ensure that each tag key is unique.")
    for key in tags:
        if key.lower().startswith("aws:"):
            raise invalid("System tags cannot be added or updated: keys must not start with aws:.")
    return tags


def merged_tags(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Add tags to tags, up to AWS's limit of 50."""
    tags = {**old, **new}
    if len(tags) > MOST_TAGS:
        raise invalid(f"The number of tags on the resource exceeds the limit of {MOST_TAGS}.")
    return tags
