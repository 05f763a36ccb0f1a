"""From text to nodes: a small, strict YAML. What it does not know of, nobody can smuggle in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from sagewarden.adapters.policyfiles.nodes import ListNode, MapNode, Node, RefusedNode, ScalarNode
from sagewarden.adapters.policyfiles.problems import Log, Mark, below, shown
from sagewarden.adapters.policyfiles.source import mark_after

DEEPEST = 20
"""Lists and mappings inside one another."""

MOST_NODES = 10_000
"""Values in a file; beyond, reading would take too long."""


_BEYOND = re.compile(r"\\U(?!000|0010)")


class _GivesUp(Exception):  # noqa: N818 -- never leaves this module
    """The rest of the file is not worth reading; the reason is in the log."""


def compose(text: str, log: Log, *, escaped: bool = False) -> Node | None:
    """Return the only document of a text, or None when its YAML is refused.

    With `escaped`, escapes may spell characters that do not show, as texts at AWS may hold them.
    """
    events = YAML(typ="safe", pure=True).parse(text)
    try:
        return _Composer(events, log, escaped=escaped).document()
    except _GivesUp:
        return None
    except YAMLError as error:
        _refuse_syntax(error, log)
    except (ValueError, OverflowError):  # what ruamel.yaml lets out of "\\UFFFFFFFF"
        at = _BEYOND.search(text)
        mark = mark_after(text[: at.start()]) if at else Mark(1, 1)
        log.add(mark, "", "broken YAML: an escape beyond Unicode", "YAML 1.2")
    return None


def _refuse_syntax(error: YAMLError, log: Log) -> None:
    at, reason, context = Mark(1, 1), str(error), ""
    if isinstance(error, MarkedYAMLError):
        reason, context = error.problem or reason, error.context or ""
        if mark := error.problem_mark or error.context_mark:
            at = _mark_of(mark)
    hint = 'quotes, as in "*-dev"' if "alias" in context else ""
    if "'\\t'" in reason:
        hint = "spaces"
    log.add(at, "", f"broken YAML: {reason[:200]}", "YAML 1.2", hint)


class _Composer:
    def __init__(self, events: Iterator[Event], log: Log, *, escaped: bool) -> None:
        self._events = events
        self._log = log
        self._escaped = escaped
        self._nodes = 0

    def document(self) -> Node | None:
        next(self._events)  # the start of the stream
        start = next(self._events)
        if not isinstance(start, DocumentStartEvent):
            self._log.add(Mark(1, 1), "", "an empty file", "version: 1, then policies or protect")
            return None
        if start.version or start.tags:
            self._log.add(Mark(1, 1), "", "a YAML directive", "a file without %YAML and %TAG lines")
        root = self._node(next(self._events), "", 0)
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, StreamEndEvent):
            self._log.add(_mark(after), "", "a second document", "one document in a file")
        return root

    def _node(self, event: Event, path: str, depth: int) -> Node:
        self._nodes += 1
        at = _mark(event)
        if self._nodes > MOST_NODES:
            self._log.add(at, path, f"more than {MOST_NODES} values", "smaller files")
            raise _GivesUp
        if isinstance(event, AliasEvent):
            return self._refused(
                at,
                path,
                f"an alias, {shown('*' + event.anchor)}",
                "the value itself; a text that begins with a star needs quotes",
                f'"*{event.anchor}"',
            )
        node = self._content(event, path, depth)
        if isinstance(event, NodeEvent) and event.anchor is not None:
            found = f"an anchor, {shown('&' + event.anchor)}"
            return self._refused(at, path, found, "the value itself, without a name")
        if (tag := getattr(event, "tag", None)) is not None:
            short = str(tag).replace("tag:yaml.org,2002:", "!!")
            found = f"a YAML tag, {shown(short)}"
            return self._refused(at, path, found, "the value itself, without a tag")
        return node

    def _content(self, event: Event, path: str, depth: int) -> Node:
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        if depth == DEEPEST:
            found = f"nesting of more than {DEEPEST} levels"
            self._log.add(_mark(event), path, found, f"at most {DEEPEST} levels")
            raise _GivesUp
        if isinstance(event, SequenceStartEvent):
            return self._list(event, path, depth + 1)
        return self._map(event, path, depth + 1)

    def _scalar(self, event: ScalarEvent, path: str) -> Node:
        text: str = event.value
        bad = next((each for each in text if not (each.isprintable() or each in "\t\r\n")), None)
        if bad is not None and not self._escaped:
            found = f"the character U+{ord(bad):04X}, which does not show"
            return self._refused(_mark(event), path, found, "text whose every character shows")
        return ScalarNode(_mark(event), text, plain=event.style is None)

    def _list(self, start: Event, path: str, depth: int) -> ListNode:
        nodes: list[Node] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            nodes.append(self._node(event, f"{path}[{len(nodes)}]", depth))
        return ListNode(_mark(start), tuple(nodes))

    def _map(self, start: Event, path: str, depth: int) -> MapNode:
        fields: dict[str, tuple[ScalarNode, Node]] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._node(event, path, depth)
            place = below(path, key.text) if isinstance(key, ScalarNode) else path
            node = self._value(key, place, depth)
            if isinstance(key, ScalarNode) and self._is_new(key, place, fields):
                fields[key.text] = (key, node)
            elif not isinstance(key, ScalarNode | RefusedNode):
                self._log.add(key.mark, path, "a key that is not a text", "a text as the key")
        return MapNode(_mark(start), tuple(fields.values()))

    def _value(self, key: Node, path: str, depth: int) -> Node:
        node = self._node(next(self._events), path, depth)
        if isinstance(node, ScalarNode) and node.plain and not node.text:
            return replace(node, mark=key.mark)  # the parser places it at whatever comes next
        return node

    def _is_new(
        self, key: ScalarNode, path: str, fields: Mapping[str, tuple[ScalarNode, Node]]
    ) -> bool:
        if key.text in fields:
            first = fields[key.text][0].mark
            found = f"the key {shown(key.text)} again, after line {first.line}"
            self._log.add(key.mark, path, found, "each key once")
            return False
        if key.plain and key.text == "<<":
            self._log.add(key.mark, path, "a merge key, `<<`", "the keys themselves, written out")
            return False
        return True

    def _refused(
        self, at: Mark, path: str, found: str, allowed: str, suggestion: str = ""
    ) -> RefusedNode:
        self._log.add(at, path, found, allowed, suggestion)
        return RefusedNode(at)


def _mark(event: Event) -> Mark:
    return _mark_of(event.start_mark)


def _mark_of(mark: StreamMark) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)
