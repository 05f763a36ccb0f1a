"""What a restore asks of one target's SageMaker: it creates, and changes nothing that is there."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sagewarden.core.rebirth import Point, Rebirth

MOST_POINTS = 10
"""Points in one call at most (service model of sagemaker-metrics, RawMetricDataList)."""


class Restoring(Protocol):
    """Writes that only add. Each waits for the rate by itself and is sent once.

    Raise `Absent` or `EffectRefused` when AWS said no and nothing was applied, `EffectThrottled`
    when it may be tried again later, `EffectUnclear` when only a look can tell.
    """

    def create(self, birth: Rebirth) -> None:
        """Create an experiment, trial or component with all its fields and tags in one call."""

    def associate(self, component: str, trial: str) -> None:
        """Put an edge back; one that is there already stays as it is."""

    def put_points(self, component: str, points: Sequence[Point]) -> Mapping[int, str]:
        """Add at most MOST_POINTS points; return AWS's error code by place for those refused."""
