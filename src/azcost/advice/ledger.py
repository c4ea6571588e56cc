"""One ledger of savings: every meter of every resource gives its money once.

Findings are taken in the order delete, stop, schedule, tier, rightsize, licence, commit, and
the larger first within one. Of those that change how much of a meter is used, the first wins;
a licence of one's own and a commitment make cheaper what is left. Savings therefore add up,
and never to more than the bill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec

from azcost.audit import bill
from azcost.audit.bill import Claim, Saving
from azcost.audit.resource import key_of
from azcost.audit.rule import Action, Billed
from azcost.audit.run import Finding
from azcost.audit.snapshot import Snapshot
from azcost.money import Money

_ZERO, _ONE = Decimal(0), Decimal(1)
_ORDER = tuple(Action)
SUBSCRIPTION = "microsoft.resources/subscriptions"
# What makes the same use cheaper, and so works on what other findings leave.
_RATES = frozenset({Action.LICENCE, Action.COMMIT})
# What is switched off at times has no use for a price that is paid around the clock.
NOT_COMMITTED = frozenset({Action.DELETE, Action.STOP, Action.SCHEDULE})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A finding in the ledger.

    `saving` is what it adds to the total if it is `counted`, what it would save alone if
    not; None where the bill is not known. `overlaps_with` are the findings before it that
    are about the same money, and took all or a part of it.
    """

    finding: Finding
    saving: Saving | None
    counted: bool
    overlaps_with: tuple[Finding, ...] = ()


class _Taken(msgspec.Struct, frozen=True):
    """What a finding was granted of a meter."""

    finding: Finding
    amount: Decimal


class _Grant(msgspec.Struct, frozen=True):
    """What a finding was granted of each meter, and the findings that took the rest."""

    claims: tuple[Claim, ...] = ()
    rivals: tuple[Finding, ...] = ()

    @property
    def amount(self) -> Decimal:
        return sum((one.amount for one in self.claims), start=_ZERO)


class Ledger:
    """The money of a bill that is still there to be saved, by resource and meter."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.currency = snapshot.currency
        self._meters: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._left: dict[str, Decimal] = defaultdict(Decimal)
        self._whole = _ZERO
        for line in snapshot.costs.lines if snapshot.costs else ():
            item = bill.item(line)
            key = _key(item.resource)
            self._whole += item.monthly
            self._left[key] += item.monthly
            if not item.is_committed:
                self._meters[key, item.meter] += item.monthly
        self._taken: dict[tuple[str, str], list[_Taken]] = defaultdict(list)
        self._takers: dict[str, list[Finding]] = defaultdict(list)

    def entries(self, findings: Sequence[Finding]) -> tuple[Entry, ...]:
        """The findings with what each adds, in the order in which they are given.

        What is committed is saved at the high end only: of what all findings left.
        """
        places = sorted(range(len(findings)), key=lambda place: (*_rank(findings[place]), place))
        grants = {place: self._grant(findings[place]) for place in places}
        found = {place: self._entry(findings[place], grants[place]) for place in places}
        return tuple(found[place] for place in range(len(findings)))

    def _grant(self, finding: Finding) -> _Grant:
        if finding.waste.saving is None:
            return _Grant()
        rivals: list[Finding] = []
        claims: list[Claim] = []
        room = min(max(self._whole, _ZERO), finding.waste.saving.expected.amount)
        for (resource, meter), claimed in _by_meter(finding.waste.saving.claims).items():
            there, before = self._there(finding, resource, meter, claimed)
            rivals += before
            granted = min(there, max(self._left[resource], _ZERO), room)
            if granted > 0:
                claims.append(Claim(resource, meter, granted))
                self._taken[resource, meter].append(_Taken(finding, granted))
                self._takers[resource].append(finding)
                self._left[resource] -= granted
                self._whole -= granted
                room -= granted
        return _Grant(tuple(claims), _once(rivals))

    def _there(
        self, finding: Finding, resource: str, meter: str, claimed: Decimal
    ) -> tuple[Decimal, list[Finding]]:
        """What of a claim is still there, and which findings are about the same money.

        After a schedule that ends 60 % of the hours, a licence that makes them cheaper by
        half saves half of the other 40 %.
        """
        taken = self._taken[resource, meter]
        rivals = [one for one in taken if _is_same_money(one.finding, finding, resource)]
        names = [one.finding for one in rivals]
        if any(_excludes(one, finding, resource) for one in names):
            return _ZERO, names
        gone, of_rivals = (
            sum((one.amount for one in some), start=_ZERO) for some in (taken, rivals)
        )
        left = self._meters[resource, meter] - gone
        if left <= 0:
            return _ZERO, names or [one.finding for one in taken]
        return min(claimed * left / (left + of_rivals), left), names

    def _entry(self, finding: Finding, grant: _Grant) -> Entry:
        alone = finding.waste.saving
        if alone is None:
            return Entry(finding=finding, saving=None, counted=False)
        expected = alone.expected.amount
        share = grant.amount / expected if expected else _ONE
        more, before = self._at_best(finding, (alone.high.amount - expected) * share)
        rivals = _once((*grant.rivals, *before))
        if rivals and not grant.amount + more:
            return Entry(finding=finding, saving=alone, counted=False, overlaps_with=rivals)
        return Entry(
            finding=finding,
            saving=Saving(
                Money(min(alone.low.amount * share, grant.amount), self.currency),
                Money(grant.amount, self.currency),
                Money(grant.amount + more, self.currency),
                grant.claims,
            ),
            counted=True,
            overlaps_with=rivals,
        )

    def _at_best(self, finding: Finding, wanted: Decimal) -> tuple[Decimal, list[Finding]]:
        """What of the saving above the expected one is still there, and who took the rest."""
        found = _ZERO
        rivals: list[Finding] = []
        for resource in _concerned(finding):
            part = min(wanted - found, max(self._left[resource], _ZERO), max(self._whole, _ZERO))
            if part < wanted - found:
                rivals += [one for one in self._takers[resource] if one is not finding]
            if part > 0:
                self._takers[resource].append(finding)
                self._left[resource] -= part
                self._whole -= part
                found += part
        return found, rivals if found < wanted else []


def _rank(finding: Finding) -> tuple[int, bool, Decimal]:
    """The place of a finding: one about a single thing goes before one about everything."""
    is_about_all = finding.resource.type == SUBSCRIPTION
    return _ORDER.index(finding.waste.action), is_about_all, -finding.expected


def _key(id_: str) -> str:
    return key_of(id_) if id_ else ""


def _by_meter(claims: Iterable[Claim]) -> dict[tuple[str, str], Decimal]:
    """What is claimed of each meter; credits, which are negative, give nothing to save."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in claims:
        found[_key(one.resource), one.meter] += one.amount
    return {meter: amount for meter, amount in found.items() if amount > 0}


def _concerned(finding: Finding) -> Iterator[str]:
    """The resources whose bill a finding is about."""
    saving = finding.waste.saving
    claimed = (_key(one.resource) for one in (saving.claims if saving else ()))
    billed = (_key(one.resource) for one in finding.waste.evidence if isinstance(one, Billed))
    yield from dict.fromkeys((*claimed, *billed, finding.resource.key))


def _is_same_money(one: Finding, other: Finding, resource: str) -> bool:
    """Whether two findings are about the same part of a resource's bill.

    They are not when they are about different things inside of it: two deployments of an
    account, two computes of a workspace.
    """
    subjects = [f"{found.resource.key}/" for found in (one, other)]
    are_inside = all(subject.startswith(f"{resource}/") for subject in subjects)
    first, second = subjects
    are_apart = not first.startswith(second) and not second.startswith(first)
    is_itself = any(subject == f"{resource}/" for subject in subjects)
    return not (are_inside and are_apart and not is_itself)


def _excludes(earlier: Finding, later: Finding, resource: str) -> bool:
    """Whether the later finding gets nothing of what the earlier one is about.

    Two that both mean less use are alternatives: the instances that a schedule stops at
    night may be those that are too many by day.
    """
    first, second = earlier.waste.action, later.waste.action
    if first is Action.DELETE and earlier.resource.key == resource:
        return True
    if second is Action.COMMIT and first in NOT_COMMITTED:
        return True
    return first is second or second not in _RATES


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple({id(one): one for one in findings}.values())
