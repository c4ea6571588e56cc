"""Budgets through Microsoft's client to a server that has Azure's rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import arm_server
from arm_server import PRINCIPAL, Answer, Asked, Azure, error
from azcost.actions.azure_budgets import Budgets
from azcost.actions.budget import LADDER, Budget, Condition, Notification, Recipients
from azcost.actions.budget_change import deletion, towards
from azcost.actions.difference import Verb
from azcost.actions.scope import scope_of
from azcost.actions.writing import NotWritten
from azcost.arm.failures import ArmError
from azcost.cli import main
from budget_store import PATH, SUBSCRIPTION, BudgetStore, connection

TEAM = Recipients(("team@example.com",), ("Owner",))
FULL = Budget(
    scope=scope_of(PATH),
    name="ml",
    amount=Decimal("5000.5"),
    start=date(2026, 11, 1),
    conditions=(
        Condition("dimensions", "ResourceGroupName", ("ml-prod", "ml-dev")),
        Condition("tags", "team", ("vision",)),
    ),
    notifications=tuple(Notification(one, TEAM) for one in LADDER),
)
BUDGET = f"{PATH}/providers/Microsoft.Consumption/budgets/ml"


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    with arm_server.serving(tmp_path) as (azure, environment):
        for name, value in {**environment, **PRINCIPAL}.items():
            monkeypatch.setenv(name, value)
        yield azure


@pytest.fixture
def store(azure: Azure) -> BudgetStore:
    return BudgetStore(azure)


def run(*words: str, rc: int = 0, answer: str = "") -> Any:
    result = CliRunner().invoke(main, [*words], input=answer, catch_exceptions=False)
    assert result.exit_code == rc, result.output
    return result


def create(*words: str, name: str = "ml", **how: Any) -> Any:
    return run(
        "budget", "create", name, "--subscription", SUBSCRIPTION, "--amount", "5000",
        "--email", "team@example.com", *words, **how,
    )  # fmt: skip


def budgets(slept: list[float] | None = None) -> Budgets:
    return Budgets(connection(slept), FULL.scope)


def test_a_budget_is_created_as_it_is_described_and_the_second_time_nothing_happens(
    store: BudgetStore,
) -> None:
    budgets().carry_out(towards(FULL, budgets().named("ml")))
    kept = store.kept[BUDGET.lower()]["properties"]
    assert kept["amount"] == 5000.5
    assert kept["timePeriod"]["startDate"] == "2026-11-01T00:00:00Z"
    assert [
        one["dimensions" if "dimensions" in one else "tags"] for one in kept["filter"]["and"]
    ] == [
        {"name": "ResourceGroupName", "operator": "In", "values": ["ml-prod", "ml-dev"]},
        {"name": "team", "operator": "In", "values": ["vision"]},
    ]
    assert sorted(kept["notifications"]) == [
        "Actual_GreaterThan_100_Percent", "Actual_GreaterThan_50_Percent",
        "Actual_GreaterThan_80_Percent", "Forecasted_GreaterThan_100_Percent",
        "Forecasted_GreaterThan_110_Percent",
    ]  # fmt: skip
    again = towards(FULL, budgets().named("ml"))
    assert again.verb is Verb.NOTHING
    budgets().carry_out(again)
    assert store.writes == 1


def test_the_command_is_the_same_the_second_time(azure: Azure, store: BudgetStore) -> None:
    assert "Created: the budget ml of 5,000 a month with 5 thresholds." in create("--yes").stdout
    assert "Nothing to do" in create("--yes").stdout
    assert store.writes == 1
    assert [line.split()[0] for line in azure.lines()] == ["GET", "PUT", "GET"]


def test_what_differs_is_shown_and_changed_with_the_etag(azure: Azure, store: BudgetStore) -> None:
    create("--yes")
    shown = create("--threshold", "actual:90", "--dry-run").stdout
    assert "Actual > 90%" in shown
    assert store.writes == 1
    facts = json.loads(create("--threshold", "actual:90", "--yes", "--format", "json").stdout)
    assert facts["verb"] == "update"
    assert {one["setting"] for one in facts["differences"]} == {
        "Actual > 90%", "Actual > 50%", "Actual > 80%", "Actual > 100%", "Forecasted > 100%",
        "Forecasted > 110%",
    }  # fmt: skip
    assert azure.asked[-1].body["eTag"] == '"1d3"'
    assert list(store.kept[BUDGET.lower()]["properties"]["notifications"]) == [
        "Actual_GreaterThan_90_Percent"
    ]


def test_an_update_leaves_alone_what_no_option_names(store: BudgetStore) -> None:
    budgets().carry_out(towards(FULL, None))
    before = store.kept[BUDGET.lower()]["properties"]
    run("budget", "update", "ml", "--subscription", SUBSCRIPTION, "--amount", "6000", "--yes")
    after = store.kept[BUDGET.lower()]["properties"]
    assert after.pop("amount") == 6000
    before.pop("amount")
    assert after == before


def test_an_old_start_is_kept_and_is_no_mistake(store: BudgetStore) -> None:
    """What was created in another month has a start that a new budget could not have."""
    store.keep(BUDGET, FULL.body() | {"properties": {**FULL.properties()}})
    store.kept[BUDGET.lower()]["properties"]["timePeriod"]["startDate"] = "2024-02-01T00:00:00Z"
    facts = json.loads(create("--yes", "--format", "json").stdout)
    assert "start" not in {one["setting"] for one in facts["differences"]}
    kept = store.kept[BUDGET.lower()]["properties"]
    assert kept["timePeriod"]["startDate"] == "2024-02-01T00:00:00Z"


def test_nothing_happens_without_consent(store: BudgetStore) -> None:
    assert "Nothing was changed." in create(answer="n\n").stderr
    assert "--yes does it without asking" in create(rc=2).stderr
    assert store.writes == 0
    create(answer="y\n")
    assert store.writes == 1


def test_a_dry_run_changes_nothing_and_says_what_it_would_send(store: BudgetStore) -> None:
    found = create("--dry-run").stdout
    assert "This would create" in found
    assert '"timeGrain": "Monthly"' in found
    assert store.writes == 0


def test_who_changed_it_meanwhile_keeps_their_change(azure: Azure, store: BudgetStore) -> None:
    budgets().carry_out(towards(FULL, None))
    found = budgets().named("ml")
    store.keep(BUDGET, {**FULL.body(), "properties": {**FULL.properties(), "amount": 7777}})
    wanted = Budget(scope=FULL.scope, name="ml", amount=Decimal(1), start=FULL.start)
    with pytest.raises(NotWritten, match="Somebody else has changed it meanwhile"):
        budgets().carry_out(towards(wanted, found))
    assert store.kept[BUDGET.lower()]["properties"]["amount"] == 7777


def test_a_budget_that_came_into_being_meanwhile_is_not_overwritten(store: BudgetStore) -> None:
    change = towards(FULL, None)
    store.keep(BUDGET, {**FULL.body(), "properties": {**FULL.properties(), "amount": 7777}})
    with pytest.raises(NotWritten, match="HTTP 409"):
        budgets().carry_out(change)
    assert store.kept[BUDGET.lower()]["properties"]["amount"] == 7777


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_is_waited_out(azure: Azure, store: BudgetStore, status: int) -> None:
    azure.first("PUT", Answer(status, {}, {"Retry-After": "7"}))
    slept: list[float] = []
    budgets(slept).carry_out(towards(FULL, None))
    assert slept == [7]
    assert store.kept[BUDGET.lower()]["properties"]["amount"] == 5000.5
    bodies = [one.body for one in azure.asked if one.method == "PUT"]
    assert bodies[0] == bodies[1] == FULL.body()


@pytest.mark.parametrize("fault", [Answer(503, {}), error(400, "BadRequest", "no")])
def test_after_a_failure_azure_is_as_it_was_and_one_is_told(
    azure: Azure, store: BudgetStore, fault: Answer
) -> None:
    budgets().carry_out(towards(FULL, None))
    before = json.dumps(store.kept)
    azure.reply("PUT", fault)
    wanted = Budget(scope=FULL.scope, name="ml", amount=Decimal(1), start=FULL.start)
    with pytest.raises(NotWritten, match="It is as it was"):
        budgets().carry_out(towards(wanted, budgets().named("ml")))
    assert json.dumps(store.kept) == before


def test_an_answer_that_is_lost_is_no_failure(azure: Azure, store: BudgetStore) -> None:
    """Azure has done it, and what it said was cut off: the next attempt meets the new eTag."""
    budgets().carry_out(towards(FULL, None))
    wanted = Budget(scope=FULL.scope, name="ml", amount=Decimal(1), start=FULL.start)
    lost = []

    def answer(asked: Asked) -> Answer:
        found = store.put(asked)
        if not lost:
            lost.append(asked)
            return Answer(found.status, found.body, cut=5)
        return found

    azure.reply("PUT", answer)
    now = budgets().carry_out(towards(wanted, budgets().named("ml")))
    assert now is not None
    assert now.budget.amount == 1
    assert store.writes == 2


def test_a_deletion_asks_first_and_spares_what_was_changed(store: BudgetStore) -> None:
    create("--yes")
    where = ("--subscription", SUBSCRIPTION)
    assert "would delete" in run("budget", "delete", "ml", *where, "--dry-run").stdout
    found = budgets().existing("ml")
    store.keep(BUDGET, FULL.body())
    with pytest.raises(NotWritten, match="somebody has changed it since"):
        budgets().carry_out(deletion(found))
    assert store.kept
    run("budget", "delete", "ml", *where, "--yes")
    assert not store.kept
    assert "has no budget 'ml'" in run("budget", "delete", "ml", *where, "--yes", rc=3).stderr


SCOPES = {
    "resource group": ("--subscription", SUBSCRIPTION, "--resource-group", "ml-prod"),
    "management group": ("--management-group", "research"),
    "billing account": ("--billing-account", "7654321"),
    "billing profile": (
        "--scope",
        "/providers/Microsoft.Billing/billingAccounts/a:b_2019-05-31/billingProfiles/P-1",
    ),
}


@pytest.mark.parametrize("where", SCOPES.values(), ids=SCOPES)
def test_every_scope_has_budgets(store: BudgetStore, where: tuple[str, ...]) -> None:
    words = ("--amount", "100", "--email", "a@example.com", "--yes")
    run("budget", "create", "b", *where, *words)
    assert "Nothing to do" in run("budget", "create", "b", *where, *words).stdout
    assert "has 1 budget, b exceeded" in run("budget", "list", *where).stdout
    shown = run("budget", "show", "b", *where).stdout
    assert "1,234.5 EUR are spent" in shown
    assert "tells a@example.com" in shown


def test_what_azure_would_refuse_is_never_sent(azure: Azure, store: BudgetStore) -> None:
    result = run(
        "budget", "create", "b", "--management-group", "mg", "--amount", "5", "--role", "Owner",
        "--start", "2026-11-15", "--yes", rc=2,
    )  # fmt: skip
    assert "only at a subscription or a resource group" in result.stderr
    assert "must be the first of a month" in result.stderr
    assert not any(one.method == "PUT" for one in azure.asked)


def test_without_a_login_a_dry_run_says_that_it_did_not_look(
    azure: Azure, store: BudgetStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    found = create("--dry-run", rc=3).stdout
    assert "not compared with what exists" in found
    assert "No login to Azure" in found


def test_a_check_reads_what_the_budget_counts_and_ends_with_1_when_that_is_over(
    azure: Azure, store: BudgetStore
) -> None:
    """100 a day make 2,800 to 3,100 a month: over 2,000, under 5,000.5."""
    budgets().carry_out(towards(FULL, None))

    def query(asked: Asked) -> Answer:
        first = date.fromisoformat(asked.body["timePeriod"]["from"][:10])
        last = date.fromisoformat(asked.body["timePeriod"]["to"][:10])
        days = [first + timedelta(number) for number in range((last - first).days + 1)]
        rows = [[100.0, int(f"{day:%Y%m%d}"), "EUR"] for day in days]
        if "$skiptoken" in asked.query:
            return _page(rows[100:])
        return _page(rows[:100], f"https://{asked.host}{asked.path}?api-version=1&$skiptoken=AQ%3D")

    azure.reply("POST .*/query", query)
    words = ("budget", "check", "--subscription", SUBSCRIPTION, "--format", "json")
    facts = json.loads(run(*words).stdout)["budgets"][0]
    asked = [one.body for one in azure.asked if one.path.endswith("/query")]
    assert asked[0]["type"] == "ActualCost"
    assert asked[0]["dataset"]["filter"] == FULL.properties()["filter"]
    assert len(asked) == 2
    assert 2800 <= Decimal(facts["month_end"]["expected"]) <= 3100
    assert facts["status"] == "fine"
    store.kept[BUDGET.lower()]["properties"]["amount"] = 2000
    assert json.loads(run(*words, rc=1).stdout)["over"] is True


def _page(rows: list[list[Any]], link: str | None = None) -> Answer:
    columns = [{"name": "Cost"}, {"name": "UsageDate"}, {"name": "Currency"}]
    return Answer(body={"properties": {"nextLink": link, "columns": columns, "rows": rows}})


def test_a_role_that_is_missing_is_said(azure: Azure, store: BudgetStore) -> None:
    azure.reply("GET", error(401, "RBACAccessDenied", "no role"))
    with pytest.raises(ArmError, match="RBACAccessDenied"):
        budgets().all()
    assert "RBACAccessDenied" in create("--yes", rc=3).stderr
