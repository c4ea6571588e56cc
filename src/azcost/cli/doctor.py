"""`azcost doctor`: whether azcost can read what it needs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from azcost.cli.answer import answer_options, show
from azcost.cli.azure import Source, azure_options

INCOMPLETE = 3


@click.command()
@click.option("--subscription", metavar="ID", help="Check what can be read of this subscription.")
@azure_options
@answer_options
def doctor(subscription: str | None, source: Source, format_: str) -> None:
    """Check the login, its roles, and what azcost asks of Azure.

    Exits with 3 when something that an audit needs cannot be read.

    Example: azcost doctor --subscription 00000000-0000-0000-0000-000000000000
    """
    from azcost.audit.collect import doctor as checks
    from azcost.pricing.opening import open_catalogue
    from azcost.report import health

    found = [checks.prices(open_catalogue(), datetime.now(UTC).date())]
    if subscription:
        found += checks.checks(source.reader(subscription))
    show(health.document(found, subscription or ""), format_)
    if any(one.state is checks.State.FAILED for one in found):
        sys.exit(INCOMPLETE)
