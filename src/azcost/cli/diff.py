"""`azcost diff`: what a change of a design does to its bill."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import click

from azcost import architecture
from azcost.cli.answer import answer_options, show
from azcost.cli.designs import parse
from azcost.cli.options import fail_increase, fail_over, over_cost, over_increase
from azcost.errors import AzcostError
from azcost.pricing.opening import open_catalogue
from azcost.report import changes, saved
from azcost.report.diff import document
from azcost.report.saved import Bill
from azcost.spec import nodes


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@answer_options
@fail_over
@fail_increase
def diff(
    old: Path,
    new: Path,
    format_: str,
    fail_over: Decimal | None,
    fail_increase: Decimal | None,
) -> None:
    """Compare two designs: what changes, by how much, and why.

    Either is a specification, the JSON of a Terraform plan, or what `azcost estimate
    --format json` printed.
    Exits with 1 over an asked limit, and with 4 when something has no price.

    Example: azcost diff old.yaml new.yaml --fail-increase 10
    """
    if str(old) == str(new) == "-":
        raise AzcostError("Only one of the two can be read from standard input.")
    found = changes.between(_bill(old), _bill(new))
    show(document(found), format_)
    limits = (
        over_cost(found.new.monthly, fail_over),
        over_increase(found.amount, found.percent, fail_increase),
    )
    if any(limits):
        sys.exit(1)
    if found.old.unpriced or found.new.unpriced:
        click.echo("The totals are without what has no price: see the notes.", err=True)
        sys.exit(4)


def _bill(file: Path) -> Bill:
    text = nodes.read_text(file)
    bill = saved.read(text, str(file))
    if bill:
        return bill
    design = parse(text, str(file), open_catalogue())
    catalogue = open_catalogue(design.currency)
    return saved.of(architecture.estimate(design, catalogue), catalogue.tables)
