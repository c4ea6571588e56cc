"""Subscriptions for development that pay the production price of Windows."""

import shlex
from decimal import Decimal

from azcost.audit import machines
from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import VM, Machine
from azcost.audit.offers import QUOTA, is_development_offer
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    OneOff,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    rule,
    said,
)
from azcost.services.virtual_machine import VirtualMachine


@rule("Microsoft.Resources/subscriptions", category=Category.LICENCE)
def dev_test_offer_not_used(subscription: Resource, facts: Facts) -> Verdict:
    """Subscriptions on a production offer with Windows machines for development.

    Why it costs: On the dev/test offer Windows machines cost what Linux ones do.

    Keep it when: Not everybody who uses them has a Visual Studio subscription, which the
    offer asks for; or the machines serve users.

    Not checked: Who has a Visual Studio subscription: at the low end nothing is saved. Other
    services that the offer makes cheaper (SQL, App Service, Logic Apps).
    """
    found = [
        machine
        for vm in facts.in_subscription(subscription)
        if vm.type == VM.lower()
        and (machine := machines.machine_of(vm, facts))
        and machine.os == "windows"
        and not machine.uses_hybrid_benefit
        and not machines.is_off(vm)
        and is_for_development(vm, facts)
    ]
    if not found or is_development_offer(subscription, facts):
        return None
    quota = subscription.text(QUOTA)
    if quota is None:
        return Unknown("Azure does not say which offer the subscription is on")
    bill = machines.compute(facts, *(one.resource for one in found))
    share = _licence_share(found, facts)
    if share is None:
        return Unknown("no list price of Windows for some of its machines")
    many = "machine for development pays" if len(found) == 1 else "machines for development pay"
    return Waste(
        title=f"{len(found)} Windows {many} the production price",
        action=Action.LICENCE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share, low=Decimal(0)),
        evidence=(
            Stated("quotaId", quota),
            *(Stated(one.resource.name, one.size) for one in found),
            *evidence_of(bill),
        ),
        steps=(
            Step(
                "Make a dev/test subscription (the account owner does, in the portal), and move "
                "the machines there",
                "az resource move --destination-subscription-id NEW_SUBSCRIPTION "
                "--destination-group GROUP --ids \\\n  "
                + " \\\n  ".join(shlex.quote(one.resource.id) for one in found),
            ),
            said(
                "No template does this: an offer belongs to a subscription; deploy the template "
                "to the other one, or move what there is"
            ),
        ),
        undo=(said("Move the machines back in the same way"),),
        one_off=OneOff(None, "moving the machines with their disks and networks"),
    )


def _licence_share(found: list[Machine], facts: Facts) -> Decimal | None:
    """The share of Windows in the list price of all the machines together."""
    windows, linux = Decimal(0), Decimal(0)
    for one in found:
        priced = one.list_price(facts)
        without = facts.list_price(
            VirtualMachine(name="it", region=one.resource.location, size=one.size)
        )
        if priced is None or without is None:
            return None
        windows += priced.amount
        linux += without.amount
    return 1 - linux / windows if windows else None
