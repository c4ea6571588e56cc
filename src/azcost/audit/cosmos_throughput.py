"""The throughput of a Cosmos DB account: how it is provided, how full it is, what it costs.

At the level of an account the normalized consumption is that of its fullest partition, so
that no container is fuller than it says:
https://learn.microsoft.com/azure/cosmos-db/monitor-normalized-request-units
"""

from __future__ import annotations

import numpy as np

from azcost.audit.bill import Bill
from azcost.audit.facts import Facts, Window
from azcost.audit.resource import Resource
from azcost.audit.series import Values
from azcost.services.cosmos_db import AUTOSCALE, LEAST_RU, LEAST_UTILIZATION

DAYS = 28
CONSUMPTION = "NormalizedRUConsumption"
PROVISIONED, AUTOSCALE_MAXIMUM = "ProvisionedThroughput", "AutoscaleMaxThroughput"
METRICS = (CONSUMPTION, PROVISIONED, AUTOSCALE_MAXIMUM)
# The busiest hour may fill so much of the throughput that stays (METHODS section 5).
FULL = 80.0


def is_serverless(account: Resource) -> bool:
    """Whether it bills request units as they are used, so that there is nothing to size."""
    return any(one.is_one_of("name", "EnableServerless") for one in account.each("capabilities"))


def scales_by_itself(account: Resource, facts: Facts) -> bool:
    """Whether any of its throughput is autoscale: only then is there such a maximum."""
    found = facts.metric_if_any(account, AUTOSCALE_MAXIMUM, of="maximum", days=DAYS)
    return found is not None and len(found.measured) > 0 and found.maximum > 0


def consumption(account: Resource, facts: Facts) -> Window:
    """The highest percent of each hour of the fullest partition."""
    return facts.metric(account, CONSUMPTION, of="maximum", days=DAYS)


def enough(used: Window, provisioned: Window) -> float:
    """The share of manual throughput that is enough for the busiest hour."""
    least = LEAST_RU / max(provisioned.maximum, LEAST_RU)
    return max(used.highest_day(99) / FULL, least)


def billed_by_autoscale(used: Window, account: Resource) -> float:
    """What autoscale bills, as a share of manual throughput of the same maximum.

    The highest of each hour, a tenth at least, at 1.5 times the price; with writes in several
    regions at the same price.
    """
    factor = 1 if account.flag("enableMultipleWriteLocations") else float(AUTOSCALE)
    shares: Values = np.clip(used.measured / 100, float(LEAST_UTILIZATION), 1)
    return float(np.mean(shares, dtype=np.float64)) * factor


def throughput_bill(account: Resource, facts: Facts) -> Bill:
    """The meters of provisioned request units, in all regions."""
    return facts.bill(account).only(meter="RU").without("serverless", "1M RU")
