"""What was measured: by the hour, in batches of 50 resources of a type and region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np

from azcost.arm.client import Json
from azcost.arm.failures import ArmError, Forbidden, LoginError, Missing
from azcost.audit.collect.reader import Reader
from azcost.audit.documents import Document
from azcost.audit.resource import Resource, key_of, parent_of
from azcost.audit.series import Series
from azcost.audit.snapshot import Part

BATCH = 50  # resources of a request, Microsoft's limit
_STATISTICS = ("average", "maximum", "total")
_AGGREGATION = "average,maximum,total"
_ROLE = "Monitoring Reader"
_VERSION = "2024-02-01"
# Series by a dimension that a request may bring for each resource; the default is ten.
_MOST_SERIES = "100"
# Resources that are measured at their parent, by a dimension that has their name.
MEASURED_AT_PARENT = {"microsoft.cognitiveservices/accounts/deployments": "ModelDeploymentName"}


class Wanted:
    """One kind of question: metrics of a type, split by a dimension or not, in a region."""

    def __init__(self, type_: str, dimension: str, names: list[str], region: str) -> None:
        self.type = type_
        self.dimension = dimension
        self.names = names
        self.region = region
        self.at_parent = type_ in MEASURED_AT_PARENT
        self.resources: list[Resource] = []

    def ids(self) -> list[str]:
        """Whom to ask: the resources, or their parents, each once."""
        found = (one.id.rsplit("/", 2)[0] if self.at_parent else one.id for one in self.resources)
        return list(dict.fromkeys(found))


def series(
    reader: Reader,
    resources: list[Resource],
    metrics: dict[str, tuple[str, ...]],
    days: int,
) -> list[Series]:
    """The last `days` complete days of the metrics that are wanted of each type.

    A metric that was asked and has no value is a series of NaN; missing is not zero.
    """
    found: list[Series] = []
    asked = list(_questions(resources, metrics))
    total, done = sum(len(one.resources) for one in asked), 0
    for question in asked:
        ids = question.ids()
        for first in range(0, len(ids), BATCH):
            found.extend(_batch(reader, question, ids[first : first + BATCH], days))
        done += len(question.resources)
        reader.say(f"metrics: {done:,} of {total:,} resources")
    return found


def _questions(resources: list[Resource], metrics: dict[str, tuple[str, ...]]) -> Iterator[Wanted]:
    by_type: dict[str, list[Resource]] = defaultdict(list)
    locations: dict[str, str] = {}
    for one in resources:
        by_type[one.type].append(one)
        locations[one.key] = one.location
    for type_, names in metrics.items():
        split: dict[str, list[str]] = defaultdict(list)
        for name in names:
            metric, _, dimension = name.partition(" | ")
            split[MEASURED_AT_PARENT.get(type_) or dimension].append(metric)
        for dimension, wanted in split.items():
            regions: dict[str, Wanted] = {}
            for one in by_type.get(type_, ()):
                key = one.parent_key if type_ in MEASURED_AT_PARENT else one.key
                region = _region(key, locations)
                question = Wanted(type_, dimension, wanted, region)
                regions.setdefault(region, question).resources.append(one)
            yield from regions.values()


def _region(key: str, locations: dict[str, str]) -> str:
    """The region of a resource, or of the nearest one above: children often say none."""
    while key and not locations.get(key):
        key = parent_of(key)
    return locations.get(key, "")


def _batch(reader: Reader, question: Wanted, ids: list[str], days: int) -> list[Series]:
    """The series of some resources; when Azure refuses, metric by metric.

    It refuses a request for one metric that it does not know. Such a metric alone is said
    and has no series, so that the rules that read it say that they cannot see.
    """
    try:
        return _ask(reader, question, question.names, ids, days)
    except LoginError:
        raise
    except ArmError as error:
        if error.status != 400 or len(question.names) == 1:
            scope = reader.scope if isinstance(error, Forbidden) else question.type
            reader.note(Part.METRICS, scope, error, _ROLE)
            return []
    found = []
    for name in question.names:
        try:
            found += _ask(reader, question, [name], ids, days)
        except LoginError:
            raise
        except ArmError as error:
            reader.say(f"metrics: {name} of {question.type}: {error}")
    return found


def _ask(
    reader: Reader, question: Wanted, names: list[str], ids: list[str], days: int
) -> list[Series]:
    start, end = reader.days_ago(days), reader.days_ago(0)
    query = {
        "metricnames": ",".join(names),
        "interval": "PT1H",
        "aggregation": _AGGREGATION,
    }
    if question.dimension:
        query |= {"filter": f"{question.dimension} eq '*'", "top": _MOST_SERIES}
    namespace = question.type.rpartition("/")[0] if question.at_parent else question.type
    if question.region in ("", "global"):
        answers = _one_by_one(reader, query, ids, start, end)
    else:
        batch = {"metricnamespace": namespace, "starttime": _text(start), "endtime": _text(end)}
        answer = reader.metrics(question.region, {**batch, **query}, ids)
        answers = [
            (one.text("resourceid") or "", one.fields) for one in Document(answer).each("values")
        ]
    known = {
        (key_of(id_), name.lower(), value): points
        for id_, answer in answers
        for name, value, points in _series_of(answer, question.dimension)
    }
    return _all(question, names, ids, known, start, days)


def _one_by_one(
    reader: Reader, query: dict[str, str], ids: list[str], start: datetime, end: datetime
) -> list[tuple[str, Json]]:
    """Metrics of resources of no region, for which there is no host of batches."""
    names = {"top": "top", "filter": "$filter"}
    asked = {names.get(name, name): value for name, value in query.items()}
    asked["timespan"] = f"{_text(start)}/{_text(end)}"
    found = []
    for id_ in ids:
        try:
            path = f"{id_}/providers/Microsoft.Insights/metrics"
            found.append((id_, reader.get(path, _VERSION, **asked)))
        except Missing:
            continue
    return found


def _series_of(answer: Json, dimension: str) -> Iterator[tuple[str, str, tuple[Document, ...]]]:
    """Yield the metric, the value of the dimension and the points of each series."""
    for metric in Document(answer).each("value"):
        name = metric.text("name.value") or ""
        for one in metric.each("timeseries"):
            values = {
                (pair.text("name.value") or "").lower(): pair.text("value") or ""
                for pair in one.each("metadatavalues")
            }
            yield name, values.get(dimension.lower(), ""), one.each("data")


Known = dict[tuple[str, str, str], tuple[Document, ...]]


def _all(
    question: Wanted, names: list[str], ids: list[str], known: Known, start: datetime, days: int
) -> list[Series]:
    """A series for each resource and metric, and for each value of the dimension."""
    found = []
    if question.at_parent:
        asked = {key_of(one) for one in ids}
        for one in question.resources:
            parent = one.parent_key
            if parent in asked:
                values = {value.lower(): value for key, _, value in known if key == parent}
                value = values.get(one.name.lower(), "")
                found += [
                    _packed(
                        one.id, name, "", known.get((parent, name.lower(), value), ()), start, days
                    )
                    for name in names
                ]
        return found
    if question.dimension:
        written = {key_of(one): one for one in ids}
        canonical = {name.lower(): name for name in names}
        return [
            _packed(
                written[key], canonical[name], f"{question.dimension}={value}", points, start, days
            )
            for (key, name, value), points in known.items()
            if key in written and name in canonical
        ]
    return [
        _packed(id_, name, "", known.get((key_of(id_), name.lower(), ""), ()), start, days)
        for id_ in ids
        for name in names
    ]


def _packed(
    id_: str, metric: str, dimension: str, points: Iterable[Document], start: datetime, days: int
) -> Series:
    hours = days * 24
    columns = {name: np.full(hours, np.nan, dtype=np.float32) for name in _STATISTICS}
    for point in points:
        offset = _hours_since(start, point.text("timeStamp"))
        if offset is not None and 0 <= offset < hours:
            for name, column in columns.items():
                value = point.number(name)
                if value is not None:
                    column[offset] = value
    used = {name: column for name, column in columns.items() if not np.isnan(column).all()}
    kept = {name: column.astype("<f4").tobytes() for name, column in (used or columns).items()}
    return Series(
        resource=id_,
        metric=metric,
        dimension=dimension,
        start=start,
        average=kept.get("average", b""),
        maximum=kept.get("maximum", b""),
        total=kept.get("total", b""),
    )


def _hours_since(start: datetime, text: str | None) -> int | None:
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if at is None or at.tzinfo is None:
        return None
    return (at - start) // timedelta(hours=1)


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
