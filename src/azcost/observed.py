"""What runs, read as an architecture, so that a real bill can be held against our models.

Sizes come from the inventory, hours and gigabytes from the bill, prices from the tables. What
a model cannot say of a resource is said, and never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import cast, get_args

import msgspec

from azcost.audit import machine_learning, machines
from azcost.audit.bill import Bill
from azcost.audit.facts import Blind, Facts
from azcost.audit.resource import Resource, key_of
from azcost.estimate import Estimate, ResourceEstimate, Service
from azcost.fields import Hours
from azcost.meters.disks import DiskType
from azcost.money import Money, total
from azcost.pricing.rows import Purchase
from azcost.services.bastion import Bastion
from azcost.services.log_analytics import FREE_DAYS, LogAnalytics
from azcost.services.managed_disk import ManagedDisk
from azcost.services.nat_gateway import NatGateway
from azcost.services.public_ip import PublicIp
from azcost.services.snapshot import Snapshot
from azcost.services.virtual_machine import VirtualMachine
from azcost.units import HOURS_PER_MONTH

_ML = "microsoft.machinelearningservices/workspaces"
_VM = "microsoft.compute/virtualmachines"
# The resource types that a kind of service stands for; what they are part of, or consist of,
# is found by the inventory.
TYPES: dict[str, tuple[str, ...]] = {
    "ai_search": ("microsoft.search/searchservices",),
    "aks": ("microsoft.containerservice/managedclusters",),
    "application_gateway": ("microsoft.network/applicationgateways",),
    "application_insights": ("microsoft.insights/components",),
    "bastion": ("microsoft.network/bastionhosts",),
    "blob_storage": ("microsoft.storage/storageaccounts",),
    "container_app": ("microsoft.app/containerapps",),
    "container_instance": ("microsoft.containerinstance/containergroups",),
    "container_registry": ("microsoft.containerregistry/registries",),
    "cosmos_db": ("microsoft.documentdb/databaseaccounts",),
    "file_share": ("microsoft.storage/storageaccounts",),
    "function_app": ("microsoft.web/sites", "microsoft.web/serverfarms"),
    "key_vault": ("microsoft.keyvault/vaults",),
    "load_balancer": ("microsoft.network/loadbalancers",),
    "log_analytics": ("microsoft.operationalinsights/workspaces",),
    "managed_disk": ("microsoft.compute/disks",),
    "ml_compute_cluster": (f"{_ML}/computes",),
    "ml_compute_instance": (f"{_ML}/computes",),
    "ml_online_endpoint": (f"{_ML}/onlineendpoints",),
    "nat_gateway": ("microsoft.network/natgateways",),
    "openai": ("microsoft.cognitiveservices/accounts",),
    "postgresql": ("microsoft.dbforpostgresql/flexibleservers",),
    "private_endpoint": ("microsoft.network/privateendpoints",),
    "public_ip": ("microsoft.network/publicipaddresses", "microsoft.network/publicipprefixes"),
    "redis": ("microsoft.cache/redis", "microsoft.cache/redisenterprise"),
    "snapshot": ("microsoft.compute/snapshots",),
    "sql_database": ("microsoft.sql/servers/databases",),
    "virtual_machine": (_VM,),
    "vm_scale_set": ("microsoft.compute/virtualmachinescalesets",),
    "vpn_gateway": ("microsoft.network/virtualnetworkgateways",),
}


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the bill beside what a model says of it, both of an average month.

    `modelled` is None where there is no model or no price: `reason` says which. `resources`
    are the ids that the bill is of; empty for what is modelled and not there.
    """

    name: str
    kind: str
    modelled: Money | None
    billed: Money
    resources: tuple[str, ...]
    reason: str = ""

    @property
    def explained(self) -> Decimal:
        """What of the bill the model explains: never more than is billed, or is modelled."""
        modelled = self.modelled.amount if self.modelled else Decimal(0)
        return max(min(modelled, self.billed.amount), Decimal(0))


Read = tuple[Service, Bill] | str


def modelled(facts: Facts) -> tuple[Explained, ...]:
    """Every billed resource beside a model that is read from the inventory, the dearest first."""
    found = []
    for resource, bill in _billed(facts):
        read = _read(resource, facts)
        if isinstance(read, str):
            price, reason = None, read
        else:
            price = facts.list_price(read[0])
            reason = "" if price else "the tables have no price for it"
        found.append(
            Explained(
                name=resource.name,
                kind=resource.type,
                modelled=price,
                billed=bill.monthly,
                resources=(resource.id,),
                reason=reason,
            )
        )
    return tuple(sorted(found, key=lambda one: -one.billed.amount))


def _billed(facts: Facts) -> Iterator[tuple[Resource, Bill]]:
    """Each resource with what it is billed for; machines of Azure ML are taken out of theirs."""
    parts = [one for type_ in _AT_WORKSPACE for one in facts.by_type(type_)]
    inside: dict[str, Decimal] = {}
    for part in parts:
        bill = _machine_bill(part, facts)
        workspace = machine_learning.workspace_of(part, facts)
        if bill.monthly.amount > 0:
            yield part, bill
            if (
                workspace
                and bill.items[0].resource
                and key_of(bill.items[0].resource) == workspace.key
            ):
                inside[workspace.key] = inside.get(workspace.key, Decimal(0)) + bill.monthly.amount
    done = {one.key for one in parts}
    for resource in facts.snapshot.resources:
        if resource.key in done:
            continue
        done.add(resource.key)
        bill = facts.bill(resource)
        rest = bill.monthly.amount - inside.get(resource.key, Decimal(0))
        if rest > Decimal("0.005"):
            yield resource, _less(bill, rest)


def _less(bill: Bill, amount: Decimal) -> Bill:
    """The bill, made smaller to an amount."""
    share = amount / bill.monthly.amount
    items = tuple(msgspec.structs.replace(one, monthly=one.monthly * share) for one in bill.items)
    return msgspec.structs.replace(bill, items=items)


def _machine_bill(part: Resource, facts: Facts) -> Bill:
    try:
        return machine_learning.machine_bill(part, facts)
    except Blind:
        return Bill(facts.currency, ())


def _read(resource: Resource, facts: Facts) -> Read:
    reader = _READERS.get(resource.type)
    return reader(resource, facts) if reader else "no model reads this type"


def _machine(resource: Resource, facts: Facts) -> Read:
    machine = machines.machine_of(resource, facts)
    if machine is None:
        return "Azure does not say its size"
    model = VirtualMachine(
        name=resource.name,
        region=resource.location,
        size=machine.size,
        os=machine.os,
        purchase=Purchase.SPOT if machine.is_spot else Purchase.PAY_AS_YOU_GO,
        hybrid_benefit=machine.os == "windows" and machine.uses_hybrid_benefit,
    )
    return _by_hours(model, machines.compute(facts, resource))


def _ml_machine(part: Resource, facts: Facts) -> Read:
    size = machine_learning.size_of(part, facts)
    if facts.catalogue.vm_size(size) is None:
        return "Azure does not say its size"
    workspace = machine_learning.workspace_of(part, facts)
    region = part.location or (workspace.location if workspace else "")
    model = VirtualMachine(name=part.name, region=region, size=size)
    return _by_hours(model, _machine_bill(part, facts))


def _by_hours(model: VirtualMachine, bill: Bill) -> Read:
    """The machine, for the hours that were billed."""
    if any(one.is_committed for one in bill.items):
        return "a reservation or savings plan pays for it"
    if bill.quantity <= 0:
        return "no hours were billed"
    count = Decimal(math.ceil(bill.quantity / (HOURS_PER_MONTH + 1)))
    hours = bill.quantity / count
    known = msgspec.structs.replace(
        model, count=count, hours=Hours(min(hours, HOURS_PER_MONTH), f"{hours:.1f}")
    )
    return known, bill


def _disk(disk: Resource, facts: Facts) -> Read:
    type_, size = disk.sku.name, disk.number("diskSizeGB")
    if type_ not in get_args(DiskType) or not size:
        return "Azure does not say its type and size"
    is_set = type_ in ("PremiumV2_LRS", "UltraSSD_LRS")
    iops, mbps = (
        Decimal(str(set_to)) if is_set and (set_to := disk.number(path)) else None
        for path in ("diskIOPSReadWrite", "diskMBpsReadWrite")
    )
    model = ManagedDisk(
        name=disk.name,
        region=disk.location,
        type=cast("DiskType", type_),
        size_gb=Decimal(str(size)),
        iops=iops,
        mbps=mbps,
    )
    return model, facts.bill(disk)


def _snapshot(kept: Resource, facts: Facts) -> Read:
    bill = facts.bill(kept)
    if bill.quantity <= 0:
        return "no gigabytes were billed"
    is_premium = kept.sku.name.lower() == "premium_lrs"
    model = Snapshot(
        name=kept.name,
        region=kept.location,
        size_gb=bill.quantity,
        type="Premium_LRS" if is_premium else "Standard_LRS",
    )
    return model, bill


def _address(address: Resource, facts: Facts) -> Read:
    is_basic = address.sku.name.lower() == "basic"
    is_dynamic = address.is_one_of("publicIPAllocationMethod", "Dynamic")
    model = PublicIp(
        name=address.name,
        region=address.location,
        sku="Basic" if is_basic else "Standard",
        allocation="Dynamic" if is_basic and is_dynamic else "Static",
    )
    return model, facts.bill(address)


def _nat(gateway: Resource, facts: Facts) -> Read:
    return NatGateway(name=gateway.name, region=gateway.location), facts.bill(gateway)


def _bastion(host: Resource, facts: Facts) -> Read:
    sku = host.sku.name.capitalize() or "Basic"
    if sku not in ("Developer", "Basic", "Standard", "Premium"):
        return f"no model of the SKU {sku}"
    model = Bastion(name=host.name, region=host.location)
    return msgspec.structs.replace(model, sku=sku), facts.bill(host)


def _logs(workspace: Resource, facts: Facts) -> Read:
    bill = facts.bill(workspace)
    if bill.only(meter="Capacity Reservation").items:
        return "no model reads a commitment tier from the inventory"
    analytics, basic = (
        bill.only(meter=f"{plan} Logs Data Ingestion").quantity for plan in ("Analytics", "Basic")
    )
    model = LogAnalytics(
        name=workspace.name,
        region=workspace.location,
        analytics_gb=analytics,
        basic_gb=basic,
        retention_days=Decimal(str(workspace.number("retentionInDays") or FREE_DAYS)),
    )
    return model, bill


_AT_WORKSPACE = (machine_learning.COMPUTE.lower(), machine_learning.DEPLOYMENT.lower())
_READERS: dict[str, Callable[[Resource, Facts], Read]] = {
    _VM: _machine,
    "microsoft.compute/virtualmachinescalesets": _machine,
    **dict.fromkeys(_AT_WORKSPACE, _ml_machine),
    "microsoft.operationalinsights/workspaces": _logs,
    "microsoft.compute/disks": _disk,
    "microsoft.compute/snapshots": _snapshot,
    "microsoft.network/publicipaddresses": _address,
    "microsoft.network/natgateways": _nat,
    "microsoft.network/bastionhosts": _bastion,
}


def matched(estimate: Estimate, facts: Facts) -> tuple[Explained, ...]:
    """The services of a specification beside what their resources are billed for.

    A resource belongs to a service of its kind that has its name (`web` also has `web-0` and
    `web-1`, if nothing is called `web`); else to the only service of its kind that is left,
    if it is the only such resource. Each resource is taken once.
    """
    found: dict[str, list[Resource]] = {}
    taken: set[str] = set()
    for how in (_by_name, _by_beginning, _by_kind):
        for one in estimate.resources:
            if one.name not in found:
                left = _left(one.kind, facts, taken)
                chosen = how(one, left, estimate.resources, found)
                if chosen:
                    found[one.name] = chosen
                    taken |= {part.key for part in chosen}
    missing = {one.resource: one.reason for one in estimate.unpriced}
    bills = {part.key: bill for part, bill in _billed(facts)}
    rows, parts_taken = [], set(taken)
    for one in estimate.resources:
        parts = [part for own in found.get(one.name, []) for part in _whole(own, facts)]
        own_keys = {part.key for part in found.get(one.name, [])}
        fresh = [p for p in parts if p.key in own_keys or p.key not in parts_taken]
        parts_taken |= {part.key for part in fresh}
        billed = [p for p in {p.key: p for p in fresh}.values() if p.key in bills]
        cost = total((bills[part.key].monthly for part in billed), facts.currency)
        rows.append(_row(one, billed, cost, missing))
    return tuple(rows)


def _row(
    one: ResourceEstimate, parts: Sequence[Resource], billed: Money, missing: dict[str, str]
) -> Explained:
    reason = "" if parts else "nothing of this name or kind is billed"
    return Explained(
        name=one.name,
        kind=one.kind,
        modelled=None if one.name in missing else one.monthly,
        billed=billed,
        resources=tuple(part.id for part in parts),
        reason=missing.get(one.name, reason),
    )


def unexplained(rows: Iterable[Explained], facts: Facts) -> tuple[Explained, ...]:
    """The billed resources that no row is about, the dearest first."""
    known = {key_of(id_) for one in rows for id_ in one.resources}
    left = [
        Explained(
            name=resource.name,
            kind=resource.type,
            modelled=None,
            billed=bill.monthly,
            resources=(resource.id,),
            reason="not in the specification",
        )
        for resource, bill in _billed(facts)
        if resource.key not in known
    ]
    return tuple(sorted(left, key=lambda one: -one.billed.amount))


Found = dict[str, list[Resource]]


def _left(kind: str, facts: Facts, taken: set[str]) -> list[Resource]:
    every = (one for type_ in TYPES.get(kind, ()) for one in facts.by_type(type_))
    return [one for one in every if one.key not in taken]


def _by_name(
    one: ResourceEstimate, left: list[Resource], _: Sequence[ResourceEstimate], __: Found
) -> list[Resource]:
    return [part for part in left if part.name.lower() == one.name.lower()]


def _by_beginning(
    one: ResourceEstimate, left: list[Resource], _: Sequence[ResourceEstimate], __: Found
) -> list[Resource]:
    begin = one.name.lower()
    return [
        part
        for part in left
        if part.name.lower().startswith(begin)
        and part.name.lower().removeprefix(begin).lstrip("-_").isdigit()
    ]


def _by_kind(
    one: ResourceEstimate, left: list[Resource], every: Sequence[ResourceEstimate], found: Found
) -> list[Resource]:
    types = TYPES.get(one.kind, ())
    rivals = [o for o in every if o.name not in found and set(TYPES.get(o.kind, ())) & set(types)]
    return left if len(left) == 1 and rivals == [one] else []


def _whole(resource: Resource, facts: Facts) -> Iterator[Resource]:
    """A resource with what it consists of: parts, disks, and a cluster's own group."""
    yield resource
    for part in facts.children(resource):
        yield from _whole(part, facts)
    yield from facts.attached_to(resource)
    if group := resource.text("nodeResourceGroup"):
        scope = f"/subscriptions/{resource.subscription}/resourcegroups/{group.lower()}/"
        yield from (one for one in facts.snapshot.resources if one.key.startswith(scope))
