"""Unit prices beside those that Infracost printed for Terraform plans, in its own tests.

They are an independent reading of the same price list, from 2021 to 2026. What both price
agrees within 2 %, or stands in a list below with the evidence; `../shared/facts/MAPPINGS.md`
tells how Infracost reads a plan. Quantities are not compared, so every usage is 1.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from azcost.pricing.catalogue import Catalogue
from terraform.compare import Comparison, Outcome, compare_all

# How many prices agree; more are welcome, fewer say that something is no longer compared.
AGREEING = 205

# By case, resource and component: why Infracost's price is not the one to have.
KNOWN_DIFFERENCES = {
    (
        "virtual_machine_scale_set_test",
        "azurerm_virtual_machine_scale_set.windows",
        "Instance usage (Windows, hybrid benefit, Standard_F2)",
    ): "no license_type is planned, so the licence is due; Infracost takes Windows_Client then "
    "(internal/resources/azure/virtual_machine_scale_set.go)",
}
# By service and region: how many components have no row in the shipped tables.
NO_ROWS = {
    # Of these regions no dated source has more than machines and models (SOURCES.md, gaps).
    ("Application Insights", "eastus"): 4,
    ("Azure Cosmos DB", "eastus"): 4,
    ("Azure Cosmos DB", "westus"): 119,
    ("Azure Monitor", "eastus"): 24,
    ("Key Vault", "eastus"): 32,
    ("Redis Cache", "australiacentral"): 1,
    ("Redis Cache", "eastus"): 11,
    ("SQL Database", "eastus"): 2,
    ("Storage", "eastus"): 26,
    ("Storage", "westus"): 8,
    ("VPN Gateway", "eastus"): 14,
    ("Virtual Network", "eastus"): 1,
    # The Windows licence of Standard_DS2_v2 is not the same in all regions, and that of
    # Basic_A2 was seen in one region only.
    ("Virtual Machines", "eastus"): 4,
}
# The same, where no region has a row of the meter.
NO_ROWS_ANYWHERE = {
    # Sold worldwide, and in no source.
    ("NAT Gateway", "Global"): 4,
    ("SQL Database", "Global"): 2,
    ("VPN Gateway", "Zone 1"): 7,
    ("Virtual Network", "Global"): 16,
    # Retired sizes, NC and NV, of which promotional rows are left.
    ("Virtual Machines", "westeurope"): 24,
}
# Components that azcost has no charge for; the translations tell why.
NOT_MODELLED = 20
# Types of resources that azcost has no kind of service for.
NOT_BUILT = {
    "active_directory_domain_service",
    "api_management",
    "automation_account",
    "automation_dsc_configuration",
    "automation_watcher",
    "cdn_endpoint",
    "dns_caa_record",
    "dns_cname_record",
    "dns_ns_record",
    "dns_srv_record",
    "dns_zone",
    "eventgrid_system_topic",
    "eventgrid_topic",
    "eventhub_namespace",
    "express_route_connection",
    "express_route_gateway",
    "hdinsight_hadoop_cluster",
    "hdinsight_hbase_cluster",
    "hdinsight_interactive_query_cluster",
    "hdinsight_kafka_cluster",
    "iothub",
    "iothub_dps",
    "logic_app_integration_account",
    "logic_app_standard",
    "mariadb_server",
    "network_ddos_protection_plan",
    "network_watcher_flow_log",
    "point_to_site_vpn_gateway",
    "postgresql_server",
    "powerbi_embedded",
    "private_dns_cname_record",
    "private_dns_mx_record",
    "private_dns_resolver_dns_forwarding_ruleset",
    "private_dns_resolver_inbound_endpoint",
    "private_dns_resolver_outbound_endpoint",
    "private_dns_srv_record",
    "private_dns_txt_record",
    "private_dns_zone",
    "service_plan",
    "signalr_service",
    "sql_elasticpool",
    "sql_managed_instance",
    "static_site",
    "static_web_app",
    "traffic_manager_profile",
    "vpn_gateway",
    "vpn_gateway_connection",
}


@pytest.fixture(scope="module")
def compared(shared: Path, catalogue: Catalogue) -> list[Comparison]:
    return list(compare_all(shared / "cases/terraform", catalogue))


def test_what_infracost_prices_too_agrees(compared: list[Comparison]) -> None:
    differing = {it.key: str(it) for it in compared if it.outcome is Outcome.DIFFERS}
    assert differing.keys() == KNOWN_DIFFERENCES.keys(), differing


def test_the_comparison_does_not_shrink(compared: list[Comparison]) -> None:
    counts = Counter(it.outcome for it in compared)
    assert counts[Outcome.AGREES] >= AGREEING
    assert counts[Outcome.NOT_MODELLED] <= NOT_MODELLED


def test_what_has_no_row_is_listed(compared: list[Comparison]) -> None:
    anywhere, nowhere = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for it in compared:
        if it.outcome is Outcome.NO_ROW and it.charge:
            elsewhere = "It is known in" in it.why
            meter = it.charge.meter
            (anywhere if elsewhere else nowhere)[meter.service, meter.region] += 1
    # Fewer are welcome: the tables grew.
    assert {key: n for key, n in anywhere.items() if n > NO_ROWS.get(key, 0)} == {}
    assert {key: n for key, n in nowhere.items() if n > NO_ROWS_ANYWHERE.get(key, 0)} == {}


def test_types_without_a_kind_are_listed(compared: list[Comparison]) -> None:
    types = {it.case.resource.type for it in compared if it.outcome is Outcome.NOT_BUILT}
    assert {type_.removeprefix("azurerm_") for type_ in types} == NOT_BUILT
