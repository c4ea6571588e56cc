"""What a rule is: a function from a resource and facts to a verdict."""

from __future__ import annotations

import pkgutil
import re
import shlex
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec

from azcost.audit import rules
from azcost.audit.bill import Saving
from azcost.audit.resource import Resource
from azcost.audit.snapshot import Part
from azcost.money import Money

if TYPE_CHECKING:
    from azcost.audit.facts import Facts

# What the docstring of a rule says, in this order, and in the manual.
HEADINGS = ("Why it costs", "Keep it when", "Not checked")


class Category(StrEnum):
    """What kind of waste a rule finds."""

    ORPHAN = "orphan"
    IDLE = "idle"
    RIGHTSIZE = "rightsize"
    SCHEDULE = "schedule"
    TIER = "tier"
    STORAGE = "storage"
    NETWORK = "network"
    KUBERNETES = "kubernetes"
    MACHINE_LEARNING = "machine learning"
    OPENAI = "openai"
    DATABASE = "database"
    OBSERVABILITY = "observability"
    LICENCE = "licence"
    COMMITMENT = "commitment"
    GOVERNANCE = "governance"


class Action(StrEnum):
    """What a finding proposes; the earlier one wins where two claim the same money."""

    DELETE = "delete"
    STOP = "stop"
    SCHEDULE = "schedule"
    TIER = "tier"
    RIGHTSIZE = "rightsize"
    LICENCE = "licence"
    COMMIT = "commit"
    NONE = "none"


class Confidence(StrEnum):
    """How sure a finding is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Stated(msgspec.Struct, frozen=True, tag="stated"):
    """A fact that Azure states: `name` is where (a property, a tag), `value` what."""

    name: str
    value: str


class Measured(msgspec.Struct, frozen=True, kw_only=True, tag="measured"):
    """A metric over a window of days; `coverage` is the share of steps with a value."""

    resource: str
    metric: str
    statistic: str
    unit: str = ""
    days: int
    coverage: float
    p50: float
    p95: float
    p99: float
    maximum: float


class Billed(msgspec.Struct, frozen=True, tag="billed"):
    """A meter of the bill: the amortised cost of an average month."""

    resource: str
    meter: str
    pricing_model: str
    monthly: Money


Evidence = Stated | Measured | Billed


class Step(msgspec.Struct, frozen=True):
    """Something to do: what, and the commands or the code for it.

    `language` says what `code` is: "az", "bicep", "terraform", "sh" and so on. Of "text" the
    code is a link, or empty: the title says all there is.
    """

    title: str
    code: str
    language: str = "az"

    @property
    def is_template(self) -> bool:
        """Whether it is another way to the same end, for those who deploy templates."""
        return self.language in ("bicep", "terraform")


class OneOff(msgspec.Struct, frozen=True):
    """What a change costs once: an amount when it is known, and for what."""

    amount: Money | None
    reason: str


class Waste(msgspec.Struct, frozen=True, kw_only=True):
    """Money that buys nothing.

    `title` says in one sentence what was found. `saving` comes from `Facts.bill`, None
    only when the bill is not known or nothing is saved by itself. `undo` takes the steps
    back; where nothing does, `said` says why. `not_checked` is what this finding did not
    look at, beyond what the rule says of itself.
    """

    title: str
    action: Action
    confidence: Confidence
    saving: Saving | None
    evidence: tuple[Evidence, ...]
    steps: tuple[Step, ...]
    undo: tuple[Step, ...]
    not_checked: tuple[str, ...] = ()
    one_off: OneOff | None = None


class Unknown(msgspec.Struct, frozen=True):
    """A resource that cannot be judged, and why."""

    reason: str


Verdict = Waste | Unknown | None
Judge = Callable[[Resource, "Facts"], Verdict]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule: which resources it judges, what it reads beside them, and its manual.

    `types` are lower-case resource types, `metrics` the metrics that are to be collected
    for them: "Percentage CPU", "BlobCapacity | Tier" where it is to be split by a dimension,
    "Microsoft.Web/sites: Requests" for resources of another type. `needs` are the other
    parts of a snapshot without which it is blind.
    """

    name: str
    types: tuple[str, ...]
    category: Category
    judge: Judge
    summary: str
    sections: dict[str, str]
    metrics: tuple[str, ...] = ()
    needs: tuple[Part, ...] = ()

    def parts(self) -> tuple[Part, ...]:
        """Everything that it needs read."""
        return (Part.INVENTORY, *self.needs, *((Part.METRICS,) if self.metrics else ()))

    def measured(self) -> Iterator[tuple[str, str]]:
        """Yield each metric with the lower-case type of the resources that have it."""
        for metric in self.metrics:
            type_, found, name = metric.partition(": ")
            if found:
                yield type_.lower(), name
            else:
                yield from ((own, metric) for own in self.types)


def rule(
    *types: str,
    category: Category,
    metrics: tuple[str, ...] = (),
    needs: tuple[Part, ...] = (),
) -> Callable[[Judge], Rule]:
    """Make a function a rule over the resources of these types.

    The rule carries the function's name, which is also the name of its file, and its
    docstring. A rule over a whole subscription has the type
    `Microsoft.Resources/subscriptions`.
    """

    def make(judge: Judge) -> Rule:
        summary, sections = manual(judge.__doc__ or "")
        return Rule(
            name=judge.__name__,
            types=tuple(one.lower() for one in types),
            category=category,
            judge=judge,
            summary=summary,
            sections=sections,
            metrics=metrics,
            needs=needs,
        )

    return make


def manual(docstring: str) -> tuple[str, dict[str, str]]:
    """The first paragraph of a docstring, and the text below each of its headings."""
    text = "\n".join(line.strip() for line in docstring.strip().splitlines())
    pattern = rf"^({'|'.join(HEADINGS)}):\s*"
    summary, *parts = re.split(pattern, text, flags=re.MULTILINE)
    bodies = (" ".join(body.split()) for body in parts[1::2])
    return " ".join(summary.split()), dict(zip(parts[::2], bodies, strict=True))


def load() -> tuple[Rule, ...]:
    """Every rule in `azcost.audit.rules`, by name.

    Raises TypeError when a file holds no rule of its own name.
    """
    return tuple(_rule(module.name) for module in pkgutil.iter_modules(rules.__path__))


def _rule(name: str) -> Rule:
    found = getattr(import_module(f"{rules.__name__}.{name}"), name, None)
    if not isinstance(found, Rule):
        raise TypeError(f"audit/rules/{name}.py holds no rule of the name {name}")
    return found


def metrics_by_type(all_rules: tuple[Rule, ...]) -> dict[str, tuple[str, ...]]:
    """The metrics that the rules read, by resource type: what a collector has to fetch.

    `name | dimension` is to be split by a dimension.
    """
    found: dict[str, set[str]] = {}
    for one in all_rules:
        for type_, metric in one.measured():
            found.setdefault(type_, set()).add(metric)
    return {type_: tuple(sorted(names)) for type_, names in sorted(found.items())}


def az(title: str, command: str, *values: object) -> Step:
    """A step by the Azure CLI; each `{}` of the command takes a value, quoted for a shell."""
    return Step(title, command.format(*(shlex.quote(str(value)) for value in values)))


def sh(title: str, command: str, *values: object) -> Step:
    """A step by another program of the command line; each `{}` takes a value, quoted."""
    return msgspec.structs.replace(az(title, command, *values), language="sh")


def said(text: str) -> Step:
    """A sentence in the place of commands: why there are none, or what people do."""
    return Step(text, "", "text")


def by_hand(step: Step, when: str) -> Step:
    """A step for people only: no script does it before they have seen to `when`."""
    return Step(step.title, f"# {when}\n{step.code}", step.language)


def percent(share: float | Decimal) -> str:
    """A share between 0 and 1, as text."""
    return f"{share:.0%}"
