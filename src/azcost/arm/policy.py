"""The one policy of every request: waits that have an end, hosts and methods that are named.

azure-core's own retries are left out (measured with 1.41.0, API facts section 0): it sleeps
whatever a Retry-After asks, retries any status that carries one, and does not know the
headers of Cost Management.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import (
    DecodeError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy

from azcost.arm.failures import CallsSpent, NotAllowed, Throttled
from azcost.arm.permits import READS, Permit, is_permitted

MAX_ATTEMPTS = 4  # Microsoft: retry a 429 at most three times
MAX_WAIT = 120.0  # seconds; who asks for more is asked again another day
_TRANSIENT = frozenset({500, 502, 503, 504})
_COST_HEADER = re.compile(r"x-ms-ratelimit-microsoft\.(costmanagement|consumption)-.*retry-after")
_RESETS = re.compile(r"(\d+):(\d\d):(\d\d)(?:\.\d+)?")

Request = PipelineRequest[Any]
Response = PipelineResponse[Any, Any]


class Calls:
    """The requests that a run may still make, retries included."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.made = 0

    def take(self) -> None:
        """Count a request; raises CallsSpent when it would be one too many."""
        if self.made >= self.limit:
            raise CallsSpent(
                f"The run has made {self.limit:,} requests, as many as it may (--max-calls). "
                "Run it again with more: what was read already is kept for the day."
            )
        self.made += 1


class Gate(HTTPPolicy[Any, Any]):
    """Lets out what is permitted, to named hosts, and counts it."""

    def __init__(self, hosts: tuple[str, ...], permits: tuple[Permit, ...], calls: Calls) -> None:
        super().__init__()
        self._hosts = hosts
        self._permits = permits
        self._calls = calls

    def send(self, request: Request) -> Response:
        """Send a request on, or raise NotAllowed; no token has been added to it yet."""
        method = request.http_request.method
        address = urlsplit(request.http_request.url)
        if address.scheme != "https" or not self._knows(address.hostname or ""):
            raise NotAllowed(
                f"A request to {address.scheme}://{address.netloc} was not sent: azcost asks "
                f"{' and '.join(self._hosts)} only."
            )
        if not is_permitted(self._permits, method, address.path):
            raise NotAllowed(f"{method} {address.path} was not sent: it is not on the list.")
        self._calls.take()
        request.http_request.headers["ClientType"] = "azcost"
        return self.next.send(request)

    def _knows(self, host: str) -> bool:
        """Whether a host is named; `.metrics...` stands for the hosts of all regions."""
        return any(
            host.endswith(one) if one.startswith(".") else host == one for one in self._hosts
        )


class Patience(HTTPPolicy[Any, Any]):
    """Asks again after 429, after faults of the server and after answers cut short.

    `sleep` is called with seconds, `notice` with a sentence before a wait that one notices.
    """

    def __init__(self, sleep: Callable[[float], object], notice: Callable[[str], object]) -> None:
        super().__init__()
        self._sleep = sleep
        self._notice = notice

    def send(self, request: Request) -> Response:
        """Send a request on, up to four times; raises Throttled when the wait is too long."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                response = self.next.send(request)
            except (
                ServiceRequestError, ServiceResponseError, IncompleteReadError, DecodeError,
            ):  # fmt: skip
                if attempt == MAX_ATTEMPTS or not _is_repeatable(request):
                    raise
                self._sleep(2.0 ** (attempt - 1))
                continue
            status = response.http_response.status_code
            again = status == 429 or (status in _TRANSIENT and _is_repeatable(request))
            if attempt == MAX_ATTEMPTS or not again:
                return response
            headers = response.http_response.headers
            self._wait(status, headers, attempt, request.http_request.url)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, status: int, headers: Mapping[str, str], attempt: int, url: str) -> None:
        path = urlsplit(url).path
        asked = asked_wait(headers)
        if status == 429 and asked > MAX_WAIT:
            raise Throttled(
                f"{path}: Azure asks to wait {asked:,.0f} s, longer than a run waits "
                f"({MAX_WAIT:.0f} s); run it again later.",
                429,
            )
        wait = min(MAX_WAIT, max(2.0 ** (attempt - 1), asked))
        if wait > 2:
            why = "is throttled" if status == 429 else f"answers {status}"
            self._notice(f"{path.rpartition('/')[2]} {why}: waiting {wait:.0f} s")
        self._sleep(wait)


def _is_repeatable(request: Request) -> bool:
    """Whether it does no harm twice: whatever is no POST, and queries that Azure takes by POST."""
    sent = request.http_request
    return sent.method != "POST" or is_permitted(READS, "POST", urlsplit(sent.url).path)


def asked_wait(headers: Mapping[str, str]) -> float:
    """The seconds that an answer asks to wait: the longest of its headers, 0 for none.

    Retry-After, those of Cost Management and Consumption (qpu, entity, tenant, client), and
    Resource Graph's quota, which resets after `hh:mm:ss`.
    """
    waits = [0.0]
    for name, value in headers.items():
        lower = name.lower()
        if lower == "retry-after" or _COST_HEADER.fullmatch(lower):
            waits.append(_seconds(value))
        elif lower == "x-ms-user-quota-resets-after" and (found := _RESETS.fullmatch(value)):
            hours, minutes, seconds = (int(one) for one in found.groups())
            waits.append(3600.0 * hours + 60 * minutes + seconds)
    return max(waits)


def _seconds(text: str) -> float:
    text = text.strip()
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else 0.0
