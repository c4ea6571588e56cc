"""Redacting: who and what is gone, and the rules find the same."""

from __future__ import annotations

import re

import msgspec
import pytest

import estates
from azcost import paths
from azcost.audit import rule, snapshot
from azcost.audit.facts import Facts
from azcost.audit.redact import redact
from azcost.audit.run import Audit, audit
from azcost.audit.snapshot import Snapshot
from azcost.pricing.catalogue import Catalogue
from demo_snapshot.__main__ import FILE

KEY = b"a key that is thrown away"
# Names that are also words of Azure's: what they stand for elsewhere may stay.
ALSO_WORDS = {"default", "monthly", "kubernetes", "research", "models", "metrics"}


@pytest.fixture(scope="module")
def demo() -> Snapshot:
    return snapshot.load(paths.shipped("examples") / FILE)


def judged(taken: Snapshot, catalogue: Catalogue) -> Audit:
    return audit(Facts(taken, catalogue), rule.load())


def test_the_rules_find_the_same(demo: Snapshot, catalogue: Catalogue) -> None:
    before, after = judged(demo, catalogue), judged(redact(demo, KEY), catalogue)

    def told(found: Audit) -> list[tuple[str, str, str]]:
        return sorted((one.rule, one.confidence, str(one.expected)) for one in found.findings)

    assert told(before) == told(after)
    assert (before.cost, before.is_complete) == (after.cost, after.is_complete)


def test_no_name_is_left(demo: Snapshot) -> None:
    text = msgspec.json.encode(redact(demo, KEY)).decode().lower()
    everything = (*demo.subscriptions, *demo.resources)
    names = {name.lower() for one in everything for name in (one.name, one.resource_group)}
    left = {
        name
        for name in names - ALSO_WORDS - {""}
        if re.search(rf'["/=]{re.escape(name)}["/]', text)
    }
    assert left == set()
    assert not re.search(r"@(?!redacted\.invalid)[a-z]", text)
    assert "novavision" not in text
    assert "11111111-1111" not in text


def test_a_token_is_the_same_everywhere_and_another_under_another_key(demo: Snapshot) -> None:
    one, other = redact(demo, KEY), redact(demo, b"another")
    assert one == redact(demo, KEY)
    keys = {found.key for found in one.resources}
    assert len(keys) == len(demo.resources)
    assert not keys & {found.key for found in other.resources} - {
        found.key for found in demo.resources
    }
    assert {found.resource.lower() for found in one.metrics} <= keys


def test_what_people_wrote_is_gone_and_what_azure_says_stays() -> None:
    case = {
        "resources": [
            {
                "name": "web-ASRReplica",
                "type": "Microsoft.Compute/disks",
                "managedBy": "@subscription",
                "tags": {"owner": "jo@x.example", "kubernetes.io-created-for-pvc-name": "v"},
                "sku": {"name": "Premium_LRS"},
                "properties": {
                    "diskState": "Unattached",
                    "description": "Jo's",
                    "endpoint": "https://secretname.blob.core.windows.net/",
                    "ip": "20.1.2.3",
                    "subjectName": "www.novavision.example",
                    "hostNames": ["shop.novavision.example"],
                    "mail": "Mail jo@x.example now",
                    "sub": [{"name": "front", "id": "/subscriptions/s/resourceGroups/g"}],
                },
            }
        ]
    }
    found = redact(estates.snapshot(case, ""), KEY).resources[0]
    assert found.name.endswith("-ASRReplica")
    assert not found.name.startswith("web")
    assert set(found.tags) == {"owner", "kubernetes.io-created-for-pvc-name"}
    assert (found.sku.name, found.text("diskState")) == ("Premium_LRS", "Unattached")
    assert not re.search(
        r"jo|secretname|novavision|20\.1|front", msgspec.json.encode(found).decode(), re.I
    )
    assert found.text(
        "endpoint",
    ).endswith(".blob.core.windows.net/")  # type: ignore[union-attr]
