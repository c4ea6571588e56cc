"""What the commands that answer with a document have in common: how it is printed."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azcost.cli.options import PAGE_HELP
from azcost.errors import AzcostError
from azcost.files import written_whole
from azcost.report import document
from azcost.report.document import Document

if TYPE_CHECKING:
    from azcost.report.html import Origin

_PAGE = "azcost.page"
_RENDER = {
    "text": document.to_text,
    "json": document.to_json,
    "markdown": document.to_markdown,
}


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say how its answer is shown."""
    with_page = click.option(
        "--html",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=PAGE_HELP,
        expose_value=False,  # only `show` needs it, so commands do not pass it on
        callback=_remember,
    )(command)
    return click.option("--format", "format_", type=click.Choice(list(_RENDER)), default="text")(
        with_page
    )


def _remember(ctx: click.Context, _: click.Parameter, file: Path | None) -> None:
    ctx.meta[_PAGE] = file


def show(answer: Document, format_: str) -> None:
    """Print an answer, and write its page if one is wanted; a notebook just gets the answer."""
    context = click.get_current_context()
    if context.obj is not None:
        context.obj.append(answer)
        return
    click.echo(_RENDER[format_](answer), nl=False)
    file = context.meta[_PAGE]
    if file:
        from azcost.report.html import render

        write_page(file, render(answer, origin()))


def write_page(file: Path, page: str) -> None:
    """Write a page and say so on stderr: standard output is the answer's."""
    try:
        with written_whole(file) as part:
            part.write_text(page, encoding="utf-8")
    except OSError as error:
        raise AzcostError(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"Wrote {file}: open it in a browser.", err=True)


def origin(tables: str = "") -> Origin:
    """How the page that is being written can be made again."""
    from importlib.metadata import version

    from azcost.pricing.opening import open_catalogue
    from azcost.report.html import Origin

    return Origin(
        shlex.join(["azcost", *sys.argv[1:]]),
        version("azcost"),
        tables or open_catalogue().tables,
    )
