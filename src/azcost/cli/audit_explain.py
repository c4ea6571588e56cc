"""`azcost audit explain`: how much of the real bill a model explains."""

from __future__ import annotations

from pathlib import Path

import click

from azcost import paths
from azcost.cli.answer import answer_options, show
from azcost.errors import AzcostError


@click.command()
@click.option("--spec", type=click.Path(path_type=Path), help="The specification of what runs.")
@click.option("--snapshot", "file", type=click.Path(path_type=Path), help="What is billed.")
@click.option("--demo", is_flag=True, help="The snapshot of a made-up company that ships.")
@answer_options
def explain(
    spec: Path | None,
    file: Path | None,
    demo: bool,  # noqa: FBT001 - click's flags
    format_: str,
) -> None:
    """Say how much of the real bill a specification explains, resource by resource.

    Without --spec the model is read from the inventory, as far as azcost can.

    Example: azcost audit explain --demo
    """
    if demo == (file is not None):
        raise click.UsageError("Say what is billed: --snapshot FILE, or --demo.")
    from azcost import observed
    from azcost.audit import run, snapshot
    from azcost.audit.facts import Facts
    from azcost.pricing.opening import open_catalogue
    from azcost.report.explanation import Explanation, document

    taken = snapshot.load(file or paths.shipped("examples") / "demo-snapshot.json.gz")
    facts = Facts(taken, open_catalogue(taken.currency))
    cost = run.audit(facts, ()).cost
    if cost is None:
        raise AzcostError("The snapshot has no costs: there is nothing to explain.")
    if spec is None:
        found = Explanation(model="the inventory", cost=cost, rows=observed.modelled(facts))
    else:
        from azcost import architecture

        design = architecture.load(spec, facts.catalogue, currency=taken.currency)
        rows = observed.matched(architecture.estimate(design, facts.catalogue), facts)
        left = observed.unexplained(rows, facts)
        found = Explanation(model=spec.name, cost=cost, rows=rows, left=left)
    show(document(found), format_)
