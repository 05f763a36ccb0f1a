"""Creates again what was deleted. Sends each write once, and no call that changes or removes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from botocore import xform_name

from sagewarden.adapters.aws.answers import Answer, check
from sagewarden.adapters.aws.calls import CallCounter
from sagewarden.adapters.aws.errors import Fault, Incomplete, effect_error, fault_of
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.session import TargetSession
from sagewarden.adapters.aws.vocabulary import WORDS
from sagewarden.core.rebirth import Point, Rebirth

_ASSOCIATE: Final = "AssociateTrialComponent"
_PUT: Final = "BatchPutMetrics"
_EMPTY: Final = frozenset({"", "0", "2"})
"""Lengths of an answer that was sent empty: no body, or `{}`."""


class SageMakerRestoring:
    """Implements the port `Restoring` for one target. The limiters' pace should be `WRITING`."""

    def __init__(self, session: TargetSession, limiters: Limiters, counter: CallCounter) -> None:
        self._limiters = limiters
        self._counter = counter
        self._client = session.effects()
        self._metrics = session.reading("sagemaker-metrics")

    def create(self, birth: Rebirth) -> None:
        """Create an experiment, trial or component with all its fields and tags in one call."""
        words = WORDS[birth.kind]
        operation = f"Create{words.prefix}"
        tags = [{"Key": key, "Value": value} for key, value in birth.tags.items()]
        answer = self._apply(self._client, operation, {**birth.fields, "Tags": tags})
        self._settle(operation, lambda: _need(operation, answer, words.arn))

    def associate(self, component: str, trial: str) -> None:
        """Put an edge back; one that is there already stays as it is."""
        request = {"TrialComponentName": component, "TrialName": trial}
        answer = self._apply(self._client, _ASSOCIATE, request)
        self._settle(_ASSOCIATE, lambda: check(_ASSOCIATE, request, answer))

    def put_points(self, component: str, points: Sequence[Point]) -> Mapping[int, str]:
        """Add at most ten points; return AWS's error code by place for those refused.

        Raise EffectUnclear also when the answer was cut off: refusals stand in its body.
        """
        # the service takes the name in lower case only (service model, ExperimentEntityName)
        request = {"TrialComponentName": component.lower(), "MetricData": list(map(_datum, points))}
        answer = self._apply(self._metrics, _PUT, request)
        self._settle(_PUT, lambda: _need_whole(answer))
        errors = answer.get("Errors") or ()
        return {error["MetricIndex"]: error["Code"] for error in errors}

    def _apply(self, client: Any, operation: str, request: Mapping[str, Any]) -> Answer:
        limiter = self._limiters.of(operation)
        limiter.wait()
        try:
            answer: Answer = getattr(client, xform_name(operation))(**request)
        except Exception as error:
            fault = fault_of(error)
            if fault is Fault.THROTTLED:
                limiter.throttled()
            elif fault is not Fault.UNREACHABLE:
                limiter.accepted()
            self._counter.add(operation, fault.name.lower())
            raise effect_error(operation, error) from error
        limiter.accepted()
        return answer

    def _settle(self, operation: str, verify: Callable[[], object]) -> None:
        """Count a call whose answer is whole; one that is not leaves it unclear what was done."""
        try:
            verify()
        except Incomplete as error:
            self._counter.add(operation, Fault.GARBLED.name.lower())
            raise effect_error(operation, error) from error
        self._counter.add(operation, "ok")


def _datum(point: Point) -> dict[str, Any]:
    datum = {"MetricName": point.metric, "Timestamp": point.at, "Value": point.value}
    return datum if point.step is None else {**datum, "Step": point.step}


def _need(operation: str, answer: Answer, member: str) -> None:
    if not answer.get(member):
        raise Incomplete(f"the answer of {operation} lacks {member}")


def _need_whole(answer: Answer) -> None:
    """Refuse an answer that came with a body of which nothing is left after parsing."""
    if "Errors" in answer:
        for error in answer["Errors"]:
            _need(_PUT, error, "Code")
            if "MetricIndex" not in error:
                raise Incomplete(f"the answer of {_PUT} does not say which point it refuses")
        return
    length = answer["ResponseMetadata"]["HTTPHeaders"].get("content-length", "")
    if length not in _EMPTY:
        raise Incomplete(f"the answer of {_PUT} was cut off")
