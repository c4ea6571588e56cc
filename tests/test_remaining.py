"""What to commit to once the findings are done: the hours of the bill, and what is bought."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import estates
from azcost.advice.commitments import committed
from azcost.advice.ledger import Ledger
from azcost.audit import snapshot as snapshots
from azcost.audit.bill import Claim, Saving
from azcost.audit.facts import Facts
from azcost.audit.machine_hours import machine_hours
from azcost.audit.rule import Action, Category, Confidence, Waste
from azcost.audit.run import Finding
from azcost.cli import main
from azcost.money import Money
from azcost.optimise.azure_recommendation import of_properties
from azcost.optimise.flex_groups import Sku
from azcost.pricing.catalogue import Catalogue

VM = "Microsoft.Compute/virtualMachines"
SIZE = "Standard_D4s_v5"
Toy = Callable[[Iterable[dict[str, Any]]], Catalogue]


def machine(name: str, hours: int, dollars: int = 24, **row: Any) -> dict[str, Any]:
    """A machine with so many hours a day, and the row of its bill."""
    return {
        "resource": {"name": name, "properties": {"hardwareProfile": {"vmSize": SIZE}}},
        "row": {
            "service": "Virtual Machines", "meter": "D4s v5", "quantity": Decimal(hours),
            "per_day": dollars, **row,
        },
    }  # fmt: skip


def facts(catalogue: Catalogue, *machines: dict[str, Any]) -> Facts:
    resources = [one["resource"] for one in machines]
    costs = {one["resource"]["name"]: [one["row"]] for one in machines}
    return Facts(estates.snapshot({"resources": resources, "costs": costs}, VM), catalogue)


def priced(toy: Toy) -> Catalogue:
    """An hour at 1.00, reserved for a year at 0.60, by a savings plan at 0.75."""
    row = {
        "service": "Virtual Machines", "product": "Virtual Machines Dsv5 Series",
        "sku": "D4s v5", "meter": "D4s v5", "arm_sku": SIZE, "region": estates.REGION,
    }  # fmt: skip
    reserved = {"type": "Reservation 1 Year", "price": str(Decimal("0.6") * 8760)}
    return toy([{**row, "price": "1", "savings_1y": "0.75"}, {**row, **reserved}])


def finding(facts: Facts, name: str, action: Action, monthly: Decimal) -> Finding:
    resource = next(one for one in facts.by_type(VM) if one.name == name)
    amount = Money(monthly, "USD")
    saving = Saving(amount, amount, amount, (Claim(resource.id, "D4s v5", monthly),))
    return Finding(
        rule="toy", category=Category.IDLE, resource=resource, confidence=Confidence.HIGH,
        not_checked=(),
        waste=Waste(
            title="x", action=action, confidence=Confidence.HIGH, saving=saving, evidence=(),
            steps=(), undo=(),
        ),
    )  # fmt: skip


def test_hours_of_a_day_are_whole_machines_and_one_block(catalogue: Catalogue) -> None:
    found = machine_hours(facts(catalogue, machine("web", 24), machine("night", 3)))
    assert found is not None
    assert found.usage.quantity.shape[0] == 1
    # The bill ends yesterday; its last two days are not complete.
    assert found.usage.end.date() == estates.TODAY - timedelta(days=2)
    day = found.usage.quantity[0, :24]
    assert day.tolist() == [1] * 8 + [2] * 3 + [1] * 13
    assert found.usage.quantity.sum() == pytest.approx(27 * found.usage.hours / 24)


@pytest.mark.parametrize(
    "row",
    [
        {"pricing_model": "Reservation"},
        {"pricing_model": "SavingsPlan"},
        {"pricing_model": "Spot"},
        {"service": "Bandwidth"},
    ],
)
def test_what_a_commitment_cannot_cover_is_left_out(
    catalogue: Catalogue, row: dict[str, Any]
) -> None:
    found = machine_hours(facts(catalogue, machine("web", 24, **row)))
    assert found is not None
    assert found.usage.series == ()


def test_hours_in_another_unit_are_not_guessed(catalogue: Catalogue) -> None:
    found = machine_hours(facts(catalogue, machine("web", 24, unit="100 Hours")))
    assert found is not None
    assert (found.usage.series, found.unknown) == ((), ("web",))


def test_two_steady_machines_are_reserved(toy_catalogue: Toy) -> None:
    about = facts(priced(toy_catalogue), machine("a", 24), machine("b", 24))
    found = committed(about, ())
    assert found is not None
    (year,) = found.terms[:1]
    (bought,) = year.purchases
    assert (bought.count, year.gap) == (2, pytest.approx(0, abs=1e-9))  # type: ignore[union-attr]
    assert found.payg == Money(Decimal(2 * 730), "USD")
    assert year.saving == Money(Decimal(2 * 730) * Decimal("0.4"), "USD")
    assert year.bound == Money(Decimal(2 * 8760) * Decimal("0.6"), "USD")


@pytest.mark.parametrize(
    ("action", "monthly", "left", "names"),
    [
        (Action.DELETE, "730.5", 1, ("b",)),
        (Action.STOP, "730.5", 1, ("b",)),
        # Off at night: no steady use is left, whatever the schedule leaves of the hours.
        (Action.SCHEDULE, "100", 1, ("b",)),
        (Action.RIGHTSIZE, "365.25", 1.5, ()),
        (Action.COMMIT, "365.25", 2, ()),
    ],
)
def test_what_findings_end_is_not_committed(
    toy_catalogue: Toy, action: Action, monthly: str, left: float, names: tuple[str, ...]
) -> None:
    about = facts(priced(toy_catalogue), machine("a", 24), machine("b", 24))
    entries = Ledger(about.snapshot).entries([finding(about, "b", action, Decimal(monthly))])
    found = committed(about, entries)
    assert found is not None
    assert float(found.payg.amount) == pytest.approx(left * 730)
    assert found.left_out == names


def test_without_a_price_or_in_another_currency_nothing_is_said(toy_catalogue: Toy) -> None:
    assert committed(facts(toy_catalogue([]), machine("a", 24)), ()) is None
    about = facts(priced(toy_catalogue), machine("a", 24))
    euros = snapshots.msgspec.structs.replace(about.snapshot, currency="EUR")
    assert committed(Facts(euros, about.catalogue), ()) is None


def test_use_by_day_only_is_not_steady(toy_catalogue: Toy) -> None:
    # Two hours a day: a reservation would cost 14.40 a day, the hours cost 2.00.
    found = committed(facts(priced(toy_catalogue), machine("a", 2)), ())
    assert found is not None
    assert found.terms == ()


def test_the_audit_shows_it_and_does_not_add_it() -> None:
    result = CliRunner().invoke(main, ["audit", "--demo", "--format", "json"])
    found = json.loads(result.stdout)
    bought = found["commitments"]
    assert [one["years"] for one in bought["terms"]] == [1, 3]
    expected = sum(
        Decimal(one["saving_monthly"]["expected"]) for one in found["findings"] if one["counted"]
    )
    assert Decimal(found["saving"]["expected"]) == pytest.approx(expected)
    for term in bought["terms"]:
        assert Decimal(term["saving_monthly"]) < Decimal(bought["payg_monthly"])
        assert np.isclose(
            float(term["bound"]), sum(float(one["bound"]) for one in term["purchases"])
        )


def test_a_snapshot_is_usage(tmp_path: Path) -> None:
    demo = Path(__file__).parent.parent / "examples/demo-snapshot.json.gz"
    result = CliRunner().invoke(main, ["commit", str(demo), "--term", "1", "--format", "json"])
    found = json.loads(result.stdout)
    assert found["hours"] == 1440
    assert found["purchases"]
    # What Azure recommends is in the snapshot, and stands beside: 1.90 an hour.
    (azure,) = [one for one in found["ways"] if one["name"].startswith("Azure's")]
    assert (azure["name"], float(azure["committed_hourly"])) == (
        "Azure's 1-year savings plan, Last60Days",
        1.9,
    )
    taken = snapshots.msgspec.structs.replace(snapshots.load(demo), costs=None)
    snapshots.save(taken, tmp_path / "blind.json.gz")
    blind = CliRunner().invoke(main, ["commit", str(tmp_path / "blind.json.gz")])
    assert blind.exit_code == 2
    assert "no machine that was billed at the full price" in blind.stderr


def test_advice_that_names_no_machine_is_left_out() -> None:
    found = of_properties(
        [
            {"term": "P1Y", "sku": SIZE, "location": "West Europe", "recommendedQuantity": 3},
            {"term": "P3Y", "skuName": SIZE, "location": "westeurope", "recommendedQuantity": "2"},
            {"term": "P9Y", "sku": SIZE, "location": "westeurope", "recommendedQuantity": 3},
            {"term": "P1Y", "recommendedQuantity": 3},
            {"term": "P1Y", "sku": SIZE, "recommendedQuantity": "NaN", "location": "x"},
            {"term": "P1Y", "recommendationDetails": {"commitmentAmount": -1}},
            {"nothing": "of it"},
        ]
    )
    assert [(one.years, one.sku, one.quantity) for one in found] == [
        (1, Sku(SIZE, "westeurope"), Decimal(3)),
        (3, Sku(SIZE, "westeurope"), Decimal(2)),
    ]
