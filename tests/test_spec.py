"""Specifications: what may be said, and that all mistakes are named at once, with lines."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from azcost import architecture
from azcost.errors import AzcostError
from azcost.fields import Hours
from azcost.pricing.catalogue import Catalogue
from azcost.spec import nodes
from azcost.spec.problems import SpecError

VM = "services: [{kind: virtual_machine, size: Standard_D4s_v5, region: westeurope%s}]"


def read(text: str, catalogue: Catalogue) -> architecture.Design:
    return architecture.read(nodes.parse(text, "f"), "f", architecture.names_of(catalogue))


def first(text: str, catalogue: Catalogue) -> Any:
    return read(text, catalogue).expected.services[0]


def problems(text: str, catalogue: Catalogue) -> list[str]:
    with pytest.raises(SpecError) as caught:
        read(text, catalogue)
    return str(caught.value).splitlines()


def test_all_mistakes_are_reported_at_once_with_their_lines(catalogue: Catalogue) -> None:
    text = """\
name: demo
regoin: westeurope
services:
  - kind: virtual_machine
    region: westeuorpe
    size: Standard_D4s_v33
    count: -1
    hours: mon-fry 08:00-19:00
  - kind: virtual_machin
  - kind: virtual_machine
    name: a
    region: westeurope
  - kind: virtual_machine
    name: a
    region: westeurope
    size: Standard_D4s_v5
    purchase: reserved
"""
    assert problems(text, catalogue) == [
        "f:2: unknown key `regoin`: did you mean region?",
        "f:5: `region`: westeuorpe: did you mean westeurope?",
        "f:6: `size`: Standard_D4s_v33: did you mean Standard_D4s_v3?",
        "f:7: `count`: -1 must be at least 0",
        "f:8: `hours`: 'fry' is not a day: mon, tue, wed, thu, fri, sat, sun",
        "f:9: `kind`: virtual_machin: did you mean virtual_machine?",
        "f:10: `size` is missing",
        "f:13: the name `a` is taken on line 10",
        "f:17: `purchase`: reserved: did you mean reserved-1y or reserved-3y?",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f: is empty: `azcost init` writes a starter"),
        ("# only a comment", "f: is empty: `azcost init` writes a starter"),
        ("null", "f: is empty: `azcost init` writes a starter"),
        ("[1, 2]", "f:1: expected `name`, `region`, `currency` and `services`"),
        ("services: []", "f:1: `services`: the list is empty"),
        ("services: {a: b}", "f:1: `services`: expected a list of services"),
        ("name: x", "f:1: `services`: expected a list of services"),
        ("a: [1, 2", "f:1: is not valid YAML: did not find expected ',' or ']'"),
        ("name: x\n---\nname: y", "f:2: holds a second document (---): one architecture per file"),
        ("? [a, b]\n: c", "f:1: has a list or a mapping as a key"),
        ("services: [hello]", "f:1: expected a service: a mapping with `kind`"),
        ("services: [{size: x}]", "f:1: `kind` is missing: one of ai_search, aks, "),
        ("a: *b", "f:1: *b refers to nothing before it"),
        ("a: &a [*a]", "f:1: *a refers to nothing before it"),
        (VM % ", count: .nan", "f:1: `count`: expected a number, not '.nan'"),
        (VM % ", count: .inf", "f:1: `count`: expected a number, not '.inf'"),
        (VM % ", count: 1e99", "f:1: `count`: 1e99 must be at most 1,000,000"),
        (VM % ", count: 1e999", "f:1: `count`: expected a number, not '1e999'"),
        (VM % ", count: 2,5", "f:1: unknown key `5`: expected one of"),
        ("a: b\n\tc: d", "f:2: is not valid YAML: a tab; indent with spaces"),
        (
            "a: b\n  c: d",
            "f:2: is not valid YAML: mapping values are not allowed in this context; ",
        ),
        (
            "services: [{kind: vm}]",
            "f:1: `kind`: vm: did you mean virtual_machine or vm_scale_set?",
        ),
        ("services: [{kind: nothing}]", "f:1: `kind`: nothing: expected one of ai_search, aks, "),
        (VM % ", count: 40%", "f:1: `count`: expected a number, not '40%': write a share of one"),
        (VM % ", count: 1m", "f:1: `count`: expected a number, not '1m': write 1M for millions"),
        (VM % ", count: '5 TB'", "f:1: `count`: expected a number, not '5 TB': write gigabytes"),
        (VM % ", count: '30,720'", "f:1: `count`: expected a number, not '30,720': write 30_720"),
        (VM % ", count: [2]", "f:1: `count`: expected a number"),
        (VM % ", count: two", "f:1: `count`: expected a number, not 'two'"),
        (VM % ", hours: 745", "f:1: `hours`: a month has at most 744 hours"),
        (VM % ", hours: mon 8-19", "f:1: `hours`: '8' is not a time such as 08:00"),
        (VM % ", hours: mon 08:00-19:00 Mars/Base", "f:1: `hours`: 'Mars/Base' is not a time zone"),
        (VM % ", hybrid_benefit: maybe", "f:1: `hybrid_benefit`: expected true or false"),
        (VM % ", os: mac", "f:1: `os`: mac: expected one of linux, windows"),
        (VM % ", tags: [a]", "f:1: `tags`: expected keys with texts"),
        (VM % ", count: 1, count: 2", "f:1: `count` was already given on line 1"),
        (VM % ", count: {low: 1, high: 2}", "f:1: `count`: a range has low, expected and high"),
        (VM % ", count: {min: 3, expected: 2, max: 9}", "f:1: `count`: expected low <= expected"),
        (VM % ", count: {min: 1, expected: 2, max: [9]}", "f:1: `count`: expected a number"),
    ],
)
def test_a_mistake_is_named(text: str, expected: str, catalogue: Catalogue) -> None:
    found = problems(text, catalogue)
    assert any(line.startswith(expected) for line in found), found


def test_a_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"name: x\nregion: \xff\xfe\n")
    with pytest.raises(SpecError, match=r"a\.yaml:2: is not UTF-8"):
        nodes.read(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AzcostError, match="cannot be read: No such file"):
        nodes.read(tmp_path / "none.yaml")


def test_ten_megabytes_of_nesting_end_at_once(tmp_path: Path) -> None:
    file = tmp_path / "deep.yaml"
    file.write_bytes(b"[" * 10_000_000)
    with pytest.raises(SpecError, match="larger than 5 MB"):
        nodes.read(file)
    with pytest.raises(SpecError, match="nested more than 20 levels"):
        nodes.parse("[" * 4_000_000, "f")
    with pytest.raises(SpecError, match="nested more than 20 levels"):
        nodes.parse("a: " + "{a: " * 100_000, "f")


def test_aliases_that_explode_end_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(SpecError, match="aliases counted in full"):
        nodes.parse("\n".join(lines), "f")


def test_anchors_and_merges_work(catalogue: Catalogue) -> None:
    text = """\
region: westeurope
services:
  - &vm { kind: virtual_machine, name: a, size: Standard_D4s_v5, count: 2 }
  - { <<: *vm, name: b, count: 3 }
"""
    services = read(text, catalogue).expected.services
    assert [(vm.name, vm.count) for vm in services] == [("a", 2), ("b", 3)]  # type: ignore[attr-defined]


def test_json_is_a_specification_too(catalogue: Catalogue) -> None:
    vm = '{"kind": "virtual_machine", "size": "Standard_D4s_v5"}'
    text = '{"services": [%s], "region": "uksouth"}' % vm  # noqa: UP031 - braces are JSON's
    assert first(text, catalogue).size == "Standard_D4s_v5"


def test_numbers_keep_their_digits_and_may_be_short(catalogue: Catalogue) -> None:
    assert first(VM % ", count: 0.1", catalogue).count == Decimal("0.1")
    assert first(VM % ", count: 1_000", catalogue).count == 1000
    assert first(VM % ", count: 2k", catalogue).count == 2000
    assert first(VM % ", count: .5", catalogue).count == Decimal("0.5")


def test_names_are_found_in_any_case_and_regions_by_their_display_name(
    catalogue: Catalogue,
) -> None:
    text = "services: [{kind: virtual_machine, size: standard_d4S_V5, region: West Europe}]"
    vm = first(text, catalogue)
    assert (vm.size, vm.region) == ("Standard_D4s_v5", "westeurope")


def test_choices_are_taken_in_any_case(catalogue: Catalogue) -> None:
    assert first(VM % ", os: Windows", catalogue).os == "windows"


def test_the_size_that_one_says_is_suggested_by_its_whole_name(catalogue: Catalogue) -> None:
    text = "services: [{kind: virtual_machine, size: D4s_v5, region: uksouth}]"
    assert problems(text, catalogue) == ["f:1: `size`: D4s_v5: did you mean Standard_D4s_v5?"]


def test_a_country_is_no_boolean(catalogue: Catalogue) -> None:
    assert first(VM % ", tags: {country: no}", catalogue).tags == {"country": "no"}


def test_services_without_a_name_are_called_after_their_kind(catalogue: Catalogue) -> None:
    assert first(VM % "", catalogue).name == "virtual_machine-1"


def test_ranges_are_three_architectures(catalogue: Catalogue) -> None:
    design = read(VM % ", count: {min: 1, expected: 2, max: 9}", catalogue)
    counts = [
        end.services[0].count  # type: ignore[attr-defined]
        for end in (design.low, design.expected, design.high)
    ]
    assert counts == [1, 2, 9]


def test_an_invariant_that_fails_at_one_end_of_a_range_is_an_error(catalogue: Catalogue) -> None:
    spec = "kind: managed_disk, type: Premium_LRS, region: westeurope"
    text = "services: [{%s, size_gb: {low: 1, expected: 2, high: 99999}}]" % spec  # noqa: UP031
    (problem,) = problems(text, catalogue)
    assert problem.startswith("f:1: at the high end of the range: `size_gb`: a Premium_LRS disk")


def test_a_price_that_only_one_end_of_a_range_needs_is_missed_too(catalogue: Catalogue) -> None:
    text = "services: [{kind: egress, region: westeurope, gb: {low: 0, expected: %s, high: 3000}}]"
    for expected in (0, 1000):  # nothing is billed below 100 GB, and no source has the rest
        found = architecture.estimate(read(text % expected, catalogue), catalogue)
        assert [one.resource for one in found.unpriced] == ["egress-1"]


def test_the_region_of_a_file_can_be_replaced(catalogue: Catalogue, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(VM % "")
    design = architecture.load(file, catalogue, "North Europe")
    assert design.expected.services[0].region == "northeurope"
    with pytest.raises(SpecError, match="did you mean northeurope"):
        architecture.load(file, catalogue, "northeurop")


def test_without_ranges_there_is_one_architecture(catalogue: Catalogue) -> None:
    design = read(VM % "", catalogue)
    assert design.low.services[0] is design.high.services[0]


@pytest.mark.parametrize(
    ("text", "monthly"),
    [
        ("always", 730),
        ("100", 100),
        ("0", 0),
        ("mon-sun 00:00-24:00", 730),
        ("mon-sun 00:00-12:00", 365),
        ("sat-mon 00:00-24:00 Europe/Berlin", Decimal(3 * 24 * 730) / 168),
        ("mon 22:00-06:00", Decimal(8 * 730) / 168),
        ("mon-fri 08:00-12:00, mon-fri 10:00-14:00 UTC", Decimal(30 * 730) / 168),
    ],
)
def test_hours(text: str, monthly: Decimal) -> None:
    assert Hours.parse(text).monthly == monthly


@pytest.mark.parametrize(
    "text",
    ["", "sometimes", "mon", "mon-tue-wed 08:00-09:00", "mon 25:00-26:00", "²", "mon ²:00-09:00"],
)
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|is not"):
        Hours.parse(text)
