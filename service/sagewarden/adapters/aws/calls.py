"""The one path of every read: its turn, the call, the check of the answer, another attempt."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from botocore import xform_name

from sagewarden.adapters.aws.answers import Answer, check
from sagewarden.adapters.aws.errors import TRANSIENT, Fault, fault_of, read_error
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.session import AwsSession, TargetSession
from sagewarden.errors import ReadFailed

PAGE = 100
"""The longest page of a List or Search; without it AWS gives 10 (service model, API reference)."""

EMPTY_PAGES = 5
"""Pages in a row that bring nothing new but a token; after so many a listing has failed."""

_SERVICES = {
    "BatchGetMetrics": "sagemaker-metrics",
    "GetCallerIdentity": "sts",
    "ListAccounts": "organizations",
    "ListAccountsForParent": "organizations",
    "ListOrganizationalUnitsForParent": "organizations",
    "ListTagsForResource": "organizations",
    "ListObjectsV2": "s3",
    "GetObject": "s3",
    "SimulatePrincipalPolicy": "iam",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a read is tried again. Times are seconds.

    Each pause is twice the one before, between half of it and all of it, at most `longest`.
    """

    attempts: int = 8
    within: float = 180.0
    pause: float = 0.5
    longest: float = 20.0


class CallCounter:
    """Counts the calls that were sent, by operation and by what became of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, operation: str, result: str) -> None:
        """Count one call; `result` is `ok` or the fault's name in lower case."""
        with self._lock:
            self._counts[operation, result] += 1

    def by_result(self) -> dict[tuple[str, str], int]:
        """How many calls there were, by operation and result."""
        with self._lock:
            return dict(self._counts)

    def by_operation(self) -> Counter[str]:
        """How many calls there were, by operation, whatever came of them."""
        totals: Counter[str] = Counter()
        for (operation, _), count in self.by_result().items():
            totals[operation] += count
        return totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Reads with one session. Safe to share between threads; once `stop` is set they all fail."""

    session: AwsSession
    limiters: Limiters
    counter: CallCounter
    stop: threading.Event
    monotonic: Callable[[], float]
    patience: Patience = field(default_factory=Patience)
    chance: Callable[[], float] = field(default=random.SystemRandom().random)

    def to_the_end(self) -> Self:
        """Return the same reads, sharing rates and counts, that go on when `stop` is set.

        For the looks of a unit in work: putting an edge back during a shutdown needs them.
        """
        return replace(self, stop=threading.Event())

    def ask(self, operation: str, **request: Any) -> Answer:
        """Return a whole answer, without its ResponseMetadata.

        Raise `Absent` when AWS says ResourceNotFound, and a kind of `ReadFailed` for everything
        else: throttles, server errors, lost connections and incomplete answers only after
        several attempts.
        """
        deadline = self.monotonic() + self.patience.within
        for attempt in range(1, self.patience.attempts + 1):
            self._take_turn(operation)
            try:
                answer = self._send(operation, request)
            except Exception as error:
                fault = fault_of(error)
                self._note(operation, fault)
                if fault not in TRANSIENT or not self._may_repeat(attempt, deadline):
                    raise read_error(operation, error) from error
            else:
                self._note(operation, None)
                return answer
        raise ReadFailed(f"{operation}: no attempt was allowed")

    def pages(self, operation: str, member: str, **request: Any) -> Iterator[Answer]:
        """Yield each page of a listing whose results are in `member`.

        Raise what `ask` raises, and `ReadFailed` when a token comes twice or nothing but tokens
        comes: such a listing would never end, or end too early.
        """
        tokens: set[str] = set()
        empty = 0
        more: dict[str, str] = {}
        while True:
            page = self.ask(operation, **request, **more)
            yield page
            token = page.get("NextToken")
            if not token:
                return
            empty = 0 if page[member] else empty + 1
            if token in tokens or empty >= EMPTY_PAGES:
                raise ReadFailed(f"{operation}: the pages lead in a circle or nowhere")
            tokens.add(token)
            more = {"NextToken": token}

    def _take_turn(self, operation: str) -> None:
        if not self.limiters.of(operation).wait(self.stop):
            raise ReadFailed(f"{operation}: stopped before the call was made")

    def _send(self, operation: str, request: Mapping[str, Any]) -> Answer:
        client = self.session.reading(_SERVICES.get(operation, "sagemaker"))
        answer = getattr(client, xform_name(operation))(**request)
        answer.pop("ResponseMetadata", None)
        return check(operation, request, answer)

    def _note(self, operation: str, fault: Fault | None) -> None:
        limiter = self.limiters.of(operation)
        if fault is Fault.THROTTLED:
            limiter.throttled()
        elif fault is not Fault.UNREACHABLE:
            limiter.accepted()
        self.counter.add(operation, fault.name.lower() if fault else "ok")

    def _may_repeat(self, attempt: int, deadline: float) -> bool:
        if attempt >= self.patience.attempts:
            return False
        longest = min(self.patience.pause * 2 ** (attempt - 1), self.patience.longest)
        pause = longest * (1 + self.chance()) / 2
        if self.monotonic() + pause > deadline:
            return False
        return not self.stop.wait(pause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads(Calls):
    """Reads of one target."""

    session: TargetSession
