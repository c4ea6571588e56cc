"""Azure Firewalls that no data has passed for four weeks."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Stated, Step, Verdict, Waste, rule
from azcost.audit.silence import silence


@rule(
    "Microsoft.Network/azureFirewalls",
    category=Category.IDLE,
    metrics=("DataProcessed", "FirewallHealth"),
)
def idle_firewall(firewall: Resource, facts: Facts) -> Verdict:
    """Azure Firewalls that no data has passed for four weeks.

    Why it costs: A firewall is billed by the hour of its deployment, whatever passes it, and
    is among the most expensive things of a network.

    Keep it when: A landing zone is being built around it, or it is the standby of another
    region; even then it can be deallocated until it is needed.

    Not checked: Routes that point to it: what they lead would stop. A private address may
    change when a firewall is allocated again.
    """
    # A firewall that is deallocated has no address and is not billed; in a hub it has a hub.
    if not firewall.has("ipConfigurations") and not firewall.has("virtualHub"):
        return None
    quiet = silence(facts, firewall, counts=("DataProcessed",), witness="FirewallHealth")
    if quiet is None:
        return None
    bill = facts.bill(firewall)
    return Waste(
        title=f"No data has passed the firewall {firewall.name} for four weeks",
        action=Action.STOP,
        confidence=quiet.confidence,
        saving=bill.saving(),
        evidence=(
            Stated("sku.tier", firewall.text("sku.tier") or "unknown"),
            *quiet.evidence,
            *evidence_of(bill),
        ),
        steps=(_set(firewall, "Deallocate it; rules and policy stay", "$firewall.Deallocate()"),),
        undo=(
            _set(
                firewall,
                "Allocate it again, with its network and address",
                "$firewall.Allocate((Get-AzVirtualNetwork -Name VNET), "
                "(Get-AzPublicIpAddress -Name ADDRESS))",
            ),
        ),
    )


def _set(firewall: Resource, title: str, change: str) -> Step:
    """A change by PowerShell: the Azure CLI can delete a firewall, but not deallocate it.

    https://learn.microsoft.com/azure/firewall/firewall-faq
    """
    name, group = (
        "'" + one.replace("'", "''") + "'" for one in (firewall.name, firewall.resource_group)
    )
    code = (
        f"$firewall = Get-AzFirewall -Name {name} -ResourceGroupName {group}\n"
        f"{change}\nSet-AzFirewall -AzureFirewall $firewall"
    )
    return Step(title, code, "powershell")
