"""What Advisor recommends, and what somebody has dismissed of it."""

from __future__ import annotations

from azcost.audit.collect.reader import Reader
from azcost.audit.documents import Document
from azcost.audit.snapshot import Part, Recommendation

_ADVISOR = "providers/Microsoft.Advisor"
_VERSION = "2023-01-01"
_ROLE = "Reader"


def recommendations(reader: Reader) -> list[Recommendation]:
    """Advisor's recommendations about cost."""
    found: list[Recommendation] = []
    with reader.reading(Part.ADVISOR, reader.scope, _ROLE):
        path = f"{reader.scope}/{_ADVISOR}/recommendations"
        for answer in reader.each(path, _VERSION, **{"$filter": "Category eq 'Cost'"}):
            read = Document(answer)
            found.append(
                Recommendation(
                    source="advisor",
                    id=read.text("id") or "",
                    resource=read.text("properties.resourceMetadata.resourceId") or "",
                    suppressed=read.has("properties.suppressionIds"),
                    properties=read.within("properties").fields,
                )
            )
    reader.say(f"Advisor: {len(found):,} recommendations")
    return found
