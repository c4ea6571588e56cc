"""Azure ML compute clusters: hours of the nodes, those kept running and those scaled up.

Azure Machine Learning adds no charge of its own to the machines.

Prices: https://azure.microsoft.com/pricing/details/machine-learning/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from azcost.estimate import Charge
from azcost.fields import Amount, Hours, Operations, VmSize
from azcost.meters.compute import vm_hours
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource
from azcost.units import HOURS_PER_MONTH, plain

# A cluster has at most so many: https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas
Nodes = Annotated[Decimal, Meta(ge=0, le=65_000)]
# The default: https://learn.microsoft.com/azure/machine-learning/how-to-manage-optimize-cost
_IDLE_SECONDS = Decimal(120)
_SECONDS_PER_HOUR = 3600


class MlComputeCluster(Resource, frozen=True, kw_only=True):
    """A cluster of nodes that scales between a least and a greatest number."""

    kind: ClassVar[str] = "ml_compute_cluster"

    size: VmSize
    """The size of a node as Azure names it: `Standard_NC4as_T4_v3`."""
    vm_priority: Literal["Dedicated", "LowPriority"] = "Dedicated"
    """LowPriority nodes may be taken away; they cost what spot machines cost."""
    min_nodes: Nodes = Decimal(0)
    """Nodes that are kept running, jobs or not."""
    max_nodes: Nodes | None = None
    """The most nodes that it scales to; not billed, only checked against `nodes`."""
    nodes: Nodes = Decimal(1)
    """Nodes that run while jobs do, on average, `min_nodes` among them."""
    hours: Hours = Hours(Decimal(0), "0")
    """When jobs run: hours a month, or a weekly schedule; never, if left out."""
    scale_downs: Operations = Decimal(0)
    """How often in a month it scales down: nodes are billed while they wait for that."""
    idle_seconds_before_scale_down: Amount = _IDLE_SECONDS
    """How long nodes wait for further jobs before each scale-down."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How `min_nodes` are bought; further nodes are pay-as-you-go."""

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.max_nodes is not None and max(self.nodes, self.min_nodes) > self.max_nodes:
            raise ValueError(
                f"`max_nodes`: `nodes` ({plain(self.nodes)}) and `min_nodes` "
                f"({plain(self.min_nodes)}) cannot be more than that"
            )
        if self.vm_priority == "LowPriority" and self.purchase is not Purchase.PAY_AS_YOU_GO:
            raise ValueError(
                "`purchase`: nodes of `vm_priority: LowPriority` are billed at the spot price; "
                "leave it out"
            )
        if self.purchase is Purchase.SPOT:
            raise ValueError("`purchase`: say `vm_priority: LowPriority` for nodes at spot prices")
        if self.purchase is not Purchase.PAY_AS_YOU_GO and not self.min_nodes:
            raise ValueError(
                "`purchase` is that of the nodes kept running; give `min_nodes`, or leave it out"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the nodes kept running all the month, and those scaled up for jobs."""
        idle = self.scale_downs * self.idle_seconds_before_scale_down / _SECONDS_PER_HOUR
        scaled_up = max(self.nodes - self.min_nodes, Decimal(0))
        busy = min(self.hours.monthly + idle, HOURS_PER_MONTH)
        # Since 2026-03-31 low priority is billed at the spot rate (MicrosoftDocs/azure-ai-docs
        # pull request 806).
        low = self.vm_priority == "LowPriority"
        rest = Purchase.SPOT if low else Purchase.PAY_AS_YOU_GO
        kept = Purchase.SPOT if low else self.purchase
        yield from self._hours(self.min_nodes, HOURS_PER_MONTH, kept, "kept running")
        yield from self._hours(scaled_up, busy, rest, "scaled up")

    def _hours(
        self, nodes: Decimal, monthly: Decimal, purchase: Purchase, why: str
    ) -> Iterator[Charge]:
        if not nodes or not monthly:
            return
        for charge in vm_hours(
            size=self.size, region=self.region, count=nodes, monthly=monthly, purchase=purchase
        ):
            yield replace(charge, label=f"{charge.label}, {why}")

    def notes(self) -> Iterator[str]:
        """Say what Azure bills beside it, and when nothing is."""
        if not self.min_nodes and not self.hours.monthly and not self.scale_downs:
            yield "nothing is billed while `min_nodes` is 0 and no jobs run: give `hours`"
        # https://learn.microsoft.com/azure/machine-learning/concept-plan-manage-cost
        yield "Azure also bills a Standard load balancer for every 50 nodes: add a `load_balancer`"
