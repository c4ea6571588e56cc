"""`azcost compare`: what a design would cost if it were bought or built in another way."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from azcost import architecture
from azcost.cli.answer import answer_options, show
from azcost.cli.designs import load
from azcost.errors import AzcostError, PriceNotFound
from azcost.estimate import Unpriced
from azcost.fields import Hours
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.models import meters_of
from azcost.pricing.opening import open_catalogue
from azcost.report.comparison import document
from azcost.scenarios import changes
from azcost.scenarios.changes import PAYING_ONLY, Family, Scenario
from azcost.scenarios.compare import compare as compared
from azcost.scenarios.sizes import sizes
from azcost.spec.problems import did_you_mean

# Of all regions, the table shows so many: the cheapest.
_MOST_REGIONS = 5


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--allow", default="", help="Only these kinds of change: reserved,spot,size ...")
@click.option("--hours", default="", help="Run only then: 'mon-fri 08:00-19:00 Europe/Berlin'.")
@click.option("--regions", default="", help="Price these regions too, separated by commas.")
@click.option("--cheapest-region", is_flag=True, help="Price every region.")
@click.option("--models", default="", help="Ask these models instead, separated by commas.")
@click.option("--allow-unpriced", is_flag=True, help="Leave out what has no price, and go on.")
@click.option("--currency", default="", help="Price in this currency instead.")
@answer_options
def compare(
    file: Path,
    allow: str,
    hours: str,
    regions: str,
    cheapest_region: bool,  # noqa: FBT001 - click's flags
    models: str,
    allow_unpriced: bool,  # noqa: FBT001 - click's flags
    currency: str,
    format_: str,
) -> None:
    """Price a design in other ways to buy, run and build it, and find the best mix.

    Two mixes are made: of other ways to pay for the same machines, and of everything. With
    --allow there is one, of what it names; what --hours, --regions and --models ask for is
    always among the choices.

    Example: azcost compare examples/ml-serving.yaml --allow reserved,spot
    """
    design = load(file, open_catalogue(), currency=currency)
    catalogue = open_catalogue(design.currency)
    elsewhere = bool(regions) or cheapest_region
    asked = {Family.SCHEDULE: hours, Family.MODEL: models, Family.REGION: elsewhere}
    allowed = _allowed(allow, [family for family, value in asked.items() if value])
    scenarios = [
        one
        for one in _scenarios(catalogue, hours, _words(models))
        if not allow or one.family in allowed
    ]
    missing = architecture.estimate(design, catalogue).unpriced
    if missing and not allow_unpriced:
        raise _nothing_to_compare(missing)
    left_out = dict.fromkeys(one.resource for one in missing)
    design = design.without(left_out)
    answer = compared(
        design,
        catalogue,
        scenarios,
        [allowed] if allow else [PAYING_ONLY, list(Family)],
        _regions(catalogue, regions, everywhere=cheapest_region),
        _MOST_REGIONS if cheapest_region else None,
    )
    show(document(answer, tuple(left_out)), format_)
    if left_out:
        sys.exit(PriceNotFound.exit_code)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _allowed(text: str, asked: list[Family]) -> list[Family]:
    """The families that are named or asked for; staying pay-as-you-go is always allowed."""
    known = [family.value for family in Family]
    for word in _words(text):
        if word not in known:
            raise AzcostError(f"--allow: {word}{did_you_mean(word, known, most=len(known))}")
    named = [Family(word) for word in _words(text)]
    return list(dict.fromkeys([Family.PAY_AS_YOU_GO, *named, *asked]))


def _scenarios(catalogue: Catalogue, hours: str, models: list[str]) -> Iterator[Scenario]:
    yield from changes.buying()
    yield changes.licences()
    if hours:
        try:
            running = Hours.parse(hours)
        except ValueError as error:
            raise AzcostError(f"--hours: {error}") from error
        yield changes.schedule(running)
    yield from sizes(catalogue)
    yield from changes.redundancies()
    yield from changes.tiers()
    for model in models:
        try:
            meters_of(model)
        except ValueError as error:
            raise AzcostError(f"--models: {error}") from error
    yield from changes.tokens(models)


def _regions(catalogue: Catalogue, text: str, *, everywhere: bool) -> list[str]:
    if everywhere:
        click.echo("Pricing the design in every region ...", err=True)
        return catalogue.names("regions")
    found = []
    for word in _words(text):
        name = catalogue.name("regions", word)
        if name is None:
            raise AzcostError(f"--regions: {word}{did_you_mean(word, catalogue.names('regions'))}")
        found.append(name)
    return found


def _nothing_to_compare(missing: Sequence[Unpriced]) -> PriceNotFound:
    first = missing[0]
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    return PriceNotFound(
        f"{first.resource}, {first.label}{more} has no price, so there is nothing to compare "
        f"with; --allow-unpriced leaves it out. {first.reason}",
        first.command,
    )
