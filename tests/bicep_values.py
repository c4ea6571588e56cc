"""Reads resources of Bicep that consist of values, by the grammar of the language's manual.

https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types
"""

from __future__ import annotations

import json
import re
from typing import Any

_TOKEN = re.compile(
    r"(?P<space>[ \t]+|//[^\n]*)|(?P<line>\n)|(?P<text>'(?:[^'\\\n]|\\.)*')|(?P<sign>[{}\[\]:=()])"
    r"|(?P<number>-?\d+)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_SHORT = {"n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}


def resources(text: str) -> list[tuple[str, str, Any]]:
    """Symbol, type and value of each; raises ValueError for what is not of this grammar."""
    tokens = _tokens(text)
    found = []
    while tokens:
        if tokens[0][0] == "line":
            tokens.pop(0)
            continue
        _take(tokens, "word", "resource")
        symbol = _take(tokens, "word")
        type_ = _plain(_take(tokens, "text"))
        _take(tokens, "sign", "=")
        found.append((symbol, type_, _value(tokens)))
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"not Bicep: {text[at : at + 40]!r}")
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match[0]))
        at = match.end()
    return found


def _take(tokens: list[tuple[str, str]], kind: str, text: str = "") -> str:
    found = tokens.pop(0)
    if found[0] != kind or (text and found[1] != text):
        raise ValueError(f"{text or kind} is due, not {found}")
    return found[1]


def _value(tokens: list[tuple[str, str]]) -> Any:
    kind, text = tokens.pop(0)
    if text in "{[" and kind == "sign":
        return _block(tokens, text)
    if kind == "text":
        return _plain(text)
    if kind == "number":
        return int(text)
    if text == "json":
        _take(tokens, "sign", "(")
        inner = json.loads(_plain(_take(tokens, "text")))
        _take(tokens, "sign", ")")
        return inner
    return _WORDS[text]


def _block(tokens: list[tuple[str, str]], opened: str) -> Any:
    """An object or an array, a member a line."""
    members: list[Any] = []
    closed = "}" if opened == "{" else "]"
    while True:
        if tokens[0] == ("sign", closed):
            tokens.pop(0)
            return dict(members) if opened == "{" else members
        _take(tokens, "line")
        if tokens[0] == ("sign", closed):
            continue
        if opened == "[":
            members.append(_value(tokens))
            continue
        kind, name = tokens.pop(0)
        _take(tokens, "sign", ":")
        members.append((_plain(name) if kind == "text" else name, _value(tokens)))


def _plain(quoted: str) -> str:
    if "${" in quoted.replace("\\${", ""):
        raise ValueError(f"an expression within a text: {quoted}")

    def read(one: re.Match[str]) -> str:
        return chr(int(one[1], 16)) if one[1] else _SHORT.get(one[2], one[2])

    return _ESCAPE.sub(read, quoted[1:-1])
