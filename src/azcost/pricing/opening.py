"""Opening the catalogue that a command asks: the shipped tables, and what was synced."""

from __future__ import annotations

from azcost import paths
from azcost.errors import AzcostError
from azcost.pricing import store
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.synced import Cache

SHIPPED_CURRENCY = "USD"


def open_catalogue(currency: str = "") -> Catalogue:
    """The catalogue of a currency.

    Raises AzcostError for a currency that was never synced: only USD ships.
    """
    wanted = currency.upper() or SHIPPED_CURRENCY
    synced = Cache(paths.cache(), wanted).open()
    if synced is None and wanted != SHIPPED_CURRENCY:
        raise AzcostError(
            f"There are no prices in {wanted}: azcost ships {SHIPPED_CURRENCY} only. Fetch them: "
            f"azcost prices sync --currency {wanted} --region westeurope (or another region)"
        )
    return Catalogue(store.open_shipped(), synced, wanted)
