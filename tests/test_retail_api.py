"""What the Retail Prices API may answer, page by page, and what is not believed."""

from __future__ import annotations

from typing import Any

import pytest

from azcost.pricing.retail_api import FetchError, RetailApi
from retail_server import Handler, Server, serving

FILTER = "serviceName eq 'Key Vault' and armRegionName eq 'westeurope'"


def moved(handler: Handler) -> None:
    handler.send(302, b"", Location="/elsewhere")


def test_a_redirection_is_not_followed() -> None:
    with serving(Server([], faults={0: moved})) as server:
        with pytest.raises(FetchError, match="HTTP 302"):
            list(RetailApi(server.url).pages(FILTER))
        assert len(server.queries) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Items": [1], "Count": 1}, "not JSON"),
        ({"Items": None}, "not JSON"),
        ({"NextPageLink": 5}, "not JSON"),
        ({"NextPageLink": "http://[half"}, "another host"),
        ({"NextPageLink": "http://127.0.0.1:99999/"}, "another host"),
    ],
)
def test_a_page_that_is_none_is_said(change: dict[str, Any], said: str) -> None:
    with serving(Server([], change_page=lambda _, page: page.update(change))) as server:
        api = RetailApi(server.url, sleep=lambda _: None)
        with pytest.raises(FetchError, match=said):
            list(api.pages(FILTER))
