"""`config show`: what is set."""

from typing import Any

from rich.table import Table
from rich.text import Text

from sagewarden.cli.console import say, say_json
from sagewarden.cli.options import Where
from sagewarden.core.visible import visible

WHERE = Where()


def show_config(*, where: Where = WHERE) -> int:
    """Print each setting that counts, and where it came from."""
    effective = where.effective()
    rows: list[tuple[str, Any, str]] = effective.rows()
    if where.json:
        say_json([{"name": name, "value": value, "origin": origin} for name, value, origin in rows])
        return 0
    table = Table(box=None, pad_edge=False)
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", overflow="fold")
    for name, value, origin in rows:
        style = "dim" if origin == "default" else ""
        table.add_row(Text(name), _value(value), Text(visible(origin)), style=style)
    say(table)
    return 0


def _value(value: Any) -> Text:
    """Spell a value as it would stand in the settings file, none of it set as `none`."""
    if isinstance(value, list):
        return Text("\n").join(map(_value, value)) if value else Text("none")
    if isinstance(value, dict):
        return Text(", ".join(f"{key}: {_value(each)}" for key, each in value.items() if each))
    if value is None or isinstance(value, bool):
        return Text("none" if value is None else str(value).lower())
    return Text(visible(str(value)))
