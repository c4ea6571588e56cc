"""`azcost collect`: a subscription, read into a snapshot."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from azcost.cli.answer import answer_options, show
from azcost.cli.azure import Source, azure_options

INCOMPLETE = 3
_KEY_BYTES = 32


@click.command()
@click.option("--subscription", metavar="ID", required=True, help="Read this subscription.")
@click.option(
    "--output", "-o", "file", type=click.Path(path_type=Path, dir_okay=False), required=True,
    metavar="FILE", help="Write the snapshot to this file.",
)  # fmt: skip
@click.option("--redact", is_flag=True, help="Replace names, ids, addresses and values of tags.")
@azure_options
@answer_options
def collect(
    subscription: str,
    file: Path,
    redact: bool,  # noqa: FBT001 - click's flags
    source: Source,
    format_: str,
) -> None:
    """Read a subscription into a snapshot; nothing is written to it.

    azcost audit --snapshot FILE judges it, on any machine. Exits with 3 when something
    could not be read; the snapshot is written all the same, and says what.

    Example: azcost collect --subscription 00000000-0000-0000-0000-000000000000 -o snapshot.json.gz
    """
    from azcost.audit import redact as redaction
    from azcost.audit import snapshot
    from azcost.report import collected

    taken = source.read(subscription)
    if redact:
        taken = redaction.redact(taken, secrets.token_bytes(_KEY_BYTES))
    snapshot.save(taken, file)
    show(collected.document(taken, str(file)), format_)
    if taken.unread:
        sys.exit(INCOMPLETE)
