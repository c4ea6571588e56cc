"""`azcost estimate`: what a design would cost."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import click

from azcost import architecture
from azcost.cli.designs import load
from azcost.cli.options import fail_over, html_page, over_cost
from azcost.estimate import Estimate, Unpriced
from azcost.pricing.opening import open_catalogue
from azcost.report.view import PERIODS, charges, safe

_FORMATS = ("text", "json", "csv", "markdown")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text")
@click.option("--by", help="Group by resource, service, region, or a tag (text, markdown).")
@click.option("--period", type=click.Choice(list(PERIODS)), help="Show costs per (text).")
@click.option("--region", default="", help="Price everything in this region instead.")
@click.option("--currency", default="", help="Price in this currency instead.")
@click.option("--allow-unpriced", is_flag=True, help="Print the rest when a price is missing.")
@html_page
@fail_over
@click.option("--explain", metavar="NAME", help="Show which price rows a resource stands on.")
def estimate(
    files: tuple[Path, ...],
    format_: str,
    by: str | None,
    period: str | None,
    region: str,
    currency: str,
    allow_unpriced: bool,  # noqa: FBT001 - click's flags
    html: Path | None,
    fail_over: Decimal | None,
    explain: str | None,
) -> None:
    """Price one or more designs; - reads one from standard input.

    Exits with 4 and the list when something has no price; with --allow-unpriced the rest
    is printed too.

    Example: azcost estimate examples/ml-serving.yaml --by service
    """
    _check_options(format_, by, period, explain)
    if html and (explain or len(files) > 1):
        raise click.UsageError("--html writes the page of one design: leave out the others.")
    names = open_catalogue()
    designs = [load(file, names, region, currency) for file in files]
    # Opening a catalogue takes milliseconds, as much as all the rest of a small bill.
    catalogues = {names.currency: names}
    for one in designs:
        if one.currency not in catalogues:
            catalogues[one.currency] = open_catalogue(one.currency)
    estimates = [architecture.estimate(one, catalogues[one.currency]) for one in designs]
    missing = [one for found in estimates for one in found.unpriced]
    if explain:
        from azcost.report.lineage import render

        click.echo(render(explain, estimates, catalogues))
        missing = [one for one in missing if one.resource == explain]
    elif allow_unpriced or not missing:
        tables = catalogues[designs[0].currency].tables
        click.echo(_format(estimates, tables, format_, by, period), nl=False)
        if html:
            from azcost.cli.answer import origin, write_page
            from azcost.report.bill_page import render as page

            write_page(html, page(estimates[0], origin(tables)))
    over = [one for one in estimates if over_cost(one.monthly.amount, fail_over)]
    if over:
        sys.exit(1)
    if missing:
        _say_missing(missing, printed=allow_unpriced and not explain)
        sys.exit(4)


def _check_options(format_: str, by: str | None, period: str | None, explain: str | None) -> None:
    """Refuse options that the asked output would ignore."""
    if period and format_ != "text":
        raise click.UsageError(f"--period is for text; {format_} has costs per month.")
    if by and format_ not in ("text", "markdown"):
        raise click.UsageError(f"--by is for text and markdown; {format_} lists every line.")
    if explain and (format_ != "text" or by or period):
        raise click.UsageError("--explain prints text of its own: leave out the other options.")


def _say_missing(missing: list[Unpriced], *, printed: bool) -> None:
    if printed:
        click.echo(f"Not in the total: {charges(missing)} without a price.", err=True)
        return
    for one in missing:
        click.echo(f"No price: {safe(one.resource)}, {safe(one.label)}: {one.reason}", err=True)
    if commands := dict.fromkeys(one.command for one in missing if one.command):
        click.echo("Fetch what is missing:", err=True)
        for command in commands:
            click.echo(f"  {command}", err=True)
    click.echo("--allow-unpriced prints what has a price.", err=True)


def _format(
    estimates: list[Estimate], tables: str, format_: str, by: str | None, period: str | None
) -> str:
    if format_ == "text":
        from azcost.report import text

        return "\n".join(text.render(one, by or "resource", period or "month") for one in estimates)
    from azcost.report import machine

    if format_ == "json":
        return machine.to_json(estimates, tables)
    if format_ == "csv":
        return machine.to_csv(estimates)
    from azcost.report import markdown

    return markdown.render(estimates, by or "resource")
