"""`azcost rules`: what the audit looks for."""

from __future__ import annotations

import click

from azcost.audit import rule
from azcost.cli.answer import answer_options, show
from azcost.errors import AzcostError
from azcost.report.rules import listing, manual
from azcost.spec.problems import did_you_mean


@click.group()
def rules() -> None:
    """List the rules of the audit, and explain one."""


@rules.command("list")
@answer_options
def list_(format_: str) -> None:
    """List all rules.

    Example: azcost rules list
    """
    show(listing(rule.load()), format_)


@rules.command()
@click.argument("name")
@answer_options
def explain(name: str, format_: str) -> None:
    """Say what a rule finds, why that costs, and when it is to be kept.

    Example: azcost rules explain unattached_disk
    """
    by_name = {one.name: one for one in rule.load()}
    if name not in by_name:
        hint = did_you_mean(name, list(by_name))
        raise AzcostError(f"There is no rule '{name}'{hint}")
    show(manual(by_name[name]), format_)
