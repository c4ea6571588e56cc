"""ExpressRoute circuits over which nothing goes."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import DAYS

TRAFFIC = ("BitsInPerSecond", "BitsOutPerSecond")
# Judged: BGP and its keep-alives stay well below this many bits a second.
KEEP_ALIVE = 8_000


@rule("Microsoft.Network/expressRouteCircuits", category=Category.IDLE, metrics=TRAFFIC)
def idle_expressroute_circuit(circuit: Resource, facts: Facts) -> Verdict:
    """ExpressRoute circuits that are connected and over which nothing has gone for four weeks.

    Why it costs: A circuit is billed by its bandwidth from the day of its service key on;
    the provider bills the line besides.

    Keep it when: It is the second line to the same place, kept for when the first fails:
    two circuits in one subscription make this finding less sure.

    Not checked: Contracts with the provider, which end by their own terms, and routes that
    prefer another way.
    """
    if not circuit.is_one_of("serviceProviderProvisioningState", "Provisioned"):
        return None
    traffic = [facts.metric(circuit, name, days=DAYS) for name in TRAFFIC]
    if any(one.quantile(99) > KEEP_ALIVE for one in traffic):
        return None
    bill = facts.bill(circuit)
    others = [one for one in facts.by_type(circuit.type) if one.key != circuit.key]
    return Waste(
        title=f"Nothing has gone over the ExpressRoute circuit {circuit.name} for four weeks",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM if others else Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("sku", circuit.sku.name or "unknown"),
            Stated("other circuits", str(len(others))),
            *(one.evidence("bit/s") for one in traffic),
            *evidence_of(bill),
        ),
        steps=(
            az("Ask the provider to end the line, then delete the circuit",
               "az network express-route delete --ids {}", circuit.id),
        ),
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
