import pytest

from luthier.annotating.guidelines import as_html
from tests.annotated import GUIDELINES


def test_markdown_becomes_html_with_headings_below_those_of_the_page():
    html = as_html("# Top\n\n- *one*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "<h3>Top</h3>" in html
    assert "<em>one</em>" in html
    assert "<td>1</td>" in html


def test_no_heading_is_deeper_than_html_has_them():
    assert as_html("###### deep") == "<h6>deep</h6>\n"


def test_html_in_guidelines_stays_text():
    assert "&lt;script&gt;" in as_html(GUIDELINES)
    assert "<script" not in as_html(GUIDELINES)


@pytest.mark.parametrize("aim", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_a_link_that_would_run_something_is_none(aim):
    assert "<a" not in as_html(f"[click]({aim})")


def test_a_link_opens_beside_the_page_and_does_not_say_where_it_came_from():
    assert '<a href="https://example.org" target="_blank" rel="noreferrer">x</a>' in as_html(
        "[x](https://example.org)"
    )


def test_a_picture_is_not_fetched():
    assert "<img" not in as_html("![x](https://example.org/x.png)")
