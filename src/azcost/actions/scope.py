"""Where a budget or an alert lies: a subscription, a group of it, or what is above them."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from azcost.errors import AzcostError

_ID = r"[^/?#%\s]+"
_BELOW = (
    rf"(?:/(?:departments|customers|enrollmentAccounts|billingProfiles)/{_ID}"
    rf"(?:/invoiceSections/{_ID})?)?"
)
_GUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"


class ScopeKind(StrEnum):
    """What a scope is; Azure's rules differ by it."""

    SUBSCRIPTION = "subscription"
    RESOURCE_GROUP = "resource group"
    MANAGEMENT_GROUP = "management group"
    BILLING = "billing scope"


_KINDS = (
    (ScopeKind.SUBSCRIPTION, rf"subscriptions/{_GUID}"),
    (ScopeKind.RESOURCE_GROUP, rf"subscriptions/{_GUID}/resourceGroups/{_ID}"),
    (ScopeKind.MANAGEMENT_GROUP, rf"providers/Microsoft\.Management/managementGroups/{_ID}"),
    (
        ScopeKind.BILLING,
        rf"providers/Microsoft\.Billing/billingAccounts/{_ID}{_BELOW}",
    ),
)


class Scope(msgspec.Struct, frozen=True):
    """A scope by its path, without a slash at either end."""

    path: str
    kind: ScopeKind
    name: str

    @property
    def subscription(self) -> str:
        """The id of its subscription; empty for what is above subscriptions."""
        return self.path.split("/")[1] if self.path.lower().startswith("subscriptions/") else ""

    @property
    def takes_roles_and_groups(self) -> bool:
        """Whether a budget here may notify roles and action groups (API facts 2.6)."""
        return self.kind in (ScopeKind.SUBSCRIPTION, ScopeKind.RESOURCE_GROUP)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def scope_of(path: str) -> Scope:
    """The scope of a path such as `subscriptions/ID/resourceGroups/NAME`.

    Raises AzcostError for a path that is none of those that have budgets.
    """
    trimmed = path.strip().strip("/")
    for kind, pattern in _KINDS:
        if re.fullmatch(pattern, trimmed, re.IGNORECASE):
            return Scope(trimmed, kind, trimmed.rpartition("/")[2])
    raise AzcostError(
        f"{path!r} is no scope of costs. Expected subscriptions/ID (an id such as "
        "00000000-0000-0000-0000-000000000000), subscriptions/ID/resourceGroups/NAME, "
        "providers/Microsoft.Management/managementGroups/NAME, or "
        "providers/Microsoft.Billing/billingAccounts/ID, which a billing profile may follow."
    )
