"""The snapshot file, and how what is in it is read."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import estates
from azcost.audit import costs, snapshot
from azcost.audit.costs import CostRow
from azcost.audit.documents import Document
from azcost.audit.facts import Blind, Facts
from azcost.audit.resource import from_arm, key_of, parent_of
from azcost.audit.series import Series, packed
from azcost.audit.snapshot import SCHEMA, SnapshotError
from azcost.pricing.catalogue import Catalogue

VM = "Microsoft.Compute/virtualMachines"
CASE: dict[str, Any] = {
    "resources": [
        {"name": "vm", "type": VM, "properties": {"a": {"b": 1}}, "tags": {"Owner": "x"}},
        {"name": "disk", "type": "Microsoft.Compute/disks", "managedBy": "@vm"},
    ],
    "metrics": {"vm": {"Percentage CPU": {"hourly": 2.0, "peak": 80.0}}},
    "costs": {"vm": {"D2s v5": 2}, "disk": 1},
    "unread": [{"part": "advisor", "reason": "HTTP 403", "role": "Reader"}],
}


@pytest.fixture
def facts(catalogue: Catalogue) -> Facts:
    return Facts(estates.snapshot(CASE, VM), catalogue)


def test_a_snapshot_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = estates.snapshot(CASE, VM)
    snapshot.save(written, tmp_path / "one.gz")
    assert snapshot.load(tmp_path / "one.gz") == written
    snapshot.save(written, tmp_path / "two.gz")
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no snapshot"),
        (b"PK\x03\x04", "is no snapshot"),
        (gzip.compress(b"{}"), "does not say 'azcost snapshot'"),
        (gzip.compress(b"[1]"), "is no snapshot"),
        (gzip.compress(b"\xff\xfe"), "is no snapshot"),
        (gzip.compress(b'{"format": "azcost snapshot", "schema": 99}'), "has schema 99"),
        (gzip.compress(b'{"format": "azcost snapshot", "schema": 1}'), "is damaged"),
        (gzip.compress(b"x" * 1000)[:-9], "is damaged"),
    ],
)
def test_what_is_no_snapshot_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "it.gz"
    file.write_bytes(content)
    with pytest.raises(SnapshotError, match=said):
        snapshot.load(file)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="No such file"):
        snapshot.load(tmp_path / "none.gz")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("metrics", 0, "step_minutes"), 0),
        (("metrics", 0, "average"), "AAA="),
        (("taken_at",), "yesterday"),
        (("taken_at",), "0001-01-01T00:00:00Z"),
        (("costs", "first_day"), "9999-12-31"),
        (("resources", 0, "tags"), 3),
    ],
)
def test_a_damaged_value_is_refused(path: tuple[str | int, ...], value: object) -> None:
    from msgspec.json import encode

    document = json.loads(encode(estates.snapshot(CASE, VM)))
    assert document["schema"] == SCHEMA
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(SnapshotError, match="is damaged"):
        snapshot.decode(json.dumps(document).encode(), "it")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.sampled_from(["", "x", "1e3", "nan", "true", "2026-11-01", "1e999"])
    | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abA"), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abA"), json_values), st.sampled_from(["a", "a.b", "b.a.b"]))
def test_foreign_json_never_surprises(fields: dict[str, Any], path: str) -> None:
    read = Document(fields)
    number = read.number(path)
    assert number is None or np.isfinite(number)
    assert read.text(path) != ""
    assert read.flag(path) in (True, False, None)
    assert all(isinstance(one, Document) for one in (*read.each(path), read.within(path)))
    assert all(isinstance(one, str) for one in read.texts(path))
    assert read.day(path) is None or read.has(path)


def test_names_in_json_are_taken_in_any_case() -> None:
    read = Document({"diskState": "Unattached", "Nested": {"Count": "3"}})
    assert read.is_one_of("DISKSTATE", "unattached")
    assert read.number("nested.count") == 3


def test_a_resource_is_read_from_what_azure_answers() -> None:
    id_ = "/subscriptions/S1/resourcegroups/G/providers/Microsoft.Web/sites/w/slots/s"
    found = from_arm(
        {
            "id": id_,
            "location": "West Europe",
            "sku": {"name": "P1", "capacity": 2},
            "tags": None,
            "identity": {"type": "SystemAssigned"},
            "properties": {"adminPassword": "p", "deep": [{"primaryKey": "k", "x": 1}]},
        }
    )
    assert (found.type, found.name, found.resource_group) == ("microsoft.web/sites/slots", "s", "G")
    assert (found.subscription, found.location, found.sku.capacity) == ("s1", "westeurope", 2)
    assert found.properties == {"deep": [{"x": 1}]}
    assert found.parent_key == key_of(id_.rpartition("/slots")[0])


@pytest.mark.parametrize(
    ("id_", "parent"),
    [
        ("/subscriptions/s/resourcegroups/g/providers/n/a/x", ""),
        ("/subscriptions/s/providers/n/a/x/b/y", "/subscriptions/s/providers/n/a/x"),
        ("/s/g/providers/n/a/x/providers/m/d/z", "/s/g/providers/n/a/x"),
        ("/subscriptions/s", ""),
    ],
)  # fmt: skip
def test_the_parent_of_an_id(id_: str, parent: str) -> None:
    assert parent_of(id_) == parent


def test_resources_are_found_in_any_case_and_counted_once(catalogue: Catalogue) -> None:
    twice = estates.snapshot(CASE, VM)
    shouting = from_arm({"id": twice.resources[0].id.upper()})
    import msgspec

    facts = Facts(msgspec.structs.replace(twice, resources=(*twice.resources, shouting)), catalogue)
    assert facts.by_type(VM) == (twice.resources[0],)
    assert facts.get(shouting.id) == twice.resources[0]
    assert [one.name for one in facts.attached_to(shouting)] == ["disk"]
    assert facts.bill(shouting).monthly.amount == Decimal("60.875")


def test_a_window_is_of_complete_days_and_misses_are_no_zeros(facts: Facts) -> None:
    vm = facts.by_type(VM)[0]
    window = facts.metric(vm, "percentage cpu", of="maximum", days=28)
    assert (len(window.steps), window.coverage, window.maximum) == (28 * 24, 1.0, 80.0)
    assert window.quantile(50) == 2.0
    # One hour of a day at 80: its P99 lies 0.23 of the way from the second highest (2).
    assert window.highest_day(99) == pytest.approx(2 + 78 * 0.77, abs=0.01)
    with pytest.raises(Blind, match="covers 78% of 36 days"):
        facts.metric(vm, "Percentage CPU", days=36)
    with pytest.raises(Blind, match="no values of 'GPU'"):
        facts.metric(vm, "GPU")


def test_a_series_that_starts_late_or_ends_early_is_nan_there() -> None:
    start = datetime(2026, 11, 10, tzinfo=UTC)
    series = Series(resource="r", metric="m", start=start, average=packed([1, None, 3]))
    hour = timedelta(hours=1)
    found = series.between(start - hour, start + 5 * hour, "average")
    np.testing.assert_array_equal(found, [np.nan, 1, np.nan, 3, np.nan, np.nan])
    assert np.isnan(series.between(start + 9 * hour, start + 10 * hour, "average")).all()


def test_rows_of_a_meter_and_day_add_up_whatever_the_case_of_the_id() -> None:
    day = date(2026, 11, 1)
    rows = [
        CostRow(day=day, resource="/A/b", meter="m", actual=Decimal(1), amortised=Decimal("0.1")),
        CostRow(day=day, resource="/a/B", meter="m", actual=Decimal(2), amortised=Decimal("0.2")),
        CostRow(day=day - timedelta(days=9), resource="/a/B", meter="m", actual=Decimal(4)),
    ]
    found = costs.from_rows(rows, day, day + timedelta(days=1))
    assert [line.actual_days() for line in found.lines] == [[3, 0]]
    assert [line.amortised_days() for line in found.lines] == [[Decimal("0.3"), 0]]
    assert found.last_day == date(2026, 11, 2)


@pytest.mark.parametrize("text", ["1 NaN", "1 x", "Infinity", "1e300"])
def test_amounts_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Exception, match="is no amount"):
        costs.amounts(text)


@pytest.mark.parametrize(
    ("costs", "emptied", "parts"),
    [
        ({"a": 1}, (), []),
        (None, (), ["costs"]),
        ({}, ("resources",), []),
        ({"a": 1}, ("resources",), ["inventory"]),
        ({}, ("resources", "subscriptions"), ["inventory"]),
    ],
)
def test_what_is_missing_in_silence_is_unread(
    costs: dict[str, Any] | None, emptied: tuple[str, ...], parts: list[str]
) -> None:
    """Azure answers without rows, and without an error, where a role is missing."""
    taken = estates.snapshot({"resources": [{"name": "a"}], "costs": costs}, VM)
    taken = msgspec.structs.replace(taken, **dict.fromkeys(emptied, ()))
    told = snapshot.with_gaps(taken)
    assert [one.part for one in told.unread] == parts
    assert snapshot.with_gaps(told) == told
