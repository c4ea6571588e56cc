"""Reading one subscription: questions that are asked once a day, and what stays unread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from azcost.arm.client import Connection, Json
from azcost.arm.failures import ArmError, CallsSpent, Forbidden, LoginError, Missing
from azcost.audit.collect.answers import Answers
from azcost.audit.snapshot import Part, Unread
from azcost.errors import AzcostError

# A provider that was never used in the subscription has nothing to read.
_UNUSED = frozenset({"MissingSubscriptionRegistration", "SubscriptionNotRegistered"})


class Reader:
    """Asks about one subscription by a connection, and keeps the answers for the day.

    `taken_at` is in UTC; `say` is called with a sentence of progress.
    """

    def __init__(
        self,
        connection: Connection,
        subscription: str,
        answers: Answers,
        taken_at: datetime,
        say: Callable[[str], object],
    ) -> None:
        self.connection = connection
        self.subscription = subscription.lower()
        self.scope = f"/subscriptions/{self.subscription}"
        self.taken_at = taken_at
        self.unread: list[Unread] = []
        self._answers = answers
        self._arm = connection.arm()
        self._say = say

    @property
    def today(self) -> date:
        """The day of the run."""
        return self.taken_at.date()

    def days_ago(self, days: int) -> datetime:
        """The midnight (UTC) of so many days ago: questions of a day are the same all day."""
        return datetime.combine(self.today - timedelta(days=days), time(), UTC)

    def say(self, text: str) -> None:
        """Tell how far it is."""
        self._say(text)

    def kept(self, question: object, ask: Callable[[], Any]) -> Any:
        """The answer to a question, asked once a day."""
        return self._answers.get([self.connection.manager, self.scope, question], ask)

    def get(self, path: str, api_version: str, **query: str) -> Json:
        """A document by its path; raises ArmError."""
        found = self.kept(
            ["GET", path, api_version, query], lambda: self._arm.get(path, api_version, **query)
        )
        return dict(found)

    def post(self, path: str, api_version: str, body: Json) -> Json:
        """The answer to a query; raises ArmError."""
        found = self.kept(
            ["POST", path, api_version, body], lambda: self._arm.post(path, api_version, body)
        )
        return dict(found)

    def each(self, path: str, api_version: str, **query: str) -> list[Json]:
        """The items of a list, all of its pages; raises ArmError."""
        found = self.kept(
            ["LIST", path, api_version, query],
            lambda: list(self._arm.each(path, api_version, **query)),
        )
        return list(found)

    def metrics(self, region: str, query: dict[str, str], ids: list[str]) -> Json:
        """Metrics of up to 50 resources of a region; raises ArmError."""
        path, body = f"{self.scope}/metrics:getBatch", {"resourceids": ids}
        client = self.connection.metrics(region)
        found = self.kept(
            ["METRICS", region, query, ids],
            lambda: client.post(path, "2024-02-01", body, **query),
        )
        return dict(found)

    @contextmanager
    def reading(self, part: Part, scope: str = "", role: str = "Reader") -> Iterator[None]:
        """Note what cannot be read, with the role that would be needed, and go on.

        What is not there (any more), or of a provider that was never used, is no gap. A
        login that Azure takes no longer ends the run.
        """
        try:
            yield
        except LoginError:
            raise
        except Missing:
            return
        except AzcostError as error:
            self.note(part, scope, error, role)

    def note(self, part: Part, scope: str, error: AzcostError, role: str = "Reader") -> None:
        """Note what could not be read, once."""
        if isinstance(error, ArmError) and error.code in _UNUSED:
            return
        spent = isinstance(error, CallsSpent)
        missing = Unread(
            part=part,
            scope=self.scope if spent else scope,
            reason="the requests of this run were used up (--max-calls)" if spent else str(error),
            role=role if isinstance(error, Forbidden) else "",
        )
        if missing not in self.unread:
            self.unread.append(missing)
