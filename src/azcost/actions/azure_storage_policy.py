"""The lifecycle policies of storage accounts: read, written and deleted by the thin client."""

from __future__ import annotations

from azcost.actions.storage_policy import (
    API_VERSION,
    PolicyChange,
    StoragePolicy,
    path_of,
    storage_policy,
)
from azcost.actions.writing import NotWritten, deleted, written
from azcost.arm.client import Connection
from azcost.arm.failures import Missing
from azcost.arm.permits import READS, Permit

_POLICY = r"/.+/providers/Microsoft\.Storage/storageAccounts/[^/]+/managementPolicies/default"
# All that leaves while policies are changed.
PERMITS = (*READS, Permit("PUT", _POLICY), Permit("DELETE", _POLICY))
_NONE_YET = "ManagementPolicyNotFound"


class StoragePolicies:
    """The policies that a login can reach; every failure is an ArmError."""

    def __init__(self, connection: Connection) -> None:
        self._arm = connection.arm()

    def of(self, account: str) -> StoragePolicy | None:
        """The policy of an account, or None; an account that is not there is an error."""
        try:
            return storage_policy(self._arm.get(path_of(account), API_VERSION))
        except Missing as missing:
            if missing.code == _NONE_YET:
                return None
            raise

    def carry_out(self, change: PolicyChange) -> None:
        """Do it, if the policy is still as it was when the change was thought of.

        Azure takes no tag with a policy, so it is read once more just before.
        Raises NotWritten, which says what is there now.
        """
        account, before, after = change.account, change.before, change.after
        what = f"change the lifecycle policy of {account.rpartition('/')[2]}"
        now = self.of(account)
        if _tag(now) != _tag(before):
            raise NotWritten(f"Could not {what}: somebody has changed it since. Run this again.")
        if after is not None:
            written(
                what,
                before,
                write=lambda: self._put(account, after),
                read=lambda: self.of(account),
                is_wanted=lambda there: there.etag == after.etag,
            )
        elif now is not None:
            deleted(
                what,
                now,
                delete=lambda: self._arm.delete(path_of(account), API_VERSION),
                read=lambda: self.of(account),
            )

    def _put(self, account: str, policy: StoragePolicy) -> StoragePolicy:
        return storage_policy(self._arm.put(path_of(account), API_VERSION, policy.body()))


def _tag(policy: StoragePolicy | None) -> str:
    return policy.etag if policy else ""
