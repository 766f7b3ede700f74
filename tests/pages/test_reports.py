"""The pages as a browser shows them: to everybody, on any screen, and without a single request."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from luthier.data.report_page import write_data_report
from tests.data_reports import data_report

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KINDS = [
    *("spam", "unhelpful", "harmful", "intents", "chinese", "text", "hostile"),
    *("emotions", "ratings", "entities", "translation", "questions", "chats"),
    *("hostile_texts", "hostile_tags"),
]
SHOWN = [("en", 1280, "light"), ("zh", 360, "dark")]
OTHERWISE = [("zh", 1280, "dark"), ("en", 360, "light")]
Report = Callable[[str, str], Path]


@pytest.mark.parametrize(
    ("kind", "language", "width", "scheme"),
    [(kind, *shown) for kind in KINDS for shown in SHOWN]
    + [(kind, *shown) for kind in KINDS[:3] for shown in OTHERWISE],
)
def test_a_report_is_accessible_and_fits_the_screen(
    kind: str, language: str, width: int, scheme: str, report_of: Report, open_page: Any
) -> None:
    with open_page(report_of(kind, language), width=width, scheme=scheme) as page:
        assert page.heard == []
        assert scroll_width(page) == width
        unfold(page)
        assert violations(page) == []
        assert scroll_width(page) == width


@pytest.mark.parametrize(("language", "width", "scheme"), SHOWN)
def test_a_data_report_is_accessible_and_fits_the_screen(
    language: Any, width: int, scheme: str, tmp_path: Path, open_page: Any
) -> None:
    counts = {"train": {"ham": 900, "spam": 100}, "test": {"ham": 90, "spam": 10}}
    report = data_report(counts, 1100, labelled=True) | {"faults": ["Too few rows of `spam`."]}
    path = write_data_report(report, tmp_path / "report.html", language=language)
    with open_page(path, width=width, scheme=scheme) as page:
        assert page.heard == []
        assert violations(page) == []
        assert scroll_width(page) == width


def test_a_click_on_the_map_shows_the_row(tmp_path: Path, open_page: Any) -> None:
    counts = {"train": {"ham": 900, "spam": 100}, "test": {"ham": 90, "spam": 10}}
    report = data_report(counts, 1100, labelled=True)
    for number, point in enumerate(report["topics"]["points"]):
        point["text"] = f"the text of point {number}"
    path = write_data_report(report, tmp_path / "report.html", language="en")
    with open_page(path, width=390) as page:
        page.locator(".map circle").nth(2).click()
        assert page.locator(".read li:visible bdi").last.inner_text() == "the text of point 2"
        assert page.locator(".map").evaluate("map => map.getBoundingClientRect().top >= 0")
        assert violations(page) == []


def test_the_map_is_coloured_by_label_or_cluster(tmp_path: Path, open_page: Any) -> None:
    report = data_report({"train": {"ham": 900, "spam": 100}}, 1000, labelled=True)
    path = write_data_report(report, tmp_path / "report.html", language="en")
    colours = "dots => dots.map(dot => getComputedStyle(dot).fill)"
    with open_page(path) as page:
        by_label = page.locator(".map circle").evaluate_all(colours)
        page.get_by_label("by cluster").check()
        by_cluster = page.locator(".map circle").evaluate_all(colours)
    assert by_label[0] == by_label[3]
    assert by_cluster[0] == by_cluster[2] != by_cluster[1] == by_cluster[3]


@pytest.mark.parametrize("kind", ["hostile", "hostile_texts", "hostile_tags"])
def test_text_from_data_stays_text(kind: str, report_of: Report, open_page: Any) -> None:
    with open_page(report_of(kind, "en")) as page:
        assert page.title() == f"Report of the run “{kind}”"
        assert page.locator("script, img, iframe, [onload], [onerror]").count() == 0
        assert page.locator("style").count() == 1
        assert page.locator("body").is_visible()


def test_the_policy_forbids_what_an_injection_would_need(report_of: Report, open_page: Any) -> None:
    with open_page(report_of("spam", "en")) as page:
        page.evaluate(
            "document.body.insertAdjacentHTML('beforeend',"
            '\'<img src="https://example.org/x.png"><p style="color:red">x</p>\')'
        )
        page.wait_for_function("document.images[0].complete")
        assert len([line for line in page.heard if "Content Security Policy" in line]) == 2


def test_a_report_is_read_with_the_keyboard_alone(report_of: Report, open_page: Any) -> None:
    with open_page(report_of("spam", "en")) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.url.endswith("#content")
        page.locator(".mistakes summary").first.focus()
        page.keyboard.press("Enter")
        assert page.locator(".mistakes details").first.get_attribute("open") is not None


def test_the_charts_speak(report_of: Report, open_page: Any) -> None:
    with open_page(report_of("spam", "en")) as page:
        names = page.locator("svg[role=img]").evaluate_all(
            "charts => charts.map(c => c.querySelector('title').textContent)"
        )
        assert names == [
            "Loss by step",
            "F1 on the validation split, by step",
            "Learning rate by step",
            "Accuracy by confidence",
            "Rows by length in tokens",
        ]
        told = page.locator("#loss-description").text_content()
        assert told.startswith("Training loss: 0.592 at step 10, ")


SECTIONS = {
    "intents": ["Confusion matrix", "Each class", "Calibration", "Most confident mistakes"],
    "emotions": ["Each label", "Labels per row", "Most confident mistakes"],
    "ratings": ["Predicted against true", "Largest errors"],
    "entities": [
        *("Which type was taken for which", "Each type of entity"),
        "Sentences with the most errors",
    ],
    "translation": ["Lengths of the answers", "Answers beside their references"],
}


@pytest.mark.parametrize("kind", SECTIONS)
def test_the_sections_of_a_report_come_in_order(
    kind: str, report_of: Report, open_page: Any
) -> None:
    with open_page(report_of(kind, "en")) as page:
        assert page.locator("h2").all_inner_texts() == [
            *("Scores", "Training"),
            *SECTIONS[kind],
            *("Data", "How to repeat this"),
        ]


def test_every_link_of_the_navigation_leads_somewhere(report_of: Report, open_page: Any) -> None:
    for kind in SECTIONS:
        with open_page(report_of(kind, "en")) as page:
            aims = page.locator("nav a").evaluate_all("links => links.map(a => a.hash)")
            assert len(aims) > 4
            assert [aim for aim in aims if page.locator(aim).count() != 1] == []


def test_entities_are_told_by_more_than_colour(report_of: Report, open_page: Any) -> None:
    with open_page(report_of("entities", "en")) as page:
        styles = {
            name: page.locator(selector).first.evaluate(
                "m => getComputedStyle(m).borderBottomStyle"
            )
            for name, selector in (("right", "mark:not(.wrong)"), ("wrong", "mark.wrong"))
        }
        assert styles == {"right": "solid", "wrong": "dashed"}
        said = page.locator(".twice").first.inner_text()
        assert "(missed)" in said
        assert "(made up)" in said


def violations(page: Page) -> list[str]:
    """What axe finds: rule, and where."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def scroll_width(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
