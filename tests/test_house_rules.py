"""The rules of the house, from the first day."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from conftest import ROOT

SOURCE = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
EVERYTHING = [*SOURCE, *TESTS, *sorted((ROOT / "tools").rglob("*.py"))]
MAX_LINES = 400
# The two places that may ask the outside world: where files lie, and the command line.
MAY_ASK = ("paths.py", "cli/")


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", EVERYTHING, ids=short)
def test_no_file_is_longer_than_a_reader_can_hold(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", SOURCE, ids=short)
def test_no_catch_all(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            reraises = isinstance(node.body[-1], ast.Raise)
            assert caught not in ("", "Exception"), f"line {node.lineno}: name the exception"
            assert caught != "BaseException" or reraises, f"line {node.lineno}: raise it again"


@pytest.mark.parametrize("path", SOURCE, ids=short)
def test_no_clock_or_environment_below_the_command_line(path: Path) -> None:
    if any(place in short(path) for place in MAY_ASK):
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            said = ast.unparse(node)
            assert said not in ("os.environ", "time.time", "sys.argv"), f"line {node.lineno}"
            assert not re.search(r"\b(datetime|date)\.(now|today|utcnow)$", said), (
                f"line {node.lineno}"
            )


@pytest.mark.parametrize("path", SOURCE, ids=short)
def test_names_say_when_not_to_put_something_there(path: Path) -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "data", "info"}
    assert not vague & {path.stem, *path.parent.relative_to(ROOT).parts}


@pytest.mark.parametrize("path", TESTS, ids=short)
def test_own_code_is_never_mocked(path: Path) -> None:
    if path.name == Path(__file__).name:
        return
    text = path.read_text()
    for word in ("unittest.mock", "MagicMock", "@patch", "monkeypatch.setattr"):
        assert word not in text


@pytest.mark.parametrize("path", TESTS, ids=short)
def test_every_test_can_fail(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            body = ast.unparse(node)
            assert "assert" in body or "pytest.raises" in body, f"{node.name} asserts nothing"
