"""A Retail Prices API on loopback: recorded rows in the API's own pages, with faults."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from azcost import paths
from azcost.pricing import tables

Items = list[dict[str, Any]]
_FILTER = re.compile(r"serviceName eq '(.+)' and armRegionName eq '(.*)'")


def recorded(service: str, region: str) -> Items:
    """The shipped rows of a partition as the API words them."""
    return [
        item(line)
        for line in tables.lines(paths.shipped("data/pricing"))
        if line[0] == service and line[7] == region and line[12]
    ]


def item(line: tables.Line) -> dict[str, Any]:
    (service, product, sku, meter, arm_sku, unit, type_, region, tier, price, one, three,
     meter_id, effective, *_) = line  # fmt: skip
    kind, _, term = type_.partition(" ")
    plans = [("1 Year", one), ("3 Years", three)]
    found: dict[str, Any] = {
        "currencyCode": "USD",
        "tierMinimumUnits": float(tier),
        "retailPrice": float(price),
        "unitPrice": float(price),
        "armRegionName": region,
        "location": region,
        "effectiveStartDate": f"{effective or '2026-01-01'}T00:00:00Z",
        "meterId": meter_id,
        "meterName": meter,
        "productId": product,
        "skuId": f"{product}/{sku}/{meter}",
        "productName": product,
        "skuName": sku,
        "serviceName": service,
        "unitOfMeasure": unit,
        "type": kind or "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": arm_sku,
    }
    if term:
        found["reservationTerm"] = term
    if one:
        found["savingsPlan"] = [
            {"term": name, "retailPrice": float(p), "unitPrice": float(p)} for name, p in plans if p
        ]
    return found


@dataclass
class Server:
    """What the server answers, and what it was asked."""

    items: Items
    page_size: int = 1000
    delay: float = 0.0
    # request number (from 0) -> what to send instead of a page
    faults: dict[int, Callable[[Handler], None]] = field(default_factory=dict)
    # called with the number of the request and the page about to be sent
    change_page: Callable[[int, dict[str, Any]], None] = lambda number, page: None
    url: str = ""
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    inside: int = 0
    most_inside: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Handler(BaseHTTPRequestHandler):
    server_state: Server

    def do_GET(self) -> None:
        state = self.server_state
        with state.lock:
            state.inside += 1
            state.most_inside = max(state.inside, state.most_inside)
            number = len(state.queries)
            state.queries.append(self.path)
        time.sleep(state.delay)
        with state.lock:  # before the answer: with it the client may ask again
            state.inside -= 1
        if number in state.faults:
            state.faults[number](self)
        else:
            self.send_page(number)

    def send_page(self, number: int) -> None:
        state = self.server_state
        query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        match = _FILTER.fullmatch(query["$filter"])
        assert match, query
        service, region = match.groups()
        start = int(query.get("$skip", 0))
        with state.lock:
            state.asked.append((service, region, start))
        mine = [
            i for i in state.items if (i["serviceName"], i["armRegionName"]) == (service, region)
        ]
        items = mine[start : start + state.page_size]
        more = start + state.page_size < len(mine)
        link = (
            f"{state.url}/api/retail/prices?$filter={quote(query['$filter'])}"
            f"&$skip={start + state.page_size}"
        )
        page = {
            "BillingCurrency": "USD",
            "CustomerEntityId": "Default",
            "CustomerEntityType": "Retail",
            "Items": items,
            "NextPageLink": link if more else None,
            "Count": len(items),
        }
        state.change_page(number, page)
        self.send(200, json.dumps(page).encode())

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


@contextmanager
def serving(state: Server) -> Iterator[Server]:
    handler = type("Bound", (Handler,), {"server_state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
