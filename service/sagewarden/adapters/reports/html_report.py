"""The report as one HTML page that needs nothing else: no network, any browser."""

from sagewarden.adapters.reports import charts, rows, wording
from sagewarden.adapters.reports.figures import key_figures
from sagewarden.adapters.reports.headline import headline, undone
from sagewarden.adapters.reports.page import render_page
from sagewarden.adapters.reports.tag_lines import tag_sections
from sagewarden.adapters.reports.trend import trend
from sagewarden.core.report import Report


def render_html(report: Report) -> bytes:
    """Return the operator's page in UTF-8: what happened, what failed, what to do."""
    return render_page(
        "report.html.j2",
        report=report,
        head=headline(report),
        figures=key_figures(report),
        failed=undone(report),
        inventory_charts=charts.inventory_charts(report),
        idle_chart=charts.idle_chart(report),
        outcome_chart=charts.outcome_chart(report),
        verdict_chart=charts.verdict_chart(report.policy_rows),
        call_chart=charts.call_chart(report),
        trend=trend(report),
        verdicts=tuple(rows.judged_table(report, verdict) for verdict in wording.VERDICTS),
        units=rows.unit_tables(report),
        tags=tag_sections(report),
    )
