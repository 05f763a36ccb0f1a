"""Which models are in use now, where a policy file protects what stands behind them."""

import threading
from collections.abc import Iterable

from sagewarden.application.ports import Bench
from sagewarden.core.deletion import WorldChanged
from sagewarden.core.entities import Kind
from sagewarden.core.models import UNREAD, Models
from sagewarden.core.plan import PlannedEntity, Unit
from sagewarden.core.policy import PolicySet
from sagewarden.core.protection import Protections
from sagewarden.errors import ReadFailed


def models_in_use(bench: Bench, policies: PolicySet) -> Models:
    """Read which models are in use, if a protection asks; what fails leaves it unknown."""
    return _read(bench) if policies.asks_for_models else UNREAD


def _read(bench: Bench) -> Models:
    try:
        return bench.looks.models_in_use()
    except ReadFailed as error:
        return Models(unread=error.message)


class ModelWatch:
    """Compares what a plan takes with the models in use, read anew before it is begun."""

    def __init__(self, bench: Bench, protections: Protections) -> None:
        self._bench = bench
        self._protections = protections
        self._lock = threading.Lock()
        self._models = UNREAD

    def renew(self, unit: Unit) -> None:
        """Read the models anew, one reader at a time: what is known must never grow older.

        Raise WorldChanged when one rests on any part of a tree, or when it is unknown whether one
        does. In a batch each component is compared at its own look, unless nothing could be read.
        """
        if not self._protections.ask_for_models:
            return
        with self._lock:
            models = _read(self._bench)
            if not models.unread:
                self._models = models
        if unit.is_tree or models.unread:
            self._check_all((*unit.entities, *unit.spared), models)

    def check(self, planned: PlannedEntity) -> None:
        """Raise WorldChanged when a model rests on an entity, as last read."""
        self._check_all((planned,), self._models)

    def _check_all(self, some: Iterable[PlannedEntity], models: Models) -> None:
        """Compare what the plan knows of components' artifacts; their fingerprints hold them."""
        for planned in some:
            if planned.identity.kind is Kind.COMPONENT:
                reasons = self._protections.in_use(planned.artifacts, models)
                if reasons:
                    raise WorldChanged(f"{planned.identity}: {'; '.join(reasons)}")
