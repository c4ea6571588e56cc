"""Container groups that run and do nothing."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule

DAYS = 14
# Judged: a process that waits uses less than a hundredth of what its container asked for.
IDLE_SHARE = 0.01
# What agents and health probes move: 500 MiB a day (Flexera's policy for machines), by the second.
IDLE_BYTES_A_SECOND = 500 * 1024**2 / 86_400
MILLICORES = 1_000
NETWORK = ("NetworkBytesReceivedPerSecond", "NetworkBytesTransmittedPerSecond")


@rule(
    "Microsoft.ContainerInstance/containerGroups",
    category=Category.IDLE,
    metrics=("CpuUsage", *NETWORK),
)
def idle_container_group(group: Resource, facts: Facts) -> Verdict:
    """Container groups that run and do nothing, by CPU and network over two weeks.

    Why it costs: A container group is billed by the second for the vCPUs and the memory
    that it asked for, as long as it runs; with the restart policy Always that is for ever.

    Keep it when: It waits for something rare, such as a webhook of last resort.

    Not checked: What is in its memory. GPUs are not seen, so that a group with one is
    found with low confidence only.
    """
    # https://learn.microsoft.com/rest/api/container-instances/container-groups/get
    if group.is_one_of("instanceView.state", "Stopped", "Succeeded", "Failed", "Terminated"):
        return None
    asked = [one.within("properties.resources.requests") for one in group.each("containers")]
    vcpus = sum(one.number("cpu") or 0 for one in asked)
    cpu = facts.metric(group, "CpuUsage", of="maximum", days=DAYS)
    # The metric is the mean of the containers.
    if not vcpus or cpu.quantile(99) >= IDLE_SHARE * MILLICORES * vcpus / len(asked):
        return None
    traffic = [facts.metric(group, name, days=DAYS) for name in NETWORK]
    if sum(one.mean for one in traffic) >= IDLE_BYTES_A_SECOND:
        return None
    bill = facts.bill(group)
    has_gpus = any(one.has("gpu") for one in asked)
    return Waste(
        title=f"The container group {group.name} runs and does nothing",
        action=Action.STOP,
        confidence=Confidence.LOW if has_gpus else Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("vCPUs asked for", f"{vcpus:g}"),
            Stated("restartPolicy", group.text("restartPolicy") or "unknown"),
            cpu.evidence("millicores"),
            *(one.evidence("bytes/s") for one in traffic),
            *evidence_of(bill),
        ),
        steps=(az("Stop it; its definition stays", "az container stop --ids {}", group.id),),
        undo=(az("Start it again", "az container start --ids {}", group.id),),
    )
