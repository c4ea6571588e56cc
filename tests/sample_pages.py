"""A document with every kind of part, for the tests that look at pages."""

from __future__ import annotations

from decimal import Decimal

from azcost.report.document import (
    Chart,
    Choice,
    Choices,
    Code,
    Document,
    Mark,
    Paragraph,
    Series,
    Table,
)
from azcost.report.html import Origin

ORIGIN = Origin("azcost compare arch.yaml --html page.html", "0.0.0", "toy")
_SHARES = tuple(float(share) for share in range(0, 101, 5))
_FACTORS = (1, 4, 0.05, 0.01, 0.03)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
_SIZES = ("Standard_D4s_v5", "Standard_NC24ads_A100_v4")

DOCUMENT = Document(
    title="Four training machines",
    verdict="Reserving the two machines that always run saves 2,310.40 USD a month.",
    parts=(
        Choices(
            title="Which of these would I do?",
            monthly=Decimal("7421.33"),
            currency="USD",
            options=(
                Choice("Reserve training for a year", Decimal("1210.40"), "training"),
                Choice("Run training as spot", Decimal("2100.10"), "training"),
                Choice("Stop the notebooks at night", Decimal("410.00")),
            ),
        ),
        Table(
            title="Scenarios",
            columns=("scenario", "USD per month", "saves"),
            rows=(
                ("as designed", "7,421.33", "0.00"),
                ("reserved-1y", "5,110.93", "2,310.40"),
                ("spot", "12,001.00", "-4,579.67"),
            ),
        ),
        Chart(
            title="Break-even",
            description="A reservation is cheaper from 62% of the hours on.",
            kind="lines",
            x_label="share of hours used, %",
            y_label="USD per month",
            series=(
                Series("pay-as-you-go", _SHARES, tuple(share * 26.8 for share in _SHARES)),
                Series("reserved-1y", _SHARES, tuple(1660.0 for _ in _SHARES)),
            ),
            marks=(Mark("break-even: 62%", 62.0), Mark("now: 40%", 40.0)),
        ),
        Chart(
            title="Storage by month",
            description="What is hot becomes cool.",
            kind="stacked",
            x_label="month",
            y_label="USD",
            series=(
                Series("hot", _MONTHS, (100.0,) * 6),
                Series("cool", _MONTHS, (0.0, 10.0, 20.0, 30.0, 40.0, 50.0)),
            ),
        ),
        Chart(
            title="Now and then",
            description="Both become cheaper.",
            kind="bars",
            x_label="",
            y_label="USD",
            series=(Series("now", _SIZES, (100.0, 200.0)), Series("then", _SIZES, (80.0, 150.0))),
        ),
        Table(
            title="Sizes",
            columns=("size", "region", "vCPU", "GiB", "pay-as-you-go", "spot", "1 year"),
            rows=(
                *(
                    (
                        f"Standard_D{n}s_v5",
                        "westeurope",
                        *(f"{n * factor:g}" for factor in _FACTORS),
                    )
                    for n in range(2, 60)
                ),
                ("all", "", "1,769", "7,076", "", "", ""),
            ),
            left=(0, 1),
            rules=(57,),
        ),
        Code(title="Do it", text="az vm deallocate --name training --resource-group " + "x" * 200),
        Paragraph("A reservation cannot be given back for more than 50,000 USD a year."),
    ),
    notes=("Prices are list prices.",),
    facts={"schema": 1},
)
