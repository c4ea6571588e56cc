from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from azcost.cli import main
from azcost.optimise.commitment_rules import in_force, rules
from conftest import ROOT

EXAMPLE = ROOT / "examples/usage.parquet"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["commit", *(str(word) for word in words)])


def answer(*words: str | Path) -> dict[str, Any]:
    done = run(*words, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    return answer(EXAMPLE)


def flat(folder: Path, machines: float, hours: int = 336, **more: str) -> Path:
    """A file of so many D4s_v5 in every hour."""
    head = ",".join(["time", "size", "region", "quantity", *more])
    tail = "".join(f",{value}" for value in more.values())
    file = folder / f"flat{'-'.join(more.values())}.csv"
    file.write_text(
        head + "\n" + "".join(
            f"2026-01-{1 + hour // 24:02} {hour % 24:02}:00:00,Standard_D4s_v5,polandcentral,"
            f"{machines}{tail}\n"
            for hour in range(hours)
        )
    )  # fmt: skip
    return file


def test_each_way_costs_the_same_in_floats_and_in_decimal(example: dict[str, Any]) -> None:
    payg = next(way for way in example["ways"] if way["name"] == "pay-as-you-go")
    for way in [example["recommended"], *example["ways"]]:
        in_floats = Decimal(payg["monthly"]) - Decimal(way["saving_monthly"])
        assert abs(in_floats - Decimal(way["monthly"])) <= Decimal("0.01"), way["name"]


def test_pay_as_you_go_is_the_bill_of_the_recorded_prices(
    example: dict[str, Any], catalogue: Any
) -> None:
    """Straight from the file: machine-hours by size times the price of the size."""
    from azcost.optimise.flex_groups import Sku
    from azcost.units import hours

    with duckdb.connect(":memory:") as connection:
        used = connection.execute(
            f"SELECT size, sum(quantity) * 730 / 1440 FROM '{EXAMPLE}' GROUP BY size"
        ).fetchall()
    bill = sum(
        (
            catalogue.price(Sku(size, "polandcentral").meter)
            .cost_of(hours(Decimal(str(monthly))))
            .amount
            for size, monthly in used
        ),
        Decimal(0),
    )
    payg = next(way for way in example["ways"] if way["name"] == "pay-as-you-go")
    # Units of a group are in proportion to a tenth of a per cent.
    assert abs(Decimal(payg["monthly"]) / bill - 1) < Decimal("0.001")


def test_the_certificate_bounds_every_way_of_its_terms(example: dict[str, Any]) -> None:
    bound = Decimal(example["certificate"]["bound_monthly"])
    assert Decimal(example["certificate"]["gap"]) <= Decimal("0.002")
    terms = example["certificate"]["terms"]
    for way in [example["recommended"], *example["ways"]]:
        if terms in way["name"] or "only" in way["name"] or "both" in way["name"]:
            assert Decimal(way["monthly"]) >= bound - Decimal("0.01"), way["name"]


def test_the_joint_optimum_is_never_beaten_by_the_usual_ways(example: dict[str, Any]) -> None:
    ways = {way["name"]: Decimal(way["monthly"]) for way in example["ways"]}
    best = Decimal(example["certificate"]["monthly"])
    for name in ("reservations only", "savings plan only", "reservations, then savings plan"):
        assert best <= ways[name] + Decimal("0.01"), name
    assert ways["both bought at once, each as if alone"] > best


def test_a_machine_that_always_runs_is_reserved(tmp_path: Path) -> None:
    found = answer(flat(tmp_path, 3), "--term", "1", "--death", "0", "--drift", "0")
    (bought,) = found["purchases"]
    assert (bought["kind"], bought["size"], bought["count"]) == (
        "reservation", "Standard_D4s_v5", "3",
    )  # fmt: skip
    # The row of the calculator, 2026-01: 0.23 an hour, 1,189 USD for the year.
    assert Decimal(bought["monthly"]) == 3 * Decimal(1189) / 12
    assert Decimal(bought["bound"]) == 3 * 1189
    saving = 3 * (Decimal("0.23") * 730 - Decimal(1189) / 12)
    assert Decimal(found["recommended"]["expected_saving_monthly"]) == pytest.approx(saving)
    assert Decimal(found["recommended"]["chance_of_loss"]) == 0


def test_what_was_bought_before_is_not_bought_again(tmp_path: Path) -> None:
    existing = tmp_path / "existing.csv"
    existing.write_text(
        "kind,size,region,quantity,ends\n"
        "reserved-1y,standard_d8s_v5,Poland Central,1,2099-01-01\n"
        "reserved-1y,Standard_D4s_v5,polandcentral,1,2001-01-01\n"
    )
    found = answer(
        flat(tmp_path, 3), "--term", "1", "--death", "0", "--drift", "0", "--existing", existing
    )
    # A D8s is two D4s; what has ended counts no more.
    assert [one["count"] for one in found["purchases"]] == ["1"]
    existing.write_text(
        "kind,size,region,quantity,ends\nreserved-1y,Standard_D4s_v5,polandcentral,2,\n"
    )
    found = answer(
        flat(tmp_path, 3), "--term", "1", "--death", "0", "--drift", "0", "--existing", existing
    )
    assert [one["count"] for one in found["purchases"]] == ["1"]


def test_an_existing_plan_is_sunk(tmp_path: Path) -> None:
    existing = tmp_path / "existing.csv"
    # 3 x D4s_v5 at the one-year plan's 0.1748 an hour: a plan of 0.5244 covers all of it.
    existing.write_text("kind,size,region,quantity,ends\nsavings-1y,,,0.5244,\n")
    found = answer(
        flat(tmp_path, 3), "--allow", "savings-1y", "--term", "1", "--death", "0", "--drift", "0",
        "--existing", existing,
    )  # fmt: skip
    assert found["purchases"] == []
    assert Decimal(found["recommended"]["monthly"]) == 0


def test_nothing_used_buys_nothing(tmp_path: Path) -> None:
    done = run(flat(tmp_path, 0))
    assert done.exit_code == 0
    assert "Buy nothing" in done.stdout


def test_a_day_of_usage_is_said_to_be_too_little(tmp_path: Path) -> None:
    done = run(flat(tmp_path, 2, hours=24), "--term", "1")
    assert "Only 1 day of usage, too little to buy on. If it went on so, buy" in done.stdout
    assert "Do not buy on this alone" in done.stdout


def test_sizes_that_share_a_reservation_are_one_line(tmp_path: Path) -> None:
    """Two D4s by night and one D8s by day are the same two units: no hour is left over."""
    file = tmp_path / "turns.csv"
    rows = ["time,size,region,quantity"]
    for hour in range(336):
        day = hour % 2
        when = f"2026-01-{1 + hour // 24:02} {hour % 24:02}:00:00"
        rows.append(f"{when},Standard_D4s_v5,polandcentral,{0 if day else 2}")
        rows.append(f"{when},Standard_D8s_v5,polandcentral,{1 if day else 0}")
    file.write_text("\n".join(rows))
    found = answer(file, "--allow", "reserved-1y", "--death", "0", "--drift", "0")
    assert [(b["size"], b["count"]) for b in found["purchases"]] == [("Standard_D4s_v5", "2")]
    assert Decimal(found["recommended"]["monthly"]) == round(2 * Decimal(1189) / 12, 2)


@pytest.mark.parametrize("allowed", ["reserved-1y,savings-1y", "reserved-3y"])
def test_the_bound_is_under_every_cost_beside_existing_plans(tmp_path: Path, allowed: str) -> None:
    existing = tmp_path / "existing.csv"
    existing.write_text(
        "kind,size,region,quantity,ends\n"
        "reserved-3y,Standard_D2s_v5,polandcentral,4,\n"
        "savings-1y,,,0.5,\n"
        "savings-3y,,,0.7,\n"
    )
    found = answer(EXAMPLE, "--allow", allowed, "--existing", existing, "--look-back", "7")
    bound = Decimal(found["certificate"]["bound_monthly"])
    for way in [found["recommended"], *found["ways"]]:
        if way["name"] != "pay-as-you-go":
            assert Decimal(way["monthly"]) >= bound - Decimal("0.01"), way["name"]
    assert Decimal(found["certificate"]["gap"]) < Decimal("0.05")


def test_subscriptions_buy_for_themselves_when_told_so(tmp_path: Path) -> None:
    one = flat(tmp_path, 1, subscription="one").read_text()
    two = flat(tmp_path, 2, subscription="two").read_text().split("\n", 1)[1]
    file = tmp_path / "both.csv"
    file.write_text(one + two)
    still = ("--term", "1", "--death", "0", "--drift", "0")
    apart = answer(file, "--scope", "per-subscription", *still)
    assert [(b["scope"], b["count"]) for b in apart["purchases"]] == [("one", "1"), ("two", "2")]
    together = answer(file, *still)
    assert [(b["scope"], b["count"]) for b in together["purchases"]] == [("shared", "3")]
    existing = tmp_path / "existing.csv"
    existing.write_text("kind,size,region,quantity,ends\nsavings-1y,,,1,\n")
    refused = run(file, "--scope", "per-subscription", "--existing", existing)
    assert refused.exit_code == 2
    assert "`subscription` for every existing commitment" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--allow", "spot"], "--allow takes some of"),
        (["--allow", "savings-1y", "--term", "3"], "leaves nothing"),
        (["--scope", "per-subscription"], "column `subscription`"),
        (["--existing", "README.md"], "needs the columns"),
        (["--existing", "nowhere.csv"], "cannot be read"),
        (["--azure-recommendation", "README.md"], "no answer of Azure"),
        (["--look-back", "0"], "0 is not in the range"),
        (["--drift", "nan"], "are numbers"),
    ],
)
def test_bad_options_are_refused_in_words(words: list[str], said: str) -> None:
    done = run(EXAMPLE, *(str(ROOT / w) if w.endswith(".md") else w for w in words))
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_the_answer_says_what_it_stands_on(format_: str) -> None:
    done = run(EXAMPLE, "--term", "1", "--format", format_)
    assert done.exit_code == 0
    for words in (
        "Proven", "certified gap", "worst tenth", "Standard_NC24ads_A100_v4", "--drift",
        "no price for any commitment", "cannot be cancelled", "polandcentral",
    ):  # fmt: skip
        assert words in done.stdout.replace("\\_", "_")


def test_the_same_seed_gives_the_same_answer(tmp_path: Path) -> None:
    file = flat(tmp_path, 3)
    first = answer(file, "--term", "1")
    assert answer(file, "--term", "1") == first
    other = answer(file, "--term", "1", "--seed", "2")
    assert other["recommended"] != first["recommended"]


def test_azures_own_advice_stands_beside_it(shared: Path, tmp_path: Path) -> None:
    specs = shared / "recordings/azure-rest-api-specs/specification/cost-management"
    body = json.loads(next(specs.rglob("BenefitRecommendationsByBillingAccount.json")).read_text())
    file = tmp_path / "azure.json"
    file.write_text(json.dumps(body["responses"]["200"]["body"]))
    found = answer(EXAMPLE, "--term", "1", "--azure-recommendation", file)
    azure = next(way for way in found["ways"] if way["name"].startswith("Azure's"))
    assert azure["name"] == "Azure's 1-year savings plan, Last7Days"
    assert Decimal(azure["committed_hourly"]) == Decimal("0.164")


def test_azures_reservations_are_laid_on_the_groups(tmp_path: Path) -> None:
    """The shape of Microsoft.Consumption/reservationRecommendations, with sizes of ours."""
    file = tmp_path / "azure.json"
    item = {"sku": "Standard_D16s_v5", "location": "Poland Central"}
    said = {"term": "P1Y", "lookBackPeriod": "Last30Days", "recommendedQuantity": 1}
    file.write_text(json.dumps({"value": [{**item, "properties": said}]}))
    found = answer(EXAMPLE, "--term", "1", "--azure-recommendation", file)
    azure = next(way for way in found["ways"] if way["name"].startswith("Azure's"))
    # 4 x 1,189 USD for the year: a D16s is four D4s.
    assert Decimal(azure["committed_hourly"]) == round(4 * Decimal(1189) / 8760, 4)


def test_rules_hold_on_their_days_and_for_their_sizes() -> None:
    from datetime import date

    everything = list(rules())
    assert all(rule.source and rule.certainty for rule in everything)
    before = {r.rule for r in in_force(everything, date(2027, 1, 31), ["Standard_D4s_v5"])}
    after = {r.rule for r in in_force(everything, date(2027, 2, 1), ["Standard_D4s_v3"])}
    assert "exchange-before" in before
    assert "exchange-after" not in before
    assert {"exchange-after", "no-more-v3"} <= after
    assert "exchange-before" not in after
