"""Idle shutdown of Azure ML compute instances, which ends them when nobody works.

https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance: notebooks,
terminals and jobs count as activity; 15 minutes to 3 days, as an ISO 8601 duration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

API_VERSION = "2024-04-01"
MINUTES = (15, 3 * 24 * 60)
Json = dict[str, Any]


class IdleShutdown(msgspec.Struct, frozen=True):
    """A compute instance that stops after `idle`, an ISO 8601 duration without activity."""

    compute: str
    idle: str

    @property
    def target(self) -> str:
        """The resource that it stops."""
        return self.compute

    @property
    def path(self) -> str:
        """Where it is posted to."""
        return f"{self.compute}/updateIdleShutdownSetting"

    def body(self) -> Json:
        """The JSON of the POST."""
        return {"idleTimeBeforeShutdown": self.idle}

    def settings(self) -> Mapping[str, str]:
        """Its settings in words."""
        return {"stops when idle for": self.idle}


def is_compute(id_: str) -> bool:
    """Whether an ARM id has the form of an Azure ML compute's."""
    words = id_.lower().strip("/").split("/")
    kinds = ["microsoft.machinelearningservices", "workspaces", "computes"]
    return len(words) == 10 and words[5:7] + words[8:9] == kinds


def idle_shutdown(document: Json) -> IdleShutdown | None:
    """The setting of a compute from Azure's JSON; None where it never stops by itself."""
    outer = document.get("properties") or {}
    idle = (outer.get("properties") or {}).get("idleTimeBeforeShutdown")
    return IdleShutdown(str(document.get("id") or ""), str(idle)) if idle else None


def never(compute: str) -> tuple[str, Json]:
    """Where to post what ends the idle shutdown of a compute instance."""
    return IdleShutdown(compute, "").path, {"idleTimeBeforeShutdown": None}
