"""Which limits were in force, as a report tells them."""

from collections.abc import Iterator

from sagewarden.application.judging import Governance
from sagewarden.core.durations import spell_duration
from sagewarden.core.limits import Limit
from sagewarden.core.report_rows import LimitRow


def limit_rows(governance: Governance) -> tuple[LimitRow, ...]:
    """Return every limit by the setting that says so, with its value in words."""
    return tuple(LimitRow(setting=name, allowed=told) for name, told in _limits(governance))


def _limits(governance: Governance) -> Iterator[tuple[str, str]]:
    approvals, rules = governance.approvals, governance.rules
    yield from _limit("automatic", approvals.limits.automatic)
    yield from _limit("hard", approvals.limits.hard)
    yield "limits.smallest_population", f"{approvals.limits.smallest} entities"
    yield "limits.fall", _share(governance.tolerance.fall)
    yield "limits.tag_fall", _share(governance.tolerance.tag_fall)
    yield "limits.min_grace", spell_duration(rules.min_grace)
    yield "limits.ownerless_grace", spell_duration(governance.owners.ownerless_grace)
    yield "limits.matches", str(rules.matches)
    yield "limits.match_interval", spell_duration(rules.interval)
    yield "limits.repairs", f"{governance.repairs} entities"
    yield "approval.two_persons", "yes" if approvals.two_persons else "no"


def _limit(name: str, limit: Limit) -> Iterator[tuple[str, str]]:
    count, growth = limit.components, limit.growth
    yield f"limits.{name}.share", f"{_share(limit.share)} of each kind"
    yield f"limits.{name}.components", "no limit" if count is None else f"{count} within 24 hours"
    yield (
        f"limits.{name}.growth",
        "no limit" if growth is None else f"{_share(growth)} more matches than at the last plan",
    )


def _share(share: float) -> str:
    return f"{100 * share:.4g}%"
