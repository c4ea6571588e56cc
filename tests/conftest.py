from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from azcost import paths
from azcost.pricing import store, tables
from azcost.pricing.catalogue import Catalogue

if TYPE_CHECKING:
    from arm_server import Azure
    from azcost.audit.collect.reader import Reader

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
# Of the YAML files among the examples, those that are designs and have a bill.
DESIGNS = sorted(p for p in (ROOT / "examples").glob("*.yaml") if "services:" in p.read_text())


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every test run compiles the tables into a folder of its own."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("AZCOST_CACHE")
    os.environ["AZCOST_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["AZCOST_CACHE"]
    else:
        os.environ["AZCOST_CACHE"] = before


@pytest.fixture(scope="session")
def catalogue(cache_folder: Path) -> Catalogue:
    """The shipped tables."""
    return Catalogue(store.open_shipped())


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the repository; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: this test compares with the material it holds")
    return SHARED


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    """Azure on loopback, with the environment that leads to it."""
    import arm_server

    with arm_server.serving(tmp_path) as (azure, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield azure


@pytest.fixture
def reader(tmp_path: Path) -> Callable[..., Reader]:
    """Make a reader of a subscription that waits for nobody, at a day of the demo."""
    import arm_server
    from azcost.arm import clouds
    from azcost.arm.client import Connection
    from azcost.arm.policy import Calls
    from azcost.audit.collect.answers import Answers
    from azcost.audit.collect.reader import Reader

    def make(subscription: str, limit: int = 5000) -> Reader:
        at = datetime(2026, 11, 20, 6, tzinfo=UTC)
        connection = Connection(
            clouds.named("AzureCloud"),
            arm_server.Ticket(),
            Calls(limit),
            sleep=lambda _: None,
            notice=lambda _: None,
        )
        answers = Answers(tmp_path / "answers" / subscription, at.date())
        return Reader(connection, subscription, answers, at, lambda _: None)

    return make


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], str]:
    """What somebody has read in a file of tests/golden/; the option writes `text` there."""

    def read(name: str, text: str) -> str:
        file = ROOT / "tests/golden" / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return file.read_text(encoding="utf-8")

    return read


@pytest.fixture
def toy_catalogue(tmp_path: Path) -> Callable[[Iterable[dict[str, Any]]], Catalogue]:
    """A catalogue of made-up rows, through the same store as the real one."""

    def make(rows: Iterable[dict[str, Any]]) -> Catalogue:
        return make_catalogue(tmp_path / "toy.sqlite", rows)

    return make


def make_catalogue(file: Path, rows: Iterable[dict[str, Any]]) -> Catalogue:
    folder = paths.shipped("data/pricing")
    store.write(
        file,
        lines=[line for row in rows for line in toy_lines(row)],
        references={name: tables.reference(folder, name) for name in tables.REFERENCES},
        facts={"tables": "toy", "currency": "USD"},
    )
    return Catalogue(store.connect(file))


def toy_lines(row: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The lines of a row as the cases write it: `price`, or `tiers` by where they start."""
    names = tuple(
        str(row.get(name, default))
        for name, default in (
            ("service", ""),
            ("product", ""),
            ("sku", ""),
            ("meter", ""),
            ("arm_sku", ""),
            ("unit", "1 Hour"),
            ("type", ""),
        )
    )
    for start, price in row.get("tiers", {0: row.get("price")}).items():
        yield (
            *names,
            str(row.get("region", "westeurope")),
            str(start),
            str(price),
            str(row.get("savings_1y", "")),
            str(row.get("savings_3y", "")),
            str(row.get("meter_id", "")),
            str(row.get("effective", "")),
            "toy 2026-01-01",
            "",
        )
