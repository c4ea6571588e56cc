"""What docs/ci.md tells pipelines to run does run, in a repository like theirs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT

BLOCKS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/ci.md").read_text(), re.DOTALL)
GITHUB, DEVOPS, PRE_COMMIT = (yaml.safe_load(block) for block in BLOCKS)
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
OLD = (ROOT / "examples/starter.yaml").read_text()
NEW = (ROOT / "tests/cases/specs/starter-grown.yaml").read_text()


def scripts(steps: list[dict[str, Any]], key: str) -> str:
    return next(step[key] for step in steps if "azcost diff" in step.get(key, ""))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository whose remote has the old design, and whose work tree has the new one."""
    environment = os.environ | {
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }  # fmt: skip
    (tmp_path / "arch.yaml").write_text(OLD)
    for words in (
        ["init", "-q"],
        ["add", "arch.yaml"],
        ["commit", "-qm", "old"],
        ["update-ref", "refs/remotes/origin/main", "HEAD"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, env=environment, check=True)
    (tmp_path / "arch.yaml").write_text(NEW)
    return tmp_path


@pytest.mark.parametrize(
    ("script", "base"),
    [
        (scripts(GITHUB["jobs"]["cost"]["steps"], "run"), {"BASE": "main"}),
        (
            scripts(DEVOPS["steps"], "bash"),
            {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
        ),
    ],
    ids=["github", "devops"],
)
def test_the_step_compares_and_fails_over_the_limit(
    checkout: Path, script: str, base: dict[str, str]
) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=checkout,
        env=os.environ | base | {"SPEC": "arch.yaml", "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "at most +10% asked" in done.stderr) == (1, True), done.stderr
    assert (checkout / "comment.md").read_text().startswith("# my ML system: what changes")
    assert "<!doctype html>" in (checkout / "cost.html").read_text()


def test_the_hook_prices_what_changed_and_stops_over_the_limit(checkout: Path) -> None:
    (hook,) = HOOKS
    (used,) = PRE_COMMIT["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    assert re.search(hook["files"], "infra/arch-prod.yaml")
    assert not re.search(hook["files"], "search.yaml")
    command = [sys.executable, "-m", *hook["entry"].split(), *used["args"], "arch.yaml"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if "Over the limit" in done.stderr else 0)
    command[command.index("5000")] = "10"
    over = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert over.returncode == 1
