"""Loads and round prices that a reader checks by head."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from azcost.optimise.token_plans import Question
from azcost.optimise.token_prices import Deployment
from azcost.pricing.catalogue import Catalogue
from azcost.token_load import TokenLoad

MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
GPT5 = Deployment(model="gpt-5", region="westeurope")
# What 15 units of gpt-5 read in a minute: 15 x 4,750.
FILLS_15 = 71_250
_MILLION = {"service": "Foundry Models", "product": "Azure OpenAI GPT5", "unit": "1M"}

ROWS: list[dict[str, Any]] = [
    _MILLION | {"meter": "GPT 5 Inpt Glbl 1M Tokens", "price": 2},
    _MILLION | {"meter": "GPT 5 cchd Inpt Glbl 1M Tokens", "price": "0.2"},
    _MILLION | {"meter": "GPT 5 outpt Glbl 1M Tokens", "price": 16},
    _MILLION | {"meter": "GPT 5 Batch Inpt Glbl 1M Tokens", "price": 1},
    _MILLION | {"meter": "GPT 5 Batch Inpt cchd Glbl 1M Tokens", "price": "0.1"},
    _MILLION | {"meter": "GPT 5 Batch outpt Glbl 1M Tokens", "price": 8},
    _MILLION | {"meter": "GPT 5 Mini Inpt Glbl 1M Tokens", "price": "0.2"},
    _MILLION | {"meter": "GPT 5 Mini cchd Inpt Glbl 1M Tokens", "price": "0.02"},
    _MILLION | {"meter": "GPT 5 Mini outpt Glbl 1M Tokens", "price": "1.6"},
    {
        "service": "Virtual Machines",
        "product": "Virtual Machines NCadsA100v4 Series",
        "arm_sku": "Standard_NC24ads_A100_v4",
        "sku": "NC24ads A100 v4",
        "meter": "NC24ads A100 v4",
        "price": "3.6",
    },
]

Toys = Callable[[Iterable[dict[str, Any]]], Catalogue]


def load_of(
    read: Iterable[float],
    *,
    written: Iterable[float] | None = None,
    cached: Iterable[float] | None = None,
) -> TokenLoad:
    """A trace with these tokens in its minutes, a request in each."""
    input_ = np.array(list(read), dtype=float)
    nothing = np.zeros_like(input_)
    return TokenLoad(
        name="by hand",
        first=MONDAY,
        requests=np.ones_like(input_),
        input=input_,
        cached=nothing if cached is None else np.array(list(cached), dtype=float),
        output=nothing if written is None else np.array(list(written), dtype=float),
    )


def question(**others: Any) -> Question:
    return Question(deployment=GPT5, **others)
