"""Charts as inline SVG that need no script: they take the page's colours and stretch with it.

Coordinates are percentages of the plot, so that lines and dots move apart on a wide screen while
text and strokes keep their size. Axis labels stand outside the plot, in the margin that page.css
leaves around it. Whatever comes from data is escaped.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from luthier.core.axes import Axis

MAX_DOTS = 20
"""A series with more points than this is drawn as a line alone."""
MAX_EDGE_LABELS = 8
"""Of a histogram; more would run into one another on a telephone."""
_UNITS = 1000  # of the inner coordinate system in which a line is drawn


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: its name in the legend, and points (x, y) with rising x.

    Attributes:
        name: in the legend.
        points: (x, y) each.
        intervals: where given, the low and high end of each point, drawn as an upright stroke.
    """

    name: str
    points: Sequence[tuple[float, float]]
    intervals: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of a reliability diagram: mean confidence, accuracy, and rows in it."""

    confidence: float
    accuracy: float
    rows: int


def line_chart(
    key: str,
    series: Sequence[Series],
    *,
    title: str,
    description: str,
    end: float,
    over: Iterable[float] = (),
) -> Markup:
    """Several lines over one horizontal axis that counts from 0, such as losses by step.

    Args:
        key: makes the ids of the chart's title and description unique on the page.
        series: at least one, each with at least one point.
        title: accessible name.
        description: what the chart shows, with its numbers, for whoever does not see it.
        end: where the horizontal axis ends; charts that are to be compared end together.
        over: values that the vertical axis holds as well, so that charts can be compared.
    """
    x_axis = Axis.over([0.0, end], whole=True)
    drawn_values = [y for line in series for _, y in line.points]
    drawn_values += [y for line in series for ends in line.intervals for y in ends]
    y_axis = Axis.over([*drawn_values, *over])
    drawn = Markup().join(
        _line(line, x_axis, y_axis, number) for number, line in enumerate(series, 1)
    )
    body = _horizontal_grid(y_axis) + _bottom_labels(x_axis) + drawn
    return _image(key, "plot", title, description, body)


def histogram(
    key: str,
    edges: Sequence[float],
    counts: Sequence[int],
    *,
    title: str,
    description: str,
    limit: float | None = None,
) -> Markup:
    """Counts of values between `edges`; what lies above `limit` is drawn as cut off.

    All columns are equally wide, whatever the distance of their edges, so that a height is a count.
    """
    y_axis = Axis.over([0.0, *counts], whole=True)
    bars = Markup().join(
        _column(index, edges, count, y_axis, limit) for index, count in enumerate(counts) if count
    )
    body = _horizontal_grid(y_axis) + _edge_labels(edges) + bars
    if limit is not None and edges[0] < limit < edges[-1]:
        at = _percent(_place(limit, edges))
        body += _tag("line", class_="limit", x1=at, x2=at, y1="0", y2="100%")
    return _image(key, "plot", title, description, body)


def reliability_diagram(key: str, bins: Iterable[Bin], *, title: str, description: str) -> Markup:
    """Accuracy over confidence: a calibrated model's dots lie on the diagonal.

    The area of a dot is proportional to the rows in its bin. See Guo et al., "On Calibration of
    Modern Neural Networks", 2017.
    """
    filled = [one for one in bins if one.rows]
    largest = max((one.rows for one in filled), default=1)
    axis = Axis(0.0, 1.0, 0.25)
    diagonal = _tag("line", class_="diagonal", x1="0", y1="100%", x2="100%", y2="0")
    dots = Markup().join(_bin_dot(one, largest) for one in filled)
    body = _horizontal_grid(axis) + _bottom_labels(axis) + diagonal + dots
    return _image(key, "plot square", title, description, body)


def scatter(
    key: str,
    dots: Sequence[tuple[float, float]],
    *,
    title: str,
    description: str,
    line: Literal["diagonal", "zero"],
) -> Markup:
    """Pairs of numbers as dots, with the line on which good ones lie.

    Args:
        key: makes the ids of the chart's title and description unique on the page.
        dots: (x, y) each.
        title: accessible name.
        description: what the chart shows, with its numbers, for whoever does not see it.
        line: `diagonal`: x and y are of one scale and should be equal; `zero`: y should be 0.
    """
    if line == "diagonal":
        x_axis = y_axis = Axis.over(value for dot in dots for value in dot)
        ends = {"x1": "0", "y1": "100%", "x2": "100%", "y2": "0"}
    else:
        x_axis = Axis.over(x for x, _ in dots)
        y_axis = Axis.over([0.0, *(y for _, y in dots)])
        at = _percent(1 - y_axis.share(0))
        ends = {"x1": "0", "y1": at, "x2": "100%", "y2": at}
    drawn = Markup().join(_speck(x_axis.share(x), y_axis.share(y)) for x, y in dots)
    aim = _tag("line", class_="diagonal", **ends)
    kind = "plot square" if line == "diagonal" else "plot"
    body = _horizontal_grid(y_axis) + _bottom_labels(x_axis) + aim + drawn
    return _image(key, kind, title, description, body)


def clouds(
    key: str,
    groups: Sequence[Sequence[tuple[float, float]]],
    *,
    title: str,
    description: str,
) -> Markup:
    """Several groups of dots over the same two axes, both from 0, such as rows by how they behave.

    Args:
        key: makes the ids of the chart's title and description unique on the page.
        groups: (x, y) of each dot, at least one dot over all; a group has a colour.
        title: accessible name.
        description: what the chart shows, with its numbers, for whoever does not see it.
    """
    x_axis = Axis.over([0.0, *(x for group in groups for x, _ in group)])
    y_axis = Axis.over([0.0, *(y for group in groups for _, y in group)])
    drawn = Markup().join(
        _tag(
            "g",
            Markup().join(_speck(x_axis.share(x), y_axis.share(y)) for x, y in group),
            class_=f"series-{number}",
        )
        for number, group in enumerate(groups, 1)
    )
    body = _horizontal_grid(y_axis) + _bottom_labels(x_axis) + drawn
    return _image(key, "plot tall", title, description, body)


def heat_map(
    key: str,
    counts: Sequence[Sequence[int]],
    labels: Sequence[str],
    *,
    title: str,
    description: str,
) -> Markup:
    """A confusion matrix of many classes: rows are true, columns are predicted.

    A cell is as strong as its share of the rows of its true class. Hovering over one tells which
    classes it joins.
    """
    size = len(labels)
    cells = Markup().join(
        _cell(row, column, count, sum(line), labels)
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
        if count
    )
    frame = _tag("rect", class_="frame", width=size, height=size)
    return _image(key, "heat", title, description, frame + cells, viewBox=f"0 0 {size} {size}")


def interval_mark(
    value: float, low: float, high: float, axis: Axis, *, kind: str, line_at: float | None = None
) -> Markup:
    """A dot and its interval on an axis; the text beside it says the numbers.

    Args:
        value: where the dot is.
        low: beginning of the interval.
        high: end of the interval.
        axis: shared by the marks that are to be compared.
        kind: CSS class, such as `tuned` or `baseline`.
        line_at: value of a thin line to compare with.
    """
    body = Markup("")
    if line_at is not None:
        at = _percent(axis.share(line_at))
        body += _tag("line", class_="guide", x1=at, x2=at, y1="0", y2="100%")
    ends = {"x1": _percent(axis.share(low)), "x2": _percent(axis.share(high))}
    body += _tag("line", class_="range", y1="50%", y2="50%", **ends)
    body += _tag("circle", class_="dot", cx=_percent(axis.share(value)), cy="50%", r=5)
    return _tag("svg", body, class_=f"mark {kind}", aria_hidden="true", focusable="false")


def axis_labels(axis: Axis) -> Markup:
    """The labels below a column of interval marks."""
    body = Markup().join(
        _tag("text", label, x=_percent(axis.share(value)), y="1.2em", class_="below")
        for value, label in axis.marks()
    )
    return _tag("svg", body, class_="mark labels", aria_hidden="true", focusable="false")


def bar(share: float, *, kind: str = "") -> Markup:
    """A horizontal bar that fills `share` of its cell; the number stands in the cell beside it."""
    filled = _tag("rect", width=_percent(share), height="100%", rx=2)
    return _tag("svg", filled, class_=f"bar {kind}".strip(), aria_hidden="true", focusable="false")


def funnel_piece(before: float, after: float) -> Markup:
    """One step of a funnel: what came in above, what went out below, as shares of the widest.

    Stacked without a gap, the pieces of all steps make the funnel.
    """
    corners = [(1 - before) / 2, (1 + before) / 2, (1 + after) / 2, (1 - after) / 2]
    points = " ".join(
        f"{x * _UNITS:.1f},{y}" for x, y in zip(corners, (0, 0, _UNITS, _UNITS), strict=True)
    )
    return _tag(
        "svg",
        _tag("polygon", points=points),
        class_="funnel",
        viewBox=f"0 0 {_UNITS} {_UNITS}",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )


def _line(series: Series, x_axis: Axis, y_axis: Axis, number: int) -> Markup:
    places = [(x_axis.share(x), 1 - y_axis.share(y)) for x, y in series.points]
    path = " ".join(f"{x * _UNITS:.1f},{y * _UNITS:.1f}" for x, y in places)
    line = _tag("polyline", points=path, class_="stroke")
    inner = _tag("svg", line, viewBox=f"0 0 {_UNITS} {_UNITS}", preserveAspectRatio="none")
    dots = Markup("")
    if len(places) <= MAX_DOTS:
        dots = Markup().join(
            _tag(
                "circle",
                _tag("title", f"{series.name} · {x:g}: {y:.4g}"),
                class_="dot",
                cx=_percent(at_x),
                cy=_percent(at_y),
                r=3.5,
            )
            for (at_x, at_y), (x, y) in zip(places, series.points, strict=True)
        )
    strokes = Markup().join(
        _tag(
            "line",
            class_="whisker",
            x1=_percent(at_x),
            x2=_percent(at_x),
            y1=_percent(1 - y_axis.share(low)),
            y2=_percent(1 - y_axis.share(high)),
        )
        for (at_x, _), (low, high) in zip(places, series.intervals, strict=False)
    )
    return _tag("g", inner + strokes + dots, class_=f"series-{number}")


def _speck(x: float, y: float) -> Markup:
    return _tag("circle", class_="speck", cx=_percent(x), cy=_percent(1 - y), r=3)


def _column(
    index: int, edges: Sequence[float], count: int, y_axis: Axis, limit: float | None
) -> Markup:
    low, high = edges[index], edges[index + 1]
    left, width, top = index / (len(edges) - 1), 1 / (len(edges) - 1), 1 - y_axis.share(count)
    cut = limit is not None and low >= limit
    return _tag(
        "rect",
        _tag("title", f"{low:,.6g}–{high:,.6g}: {count:,}"),
        class_="column cut" if cut else "column",
        x=_percent(left),
        width=_percent(width),
        y=_percent(top),
        height=_percent(1 - top),
    )


def _edge_labels(edges: Sequence[float]) -> Markup:
    last = len(edges) - 1
    every = math.ceil(last / MAX_EDGE_LABELS)
    return Markup().join(
        _tag("text", f"{edges[i]:,.6g}", x=_percent(i / last), y="100%", dy="1.5em", class_="below")
        for i in range(0, last + 1, every)
    )


def _place(value: float, edges: Sequence[float]) -> float:
    index = bisect_right(edges, value) - 1
    inside = (value - edges[index]) / (edges[index + 1] - edges[index])
    return (index + inside) / (len(edges) - 1)


def _bin_dot(one: Bin, largest: int) -> Markup:
    x, y = _percent(one.confidence), _percent(1 - one.accuracy)
    gap = _tag("line", class_="gap", x1=x, x2=x, y1=y, y2=_percent(1 - one.confidence))
    said = _tag("title", f"{one.confidence:.3f} → {one.accuracy:.3f} ({one.rows:,})")
    radius = f"{3 + 9 * math.sqrt(one.rows / largest):.1f}"
    return gap + _tag("circle", said, class_="bubble", cx=x, cy=y, r=radius)


def _cell(row: int, column: int, count: int, total: int, labels: Sequence[str]) -> Markup:
    return _tag(
        "rect",
        _tag("title", f"{_isolated(labels[row])} → {_isolated(labels[column])}: {count:,}"),
        class_="hit" if row == column else "miss",
        x=column,
        y=row,
        width=1,
        height=1,
        fill_opacity=f"{0.15 + 0.85 * math.sqrt(count / total):.2f}",
    )


def _horizontal_grid(axis: Axis) -> Markup:
    marks = Markup("")
    for value, label in axis.marks():
        y = _percent(1 - axis.share(value))
        marks += _tag("line", class_="grid", x1="0", x2="100%", y1=y, y2=y)
        marks += _tag("text", label, x="-0.6em", y=y, dy="0.32em", text_anchor="end")
    return marks


def _bottom_labels(axis: Axis) -> Markup:
    return Markup().join(
        _tag("text", label, x=_percent(axis.share(value)), y="100%", dy="1.5em", class_="below")
        for value, label in axis.marks()
    )


def _image(
    key: str, kind: str, title: str, description: str, body: Markup, **attributes: object
) -> Markup:
    name, said = f"{key}-title", f"{key}-description"
    words = _tag("title", title, id=name) + _tag("desc", description, id=said)
    return _tag(
        "svg",
        words + body,
        role="img",
        class_=kind,
        aria_labelledby=name,
        aria_describedby=said,
        **attributes,
    )


def _isolated(label: str) -> str:
    # A tooltip holds no <bdi>: these characters keep a right-to-left label from moving its arrow.
    return f"\u2068{label}\u2069"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def _tag(name: str, content: str = "", **attributes: object) -> Markup:
    written = Markup().join(
        Markup(' {}="{}"').format(key.strip("_").replace("_", "-"), value)
        for key, value in attributes.items()
    )
    return Markup("<{}{}>{}</{}>").format(name, written, content, name)
