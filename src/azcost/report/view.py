"""An estimate as rows to show, the same for every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import msgspec

from azcost.estimate import Estimate, LineItem, ResourceEstimate
from azcost.money import Money
from azcost.units import HOURS_PER_MONTH, MONTHS_PER_YEAR

# What a monthly cost is multiplied by for another period.
PERIODS = {
    "hour": 1 / HOURS_PER_MONTH,
    "day": 24 / HOURS_PER_MONTH,
    "month": Decimal(1),
    "year": Decimal(MONTHS_PER_YEAR),
}


class Line(msgspec.Struct, frozen=True):
    """One slab of a line item: quantity times unit price is the cost."""

    item: LineItem
    label: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    monthly: Money


class Group(msgspec.Struct, frozen=True):
    """Resources shown together, with their sum."""

    title: str
    resources: tuple[ResourceEstimate, ...]
    monthly: Money


def lines(resource: ResourceEstimate) -> Iterator[Line]:
    """Yield the lines of a resource; a quantity that spans price tiers takes one line each.

    A term price is shown per hour, rounded to 12 places; `monthly` is exact.
    """
    for item in resource.items:
        slabs = list(item.slabs())
        for number, slab in enumerate(slabs, start=1):
            label = item.charge.label
            if len(slabs) > 1:
                label += f" (tier {number} of {len(slabs)})"
            block = _shown_block(item)
            yield Line(
                item,
                label,
                slab.blocks * block,
                item.price.unit,
                (slab.unit_price / block).quantize(Decimal("1e-12")).normalize()
                if block != 1
                else slab.unit_price,
                slab.cost,
            )


def _shown_block(item: LineItem) -> Decimal:
    """How many of the shown unit a block is: 1, but the hours of a reservation's term."""
    term = item.price.purchase.value.startswith("reserved") and item.price.per.unit == "Hours"
    return item.price.per.amount if term else Decimal(1)


_KEYS: dict[str, Callable[[ResourceEstimate], str]] = {
    "resource": lambda resource: resource.name,
    "service": lambda resource: resource.kind,
    "region": lambda resource: resource.region,
}


def group(estimate: Estimate, by: str) -> list[Group]:
    """The resources by `resource`, `service`, `region`, or by the value of tag `by`.

    The order is the design's; resources without the tag come under "(no tag)".
    """
    key = _KEYS.get(by) or (lambda resource: resource.tags.get(by, f"(no {by})"))
    found: dict[str, list[ResourceEstimate]] = {}
    for resource in estimate.resources:
        found.setdefault(key(resource), []).append(resource)
    return [
        Group(title, tuple(members), _sum(members, estimate.currency))
        for title, members in found.items()
    ]


def _sum(members: list[ResourceEstimate], currency: str) -> Money:
    return sum((member.monthly for member in members), start=Money(Decimal(0), currency))


class Provenance(msgspec.Struct, frozen=True):
    """When and by whom the prices of an estimate were seen, and which were derived."""

    observed_from: str
    observed_to: str
    sources: tuple[str, ...]
    rules: tuple[str, ...]


def provenance(estimate: Estimate) -> Provenance:
    """Gather where the prices of an estimate come from."""
    prices = [item.price for item in estimate.items()]
    days = sorted({price.observed_on for price in prices})
    return Provenance(
        days[0] if days else "",
        days[-1] if days else "",
        tuple(sorted({price.source for price in prices})),
        tuple(sorted({price.rule for price in prices if price.rule})),
    )
