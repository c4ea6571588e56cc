"""What a machine may become, and what pools and disks need."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import numpy as np
import pytest

import estates
from azcost.audit import disk_load, environments, pools, sizes, spot
from azcost.audit.facts import Facts, Window
from azcost.audit.machines import machine_of
from azcost.audit.resource import Resource, from_arm
from azcost.pricing.catalogue import Catalogue, VmSize

REGION = "westeurope"


def need(**words: float) -> sizes.Need:
    return sizes.Need(
        vcpus=words.get("vcpus", 1),
        memory_gib=words.get("memory_gib", 1),
        disks=int(words.get("disks", 0)),
        interfaces=int(words.get("interfaces", 1)),
    )


@pytest.mark.parametrize(
    ("size", "other", "may"),
    [
        ("Standard_D8s_v5", "Standard_D4s_v5", True),
        ("Standard_D8s_v5", "Standard_D4as_v5", True),  # Intel and AMD run the same software
        ("Standard_D8s_v5", "Standard_D4ps_v5", False),  # ARM does not
        ("Standard_D8ps_v5", "Standard_D4ps_v5", True),
        ("Standard_D8s_v5", "Standard_D4_v5", False),  # its disks may be premium
        ("Standard_D8ds_v5", "Standard_D4s_v5", False),  # it has a local disk
        ("Standard_D8s_v5", "Standard_D4s_v3", False),  # older
        ("Standard_D8s_v5", "Standard_D4s_v6", False),  # its disks are NVMe
        ("Standard_D8s_v6", "Standard_D4s_v6", True),
        ("Standard_D8s_v5", "Standard_B2ms", False),  # burstable
        ("Standard_D8s_v5", "Standard_NC4as_T4_v3", False),
        ("Standard_E8-4s_v5", "Standard_E4s_v5", False),  # constrained for a licence
    ],
)
def test_what_replaces_what(size: str, other: str, *, may: bool) -> None:
    assert sizes.replaces(size, other) is may


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (need(vcpus=4, memory_gib=16, disks=8, interfaces=2), True),
        (need(vcpus=4.01), False),
        (need(memory_gib=16.1), False),
        (need(disks=9), False),
        (need(interfaces=3), False),
    ],
)
def test_limits_of_four_cores(wanted: sizes.Need, *, fits: bool) -> None:
    size = VmSize("Standard_D4s_v5", 4, Decimal(16), 0, "")
    assert sizes.fits(size, wanted) is fits


def test_memory_that_is_not_known_fits_nothing() -> None:
    assert not sizes.fits(VmSize("Standard_X4", 4, None, 0, ""), need())


def test_the_cheapest_is_never_larger_or_dearer(catalogue: Catalogue) -> None:
    now = sizes.price_of(catalogue, REGION, "linux", "Standard_D8s_v5")
    found = sizes.cheapest_that_fits(
        catalogue, "Standard_D8s_v5", REGION, "linux", need(vcpus=3, memory_gib=10)
    )
    assert found is not None
    assert now is not None
    price, built = sizes.price_of(catalogue, REGION, "linux", found), catalogue.vm_size(found)
    assert price is not None
    assert price < now
    assert built is not None
    assert (built.vcpus, built.memory_gib) == (4, Decimal(16))


def test_where_a_size_is_not_sold_it_has_no_price(catalogue: Catalogue) -> None:
    assert sizes.price_of(catalogue, REGION, "linux", "Standard_Q8_v9") is None
    assert sizes.successor(catalogue, "Standard_Q8_v9", REGION, "linux") is None


def test_of_equal_prices_the_newest_version_counts(catalogue: Catalogue) -> None:
    # D4s_v4 and D4s_v5 cost the same in westeurope.
    assert sizes.successor(catalogue, "Standard_D4s_v3", REGION, "linux") == "Standard_D4s_v5"


def window(*values: float) -> Window:
    steps = np.array(values, dtype=np.float32)
    return Window(resource="x", metric="m", statistic="average", days=1, steps=steps)


def test_instances_needed_by_cpu_by_memory_and_when_nothing_is_known() -> None:
    cpu = window(8, 60, 8, np.nan)
    free = window(*(share * pools.GIB for share in (9, 9, 2, 9)))
    # Of 10 GiB: 10 x max(0.08, 0.1) / 0.8, 10 x 0.6 / 0.8, 10 x 0.8 / 0.8, and all.
    assert pools.instances_needed(10, cpu, free, 10.0) == [2, 8, 10, 10]
    assert pools.instances_needed(10, cpu, free, 10.0, least=3) == [3, 8, 10, 10]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({"workload": "batch"}, "workload=batch"),
        ({"interruptible": "true"}, "interruptible=true"),
        ({"interruptible": "no"}, None),
        ({"spot": ""}, "spot"),
        ({"note": "no spot please"}, None),
        ({"team": "batchelor"}, None),
        ({}, None),
    ],
)
def test_what_may_be_interrupted(tags: dict[str, str], found: str | None) -> None:
    assert environments.may_be_interrupted(tags) == found


@pytest.mark.parametrize(
    ("tags", "is_dev"),
    [
        ({"env": "dev"}, True),
        ({"Environment": "Non-Prod"}, True),
        ({"env": "dev-2"}, True),
        ({"env": "staging"}, False),
        ({"env": "devices"}, False),
        ({"team": "dev"}, False),
        ({}, False),
    ],
)
def test_what_is_for_development(
    tags: dict[str, str], *, is_dev: bool, catalogue: Catalogue
) -> None:
    facts = Facts(estates.snapshot({}, ""), catalogue)
    machine = Resource(id="/x", type="t", name="dev", tags=tags)
    assert environments.is_for_development(machine, facts) is is_dev


def test_averages_alone_hide_bursts_and_that_is_said(catalogue: Catalogue) -> None:
    little = dict.fromkeys(disk_load.METRICS, 1.0)
    case = {"resources": [{"name": "d"}], "metrics": {"d": little}}
    taken = estates.snapshot(case, "Microsoft.Compute/disks")
    whole = disk_load.load_of(taken.resources[0], Facts(taken, catalogue), 14)
    assert (whole.confidence, whole.not_checked) == ("medium", ())
    without = msgspec.structs.replace(
        taken,
        metrics=tuple(msgspec.structs.replace(one, maximum=b"") for one in taken.metrics),
    )
    found = disk_load.load_of(taken.resources[0], Facts(without, catalogue), 14)
    assert found.confidence == "low"
    assert "Bursts within an hour" in found.not_checked[0]
    assert (found.iops, found.mean_iops) == (2.0, 2.0)


def test_spot_saves_less_when_work_is_done_again(catalogue: Catalogue) -> None:
    facts = Facts(estates.snapshot({}, ""), catalogue)
    answer = {
        "id": f"{estates.GROUP}/providers/Microsoft.Compute/virtualMachines/x",
        "location": REGION,
        "properties": {"hardwareProfile": {"vmSize": "Standard_D8s_v5"}},
    }
    machine = machine_of(from_arm(answer), facts)
    assert machine is not None
    share = spot.spot_share(machine, facts)
    assert share is not None
    # An hour 0.46, on spot 0.085008.
    assert float(share.expected) == pytest.approx(1 - 0.085008 / 0.46)
    assert float(share.low) == pytest.approx(1 - 0.10626 / 0.46)
