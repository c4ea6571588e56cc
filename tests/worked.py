"""Microsoft's worked examples in ../shared: exact figures, and toy rows at their prices."""

from __future__ import annotations

import ast
import json
import operator
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from azcost.pricing.catalogue import Catalogue

CASES = Path(__file__).parent / "cases/worked"
EXPORT = "azure-pricing-calculator-export"
_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def examples(shared: Path) -> dict[str, Any]:
    """The examples by id, their numbers as written: 205 is not 205.00."""
    text = (shared / "cases/worked_examples.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return {example["id"]: example for example in found["examples"]}


def flat(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Nested figures by their path: `write_10k_hot`."""
    found: dict[str, Any] = {}
    for name, figure in figures.items():
        if isinstance(figure, dict):
            found |= {f"{name}_{inner}": value for inner, value in flat(figure).items()}
        else:
            found[name] = figure
    return found


def value(expression: str, names: Mapping[str, Decimal] | None = None) -> Decimal:
    """What arithmetic comes to: numbers, names, + - * / and max, and nothing else."""
    known = names or {}
    # The names are put in as text: `in`, the price of a token, is not a name in Python.
    numbers = re.sub(r"(?<![\w.])[A-Za-z]\w*", lambda m: str(known.get(m[0], m[0])), expression)
    return _value(ast.parse(numbers, mode="eval").body)


def _value(node: ast.expr) -> Decimal:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Decimal(str(number))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left), _value(right))
        case ast.Call(func=ast.Name(id="max"), args=arguments, keywords=[]):
            return max(_value(argument) for argument in arguments)
    raise ValueError(f"not arithmetic: {ast.unparse(node)}")


def rows(
    entries: list[dict[str, Any]], names: Mapping[str, Decimal] | None = None, region: str = ""
) -> list[dict[str, Any]]:
    """Toy rows from entries whose prices are expressions; the meter id is the row's number."""
    made = []
    for number, entry in enumerate(entries):
        tiers = entry.get("tiers", {"0": entry.get("price")})
        prices = {start: value(price, names) for start, price in tiers.items()}
        made.append({"region": region or "westeurope", **entry, "tiers": prices})
        made[-1]["meter_id"] = str(number)
    return made


def is_a_real_meter(row: Mapping[str, Any], catalogue: Catalogue) -> bool:
    """Whether the shipped tables have a row of these names, in whatever region."""
    columns = ("service", "product", "sku", "meter", "unit")
    given = {column: row[column] for column in columns if column in row}
    where = " AND ".join(f"{column} = ?" for column in given)
    return bool(catalogue.query(f"SELECT 1 FROM names WHERE {where} LIMIT 1", given.values()))
