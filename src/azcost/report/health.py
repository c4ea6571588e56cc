"""What the doctor found, as a document."""

from __future__ import annotations

from collections.abc import Sequence

from azcost.audit.collect.doctor import Check, State
from azcost.report.document import Document, Paragraph, Table

SCHEMA = 1
ROLES = (
    "Roles that are enough: Reader and Cost Management Reader on the subscription (Reader has "
    "what Monitoring Reader has); and for reservations and savings plans, if there are any, "
    "Reservations Reader and Savings plan Reader, which are given for the tenant."
)


def document(checks: Sequence[Check], subscription: str) -> Document:
    """The checks in their order, and what to do about those that failed."""
    failed = [one.name for one in checks if one.state is State.FAILED]
    if failed:
        verdict = f"An audit would be incomplete: {', '.join(failed)}."
    elif subscription:
        verdict = "An audit can read what it needs."
    else:
        verdict = "Nothing was asked of Azure: --subscription ID checks the login and its roles."
    rows = tuple((one.name, one.state.value, one.said, one.todo) for one in checks)
    columns = ("check", "", "what came of it", "what to do")
    return Document(
        title=f"Doctor for {subscription}" if subscription else "Doctor",
        verdict=verdict,
        parts=(Table(columns=columns, rows=rows, left=(0, 1, 2, 3)), Paragraph(ROLES)),
        facts={
            "schema": SCHEMA,
            "subscription": subscription,
            "checks": [
                {"name": one.name, "state": one.state.value, "said": one.said, "todo": one.todo}
                for one in checks
            ],
        },
    )
