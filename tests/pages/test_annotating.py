"""The annotation page in a browser: by keyboard, for every kind of question, and after a crash."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from luthier.annotating.desk import Desk
from luthier.core.records import Row
from luthier.data.annotation.project import Project
from tests import annotated
from tests.annotation_server import served
from tests.pages.test_reports import scroll_width, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SHOWN = [("en", 1280, "light"), ("zh", 390, "dark")]
Serve = Callable[..., Any]


@contextmanager
def opened(
    browser: Browser, address: str, width: int = 1280, scheme: str = "light"
) -> Iterator[Page]:
    """A page that hears what it says, complains of, and asks for."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB"
    )
    page = context.new_page()
    page.heard, page.asked = [], []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(address)
    yield page
    context.close()


@pytest.fixture
def at_desk(tmp_path: Path, browser: Browser) -> Serve:
    """A project of a kind, Anna's page of it, and what it was answered."""

    @contextmanager
    def sit(kind: str = "classes", rows: Any = (), **more: Any) -> Iterator[Any]:
        with annotated.project(tmp_path, kind, rows, **more) as project:
            project.join("Anna")
            with (
                served(Desk(project, annotator="Anna", language="en")) as address,
                opened(browser, address) as page,
            ):
                ready(page)
                yield project, page

    return sit


def ready(page: Page) -> None:
    """The item is there."""
    page.locator("#item > *").first.wait_for()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def next_item(page: Page, done: int) -> None:
    """The item after so many answers is there."""
    page.get_by_text(f"{done} answered, {6 - done} to go").first.wait_for()


def values(project: Project) -> list[dict[str, Any]]:
    return [answer.value for answer in project.answers()]


BY_KEYS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "classes": (["2"], {"label": "ham"}),
    "label_sets": (["1", "3", "2", "2", "Enter"], {"labels": ["politics", "文化"]}),
    "rating": (["4"], {"score": 4}),
    "preference": (["ArrowRight"], {"preferred": "B"}),
    "spans": (
        ["ArrowRight"] * 2 + ["Control+Shift+ArrowRight"] * 2 + ["1", "Enter"],
        {"spans": [{"start": 2, "end": 12, "label": "PER"}]},
    ),
}


@pytest.mark.parametrize("kind", ["classes", "label_sets", "rating", "preference", "spans"])
def test_five_rows_are_annotated_by_keyboard(kind: str, at_desk: Serve) -> None:
    keys, value = BY_KEYS[kind]
    with at_desk(kind) as (project, page):
        for done in range(5):
            next_item(page, done)
            press(page, *keys)
        next_item(page, 5)
        assert values(project) == [value] * 5
        assert all(answer.seconds > 0 for answer in project.answers())
        assert page.heard == []


def test_five_answers_are_written_by_keyboard(at_desk: Serve) -> None:
    with at_desk("free_answer") as (project, page):
        for done in range(4):
            next_item(page, done)
            page.keyboard.type(f"Line one 😀\nus? {done}")
            press(page, "Control+Enter")
        next_item(page, 4)
        assert values(project) == [{"text": f"Line one 😀\nus? {n}"} for n in range(4)]


def test_an_answer_is_taken_from_the_passage_it_must_stand_in(at_desk: Serve) -> None:
    passage = {"context": "Marie Curie was born in Warsaw.", "question": "Where?"}
    with at_desk("free_answer", [Row(passage)]) as (project, page):
        page.get_by_text("Marie Curie").select_text()
        page.get_by_text("Marie Curie").dispatch_event("mouseup")
        assert page.locator("#written").input_value() == passage["context"]
        page.locator("#written").fill("Warsaw")
        press(page, "Control+Enter")
        page.get_by_text("Nothing is left").wait_for()
        assert values(project) == [{"text": "Warsaw"}]


def test_relations_are_annotated_by_keyboard(at_desk: Serve) -> None:
    with at_desk("relations") as (project, page):
        for done in range(5):
            next_item(page, done)
            press(page, "ArrowRight", "ArrowRight")
            press(page, *["Control+Shift+ArrowRight"] * 2, "1")
            select(page, 21, 30)
            press(page, "2")
            for name in ("Bill Gates PER", "Microsoft ORG"):
                page.get_by_role("button", name=name).focus()
                press(page, "Enter")
            press(page, "1", "Control+Enter")
        next_item(page, 5)
        assert (
            values(project)
            == [
                {
                    "spans": [
                        {"start": 2, "end": 12, "label": "PER"},
                        {"start": 21, "end": 30, "label": "ORG"},
                    ],
                    "relations": [{"head": 0, "tail": 1, "label": "founded"}],
                }
            ]
            * 5
        )


def select(page: Page, start: int, end: int) -> None:
    """Select characters of the text, as Python counts them, with the mouse's means."""
    page.evaluate(
        """([start, end]) => {
          const walker = document.createTreeWalker(document.querySelector("#text"), 4);
          const units = [...document.querySelector("#text").textContent];
          const place = (point) => {
            let left = units.slice(0, point).join("").length;
            walker.currentNode = walker.root;
            while (walker.nextNode()) {
              if (left <= walker.currentNode.length) return [walker.currentNode, left];
              left -= walker.currentNode.length;
            }
          };
          getSelection().setBaseAndExtent(...place(start), ...place(end));
        }""",
        [start, end],
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("😀 Bill met Anna.", "Bill"),
        ("𠮷野家在东京，杨绛也来了。", "杨绛"),
        ("👨‍👩‍👧 and 🇨🇳: Ada 👩🏽‍💻 wrote it.", "Ada"),
        ("שלום Bill, مرحبا Anna 😀", "مرحبا"),
        ("line\r\none 😀\n\tAda", "Ada"),
    ],
)
def test_offsets_are_those_of_python(text: str, words: str, at_desk: Serve) -> None:
    start = text.index(words)
    with at_desk("spans", [Row({"text": text})]) as (project, page):
        select(page, start, start + len(words))
        press(page, "2", "Enter")
        page.get_by_text("Nothing is left").wait_for()
        (value,) = values(project)
        assert value == {"spans": [{"start": start, "end": start + len(words), "label": "ORG"}]}


def test_a_whole_emoji_is_marked_even_if_half_of_it_is_selected(at_desk: Serve) -> None:
    with at_desk("spans", [Row({"text": "a😀b"})]) as (project, page):
        page.evaluate(
            "() => { const [node] = document.querySelector('#text').childNodes;"
            " getSelection().setBaseAndExtent(node, 1, node, 2); }"
        )
        press(page, "1", "Enter")
        page.get_by_text("Nothing is left").wait_for()
        assert values(project) == [{"spans": [{"start": 1, "end": 2, "label": "PER"}]}]


def test_spans_are_changed_and_taken_away_but_never_overlap(at_desk: Serve) -> None:
    with at_desk("spans") as (project, page):
        select(page, 2, 12)
        press(page, "1")
        select(page, 7, 20)
        press(page, "2")
        expect(page.locator("#fault")).to_contain_text("Spans may not overlap")
        page.evaluate("getSelection().collapseToEnd()")
        page.locator("mark.span").click()
        page.locator("mark.span").click()
        press(page, "3")
        expect(page.locator("mark.span")).to_have_attribute("data-label", "LOC")
        press(page, "Delete")
        expect(page.locator("mark.span")).to_have_count(0)
        press(page, "Enter")
        next_item(page, 1)
        assert values(project) == [{"spans": []}]


def test_words_of_an_unspaced_script_are_selected_as_words(at_desk: Serve) -> None:
    with at_desk("spans", [Row({"text": "杨绛喜欢北京。"})]) as (project, page):
        press(page, *["Control+ArrowRight"] * 2, "Control+Shift+ArrowRight", "3", "Enter")
        page.get_by_text("Nothing is left").wait_for()
        ((span,),) = [value["spans"] for value in values(project)]
        assert "杨绛喜欢北京。"[span["start"] : span["end"]] in ("喜欢", "北京")


def test_undo_shows_the_item_and_what_was_said(at_desk: Serve) -> None:
    with at_desk("label_sets") as (project, page):
        before = page.locator("#item").inner_text()
        press(page, "1", "Enter")
        next_item(page, 1)
        press(page, "u")
        next_item(page, 0)
        assert page.locator("#item").inner_text() == before
        assert values(project) == []
        press(page, "u")
        expect(page.locator("#fault")).to_have_text("There is nothing to undo.")


def test_skip_leaves_an_item_to_others(at_desk: Serve) -> None:
    with at_desk() as (project, page):
        press(page, "s")
        page.get_by_text("0 answered, 5 to go").first.wait_for()
        assert project.progress("Anna").skipped == 1


def test_keys_are_told_in_a_dialog(at_desk: Serve) -> None:
    with at_desk() as (project, page):
        press(page, "?")
        expect(page.get_by_role("dialog")).to_contain_text("undo: take the last answer back")
        press(page, "2", "Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert values(project) == []


def test_a_reloaded_page_goes_on_where_it_was(at_desk: Serve) -> None:
    with at_desk() as (project, page):
        press(page, "1")
        next_item(page, 1)
        before = page.locator("#item").inner_text()
        page.reload()
        next_item(page, 1)
        assert page.locator("#item").inner_text() == before
        assert values(project) == [{"label": "spam"}]


def test_many_labels_are_found_by_a_part_of_their_name(
    tmp_path: Path, at_desk: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = [f"intent {n}" for n in range(77)]
    monkeypatch.setitem(annotated.KINDS, "classes", {"labels": labels})
    with at_desk() as (project, page):
        press(page, "/")
        page.keyboard.type("us")  # neither undo nor skip
        expect(page.locator(".choice:visible")).to_have_count(0)
        page.locator(".filter").fill("76")
        press(page, "Enter")
        next_item(page, 1)
        assert values(project) == [{"label": "intent 76"}]


@pytest.mark.parametrize("kind", ["classes", "spans"])
def test_text_from_data_stays_text(kind: str, at_desk: Serve) -> None:
    with at_desk(kind, [Row({"text": annotated.HOSTILE})]) as (_, page):
        assert page.locator("#item").inner_text().strip() == annotated.HOSTILE
        assert page.locator("#item script, #item img").count() == 0
        assert page.title() == "Annotate · Spam or not?"
        assert page.heard == []


def test_the_page_fetches_nothing_from_elsewhere_and_runs_nothing_inline(at_desk: Serve) -> None:
    with at_desk() as (_, page):
        press(page, "1")
        next_item(page, 1)
        root = re.match(r"http://[^/]+/the-token/", page.url).group()
        assert [url for url in page.asked if not url.startswith((root, "data:"))] == []
        page.evaluate(
            "document.body.insertAdjacentHTML('beforeend',"
            '\'<img src="https://example.org/x.png" onerror="document.title = 1">\')'
        )
        page.wait_for_function("[...document.images].every((image) => image.complete)")
        assert any("Content Security Policy" in line for line in page.heard)
        assert page.title() == "Annotate · Spam or not?"


def test_an_answer_that_could_not_be_kept_stays_on_the_page(tmp_path: Path, browser: Any) -> None:
    with annotated.project(tmp_path, "label_sets") as project:
        project.join("Anna")
        with (
            served(Desk(project, annotator="Anna", language="en")) as address,
            opened(browser, address) as page,
        ):
            ready(page)
            page.context.set_offline(True)
            press(page, "1", "Enter")
            expect(page.locator("#fault")).to_contain_text("The server cannot be reached")
            page.context.set_offline(False)
            press(page, "Enter")
            next_item(page, 1)
            assert values(project) == [{"labels": ["politics"]}]


def test_two_people_get_an_item_each(tmp_path: Path, browser: Browser) -> None:
    with annotated.project(tmp_path) as project, served(Desk(project, language="en")) as address:
        said = {}
        for name, key in (("Anna", "1"), ("王小明", "2")):
            with opened(browser, address) as page:
                page.get_by_label("Your name").fill(name)
                press(page, "Enter")
                ready(page)
                said[name] = page.locator("#item").inner_text()
                press(page, key)
                page.get_by_text("1 answered").first.wait_for()
        assert len(set(said.values())) == 2
        assert {(a.by, a.value["label"]) for a in project.answers()} == {
            ("Anna", "spam"),
            ("王小明", "ham"),
        }


def test_a_dispute_is_decided_by_keyboard(tmp_path: Path, browser: Browser) -> None:
    with annotated.project(tmp_path, overlap=2) as project:
        for by, label in (("Anna", "spam"), ("Bill", "ham")):
            project.join(by)
            project.answer(by, project.next(by).id, {"label": label})
        with (
            served(Desk(project, annotator="Anna", language="en")) as address,
            opened(browser, address + "disputed") as page,
        ):
            page.locator(".opinion").first.wait_for()
            assert [text.split("\n")[0] for text in page.locator(".opinion").all_inner_texts()] == [
                "Anna",
                "Bill",
            ]
            press(page, "3")
            page.get_by_text("Everything is decided.").wait_for()
            assert list(project.verdicts().values()) == [{"label": "not sure"}]


def test_spans_of_one_person_are_taken_and_mended(tmp_path: Path, browser: Browser) -> None:
    with annotated.project(tmp_path, "spans", overlap=2) as project:
        for by, end in (("Anna", 6), ("Bill", 12)):
            project.join(by)
            spans = [{"start": 2, "end": end, "label": "PER"}]
            project.answer(by, project.next(by).id, {"spans": spans})
        with (
            served(Desk(project, annotator="Anna", language="en")) as address,
            opened(browser, address + "disputed") as page,
        ):
            page.get_by_role("button", name="Take this answer: Bill").click()
            page.locator("#text mark").wait_for()
            select(page, 21, 30)
            press(page, "2", "Control+Enter")
            page.get_by_text("Everything is decided.").wait_for()
            ((first, second),) = [value["spans"] for value in project.verdicts().values()]
            assert (first["end"], second["label"]) == (12, "ORG")


@pytest.mark.parametrize(("language", "width", "scheme"), SHOWN)
@pytest.mark.parametrize("kind", annotated.KINDS)
def test_the_question_is_accessible_and_fits_the_screen(
    kind: str, language: Any, width: int, scheme: str, tmp_path: Path, browser: Browser
) -> None:
    with annotated.project(tmp_path, kind) as project:
        project.join("Anna")
        with (
            served(Desk(project, annotator="Anna", language=language)) as address,
            opened(browser, address, width, scheme) as page,
        ):
            ready(page)
            if kind in ("spans", "relations"):
                select(page, 2, 12)
                press(page, "1")
                page.locator("mark.span").wait_for()
            assert violations(page) == []
            assert scroll_width(page) == width
            assert page.heard == []


@pytest.mark.parametrize(("language", "width", "scheme"), SHOWN)
def test_the_other_pages_are_accessible_and_fit_the_screen(
    language: Any, width: int, scheme: str, tmp_path: Path, browser: Browser
) -> None:
    with annotated.project(tmp_path, overlap=2) as project:
        for by, labels in (("Anna", ("spam", "ham")), ("王小明", ("ham", "ham"))):
            project.join(by)
            for label in labels:
                project.answer(by, project.next(by).id, {"label": label}, seconds=2.0)
        with (
            served(Desk(project, language=language)) as address,
            opened(browser, address, width, scheme) as page,
        ):
            assert violations(page) == []
            assert scroll_width(page) == width
            page.locator(".people button").first.click()
            ready(page)
            for path, wanted in (("disputed", ".opinion"), ("agreement", ".dots")):
                page.goto(address + path)
                page.locator(wanted).first.wait_for()
                assert violations(page) == []
                assert scroll_width(page) == width
            assert page.heard == []


def test_nothing_is_lost_when_the_server_is_killed(tmp_path: Path, browser: Browser) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("text,label\n" + "".join(f"Text {n},{'ab'[n % 2]}\n" for n in range(6)))
    command = [sys.executable, "-m", "luthier", "annotate", str(rows), "--task"]
    command += ["text_classification", "--annotator", "Anna", "--language", "en"]
    for done in (0, 2):
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert server.stderr is not None
        address = next(line for line in server.stderr if line.startswith("Open ")).split()[1]
        with opened(browser, address) as page:
            for more in range(2):
                next_item(page, done + more)
                press(page, "1")
            next_item(page, done + 2)
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        server.stderr.close()
    with Project.open(tmp_path / "rows-annotations") as project:
        assert values(project) == [{"label": "a"}] * 4
