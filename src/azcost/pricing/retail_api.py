"""The Retail Prices API: the one place that fetches prices.

What it guards against was seen in the wild (docs of 2026-11, API facts): 429 without a
Retry-After and with an endless one, pages cut short, a next link to another host, filters
that are case-sensitive since api-version 2023-01-01-preview.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests

from azcost.errors import AzcostError

PUBLIC = "https://prices.azure.com"
API_VERSION = "2023-01-01-preview"  # the only one with savings plans
MAX_ATTEMPTS = 6
MAX_WAIT = 60.0  # seconds; whatever a Retry-After asks for
TIMEOUT = (10, 60)  # seconds to connect, to read
_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class FetchError(AzcostError):
    """The API did not answer, or not with prices."""

    exit_code = 3


class Gate:
    """Lets so many requests be in flight; each 429 halves the number."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._inside = 0
        self._change = threading.Condition()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Wait for a place, and hold it."""
        with self._change:
            self._change.wait_for(lambda: self._inside < self._limit)
            self._inside += 1
        try:
            yield
        finally:
            with self._change:
                self._inside -= 1
                self._change.notify_all()

    def halve(self) -> None:
        """Let half as many in from now on, but one at least."""
        with self._change:
            self._limit = max(1, self._limit // 2)


class RetailApi:
    """Pages of price items by filter, retried and checked.

    `sleep` is called with the seconds to wait between attempts, `notice` with a sentence
    before each of them. After `stop`, from any thread, no further attempt is made.
    """

    def __init__(
        self,
        base_url: str = PUBLIC,
        currency: str = "USD",
        in_flight: int = 4,
        sleep: Callable[[float], object] | None = None,
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._notice = notice
        self._base = base_url.rstrip("/")
        if _origin(self._base)[0] not in _DEFAULT_PORTS:
            raise AzcostError(f"--base-url: {base_url} is not an http(s) address.")
        self._currency = currency
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._gate = Gate(in_flight)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "azcost"

    def stop(self) -> None:
        """Let waiting attempts give up."""
        self._stopped.set()

    def pages(self, filter_: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the items of each page, following the next links to the end.

        Raises FetchError when a page cannot be had or a link leads elsewhere.
        """
        url = f"{self._base}/api/retail/prices"
        query: dict[str, str] | None = {
            "api-version": API_VERSION,
            "currencyCode": f"'{self._currency}'",
            "$filter": filter_,
        }
        seen: set[str] = set()
        while url:
            page = self._get(url, query)
            self._check_currency(page["Items"])
            yield page["Items"]
            url, query = page.get("NextPageLink") or "", None
            if url in seen:
                raise FetchError(f"The next link {url} leads in a circle.")
            if url and _origin(url) != _origin(self._base):
                raise FetchError(f"The next link leads to another host, {url}: not followed.")
            seen.add(url)

    def _check_currency(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            found = item.get("currencyCode", self._currency)
            if found != self._currency:
                raise FetchError(f"asked for prices in {self._currency}, got {found}: not kept")

    def _get(self, url: str, query: dict[str, str] | None) -> dict[str, Any]:
        problem = "stopped"
        for attempt in range(MAX_ATTEMPTS):
            if self._stopped.is_set():
                break
            with self._gate.request():
                answer = self._attempt(url, query)
            if isinstance(answer, dict):
                return answer
            problem = answer.problem
            if not answer.worth_another:
                break
            if attempt < MAX_ATTEMPTS - 1:
                wait = min(MAX_WAIT, max(2.0**attempt, answer.wait))
                self._notice(f"{problem}; trying again in {wait:.0f} s")
                self._sleep(wait)
        asked = f" Asked: {query['$filter'] if query else url}"
        raise FetchError(f"{self._base}: {problem}.{asked}")

    def _attempt(self, url: str, query: dict[str, str] | None) -> dict[str, Any] | _Failure:
        try:
            # A redirection would lead to another host unasked: it is an answer like any other.
            answer = self._session.get(url, params=query, timeout=TIMEOUT, allow_redirects=False)
            text = answer.content.decode("utf-8-sig")
        except requests.ConnectionError as error:
            if "resolve" in str(error).lower():
                problem = "the name of the host cannot be resolved: no network?"
                return _Failure(problem, worth_another=False)
            return _Failure("no connection, or one that broke off")
        except requests.Timeout:
            return _Failure(f"no answer within {TIMEOUT[1]} s")
        except (requests.RequestException, UnicodeDecodeError) as error:
            return _Failure(f"{type(error).__name__}: {error}")
        if answer.status_code == 429:
            self._gate.halve()
        if answer.status_code != 200:
            again = answer.status_code in _TRANSIENT
            return _Failure(f"HTTP {answer.status_code}", again, _retry_after(answer))
        return _page(text) or _Failure("a page that was cut short or is not JSON")


class _Failure(msgspec.Struct, frozen=True):
    problem: str
    worth_another: bool = True
    wait: float = 0.0


def _page(text: str) -> dict[str, Any] | None:
    """The page, its numbers exact, if it is whole and of the API's making."""
    try:
        page: Any = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError:
        return None
    items = page.get("Items") if isinstance(page, dict) else None
    if not isinstance(items, list) or page.get("Count", len(items)) != len(items):
        return None
    if not all(isinstance(item, dict) for item in items):
        return None
    if not isinstance(page.get("NextPageLink"), str | None):
        return None
    return dict(page)


def _retry_after(answer: requests.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else 0.0


def _origin(address: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port; an address that is none has an origin that no other has."""
    try:
        url = urlsplit(address)
        return url.scheme, url.hostname, url.port or _DEFAULT_PORTS.get(url.scheme)
    except ValueError:
        return "", address, None
