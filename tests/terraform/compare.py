"""Infracost's unit prices beside those of the shipped tables."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
import yaml

from azcost import architecture
from azcost.errors import PriceNotFound
from azcost.estimate import Charge
from azcost.pricing.catalogue import Catalogue
from azcost.spec import nodes
from azcost.units import HOURS_PER_MONTH
from terraform import compute, networks, operations, stores
from terraform.cases import Case, Component, all_cases
from terraform.lines import Line, NotModelled, Translator

WITHIN = Decimal("0.02")
# How many of our units one of Infracost's is.
_UNITS = {
    ("10K operations", "Units"): Decimal(10_000),
    ("10K transactions", "Units"): Decimal(10_000),
    ("10k operations", "Units"): Decimal(10_000),
    ("10k tags", "Months"): Decimal(10_000),
    ("1M RU", "Units"): Decimal(1_000_000),
    ("GB searched", "GB"): Decimal(1),
    ("GB", "GB"): Decimal(1),
    ("GB", "GB-Days"): Decimal(1),
    ("GB", "GB-Months"): Decimal(1),
    ("RU/s x 100", "Hours"): HOURS_PER_MONTH,
    ("calls", "Units"): Decimal(1),
    ("emails", "Units"): Decimal(1),
    ("events", "Units"): Decimal(1),
    ("hour", "Hours"): Decimal(1),
    ("hours", "Days"): 1 / Decimal(24),
    ("hours", "Hours"): Decimal(1),
    ("messages", "Units"): Decimal(1),
    ("months", "Months"): Decimal(1),
    ("months", "Units"): Decimal(1),
    ("nodes", "Hours"): HOURS_PER_MONTH,
    ("notifications", "Units"): Decimal(1),
    ("renewals", "Units"): Decimal(1),
    ("tunnel", "Hours"): HOURS_PER_MONTH,
    ("vCore-hours", "Hours"): Decimal(1),
}

TRANSLATORS: dict[str, Translator] = {
    "application_insights": operations.application_insights,
    "cosmosdb_cassandra_keyspace": stores.cosmosdb_in_account,
    "cosmosdb_cassandra_table": stores.cosmosdb_cassandra_table,
    "cosmosdb_gremlin_database": stores.cosmosdb_in_account,
    "cosmosdb_gremlin_graph": stores.cosmosdb_in_account,
    "cosmosdb_sql_container": stores.cosmosdb_in_account,
    "cosmosdb_sql_database": stores.cosmosdb_in_account,
    "image": compute.image,
    "key_vault_key": operations.key_vault_key,
    "kubernetes_cluster": compute.kubernetes_cluster,
    "kubernetes_cluster_node_pool": compute.kubernetes_cluster_node_pool,
    "linux_virtual_machine": compute.linux_virtual_machine,
    "log_analytics_workspace": operations.log_analytics_workspace,
    "machine_learning_compute_cluster": compute.machine_learning_compute_cluster,
    "managed_disk": compute.managed_disk,
    "managed_redis": stores.managed_redis,
    "monitor_action_group": operations.monitor_action_group,
    "mssql_database": stores.mssql_database,
    "mssql_elasticpool": stores.mssql_elasticpool,
    "nat_gateway": networks.nat_gateway,
    "private_endpoint": networks.private_endpoint,
    "public_ip": networks.public_ip,
    "public_ip_prefix": networks.public_ip_prefix,
    "redis_cache": stores.redis_cache,
    "storage_account": stores.storage_account,
    "virtual_machine": compute.virtual_machine,
    "virtual_machine_scale_set": compute.virtual_machine_scale_set,
    "virtual_network_gateway": networks.virtual_network_gateway,
    "windows_virtual_machine_scale_set": compute.windows_virtual_machine_scale_set,
}


class Outcome(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    NO_ROW = "no row in our tables"
    NOT_MODELLED = "not modelled"
    NOT_BUILT = "not built here"


class Comparison(msgspec.Struct, frozen=True):
    """What became of a component: `charge` where azcost has one, `ours` where that has a price."""

    case: Case
    component: Component
    outcome: Outcome
    why: str = ""
    charge: Charge | None = None
    ours: Decimal | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Where it stands: the case, the resource and the component."""
        return self.case.folder, self.case.resource.address, self.component.name

    def __str__(self) -> str:
        printed = f"{self.component.price} per {self.component.unit}"
        return f"Infracost printed {printed}, ours is {self.ours} {self.why}"


def compare_all(folder: Path, catalogue: Catalogue) -> Iterator[Comparison]:
    """Yield a comparison for every component of every case."""
    for case in all_cases(folder):
        translator = TRANSLATORS.get(case.resource.type.removeprefix("azurerm_"))
        if translator is None:
            for component in case.components:
                yield Comparison(case, component, Outcome.NOT_BUILT)
            continue
        translation = list(translator(case.resource))
        for component in case.components:
            line = _line_of(component, translation)
            if isinstance(line, NotModelled):
                yield Comparison(case, component, Outcome.NOT_MODELLED, line.why)
            else:
                yield _compared(case, component, line, catalogue)


def _line_of(component: Component, translation: list[Line | NotModelled]) -> Line | NotModelled:
    found = [
        line
        for line in translation
        if fnmatchcase(component.name, line.name)
        and (isinstance(line, NotModelled) or fnmatchcase(component.unit, line.unit))
    ]
    assert len(found) == 1, f"{component} has {len(found)} lines"
    return found[0]


def _compared(case: Case, component: Component, line: Line, catalogue: Catalogue) -> Comparison:
    charge = _charge(line, catalogue)
    factor = _UNITS[component.unit, charge.quantity.unit] * line.times
    try:
        price = catalogue.price(charge.meter, charge.purchase)
    except PriceNotFound as missing:
        return Comparison(case, component, Outcome.NO_ROW, str(missing), charge)
    assert price.per.unit == charge.quantity.unit, f"{charge} is priced per {price.unit}"
    paid = [tier.unit_price for tier in price.tiers if tier.unit_price]
    ours = paid[line.tier] / price.per.amount * factor
    allowed = max(WITHIN * component.price, component.tolerance)
    outcome = Outcome.AGREES if abs(ours - component.price) <= allowed else Outcome.DIFFERS
    return Comparison(case, component, outcome, price.rule, charge, ours)


def _charge(line: Line, catalogue: Catalogue) -> Charge:
    text = yaml.safe_dump({"services": [line.spec]})
    design = architecture.read(nodes.parse(text, "plan"), "plan", architecture.names_of(catalogue))
    (service,) = design.expected.services
    charges = [c for c in service.charges(catalogue) if fnmatchcase(c.label, line.charge)]
    assert len(charges) == 1, f"{line} fits {[charge.label for charge in charges]}"
    return charges[0]
