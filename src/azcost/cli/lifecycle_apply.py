"""`azcost lifecycle apply`: a storage account's policy, changed with an undo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azcost.cli.answer import answer_options, show
from azcost.cli.connecting import agreed, changing_options, connect, login_options, save_undo
from azcost.errors import AzcostError

if TYPE_CHECKING:
    from azcost.actions.azure_storage_policy import StoragePolicies
    from azcost.actions.storage_policy import PolicyChange

_REFUSED = 1


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--account", metavar="ID", help="The ARM id of the storage account.")
@click.option("--replace-rules", is_flag=True, help="Replace rules that are there and differ.")
@click.option(
    "--from",
    "saved",
    type=click.Path(path_type=Path),
    help="Put back what there was: the file that this command saved.",
)
@click.option(
    "--as",
    "language",
    type=click.Choice(["az", "bicep", "terraform"]),
    help="Print code that sets the whole policy, merged with what there is.",
)
@click.option(
    "--undo",
    type=click.Path(path_type=Path),
    help="Where to save how to undo it (default: azcost-undo-TIME.json).",
)
@changing_options
@login_options
@answer_options
def apply(
    file: Path | None,
    account: str | None,
    replace_rules: bool,  # noqa: FBT001 - click's flags
    saved: Path | None,
    language: str | None,
    undo: Path | None,
    dry_run: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
    cloud: str,
    login: str,
    **how: Any,
) -> None:
    """Put the rules of a lifecycle policy into a storage account.

    FILE is a policy (JSON), such as `azcost lifecycle ... --emit` writes. Rules of other
    names stay; one of the same name that differs is shown, and then nothing is changed
    without --replace-rules (exit code 1).

    Example: azcost lifecycle apply policy.json --account ID --dry-run
    """
    if bool(file) == bool(saved) or bool(file) != bool(account):
        raise click.UsageError("Name a policy and its --account, or a file by --from.")
    change, azure = _change(file, account, saved, cloud, login, replaces=replace_rules)
    if language and not change.refused:
        _print_code(change, language)
    else:
        _carry_out(change, azure, undo, dry_run=dry_run, yes=yes, how=how)


def _change(
    file: Path | None,
    account: str | None,
    saved: Path | None,
    cloud: str,
    login: str,
    *,
    replaces: bool,
) -> tuple[PolicyChange, StoragePolicies]:
    from azcost.actions import storage_policy as policies
    from azcost.actions.azure_storage_policy import PERMITS, StoragePolicies
    from azcost.optimise.lifecycle import policy_reader

    if file and account:
        where, wanted = policies.account_id(account), policy_reader.read(file)
        azure = StoragePolicies(connect(cloud, login, PERMITS))
        return policies.towards(where, wanted, azure.of(where), replaces=replaces), azure
    where, before, written = policies.saved_from(_text(saved or Path()), str(saved))
    azure = StoragePolicies(connect(cloud, login, PERMITS))
    return policies.back(where, before, written, azure.of(where), replaces=replaces), azure


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AzcostError(f"{file} cannot be read: {error}") from error


def _print_code(change: PolicyChange, language: str) -> None:
    from azcost.actions.storage_policy_code import CODE

    if change.after is None:
        raise AzcostError("There was no policy before: code cannot say so. Leave out --as.")
    click.echo(CODE[language](change.account, change.after), nl=False)


def _carry_out(
    change: PolicyChange,
    azure: StoragePolicies,
    undo: Path | None,
    *,
    dry_run: bool,
    yes: bool,
    how: dict[str, Any],
) -> None:
    from azcost.actions.difference import Verb
    from azcost.actions.storage_policy import saved_as
    from azcost.report.document import to_text
    from azcost.report.storage_policy import change_document

    planned = change_document(change, is_done=False)
    if dry_run or change.verb is Verb.NOTHING:
        show(planned, **how)
        if change.refused:
            click.get_current_context().exit(_REFUSED)
        return
    if not yes:
        click.echo(to_text(planned), err=True)
        if not agreed("Change the policy?"):
            click.echo("Nothing was changed.", err=True)
            return
    target = save_undo({"lifecycle_policy": saved_as(change)}, undo)
    click.echo(f"To undo it: azcost lifecycle apply --from {target}", err=True)
    azure.carry_out(change)
    show(change_document(change, is_done=True), **how)
