"""Opening the catalogue that a command asks: the shipped tables, and what was synced."""

from __future__ import annotations

from azcost.pricing import store
from azcost.pricing.catalogue import Catalogue


def open_catalogue(currency: str = "") -> Catalogue:
    """The catalogue of a currency (the shipped one's, if empty)."""
    del currency
    return Catalogue(store.open_shipped())
