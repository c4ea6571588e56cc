"""What holds for every kind and every quantity."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azcost import architecture
from azcost.architecture import KINDS
from azcost.estimate import Estimate
from azcost.money import Money, total
from azcost.pricing.catalogue import Catalogue
from azcost.spec.problems import SpecError
from azcost.spec.reader import hints_of, plain_type
from specs import is_number, price, services

SPECS = services()
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")


def amounts_of(spec: dict[str, Any]) -> list[str]:
    """The fields of a spec that say how much of something there is, without an upper bound."""
    found = []
    for name, type_ in hints_of(architecture.kind_class(spec["kind"])).items():
        base, meta = plain_type(type_)
        open_ended = all(limit.le is None or limit.le >= 10**6 for limit in meta)
        if base is Decimal and open_ended and is_number(spec.get(name)):
            found.append(name)
    return found


GROWING = [(spec, field) for spec in SPECS for field in amounts_of(spec)]


def cost(estimate: Estimate) -> Decimal:
    return estimate.monthly.amount


@given(st.sampled_from(GROWING), st.decimals(1, 3, places=2))
def test_more_never_costs_less(
    catalogue: Catalogue, growing: tuple[dict[str, Any], str], factor: Decimal
) -> None:
    spec, field = growing
    grown = spec | {field: str(int(Decimal(spec[field]) * factor) + 1)}
    try:
        less, more = price([spec], catalogue), price([grown], catalogue)
    except SpecError:
        return  # more than Azure sells
    if len(less.unpriced) == len(more.unpriced):
        assert cost(more) >= cost(less)


@given(st.lists(st.sampled_from(SPECS), min_size=1, max_size=6))
def test_a_bill_is_the_sum_of_its_services(
    catalogue: Catalogue, chosen: list[dict[str, Any]]
) -> None:
    named = [spec | {"name": f"s{number}"} for number, spec in enumerate(chosen)]
    together = price(named, catalogue)
    apart = [price([spec], catalogue) for spec in named]
    pooled = [item.charge.meter for item in together.items() if item.charge.pooled]
    shares = len(set(pooled)) < len(pooled)  # a free grant that is given only once
    alone = sum(cost(one) for one in apart)
    assert cost(together) >= alone if shares else cost(together) == alone
    assert cost(together) == sum(item.cost.amount for item in together.items())
    assert len(together.unpriced) == sum(len(one.unpriced) for one in apart)


@pytest.mark.parametrize(
    ("specs", "monthly"),
    [
        # 15 GB of analytics logs, of which the billing account has 5 for free
        (
            [
                {"kind": "log_analytics", "analytics_gb": "5"},
                {"kind": "log_analytics", "analytics_gb": "4"},
                {"kind": "application_insights", "data_gb": "6"},
            ],
            Decimal("29.90"),
        ),
        # 2.4 million executions of 0.125 GB-s: 1.4 beyond the free million, all time is free
        (
            [
                {"kind": "function_app", "plan": "Consumption", "executions": "1.2M",
                 "execution_ms": "1000", "memory_mb": "128"},
            ] * 2,
            Decimal("0.28"),
        ),
    ],
)  # fmt: skip
def test_what_is_free_once_is_free_once(
    catalogue: Catalogue, specs: list[dict[str, Any]], monthly: Decimal
) -> None:
    named = [
        spec | {"name": f"s{number}", "region": "westeurope"} for number, spec in enumerate(specs)
    ]
    assert cost(price(named, catalogue)) == monthly


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_recorded_spec_to_hold_it_to(kind: str) -> None:
    assert any(spec["kind"] == kind for spec in SPECS)


@given(st.sampled_from(SPECS))
def test_a_slab_is_its_quantity_times_its_price(catalogue: Catalogue, spec: dict[str, Any]) -> None:
    for item in price([spec], catalogue).items():
        for slab in item.slabs():
            assert abs(slab.cost.amount - slab.blocks * slab.unit_price) <= Decimal("1e-12")


@given(st.lists(st.decimals(-(10**9), 10**9, places=6), max_size=20))
def test_totals_of_money_are_exact(amounts: list[Decimal]) -> None:
    found = total((Money(amount, "USD") for amount in amounts), "USD")
    assert found.amount == sum(amounts, start=Decimal(0))


def test_currencies_never_mix() -> None:
    with pytest.raises(TypeError, match="cannot be added"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")


def test_money_refuses_floats() -> None:
    with pytest.raises(TypeError, match="takes a Decimal, not float"):
        Money(0.1, "USD")  # type: ignore[arg-type]


def test_limits_of_fields_are_meta() -> None:
    """The property above reads the limits; a field without any would be taken for open-ended."""
    for kind in KINDS:
        for name, type_ in hints_of(architecture.kind_class(kind)).items():
            base, meta = plain_type(type_)
            bounded = any(m.ge is not None or m.gt is not None for m in meta)
            assert base is not Decimal or bounded, (kind, name)
