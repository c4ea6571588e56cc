"""The scenarios: ways to buy, to run and to keep what a design has.

Each finds by itself what it applies to: whatever has a field `purchase` can be bought in
another way, unless Azure's own rules, which the services check, forbid it.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace

from azcost.fields import Hours
from azcost.meters.compute import COMMITTED
from azcost.pricing.rows import Purchase
from azcost.scenarios.parts import Change, Stays
from azcost.spec.reader import hints_of, plain_type
from azcost.units import DAYS_PER_MONTH, HOURS_PER_MONTH

NO_CHOICE = "has no such choice"


class Family(StrEnum):
    """What `--allow` names."""

    PAY_AS_YOU_GO = "pay-as-you-go"
    RESERVED = "reserved"
    SAVINGS = "savings"
    SPOT = "spot"
    DEV_TEST = "dev-test"
    HYBRID_BENEFIT = "hybrid-benefit"
    SCHEDULE = "schedule"
    SIZE = "size"
    REDUNDANCY = "redundancy"
    TIER = "tier"
    BATCH = "batch"
    SCOPE = "scope"
    MODEL = "model"
    REGION = "region"


# Families of which a part can only have one: they are all ways to buy.
BUYING = (Family.PAY_AS_YOU_GO, Family.RESERVED, Family.SAVINGS, Family.SPOT, Family.DEV_TEST)
# What changes nothing but the bill: the same machines, there all the time.
PAYING_ONLY = (Family.PAY_AS_YOU_GO, Family.RESERVED, Family.SAVINGS)


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the parts of a design, and what must be true for it to be a choice."""

    name: str
    family: Family
    change: Change
    condition: str


_BUYING = {
    Purchase.PAY_AS_YOU_GO: (Family.PAY_AS_YOU_GO, "nothing: it can be stopped any time"),
    Purchase.RESERVED_1Y: (Family.RESERVED, "this size family stays in this region for the year"),
    Purchase.RESERVED_3Y: (Family.RESERVED, "this size family stays in this region for 3 years"),
    Purchase.SAVINGS_1Y: (Family.SAVINGS, "so much compute an hour is used for a year, any size"),
    Purchase.SAVINGS_3Y: (Family.SAVINGS, "so much compute an hour is used for 3 years, any size"),
    Purchase.SPOT: (
        Family.SPOT,
        "it may be interrupted with 30 seconds' notice, and nothing promises new capacity",
    ),
    Purchase.DEV_TEST: (
        Family.DEV_TEST,
        "a dev/test subscription, Visual Studio subscribers, and no production load",
    ),
}


def buying() -> Iterator[Scenario]:
    """Yield every way to buy."""
    for purchase, (family, condition) in _BUYING.items():
        yield Scenario(
            name=purchase.value, family=family, change=_bought(purchase), condition=condition
        )


def _bought(purchase: Purchase) -> Change:
    def change(part: Any, owner: Any) -> Any:
        fields = hints_of(type(part))
        if "vm_priority" in fields:
            return _ml_nodes(part, purchase)
        if "purchase" not in fields:
            raise Stays(NO_CHOICE)
        if getattr(part, "ptus", None) == 0:
            raise Stays("what models process is pay-as-you-go only")
        offered = choices(type(part), "purchase")
        if offered and purchase.value not in offered:
            raise Stays(f"{owner.kind} is not sold as {purchase}")
        if purchase in COMMITTED and part.purchase == Purchase.SPOT:
            raise Stays("is spot, which no commitment covers")
        if purchase is Purchase.DEV_TEST and getattr(part, "os", "") == "linux":
            raise Stays("runs Linux, which costs the same for dev/test")
        if purchase is Purchase.SPOT and part is not owner and _is_system_pool(part, owner):
            raise Stays("is the system pool, which cannot be spot")
        return replace(part, purchase=purchase)

    return change


def _is_system_pool(pool: Any, cluster: Any) -> bool:
    """Whether it is the first pool that is not spot: a cluster needs one, Automatic does not.

    https://learn.microsoft.com/azure/aks/spot-node-pool
    """
    if cluster.tier == "Automatic":
        return False
    steady = [other.name for other in cluster.node_pools if other.purchase is not Purchase.SPOT]
    return steady[:1] == [pool.name]


def _ml_nodes(part: Any, purchase: Purchase) -> Any:
    """Azure ML says `vm_priority` where others say spot."""
    can_commit = "purchase" in hints_of(type(part))
    plain = {"purchase": Purchase.PAY_AS_YOU_GO} if can_commit else {}
    if purchase is Purchase.SPOT:
        return replace(part, vm_priority="LowPriority", **plain)
    if purchase is Purchase.PAY_AS_YOU_GO:
        return replace(part, vm_priority="Dedicated", **plain)
    if not can_commit:
        raise Stays("runs only while jobs do, so there is nothing to commit to")
    if part.vm_priority == "LowPriority":
        raise Stays("is spot, which no commitment covers")
    return replace(part, purchase=purchase)


def choices(cls: type[Any], field: str) -> tuple[Any, ...]:
    """The values that a field may have; empty when it is not a choice."""
    base, _ = plain_type(hints_of(cls)[field])
    return typing.get_args(base) if typing.get_origin(base) is typing.Literal else ()


def licences() -> Scenario:
    """Bring the Windows Server or SQL Server licences that one has."""

    def change(part: Any, _: Any) -> Any:
        if "hybrid_benefit" not in hints_of(type(part)):
            raise Stays(NO_CHOICE)
        if getattr(part, "os", "") == "linux":
            raise Stays("needs no Windows licence")
        return replace(part, hybrid_benefit=True)

    return Scenario(
        name="hybrid benefit",
        family=Family.HYBRID_BENEFIT,
        change=change,
        condition="you have the licences (Windows or SQL Server, with Software Assurance); their "
        "price is not in this",
    )


# What can be stopped and started again, and is not billed while it is stopped.
_STOPPABLE = (
    "virtual_machine", "vm_scale_set", "aks", "ml_compute_instance", "container_instance",
    "postgresql",
)  # fmt: skip


def schedule(hours: Hours) -> Scenario:
    """Run only in these hours what can be stopped; disks and addresses stay."""

    def change(part: Any, owner: Any) -> Any:
        if owner.kind not in _STOPPABLE:
            raise Stays(NO_CHOICE)
        if part.hours.monthly <= hours.monthly:
            raise Stays("runs no longer than that already")
        if part.purchase in COMMITTED:
            raise Stays("is committed to, so its hours are paid whether it runs or not")
        return replace(part, hours=hours)

    share = hours.monthly / HOURS_PER_MONTH
    return Scenario(
        name=f"hours {hours.text}",
        family=Family.SCHEDULE,
        change=change,
        condition=f"nobody needs it outside these hours ({share:.0%} of a month); disks are always "
        "billed",
    )


def redundancies() -> Iterator[Scenario]:
    """Yield how many copies are kept, and where."""
    for redundancy, condition in (
        ("LRS", "losing a zone may lose the data, or make it unreachable"),
        ("ZRS", "the data survives the loss of a zone"),
        ("GRS", "the data survives the loss of a region; Azure decides when to fail over"),
    ):
        yield Scenario(
            name=f"redundancy {redundancy}",
            family=Family.REDUNDANCY,
            change=_redundancy(redundancy),
            condition=condition,
        )
    yield Scenario(
        name="no standby",
        family=Family.REDUNDANCY,
        change=_no_standby,
        condition="an outage of a zone or a machine may last until Azure has replaced it",
    )


def _redundancy(redundancy: str) -> Change:
    def change(part: Any, _: Any) -> Any:
        after = _disks(part, lambda kind: f"{kind.rpartition('_')[0]}_{redundancy}")
        if redundancy in (choices(type(part), "redundancy") if _has(part, "redundancy") else ()):
            after = replace(after, redundancy=redundancy)
        elif after is part:
            raise Stays(NO_CHOICE)
        return after

    return change


def _no_standby(part: Any, _: Any) -> Any:
    for field in ("zone_redundant", "high_availability"):
        if _has(part, field):
            return replace(part, **{field: False})
    raise Stays(NO_CHOICE)


def _has(part: Any, field: str) -> bool:
    return field in hints_of(type(part))


def _disks(part: Any, renamed: typing.Callable[[str], str]) -> Any:
    """The part with its disks of another type, where Azure has that type; itself if none has."""
    after = {}
    if part.__class__.__name__ in ("ManagedDisk", "Disk", "Snapshot"):
        kind = renamed(part.type)
        if kind != part.type and kind in choices(type(part), "type"):
            return replace(part, type=kind)
        return part
    for field in ("os_disk", "data_disks"):
        disks = getattr(part, field, None)
        if isinstance(disks, tuple):
            after[field] = tuple(_disks(disk, renamed) for disk in disks)
        elif disks is not None:
            after[field] = _disks(disks, renamed)
    if all(after[field] == getattr(part, field) for field in after):
        return part
    return replace(part, **after)


_TIERS = {
    "Hot": "is read at any time; no retrieval is billed",
    "Cool": "stays 30 days and is read seldom: GB read are billed, so give `retrieval_gb`",
    "Cold": "stays 90 days and is hardly read: GB read are billed, so give `retrieval_gb`",
    "Archive": "stays 180 days, and can be read only after hours of waiting",
}


def tiers() -> Iterator[Scenario]:
    """Yield the tiers that blobs, shares, disks and logs may be in."""
    for tier, condition in _TIERS.items():
        yield Scenario(
            name=f"tier {tier}", family=Family.TIER, change=_tier(tier), condition=condition
        )
    yield Scenario(
        name="disks Standard SSD",
        family=Family.TIER,
        change=_standard_ssd,
        condition="fewer IOPS will do; reads and writes are billed, so give `operations`",
    )
    yield Scenario(
        name="logs by the day",
        family=Family.TIER,
        change=_log_tier,
        condition="so many GB of logs arrive every day: they are paid for, used or not, 31 days "
        "at least",
    )


def _tier(tier: str) -> Change:
    def change(part: Any, owner: Any) -> Any:
        if owner.kind not in ("blob_storage", "file_share") or tier not in choices(
            type(part), "tier"
        ):
            raise Stays(NO_CHOICE)
        if part.tier in ("Premium", "SSD", "HDD"):
            raise Stays(f"is in a {part.tier} account, whose data has to be copied to another")
        return replace(part, tier=tier)

    return change


def _standard_ssd(part: Any, _: Any) -> Any:
    after = _disks(part, lambda kind: kind.replace("Premium_", "StandardSSD_"))
    if after is part:
        raise Stays(NO_CHOICE)
    return after


def _log_tier(part: Any, owner: Any) -> Any:
    """The largest commitment tier that the logs of a day fill."""
    if owner.kind != "log_analytics":
        raise Stays(NO_CHOICE)
    daily = part.analytics_gb / DAYS_PER_MONTH
    tiers = [tier for tier in choices(type(part), "tier") if tier.endswith(" GB")]
    filled = [tier for tier in tiers if Decimal(tier.removesuffix(" GB")) <= daily]
    if not filled:
        raise Stays(f"{daily:,.1f} GB of logs a day are less than the smallest tier, {tiers[0]}")
    return replace(part, tier=filled[-1])


def tokens(models: Iterable[str]) -> Iterator[Scenario]:
    """Yield how what models process may be ordered, and other models."""
    yield Scenario(
        name="batch tokens",
        family=Family.BATCH,
        change=_batch,
        condition="answers may take 24 hours; the prompt cache saves nothing there",
    )
    yield Scenario(
        name="global tokens",
        family=Family.SCOPE,
        change=_global,
        condition="prompts may be processed in any region of the world",
    )
    for model in models:
        yield Scenario(
            name=f"model {model}",
            family=Family.MODEL,
            change=_model(model),
            condition="its answers are good enough, and as long: measure that with your prompts",
        )


_BATCH = {"GlobalStandard": "GlobalBatch", "DataZoneStandard": "DataZoneBatch"}
_EVERYWHERE = {"DataZoneStandard": "GlobalStandard", "Standard": "GlobalStandard"}


def _batch(part: Any, owner: Any) -> Any:
    scope = _other_scope(part, owner, _BATCH)
    whole = part.input_tokens + part.cached_input_tokens
    return replace(part, scope=scope, input_tokens=whole, cached_input_tokens=Decimal(0))


def _global(part: Any, owner: Any) -> Any:
    return replace(part, scope=_other_scope(part, owner, _EVERYWHERE))


def _other_scope(part: Any, owner: Any, mapping: dict[str, str]) -> str:
    if owner.kind != "openai":
        raise Stays(NO_CHOICE)
    if part.scope not in mapping:
        raise Stays(f"is {part.scope}, which has no such choice")
    return mapping[part.scope]


def _model(model: str) -> Change:
    def change(part: Any, owner: Any) -> Any:
        if owner.kind != "openai":
            raise Stays(NO_CHOICE)
        if ("embedding" in part.model) != ("embedding" in model):
            raise Stays(f"{part.model} and {model} do different things: one makes embeddings")
        return replace(part, model=model, version="")

    return change
