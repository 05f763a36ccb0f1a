"""Both themes keep the contrast that WCAG 2 asks for at level AA."""

import re

import pytest
from tests.reports.page import Page
from tests.reports.sample import build

from sagewarden.adapters.reports.html_report import render_html

STYLE = Page(render_html(build(judged=1, outcomes=1, history=1))).style
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
)
TEXT = [(ink, ground) for ink in ("ink", "soft") for ground in ("card", "ground", "track")]
TEXT += [(tone, f"{tone}-wash") for tone in ("good", "attention", "bad", "calm")]
TEXT += [("attention", "card"), ("calm", "card")]
SHAPES = [(fill, "card") for fill in ("bar", "keep", "mark", "delete", "report", "absent", "calm")]


def brightness(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dim, bright = sorted((brightness(one), brightness(other)))
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_has_four_and_a_half_to_one(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("fill", "ground"), SHAPES)
def test_shapes_have_three_to_one(theme: dict[str, str], fill: str, ground: str) -> None:
    assert contrast(theme[fill], theme[ground]) >= 3
