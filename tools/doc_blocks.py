"""What the documents show of the program: made by running it, never pasted.

cog runs these from README.md and docs/; `make docs` renews the blocks, `make check`
fails when one is out of date.
"""

from __future__ import annotations

import csv
import inspect
import shlex
import subprocess
import sys
import typing
from collections import Counter
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from azcost import architecture
from azcost.fields import Hours
from azcost.meters.disks import Disk
from azcost.pricing import derive, store
from azcost.pricing.catalogue import Catalogue
from azcost.services.base import Resource
from azcost.spec import nodes
from azcost.spec.docs import field_docs, module_docs
from azcost.spec.reader import hints_of, plain_type, required_of
from azcost.units import plain

ROOT = Path(__file__).parent.parent
PRICING = ROOT / "data/pricing"


def sh(command: str) -> None:
    """Print a command and what it really prints, as a block."""
    words = shlex.split(command)
    if words[0] == "azcost":
        words = [sys.executable, "-m", *words]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    said = done.stderr if done.returncode else ""
    body = "\n".join(line.rstrip() for line in (done.stdout + said).rstrip().splitlines())
    print(f"```console\n$ {command}\n{body}\n```")


def file(path: str, language: str = "yaml") -> None:
    """Print a file of the repository as a block."""
    print(f"```{language}\n{(ROOT / path).read_text().rstrip()}\n```")


def kinds() -> None:
    """Print how many kinds of services there are, and a table of them."""
    count = len(architecture.KINDS)
    print(f"{count} kinds of services can be priced; [docs/services.md](docs/services.md) has")
    print("their fields:\n")
    print("| kind | what is billed | regions with recorded prices |\n|---|---|---:|")
    for kind in architecture.KINDS:
        cls = architecture.kind_class(kind)
        billed = " ".join(module_docs(cls).partition("\n\n")[0].split())
        where = _priced_in(kind)
        regions = "none yet" if not where else "all" if where == _regions() else str(len(where))
        print(f"| [`{kind}`](docs/services.md#{kind}) | {billed} | {regions} |")


# What the table of kinds cannot show: usual charges that no source has, of kinds that have prices.
_GAPS: dict[str, dict[str, Any]] = {
    "the SQL Server licence of provisioned `sql_database`s": {
        "kind": "sql_database", "sku": "GP_Gen5_2",
    },
    "`vnet_peering` within a region": {"kind": "vnet_peering", "sent_gb": 1},
}  # fmt: skip


def coverage() -> None:
    """Print in which regions most kinds have prices, and which kinds the others have."""
    kinds = [kind for kind in architecture.KINDS if _priced_in(kind) and kind != "fixed_cost"]
    count = Counter(region for kind in kinds for region in _priced_in(kind))
    most = sorted(region for region in count if count[region] > 0.8 * len(kinds))
    wide = [f"`{kind}`" for kind in kinds if len(_priced_in(kind)) > 1.5 * len(most)]
    none = [f"`{kind}`" for kind in architecture.KINDS if not _priced_in(kind)]
    print(f"Nearly all kinds have prices in {len(most)} regions: {', '.join(most)}.")
    print(f"Elsewhere, little more than {', '.join(wide)} do.")
    gaps = [
        gap
        for gap, spec in _GAPS.items()
        if not any(_is_priced(spec | {"region": region}) for region in most)
    ]
    print(f"The main meters of {', '.join(none)},")
    print(f"and {' and '.join(gaps)}, are in none of the sources:")
    print("a bill says that they are missing, until `azcost prices sync` has fetched them.")


@cache
def _catalogue() -> Catalogue:
    return Catalogue(store.open_shipped())


@cache
def _regions() -> frozenset[str]:
    return frozenset(_catalogue().names("regions"))


@cache
def _priced_in(kind: str) -> frozenset[str]:
    """The regions in which some worked case of a kind has a bill without gaps."""
    cases = yaml.safe_load((ROOT / f"tests/cases/services/{kind}.yaml").read_text())["recorded"]
    return frozenset(
        region
        for region in _regions()
        if any(_is_priced(case["spec"] | {"region": region}) for case in cases)
    )


def _is_priced(spec: dict[str, Any]) -> bool:
    root = nodes.parse(yaml.safe_dump({"services": [spec]}), "case")
    design = architecture.read(root, "case", architecture.names_of(_catalogue()))
    estimate = architecture.estimate(design, _catalogue())
    return not estimate.unpriced and estimate.monthly.amount > 0


def services() -> None:
    """Print the reference of every kind with its fields."""
    for kind in architecture.KINDS:
        cls = architecture.kind_class(kind)
        print(f"## {kind}\n\n{module_docs(cls)}\n\n{inspect.getdoc(cls)}\n")
        shared = hints_of(Resource)
        _fields(cls, [name for name in hints_of(cls) if name not in shared])
        for name, nested in _nested(cls):
            print(f"`{name}`: {inspect.getdoc(nested)}\n")
            _fields(nested, list(hints_of(nested)))


def fields_of(path: str) -> None:
    """Print the fields of a struct that services share, by its dotted name."""
    module, _, name = path.rpartition(".")
    cls = getattr(__import__(module, fromlist=[name]), name)
    print(f"{inspect.getdoc(cls)}\n")
    _fields(cls, list(hints_of(cls)))


def _fields(cls: type[Any], names: list[str]) -> None:
    print("| field | value | if left out | meaning |\n|---|---|---|---|")
    docs, required = field_docs(cls), required_of(cls)
    defaults = {field.name: field.default for field in msgspec.structs.fields(cls)}
    for name in names:
        default = "**required**" if name in required else _default(defaults[name])
        cells = (f"`{name}`", _value(hints_of(cls)[name]), default, docs.get(name, ""))
        print(
            "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"
        )
    print()


def _nested(cls: type[Any]) -> list[tuple[str, type[Any]]]:
    """The structs in a kind's fields, but for disks, which have a section of their own."""
    found = []
    for name, hint in hints_of(cls).items():
        base = _item_type(hint)
        if (
            isinstance(base, type)
            and issubclass(base, msgspec.Struct)
            and base not in (Disk, Hours)
        ):
            found += [(name, base), *_nested(base)]
    return found


def _item_type(hint: Any) -> Any:
    base, _ = plain_type(hint)
    if typing.get_origin(base) in (list, tuple):
        return plain_type(typing.get_args(base)[0])[0]
    return base


def _value(hint: Any) -> str:
    """What may be written for a field, in few words."""
    base, meta = plain_type(hint)
    item = _item_type(hint)
    if item is not base:
        return f"list of {_value(item)}"
    if typing.get_origin(base) is Literal:
        return ", ".join(f"`{choice}`" for choice in typing.get_args(base))
    if isinstance(base, type) and issubclass(base, StrEnum):
        return ", ".join(f"`{choice}`" for choice in base)
    if base is Disk:
        return "[disk](#disks-of-machines)"
    if base in (Decimal, int):
        return _number(base, meta)
    names = {bool: "`true`, `false`", Hours: "[hours](#hours)", str: _text(meta)}
    return names.get(base, "keys with texts" if typing.get_origin(base) is dict else "as below")


def _number(base: type, meta: tuple[msgspec.Meta, ...]) -> str:
    words = ["whole number" if base is int else "number"]
    for limit in meta:
        words += [f"from {limit.ge}"] if limit.ge else []
        words += [f"above {limit.gt}"] if limit.gt is not None else []
        words += [f"to {limit.le:,}"] if limit.le is not None and limit.le < 10**6 else []
    return " ".join(words)


def _text(meta: tuple[msgspec.Meta, ...]) -> str:
    for limit in meta:
        if limit.extra and "names" in limit.extra:
            return {"regions": "region", "sizes": "VM size"}[limit.extra["names"]]
    return "text"


def _default(default: Any) -> str:
    if default is None or default is msgspec.NODEFAULT:
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Hours):
        return f"`{default.text}`"
    if isinstance(default, Decimal | int):
        return f"{plain(Decimal(default)):}"
    return f"`{default}`" if default else ""


def price_services() -> None:
    """Print a table of the services in the price tables."""
    print("| service | prices | file |\n|---|---:|---|")
    for name, service, rows in _csv("services.csv"):
        where = f"prices/{name}/" if (PRICING / "prices" / name).is_dir() else f"prices/{name}.csv"
        print(f"| {service} | {int(rows):,} | `{where}` |")


def rules() -> None:
    """Print the rules by which prices are derived."""
    print("| rule | what it does |\n|---|---|")
    for name, what in derive.RULES.items():
        print(f"| `{name}` | {what} |")


def _csv(name: str) -> list[list[str]]:
    with (PRICING / name).open(newline="") as lines:
        return list(csv.reader(lines))[1:]


def terraform_types() -> None:
    """The types of azurerm that are read."""
    from azcost.importers import terraform

    listed = ", ".join(f"`azurerm_{name}`" for name in terraform.KINDS)
    print(f"{len(terraform.KINDS)} types are read: {listed}.")
