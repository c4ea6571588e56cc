"""Options of the commands that change Azure: where, as whom, and whether to ask first."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azcost.errors import AzcostError
from azcost.files import written_whole

if TYPE_CHECKING:
    from azcost.actions.scope import Scope
    from azcost.arm.client import Connection
    from azcost.arm.permits import Permit

_MAX_CALLS = 200
_OF_SCOPE = ("subscription", "resource_group", "management_group", "billing_account", "path")


def scope_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that name a scope; `scope_from` reads them."""
    for option in (
        click.option("--scope", "path", metavar="PATH", help="Any other scope, by its path."),
        click.option("--billing-account", metavar="ID", help="A billing account."),
        click.option("--management-group", metavar="NAME", help="A management group."),
        click.option("--resource-group", metavar="NAME", help="A resource group of it."),
        click.option("--subscription", metavar="ID", help="The subscription."),
    ):
        command = option(command)
    return command


def scope_from(
    subscription: str | None,
    resource_group: str | None,
    management_group: str | None,
    billing_account: str | None,
    path: str | None,
) -> Scope:
    """The scope that the options name; raises UsageError unless it is one."""
    from azcost.actions.scope import scope_of

    given = [one for one in (subscription, management_group, billing_account, path) if one]
    if len(given) != 1 or (resource_group and not subscription):
        raise click.UsageError(
            "Name one scope: --subscription (with --resource-group or without), "
            "--management-group, --billing-account, or --scope."
        )
    if management_group:
        return scope_of(f"providers/Microsoft.Management/managementGroups/{management_group}")
    if billing_account:
        return scope_of(f"providers/Microsoft.Billing/billingAccounts/{billing_account}")
    below = f"/resourceGroups/{resource_group}" if resource_group else ""
    return scope_of(path or f"subscriptions/{subscription}{below}")


def login_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say how to log in."""
    command = click.option(
        "--login", default="default", type=click.Choice(["default", "device-code"])
    )(command)
    return click.option("--cloud", default="AzureCloud", show_default=True)(command)


def at_scope(
    name: str, opened: Callable[[str, str, Scope], object]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options of a scope and of a login.

    The command gets `scope`, and as `name` what opens the things of it: `opened` of the
    cloud, the login and the scope, once it is called.
    """

    def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def wrapped(**given: Any) -> Any:
            scope = scope_from(*(given.pop(one) for one in _OF_SCOPE))
            cloud, login = given.pop("cloud"), given.pop("login")
            return command(scope=scope, **{name: lambda: opened(cloud, login, scope)}, **given)

        return scope_options(login_options(wrapped))

    return with_options


def changing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of what changes something."""
    command = click.option("--yes", is_flag=True, help="Do it without asking.")(command)
    return click.option("--dry-run", is_flag=True, help="Show it, and change nothing.")(command)


def connect(cloud: str, login: str, permits: tuple[Permit, ...]) -> Connection:
    """A connection to Azure by which only what `permits` says may leave."""
    from azcost.arm import clouds
    from azcost.arm.client import Connection
    from azcost.arm.login import Login, credential
    from azcost.arm.policy import Calls

    where = clouds.named(cloud)
    say = _say
    return Connection(
        where,
        credential(where, Login(login), say),
        Calls(_MAX_CALLS),
        permits=permits,
        sleep=time.sleep,
        notice=say,
    )


def _say(text: str) -> None:
    click.echo(text, err=True)


def agreed(question: str) -> bool:
    """Ask on stderr; raises AzcostError where nobody can answer."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        raise AzcostError(
            "Nothing was changed: nobody answered. --yes does it without asking, --dry-run shows "
            "what it would do."
        ) from None


def save_undo(before: Mapping[str, object], file: Path | None) -> Path:
    """Save what there was, before anything is changed; raises UsageError where a file is."""
    target = file or Path(f"azcost-undo-{datetime.now(UTC):%Y%m%d-%H%M%S}.json")
    if target.exists():
        raise click.UsageError(f"{target} exists: name another file by --undo.")
    with written_whole(target) as part:
        part.write_text(json.dumps(before, indent=2, ensure_ascii=False), encoding="utf-8")
    return target
