"""Text that attackers write into names, tags and descriptions."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from sagewarden.core.report import Report

HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    '" onmouseover="document.title=\'owned\'" x="',
    "' onfocus='x",
    "</style><script>document.title='owned'</script>",
    "</title><svg onload=document.title='owned'>",
    "]]><!--",
    "javascript:document.title='owned'",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\uff1d1+1",
    "a;=1+1",
    "line\r\nbreak: forged",
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m",
    "nul\x00nul",
    "photo\u202egnp.exe",
    "\u2066isolated\u2069",
    "half \ud800 pair \udfff",
    "zero\u200bwidth\ufeff",
    "line\u2028para\u2029",
    "../../etc/passwd",
    "{{7*7}}",
    "{% raw %}",
    "[red]markup[/red] :smile:",
    "| pipe | `tick` **bold** [link](http://evil.example) @everyone #1",
    "http://evil.example/x www.evil.example",
    "\u05d0\u05d1\u05d2 rtl",
    "x" * 3000,
)


def spoiled(value: Any, text: str) -> Any:
    """Put the text into every text field of a value, and of all that it holds."""
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(spoiled(each, text) for each in value)
    if isinstance(value, dict):
        return {
            text if not text else f"{text}{key}": spoiled(each, text) for key, each in value.items()
        }
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{each.name: spoiled(getattr(value, each.name), text) for each in fields(value)}
        )
    return value


def spoiled_report(report: Report, text: str) -> Report:
    """Return a report whose every text is hostile."""
    spoilt = spoiled(report, text)
    assert isinstance(spoilt, Report)
    return replace(
        spoilt,
        policy_files=tuple({"path": text, "sha256": text} for _ in report.policy_files),
    )
