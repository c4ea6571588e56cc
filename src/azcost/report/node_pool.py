"""Ways to run a pool of nodes, as a document."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from azcost.optimise.node_pool import Demand, Way
from azcost.report.document import Chart, Code, Document, Series, Table
from azcost.report.spot_words import money, share, span

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def document(
    demand: Demand,
    ways: Sequence[Way],
    missing: Sequence[str],
    *,
    size: str,
    region: str,
    cold_start: float,
) -> Document:
    """The answer of `azcost nodes`: the ways, cheapest first, and the week of the best."""
    best = ways[0]
    today = next(way for way in ways if way.name == "all nodes always on")
    return Document(
        title=f"A pool of {size} in {region}, up to {int(demand.nodes.max())} nodes",
        verdict=_verdict(best, today),
        parts=(
            _ways(ways, today),
            _week(demand, best),
            _chart(demand, best),
            _command(demand, best, size),
        ),
        notes=(
            *_notes(demand, best, cold_start),
            *(f"Not compared: {why}" for why in missing),
        ),
        facts=_facts(demand, ways, missing),
    )


def _verdict(best: Way, today: Way) -> str:
    saving = 1 - float(best.cost.amount / today.cost.amount)
    base = f"a base of {best.base}" if best.base else "no base"
    return (
        f"{best.name[0].upper()}{best.name[1:]}: {best.cost} a month with {base}, "
        f"{share(saving)} less than {today.cost} with all nodes always on."
    )


def _ways(ways: Sequence[Way], today: Way) -> Table:
    return Table(
        title="Ways to run it, the cheapest first",
        columns=(
            "way", "base nodes", "burst node-hours", "of that starting",
            f"{today.cost.currency} a month", "saving", "waits for a first node",
        ),
        rows=tuple(
            (
                way.name,
                str(way.base),
                f"{way.burst_hours:,.1f}",
                f"{way.starting:,.1f}",
                money(way.cost.amount),
                share(1 - float(way.cost.amount / today.cost.amount)),
                f"{way.wake_ups:,.1f} a month" if way.wake_ups else "none",
            )
            for way in ways
        ),
    )  # fmt: skip


def _week(demand: Demand, best: Way) -> Table:
    beyond = demand.by_week_hour(best.base).reshape(7, 24)

    def cell(mean: float) -> str:
        return "?" if np.isnan(mean) else f"{best.base}+{mean:.1f}"

    return Table(
        title="By hour of the week: base + burst nodes on average",
        columns=("hour", *_DAYS),
        rows=tuple(
            (f"{hour:02d}:00", *(cell(float(beyond[day, hour])) for day in range(7)))
            for hour in range(24)
        ),
    )


def _chart(demand: Demand, best: Way) -> Chart:
    means = np.nan_to_num(demand.by_week_hour(0))
    x = tuple(float(hour) for hour in range(len(means)))
    return Chart(
        title="Nodes by hour of the week",
        description=f"A base of {best.base} nodes, and up to {means.max():.1f} nodes on average.",
        kind="lines",
        x_label="hour of the week, from Monday",
        y_label="nodes",
        series=(
            Series("needed", x, tuple(float(mean) for mean in means)),
            Series("base", x, (float(best.base),) * len(x)),
        ),
    )


def _command(demand: Demand, best: Way, size: str) -> Code:
    most = max(int(demand.nodes.max()) - best.base, 0)
    spot = " --priority Spot --eviction-policy Delete --spot-max-price -1"
    lines = [
        "az aks nodepool add",
        '--resource-group "$RESOURCE_GROUP" --cluster-name "$CLUSTER" --name burst',
        f"--node-vm-size {shlex.quote(size)}",
        f"--enable-cluster-autoscaler --min-count 0 --max-count {most}"
        + (spot if best.name.endswith("spot") else ""),
    ]
    return Code(title="The burst as a pool of its own", text=" \\\n  ".join(lines))


def _notes(demand: Demand, best: Way, cold_start: float) -> list[str]:
    weeks = len(demand.nodes) * demand.step / 168
    start = span(cold_start)
    said = [
        f"From {weeks:,.1f} weeks, as if all were like them.",
        _COMPUTE_ONLY,
        f"A start is billed for {start} before the node works; a first request waits as long.",
    ]
    if best.name.endswith("spot"):
        said.append("Spot nodes may be missing when they are needed: nothing promises capacity.")
    if weeks < _FEW_WEEKS:
        said.append("Fewer than 4 weeks: do not commit for a year on this alone.")
    return said


_FEW_WEEKS = 4
_COMPUTE_ONLY = (
    "Compute only: disks, addresses and the control plane stay as they are. A base that is "
    "committed is paid for every hour: to stop it saves nothing."
)


def _facts(demand: Demand, ways: Sequence[Way], missing: Sequence[str]) -> dict[str, object]:
    return {
        "schema": 1,
        "currency": ways[0].cost.currency,
        "ways": [
            {
                "name": way.name,
                "base_nodes": way.base,
                "burst_node_hours": _number(way.burst_hours),
                "starting_node_hours": _number(way.starting),
                "wake_ups": _number(way.wake_ups),
                "monthly": way.cost.amount,
            }
            for way in ways
        ],
        "nodes_by_hour_of_week": [
            None if np.isnan(mean) else _number(float(mean)) for mean in demand.by_week_hour(0)
        ],
        "not_compared": list(missing),
    }


def _number(value: float) -> Decimal:
    return Decimal(repr(round(value, 6)))
