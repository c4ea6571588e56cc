"""`azcost budget`: budgets in Azure, set and changed; and where they stand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from azcost.cli.answer import answer_options, show
from azcost.cli.budget_check import check
from azcost.cli.budget_options import (
    Described,
    changed,
    described,
    new_budget,
)
from azcost.cli.connecting import (
    agreed,
    at_scope,
    changing_options,
    connect,
)

if TYPE_CHECKING:
    from azcost.actions.azure_budgets import Budgets
    from azcost.actions.budget import Budget, Standing
    from azcost.actions.budget_change import BudgetChange
    from azcost.actions.proposal import Proposal
    from azcost.actions.scope import Scope


@click.group()
def budget() -> None:
    """Set budgets in Azure, see where they stand, and check them against a forecast.

    Whatever changes something shows it first and asks; --dry-run only shows it.

    Example: azcost budget check --demo
    """


budget.add_command(check)


def _budgets(cloud: str, login: str, scope: Scope) -> Budgets:
    from azcost.actions.azure_budgets import PERMITS, Budgets

    return Budgets(connect(cloud, login, PERMITS), scope)


_where = at_scope("open_budgets", _budgets)


def _today() -> Any:
    return datetime.now(UTC).date()


@budget.command()
@click.argument("name")
@_where
@described
@click.option(
    "--as",
    "language",
    type=click.Choice(["az", "bicep", "terraform"]),
    help="Print code that creates it, instead of asking Azure.",
)
@changing_options
@answer_options
def create(
    name: str,
    scope: Scope,
    open_budgets: Callable[[], Budgets],
    wanted: Described,
    language: str | None,
    dry_run: bool,  # noqa: FBT001 - click's flags
    yes: bool,  # noqa: FBT001
    **how: Any,
) -> None:
    """Create a budget; one that is there already is brought to what is asked for.

    Example: azcost budget create ml --subscription ID --amount 5000 --email me@example.com
    """
    from azcost.actions import budget_rules

    today = _today()
    new, proposal = new_budget(name, scope, wanted, today)
    if language:
        budget_rules.check(new, today)
        _print_code(new, proposal, language)
        return
    found, why = _look(open_budgets, name, dry_run=dry_run)
    if found and not wanted.start:
        import msgspec

        new = msgspec.structs.replace(new, start=found.budget.start)
    budget_rules.check(new, today, before=found.budget if found else None)
    _change(new, found, proposal, open_budgets, dry_run=dry_run, yes=yes, why=why, how=how)


def _print_code(new: Budget, proposal: Proposal | None, language: str) -> None:
    from azcost.actions.budget_code import CODE

    click.echo(CODE[language](new), nl=False)
    if proposal:
        click.echo(f"The amount, {proposal.amount:,}: {proposal.basis}.", err=True)


def _look(
    open_budgets: Callable[[], Budgets], name: str, *, dry_run: bool
) -> tuple[Standing | None, str]:
    """The budget that exists; a dry run does without Azure, and says so."""
    from azcost.arm.failures import ArmError

    try:
        return open_budgets().named(name), ""
    except ArmError as error:
        if not dry_run:
            raise
        return None, str(error)


def _change(
    new: Budget,
    found: Standing | None,
    proposal: Proposal | None,
    open_budgets: Callable[[], Budgets],
    *,
    dry_run: bool,
    yes: bool,
    why: str,
    how: dict[str, Any],
) -> None:
    from azcost.actions.budget_change import towards
    from azcost.report.budget import Stage, change_document

    change = towards(new, found)
    if dry_run:
        stage = Stage.NOT_COMPARED if why else Stage.PLANNED
        notes = (f"Not compared with what exists. {why}",) if why else ()
        show(change_document(change, stage, proposal, notes), **how)
        if why:
            sys.exit(3)
        return
    _carry_out(change, proposal, open_budgets, yes=yes, how=how)


def _carry_out(
    change: BudgetChange,
    proposal: Proposal | None,
    open_budgets: Callable[[], Budgets],
    *,
    yes: bool,
    how: dict[str, Any],
) -> None:
    """Do what is to be done, after it was agreed upon."""
    from azcost.actions.difference import Verb
    from azcost.report.budget import Stage, change_document
    from azcost.report.document import to_text

    if change.verb is not Verb.NOTHING and not yes:
        click.echo(to_text(change_document(change, Stage.PLANNED, proposal)), err=True)
        if not agreed(f"{str(change.verb).capitalize()} this budget?"):
            click.echo("Nothing was changed.", err=True)
            return
    open_budgets().carry_out(change)
    show(change_document(change, Stage.DONE, proposal), **how)


@budget.command()
@click.argument("name")
@_where
@described
@changing_options
@answer_options
def update(
    name: str,
    scope: Scope,
    open_budgets: Callable[[], Budgets],
    wanted: Described,
    dry_run: bool,  # noqa: FBT001 - click's flags
    yes: bool,  # noqa: FBT001
    **how: Any,
) -> None:
    """Change a budget that exists; what no option names stays as it is.

    Example: azcost budget update ml --subscription ID --amount 6000
    """
    from azcost.actions import budget_rules

    del scope
    found = open_budgets().existing(name)
    new, proposal = changed(found.budget, wanted)
    budget_rules.check(new, _today(), before=found.budget)
    _change(new, found, proposal, open_budgets, dry_run=dry_run, yes=yes, why="", how=how)


@budget.command()
@click.argument("name")
@_where
@changing_options
@answer_options
def delete(
    name: str,
    scope: Scope,
    open_budgets: Callable[[], Budgets],
    dry_run: bool,  # noqa: FBT001 - click's flags
    yes: bool,  # noqa: FBT001
    **how: Any,
) -> None:
    """Delete a budget.

    Example: azcost budget delete ml --subscription ID
    """
    from azcost.actions.budget_change import deletion
    from azcost.report.budget import Stage, change_document

    del scope
    change = deletion(open_budgets().existing(name))
    if dry_run:
        show(change_document(change, Stage.PLANNED), **how)
        return
    _carry_out(change, None, open_budgets, yes=yes, how=how)


@budget.command("list")
@_where
@answer_options
def list_(scope: Scope, open_budgets: Callable[[], Budgets], **how: Any) -> None:
    """List the budgets of a scope.

    Example: azcost budget list --subscription ID
    """
    from azcost.report.budget import list_document

    show(list_document(str(scope), open_budgets().all()), **how)


@budget.command("show")
@click.argument("name")
@_where
@answer_options
def show_(name: str, scope: Scope, open_budgets: Callable[[], Budgets], **how: Any) -> None:
    """Show a budget with all its settings.

    Example: azcost budget show ml --subscription ID
    """
    from azcost.report.budget import show_document

    del scope
    show(show_document(open_budgets().existing(name)), **how)
