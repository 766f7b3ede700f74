import re

from luthier.core.charts import clouds


def test_every_dot_stands_in_its_group() -> None:
    drawn = clouds("map", [[(0, 1), (0.5, 0)], [(0.25, 0.5)]], title="t", description="d")
    groups = re.findall(r'<g class="series-(\d)">(.*?)</g>', drawn)
    assert [(name, found.count("<circle")) for name, found in groups] == [("1", 2), ("2", 1)]


def test_the_axes_begin_at_zero() -> None:
    drawn = clouds("map", [[(0.5, 1.0)]], title="t", description="d")
    assert 'cx="100%" cy="0%"' in drawn


def test_what_it_says_is_escaped() -> None:
    assert "<b>" not in clouds("map", [[(0, 0)]], title="<b>", description="<b>")
