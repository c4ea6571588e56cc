"""What changed between two bills: reasons, sums, limits, and what cannot be compared."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from azcost.errors import AzcostError
from azcost.report import changes, diff, saved
from azcost.report.document import to_markdown, to_text
from azcost.report.saved import Bill, BillLine, BillResource
from conftest import ROOT

SERVING = str(ROOT / "examples/ml-serving.yaml")
CASES = yaml.safe_load((ROOT / "tests/cases/diff.yaml").read_text(encoding="utf-8"))


def azcost(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "azcost", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def bill_of(resources: list[dict[str, Any]]) -> Bill:
    """A bill from what the cases write of it: a line is quantity x unit price."""
    return Bill(
        schema=1,
        name="design",
        currency="USD",
        resources=tuple(map(resource_of, resources)),
        monthly=sum((resource_of(one).monthly for one in resources), start=Decimal(0)),
    )


def resource_of(one: dict[str, Any]) -> BillResource:
    lines = tuple(line_of(label, **line) for label, line in one["lines"].items())
    return BillResource(
        name=one["name"],
        kind=one.get("kind", "virtual_machine"),
        region=one.get("region", "westeurope"),
        monthly=sum((line.monthly for line in lines), start=Decimal(0)),
        lines=lines,
    )


def line_of(label: str, quantity: Any, price: Any, sku: str = "", purchase: str = "") -> BillLine:
    amount, unit_price = Decimal(str(quantity)), Decimal(str(price))
    return BillLine(
        label=label,
        quantity=amount,
        unit="1 Hour",
        unit_price=unit_price,
        monthly=amount * unit_price,
        purchase=purchase or "pay-as-you-go",
        sku=sku or None,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_change_has_its_reason(case: dict[str, Any]) -> None:
    found = changes.between(bill_of(case["old"]), bill_of(case["new"]))
    assert {
        change.name: {
            "what": change.what,
            "change": float(change.amount),
            "why": [f"{reason.charge}: {reason.why}" for reason in change.reasons],
        }
        for change in found.changes
    } == case["changes"]


AMOUNTS = st.decimals(0, 1000, places=2)
BILLS = st.lists(
    st.tuples(st.sampled_from("abcde"), AMOUNTS, AMOUNTS),
    unique_by=lambda one: one[0],
    max_size=5,
).map(
    lambda drawn: bill_of(
        [{"name": name, "lines": {"hours": {"quantity": q, "price": p}}} for name, q, p in drawn]
    )
)


@settings(max_examples=100, deadline=None)
@given(BILLS, BILLS)
def test_the_changes_of_resources_are_the_change_of_the_total(old: Bill, new: Bill) -> None:
    found = changes.between(old, new)
    assert sum((one.amount for one in found.changes), start=Decimal(0)) == found.amount
    assert found.amount == new.monthly - old.monthly
    back = changes.between(new, old)
    assert back.amount == -found.amount
    assert {one.name for one in back.changes} == {one.name for one in found.changes}
    assert changes.between(old, old).changes == ()


def test_the_documents(golden: Callable[[str, str], str]) -> None:
    case = next(case for case in CASES if case["name"].startswith("everything"))
    document = diff.document(changes.between(bill_of(case["old"]), bill_of(case["new"])))
    for name, text in (("diff.txt", to_text(document)), ("diff.md", to_markdown(document))):
        assert text == golden(name, text)


@pytest.fixture
def dearer(tmp_path: Path) -> str:
    """The serving example with three nodes of the system pool instead of two."""
    file = tmp_path / "dearer.yaml"
    file.write_text(Path(SERVING).read_text().replace("nodes: 2\n", "nodes: 3\n"))
    return str(file)


def test_specs_and_saved_estimates_can_be_mixed(tmp_path: Path, dearer: str) -> None:
    old = tmp_path / "old.json"
    old.write_text(azcost("estimate", SERVING, "--format", "json").stdout)
    assert "Nothing changes: 876.95 USD" in azcost("diff", str(old), SERVING).stdout
    found = json.loads(azcost("diff", str(old), dearer, "--format", "json").stdout)
    # One node more: 730 hours at 0.24 and a P10 disk at 21.68.
    assert Decimal(found["change"]) == Decimal("175.20") + Decimal("21.68")
    assert [one["name"] for one in found["resources"]] == ["cluster"]
    piped = azcost("diff", "-", dearer, "--format", "json", input=old.read_text())
    assert json.loads(piped.stdout) == found


def test_limits_end_with_1_and_say_which(dearer: str) -> None:
    for words, code in (
        (["--fail-increase", "22.4"], 1),
        (["--fail-increase", "22.5"], 0),
        (["--fail-over", "1073.82"], 1),
        (["--fail-over", "1073.83"], 0),
        (["--fail-over", "1073", "--fail-increase", "50"], 1),
    ):
        done = azcost("diff", SERVING, dearer, *words)
        assert (done.returncode, bool(done.stderr)) == (code, code == 1), (words, done.stderr)
        assert "196.88 USD per month more (+22.5%)" in done.stdout
    assert azcost("diff", dearer, SERVING, "--fail-increase", "0").returncode == 0
    over = azcost("estimate", SERVING, "--fail-over", "800")
    assert over.returncode == 1
    assert "Over the limit: 876.95 per month, at most 800 asked." in over.stderr


@pytest.mark.parametrize("value", ["nan", "-1", "inf", "ten"])
def test_a_limit_is_a_number(value: str) -> None:
    done = azcost("estimate", SERVING, f"--fail-over={value}")
    assert done.returncode == 2
    assert "is not a number" in done.stderr


def test_what_cannot_be_compared_is_refused_with_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "old.json"
    for text, said in (
        ('[{"schema": 1}]', "holds a list"),
        ('{"schema": 1, "resources": []}', "is no JSON of `azcost estimate`"),
        ('{"schema": 9, "name": "a", "currency": "USD", "monthly": "1", "resources": []}', "9"),
        ('{"schema": 1, "name": "a", "currency": "USD", "monthly": "NaN", "resources": []}', "no"),
        ('{"schema": 1, "name": "a", "currency": "USD", "monthly": "1e99", "resources": []}', "no"),
        (
            '{"schema": 1, "name": "a", "currency": "USD", "monthly": "1", "resources": []}',
            "add up",
        ),
        ('{"schema": 1,', "is not valid YAML"),
        ("", "is empty"),
        ("\udcff", "is not UTF-8"),
    ):
        file.write_text(text, encoding="utf-8", errors="surrogateescape")
        done = azcost("diff", str(file), SERVING)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert azcost("diff", "-", "-").returncode == 2
    other = saved.Bill(schema=1, name="a", currency="EUR", monthly=Decimal(1), resources=())
    with pytest.raises(AzcostError, match="in one currency"):
        changes.between(other, bill_of([]))


def test_what_has_no_price_is_named_and_ends_with_4(tmp_path: Path) -> None:
    file = tmp_path / "missing.yaml"
    file.write_text("region: eastus\nservices:\n  - {kind: bastion, name: door}\n")
    done = azcost("diff", SERVING, str(file))
    assert done.returncode == 4
    assert "Not in the total after: door" in done.stdout
