"""Nodes to typed values, with every mistake noted and the reading carried on.

Validation libraries stop at the first mistake or cost three times the start-up of the
whole command (docs/decisions/0002-own-spec-reader.md), and none of them knows lines.
"""

from __future__ import annotations

import re
import types
import typing
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol, Union

import msgspec

from azcost.draws import SHAPES, Shape, Spread
from azcost.fields import Hours
from azcost.spec.nodes import Mapping, Node, Scalar, Sequence
from azcost.spec.problems import Problem, did_you_mean

Values = typing.Mapping[str, Any]
NOTHING: Values = types.MappingProxyType({})
CORNERS = ("low", "expected", "high")
_RANGE_KEYS = {"low": "low", "min": "low", "expected": "expected", "high": "high", "max": "high"}
# Digits as people write them: 1_000_000, 2.5M, 1e6. Bounded, for "1e999999999" is a number.
_NUMBER = re.compile(
    r"([-+]?(?:[0-9][0-9_]{0,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,2})?)"
    r" ?([kKMB]?)"
)
_FACTORS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9}
_USUAL_SHAPE = Scalar(SHAPES[0], 0)
_TRUE = ("true", "yes", "on")
_FALSE = ("false", "no", "off")


class Names(Protocol):
    """Which names there are, of `regions` or of `sizes`."""

    def find(self, kind: str, text: str) -> str | None:
        """The right spelling of a name, however it is written; None when there is none."""

    def all(self, kind: str) -> list[str]:
        """Every name."""


class Range(msgspec.Struct, frozen=True):
    """A range of a specification: the names of what it is in, and of its field."""

    name: str
    spread: Spread


class Wrong(Exception):
    """A value that could not be read; its problem has been noted. Never leaves the reading."""


class Reader:
    """Read values at one corner of the file's ranges, or at the `values` that they are to have.

    After reading, `problems` holds the mistakes, `ranges` the ranges that were
    seen, and a value read despite problems must not be used.
    """

    def __init__(
        self,
        names: Names,
        corner: str = "expected",
        values: typing.Mapping[Spread, Decimal] = types.MappingProxyType({}),
    ) -> None:
        self.problems: list[Problem] = []
        self.ranges: list[Range] = []
        self._names = names
        self._corner = corner
        self._values = values
        self._inside: list[str] = []

    @property
    def ranged(self) -> bool:
        """Whether a range was seen."""
        return bool(self.ranges)

    def note(self, line: int, message: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(line, message))

    def struct(
        self,
        node: Node,
        cls: type[Any],
        defaults: Values = NOTHING,
        forced: Values = NOTHING,
        besides: tuple[str, ...] = (),
    ) -> Any:
        """Read a mapping into a Struct.

        `defaults` fills fields that the file leaves out, `forced` replaces what it says,
        keys `besides` the fields are the caller's. Raises Wrong when anything was wrong.
        """
        if not isinstance(node, Mapping):
            self._wrong(node, f"expected a mapping with {_keys_of(cls)}")
        values = {name: value for name, value in defaults.items() if name not in forced}
        hints = hints_of(cls)
        wrong = set()
        entries = self.entries(node, [*hints, *besides])
        self._inside.append(_name_of(entries) or str(defaults.get("name", "")))
        for key, value in entries:
            if key in besides or key in forced:
                continue
            try:
                values[key] = self.value(value, hints[key], key)
            except Wrong:
                wrong.add(key)
        self._inside.pop()
        for name in required_of(cls):
            if name not in {*values, *forced, *wrong}:
                self.note(node.line, f"`{name}` is missing")
                wrong.add(name)
        if wrong:
            raise Wrong
        try:
            return cls(**values, **forced)
        except ValueError as error:  # an invariant of the value, from its __post_init__
            return self._wrong(node, str(error))

    def entries(self, node: Mapping, known: list[str]) -> list[tuple[str, Node]]:
        """The entries with a known key; unknown and repeated keys are noted."""
        found: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key, value in node.entries():
            if key.text not in known:
                self.note(
                    key.line, f"unknown key `{_short(key.text)}`{did_you_mean(key.text, known)}"
                )
            elif key.text in found:
                self.note(key.line, f"`{key.text}` was already given on line {lines[key.text]}")
            elif not (isinstance(value, Scalar) and value.is_null):
                found[key.text] = value
                lines[key.text] = key.line
        return list(found.items())

    def value(self, node: Node, type_: Any, label: str) -> Any:
        """Read a node as a value of a type; `label` names it in messages."""
        base, meta = plain_type(type_)
        origin = typing.get_origin(base)
        if base is Decimal or base is int:
            return self._number(node, base, meta, label)
        if base is Hours:
            return self._hours(node, label)
        if base is bool:
            return self._flag(node, label)
        if base is str:
            return self._text(node, meta, label)
        if origin is Literal:
            return self._choice(node, list(typing.get_args(base)), label)
        if isinstance(base, type) and issubclass(base, StrEnum):
            return base(self._choice(node, [member.value for member in base], label))
        if origin in (list, tuple):
            return self._items(node, typing.get_args(base)[0], label, origin)
        if origin is dict:
            return self._texts(node, label)
        return self.struct(node, base)

    def _number(self, node: Node, base: type, meta: tuple[Any, ...], label: str) -> Any:
        if isinstance(node, Mapping):
            node = self._end_of_range(node, base, meta, label)
        if not isinstance(node, Scalar):
            self._wrong(node, f"`{label}`: expected a number")
        found = _NUMBER.fullmatch(node.text.strip())
        if not found:
            hint = _number_hint(node.text)
            self._wrong(node, f"`{label}`: expected a number, not '{_short(node.text)}'{hint}")
        number = Decimal(found[1].replace("_", "")) * _FACTORS[found[2]]
        if base is int and number != number.to_integral_value():
            self._wrong(node, f"`{label}`: expected a whole number, not {_short(node.text)}")
        for limit in meta:
            self._check_limit(node, number, limit, label)
        return int(number) if base is int else number

    def _check_limit(self, node: Scalar, number: Decimal, limit: Any, label: str) -> None:
        if limit.gt is not None and number <= limit.gt:
            self._wrong(node, f"`{label}`: {_short(node.text)} must be more than {limit.gt}")
        if limit.ge is not None and number < limit.ge:
            self._wrong(node, f"`{label}`: {_short(node.text)} must be at least {limit.ge}")
        if limit.le is not None and number > limit.le:
            self._wrong(node, f"`{label}`: {_short(node.text)} must be at most {limit.le:,}")

    def _end_of_range(self, node: Mapping, base: type, meta: tuple[Any, ...], label: str) -> Node:
        """The end of a range that this reader reads; the ends must be in order."""
        entries = dict(self.entries(node, [*_RANGE_KEYS, "shape"]))
        shape = self._choice(entries.pop("shape", _USUAL_SHAPE), list(SHAPES), f"{label}: shape")
        ends = {_RANGE_KEYS[key]: value for key, value in entries.items()}
        if set(ends) != set(CORNERS):
            self._wrong(
                node, f"`{label}`: a range has low, expected and high (or min, expected, max)"
            )
        if any(isinstance(end, Mapping) for end in ends.values()):
            self._wrong(node, f"`{label}`: a range is made of numbers")
        numbers = [self._number(ends[corner], base, meta, label) for corner in CORNERS]
        if numbers != sorted(numbers):
            self._wrong(node, f"`{label}`: expected low <= expected <= high")
        low, expected, high = map(Decimal, numbers)
        spread = Spread(low, expected, high, typing.cast(Shape, shape))
        name = " ".join(dict.fromkeys([*filter(None, self._inside), label]))
        self.ranges.append(Range(name, spread))
        if spread not in self._values:
            return ends[self._corner]
        value = self._values[spread]
        return Scalar(format(round(value) if base is int else value, "f"), node.line)

    def _hours(self, node: Node, label: str) -> Hours:
        if isinstance(node, Mapping):
            node = self._end_of_range(node, Decimal, (msgspec.Meta(ge=0, le=744),), label)
        if not isinstance(node, Scalar):
            self._wrong(node, f"`{label}`: expected hours")
        try:
            return Hours.parse(node.text)
        except ValueError as error:
            return self._wrong(node, f"`{label}`: {error}")

    def _flag(self, node: Node, label: str) -> bool:
        word = node.text.lower() if isinstance(node, Scalar) else ""
        if word not in _TRUE + _FALSE:
            self._wrong(node, f"`{label}`: expected true or false")
        return word in _TRUE

    def _text(self, node: Node, meta: tuple[Any, ...], label: str) -> str:
        if not isinstance(node, Scalar):
            self._wrong(node, f"`{label}`: expected text")
        for limit in meta:
            if limit.min_length is not None and len(node.text) < limit.min_length:
                self._wrong(node, f"`{label}`: needs at least {limit.min_length} characters")
            if limit.max_length is not None and len(node.text) > limit.max_length:
                self._wrong(node, f"`{label}`: longer than {limit.max_length} characters")
            if limit.extra and "names" in limit.extra:
                return self._name(node, limit.extra["names"], label)
        return node.text

    def _name(self, node: Scalar, kind: str, label: str) -> str:
        name = self._names.find(kind, node.text.strip())
        if name is not None:
            return name
        hint = did_you_mean(node.text.strip(), self._names.all(kind))
        return self._wrong(node, f"`{label}`: {_short(node.text)}{hint}")

    def _choice(self, node: Node, choices: list[str], label: str) -> str:
        if not isinstance(node, Scalar):
            self._wrong(node, f"`{label}`: expected one of {', '.join(choices)}")
        by_lower = {choice.lower(): choice for choice in choices}
        if node.text.lower() not in by_lower:
            hint = did_you_mean(node.text, choices)
            self._wrong(node, f"`{label}`: {_short(node.text)}{hint}")
        return by_lower[node.text.lower()]

    def _items(self, node: Node, type_: Any, label: str, made: Any) -> Any:
        if not isinstance(node, Sequence):
            self._wrong(node, f"`{label}`: expected a list")
        values, failed = [], False
        for number, item in enumerate(node.items, start=1):
            try:
                values.append(self.value(item, type_, f"{label}[{number}]"))
            except Wrong:
                failed = True
        if failed:
            raise Wrong
        return made(values)

    def _texts(self, node: Node, label: str) -> dict[str, str]:
        if not isinstance(node, Mapping):
            self._wrong(node, f"`{label}`: expected keys with texts")
        found = {}
        for key, value in node.entries():
            if not isinstance(value, Scalar):
                self._wrong(value, f"`{label}`: expected text for `{_short(key.text)}`")
            found[key.text] = value.text
        return found

    def _wrong(self, node: Node, message: str) -> typing.NoReturn:
        self.note(node.line, message)
        raise Wrong


def _name_of(entries: typing.Iterable[tuple[str, Node]]) -> str:
    for key, value in entries:
        if key == "name" and isinstance(value, Scalar):
            return value.text
    return ""


def plain_type(type_: Any) -> tuple[Any, tuple[msgspec.Meta, ...]]:
    """A type without Annotated and None, and its constraints."""
    meta: tuple[Any, ...] = ()
    while True:
        if typing.get_origin(type_) is typing.Annotated:
            meta += tuple(m for m in type_.__metadata__ if isinstance(m, msgspec.Meta))
            type_ = type_.__origin__
        elif typing.get_origin(type_) in (Union, types.UnionType):
            type_ = next(arg for arg in typing.get_args(type_) if arg is not type(None))
        else:
            return type_, meta


_HINTS: dict[type[Any], dict[str, Any]] = {}
_REQUIRED: dict[type[Any], list[str]] = {}


def hints_of(cls: type[Any]) -> dict[str, Any]:
    """The type of each field of a Struct."""
    if cls not in _HINTS:
        hints = typing.get_type_hints(cls, include_extras=True)
        _HINTS[cls] = {name: hints[name] for name in cls.__struct_fields__}
    return _HINTS[cls]


def required_of(cls: type[Any]) -> list[str]:
    """The fields of a Struct that have no default."""
    if cls not in _REQUIRED:
        fields = msgspec.structs.fields(cls)
        _REQUIRED[cls] = [field.name for field in fields if field.required]
    return _REQUIRED[cls]


_UNITS = r"([0-9.,]+) ?(TB|TiB|GB|GiB|%|m)"


def _number_hint(text: str) -> str:
    """How to write what people write with a unit or with commas."""
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", text):
        return f": write {text.replace(',', '_')}"
    found = re.fullmatch(_UNITS, text)
    if not found:
        return ""
    meant = {"%": "a share of one, such as 0.4", "m": f"{found[1]}M for millions"}
    usual = "gigabytes without the unit: 1 TB is 1024"
    return f": write {meant.get(found[2], usual)}"


def _keys_of(cls: type[Any]) -> str:
    return ", ".join(f"`{name}`" for name in cls.__struct_fields__)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
