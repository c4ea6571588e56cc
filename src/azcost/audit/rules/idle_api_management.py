"""API Management services that no request has come to."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import silence

# The capacity of the first generation, the CPU of the second:
# https://learn.microsoft.com/azure/api-management/monitor-api-management-reference
CAPACITY, CPU = "Capacity", "CpuPercent_Gateway"


@rule(
    "Microsoft.ApiManagement/service",
    category=Category.IDLE,
    metrics=("Requests", CAPACITY, CPU),
)
def idle_api_management(service: Resource, facts: Facts) -> Verdict:
    """API Management services that no request has come to for four weeks.

    Why it costs: All tiers but Consumption are billed by the hour of their units.

    Keep it when: It is made ready for a release, or is the standby of another region.

    Not checked: Its developer portal, and gateways of one's own that take their
    configuration from it.
    """
    if service.sku.name.lower() == "consumption":
        return None
    witness = CPU if service.sku.name.lower().endswith("v2") else CAPACITY
    quiet = silence(facts, service, counts=("Requests",), witness=witness)
    if quiet is None:
        return None
    bill = facts.bill(service)
    backup = (
        "--name {} --resource-group {} --backup-name azcost --storage-account-name ACCOUNT "
        "--storage-account-container CONTAINER"
    )
    return Waste(
        title=f"No request has come to the API Management {service.name} for four weeks",
        action=Action.DELETE,
        confidence=quiet.confidence,
        saving=bill.saving(),
        evidence=(
            Stated("sku", f"{service.sku.name} x {service.sku.capacity or 1:g}"),
            *quiet.evidence,
            *evidence_of(bill),
        ),
        steps=(
            az("Keep a backup in CONTAINER of the storage account ACCOUNT",
               f"az apim backup {backup}", service.name, service.resource_group),
            az("Delete it; its name stays reserved for two days",
               "az apim delete --name {} --resource-group {}", service.name,
               service.resource_group),
        ),
        undo=(
            az("Restore the backup into a new one of the same name and tier",
               f"az apim restore {backup}", service.name, service.resource_group),
        ),
    )  # fmt: skip
