"""The compiled tables: made once, whole or not at all, found again by what is in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from azcost import paths
from azcost.errors import TablesError
from azcost.files import is_there
from azcost.pricing import store, tables

OPEN = (
    "from azcost.pricing import store; "
    "print(store.open_shipped().execute('SELECT count(*) FROM prices').fetchone()[0])"
)


def open_in(cache: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"AZCOST_CACHE": str(cache)} | variables
    return subprocess.run(
        [sys.executable, "-c", OPEN], capture_output=True, text=True, env=environment, check=False
    )


def test_the_second_opening_compiles_nothing(tmp_path: Path) -> None:
    first, second = open_in(tmp_path), open_in(tmp_path)
    assert "Compiling" in first.stderr
    assert second.stderr == ""
    assert first.stdout == second.stdout != "0\n"


def test_two_processes_at_once_both_get_whole_tables(tmp_path: Path) -> None:
    environment = os.environ | {"AZCOST_CACHE": str(tmp_path)}
    runs = [
        subprocess.Popen([sys.executable, "-c", OPEN], stdout=subprocess.PIPE, env=environment)
        for _ in range(3)
    ]
    counts = {run.communicate()[0] for run in runs}
    assert len(counts) == 1
    assert counts != {b""}
    left = sorted(file.name.partition("-")[0] for file in tmp_path.iterdir())
    assert left == ["hash", "tables"]


def test_a_cache_that_cannot_be_written_falls_back_and_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = open_in(blocked)
    assert done.returncode == 0, done.stderr
    assert "keeping the tables in" in done.stderr


@pytest.mark.parametrize("name", ["a b", "a?b", "a#b", "a%41"])
def test_a_cache_may_be_called_anything(name: str, tmp_path: Path) -> None:
    done = open_in(tmp_path / name)
    assert done.returncode == 0, done.stderr
    assert done.stdout != "0\n"


def test_no_folder_at_all_that_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / f"azcost-{os.getuid()}").write_text("not a folder either")
    done = open_in(tmp_path / "file", TMPDIR=str(tmp_path))
    assert "keeping the tables in" in done.stderr
    assert f"Unwritable: {tmp_path}/azcost-" in done.stderr


def test_a_folder_that_may_not_be_entered_holds_nothing(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "file").touch()
    assert is_there(closed / "file")
    closed.chmod(0)
    assert is_there(closed / "file") == (os.getuid() == 0)  # root enters everywhere
    closed.chmod(0o700)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become a user that has no entry")
def test_a_user_without_a_home_has_a_cache() -> None:
    code = (
        "import os, tempfile; from azcost import paths; os.setuid(54321); "
        "print(paths.cache() == paths.fallback_cache())"
    )
    homeless = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=homeless, check=False
    )
    assert done.stdout == "True\n", done.stderr


def test_the_memo_of_the_hash_is_not_needed(tmp_path: Path) -> None:
    open_in(tmp_path)
    for memo in tmp_path.glob("hash-of-*"):
        memo.unlink()
    assert open_in(tmp_path).stderr == ""


def test_the_hash_changes_with_any_cell(tmp_path: Path) -> None:
    shipped = paths.shipped("data/pricing")
    before = tables.content_hash(shipped)
    copy = tmp_path / "pricing"
    shutil.copytree(shipped, copy)
    assert tables.content_hash(copy) == before
    file = copy / "units.csv"
    file.write_text(file.read_text().replace("10K,10000,", "10K,1000,"))
    assert tables.content_hash(copy) != before


def test_the_readme_is_not_part_of_the_hash(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n")
    before = tables.content_hash(tmp_path)
    (tmp_path / "README.md").write_text("words")
    assert tables.content_hash(tmp_path) == before


def test_a_line_with_missing_cells_is_named(tmp_path: Path) -> None:
    (tmp_path / "prices").mkdir()
    (tmp_path / "services.csv").write_text("file,service,rows\nkey_vault,Key Vault,1\n")
    (tmp_path / "prices/key_vault.csv").write_text(
        ",".join(tables.ROW_COLUMNS) + "\nwesteurope,x\n"
    )
    with pytest.raises(TablesError, match=r"key_vault\.csv:2: expected 15 cells, found 2"):
        list(tables.lines(tmp_path))


def test_no_tables_at_all_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(TablesError, match="Reinstall azcost"):
        tables.files(tmp_path)


@pytest.mark.parametrize("kept", [0, 10, 100_000])
def test_a_damaged_cache_is_said_with_what_to_do(kept: int, tmp_path: Path) -> None:
    open_in(tmp_path)
    (file,) = tmp_path.glob("tables-*.sqlite")
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(TablesError, match=r"is damaged: .*Delete it"):
        store.connect(file)


def test_half_a_database_is_never_left(tmp_path: Path) -> None:
    def breaking() -> object:
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        store.write(tmp_path / "x.sqlite", lines=breaking(), references={}, facts={})  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
