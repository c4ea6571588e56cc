"""Values in the languages of templates: Bicep, and the HCL of Terraform.

https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings
https://developer.hashicorp.com/terraform/language/expressions/strings
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def bicep(value: Any, depth: int = 0) -> str:
    """A value of JSON in Bicep; from its second line on it is indented `depth` times."""
    if isinstance(value, Mapping):
        return _block(_members(value, ": ", bicep, bicep_text, depth), "{}", depth)
    if isinstance(value, list | tuple):
        return _block((bicep(one, depth + 1) for one in value), "[]", depth)
    if isinstance(value, str):
        return bicep_text(value)
    if isinstance(value, float) and not value.is_integer():
        return f"json('{value}')"  # Bicep has no fractions
    return _plain(value)


def hcl(value: Any, depth: int = 0) -> str:
    """A value of JSON in HCL; from its second line on it is indented `depth` times."""
    if isinstance(value, Mapping):
        return _block(_members(value, " = ", hcl, hcl_text, depth), "{}", depth)
    if isinstance(value, list | tuple):
        return f"[{', '.join(hcl(one, depth) for one in value)}]"
    return hcl_text(value) if isinstance(value, str) else _plain(value)


def bicep_text(text: str) -> str:
    """A string of Bicep that is this text, whatever is in it."""
    text = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return "'" + _escaped(text, "\\u{{{:x}}}") + "'"


def hcl_text(text: str) -> str:
    """A string of HCL that is this text, whatever is in it."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    text = text.replace("${", "$${").replace("%{", "%%{")
    return '"' + _escaped(text, "\\u{:04x}") + '"'


def symbol(*words: str) -> str:
    """A name of a resource within a template; the first word begins with a letter."""
    return re.sub(r"[^A-Za-z0-9]+", "_", "_".join(words)).strip("_")


def _escaped(text: str, form: str) -> str:
    """The text without control characters, which end a line or hide something."""
    return _CONTROL.sub(lambda one: _SHORT.get(one[0]) or form.format(ord(one[0])), text)


def _members(
    value: Mapping[str, Any], sign: str, inner: Any, text: Any, depth: int
) -> Iterator[str]:
    for name, one in value.items():
        yield f"{name if _NAME.fullmatch(name) else text(name)}{sign}{inner(one, depth + 1)}"


def _block(lines: Iterator[str], ends: str, depth: int) -> str:
    inner = "".join(f"{'  ' * (depth + 1)}{line}\n" for line in lines)
    return f"{ends[0]}\n{inner}{'  ' * depth}{ends[1]}" if inner else ends


def _plain(value: Any) -> str:
    """Numbers and what JSON has words for; Azure sends whole numbers as 30.0."""
    return json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value)
