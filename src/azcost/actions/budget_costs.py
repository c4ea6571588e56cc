"""The part of what was spent that a budget counts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from azcost.actions.budget import Condition, Standing, standing
from azcost.actions.scope import Scope, ScopeKind, scope_of
from azcost.audit.resource import key_of
from azcost.audit.snapshot import Snapshot
from azcost.errors import AzcostError
from azcost.spending import Spending, of_snapshot

_TYPE = "microsoft.consumption/budgets"


def budgets_in(snapshot: Snapshot) -> list[Standing]:
    """The budgets that a snapshot holds, with what was spent when it was taken."""
    found = []
    for resource in snapshot.resources:
        if resource.type == _TYPE:
            scope = scope_of(resource.id.lower().partition("/providers/microsoft.consumption/")[0])
            found.append(
                standing(scope, {"name": resource.name, "properties": resource.properties})
            )
    return found


def spent_in(snapshot: Snapshot, scope: Scope | None, conditions: Sequence[Condition]) -> Spending:
    """What a snapshot has of the costs of a scope; above subscriptions, all of it.

    Raises AzcostError when there are none.
    """
    if scope and scope.subscription and snapshot.costs is not None:
        below = f"/subscriptions/{scope.subscription}/".lower()
        kept = tuple(
            line for line in snapshot.costs.lines if key_of(line.resource).startswith(below)
        )
        if snapshot.costs.lines and not kept:
            raise AzcostError(f"The snapshot has no costs of subscription {scope.subscription}.")
        snapshot = msgspec.structs.replace(
            snapshot, costs=msgspec.structs.replace(snapshot.costs, lines=kept)
        )
    return narrowed(of_snapshot(snapshot), scope, conditions)


def narrowed(spending: Spending, scope: Scope | None, conditions: Sequence[Condition]) -> Spending:
    """The part of the spending that a budget of a scope counts, if these are its conditions.

    Raises AzcostError when nothing is left, and for conditions that spending does not know.
    """
    rows = list(range(len(spending.paths)))
    if scope and scope.kind is ScopeKind.RESOURCE_GROUP:
        group = scope.name
        rows = [row for row in rows if spending.paths[row][1].lower() == group.lower()]
        _demand(rows, f"the resource group {group}", {path[1] for path in spending.paths})
    for one in conditions:
        known = [_value(spending, row, one) for row in range(len(spending.paths))]
        wanted = {value.lower() for value in one.values}
        rows = [row for row in rows if known[row].lower() in wanted]
        _demand(rows, f"{one.name} {', '.join(one.values)}", set(known))
    return msgspec.structs.replace(
        spending,
        paths=tuple(spending.paths[row] for row in rows),
        meters=tuple(spending.meters[row] for row in rows),
        tags=tuple(spending.tags[row] for row in rows),
        covered=tuple(spending.covered[row] for row in rows),
        subscriptions=tuple(spending.subscriptions[row] for row in rows if spending.subscriptions),
        cost=spending.cost[rows],
        quantity=spending.quantity[rows],
    )


def _value(spending: Spending, row: int, one: Condition) -> str:
    service, group, _ = spending.paths[row]
    if one.kind == "tags":
        return spending.tags[row].get(one.name, "")
    found = {"ServiceName": service, "ResourceGroupName": group}.get(one.name)
    if found is None:
        raise AzcostError(f"These costs do not tell {one.name}: leave the filter out.")
    return found


def _demand(rows: Sequence[int], what: str, known: set[str]) -> None:
    if not rows:
        there = ", ".join(sorted(filter(None, known))[:10])
        raise AzcostError(f"No costs of {what} here. There are: {there or 'none with a name'}.")
