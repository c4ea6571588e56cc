"""The door to Azure, through the real libraries to a real server: waits, refusals, logins."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import arm_server
from arm_server import ARM, Answer, Azure, error
from azcost.arm import clouds, login, policy
from azcost.arm.client import Connection
from azcost.arm.failures import (
    ArmError,
    CallsSpent,
    Forbidden,
    LoginError,
    Missing,
    NotAllowed,
    Throttled,
    Unreachable,
)
from azcost.arm.login import Login
from azcost.arm.permits import READS, Permit, is_permitted
from azcost.arm.policy import Calls

LIST = "/subscriptions/s/providers/Microsoft.Compute/disks"
QUERY = "/subscriptions/s/providers/Microsoft.CostManagement/query"
GRAPH = "/providers/Microsoft.ResourceGraph/resources"
ONE = {"value": [{"id": "a"}]}


class Run:
    """A connection, and what it slept and said."""

    def __init__(self, cloud: str = "AzureCloud", limit: int = 50, **settings: object) -> None:
        self.slept: list[float] = []
        self.said: list[str] = []
        self.connection = Connection(
            clouds.named(cloud),
            settings.pop("credential", arm_server.Ticket()),
            Calls(limit),
            sleep=self.slept.append,
            notice=self.said.append,
            **settings,
        )
        self.arm = self.connection.arm()

    def list(self) -> list[str]:
        return [one["id"] for one in self.arm.each(LIST, "2024-07-01")]


COST = "x-ms-ratelimit-microsoft.costmanagement"
WAITS = [
    ({}, 1),
    ({"Retry-After": "7"}, 7),
    ({f"{COST}-qpu-retry-after": "5", f"{COST}-tenant-retry-after": "11"}, 11),
    ({f"{COST}-entity-retry-after": "60", "Retry-After": "3"}, 60),
    ({f"{COST}-clienttype-retry-after": "9"}, 9),
    ({"x-ms-ratelimit-microsoft.consumption-retry-after": "4"}, 4),
    ({"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:05"}, 5),
    ({"Retry-After": "soon"}, 1),
]


@pytest.mark.parametrize(("headers", "seconds"), WAITS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_429_is_waited_out_by_the_longest_header(
    azure: Azure, method: str, headers: dict[str, str], seconds: float
) -> None:
    azure.reply("disks|query", ONE)
    azure.first("disks|query", Answer(429, {}, headers))
    run = Run()
    got = run.arm.get(LIST, "1") if method == "GET" else run.arm.post(QUERY, "1", {"type": "Usage"})
    assert got == ONE
    assert run.slept == [seconds]
    assert len(azure.asked) == 2


def test_a_wait_that_one_notices_is_announced(azure: Azure) -> None:
    azure.reply("disks", ONE)
    azure.first("disks", Answer(429, {}, {"Retry-After": "30"}))
    run = Run()
    run.list()
    assert run.said == ["disks is throttled: waiting 30 s"]


def test_the_headers_of_a_200_are_not_acted_upon(azure: Azure) -> None:
    azure.reply("disks", Answer(200, ONE, {f"{COST}-entity-retry-after": "60", "Retry-After": "9"}))
    run = Run()
    assert run.list() == ["a"]
    assert run.slept == []


def test_a_name_is_never_a_query(azure: Azure) -> None:
    azure.reply("", {})
    Run().arm.get("/subscriptions/s/x/a b?c=d#e/ä%2F", "1", **{"$filter": "a eq 'b c'"})
    (asked,) = azure.asked
    assert asked.path == "/subscriptions/s/x/a b?c=d#e/ä%2F"
    assert asked.query == {"api-version": "1", "$filter": "a eq 'b c'"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_a_refusal_with_retry_after_is_not_asked_again(azure: Azure, status: int) -> None:
    azure.reply("disks", error(status, "No", "because", Retry_After="1"))
    run = Run()
    with pytest.raises(ArmError) as failed:
        run.list()
    assert (failed.value.status, failed.value.code) == (status, "No")
    assert len(azure.asked) == 1


def test_who_asks_for_an_hour_is_not_waited_for(azure: Azure) -> None:
    azure.reply("query", Answer(429, {}, {f"{COST}-qpu-retry-after": "3600"}))
    run = Run()
    with pytest.raises(Throttled, match="3,600 s"):
        run.arm.post(QUERY, "1", {})
    assert run.slept == []


def test_after_four_times_429_it_is_over(azure: Azure) -> None:
    azure.reply("query", Answer(429, {}, {"Retry-After": "1"}))
    run = Run()
    with pytest.raises(Throttled):
        run.arm.post(QUERY, "1", {})
    assert run.slept == [1, 2, 4]
    assert len(azure.asked) == 4


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_fault_of_the_server_is_asked_again(azure: Azure, status: int) -> None:
    azure.reply("disks", ONE)
    azure.first("disks", error(status, "Fault"), error(status, "Fault"))
    assert Run().list() == ["a"]


def test_a_fault_that_stays_is_said(azure: Azure) -> None:
    azure.reply("disks", error(503, "ServerBusy", "try later"))
    with pytest.raises(Unreachable, match="HTTP 503 ServerBusy, try later"):
        Run().list()


@pytest.mark.parametrize(
    "cut", [Answer(body=ONE, cut=7), Answer(raw=b'{"value": [{"id"'), Answer(raw=b"\xff\xfe\xff")]
)
def test_an_answer_cut_short_is_asked_again(azure: Azure, cut: Answer) -> None:
    azure.reply("disks", ONE)
    azure.first("disks", cut)
    assert Run().list() == ["a"]
    azure.reply("disks", cut)
    with pytest.raises(Unreachable):
        Run().list()


@pytest.mark.parametrize("raw", [b"[1, 2]", b'"text"', b"null", b"7"])
def test_an_answer_that_is_no_object_is_no_answer(azure: Azure, raw: bytes) -> None:
    azure.reply("disks", Answer(raw=raw))
    if raw.startswith(b"["):
        assert Run().list() == []
    else:
        with pytest.raises(Unreachable):
            Run().list()


def test_pages_are_followed_to_the_end(azure: Azure) -> None:
    link = f"https://{ARM}:443{LIST}?api-version=1&$skiptoken=2"
    azure.reply("disks", lambda asked: Answer(body={"value": [{"id": "b"}]}))
    azure.first("disks", Answer(body={"value": [{"id": "a"}], "nextLink": link}))
    assert Run().list() == ["a", "b"]
    assert azure.asked[1].query == {"api-version": "1", "$skiptoken": "2"}


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.com/more",
        f"http://{ARM}/more",
        "https://management.azure.com.evil.example.com/x",
        "https://management.azure.com@evil.example.com/x",
        f"https://{ARM}:444/more",
    ],
)
def test_a_next_link_to_another_host_gets_no_token(azure: Azure, link: str) -> None:
    azure.reply("disks", {"value": [{"id": "a"}], "nextLink": link})
    with pytest.raises(NotAllowed):
        Run().list()
    assert [one.host for one in azure.asked] == [ARM]


def test_microsofts_pagers_stay_on_the_host_too(azure: Azure) -> None:
    azure.reply("budgets", {"value": [], "nextLink": "https://evil.example.com/more"})
    with pytest.raises(NotAllowed):
        list(Run().connection.consumption("s").budgets.list("/subscriptions/s"))
    assert [one.host for one in azure.asked] == [ARM]


def test_a_next_link_in_a_circle_ends(azure: Azure) -> None:
    link = f"https://{ARM}{LIST}?api-version=2024-07-01"
    azure.reply("disks", {"value": [{"id": "a"}], "nextLink": link})
    with pytest.raises(Unreachable, match="circle"):
        Run().list()


def test_a_redirection_is_not_followed(azure: Azure) -> None:
    azure.reply("disks", Answer(307, {}, {"Location": "https://evil.example.com/"}))
    with pytest.raises(ArmError):
        Run().list()
    assert [one.host for one in azure.asked] == [ARM]


def test_microsofts_client_waits_and_names_itself_as_the_thin_one(azure: Azure) -> None:
    azure.reply("query", {"properties": {"columns": [], "rows": []}})
    azure.first("query", Answer(429, {}, {f"{COST}-qpu-retry-after": "12"}), error(503, "Busy"))
    run = Run()
    run.connection.cost_management().query.usage("/subscriptions/s", {"type": "Usage"})
    assert run.slept == [12, 2]
    assert {one.headers["clienttype"] for one in azure.asked} == {"azcost"}
    assert {one.headers["user-agent"] for one in azure.asked} == {"azcost"}


def test_no_provider_is_registered(azure: Azure) -> None:
    azure.reply("query", error(409, "MissingSubscriptionRegistration", "register it"))
    with pytest.raises(Exception, match="MissingSubscriptionRegistration"):
        Run().connection.cost_management().query.usage("/subscriptions/s", {"type": "Usage"})
    assert len(azure.asked) == 1


def test_the_calls_of_a_run_are_counted_with_retries(azure: Azure) -> None:
    azure.reply("disks", error(503, "Busy"))
    run = Run(limit=3)
    with pytest.raises(CallsSpent, match="3 requests"):
        run.list()
    assert len(azure.asked) == 3


@pytest.mark.parametrize("path", [GRAPH, QUERY, "/subscriptions/s/metrics:getBatch"])
def test_queries_by_post_are_permitted(path: str) -> None:
    assert is_permitted(READS, "POST", path)
    assert is_permitted(READS, "POST", path.lower())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", QUERY),
        ("DELETE", LIST),
        ("PATCH", LIST),
        ("POST", f"{LIST}/a/beginGetAccess"),
        ("POST", f"{LIST}/providers/Microsoft.CostManagement/query/../exports/x/run"),
        ("POST", "/subscriptions/s/providers/Microsoft.Storage/storageAccounts/a/listKeys"),
        ("POST", "/subscriptions/s/providers/Microsoft.Compute/register"),
        ("POST", f"{GRAPH}/x"),
        ("POST", f"/x{GRAPH}"),
    ],
)
def test_what_writes_is_refused_before_it_leaves(azure: Azure, method: str, path: str) -> None:
    assert not is_permitted(READS, method, path)
    run = Run()
    send = {"PUT": run.arm.put, "POST": run.arm.post}.get(method)
    if send:
        with pytest.raises(NotAllowed):
            send(path, "1", {})
    assert azure.asked == []


def test_a_connection_with_a_permit_may_write(azure: Azure) -> None:
    azure.reply("PUT .*budgets/b", Answer(201, {"id": "b"}))
    run = Run(permits=(*READS, Permit("PUT", "/.+/budgets/[^/]+")))
    assert run.arm.put("/subscriptions/s/budgets/b", "1", {"x": 1}) == {"id": "b"}
    assert azure.asked[0].body == {"x": 1}


def test_what_may_not_be_done_twice_is_not(azure: Azure) -> None:
    azure.reply("POST .*run", error(503, "Busy"))
    run = Run(permits=(Permit("POST", "/.+/run"),))
    with pytest.raises(Unreachable):
        run.arm.post("/subscriptions/s/exports/e/run", "1", {})
    assert len(azure.asked) == 1


FAILURES = [
    (error(403, "AuthorizationFailed", "no role"), Forbidden),
    (error(401, "RBACAccessDenied", "no role"), Forbidden),
    (error(401, "ExpiredAuthenticationToken", "old"), LoginError),
    (error(404, "ResourceNotFound"), Missing),
    (Answer(400, {"code": "BadRequest", "message": "Valid metrics: a,b"}), ArmError),
    (Answer(403, raw=b"<html>blocked</html>"), Forbidden),
]


@pytest.mark.parametrize(("answer", "kind"), FAILURES)
def test_failures_have_their_kinds(azure: Azure, answer: Answer, kind: type[ArmError]) -> None:
    azure.reply("disks", answer)
    with pytest.raises(ArmError) as failed:
        Run().list()
    assert type(failed.value) is kind


def test_monitors_bare_error_is_read(azure: Azure) -> None:
    azure.reply("disks", Answer(400, {"code": "BadRequest", "message": "Valid metrics: a,b"}))
    with pytest.raises(ArmError, match="HTTP 400 BadRequest, Valid metrics: a,b"):
        Run().list()


CLOUDS = [
    ("AzureCloud", "management.azure.com", "metrics.monitor.azure.com"),
    ("AzureChinaCloud", "management.chinacloudapi.cn", "metrics.monitor.azure.cn"),
    ("AzureUSGovernment", "management.usgovcloudapi.net", "metrics.monitor.azure.us"),
]


@pytest.mark.parametrize(("cloud", "manager", "metrics"), CLOUDS)
def test_each_cloud_is_asked_at_its_host_with_a_token_for_it(
    azure: Azure, monkeypatch: pytest.MonkeyPatch, cloud: str, manager: str, metrics: str
) -> None:
    for name, value in arm_server.PRINCIPAL.items():
        monkeypatch.setenv(name, value)
    azure.reply("", ONE)
    found = login.credential(clouds.named(cloud), Login.DEFAULT, print)
    run = Run(cloud, credential=found)
    run.arm.get(LIST, "1")
    run.connection.metrics("region1").post("/subscriptions/s/metrics:getBatch", "1", {})
    list(run.connection.consumption("s").budgets.list("/subscriptions/s"))
    hosts = [one.host for one in azure.asked if not one.host.startswith("login.")]
    assert hosts == [manager, f"region1.{metrics}", manager]
    logins = {one.host for one in azure.asked if one.host.startswith("login.")}
    assert logins == {clouds.named(cloud).login}


def _managed_identity(folder: Path, azure: Azure) -> dict[str, str]:
    return {
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        "IDENTITY_ENDPOINT": f"http://127.0.0.1:{azure.port}/msi/token",
        "IDENTITY_HEADER": "x",
    }


def _az_login(folder: Path, azure: Azure) -> dict[str, str]:
    """An `az` that answers as the real one does, for the scope or resource that it is asked."""
    script = folder / "az"
    script.write_text(
        "#!/bin/sh\nfor word; do case $word in https:*) for_=$word;; esac; done\n"
        'echo "{\\"accessToken\\": \\"token-for-${for_%/.default}/.default\\", '
        '\\"expires_on\\": 4102444800, \\"expiresOn\\": \\"2100-01-01 00:00:00.000000\\"}"\n'
    )
    script.chmod(0o755)
    return {
        "AZURE_TOKEN_CREDENTIALS": "AzureCliCredential",
        "PATH": f"{folder}:{os.environ['PATH']}",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="the az of the test is a shell script")
@pytest.mark.parametrize("way", [_managed_identity, _az_login])
def test_microsofts_ways_to_log_in_work(
    azure: Azure,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Path, Azure], dict[str, str]],
) -> None:
    for name, value in way(tmp_path, azure).items():
        monkeypatch.setenv(name, value)
    azure.reply("disks", ONE)
    found = login.credential(clouds.named("AzureCloud"), Login.DEFAULT, print)
    assert Run(credential=found).list() == ["a"]


def test_without_a_login_it_says_how_to_get_one(
    azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    for name in arm_server.PRINCIPAL:
        if name != "AZURE_TOKEN_CREDENTIALS":
            monkeypatch.delenv(name, raising=False)
    found = login.credential(clouds.named("AzureCloud"), Login.DEFAULT, print)
    with pytest.raises(LoginError, match="az login") as failed:
        Run(credential=found).list()
    assert len(str(failed.value)) < 400
    assert azure.asked == []


def test_an_unknown_cloud_lists_the_known() -> None:
    with pytest.raises(Exception, match="AzureCloud, AzureChinaCloud, AzureUSGovernment"):
        clouds.named("azurecloud2")


def test_a_wait_is_never_longer_than_the_cap() -> None:
    assert policy.asked_wait({"Retry-After": "1e9"}) == 0
    assert policy.asked_wait({"x-ms-user-quota-resets-after": "01:02:03.5"}) == 3723
