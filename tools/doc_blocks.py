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
from pathlib import Path

from azcost import architecture
from azcost.pricing import derive
from azcost.spec.docs import field_docs, module_docs, summary
from azcost.spec.reader import hints_of, required_of

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
    print("| kind | what is billed |\n|---|---|")
    for kind in architecture.KINDS:
        cls = architecture.kind_class(kind)
        billed = " ".join(module_docs(cls).partition("\n\n")[0].split())
        print(f"| [`{kind}`](docs/services.md#{kind}) | {billed} |")


def services() -> None:
    """Print the reference of every kind with its fields."""
    for kind in architecture.KINDS:
        cls = architecture.kind_class(kind)
        print(f"## {kind}\n\n{module_docs(cls)}\n\n{summary(cls)}\n")
        print("| field | meaning |\n|---|---|")
        docs, required = field_docs(cls), required_of(cls)
        for name in hints_of(cls):
            needed = " (required)" if name in required and name not in ("name", "region") else ""
            print(f"| `{name}`{needed} | {docs.get(name, '').replace('|', chr(92) + '|')} |")
        print()


def fields_of(path: str) -> None:
    """Print the fields of a struct that services share, by its dotted name."""
    module, _, name = path.rpartition(".")
    cls = getattr(__import__(module, fromlist=[name]), name)
    print(f"{inspect.getdoc(cls)}\n\n| field | meaning |\n|---|---|")
    for field, doc in field_docs(cls).items():
        print(f"| `{field}` | {doc.replace('|', chr(92) + '|')} |")


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
