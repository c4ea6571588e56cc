"""`azcost spot`: what a training job costs on spot machines, and how to run it there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from azcost.cli.answer import answer_options, show
from azcost.errors import AzcostError
from azcost.pricing.opening import open_catalogue

if TYPE_CHECKING:
    import numpy as np

    from azcost.meters.compute import OperatingSystem
    from azcost.optimise.deadline_plan import DeadlinePlan
    from azcost.optimise.spot_plan import Choice

_MANY_HOURS = 8_760.0
_SHORT = 100.0  # hours that are planned for in a second


@click.command()
@click.option(
    "--size",
    "sizes",
    multiple=True,
    required=True,
    metavar="NAME[=HOURS]",
    help="A VM size, and the hours of work on it if sizes differ; may be repeated.",
)
@click.option("--region", required=True, metavar="A,B", help="One region, or several to rank.")
@click.option("--hours", metavar="N", help="Hours of work without any interruption.")
@click.option(
    "--machines",
    default=1,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="How many run together.",
)
@click.option(
    "--eviction-rate",
    multiple=True,
    metavar="[REGION=]BUCKET",
    help="Azure's: 0-5, 5-10, 10-15, 15-20 or 20+ per cent an hour.",
)
@click.option(
    "--rates",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Eviction rates of many places, from Azure Resource Graph (JSON).",
)
@click.option("--evictions", metavar="K", help="Evictions that you have seen yourself ...")
@click.option("--observed-hours", metavar="H", help="... in so many machine-hours on spot.")
@click.option("--checkpoint", metavar="TIME", help="How long a checkpoint takes: 3m.")
@click.option("--checkpoint-gb", metavar="GB", help="Or the size of a checkpoint ...")
@click.option("--write-mbps", metavar="MB/S", help="... and how fast it is written.")
@click.option("--every", metavar="TIME", help="Your interval between checkpoints, to compare.")
@click.option(
    "--restart",
    required=True,
    metavar="TIME",
    help="From a machine that starts until it works on: boot, load, warm up.",
)
@click.option(
    "--wait",
    default="0",
    metavar="TIME",
    show_default=True,
    help="From an eviction until there is capacity again, on average.",
)
@click.option("--deadline", metavar="HOURS", help="When it must be done, on-demand if need be.")
@click.option(
    "--availability",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Recorded availability to fit (CSV: time, available), for --deadline.",
)
@click.option("--disk", metavar="TYPE:GB", help="A disk of each machine: Premium_LRS:128.")
@click.option("--os", type=click.Choice(["linux", "windows"]), default="linux")
@click.option("--spot-price", metavar="AMOUNT", help="Spot per hour, in place of a recorded one.")
@click.option("--currency", default="", help="Price in this currency instead of USD.")
@click.option("--seed", default=0, show_default=True, help="For the runs that are drawn.")
@answer_options
def spot(
    sizes: tuple[str, ...],
    region: str,
    hours: str | None,
    machines: int,
    eviction_rate: tuple[str, ...],
    rates: Path | None,
    evictions: str | None,
    observed_hours: str | None,
    checkpoint: str | None,
    checkpoint_gb: str | None,
    write_mbps: str | None,
    every: str | None,
    restart: str,
    wait: str,
    deadline: str | None,
    availability: Path | None,
    disk: str | None,
    os: OperatingSystem,
    spot_price: str | None,
    currency: str,
    seed: int,
    format_: str,
) -> None:
    """Say what a job costs on spot machines, and how often to write checkpoints.

    With --deadline: when to wait, when to use spot and when on-demand, so that it is kept.

    Example: azcost spot --size Standard_NC24ads_A100_v4 --region westeurope --hours 100
    --eviction-rate 5-10 --checkpoint 3m --restart 10m
    """
    import numpy as np

    from azcost.cli import spot_options as said
    from azcost.optimise import spot_plan
    from azcost.optimise.spot import Job
    from azcost.report.spot import document

    if availability and not deadline:
        raise click.UsageError("--availability is for the policy of a --deadline.")
    if seed < 0:
        raise click.UsageError("--seed: expected 0 or more.")
    catalogue = open_catalogue(currency)
    writing = said.checkpoint(checkpoint, checkpoint_gb, write_mbps)
    starting = said.span("--restart", restart)
    waiting = said.span("--wait", wait, _MANY_HOURS)
    own = said.interval(every) if every else None
    buckets = said.Rates(catalogue, eviction_rate, rates)
    storage, price = said.disk(disk), said.price(spot_price)
    places = [
        spot_plan.place(
            catalogue,
            size=size,
            region=one,
            job=Job(
                work=work, checkpoint=writing, restart=starting, wait=waiting, machines=machines
            ),
            evictions=said.belief(buckets.bucket(size, one), evictions, observed_hours),
            os=os,
            disk=storage,
            spot_price=price,
        )
        for size, work in said.sizes(catalogue, sizes, hours).items()
        for one in said.regions(catalogue, region)
    ]
    if price is not None and len(places) > 1:
        raise AzcostError("--spot-price is for one size in one region.")
    rng = np.random.default_rng(seed)
    choices = spot_plan.choose(places, rng)
    plan = _plan(choices[0], deadline, availability, rng) if deadline else None
    show(document(choices, plan, own), format_)


def _plan(
    best: Choice, deadline: str, availability: Path | None, rng: np.random.Generator
) -> DeadlinePlan:
    from azcost.cli import spot_options as said
    from azcost.optimise import availability_csv, deadline_plan

    hours = said.hours("--deadline", deadline)
    recording = availability_csv.read(availability) if availability else None
    if recording or hours > _SHORT:
        click.echo("Planning for the deadline ...", err=True)
    return deadline_plan.plan(best, hours=hours, recording=recording, rng=rng)
