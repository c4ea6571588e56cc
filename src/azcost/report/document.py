"""What an answer says, in the same parts for every format.

A command's answer becomes one `Document`: a sentence, tables, charts, things to copy and
notes. Text and Markdown are rendered here; JSON is the answer's own `facts`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import msgspec

from azcost.frames import frame
from azcost.report.machine import number
from azcost.report.markdown import MOST, cut_off, fitting, folded, inline
from azcost.report.text import table
from azcost.report.view import printable, safe

_MAX_CELL = 120
_MAX_SENTENCE = 2_000
# In Markdown: rows from which a table is folded, and characters that one may have.
_MANY_ROWS = 20
_MAX_TABLE = 20_000


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of cells that are text already; the columns `left` are aligned to the left.

    `rules` are the numbers of rows, counted from 0, below which a line is drawn.
    """

    title: str = ""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: tuple[int, ...] = (0,)
    rules: tuple[int, ...] = ()

    def to_frame(self) -> Any:
        """A pandas DataFrame, for notebooks; columns of figures are floats there."""
        columns = [
            _figures([row[place] for row in self.rows]) for place in range(len(self.columns))
        ]
        return frame(self.columns, zip(*columns, strict=True))


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """Something to copy: commands, a policy. `language` as in a Markdown fence."""

    title: str
    text: str
    language: str = "sh"


class Paragraph(msgspec.Struct, frozen=True):
    """A sentence or more."""

    text: str


class Series(msgspec.Struct, frozen=True):
    """One line of a chart, or one colour of its bars; `x` are numbers or categories."""

    name: str
    x: tuple[float, ...] | tuple[str, ...]
    y: tuple[float, ...]


class Mark(msgspec.Struct, frozen=True):
    """A point on the x axis that means something, such as a break-even."""

    label: str
    x: float


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of series, for formats that can show one.

    `description` says in words what is to be seen, for readers who cannot see it.
    """

    title: str
    description: str
    kind: Literal["lines", "bars", "stacked"]
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        from azcost.report.html import figure

        return figure(self)


class Choice(msgspec.Struct, frozen=True):
    """Something that one could do, and what it saves per month; negative if it costs more.

    Choices of the same `group` exclude one another: a design is reserved or run as spot.
    """

    name: str
    saving: Decimal
    group: str = ""


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """Which of these would I do? For formats in which one can tick; tables say it elsewhere.

    `monthly` is what is paid per month if nothing is done.
    """

    title: str
    monthly: Decimal
    currency: str
    options: tuple[Choice, ...]


Part = Table | Code | Paragraph | Chart | Choices


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: its `verdict` in one sentence, and what it stands on.

    `facts` is the same answer for programs: keys to texts, numbers as Decimal or int,
    lists and mappings of these, or None for what is not known.
    """

    title: str
    verdict: str
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, object] = {}

    def tables(self) -> dict[str, Table]:
        """The tables by their titles."""
        return {part.title: part for part in self.parts if isinstance(part, Table)}

    def charts(self) -> dict[str, Chart]:
        """The charts by their titles."""
        return {part.title: part for part in self.parts if isinstance(part, Chart)}

    def _repr_markdown_(self) -> str:
        """How a notebook shows it."""
        return to_markdown(self)


def _figures(cells: Sequence[str]) -> list[float] | list[str]:
    """The cells as numbers if all of them are; a share keeps its sign of per cent off."""
    try:
        return [float(cell.replace(",", "").removesuffix("%") or "nan") for cell in cells]
    except ValueError:
        return list(cells)


def to_json(document: Document) -> str:
    """The facts as JSON; amounts are strings, floats lose digits."""
    return json.dumps(document.facts, indent=2, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return number(value)
    raise TypeError(f"a {type(value).__name__} is no fact")


def _readable(document: Document) -> Iterator[Table | Code | Paragraph]:
    """What is neither to be seen nor to be ticked."""
    for part in document.parts:
        if not isinstance(part, Chart | Choices):
            yield part


def to_text(document: Document) -> str:
    """The document for a terminal; charts and choices are left out."""
    blocks = [safe(document.title, _MAX_CELL), safe(document.verdict, _MAX_SENTENCE)]
    blocks += ["\n".join(_text(part)) for part in _readable(document)]
    if document.notes:
        blocks.append("\n".join(f"Note: {safe(note, _MAX_SENTENCE)}" for note in document.notes))
    return "\n\n".join(blocks) + "\n"


def _text(part: Table | Code | Paragraph) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield safe(part.text, _MAX_SENTENCE)
        return
    if part.title:
        yield safe(part.title, _MAX_CELL)
    if isinstance(part, Code):
        yield from (f"  {safe(line, _MAX_SENTENCE)}" for line in code_lines(part))
        return
    rows = [[safe(cell, _MAX_CELL) for cell in row] for row in (part.columns, *part.rows)]
    yield from table(rows, left=part.left, rules=(0, *(rule + 1 for rule in part.rules)))


def code_lines(code: Code) -> list[str]:
    """The lines of what is to be copied, without what would drive a terminal."""
    return [printable(line.expandtabs(4)) for line in code.text.rstrip().splitlines()]


def to_markdown(document: Document) -> str:
    """The document for a pull request or a wiki; charts and choices are left out.

    Long tables are folded. It fits into a comment; rows that do not are counted.
    """
    blocks = [f"# {inline(document.title, _MAX_CELL)}", inline(document.verdict, _MAX_SENTENCE)]
    blocks += ["\n".join(_markdown(part)) for part in _readable(document)]
    if document.notes:
        blocks.append("\n".join(f"- {inline(note, _MAX_SENTENCE)}" for note in document.notes))
    return cut_off("\n\n".join(blocks), MOST - 1) + "\n"


def _markdown(part: Table | Code | Paragraph) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield inline(part.text, _MAX_SENTENCE)
        return
    if part.title:
        yield f"## {inline(part.title, _MAX_CELL)}\n"
    if isinstance(part, Code):
        fence = "`" * max(3, 1 + max((_ticks(line) for line in part.text.splitlines()), default=0))
        yield "\n".join([f"{fence}{part.language}", *code_lines(part), fence])
        return
    if len(part.rows) > _MANY_ROWS:
        yield folded(f"{len(part.rows)} rows", "\n".join(_rows(part)))
    else:
        yield from _rows(part)


def _rows(part: Table) -> Iterator[str]:
    yield _cells(part.columns)
    yield _cells("---" if column in part.left else "---:" for column in range(len(part.columns)))
    rows = [_cells(inline(cell, _MAX_CELL) for cell in row) for row in part.rows]
    kept = fitting(rows, _MAX_TABLE)
    yield from kept
    if len(kept) < len(rows):
        yield f"\n{len(rows) - len(kept)} more rows did not fit."


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ticks(line: str) -> int:
    """The longest run of backticks."""
    longest = run = 0
    for character in line:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
