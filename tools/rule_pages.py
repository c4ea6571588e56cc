"""The manual of the rules, from their docstrings; cog runs this from docs/rules.md."""

from __future__ import annotations

from itertools import groupby

from azcost.audit import rule
from azcost.audit.rule import Rule


def rules() -> None:
    """Print every rule by category, with its manual."""
    found = sorted(rule.load(), key=lambda one: (one.category, one.name))
    print(f"There are {len(found)} rules.")
    for category, members in groupby(found, key=lambda one: one.category):
        print(f"\n## {category.capitalize()}")
        for one in members:
            _rule(one)


def _rule(one: Rule) -> None:
    print(f"\n### {one.name}\n\n{one.summary}\n")
    for heading, text in one.sections.items():
        print(f"- *{heading}*: {text}")
    print(f"- *Judges*: {', '.join(f'`{type_}`' for type_ in one.types)}")
    beside = (*one.metrics, *(part.value for part in one.needs))
    if beside:
        print(f"- *Reads beside them*: {', '.join(beside)}")
