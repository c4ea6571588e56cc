"""`azcost init` and `azcost schema`: starting a specification, and help while writing it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from azcost import architecture, paths
from azcost.errors import AzcostError
from azcost.files import written_whole
from azcost.pricing.opening import open_catalogue


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default="arch.yaml")
def init(file: Path) -> None:
    """Write a commented starter specification.

    Example: azcost init arch.yaml
    """
    if file.exists():
        raise AzcostError(f"{file} exists already; it was left as it is. Name another file.")
    starter = paths.shipped("examples") / "starter.yaml"
    with written_whole(file) as part:
        part.write_text(starter.read_text(encoding="utf-8"), encoding="utf-8")
    click.echo(f"Wrote {file}. Price it: azcost estimate {file}")


@click.command()
def schema() -> None:
    """Print the JSON schema of a specification, for editors.

    Example: azcost schema > azcost.schema.json
    """
    names = architecture.names_of(open_catalogue())
    click.echo(json.dumps(architecture.schema(names), indent=2))
