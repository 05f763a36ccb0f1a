"""Every form of a report that is stored beside its JSON."""

from collections.abc import Callable, Iterator, Mapping

from sagewarden.adapters.reports.csv_report import (
    render_judged_csv,
    render_outcomes_csv,
    render_tag_gaps_csv,
    render_tags_csv,
)
from sagewarden.adapters.reports.html_report import render_html
from sagewarden.adapters.reports.markdown_summary import render_markdown
from sagewarden.core.report import Report

_FORMS: Mapping[str, Callable[[Report], bytes]] = {
    "report.html": render_html,
    "outcomes.csv": render_outcomes_csv,
    "judged.csv": render_judged_csv,
    "tags.csv": render_tags_csv,
    "tag_gaps.csv": render_tag_gaps_csv,
    "summary.md": lambda report: render_markdown(report).encode(),
}


class Forms(Mapping[str, bytes]):
    """Every file that is stored beside a report's JSON, each made when it is asked for."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __getitem__(self, name: str) -> bytes:
        """Make one."""
        return _FORMS[name](self._report)

    def __iter__(self) -> Iterator[str]:
        """Yield their names."""
        return iter(_FORMS)

    def __len__(self) -> int:
        """How many there are."""
        return len(_FORMS)
