"""What there is: Resource Graph, and by the providers what it does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from azcost.arm.client import Json
from azcost.arm.failures import Forbidden, Missing, Unreachable
from azcost.audit.collect.reader import Reader
from azcost.audit.documents import Document
from azcost.audit.resource import Resource, from_arm, key_of
from azcost.audit.snapshot import Part

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
GRAPH_VERSION = "2022-10-01"
PAGE = 1000  # the most that Resource Graph gives
# Ordered by id, or pages may repeat rows; with the id, or no further page is offered.
RESOURCES = (
    "resources | project id, name, type, location, resourceGroup, subscriptionId, sku, kind, "
    "tags, properties, managedBy, zones, identity | order by id asc"
)
GROUPS = (
    "resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups' "
    "| project id, name, type, location, resourceGroup, subscriptionId, tags, properties, "
    "managedBy | order by id asc"
)


class Children(msgspec.Struct, frozen=True, kw_only=True):
    """Resources below those of a type, which Resource Graph does not have.

    `path` stands below the parent's id; `kinds` are the parent's kinds that have them;
    `single` says that the path is one document and no list.
    """

    of: str
    path: str
    api_version: str
    part: Part
    role: str = "Reader"
    kinds: tuple[str, ...] = ()
    single: bool = False


_WORKSPACE = "microsoft.machinelearningservices/workspaces"
_ACCOUNT = "microsoft.storage/storageaccounts"
# The versions are the newest of recordings and swagger in the API facts, section 3.
CHILDREN = (
    Children(of=_WORKSPACE, path="computes", api_version="2023-04-01", part=Part.MACHINE_LEARNING),
    Children(
        of=_WORKSPACE, path="onlineEndpoints", api_version="2023-04-01", part=Part.MACHINE_LEARNING
    ),
    Children(
        of=f"{_WORKSPACE}/onlineendpoints",
        path="deployments",
        api_version="2023-04-01",
        part=Part.MACHINE_LEARNING,
    ),
    Children(
        of="microsoft.cognitiveservices/accounts",
        path="deployments",
        api_version="2025-06-01",
        part=Part.OPENAI,
        kinds=("openai", "aiservices"),
    ),
    Children(
        of="microsoft.containerservice/managedclusters",
        path="agentPools",
        api_version="2024-02-01",
        part=Part.INVENTORY,
    ),
    Children(
        of=_ACCOUNT,
        path="managementPolicies/default",
        api_version="2023-05-01",
        part=Part.STORAGE_POLICIES,
        single=True,
    ),
    Children(
        of=_ACCOUNT,
        path="blobServices/default",
        api_version="2023-05-01",
        part=Part.STORAGE_POLICIES,
        kinds=("storagev2", "storage", "blobstorage", "blockblobstorage"),
        single=True,
    ),
    Children(
        of="microsoft.operationalinsights/workspaces",
        path="tables",
        api_version="2022-10-01",
        part=Part.INVENTORY,
    ),
)


def subscription(reader: Reader) -> Resource:
    """The subscription itself; raises ArmError when this login does not see it."""
    try:
        answer = reader.get(reader.scope, "2022-12-01")
    except (Missing, Forbidden) as error:
        raise type(error)(
            f"This login does not see the subscription {reader.subscription} in "
            f"{reader.connection.cloud.name}. az account list shows those that it sees; it needs "
            f"the role Reader. Azure said: {error}",
            error.status,
            error.code,
        ) from error
    properties = {
        name: answer[name] for name in ("state", "subscriptionPolicies") if name in answer
    }
    name = answer.get("displayName") or reader.subscription
    return from_arm(
        {
            "id": reader.scope,
            "name": name,
            "tags": answer.get("tags"),
            "subscriptionId": reader.subscription,
            "properties": {"displayName": name, **properties},
        }
    )


def resources(reader: Reader) -> list[Resource]:
    """Everything in the subscription, each once: Azure's answers repeat some in another case."""
    found: dict[str, Resource] = {}
    with reader.reading(Part.INVENTORY):
        for query in (RESOURCES, GROUPS):
            _add(found, graph(reader, query))
            reader.say(f"inventory: {len(found):,} resources")
    for kind in CHILDREN:
        parents = [one for one in found.values() if _has(one, kind)]
        for number, parent in enumerate(parents, 1):
            with reader.reading(kind.part, parent.id, kind.role):
                _add(found, _children(reader, parent, kind))
            reader.say(f"inventory: {kind.path} of {number:,} of {len(parents):,}")
    with reader.reading(Part.SCHEDULES):
        path = f"{reader.scope}/providers/Microsoft.DevTestLab/schedules"
        _add(found, reader.each(path, "2018-09-15"))
    return list(found.values())


def graph(reader: Reader, query: str) -> Iterator[Json]:
    """Yield the rows of a query to Resource Graph, over all its pages.

    Raises Unreachable when fewer come than it says there are: rows may be cut silently.
    """
    options: Json = {"resultFormat": "objectArray", "$top": PAGE}
    body: Json = {"subscriptions": [reader.subscription], "query": query, "options": options}
    rows, seen = 0, set[str]()
    while True:
        answer = reader.post(GRAPH, GRAPH_VERSION, body)
        page = Document(answer).each("data")
        rows += len(page)
        yield from (one.fields for one in page)
        token = answer.get("$skipToken")
        if not token or not page:
            break
        if token in seen:
            raise Unreachable("Resource Graph: its pages lead in a circle")
        seen.add(token)
        body = {**body, "options": {**options, "$skipToken": token}}
    known = Document(answer).number("totalRecords") or 0
    if rows < known:
        raise Unreachable(f"Resource Graph gave {rows:,} of {known:,.0f} rows: some are missing")


def power_states(reader: Reader, found: list[Resource]) -> list[Resource]:
    """The resources, with the power state of each machine where Resource Graph has it.

    One call says it for all machines, and newer than Resource Graph does.
    """
    states: dict[str, str] = {}
    with reader.reading(Part.POWER_STATES):
        path = f"{reader.scope}/providers/Microsoft.Compute/virtualMachines"
        for answer in reader.each(path, "2024-03-01", statusOnly="true"):
            statuses = Document(answer).each("properties.instanceView.statuses")
            for code in (one.text("code") or "" for one in statuses):
                if code.lower().startswith("powerstate/"):
                    states[key_of(str(answer.get("id", "")))] = code
    reader.say(f"power states: {len(states):,} machines")
    return [_with_state(one, states[one.key]) if one.key in states else one for one in found]


def _with_state(machine: Resource, code: str) -> Resource:
    extended = machine.within("extended").fields
    view = machine.within("extended.instanceView").fields
    state = {"extended": {**extended, "instanceView": {**view, "powerState": {"code": code}}}}
    return msgspec.structs.replace(machine, properties={**machine.properties, **state})


def _has(parent: Resource, kind: Children) -> bool:
    return parent.type == kind.of and (not kind.kinds or parent.kind.lower() in kind.kinds)


def _children(reader: Reader, parent: Resource, kind: Children) -> list[Json]:
    path = f"{parent.id}/{kind.path}"
    if not kind.single:
        return reader.each(path, kind.api_version)
    # The policy of one account has been answered with the id of another.
    return [{**reader.get(path, kind.api_version), "id": path}]


def _add(found: dict[str, Resource], answers: Iterable[Json]) -> None:
    """Add what has an id; the first answer about a resource stays."""
    for answer in answers:
        if isinstance(answer.get("id"), str):
            one = from_arm(answer)
            found.setdefault(one.key, one)
