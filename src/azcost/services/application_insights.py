"""Application Insights: telemetry ingested and kept, and web tests.

Prices: https://azure.microsoft.com/pricing/details/monitor/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from azcost.estimate import Charge
from azcost.fields import Count, Gigabytes, Operations
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import DAYS_PER_MONTH, Quantity, gb, gb_months, months, units

# https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-archive: the tables of
# Application Insights keep data for 90 days at no charge.
FREE_DAYS = 90
MAX_DAYS = 730  # https://learn.microsoft.com/azure/azure-monitor/app/data-retention-privacy


class ApplicationInsights(Resource, frozen=True, kw_only=True):
    """An Application Insights resource that has run for as long as it keeps data.

    A workspace-based one bills its data as analytics logs of its Log Analytics workspace:
    where that has a commitment tier, give the data to `log_analytics` instead.
    """

    kind: ClassVar[str] = "application_insights"

    data_gb: Gigabytes = Decimal(0)
    """Telemetry ingested in a month, after sampling."""
    retention_days: Annotated[Decimal, Meta(ge=0, le=MAX_DAYS)] = Decimal(FREE_DAYS)
    """Days that data is kept; 90 are free."""
    type: Literal["workspace-based", "classic"] = "workspace-based"
    """Where the data is billed; classic resources can no longer be created."""
    web_test_executions: Operations = Decimal(0)
    """Runs of standard web tests in a month: tests x locations x runs an hour x 730."""
    multi_step_web_tests: Count = Decimal(0)
    """Multi-step web tests (classic)."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield whatever there is any of."""
        everything = (*self._data(), *self._tests())
        yield from (charge for charge in everything if charge.quantity.amount)

    def _data(self) -> Iterator[Charge]:
        paid = max(self.retention_days - FREE_DAYS, Decimal(0))
        data, kept = gb(self.data_gb), gb_months(self.data_gb / DAYS_PER_MONTH * paid)
        if self.type == "classic":
            classic = ("Application Insights", "Enterprise")
            yield self._charge(*classic, "Enterprise Overage Data", data)
            yield self._charge(*classic, "Data Retention", kept)
            return
        workspace = ("Log Analytics", "Analytics Logs")
        ingested = self._charge(*workspace, "Analytics Logs Data Ingestion", data)
        yield replace(ingested, pooled=True)  # the free gigabytes are the billing account's
        yield self._charge(*workspace, "Analytics Logs Data Retention", kept)

    def _tests(self) -> Iterator[Charge]:
        runs, multi_step = units(self.web_test_executions), months(self.multi_step_web_tests)
        standard = ("Azure Monitor", "Standard Web Test", "Standard Web Test Execution")
        yield self._charge(*standard, runs)
        yield self._charge("Application Insights", "Basic", "Multi-step Web Test", multi_step)

    def _charge(self, service: str, sku: str, meter: str, quantity: Quantity) -> Charge:
        named = Meter(service=service, region=self.region, product=service, sku=sku, meter=meter)
        return Charge(meter, quantity, named)

    def notes(self) -> Iterator[str]:
        """Say where the data appears on the bill."""
        if self.type == "workspace-based" and self.data_gb:
            yield (
                "its data is billed as Log Analytics; the first 5 GB of analytics logs are free "
                "once per billing account and month, and are counted here"
            )
