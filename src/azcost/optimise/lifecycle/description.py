"""Reading a description of blobs: cohorts in YAML, each with size, age and use."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from azcost.fields import Region
from azcost.meters.blobs import Redundancy
from azcost.meters.cohorts import Cohort
from azcost.spec import nodes
from azcost.spec.nodes import Mapping, Node, Scalar, Sequence
from azcost.spec.problems import SpecError
from azcost.spec.reader import Names, Reader, Wrong


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every cohort that does not say otherwise."""

    name: Annotated[str, Meta(max_length=200)] = ""
    region: Region = ""
    redundancy: Redundancy = "LRS"
    hierarchical_namespace: bool = False


class Description(msgspec.Struct, frozen=True):
    """Named cohorts."""

    name: str
    cohorts: tuple[Cohort, ...]


def read(path: Path, names: Names, forced: dict[str, str]) -> Description:
    """Read a description; `forced` replaces `region` or `redundancy` everywhere.

    Raises SpecError with every mistake of the file.
    """
    root = nodes.read(path)
    reader = Reader(names)
    header, cohorts = _read(root, reader, forced)
    if reader.ranged:
        reader.note(0, "a range: give one number, and look at the table of read fractions")
    if reader.problems:
        raise SpecError(str(path), reader.problems)
    return Description(header.name or path.stem, tuple(cohorts))


def _read(root: Node, reader: Reader, forced: dict[str, str]) -> tuple[Header, list[Cohort]]:
    if not isinstance(root, Mapping):
        reader.note(root.line, "expected `name`, `region`, `redundancy` and `cohorts`")
        return Header(), []
    entries = dict(reader.entries(root, [*Header.__struct_fields__, "cohorts"]))
    listed = entries.pop("cohorts", None)
    own = Mapping([(Scalar(key, node.line), node) for key, node in entries.items()], root.line)
    if not isinstance(listed, Sequence) or not listed.items:
        reader.note(listed.line if listed else root.line, "`cohorts`: expected a list of cohorts")
        return Header(), []
    try:
        header = reader.struct(own, Header)
    except Wrong:
        header = Header(region="(wrong)")
    defaults = {
        name: getattr(header, name) for name in Header.__struct_fields__ if getattr(header, name)
    }
    cohorts = []
    for number, node in enumerate(listed.items, start=1):
        try:
            mine = defaults | {"name": f"cohort {number}"}
            cohorts.append(reader.struct(node, Cohort, mine, forced))
        except Wrong:
            continue  # noted
    return header, cohorts
