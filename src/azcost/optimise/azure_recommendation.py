"""Azure's own recommendations, as its APIs give them, as strategies to compare with.

Microsoft.Consumption/reservationRecommendations (legacy and modern) and
Microsoft.CostManagement/benefitRecommendations, either as the answer or as the list in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from azcost.errors import AzcostError
from azcost.optimise.flex_groups import RESERVED, SAVINGS, Demand, Sku
from azcost.optimise.strategies import Strategy, Terms

_YEARS = {"P1Y": 1, "P3Y": 3}
_MOST = 1_000_000


class _Details(msgspec.Struct, rename="camel"):
    commitment_amount: Decimal


class _Properties(msgspec.Struct, rename="camel"):
    term: str
    look_back_period: str = ""
    recommended_quantity: Decimal | None = None
    recommendation_details: _Details | None = None
    sku_name: str = ""
    location: str = ""


class _Item(msgspec.Struct):
    properties: _Properties
    sku: str = ""
    location: str = ""


class _Answer(msgspec.Struct):
    value: list[_Item]


class Recommendation(msgspec.Struct, frozen=True):
    """One line of Azure's advice: machines of a SKU, or money per hour of a savings plan."""

    years: int
    look_back: str
    sku: Sku | None
    quantity: Decimal


def load(path: Path) -> tuple[Recommendation, ...]:
    """Read a file of recommendations; raises AzcostError for one without any."""
    try:
        raw = path.read_bytes()
        items = msgspec.json.decode(raw, type=_Answer | list[_Item])
    except (OSError, msgspec.DecodeError) as error:
        raise AzcostError(
            f"{path} is no answer of Azure's recommendation APIs: {error}. Save what `az rest` "
            "gives for reservationRecommendations or benefitRecommendations."
        ) from error
    listed = items.value if isinstance(items, _Answer) else items
    found = tuple(one for item in listed if (one := _recommendation(item)) is not None)
    for one in found:
        if not (one.quantity.is_finite() and 0 <= one.quantity <= _MOST):
            raise AzcostError(f"{path} recommends {one.quantity}: not between 0 and {_MOST:,}.")
    if not found:
        raise AzcostError(f"{path} has no recommendation of one or three years for machines.")
    return found


def of_properties(found: Iterable[Mapping[str, Any]]) -> tuple[Recommendation, ...]:
    """The recommendations among properties as APIs give them; what is none is left out.

    `sku` and `location` may stand among them, as those of a snapshot do.
    """
    kept = []
    for properties in found:
        outer = {name: properties.get(name, "") for name in ("sku", "location")}
        try:
            item = msgspec.convert({**outer, "properties": properties}, _Item, strict=False)
        except msgspec.ValidationError:
            continue
        one = _recommendation(item)
        if one and one.quantity.is_finite() and 0 <= one.quantity <= _MOST:
            kept.append(one)
    return tuple(kept)


def _recommendation(item: _Item) -> Recommendation | None:
    said = item.properties
    years = _YEARS.get(said.term)
    if years is None:
        return None
    if said.recommendation_details:
        amount = said.recommendation_details.commitment_amount
        return Recommendation(years, said.look_back_period, None, amount)
    size, region = item.sku or said.sku_name, item.location or said.location
    if not size or said.recommended_quantity is None:
        return None
    sku = Sku(size, region.replace(" ", "").lower())
    return Recommendation(years, said.look_back_period, sku, said.recommended_quantity)


def strategies(advice: tuple[Recommendation, ...], demand: Demand) -> list[Strategy]:
    """One strategy per kind, term and look-back; what fits no usage is left out."""
    at = {m.sku: (n, float(m.ratio)) for n, g in enumerate(demand.groups) for m in g.members}
    found: dict[tuple[bool, int, str], Strategy] = {}
    for one in advice:
        key = (one.sku is None, one.years, one.look_back)
        before = found.get(key) or _empty(key, demand)
        if one.sku is None:
            changed = msgspec.structs.replace(before, commitment=float(one.quantity))
        elif (
            one.sku in at
            and before.reserves[at[one.sku][0]] in demand.groups[at[one.sku][0]].prices
        ):
            units = before.reserved.copy()
            units[at[one.sku][0]] += at[one.sku][1] * float(one.quantity)
            changed = msgspec.structs.replace(before, reserved=units)
        else:
            continue
        found[key] = changed
    return list(found.values())


def _empty(key: tuple[bool, int, str], demand: Demand) -> Strategy:
    is_plan, years, look_back = key
    kind = "savings plan" if is_plan else "reservations"
    since = f", {look_back}" if look_back else ""
    reserve = None if is_plan else RESERVED[years]
    return Strategy(
        name=f"Azure's {years}-year {kind}{since}",
        terms=Terms(None if is_plan else years, years if is_plan else None),
        reserves=tuple(reserve for _ in demand.groups),
        plan=SAVINGS[years] if is_plan else None,
        reserved=np.zeros(len(demand.groups)),
    )
