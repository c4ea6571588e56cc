"""A primal-dual interior point for small portfolios, exact to rounding.

The linear programme, per group g and hour t, in units of usage u: reserved units x,
new savings plan n beside the sunk one, covered by plan b, pay-as-you-go r, surplus z,
plan unused q; all at least 0:

    minimise  sum c x + n + mean_t sum p r
    b + r + x - z = u        (price m)
    n - sum_g s b - q = -sunk   (price l)

Mehrotra's predictor-corrector (SIAM J. Optim. 2, 1992). Eliminating what belongs to one
hour leaves one dense system of groups + 1 unknowns per step.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from azcost.optimise.apply import Floats
from azcost.optimise.problem import Problem

_MOST_STEPS = 60
# Points from here on are worth a look, and beyond here only rounding moves.
_CLOSE = 1e-4
_ROUNDING = 1e-13
_STAY_INSIDE = 0.9995


class Point(msgspec.Struct, frozen=True):
    """Units to reserve, shape (groups,), and hourly prices of a plan, shape (hours,)."""

    reserved: Floats
    prices: Floats


def points(problem: Problem) -> Iterator[Point]:
    """Yield points that come ever closer to the optimum of the linear programme.

    Rounding makes the last ones worse again: the caller prices and proves each, and keeps
    the best. Every group must be sold both ways, at some price.
    """
    scale = float(problem.usage.max())
    iterate = _Iterate(problem, scale)
    for _ in range(_MOST_STEPS):
        iterate.step()
        gap = iterate.relative_gap()
        if gap < _CLOSE:
            prices = np.maximum(iterate.price_t, 0.0)
            yield Point(iterate.value["x"] * scale, prices / max(1.0, float(prices.mean())))
        if gap < _ROUNDING:
            return


class _Iterate:
    """The current point: values and their slacks by name of the variable."""

    def __init__(self, problem: Problem, scale: float) -> None:
        groups, hours = problem.usage.shape
        self.usage = problem.usage / scale
        self.payg = problem.payg / hours
        self.reserved = problem.reserved
        self.savings = problem.savings
        self.sunk = problem.sunk / scale
        shapes = {
            "x": groups, "n": 1, "b": (groups, hours), "r": (groups, hours),
            "z": (groups, hours), "q": hours,
        }  # fmt: skip
        top = float(self.payg.max())
        self.value = {name: np.full(shape, 1.0) for name, shape in shapes.items()}
        self.slack = {name: np.full(shape, top) for name, shape in shapes.items()}
        self.count = sum(value.size for value in self.value.values())
        self.price_gt = np.full((groups, hours), top / 2)
        # Prices per hour of the dual; the plan's mean price is their sum.
        self.dual_t = np.full(hours, 1.0 / hours)

    @property
    def price_t(self) -> Floats:
        """The worth of one more unit of plan in each hour."""
        scaled: Floats = self.dual_t * len(self.dual_t)
        return scaled

    def residuals(self) -> tuple[Floats, Floats, dict[str, Floats]]:
        v, s = self.value, self.slack
        covers = self.usage - (v["b"] + v["r"] + v["x"][:, None] - v["z"])
        spends = -self.sunk - (v["n"] - self.savings @ v["b"] - v["q"])
        dual = {
            "x": self.reserved - self.price_gt.sum(axis=1) - s["x"],
            "n": 1.0 - self.dual_t.sum(keepdims=True) - s["n"],
            "b": self.savings[:, None] * self.dual_t - self.price_gt - s["b"],
            "r": self.payg[:, None] - self.price_gt - s["r"],
            "z": self.price_gt - s["z"],
            "q": self.dual_t - s["q"],
        }
        return covers, spends, dual

    def gap(self) -> float:
        return float(sum((self.value[k].ravel() @ self.slack[k].ravel()) for k in self.value))

    def relative_gap(self) -> float:
        """How far values and slacks are from complementary, as a share of the whole cost."""
        return self.gap() / float(self.payg @ self.usage.sum(axis=1))

    def step(self) -> None:
        residuals = self.residuals()
        mean = self.gap() / self.count
        affine = {k: -self.value[k] * self.slack[k] for k in self.value}
        system = _System(self)
        moves = system.solve(residuals, affine)
        along, across = self._lengths(moves)
        after = sum(
            float(
                (self.value[k] + along * moves.value[k]).ravel()
                @ (self.slack[k] + across * moves.slack[k]).ravel()
            )
            for k in self.value
        )
        centre = mean * (after / self.count / mean) ** 3
        corrected = {k: affine[k] + centre - moves.value[k] * moves.slack[k] for k in self.value}
        moves = system.solve(residuals, corrected)
        along, across = self._lengths(moves)
        for k in self.value:
            self.value[k] = self.value[k] + along * moves.value[k]
            self.slack[k] = self.slack[k] + across * moves.slack[k]
        self.price_gt = self.price_gt + across * moves.price_gt
        self.dual_t = self.dual_t + across * moves.dual_t

    def _lengths(self, moves: _Moves) -> tuple[float, float]:
        return _room(self.value, moves.value), _room(self.slack, moves.slack)


def _room(at: dict[str, Floats], move: dict[str, Floats]) -> float:
    """The share of a step that keeps everything positive."""
    worst = max(float((-move[k] / at[k]).max()) for k in at)
    return min(1.0, _STAY_INSIDE / worst) if worst > 0 else 1.0


class _Moves(msgspec.Struct, frozen=True):
    value: dict[str, Floats]
    slack: dict[str, Floats]
    price_gt: Floats
    dual_t: Floats


class _System:
    """The Newton system of an iterate, factorised once for predictor and corrector."""

    def __init__(self, at: _Iterate) -> None:
        self.at = at
        self.theta = {k: at.value[k] / at.slack[k] for k in at.value}
        theta = self.theta
        self.weighted = at.savings[:, None] * theta["b"]
        self.inverse = 1.0 / (theta["b"] + theta["r"] + theta["z"])
        self.share = self.weighted * self.inverse
        # s (s b - s b b / (b + r + z)) without the difference, which would cancel.
        rest = (theta["r"] + theta["z"]) * self.inverse
        self.hourly = theta["q"] + at.savings @ (self.weighted * rest)
        groups = len(at.savings)
        scaled = self.share / self.hourly
        matrix = np.empty((groups + 1, groups + 1))
        matrix[:groups, :groups] = scaled @ self.share.T
        matrix[np.diag_indices(groups)] += self.inverse.sum(axis=1) + 1 / theta["x"]
        matrix[:groups, groups] = matrix[groups, :groups] = scaled.sum(axis=1)
        matrix[groups, groups] = (1 / self.hourly).sum() + 1 / theta["n"][0]
        self.scaled = scaled
        self.matrix = matrix

    def solve(
        self, residuals: tuple[Floats, Floats, dict[str, Floats]], products: dict[str, Floats]
    ) -> _Moves:
        at, theta = self.at, self.theta
        covers, spends, dual = residuals
        held = {k: products[k] / at.slack[k] - theta[k] * dual[k] for k in ("b", "r", "z", "q")}
        first = covers - (held["b"] + held["r"] - held["z"])
        second = spends + at.savings @ held["b"] + held["q"]
        second = second + (self.share * first).sum(axis=0)
        rhs = np.append(
            -(dual["x"] - products["x"] / at.value["x"])
            + (first * self.inverse).sum(axis=1)
            + self.scaled @ second,
            -(dual["n"] - products["n"] / at.value["n"]) + (second / self.hourly).sum(),
        )
        unknown = np.linalg.solve(self.matrix, rhs)
        x, n = unknown[:-1], unknown[-1:]
        dual_t = (second - self.share.T @ x - n) / self.hourly
        price_gt = (first + self.weighted * dual_t - x[:, None]) * self.inverse
        turned = {
            "x": price_gt.sum(axis=1),
            "n": dual_t.sum(keepdims=True),
            "b": price_gt - at.savings[:, None] * dual_t,
            "r": price_gt,
            "z": -price_gt,
            "q": -dual_t,
        }
        slack = {k: dual[k] - turned[k] for k in turned}
        value = {k: (products[k] - at.value[k] * slack[k]) / at.slack[k] for k in slack}
        return _Moves(value, slack, price_gt, dual_t)
