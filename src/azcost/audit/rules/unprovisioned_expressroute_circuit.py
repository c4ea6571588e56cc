"""ExpressRoute circuits that a provider has never connected."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.audit.snapshot import Part

# Long enough for a provider to lay a line; the FinOps toolkit does not wait at all.
ORDER_DAYS = 30
WRITE = "microsoft.network/expressroutecircuits/write"


@rule(
    "Microsoft.Network/expressRouteCircuits",
    category=Category.IDLE,
    needs=(Part.ACTIVITY,),
)
def unprovisioned_expressroute_circuit(circuit: Resource, facts: Facts) -> Verdict:
    """ExpressRoute circuits whose provider has not connected them for more than 30 days.

    Why it costs: Billing of a circuit starts when its service key is issued, not when the
    provider has provisioned it.

    Keep it when: The line is ordered and the provider has named a day.

    Not checked: Contracts with the provider, which end by their own terms.
    """
    # Circuits on a port of ExpressRoute Direct have no provider to wait for.
    if circuit.has("expressRoutePort"):
        return None
    # https://learn.microsoft.com/azure/expressroute/expressroute-workflows ("Possible states")
    if not circuit.has("serviceProviderProvisioningState"):
        return Unknown("Azure does not say whether the provider has connected it")
    if not circuit.is_one_of("serviceProviderProvisioningState", "NotProvisioned"):
        return None
    written = facts.events(circuit, WRITE)
    if written and (facts.today - written[0].at.date()).days < ORDER_DAYS:
        return None
    bill = facts.bill(circuit)
    return Waste(
        title=f"The ExpressRoute circuit {circuit.name} is paid for and not connected",
        action=Action.DELETE,
        confidence=Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("serviceProviderProvisioningState", "NotProvisioned"),
            Stated("provider", circuit.text("serviceProviderProperties.serviceProviderName")
                   or "unknown"),
            Stated("last changed", str(written[0].at.date()) if written
                   else "more than 90 days ago"),
            *evidence_of(bill),
        ),
        steps=(az("Delete it", "az network express-route delete --ids {}", circuit.id),),
        undo=(
            az("Make it again, with a new service key for the provider",
               "az network express-route create --name {} --resource-group {} --bandwidth {} "
               "--provider {} --peering-location {} --sku-tier {} --sku-family {}",
               circuit.name, circuit.resource_group,
               int(circuit.number("serviceProviderProperties.bandwidthInMbps") or 50),
               circuit.text("serviceProviderProperties.serviceProviderName") or "",
               circuit.text("serviceProviderProperties.peeringLocation") or "",
               circuit.sku.tier or "Standard", circuit.sku.family or "MeteredData"),
        ),
    )  # fmt: skip
