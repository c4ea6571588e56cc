"""`azcost prices`: look at the price tables, and fetch newer ones."""

from __future__ import annotations

import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from azcost import paths
from azcost.errors import AzcostError
from azcost.pricing import store, tables
from azcost.pricing.opening import SHIPPED_CURRENCY, open_catalogue
from azcost.pricing.synced import Cache, Partition
from azcost.spec.problems import did_you_mean

if TYPE_CHECKING:
    from azcost.pricing.catalogue import Catalogue
    from azcost.pricing.sync import Progress


@click.group()
def prices() -> None:
    """Look at the price tables, and fetch newer prices from Azure."""


@prices.command()
@click.argument("name")
@click.option("--region", required=True, help="The region, as Azure names it: westeurope.")
@click.option("--currency", default="", help="The currency; USD ships.")
def show(name: str, region: str, currency: str) -> None:
    """Show every price of a virtual machine size or a meter in a region.

    Example: azcost prices show Standard_D4s_v5 --region westeurope
    """
    from azcost.report.price_list import show as render

    click.echo(render(open_catalogue(currency), name, region))


@prices.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--region", default="", help="Show the prices of this region.")
@click.option("--currency", default="", help="The currency; USD ships.")
@click.option("--limit", default=40, show_default=True, help="Print so many meters.")
def search(words: tuple[str, ...], region: str, currency: str, limit: int) -> None:
    """Find meters: all words must be in their names.

    Example: azcost prices search hot lrs write --region westeurope
    """
    from azcost.report.price_list import search as render

    click.echo(render(open_catalogue(currency), words, region, limit))


@prices.command()
@click.option("--region", default="", help="Say it of one region.")
def info(region: str) -> None:
    """Say what prices are known, from whom, and how old they are."""
    from azcost.report.price_list import info as render

    today = datetime.now(UTC).date()
    click.echo(render(open_catalogue(), str(paths.cache()), region, today))


@prices.command()
@click.option("--limit", default=40, show_default=True, help="Print so many changes.")
def diff(limit: int) -> None:
    """Compare the prices that were synced with those that ship (in US dollars)."""
    from azcost.report.price_list import diff as render

    click.echo(render(store.open_shipped(), Cache(paths.cache(), SHIPPED_CURRENCY).open(), limit))


@prices.command()
@click.option("--service", "services", multiple=True, help="A service, as Azure names it.")
@click.option("--region", "regions", multiple=True, help="A region; Global for those without.")
@click.option("--all", "everything", is_flag=True, help="Every service and region that ships.")
@click.option("--currency", default=SHIPPED_CURRENCY, show_default=True)
@click.option("--in-flight", type=click.IntRange(1, 16), default=4, show_default=True)
@click.option("--again", is_flag=True, help="Fetch what was already fetched today.")
@click.option("--base-url", default="", help="Another address of the Retail Prices API.")
def sync(
    services: tuple[str, ...],
    regions: tuple[str, ...],
    everything: bool,  # noqa: FBT001 - click's flags
    currency: str,
    in_flight: int,
    again: bool,  # noqa: FBT001
    base_url: str,
) -> None:
    """Fetch prices from the Retail Prices API; they then take the place of the shipped ones.

    A run that was stopped goes on where it was: what was fetched today is kept.

    Example: azcost prices sync --service 'Virtual Machines' --region westeurope
    """
    from azcost.pricing import sync as syncing
    from azcost.pricing.retail_api import PUBLIC, RetailApi

    if not (services or regions or everything):
        raise click.UsageError("Say what to fetch: --service, --region or --all.")
    catalogue = open_catalogue()
    today = datetime.now(UTC).date().isoformat()
    cache = Cache(paths.cache(), currency.upper())
    regions = tuple(_region(catalogue, one) for one in regions)
    asked = syncing.choose(catalogue.partitions(), services, regions)
    wanted = [one for one in asked if again or cache.fetched_on(one) != today]
    click.echo(f"{len(wanted)} of {len(asked)} partitions to fetch.", err=True)
    api = RetailApi(
        base_url or PUBLIC, currency.upper(), in_flight, notice=lambda s: click.echo(s, err=True)
    )
    found = syncing.run(api, cache, wanted, today, in_flight, _Meter())
    known = sorted({service for service, _ in catalogue.partitions()})
    for one in found.empty:
        hint = "" if one.service in known else did_you_mean(one.service, known)
        click.echo(f"No prices for {one.service} in {one.region}{hint}", err=True)
    if found.failed:
        _say_failed(found)
        sys.exit(3)
    kept = [one for one in asked if one not in found.empty]
    if not kept:
        sys.exit(2)
    _publish(cache, kept)


def _region(catalogue: Catalogue, name: str) -> str:
    """The region as the API names it; one that azcost has never seen is taken as it is."""
    known = catalogue.name("regions", name)
    if known or name.isidentifier():
        return known or name
    raise AzcostError(f"--region {name}{did_you_mean(name, catalogue.names('regions'))}")


def _say_failed(found: Progress) -> None:
    for message in found.failed:
        click.echo(f"Not fetched: {message}", err=True)
    click.echo(
        f"The prices were left as they were. {found.done - len(found.failed)} partitions are "
        "kept: run this again to fetch the rest.",
        err=True,
    )


def _publish(cache: Cache, asked: list[Partition]) -> None:
    from azcost.pricing.compare import changes

    folder = paths.shipped("data/pricing")
    before = cache.open()
    cache.publish({"units": tables.reference(folder, "units")})
    now = cache.open()
    if now is None:
        return
    shipped = store.open_shipped() if cache.currency == SHIPPED_CURRENCY else None
    old = [connection for connection in (before, shipped) if connection]
    counts = Counter(
        change.word for one in asked for change in changes(old, now, one.service, one.region)
    )
    said = ", ".join(f"{counts[word]:,} {word}" for word in ("new", "gone", "dearer", "cheaper"))
    click.echo(f"Synced {len(asked)} partitions: {said}. `azcost prices diff` lists them.")


class _Meter:
    """Progress on stderr, once a second at most and once at the end."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._said = 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._said < 1 and progress.done < progress.partitions:
            return
        self._said = now
        left = (now - self._start) / progress.done * (progress.partitions - progress.done)
        click.echo(
            f"{progress.done}/{progress.partitions} partitions, {progress.pages:,} pages, "
            f"{progress.rows:,} rows, about {left:.0f} s left",
            err=True,
        )
