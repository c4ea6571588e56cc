"""Virtual machines that run and do nothing."""

from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule

DAYS = 14
# The CPU that an operating system needs by itself is a smaller share of a larger machine
# (Flexera's policy for idle instances: up to so many cores, percent).
IDLE_CPU = ((2, 5.0), (4, 4.0), (8, 3.0), (16, 2.0))
IDLE_CPU_OF_LARGER = 1.0
# What agents and updates move in a day (Flexera: 500 MiB), in bytes.
IDLE_BYTES_A_DAY = 500 * 1024**2
POWER_STATE = "extended.instanceView.powerState.code"


@rule(
    "Microsoft.Compute/virtualMachines",
    category=Category.IDLE,
    metrics=("Percentage CPU", "Network In Total", "Network Out Total"),
)
def idle_vm(vm: Resource, facts: Facts) -> Verdict:
    """Virtual machines that run and do nothing, by CPU and network over two weeks.

    Why it costs: A running machine is billed by the hour, busy or not.

    Keep it when: It is a standby, a licence server or a jump host whose use is rare by
    design, or a batch machine that works less often than every two weeks.

    Not checked: Memory, GPUs (Azure Monitor does not see them from outside) and what the
    processes do; a machine with GPUs is therefore found with low confidence only.
    """
    if vm.is_one_of(POWER_STATE, "PowerState/deallocated", "PowerState/stopped"):
        return None
    size = vm.text("hardwareProfile.vmSize") or ""
    known = facts.catalogue.vm_size(size)
    cpu = facts.metric(vm, "Percentage CPU", of="maximum", days=DAYS)
    # The last one percent of hours is left to updates and restarts.
    if cpu.quantile(99) >= _idle_cpu(known.vcpus if known else None):
        return None
    traffic = [
        facts.metric(vm, name, of="total", days=DAYS)
        for name in ("Network In Total", "Network Out Total")
    ]
    if sum(_bytes_a_day(one) for one in traffic) >= IDLE_BYTES_A_DAY:
        return None
    compute = facts.bill(vm).only(service="Virtual Machines")
    if known is None or known.gpus:
        confidence = Confidence.LOW
    else:
        confidence = Confidence.MEDIUM if _may_be_standby(vm) else Confidence.HIGH
    return Waste(
        title=f"The machine {vm.name} runs and does nothing",
        action=Action.STOP,
        confidence=confidence,
        saving=compute.saving(),
        evidence=(
            Stated("size", size or "unknown"),
            cpu.evidence("%"),
            *(one.evidence("bytes an hour") for one in traffic),
            *evidence_of(compute),
        ),
        steps=(az("Deallocate the machine; its disks stay", "az vm deallocate --ids {}", vm.id),),
        undo=(az("Start it again", "az vm start --ids {}", vm.id),),
    )


def _idle_cpu(vcpus: int | None) -> float:
    """The CPU, in percent, below which a machine of this size is idle."""
    if vcpus is None:
        return IDLE_CPU_OF_LARGER
    return next((cpu for most, cpu in IDLE_CPU if vcpus <= most), IDLE_CPU_OF_LARGER)


def _bytes_a_day(window: Window) -> float:
    """The mean of the days, as far as they are measured."""
    return window.mean * 24


def _may_be_standby(vm: Resource) -> bool:
    """Whether a tag says that being idle is what it is for."""
    words = (f"{name}={value}".lower() for name, value in vm.tags.items())
    return any(word in tag for tag in words for word in ("standby", "dr=", "disaster", "failover"))
