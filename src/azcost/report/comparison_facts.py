"""The comparison of a design with its scenarios, as facts for other programs."""

from __future__ import annotations

from decimal import Decimal

from azcost.money import Money
from azcost.scenarios.breakeven import Commitment
from azcost.scenarios.compare import Comparison, Priced, Unpriced

SCHEMA = 1


def facts(found: Comparison, priced: list[Priced], unpriced: list[Unpriced]) -> dict[str, object]:
    """All of it, for programs."""
    base = found.base.monthly
    return {
        "schema": SCHEMA,
        "name": found.base.name,
        "currency": base.currency,
        "monthly": base.amount,
        "scenarios": [_scenario_facts(one, base) for one in priced],
        "mixes": [
            {
                "allowed": list(mix.allowed),
                "region": mix.region or None,
                "monthly": mix.estimate.monthly.amount,
                "saving": less(base, mix.estimate.monthly).amount,
                "parts": [
                    {
                        "part": chosen.part,
                        "scenarios": list(chosen.scenarios),
                        "saving": chosen.saving.amount,
                        "conditions": list(chosen.conditions),
                    }
                    for chosen in mix.chosen
                ],
                "commitments": [_commitment_facts(one) for one in mix.commitments],
            }
            for mix in found.mixes
        ],
        "unpriced": [
            {
                "scenario": one.name,
                "family": one.family,
                "reasons": [{"part": r.part, "why": r.why} for r in one.reasons],
            }
            for one in unpriced
        ],
        "untouched": list(found.untouched),
    }


def _scenario_facts(one: Priced, base: Money) -> dict[str, object]:
    return {
        "scenario": one.name,
        "family": one.family,
        "monthly": one.estimate.monthly.amount,
        "low": one.estimate.low.amount,
        "high": one.estimate.high.amount,
        "saving": less(base, one.estimate.monthly).amount,
        "condition": one.condition,
        "changed": list(one.changed),
        "kept": [{"part": kept.part, "why": kept.why} for kept in one.kept],
        "commitments": [_commitment_facts(c) for c in one.commitments],
        "may_take_times_as_long": {m.part: round(m.times, 4) for m in one.margins},
    }


def _commitment_facts(one: Commitment) -> dict[str, object]:
    return {
        "part": one.part,
        "purchase": one.purchase.value,
        "years": one.years,
        "monthly": one.monthly.amount,
        "whole_term": one.whole.amount,
        "break_even_utilisation": _round(one.utilisation),
        "utilisation_here": _round(one.used),
        "break_even_month": _round(one.months),
    }


def _round(number: Decimal | None) -> Decimal | None:
    return None if number is None else round(number, 4)


def less(base: Money, cost: Money) -> Money:
    """How much less than `base` a cost is; negative when it is more."""
    return base + cost * -1
