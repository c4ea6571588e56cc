"""Schedules as code for those who deploy it themselves: az, Bicep, Terraform."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence

from azcost.actions import idle_shutdown
from azcost.actions.auto_shutdown import API_VERSION, AutoShutdown
from azcost.actions.idle_shutdown import IdleShutdown
from azcost.actions.shutdown_change import Shutdown

_NO_TEMPLATE = "is set by no template once a compute instance exists; --as az sets it"


def az(shutdowns: Sequence[Shutdown]) -> str:
    """A shell script of `az rest` calls; a second run changes nothing."""
    lines = ["#!/usr/bin/env bash", "set -euo pipefail", *map(call, shutdowns)]
    return "\n".join(lines) + "\n"


def call(one: Shutdown) -> str:
    """The call of `az rest` that sets a shutdown."""
    put = isinstance(one, AutoShutdown)
    method, version = ("put", API_VERSION) if put else ("post", idle_shutdown.API_VERSION)
    url = shlex.quote(f"{one.path}?api-version={version}")
    body = shlex.quote(json.dumps(one.body(), ensure_ascii=False))
    return f"az rest --method {method} --url {url} --body {body}"


def bicep(shutdowns: Sequence[Shutdown]) -> str:
    """A Bicep file per resource group, one after the other."""
    return "\n".join(
        _resource(one) if isinstance(one, AutoShutdown) else f"// {_by_hand(one)}\n"
        for one in shutdowns
    )


def _by_hand(one: IdleShutdown) -> str:
    return f"{one.compute.rpartition('/')[2]}: idle shutdown {_NO_TEMPLATE}."


def _resource(one: AutoShutdown) -> str:
    body = one.body()
    properties = _bicep(body["properties"], 1)
    group = one.vm.strip("/").split("/")[3]
    return (
        f"// az deployment group create --resource-group {shlex.quote(group)} --template-file ...\n"
        f"resource {_symbol(one)} 'Microsoft.DevTestLab/schedules@{API_VERSION}' = {{\n"
        f"  name: {_text(one.path.rpartition('/')[2])}\n"
        f"  location: {_text(one.location)}\n"
        f"  properties: {properties}\n"
        "}\n"
    )


def _bicep(value: object, depth: int) -> str:
    if not isinstance(value, dict):
        return str(value) if isinstance(value, int) else _text(str(value))
    indent = "  " * (depth + 1)
    inner = "\n".join(f"{indent}{key}: {_bicep(one, depth + 1)}" for key, one in value.items())
    return f"{{\n{inner}\n{'  ' * depth}}}"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return f"'{escaped}'"


def terraform(shutdowns: Sequence[Shutdown]) -> str:
    """Terraform resources of azurerm."""
    return "\n".join(
        _terraform(one) if isinstance(one, AutoShutdown) else f"# {_by_hand(one)}\n"
        for one in shutdowns
    )


def _terraform(one: AutoShutdown) -> str:
    notice = [f"    enabled         = {'true' if one.email else 'false'}"]
    if one.email:
        notice.append(f"    email           = {_quoted(one.email)}")
    notice.append(f"    time_in_minutes = {one.notice_minutes}")
    lines = [
        f'resource "azurerm_dev_test_global_vm_shutdown_schedule" "{_symbol(one)}" {{',
        f"  virtual_machine_id    = {_quoted(one.vm)}",
        f"  location              = {_quoted(one.location)}",
        f"  enabled               = {'true' if one.is_enabled else 'false'}",
        f"  daily_recurrence_time = {_quoted(one.time)}",
        f"  timezone              = {_quoted(one.zone)}",
        "  notification_settings {",
        *notice,
        "  }",
        "}",
        "",
    ]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _symbol(one: AutoShutdown) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "_", one.vm.rpartition("/")[2]).strip("_")
    return f"stop_{name}"


CODE = {"az": az, "bicep": bicep, "terraform": terraform}
