import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from luthier.core import page
from luthier.core.page import render, write_page
from luthier.data.report_page import data_view
from tests.data_reports import data_report

REPORT = "data/templates/report.html"


@pytest.fixture(scope="module")
def view():
    return data_view(data_report({"train": {"a": 1}, "test": {"b": 1}}, 9, labelled=True))


def test_a_page_fetches_nothing(view):
    html = render(REPORT, language="en", view=view)
    assert re.findall(r"(?:src|href)=\"(?!#|data:,)", html) == []
    assert re.findall(r"https?://|@import|url\(", html) == []


def test_the_policy_names_the_one_style_sheet_and_nothing_else(view):
    html = render(REPORT, language="en", view=view)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html).group(1)
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(sha256(styles[0].encode()).digest()).decode()
    assert len(styles) == 1
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "script" not in policy


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh", "zh-Hans")])
def test_a_page_says_which_language_it_speaks(view, language, tag):
    assert f'<html lang="{tag}">' in render(REPORT, language=language, view=view)


def test_what_utf_8_or_html_cannot_hold_is_replaced(view, tmp_path):
    view.report["recognised"] = "\ud800 \x00 \x1b[31m \x85 好 👩"
    path = write_page(tmp_path / "r.html", REPORT, language="en", view=view)
    assert "\ufffd \ufffd \ufffd[31m \ufffd 好 👩" in path.read_text("utf-8")


def test_templates_of_a_language_are_made_once():
    assert page.environment("zh") is page.environment("zh")


def test_every_template_compiles():
    root = Path(page.__file__).parents[1]
    names = [str(path.relative_to(root)) for path in root.glob("*/templates/*.[hm]*")]
    assert len(names) >= 11
    for name in names:
        page.environment("en").get_template(name)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1209, "1,209"), (3.0, "3"), (0.04567, "0.0457"), (-5, "−5")]
)
def test_numbers(value, text):
    assert page.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.9567, "0.957"), (38.24, "38.2"), (None, "–"), (-0.05, "−0.050")]
)
def test_scores(value, text):
    assert page.score(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.04, "+0.040"), (0.0, "+0.000"), (-0.04, "−0.040")])
def test_differences_carry_their_sign(value, text):
    assert page.signed(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.91234, "share", "0.912"),
        (38.2449, "points", "38.2"),
        (100.0, "points", "100.0"),
        (0.0123456, "number", "0.0123"),
        (123.4, "number", "123"),
        (12.0, "number", "12.0"),
        (999.7, "number", "1,000"),
        (-0.5, "number", "−0.500"),
        (0.0, "number", "0"),
        (-3.5e-16, "number", "0"),
        (4.2e-7, "number", "4.20e−07"),
        (None, "number", "–"),
    ],
)
def test_a_metric_is_told_by_its_unit(value, unit, text):
    assert page.measured(value, unit) == text


def test_a_difference_is_told_by_its_unit_too():
    assert page.signed(12.345, "points") == "+12.3"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.0002, "<0.1%"), (0.034, "3.4%"), (0.5, "50%"), (0.996, "99.6%"), (1, "100%")],
)
def test_few_does_not_read_as_none_and_most_not_as_all(share, text):
    assert page.percent(share) == text


def test_almost_all_is_not_all():
    assert page.percent(0.9999) == ">99.9%"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (104, "1:44"), (3599.7, "1:00:00"), (86_461, "24:01:01")]
)
def test_durations(seconds, text):
    assert page.duration(seconds) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("full", "full"),
        ({"lora": {"rank": 16, "alpha": 32}}, "lora (rank 16, alpha 32)"),
        ({"text_classification": {"positive": None}}, "text_classification"),
    ],
)
def test_a_choice_on_one_line(written, text):
    assert page.written_choice(written) == text
