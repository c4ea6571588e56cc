"""`azcost commit`: which reservations and savings plans to buy for recorded usage."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from azcost.cli.answer import answer_options, show
from azcost.cli.options import is_snapshot
from azcost.errors import AzcostError
from azcost.pricing.opening import open_catalogue
from azcost.pricing.rows import Purchase
from azcost.spec.problems import did_you_mean

if TYPE_CHECKING:
    from azcost.optimise.azure_recommendation import Recommendation
    from azcost.optimise.commitments import Scope
    from azcost.optimise.existing import Commitment
    from azcost.optimise.flex_groups import Sku
    from azcost.pricing.catalogue import Catalogue
    from azcost.usage.hourly import HourlyUsage

_BOUGHT = ("reserved-1y", "reserved-3y", "savings-1y", "savings-3y")
_SHARED = "shared"
# Recommendations of Consumption and of Cost Management; Advisor's name no sizes.
_OF_COSTS = ("reservation", "benefit")


@click.command()
@click.argument("usage", type=click.Path(path_type=Path))
@click.option("--allow", default=",".join(_BOUGHT), show_default=True, help="What may be bought.")
@click.option("--term", type=click.Choice(["1", "3"]), help="Only for so many years.")
@click.option(
    "--scope",
    type=click.Choice([_SHARED, "per-subscription"]),
    default=_SHARED,
    show_default=True,
    help="What shares commitments.",
)
@click.option(
    "--look-back", type=click.IntRange(1, 3650), default=60, show_default=True, metavar="DAYS",
    help="Use the last so many days.",
)  # fmt: skip
@click.option("--existing", type=click.Path(path_type=Path), help="CSV of what was bought before.")
@click.option(
    "--azure-recommendation", "azure", multiple=True, type=click.Path(path_type=Path),
    help="JSON of Azure's own advice, to compare with.",
)  # fmt: skip
@click.option("--gaps-are-zero", is_flag=True, help="An hour without a row means: nothing ran.")
@click.option(
    "--drift", type=click.FloatRange(0, 3), default=0.35, show_default=True,
    help="How much usage may change in a year (standard deviation of its logarithm).",
)  # fmt: skip
@click.option(
    "--death", type=click.FloatRange(0, 0.99), default=0.15, show_default=True,
    help="The chance that a workload ends within a year.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True)
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]),
    help="The day of the purchase, for the rules of that day; today if left out.",
)  # fmt: skip
@click.option("--currency", default="", help="Price in this currency; USD ships.")
@answer_options
def commit(
    usage: Path,
    allow: str,
    term: str | None,
    scope: str,
    look_back: int,
    existing: Path | None,
    azure: tuple[Path, ...],
    gaps_are_zero: bool,  # noqa: FBT001 - click's flags
    drift: float,
    death: float,
    seed: int,
    day: datetime | None,
    currency: str,
    format_: str,
) -> None:
    """Find the reservations and the savings plan to buy for hourly usage.

    USAGE is CSV or Parquet with the columns time, size, region and quantity, and if wanted
    os and subscription; or a snapshot, whose bill says how long machines ran at the full price.

    Example: azcost commit examples/usage.parquet --term 1
    """
    from azcost.optimise import azure_recommendation, commitments
    from azcost.optimise import existing as bought
    from azcost.optimise.commitments import Question
    from azcost.optimise.risk import SCENARIOS, Outlook
    from azcost.report.commitment_notes import Answer
    from azcost.report.commitments import document

    if not isfinite(drift + death):
        raise click.UsageError("--drift and --death are numbers.")
    years = int(term) if term else None
    allowed = _allowed(allow, years)
    today = (day or datetime.now(UTC)).date()
    advised = tuple(one for path in azure for one in azure_recommendation.load(path))
    if is_snapshot(usage):
        recorded, catalogue, told = _of_snapshot(usage, currency, look_back)
        advised = advised or told
    else:
        from azcost.usage.hourly import Gaps, load

        catalogue = open_catalogue(currency)
        recorded = load(usage, Gaps(gaps_are_zero))
    before = bought.load(existing) if existing else ()
    before = tuple(_spelled(catalogue, one) for one in before)
    running = bought.running(before, today)
    scopes = _scopes(catalogue, recorded, scope, look_back, running)
    advice = commitments.advise(
        scopes,
        Question(
            allowed=allowed,
            years=years,
            outlook=Outlook(years=1, drift=drift, death=death, scenarios=SCENARIOS, seed=seed),
            azure=advised,
        ),
        lambda words: click.echo(f"{words} ...", err=True),
    )
    answer = Answer(
        source=usage.name,
        end=recorded.end,
        filled=recorded.filled,
        advice=advice,
        currency=catalogue.currency,
        today=today,
        has_windows=any(series.os == "windows" for series in recorded.series),
        ended=len(before) - len(running),
        ending=tuple(one for one in running if one.ends is not None),
    )
    show(document(answer), format_)


def _of_snapshot(
    file: Path, currency: str, days: int
) -> tuple[HourlyUsage, Catalogue, tuple[Recommendation, ...]]:
    """The hours that machines and scale sets were billed at the full price, and Azure's advice."""
    from azcost.audit import snapshot
    from azcost.audit.facts import Facts
    from azcost.audit.machine_hours import machine_hours
    from azcost.optimise.azure_recommendation import of_properties

    taken = snapshot.load(file)
    catalogue = open_catalogue(currency or taken.currency)
    found = machine_hours(Facts(taken, catalogue), days)
    if found is None or not found.usage.series:
        raise AzcostError(f"{file} has no machine that was billed at the full price.")
    click.echo(
        f"{len(found.resources)} machines and scale sets were billed at the full price; what "
        "commitments paid for already, spot, and other services are left out.",
        err=True,
    )
    if found.unknown:
        names = ", ".join(found.unknown[:3])
        click.echo(f"Left out, for their size is not known: {names}.", err=True)
    advice = (one for one in taken.recommendations if one.source in _OF_COSTS)
    return found.usage, catalogue, of_properties(one.properties for one in advice)


def _allowed(allow: str, years: int | None) -> frozenset[Purchase]:
    words = [word.strip() for word in allow.split(",") if word.strip()]
    unknown = [word for word in words if word not in _BOUGHT]
    if unknown or not words:
        raise click.UsageError(f"--allow takes some of {', '.join(_BOUGHT)}; not {allow[:60]!r}.")
    allowed = frozenset(Purchase(word) for word in words)
    if years and not any(word.endswith(f"{years}y") for word in words):
        raise click.UsageError(f"--term {years} leaves nothing of --allow {allow}.")
    return allowed


def _scopes(
    catalogue: Catalogue,
    recorded: HourlyUsage,
    scope: str,
    look_back: int,
    existing: tuple[Commitment, ...],
) -> list[Scope]:
    """The demand of everything, or of each subscription, in the hours looked back on."""
    import numpy as np

    from azcost.optimise.commitments import Scope
    from azcost.optimise.existing import sunk
    from azcost.optimise.flex_groups import demand

    if scope == _SHARED:
        names = [_SHARED]
    else:
        names = sorted({series.subscription for series in recorded.series})
        if "" in names:
            raise AzcostError(
                "--scope per-subscription needs a column `subscription`, filled in every row."
            )
        if any(not one.subscription for one in existing):
            raise AzcostError(
                "--scope per-subscription needs a `subscription` for every existing commitment."
            )
    first = max(0, recorded.hours - look_back * 24)
    found = []
    for name in names:
        rows = [n for n, s in enumerate(recorded.series) if name in (_SHARED, s.subscription)]
        theirs = [c for c in existing if name in (_SHARED, c.subscription)]
        series = [recorded.series[row] for row in rows]
        skus = [_sku(catalogue, one.size, one.region) for one in series]
        # What is reserved already may cover other sizes of its group.
        held = [c.sku for c in theirs if c.sku is not None]
        quantity = recorded.quantity[rows, first:]
        nothing = np.zeros((len(held), quantity.shape[1]))
        wanted = demand(catalogue, [*skus, *held], np.vstack([quantity, nothing]))
        found.append(Scope(name, wanted, sunk(theirs, wanted)))
    return found


def _spelled(catalogue: Catalogue, one: Commitment) -> Commitment:
    """A commitment with the catalogue's spelling of what it reserves."""
    if one.sku is None:
        return one
    return msgspec.structs.replace(one, sku=_sku(catalogue, one.sku.size, one.sku.region))


def _sku(catalogue: Catalogue, size: str, region: str) -> Sku:
    """A size and region in the catalogue's spelling."""
    from azcost.optimise.flex_groups import Sku

    spelled = []
    for kind, text in (("sizes", size), ("regions", region)):
        known = catalogue.name(kind, text)
        if known is None:
            names = catalogue.names(kind)
            raise AzcostError(f"`{text[:80]}` is not known{did_you_mean(text, names)}")
        spelled.append(known)
    return Sku(*spelled)
