"""From a key to the next item on 100,000 rows, in Chromium: `python -m benchmarks.annotating`."""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from luthier.annotating.desk import Desk
from luthier.core.records import Row
from luthier.data.annotation.project import Project
from tests.annotation_server import served
from tests.pages.browser import find_browser, start_browser

ROWS, ANSWERS, LIMIT = 100_000, 300, 300.0
KIND = {"classes": {"labels": ["spam", "ham", "not sure"]}}

# From the key going down to the frame that shows the item after it.
_MEASURE = """() => {
  window.times = [];
  let start = 0;
  addEventListener("keydown", () => (start = performance.now()), true);
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(
    () => window.times.push(performance.now() - start)
  ))).observe(document.querySelector("#told"), { childList: true });
}"""


def main() -> int:
    """Print the milliseconds of 300 answers by keyboard: median, 95th percentile, slowest."""
    with tempfile.TemporaryDirectory() as scratch:
        start = time.perf_counter()
        rows = (Row({"text": f"Mail number {n}: " + "words " * (n % 80)}) for n in range(ROWS))
        project = Project.create(Path(scratch) / "project", list(rows), KIND, title="Spam?")
        print(f"{ROWS:,} rows in a project after {time.perf_counter() - start:.1f} s")
        with project:
            project.join("Anna")
            milliseconds = _answer(project)
            assert len(project.answers()) == ANSWERS
    median, slow, most = np.percentile(milliseconds, [50, 95, 100])
    print(f"key to next item: median {median:.0f} ms, 95 % within {slow:.0f} ms, all {most:.0f} ms")
    return int(most > LIMIT)


def _answer(project: Project) -> list[float]:
    with served(Desk(project, annotator="Anna")) as address, sync_playwright() as playwright:
        path = find_browser(playwright)
        if path is None:
            sys.exit("There is no browser. Install chromium, or run: playwright install chromium")
        browser = start_browser(playwright, path)
        page = browser.new_page()
        page.goto(address)
        page.locator("#item > *").first.wait_for()
        page.evaluate(_MEASURE)
        for done in range(ANSWERS):
            page.keyboard.press("123"[done % 3])
            page.wait_for_function("(done) => window.times.length > done", arg=done)
        found: list[float] = page.evaluate("window.times")
        browser.close()
    return found


if __name__ == "__main__":
    raise SystemExit(main())
