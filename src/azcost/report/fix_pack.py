"""The steps of findings as scripts to be read: what to do, and how to take it back.

Nothing here is run by azcost, and a script that is started without a word does nothing.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from azcost.advice.advise import Advice
from azcost.advice.ledger import Entry
from azcost.audit.rule import Step
from azcost.errors import AzcostError
from azcost.files import written_whole
from azcost.report.view import printable, safe

_MAX_LINE = 300
# What a script may do by itself; all else, code and words, is there to be read.
_COMMAND = "az "
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def check(folder: Path) -> None:
    """Raise AzcostError where scripts of another audit are: they may be out of date."""
    if any(folder.glob("*.sh")):
        raise AzcostError(
            f"--fix-pack: {folder} has scripts already, which may be out of date: name a new "
            "folder, or remove it."
        )


def write(advice: Advice, folder: Path) -> int:
    """Write one script per finding that is counted, and say how many there are.

    Raises Unwritable where the system refuses.
    """
    entries = [one for one in advice.entries if one.counted]
    digits = len(str(len(entries)))
    for number, entry in enumerate(entries, start=1):
        with written_whole(folder / f"{number:0{digits}}-{_name(entry)}.sh") as part:
            part.write_text(script(entry), encoding="utf-8", newline="\n")
    return len(entries)


def _name(entry: Entry) -> str:
    words = f"{entry.finding.rule}-{entry.finding.resource.name}"
    return _UNSAFE.sub("_", words).strip("._")[:100]


def script(entry: Entry) -> str:
    """The script of one finding."""
    return "\n".join(_lines(entry)) + "\n"


def _lines(entry: Entry) -> Iterator[str]:
    finding, saving = entry.finding, entry.saving
    yield "#!/bin/sh"
    yield _comment(f"{finding.waste.title}.")
    yield _comment(f"Resource: {finding.resource.id}")
    if saving:
        yield _comment(
            f"Saves about {saving.expected} a month "
            f"({saving.low.amount:,.2f} to {saving.high.amount:,.2f}); "
            f"confidence: {finding.confidence.value}; rule: {finding.rule}."
        )
    if finding.waste.one_off:
        yield _comment(f"Costs once: {finding.waste.one_off.reason}")
    yield from (_comment(f"Not checked: {one}") for one in finding.not_checked)
    yield _comment("Read it first. `sh FILE do` does it, `sh FILE undo` takes it back.")
    yield from ("set -eu", "", 'case "${1:-}" in', "do)")
    yield from _steps(finding.waste.steps)
    yield from ("  ;;", "undo)")
    yield from _steps(finding.waste.undo)
    yield from ("  ;;", "*)", "  echo 'Say do or undo; read this file first.' >&2", "  exit 2")
    yield from ("  ;;", "esac")


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        if step.is_template:
            continue  # another way to the same end; the page and the JSON have it
        is_run = step.code.startswith(_COMMAND)
        yield f"  {_comment(f'{step.title}.')}"
        for line in step.code.splitlines():
            yield f"  {printable(line)}" if is_run else f"  # {printable(line)}"
        if not is_run:
            yield f"  echo {shlex.quote(f'By hand: {safe(step.title, _MAX_LINE)}')} >&2"


def _comment(text: str) -> str:
    return f"# {safe(text, _MAX_LINE)}"
