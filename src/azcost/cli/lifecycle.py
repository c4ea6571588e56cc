"""`azcost lifecycle`: what a policy of blobs costs, and the cheapest one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from azcost import architecture
from azcost.cli.answer import answer_options, show
from azcost.errors import AzcostError
from azcost.files import written_whole
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.opening import open_catalogue
from azcost.spec.problems import did_you_mean

if TYPE_CHECKING:
    from azcost.meters.blobs import Redundancy
    from azcost.meters.cohorts import Cohort
    from azcost.optimise.lifecycle.plan import Plan
    from azcost.optimise.lifecycle.policy import Policy

_REDUNDANCIES = ("LRS", "ZRS", "GRS", "RA-GRS", "GZRS", "RA-GZRS")


class _Lifecycle(click.Group):
    """`azcost lifecycle FILE` prices, as it did before there was anything else to do."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take words that begin with no command's name as those of `price`."""
        if args and args[0] not in (*self.list_commands(ctx), *ctx.help_option_names):
            args = ["price", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        del ctx
        return ["price", "apply"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        del ctx
        if cmd_name == "apply":
            from azcost.cli.lifecycle_apply import apply

            return apply
        return price if cmd_name == "price" else None


@click.group(cls=_Lifecycle)
def lifecycle() -> None:
    """Price blobs over their life: as they are, under a policy, and at best.

    `azcost lifecycle FILE ...` is `azcost lifecycle price FILE ...`; `apply` sets a policy.

    Example: azcost lifecycle examples/datasets.yaml --policy examples/lifecycle-policy.json
    """


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--policy", "policy_file", type=click.Path(path_type=Path), help="A policy to price.")
@click.option("--region", default="", help="The account's region; needed for an inventory.")
@click.option("--redundancy", type=click.Choice(_REDUNDANCIES), help="The account's redundancy.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, help="How far to look ahead.")
@click.option("--currency", default="", help="Price in this currency.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day of an inventory.")
@click.option("--high-priority", is_flag=True, help="Rehydrate archived blobs within an hour.")
@click.option("--online-only", is_flag=True, help="Archive nothing.")
@click.option("--emit", type=click.Path(path_type=Path), help="Write the optimal policy there.")
@answer_options
def price(
    file: Path,
    policy_file: Path | None,
    region: str,
    redundancy: str | None,
    days: int,
    currency: str,
    as_of: datetime.datetime | None,
    high_priority: bool,  # noqa: FBT001 - click's flags
    online_only: bool,  # noqa: FBT001
    emit: Path | None,
    format_: str,
) -> None:
    """Price blobs over their life: as they are, under a policy, and at best.

    FILE describes cohorts of blobs (YAML), or is a blob inventory (CSV or Parquet).

    Example: azcost lifecycle examples/datasets.yaml --policy examples/lifecycle-policy.json
    """
    from azcost.optimise.lifecycle import policy_reader
    from azcost.optimise.lifecycle.flips import flips
    from azcost.optimise.lifecycle.plan import Setting, plan
    from azcost.optimise.lifecycle.remarks import remarks
    from azcost.report.lifecycle import document

    catalogue = open_catalogue(currency)
    policy = policy_reader.read(policy_file) if policy_file else None
    day = as_of.date() if as_of else datetime.datetime.now(tz=datetime.UTC).date()
    name, cohorts = _blobs(file, policy, catalogue, region, redundancy, day)
    setting = Setting(days=days, high_priority=high_priority, online_only=online_only)
    found = plan(cohorts, policy, catalogue, setting)
    if emit:
        _write(emit, found)
    title = f"{name}, {days} days"
    curves = flips(found, policy, catalogue)
    show(document(title, found, curves, list(remarks(cohorts, policy))), format_)


def _blobs(
    file: Path,
    policy: Policy | None,
    catalogue: Catalogue,
    region: str,
    redundancy: str | None,
    day: datetime.date,
) -> tuple[str, Sequence[Cohort]]:
    """The cohorts of a description or of an inventory, and what they are called."""
    from azcost.meters.cohorts import Account
    from azcost.optimise.lifecycle import description
    from azcost.usage import inventory

    names = architecture.names_of(catalogue)
    known = names.find("regions", region) if region else ""
    if known is None:
        raise AzcostError(f"--region {region}{did_you_mean(region, names.all('regions'))}")
    if not inventory.is_inventory(file):
        forced = {"region": known, "redundancy": redundancy or ""}
        found = description.read(file, names, {key: one for key, one in forced.items() if one})
        return found.name, found.cohorts
    if not known:
        raise AzcostError("An inventory does not say where it is: give --region.")
    prefixes = [prefix for rule in policy.rules for prefix in rule.prefixes] if policy else []
    account = Account(
        region=known,
        redundancy=cast("Redundancy", redundancy or "LRS"),
        hierarchical_namespace=False,
    )
    return file.name, inventory.read(file, account, day, prefixes)


def _write(target: Path, found: Plan) -> None:
    """Write the optimal policy. Raises AzcostError if the blobs are in several accounts."""
    from azcost.optimise.lifecycle.policy import to_json

    if len(found.policies) > 1:
        raise AzcostError("--emit writes one policy, and the blobs are in several accounts.")
    if not found.policies[0][1].rules:
        raise AzcostError("--emit: nothing is cheaper than leaving the blobs, so no policy.")
    with written_whole(target) as part:
        part.write_text(to_json(found.policies[0][1]), encoding="utf-8")
