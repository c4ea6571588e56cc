"""What a managed disk is asked to do, by Azure Monitor's metrics of disks."""

from __future__ import annotations

import msgspec
import numpy as np

from azcost.audit.facts import Blind, Facts, Window
from azcost.audit.resource import Resource
from azcost.audit.rule import Confidence

OPERATIONS = ("Composite Disk Read Operations/sec", "Composite Disk Write Operations/sec")
BYTES = ("Composite Disk Read Bytes/sec", "Composite Disk Write Bytes/sec")
METRICS = (*OPERATIONS, *BYTES)
_MB = 1_000_000


class DiskLoad(msgspec.Struct, frozen=True, kw_only=True):
    """Operations and megabytes a second: the P99 of the hours, and the mean.

    `has_peaks` says that the hours' maxima were measured; Azure promises only averages of
    these metrics, in which a burst of a minute is a sixtieth.
    """

    iops: float
    mbps: float
    mean_iops: float
    has_peaks: bool
    windows: tuple[Window, ...]

    @property
    def confidence(self) -> Confidence:
        """What the measurements allow at most."""
        return Confidence.MEDIUM if self.has_peaks else Confidence.LOW

    @property
    def not_checked(self) -> tuple[str, ...]:
        """What averages hide, where there are no maxima."""
        return () if self.has_peaks else ("Bursts within an hour: only averages were measured.",)


def load_of(disk: Resource, facts: Facts, days: int) -> DiskLoad:
    """What a disk did in the last days; raises Blind where that was not measured."""
    averages = [facts.metric(disk, name, days=days) for name in METRICS]
    peaks = [_peak(disk, facts, name, days) for name in METRICS]
    known = [one for one in peaks if one is not None]
    has_peaks = len(known) == len(METRICS)
    read, write, read_bytes, write_bytes = windows = known if has_peaks else averages
    return DiskLoad(
        iops=_p99(read, write),
        mbps=_p99(read_bytes, write_bytes) / _MB,
        mean_iops=averages[0].mean + averages[1].mean,
        has_peaks=has_peaks,
        windows=tuple(windows),
    )


def _peak(disk: Resource, facts: Facts, name: str, days: int) -> Window | None:
    try:
        return facts.metric(disk, name, of="maximum", days=days)
    except Blind:
        return None


def _p99(read: Window, write: Window) -> float:
    return float(np.nanpercentile(read.steps + write.steps, 99))
