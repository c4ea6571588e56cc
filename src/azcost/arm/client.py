"""Asking Azure: a thin client of the resource manager, and Microsoft's two for costs.

All of them send through the same list of policies (policy.py), which is given to
Microsoft's clients in place of their own: theirs would also register resource providers,
follow redirections and wait without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from azure.core import PipelineClient
from azure.core.pipeline.policies import (
    ContentDecodePolicy,
    RequestIdPolicy,
    UserAgentPolicy,
)
from azure.core.rest import HttpRequest
from azure.mgmt.core import ARMPipelineClient
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

from azcost.arm.clouds import Cloud
from azcost.arm.failures import NotAllowed, Unreachable, failure, translated
from azcost.arm.permits import READS, Permit
from azcost.arm.policy import Calls, Gate, Patience

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.mgmt.consumption import ConsumptionManagementClient
    from azure.mgmt.costmanagement import CostManagementClient

Json = dict[str, Any]
_TIMEOUT: Json = {"connection_timeout": 10, "read_timeout": 120}  # seconds


class Connection:
    """A login to a cloud, with what it may ask.

    `permits` are the requests that may leave, `calls` counts them, `sleep` is called with
    the seconds of a wait and `notice` with a sentence about it.
    """

    def __init__(
        self,
        cloud: Cloud,
        credential: TokenCredential,
        calls: Calls,
        *,
        permits: tuple[Permit, ...] = READS,
        sleep: Callable[[float], object],
        notice: Callable[[str], object],
    ) -> None:
        self.cloud = cloud
        self.calls = calls
        self._credential = credential
        self._permits = permits
        self._sleep = sleep
        self._notice = notice
        self.manager = f"https://{cloud.manager}"

    def arm(self) -> Arm:
        """The thin client of the resource manager."""
        policies = self._policies(self.cloud.manager, self.cloud.manager_scope)
        return Arm(ARMPipelineClient(self.manager, policies=policies, **_TIMEOUT), self.manager)

    def metrics(self, region: str) -> Arm:
        """The thin client of a region's metrics, which wants tokens of its own."""
        host = f"{region}.{self.cloud.metrics}"
        policies = self._policies(host, self.cloud.metrics_scope)
        return Arm(
            PipelineClient(f"https://{host}", policies=policies, **_TIMEOUT), f"https://{host}"
        )

    def cost_management(self) -> CostManagementClient:
        """Microsoft's client of Cost Management."""
        from azure.mgmt.costmanagement import CostManagementClient

        return CostManagementClient(self._credential, self.manager, **self._settings())

    def consumption(self, subscription: str) -> ConsumptionManagementClient:
        """Microsoft's client of Consumption; `subscription` is an id without a path."""
        from azure.mgmt.consumption import ConsumptionManagementClient

        return ConsumptionManagementClient(
            self._credential, subscription, self.manager, **self._settings()
        )

    def _settings(self) -> Json:
        scope = self.cloud.manager_scope
        policies = self._policies(self.cloud.manager, scope)
        return {"credential_scopes": [scope], "policies": policies, **_TIMEOUT}

    def _policies(self, host: str, scope: str) -> list[Any]:
        """In this order: what is refused has no token, what is not whole is asked again."""
        return [
            RequestIdPolicy(),
            UserAgentPolicy("azcost", user_agent_overwrite=True),
            Patience(self._sleep, self._notice),
            ContentDecodePolicy(),
            Gate((host,), self._permits, self.calls),
            ARMChallengeAuthenticationPolicy(self._credential, scope),
        ]


class Arm:
    """Requests by path, answers as JSON; every failure is an ArmError."""

    def __init__(self, client: PipelineClient[Any, Any], base: str) -> None:
        self._client = client
        self._base = base

    def get(self, path: str, api_version: str, **query: str) -> Json:
        """The JSON of a path, below the host; raises ArmError."""
        return self._send("GET", self._url(path, api_version, query))

    def post(self, path: str, api_version: str, body: Json, **query: str) -> Json:
        """The answer to a query that Azure takes by POST; raises ArmError."""
        return self._send("POST", self._url(path, api_version, query), body)

    def put(
        self, path: str, api_version: str, body: Json, headers: Mapping[str, str] | None = None
    ) -> Json:
        """Write something, for a connection whose permits say so; raises ArmError."""
        return self._send("PUT", self._url(path, api_version, {}), body, headers)

    def delete(self, path: str, api_version: str) -> None:
        """Delete something, for a connection whose permits say so; raises ArmError."""
        self._send("DELETE", self._url(path, api_version, {}))

    def each(self, path: str, api_version: str, **query: str) -> Iterator[Json]:
        """Yield the items of a list, over all its pages; raises ArmError.

        A next link is followed on the host that it came from only.
        """
        url, seen = self._url(path, api_version, query), set[str]()
        while url:
            seen.add(url)
            page = self._send("GET", url)
            yield from (one for one in page.get("value") or [] if isinstance(one, dict))
            url = str(page.get("nextLink") or page.get("@nextLink") or "")
            if url in seen:
                raise Unreachable(f"{path}: the next link leads in a circle")
            self._check(url)

    def post_to(self, link: str, body: Json) -> Json:
        """The next page of a query, which takes its body again; raises ArmError."""
        self._check(link)
        return self._send("POST", link, body)

    def _check(self, link: str) -> None:
        """A link that Azure gives is followed on the host that it came from only."""
        host = urlsplit(self._base).netloc
        if link and urlsplit(link).netloc.lower() not in (host, f"{host}:443"):
            raise NotAllowed(f"{link[:80]} leads to another host: not followed.")

    def _url(self, path: str, api_version: str, query: Mapping[str, str]) -> str:
        asked = urlencode({"api-version": api_version, **query}, quote_via=quote, safe="$,':/")
        # Names in ids may hold blanks, or what would begin a query.
        below = quote(path.lstrip("/"), safe="/:$@()',;=+!*~")
        return f"{self._base}/{below}?{asked}"

    def _send(
        self,
        method: str,
        url: str,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        asked = f"{method} {urlsplit(url).path}"
        request = HttpRequest(method, url, json=body, headers=dict(headers or {}))
        with translated(asked):
            answer = self._client.send_request(request)
        if not 200 <= answer.status_code < 300:
            raise failure(answer, asked)
        try:
            found = answer.json() if answer.text() else {}
        except ValueError as error:
            raise Unreachable(f"{asked}: an answer that is not JSON") from error
        if isinstance(found, list):
            return {"value": found}
        if not isinstance(found, dict):
            raise Unreachable(f"{asked}: an answer that is no object")
        return found
