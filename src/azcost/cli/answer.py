"""What the commands that answer with a document have in common: how it is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from azcost.report import document
from azcost.report.document import Document

_RENDER = {
    "text": document.to_text,
    "json": document.to_json,
    "markdown": document.to_markdown,
}


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say how its answer is shown."""
    return click.option("--format", "format_", type=click.Choice(list(_RENDER)), default="text")(
        command
    )


def show(answer: Document, format_: str) -> None:
    """Print an answer."""
    click.echo(_RENDER[format_](answer), nl=False)
