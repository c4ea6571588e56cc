"""What a budget's amount should be: from what was spent, or from what a design would cost."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from math import exp

import msgspec
import numpy as np

from azcost.actions.budget import GRAINS
from azcost.errors import AzcostError
from azcost.estimate import Estimate
from azcost.optimise.forecast import conformal, forecast
from azcost.spending import Spending

# The rank that the bound for 80 of 100 cases takes, as in optimise.forecast: errors of
# overlapping months resemble one another. By that of 80, 70 of 100 months of a recorded series
# stayed below and 82 of made-up ones, by this one 75 and 86 (bench/budgets.py).
_RANK = 0.85
# The longest of each: a budget has to do for a month of 31 days as well.
DAYS = {"Monthly": 31, "Quarterly": 92, "Annually": 366}


class Proposal(msgspec.Struct, frozen=True):
    """An amount, rounded up to two digits, and what it stands on.

    `low` and `high` are None where nothing is known of the range.
    """

    amount: Decimal
    currency: str
    exact: Decimal
    low: Decimal | None
    expected: Decimal
    high: Decimal | None
    basis: str


def from_spending(spending: Spending, grain: str) -> Proposal:
    """The amount that the next period stays below in 8 of 10 cases (P80).

    By the errors of earlier forecasts, as they were and, should that be more, in both
    directions: daily costs are skewed, so that a forecast is more often too low, which a short
    history need not have shown yet. How often months stayed below is in bench/budgets.py.

    Raises AzcostError where there is too little history to know it.
    """
    days = DAYS[grain]
    daily = spending.total()
    if (lately := float(daily[-days:].sum())) <= 0:
        raise AzcostError(
            f"The last {min(days, len(daily))} days cost {lately:,.2f}: give --amount, there is "
            "nothing to propose one from."
        )
    found = forecast(daily, days)
    bounds = [
        bound
        for errors in (found.errors, np.concatenate([found.errors, -found.errors]))
        if (bound := conformal(errors, _RANK)) is not None
    ]
    if not bounds:
        raise AzcostError(
            f"{spending.days} days of costs are too few to say what {days} days stay below: "
            "give --amount, or costs of at least two months."
        )
    exact = _cents(found.total.expected * exp(max(bounds)))
    return Proposal(
        _up(exact),
        spending.currency,
        exact,
        None if found.total.low is None else _cents(found.total.low),
        _cents(found.total.expected),
        None if found.total.high is None else _cents(found.total.high),
        f"the {days} days after {spending.last_day} stay below {exact:,} in 8 of 10 cases",
    )


def from_estimate(estimate: Estimate, grain: str) -> Proposal:
    """The high end of what a design would cost, or what it is expected to, without ranges."""
    months = GRAINS[grain]
    low, expected, high = (
        round(each.amount * months, 2) for each in (estimate.low, estimate.monthly, estimate.high)
    )
    if not expected:
        raise AzcostError(f"{estimate.name} costs nothing: a budget needs an amount.")
    period = "a month" if months == 1 else f"{months} months"
    if not estimate.is_range:
        basis = f"{estimate.name} is expected to cost {expected:,} {period}; it has no ranges"
        return Proposal(_up(expected), estimate.currency, expected, None, expected, None, basis)
    basis = f"{estimate.name} costs at most {high:,} {period} in 9 of 10 draws of its ranges"
    return Proposal(_up(high), estimate.currency, high, low, expected, high, basis)


def _cents(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")


def _up(amount: Decimal) -> Decimal:
    """Rounded up to two digits: 52,310 becomes 53,000."""
    step = Decimal(1).scaleb(amount.adjusted() - 1)
    up = (amount / step).to_integral_value(ROUND_CEILING) * step
    return Decimal(f"{up:f}")  # without an exponent
