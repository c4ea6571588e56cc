"""Machines: research on GPUs, builds, and what the office still runs on Windows."""

from __future__ import annotations

from ..estate import RESEARCH, Estate, daily, nightly, office, steady
from ..parts import GIB, VM, address, disk, id_of, vm


def build(estate: Estate) -> None:
    """Machines in use, one of them reserved and one on spot."""
    lab = "gpu-lab"
    vm(
        estate, "a100-shared", lab, "Standard_NC24ads_A100_v4", cpu=70, week=daily,
        data_gb=(1024,), data_sku="PremiumV2_LRS", memory_gib=220, network=20e9,
    )  # fmt: skip
    vm(
        estate, "a100-sweeps", lab, "Standard_NC24ads_A100_v4", cpu=85, week=steady,
        purchase="spot", memory_gib=220, network=9e9,
    )  # fmt: skip
    vm(estate, "features-1", lab, "Standard_E8s_v5", cpu=75, week=nightly, data_gb=(512,))
    vm(estate, "features-2", lab, "Standard_E8s_v5", cpu=75, week=nightly, data_gb=(512,))
    vm(estate, "notebooks", lab, "Standard_D8s_v5", cpu=65, week=office, memory_gib=32)
    vm(estate, "labelling", lab, "Standard_D4s_v5", cpu=70, week=office)
    vm(
        estate, "build-agent", "tools-prod", "Standard_D8s_v5", cpu=90, week=office, memory_gib=32,
        purchase="savings-1y",
    )  # fmt: skip
    vm(
        estate, "licences", "tools-prod", "Standard_B2ms", cpu=40, week=daily, os="Windows",
        licence="Windows_Server", network=60e6, memory_gib=8,
    )  # fmt: skip
    vm(
        estate, "ingest", "serving-prod", "Standard_D4s_v5", cpu=80, week=daily,
        purchase="reserved-1y",
    )  # fmt: skip
    vm(
        estate,
        "gateway-proxy",
        "serving-prod",
        "Standard_D2s_v5",
        cpu=45,
        network=90e9,
        week=daily,
        memory_gib=8,
    )
    _volumes(estate)
    _scale_set(estate)
    _reservation(estate)


def _volumes(estate: Estate) -> None:
    """Disks without a machine that are needed all the same."""
    disk(
        estate, "pvc-7c1f", "serving-prod", 128, state="Unattached", detached=45,
        tags={"kubernetes.io-created-for-pvc-name": "vector-cache"},
    )  # fmt: skip
    disk(
        estate, "ingest-osdisk-ASRReplica", "dr-prod", 64, "Standard_LRS", state="Unattached",
        detached=120, tags={"ASR-ReplicaDisk": "ingest"},
    )  # fmt: skip
    disk(
        estate, "moving-data", "gpu-lab", 256, state="Unattached", detached=3, since=60,
    )  # fmt: skip


def _scale_set(estate: Estate) -> None:
    """Pre-processing on a scale set that scales by its queue."""
    made = estate.add(
        "Microsoft.Compute/virtualMachineScaleSets",
        "preprocess",
        "gpu-lab",
        sku={"name": "Standard_D4s_v5", "tier": "Standard", "capacity": 4},
        properties={"orchestrationMode": "Uniform", "provisioningState": "Succeeded"},
    )
    estate.bill(made, "vm_scale_set", size="Standard_D4s_v5", instances=4)
    estate.measure(made, "Percentage CPU", 70, low=10, week=daily)
    estate.measure(made, "Available Memory Bytes", 8 * GIB, low=6 * GIB, week=daily)
    for name in ("Network In Total", "Network Out Total"):
        estate.measure(made, name, 2e9, week=daily)
    estate.add(
        "Microsoft.Insights/autoscaleSettings",
        "preprocess-scale",
        "gpu-lab",
        properties={
            "enabled": True,
            "targetResourceUri": made.id,
            "profiles": [{"capacity": {"minimum": "1", "maximum": "10", "default": "2"}}],
        },
    )
    address(estate, "jump-ip", "tools-prod", of=f"{RESEARCH}/nic/jump")


def _reservation(estate: Estate) -> None:
    """A reservation that is used well, and has half a year to go."""
    made = estate.raw(
        id="/providers/Microsoft.Capacity/reservationOrders/r-1/reservations/ingest",
        name="ingest",
        type="Microsoft.Capacity/reservationOrders/reservations",
        location="westeurope",
        sku={"name": "Standard_D4s_v5"},
        properties={
            "quantity": 1,
            "term": "P1Y",
            "reservedResourceType": "VirtualMachines",
            "expiryDate": "2027-05-20",
            "renew": True,
            "appliedScopeType": "Shared",
            "displayProvisioningState": "Succeeded",
        },
    )
    estate.use(made, [100.0] * 60)
    plan = estate.raw(
        id="/providers/Microsoft.BillingBenefits/savingsPlanOrders/o-1/savingsPlans/builds",
        name="builds",
        type="Microsoft.BillingBenefits/savingsPlanOrders/savingsPlans",
        sku={"name": "Compute_Savings_Plan"},
        properties={
            "term": "P1Y",
            "commitment": {"grain": "Hourly", "currencyCode": "USD", "amount": 0.3},
            "expiryDateTime": "2027-08-01T00:00:00Z",
            "renew": False,
            "appliedScopeType": "Shared",
            "displayProvisioningState": "Succeeded",
        },
    )
    estate.use(plan, [97.0 + day % 3 for day in range(60)])


def build_advice(estate: Estate) -> None:
    """What Advisor says: amounts are texts, and at retail prices."""
    estate.recommend(
        "advisor",
        id_of("gpu-lab", VM, "customer-demo"),
        category="Cost",
        impact="High",
        shortDescription={"problem": "Right-size or shutdown underutilized virtual machines"},
        extendedProperties={
            "recommendationType": "Shutdown",
            "savingsAmount": "336",
            "annualSavingsAmount": "4030",
            "savingsCurrency": "USD",
        },
    )
    estate.recommend(
        "advisor",
        RESEARCH,
        category="Cost",
        impact="Medium",
        shortDescription={"problem": "Consider virtual machine reserved instances"},
        extendedProperties={
            "term": "P1Y",
            "lookbackPeriod": "30",
            "scope": "Single",
            "savingsAmount": "68",
            "annualSavingsAmount": "817",
            "savingsCurrency": "USD",
        },
    )
