"""What an audit found, with exemptions taken out and nothing counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from azcost.advice.commitments import Commitments, committed
from azcost.advice.exemptions import Exemption, dismissed
from azcost.advice.ledger import Entry, Ledger
from azcost.audit.bill import Saving
from azcost.audit.facts import Facts
from azcost.audit.run import Audit, Finding
from azcost.audit.snapshot import Snapshot
from azcost.money import total


class Exempted(msgspec.Struct, frozen=True):
    """A finding that somebody decided to live with."""

    finding: Finding
    exemption: Exemption


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """An audit with its ledger.

    `saving` is what all that is counted saves together, None when the bill is not known.
    `expired` are findings that came back, `unused` exemptions that cover nothing any more,
    `commitments` what the entries leave to commit to, where that was asked for.
    """

    audit: Audit
    saving: Saving | None
    entries: tuple[Entry, ...]
    exempted: tuple[Exempted, ...] = ()
    expired: tuple[Exempted, ...] = ()
    unused: tuple[Exemption, ...] = ()
    commitments: Commitments | None = None


def advise(audit: Audit, snapshot: Snapshot, exemptions: Sequence[Exemption] = ()) -> Advice:
    """The ledger of an audit; what is exempt takes no part in it."""
    every = (*exemptions, *dismissed(snapshot.recommendations))
    exempted: list[Exempted] = []
    expired: list[Exempted] = []
    kept: list[Finding] = []
    for finding in audit.findings:
        about = [one for one in every if one.covers(finding)]
        valid = next((one for one in about if not one.has_expired(audit.taken_on)), None)
        if valid:
            exempted.append(Exempted(finding, valid))
            continue
        kept.append(finding)
        expired += [Exempted(finding, one) for one in about[:1]]
    entries = Ledger(snapshot).entries(kept)
    return Advice(
        audit=audit,
        saving=None if audit.cost is None else together(audit.currency, entries),
        entries=entries,
        exempted=tuple(exempted),
        expired=tuple(expired),
        unused=tuple(
            one for one in exemptions if not any(one.covers(found) for found in audit.findings)
        ),
    )


def with_commitments(advice: Advice, facts: Facts) -> Advice:
    """The advice with what to commit to once everything that is counted is done."""
    return msgspec.structs.replace(advice, commitments=committed(facts, advice.entries))


def together(currency: str, entries: Iterable[Entry]) -> Saving:
    """The sum of the entries that are counted."""
    counted = [one.saving for one in entries if one.counted and one.saving]
    return Saving(
        total((one.low for one in counted), currency),
        total((one.expected for one in counted), currency),
        total((one.high for one in counted), currency),
    )
