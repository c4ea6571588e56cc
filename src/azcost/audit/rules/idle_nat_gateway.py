"""NAT gateways of subnets from which nothing has gone out for four weeks."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Stated, Step, Verdict, Waste, az, rule
from azcost.audit.silence import silence

# https://learn.microsoft.com/azure/nat-gateway/nat-metrics
WITNESS = "DatapathAvailability"


@rule(
    "Microsoft.Network/natGateways",
    category=Category.IDLE,
    metrics=("ByteCount", "PacketCount", WITNESS),
)
def idle_nat_gateway(gateway: Resource, facts: Facts) -> Verdict:
    """NAT gateways of subnets from which nothing has gone out for four weeks.

    Why it costs: A NAT gateway is billed by the hour, and so are its public addresses.

    Keep it when: Machines in its subnets are off and will need the internet, or partners
    have its address in their allow-list.

    Not checked: Its public addresses, which are billed on and can be deleted after it.
    """
    if not gateway.has("subnets"):  # is another finding
        return None
    quiet = silence(facts, gateway, counts=("ByteCount", "PacketCount"), witness=WITNESS)
    if quiet is None:
        return None
    bill = facts.bill(gateway)
    subnets = tuple(one.text("id") or "" for one in gateway.each("subnets"))
    return Waste(
        title=f"Nothing has gone out through the NAT gateway {gateway.name} for four weeks",
        action=Action.DELETE,
        confidence=quiet.confidence,
        saving=bill.saving(),
        evidence=(Stated("subnets", str(len(subnets))), *quiet.evidence, *evidence_of(bill)),
        steps=(
            *(
                az("Take it off the subnet",
                   "az network vnet subnet update --ids {} --remove natGateway", subnet)
                for subnet in subnets
            ),
            az("Delete it", "az network nat gateway delete --ids {}", gateway.id),
        ),
        undo=_make_again(gateway, subnets),
    )  # fmt: skip


def _make_again(gateway: Resource, subnets: tuple[str, ...]) -> tuple[Step, ...]:
    addresses = [one.text("id") or "" for one in gateway.each("publicIpAddresses")]
    places = " ".join("{}" for _ in addresses)
    made = az(
        "Make it again with the same addresses",
        "az network nat gateway create --name {} --resource-group {} --location {}"
        + (f" --public-ip-addresses {places}" if addresses else ""),
        gateway.name,
        gateway.resource_group,
        gateway.location,
        *addresses,
    )
    return (
        made,
        *(
            az("Give it back to the subnet",
               "az network vnet subnet update --ids {} --nat-gateway {}", subnet, gateway.id)
            for subnet in subnets
        ),
    )  # fmt: skip
