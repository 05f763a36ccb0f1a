"""Reads a settings file with the same strict YAML that policies are read with."""

from pathlib import Path
from typing import Any

from sagewarden.adapters.policyfiles.compose import compose
from sagewarden.adapters.policyfiles.nodes import (
    ListNode,
    Look,
    MapNode,
    Node,
    RefusedNode,
    ScalarNode,
)
from sagewarden.adapters.policyfiles.problems import Log
from sagewarden.adapters.policyfiles.source import decode, read_bytes
from sagewarden.errors import SettingsError


def read_plain(path: Path) -> dict[str, Any]:
    """Return a file's mapping; raise SettingsError with every problem and its place."""
    if not path.exists():
        raise SettingsError(
            f"there is no settings file {path}",
            advice="Correct --config; without it, ./sagewarden.yaml is read when it is there.",
        )
    log = Log(str(path))
    body = read_bytes(path, log)
    text = None if body is None else decode(body, log)
    if text is not None and all(line.strip()[:1] in {"", "#"} for line in text.splitlines()):
        raise SettingsError(
            f"the settings file {path} is empty",
            advice="Fill in targets, policies and vault, as the README's example does.",
        )
    root = None if text is None else compose(text, log)
    if root is not None and not isinstance(root, MapNode):
        log.add(root.mark, "", "no mapping", "names and values")
    value = None if root is None else _plain(root, log)
    if log.problems or not isinstance(value, dict):
        raise SettingsError(
            f"the settings file {path} is refused:\n" + "\n".join(map(str, log.problems)),
            advice="Mend the file; nothing was read or done.",
        )
    return value


def _plain(node: Node, log: Log) -> Any:
    match node:
        case MapNode(_, fields):
            return {key.text: _plain(value, log) for key, value in fields}
        case ListNode(_, nodes):
            return [_plain(each, log) for each in nodes]
        case ScalarNode():
            return _scalar(node, log)
        case RefusedNode():
            return None


def _scalar(node: ScalarNode, log: Log) -> Any:
    match node.look:
        case Look.BLANK:
            return None
        case Look.INTEGER:
            return int(node.text)
        case Look.NUMBER:
            return float(node.text)
        case Look.BOOLEAN:
            return node.text.lower() == "true"
        case Look.UNSETTLED:
            log.add(node.mark, "", f"{node.text}, {node.look.value}", "a text in quotes")
            return None
        case Look.TEXT:
            return node.text
