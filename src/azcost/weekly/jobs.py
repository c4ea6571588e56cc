"""The job that sends the mail each week, for whatever runs jobs at one's place.

Secrets are named and never written into a job: each system has a place of its own for them.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

import msgspec


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """When and what: `weekday` 0 is Monday, `hour` is the machine's (UTC in the cloud)."""

    subscription: str
    words: tuple[str, ...]
    weekday: int
    hour: int

    @property
    def command(self) -> str:
        """What reads the subscription, composes the mail and sends it."""
        return shlex.join(("azcost", "weekly", "--subscription", self.subscription, *self.words))


class JobFile(msgspec.Struct, frozen=True):
    """A file for a system of jobs, and how to install it."""

    name: str
    text: str
    install: str


# What is new and what was resolved needs the snapshot of the week before.
_FORGETS = (
    "Its machine keeps nothing, so that the mail compares costs, but not findings, with those of "
    "the week before; cron and systemd keep them."
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def cron(job: Job) -> JobFile:
    """A line of crontab; the password is in a file that only its user can read."""
    day = (job.weekday + 1) % 7
    # A crontab expands no variables but in the command, where a shell does.
    file = 'AZCOST_SMTP_PASSWORD_FILE="$HOME/.config/azcost/smtp-password"'
    return JobFile(
        "azcost-weekly.cron",
        f"0 {job.hour} * * {day} {file} {job.command}\n".replace("%", "\\%"),
        "crontab -l 2>/dev/null | cat - azcost-weekly.cron | crontab -",
    )


def systemd(job: Job) -> JobFile:
    """A service and its timer in one file, to be split at the dashed line."""
    text = f"""# azcost-weekly.service
[Unit]
Description=azcost: read the subscription and send the weekly mail
Wants=network-online.target

[Service]
Type=oneshot
DynamicUser=yes
StateDirectory=azcost
WorkingDirectory=%S/azcost
LoadCredential=smtp-password:/etc/azcost/smtp-password
Environment=AZCOST_SMTP_PASSWORD_FILE=%d/smtp-password AZCOST_CACHE=%S/azcost/cache
# AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; a managed identity needs none.
EnvironmentFile=-/etc/azcost/login
ExecStart={_systemd(job.command)}
ProtectSystem=strict
ProtectHome=yes
NoNewPrivileges=yes
# -----
# azcost-weekly.timer
[Unit]
Description=azcost: every week

[Timer]
OnCalendar={_DAYS[job.weekday]} {job.hour:02}:00
Persistent=true

[Install]
WantedBy=timers.target
"""
    return JobFile(
        "azcost-weekly.systemd",
        text,
        "sed '/^# -----/,$d' azcost-weekly.systemd > /etc/systemd/system/azcost-weekly.service && "
        "sed '1,/^# -----/d' azcost-weekly.systemd > /etc/systemd/system/azcost-weekly.timer && "
        "systemctl enable --now azcost-weekly.timer, as root, after the password is in "
        "/etc/azcost/smtp-password",
    )


def _systemd(command: str) -> str:
    return "/usr/bin/env " + command.replace("%", "%%")


def github(job: Job) -> JobFile:
    """A workflow that logs in by OpenID Connect: no secret of Azure's is kept."""
    day = (job.weekday + 1) % 7
    text = f"""name: azcost weekly
on:
  schedule:
    - cron: "0 {job.hour} * * {day}"
  workflow_dispatch:
permissions:
  id-token: write
  contents: read
jobs:
  weekly:
    runs-on: ubuntu-latest
    steps:
      - uses: azure/login@v2
        with:
          client-id: ${{{{ secrets.AZURE_CLIENT_ID }}}}
          tenant-id: ${{{{ secrets.AZURE_TENANT_ID }}}}
          subscription-id: {job.subscription}
      - run: pip install azcost
      - run: {_yaml(job.command)}
        env:
          AZURE_TOKEN_CREDENTIALS: AzureCliCredential
          AZCOST_SMTP_PASSWORD: ${{{{ secrets.AZCOST_SMTP_PASSWORD }}}}
"""
    return JobFile(
        "azcost-weekly.yml",
        text,
        "Commit it as .github/workflows/azcost-weekly.yml and set the three secrets. " + _FORGETS,
    )


def azure_devops(job: Job) -> JobFile:
    """A pipeline with a service connection, and the password as a secret variable."""
    day = (job.weekday + 1) % 7
    text = f"""schedules:
  - cron: "0 {job.hour} * * {day}"
    displayName: azcost weekly
    branches: {{ include: [main] }}
    always: true
trigger: none
pool: {{ vmImage: ubuntu-latest }}
steps:
  - script: pip install azcost
  - task: AzureCLI@2
    inputs:
      azureSubscription: azcost-reader
      scriptType: bash
      scriptLocation: inlineScript
      inlineScript: {_yaml(job.command)}
    env:
      AZURE_TOKEN_CREDENTIALS: AzureCliCredential
      AZCOST_SMTP_PASSWORD: $(AZCOST_SMTP_PASSWORD)
"""
    return JobFile(
        "azcost-weekly.azure-pipelines.yml",
        text,
        "Add it as a pipeline, with a service connection azcost-reader and the secret variable "
        "AZCOST_SMTP_PASSWORD. " + _FORGETS,
    )


def container_app_job(job: Job) -> JobFile:
    """An Azure Container Apps job that logs in by its managed identity."""
    day = (job.weekday + 1) % 7
    command = shlex.quote(job.command)
    text = f"""#!/usr/bin/env bash
set -euo pipefail
: "${{IMAGE:?an image with azcost}}" "${{RESOURCE_GROUP:?}}" "${{ENVIRONMENT:?}}"
: "${{SECRET_URI:?the password in a key vault}}"
az containerapp job create --name azcost-weekly \\
  --resource-group "$RESOURCE_GROUP" --environment "$ENVIRONMENT" \\
  --trigger-type Schedule --cron-expression "0 {job.hour} * * {day}" \\
  --image "$IMAGE" --cpu 1 --memory 2Gi --replica-timeout 3600 \\
  --mi-system-assigned \\
  --secrets "smtp=keyvaultref:$SECRET_URI,identityref:system" \\
  --env-vars AZCOST_SMTP_PASSWORD=secretref:smtp \\
  --command /bin/sh --args "-c" {command}
principal=$(az containerapp job show --name azcost-weekly --resource-group "$RESOURCE_GROUP" \\
  --query identity.principalId --output tsv)
for role in Reader "Cost Management Reader" "Monitoring Reader"; do
  az role assignment create --assignee "$principal" --role "$role" \\
    --scope {shlex.quote(f"/subscriptions/{job.subscription}")}
done
"""
    return JobFile(
        "azcost-weekly.sh",
        text,
        f"Set its four variables, and run it once: bash azcost-weekly.sh. {_FORGETS}",
    )


def windows_task(job: Job) -> JobFile:
    """A scheduled task of Windows; the password is in the user's keyring."""
    day = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")[job.weekday]
    quoted = " ".join(_windows(word) for word in shlex.split(job.command))
    text = f"@echo off\r\n{quoted}\r\n"
    return JobFile(
        "azcost-weekly.cmd",
        text,
        f"schtasks /create /tn azcost-weekly /sc weekly /d {day} /st {job.hour:02}:00 "
        "/tr %CD%\\azcost-weekly.cmd, after the password is in the keyring: "
        "pip install keyring, keyring set azcost USER",
    )


def _windows(word: str) -> str:
    doubled = word.replace("%", "%%")
    return f'"{doubled}"' if any(c in word for c in " &|<>^") else doubled


def _yaml(command: str) -> str:
    return json.dumps(command)


KINDS: dict[str, Callable[[Job], JobFile]] = {
    "cron": cron,
    "systemd": systemd,
    "github": github,
    "azure-devops": azure_devops,
    "container-app-job": container_app_job,
    "windows-task": windows_task,
}
