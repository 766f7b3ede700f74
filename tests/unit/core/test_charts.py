import xml.etree.ElementTree as ElementTree

import pytest

from luthier.core import charts
from luthier.core.axes import Axis
from luthier.core.charts import Bin, Series

ATTACK = "</title><script>alert(1)</script>\" onload='x' & <b>"
POINTS = [(1.0, 0.9), (2.0, 0.4), (3.0, 0.3)]
WORDS = {"title": ATTACK, "description": ATTACK}


def line_chart(points=POINTS, names=("one",), **words):
    words = {"title": "Loss", "description": "It falls.", **words}
    return charts.line_chart("loss", [Series(n, points) for n in names], end=3, **words)


CHARTS = {
    "line": lambda: line_chart(names=(ATTACK,), **WORDS),
    "histogram": lambda: charts.histogram("h", [0, 1, 2], [3, 4], limit=1, **WORDS),
    "reliability": lambda: charts.reliability_diagram("r", [Bin(0.9, 0.8, 10)], **WORDS),
    "scatter": lambda: charts.scatter("s", [(1, 2), (3, 2)], line="diagonal", **WORDS),
    "heat": lambda: charts.heat_map("m", [[1, 2], [0, 3]], [ATTACK, "b"], **WORDS),
}


@pytest.mark.parametrize("kind", CHARTS)
def test_text_in_a_chart_stays_text(kind):
    tree = parse(CHARTS[kind]())
    assert {element.tag for element in tree.iter()} <= {
        "svg",
        *("title", "desc", "text", "g", "rect", "line", "circle", "polyline"),
    }
    assert not any(name.startswith("on") for element in tree.iter() for name in element.attrib)


@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_is_an_image_with_a_name_and_a_description(kind):
    tree = parse(CHARTS[kind]())
    assert tree.get("role") == "img"
    by_id = {element.get("id"): element.text for element in tree.iter() if element.get("id")}
    assert by_id[tree.get("aria-labelledby")] == ATTACK
    assert by_id[tree.get("aria-describedby")] == ATTACK


def test_a_line_goes_through_its_points():
    line = parse(line_chart()).find(".//polyline")
    assert line.get("points") == "333.3,125.0 666.7,750.0 1000.0,875.0"


def test_a_single_point_is_a_dot():
    dots = parse(line_chart(points=[(2.0, 0.5)])).findall(".//circle")
    assert [dot.find("title").text for dot in dots] == ["one · 2: 0.5"]


def test_many_points_are_a_line_without_dots():
    points = [(float(x), 0.5) for x in range(charts.MAX_DOTS + 1)]
    assert parse(line_chart(points=points)).findall(".//circle") == []


def test_each_line_has_a_class_of_its_own():
    groups = parse(line_chart(names=("a", "b"))).findall("g")
    assert [group.get("class") for group in groups] == ["series-1", "series-2"]


def test_columns_above_the_limit_are_cut():
    tree = parse(charts.histogram("h", [0, 10, 20, 40], [5, 0, 2], limit=20, **WORDS))
    assert [(r.get("class"), r.find("title").text) for r in tree.findall("rect")] == [
        ("column", "0–10: 5"),
        ("column cut", "20–40: 2"),
    ]
    assert tree.find("line[@class='limit']").get("x1") == "66.67%"


def test_a_limit_beyond_the_longest_is_not_drawn():
    tree = parse(charts.histogram("h", [0, 10, 20], [5, 1], limit=512, **WORDS))
    assert tree.find("line[@class='limit']") is None


def test_the_area_of_a_dot_is_its_rows():
    bins = [Bin(0.5, 0.5, 100), Bin(0.9, 0.9, 25), Bin(0.1, 0.0, 0)]
    dots = parse(charts.reliability_diagram("r", bins, **WORDS)).findall("circle")
    assert [dot.get("r") for dot in dots] == ["12.0", "7.5"]


def test_dots_are_drawn_against_a_diagonal_on_one_scale():
    tree = parse(charts.scatter("s", [(0, 4), (4, 1)], line="diagonal", **WORDS))
    dots = [(dot.get("cx"), dot.get("cy")) for dot in tree.findall("circle")]
    assert dots == [("0%", "0%"), ("100%", "75%")]
    aim = tree.find("line[@class='diagonal']")
    assert [aim.get(end) for end in ("x1", "y1", "x2", "y2")] == ["0", "100%", "100%", "0"]


def test_errors_are_drawn_about_zero():
    tree = parse(charts.scatter("s", [(10, -1), (20, 1)], line="zero", **WORDS))
    aim = tree.find("line[@class='diagonal']")
    assert (aim.get("y1"), aim.get("y2")) == ("50%", "50%")


def test_a_single_dot_can_be_drawn():
    assert len(parse(charts.scatter("s", [(3, 3)], line="zero", **WORDS)).findall("circle")) == 1


def test_a_heat_map_draws_what_is_not_zero():
    tree = parse(charts.heat_map("m", [[8, 2], [0, 3]], ["a", "b"], **WORDS))
    cells = tree.findall("rect")[1:]
    assert [(c.get("class"), c.find("title").text) for c in cells] == [
        ("hit", "\u2068a\u2069 → \u2068a\u2069: 8"),
        ("miss", "\u2068a\u2069 → \u2068b\u2069: 2"),
        ("hit", "\u2068b\u2069 → \u2068b\u2069: 3"),
    ]


def test_an_interval_mark_lies_on_its_axis():
    mark = parse(charts.interval_mark(0.5, 0.25, 1.0, Axis(0, 1, 0.25), kind="tuned"))
    assert (mark.find("line").get("x1"), mark.find("line").get("x2")) == ("25%", "100%")
    assert mark.find("circle").get("cx") == "50%"


def test_marks_beside_their_numbers_are_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in charts.bar(0.5)


def parse(markup):
    return ElementTree.fromstring(str(markup))


def test_a_line_shows_the_interval_of_each_point() -> None:
    line = Series("a", [(1, 2.0), (2, 4.0)], [(1.0, 3.0), (3.0, 5.0)])
    drawn = charts.line_chart("k", [line], title="t", description="d", end=2)
    assert drawn.count('class="whisker"') == 2


def test_a_vertical_axis_holds_intervals_and_what_else_it_is_to_hold() -> None:
    line = Series("a", [(1, 2.0)], [(0.0, 3.0)])
    drawn = charts.line_chart("k", [line], title="t", description="d", end=2, over=[10.0])
    assert ">10</text>" in drawn
    assert ">0</text>" in drawn
