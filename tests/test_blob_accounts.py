"""Storage accounts: redundancies by Azure's SKUs, and policies that move blobs."""

from __future__ import annotations

from typing import Any

import pytest

import estates
from azcost.audit.blob_accounts import (
    ACCOUNT,
    moves_to_cooler_tiers,
    redundancy_of,
    sku_with,
)
from azcost.audit.facts import Facts
from azcost.pricing.catalogue import Catalogue

POLICY = "Microsoft.Storage/storageAccounts/managementPolicies"


def acts(action: str) -> dict[str, Any]:
    days = {"daysAfterModificationGreaterThan": 30}
    return {"enabled": True, "definition": {"actions": {"baseBlob": {action: days}}}}


def facts_of(catalogue: Catalogue, sku: str, *rules: dict[str, Any]) -> Facts:
    policy = {
        "name": "data/default",
        "type": POLICY,
        "properties": {"policy": {"rules": list(rules)}},
    }
    resources = [{"name": "data", "sku": {"name": sku}}, policy]
    return Facts(estates.snapshot({"resources": resources}, ACCOUNT), catalogue)


@pytest.mark.parametrize(
    ("sku", "redundancy"),
    [
        ("Standard_LRS", "LRS"),
        ("Standard_RAGRS", "RA-GRS"),
        ("Standard_RAGZRS", "RA-GZRS"),
        ("Premium_ZRS", "ZRS"),
        ("StandardV2_LRS", "LRS"),
        ("Standard", ""),
        ("", ""),
    ],
)
def test_redundancies(catalogue: Catalogue, sku: str, redundancy: str) -> None:
    (account,) = facts_of(catalogue, sku).by_type(ACCOUNT)
    assert redundancy_of(account) == redundancy


def test_another_redundancy_is_written_as_azure_writes_it(catalogue: Catalogue) -> None:
    (account,) = facts_of(catalogue, "Standard_RAGZRS").by_type(ACCOUNT)
    assert sku_with(account, "RA-GRS") == "Standard_RAGRS"


@pytest.mark.parametrize(
    ("rule", "moves"),
    [
        (acts("tierToCool"), True),
        (acts("tierToArchive"), True),
        (acts("delete"), False),
        (acts("tierToCool") | {"enabled": False}, False),
    ],
)
def test_policies_that_move(catalogue: Catalogue, rule: dict[str, Any], *, moves: bool) -> None:
    facts = facts_of(catalogue, "Standard_LRS", rule)
    (account,) = facts.by_type(ACCOUNT)
    assert moves_to_cooler_tiers(account, facts) is moves
