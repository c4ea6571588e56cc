"""What all rules over unused resources share: who names whom, what is new, what is managed."""

from __future__ import annotations

from typing import Any

import pytest

import estates
from azcost.audit.facts import Blind, Facts
from azcost.audit.leftovers import is_kept, is_managed, is_new
from azcost.audit.resource import Resource
from azcost.pricing.catalogue import Catalogue

NETWORK = "Microsoft.Network/virtualNetworks"
SUBNET = f"{estates.GROUP}/providers/{NETWORK}/net/subnets/a"


def facts_of(catalogue: Catalogue, **case: Any) -> Facts:
    return Facts(estates.snapshot(case, NETWORK), catalogue)


def first(facts: Facts) -> Resource:
    return facts.snapshot.resources[0]


def namers(facts: Facts, id_: str) -> list[str]:
    return [one.name for one in facts.named_by(id_)]


def test_naming_a_part_names_the_whole_in_any_case_and_at_any_depth(catalogue: Catalogue) -> None:
    facts = facts_of(
        catalogue,
        resources=[
            {"name": "net"},
            {
                "name": "aks",
                "type": "Microsoft.ContainerService/managedClusters",
                "properties": {"pools": [{"deep": {"subnet": SUBNET.upper()}}]},
            },
        ],
    )
    assert namers(facts, SUBNET) == ["aks"]
    assert namers(facts, first(facts).id.lower()) == ["aks"]


def test_neither_itself_nor_its_parts_nor_watchers_count(catalogue: Catalogue) -> None:
    facts = facts_of(
        catalogue,
        resources=[
            {"name": "net", "properties": {"subnets": [{"id": SUBNET}]}},
            {"name": "net/a", "type": f"{NETWORK}/subnets", "properties": {"in": "@net"}},
            {
                "name": "alert",
                "type": "Microsoft.Insights/metricAlerts",
                "properties": {"scopes": ["@net"]},
            },
        ],
    )
    assert namers(facts, first(facts).id) == []


def test_a_disk_is_named_by_what_it_says_manages_it(catalogue: Catalogue) -> None:
    disk = {"name": "os", "type": "Microsoft.Compute/disks", "managedBy": "@net"}
    facts = facts_of(catalogue, resources=[{"name": "net"}, disk])
    assert namers(facts, first(facts).id) == ["os"]


@pytest.mark.parametrize(
    ("scope", "blind"),
    [
        ("", True),
        ("/subscriptions/another", True),
        ("microsoft.network/connections", True),
        ("microsoft.compute/disks", False),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/w", False),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/s", True),
    ],
)
def test_none_is_concluded_only_from_what_was_listed(
    scope: str, catalogue: Catalogue, *, blind: bool
) -> None:
    unread = [{"part": "inventory", "scope": scope, "reason": "HTTP 403"}]
    facts = facts_of(catalogue, unread=unread)
    wanted = ("Microsoft.Network/connections", "Microsoft.Sql/servers/databases")
    if blind:
        with pytest.raises(Blind, match="HTTP 403"):
            facts.need_all_of(*wanted)
    else:
        facts.need_all_of(*wanted)
        assert facts.named_by("/subscriptions/s") == ()


@pytest.mark.parametrize(("days", "new"), [(6, True), (7, False), (30, False)])
def test_what_came_into_the_bill_this_week_is_new(
    days: int, catalogue: Catalogue, *, new: bool
) -> None:
    costs = {"net": [{"per_day": 1, "days": days}]}
    facts = facts_of(catalogue, resources=[{"name": "net"}], costs=costs)
    # A day that ended yesterday is one day ago: six days in the bill began six days ago.
    assert is_new(first(facts), facts) is new


@pytest.mark.parametrize(("days_ago", "new"), [(6, True), (7, False)])
def test_what_somebody_changed_this_week_is_new(
    days_ago: int, catalogue: Catalogue, *, new: bool
) -> None:
    event = {"resource": "net", "days_ago": days_ago, "operation": "x/write"}
    facts = facts_of(catalogue, resources=[{"name": "net"}], activity=[event])
    assert is_new(first(facts), facts) is new


@pytest.mark.parametrize(
    ("cluster", "managed"),
    [({"nodeResourceGroup": "ML"}, True), ({"nodeResourceGroup": "MC_other"}, False)],
)
def test_what_is_in_the_group_of_a_clusters_nodes_is_its_own(
    cluster: dict[str, str], catalogue: Catalogue, *, managed: bool
) -> None:
    type_ = "Microsoft.ContainerService/managedClusters"
    aks = {"name": "aks", "type": type_, "properties": cluster}
    facts = facts_of(catalogue, resources=[{"name": "net"}, aks])
    assert is_managed(first(facts), facts) is managed


def test_what_is_in_a_group_that_a_service_manages_is_its_own(catalogue: Catalogue) -> None:
    group = {"name": "ml", "id": estates.GROUP, "managedBy": "/databricks"}
    facts = facts_of(catalogue, resources=[{"name": "net"}, group])
    assert is_managed(first(facts), facts)


@pytest.mark.parametrize(
    ("resource", "kept"),
    [
        ({"name": "net", "tags": {"AzCost-Keep": "until March"}}, True),
        ({"name": "net-asr"}, True),
        ({"name": "ms-asr-net"}, True),
        ({"name": "quasar"}, False),
    ],
)
def test_what_is_kept_on_purpose_stays(
    resource: dict[str, Any], catalogue: Catalogue, *, kept: bool
) -> None:
    assert is_kept(first(facts_of(catalogue, resources=[resource]))) is kept
