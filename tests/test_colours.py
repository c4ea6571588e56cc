"""The colours of charts: apart for everybody, and legible on paper and on dark screens."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from conftest import ROOT

STYLE = (ROOT / "reports/templates/style.css").read_text()
SCHEMES = dict(
    zip(
        ("light", "dark", "print"),
        re.findall(r":root \{(.*?)\n? *\}", STYLE, re.DOTALL),
        strict=True,
    )
)
# Machado, Oliveira & Fernandes (2009), "A physiologically-based model for simulation of
# color vision deficiency", severity 1.0; for linear RGB.
SIGHTS = {
    "all cones": np.eye(3),
    "no red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
# CIE 1931 XYZ of linear sRGB (IEC 61966-2-1), and its white.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def variables(scheme: str) -> dict[str, str]:
    found = dict(re.findall(r"--([\w-]+): (#\w+);", SCHEMES[scheme]))
    return {
        name: "#" + "".join(2 * c for c in v[1:]) if len(v) == 4 else v for name, v in found.items()
    }


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    dark, bright = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE 1976 L*a*b*."""
    f = np.cbrt(XYZ @ rgb.clip(0, 1) / XYZ.sum(axis=1))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_and_graphics_stand_out_from_the_paper(scheme: str) -> None:
    colours = variables(scheme)
    for name, least in (("ink", 7.0), ("soft", 4.5), ("warn", 4.5)):
        assert contrast(colours[name], colours["paper"]) >= least, name
    for number in range(6):
        assert contrast(colours[f"series-{number}"], colours["paper"]) >= 3, number


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_the_first_five_colours_are_apart_for_every_sight(scheme: str, sight: str) -> None:
    colours = variables(scheme)
    seen = [lab(SIGHTS[sight] @ linear(colours[f"series-{number}"])) for number in range(5)]
    for (a, one), (b, other) in combinations(enumerate(seen), 2):
        assert np.linalg.norm(one - other) >= 15, (a, b)
