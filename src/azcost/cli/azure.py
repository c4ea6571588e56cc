"""What the commands that ask Azure have in common: the login, the limits, the progress."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import msgspec

from azcost import paths
from azcost.arm.clouds import CLOUDS, DEFAULT
from azcost.errors import AzcostError

if TYPE_CHECKING:
    from azcost.audit.collect.reader import Reader
    from azcost.audit.snapshot import Snapshot

MAX_CALLS = 5000
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Source(msgspec.Struct, frozen=True):
    """How Azure is asked: what the options say."""

    cloud: str
    login: str
    days: int
    fresh: bool
    max_calls: int

    def reader(self, subscription: str) -> Reader:
        """A reader of a subscription; raises AzcostError for an id that is none."""
        from azcost.arm import clouds, login
        from azcost.arm.client import Connection
        from azcost.arm.policy import Calls
        from azcost.audit.collect.answers import Answers
        from azcost.audit.collect.reader import Reader

        id_ = subscription.strip().removeprefix("/subscriptions/").strip("/").lower()
        if not _ID.fullmatch(id_):
            raise AzcostError(
                f"--subscription: '{subscription[:80]}' is no id of a subscription. "
                "az account list shows them: eight digits, three times four, twelve."
            )
        cloud, now = clouds.named(self.cloud), datetime.now(UTC)
        connection = Connection(
            cloud,
            login.credential(cloud, login.Login(self.login), _say),
            Calls(self.max_calls),
            sleep=time.sleep,
            notice=_say,
        )
        answers = Answers(paths.cache() / "collected" / id_, now.date())
        if self.fresh:
            answers.forget()
        return Reader(connection, id_, answers, now, _progress)

    def read(self, subscription: str) -> Snapshot:
        """The snapshot of a subscription."""
        from azcost.audit.collect.run import collect

        try:
            return collect(self.reader(subscription), self.days)
        finally:
            _end_progress()


def azure_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a login to Azure; it gets them as `source`."""

    def gathered(
        *, cloud: str, login: str, metric_days: int, fresh: bool, max_calls: int, **others: Any
    ) -> Any:
        return command(source=Source(cloud, login, metric_days, fresh, max_calls), **others)

    gathered.__doc__ = command.__doc__
    gathered.__name__ = command.__name__
    for option in (
        click.option(
            "--max-calls",
            type=click.IntRange(1),
            default=MAX_CALLS,
            show_default=True,
            help="Make so many requests at most.",
        ),
        click.option("--fresh", is_flag=True, help="Ask anew what was already read today."),
        click.option(
            "--metric-days",
            type=click.IntRange(14, 90),
            default=28,
            show_default=True,
            help="Read so many days of metrics.",
        ),
        click.option(
            "--login",
            type=click.Choice(["default", "device-code"]),
            default="default",
            show_default=True,
            help="A service principal, managed identity or az login; or a code in a browser.",
        ),
        click.option(
            "--cloud", type=click.Choice(list(CLOUDS)), default=DEFAULT, show_default=True
        ),
    ):
        gathered = option(gathered)
    existing = getattr(command, "__click_params__", [])
    gathered.__click_params__ = existing + gathered.__click_params__  # type: ignore[attr-defined]
    return gathered


def _say(text: str) -> None:
    click.echo(text, err=True)


_last: list[str] = []


def _progress(text: str) -> None:
    """Progress on stderr: one line that changes, or one for each kind of thing."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text[:78]}", err=True, nl=False)
        return
    if _last and _last[0].partition(":")[0] != text.partition(":")[0]:
        click.echo(_last[0], err=True)
    _last[:] = [text]


def _end_progress() -> None:
    """Leave the line that changes, or print the last one."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)
    elif _last:
        click.echo(_last.pop(), err=True)
