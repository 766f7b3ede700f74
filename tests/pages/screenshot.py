"""A picture of a report for the README: `python -m tests.pages.screenshot REPORT.html OUT.png`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.pages.browser import find_browser, start_browser

WIDTH, HEIGHT, SCALE = 1100, 1180, 1.5


def take(report: Path, picture: Path) -> None:
    """The upper part of the page, as it looks on a screen in daylight."""
    with sync_playwright() as playwright:
        path = find_browser(playwright)
        if path is None:
            sys.exit("There is no browser. Install chromium, or run: playwright install chromium")
        browser = start_browser(playwright, path)
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE
        )
        page.goto(report.resolve().as_uri())
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
