"""Azure ML training jobs: hours of the nodes that they run on.

Azure Machine Learning adds no charge of its own to the machines.

Prices: https://azure.microsoft.com/pricing/details/machine-learning/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import Amount, Count, Operations, VmSize
from azcost.meters.compute import vm_hours
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource


class MlJob(Resource, frozen=True, kw_only=True):
    """A job that runs so often in a month, on serverless compute or a cluster of its own."""

    kind: ClassVar[str] = "ml_job"

    size: VmSize
    """The size of a node as Azure names it: `Standard_NC24ads_A100_v4`."""
    nodes: Count = Decimal(1)
    """Nodes that a run uses."""
    hours: Amount
    """Hours that a run takes, from the start of its nodes to their release."""
    runs: Operations = Decimal(1)
    """Runs a month."""
    vm_priority: Literal["Dedicated", "LowPriority"] = "Dedicated"
    """LowPriority nodes may be taken away; they cost what spot machines cost."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hours of all nodes in all runs."""
        # Since 2026-03-31 low priority is billed at the spot rate (MicrosoftDocs/azure-ai-docs
        # pull request 806).
        low = self.vm_priority == "LowPriority"
        yield from vm_hours(
            size=self.size,
            region=self.region,
            count=self.nodes,
            monthly=self.hours * self.runs,
            purchase=Purchase.SPOT if low else Purchase.PAY_AS_YOU_GO,
        )
