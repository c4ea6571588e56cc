"""`azcost nodes`: what a pool of nodes that scales should be bought as."""

from __future__ import annotations

from pathlib import Path

import click

from azcost.cli.answer import answer_options, show
from azcost.errors import AzcostError
from azcost.pricing.opening import open_catalogue


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--size", required=True, help="The VM size of the nodes.")
@click.option("--region", required=True, help="The region, as Azure names it: westeurope.")
@click.option(
    "--cold-start",
    default="5m",
    show_default=True,
    metavar="TIME",
    help="From asking for a node until it works.",
)
@click.option(
    "--eviction-rate",
    metavar="BUCKET",
    help="Compare spot too: Azure's 0-5, 5-10, 10-15, 15-20 or 20+ per cent an hour.",
)
@click.option(
    "--steady",
    default=1,
    show_default=True,
    type=click.IntRange(0, 100_000),
    help="At least so many nodes that are never spot.",
)
@click.option("--currency", default="", help="Price in this currency instead of USD.")
@answer_options
def nodes(
    file: Path,
    size: str,
    region: str,
    cold_start: str,
    eviction_rate: str | None,
    steady: int,
    currency: str,
    format_: str,
) -> None:
    """Say how many nodes of a pool to commit to, and what to do with the rest.

    FILE is a CSV of the nodes that were needed, with the columns time (ISO 8601, evenly
    spaced) and nodes. The pool is compared always on, scaled, scaled to zero, and on a
    committed base with the rest pay-as-you-go or spot.

    Example: azcost nodes examples/nodes.csv --size Standard_D4s_v5 --region westeurope
    """
    from azcost.cli import spot_options as said
    from azcost.optimise import evictions, node_pool
    from azcost.report.node_pool import document

    catalogue = open_catalogue(currency)
    (one,) = said.sizes(catalogue, [size], "1")
    where = said.regions(catalogue, region)
    if len(where) > 1:
        raise AzcostError("--region: a pool is in one region.")
    if eviction_rate is not None and eviction_rate not in evictions.BUCKETS:
        raise AzcostError(
            f"--eviction-rate {eviction_rate}: expected one of {', '.join(evictions.BUCKETS)}."
        )
    starting = said.span("--cold-start", cold_start)
    demand = node_pool.read(file)
    ways, missing = node_pool.ways(
        catalogue,
        demand,
        size=one,
        region=where[0],
        steady=steady,
        cold_start=starting,
        evictions=evictions.prior(eviction_rate) if eviction_rate else None,
    )
    answer = document(demand, ways, missing, size=one, region=where[0], cold_start=starting)
    show(answer, format_)
