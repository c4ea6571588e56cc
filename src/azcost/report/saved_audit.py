"""An audit as its JSON has it (docs/audit-json.md), read from a file to be compared."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec

from azcost.audit.resource import key_of
from azcost.audit.run import Status
from azcost.errors import AzcostError

SCHEMA = 1
_BLIND = frozenset({Status.NO_PERMISSION.value, Status.NO_METRIC.value, Status.ERROR.value})


class Ends(msgspec.Struct, frozen=True):
    """A saving a month: at least, probably, at best."""

    low: Decimal
    expected: Decimal
    high: Decimal


class Amount(msgspec.Struct, frozen=True):
    """An amount of money."""

    amount: Decimal
    currency: str


class Fact(msgspec.Struct, frozen=True):
    """A piece of evidence; only of billed ones more than the type is read."""

    type: str
    resource: str = ""
    meter: str = ""
    monthly: Amount | None = None


class SavedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding; findings of two audits are the same by rule and resource."""

    rule: str
    resource_id: str
    title: str
    counted: bool
    saving_monthly: Ends | None = None
    evidence: tuple[Fact, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What it is recognised by."""
        return self.rule, key_of(self.resource_id)

    @property
    def expected(self) -> Decimal:
        """The expected saving a month; zero where none is known."""
        return self.saving_monthly.expected if self.saving_monthly else Decimal(0)

    def billed(self) -> dict[tuple[str, str], Decimal]:
        """What its meters cost a month, by resource and meter."""
        found: dict[tuple[str, str], Decimal] = {}
        for one in self.evidence:
            if one.type == "billed" and one.monthly:
                meter = key_of(one.resource), one.meter
                found[meter] = found.get(meter, Decimal(0)) + one.monthly.amount
        return found


class SavedRun(msgspec.Struct, frozen=True):
    """A line of the ledger of the rules."""

    rule: str
    status: str
    reason: str | None = None


class Period(msgspec.Struct, frozen=True):
    """The days of the bill."""

    first_day: str
    last_day: str


class SavedAudit(msgspec.Struct, frozen=True, kw_only=True):
    """An audit."""

    schema: int
    subscription: str
    currency: str
    period: Period | None
    cost: Decimal | None
    saving: Ends | None
    findings: tuple[SavedFinding, ...]
    exempted: tuple[SavedFinding, ...]
    rules: tuple[SavedRun, ...]
    unread: tuple[dict[str, str | None], ...]

    @property
    def blind(self) -> frozenset[str]:
        """The rules that could not see, or not everything."""
        seen = {one.rule for one in self.rules}
        missing = {one.rule for one in self.findings if one.rule not in seen}
        return frozenset(missing | {one.rule for one in self.rules if one.status in _BLIND})

    @property
    def is_complete(self) -> bool:
        """Whether everything was read and every rule could see."""
        return not self.unread and not self.blind


def load(file: Path) -> SavedAudit:
    """Read the JSON of an audit; raises AzcostError for what is none."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise AzcostError(f"{file} cannot be read: {error.strerror}.") from error
    return decode(data, str(file))


def decode(data: bytes, name: str) -> SavedAudit:
    """An audit from its JSON; `name` is what messages call it."""
    try:
        found = msgspec.json.decode(data, type=SavedAudit)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AzcostError(
            f"{name} is neither a snapshot nor the JSON of `azcost audit --format json`: {error}."
        ) from error
    if found.schema != SCHEMA:
        raise AzcostError(f"{name} has schema {found.schema}, and this release reads {SCHEMA}.")
    amounts = [found.cost, *(one.expected for one in found.findings)]
    if not all(amount is None or amount.is_finite() for amount in amounts):
        raise AzcostError(f"{name} holds an amount that is no number.")
    return found
