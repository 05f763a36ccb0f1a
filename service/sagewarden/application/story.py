"""What a run gathers for its report while it goes on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sagewarden.application.judging import Judged
from sagewarden.application.notice import Announced
from sagewarden.core.journal import Outcome, Result
from sagewarden.core.plan import Plan
from sagewarden.core.tags import TagOutcome, TagStep
from sagewarden.errors import LimitReached, NoticeRefused

PLAN = "plan"
"""The mode of a report of what was only read."""


@dataclass(slots=True, kw_only=True)
class Story:
    """What a run gathers for its report while it goes on."""

    run: str
    mode: str
    began: datetime
    identity: str = ""
    judged: Judged | None = None
    plans: list[Plan] = field(default_factory=list)
    left: list[Outcome] = field(default_factory=list)
    tags_left: list[TagOutcome] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    exit_code: int = 0

    def refuse_tags(self, steps: Iterable[TagStep], reason: str) -> None:
        """Note that tags are not written because they are too many."""
        self.tags_left += [TagOutcome(step, Result.NOT_ATTEMPTED, reason) for step in steps]
        self.exit_code = max(self.exit_code, LimitReached.exit_code)
        self.advice.append(
            f"No tag was repaired: {reason}. See with `sagewarden plan` whether they are meant, "
            "then raise limits.repairs, or narrow the policies."
        )

    def tell_refused(self, told: Announced) -> None:
        """Note which notices were refused; what nobody took stays unannounced, and is not due."""
        for (channel, reason), count in sorted(told.refused.items()):
            notices = "1 notice was" if count == 1 else f"{count} notices were"
            self.notes.append(f"{notices} refused by channel {channel}: {reason}")
        if told.untold:
            self.exit_code = max(self.exit_code, NoticeRefused.exit_code)
            self.advice.append(
                f"No channel that counts took {told.untold} of the notices, so what they tell of "
                "is not announced and does not become due. Mend the channel; the next sweep sends "
                "them again."
            )
