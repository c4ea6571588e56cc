"""A job on spot machines, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from azcost.optimise import spot
from azcost.optimise.deadline_plan import DeadlinePlan
from azcost.optimise.evictions import hazard
from azcost.optimise.spot import Run
from azcost.optimise.spot_plan import Choice, cost_of
from azcost.report import spot_charts, spot_commands, spot_deadline, spot_facts
from azcost.report.document import Document, Paragraph, Part, Table
from azcost.report.spot_words import advice, money, several, share, span


def document(
    choices: Sequence[Choice], plan: DeadlinePlan | None, own_interval: float | None
) -> Document:
    """The answer of `azcost spot`: places, cheapest first, and the best place in detail.

    `plan` is the best place's with a deadline; `own_interval` (hours) is compared.
    """
    best = choices[0]
    runs = intervals(best, own_interval)
    parts: list[Part] = [_places(choices), _intervals(best, runs)]
    if plan is not None:
        parts += spot_deadline.parts(plan, best)
    parts += [*spot_charts.charts(best), Paragraph(_max_price(best)), *spot_commands.codes(best)]
    return Document(
        title=_title(best),
        verdict=spot_deadline.verdict(plan, best) if plan else _verdict(best),
        parts=tuple(parts),
        notes=tuple(_notes(choices, plan)),
        facts=spot_facts.facts(choices, runs, plan),
    )


def _title(best: Choice) -> str:
    job = best.place.job
    machines = f"{job.machines:,} x " if job.machines > 1 else ""
    return f"{span(job.work)} of work on {machines}{best.place.size}, spot"


def _verdict(best: Choice) -> str:
    place, currency = best.place, best.place.currency
    low, high = best.costs
    where = f"{place.size} in {place.region}"
    if best.saving <= 0:
        return (
            f"Do not use spot: on {where} the run is expected to cost {best.cost}, and "
            f"{best.on_demand} pay-as-you-go."
        )
    return (
        f"Use spot: on {where} the run is expected to cost {best.cost} ({money(low)} to "
        f"{money(high)} {currency} in 9 of 10 runs) in place of {best.on_demand} pay-as-you-go, "
        f"{share(best.saving)} less, and cheaper in {share(best.cheaper)} of drawn runs. It is "
        f"expected to take {span(best.run.elapsed)} in place of "
        f"{span(place.job.work)}. {advice(best.run)}"
    )


def _places(choices: Sequence[Choice]) -> Table:
    currency = choices[0].place.currency
    return Table(
        title="Where, the cheapest first",
        columns=(
            "size", "region", "evictions per hour (90 %)", f"spot {currency}/h",
            "checkpoint every", "hours (90 %)", f"{currency} a run (90 %)", "a GPU-hour",
            "pay-as-you-go", "saving",
        ),
        rows=tuple(_place(choice) for choice in choices),
        left=(0, 1),
    )  # fmt: skip


def _place(choice: Choice) -> tuple[str, ...]:
    place, run = choice.place, choice.run
    return (
        place.size,
        place.region,
        f"{choice.rate:.3f} ({choice.rates[0]:.3f} to {choice.rates[1]:.3f})",
        f"{place.hourly(place.spot) / place.job.machines:.4f}",
        "notice" if run.interval is None else span(run.interval),
        f"{run.elapsed:,.1f} ({choice.elapsed[0]:,.1f} to {choice.elapsed[1]:,.1f})",
        f"{money(choice.cost.amount)} ({money(choice.costs[0])} to {money(choice.costs[1])})",
        "" if choice.per_gpu_hour is None else f"{choice.per_gpu_hour:.4f}",
        money(choice.on_demand.amount),
        share(choice.saving),
    )


def intervals(best: Choice, own: float | None) -> list[tuple[str, Run]]:
    """The named ways to checkpoint, and what they lead to."""
    job, rate = best.place.job, best.rate
    all_ = rate * job.machines
    named: list[tuple[str, Run]] = []
    if job.fits_notice:
        named.append(("at the notice", best.run))
    if job.checkpoint:
        for name, interval in (
            ("the optimum (Lambert W)", spot.best_interval(all_, job.checkpoint)),
            ("Young 1974", spot.young_interval(all_, job.checkpoint)),
            ("Daly 2006", spot.daly_interval(all_, job.checkpoint)),
        ):
            named.append((name, spot.run(job, rate, interval)))
    if own is not None:
        named.append(("yours", spot.run(job, rate, own)))
    return [*named, ("none: start again", spot.run(job, rate, job.work))]


def _intervals(best: Choice, runs: Sequence[tuple[str, Run]]) -> Table:
    return Table(
        title=f"How often to checkpoint ({best.place.region})",
        columns=("rule", "every", "hours", "evictions", f"{best.place.currency} a run"),
        rows=tuple(_interval(best, name, run) for name, run in runs),
    )


def _interval(best: Choice, name: str, run: Run) -> tuple[str, ...]:
    every = "" if run.interval is None else span(run.interval)
    if run.elapsed > _ENDLESS * best.place.job.work:
        return (name, every, "never ends", "", "")
    cost = cost_of(best.place, run)
    return (name, every, f"{run.elapsed:,.1f}", f"{run.evictions:,.1f}", money(cost))


_ENDLESS = 1_000


def _max_price(best: Choice) -> str:
    place = best.place
    dear = place.hourly(place.pay_as_you_go) / place.job.machines
    text = (
        "Maximum price: -1. Such a machine is never evicted for its price, and never pays more "
        f"than pay-as-you-go ({dear:,.4f} {place.currency} an hour)."
    )
    if 0 < best.break_even_price < dear:
        text += (
            f" From a spot price of {best.break_even_price:,.4f} an hour on this run would be "
            "cheaper on pay-as-you-go: a lower limit than that only adds evictions."
        )
    return text


def _notes(choices: Sequence[Choice], plan: DeadlinePlan | None) -> Iterator[str]:
    best = choices[0]
    job, belief = best.place.job, best.place.evictions
    yield (
        f"The rate of evictions in {best.place.region} is believed as if {belief.shape:.3g} had "
        f"been seen in {belief.hours:,.0f} machine-hours; an eviction rate of r per hour is "
        f"-ln(1 - r) evictions per hour (10 % is {hazard(0.1):.3f})."
    )
    if best.break_even_rate is not None:
        yield (
            f"Pay-as-you-go is cheaper from {best.break_even_rate:.2f} evictions per hour of a "
            "machine on, with checkpoints as often as is then best."
        )
    if job.machines > 1:
        yield f"The eviction of any of the {job.machines:,} machines stops the job."
    if not job.wait and plan is None:
        yield "No wait for capacity after an eviction is counted (--wait)."
    if best.run.interval is None:
        yield (
            "That every notice is received and its checkpoint written in time is assumed; what "
            "checkpoints at intervals would lead to is shown beside it."
        )
    if not best.place.disks:
        yield "No disk is counted (--disk Premium_LRS:128)."
    sizes = dict.fromkeys((one.place.size, one.place.job.work) for one in choices)
    if len(sizes) > 1 and len({work for _, work in sizes}) == 1:
        yield "Every size is taken to need the same hours; say --size NAME=HOURS if not."
    yield _provenance(choices)


def _provenance(choices: Sequence[Choice]) -> str:
    prices = [one for choice in choices for one in (choice.place.spot, choice.place.pay_as_you_go)]
    days = sorted({one.observed_on for one in prices if one.observed_on})
    sources = sorted({one.source for one in prices})
    seen = " to ".join(dict.fromkeys((days[0], days[-1]))) if days else ""
    return (
        f"Prices per hour: {several(sources)}, seen {seen}. Spot prices change every month, and "
        "nothing promises that there is capacity."
    )
