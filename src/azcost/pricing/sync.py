"""Fetching prices, partition by partition, on a few threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from decimal import Decimal
from typing import Any

import msgspec

from azcost.errors import AzcostError
from azcost.pricing.retail_api import FetchError, RetailApi
from azcost.pricing.synced import Cache, Partition
from azcost.pricing.tables import Line

SOURCE = "retail-api"
_MAX_WALKS = 4


class Progress(msgspec.Struct):
    """How far a run is, and what it found wanting."""

    partitions: int
    done: int = 0
    pages: int = 0
    rows: int = 0
    failed: list[str] = []
    empty: list[Partition] = []


def run(
    api: RetailApi,
    cache: Cache,
    partitions: Iterable[Partition],
    today: str,
    threads: int,
    report: Callable[[Progress], None],
) -> Progress:
    """Fetch partitions into the cache.

    What could not be fetched is a sentence each in `failed`; a partition without a single
    price (not offered there, or misspelt) is in `empty` and not kept.
    """
    wanted = sorted(set(partitions))
    progress = Progress(len(wanted))
    with ThreadPoolExecutor(threads) as pool:
        futures = {pool.submit(_fetch, api, partition, today): partition for partition in wanted}
        try:
            for future in as_completed(futures):
                _take(future, futures[future], cache, today, progress)
                report(progress)
        except BaseException:
            api.stop()  # or Ctrl-C would last as long as the longest Retry-After
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return progress


Fetched = tuple[list[Line], int]


def _take(
    future: Future[Fetched], partition: Partition, cache: Cache, today: str, progress: Progress
) -> None:
    progress.done += 1
    try:
        lines, pages = future.result()
    except FetchError as error:
        progress.failed.append(f"{partition.service} in {partition.region}: {error}")
        return
    progress.pages += pages
    progress.rows += len(lines)
    if lines:
        cache.keep(partition, lines, today)
    else:
        progress.empty.append(partition)


def _fetch(api: RetailApi, partition: Partition, today: str) -> Fetched:
    """All items of a partition, walked again until the pages fit together.

    While Azure republishes, rows move between pages: one comes twice, another never. A
    key on two pages gives that away, and so does a first page that is another at the end.
    Two walks in a row that bring the same keys are believed all the same.
    """
    before: set[Key] = set()
    pages = 0
    for _ in range(_MAX_WALKS):
        walk = _walk(api, partition)
        pages += walk.pages
        if not walk.torn or walk.items.keys() == before:
            return [line for item in walk.items.values() if (line := _line(item, today))], pages
        before = set(walk.items)
    raise FetchError(f"its pages did not fit together in {_MAX_WALKS} walks; try again later")


Key = tuple[Any, ...]


class _Walk(msgspec.Struct):
    """One way through all pages of a partition."""

    items: dict[Key, dict[str, Any]] = {}
    pages: int = 0
    torn: bool = False


def _walk(api: RetailApi, partition: Partition) -> _Walk:
    walk = _Walk()
    for filter_ in partition.filters():
        first: set[Key] | None = None
        before = walk.pages
        for page in api.pages(filter_):
            found = {_key(item): item for item in page}
            first = set(found) if first is None else first
            walk.torn = walk.torn or not walk.items.keys().isdisjoint(found)
            walk.items.update(found)
            walk.pages += 1
        if walk.pages - before > 1:
            again = next(iter(api.pages(filter_)))
            walk.torn = walk.torn or {_key(item) for item in again} != first
            walk.pages += 1
    return walk


def _key(item: dict[str, Any]) -> Key:
    names = ("skuId", "meterId", "type", "reservationTerm", "tierMinimumUnits", "armRegionName",
             "productName", "skuName", "meterName", "effectiveStartDate")  # fmt: skip
    return tuple(item.get(name) for name in names)


def _line(item: dict[str, Any], today: str) -> Line | None:
    """An item of the API as a line for the store; None for a price not in force today.

    Raises FetchError when the item is not a price.
    """
    start = (item.get("effectiveStartDate") or "")[:10]
    if start > today or (item.get("effectiveEndDate") or "9999")[:10] <= today:
        return None
    try:
        kind = item["type"]
        if kind == "Reservation":
            kind = f"Reservation {item['reservationTerm']}"
        offered = item.get("savingsPlan") or ()
        plans = {plan["term"]: _text(plan["retailPrice"]) for plan in offered}
        return (
            item["serviceName"],
            item["productName"],
            item["skuName"],
            item["meterName"],
            item.get("armSkuName") or "",
            item["unitOfMeasure"],
            "" if kind == "Consumption" else kind,
            item.get("armRegionName") or "Global",
            _text(item["tierMinimumUnits"]),
            _text(item["retailPrice"]),
            plans.get("1 Year", ""),
            plans.get("3 Years", ""),
            item["meterId"],
            start,
            f"{SOURCE} {today}",
            "",
        )
    except (KeyError, TypeError) as error:
        raise FetchError(f"an item of the API lacks {error}: {item}") from error
    except ValueError as error:
        raise FetchError(f"{error}, in an item of the API: {item}") from error


def _text(number: Any) -> str:
    """The digits of a price or a tier; raises ValueError for what cannot be one."""
    if not (isinstance(number, Decimal | int) and Decimal(number).is_finite() and number >= 0):
        raise ValueError(f"{number!r} is no price and no tier")
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def choose(
    known: Iterable[tuple[str, str]], services: Sequence[str], regions: Sequence[str]
) -> list[Partition]:
    """The partitions to fetch for services and regions; empty means all known ones.

    A service asked for in a region where it is not known is fetched there all the same.
    """
    if services and regions:
        return [Partition(service, region) for service in services for region in regions]
    chosen = [
        Partition(service, region)
        for service, region in known
        if (not services or service in services) and (not regions or region in regions)
    ]
    if not chosen:
        raise AzcostError("No known partition fits: name both --service and --region.")
    return chosen
