"""A resource of Azure: what Resource Graph and the resource providers say of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from azcost.audit.documents import Document


class Sku(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a resource is sold as; which of the fields Azure fills depends on the type."""

    name: str = ""
    tier: str = ""
    size: str = ""
    family: str = ""
    capacity: float | None = None


class Resource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whatever has an ARM id: machines and disks, and also deployments, budgets, policies.

    `type` is in lower case; `id` is as Azure wrote it and compared by `key`. `properties`
    is Azure's own JSON; rules read it by `text`, `number`, `flag`, `day`, `each` and so on,
    by paths below `properties`.
    """

    id: str
    type: str
    name: str
    resource_group: str = ""
    subscription: str = ""
    location: str = ""
    sku: Sku = Sku()
    kind: str = ""
    tags: dict[str, str] = {}
    properties: dict[str, Any] = {}
    managed_by: str = ""
    zones: tuple[str, ...] = ()
    identity: str = ""

    @property
    def key(self) -> str:
        """The id as all ids are compared: Azure's answers differ in their case."""
        return key_of(self.id)

    @property
    def document(self) -> Document:
        """The properties, for reading."""
        return Document(self.properties)

    @property
    def parent_key(self) -> str:
        """The key of the resource that this one is part of; empty at the top."""
        return parent_of(self.key)

    def text(self, path: str) -> str | None:
        """See `Document.text`."""
        return self.document.text(path)

    def is_one_of(self, path: str, *words: str) -> bool:
        """See `Document.is_one_of`."""
        return self.document.is_one_of(path, *words)

    def number(self, path: str) -> float | None:
        """See `Document.number`."""
        return self.document.number(path)

    def flag(self, path: str) -> bool | None:
        """See `Document.flag`."""
        return self.document.flag(path)

    def day(self, path: str) -> date | None:
        """See `Document.day`."""
        return self.document.day(path)

    def has(self, path: str) -> bool:
        """See `Document.has`."""
        return self.document.has(path)

    def within(self, path: str) -> Document:
        """See `Document.within`."""
        return self.document.within(path)

    def each(self, path: str) -> tuple[Document, ...]:
        """See `Document.each`."""
        return self.document.each(path)

    def texts(self, path: str) -> tuple[str, ...]:
        """See `Document.texts`."""
        return self.document.texts(path)

    def has_tag(self, *names: str) -> bool:
        """Whether it carries a tag of one of these names, in any case."""
        wanted = {name.lower() for name in names}
        return any(tag.lower() in wanted for tag in self.tags)


def key_of(id_: str) -> str:
    """An ARM id as ids are compared: lower case, one slash in front, none behind."""
    return "/" + id_.strip("/").lower()


def parent_of(key: str) -> str:
    """The key of what a resource is part of, or that it extends; empty at the top.

    `.../accounts/a/deployments/d` is part of `.../accounts/a`, and a diagnostic setting
    `{id}/providers/microsoft.insights/...` extends `{id}`.
    """
    scope, found, own = key.rpartition("/providers/")
    if not found:
        return ""
    parts = own.split("/")  # a namespace, then type and name in turn
    if len(parts) > 3:
        return f"{scope}{found}{'/'.join(parts[:-2])}"
    return scope if "/providers/" in scope else ""


def from_arm(answer: dict[str, Any]) -> Resource:
    """A resource from the JSON that ARM or Resource Graph answers for it.

    Raises KeyError without an id. What is missing is taken from the id; fields that may
    hold secrets are dropped.
    """
    read = Document(answer)
    id_ = str(answer["id"])
    words = id_.strip("/").split("/")
    below = dict(zip((word.lower() for word in words[::2]), words[1::2], strict=False))
    tags = answer.get("tags") or {}
    sku = read.within("sku")
    return Resource(
        id=id_,
        type=(read.text("type") or type_of(id_)).lower(),
        name=read.text("name") or words[-1],
        resource_group=read.text("resourceGroup") or below.get("resourcegroups", ""),
        subscription=(read.text("subscriptionId") or below.get("subscriptions", "")).lower(),
        location=(read.text("location") or "").lower().replace(" ", ""),
        sku=Sku(
            name=read.text("sku.name") or read.text("sku") or "",
            tier=sku.text("tier") or "",
            size=sku.text("size") or "",
            family=sku.text("family") or "",
            capacity=sku.number("capacity"),
        ),
        kind=read.text("kind") or "",
        tags={str(name): str(value) for name, value in tags.items() if value is not None},
        properties=without_secrets(answer.get("properties") or {}),
        managed_by=read.text("managedBy") or "",
        zones=read.texts("zones"),
        identity=read.text("identity.type") or "",
    )


def type_of(id_: str) -> str:
    """The type that an ARM id names: `Microsoft.Compute/disks`, or a subscription's."""
    own = id_.rpartition("/providers/")[2].strip("/").split("/")
    if own[0].lower() == "subscriptions":
        levels = ("Microsoft.Resources/subscriptions", *own[2::2])
        return "/".join(levels)
    return "/".join((own[0], *own[1::2]))


# Fields of resource providers that hold, or may hold, what lets somebody in.
_SECRET = (
    "password", "secret", "connectionstring", "primarykey", "secondarykey", "accesskey",
    "accountkey", "sastoken", "sasuri", "accesssas", "customdata", "userdata",
    "protectedsettings", "commandtoexecute", "privatekey", "certificatedata", "bootstraptoken",
)  # fmt: skip


def without_secrets(properties: dict[str, Any]) -> dict[str, Any]:
    """The properties without fields that may hold secrets, at any depth."""
    return {
        name: _deeper(value)
        for name, value in properties.items()
        if not any(word in name.lower() for word in _SECRET)
    }


def _deeper(value: Any) -> Any:
    if isinstance(value, dict):
        return without_secrets(value)
    return [_deeper(one) for one in value] if isinstance(value, list) else value
