"""`azcost audit`: what runs, judged from a snapshot."""

from __future__ import annotations

import sys
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from azcost import paths
from azcost.cli.answer import answer_options_and, show
from azcost.cli.azure import Source, azure_options
from azcost.cli.cost_exports import Exports, export_options
from azcost.cli.options import Limit
from azcost.errors import AzcostError
from azcost.files import is_there
from azcost.pricing.opening import open_catalogue

if TYPE_CHECKING:
    from azcost.advice.advise import Advice
    from azcost.audit.facts import Facts
    from azcost.audit.snapshot import Snapshot
    from azcost.pricing.catalogue import Catalogue
    from azcost.report.html import Origin

OVER_LIMIT, INCOMPLETE = 1, 3
# Commands below this one.
COMMANDS = ("diff", "explain")
EXEMPTIONS = Path(".azcost/exemptions.yaml")
# So many are judged in a fraction of a second; above it, one wants to know what happens.
_MANY = 1000


class _Audit(click.Group):
    """The audit, and what is asked of audits; each command's module is imported when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"azcost.cli.audit_{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_Audit, invoke_without_command=True)
@click.option("--snapshot", "file", type=click.Path(path_type=Path), help="Judge this snapshot.")
@click.option("--demo", is_flag=True, help="Judge the snapshot of a made-up company that ships.")
@click.option(
    "--exemptions",
    type=click.Path(path_type=Path),
    help=f"What to keep, why and until when; default: {EXEMPTIONS}, if it is there.",
)
@click.option(
    "--fail-on-saving",
    type=Limit(),
    metavar="AMOUNT",
    help="End with 1 when so much a month, or more, can be saved.",
)
@click.option(
    "--fix-pack",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the steps of each finding as a script to read; none is run.",
)
@export_options
@click.option("--subscription", metavar="ID", help="Read this subscription, and judge it.")
@azure_options
@answer_options_and("csv", "sarif")
@click.pass_context
def audit(
    ctx: click.Context,
    file: Path | None,
    demo: bool,  # noqa: FBT001 - click's flags
    exemptions: Path | None,
    fail_on_saving: Decimal | None,
    fix_pack: Path | None,
    exports: Exports,
    subscription: str | None,
    source: Source,
    format_: str,
) -> None:
    """Judge what runs, from a snapshot of it or straight from a subscription.

    Costs may be those of exports; without a snapshot, they are all that can be judged.
    Exits with 3 when something could not be read.

    Example: azcost audit --demo
    """
    if ctx.invoked_subcommand:
        return
    if demo == (file is not None or subscription is not None or bool(exports)):
        raise click.UsageError(
            "Say what to judge: --subscription ID, --snapshot FILE, --export FILE, or --demo."
        )
    if file is not None and subscription is not None:
        raise click.UsageError("Judge --snapshot FILE or --subscription ID, not both.")
    from azcost.audit import snapshot
    from azcost.report import findings
    from azcost.report import fix_pack as scripts

    if fix_pack:
        scripts.check(fix_pack)
    if demo:
        file = paths.shipped("examples") / "demo-snapshot.json.gz"
    taken = snapshot.load(file) if file else None
    if subscription is not None:
        taken = source.read(subscription)
    advice, facts = judged(taken, exemptions, exports)

    show(
        findings.document(advice),
        format_,
        printed=_printed(advice, format_),
        page=lambda origin: _page(advice, facts, origin),
    )
    if fix_pack:
        _write_scripts(advice, fix_pack)
    _end(advice, fail_on_saving)


def judged(
    taken: Snapshot | None, exemptions: Path | None, exports: Exports
) -> tuple[Advice, Facts]:
    """A snapshot, costs of exports or both: the advice with its ledger, and what was judged."""
    from azcost.advice.advise import advise, with_commitments
    from azcost.advice.exemptions import read
    from azcost.audit import rule, run
    from azcost.audit.facts import Facts
    from azcost.audit.snapshot import with_gaps

    rules = rule.load()
    chosen = exemptions or (EXEMPTIONS if is_there(EXEMPTIONS) else None)
    kept = read(chosen, [one.name for one in rules]) if chosen else ()
    if exports or taken is None:
        taken = exports.snapshot(taken)
    if len(taken.resources) > _MANY:
        click.echo(f"Judging {len(taken.resources):,} resources ...", err=True)
    taken = with_gaps(taken)
    facts = Facts(taken, _catalogue(taken.currency))
    advice = advise(run.audit(facts, rules), taken, kept)
    return with_commitments(advice, facts), facts


def _page(advice: Advice, facts: Facts, origin: Origin) -> str:
    from azcost.report.audit_page import render

    return render(advice, facts, origin)


def _printed(advice: Advice, format_: str) -> str | None:
    """The audit in a format that only an audit has."""
    if format_ == "csv":
        from azcost.report.findings_csv import to_csv

        return to_csv(advice)
    if format_ == "sarif":
        from importlib.metadata import version

        from azcost.audit import rule
        from azcost.report.sarif import to_sarif

        return to_sarif(advice, rule.load(), version("azcost"))
    return None


def _write_scripts(advice: Advice, folder: Path) -> None:
    from azcost.report.fix_pack import write

    count = write(advice, folder)
    click.echo(f"Wrote {count} scripts to {folder}: read them; azcost runs none.", err=True)


def _catalogue(currency: str) -> Catalogue:
    """The price list of a currency; without one, rules only lack the list prices."""
    try:
        return open_catalogue(currency)
    except AzcostError as error:
        click.echo(f"Without list prices: {error}", err=True)
        return open_catalogue()


def _end(advice: Advice, limit: Decimal | None) -> None:
    """End with what a pipeline has to know; what can be saved for sure goes first."""
    saving = advice.saving
    if limit is not None and saving and saving.expected.amount:
        amount = round(saving.expected.amount, 2)
        if amount >= limit:
            click.echo(f"Over the limit: {saving.expected} a month can be saved.", err=True)
            sys.exit(OVER_LIMIT)
    if not advice.audit.is_complete:
        sys.exit(INCOMPLETE)
