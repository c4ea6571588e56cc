"""What a finding changes, for those who deploy templates: Bicep, and Terraform by azapi.

azapi takes Azure's own names, so that no type waits for a resource of azurerm:
https://learn.microsoft.com/azure/developer/terraform/overview-azapi-provider
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azcost.audit.resource import type_of
from azcost.audit.rule import Action, Step, said
from azcost.template_text import bicep, bicep_text, hcl, hcl_text, symbol

Body = Mapping[str, Any]
# Each is a folder of https://github.com/Azure/bicep-types-az/tree/main/generated, read in
# November 2026; those of kinds that the collector reads are the collector's.
VERSIONS = {
    "Microsoft.App/containerApps": "2024-03-01",
    "Microsoft.Cache/redis": "2024-11-01",
    "Microsoft.CognitiveServices/accounts/deployments": "2025-06-01",
    "Microsoft.Compute/capacityReservationGroups/capacityReservations": "2024-07-01",
    "Microsoft.Compute/disks": "2024-03-02",
    "Microsoft.Compute/snapshots": "2024-03-02",
    "Microsoft.Compute/virtualMachineScaleSets": "2024-07-01",
    "Microsoft.Compute/virtualMachines": "2024-07-01",
    "Microsoft.ContainerRegistry/registries": "2023-07-01",
    "Microsoft.ContainerService/managedClusters": "2024-02-01",
    "Microsoft.ContainerService/managedClusters/agentPools": "2024-02-01",
    "Microsoft.DBforMySQL/flexibleServers": "2023-12-30",
    "Microsoft.DBforPostgreSQL/flexibleServers": "2024-08-01",
    "Microsoft.DevTestLab/schedules": "2018-09-15",
    "Microsoft.DocumentDB/databaseAccounts": "2024-11-15",
    "Microsoft.Insights/autoscaleSettings": "2022-10-01",
    "Microsoft.MachineLearningServices/workspaces/computes": "2023-04-01",
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments": "2023-04-01",
    "Microsoft.Network/applicationGateways": "2024-01-01",
    "Microsoft.Network/virtualNetworkGateways": "2024-01-01",
    "Microsoft.OperationalInsights/workspaces": "2023-09-01",
    "Microsoft.OperationalInsights/workspaces/tables": "2023-09-01",
    "Microsoft.Search/searchServices": "2023-11-01",
    "Microsoft.Sql/managedInstances": "2021-11-01",
    "Microsoft.Sql/servers/databases": "2021-11-01",
    "Microsoft.Sql/servers/elasticPools": "2021-11-01",
    "Microsoft.Storage/storageAccounts": "2023-05-01",
    "Microsoft.Storage/storageAccounts/blobServices": "2023-05-01",
    "Microsoft.Storage/storageAccounts/managementPolicies": "2023-05-01",
    "Microsoft.Web/serverfarms": "2023-12-01",
}
# What is to be said of templates where no line of theirs makes the change.
IN_TEMPLATES = {
    Action.DELETE: (
        "If Bicep or Terraform declares it, remove its block too, or the next deployment makes "
        "it again. Terraform then deletes it by itself, Bicep only from a deployment stack; to "
        "take it back, put the block back"
    ),
    Action.STOP: (
        "No template does this: Bicep and Terraform say what a resource is, not whether it runs"
    ),
    Action.COMMIT: (
        "No template for this: a commitment is bought, changed or returned once, by a person"
    ),
}
MOVED = said(
    "No template changes it in place: declare the other one beside it, move what uses it, and "
    "then take the block of this one out"
)
BY_AZCOST = said("With `--as bicep` or `--as terraform` azcost prints it as a template")
_TYPES = {one.lower(): f"{one}@{version}" for one, version in VERSIONS.items()}


def changed(id_: str, body: Body) -> tuple[Step, Step]:
    """The lines of a template that set `body` in a resource that exists, beside an az step.

    `body` has Azure's own names and only what changes. azapi sets just that; Bicep has no
    such word, so its lines are for the template that declares the resource.
    """
    declared = bicep({"name": _name(id_), **body})
    return (
        Step(
            "The same in Bicep, in the template that declares it",
            "// Change these lines there and deploy the whole template: alone, they would take\n"
            "// away what they do not name.\n"
            f"resource {_symbol(id_)} {bicep_text(_type(id_))} = {declared}",
            "bicep",
        ),
        Step(
            "The same in Terraform",
            "# If Terraform declares it already, change these values there, or its next plan\n"
            "# takes them back.\n"
            f'resource "azapi_update_resource" "{_symbol(id_)}" {{\n'
            f"  type        = {hcl_text(_type(id_))}\n"
            f"  resource_id = {hcl_text(id_)}\n"
            f"  body = {hcl(body, 1)}\n"
            "}",
            "terraform",
        ),
    )


def made(id_: str, body: Body, location: str = "") -> tuple[Step, Step]:
    """The resource of this id as a template makes it, beside an az step."""
    parent = parent_id(id_)
    place = {"location": location} if location else {}
    declared = bicep({"name": _name(id_), **place, **body})
    located = f"  location  = {hcl_text(location)}\n" if location else ""
    return (
        Step(
            "The same in Bicep",
            f"resource {_symbol(id_)} {bicep_text(_type(id_))} = {declared}",
            "bicep",
        ),
        Step(
            "The same in Terraform",
            f'resource "azapi_resource" "{_symbol(id_)}" {{\n'
            f"  type      = {hcl_text(_type(id_))}\n"
            f"  name      = {hcl_text(id_.rpartition('/')[2])}\n"
            f"  parent_id = {hcl_text(parent)}\n"
            f"{located}"
            f"  body = {hcl(body, 1)}\n"
            "}",
            "terraform",
        ),
    )


def parent_id(id_: str) -> str:
    """What azapi calls the parent: the resource that it is part of, else its group."""
    scope, _, own = id_.rpartition("/providers/")
    parts = own.split("/")  # a namespace, then type and name in turn
    return f"{scope}/providers/{'/'.join(parts[:-2])}" if len(parts) > 3 else scope


def _type(id_: str) -> str:
    return _TYPES[type_of(id_).lower()]


def _name(id_: str) -> str:
    """The name as Bicep has it: with those of its parents in front."""
    return "/".join(id_.rpartition("/providers/")[2].split("/")[2::2])


def _symbol(id_: str) -> str:
    return symbol(type_of(id_).rpartition("/")[2], id_.rpartition("/")[2])
