"""Make the demo snapshot: `python -m demo_snapshot ../examples` from `tools/`."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from pathlib import Path

import yaml

from azcost.audit import snapshot
from azcost.pricing import store
from azcost.pricing.catalogue import Catalogue

from . import company, planted
from .estate import Estate

FILE = "demo-snapshot.json.gz"
PLANTED = Path(__file__).parent / "planted.yaml"


def build() -> Estate:
    """The whole estate: what the company uses, then what is planted."""
    estate = Estate(Catalogue(store.open_shipped()))
    for package in (company, planted):
        for module in pkgutil.iter_modules(package.__path__):
            found = vars(import_module(f"{package.__name__}.{module.name}"))
            for name, make in found.items():
                if name.startswith(("build", "plant")) and callable(make):
                    make(estate)
    return estate


def listing(estate: Estate) -> str:
    """What was planted, for people: rule and resource."""
    by_rule: dict[str, list[str]] = {}
    for rule, resource in estate.planted:
        by_rule.setdefault(rule, []).append(resource)
    return yaml.safe_dump(by_rule)


if __name__ == "__main__":
    made = build()
    target = Path(sys.argv[1]) / FILE
    snapshot.save(made.snapshot(), target)
    PLANTED.write_text(listing(made))
    print(f"{target}: {target.stat().st_size:,} bytes, {len(made.snapshot().resources)} resources")
