"""Measured figures in docs/benchmarks.md: each benchmark renews its own section."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).parent.parent / "docs/benchmarks.md"
HEAD = """# Benchmarks

Figures against the bars that were set beforehand; each section is written by a script in `bench/`.
"""


def write(name: str, body: str) -> None:
    """Replace the section `name`, or add it at the end."""
    text = FILE.read_text() if FILE.is_file() else HEAD
    section = f"<!-- bench:{name} -->\n{body.strip()}\n<!-- /bench:{name} -->"
    pattern = re.compile(rf"<!-- bench:{name} -->.*?<!-- /bench:{name} -->", re.DOTALL)
    if pattern.search(text):
        text = pattern.sub(lambda _: section, text)
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    FILE.write_text(text)
