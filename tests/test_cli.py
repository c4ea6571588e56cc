"""The command line as its users call it: whole processes, their output and exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from azcost.cli import COMMANDS
from conftest import ROOT

SERVING = str(ROOT / "examples/ml-serving.yaml")
# What must never be loaded by the commands that people run all day.
HEAVY = ("requests", "numpy", "pandas", "matplotlib", "jinja2", "azure", "pyarrow", "csv", "json")


def azcost(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "azcost", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture
def missing(tmp_path: Path) -> str:
    """A design with one price that nobody recorded."""
    file = tmp_path / "missing.yaml"
    file.write_text(
        "region: eastus\nservices:\n"
        "  - {kind: virtual_machine, name: a, size: Standard_D4s_v5}\n"
        "  - {kind: virtual_machine, name: b, size: Standard_D4s_v5, purchase: spot}\n"
    )
    return str(file)


def estimate_json(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(azcost("estimate", *words, "--format", "json").stdout)
    return found


def test_the_total_is_exactly_the_sum_of_the_lines() -> None:
    found = estimate_json(SERVING)
    lines = [line for resource in found["resources"] for line in resource["lines"]]
    assert Decimal(found["monthly"]) == sum(Decimal(line["monthly"]) for line in lines)
    assert Decimal(found["yearly"]) == 12 * Decimal(found["monthly"])
    for resource in found["resources"]:
        own = sum(Decimal(line["monthly"]) for line in resource["lines"])
        assert Decimal(resource["monthly"]) == own


def test_the_json_is_the_contract() -> None:
    found = estimate_json(SERVING)
    assert found["schema"] == 1
    assert set(found) == {
        "schema", "name", "currency", "monthly", "yearly", "prices", "resources", "unpriced",
        "warnings", "low", "high", "least", "most", "drivers", "per_outcome",
    }  # fmt: skip
    assert set(found["prices"]) == {"tables", "observed_from", "observed_to"}
    line = found["resources"][0]["lines"][0]
    assert set(line) == {
        "label", "quantity", "unit", "unit_price", "monthly", "purchase", "meter_id", "product",
        "sku", "meter", "source", "observed_on", "fidelity", "rule",
    }  # fmt: skip
    for name in ("quantity", "unit_price", "monthly"):
        assert isinstance(line[name], str)
        assert Decimal(line[name]) > 0


def test_quantity_times_unit_price_is_the_cost_of_every_line() -> None:
    for resource in estimate_json(SERVING)["resources"]:
        for line in resource["lines"]:
            product = Decimal(line["quantity"]) * Decimal(line["unit_price"])
            assert abs(product - Decimal(line["monthly"])) < Decimal("1e-6"), line


def test_csv_has_every_line_and_adds_up() -> None:
    rows = list(csv.DictReader(io.StringIO(azcost("estimate", SERVING, "--format", "csv").stdout)))
    total = sum(Decimal(row["monthly"]) for row in rows)
    assert total == Decimal(estimate_json(SERVING)["monthly"])


def test_markdown_has_a_table_with_the_total() -> None:
    done = azcost("estimate", SERVING, "--format", "markdown")
    total = Decimal(estimate_json(SERVING)["monthly"])
    assert f"| **Total** | **{total:,.2f}** |" in done.stdout


def test_a_missing_price_prints_nothing_but_the_list_and_exits_with_4(missing: str) -> None:
    done = azcost("estimate", missing)
    assert (done.returncode, done.stdout) == (4, "")
    assert "No price: b, 1 x Standard_D4s_v5, linux, spot" in done.stderr
    assert "azcost prices sync --service 'Virtual Machines' --region eastus" in done.stderr


def test_the_rest_can_be_printed_and_still_exits_with_4(missing: str) -> None:
    done = azcost("estimate", missing, "--allow-unpriced")
    assert done.returncode == 4
    assert done.stdout.startswith("NOT IN THE TOTAL: 1 charge without a price")
    found = json.loads(azcost("estimate", missing, "--allow-unpriced", "--format", "json").stdout)
    assert [one["resource"] for one in found["unpriced"]] == ["b"]


def test_another_region_prices_the_same_design_there() -> None:
    there = estimate_json(SERVING, "--region", "northeurope")
    assert {resource["region"] for resource in there["resources"]} == {"northeurope"}
    assert there["monthly"] != estimate_json(SERVING)["monthly"]


def test_grouping_by_service_region_and_tag(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "services:\n"
        "  - {kind: virtual_machine, name: a, size: Standard_D4s_v5, region: westeurope,"
        " tags: {team: red}}\n"
        "  - {kind: virtual_machine, name: b, size: Standard_D4s_v5, region: northeurope}\n"
    )
    titles = {
        by: [
            line.split("  ")[0]
            for line in azcost("estimate", str(file), "--by", by).stdout.splitlines()
            if line[:1].isalpha() or line[:1] == "("
        ]
        for by in ("service", "region", "team")
    }
    assert "virtual_machine" in titles["service"]
    assert {"westeurope", "northeurope"} < set(titles["region"])
    assert {"red", "(no team)"} < set(titles["team"])


@pytest.mark.parametrize(
    "words",
    [
        ["--period", "hour", "--format", "json"],
        ["--by", "region", "--format", "csv"],
        ["--explain", "gateway", "--format", "json"],
    ],
)
def test_an_option_that_would_be_ignored_is_refused(words: list[str]) -> None:
    done = azcost("estimate", SERVING, *words)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_tag_that_nothing_has_is_an_error() -> None:
    done = azcost("estimate", str(ROOT / "examples/ml-training.yaml"), "--by", "owner")
    assert done.returncode == 2
    assert (
        "--by owner: expected resource, service, region or a tag; the tags are purpose"
        in done.stderr
    )


def test_what_has_no_price_never_looks_like_nothing(missing: str) -> None:
    lines = azcost("estimate", missing, "--allow-unpriced").stdout.splitlines()
    (row,) = [line for line in lines if line.startswith("b ")]
    assert row.split() == ["b", "no", "price"]
    assert any(line.startswith("Total without 1 charge (USD)") for line in lines)


def test_a_design_can_come_from_standard_input() -> None:
    done = azcost("estimate", "-", input=Path(SERVING).read_text())
    assert done.stdout == azcost("estimate", SERVING).stdout


@pytest.mark.parametrize(("period", "factor"), [("hour", 1 / Decimal(730)), ("year", Decimal(12))])
def test_another_period_scales_the_bill(period: str, factor: Decimal) -> None:
    total = Decimal(estimate_json(SERVING)["monthly"]) * factor
    done = azcost("estimate", SERVING, "--period", period)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Total")]
    assert f"{total:,.2f}" in line


def test_lineage_shows_what_was_taken_and_what_was_not() -> None:
    done = azcost("estimate", SERVING, "--explain", "cluster")
    assert "taken     0.24 per 1 Hour: Virtual Machines DSv3 Series" in done.stdout
    assert "meter id " in done.stdout
    assert "because it is the price for windows" in done.stdout


def test_lineage_of_an_unknown_name_lists_the_known_ones() -> None:
    done = azcost("estimate", SERVING, "--explain", "nobody")
    assert done.returncode == 2
    assert "There are: gateway, cluster," in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["estimate", "none.yaml"], "none.yaml cannot be read"),
        (["estimate", SERVING, "--region", "westeuropa"], "did you mean westeurope?"),
        (["estimate", SERVING, "--currency", "EUR"], "azcost prices sync --currency EUR"),
        (["prices", "show", "Standard_D4s_v55", "--region", "westeurope"], "azcost prices search"),
        (["prices", "show", "Standard_D4s_v5", "--region", "west"], "did you mean"),
        (["prices", "search", "no", "such", "meter"], "Try fewer words"),
        (["prices", "search", "hot", "--region", "westeuropa"], "did you mean westeurope?"),
        (["prices", "info", "--region", "westeuropa"], "did you mean westeurope?"),
        (["prices", "diff"], "azcost prices sync"),
        (["estimate", SERVING, "--currency", "../.."], "three letters, such as EUR"),
        (["prices", "sync", "--all", "--currency", "../X"], "three letters, such as EUR"),
        (["init", "/dev/null/arch.yaml"], "/dev/null/arch.yaml cannot be written"),
    ],
)
def test_bad_input_is_one_clean_message_and_exit_code_2(words: list[str], message: str) -> None:
    done = azcost(*words)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_search_takes_names_as_people_write_them() -> None:
    found = azcost("prices", "search", "gpt-4o-mini", "--region", "West Europe").stdout
    assert "gpt 4o mini" in found
    reserved = azcost("prices", "search", "D4s v3", "--region", "eastus2").stdout
    assert "D4s v3 (Reservation 1 Year)" in reserved


def test_what_is_known_of_one_region() -> None:
    found = azcost("prices", "info", "--region", "westeurope").stdout
    assert re.search(r"Virtual Machines +[0-9,]+ +1 ", found)


def test_init_writes_a_starter_that_can_be_priced_and_never_overwrites(tmp_path: Path) -> None:
    assert azcost("init", cwd=tmp_path).returncode == 0
    file = tmp_path / "arch.yaml"
    assert azcost("estimate", str(file)).returncode == 0
    file.write_text("mine")
    again = azcost("init", cwd=tmp_path)
    assert again.returncode == 2
    assert file.read_text() == "mine"


def test_a_closed_pipe_is_no_traceback() -> None:
    command = f"{sys.executable} -m azcost prices search a | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_the_line_in_the_help_is_the_first_of_the_commands_own(command: str) -> None:
    first = azcost(command, "--help").stdout.split("\n\n")[1]
    assert COMMANDS[command][1] in " ".join(first.split())
    assert COMMANDS[command][1] in " ".join(azcost("--help").stdout.split())


@pytest.mark.parametrize("words", [["--help"], ["estimate", SERVING]])
def test_nothing_heavy_is_imported(words: list[str]) -> None:
    script = (
        "import sys\nfrom azcost.cli import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = done.stderr.splitlines()[-1]
    assert not [name for name in HEAVY if f"'{name}'" in loaded]


@pytest.mark.parametrize("format_", ["text", "json", "csv", "markdown"])
def test_an_output_that_is_not_utf8_takes_every_name(tmp_path: Path, format_: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "services: [{kind: virtual_machine, name: 訓練, size: Standard_D4s_v5, region: uksouth}]",
        encoding="utf-8",
    )
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    done = azcost("estimate", str(file), "--format", format_, env=environment)
    assert done.returncode == 0, done.stderr


def test_ten_thousand_characters_of_name_do_not_tear_the_table(tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    file.write_text(
        "region: westeurope\nservices:\n"
        f"  - {{kind: virtual_machine, name: {'x' * 10_000}, size: Standard_D4s_v5}}\n"
    )
    done = azcost("estimate", str(file))
    assert max(len(line) for line in done.stdout.splitlines() if "Note" not in line) < 160


def test_no_colour_is_ever_printed_into_a_pipe() -> None:
    done = azcost("estimate", SERVING, env=os.environ | {"FORCE_COLOR": "1"})
    assert "\x1b" not in done.stdout


def test_every_answer_can_be_a_page_that_says_how_it_was_made(tmp_path: Path) -> None:
    page = tmp_path / "pages/page.html"
    for words in (
        ["estimate", SERVING],
        ["compare", SERVING],
        ["diff", SERVING, SERVING],
    ):
        done = azcost(*words, "--html", str(page))
        assert done.returncode == 0, done.stderr
        assert done.stdout == azcost(*words).stdout
        assert done.stderr == f"Wrote {page}: open it in a browser.\n"
        assert f"azcost {words[0]} {SERVING}" in page.read_text()
        page.unlink()


def test_a_page_that_cannot_be_written_or_is_of_two_designs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for words, said in (
        ([SERVING, "--html", str(tmp_path / "file/page.html")], "cannot be written"),
        ([SERVING, "--html", str(tmp_path)], "is a directory"),
        ([SERVING, SERVING, "--html", str(tmp_path / "page.html")], "of one design"),
        ([SERVING, "--explain", "models", "--html", str(tmp_path / "page.html")], "of one design"),
    ):
        done = azcost("estimate", *words)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "page.html").exists()
