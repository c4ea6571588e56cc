"""A whole lifecycle policy as code: az, Bicep, and Terraform by azapi.

azapi takes the same JSON as Azure, so that no rule loses what azurerm has no word for.
"""

from __future__ import annotations

import json
import shlex

from azcost.actions.storage_policy import API_VERSION, StoragePolicy, path_of


def az(account: str, policy: StoragePolicy) -> str:
    """A shell script that sets the policy; a second run changes nothing."""
    url = f"{path_of(account)}?api-version={API_VERSION}"
    body = json.dumps(policy.body(), ensure_ascii=False)
    call = f"az rest --method put --url {shlex.quote(url)} --body {shlex.quote(body)}"
    return f"#!/usr/bin/env bash\nset -euo pipefail\n{call}\n"


def bicep(account: str, policy: StoragePolicy) -> str:
    """A Bicep file for the account's resource group."""
    group, name = account.split("/")[4], account.rpartition("/")[2]
    return (
        f"// az deployment group create --resource-group {shlex.quote(group)} --template-file ...\n"
        f"resource account 'Microsoft.Storage/storageAccounts@{API_VERSION}' existing = {{\n"
        f"  name: {_text(name)}\n"
        "}\n\n"
        "resource policy 'Microsoft.Storage/storageAccounts/managementPolicies@"
        f"{API_VERSION}' = {{\n"
        "  parent: account\n"
        "  name: 'default'\n"
        f"  properties: {_bicep(policy.body()['properties'], 1)}\n"
        "}\n"
    )


def _bicep(value: object, depth: int) -> str:
    indent, end = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        inner = [f"{indent}{_key(key)}: {_bicep(one, depth + 1)}\n" for key, one in value.items()]
        return f"{{\n{''.join(inner)}{end}}}" if inner else "{}"
    if isinstance(value, list):
        inner = [f"{indent}{_bicep(one, depth + 1)}\n" for one in value]
        return f"[\n{''.join(inner)}{end}]" if inner else "[]"
    if isinstance(value, float):  # Bicep knows whole numbers only, and Azure sends days as 30.0
        value = int(value)
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _key(key: str) -> str:
    return key if key.isidentifier() else _text(key)


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return f"'{escaped}'"


def terraform(account: str, policy: StoragePolicy) -> str:
    """A Terraform resource of azapi, to be imported where a policy exists."""
    body = json.dumps(policy.body(), indent=2, ensure_ascii=False)
    escaped = body.replace("${", "$${").replace("%{", "%%{").replace("\n", "\n  ")
    return (
        f"# Where a policy exists: terraform import azapi_resource.lifecycle {path_of(account)}\n"
        'resource "azapi_resource" "lifecycle" {\n'
        f'  type      = "Microsoft.Storage/storageAccounts/managementPolicies@{API_VERSION}"\n'
        '  name      = "default"\n'
        f"  parent_id = {json.dumps(account)}\n"
        f"  body = {escaped}\n"
        "}\n"
    )


CODE = {"az": az, "bicep": bicep, "terraform": terraform}
