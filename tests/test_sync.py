"""`azcost prices sync` against a real HTTP server that serves recorded rows and misbehaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from azcost.pricing import store
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.retail_api import FetchError, RetailApi
from azcost.pricing.synced import Cache
from retail_server import Handler, Server, recorded, serving

VAULT = ("Key Vault", "westeurope")
VAULT_FILTER = "serviceName eq 'Key Vault' and armRegionName eq 'westeurope'"
GATEWAY = ("Application Gateway", "westeurope")
OPERATIONS = Meter(
    service="Key Vault",
    region="westeurope",
    product="Key Vault",
    sku="Standard",
    meter="Operations",
)


@pytest.fixture(scope="module")
def vault() -> list[dict[str, Any]]:
    return recorded(*VAULT)


@pytest.fixture
def home(tmp_path: Path, cache_folder: Path) -> Path:
    """A cache folder of the test's own, with the tables already compiled."""
    for file in cache_folder.glob("tables-*.sqlite"):
        os.link(file, tmp_path / file.name)
    return tmp_path


def azcost(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "azcost", *words]
    environment = os.environ | {"AZCOST_CACHE": str(home)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def sync(home: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return azcost(home, "prices", "sync", "--base-url", url, *words)


def catalogue_of(home: Path, currency: str = "USD") -> Catalogue:
    return Catalogue(store.open_shipped(), Cache(home, currency).open(), currency)


def test_synced_prices_take_the_place_of_shipped_ones_and_say_so(
    home: Path, vault: list[dict[str, Any]]
) -> None:
    dearer = [item | {"retailPrice": item["retailPrice"] * 2} for item in vault]
    with serving(Server(dearer, page_size=4)) as server:
        done = sync(home, server.url, "--service", VAULT[0], "--region", VAULT[1])
    assert done.returncode == 0, done.stderr
    assert "dearer" in done.stdout
    price = catalogue_of(home).price(OPERATIONS)
    before = Catalogue(store.open_shipped()).price(OPERATIONS)
    assert price.tiers[0].unit_price == 2 * before.tiers[0].unit_price
    assert price.source == "retail-api"
    assert "Key Vault" in azcost(home, "prices", "diff").stdout


def test_the_filter_is_case_exact_and_the_version_knows_savings_plans(
    home: Path, vault: list[dict[str, Any]]
) -> None:
    with serving(Server(vault)) as server:
        sync(home, server.url, "--service", VAULT[0], "--region", VAULT[1])
        query = server.queries[0]
    assert "api-version=2023-01-01-preview" in query
    assert "serviceName+eq+%27Key+Vault%27+and+armRegionName+eq+%27westeurope%27" in query
    assert "currencyCode=%27USD%27" in query


def too_many(handler: Handler) -> None:
    handler.send(429, b"", Retry_After="0")


def broken(handler: Handler) -> None:
    handler.send(500, b"oops")


def cut_short(handler: Handler) -> None:
    handler.send(200, b'{"Items": [{"currencyCode": "US')


def wrong_count(handler: Handler) -> None:
    handler.send(200, b'{"Items": [], "Count": 1000, "NextPageLink": null}')


def hang_up(handler: Handler) -> None:
    handler.connection.close()


@pytest.mark.parametrize("fault", [too_many, broken, cut_short, wrong_count, hang_up])
def test_a_passing_fault_is_survived(
    vault: list[dict[str, Any]], fault: Callable[[Handler], None]
) -> None:
    waits: list[float] = []
    with serving(Server(vault, page_size=5, faults={1: fault})) as server:
        api = RetailApi(server.url, sleep=waits.append)
        pages = list(api.pages(VAULT_FILTER))
    assert [i["skuId"] for page in pages for i in page] == [i["skuId"] for i in vault]
    assert len(waits) == 1


def test_a_fault_that_stays_leaves_the_old_prices_and_says_what_to_do(
    home: Path, vault: list[dict[str, Any]]
) -> None:
    with serving(Server(vault)) as server:
        sync(home, server.url, "--service", VAULT[0], "--region", VAULT[1])
    before = Cache(home, "USD").database.read_bytes()

    def refuse(handler: Handler) -> None:
        handler.send(403, b"no")

    cheaper = [item | {"retailPrice": 0.001} for item in vault]
    with serving(Server(cheaper, faults={0: refuse})) as server:
        words = ("--service", VAULT[0], "--region", VAULT[1], "--again")
        done = sync(home, server.url, *words)
    assert done.returncode == 3
    assert "HTTP 403" in done.stderr
    assert "run this again" in done.stderr
    assert Cache(home, "USD").database.read_bytes() == before


def test_a_retry_after_of_a_day_is_capped() -> None:
    waits: list[float] = []

    def tomorrow(handler: Handler) -> None:
        handler.send(429, b"", Retry_After="86400")

    with serving(Server([], faults={0: tomorrow})) as server:
        api = RetailApi(server.url, sleep=waits.append)
        assert list(api.pages("serviceName eq 'A' and armRegionName eq 'b'")) == [[]]
    assert waits == [60]


def test_a_next_link_to_another_host_is_not_followed(vault: list[dict[str, Any]]) -> None:
    def lead_away(_: int, page: dict[str, Any]) -> None:
        page["NextPageLink"] = "http://elsewhere.invalid/api/retail/prices?$skip=5"

    with serving(Server(vault, change_page=lead_away)) as server:
        api = RetailApi(server.url)
        with pytest.raises(FetchError, match="another host"):
            list(api.pages(VAULT_FILTER))
        assert len(server.queries) == 1


def test_a_next_link_in_a_circle_ends(vault: list[dict[str, Any]]) -> None:
    with serving(Server(vault, page_size=5)) as server:
        same = f"{server.url}/api/retail/prices?$filter={quote(VAULT_FILTER)}"

        def circle(_: int, page: dict[str, Any]) -> None:
            page["NextPageLink"] = same

        server.change_page = circle
        with pytest.raises(FetchError, match="circle"):
            list(RetailApi(server.url).pages(VAULT_FILTER))


@pytest.mark.parametrize("price", [None, "free", float("nan"), -1])
def test_what_is_no_price_is_not_kept(home: Path, vault: list[dict[str, Any]], price: Any) -> None:
    with serving(Server([*vault[1:], vault[0] | {"retailPrice": price}])) as server:
        done = sync(home, server.url, "--service", VAULT[0], "--region", VAULT[1])
    assert done.returncode == 3
    assert "in an item of the API" in done.stderr
    assert "The prices were left as they were" in done.stderr
    assert Cache(home, "USD").open() is None


def test_control_c_does_not_wait_for_the_next_attempt(home: Path) -> None:
    def tomorrow(handler: Handler) -> None:
        handler.send(429, b"", Retry_After="86400")

    with serving(Server([], faults={0: tomorrow})) as server:
        words = ("--service", VAULT[0], "--region", VAULT[1], "--base-url", server.url)
        with subprocess.Popen(
            [sys.executable, "-m", "azcost", "prices", "sync", *words],
            env=os.environ | {"AZCOST_CACHE": str(home)},
            stderr=subprocess.PIPE,
            text=True,
            # a shell's background jobs ignore it, and so would their children
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        ) as run:
            assert run.stderr
            while "trying again in 60 s" not in run.stderr.readline():
                assert run.poll() is None
            run.send_signal(signal.SIGINT)
            assert run.wait(timeout=20) == 1
            assert "Traceback" not in run.stderr.read()


def test_a_partition_torn_by_a_republish_is_walked_again(
    home: Path, vault: list[dict[str, Any]]
) -> None:
    with serving(Server(vault[1:], page_size=5)) as server:

        def insert_after_first_page(number: int, _: dict[str, Any]) -> None:
            if number == 0:
                server.items = vault  # one row more at the front: all others move on

        server.change_page = insert_after_first_page
        done = sync(home, server.url, "--service", VAULT[0], "--region", VAULT[1])
    assert done.returncode == 0, done.stderr
    with Cache(home, "USD").database.open("rb") as file:
        assert file.read(6) == b"SQLite"
    found = Cache(home, "USD").open()
    assert found is not None
    assert found.execute("SELECT count(*) FROM prices").fetchone() == (len(vault),)


def test_a_row_deleted_behind_the_walk_is_noticed(home: Path, vault: list[dict[str, Any]]) -> None:
    with serving(Server(list(vault), page_size=5)) as server:

        def delete_after_first_page(number: int, _: dict[str, Any]) -> None:
            if number == 0:
                server.items = vault[1:]  # the first of the second page is never sent

        server.change_page = delete_after_first_page
        done = sync(home, server.url, "--service", VAULT[0], "--region", VAULT[1])
    assert done.returncode == 0, done.stderr
    found = Cache(home, "USD").open()
    assert found is not None
    assert found.execute("SELECT count(*) FROM prices").fetchone() == (len(vault) - 1,)


def test_pages_in_another_order_are_the_same_prices(
    home: Path, vault: list[dict[str, Any]]
) -> None:
    with serving(Server(vault[::-1], page_size=3)) as server:
        done = sync(home, server.url, "--service", VAULT[0], "--region", VAULT[1])
    assert done.returncode == 0, done.stderr
    shipped = Catalogue(store.open_shipped()).price(OPERATIONS)
    assert catalogue_of(home).price(OPERATIONS).tiers == shipped.tiers


def test_a_killed_run_keeps_what_it_finished_and_shows_none_of_it(
    home: Path, vault: list[dict[str, Any]]
) -> None:
    items = vault + recorded(*GATEWAY)
    words = ("--service", VAULT[0], "--service", GATEWAY[0], "--region", "westeurope")
    with serving(Server(items, page_size=8, delay=0.15)) as server:
        command = [sys.executable, "-m", "azcost", "prices", "sync", "--base-url", server.url]
        run = subprocess.Popen(
            [*command, *words, "--in-flight", "1"],
            env=os.environ | {"AZCOST_CACHE": str(home)},
            stderr=subprocess.DEVNULL,
        )
        kept = home / "synced" / "USD"
        deadline = time.monotonic() + 30
        while not list(kept.glob("*.jsonl")) and time.monotonic() < deadline:
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert len(list(kept.glob("*.jsonl"))) == 1
        assert not Cache(home, "USD").database.exists()
        server.delay = 0
        server.asked.clear()
        done = sync(home, server.url, *words)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 partitions to fetch" in done.stderr
    assert len({service for service, *_ in server.asked}) == 1
    assert Cache(home, "USD").database.exists()


def test_a_429_halves_what_is_in_flight() -> None:
    from azcost.pricing.retail_api import Gate

    gate = Gate(4)
    gate.halve()
    with gate.request(), gate.request():
        assert gate._inside == gate._limit == 2
    for _ in range(5):
        gate.halve()
    assert gate._limit == 1


def test_no_more_requests_at_once_than_asked_for(home: Path) -> None:
    regions = ["westeurope", "northeurope", "swedencentral", "uksouth", "eastus2", "westus2"]
    items = [item for region in regions for item in recorded("Key Vault", region)]
    words = [word for region in regions for word in ("--region", region)]
    with serving(Server(items, page_size=5, delay=0.02)) as server:
        done = sync(home, server.url, "--service", "Key Vault", *words, "--in-flight", "3")
    assert done.returncode == 0, done.stderr
    assert 2 <= server.most_inside <= 3


def test_prices_in_another_currency_come_from_the_sync_alone(
    home: Path, vault: list[dict[str, Any]], tmp_path: Path
) -> None:
    euros = [item | {"currencyCode": "EUR", "retailPrice": 0.5} for item in vault]
    missing = azcost(
        home, "prices", "show", "Operations", "--region", "westeurope", "--currency", "eur"
    )
    assert missing.returncode == 2
    assert "azcost prices sync --currency EUR" in missing.stderr
    with serving(Server(euros)) as server:
        words = ("--service", VAULT[0], "--region", VAULT[1], "--currency", "eur")
        done = sync(home, server.url, *words)
        assert "currencyCode=%27EUR%27" in server.queries[0]
    assert done.returncode == 0, done.stderr
    price = catalogue_of(home, "EUR").price(OPERATIONS)
    assert (price.currency, price.tiers[0].unit_price) == ("EUR", Decimal("0.5"))


def test_prices_in_another_currency_than_asked_for_are_not_kept(
    home: Path, vault: list[dict[str, Any]]
) -> None:
    with serving(Server(vault)) as server:
        words = ("--service", VAULT[0], "--region", VAULT[1], "--currency", "eur")
        done = sync(home, server.url, *words)
    assert done.returncode == 3
    assert "asked for prices in EUR, got USD" in done.stderr
    assert Cache(home, "EUR").open() is None


def test_a_design_in_another_currency_finds_its_catalogue(
    home: Path, vault: list[dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "euro.yaml"
    file.write_text(
        "currency: EUR\nregion: westeurope\nservices:\n"
        "  - {kind: key_vault, name: a, operations: 20k}\n"
        "  - {kind: virtual_machine, name: b, size: Standard_D4s_v5}\n"
    )
    euros = [item | {"currencyCode": "EUR", "retailPrice": 0.5} for item in vault]
    with serving(Server(euros)) as server:
        words = ("--service", VAULT[0], "--region", VAULT[1], "--currency", "eur")
        sync(home, server.url, *words)
    done = azcost(home, "estimate", str(file), "--allow-unpriced")
    assert "Total without 1 charge (EUR)" in done.stdout
    assert "1.00" in done.stdout
    assert "known in" not in done.stdout  # the shipped tables are in dollars
    assert "--service 'Virtual Machines' --region westeurope --currency EUR" in done.stdout


def test_regions_may_be_written_as_people_do(home: Path, vault: list[dict[str, Any]]) -> None:
    with serving(Server(vault)) as server:
        done = sync(home, server.url, "--service", VAULT[0], "--region", "West Europe")
        assert server.asked[0][1] == "westeurope"
        wrong = sync(home, server.url, "--service", VAULT[0], "--region", "West Europa")
    assert done.returncode == 0
    assert wrong.returncode == 2
    assert "did you mean westeurope" in wrong.stderr or "did you mean" in wrong.stderr


def test_no_network_is_said_at_once(home: Path) -> None:
    done = sync(home, "http://prices.invalid", "--service", VAULT[0], "--region", VAULT[1])
    assert done.returncode == 3
    assert "no network?" in done.stderr
    assert "trying again" not in done.stderr


def test_a_service_without_rows_is_said(home: Path) -> None:
    with serving(Server([])) as server:
        done = sync(home, server.url, "--service", "Key Vaults", "--region", "westeurope")
    assert done.returncode == 2
    assert "did you mean Key Vault?" in done.stderr


def test_saying_nothing_to_fetch_is_an_error(home: Path) -> None:
    done = azcost(home, "prices", "sync")
    assert done.returncode == 2
    assert "--service, --region or --all" in done.stderr
