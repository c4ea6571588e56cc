"""Deployments of Azure OpenAI: how they are sold, and what of their account's bill is theirs."""

from __future__ import annotations

import shlex
from decimal import Decimal
from typing import get_args

import msgspec

from azcost.audit.bill import Bill
from azcost.audit.changes import changed, made
from azcost.audit.facts import Blind, Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import Step, az
from azcost.money import Money
from azcost.pricing.models import RUNS, Offer
from azcost.services.openai import OpenAI, Scope

DEPLOYMENT = "Microsoft.CognitiveServices/accounts/deployments"
# What the name of a fine-tuned model has between its base and its own part:
# `gpt-4o-mini-2024-07-18.ft-0123abcd`.
_TUNED = ".ft-"
_PTUS = {"global": "Global", "data-zone": "Data Zone", "regional": "Regional"}
_MILLION = Decimal(1_000_000)


def sold_as(deployment: Resource) -> tuple[str, str] | None:
    """Where its requests run and how it is sold (`models.RUNS`); None if not known here."""
    by_name = {code.lower(): runs for code, runs in RUNS.items()}
    return by_name.get(deployment.sku.name.lower())


def is_provisioned(deployment: Resource) -> bool:
    """Whether it has throughput units of its own."""
    sold = sold_as(deployment)
    return sold is not None and sold[1] == "provisioned"


def is_fine_tuned(deployment: Resource) -> bool:
    """Whether the model is one that somebody trained further."""
    return _TUNED in model_of(deployment)


def model_of(deployment: Resource) -> str:
    """The model's name as Azure writes it."""
    return (deployment.text("model.name") or "").lower()


def unit_bill(deployment: Resource, facts: Facts) -> Bill:
    """What its throughput units cost, billed at the account.

    Deployments of one kind are one meter there: each has its part by its units.
    """
    where = (sold_as(deployment) or ("", ""))[0]
    meter = f"Provisioned Managed {_PTUS.get(where, '')}".strip()
    users = [one for one in _siblings(deployment, facts) if sold_as(one) == sold_as(deployment)]
    units = sum((units_of(one) for one in users), start=Decimal(0))
    share = units_of(deployment) / units if units else Decimal(1)
    return _account_bill(deployment, facts).only(meter=meter).part(share)


def token_bill(deployment: Resource, facts: Facts, *items: str) -> Bill:
    """What the tokens of a deployment cost, of these items (`input`, `cached-input` ...).

    Raises Blind where deployments of the same model share the meters of the account.
    """
    offer = offer_of(deployment)
    twins = [one for one in _siblings(deployment, facts) if _sold_alike(one, deployment)]
    if len(twins) > 1:
        raise Blind(f"the bill has {len(twins)} deployments of {model_of(deployment)} in one sum")
    names = {row.meter.lower() for row in offer.meters() if row.item in items}
    found = _account_bill(deployment, facts)
    chosen = tuple(one for one in found.items if one.meter.lower() in names)
    return Bill(found.currency, chosen, found.is_known)


def offer_of(deployment: Resource) -> Offer:
    """The model as price lists have it; raises Blind for one that they do not."""
    sold = sold_as(deployment)
    if sold is None:
        raise Blind(f"deployments of the kind {deployment.sku.name} are not known here")
    named = Offer(
        model=model_of(deployment),
        version=deployment.text("model.version") or "",
        scope=sold[0],
        tier=sold[1],
    )
    # Meters of few models say a version: without one, the newest that has a price.
    for offer in (named, msgspec.structs.replace(named, version="")):
        if _is_sold(offer):
            return offer
    raise Blind(f"no price list has {model_of(deployment)} as {deployment.sku.name}")


def _is_sold(offer: Offer) -> bool:
    try:
        offer.meters()
    except ValueError:
        return False
    return True


def list_price(deployment: Resource, facts: Facts, scope: str, **amounts: Decimal) -> Money | None:
    """A month of these amounts in a deployment of another kind; None without a price."""
    account = facts.parent(deployment)
    if scope not in get_args(Scope):
        return None
    try:
        service = OpenAI(
            name="instead",
            region=account.location if account else deployment.location,
            model=model_of(deployment),
            scope=scope,  # type: ignore[arg-type]
            **amounts,  # type: ignore[arg-type]
        )
    except ValueError:
        return None
    return facts.list_price(service)


def ratio(
    deployment: Resource, facts: Facts, *, of: tuple[str, str], to: tuple[str, str]
) -> Decimal | None:
    """What an item in a kind of deployment costs, as a part of another one.

    Both are a scope and a field of `OpenAI`: `("GlobalBatch", "input_tokens")`.
    """
    ours, theirs = (
        list_price(deployment, facts, scope, **{field: _MILLION}) for scope, field in (of, to)
    )
    return ours.amount / theirs.amount if ours and theirs and theirs.amount else None


def delete(deployment: Resource) -> Step:
    """Delete it; the model stays."""
    return az(
        "Delete the deployment",
        "az cognitiveservices account deployment delete --name {} --resource-group {} "
        "--deployment-name {}",
        *_names(deployment),
    )


def create(
    title: str, deployment: Resource, sku: str, units: Decimal, name: str = ""
) -> tuple[Step, ...]:
    """Make it of a kind with so many units (or thousands of tokens a minute).

    It has its own name, unless it is to stand beside what there is.
    """
    name = name or deployment.name
    read = deployment.within("model")
    model = {part: text for part in ("format", "name", "version") if (text := read.text(part))}
    body = {"sku": {"name": sku, "capacity": int(units)}, "properties": {"model": model}}
    id_ = f"{deployment.id.rpartition('/')[0]}/{name}"
    return (_command(title, deployment, sku, units, name), *made(id_, body))


def resized(title: str, deployment: Resource, units: Decimal) -> tuple[Step, ...]:
    """Give what there is so many units."""
    step = _command(title, deployment, deployment.sku.name, units, deployment.name)
    return (step, *changed(deployment.id, {"sku": {"capacity": int(units)}}))


def _command(title: str, deployment: Resource, sku: str, units: Decimal, name: str) -> Step:
    account, group, _ = _names(deployment)
    version = deployment.text("model.version")
    step = az(
        title,
        "az cognitiveservices account deployment create --name {} --resource-group {} "
        "--deployment-name {} --model-format {} --model-name {} --sku-name {} --sku-capacity {}",
        account,
        group,
        name,
        deployment.text("model.format") or "OpenAI",
        deployment.text("model.name") or "",
        sku,
        f"{units:f}",
    )
    if not version:
        return step
    return msgspec.structs.replace(step, code=f"{step.code} --model-version {shlex.quote(version)}")


def as_it_was(deployment: Resource) -> tuple[Step, ...]:
    """Make it again as it is now."""
    return create("As it was", deployment, deployment.sku.name, units_of(deployment))


def _names(deployment: Resource) -> tuple[str, str, str]:
    return deployment.id.strip("/").split("/")[7], deployment.resource_group, deployment.name


def units_of(deployment: Resource) -> Decimal:
    """Its units: throughput units, or thousands of tokens a minute."""
    return Decimal(round(deployment.sku.capacity or 0))


def _siblings(deployment: Resource, facts: Facts) -> list[Resource]:
    account = facts.parent(deployment)
    found = facts.children(account, DEPLOYMENT) if account else (deployment,)
    return list(found)


def _sold_alike(one: Resource, other: Resource) -> bool:
    return sold_as(one) == sold_as(other) and model_of(one) == model_of(other)


def _account_bill(deployment: Resource, facts: Facts) -> Bill:
    account = facts.parent(deployment)
    return facts.bill(account) if account else facts.bill(deployment)


def hosting_bill(deployment: Resource, facts: Facts) -> Bill:
    """What hosting a fine-tuned model costs, billed by the hour at the account.

    Raises Blind where the account hosts several.
    """
    hosted = [
        one
        for one in _siblings(deployment, facts)
        if is_fine_tuned(one) and not is_provisioned(one) and not is_trial(one)
    ]
    if len(hosted) > 1:
        raise Blind(f"the bill has {len(hosted)} fine-tuned models in one sum")
    return _account_bill(deployment, facts).only(meter="hosting")


def is_trial(deployment: Resource) -> bool:
    """Whether it is of the developer tier, where hosting is free for a day."""
    sold = sold_as(deployment)
    return sold is not None and sold[1] == "developer"
