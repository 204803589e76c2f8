"""A headless Chromium for the tests of pages: that of the system, or of HRGEOM_CHROMIUM."""

import os
import shutil

import pytest


@pytest.fixture(scope="module")
def chromium():
    """The browser; tests are skipped without it, and without the extra `browser`."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = os.environ.get("HRGEOM_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        pytest.skip("no Chromium was found")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
