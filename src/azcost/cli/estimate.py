"""`azcost estimate`: what a design would cost."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from azcost import architecture
from azcost.estimate import Estimate, Unpriced
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.opening import open_catalogue
from azcost.report.view import PERIODS

_FORMATS = ("text", "json", "csv", "markdown")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text")
@click.option("--by", default="resource", help="Group by resource, service, region, or a tag.")
@click.option("--period", type=click.Choice(list(PERIODS)), default="month", help="Show costs per.")
@click.option("--region", default="", help="Price everything in this region instead.")
@click.option("--currency", default="", help="Price in this currency instead.")
@click.option("--allow-unpriced", is_flag=True, help="Print the rest when a price is missing.")
@click.option("--explain", metavar="NAME", help="Show which price rows a resource stands on.")
def estimate(
    files: tuple[Path, ...],
    format_: str,
    by: str,
    period: str,
    region: str,
    currency: str,
    allow_unpriced: bool,  # noqa: FBT001 - click's flags
    explain: str | None,
) -> None:
    """Price one or more designs.

    Exits with 4 and the list when something has no price; with --allow-unpriced the rest
    is printed too.

    Example: azcost estimate examples/ml-serving.yaml --by service
    """
    catalogue = open_catalogue(currency)
    designs = [architecture.load(file, catalogue, region, currency) for file in files]
    estimates = [architecture.estimate(design, catalogue) for design in designs]
    missing = [one for found in estimates for one in found.unpriced]
    if explain:
        from azcost.report.lineage import render

        click.echo(render(explain, estimates, catalogue))
    elif allow_unpriced or not missing:
        click.echo(_format(estimates, catalogue, format_, by, period), nl=False)
    if missing:
        _say_missing(missing, printed=allow_unpriced or bool(explain))
        sys.exit(4)


def _say_missing(missing: list[Unpriced], *, printed: bool) -> None:
    if printed:
        click.echo(f"{len(missing)} charge(s) have no price and are not in the total.", err=True)
        return
    for one in missing:
        click.echo(f"No price: {one.resource}, {one.label}: {one.reason}", err=True)
    click.echo("Nothing was printed; --allow-unpriced prints the rest.", err=True)


def _format(
    estimates: list[Estimate], catalogue: Catalogue, format_: str, by: str, period: str
) -> str:
    if format_ == "text":
        from azcost.report import text

        return "\n".join(text.render(one, by, period) for one in estimates)
    from azcost.report import machine

    if format_ == "json":
        return machine.to_json(estimates, catalogue.tables)
    if format_ == "csv":
        return machine.to_csv(estimates)
    return "\n".join(machine.to_markdown(one, by) for one in estimates)
