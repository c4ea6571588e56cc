"""Options that several commands have: a page, and limits that end a command with 1."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from azcost.report.view import money


class Limit(click.ParamType[Decimal]):
    """A number of at least zero, with all its digits."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Read the number, or say what is wrong with it."""
        try:
            limit = Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number.", param, ctx)
        if not limit.is_finite() or limit < 0:
            self.fail(f"{value!r} is not a number of at least 0.", param, ctx)
        return limit


PAGE_HELP = "Write a page with charts to this file, too."
html_page = click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=PAGE_HELP
)
fail_over = click.option(
    "--fail-over", type=Limit(), metavar="AMOUNT", help="End with 1 over this cost per month."
)
fail_increase = click.option(
    "--fail-increase", type=Limit(), metavar="PERCENT", help="End with 1 over this increase."
)


def over_cost(monthly: Decimal, limit: Decimal | None) -> bool:
    """Whether a cost, to the cent, is over the limit; if so, say it on stderr."""
    if limit is None or round(monthly, 2) <= limit:
        return False
    click.echo(f"Over the limit: {money(monthly)} per month, at most {limit:,f} asked.", err=True)
    return True


def over_increase(amount: Decimal, percent: Decimal | None, limit: Decimal | None) -> bool:
    """Whether an increase is over the limit; if so, say it on stderr.

    What cost nothing before has no percentage: any increase of it is over.
    """
    if limit is None or amount <= 0 or (percent is not None and percent <= limit):
        return False
    said = f"+{percent:.1f}%" if percent is not None else "it cost nothing before"
    click.echo(f"Over the limit: {said}, at most +{limit:,f}% asked.", err=True)
    return True


def is_snapshot(file: Path) -> bool:
    """Whether it is called like a snapshot: tables are CSV or Parquet."""
    return ".json" in (suffix.lower() for suffix in file.suffixes)
