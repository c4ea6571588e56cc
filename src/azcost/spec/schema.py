"""The JSON schema of a specification, from the same types that the reader reads by."""

from __future__ import annotations

import typing
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

import msgspec

from azcost.draws import SHAPES
from azcost.fields import VOCABULARIES, Hours
from azcost.spec.docs import field_docs, summary
from azcost.spec.reader import Names, hints_of, plain_type, required_of

Schema = dict[str, Any]

_SHORTHAND = {
    "type": "string",
    "pattern": "^[-+]?([0-9][0-9_]*(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)? ?[kKMB]?$",
}
# YAML knows `owner: 1234` as a number; the reader takes any scalar as the text it was.
_SCALAR = {"type": ["string", "number", "boolean"]}

_SHORTHAND_REF = {"$ref": "#/$defs/shorthand"}
_RANGE_REF = {"$ref": "#/$defs/range"}


def definitions(names: Names) -> Schema:
    """What the schemas of fields refer to: how numbers are written, and the names there are."""
    vocabularies = {kind: {"enum": names.all(kind)} for kind in VOCABULARIES}
    return {"shorthand": _SHORTHAND, "range": _range(), **vocabularies}


def struct(cls: type[Any], besides: Schema | None = None) -> Schema:
    """The schema of a mapping that is read into a Struct.

    It refers to `#/$defs/shorthand` and to the vocabularies of `definitions`.
    """
    docs = field_docs(cls)
    defaults = {f.name: f.default for f in msgspec.structs.fields(cls) if not f.required}
    properties = dict(besides or {})
    for name, type_ in hints_of(cls).items():
        properties[name] = value(type_)
        if name in docs:
            properties[name]["description"] = docs[name]
        if isinstance(defaults.get(name), str | bool | Decimal):
            properties[name]["default"] = _plain(defaults[name])
    found: Schema = {
        "type": "object",
        "description": summary(cls),
        "properties": properties,
        "additionalProperties": False,
    }
    if required := required_of(cls):
        found["required"] = required
    return found


def value(type_: Any) -> Schema:
    """The schema of a value of a type."""
    base, meta = plain_type(type_)
    origin = typing.get_origin(base)
    if base in (Decimal, int):
        return _number("integer" if base is int else "number", meta)
    if base is Hours:
        number = {"type": "number", "minimum": 0, "maximum": 744}
        examples = ["always", "mon-fri 08:00-19:00 Europe/Berlin"]
        return {"anyOf": [{"type": "string", "examples": examples}, number, _RANGE_REF]}
    if base is bool:
        return {"type": "boolean"}
    if base is str:
        return _text(meta)
    if origin is Literal:
        return {"enum": _spellings(typing.get_args(base))}
    if isinstance(base, type) and issubclass(base, StrEnum):
        return {"enum": [member.value for member in base]}
    if origin in (list, tuple):
        return {"type": "array", "items": value(typing.get_args(base)[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _SCALAR}
    return struct(base)


def _number(kind: str, meta: tuple[msgspec.Meta, ...]) -> Schema:
    number: Schema = {"type": kind}
    for limit in meta:
        limits = {"minimum": limit.ge, "exclusiveMinimum": limit.gt, "maximum": limit.le}
        number |= {key: bound for key, bound in limits.items() if bound is not None}
    return {"anyOf": [number, _SHORTHAND_REF, _RANGE_REF]}


def _range() -> Schema:
    either = {"anyOf": [{"type": "number"}, _SHORTHAND_REF]}
    spoken = [("low", "expected", "high"), ("min", "expected", "max")]
    return {
        "anyOf": [
            {
                "type": "object",
                "properties": {**dict.fromkeys(ends, either), "shape": {"enum": list(SHAPES)}},
                "required": list(ends),
                "additionalProperties": False,
            }
            for ends in spoken
        ]
    }


def _text(meta: tuple[msgspec.Meta, ...]) -> Schema:
    for limit in meta:
        if limit.extra and "names" in limit.extra:
            return {"$ref": f"#/$defs/{limit.extra['names']}"}
    return dict(_SCALAR)


def _spellings(choices: tuple[str, ...]) -> list[str | int]:
    """The choices; YAML knows those of digits as numbers too."""
    return [*choices, *(int(choice) for choice in choices if choice.isdigit())]


def _plain(default: Any) -> Any:
    if not isinstance(default, Decimal):
        return default
    return int(default) if default == default.to_integral_value() else float(default)
