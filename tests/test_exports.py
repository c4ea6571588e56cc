"""Cost exports: from files to the lines of a bill."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azcost.audit.exported import snapshot_of
from azcost.audit.snapshot import Part
from azcost.cli import main
from azcost.errors import AzcostError
from azcost.usage.exports.engines import Limits, opened
from azcost.usage.exports.read import ExportedBill, read
from azcost.usage.exports.sums import daily, rows_of
from conftest import ROOT

CASES = yaml.safe_load((ROOT / "tests/cases/exports.yaml").read_text())
EXAMPLE = ROOT / "examples/cost-export"


def write(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.name == "manifest.json":
        file.write_text(json.dumps(manifest(*content) if content else {}))
    elif file.suffix == ".gz":
        file.write_bytes(gzip.compress(content.encode()))
    elif file.suffix == ".parquet":
        write_parquet(file, content)
    else:
        file.write_text(content, encoding="utf-8", newline="")


def manifest(name: str, type_: str, first: Any, written: Any, blobs: list[str], rows: Any) -> Any:
    old = rows == "old"
    return {
        "manifestVersion": "2021-01-01" if old else "2024-04-01",
        "exportConfig": {"exportName": name, "type": type_, "granularity": "Daily"},
        "runInfo": {
            "submittedTime": f"{written}T05:00:00.1234567Z",
            "runId": f"{name}-{written}",
            "startDate": f"{first}T00:00:00",
            "endDate": f"{written}T00:00:00",
        },
        "blobs": [{"blobName": one} | ({"headerRowCount": 1} if old else {}) for one in blobs],
    } | ({} if old else {"dataRowCount": rows})


def write_parquet(file: Path, text: str) -> None:
    source = file.with_suffix(".source")
    source.write_text(text)
    names = text.splitlines()[0].split(",")
    columns = ", ".join(f'"{one}"::{one.partition(":")[2] or "VARCHAR"}' for one in names)
    named = ", ".join(f'"{one.partition(":")[0]}"' for one in names)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM (SELECT {columns} FROM read_csv('{source}', all_varchar=true)) "
            f"AS t({named})) TO '{file}' (FORMAT parquet)"
        )


def lines(bill: ExportedBill, keys: list[str]) -> dict[str, list[str]]:
    return {
        " ".join(filter(None, (getattr(line, key) for key in keys))): [
            line.actual,
            line.amortised,
            line.quantity,
        ]
        for line in bill.lines
    }


def totals(bill: ExportedBill) -> list[Decimal]:
    return [
        sum((Decimal(one) for line in bill.lines for one in text(line).split()), Decimal(0))
        for text in (lambda line: line.actual, lambda line: line.amortised)
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_exports_are_read_as_the_case_says(case: dict[str, Any], tmp_path: Path) -> None:
    for name, content in case["files"].items():
        write(tmp_path / name, content)
    if "error" in case:
        with pytest.raises(AzcostError, match=case["error"]):
            read([tmp_path], currency=case.get("choose", ""))
        return
    bill = read([tmp_path], currency=case.get("choose", ""))
    assert lines(bill, case.get("keys", ["service", "meter"])) == case["lines"]
    assert bill.currency == case.get("currency", "USD")
    assert bill.days == case.get("days", 1)
    assert bill.first_day == case.get("first_day", bill.first_day)
    said = {line.meter: [line.charge_type, line.pricing_model] for line in bill.lines}
    assert said == case.get("words", said)
    expected = case.get("remarks", [])
    assert len(bill.remarks) == len(expected)
    assert all(words in " ".join(bill.remarks) for words in expected)


def test_the_example_adds_up_by_head() -> None:
    bill = read([EXAMPLE])
    # 61 days of 20.85 and 44 working days of 28.75, less 11.50 a month; actual costs lack
    # the 16 a day that commitments cover, and have them as purchases: 61 times 16.
    both = Decimal("61") * Decimal("20.85") + 44 * Decimal("28.75") - 23
    assert totals(bill) == [both, both]
    assert (str(bill.first_day), bill.days, bill.currency) == ("2026-09-01", 61, "EUR")
    assert sorted(bill.subscriptions.values()) == ["contoso-production", "contoso-research"]
    # Without a resource: unused hours, two purchases, bandwidth, the credit.
    assert sum(not line.resource for line in bill.lines) == 5


def test_the_example_is_what_its_generator_writes(tmp_path: Path) -> None:
    import example_export

    example_export.main(tmp_path)
    written = {file.relative_to(tmp_path) for file in tmp_path.rglob("*") if file.is_file()}
    assert written == {one.relative_to(EXAMPLE) for one in EXAMPLE.rglob("*") if one.is_file()}
    for file in written:
        ours, shipped = (tmp_path / file).read_bytes(), (EXAMPLE / file).read_bytes()
        if file.suffix == ".gz":  # zlib of another release packs otherwise
            ours, shipped = gzip.decompress(ours), gzip.decompress(shipped)
            assert ours == shipped


def test_sums_in_parts_are_the_sums_at_once() -> None:
    assert read([EXAMPLE], limits=Limits(part_rows=100)) == read([EXAMPLE])


def many_resources(file: Path) -> Path:
    duckdb.sql(
        f"""
        COPY (
            SELECT '2026-09-01' AS Date, 1.5 AS Cost, 'USD' AS BillingCurrency,
                '/subscriptions/s/resourceGroups/g/providers/a/b/' || md5(i::VARCHAR) AS ResourceId
            FROM range(200000) AS numbers(i)
        ) TO '{file}' (FORMAT parquet)
        """
    )
    return file


def test_sums_that_do_not_fit_are_made_in_smaller_parts(tmp_path: Path) -> None:
    file, sums_of = many_resources(tmp_path / "many.parquet"), tmp_path / "sums"
    with opened("duckdb", tmp_path / "scratch", tmp_path, Limits(memory="60MB")) as running:
        ((header, table),) = running.tables([file])
        running.write(rows_of(0, header.form, [table]), daily, sums_of)
    assert len(list(sums_of.iterdir())) > 1
    total = duckdb.sql(f"SELECT count(*), sum(cost) FROM read_parquet('{sums_of}/*')").fetchall()
    assert total == [(200_000, Decimal(300_000))]


def test_too_little_memory_is_said_with_what_to_do(tmp_path: Path) -> None:
    file = many_resources(tmp_path / "many.parquet")
    with pytest.raises(AzcostError, match="more memory than azcost lets it take"):
        read([file], limits=Limits(memory="30MB"))


def test_a_packed_file_is_unpacked_once_and_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZCOST_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "a.csv.gz"
    write(file, "Date,Cost,BillingCurrency\n2026-09-01,1,USD\n")
    assert totals(read([file])) == totals(read([file])) == [1, 1]
    assert len(list((tmp_path / "cache/exports").iterdir())) == 1
    write(file, "Date,Cost,BillingCurrency\n2026-09-01,12345,USD\n")
    assert totals(read([file])) == [12345, 12345]


def test_files_that_are_named_twice_count_once(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "Date,Cost,BillingCurrency\n2026-09-01,1,USD\n")
    assert totals(read([tmp_path / "a.csv", tmp_path, tmp_path / "." / "a.csv"])) == [1, 1]


TAGGED = '''Date,Cost,BillingCurrency,ResourceId,Tags
2026-09-01,1,USD,/s/a,"{""team"": ""old""}"
2026-09-02,1,USD,/s/A,"{""team"": ""vision"", ""env"": ""prod""}"
2026-09-02,2,USD,/s/b,"""team"": ""speech"",""cost centre"": ""7"""
2026-09-01,4,USD,/s/c,no tags
2026-09-01,8,USD,/s/d,
2026-09-01,16,USD,,"{""team"": ""nobody""}"
'''


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_tags_are_the_last_of_each_resource(tmp_path: Path, engine: str) -> None:
    if engine == "spark":
        pytest.importorskip("pyspark")
    write(tmp_path / "a.csv", TAGGED)
    write(tmp_path / "b.csv", "Date,Cost,BillingCurrency,ResourceId\n2026-09-02,1,USD,/s/a\n")
    assert read([tmp_path], engine).tags == {}
    assert read([tmp_path], engine, tags=True).tags == {
        "/s/a": {"team": "vision", "env": "prod"},
        "/s/b": {"team": "speech", "cost centre": "7"},
    }


def test_exports_are_forecast_by_tag_until_the_day_one_says(tmp_path: Path) -> None:
    first = date(2026, 8, 1)
    lines = [
        f'{first + timedelta(days=day)},{team},USD,/s/{team},"""team"": ""t{team}"""'
        for day in range(60)
        for team in (1, 2)
    ]
    write(tmp_path / "a.csv", "\n".join(["Date,Cost,BillingCurrency,ResourceId,Tags", *lines]))
    command = ["forecast", "--export", str(tmp_path), "--by", "team", "--format", "json"]
    result = CliRunner().invoke(main, [*command, "--complete-until", "2026-09-20"])
    found = json.loads(result.stdout)
    assert {one["name"] for one in found["parts"]} == {"t1", "t2"}
    assert found["complete_until"] == "2026-09-20"
    demo = CliRunner().invoke(main, ["forecast", "--demo", "--complete-until", "2026-09-20"])
    assert (demo.exit_code, "a snapshot knows it" in demo.stderr) == (2, True)


@pytest.mark.parametrize(
    "bytes_", [b"\xff\xfe\x00", b"Date,Cost\n2026-09-01,1,\xe9\n", b"\x00" * 9]
)
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet", "manifest.json"])
def test_what_is_no_text_is_an_error_of_ours(tmp_path: Path, name: str, bytes_: bytes) -> None:
    (tmp_path / name).write_bytes(bytes_)
    with pytest.raises(AzcostError, match=r"a\.|manifest"):
        read([tmp_path])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.integers(1, 28),
            st.decimals(-(10**6), 10**6, places=15),
            st.sampled_from(["", "/r/a", "/R/A", "/r/b,c", '/r/"d"']),
        ),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 3),
)
def test_nothing_is_lost_and_nothing_counts_twice(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, Decimal, str]],
    parts: int,
) -> None:
    folder = tmp_path_factory.mktemp("export")
    for part in range(parts):
        text = ["Date,Cost,BillingCurrency,ResourceId,MeterName"]
        for day, cost, id_ in rows[part::parts]:
            quoted = id_.replace('"', '""')
            text.append(f'2026-09-{day:02},{cost:f},USD,"{quoted}",p{part}')
        write(folder / f"p{part}.csv", "\n".join(text))
    bill = read([folder])
    assert totals(bill) == [sum(cost for _, cost, _ in rows)] * 2
    assert {line.resource for line in bill.lines} == {id_ for _, _, id_ in rows}
    assert all(line.actual.count(" ") == bill.days - 1 for line in bill.lines)


def test_recorded_samples_are_read(shared: Path) -> None:
    # Sums of the columns of the files themselves, added up with csv and decimal.
    samples = shared / "recordings/samples"
    both = [
        samples / f"finops-toolkit/EA_{kind}_Small.csv" for kind in ("ActualCost", "AmortizedCost")
    ]
    assert totals(read(both)) == [Decimal("8.5450077867419368"), Decimal("16.296932136636644627")]
    assert totals(read([samples / "focus-sample-data/focus_sample.csv"]))[1] == Decimal(
        "1.97651418586"
    )
    for name in ("German", "PayAsYouGo", "YA"):
        assert totals(read([samples / f"opencost/headersets/{name}.csv"])) == [Decimal("0.075")] * 2


def test_an_audit_of_an_export_says_that_it_is_blind() -> None:
    done = CliRunner().invoke(main, ["audit", "--format", "json", "--export", str(EXAMPLE)])
    assert done.exit_code == 3, done.output
    assert "1 older runs" in done.stderr
    unread = json.loads(done.stdout)["unread"]
    assert "costs" not in {one["part"] for one in unread}
    assert "inventory" in {one["part"] for one in unread}


def test_an_export_alone_tells_how_commitments_are_used() -> None:
    done = CliRunner().invoke(main, ["audit", "--format", "json", "--export", str(EXAMPLE)])
    (found,) = json.loads(done.stdout)["findings"]
    # 18 of 24 hours of the reservation are used, all of the savings plan.
    assert found["rule"] == "reservation_under_used"
    assert found["evidence"][0]["value"] == "75 % on average, 75 % on the best day"
    assert found["saving_monthly"]["low"] == "0"


def test_without_subscriptions_no_rule_believes_that_it_could_see(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "Date,Cost,BillingCurrency,ResourceId\n2026-09-01,1,USD,/x/y\n")
    taken = snapshot_of(read([tmp_path]), datetime(2026, 9, 9, tzinfo=UTC))
    assert [one.scope for one in taken.unread if one.part is Part.INVENTORY] == [""]
    # Without a manifest the last day counts as complete after three more.
    assert taken.today == date(2026, 9, 4)


DEMO = ROOT / "examples/demo-snapshot.json.gz"
DEMO_FIRST = "11111111-1111-4111-8111-111111111111"


def test_exports_take_the_place_of_the_costs_of_a_snapshot(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    days = "".join(f"2026-09-{day:02},2,EUR,{DEMO_FIRST.upper()},/r/x\n" for day in range(1, 31))
    write(file, f"Date,Cost,BillingCurrency,SubscriptionId,ResourceId\n{days}")
    words = ["audit", "--format", "json", "--snapshot", str(DEMO), "--export", str(file)]
    done = CliRunner().invoke(main, words)
    found = json.loads(done.stdout)
    assert found["currency"] == "EUR"
    assert Decimal(found["cost"]) == Decimal("60.875")  # 2 a day, 30.4375 days
    assert "costs until 2026-09-30; the snapshot is of 2026-11-20" in done.stderr
    # What the export does not bill is unknown, not free.
    unread = [one for one in found["unread"] if one["part"] == "costs"]
    assert unread
    assert all(DEMO_FIRST not in one["scope"] for one in unread)
    assert done.exit_code == 3


def test_an_export_of_another_estate_is_refused() -> None:
    words = ["audit", "--snapshot", str(DEMO), "--export", str(EXAMPLE)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert "none of the subscriptions" in done.stderr


@pytest.mark.parametrize("command", ["forecast", "anomalies"])
def test_daily_costs_are_taken_from_exports(command: str) -> None:
    done = CliRunner().invoke(main, [command, "--export", str(EXAMPLE)])
    assert done.exit_code == 0, done.output
    assert "2026-09-01 to 2026-10-30" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["audit", "--demo", "--export", "x"], "Say what to judge"),
        (["audit", "--demo", "--currency", "EUR"], "add it"),
        (["forecast", "x.csv", "--export", "x"], "Name one source"),
        (["audit", "--export", "not-there"], "no such file or folder"),
    ],
)
def test_bad_calls_are_told_what_to_do(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(main, arguments, standalone_mode=True)
    assert done.exit_code == 2
    assert said in done.stderr


def test_nothing_but_an_export_loads_ibis() -> None:
    code = "import sys, azcost.cli.audit, azcost.cli.spending; sys.exit('ibis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
