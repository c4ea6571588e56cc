"""`azcost budget check`: where budgets stand, and when their thresholds would have fired."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azcost import paths
from azcost.cli.answer import answer_options, show
from azcost.cli.budget_options import (
    conditions,
    costs_of,
    filter_options,
    threshold_option,
    thresholds,
)
from azcost.cli.connecting import connect, login_options, scope_from, scope_options
from azcost.cli.options import Limit, is_snapshot
from azcost.errors import AzcostError

if TYPE_CHECKING:
    from azcost.actions.budget import Standing, Threshold
    from azcost.actions.budget_check import Check
    from azcost.actions.scope import Scope


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--demo", is_flag=True, help="Use the snapshot that ships with azcost.")
@click.option("--amount", type=Limit(), help="A month's budget, for the costs of FILE.")
@click.option("--name", help="Check this budget only.")
@click.option("--replay", is_flag=True, help="Say when thresholds would have fired before.")
@click.option(
    "--complete-until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last complete day of a table; default: its last.",
)
@threshold_option
@filter_options
@scope_options
@login_options
@answer_options
def check(
    file: Path | None,
    demo: bool,  # noqa: FBT001 - click's flags
    amount: Decimal | None,
    name: str | None,
    replay: bool,  # noqa: FBT001
    complete_until: datetime | None,
    threshold: tuple[str, ...],
    only_group: tuple[str, ...],
    only_service: tuple[str, ...],
    only_tag: tuple[str, ...],
    format_: str,
    **where: Any,
) -> None:
    """Say where budgets stand and where the month ends; ends with 1 if that is over one.

    FILE is a snapshot, whose budgets are checked, or a table of daily costs with --amount.
    Without a FILE the budgets of a scope and their costs are read from Azure.

    Example: azcost budget check costs.csv --amount 5000 --replay
    """
    from azcost.report.budget import COUNTED
    from azcost.report.budget_check import document, is_over

    filters = conditions(only_group, only_service, only_tag)
    asked = thresholds(threshold)
    cloud, login = where.pop("cloud"), where.pop("login")
    if demo and file:
        raise click.UsageError("Name one source: FILE or --demo.")
    checks: list[Check] = []
    others: list[tuple[Standing, str]] = []
    file = paths.shipped("examples") / "demo-snapshot.json.gz" if demo else file
    if amount is not None and file:
        scope = scope_from(**where) if any(where.values()) else None
        until = complete_until.date() if complete_until else None
        spending = costs_of(file, until, scope, filters)
        checks = [_check_one(name or "the budget", amount, spending, asked)]
    elif complete_until or filters:
        raise click.UsageError("--complete-until and filters go with FILE and --amount.")
    elif file and is_snapshot(file):
        checks, others = _of_snapshot(file, asked, name)
    elif file:
        raise click.UsageError("A table of costs has no budget: give --amount.")
    elif amount is not None:
        raise click.UsageError("--amount goes with the costs of a FILE.")
    else:
        checks, others = _of_azure(scope_from(**where), cloud, login, asked, name)
    show(document(checks, others, (COUNTED,) if file else (), replayed=replay), format_)
    if is_over(checks, others):
        sys.exit(1)


def _check_one(name: str, amount: Decimal, spending: Any, asked: tuple[Threshold, ...]) -> Check:
    from azcost.actions.budget import LADDER
    from azcost.actions.budget_check import check as checked
    from azcost.actions.budget_rules import MAX_DIGITS

    if amount <= 0 or amount.adjusted() >= MAX_DIGITS:
        raise AzcostError(
            f"A budget needs an amount of more than 0, of at most {MAX_DIGITS} digits."
        )
    return checked(name, amount, spending, asked or LADDER)


def _of_snapshot(
    file: Path, asked: tuple[Threshold, ...], name: str | None
) -> tuple[list[Check], list[tuple[Standing, str]]]:
    """The budgets of a snapshot, with its costs."""
    from azcost.actions.budget_costs import budgets_in, spent_in
    from azcost.audit import snapshot

    read = snapshot.load(file)
    found = _named(budgets_in(read), name, f"The snapshot {file.name}")
    known = {one.subscription: one.name for one in read.subscriptions}
    return _checked(
        found, asked, lambda one: spent_in(read, one.budget.scope, one.budget.conditions), known
    )


def _of_azure(
    scope: Scope, cloud: str, login: str, asked: tuple[Threshold, ...], name: str | None
) -> tuple[list[Check], list[tuple[Standing, str]]]:
    """The budgets of a scope, with the costs that Azure has of what they count."""
    from azcost.actions.azure_budgets import Budgets
    from azcost.actions.azure_costs import daily_costs
    from azcost.arm.permits import READS

    connection = connect(cloud, login, READS)
    found = _named(Budgets(connection, scope).all(), name, f"The {scope}")
    today = datetime.now(UTC).date()

    def costs(one: Standing) -> Any:
        click.echo(f"Reading the costs of {one.budget.name}", err=True)
        return daily_costs(connection, one.budget, today)

    return _checked(found, asked, costs, {})


def _named(found: list[Standing], name: str | None, where: str) -> list[Standing]:
    kept = [one for one in found if name is None or one.budget.name.lower() == name.lower()]
    if not kept:
        known = ", ".join(one.budget.name for one in found)
        raise AzcostError(
            f"{where} has no budget{f' {name!r}: there are {known}' if name and known else ''}."
        )
    return kept


def _checked(
    found: list[Standing],
    asked: tuple[Threshold, ...],
    costs: Callable[[Standing], Any],
    subscriptions: dict[str, str],
) -> tuple[list[Check], list[tuple[Standing, str]]]:
    """Check what is monthly and has costs enough; say why of the rest."""
    from azcost.arm.failures import ArmError

    checks: list[Check] = []
    others: list[tuple[Standing, str]] = []
    for one in found:
        if one.budget.grain != "Monthly":
            others.append((one, f"{one.budget.grain.lower()}, and forecasts end with the month"))
            continue
        own = tuple(each.threshold for each in one.budget.notifications)
        try:
            title = _title(one, found, subscriptions)
            checks.append(_check_one(title, one.budget.amount, costs(one), asked or own))
        except ArmError:
            raise
        except AzcostError as error:
            others.append((one, str(error)))
    return checks, others


def _title(one: Standing, found: list[Standing], subscriptions: dict[str, str]) -> str:
    """A budget's name, with its scope where several have the same."""
    own = one.budget
    if [each.budget.name for each in found].count(own.name) == 1:
        return own.name
    return f"{own.name} of {subscriptions.get(own.scope.name, own.scope.name)}"
