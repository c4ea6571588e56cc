"""Storage accounts: their redundancy, what their policies do, and what their blobs cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import get_args

from azcost.audit.changes import BY_AZCOST
from azcost.audit.documents import Document
from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import Step, sh
from azcost.meters.blobs import Redundancy, Tier
from azcost.money import Money
from azcost.services.blob_storage import BlobStorage

ACCOUNT = "Microsoft.Storage/storageAccounts"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices"
POLICY = "Microsoft.Storage/storageAccounts/managementPolicies"
GIB = 1024**3
_COLDER = ("tierToCold", "tierToArchive")
# What a change costs that the account's own `update` can make: zones are not given up by it.
# https://learn.microsoft.com/azure/storage/common/redundancy-migration
WITHOUT_SECOND_REGION = {"GRS": "LRS", "RA-GRS": "LRS", "GZRS": "ZRS", "RA-GZRS": "ZRS"}


def redundancy_of(account: Resource) -> str:
    """`RA-GRS` for the SKU `Standard_RAGRS`; empty for a SKU that is not known here."""
    word = account.sku.name.partition("_")[2].upper()
    named = word.replace("RAG", "RA-G")
    return named if named in get_args(Redundancy) else ""


def sku_with(account: Resource, redundancy: str) -> str:
    """The SKU of an account with another redundancy."""
    return f"{account.sku.name.partition('_')[0]}_{redundancy.replace('-', '')}"


def blobs_of(account: Resource, facts: Facts) -> Resource | None:
    """The blob service of an account, which has the measurements of its blobs."""
    found = facts.children(account, BLOBS)
    return found[0] if found else None


def rules_of(account: Resource, facts: Facts) -> tuple[Document, ...]:
    """The enabled rules of its lifecycle policy; none where it has no policy."""
    return tuple(
        rule
        for policy in facts.children(account, POLICY)
        for rule in policy.each("policy.rules")
        if rule.flag("enabled") is not False
    )


def moves_to_cooler_tiers(account: Resource, facts: Facts) -> bool:
    """Whether a rule moves blobs from the tier that they were written to."""
    return _moves(account, facts, "tierToCool", *_COLDER)


def moves_to_colder_tiers(account: Resource, facts: Facts) -> bool:
    """Whether a rule moves blobs on from Cool."""
    return _moves(account, facts, *_COLDER)


def _moves(account: Resource, facts: Facts, *actions: str) -> bool:
    return any(
        rule.has(f"definition.actions.baseBlob.{action}")
        for rule in rules_of(account, facts)
        for action in actions
    )


def policy_steps(
    account: Resource, action: str, days: int
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """What gives an account a rule that moves blobs, and what takes it away."""
    return applied(
        account,
        f"Move blobs that nobody changed for {days} days",
        {
            "enabled": True,
            "name": action,
            "type": "Lifecycle",
            "definition": {
                "filters": {"blobTypes": ["blockBlob"]},
                "actions": {"baseBlob": {action: {"daysAfterModificationGreaterThan": days}}},
            },
        },
    )


def applied(
    account: Resource, title: str, rule: Mapping[str, object]
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """What adds a rule to those that an account has, and what puts back what there was."""
    apply = "azcost lifecycle apply {} --account {}"
    return (
        Step("Save this as policy.json", json.dumps({"rules": [rule]}, indent=2), "json"),
        sh(f"{title}; rules that are there stay", apply, "policy.json", account.id),
        BY_AZCOST,
    ), (
        sh(
            "Put back what there was; what moved stays, and moving it back is billed as reading it",
            "azcost lifecycle apply --from {} --account {}",
            "azcost-undo-TIME.json",
            account.id,
        ),
    )


def list_price(
    account: Resource, facts: Facts, tier: str, redundancy: str, **amounts: Decimal
) -> Money | None:
    """A month of blobs in a tier; None where no price is recorded."""
    if tier not in get_args(Tier):
        return None
    return facts.list_price(
        BlobStorage(
            name="blobs",
            region=account.location,
            tier=tier,  # type: ignore[arg-type]
            redundancy=redundancy,  # type: ignore[arg-type]
            hierarchical_namespace=account.flag("isHnsEnabled") or False,
            **amounts,  # type: ignore[arg-type]
        )
    )
