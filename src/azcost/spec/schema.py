"""The JSON schema of a specification, from the same types that the reader reads by."""

from __future__ import annotations

import typing
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

import msgspec

from azcost.fields import Hours
from azcost.spec.docs import field_docs, summary
from azcost.spec.reader import Names, hints_of, plain_type, required_of

Schema = dict[str, Any]

_SHORTHAND = {
    "type": "string",
    "pattern": "^[-+]?[0-9][0-9_]*(\\.[0-9]*)?([eE][-+]?[0-9]+)? ?[kKMB]?$",
}


def struct(cls: type[Any], names: Names, besides: Schema | None = None) -> Schema:
    """The schema of a mapping that is read into a Struct."""
    docs = field_docs(cls)
    defaults = {f.name: f.default for f in msgspec.structs.fields(cls) if not f.required}
    properties = dict(besides or {})
    for name, type_ in hints_of(cls).items():
        properties[name] = value(type_, names)
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


def value(type_: Any, names: Names) -> Schema:
    """The schema of a value of a type."""
    base, meta = plain_type(type_)
    origin = typing.get_origin(base)
    if base in (Decimal, int):
        return _number("integer" if base is int else "number", meta)
    if base is Hours:
        number = {"type": "number", "minimum": 0, "maximum": 744}
        examples = ["always", "mon-fri 08:00-19:00 Europe/Berlin"]
        return {"anyOf": [{"type": "string", "examples": examples}, number, _range(number)]}
    if base is bool:
        return {"type": "boolean"}
    if base is str:
        return _text(meta, names)
    if origin is Literal:
        return {"enum": list(typing.get_args(base))}
    if isinstance(base, type) and issubclass(base, StrEnum):
        return {"enum": [member.value for member in base]}
    if origin in (list, tuple):
        return {"type": "array", "items": value(typing.get_args(base)[0], names)}
    if origin is dict:
        return {"type": "object", "additionalProperties": {"type": "string"}}
    return struct(base, names)


def _number(kind: str, meta: tuple[msgspec.Meta, ...]) -> Schema:
    number: Schema = {"type": kind}
    for limit in meta:
        limits = {"minimum": limit.ge, "exclusiveMinimum": limit.gt, "maximum": limit.le}
        number |= {key: bound for key, bound in limits.items() if bound is not None}
    return {"anyOf": [number, _SHORTHAND, _range(number)]}


def _range(number: Schema) -> Schema:
    either = {"anyOf": [number, _SHORTHAND]}
    spoken = [("low", "expected", "high"), ("min", "expected", "max")]
    return {
        "anyOf": [
            {
                "type": "object",
                "properties": dict.fromkeys(ends, either),
                "required": list(ends),
                "additionalProperties": False,
            }
            for ends in spoken
        ]
    }


def _text(meta: tuple[msgspec.Meta, ...], names: Names) -> Schema:
    for limit in meta:
        if limit.extra and "names" in limit.extra:
            known = names.all(limit.extra["names"])
            return {"anyOf": [{"enum": known}, {"type": "string"}]}
    return {"type": "string"}


def _plain(default: Any) -> Any:
    if not isinstance(default, Decimal):
        return default
    return int(default) if default == default.to_integral_value() else float(default)
