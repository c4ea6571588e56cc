"""What a reader of a lifecycle answer should know about the policy and the blobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from azcost.meters.cohorts import Cohort
from azcost.optimise.lifecycle.policy import MOVES, Action, Policy

_SHOWN = 3


def remarks(cohorts: Sequence[Cohort], policy: Policy | None) -> Iterator[str]:
    """Yield what of the policy does nothing, and what of the blobs is not known."""
    if policy is not None:
        yield from _about(policy, cohorts)
    if policy is not None and policy.tracks_access and any(one.reads for one in cohorts):
        yield (
            "by last access: reads fall on each blob at random, at the rates given; what the "
            "policy costs is the expectation; going back to Hot is a write, at any time (Azure: "
            "once in 30 days); what is deleted by last access the optimum keeps"
        )
    if any(cohort.hierarchical_namespace for cohort in cohorts):
        yield (
            "with a hierarchical namespace every 4 MiB that is read or written through dfs is an "
            "operation; here each read, write and move of a blob is one"
        )
    unknown = [cohort.name for cohort in cohorts if cohort.reads is None]
    if unknown and len(unknown) < len(cohorts):
        yield f"no reads are counted of {_some(unknown)}: how often they are read is not said"


def _about(policy: Policy, cohorts: Sequence[Cohort]) -> Iterator[str]:
    for rule in policy.rules:
        if not rule.enabled:
            yield f"rule {rule.name} is disabled and was left out"
            continue
        partly = [cohort.name for cohort in cohorts if rule.is_for_some_of(cohort)]
        if partly:
            yield (
                f"rule {rule.name} may be for some blobs of {_some(partly)}, and was left out "
                "there: describe those under its prefix as a cohort of their own"
            )
        elif not any(rule.applies(cohort) for cohort in cohorts):
            yield f"rule {rule.name} is for none of these blobs"
        for part, actions in rule.actions.items():
            yield from (f"rule {rule.name}, {part}: {said}" for said in _idle(actions))


def _idle(actions: Sequence[Action]) -> Iterator[str]:
    """Yield the actions that a colder one, due no later, always takes the place of."""
    for one in actions:
        if one.move == "tierToHot":
            yield "tierToHot warms nothing here: it is for premium accounts"
        for other in actions:
            colder = MOVES.index(other.move) > MOVES.index(one.move)
            mine, its = dict(one.condition.since()), dict(other.condition.since())
            if colder and mine.keys() == its.keys() and all(its[k] <= mine[k] for k in its):
                yield f"{one.move} never happens: {other.move} is due as early, and wins"
                break


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
