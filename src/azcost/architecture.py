"""A design as people write it: services with a kind, read from YAML or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from azcost.design import Architecture as Architecture
from azcost.design import Design as Design
from azcost.design import Ranged
from azcost.design import estimate as estimate
from azcost.draws import Point
from azcost.estimate import Outcome, Service
from azcost.fields import Amount, Region
from azcost.pricing.catalogue import Catalogue
from azcost.spec import nodes
from azcost.spec.nodes import Mapping, Node, Scalar, Sequence
from azcost.spec.problems import Problem, SpecError, did_you_mean
from azcost.spec.reader import Names, Range, Reader, Wrong

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


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """What a month of the design brings about; its cost is told per outcome too."""

    requests: Amount | None = None
    """Requests answered in a month: the cost is told per thousand."""
    tokens: Amount | None = None
    """Tokens processed in a month: the cost is told per million."""
    training_runs: Amount | None = None
    """Training runs in a month."""
    gpu_hours: Amount | None = None
    """Hours of GPUs in a month that somebody used."""

    def __post_init__(self) -> None:
        """Refuse what a cost cannot be divided by."""
        for field in self.__struct_fields__:
            if getattr(self, field) == 0:
                raise ValueError(f"`{field}`: there is no cost per outcome of none; leave it out")


# Field of Outcomes -> of how many the cost is told, and how that is said.
_PER = {
    "requests": (1_000, "thousand requests"),
    "tokens": (1_000_000, "million tokens"),
    "training_runs": (1, "training run"),
    "gpu_hours": (1, "used GPU-hour"),
}


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
    outcome: Outcomes | None = None
    """What a month of it brings about, for the cost per request, token, run or GPU-hour."""


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
    """Read the nodes of a specification into a design, and what has ranges once per end."""
    reader = Reader(names)
    header, services = _read(root, reader, region)
    if reader.problems:
        raise SpecError(file, reader.problems)
    middle = Architecture(tuple(one.service for one in services))
    ends = {"expected": middle, "low": middle, "high": middle}
    ranged = tuple(_ranged(services, names))
    if ranged:
        ends |= {corner: _end(services, names, corner, file) for corner in ("low", "high")}
    return Design(
        name=header.name or Path(file).stem,
        currency=header.currency.upper(),
        free_account=header.free_account,
        low=ends["low"],
        expected=ends["expected"],
        high=ends["high"],
        ranged=ranged,
        outcomes=tuple(_outcomes(header.outcome)),
    )


class _Read(msgspec.Struct, frozen=True):
    """A service, how to read it again, and the ranges that it has."""

    service: Service
    read: Callable[[Reader], Service]
    ranges: tuple[Range, ...]


def _outcomes(said: Outcomes | None) -> Iterator[Outcome]:
    for field, (per, label) in _PER.items():
        amount = getattr(said, field, None)
        if amount is not None:
            yield Outcome(field, amount, Decimal(per), label)


def _end(services: list[_Read], names: Names, corner: str, file: str) -> Architecture:
    """The services with every range at one end; what holds in the middle need not hold there."""
    found = []
    problems: list[Problem] = []
    for one in services:
        if not one.ranges:
            found.append(one.service)
            continue
        reader = Reader(names, corner)
        with suppress(Wrong):  # noted
            found.append(one.read(reader))
        problems += [_at_end(problem, corner) for problem in reader.problems]
    if problems:
        raise SpecError(file, problems)
    return Architecture(tuple(found))


def _ranged(services: list[_Read], names: Names) -> Iterator[Ranged]:
    for place, one in enumerate(services):
        if one.ranges:
            yield Ranged(place, one.ranges, partial(_at_point, one, names))


def _at_point(one: _Read, names: Names, point: Point) -> Service:
    reader = Reader(names, values=point)
    try:
        return one.read(reader)
    except Wrong:
        raise ValueError(reader.problems[0].message) from None


def _at_end(problem: Problem, corner: str) -> Problem:
    return Problem(problem.line, f"at the {corner} end of the range: {problem.message}")


def _read(root: Node, reader: Reader, region: str) -> tuple[Header, list[_Read]]:
    header, services = Header(), list[_Read]()
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
) -> Iterator[_Read]:
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
        again = partial(_service, node, kind, defaults, forced)
        seen = len(reader.ranges)
        with suppress(Wrong):  # noted
            yield _Read(again(reader), again, tuple(reader.ranges[seen:]))


def _service(
    node: Node, kind: str, defaults: dict[str, str], forced: dict[str, str], reader: Reader
) -> Service:
    found: Service = reader.struct(node, kind_class(kind), defaults, forced, besides=("kind",))
    return found


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
