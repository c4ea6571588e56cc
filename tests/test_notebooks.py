"""The notebooks run from top to bottom, and are committed without what they print."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import azcost
from azcost.report.document import Table
from conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_there_are_three() -> None:
    assert len(NOTEBOOKS) == 3


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_is_committed_without_output(file: Path) -> None:
    for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


# What runs notebooks warns of its own ways to talk to its kernel.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_runs_from_top_to_bottom_and_shows_frames_and_charts(file: Path) -> None:
    notebook = nbformat.read(file, as_version=4)
    client = NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(file.parent)}}
    )
    client.execute()
    shown = [
        output["data"].get("text/html", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    assert any('class="dataframe"' in one for one in shown)
    assert any('role="img"' in one for one in shown)


def test_every_public_name_is_there_and_importing_azcost_loads_none_of_them() -> None:
    for name in azcost.__all__:
        assert getattr(azcost, name).__name__ in (name, "estimate")
    command = (
        "import sys, azcost; print(*(m for m in sys.modules if 'azcost' in m or m == 'click'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["azcost"]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = azcost.nothing


def test_a_frame_has_every_line_and_their_sum() -> None:
    catalogue = azcost.open_catalogue()
    bill = azcost.price(azcost.load(ROOT / "examples/ml-serving.yaml", catalogue), catalogue)
    frame: Any = bill.to_frame()
    assert len(frame) == len(list(bill.items()))
    assert round(Decimal(frame["monthly"].sum()), 6) == round(bill.monthly.amount, 6)


def test_columns_of_figures_are_numbers_in_a_frame() -> None:
    table = Table(columns=("a", "b", "c"), rows=(("x", "1,234.50", "5%"), ("2", "", "-1.0%")))
    frame: Any = table.to_frame()
    assert list(frame["a"]) == ["x", "2"]
    assert list(frame["b"].fillna(-1)) == [1234.5, -1.0]
    assert list(frame["c"]) == [5.0, -1.0]


def test_what_a_command_refuses_is_an_error_of_ours() -> None:
    for words, said in (
        (("compare", "no-such-file.yaml"), "cannot be read"),
        (("compare",), "Missing argument"),
        (("schema",), "does not answer with a document"),
        (("nonsense",), "No such command"),
    ):
        with pytest.raises(azcost.AzcostError, match=said):
            azcost.ask(*words)
