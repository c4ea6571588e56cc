"""The Azure commands that create what was advised."""

from __future__ import annotations

import shlex

from azcost.optimise.spot_plan import Choice
from azcost.report.document import Code

_BREAK = " \\\n  "


def codes(best: Choice) -> list[Code]:
    """A spot machine, and a spot node pool of AKS; names are left to the reader."""
    place = best.place
    vm = [
        "az vm create",
        '--resource-group "$RESOURCE_GROUP" --name "$NAME"',
        f"--location {shlex.quote(place.region)}",
        f"--size {shlex.quote(place.size)}",
        '--image "$IMAGE"',
        "--priority Spot --eviction-policy Deallocate --max-price -1",
    ]
    if place.job.machines > 1:
        vm.append(f"--count {place.job.machines}")
    pool = [
        "az aks nodepool add",
        '--resource-group "$RESOURCE_GROUP" --cluster-name "$CLUSTER" --name spot',
        f"--node-vm-size {shlex.quote(place.size)}",
        "--priority Spot --eviction-policy Delete --spot-max-price -1",
        f"--enable-cluster-autoscaler --min-count 0 --max-count {place.job.machines}",
    ]
    return [
        Code(title="A spot machine", text=_BREAK.join(vm)),
        Code(title=f"Or a spot node pool of AKS, in {place.region}", text=_BREAK.join(pool)),
    ]
