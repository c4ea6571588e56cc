"""Out of sample on real traces; the figures to reach are METHODS 1.4's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import commit_traces


@pytest.fixture(scope="module")
def hpc(shared: Path) -> dict[int, dict[str, float]]:
    usage = commit_traces.hpc(shared)
    return {seed: means(usage, seed, "hpc") for seed in (0, 1)}


@pytest.fixture(scope="module")
def gpu(shared: Path) -> dict[int, dict[str, float]]:
    usage = commit_traces.gpu(shared)
    return {seed: means(usage, seed, "gpu") for seed in (0, 1)}


def means(usage: commit_traces.Floats, seed: int, trace: str) -> dict[str, float]:
    found = commit_traces.shares(usage, seed, commit_traces.ORIGINS[trace])
    return {name: float(np.mean(share)) for name, share in found.items()}


def test_the_hours_of_the_traces_are_those_of_their_sources(shared: Path) -> None:
    hpc, gpu = commit_traces.hpc(shared), commit_traces.gpu(shared)
    # 5,699,244 core-hours of 16 cores each, less what ran after the last submission.
    assert 0.99 * 5_699_244 / 16 < hpc.sum() <= 5_699_244 / 16
    assert gpu.shape[1] == 73 * 24 + 19 - 9  # nine hours of the record have no row
    assert gpu.max() <= 552


@pytest.mark.parametrize("seed", [0, 1])
def test_hpc_joint_gets_at_least_the_recorded_share_of_hindsight(
    hpc: dict[int, dict[str, float]], seed: int
) -> None:
    """The prototype got 97.8 and 85.8 % for two deals of prices, of series not recorded."""
    assert hpc[seed]["joint"] >= 0.858
    for usual in ("reservations, then plan", "reservations only"):
        assert hpc[seed]["joint"] >= hpc[seed][usual]
    assert hpc[seed]["joint"] >= hpc[seed]["plan only, lower of 3 and 30 days"] + 0.05


@pytest.mark.parametrize("seed", [0, 1])
def test_hpc_joint_gets_nearly_all_where_the_months_after_are_like_those_before(
    shared: Path, seed: int
) -> None:
    """Days 45 and 90 lie on a steady level; 97.8 % is what the prototype got at best."""
    shares = commit_traces.shares(commit_traces.hpc(shared), seed, (45, 90))
    assert np.mean(shares["joint"]) >= 0.978


@pytest.mark.parametrize("seed", [0, 1])
def test_gpu_joint_gets_at_least_the_recorded_share_of_hindsight(
    gpu: dict[int, dict[str, float]], seed: int
) -> None:
    """The prototype got 94.6 % with reservations in it and 79.7 % with a plan only."""
    assert gpu[seed]["joint"] >= 0.946
    assert gpu[seed]["joint"] >= gpu[seed]["plan only, lower of 3 and 30 days"] + 0.1
