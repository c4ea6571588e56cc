"""What was spent by day, as arrays: from a snapshot's bill, or from a table of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec
import numpy as np

from azcost.audit.costs import CostLine, amounts
from azcost.audit.resource import key_of
from azcost.audit.snapshot import Part, Snapshot
from azcost.errors import AzcostError
from azcost.optimise.anomalies import Leaves
from azcost.optimise.causes import Meters
from azcost.optimise.holt_winters import Array
from azcost.usage.daily_costs import DailyCosts

# Azure completes the cost of a day within two more; until then it looks too cheap.
REPORTING_LAG_DAYS = 2
LEVELS = ("service", "group", "resource")
_SUBSCRIPTION = "subscription"


class Spending(msgspec.Struct, frozen=True):
    """Amortised cost by day, in one currency.

    Each row is one meter of one resource, on pay-as-you-go or `covered` by a benefit.
    `paths` say its service, group and resource, `tags` the resource's tags, `subscriptions`
    the names of theirs, none where they are not known. The arrays have the shape (rows,
    days); their last day is the last that is complete.
    """

    first_day: date
    currency: str
    paths: tuple[tuple[str, str, str], ...]
    meters: tuple[str, ...]
    tags: tuple[dict[str, str], ...]
    covered: tuple[bool, ...]
    cost: Array
    quantity: Array
    subscriptions: tuple[str, ...] = ()

    @property
    def tree(self) -> tuple[tuple[str, ...], ...]:
        """The paths, below their subscriptions where there are several."""
        if len(set(self.subscriptions)) < 2:
            return self.paths
        return tuple(
            (subscription, *path)
            for subscription, path in zip(self.subscriptions, self.paths, strict=True)
        )

    @property
    def days(self) -> int:
        """How many days there are."""
        return int(self.cost.shape[1])

    @property
    def last_day(self) -> date:
        """The last complete day."""
        return self.first_day + timedelta(days=self.days - 1)

    def total(self) -> Array:
        """The cost of each day."""
        return np.asarray(self.cost.sum(axis=0), dtype=np.float64)

    def by(self, what: str) -> dict[str, Array]:
        """Daily costs by `subscription`, `service`, `group`, `resource`, or the value of a tag.

        Raises AzcostError for a tag that no resource has.
        """
        if what == _SUBSCRIPTION and self.subscriptions:
            names = [one or f"(no {what})" for one in self.subscriptions]
        elif what in LEVELS:
            names = [path[LEVELS.index(what)] or f"(no {what})" for path in self.paths]
        else:
            known = sorted({name for tags in self.tags for name in tags})
            if what not in known:
                raise AzcostError(
                    f"--by {what}: expected {', '.join(self._levels())}, or a tag"
                    f"{': ' + ', '.join(known[:10]) if known else '; there are no tags here'}."
                )
            names = [tags.get(what, f"(no {what})") for tags in self.tags]
        found: dict[str, Array] = {}
        for name, row in zip(names, self.cost, strict=True):
            found[name] = found[name] + row if name in found else row.copy()
        return dict(sorted(found.items(), key=lambda item: -float(item[1].sum())))

    def _levels(self) -> tuple[str, ...]:
        return (_SUBSCRIPTION, *LEVELS) if self.subscriptions else LEVELS

    def leaves(self) -> Leaves:
        """The costs by subscription (of several), service, group and resource."""
        rows: dict[tuple[str, ...], Array] = {}
        for path, row in zip(self.tree, self.cost, strict=True):
            rows[path] = rows[path] + row if path in rows else row.copy()
        return Leaves(list(rows), np.array(list(rows.values())))

    def below(self, path: Sequence[str]) -> Meters:
        """The meters of the node `path`, for the causes of a change."""
        depth = len(path)
        rows = [row for row, own in enumerate(self.tree) if own[:depth] == tuple(path)]
        return Meters(
            [(self.paths[row][2] or self.paths[row][0], self.meters[row]) for row in rows],
            [self.covered[row] for row in rows],
            self.cost[rows],
            self.quantity[rows],
        )


def of_table(table: DailyCosts, last_day: date | None) -> Spending:
    """The spending of a table, up to the last complete day (None: its last)."""
    whole = Spending(
        table.first_day,
        table.currency or "units",
        tuple(labels[:3] for labels in table.labels),
        tuple(labels[3] for labels in table.labels),
        tuple({} for _ in table.labels),
        table.covered,
        table.cost,
        table.quantity,
    )
    return _until(whole, last_day or whole.last_day)


def of_snapshot(
    snapshot: Snapshot,
    last_day: date | None = None,
    tags: Mapping[str, dict[str, str]] | None = None,
) -> Spending:
    """The spending of a snapshot, without the last days, which Azure completes later.

    `last_day` is the last complete day where one knows better, `tags` are those of resources
    by their keys where the snapshot has none.

    Raises AzcostError when the costs could not be read.
    """
    if snapshot.costs is None or not snapshot.costs.lines:
        why = next((one.reason for one in snapshot.unread if one.part is Part.COSTS), "none there")
        raise AzcostError(f"The snapshot has no costs ({why}): there is nothing to look at.")
    costs = snapshot.costs
    tags = tags or {resource.key: resource.tags for resource in snapshot.resources}
    named = {key_of(one.id): one.name for one in snapshot.subscriptions}
    lines = costs.lines
    whole = Spending(
        costs.first_day,
        snapshot.currency,
        tuple(_path(line) for line in lines),
        tuple(" ".join(filter(None, (line.product, line.meter))) for line in lines),
        tuple(tags.get(key_of(line.resource), {}) if line.resource else {} for line in lines),
        tuple(line.is_committed for line in lines),
        _matrix((line.amortised for line in lines), costs.days),
        _matrix((line.quantity for line in lines), costs.days),
        tuple(_subscription(line, named) for line in lines),
    )
    return _until(whole, last_day or snapshot.today - timedelta(days=REPORTING_LAG_DAYS + 1))


def _subscription(line: CostLine, named: Mapping[str, str]) -> str:
    """The name of the subscription that a line's resource is in; empty without one."""
    words = key_of(line.resource).split("/") if line.resource else []
    if words[1:2] != ["subscriptions"]:
        return ""
    return named.get("/".join(words[:3]), words[2])


def _path(line: CostLine) -> tuple[str, str, str]:
    return line.service, group_of(line.resource), line.resource.rpartition("/")[2].lower()


def group_of(id_: str) -> str:
    """The resource group that an ARM id names, in lower case; empty without one."""
    words = id_.lower().split("/")
    return words[words.index("resourcegroups") + 1] if "resourcegroups" in words[:-1] else ""


def _matrix(texts: Iterable[str], days: int) -> Array:
    rows = []
    for text in texts:
        row = [float(amount) for amount in amounts(text)]
        rows.append(row if len(row) == days else [0.0] * days)
    return np.array(rows, dtype=np.float64).reshape(-1, days)


def _until(spending: Spending, last_day: date) -> Spending:
    days = (last_day - spending.first_day).days + 1
    if days < 1:
        raise AzcostError(
            f"The costs begin on {spending.first_day}, after {last_day}, the last complete day."
        )
    return msgspec.structs.replace(
        spending, cost=spending.cost[:, :days], quantity=spending.quantity[:, :days]
    )
