"""`azcost tokens`: what a load of language-model tokens should be bought as."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from azcost.cli.answer import answer_options, show
from azcost.errors import AzcostError
from azcost.pricing.opening import open_catalogue

if TYPE_CHECKING:
    from azcost.optimise.token_routes import Route
    from azcost.token_load import TokenLoad

_SCOPES = ("GlobalStandard", "DataZoneStandard", "Standard")
_PROFILES = (".yaml", ".yml", ".json")
_LARGE = 50_000_000  # bytes, about a second of reading


@click.command()
@click.argument("load", type=click.Path(path_type=Path))
@click.option("--model", required=True, help="The model as Azure names it: gpt-5, gpt-4o.")
@click.option("--version", "version_", default="", help="Its version; the newest if left out.")
@click.option("--scope", type=click.Choice(_SCOPES), default="GlobalStandard", show_default=True)
@click.option("--region", default="eastus2", show_default=True)
@click.option("--currency", default="", help="Price in this currency instead of USD.")
@click.option("--cached-share", metavar="SHARE", help="What if this share of input is cached.")
@click.option("--deferrable", metavar="SHARE", help="The share that may wait 24 h, for batch.")
@click.option("--ptu-month-price", metavar="AMOUNT", help="Your price of a PTU for a month.")
@click.option("--ptu-year-price", metavar="AMOUNT", help="Your price of a PTU for a year.")
@click.option("--route", multiple=True, metavar="MODEL:SHARE", help="Send a share elsewhere.")
@click.option(
    "--cascade",
    multiple=True,
    metavar="MODEL:SHARE",
    help="Ask another model first, which answers a share for good.",
)
@click.option(
    "--quality", multiple=True, metavar="MODEL=FIGURE", help="Your own measure of a model."
)
@click.option("--self-host", metavar="SIZE", help="A VM size that could serve a model instead.")
@click.option(
    "--tokens-per-second",
    metavar="N",
    help="What one such VM does, in and out, fully busy: measure it.",
)
@answer_options
def tokens(
    load: Path,
    model: str,
    version_: str,
    scope: str,
    region: str,
    currency: str,
    cached_share: str | None,
    deferrable: str | None,
    ptu_month_price: str | None,
    ptu_year_price: str | None,
    route: tuple[str, ...],
    cascade: tuple[str, ...],
    quality: tuple[str, ...],
    self_host: str | None,
    tokens_per_second: str | None,
    format_: str,
) -> None:
    """Say what a load of tokens should be bought as: by the token, in batch, or as PTUs.

    LOAD is a trace (CSV or Parquet with columns time, input, output and perhaps cached) or
    a profile (YAML).

    Example: azcost tokens examples/tokens/trace.csv --model gpt-5
    """
    from azcost.optimise import self_host as hosting
    from azcost.optimise import token_plans, token_prices, token_routes
    from azcost.report.tokens import document

    if bool(self_host) != bool(tokens_per_second):
        raise click.UsageError("--self-host and --tokens-per-second belong together.")
    catalogue = open_catalogue(currency)
    known = catalogue.name("regions", region)
    if known is None:
        raise AzcostError(f"--region {region[:60]}: no such region in the price tables.")
    asked, waits = _read(load, cached_share, deferrable)
    deployment = token_prices.Deployment(
        model=token_prices.named(model), version=version_, scope=scope, region=known
    )
    question = token_plans.Question(
        deployment=deployment,
        deferrable=waits,
        month_price=_amount("--ptu-month-price", ptu_month_price),
        year_price=_amount("--ptu-year-price", ptu_year_price),
    )
    answer = token_plans.plan(asked, question, catalogue)
    ways = _routes(route, cascade)
    figures = _figures(quality, {deployment.model, *(one.model for one in ways)})
    routes = [
        token_routes.routed(
            asked, one, deployment, answer.prices, catalogue=catalogue, quality=figures
        )
        for one in ways
    ]
    hosted = None
    if self_host:
        speed = _amount("--tokens-per-second", tokens_per_second) or Decimal(0)
        host = hosting.Host(size=self_host, region=known, tokens_per_second=speed)
        hosted = hosting.self_host(asked, host, answer.per_token(), catalogue=catalogue)
    show(document(answer, routes, hosted), format_)


def _read(path: Path, cached_share: str | None, deferrable: str | None) -> tuple[TokenLoad, float]:
    """The load, and the share of it that may wait; options replace what a profile says."""
    waits = _share("--deferrable", deferrable)
    if path.suffix.lower() in _PROFILES:
        from azcost.usage import token_profile

        load, profile = token_profile.read(path)
        waits = float(profile.deferrable_share) if waits is None else waits
    else:
        from azcost.usage import token_trace

        if path.is_file() and path.stat().st_size > _LARGE:
            click.echo(f"Reading {path.stat().st_size // 1_000_000:,} MB ...", err=True)
        load = token_trace.read(path)
    cached = _share("--cached-share", cached_share)
    return load if cached is None else load.with_cached_share(cached), waits or 0.0


def _share(option: str, text: str | None) -> float | None:
    amount = _amount(option, text, positive=False)
    if amount is not None and amount > 1:
        raise AzcostError(f"{option} {text}: a share is from 0 to 1, such as 0.3.")
    return None if amount is None else float(amount)


def _amount(option: str, text: str | None, *, positive: bool = True) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount > 10**12 or (positive and not amount):
        raise AzcostError(f"{option} {text[:40]}: expected a number, such as 0.3 or 260.")
    return amount


def _routes(route: tuple[str, ...], cascade: tuple[str, ...]) -> list[Route]:
    return [
        *(_route("--route", text, cascade=False) for text in route),
        *(_route("--cascade", text, cascade=True) for text in cascade),
    ]


def _route(option: str, text: str, *, cascade: bool) -> Route:
    from azcost.optimise.token_prices import named
    from azcost.optimise.token_routes import Route

    model, colon, share = text.rpartition(":")
    if not colon:
        raise AzcostError(f"{option} {text[:60]}: expected MODEL:SHARE, such as gpt-5-mini:0.6.")
    return Route(model=named(model), share=_share(option, share) or 0.0, cascade=cascade)


def _figures(quality: tuple[str, ...], asked: set[str]) -> dict[str, Decimal]:
    """The user's measures by model; all of them must be about a model that is asked for."""
    figures = dict(_figure(text) for text in quality)
    if strange := sorted(set(figures) - asked):
        raise AzcostError(f"--quality {strange[0]}: neither --model nor a route names it.")
    return figures


def _figure(text: str) -> tuple[str, Decimal]:
    from azcost.optimise.token_prices import named

    model, equals, figure = text.partition("=")
    found = _amount("--quality", figure, positive=False) if equals else None
    if found is None:
        raise AzcostError(f"--quality {text[:60]}: expected MODEL=FIGURE, such as gpt-5=0.86.")
    return named(model), found
