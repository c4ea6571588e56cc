"""The answer of `azcost tokens` for programs, and as cost per outcome."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from azcost.money import Money
from azcost.optimise.self_host import UTILISATIONS, SelfHost
from azcost.optimise.token_plans import TokenAnswer
from azcost.optimise.token_routes import Routed
from azcost.optimise.token_units import Sizing, Way

SCHEMA = 1
_THOUSAND = 1000
_MILLION = 1_000_000
_CENT = Decimal("0.01")
_FINE = Decimal("0.000001")


def outcomes(cost: Money, answer: TokenAnswer) -> tuple[str, str]:
    """A month's cost per 1,000 requests and per million tokens, as shown."""
    requests, tokens = _outcomes(cost, answer)
    return f"{requests:,.4f}", f"{tokens:,.4f}"


def _outcomes(cost: Money, answer: TokenAnswer) -> tuple[Decimal, Decimal]:
    return (
        cost.amount / answer.monthly_requests * _THOUSAND,
        cost.amount / answer.monthly_tokens * _MILLION,
    )


def facts(
    answer: TokenAnswer, routes: Sequence[Routed], hosted: SelfHost | None
) -> dict[str, object]:
    """The same answer in keys and numbers; amounts are per month unless named otherwise."""
    deployment, load = answer.question.deployment, answer.load
    found: dict[str, object] = {
        "schema": SCHEMA,
        "load": load.name,
        "model": deployment.model,
        "scope": deployment.scope,
        "region": deployment.region,
        "currency": answer.prices.input.currency,
        "minutes": load.minutes,
        "first": load.first.isoformat() if load.first else None,
        "requests": _rounded(answer.monthly_requests),
        "input_tokens": _rounded(load.monthly(load.input.sum())),
        "cached_tokens": _rounded(load.monthly(load.cached.sum())),
        "output_tokens": _rounded(load.monthly(load.output.sum())),
        "best": answer.ways.index(answer.best),
        "ways": [_way(way, answer) for way in answer.ways],
        "without_cache": _money(answer.uncached),
        "held_out": [
            {
                "way": one.name,
                "ptus": one.ptus,
                "train_days": one.train_days,
                "test_days": _float(one.test_days),
                "saving": _float(one.saving),
                "hindsight_saving": _float(one.hindsight),
            }
            for one in answer.held_out
        ],
        "hindsight": not answer.held_out,
    }
    if answer.sizing:
        times = answer.volume.crossing if answer.volume else None
        found["ptu"] = _sizing(answer.sizing) | {"pays_from_times_this_load": _float(times)}
    if routes:
        found["routes"] = [_route(one, answer) for one in routes]
    if hosted:
        found["self_host"] = _hosted(hosted)
    found["notes"] = list(answer.notes)
    return found


def _sizing(sizing: Sizing) -> dict[str, object]:
    facts, peak = sizing.facts, float(sizing.demand.max())
    return {
        "tpm_per_ptu": facts.tpm_per_ptu,
        "output_ratio": facts.output_ratio,
        "minimum": facts.minimum,
        "increment": facts.increment,
        "source": facts.source,
        "observed_on": facts.observed_on,
        "peak_tokens_per_minute": _float(peak),
        "peak_unrounded": _float(peak / facts.tpm_per_ptu),
        "peak_ptus": sizing.peak,
    }


def _way(way: Way, answer: TokenAnswer) -> dict[str, object]:
    requests, tokens = _outcomes(way.cost, answer)
    return {
        "way": way.name,
        "sized_for": way.sized_for,
        "ptus": way.ptus,
        "monthly": _money(way.cost),
        "per_1000_requests": requests.quantize(_FINE),
        "per_million_tokens": tokens.quantize(_FINE),
        "ptu_use": _float(way.used),
        "break_even_use": _float(way.break_even),
        "spilled": _float(way.spilled),
        "term_months": way.months,
        "commitment": _money(way.commitment) if way.commitment else None,
        "fidelity": way.fidelity,
    }


def _route(one: Routed, answer: TokenAnswer) -> dict[str, object]:
    ours, theirs = one.quality
    return {
        "model": one.route.model,
        "share": _float(one.route.share),
        "cascade": one.route.cascade,
        "monthly": _money(one.cost),
        "per_1000_requests": _outcomes(one.cost, answer)[0].quantize(_FINE),
        "your_quality": ours,
        "your_quality_of_the_other": theirs,
        "quality_if_split_blindly": one.by_chance,
    }


def _hosted(hosted: SelfHost) -> dict[str, object]:
    return {
        "size": hosted.host.size,
        "tokens_per_second": hosted.host.tokens_per_second,
        "machines": hosted.machines,
        "busy": _float(hosted.used),
        "tokens_a_month_when_full": hosted.full,
        "unpriced": list(hosted.unpriced),
        "ways": [
            {
                "purchase": way.purchase.value,
                "monthly": _money(way.cost),
                "break_even_tokens": {
                    name: None if enough is None else _rounded(enough)
                    for name, enough in way.break_even.items()
                },
                "per_million_tokens_by_use": {
                    str(share): cost.amount.quantize(_FINE)
                    for share, cost in zip(UTILISATIONS, way.per_million, strict=True)
                },
                "per_gpu_hour": way.gpu_hour.amount.quantize(_FINE) if way.gpu_hour else None,
                "per_used_gpu_hour": way.used_gpu_hour.amount.quantize(_FINE)
                if way.used_gpu_hour
                else None,
            }
            for way in hosted.ways
        ],
    }


def _money(cost: Money) -> Decimal:
    return cost.amount.quantize(_CENT)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1))


def _float(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(repr(round(float(number), 6)))
