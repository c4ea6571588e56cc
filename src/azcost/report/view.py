"""An estimate as rows to show, the same for every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import msgspec

from azcost.errors import AzcostError
from azcost.estimate import Estimate, LineItem, ResourceEstimate, Unpriced
from azcost.money import Money
from azcost.pricing.rows import Purchase
from azcost.units import HOURS_PER_MONTH, MONTHS_PER_YEAR, plain

# What a monthly cost is multiplied by for another period.
PERIODS = {
    "hour": 1 / HOURS_PER_MONTH,
    "day": 24 / HOURS_PER_MONTH,
    "month": Decimal(1),
    "year": Decimal(MONTHS_PER_YEAR),
}

_FEW = 3
_LEAST_SHARE = Decimal("0.005")
_MAX_NOTE = 400


class Line(msgspec.Struct, frozen=True):
    """One slab of a line item: quantity times unit price is the cost."""

    item: LineItem
    label: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    monthly: Money


class Group(msgspec.Struct, frozen=True):
    """Resources shown together, with their sum, and what of them has no price."""

    title: str
    resources: tuple[ResourceEstimate, ...]
    monthly: Money
    missing: tuple[Unpriced, ...]


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

    The order is the design's; resources without the tag come under "(no tag)". Raises
    AzcostError when no resource has such a tag.
    """
    tags = sorted({tag for resource in estimate.resources for tag in resource.tags})
    if by not in _KEYS and by not in tags:
        said = f"the tags are {', '.join(map(safe, tags))}" if tags else "there are no tags"
        raise AzcostError(f"--by {safe(by)}: expected resource, service, region or a tag; {said}.")
    key = _KEYS.get(by) or (lambda resource: resource.tags.get(by, f"(no {by})"))
    found: dict[str, list[ResourceEstimate]] = {}
    for resource in estimate.resources:
        found.setdefault(key(resource), []).append(resource)
    return [
        Group(title, tuple(members), _sum(members, estimate.currency), _missing(members, estimate))
        for title, members in found.items()
    ]


def _missing(members: list[ResourceEstimate], estimate: Estimate) -> tuple[Unpriced, ...]:
    names = {member.name for member in members}
    return tuple(one for one in estimate.unpriced if one.resource in names)


def charges(missing: Sequence[Unpriced]) -> str:
    """How many they are, in words."""
    return f"{len(missing)} charge{'s' if len(missing) > 1 else ''}"


def where(estimate: Estimate) -> str:
    """The regions of the design, if they are few."""
    regions = list(dict.fromkeys(resource.region for resource in estimate.resources))
    return ", ".join(regions) if len(regions) <= _FEW else f"{len(regions)} regions"


def _sum(members: list[ResourceEstimate], currency: str) -> Money:
    return sum((member.monthly for member in members), start=Money(Decimal(0), currency))


def range_in_words(estimate: Estimate, factor: Decimal, period: str) -> str:
    """Where the draws lie, the very ends, and which input that comes from."""
    low, high, least, most = (
        f"{end.amount * factor:,.2f}"
        for end in (estimate.low, estimate.high, estimate.least, estimate.most)
    )
    said = f"{low} to {high} {estimate.currency} per {period}"
    if estimate.drawn:
        said += f" in 8 of 10 draws; at the very ends {least} to {most}"
    shares = [
        f"{_some([safe(name) for name in driver.names])} ({driver.share:.0%})"
        for driver in estimate.drivers
        if driver.share >= _LEAST_SHARE
    ]
    if shares:
        said += f". Driven by {', '.join(shares[:_FEW])}"
    if estimate.together:
        names = _some([safe(name) for name in estimate.together])
        said += f". {names} only make sense together, and are drawn as one number"
    return said


def outcomes(estimate: Estimate) -> list[tuple[str, Money]]:
    """The cost per outcome, by what it is per."""
    return [(one.label, estimate.monthly * (one.per / one.amount)) for one in estimate.outcomes]


class Provenance(msgspec.Struct, frozen=True):
    """When and by whom the prices of an estimate were seen, and which were derived."""

    observed_from: str
    observed_to: str
    sources: tuple[str, ...]
    rules: tuple[str, ...]
    has_spot: bool


def provenance(estimate: Estimate) -> Provenance:
    """Gather where the prices of an estimate come from."""
    prices = [item.price for item in estimate.items()]
    looked_up = [price for price in prices if price.observed_on]
    days = sorted({price.observed_on for price in looked_up})
    return Provenance(
        days[0] if days else "",
        days[-1] if days else "",
        tuple(sorted({price.source for price in looked_up})),
        tuple(sorted({price.rule for price in prices if price.rule})),
        any(price.purchase is Purchase.SPOT for price in prices),
    )


def notes(estimate: Estimate) -> list[tuple[str, str]]:
    """Each note once, with the resources that it is about."""
    about: dict[str, list[str]] = {}
    for note in estimate.notes:
        about.setdefault(note.text, []).append(safe(note.resource))
    return [(_some(names), safe(text, _MAX_NOTE)) for text, names in about.items()]


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_FEW])
    return f"{shown} and {len(names) - _FEW} more" if len(names) > _FEW else shown


def money(amount: Decimal) -> str:
    """Two places, more for what would look like nothing."""
    return f"{amount:,.2f}" if amount == 0 or abs(amount) >= Decimal("0.005") else f"{amount:,.6f}"


def amount(quantity: Decimal) -> str:
    """A quantity in few digits."""
    return plain(quantity.quantize(Decimal("0.001")) if quantity > 1 else round(quantity, 6))


def unit_price(price: Decimal) -> str:
    """A unit price to eight places."""
    return plain(round(price, 8))


def widths(estimate: Estimate) -> list[tuple[ResourceEstimate, Decimal]]:
    """The resources whose cost is a range, and how wide it is, the widest first."""
    found = [(one, one.most.amount - one.least.amount) for one in estimate.resources]
    return sorted((pair for pair in found if pair[1]), key=lambda pair: -pair[1])


def safe(text: str, most: int = 64) -> str:
    """Text from a file, made harmless for a terminal: printable, and not endless."""
    clean = printable(text)
    return clean if len(clean) <= most else clean[: most - 3] + "..."


def printable(text: str) -> str:
    """Text without control characters and marks that turn the direction of writing."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
