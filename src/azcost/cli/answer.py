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
    return answer_options_and()(command)


def answer_options_and(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command these options with formats of its own, which it renders itself."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        with_page = click.option(
            "--html",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help=PAGE_HELP,
            expose_value=False,  # only `show` needs it, so commands do not pass it on
            callback=_remember,
        )(command)
        choice = click.Choice([*_RENDER, *formats])
        return click.option("--format", "format_", type=choice, default="text")(with_page)

    return decorate


def _remember(ctx: click.Context, _: click.Parameter, file: Path | None) -> None:
    ctx.meta[_PAGE] = file


def show(
    answer: Document,
    format_: str,
    *,
    printed: str | None = None,
    page: Callable[[Origin], str] | None = None,
) -> None:
    """Print an answer, and write its page if one is wanted; a notebook gets the answer itself.

    `printed` is what a command rendered in a format of its own, `page` makes a page of its own.
    """
    context = click.get_current_context()
    if context.obj is None:
        click.echo(_RENDER[format_](answer) if printed is None else printed, nl=False)
    else:
        context.obj.append(answer)
    file = context.meta[_PAGE]
    if file:
        from azcost.report.html import render

        made = page or (lambda origin: render(answer, origin))
        write_page(file, made(origin()))


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
