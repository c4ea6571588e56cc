"""Log Analytics workspaces: logs ingested, kept, searched, restored and exported.

Prices: https://azure.microsoft.com/pricing/details/monitor/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from msgspec.structs import replace

from azcost.estimate import Charge
from azcost.fields import Amount, Count, Gigabytes
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import DAYS_PER_MONTH, GB_PER_TB, Quantity, days, gb, gb_months

# Retention that ingestion pays for: https://azure.microsoft.com/pricing/details/monitor/ and
# https://learn.microsoft.com/azure/sentinel/billing
FREE_DAYS = 31
FREE_DAYS_WITH_SENTINEL = 90
# "Up to two years": https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
MAX_DAYS = 730
# The smallest restore is billed as these: https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs
LEAST_RESTORED_GB = 2 * GB_PER_TB
LEAST_RESTORED_DAYS = Decimal("0.5")

Tier = Literal[
    "pay-as-you-go", "100 GB", "200 GB", "300 GB", "400 GB", "500 GB", "1000 GB", "2000 GB",
    "5000 GB", "10000 GB", "25000 GB", "50000 GB",
]  # fmt: skip


class LogAnalytics(Resource, frozen=True, kw_only=True):
    """A workspace that has run for as long as it keeps logs.

    Left out: dedicated clusters, replication, transformations, and what Microsoft
    Sentinel charges.
    """

    kind: ClassVar[str] = "log_analytics"

    analytics_gb: Gigabytes = Decimal(0)
    """Analytics logs ingested in a month, as Azure bills them: about 25 % less than the JSON."""
    basic_gb: Gigabytes = Decimal(0)
    """Basic logs ingested in a month."""
    auxiliary_gb: Gigabytes = Decimal(0)
    """Auxiliary logs ingested in a month."""
    tier: Tier = "pay-as-you-go"
    """Pay-as-you-go, or a commitment tier: analytics logs a day that are paid for in any case."""
    retention_days: Count = Decimal(FREE_DAYS)
    """Days that analytics logs can be queried; 31 are free, 90 with Sentinel."""
    sentinel: bool = False
    """Whether Microsoft Sentinel watches the workspace."""
    long_term_gb: Gigabytes = Decimal(0)
    """Logs in long-term retention (the archive), all that is kept there."""
    queried_gb: Gigabytes = Decimal(0)
    """Data that queries of basic and auxiliary logs scan in a month."""
    search_job_gb: Gigabytes = Decimal(0)
    """Data that search jobs scan in a month."""
    exported_gb: Gigabytes = Decimal(0)
    """Data that export rules send to storage or Event Hubs in a month, as JSON."""
    restores: Count | None = None
    """Restores of long-term logs in a month; none if left out."""
    restored_gb: Gigabytes = Decimal(0)
    """Data of each restore; billed as 2 TB at least."""
    restored_days: Amount = Decimal(0)
    """Days that each restore is kept; billed as half a day at least."""

    def __post_init__(self) -> None:
        """Refuse a retention that Azure does not have, and restores of unknown number."""
        if self.retention_days > MAX_DAYS:
            raise ValueError(
                f"`retention_days`: analytics logs can be queried for at most {MAX_DAYS} days; "
                "give older ones as `long_term_gb`"
            )
        if self.restores is None and (self.restored_gb or self.restored_days):
            raise ValueError(
                "`restored_gb` and `restored_days` are those of each restore: give `restores` too"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield whatever there is any of."""
        everything = (*self._ingested(), self._retained(), *self._used(), self._restored())
        yield from (charge for charge in everything if charge.quantity.amount)

    def _ingested(self) -> Iterator[Charge]:
        yield self._monitor("Basic Logs", "Basic Logs Data Ingestion", gb(self.basic_gb))
        auxiliary = gb(self.auxiliary_gb)
        yield self._monitor("Auxiliary Logs", "Auxiliary Logs Data Ingestion", auxiliary)
        if self.tier == "pay-as-you-go":
            ingested = self._logs("Analytics Logs Data Ingestion", gb(self.analytics_gb))
            yield replace(ingested, pooled=True)  # the free gigabytes are the billing account's
            return
        # What exceeds the commitment costs as much per GB: a part of the tier more.
        committed = Decimal(self.tier.removesuffix(" GB")) * DAYS_PER_MONTH
        tiers = max(self.analytics_gb / committed, Decimal(1))
        sku = f"{self.tier} Commitment Tier"
        yield self._monitor(sku, f"{sku} Capacity Reservation", days(tiers * DAYS_PER_MONTH))

    def _retained(self) -> Charge:
        free = FREE_DAYS_WITH_SENTINEL if self.sentinel else FREE_DAYS
        paid = max(self.retention_days - free, Decimal(0))
        kept = gb_months(self.analytics_gb / DAYS_PER_MONTH * paid)
        return self._logs("Analytics Logs Data Retention", kept)

    def _used(self) -> Iterator[Charge]:
        export = "Log Analytics data export"
        yield self._monitor("Data Archive", "Data Archive", gb_months(self.long_term_gb))
        yield self._monitor("Search Queries", "Search Queries Scanned", gb(self.queried_gb))
        yield self._monitor("Search Jobs", "Search Jobs Scanned", gb(self.search_job_gb))
        yield self._monitor(export, f"{export} Data Exported", gb(self.exported_gb))

    def _restored(self) -> Charge:
        size = max(self.restored_gb, LEAST_RESTORED_GB)
        time = max(self.restored_days, LEAST_RESTORED_DAYS)
        restored = Quantity((self.restores or 0) * size * time, "GB-Days")
        return self._monitor("Data Restore", "Data Restore", restored)

    def _logs(self, meter: str, quantity: Quantity) -> Charge:
        return self._charge("Log Analytics", "Analytics Logs", meter, quantity)

    def _monitor(self, sku: str, meter: str, quantity: Quantity) -> Charge:
        return self._charge("Azure Monitor", sku, meter, quantity)

    def _charge(self, service: str, sku: str, meter: str, quantity: Quantity) -> Charge:
        named = Meter(service=service, region=self.region, product=service, sku=sku, meter=meter)
        return Charge(meter, quantity, named)

    def notes(self) -> Iterator[str]:
        """Say what is free only once, and what a workspace with Sentinel pays besides."""
        if self.tier == "pay-as-you-go" and self.analytics_gb:
            yield (
                "the first 5 GB of analytics logs are free once per billing account and month; "
                "they are counted here"
            )
        if self.sentinel:
            yield (
                "what Microsoft Sentinel charges is not included; with its simplified prices it "
                "replaces the charge for ingestion"
            )
