"""Draws of what is uncertain, and what they do to a cost.

Costs are exact Decimals at a few points; between them the draws interpolate, because a
bill takes a fraction of a millisecond and a thousand of them would be felt
(docs/decisions/0006-draws-interpolate-exact-bills.md). Statistics are floats.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, product
from operator import add
from random import Random
from typing import Literal

import msgspec

Shape = Literal["triangles", "uniform", "pert"]
SHAPES: tuple[Shape, ...] = ("triangles", "uniform", "pert")

DRAWS = 1000
SEED = 1
# `low` and `high` are these percentiles: 8 of 10 draws lie between them.
LOW, HIGH = 0.1, 0.9

# Between two points a curve is taken to be straight when it is, to so many parts, at a
# third point; else it is halved, at most so often.
_STRAIGHT = 1e-7
_HALVINGS = 6
# The share of an interval at which it is tried: not where symmetric tiers would hide.
_TRIED = Decimal("0.382")
# Above so many exact bills interpolating costs more than it saves.
_MOST_BILLS = 1000
_BINS = 25


class Spread(msgspec.Struct, frozen=True):
    """A number that is not known exactly; ranges with equal spreads are one and the same number.

    `triangles` puts half of the draws on each side of `expected`, ever fewer towards the
    ends; `uniform` takes all values between the ends as equally likely; `pert` is the beta
    distribution of project planning, with its mode at `expected`.
    """

    low: Decimal
    expected: Decimal
    high: Decimal
    shape: Shape = "triangles"

    def quantiles(self, count: int, random: Random) -> list[float]:
        """So many values in ascending order, evenly spread over the probability."""
        low, middle, high = float(self.low), float(self.expected), float(self.high)
        shares = [(number + 0.5) / count for number in range(count)]
        if self.shape == "uniform":
            return [low + (high - low) * share for share in shares]
        if self.shape == "pert" and high > low:
            # Four times the weight on the mode: Malcolm et al. 1959.
            alpha = 1 + 4 * (middle - low) / (high - low)
            return sorted(low + (high - low) * random.betavariate(alpha, 6 - alpha) for _ in shares)
        return [
            low + (middle - low) * math.sqrt(2 * share)
            if share < 0.5
            else high - (high - middle) * math.sqrt(2 * (1 - share))
            for share in shares
        ]

    def round(self, value: Decimal) -> Decimal:
        """The value as a whole number, where all that was said are whole numbers."""
        said = (self.low, self.expected, self.high)
        whole = all(one == one.to_integral_value() for one in said)
        return value.to_integral_value() if whole else value


Point = Mapping[Spread, Decimal]
Costs = list[float]


class Block(msgspec.Struct, frozen=True):
    """Services whose cost depends on the same numbers, and only on these.

    `costs` gives the cost of each of `places` at a point, exactly; it raises ValueError
    where a point makes no sense. `ends` are those costs with every number low, expected
    and high.
    """

    spreads: tuple[Spread, ...]
    places: tuple[int, ...]
    costs: Callable[[Point], Costs]
    ends: tuple[Costs, Costs, Costs]


class Drawn(msgspec.Struct, frozen=True):
    """What the draws say: percentiles of the whole and of each place, and what drives it.

    `shares` is the first-order Sobol index of each spread: the part of the variance that
    would be gone if this number were known. They sum to 1 or less.
    """

    low: float
    high: float
    places: dict[int, tuple[float, float]]
    shares: dict[Spread, float]
    together: tuple[Spread, ...] = ()


def draw(blocks: Sequence[Block], rest: float, seed: int = SEED, count: int = DRAWS) -> Drawn:
    """Draw the cost of blocks that vary independently, and of a `rest` that does not vary.

    Each number is drawn by a Latin hypercube: every one of `count` equally likely slices
    of it once, in an order that only `seed` decides.
    """
    random = Random(seed)  # noqa: S311 - statistics, not secrets
    spreads = list(dict.fromkeys(spread for block in blocks for spread in block.spreads))
    values = {spread: spread.quantiles(count, random) for spread in spreads}
    order = dict(zip(spreads, _orders(len(spreads), count, random), strict=True))
    whole = [rest] * count
    places: dict[int, tuple[float, float]] = {}
    effects: dict[Spread, list[list[float]]] = {spread: [] for spread in spreads}
    together: list[Spread] = []
    for block in blocks:
        model = _Model(block)
        together += model.together
        for number, place in enumerate(block.places):
            if len(model.spreads) == 1:
                (spread,) = model.spreads
                by_rank = model.by_rank(number, values[spread])
                costs = [by_rank[rank] for rank in order[spread]]
                effects[spread].append(by_rank)
                places[place] = _ends(by_rank)
            else:
                costs = model.drawn(number, values, order)
                for spread in model.spreads:
                    effects[spread].append(_effect(costs, order[spread]))
                places[place] = _ends(costs)
            whole = list(map(add, whole, costs))
    effect = {
        spread: found[0] if len(found) == 1 else [sum(at) for at in zip(*found, strict=True)]
        for spread, found in effects.items()
        if found  # no services of its own: it is drawn together with another
    }
    return Drawn(*_ends(whole), places, _shares(effect, whole), tuple(together))


def _orders(spreads: int, count: int, random: Random) -> Iterator[list[int]]:
    """For each spread, the rank that it has in each draw; those of the first may be in order."""
    for number in range(spreads):
        order = list(range(count))
        if number:
            keys = [random.random() for _ in order]
            order.sort(key=keys.__getitem__)
        yield order


def _ends(costs: Sequence[float]) -> tuple[float, float]:
    ascending = sorted(costs)
    last = len(ascending) - 1
    return ascending[round(LOW * last)], ascending[round(HIGH * last)]


def _effect(costs: Sequence[float], order: Sequence[int]) -> list[float]:
    """The expected cost by the rank of one number: the mean over what others are drawn with it."""
    by_rank = [0.0] * len(costs)
    for cost, rank in zip(costs, order, strict=True):
        by_rank[rank] = cost
    size = max(1, len(costs) // _BINS)
    means = []
    for start in range(0, len(costs), size):
        part = by_rank[start : start + size]
        means += [sum(part) / len(part)] * len(part)
    return means


def _shares(effects: Mapping[Spread, list[float]], whole: Sequence[float]) -> dict[Spread, float]:
    variances = {spread: _variance(effect) for spread, effect in effects.items()}
    # What is drawn has a variance of its own error: of main effects alone there cannot be more.
    total = max(_variance(whole), sum(variances.values()))
    if not total:
        return dict.fromkeys(variances, 0.0)
    ordered = sorted(variances, key=lambda spread: -variances[spread])
    return {spread: variances[spread] / total for spread in ordered}


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum([(value - mean) ** 2 for value in values]) / len(values)


class _Model:
    """The costs of a block between the points at which they are known."""

    def __init__(self, block: Block) -> None:
        self.spreads = block.spreads
        self.together: tuple[Spread, ...] = ()
        self._block = block
        at_ends = zip(*((one.low, one.expected, one.high) for one in block.spreads), strict=True)
        self._exact = dict(zip(at_ends, block.ends, strict=True))
        try:
            self._axes = [self._axis(number) for number in range(len(block.spreads))]
            self._few = math.prod(map(len, self._axes)) <= _MOST_BILLS
            if self._few:
                self._fill()
        except ValueError:
            # The numbers only make sense together, as they do at the ends.
            self.together, self.spreads = block.spreads, block.spreads[:1]
            spread, self._few = self.spreads[0], True
            ends = (spread.low, spread.expected, spread.high)
            self._axes = [sorted(set(ends))]
            self._exact = {(at,): costs for at, costs in zip(ends, block.ends, strict=True)}

    def _axis(self, number: int) -> list[Decimal]:
        """The points of one number, the others as expected, between which costs are straight."""
        spread = self.spreads[number]
        ends = sorted({spread.low, spread.expected, spread.high})
        points = ends[:1]
        for begin, end in pairwise(ends):
            points += [*self._between(number, begin, end, _HALVINGS), end]
        return points

    def _between(
        self, number: int, begin: Decimal, end: Decimal, halvings: int
    ) -> Iterator[Decimal]:
        if not halvings:
            return
        tried = begin + (end - begin) * _TRIED
        here, first, last = (self._along(number, at) for at in (tried, begin, end))
        share = float(_TRIED)
        for cost, low, high in zip(here, first, last, strict=True):
            straight = low + (high - low) * share
            if abs(cost - straight) > _STRAIGHT * max(abs(low), abs(high), abs(cost)):
                middle = (begin + end) / 2
                yield from self._between(number, begin, middle, halvings - 1)
                yield middle
                yield from self._between(number, middle, end, halvings - 1)
                return

    def _along(self, number: int, value: Decimal) -> Costs:
        at = [spread.expected for spread in self.spreads]
        at[number] = value
        return self._at(tuple(at))

    def _at(self, point: tuple[Decimal, ...]) -> Costs:
        if point not in self._exact:
            named = dict(zip(self.spreads, point, strict=True))
            try:
                self._exact[point] = self._block.costs(named)
            except ValueError:
                rounded = {spread: spread.round(value) for spread, value in named.items()}
                self._exact[point] = self._block.costs(rounded)
        return self._exact[point]

    def _fill(self) -> None:
        for point in product(*self._axes):
            self._at(point)

    def by_rank(self, number: int, values: Sequence[float]) -> Costs:
        """The cost of a service that has one number, at the ascending values of that."""
        points = [float(point) for point in self._axes[0]]
        costs = [self._exact[point,][number] for point in self._axes[0]]
        found: list[float] = []
        for (begin, low), (end, high) in pairwise(zip(points, costs, strict=True)):
            slope = (high - low) / (end - begin)
            stop = bisect_right(values, end)
            found += [low + (value - begin) * slope for value in values[len(found) : stop]]
        # All that is left is at the very end, or rounded beyond it.
        return found + costs[-1:] * (len(values) - len(found))

    def drawn(
        self,
        number: int,
        values: Mapping[Spread, Sequence[float]],
        order: Mapping[Spread, Sequence[int]],
    ) -> Costs:
        """The cost of a service, draw by draw."""
        if not self._few:
            return [self._at(point)[number] for point in self._points(values, order)]
        axes = [[float(point) for point in axis] for axis in self._axes]
        sizes = [len(axis) for axis in axes]
        steps = [
            [_step(axis, value) for value in values[spread]]
            for spread, axis in zip(self.spreads, axes, strict=True)
        ]
        grid = [self._exact[point][number] for point in product(*self._axes)]
        return [
            _corner_sum(grid, sizes, [s[rank] for s, rank in zip(steps, ranks, strict=True)])
            for ranks in zip(*(order[spread] for spread in self.spreads), strict=True)
        ]

    def _points(
        self, values: Mapping[Spread, Sequence[float]], order: Mapping[Spread, Sequence[int]]
    ) -> Iterator[tuple[Decimal, ...]]:
        count = len(order[self.spreads[0]])
        for number in range(count):
            yield tuple(
                Decimal(f"{values[spread][order[spread][number]]:.9g}") for spread in self.spreads
            )


def _step(axis: Sequence[float], value: float) -> tuple[int, float]:
    """The point at or before a value, and how much of the way to the next it is."""
    at = min(bisect_right(axis, value), len(axis) - 1) - 1
    if at < 0:
        return 0, 0.0
    return at, min(1.0, max(0.0, (value - axis[at]) / (axis[at + 1] - axis[at])))


def _corner_sum(
    grid: Sequence[float], sizes: Sequence[int], steps: Sequence[tuple[int, float]]
) -> float:
    """Interpolate linearly in every direction; `grid` is flat, the last axis the fastest."""
    corners = [(0, 1.0)]
    for size, (at, share) in zip(sizes, steps, strict=True):
        near = [(index * size + at, weight * (1 - share)) for index, weight in corners]
        far = [(index * size + at + 1, weight * share) for index, weight in corners if share]
        corners = near + far
    return sum(grid[index] * weight for index, weight in corners)
