"""Bastion hosts through which nobody has connected for four weeks."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import silence

# Session count, and the CPU of the host, which is reported all the time:
# https://learn.microsoft.com/azure/bastion/monitor-bastion-reference
SESSIONS, WITNESS = "sessions", "usage_user"


@rule("Microsoft.Network/bastionHosts", category=Category.IDLE, metrics=(SESSIONS, WITNESS))
def idle_bastion(bastion: Resource, facts: Facts) -> Verdict:
    """Bastion hosts through which nobody has connected for four weeks.

    Why it costs: A Bastion is billed by the hour from deployment, sessions or not; it cannot
    be stopped, only deleted.

    Keep it when: It is the only way to machines in an emergency. It can then be made in
    about ten minutes when it is needed, or be of the Developer tier, which is free.

    Not checked: Whether there is another way to the machines of its network.
    """
    if bastion.sku.name.lower() == "developer":  # is free
        return None
    quiet = silence(facts, bastion, counts=(SESSIONS,), witness=WITNESS)
    if quiet is None:
        return None
    bill = facts.bill(bastion)
    group, name = bastion.resource_group, bastion.name
    return Waste(
        title=f"Nobody has connected through the Bastion {name} for four weeks",
        action=Action.DELETE,
        confidence=quiet.confidence,
        saving=bill.saving(),
        evidence=(
            Stated("sku.name", bastion.sku.name or "unknown"),
            *quiet.evidence,
            *evidence_of(bill),
        ),
        steps=(
            az("Delete the Bastion; its address and subnet stay",
               "az network bastion delete --name {} --resource-group {}", name, group),
        ),
        undo=(
            az("Make it again; VNET is its network and ADDRESS its public address",
               "az network bastion create --name {} --resource-group {} --location {} --sku {} "
               "--vnet-name VNET --public-ip-address ADDRESS",
               name, group, bastion.location, bastion.sku.name or "Basic"),
        ),
    )  # fmt: skip
