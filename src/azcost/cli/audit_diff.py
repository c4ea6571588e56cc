"""`azcost audit diff`: what became of the findings of an earlier audit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from azcost.cli.answer import answer_options, show

if TYPE_CHECKING:
    from azcost.audit.costs import Costs
    from azcost.report.saved_audit import SavedAudit

INCOMPLETE = 3
_GZIP = b"\x1f\x8b"


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--exemptions",
    type=click.Path(path_type=Path),
    help="What to keep in snapshots that are judged now.",
)
@answer_options
def diff(old: Path, new: Path, exemptions: Path | None, format_: str) -> None:
    """Compare two audits: new, resolved and changed findings, and what was really saved.

    OLD and NEW are snapshots, or what `azcost audit --format json` printed.

    Example: azcost audit diff october.json.gz november.json.gz
    """
    from azcost.report import audit_changes, audit_diff

    (before, _), (after, later) = read(old, exemptions), read(new, exemptions)
    show(audit_diff.document(audit_changes.between(before, after, later)), format_)
    if not after.is_complete:
        sys.exit(INCOMPLETE)


def read(file: Path, exemptions: Path | None) -> tuple[SavedAudit, Costs | None]:
    """An audit, and its bill where the file is a snapshot."""
    from azcost.audit import snapshot
    from azcost.cli.audit import judged
    from azcost.cli.cost_exports import Exports
    from azcost.report import findings, saved_audit
    from azcost.report.document import to_json

    if not _is_compressed(file):
        return saved_audit.load(file), None
    advice, facts = judged(snapshot.load(file), exemptions, Exports((), "duckdb", ""))
    said = to_json(findings.document(advice)).encode()
    return saved_audit.decode(said, str(file)), facts.snapshot.costs


def _is_compressed(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_GZIP)) == _GZIP
    except OSError:
        return False  # whoever reads it says why it cannot be read
