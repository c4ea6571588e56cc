"""What findings say to do in the languages of templates, each read back by a reader of its own."""

from __future__ import annotations

from typing import Any

import hcl2
import pytest

import bicep_values
from azcost.audit.changes import IN_TEMPLATES, changed, made, parent_id
from azcost.audit.rule import Rule, Step, Waste
from azcost.pricing.catalogue import Catalogue
from test_rules import all_cases, verdict

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/ml"
DISK = f"{GROUP}/providers/Microsoft.Compute/disks/data"
EVIL = "a'\"${b}%{c}\\\n*/}]\u2028"


@pytest.mark.parametrize(("rule", "case"), all_cases("waste"))
def test_a_finding_says_how_it_is_done_and_undone_in_every_language(
    rule: Rule, case: dict[str, Any], catalogue: Catalogue
) -> None:
    found = verdict(rule, case, catalogue)
    assert isinstance(found, Waste)
    assert found.undo, "say how to take it back, or why nothing does"
    for step in (*found.steps, *found.undo):
        assert step.title
        assert bool(step.code) == (step.language != "text") or step.code.startswith("https://")
    languages = {step.language for step in found.steps}
    templates = {"bicep", "terraform"} & languages
    assert templates in ({"bicep", "terraform"}, set())
    assert templates or "text" in languages or found.action in IN_TEMPLATES
    for steps in (found.steps, found.undo):
        bicep, terraform = (
            [one.code for one in steps if one.language == language]
            for language in ("bicep", "terraform")
        )
        assert [in_bicep(one) for one in bicep] == [in_terraform(one) for one in terraform]


def in_bicep(code: str) -> tuple[str, str, Any]:
    """Type, own name, and what is set."""
    ((_, type_, value),) = bicep_values.resources(code)
    name = value.pop("name").rpartition("/")[2]
    value.pop("location", None)
    return type_, name, value


def in_terraform(code: str) -> tuple[str, str, Any]:
    """Type, own name, and what is set."""
    ((kind, named),) = hcl2.loads(code + "\n")["resource"][0].items()
    (block,) = named.values()
    texts = {key: plain(one) for key, one in block.items() if key != "__is_block__"}
    if kind == '"azapi_update_resource"':
        return texts["type"], texts["resource_id"].rpartition("/")[2], texts["body"]
    assert texts["parent_id"].startswith("/subscriptions/")
    return texts["type"], texts["name"], texts["body"]


def plain(value: Any) -> Any:
    """A value of HCL as JSON has it; python-hcl2 leaves texts as they are written."""
    if isinstance(value, dict):
        return {plain(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not (isinstance(value, str) and value.startswith('"')):
        return value
    assert "${" not in value.replace("$${", "")
    assert "%{" not in value.replace("%%{", "")
    text = value[1:-1].replace("$${", "${").replace("%%{", "%{")
    return text.encode("raw_unicode_escape").decode("unicode_escape")


def test_what_is_changed_is_a_part_of_what_there_is() -> None:
    bicep, terraform = changed(DISK, {"sku": {"name": "StandardSSD_LRS"}})
    assert bicep.code.splitlines()[2:] == [
        "resource disks_data 'Microsoft.Compute/disks@2024-03-02' = {",
        "  name: 'data'",
        "  sku: {",
        "    name: 'StandardSSD_LRS'",
        "  }",
        "}",
    ]
    assert terraform.code.splitlines()[2:] == [
        'resource "azapi_update_resource" "disks_data" {',
        '  type        = "Microsoft.Compute/disks@2024-03-02"',
        f'  resource_id = "{DISK}"',
        "  body = {",
        "    sku = {",
        '      name = "StandardSSD_LRS"',
        "    }",
        "  }",
        "}",
    ]


def test_what_is_made_has_its_place() -> None:
    bicep, terraform = made(DISK, {"properties": {"diskSizeGB": 128}}, "westeurope")
    assert bicep_values.resources(bicep.code) == [
        (
            "disks_data",
            "Microsoft.Compute/disks@2024-03-02",
            {"name": "data", "location": "westeurope", "properties": {"diskSizeGB": 128}},
        )
    ]
    block = hcl2.loads(terraform.code + "\n")["resource"][0]['"azapi_resource"']['"disks_data"']
    assert block["parent_id"] == f'"{GROUP}"'
    assert block["location"] == '"westeurope"'


def test_a_part_of_a_resource_lies_in_it() -> None:
    pool = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/one/agentPools/gpu"
    assert parent_id(pool) == pool.rpartition("/agentPools/")[0]
    assert parent_id(DISK) == GROUP
    bicep, _ = changed(pool, {"properties": {"minCount": 0}})
    assert "name: 'one/gpu'" in bicep.code


def test_no_name_breaks_out_of_its_language() -> None:
    """Names and values with the signs of both languages come back whole, as one resource each."""
    steps: tuple[Step, Step]
    for steps in (
        changed(DISK.replace("data", EVIL.replace("/", "")), {"tags": {EVIL: EVIL}}),
        made(DISK.replace("data", EVIL.replace("/", "")), {"tags": {EVIL: EVIL}}),
    ):
        bicep, terraform = (one.code for one in steps)
        expected = (
            "Microsoft.Compute/disks@2024-03-02",
            EVIL.replace("/", ""),
            {"tags": {EVIL: EVIL}},
        )
        assert in_bicep(bicep) == expected
        assert in_terraform(terraform) == expected
