"""Terraform plans as designs: what `terraform show -json PLAN` prints.

A resource of a type below becomes a service; a type that costs something and is not
priced here is listed, never left at nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from azcost import architecture
from azcost.design import Architecture, Design
from azcost.estimate import Note, Unpriced
from azcost.importers.terraform import machines, services
from azcost.importers.terraform.plan import PREFIX, Plan, Planned, is_plan, read
from azcost.pricing.catalogue import Catalogue
from azcost.spec.nodes import Mapping, Node, Scalar, Sequence
from azcost.spec.problems import Problem, SpecError

__all__ = ["design", "is_plan"]

Translator = Callable[[Plan, Planned], dict[str, Any] | None]

KINDS: dict[str, Translator] = {
    "application_gateway": services.application_gateway,
    "application_insights": services.application_insights,
    "bastion_host": services.bastion,
    "cognitive_deployment": services.openai,
    "container_group": services.container_group,
    "container_registry": services.registry,
    "key_vault": services.key_vault,
    "kubernetes_cluster": machines.kubernetes_cluster,
    "lb": services.load_balancer,
    "linux_virtual_machine": machines.virtual_machine,
    "linux_virtual_machine_scale_set": machines.scale_set,
    "log_analytics_workspace": services.log_analytics,
    "machine_learning_compute_cluster": machines.ml_cluster,
    "machine_learning_compute_instance": machines.ml_instance,
    "managed_disk": machines.managed_disk,
    "managed_redis": services.managed_redis,
    "mssql_database": services.sql_database,
    "nat_gateway": services.nat_gateway,
    "postgresql_flexible_server": services.postgresql,
    "private_endpoint": services.private_endpoint,
    "public_ip": services.public_ip,
    "public_ip_prefix": services.public_ip_prefix,
    "redis_cache": services.redis,
    "search_service": services.search,
    "snapshot": machines.snapshot,
    "storage_account": services.storage_account,
    "virtual_machine": machines.virtual_machine,
    "virtual_machine_scale_set": machines.scale_set,
    "virtual_network_gateway": services.vpn_gateway,
    "windows_virtual_machine": machines.virtual_machine,
    "windows_virtual_machine_scale_set": machines.scale_set,
}
# Types that are billed as part of another one.
_PARTS = {"kubernetes_cluster_node_pool", "lb_rule", "lb_outbound_rule"}
# Types that cost nothing themselves (`MAPPINGS.md` and the lists of free resources there).
_FREE = (
    "resource_group", "virtual_network", "subnet", "network_security_group",
    "network_security_rule", "route", "route_table", "network_interface", "availability_set",
    "proximity_placement_group",
    "role_assignment", "role_definition", "user_assigned_identity", "management_lock",
    "policy_", "key_vault_access_policy", "key_vault_secret", "storage_container", "storage_blob",
    "storage_management_policy", "lb_backend_address_pool", "lb_probe", "lb_nat_",
    "private_dns_zone_virtual_network_link", "subnet_", "network_interface_", "nat_gateway_public_",
    "virtual_machine_data_disk_attachment", "machine_learning_workspace", "cognitive_account",
    "monitor_diagnostic_setting", "consumption_budget_", "application_security_group",
    "mssql_server", "mssql_firewall_rule", "ssh_public_key", "shared_image", "cost_",
)  # fmt: skip
# Kinds that are billed by use, which no plan knows.
_BY_USE = {
    "blob_storage": "what it holds and how it is read",
    "openai": "tokens",
    "key_vault": "operations",
    "log_analytics": "logs taken in",
    "application_insights": "data taken in",
    "nat_gateway": "data processed",
    "private_endpoint": "data processed",
    "load_balancer": "data processed",
    "application_gateway": "capacity units",
    "ml_compute_cluster": "nodes scaled up",
}


def design(text: str, file: str, catalogue: Catalogue, region: str = "") -> Design:
    """Read the JSON of a plan as a design; `region` replaces that of every resource.

    Raises AzcostError for what is no plan, SpecError with every resource that makes no sense.
    """
    plan = read(text, file)
    translated = {
        address: spec
        for address, one in plan.resources.items()
        if (spec := _translated(plan, one)) is not None
    }
    unknown = tuple(_unknown(plan, translated))
    if not translated and not unknown:
        raise SpecError(file, [Problem(0, "has no resource of azurerm that costs something")])
    found = _read(translated, file, catalogue, region) if translated else _empty(file, catalogue)
    return replace(found, unpriced=unknown, notes=tuple(_notes(translated)))


def _empty(file: str, catalogue: Catalogue) -> Design:
    nothing = Architecture(())
    return Design(
        name=Path(file).stem,
        currency=catalogue.currency,
        free_account=False,
        low=nothing,
        expected=nothing,
        high=nothing,
    )


def _translated(plan: Plan, one: Planned) -> dict[str, Any] | None:
    translator = KINDS.get(one.type.removeprefix(PREFIX))
    if translator is None or one["elastic_pool_id"] or "elastic_pool_id" in one.refers:
        return None
    spec = translator(plan, one)
    return spec and {
        "name": one.address,
        "region": plan.region(one),
        "tags": one["tags"] or {},
        **spec,
    }


def _read(
    translated: dict[str, dict[str, Any]], file: str, catalogue: Catalogue, region: str
) -> Design:
    """The specs through the same reader as a file's; mistakes are told by address."""
    addresses = list(translated)
    listed = [_node(spec, line) for line, spec in enumerate(translated.values(), start=1)]
    root = Mapping([(Scalar("services", 0), Sequence(listed, 0))], 0)
    try:
        return architecture.read(root, file, architecture.names_of(catalogue), region)
    except SpecError as error:
        raise SpecError(file, [_at(problem, addresses) for problem in error.problems]) from None


def _at(problem: Problem, addresses: list[str]) -> Problem:
    if 0 < problem.line <= len(addresses):
        return Problem(0, f"{addresses[problem.line - 1]}: {problem.message}")
    return problem


def _node(value: Any, line: int) -> Node:
    """A value of JSON as a node of a specification; what is None is left out."""
    if isinstance(value, dict):
        known = {key: one for key, one in value.items() if one is not None and one != ""}
        return Mapping([(Scalar(key, line), _node(one, line)) for key, one in known.items()], line)
    if isinstance(value, list):
        return Sequence([_node(one, line) for one in value], line)
    if isinstance(value, bool):
        return Scalar(str(value).lower(), line)
    return Scalar(str(value), line, quoted=isinstance(value, str))


def _unknown(plan: Plan, translated: dict[str, dict[str, Any]]) -> Iterator[Unpriced]:
    for address, one in plan.resources.items():
        short = one.type.removeprefix(PREFIX)
        if address in translated or not one.type.startswith(PREFIX) or short in _PARTS:
            continue
        if not any(short == free or short.startswith(free) for free in _FREE):
            yield Unpriced(address, one.type, f"azcost has no kind of service for {one.type}.")


def _notes(translated: dict[str, dict[str, Any]]) -> Iterator[Note]:
    for address, spec in translated.items():
        if spec["kind"] in _BY_USE:
            what = _BY_USE[spec["kind"]]
            yield Note(address, f"a plan does not say {what}: none of it is in the bill")
