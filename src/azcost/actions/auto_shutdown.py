"""Auto-shutdown of virtual machines: `Microsoft.DevTestLab/schedules`, which only stop.

https://learn.microsoft.com/azure/virtual-machines/auto-shutdown-vm. The name is fixed by
convention, the time is local, its zone is named as Windows names zones, the location is
the machine's; a schedule stops every day and never starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from azcost.errors import AzcostError

API_VERSION = "2018-09-15"
TASK = "ComputeVmShutdownTask"
# Between which a notice may come before the stop: the page above.
NOTICE_MINUTES = (15, 120)
Json = dict[str, Any]


class AutoShutdown(msgspec.Struct, frozen=True, kw_only=True):
    """A daily stop of a machine.

    `time` is local, as HHMM; `zone` is Windows' name of the zone; `email` gets a notice
    `notice_minutes` before, empty for nobody.
    """

    vm: str
    location: str
    time: str
    zone: str
    email: str = ""
    notice_minutes: int = 30
    is_enabled: bool = True

    @property
    def target(self) -> str:
        """The resource that it stops."""
        return self.vm

    @property
    def path(self) -> str:
        """The ARM id of the schedule."""
        return path_of(self.vm)

    def body(self) -> Json:
        """The JSON of the PUT."""
        notice: Json = {"status": "Disabled", "timeInMinutes": self.notice_minutes}
        if self.email:
            notice |= {"status": "Enabled", "emailRecipient": self.email}
        return {
            "location": self.location,
            "properties": {
                "status": "Enabled" if self.is_enabled else "Disabled",
                "taskType": TASK,
                "dailyRecurrence": {"time": self.time},
                "timeZoneId": self.zone,
                "notificationSettings": notice,
                "targetResourceId": self.vm,
            },
        }

    def settings(self) -> Mapping[str, str]:
        """Its settings in words."""
        return {
            "stops at": f"{self.time[:2]}:{self.time[2:]} {self.zone}",
            "switched on": "yes" if self.is_enabled else "no",
            "notice to": f"{self.email}, {self.notice_minutes} minutes before"
            if self.email
            else "nobody",
        }


def path_of(vm: str) -> str:
    """The ARM id of a machine's schedule; raises AzcostError for what is no machine's id."""
    words = vm.strip("/").split("/")
    lower = [word.lower() for word in words]
    if len(words) != 8 or lower[5:7] != ["microsoft.compute", "virtualmachines"]:
        raise AzcostError(
            f"{vm} is not the id of a virtual machine, nor of a compute instance of Azure ML."
        )
    group = "/".join(words[:4])
    return f"/{group}/providers/Microsoft.DevTestLab/schedules/shutdown-computevm-{words[7]}"


def auto_shutdown(document: Json) -> AutoShutdown | None:
    """A schedule from Azure's JSON; None for schedules of another kind."""
    properties = document.get("properties") or {}
    if properties.get("taskType") != TASK or not properties.get("targetResourceId"):
        return None
    notice = properties.get("notificationSettings") or {}
    told = str(notice.get("status", "")).lower() == "enabled"
    return AutoShutdown(
        vm=str(properties["targetResourceId"]),
        location=str(document.get("location") or ""),
        time=str((properties.get("dailyRecurrence") or {}).get("time") or ""),
        zone=str(properties.get("timeZoneId") or ""),
        email=str(notice.get("emailRecipient") or "") if told else "",
        notice_minutes=int(notice.get("timeInMinutes") or 30),
        is_enabled=str(properties.get("status", "")).lower() == "enabled",
    )


def windows_zone(zone: str) -> str:
    """Windows' name of an IANA zone, as Unicode's CLDR maps them; raises AzcostError."""
    from tzlocal.windows_tz import tz_win

    found = tz_win.get(zone)
    if not found:
        raise AzcostError(f"{zone} has no name in Windows: name a zone such as Europe/Berlin.")
    return str(found)
