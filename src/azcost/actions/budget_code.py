"""A budget as code for those who deploy it themselves: az, Bicep, Terraform."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from azcost.actions.budget import Budget, Condition, Notification, number, plain
from azcost.actions.scope import Scope, ScopeKind
from azcost.errors import AzcostError

# What azure-mgmt-consumption 11.0.0 asks with, and Microsoft's reference of templates has.
API_VERSION = "2024-08-01"
_TARGETS = {
    ScopeKind.SUBSCRIPTION: "subscription",
    ScopeKind.RESOURCE_GROUP: "resourceGroup",
    ScopeKind.MANAGEMENT_GROUP: "managementGroup",
}
_DEPLOY = {
    ScopeKind.SUBSCRIPTION: "az deployment sub create --subscription {name} --location REGION",
    ScopeKind.RESOURCE_GROUP: (
        "az deployment group create --subscription {subscription} --resource-group {name}"
    ),
    ScopeKind.MANAGEMENT_GROUP: (
        "az deployment mg create --management-group-id {name} --location REGION"
    ),
}
_RESOURCES = {
    ScopeKind.SUBSCRIPTION: ("azurerm_consumption_budget_subscription", "subscription_id"),
    ScopeKind.RESOURCE_GROUP: ("azurerm_consumption_budget_resource_group", "resource_group_id"),
    ScopeKind.MANAGEMENT_GROUP: (
        "azurerm_consumption_budget_management_group",
        "management_group_id",
    ),
}


def az(budget: Budget) -> str:
    """A shell script: `az rest`, since `az consumption budget` knows no forecasts.

    It reads the eTag first: without it Azure refuses to change a budget that exists.
    """
    url = f"{budget.path}?api-version={API_VERSION}"  # az puts the cloud's host before it
    body = json.dumps(budget.properties(), indent=2, ensure_ascii=False)
    return "\n".join([
        "#!/usr/bin/env bash",
        "set -euo pipefail",
        f"url={shlex.quote(url)}",
        "properties=$(cat <<'JSON'",
        body,
        "JSON",
        ")",
        'etag=$(az rest --method get --url "$url" --query eTag --output json 2>/dev/null) || etag=',
        'az rest --method put --url "$url" \\',
        '  --body "{${etag:+\\"eTag\\": $etag, }\\"properties\\": $properties}"',
        "",
    ])  # fmt: skip


def bicep(budget: Budget) -> str:
    """A Bicep file, and in its first line how to deploy it.

    Raises AzcostError for billing scopes, which templates do not reach.
    """
    scope = budget.scope
    if scope.kind not in _TARGETS:
        raise AzcostError(f"Templates cannot be deployed to a {scope.kind}: use --as az.")
    names = {"name": shlex.quote(scope.name), "subscription": scope.subscription}
    deploy = _DEPLOY[scope.kind].format(**names)
    properties = "\n".join(_bicep(budget.properties(), "  "))
    return (
        f"// {deploy} --template-file budget.bicep\n"
        f"targetScope = '{_TARGETS[scope.kind]}'\n\n"
        f"resource budget 'Microsoft.Consumption/budgets@{API_VERSION}' = {{\n"
        f"  name: {_quoted(budget.name)}\n"
        f"  properties: {properties}\n"
        "}\n"
    )


def _bicep(value: Any, indent: str) -> Iterator[str]:
    """A value over several lines; the first of them goes behind its name."""
    if isinstance(value, dict):
        yield "{"
        for name, inner in value.items():
            key = name if name.isidentifier() else _quoted(name)
            first, *rest = _bicep(inner, f"{indent}  ")
            yield f"{indent}  {key}: {first}"
            yield from rest
        yield f"{indent}}}"
    elif isinstance(value, list):
        yield "["
        for inner in value:
            first, *rest = _bicep(inner, f"{indent}  ")
            yield f"{indent}  {first}"
            yield from rest
        yield f"{indent}]"
    elif isinstance(value, float):
        yield f"json('{value}')"  # Bicep has no fractions
    else:
        yield _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    for plain_, escaped in (("\\", "\\\\"), ("'", "\\'"), ("${", "\\${"), ("\n", "\\n")):
        text = text.replace(plain_, escaped)
    return f"'{text}'"


def terraform(budget: Budget) -> str:
    """A Terraform resource of the azurerm provider.

    Providers of before September 2022 made one notification of an actual and a forecast
    threshold of the same per cent (hashicorp/terraform-provider-azurerm#18381, mended in
    #18385), which the usual ladder has: so the file asks for one of version 4.

    Raises AzcostError for billing scopes and for thresholds with decimals, which the
    provider does not have.
    """
    scope = budget.scope
    if scope.kind not in _RESOURCES:
        raise AzcostError(f"The azurerm provider has no budget of a {scope.kind}: use --as az.")
    for one in budget.notifications:
        if one.threshold.percent != one.threshold.percent.to_integral_value():
            raise AzcostError(
                f"Terraform takes whole per cents only, not {plain(one.threshold.percent)}: "
                "use --as bicep or az."
            )
    kind, owner = _RESOURCES[scope.kind]
    return "\n".join([_PROVIDER, *_aligned(_terraform(budget, kind, owner)), ""])


def _terraform(budget: Budget, kind: str, owner: str) -> Iterator[str]:
    yield f'resource "{kind}" "budget" {{'
    yield f"  name = {_hcl(budget.name)}"
    yield f"  {owner} = {_hcl(f'/{budget.scope.path}')}"
    yield f"  amount = {number(budget.amount)}"
    yield f"  time_grain = {_hcl(budget.grain)}"
    yield ""
    yield "  time_period {"
    yield f'    start_date = "{budget.start}T00:00:00Z"'
    if budget.end:
        yield f'    end_date = "{budget.end}T00:00:00Z"'
    yield "  }"
    if budget.conditions:
        yield from _filter(budget.conditions)
    for one in budget.notifications:
        yield from _notification(one, budget.scope)
    yield "}"


def _aligned(lines: Iterable[str]) -> Iterator[str]:
    """Lines with the equals signs of each run below one another, as terraform fmt has them."""
    for is_run, some in groupby(lines, lambda line: " = " in line):
        run = list(some)
        width = max(line.index(" = ") for line in run) if is_run else 0
        for line in run:
            name, _, value = line.partition(" = ")
            yield f"{name:{width}} = {value}" if is_run else line


def _filter(conditions: Sequence[Condition]) -> Iterator[str]:
    yield ""
    yield "  filter {"
    for one in conditions:
        yield f"    {'tag' if one.kind == 'tags' else 'dimension'} {{"
        yield f"      name = {_hcl(one.name)}"
        yield f"      values = {_list(one.values)}"
        yield "    }"
    yield "  }"


def _notification(one: Notification, scope: Scope) -> Iterator[str]:
    yield ""
    yield "  notification {"
    yield f"    enabled = {str(one.enabled).lower()}"
    yield f"    threshold = {number(one.threshold.percent)}"
    yield f"    threshold_type = {_hcl(one.threshold.basis)}"
    yield f"    operator = {_hcl(one.threshold.operator)}"
    yield f"    contact_emails = {_list(one.to.emails)}"
    if scope.takes_roles_and_groups:
        if one.to.roles:
            yield f"    contact_roles = {_list(one.to.roles)}"
        if one.to.groups:
            yield f"    contact_groups = {_list(one.to.groups)}"
    yield "  }"


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_hcl, texts))}]"


def _hcl(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


_PROVIDER = """\
terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      # Older ones merge actual and forecast thresholds of the same per cent.
      version = ">= 4.0"
    }
  }
}
"""
CODE = {"az": az, "bicep": bicep, "terraform": terraform}
