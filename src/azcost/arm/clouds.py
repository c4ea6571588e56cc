"""The clouds of Azure: where each is asked, and for whom its tokens are."""

from __future__ import annotations

import msgspec

from azcost.errors import AzcostError


class Cloud(msgspec.Struct, frozen=True, kw_only=True):
    """A cloud by the name that `az cloud list` has for it.

    Host and audience of the resource manager differ in one of them. Metrics in batches
    come from a host per region, `{region}.{metrics}`, and want tokens of their own.
    """

    name: str
    login: str
    manager: str
    manager_scope: str
    metrics: str

    @property
    def metrics_scope(self) -> str:
        """The scope of the tokens for metrics in batches."""
        return f"https://{self.metrics}/.default"


# azure-mgmt-core 1.6.0 (get_arm_endpoints), azure-identity 1.27.0 (AzureAuthorityHosts) and
# azure-monitor-querymetrics (its sample for sovereign clouds).
CLOUDS = {
    one.name: one
    for one in (
        Cloud(
            name="AzureCloud",
            login="login.microsoftonline.com",
            manager="management.azure.com",
            manager_scope="https://management.azure.com/.default",
            metrics="metrics.monitor.azure.com",
        ),
        Cloud(
            name="AzureChinaCloud",
            login="login.chinacloudapi.cn",
            manager="management.chinacloudapi.cn",
            manager_scope="https://management.chinacloudapi.cn/.default",
            metrics="metrics.monitor.azure.cn",
        ),
        Cloud(
            name="AzureUSGovernment",
            login="login.microsoftonline.us",
            manager="management.usgovcloudapi.net",
            manager_scope="https://management.core.usgovcloudapi.net/.default",
            metrics="metrics.monitor.azure.us",
        ),
    )
}
DEFAULT = "AzureCloud"


def named(name: str) -> Cloud:
    """The cloud of a name; raises AzcostError for a name that is none."""
    if name not in CLOUDS:
        raise AzcostError(f"There is no cloud '{name}': known are {', '.join(CLOUDS)}.")
    return CLOUDS[name]
