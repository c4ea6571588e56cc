"""Application gateways that no request has passed for four weeks."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import silence

# v1 has no capacity units; its CPU is reported all the time.
# https://learn.microsoft.com/azure/application-gateway/monitor-application-gateway-reference
WITNESS, WITNESS_OF_V1 = "CapacityUnits", "CpuUtilization"


@rule(
    "Microsoft.Network/applicationGateways",
    category=Category.IDLE,
    metrics=("TotalRequests", "CurrentConnections", WITNESS, WITNESS_OF_V1),
)
def idle_application_gateway(gateway: Resource, facts: Facts) -> Verdict:
    """Application gateways that no request and no connection has passed for four weeks.

    Why it costs: A gateway is billed by the hour from the day on which it is made, and its
    reserved capacity too, whether requests come or not.

    Keep it when: It waits for the go-live of an application, or is the standby of another
    region.

    Not checked: Whether its address is in somebody's DNS or allow-list. Stopping keeps the
    address of v2, and the configuration.
    """
    # Stopped gateways are not billed; those without any target are another finding.
    if gateway.is_one_of("operationalState", "Stopped") or not _has_targets(gateway):
        return None
    sku = gateway.text("sku.tier") or ""
    witness = WITNESS if sku.lower().endswith("_v2") else WITNESS_OF_V1
    quiet = silence(
        facts,
        gateway,
        # Connections of TLS and TCP are no requests.
        counts=("TotalRequests", "CurrentConnections"),
        witness=witness,
    )
    if quiet is None:
        return None
    bill = facts.bill(gateway)
    return Waste(
        title=f"No request has passed the application gateway {gateway.name} for four weeks",
        action=Action.STOP,
        confidence=quiet.confidence,
        saving=bill.saving(),
        evidence=(Stated("sku.tier", sku), *quiet.evidence, *evidence_of(bill)),
        steps=(
            az("Stop it; it can be started again", "az network application-gateway stop --ids {}",
               gateway.id),
        ),
        undo=(az("Start it again", "az network application-gateway start --ids {}", gateway.id),),
    )  # fmt: skip


def _has_targets(gateway: Resource) -> bool:
    pools = (pool.within("properties") for pool in gateway.each("backendAddressPools"))
    return any(
        pool.has("backendAddresses") or pool.has("backendIPConfigurations") for pool in pools
    )
