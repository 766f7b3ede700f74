"""A browser for the tests of pages, and run folders whose pages it opens."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from luthier.core.page import Language
from luthier.evaluation.report import write_report
from tests import judged_runs, runs
from tests.pages.browser import find_browser, start_browser

OpenPage = Callable[..., AbstractContextManager[Page]]
_MISSING = "There is no browser. Install chromium, or run: playwright install chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser(playwright)
        if path is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(_MISSING)
        opened = start_browser(playwright, path)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser) -> OpenPage:
    """Opens a file; what the page asks for, says and complains of is on `page.heard`."""

    @contextmanager
    def open_file(path: Path, *, width: int = 1280, scheme: str = "light") -> Iterator[Page]:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB"
        )
        page = context.new_page()
        page.heard = []
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on("request", lambda request: page.heard.append(request.url))
        page.goto(path.as_uri())
        page.heard.remove(path.as_uri())
        yield page
        context.close()

    return open_file


@pytest.fixture(scope="session")
def report_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Language], Path]:
    """The report of a kind of run (`spam`, `intents`, ...) in a language, written once."""
    root = tmp_path_factory.mktemp("runs")

    def make(kind: str, language: Language) -> Path:
        folder = root / language / kind
        if not folder.exists():
            made_in = runs if hasattr(runs, f"{kind}_run") else judged_runs
            write_report(getattr(made_in, f"{kind}_run")(folder), language=language)
        return folder / "report.html"

    return make
