"""Thousands of broken specifications: always a clean error or an honest bill."""

from __future__ import annotations

import copy
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azcost import architecture
from azcost.errors import AzcostError
from azcost.estimate import Estimate
from azcost.pricing.catalogue import Catalogue
from azcost.report import machine, markdown, text
from azcost.spec import nodes
from specs import services

SPECS = services() + services("cases")

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            "always",
            "never",
            "1e999",
            "-0",
            "0x10",
            "1;2",
            "=cmd()",
            "<script>",
            "\u202e",
            "9" * 99,
        ]
    ),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    st.fixed_dictionaries({"low": st.integers(), "expected": st.integers(), "high": st.integers()}),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The text of a specification that was valid until someone's hand slipped, or did not."""
    chosen = draw(st.lists(st.sampled_from(SPECS), min_size=1, max_size=3))
    design = {"services": copy.deepcopy(chosen)}
    for _ in range(draw(st.integers(0, 3))):
        mutate(draw, design)
    if draw(st.integers(0, 9)):
        return yaml.safe_dump(design, allow_unicode=True)
    written = yaml.safe_dump(design, allow_unicode=True)
    cut = draw(st.integers(0, len(written)))
    return written[:cut] + draw(st.text(max_size=5)) + written[cut + draw(st.integers(0, 5)) :]


def mutate(draw: st.DrawFn, design: dict[str, Any]) -> None:
    place: Any = design
    for _ in range(draw(st.integers(0, 4))):
        inner = [v for v in (place.values() if isinstance(place, dict) else place)
                 if isinstance(v, dict | list) and v]  # fmt: skip
        if not inner:
            break
        place = draw(st.sampled_from(inner))
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    if not keys:
        return
    key = draw(st.sampled_from(keys))
    action = draw(st.sampled_from(["junk", "delete", "add"]))
    if action == "junk":
        place[key] = draw(JUNK)
    elif action == "delete":
        del place[key]
    elif isinstance(place, dict):
        place[draw(st.text(max_size=8))] = draw(JUNK)
    else:
        place.append(draw(JUNK))


def is_honest(estimate: Estimate) -> bool:
    """Every charge costs something, says that its price is zero, or is listed as unpriced."""
    for item in estimate.items():
        quantity = item.charge.quantity.amount * item.charge.times
        free = item.price.tiers[0].unit_price == 0
        if quantity > 0 and item.cost.amount == 0 and not free:
            return False
    return all(missing.reason for missing in estimate.unpriced)


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_no_traceback_and_no_silent_zero(catalogue: Catalogue, written: str) -> None:
    try:
        root = nodes.parse(written, "f")
        design = architecture.read(root, "f", architecture.names_of(catalogue))
        estimate = architecture.estimate(design, catalogue)
    except AzcostError:
        return
    assert is_honest(estimate)
    assert estimate.low.amount <= estimate.monthly.amount <= estimate.high.amount
    assert text.render(estimate)
    assert machine.to_json([estimate], "t")
    assert markdown.render([estimate])
    assert machine.to_csv([estimate])
