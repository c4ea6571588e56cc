"""What the code says about fields: the docstrings below them, read from the source."""

from __future__ import annotations

import ast
import inspect
import sys
from itertools import pairwise
from typing import Any


def field_docs(cls: type[Any]) -> dict[str, str]:
    """The docstring below each field of a class, its bases' fields included."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        if base.__module__.startswith("azcost"):
            found |= _own_field_docs(base)
    return found


def summary(cls: type[Any]) -> str:
    """The first line of a class's docstring."""
    return (inspect.getdoc(cls) or "").partition("\n")[0]


def module_docs(cls: type[Any]) -> str:
    """The docstring of the module that a class is in."""
    return inspect.getdoc(sys.modules[cls.__module__]) or ""


def _own_field_docs(cls: type[Any]) -> dict[str, str]:
    tree = ast.parse(inspect.getsource(sys.modules[cls.__module__]))
    body = next(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == cls.__name__)
    return {
        field.target.id: inspect.cleandoc(doc.value.value).replace("\n", " ")
        for field, doc in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(doc, ast.Expr)
        and isinstance(doc.value, ast.Constant)
        and isinstance(doc.value.value, str)
    }
