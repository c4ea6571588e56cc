"""Azure's budgets and scheduled actions on loopback, with the rules that Azure has for them."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
from azure.core.credentials import AccessToken

from arm_server import Answer, Asked, Azure, error
from azcost.actions import azure_budgets
from azcost.arm import clouds
from azcost.arm.client import Connection
from azcost.arm.permits import Permit
from azcost.arm.policy import Calls

SUBSCRIPTION = "11111111-2222-4333-8444-000000000001"
PATH = f"/subscriptions/{SUBSCRIPTION}"
SHARED = Path(__file__).parent.parent.parent / "shared/recordings/openapi/cost.json"


class Ticket:
    """A login that gives the token that the server wants."""

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        return AccessToken(f"token-for-{scopes[0]}", int(time.time()) + 3600)


def connection(
    slept: list[float] | None = None, permits: tuple[Permit, ...] = azure_budgets.PERMITS
) -> Connection:
    return Connection(
        clouds.named("AzureCloud"), Ticket(), Calls(100), permits=permits,
        sleep=(slept if slept is not None else []).append, notice=lambda _: None,
    )  # fmt: skip


class Store:
    """What Azure has, by path in lower case; `refused` are the reasons of its 400s."""

    def __init__(self, azure: Azure, schema: str, pattern: str) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.writes = 0
        self._schema = _schema(schema)
        azure.reply(f"PUT .*/{pattern}/", self.put)
        azure.reply(f"GET .*/{pattern}/", self.get)
        azure.reply(f"DELETE .*/{pattern}/", self.delete)
        azure.reply(f"GET .*/{pattern}$", self.all)

    def get(self, asked: Asked) -> Answer:
        found = self.kept.get(asked.path.lower())
        return Answer(body=found) if found else error(404, "ResourceNotFound")

    def all(self, asked: Asked) -> Answer:
        below = asked.path.lower() + "/"
        return Answer(
            body={"value": [one for path, one in self.kept.items() if path[: len(below)] == below]}
        )

    def delete(self, asked: Asked) -> Answer:
        if not self.kept.pop(asked.path.lower(), None):
            return error(404, "ResourceNotFound")
        self.writes += 1
        return Answer(200)

    def put(self, asked: Asked) -> Answer:
        if "api-version" not in asked.query:
            return error(400, "MissingApiVersionParameter")
        if self._schema is not None:
            wrong = [one.message for one in self._schema.iter_errors(asked.body["properties"])]
            if wrong:
                return error(400, "BadRequest", "; ".join(wrong))
        if reason := self.problem(asked):
            return error(400, "BadRequest", reason)
        path = asked.path.lower()
        before = self.kept.get(path)
        sent = asked.headers.get("if-match") or asked.body.get("eTag")
        if before and not sent:
            return error(409, "Conflict", "it exists: send its eTag")
        if sent and (not before or sent != before["eTag"]):
            return error(412, "PreconditionFailed", "the eTag is another")
        self.keep(asked.path, asked.body)
        return Answer(200 if before else 201, self.kept[path])

    def keep(self, path: str, body: dict[str, Any]) -> None:
        """What Azure makes of what it is sent."""
        self.writes += 1
        kept = deepcopy(body)
        kept.update(id=path[1:], name=path.rpartition("/")[2], eTag=f'"{self.writes:x}d3"')
        self.complete(kept)
        self.kept[path.lower()] = kept

    def problem(self, asked: Asked) -> str:
        return ""

    def complete(self, kept: dict[str, Any]) -> None:
        pass


class BudgetStore(Store):
    def __init__(self, azure: Azure) -> None:
        super().__init__(azure, "BudgetProperties", "providers/Microsoft.Consumption/budgets")

    def problem(self, asked: Asked) -> str:
        """The rules that stand only in prose (API facts 2.6)."""
        found = asked.body["properties"]
        start, some = found["timePeriod"]["startDate"], found["notifications"]
        below = not asked.path.lower().startswith("/subscriptions/")
        checks = {
            "the start is not the first of a month": not start.startswith(start[:8] + "01T00"),
            "more than five notifications": len(some) > 5,
            "a threshold is out of range": any(
                not 0 <= n["threshold"] <= 1000 for n in some.values()
            ),
            "roles and groups are not for this scope": below
            and any(n.get("contactRoles") or n.get("contactGroups") for n in some.values()),
            "nobody is told": any(
                not n["contactEmails"] and not n.get("contactGroups") for n in some.values()
            ),
            "and has at least two items": len(found.get("filter", {}).get("and", [1, 2])) < 2,
        }
        return next((reason for reason, wrong in checks.items() if wrong), "")

    def complete(self, kept: dict[str, Any]) -> None:
        found = kept["properties"]
        start = found["timePeriod"]["startDate"]
        found["timePeriod"].setdefault("endDate", f"{int(start[:4]) + 10}{start[4:]}")
        found["amount"] = float(found["amount"])
        found["currentSpend"] = {"amount": 1234.5, "unit": "EUR"}
        for one in found["notifications"].values():
            one.setdefault("locale", "en-us")
            one.setdefault("contactRoles", [])
            one.setdefault("contactGroups", [])


class AlertStore(Store):
    def __init__(self, azure: Azure) -> None:
        super().__init__(
            azure,
            "ScheduledActionProperties",
            "providers/Microsoft.CostManagement/scheduledActions",
        )

    def problem(self, asked: Asked) -> str:
        """The rules that stand only in prose (API facts 2.7)."""
        found = asked.body["properties"]
        note, when = found["notification"], found["schedule"]
        odd = asked.body["kind"] == "InsightAlert"
        checks = {
            "the subject is too long": len(note["subject"]) > 70,
            "the message is too long": len(note.get("message", "")) > 250,
            "InvalidInsightAlertRequestScope": odd and "resourcegroups" in asked.path.lower(),
            "an insight is daily": odd and when["frequency"] != "Daily",
            "it ends before it starts": when["endDate"] <= when["startDate"],
        }
        return next((reason for reason, wrong in checks.items() if wrong), "")

    def complete(self, kept: dict[str, Any]) -> None:
        kept["systemData"] = {"createdBy": "somebody"}
        kept["properties"]["scope"] = kept["id"].partition("/providers/Microsoft.Cost")[0]
        kept["properties"]["schedule"]["startDate"] = (
            kept["properties"]["schedule"]["startDate"][:10] + "T22:21:51.1287144Z"
        )


def _schema(name: str) -> jsonschema.Draft7Validator | None:
    """Microsoft's schema of the properties of a body, where it is at hand."""
    if not SHARED.exists():
        return None
    definitions = json.loads(SHARED.read_text())["definitions"]
    return jsonschema.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": definitions})
