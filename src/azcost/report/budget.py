"""Budgets as documents: what is to change, what exists, what was checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from azcost.actions.budget import Budget, Standing, plain
from azcost.actions.budget_change import BudgetChange, settings
from azcost.actions.difference import Difference, Verb
from azcost.actions.proposal import Proposal
from azcost.report.document import Code, Document, Part, Table

COUNTED = (
    "Azure counts a budget in the billing currency, in what is billed on the day: reservations "
    "on the day of their purchase, where azcost spreads them."
)
_PERIODS = {"Monthly": "a month", "Quarterly": "a quarter", "Annually": "a year"}
_DONE = {
    Verb.CREATE: "Created",
    Verb.UPDATE: "Changed",
    Verb.DELETE: "Deleted",
}
_TO_DO = {
    Verb.CREATE: "would create",
    Verb.UPDATE: "would change",
    Verb.DELETE: "would delete",
}


class Stage(StrEnum):
    """How far a change is: thought of without a look at Azure, compared with it, or done."""

    NOT_COMPARED = "not compared"
    PLANNED = "planned"
    DONE = "done"


def change_document(
    change: BudgetChange, stage: Stage, proposal: Proposal | None = None, notes: Sequence[str] = ()
) -> Document:
    """What is to be done to a budget, or was done: the differences and the JSON."""
    budget = change.budget
    parts: list[Part] = []
    if change.differences:
        parts.append(differences_table(change.differences, change.verb))
    if change.body and stage is not Stage.DONE and change.verb is not Verb.NOTHING:
        text = json.dumps(change.body, indent=2, ensure_ascii=False)
        parts.append(Code(title=f"PUT {budget.path}", text=text, language="json"))
    return Document(
        title=f"Budget {budget.name} of the {budget.scope}",
        verdict=_change_verdict(change, budget, stage),
        parts=tuple(parts),
        notes=(*_proposal_notes(proposal), *notes),
        facts={
            "schema": 1,
            "stage": str(stage),
            "verb": str(change.verb),
            "path": budget.path,
            "amount": budget.amount,
            "differences": [
                {"setting": one.setting, "before": one.before, "after": one.after}
                for one in change.differences
            ],
            "body": _exact(change.body),
            "proposal": proposal and proposal_facts(proposal),
        },
    )


def differences_table(found: Sequence[Difference], verb: Verb) -> Table:
    """The settings that a change sets, changes or takes away."""
    if verb is Verb.CREATE:
        rows = tuple((one.setting, one.after) for one in found)
        return Table(columns=("setting", "value"), rows=rows, left=(0, 1))
    if verb is Verb.DELETE:
        rows = tuple((one.setting, one.before) for one in found)
        return Table(columns=("setting", "value"), rows=rows, left=(0, 1))
    return Table(
        columns=("setting", "now", "then"),
        rows=tuple((one.setting, one.before or "-", one.after or "-") for one in found),
        left=(0, 1, 2),
    )


def _change_verdict(change: BudgetChange, budget: Budget, stage: Stage) -> str:
    what = in_words(budget)
    if change.verb is Verb.NOTHING:
        return f"Nothing to do: {what} is there already, just so."
    if stage is Stage.DONE:
        return f"{_DONE[change.verb]}: {what}."
    compared = (
        ": not compared with what exists" if stage is Stage.NOT_COMPARED else ": nothing is changed"
    )
    return f"This {_TO_DO[change.verb]} {what}{compared}."


def in_words(budget: Budget) -> str:
    """A budget in a few words."""
    count = len(budget.notifications)
    thresholds = "without a threshold" if not count else f"with {count} thresholds"
    if count == 1:
        thresholds = "with 1 threshold"
    return (
        f"the budget {budget.name} of {budget.amount:,} "
        f"{_PERIODS.get(budget.grain, budget.grain)} {thresholds}"
    )


def _proposal_notes(proposal: Proposal | None) -> list[str]:
    if proposal is None:
        return []
    ends = ""
    if proposal.low is not None and proposal.high is not None:
        ends = f", expected {proposal.expected:,}, from {proposal.low:,} to {proposal.high:,}"
    amount = (
        f"The amount: {proposal.basis}{ends} ({proposal.currency}); rounded up to "
        f"{proposal.amount:,}."
    )
    return [amount, COUNTED]


def proposal_facts(proposal: Proposal) -> dict[str, object]:
    """A proposal for programs."""
    return {
        "amount": proposal.amount,
        "currency": proposal.currency,
        "exact": proposal.exact,
        "low": proposal.low,
        "expected": proposal.expected,
        "high": proposal.high,
        "basis": proposal.basis,
    }


def _exact(value: object) -> object:
    """JSON's floats as decimals, which is what facts have."""
    if isinstance(value, dict):
        return {name: _exact(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_exact(inner) for inner in value]
    return Decimal(str(value)) if isinstance(value, float) else value


def list_document(where: str, found: Sequence[Standing]) -> Document:
    """The budgets of a scope with what is spent of them."""
    over = [one.budget.name for one in found if _is_over(one)]
    verdict = f"The {where} has {len(found)} budgets, {_over_words(over)}."
    if not found:
        verdict = f"The {where} has no budget: azcost budget create makes one."
    if len(found) == 1:
        verdict = f"The {where} has 1 budget, {_over_words(over)}."
    rows = tuple(
        (
            one.budget.name,
            f"{one.budget.amount:,}",
            one.budget.grain,
            _amount(one.spent),
            _share(one),
            _amount(one.forecast),
            one.currency,
            ", ".join(str(each.threshold) for each in one.budget.notifications),
        )
        for one in found
    )
    columns = ("", "amount", "grain", "spent", "share", "Azure's forecast", "", "thresholds")
    return Document(
        title=f"Budgets of the {where}",
        verdict=verdict,
        parts=(Table(columns=columns, rows=rows, left=(0, 2, 6, 7)),) if rows else (),
        notes=(LATE,) if rows else (),
        facts={"schema": 1, "budgets": [standing_facts(one) for one in found]},
    )


LATE = "Azure works out what is spent about once a day, from costs that are a day or two late."


def show_document(found: Standing) -> Document:
    """One budget with all its settings."""
    spent = "nothing is known of its spending yet"
    if found.spent is not None:
        spent = f"{' '.join(filter(None, (f'{found.spent:,}', found.currency)))} are spent"
    ahead = f", {found.forecast:,} expected by Azure" if found.forecast is not None else ""
    return Document(
        title=f"Budget {found.budget.name} of the {found.budget.scope}",
        verdict=f"Of {in_words(found.budget)}, {spent}{ahead}.",
        parts=(
            Table(
                columns=("setting", "value"),
                rows=tuple(settings(found.budget).items()),
                left=(0, 1),
            ),
        ),
        notes=(LATE,),
        facts={"schema": 1, **standing_facts(found)},
    )


def standing_facts(one: Standing) -> dict[str, object]:
    """A budget that exists, for programs."""
    return {
        "name": one.budget.name,
        "path": one.budget.path,
        "amount": one.budget.amount,
        "currency": one.currency or None,
        "spent": one.spent,
        "forecast": one.forecast,
        "settings": dict(settings(one.budget)),
    }


def _is_over(one: Standing) -> bool:
    return one.spent is not None and one.spent > one.budget.amount


def _over_words(over: Sequence[str]) -> str:
    return f"{', '.join(over)} exceeded" if over else "none exceeded"


def _amount(amount: Decimal | None) -> str:
    return "?" if amount is None else f"{round(amount, 2):,}"


def _share(one: Standing) -> str:
    if one.spent is None:
        return "?"
    return f"{plain(round(100 * one.spent / one.budget.amount, 1))}%"
