"""The options that describe a budget, and the budget that they describe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from azcost.cli.options import Limit, is_snapshot

if TYPE_CHECKING:
    from azcost.actions.budget import Budget, Condition, Notification, Threshold
    from azcost.actions.proposal import Proposal
    from azcost.actions.scope import Scope
    from azcost.spending import Spending

_DAY = click.DateTime(["%Y-%m-%d"])


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """What the options say; None or empty for what they leave open."""

    amount: Decimal | None
    from_forecast: Path | None
    from_estimate: Path | None
    complete_until: date | None
    grain: str | None
    start: date | None
    end: date | None
    thresholds: tuple[Threshold, ...]
    emails: tuple[str, ...]
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    conditions: tuple[Condition, ...]


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which costs count; `conditions` reads them."""
    for option in (
        click.option(
            "--only-tag", multiple=True, metavar="NAME=VALUE", help="Count this tag only."
        ),
        click.option(
            "--only-service", multiple=True, metavar="NAME", help="Count this service only."
        ),
        click.option(
            "--only-group", multiple=True, metavar="NAME", help="Count this resource group only."
        ),
    ):
        command = option(command)
    return command


def threshold_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option of thresholds; `thresholds` reads it."""
    return click.option(
        "--threshold",
        "threshold",
        multiple=True,
        metavar="TYPE:PERCENT",
        help="actual:80 or forecasted:100; default: actual 50, 80, 100, forecasted 100, 110.",
    )(command)


def described(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all options that describe a budget, as one argument `wanted`."""

    def wrapped(**given: Any) -> Any:
        only = [given.pop(name) for name in ("only_group", "only_service", "only_tag")]
        found = Described(
            amount=given.pop("amount"),
            from_forecast=given.pop("from_forecast"),
            from_estimate=given.pop("from_estimate"),
            complete_until=_date(given.pop("complete_until")),
            grain=given.pop("grain"),
            start=_date(given.pop("start")),
            end=_date(given.pop("end")),
            thresholds=thresholds(given.pop("threshold")),
            emails=given.pop("email"),
            roles=given.pop("role"),
            groups=given.pop("action_group"),
            conditions=conditions(*only),
        )
        return command(wanted=found, **given)

    wrapped.__name__, wrapped.__doc__ = command.__name__, command.__doc__
    wrapped.__dict__.update(command.__dict__)  # click keeps the options of a function there
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return filter_options(threshold_option(wrapped))


_OPTIONS: tuple[Callable[..., Any], ...] = (
    click.option("--amount", type=Limit(), help="Per period, in the billing currency."),
    click.option(
        "--from-forecast",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Propose the amount from a table of daily costs or a snapshot (P80).",
    ),
    click.option(
        "--complete-until", type=_DAY, help="The last complete day of a table; default: its last."
    ),
    click.option(
        "--from-estimate",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Propose the amount from a design.",
    ),
    click.option(
        "--grain",
        type=click.Choice(["Monthly", "Quarterly", "Annually"], case_sensitive=False),
        help="Default: Monthly.",
    ),
    click.option("--start", type=_DAY, help="Default: the first day of this period."),
    click.option("--end", type=_DAY, help="Default: left to Azure, ten years."),
    click.option("--email", multiple=True, metavar="ADDRESS", help="Whom to tell."),
    click.option("--role", multiple=True, metavar="NAME", help="A role to tell, such as Owner."),
    click.option("--action-group", multiple=True, metavar="ID", help="An action group to run."),
)


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def thresholds(texts: tuple[str, ...]) -> tuple[Threshold, ...]:
    """Read `actual:80` and so on; raises UsageError."""
    from azcost.actions.budget import Basis, Threshold
    from azcost.actions.budget_rules import MAX_PERCENT

    names: dict[str, Basis] = {"actual": "Actual", "forecasted": "Forecasted"}
    found = []
    for text in texts:
        basis, _, percent = text.partition(":")
        try:
            one = Threshold(names[basis.strip().lower()], Decimal(percent.strip("% ")))
        except (KeyError, ArithmeticError):
            raise click.UsageError(
                f"--threshold {text}: expected actual:80 or forecasted:100."
            ) from None
        if not one.percent.is_finite() or not 0 <= one.percent <= MAX_PERCENT:
            raise click.UsageError(f"--threshold {text}: from 0 to {MAX_PERCENT} per cent.")
        found.append(one)
    return tuple(found)


def conditions(
    groups: tuple[str, ...], services: tuple[str, ...], tags: tuple[str, ...]
) -> tuple[Condition, ...]:
    """The filter that the options say; raises UsageError."""
    from azcost.actions.budget import Condition

    found = []
    if groups:
        found.append(Condition("dimensions", "ResourceGroupName", groups))
    if services:
        found.append(Condition("dimensions", "ServiceName", services))
    values: dict[str, list[str]] = {}
    for text in tags:
        name, is_pair, value = text.partition("=")
        if not is_pair or not name or not value:
            raise click.UsageError(f"--only-tag {text}: expected NAME=VALUE.")
        values.setdefault(name, []).append(value)
    found += [Condition("tags", name, tuple(some)) for name, some in values.items()]
    return tuple(found)


def proposal_of(
    wanted: Described, scope: Scope, grain: str, filters: tuple[Condition, ...]
) -> Proposal | None:
    """The amount that is proposed; None when it is given, or left as it is."""
    given = [
        one
        for one in (wanted.amount, wanted.from_forecast, wanted.from_estimate)
        if one is not None
    ]
    if len(given) > 1:
        raise click.UsageError("Give one of --amount, --from-forecast and --from-estimate.")
    if wanted.from_forecast:
        from azcost.actions.proposal import from_spending

        costs = costs_of(wanted.from_forecast, wanted.complete_until, scope, filters)
        return from_spending(costs, grain)
    if wanted.from_estimate:
        from azcost import architecture
        from azcost.actions.proposal import from_estimate
        from azcost.pricing.opening import open_catalogue

        names = open_catalogue()
        design = architecture.load(wanted.from_estimate, names)
        catalogue = names if design.currency == names.currency else open_catalogue(design.currency)
        return from_estimate(architecture.estimate(design, catalogue), grain)
    return None


def costs_of(
    file: Path,
    complete_until: date | None,
    scope: Scope | None,
    filters: tuple[Condition, ...],
) -> Spending:
    """What a table or a snapshot has of the costs of a scope."""
    from azcost import spending
    from azcost.actions.budget_costs import narrowed, spent_in

    if is_snapshot(file):
        from azcost.audit import snapshot

        if complete_until:
            raise click.UsageError("--complete-until is for tables: a snapshot knows it.")
        read = snapshot.load(file)
        return spent_in(read, scope, filters)
    from azcost.usage import daily_costs

    whole = spending.of_table(daily_costs.read(file), complete_until)
    return narrowed(whole, scope, filters)


def new_budget(
    name: str, scope: Scope, wanted: Described, today: date
) -> tuple[Budget, Proposal | None]:
    """The budget that the options describe, and the proposal that its amount is from."""
    from azcost.actions.budget import LADDER, Budget
    from azcost.actions.budget_rules import period_start

    grain = wanted.grain or "Monthly"
    proposal = proposal_of(wanted, scope, grain, wanted.conditions)
    amount = proposal.amount if proposal else wanted.amount
    if amount is None:
        raise click.UsageError("Give --amount, --from-forecast or --from-estimate.")
    return (
        Budget(
            scope=scope,
            name=name,
            amount=amount,
            grain=grain,
            start=wanted.start or period_start(today, grain),
            end=wanted.end,
            conditions=wanted.conditions,
            notifications=_notifications(wanted.thresholds or LADDER, wanted),
        ),
        proposal,
    )


def changed(found: Budget, wanted: Described) -> tuple[Budget, Proposal | None]:
    """A budget that exists, with what the options change of it."""
    grain = wanted.grain or found.grain
    filters = wanted.conditions or found.conditions
    proposal = proposal_of(wanted, found.scope, grain, filters)
    amount = proposal.amount if proposal else wanted.amount
    return (
        msgspec.structs.replace(
            found,
            amount=found.amount if amount is None else amount,
            grain=grain,
            start=wanted.start or found.start,
            end=wanted.end or found.end,
            conditions=filters,
            notifications=_renotified(found, wanted),
        ),
        proposal,
    )


def _notifications(some: tuple[Threshold, ...], wanted: Described) -> tuple[Notification, ...]:
    from azcost.actions.budget import Notification, Recipients

    to = Recipients(wanted.emails, wanted.roles, wanted.groups)
    return tuple(Notification(threshold, to) for threshold in some)


def _renotified(found: Budget, wanted: Described) -> tuple[Notification, ...]:
    """The notifications of a budget with other thresholds, or told to others.

    New thresholds tell those whom the first one told; each kind of recipients that is given
    replaces that kind.
    """
    from azcost.actions.budget import Notification, Recipients

    before = found.notifications
    if wanted.thresholds:
        first = before[0].to if before else Recipients()
        known = {one.threshold: one for one in before}
        before = tuple(known.get(one, Notification(one, first)) for one in wanted.thresholds)
    return tuple(
        msgspec.structs.replace(
            one,
            to=Recipients(
                wanted.emails or one.to.emails,
                wanted.roles or one.to.roles,
                wanted.groups or one.to.groups,
            ),
        )
        for one in before
    )
