"""`azcost audit`: what runs, judged from a snapshot."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from azcost import paths
from azcost.audit import rule, run, snapshot
from azcost.audit.facts import Facts
from azcost.cli.answer import answer_options, show
from azcost.errors import AzcostError
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.opening import open_catalogue
from azcost.report import findings

INCOMPLETE = 3
# So many are judged in a fraction of a second; above it, one wants to know what happens.
_MANY = 1000


@click.command()
@click.option("--snapshot", "file", type=click.Path(path_type=Path), help="Judge this snapshot.")
@click.option("--demo", is_flag=True, help="Judge the snapshot of a made-up company that ships.")
@answer_options
def audit(file: Path | None, demo: bool, format_: str) -> None:  # noqa: FBT001 - click's flags
    """Judge what runs, from a snapshot of it.

    Exits with 3 when something could not be read.

    Example: azcost audit --demo
    """
    if demo == (file is not None):
        raise click.UsageError("Say what to judge: --snapshot FILE, or --demo.")
    chosen = file or paths.shipped("examples") / "demo-snapshot.json.gz"
    taken = snapshot.load(chosen)
    if len(taken.resources) > _MANY:
        click.echo(f"Judging {len(taken.resources):,} resources ...", err=True)
    found = run.audit(Facts(taken, _catalogue(taken.currency)), rule.load())
    show(findings.document(found), format_)
    if not found.is_complete:
        sys.exit(INCOMPLETE)


def _catalogue(currency: str) -> Catalogue:
    """The price list of a currency; without one, rules only lack the list prices."""
    try:
        return open_catalogue(currency)
    except AzcostError as error:
        click.echo(f"Without list prices: {error}", err=True)
        return open_catalogue()
