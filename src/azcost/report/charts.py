"""Charts as SVG to put into a page: real text, the page's own colours, words beside them.

matplotlib draws; `_for_page` then takes out what a page with a strict content policy
would refuse (style attributes, ids that repeat) and puts the page's variables in place
of colours, so that one drawing is legible in light and in dark.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from azcost.report.document import Chart, Mark, Series
from azcost.report.view import safe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, NARROW = 840, 320
COLOURS = 6
# Colours that stand for the page's variables, with what a page without them shows.
_INK, _FAINT, _PAPER = "#010203", "#010204", "#010205"
_SERIES = [f"#0102{number:02x}" for number in range(16, 16 + COLOURS)]
FALLBACK = ("#0b62a4", "#d9680f", "#16998a", "#5b1a55", "#6e5c14", "#7b8794")
_VARIABLES = {
    _INK: "var(--ink, #1d2733)",
    _FAINT: "var(--line, #c9d1da)",
    _PAPER: "var(--paper, #ffffff)",
} | {
    colour: f"var(--series-{number}, {shown})"
    for number, (colour, shown) in enumerate(zip(_SERIES, FALLBACK, strict=True))
}
# Dashes tell lines apart where colours do not.
_DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 2)), (0, (8, 2, 2, 2)), (0, (1, 1)), "-")
_KEPT = (
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
    "stroke-linejoin", "opacity", "fill-opacity", "stroke-opacity", "text-anchor",
)  # fmt: skip
_SVG = "{http://www.w3.org/2000/svg}"
_BAR_HEIGHT = 26
_SIZE = 12.0
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "azcost",
    "text.parse_math": False,  # a name with two $ is no formula
    "font.family": "DejaVu Sans",  # for measuring; the page shows its own
    "font.size": _SIZE,
    "text.color": _INK,
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _INK,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "axes.unicode_minus": True,
    "xtick.color": _FAINT,
    "ytick.color": _FAINT,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    "grid.color": _FAINT,
    "path.simplify": True,
}


def svg(chart: Chart, name: str, width: int = WIDE) -> str:
    """The chart as an SVG element, `width` pixels wide where it is shown unscaled.

    `name` begins the ids in it, so that several charts fit into one page.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    out = io.StringIO()
    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        # Only for measuring: the page's fonts have what this one lacks.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        warnings.filterwarnings("ignore", message="Tight layout not applied")
        warnings.filterwarnings("ignore", message="constrained_layout not applied")
        figure = Figure(layout="constrained")
        FigureCanvasSVG(figure)
        figure.get_layout_engine().set(w_pad=0.03, h_pad=0.03)  # type: ignore[union-attr, call-arg]
        _draw(figure, chart, width)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return _for_page(out.getvalue(), chart, name)


def lies(chart: Chart) -> bool:
    """Whether the bars lie: names need room; an axis without a label has no order to show."""
    names = [one for series in chart.series for one in series.x if isinstance(one, str)]
    if chart.kind == "lines" or not names:
        return False
    return not chart.x_label or (max(map(len, names)) > 5 or len(set(names)) > 14)


def _draw(figure: Figure, chart: Chart, width: int) -> None:
    lying = lies(chart)
    rows = len(chart.series[0].x) * (1 if chart.kind == "stacked" else len(chart.series))
    height = max(64, _BAR_HEIGHT * rows + 16) if lying else (300 if width > NARROW else 240)
    figure.set_size_inches(width / 72, height / 72)
    axes = figure.add_subplot()
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)
    if lying:
        _lying(axes, chart, *((34, 0.12) if width > NARROW else (16, 0.32)))
        return
    axes.grid(axis="y", linewidth=0.6)
    axes.set_axisbelow(True)
    if chart.kind == "lines":
        _lines(axes, chart.series)
    else:
        _standing(axes, chart)
    _marks(axes, chart.marks)
    axes.yaxis.set_major_formatter(lambda value, _: _tick(value))
    if not isinstance(chart.series[0].x[0], str):
        axes.xaxis.set_major_formatter(lambda value, _: _tick(value))
        if width <= NARROW:
            axes.xaxis.set_major_locator(_few_ticks())
    axes.set_xlabel(safe(chart.x_label, 80))
    axes.set_title(safe(chart.y_label, 80), loc="left", fontsize=_SIZE, color=_INK)


def _few_ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(4)


def _lines(axes: Axes, series: Sequence[Series]) -> None:
    for number, one in enumerate(series):
        colour, dash = _SERIES[number % COLOURS], _DASHES[number % COLOURS]
        axes.plot(one.x, one.y, color=colour, linewidth=2, linestyle=dash)
    if all(y >= 0 for one in series for y in one.y):
        axes.set_ylim(bottom=0)
    axes.margins(x=0.01)
    if isinstance(series[0].x[0], str):
        _thin_names(axes, series[0].x)


def _standing(axes: Axes, chart: Chart) -> None:
    names = chart.series[0].x
    places = range(len(names))
    share = 0.8 / (1 if chart.kind == "stacked" else len(chart.series))
    above, below = [0.0] * len(names), [0.0] * len(names)
    for number, one in enumerate(chart.series):
        shift = 0.0 if chart.kind == "stacked" else (number - (len(chart.series) - 1) / 2) * share
        bottoms = _stack(one.y, above, below) if chart.kind == "stacked" else [0.0] * len(names)
        axes.bar(
            [place + shift for place in places], one.y, share, bottoms,
            color=_SERIES[number % COLOURS], edgecolor=_PAPER, linewidth=0.8,
        )  # fmt: skip
    axes.set_xticks(list(places), [_name(name) for name in names])
    _thin_names(axes, names)


def _thin_names(axes: Axes, names: Sequence[object]) -> None:
    """Leave out labels that would run into one another."""
    room = axes.get_figure().get_size_inches()[0] * 72 / 8  # type: ignore[union-attr]
    longest = max(len(_name(name)) for name in names) + 2
    step = max(1, round(len(names) * longest / room + 0.49))
    axes.set_xticks(list(range(0, len(names), step)), [_name(n) for n in names[::step]])


def _stack(values: Sequence[float], above: list[float], below: list[float]) -> list[float]:
    """Where the next bars begin; what is below zero is stacked downwards."""
    begins = []
    for place, value in enumerate(values):
        pile = above if value >= 0 else below
        begins.append(pile[place])
        pile[place] += value
    return begins


def _lying(axes: Axes, chart: Chart, most: int, room: float) -> None:
    """Draw bars that lie; names have `most` letters, figures `room`, a share of the width."""
    names = chart.series[0].x
    places = range(len(names))
    share = 0.72 / (1 if chart.kind == "stacked" else len(chart.series))
    above, below = [0.0] * len(names), [0.0] * len(names)
    for number, one in enumerate(chart.series):
        stacked = chart.kind == "stacked"
        shift = 0.0 if stacked else (number - (len(chart.series) - 1) / 2) * share
        begins = _stack(one.y, above, below) if stacked else [0.0] * len(names)
        axes.barh(
            [place + shift for place in places], one.y, share, begins,
            color=_SERIES[number % COLOURS], edgecolor=_PAPER, linewidth=0.8,
        )  # fmt: skip
        if not stacked:
            write = _writer([y for every in chart.series for y in every.y])
            for place, value in zip(places, one.y, strict=True):
                _beside(axes, write(value), value, place + shift)
    if chart.kind == "stacked":
        _ends(axes, above, below)
    axes.set_yticks(list(places), [safe(_name(name), most) for name in names])
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=_FAINT, linewidth=1)
    if any(below):
        axes.margins(x=1.5 * room)
    else:
        axes.set_xlim(0, max([*above, *(y for s in chart.series for y in s.y)]) * (1 + room) or 1)


def _ends(axes: Axes, above: list[float], below: list[float]) -> None:
    """Write the sums of a stack at its ends."""
    write = _writer([*above, *below])
    for place, (high, low) in enumerate(zip(above, below, strict=True)):
        if high or not low:
            _beside(axes, write(high), high, place)
        if low:
            _beside(axes, write(low), low, place)


def _beside(axes: Axes, text: str, end: float, place: float) -> None:
    """Write beside the end of a bar, on its outer side."""
    away, side = (-5, "right") if end < 0 else (5, "left")
    axes.annotate(text, (end, place), (away, 0), textcoords="offset points", ha=side, va="center")


def _writer(values: Sequence[float]) -> Callable[[float], str]:
    """How the figures of one chart are written: counts as they are, others to two places."""
    if all(float(value).is_integer() for value in values):
        return _tick
    return lambda value: f"{value:,.2f}" if value == 0 or abs(value) >= 0.005 else _tick(value)


def _marks(axes: Axes, marks: Sequence[Mark]) -> None:
    """Draw each mark with its label, every second one lower so that neighbours stay legible."""
    left, right = axes.get_xlim()
    for number, mark in enumerate(marks):
        axes.axvline(mark.x, color=_INK, linewidth=1, linestyle=(0, (3, 3)))
        right_half = mark.x > (left + right) / 2
        axes.annotate(
            safe(mark.label, 40), (mark.x, 0.98 - 0.09 * (number % 4)),
            (-5 if right_half else 5, 0), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="right" if right_half else "left", va="top",
        )  # fmt: skip


def _name(name: object) -> str:
    return safe(name) if isinstance(name, str) else _tick(float(str(name)))


def _tick(value: float) -> str:
    """A figure as short as a chart needs it."""
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 1:
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:.2g}"


def _for_page(drawn: str, chart: Chart, name: str) -> str:
    root = ET.fromstring(drawn)  # noqa: S314 - what matplotlib wrote a moment ago
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.removeprefix(_SVG) in ("style",) or "metadata" in child.tag:
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        _plain_attributes(element, name)
    box = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib |= {"viewBox": box, "role": "img", "xmlns": _SVG.strip("{}")}
    root.attrib |= {"aria-labelledby": f"{name}-title", "aria-describedby": f"{name}-desc"}
    for place, (tag, words) in enumerate({"title": chart.title, "desc": chart.description}.items()):
        said = ET.Element(tag, {"id": f"{name}-{tag}"})
        said.text = safe(words, 2_000)
        root.insert(place, said)
    return ET.tostring(root, encoding="unicode")


def _plain_attributes(element: ET.Element, name: str) -> None:
    """Turn styles into attributes, colours into variables; keep only ids that are used."""
    style = element.attrib.pop("style", "")
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        key, _, value = declaration.partition(":")
        if key in _KEPT:
            element.set(key, value.strip())
        elif key in ("font", "font-size"):
            found = re.search(r"([\d.]+)px", value)
            if found:
                element.set("font-size", found[1])
    for key, value in list(element.attrib.items()):
        if key.endswith("href"):
            del element.attrib[key]
            element.set("href", value.replace("#", f"#{name}-"))
        elif key == "id":
            if element.tag in ("clipPath", "path"):
                element.set("id", f"{name}-{value}")
            else:
                del element.attrib["id"]
        elif key == "clip-path":
            element.set(key, value.replace("#", f"#{name}-"))
        elif key in ("fill", "stroke"):
            element.set(key, _VARIABLES.get(value, value))
        elif key == "d":
            element.set(key, _shorter(value))
    if element.tag == "text" and "fill" not in element.attrib:
        element.set("fill", _VARIABLES[_INK])


def _shorter(path: str) -> str:
    """The path to a tenth of a pixel."""
    rounded = re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.1f}", path)
    return re.sub(r"\s*\n\s*", " ", rounded).strip()
