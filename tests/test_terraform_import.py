"""Terraform plans as designs: the same bill as a specification that says the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from azcost import architecture
from azcost.cli import main
from azcost.importers import terraform
from azcost.pricing.catalogue import Catalogue
from azcost.spec.problems import SpecError

GROUP = ("azurerm_resource_group.ml", {"location": "West Europe"}, {})
Resource = tuple[str, dict[str, Any], dict[str, str]]


def plan(*resources: Resource) -> str:
    """The JSON of a plan: addresses with their values, and what their attributes refer to."""
    planned, configured = [], []
    for address, values, refers in resources:
        type_, name = address.split("[")[0].split(".")
        planned.append(
            {"address": address, "mode": "managed", "type": type_, "name": name, "values": values}
        )
        configured.append(
            {
                "address": address.split("[")[0],
                "expressions": {
                    attribute: {"references": [f"{other}.id", other]}
                    for attribute, other in refers.items()
                },
            }
        )
    return json.dumps(
        {
            "planned_values": {"root_module": {"resources": planned}},
            "configuration": {"root_module": {"resources": configured}},
        }
    )


def bill(text: str, catalogue: Catalogue) -> dict[str, Any]:
    found = architecture.estimate(terraform.design(text, "plan.json", catalogue), catalogue)
    return {item.charge.label: item.cost.amount for item in found.items()}


def specified(text: str, catalogue: Catalogue) -> dict[str, Any]:
    found = architecture.estimate(architecture.parse(text, "a.yaml", catalogue), catalogue)
    return {item.charge.label: item.cost.amount for item in found.items()}


CASES = {
    "a spot machine with a disk, twice": (
        [
            (
                f"azurerm_linux_virtual_machine.train[{number}]",
                {
                    "location": "westeurope",
                    "size": "Standard_D4s_v3",
                    "priority": "Spot",
                    "os_disk": [{"storage_account_type": "Premium_LRS", "disk_size_gb": 128}],
                },
                {},
            )
            for number in (0, 1)
        ],
        """
        - { kind: virtual_machine, name: a, size: Standard_D4s_v3, purchase: spot,
            os_disk: { type: Premium_LRS, size_gb: 128 } }
        - { kind: virtual_machine, name: b, size: Standard_D4s_v3, purchase: spot,
            os_disk: { type: Premium_LRS, size_gb: 128 } }
        """,
    ),
    "a cluster with a pool that is a resource of its own": (
        [
            GROUP,
            (
                "azurerm_kubernetes_cluster.ml",
                {
                    "location": "westeurope",
                    "sku_tier": "Standard",
                    "default_node_pool": [
                        {"name": "system", "vm_size": "Standard_D4s_v3", "node_count": 2}
                    ],
                },
                {},
            ),
            (
                "azurerm_kubernetes_cluster_node_pool.spot",
                {
                    "name": "spot",
                    "vm_size": "Standard_D8s_v3",
                    "priority": "Spot",
                    "min_count": 0,
                    "max_count": 6,
                    "node_count": 3,
                    "os_disk_type": "Ephemeral",
                },
                {"kubernetes_cluster_id": "azurerm_kubernetes_cluster.ml"},
            ),
        ],
        """
        - kind: aks
          name: ml
          tier: Standard
          node_pools:
            - { name: system, vm_size: Standard_D4s_v3, nodes: 2 }
            - { name: spot, vm_size: Standard_D8s_v3, purchase: spot, os_disk_type: Ephemeral,
                nodes: { min: 0, expected: 3, max: 6 } }
        """,
    ),
    "a size of Azure ML in the region of what it refers to": (
        [
            GROUP,
            (
                "azurerm_machine_learning_compute_instance.dev",
                {"virtual_machine_size": "STANDARD_D4S_V3"},
                {"machine_learning_workspace_id": "azurerm_machine_learning_workspace.ml"},
            ),
            (
                "azurerm_machine_learning_workspace.ml",
                {},
                {"resource_group_name": "azurerm_resource_group.ml"},
            ),
        ],
        "- { kind: ml_compute_instance, name: dev, size: Standard_D4s_v3 }",
    ),
    "a gateway, an address and a registry": (
        [
            (
                "azurerm_application_gateway.a",
                {
                    "location": "westeurope",
                    "sku": [{"name": "WAF_v2", "tier": "WAF_v2"}],
                    "autoscale_configuration": [{"min_capacity": 1}],
                },
                {},
            ),
            ("azurerm_public_ip.a", {"location": "westeurope", "allocation_method": "Static"}, {}),
            ("azurerm_container_registry.a", {"location": "westeurope", "sku": "Premium"}, {}),
        ],
        """
        - { kind: application_gateway, name: a, sku: WAF_v2, min_instances: 1 }
        - { kind: public_ip, name: b }
        - { kind: container_registry, name: c, sku: Premium }
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_plan_costs_what_a_specification_of_the_same_does(
    case: str, catalogue: Catalogue
) -> None:
    resources, services = CASES[case]
    text = "region: westeurope\nservices:\n" + services.rstrip()
    assert bill(plan(*resources), catalogue) == specified(text, catalogue)
    assert bill(plan(*resources), catalogue)


def test_what_has_no_kind_is_missing_and_what_is_free_is_not(catalogue: Catalogue) -> None:
    text = plan(GROUP, ("azurerm_firewall.edge", {"location": "westeurope"}, {}))
    found = architecture.estimate(terraform.design(text, "plan.json", catalogue), catalogue)
    assert [(one.resource, one.label) for one in found.unpriced] == [
        ("azurerm_firewall.edge", "azurerm_firewall")
    ]


def test_a_plan_says_that_it_knows_no_use(catalogue: Catalogue) -> None:
    text = plan(
        (
            "azurerm_storage_account.sets",
            {
                "location": "westeurope",
                "account_tier": "Standard",
                "account_replication_type": "ZRS",
            },
            {},
        )
    )
    found = architecture.estimate(terraform.design(text, "plan.json", catalogue), catalogue)
    assert [note.resource for note in found.notes] == ["azurerm_storage_account.sets"]


def test_a_mistake_is_told_by_the_address(catalogue: Catalogue) -> None:
    text = plan(
        ("azurerm_linux_virtual_machine.x", {"location": "mars", "size": "Standard_D4s_v33"}, {})
    )
    with pytest.raises(SpecError) as caught:
        terraform.design(text, "plan.json", catalogue)
    assert "azurerm_linux_virtual_machine.x: `size`: Standard_D4s_v33" in str(caught.value)
    assert "azurerm_linux_virtual_machine.x: `region`: mars" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ['{"planned_values": 3}', '{"planned_values": {}}', '{"planned_values": ', plan()],
)
def test_what_is_no_plan_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    result = CliRunner().invoke(main, ["estimate", str(file)], catch_exceptions=False)
    assert result.exit_code == 2
    assert "\nError: " in f"\n{result.stderr}"


def test_estimate_and_diff_take_plans(tmp_path: Path) -> None:
    machine: dict[str, Any] = {"location": "westeurope", "size": "Standard_D4s_v3"}
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(plan(("azurerm_linux_virtual_machine.a", machine, {})))
    larger = machine | {"size": "Standard_D8s_v3"}
    new.write_text(plan(("azurerm_linux_virtual_machine.a", larger, {})))
    bill_ = CliRunner().invoke(main, ["estimate", str(old)], catch_exceptions=False)
    assert bill_.exit_code == 0, bill_.stderr
    assert "175.20" in bill_.stdout  # 730 h x 0.24
    words = ["diff", str(old), str(new), "--format", "json"]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    assert "azurerm_linux_virtual_machine.a" in result.stdout


def test_every_recorded_plan_is_read_or_refused_by_name(shared: Path, catalogue: Catalogue) -> None:
    read = {
        file.parent.name: _read(file.read_text(), catalogue)
        for file in sorted((shared / "cases/terraform").glob("*/plan.json"))
    }
    refused = {name: found for name, found in read.items() if isinstance(found, str)}
    assert all(re.search("azurerm_|has no resource", why) for why in refused.values()), refused
    assert len(refused) <= 2
    assert sum(bool(found) for found in read.values()) >= 20


def _read(text: str, catalogue: Catalogue) -> str | int:
    """How many resources are priced, or why the plan is refused."""
    try:
        design = terraform.design(text, "plan.json", catalogue)
    except SpecError as error:
        return str(error)
    return len(architecture.estimate(design, catalogue).resources)
