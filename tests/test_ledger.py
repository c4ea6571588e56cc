"""The ledger: every meter of every resource gives its money once, whatever is found."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import estates
from azcost.advice.advise import together
from azcost.advice.ledger import Entry, Ledger
from azcost.audit.bill import AVERAGE_MONTH, Claim, Saving, item
from azcost.audit.costs import CostRow, from_rows
from azcost.audit.resource import Resource, from_arm, key_of
from azcost.audit.rule import Action, Category, Confidence, Waste
from azcost.audit.run import Finding
from azcost.audit.snapshot import Snapshot
from azcost.money import Money
from conftest import ROOT

CASES = yaml.safe_load((ROOT / "tests/cases/ledger.yaml").read_text())
DAY = estates.TODAY


def id_of(name: str) -> str:
    if name == "subscription":
        return estates.SUBSCRIPTION
    inside = "".join(f"/parts/{part}" for part in name.split("/")[1:])
    return f"{estates.GROUP}/providers/Toy.Things/things/{name.split('/')[0]}{inside}"


def resource(name: str) -> Resource:
    return from_arm({"id": id_of(name)})


def snapshot(lines: list[tuple[str, str, Decimal, str]]) -> Snapshot:
    rows = [
        CostRow(
            day=DAY, resource=id_of(name) if name else "", meter=meter, amortised=amount,
            pricing_model=model,
        )
        for name, meter, amount, model in lines
    ]  # fmt: skip
    taken = estates.snapshot({}, "")
    return Snapshot(
        taken_at=taken.taken_at,
        currency="USD",
        subscriptions=taken.subscriptions,
        costs=from_rows(rows, DAY, DAY),
    )


def usd(per_day: Decimal) -> Money:
    return Money(per_day * AVERAGE_MONTH, "USD")


def finding(
    name: str,
    action: Action,
    claims: dict[tuple[str, str], Decimal],
    *,
    rule: str = "",
    low: Decimal = Decimal(0),
    above: Decimal = Decimal(0),
) -> Finding:
    expected = sum(claims.values(), start=Decimal(0))
    saving = Saving(
        usd(min(low, expected)),
        usd(expected),
        usd(expected + above),
        tuple(
            Claim(id_of(of), meter, amount * AVERAGE_MONTH)
            for (of, meter), amount in claims.items()
        ),
    )
    return Finding(
        rule=rule or action.value,
        category=Category.IDLE,
        resource=resource(name),
        waste=Waste(
            title="x", action=action, confidence=Confidence.HIGH, saving=saving, evidence=(),
            steps=(), undo=(),
        ),
        confidence=Confidence.HIGH,
        not_checked=(),
    )  # fmt: skip


def of_case(case: dict[str, Any]) -> tuple[Snapshot, list[Finding]]:
    lines = [
        (name, meter, Decimal(str(amount)), "OnDemand")
        for name, meters in case["costs"].items()
        for meter, amount in meters.items()
    ]
    findings = [
        finding(
            one["subject"],
            Action(one["action"]),
            {
                tuple(claim.rsplit("/", 1)): Decimal(str(amount))
                for claim, amount in one["claims"].items()
            },
            rule=one.get("rule", ""),
        )
        for one in case["findings"]
    ]
    return snapshot(lines), findings


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    taken, findings = of_case(case)
    entries = Ledger(taken).entries(findings)
    for entry, written in zip(entries, case["findings"], strict=True):
        assert entry.counted is ("gets" in written)
        assert sorted(one.rule for one in entry.overlaps_with) == written.get("overlaps_with", [])
        alone = sum(map(Decimal, written["claims"].values()))
        assert entry.saving is not None
        assert entry.saving.expected == usd(Decimal(written.get("gets", alone)))
    assert together("USD", entries).expected == usd(Decimal(case["total"]))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_order_in_which_rules_find_does_not_matter(case: dict[str, Any]) -> None:
    taken, findings = of_case(case)
    totals = {
        together("USD", Ledger(taken).entries(order)).expected.amount.quantize(Decimal("0.0001"))
        for order in permutations(findings)
    }
    assert len(totals) == 1


def test_what_a_reservation_pays_is_saved_once_at_best() -> None:
    taken = snapshot([("web", "compute", Decimal(10), "Reservation")])
    both = [
        finding("web", Action.STOP, {}, above=Decimal(10)),
        finding("web", Action.RIGHTSIZE, {}, above=Decimal(5)),
    ]
    stopped, smaller = Ledger(taken).entries(both)
    assert (stopped.counted, smaller.counted) == (True, False)
    assert smaller.overlaps_with == (both[0],)
    assert together("USD", (stopped, smaller)).high == usd(Decimal(10))


def test_an_unknown_saving_is_neither_counted_nor_in_the_way() -> None:
    taken = snapshot([("web", "compute", Decimal(10), "OnDemand")])
    known = finding("web", Action.STOP, {("web", "compute"): Decimal(10)})
    unknown = finding("web", Action.DELETE, {})
    blind = Waste(
        title="x", action=Action.DELETE, confidence=Confidence.HIGH, saving=None, evidence=(),
        steps=(), undo=(),
    )  # fmt: skip
    unknown = Finding(
        rule="blind", category=Category.IDLE, resource=unknown.resource, waste=blind,
        confidence=Confidence.HIGH, not_checked=(),
    )  # fmt: skip
    entries = Ledger(taken).entries([unknown, known])
    assert [(one.counted, one.saving is None) for one in entries] == [(False, True), (True, False)]


NAMES = ("a", "a/x", "a/y", "a/x/z", "b", "b/x")
METERS = ("m", "n")
AMOUNTS = st.decimals(-50, 100, places=2)
LINES = st.lists(
    st.tuples(
        st.sampled_from(("", *NAMES)), st.sampled_from(METERS), AMOUNTS,
        st.sampled_from(("OnDemand", "Reservation", "Spot")),
    ),
    max_size=10,
)  # fmt: skip
SHARES = st.decimals(0, 100, places=2)
FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(NAMES),
        st.sampled_from(Action),
        st.dictionaries(
            st.tuples(st.sampled_from(NAMES), st.sampled_from(METERS)), SHARES, max_size=4
        ),
        low=SHARES,
        above=SHARES,
    ),
    max_size=8,
)


@given(LINES, FINDINGS)
def test_no_more_is_saved_than_is_billed(
    lines: list[tuple[str, str, Decimal, str]], findings: list[Finding]
) -> None:
    taken = snapshot(lines)
    entries = Ledger(taken).entries(findings)
    assert taken.costs is not None
    monthly = [item(line) for line in taken.costs.lines]
    whole = sum((one.monthly for one in monthly), start=Decimal(0))
    saving = together("USD", entries)
    assert saving.low.amount <= saving.expected.amount <= saving.high.amount
    assert saving.high.amount <= max(whole, Decimal(0))
    bills: dict[str, Decimal] = defaultdict(Decimal)
    meters: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in monthly:
        if one.resource:
            bills[key_of(one.resource)] += one.monthly
            meters[key_of(one.resource), one.meter] += 0 if one.is_committed else one.monthly
    assert not exceeding(granted(entries, by_meter=True), meters)
    assert not exceeding(granted(entries, by_meter=False), bills)


def granted(entries: tuple[Entry, ...], *, by_meter: bool) -> dict[Any, Decimal]:
    found: dict[Any, Decimal] = defaultdict(Decimal)
    for entry in entries:
        for claim in entry.saving.claims if entry.counted and entry.saving else ():
            found[(claim.resource, claim.meter) if by_meter else claim.resource] += claim.amount
    return found


def exceeding(saved: dict[Any, Decimal], billed: dict[Any, Decimal]) -> list[Any]:
    """Where more is saved than billed, beyond the 28th digit."""
    return [one for one, amount in saved.items() if amount > billed[one] + Decimal("1e-20")]


@given(LINES, FINDINGS)
def test_every_finding_is_counted_or_says_why_not(
    lines: list[tuple[str, str, Decimal, str]], findings: list[Finding]
) -> None:
    entries = Ledger(snapshot(lines)).entries(findings)
    assert [one.finding for one in entries] == findings
    for entry in entries:
        assert entry.counted or entry.overlaps_with
        assert entry.saving is not None
        assert entry.finding.waste.saving is not None
        assert entry.saving.expected.amount <= entry.finding.waste.saving.expected.amount
        assert entry.saving.low.amount <= entry.saving.expected.amount
        assert entry.saving.expected.amount <= entry.saving.high.amount
