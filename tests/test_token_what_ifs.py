"""Other models and machines of one's own, by hand; and a real trace."""

from __future__ import annotations

import csv
import math
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from azcost.errors import AzcostError, PriceNotFound
from azcost.optimise.self_host import Host, self_host
from azcost.optimise.token_plans import Question, plan
from azcost.optimise.token_prices import Deployment, token_prices
from azcost.optimise.token_routes import Route, routed
from azcost.pricing.catalogue import Catalogue
from azcost.report.document import to_json, to_markdown, to_text
from azcost.report.tokens import document
from azcost.usage import token_trace
from token_loads import GPT5, ROWS, Toys, load_of, question

QUALITY = {"gpt-5": Decimal("0.9"), "gpt-5-mini": Decimal("0.7")}


# 43.8 million tokens a month are 87.60 from gpt-5, 8.76 from gpt-5-mini.
@pytest.mark.parametrize(
    ("cascade", "cost"),
    [(False, "40.296"), (True, "43.80")],  # 0.4 x 87.60 + 0.6 x 8.76; 0.4 x 87.60 + 8.76
)
def test_a_cascade_also_pays_for_what_is_asked_again(
    toy_catalogue: Toys,
    cascade: bool,  # noqa: FBT001 - a case
    cost: str,
) -> None:
    catalogue, load = toy_catalogue(ROWS), load_of([1000])
    prices = token_prices(catalogue, GPT5)
    route = Route(model="gpt-5-mini", share=0.6, cascade=cascade)
    found = routed(load, route, GPT5, prices, catalogue=catalogue, quality=QUALITY)
    assert found.cost.amount == Decimal(cost)
    assert found.by_chance == Decimal("0.78")


def test_without_the_users_figures_nothing_is_said_of_quality(toy_catalogue: Toys) -> None:
    catalogue, load = toy_catalogue(ROWS), load_of([1000])
    answer = plan(load, question(), catalogue)
    route = Route(model="gpt-5-mini", share=0.6)
    found = routed(load, route, GPT5, answer.prices, catalogue=catalogue, quality={})
    assert found.by_chance is None
    assert "not given: measure both" in to_text(document(answer, [found]))


def host(speed: int) -> Host:
    return Host(
        size="standard_nc24ads_a100_v4", region="westeurope", tokens_per_second=Decimal(speed)
    )


def test_a_machine_against_tokens(toy_catalogue: Toys) -> None:
    # 1,000 tokens a second at 3.60 an hour: 2,628 million tokens a month for 2,628.00.
    load = load_of([60_000, 30_000])
    rivals = {"by the token": Decimal("0.000002"), "dumping": Decimal("0.0000005")}
    found = self_host(load, host(1000), rivals, catalogue=toy_catalogue(ROWS))
    (way,) = found.ways
    assert way.break_even == {"by the token": 1_314_000_000, "dumping": None}
    assert [cost.amount for cost in way.per_million] == [
        pytest.approx(Decimal(each)) for each in ("10", "4", "2", "1.333333333333", "1")
    ]
    assert (found.machines, found.used, found.gpus) == (1, 0.75, 1)
    assert way.gpu_hour is not None
    assert way.used_gpu_hour is not None
    assert (way.gpu_hour.amount, way.used_gpu_hour.amount) == (Decimal("3.6"), Decimal("4.8"))
    assert found.unpriced == ("reserved-1y", "reserved-3y", "spot")


def test_machines_are_as_many_as_the_busiest_minute_takes(toy_catalogue: Toys) -> None:
    found = self_host(
        load_of([60_001, 0]), host(1000), {"t": Decimal(1)}, catalogue=toy_catalogue(ROWS)
    )
    assert found.machines == 2
    assert found.ways[0].cost.amount == 2 * 2628


def test_an_unknown_size_and_one_without_a_price_are_errors(catalogue: Catalogue) -> None:
    for size, error in (("Standard_X1", AzcostError), ("Standard_NC24", PriceNotFound)):
        asked = Host(size=size, region="eastus2", tokens_per_second=Decimal(1))
        with pytest.raises(error, match=size):
            self_host(load_of([1]), asked, {"t": Decimal(1)}, catalogue=catalogue)


TPM = {"gpt-5": 4750, "gpt-4.1": 3000, "gpt-4o": 2500}
RATIO = {"gpt-5": 8, "gpt-4.1": 4, "gpt-4o": 4}


@pytest.mark.parametrize("model", TPM)
def test_the_code_trace_is_worth_no_units(model: str, shared: Path, catalogue: Catalogue) -> None:
    file = shared / "traces/llm/AzureLLMInferenceTrace_code.csv"
    asked = Question(deployment=Deployment(model=model, region="eastus2"))
    answer = plan(token_trace.read(file), asked, catalogue)
    assert [way.ptus for way in answer.ways if way.sized_for == "cost"] == [0, 0, 0, 0]
    by_minute: Counter[str] = Counter()
    with file.open() as rows:
        for row in csv.DictReader(rows):
            asked_for = int(row["ContextTokens"]) + RATIO[model] * int(row["GeneratedTokens"])
            by_minute[row["TIMESTAMP"][:16]] += asked_for
    peak = math.ceil(max(by_minute.values()) / TPM[model] / 5) * 5
    year = answer.ways[-1]
    assert (year.sized_for, year.ptus, year.cost.amount) == ("peak", peak, peak * 221)
    assert 3.2 < year.cost.amount / answer.pay_as_you_go.cost.amount < 3.5


def test_the_bill_of_the_code_trace(shared: Path, catalogue: Catalogue) -> None:
    # 18,059,974 tokens at 1.25 and 245,896 at 10 a million in 58 minutes of 43,800.
    file = shared / "traces/llm/AzureLLMInferenceTrace_code.csv"
    asked = Question(deployment=Deployment(model="gpt-5", region="eastus2"))
    answer = plan(token_trace.read(file), asked, catalogue)
    assert str(answer.pay_as_you_go.cost) == "18,904.93 USD"
    found = document(answer)
    assert "No number of PTUs is cheaper" in found.verdict
    assert "at quoted prices" in found.verdict
    assert "shorter than a day" in to_markdown(found)
    assert '"hindsight": true' in to_json(found)
