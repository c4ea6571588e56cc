"""What runs, held against models: what is explained is never more than what is billed."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import audit_pages
import estates
from azcost import architecture, observed
from azcost.audit import run, snapshot
from azcost.audit.bill import AVERAGE_MONTH
from azcost.audit.facts import Facts
from azcost.observed import Explained
from azcost.pricing.catalogue import Catalogue
from azcost.report.explanation import Explanation, document

VM = "Microsoft.Compute/virtualMachines"
SIZE = {"properties": {"hardwareProfile": {"vmSize": "Standard_D16s_v5"}}}
# Standard_D16s_v5 in westeurope: 0.92 USD an hour (recorded).
HOUR = Decimal("0.92")


def hours(per_day: int, **more: Any) -> dict[str, Any]:
    amount = HOUR * per_day
    return {
        "service": "Virtual Machines",
        "meter": "D16s v5",
        "per_day": float(amount),
        "quantity": Decimal(per_day),
        **more,
    }


def facts_of(catalogue: Catalogue, **case: Any) -> Facts:
    return Facts(estates.snapshot(case, VM), catalogue)


def explained(
    catalogue: Catalogue, spec: str, **case: Any
) -> tuple[tuple[Explained, ...], tuple[Explained, ...]]:
    facts = facts_of(catalogue, **case)
    design = architecture.parse(f"region: westeurope\nservices:\n{spec}", "f.yaml", catalogue)
    rows = observed.matched(architecture.estimate(design, catalogue), facts)
    return rows, observed.unexplained(rows, facts)


def test_a_machine_is_read_from_the_inventory_and_its_hours_from_the_bill(
    catalogue: Catalogue,
) -> None:
    facts = facts_of(catalogue, resources=[{"name": "a", **SIZE}], costs={"a": [hours(10)]})
    (row,) = observed.modelled(facts)
    assert row.modelled is not None
    assert row.modelled.amount.quantize(Decimal("0.01")) == Decimal("280.02")  # 304.375 h x 0.92
    assert row.explained == min(row.modelled.amount, row.billed.amount)


@pytest.mark.parametrize(
    ("resource", "cost", "reason"),
    [
        (SIZE, hours(24, pricing_model="Reservation"), "a reservation or savings plan pays for it"),
        (SIZE, hours(24, quantity=Decimal(0)), "no hours were billed"),
        ({}, hours(24), "Azure does not say its size"),
        ({"type": "Odd.Things/things"}, hours(24), "no model reads this type"),
        (
            {"properties": {"hardwareProfile": {"vmSize": "Standard_Nope"}}},
            hours(24),
            "the tables have no price for it",
        ),
    ],
)
def test_what_has_no_model_says_why(
    resource: dict[str, Any], cost: dict[str, Any], reason: str, catalogue: Catalogue
) -> None:
    facts = facts_of(catalogue, resources=[{"name": "a", **resource}], costs={"a": [cost]})
    (row,) = observed.modelled(facts)
    assert (row.modelled, row.reason, row.explained) == (None, reason, 0)


WEB = "  - {kind: virtual_machine, name: web, size: Standard_D16s_v5}\n"


@pytest.mark.parametrize(
    ("names", "mine"),
    [
        (("WEB", "web-1", "other"), ["WEB"]),
        (("web-1", "web2", "webshop", "other"), ["web-1", "web2"]),
        (("other",), ["other"]),
        (("other", "another"), []),
    ],
)
def test_resources_are_found_by_name_then_beginning_then_kind(
    names: tuple[str, ...], mine: list[str], catalogue: Catalogue
) -> None:
    resources = [{"name": name, **SIZE} for name in names]
    (row,), left = explained(
        catalogue, WEB, resources=resources, costs={name: [hours(24)] for name in names}
    )
    assert [id_.rpartition("/")[2] for id_ in row.resources] == mine
    assert {one.name for one in left} == set(names) - set(mine)


def test_two_of_a_kind_do_not_share_what_is_left(catalogue: Catalogue) -> None:
    two = WEB + WEB.replace("name: web", "name: api")
    rows, left = explained(
        catalogue, two, resources=[{"name": "x", **SIZE}], costs={"x": [hours(1)]}
    )
    assert [one.resources for one in rows] == [(), ()]
    assert len(left) == 1


def test_the_disks_of_a_machine_are_billed_with_it(catalogue: Catalogue) -> None:
    disk = {"name": "d", "type": "Microsoft.Compute/disks", "managedBy": "@web"}
    (row,), left = explained(
        catalogue, WEB, resources=[{"name": "web", **SIZE}, disk],
        costs={"web": [hours(24)], "d": 1},
    )  # fmt: skip
    assert row.billed.amount == (HOUR * 24 + 1) * AVERAGE_MONTH
    assert left == ()


def test_the_demo_adds_up(catalogue: Catalogue) -> None:
    facts = Facts(audit_pages.demo(), catalogue)
    cost = run.audit(facts, ()).cost
    assert cost is not None
    rows = observed.modelled(facts)
    found = Explanation(model="the inventory", cost=cost, rows=rows)
    billed = sum((one.billed.amount for one in rows), start=Decimal(0))
    assert billed + found.elsewhere == cost.amount
    assert Decimal(0) < found.explained < cost.amount
    # Nothing but deleted resources, purchases and what commitments left unused is elsewhere.
    assert abs(found.elsewhere) < cost.amount / 20
    # Sizes and hours are known and prices are those that the demo was made with.
    near = [one for one in rows if one.modelled and one.kind == "microsoft.compute/disks"]
    off = [abs(one.modelled.amount - one.billed.amount) for one in near if one.modelled]
    assert sum(off) < sum(one.billed.amount for one in near) / 10


def test_a_bill_of_nothing_is_explained_in_words(catalogue: Catalogue) -> None:
    facts = facts_of(catalogue, resources=[{"name": "web", **SIZE}], costs={})
    cost = run.audit(facts, ()).cost
    assert cost is not None
    design = architecture.parse(f"region: westeurope\nservices:\n{WEB}", "f.yaml", catalogue)
    rows = observed.matched(architecture.estimate(design, catalogue), facts)
    verdict = document(Explanation(model="f", cost=cost, rows=rows)).verdict
    assert verdict.startswith("0.00 of 0.00 USD a month are explained by f.")
    assert "1 of 1 services are not to be found in the bill" in verdict


def azcost(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "azcost", "audit", "explain", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_explains_a_specification(tmp_path: Path) -> None:
    spec = tmp_path / "arch.yaml"
    size = "size: Standard_D16s_v5"
    spec.write_text(
        f"region: westeurope\nservices: [{{kind: virtual_machine, name: reporting, {size}}}]"
    )
    done = azcost("--demo", "--spec", str(spec), "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    (row,) = found["rows"]
    assert row["resources"][0].endswith("/virtualMachines/reporting")
    assert Decimal(row["modelled"]) == HOUR * 730
    assert Decimal(found["explained"]) == min(Decimal(row["modelled"]), Decimal(row["billed"]))


def test_the_command_refuses_what_it_cannot_explain(tmp_path: Path) -> None:
    snapshot.save(estates.snapshot({"costs": None}, VM), tmp_path / "blind.gz")
    for words, said in (
        ((), "Say what is billed"),
        (("--demo", "--snapshot", "x"), "Say what is billed"),
        (("--demo", "--spec", "/nowhere"), "cannot be read"),
        (("--snapshot", str(tmp_path / "blind.gz")), "has no costs"),
    ):
        done = azcost(*words)
        assert (done.returncode, said in done.stderr, done.stdout) == (2, True, ""), done.stderr
