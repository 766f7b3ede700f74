"""Chromium for the tests of pages: where it is found, and how it is started."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

_SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium as root, as in a container, has no sandbox; the rest keeps it from calling home.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_browser(playwright: Playwright) -> str | None:
    """The system's Chromium or Chrome, else Playwright's own, else None."""
    own = playwright.chromium.executable_path
    found = next((path for name in _SYSTEM if (path := shutil.which(name))), own)
    return found if Path(found).exists() else None


def start_browser(playwright: Playwright, path: str) -> Browser:
    return playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
