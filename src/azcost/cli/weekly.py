"""`azcost weekly`: the mail of the week, and the job that sends it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azcost import paths
from azcost.cli.azure import Source, azure_options
from azcost.errors import AzcostError

if TYPE_CHECKING:
    from email.message import EmailMessage

    from azcost.report.audit_changes import Changes
    from azcost.weekly.digest import Digest
    from azcost.weekly.message import Envelope

_SECURITY = ("starttls", "tls", "none")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@click.group(invoke_without_command=True)
@click.option("--snapshot", type=click.Path(path_type=Path), help="The week's snapshot.")
@click.option("--subscription", metavar="ID", help="Read this subscription first.")
@click.option("--demo", is_flag=True, help="The mail of the made-up company that ships.")
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="The snapshot of before; with --subscription, that of its last mail.",
)
@click.option("--to", multiple=True, metavar="ADDRESS", help="Who gets it; may be repeated.")
@click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="NAME=ADDRESS",
    help="Who also gets their own part, by the owner tag; may be repeated.",
)
@click.option("--owner-tag", default="owner", show_default=True)
@click.option("--from", "sender", default="", metavar="ADDRESS", help="Who it is from.")
@click.option("--budget", type=click.FloatRange(0, min_open=True), help="A month's budget.")
@click.option("--report-url", default="", help="Where the whole report is.")
@click.option("--attach", is_flag=True, help="Attach the whole report.")
@click.option("--exemptions", type=click.Path(path_type=Path))
@click.option("--smtp", metavar="HOST[:PORT]", help="The mail server.")
@click.option("--security", type=click.Choice(_SECURITY), default="starttls", show_default=True)
@click.option("--user", default="", help="The login at the mail server.")
@click.option("--graph", is_flag=True, help="Send by Microsoft Graph, as --from.")
@click.option("--acs", metavar="HOST", help="Send by this Communication Services host.")
@click.option("--spool", type=click.Path(path_type=Path), help="Where mails wait.")
@click.option("--dry-run", is_flag=True, help="Write the mails as .eml files, send none.")
@azure_options
@click.pass_context
def weekly(ctx: click.Context, /, source: Source, **given: Any) -> None:
    """Compose the mail of the week and send it, once.

    The password of a mail server comes from AZCOST_SMTP_PASSWORD, from the file that
    AZCOST_SMTP_PASSWORD_FILE names, or from the keyring.

    Example: azcost weekly --demo --dry-run
    """
    if ctx.invoked_subcommand:
        return
    digest, report = _digest(given, source)
    mails = _mails(digest, given, report)
    if given["dry_run"]:
        for mail in mails:
            _write(mail)
        return
    _deliver(mails, given)


def _digest(given: dict[str, Any], source: Source) -> tuple[Digest, bytes | None]:
    from azcost.audit.snapshot import load
    from azcost.cli.audit import judged
    from azcost.cli.cost_exports import Exports
    from azcost.weekly.digest import digest

    file, previous = _snapshots(given, source)
    advice, facts = judged(load(file), given["exemptions"], Exports((), "duckdb", ""))
    changes = _changes(previous, file, given["exemptions"])
    found = digest(facts, advice, changes, given["owner_tag"], given["budget"])
    if not given["attach"]:
        return found, None
    from azcost.cli.answer import origin
    from azcost.report.audit_page import render

    return found, render(advice, facts, origin()).encode()


def _snapshots(given: dict[str, Any], source: Source) -> tuple[Path, Path | None]:
    """The week's snapshot, and that of a week before if there is one."""
    named = [one for one in (given["snapshot"], given["subscription"], given["demo"]) if one]
    if len(named) != 1:
        raise click.UsageError("Name one source: --snapshot FILE, --subscription ID, or --demo.")
    if given["demo"]:
        return paths.shipped("examples") / "demo-snapshot.json.gz", given["previous"]
    if given["snapshot"]:
        return Path(given["snapshot"]), given["previous"]
    from azcost.weekly.weeks import Weeks

    taken = source.read(given["subscription"])
    for one in taken.unread:
        click.echo(f"Could not be read: {one.part}: {one.reason}", err=True)
    weeks = Weeks(paths.cache() / "weekly" / taken.subscriptions[0].subscription)
    return weeks.keep(taken), given["previous"] or weeks.before(taken.today)


def _changes(previous: Path | None, now: Path, exemptions: Path | None) -> Changes | None:
    if previous is None:
        return None
    from azcost.cli.audit_diff import read
    from azcost.report import audit_changes

    (before, _), (after, later) = read(previous, exemptions), read(now, exemptions)
    return audit_changes.between(before, after, later)


def _mails(digest: Digest, given: dict[str, Any], report: bytes | None) -> list[EmailMessage]:
    """One mail to all, and one to each owner."""
    from azcost.weekly.message import compose

    attached = ("azcost-report.html", report) if report else None
    mails = []
    if given["to"] or (given["dry_run"] and not given["owners"]):
        envelope = _envelope(given, given["to"] or ("you@example.com",), None)
        mails.append(compose(digest, envelope, attached))
    known = {one.name for one in digest.owners}
    for text in given["owners"]:
        name, _, address = text.partition("=")
        if name not in known:
            said = ", ".join(sorted(known)) or "nobody"
            raise click.UsageError(f"--owner {text}: the tag {given['owner_tag']} names {said}.")
        mails.append(compose(digest, _envelope(given, (address,), name)))
    if not mails:
        raise click.UsageError("Name who gets it: --to ADDRESS, or --owner NAME=ADDRESS.")
    return mails


def _envelope(given: dict[str, Any], to: tuple[str, ...], owner: str | None) -> Envelope:
    from azcost.weekly.message import Envelope

    sender = given["sender"] or ("azcost@example.com" if given["dry_run"] else "")
    if not sender:
        raise click.UsageError("Name who it is from: --from ADDRESS.")
    return Envelope(
        sender=sender, to=tuple(to), sent=datetime.now(UTC), report_url=given["report_url"],
        owner=owner,
    )  # fmt: skip


def _write(mail: EmailMessage) -> None:
    from email.policy import SMTP

    from azcost.files import written_whole

    name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
    file = Path(f"{name}.eml")
    with written_whole(file) as part:
        part.write_bytes(mail.as_bytes(policy=SMTP))
    click.echo(f"Wrote {file}: {mail['Subject']}")


def _deliver(mails: list[EmailMessage], given: dict[str, Any]) -> None:
    from azcost.weekly.spool import Spool

    send = _sender(given)
    spool = Spool(given["spool"] or paths.cache() / "spool")
    for mail in mails:
        if spool.add(mail) is None:
            click.echo(f"Sent before, and not again: {mail['Subject']} to {mail['To']}", err=True)
    unclear = 0
    for file in list(spool.waiting()):
        if spool.unclear(file):
            unclear += 1
            click.echo(
                f"{file} may have been sent: look, and remove it or its .trying file.", err=True
            )
            continue
        spool.send(file, send)
        click.echo(f"Sent {file.stem}.", err=True)
    if unclear:
        sys.exit(3)


def _sender(given: dict[str, Any]) -> Callable[[EmailMessage], None]:
    ways = [one for one in (given["smtp"], given["graph"], given["acs"]) if one]
    if len(ways) != 1:
        raise click.UsageError("Name one way to send: --smtp HOST, --graph, or --acs HOST.")
    if not given["smtp"]:
        return _azure_sender(given)
    from azcost.weekly import passwords, smtp

    host, _, port = given["smtp"].partition(":")
    user = given["user"]
    server = smtp.Server(
        host=host,
        port=int(port) if port.isdigit() else _PORTS[given["security"]],
        security=given["security"],
        user=user,
        password=passwords.password(user, os.environ) if user else "",
    )
    return lambda mail: smtp.send(mail, server, sleep=time.sleep, notice=_say)


def _azure_sender(given: dict[str, Any]) -> Callable[[EmailMessage], None]:
    from azcost.arm import clouds
    from azcost.arm.login import Login, credential
    from azcost.weekly import azure_mail

    login = credential(clouds.named("AzureCloud"), Login("default"), _say)
    if given["graph"]:
        return lambda mail: azure_mail.graph(mail, login)
    return lambda mail: azure_mail.acs(mail, login, given["acs"])


def _say(text: str) -> None:
    click.echo(text, err=True)


def _kinds(command: Callable[..., Any]) -> Callable[..., Any]:
    """A flag for each kind of job; one of them must be given."""
    for kind, help_ in _KINDS.items():
        command = click.option(f"--{kind}", "kind", flag_value=kind, help=help_)(command)
    return command


_KINDS = {
    "native": "No job: let Azure mail a view of costs each week (azcost alert create).",
    "windows-task": "A scheduled task of Windows.",
    "container-app-job": "A job of Azure Container Apps.",
    "azure-devops": "A pipeline of Azure DevOps.",
    "github": "A workflow of GitHub.",
    "systemd": "A service and a timer of systemd.",
    "cron": "A line of crontab.",
}


@weekly.command()
@_kinds
@click.option("--subscription", required=True, metavar="ID")
@click.option("--to", multiple=True, required=True, metavar="ADDRESS")
@click.option("--from", "sender", default="", metavar="ADDRESS")
@click.option("--smtp", default="", metavar="HOST[:PORT]")
@click.option("--user", default="", help="The login at the mail server.")
@click.option("--weekday", type=click.Choice(_DAYS), default="mon", show_default=True)
@click.option("--hour", type=click.IntRange(0, 23), default=7, show_default=True)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Default: its usual name.")
@click.option("--dry-run", is_flag=True, help="Of --native: show it, and change nothing.")
@click.option("--yes", is_flag=True, help="Of --native: do it without asking.")
def schedule(
    kind: str | None,
    subscription: str,
    to: tuple[str, ...],
    output: Path | None,
    **given: Any,
) -> None:
    """Write the job that sends the mail each week, and say how to install it.

    Example: azcost weekly schedule --cron --subscription ID --to a@b.org --from c@b.org --smtp mx
    """
    if kind is None:
        raise click.UsageError(f"Name the kind of job: --{', --'.join(reversed(_KINDS))}.")
    if kind == "native":
        _native(subscription, to, given)
        return
    if not (given["sender"] and given["smtp"]):
        raise click.UsageError("Name who it is from and the mail server: --from, --smtp.")
    from azcost.files import written_whole
    from azcost.weekly.jobs import KINDS, Job

    words = [*(word for one in to for word in ("--to", one)), "--from", given["sender"]]
    words += ["--smtp", given["smtp"], *(["--user", given["user"]] if given["user"] else [])]
    job = Job(
        subscription=subscription,
        words=tuple(words),
        weekday=_DAYS.index(given["weekday"]),
        hour=given["hour"],
    )
    made = KINDS[kind](job)
    file = output or Path(made.name)
    if file.exists():
        raise AzcostError(f"{file} exists already: name another file by --output.")
    with written_whole(file) as part:
        part.write_text(made.text, encoding="utf-8", newline="")
    click.echo(f"Wrote {file}. Install it: {made.install}")


def _native(subscription: str, to: tuple[str, ...], given: dict[str, Any]) -> None:
    """The mail that Azure sends by itself: a picture of costs, without findings."""
    from azcost.cli import main

    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    words = ["alert", "create", "azcost-weekly", "--subscription", subscription]
    words += [word for one in to for word in ("--email", one)]
    words += ["--mail", "weekly", "--hour", str(given["hour"])]
    words += ["--weekday", days[_DAYS.index(given["weekday"])]]
    words += [flag for flag, on in (("--dry-run", given["dry_run"]), ("--yes", given["yes"])) if on]
    sys.exit(main.main(words, standalone_mode=False) or 0)
