"""Lines over logarithmic axes, as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

COLOURS = ("#2563eb", "#ea580c", "#16a34a")
WIDTH, HEIGHT = 380, 260  # of a panel; pixels, as all below
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 48, 36
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
    'font-family="system-ui, sans-serif" font-size="11">\n'
    '<rect width="100%" height="100%" fill="#ffffff"/>'
)


class Line(NamedTuple):
    """One quantity: a value, above zero, for each place along the axis."""

    name: str
    values: Sequence[float]


class Panel(NamedTuple):
    """Lines that share an axis, and its unit."""

    unit: str
    lines: Sequence[Line]


class _Axis(NamedTuple):
    """Powers of ten from ``low`` to ``high`` between two pixels."""

    low: int
    high: int
    first: float
    last: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.first + share * (self.last - self.first), 1)


def plot(along: str, places: Sequence[float], panels: Sequence[Panel]) -> str:
    """Panels side by side over the same ``places``, whose unit is ``along``."""
    drawn = [_panel(panel, along, places, WIDTH * number) for number, panel in enumerate(panels)]
    head = _HEAD.format(width=WIDTH * len(panels), height=HEIGHT)
    return "\n".join([head, *(part for panel in drawn for part in panel), "</svg>\n"])


def _panel(panel: Panel, along: str, places: Sequence[float], offset: float) -> list[str]:
    values = [value for line in panel.lines for value in line.values]
    x = _axis(places, offset + LEFT, offset + WIDTH - RIGHT)
    y = _axis(values, HEIGHT - BOTTOM, TOP)
    return [
        _text(offset + LEFT, HEIGHT - 6, f"{panel.unit} over {along}", "start"),
        *_grid(x, y),
        *(part for number, line in enumerate(panel.lines) for part in _line(number, line, places, x, y)),
    ]


def _axis(values: Sequence[float], first: float, last: float) -> _Axis:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return _Axis(low, max(high, low + 1), first, last)


def _grid(x: _Axis, y: _Axis) -> list[str]:
    parts = []
    for power in range(x.low, x.high + 1):
        at = x.at(10.0**power)
        parts += [_stroke(at, y.first, at, y.last), _text(at, y.first + 14, _power(power), "middle")]
    for power in range(y.low, y.high + 1):
        at = y.at(10.0**power)
        parts += [_stroke(x.first, at, x.last, at), _text(x.first - 6, at + 4, _power(power), "end")]
    return parts


def _line(number: int, line: Line, places: Sequence[float], x: _Axis, y: _Axis) -> list[str]:
    colour = COLOURS[number % len(COLOURS)]
    points = [(x.at(place), y.at(value)) for place, value in zip(places, line.values, strict=True)]
    path = " ".join(f"{across},{up}" for across, up in points)
    dots = [f'<circle cx="{across}" cy="{up}" r="3" fill="{colour}"/>' for across, up in points]
    name = _text(x.first, 14 + 13 * number, f"— {line.name}", "start", colour)
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots, name]


def _stroke(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#d4d4d8"/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#3f3f46") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _power(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10**power:g}"
