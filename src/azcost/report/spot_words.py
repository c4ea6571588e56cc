"""Hours, amounts and shares in words, for answers about spot machines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from azcost.optimise.spot import Run


def span(hours: float) -> str:
    """Hours as a reader says them: 45 s, 3 min, 1 h 20 min, 111.6 h."""
    if math.isnan(hours):
        return "never"
    if hours >= 10:
        return f"{hours:,.1f}".removesuffix(".0") + " h"
    if 0 < hours < 1 / 60:
        return f"{hours * 3600:.0f} s"
    minutes = round(hours * 60)
    whole, rest = divmod(minutes, 60)
    return " ".join(
        text for text, some in ((f"{whole} h", whole), (f"{rest} min", rest or not whole)) if some
    )


def money(amount: float | Decimal) -> str:
    """Two places, thousands separated."""
    return f"{amount:,.2f}"


def share(part: float) -> str:
    """A percentage; never 0 or 100 % for what is only nearly so."""
    text = f"{part:.1%}"
    if text == "0.0%" and part > 0:
        return "<0.1%"
    if text == "100.0%" and part < 1:
        return ">99.9%"
    return text.replace(".0%", "%")


def several(names: Sequence[str]) -> str:
    """Names in a row."""
    return ", ".join(names)


def advice(run: Run) -> str:
    """When to write checkpoints."""
    if run.interval is None:
        return "A checkpoint fits into the 30 seconds of Azure's notice: write it then."
    return f"Write a checkpoint after every {span(run.interval)} of work."
