"""Azure ML: durations as Azure writes them, and whose machines a bill of a workspace names."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

import estates
from azcost.audit.bill import AVERAGE_MONTH
from azcost.audit.facts import Blind, Facts
from azcost.audit.machine_learning import DEPLOYMENT, duration, machine_bill
from azcost.pricing.catalogue import Catalogue

WORKSPACE = {"name": "ws", "type": "Microsoft.MachineLearningServices/workspaces"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PT2M", timedelta(minutes=2)),
        ("pt120s", timedelta(minutes=2)),
        ("P1DT2H", timedelta(hours=26)),
        ("PT", None),
        ("P", None),
        ("", None),
        (None, None),
        ("2 minutes", None),
    ],
)
def test_durations(text: str | None, found: timedelta | None) -> None:
    assert duration(text) == found


def deployment(name: str, count: int, size: str = "Standard_DS11_v2") -> dict[str, object]:
    return {
        "name": f"ws/e/{name}",
        "sku": {"capacity": count},
        "properties": {"instanceType": size},
    }


def hours_a_day(catalogue: Catalogue, meter: str, *others: dict[str, object]) -> Decimal:
    """What of 24 machine hours a day at the workspace a deployment is billed for."""
    case = {
        "resources": [WORKSPACE, deployment("blue", 1), *others],
        "costs": {
            "ws": [{"service": "Virtual Machines", "meter": meter, "per_day": 30, "quantity": 24}]
        },
    }
    facts = Facts(estates.snapshot(case, DEPLOYMENT), catalogue)
    blue = next(one for one in facts.by_type(DEPLOYMENT) if one.name == "blue")
    return machine_bill(blue, facts).quantity / AVERAGE_MONTH


@pytest.mark.parametrize(
    "meter", ["D11 v2/DS11 v2", "DS11 v2", "DS11_v2", "DS11v2", "DS11 v2 Spot"]
)
def test_a_meter_of_its_size_is_its_own(catalogue: Catalogue, meter: str) -> None:
    assert hours_a_day(catalogue, meter) == 24


@pytest.mark.parametrize("meter", ["D11 v2", "DS11-1 v2", "DS11", "P10 LRS Disk"])
def test_other_meters_are_not(catalogue: Catalogue, meter: str) -> None:
    assert hours_a_day(catalogue, meter) == 0


def test_deployments_share_a_meter_by_their_instances(catalogue: Catalogue) -> None:
    green, other = deployment("green", 3), deployment("other", 9, "Standard_D4s_v5")
    assert hours_a_day(catalogue, "DS11 v2", green, other) == 6


def test_whose_hours_an_instance_shares_cannot_be_told(catalogue: Catalogue) -> None:
    instance = {
        "name": "ws/ci",
        "type": "Microsoft.MachineLearningServices/workspaces/computes",
        "properties": {"properties": {"vmSize": "STANDARD_DS11_V2"}},
    }
    with pytest.raises(Blind, match="2 users of Standard_DS11_v2"):
        hours_a_day(catalogue, "DS11 v2", instance)
