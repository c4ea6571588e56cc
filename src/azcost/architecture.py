"""A design as people write it: services with a kind, read from YAML or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from azcost.estimate import (
    Estimate,
    LineItem,
    Note,
    Pool,
    ResourceEstimate,
    Service,
    Unpriced,
    bill,
    cost,
)
from azcost.fields import Region
from azcost.free_account import FreeAccount
from azcost.pricing.catalogue import Catalogue
from azcost.spec import nodes
from azcost.spec.nodes import Mapping, Node, Scalar, Sequence
from azcost.spec.problems import Problem, SpecError, did_you_mean
from azcost.spec.reader import CORNERS, Names, Reader, Wrong

# Every kind of service, and the module that prices it. Adding a service adds a line.
KINDS = {
    "ai_search": "AiSearch",
    "aks": "KubernetesCluster",
    "application_gateway": "ApplicationGateway",
    "application_insights": "ApplicationInsights",
    "azure_monitor": "AzureMonitor",
    "bastion": "Bastion",
    "blob_storage": "BlobStorage",
    "container_app": "ContainerApp",
    "container_instance": "ContainerInstance",
    "container_registry": "ContainerRegistry",
    "cosmos_db": "CosmosDb",
    "egress": "Egress",
    "file_share": "FileShare",
    "fixed_cost": "FixedCost",
    "function_app": "FunctionApp",
    "key_vault": "KeyVault",
    "load_balancer": "LoadBalancer",
    "log_analytics": "LogAnalytics",
    "managed_disk": "ManagedDisk",
    "ml_compute_cluster": "MlComputeCluster",
    "ml_compute_instance": "MlComputeInstance",
    "ml_job": "MlJob",
    "ml_online_endpoint": "MlOnlineEndpoint",
    "nat_gateway": "NatGateway",
    "openai": "OpenAI",
    "postgresql": "PostgreSql",
    "private_endpoint": "PrivateEndpoint",
    "public_ip": "PublicIp",
    "redis": "Redis",
    "snapshot": "Snapshot",
    "sql_database": "SqlDatabase",
    "virtual_machine": "VirtualMachine",
    "vm_scale_set": "VmScaleSet",
    "vnet_peering": "VnetPeering",
    "vpn_gateway": "VpnGateway",
}


class Architecture(msgspec.Struct, frozen=True):
    """Services with every number settled."""

    services: tuple[Service, ...]


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a specification says about the design as a whole."""

    name: Annotated[str, Meta(max_length=200)] = ""
    """What the design is called; the file's name if left out."""
    region: Region = ""
    """The region of every service that names none itself."""
    currency: Annotated[str, Meta(max_length=3)] = "USD"
    """The currency to price in: one that the catalogue has."""
    free_account: bool = False
    """Whether it runs in a free account's first twelve months: some services cost nothing."""


class Design(msgspec.Struct, frozen=True):
    """An architecture as expected, and at the low and the high end of its ranges.

    Without ranges all three are the same object.
    """

    name: str
    currency: str
    free_account: bool
    low: Architecture
    expected: Architecture
    high: Architecture

    def map(self, change: Callable[[int, Service], Service]) -> Design:
        """The design with every service changed; `change` is told its place in the list too."""
        ends = {}
        for end in (self.low, self.expected, self.high):
            if id(end) not in ends:
                services = tuple(change(place, one) for place, one in enumerate(end.services))
                ends[id(end)] = Architecture(services)
        return msgspec.structs.replace(
            self, **{corner: ends[id(getattr(self, corner))] for corner in CORNERS}
        )


def kind_class(kind: str) -> type[Any]:
    """The class that a kind is read into; its module is imported on first use."""
    module = import_module(f"azcost.services.{kind}")
    found: type[Any] = getattr(module, KINDS[kind])
    return found


def load(path: Path, catalogue: Catalogue, region: str = "", currency: str = "") -> Design:
    """Read a specification; `region` and `currency` replace those that it names.

    Raises SpecError with every mistake of the file.
    """
    return parse(nodes.read_text(path), str(path), catalogue, region, currency)


def parse(
    text: str, file: str, catalogue: Catalogue, region: str = "", currency: str = ""
) -> Design:
    """Read the text of a specification; `file` names it in errors. See `load`."""
    names = names_of(catalogue)
    design = read(nodes.parse(text, file), file, names, _known_region(region, names))
    return msgspec.structs.replace(design, currency=currency.upper() or design.currency)


def _known_region(region: str, names: Names) -> str:
    known = names.find("regions", region) if region else ""
    if known is None:
        hint = did_you_mean(region, names.all("regions"))
        raise SpecError("--region", [Problem(0, f"{region}{hint}")])
    return known


def names_of(catalogue: Catalogue) -> Names:
    """The names that a specification may use, as the catalogue has them."""
    return _CatalogueNames(catalogue)


class _CatalogueNames:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def find(self, kind: str, text: str) -> str | None:
        return self._catalogue.name(kind, text)

    def all(self, kind: str) -> list[str]:
        return self._catalogue.names(kind)


def read(root: Node, file: str, names: Names, region: str = "") -> Design:
    """Read the nodes of a specification into a design, once per end of its ranges."""
    expected = Reader(names)
    header, services = _read_at(root, expected, region)
    if expected.problems:
        raise SpecError(file, expected.problems)
    middle = Architecture(tuple(services))
    ends = dict.fromkeys(CORNERS, middle)
    if expected.ranged:
        for corner in ("low", "high"):
            reader = Reader(names, corner)
            ends[corner] = Architecture(tuple(_read_at(root, reader, region)[1]))
            if reader.problems:  # what holds in the middle need not hold at the ends
                raise SpecError(file, [_at_end(problem, corner) for problem in reader.problems])
    return Design(
        header.name or Path(file).stem,
        header.currency.upper(),
        header.free_account,
        *(ends[corner] for corner in CORNERS),
    )


def _at_end(problem: Problem, corner: str) -> Problem:
    return Problem(problem.line, f"at the {corner} end of the range: {problem.message}")


def _read_at(root: Node, reader: Reader, region: str) -> tuple[Header, list[Service]]:
    header, services = Header(), list[Service]()
    if not isinstance(root, Mapping):
        reader.note(root.line, "expected `name`, `region`, `currency` and `services`")
        return header, services
    known = [*Header.__struct_fields__, "services"]
    entries = dict(reader.entries(root, known))
    listed = entries.pop("services", None)
    own = Mapping([(Scalar(key, node.line), node) for key, node in entries.items()], root.line)
    with suppress(Wrong):  # noted; the services may have mistakes of their own
        header = reader.struct(own, Header)
    if isinstance(listed, Sequence) and not listed.items:
        reader.note(listed.line, "`services`: the list is empty")
    elif isinstance(listed, Sequence):
        # A wrong region of the design is noted once, not again at every service.
        usual = region or header.region or ("(wrong)" if "region" in entries else "")
        services = list(_services(listed, reader, usual, region))
    else:
        reader.note(listed.line if listed else root.line, "`services`: expected a list of services")
    return header, services


def _services(
    listed: Sequence, reader: Reader, default_region: str, forced_region: str
) -> Iterator[Service]:
    lines: dict[str, int] = {}
    for number, node in enumerate(listed.items, start=1):
        kind = _kind(node, reader)
        if kind is None:
            continue
        defaults = {"name": f"{kind}-{number}"}
        name = _said(node, "name") or defaults["name"]
        if name in lines:
            reader.note(node.line, f"the name `{name[:60]}` is taken on line {lines[name]}")
        lines[name] = node.line
        if default_region:
            defaults["region"] = default_region
        forced = {"region": forced_region} if forced_region else {}
        with suppress(Wrong):  # noted
            yield reader.struct(node, kind_class(kind), defaults, forced, besides=("kind",))


def _kind(node: Node, reader: Reader) -> str | None:
    if not isinstance(node, Mapping):
        reader.note(node.line, "expected a service: a mapping with `kind`")
        return None
    kind = _said(node, "kind")
    if not kind:
        reader.note(node.line, f"`kind` is missing: one of {', '.join(KINDS)}")
        return None
    if kind not in KINDS:
        hint = did_you_mean(kind, list(KINDS), most=len(KINDS))
        reader.note(node.line, f"`kind`: {kind[:60]}{hint}")
        return None
    return kind


def _said(node: Node, key: str) -> str:
    """The text of a key of a mapping, if it has one."""
    for found, value in node.entries() if isinstance(node, Mapping) else ():
        if found.text == key and isinstance(value, Scalar) and not value.is_null:
            return value.text
    return ""


def schema(names: Names) -> dict[str, Any]:
    """The JSON schema of a specification: one branch per kind of service."""
    from azcost.spec.schema import definitions, struct

    kinds = {}
    for kind in KINDS:
        besides = {"kind": {"const": kind}}
        one = struct(kind_class(kind), besides)
        # The name and the region have defaults: the place in the file, the design's region.
        needed = [field for field in one.get("required", []) if field not in ("name", "region")]
        kinds[kind] = one | {"required": ["kind", *needed]}
    branches = [
        {
            "if": {"properties": {"kind": {"const": kind}}},
            "then": {"$ref": f"#/$defs/{kind}"},
        }
        for kind in KINDS
    ]
    service = {
        "type": "object",
        "properties": {"kind": {"enum": list(KINDS)}},
        "required": ["kind"],
        "allOf": branches,
    }
    services = {"type": "array", "items": service, "minItems": 1}
    whole = struct(Header, {"services": services})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "azcost architecture",
        **whole,
        "required": ["services"],
        "$defs": definitions(names) | kinds,
    }


def _bills(
    end: Architecture, design: Design, catalogue: Catalogue, unpriced: list[Unpriced]
) -> list[tuple[LineItem, ...]]:
    """The line items of each service; one after the other they use up the free account."""
    free = FreeAccount() if design.free_account else None
    pool: Pool = {}
    bills = []
    for service in end.services:
        charges = service.charges(catalogue)
        if free:
            charges = map(free.spend, charges)
        bills.append(bill(charges, service.name, catalogue, unpriced, pool))
    return bills


def _bills_at_end(
    end: Architecture, design: Design, catalogue: Catalogue, unpriced: list[Unpriced]
) -> list[tuple[LineItem, ...]]:
    """The bills at an end of the ranges; what only that end misses is added to `unpriced`.

    A charge that is nothing in the middle may be something at the high end, and without a
    price it would be a silent zero there.
    """
    missing: list[Unpriced] = []
    bills = _bills(end, design, catalogue, missing)
    known = {(one.resource, one.reason) for one in unpriced}
    unpriced += [one for one in missing if (one.resource, one.reason) not in known]
    return bills


def estimate(design: Design, catalogue: Catalogue) -> Estimate:
    """Price a design; what has no price is listed in the estimate, never left at zero."""
    if design.currency != catalogue.currency:
        raise SpecError(
            design.name,
            [
                Problem(
                    0,
                    f"is in {design.currency}, but these prices are in {catalogue.currency}: "
                    f"open the catalogue of {design.currency}",
                )
            ],
        )
    unpriced: list[Unpriced] = []
    middle = _bills(design.expected, design, catalogue, unpriced)
    ends = [
        middle if end is design.expected else _bills_at_end(end, design, catalogue, unpriced)
        for end in (design.low, design.high)
    ]
    resources = [
        ResourceEstimate(
            service.name,
            service.kind,
            service.region,
            service.tags,
            items,
            *(cost(bill_, catalogue.currency) for bill_ in (items, low, high)),
        )
        for service, items, low, high in zip(design.expected.services, middle, *ends, strict=True)
    ]
    notes = tuple(
        Note(service.name, text) for service in design.expected.services for text in service.notes()
    )
    return Estimate(design.name, catalogue.currency, tuple(resources), tuple(unpriced), notes)
