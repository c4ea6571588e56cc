"""Event Hubs and Service Bus namespaces without messages."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import silence

EVENT_HUBS = "microsoft.eventhub/namespaces"
MESSAGES = ("IncomingMessages", "OutgoingMessages")
# Only premium namespaces report what their processors do.
# https://learn.microsoft.com/azure/event-hubs/monitor-event-hubs-reference
CPU = "NamespaceCpuUsage"
COMMANDS = {EVENT_HUBS: "az eventhubs", "microsoft.servicebus/namespaces": "az servicebus"}


@rule(
    "Microsoft.EventHub/namespaces",
    "Microsoft.ServiceBus/namespaces",
    category=Category.IDLE,
    metrics=(*MESSAGES, CPU),
)
def idle_messaging_namespace(namespace: Resource, facts: Facts) -> Verdict:
    """Event Hubs and premium Service Bus namespaces without a message for four weeks.

    Why it costs: Throughput, processing and messaging units are billed by the hour, with
    messages or without. Service Bus below premium is billed by operations, and left alone.

    Keep it when: It is a standby of a pair in two regions, or takes what is rare by design.

    Not checked: What still lies in its queues and hubs.
    """
    is_premium = namespace.sku.tier.lower() == "premium"
    if namespace.type != EVENT_HUBS and not is_premium:
        return None
    quiet = silence(facts, namespace, counts=MESSAGES, witness=CPU if is_premium else MESSAGES[0])
    if quiet is None:
        return None
    bill = facts.bill(namespace)
    command = COMMANDS[namespace.type]
    return Waste(
        title=f"The namespace {namespace.name} had no message for four weeks",
        action=Action.DELETE,
        confidence=quiet.confidence,
        saving=bill.saving(),
        evidence=(
            Stated("sku", f"{namespace.sku.name} x {namespace.sku.capacity or 1:g}"),
            *quiet.evidence,
            *evidence_of(bill),
        ),
        steps=(az("Delete it", f"{command} namespace delete --ids {{}}", namespace.id),),
        undo=(
            az("Make it again, then its queues, topics or hubs",
               f"{command} namespace create --name {{}} --resource-group {{}} --location {{}} "
               "--sku {} --capacity {}",
               namespace.name, namespace.resource_group, namespace.location,
               namespace.sku.name, f"{namespace.sku.capacity or 1:g}"),
        ),
    )  # fmt: skip
