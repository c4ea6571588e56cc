"""Findings that somebody decided to live with: who, why, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from azcost.audit.resource import key_of
from azcost.audit.rule import Action
from azcost.audit.run import Finding
from azcost.audit.snapshot import Recommendation
from azcost.spec import nodes
from azcost.spec.nodes import Mapping, Node, Scalar
from azcost.spec.problems import Problem, SpecError, did_you_mean

KEYS = ("glob", "rule", "reason", "owner", "expiry")
EVERY_RULE = "*"
_FILE = "an exemptions file is a list; each entry has " + ", ".join(KEYS)
# What somebody who dismisses a recommendation of Advisor does not want to be told again, by
# its `recommendationType`; one without a type may be about any of them.
_DISMISSED = {
    "shutdown": frozenset({Action.DELETE, Action.STOP, Action.SCHEDULE}),
    "skuchange": frozenset({Action.TIER, Action.RIGHTSIZE}),
}
_ANY = frozenset().union(*_DISMISSED.values())


class Exemption(msgspec.Struct, frozen=True, kw_only=True):
    """A decision to keep something, valid until the end of its `expiry`; None is for ever.

    `glob` is compared with the whole id of a resource, or with its name if it has no slash,
    in any case; `*` also stands for slashes. `actions`, if there are any, limit it to
    findings that propose one of them.
    """

    glob: str
    rule: str
    reason: str
    owner: str
    expiry: date | None = None
    actions: frozenset[Action] = frozenset()

    def covers(self, finding: Finding) -> bool:
        """Whether it is about a finding, expired or not."""
        if self.rule not in (EVERY_RULE, finding.rule):
            return False
        if self.actions and finding.waste.action not in self.actions:
            return False
        pattern = self.glob.lower()
        subject = finding.resource.key if "/" in pattern else finding.resource.name.lower()
        return fnmatchcase(subject, pattern)

    def has_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expiry is not None and self.expiry < today


def dismissed(recommendations: Sequence[Recommendation]) -> tuple[Exemption, ...]:
    """What was dismissed or postponed in Azure Advisor, as exemptions of the same resources.

    Advisor itself ends a postponement: the recommendation is then no longer suppressed.
    """
    return tuple(
        Exemption(
            glob=_literally(key_of(one.resource)),
            rule=EVERY_RULE,
            reason="dismissed or postponed in Azure Advisor",
            owner="Azure Advisor",
            actions=_proposed(one),
        )
        for one in recommendations
        if one.source == "advisor" and one.suppressed and one.resource
    )


def _proposed(recommendation: Recommendation) -> frozenset[Action]:
    kind = recommendation.document.text("extendedProperties.recommendationType") or ""
    return _DISMISSED.get(kind.lower(), _ANY)


def _literally(text: str) -> str:
    return text.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")


def read(file: Path, rules: Sequence[str]) -> tuple[Exemption, ...]:
    """The exemptions of a file; `rules` are the names of all rules.

    Raises SpecError with the line of every mistake. A file of comments exempts nothing.
    """
    text = nodes.read_text(file)
    if not any(_says_something(line) for line in text.splitlines()):
        return ()
    root = nodes.parse(text, str(file))
    if not isinstance(root, nodes.Sequence):
        raise SpecError(str(file), [Problem(root.line, f"is no list: {_FILE}")])
    problems: list[Problem] = []
    found = [_exemption(node, rules, problems) for node in root.items]
    if problems:
        raise SpecError(str(file), problems)
    return tuple(one for one in found if one is not None)


def _says_something(line: str) -> bool:
    word = line.strip().lstrip("\ufeff")
    return bool(word) and not word.startswith("#") and word not in ("---", "[]")


def _exemption(node: Node, rules: Sequence[str], problems: list[Problem]) -> Exemption | None:
    if not isinstance(node, Mapping):
        problems.append(Problem(node.line, f"is no exemption: {_FILE}"))
        return None
    mistakes = list(_mistakes(node, rules))
    problems += mistakes
    if mistakes:
        return None
    texts = {key.text: value.text for key, value in node.entries() if isinstance(value, Scalar)}
    return Exemption(
        glob=texts["glob"].strip(),
        rule=texts["rule"],
        reason=texts["reason"].strip(),
        owner=texts["owner"].strip(),
        expiry=date.fromisoformat(texts["expiry"]),
    )


def _mistakes(node: Mapping, rules: Sequence[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, value in node.entries():
        if key.text not in KEYS:
            yield Problem(key.line, f"unknown key '{key.text}'{did_you_mean(key.text, KEYS)}")
        elif key.text in seen:
            yield Problem(key.line, f"{key.text} stands here twice")
        elif not isinstance(value, Scalar) or value.is_null or not value.text.strip():
            yield Problem(value.line, f"{key.text} takes a text")
        elif key.text == "rule" and value.text not in (EVERY_RULE, *rules):
            said = did_you_mean(value.text, rules)
            yield Problem(value.line, f"there is no rule '{value.text}'{said}")
        elif key.text == "expiry" and not _is_day(value.text):
            yield Problem(value.line, f"expiry '{value.text}' is no day: write it as in 2026-12-31")
        seen.add(key.text)
    missing = [key for key in KEYS if key not in seen]
    if missing:
        yield Problem(node.line, f"the exemption lacks {' and '.join(missing)}")


def _is_day(text: str) -> bool:
    try:
        return len(text) == len("2026-12-31") and bool(date.fromisoformat(text))
    except ValueError:
        return False
