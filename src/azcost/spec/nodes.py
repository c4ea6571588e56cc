"""YAML (or JSON) text as a tree of nodes that know their lines.

Scalars stay text: whoever wants a number makes a Decimal of the very digits that were
written, and `no` stays the name of a country. Built from parser events rather than by
PyYAML's composer, whose recursion a deeply nested file can exhaust.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import yaml

from azcost.errors import AzcostError
from azcost.spec.problems import Problem, SpecError

MAX_BYTES = 5_000_000
MAX_DEPTH = 20
MAX_NODES = 500_000
_TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep"

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Scalar(msgspec.Struct, frozen=True):
    """A single value as it was written; `quoted` text is never a number or nothing."""

    text: str
    line: int
    quoted: bool = False

    @property
    def is_null(self) -> bool:
        """Whether the file says "nothing here"."""
        return not self.quoted and self.text in ("", "~", "null", "Null", "NULL")


class Mapping(msgspec.Struct, frozen=True):
    """Keys and values in the order of the file; `merged` came in by `<<`."""

    items: list[tuple[Scalar, Node]]
    line: int
    merged: list[tuple[Scalar, Node]] = msgspec.field(default_factory=list)

    def entries(self) -> list[tuple[Scalar, Node]]:
        """All keys and values; a key of the mapping itself hides a merged one."""
        own = {key.text for key, _ in self.items}
        return [*self.items, *(entry for entry in self.merged if entry[0].text not in own)]


class Sequence(msgspec.Struct, frozen=True):
    """Values in the order of the file."""

    items: list[Node]
    line: int


Node = Scalar | Mapping | Sequence


def read(path: Path) -> Node:
    """Read a file into nodes; `-` is standard input.

    Raises SpecError for what is no UTF-8, no YAML, empty, or beyond all measure.
    """
    return parse(read_text(path), str(path))


def read_text(path: Path) -> str:
    """The text of a file; `-` is standard input.

    Raises SpecError for what is no UTF-8 or beyond all measure.
    """
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise AzcostError(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise SpecError(str(path), [Problem(0, f"is larger than {MAX_BYTES // 1_000_000} MB")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem(line, "is not UTF-8 text here: save the file as UTF-8")
        raise SpecError(str(path), [problem]) from error


def parse(text: str, file: str) -> Node:
    """Parse text into nodes; `file` names it in errors."""
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line, text.count("\n")) + 1 if mark else 0
        what = _in_words(error, text.split("\n")[line - 1] if line else "")
        raise SpecError(file, [Problem(line, f"is not valid YAML: {what}")]) from error
    if builder.root is None or (isinstance(builder.root, Scalar) and builder.root.is_null):
        raise SpecError(file, [Problem(0, "is empty: `azcost init` writes a starter")])
    return builder.root


def _in_words(error: yaml.YAMLError, line: str) -> str:
    """What the parser found wrong; for its most common complaints, what to do."""
    what = getattr(error, "problem", None) or str(error)
    if "\t" in line and ("cannot start any token" in what or "tab character" in what):
        return "a tab; indent with spaces"
    if "maximum nesting depth" in what:  # newer PyYAML counts by itself, beyond our limit
        return _TOO_DEEP
    if "mapping values are not allowed" in what or "did not find expected key" in what:
        return f"{what}; compare the indentation with the line above"
    return str(what)


class _Builder:
    """Turn events into nodes, refusing what only an attack or an accident writes."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self._open: list[Mapping | Sequence] = []
        self._keys: list[Scalar | None] = []
        self._anchors: dict[str, Node] = {}
        self._nodes = 0

    def take(self, event: Any) -> None:
        line: int = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._add(Scalar(event.value, line, event.style in ("'", '"', "|", ">")), event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._start(Mapping([], line), event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._start(Sequence([], line), event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self._refuse(event, "holds a second document (---): one architecture per file")

    def _start(self, node: Mapping | Sequence, event: Any) -> None:
        self._add(node, event)
        self._open.append(node)
        self._keys.append(None)
        if len(self._open) > MAX_DEPTH:
            self._refuse(event, _TOO_DEEP)

    def _alias(self, event: Any) -> None:
        node = self._anchors.get(event.anchor)
        if node is None or any(node is parent for parent in self._open):
            self._refuse(event, f"*{event.anchor} refers to nothing before it")
        else:
            self._nodes += _size(node)
            self._add(node, event)

    def _add(self, node: Node, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(event, f"holds more than {MAX_NODES:,} values, aliases counted in full")
        if getattr(event, "anchor", None) and not isinstance(event, yaml.AliasEvent):
            self._anchors[event.anchor] = node
        if not self._open:
            self.root = node
            return
        parent, key = self._open[-1], self._keys[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key is not None:
            self._keys[-1] = None
            if key.text == "<<" and not key.quoted:
                self._merge(parent, node, event)
            else:
                parent.items.append((key, node))
        elif isinstance(node, Scalar):
            self._keys[-1] = node
        else:
            self._refuse(event, "has a list or a mapping as a key")

    def _merge(self, parent: Mapping, node: Node, event: Any) -> None:
        if not isinstance(node, Mapping):
            self._refuse(event, "<< takes a mapping")
            return
        parent.merged.extend(node.entries())

    def _refuse(self, event: Any, message: str) -> None:
        raise SpecError(self.file, [Problem(event.start_mark.line + 1, message)])


def _size(node: Node) -> int:
    """How many values a node stands for, its own aliases counted in full."""
    count, waiting = 0, [node]
    while waiting:
        count += 1
        if count > MAX_NODES:
            break
        here = waiting.pop()
        if isinstance(here, Sequence):
            waiting.extend(here.items)
        elif isinstance(here, Mapping):
            waiting.extend(value for _, value in here.entries())
    return count
