"""What was measured, as one SVG: how many times the slowest contender's speed each one has."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from benchmarks.speed.table import number

_WIDTH, _LEFT, _RIGHT, _BAR, _GAP = 900, 330, 70, 18, 6
_OURS, _THEIRS = "#0b6e4f", "#9aa5b1"
_STYLE = "text{font:13px sans-serif;fill:#1f2933}.title{font-weight:bold}.goal{fill:#616e7c}"


def picture(items: Sequence[Mapping[str, Any]]) -> str:
    """Bars of training speed on a logarithmic scale, item by item; 1 is the slowest of its item."""
    spans = [_speeds(item) for item in items]
    largest = max([2.0, *(speed for speeds in spans for _, speed in speeds)])
    drawn, top = Markup(""), 10
    for item, speeds in zip(items, spans, strict=True):
        top += 24
        drawn += _text(10, top, item["title"], "title")
        for place, (name, speed) in enumerate(speeds):
            top += _BAR + _GAP
            drawn += _bar(name, speed, largest, top, is_ours=place == 0)
        top += 10
    said = "Training speed relative to the slowest contender of each piece of work"
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img">'
        "<title>{}</title><style>{}</style>"
        '<rect width="100%" height="100%" fill="#fff"/>{}</svg>\n'
    ).format(_WIDTH, top + 10, said, Markup(_STYLE), drawn)


def _speeds(item: Mapping[str, Any]) -> list[tuple[str, float]]:
    seconds = [
        (str(one["name"]), float(one["figures"]["train_seconds"]["median"]))
        for one in item["contenders"]
    ]
    slowest = max(spent for _, spent in seconds)
    return [(name, slowest / spent) for name, spent in seconds]


def _bar(name: str, speed: float, largest: float, top: int, *, is_ours: bool) -> Markup:
    length = 4 + (_WIDTH - _LEFT - _RIGHT) * math.log(speed) / math.log(largest)
    shape = Markup('<rect x="{}" y="{}" width="{:.1f}" height="{}" fill="{}"/>').format(
        _LEFT, top - _BAR + 4, length, _BAR, _OURS if is_ours else _THEIRS
    )
    label = Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
        _LEFT - 8, top, escape(name)
    )
    return shape + label + _text(_LEFT + length + 6, top, f"{number(speed)}x", "goal")


def _text(x: float, y: int, text: str, kind: str) -> Markup:
    return Markup('<text x="{:.0f}" y="{}" class="{}">{}</text>').format(x, y, kind, text)
