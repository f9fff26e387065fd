"""A browser that really runs: headless Chromium, driven by Selenium. Debian's packages chromium and chromium-driver."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    """One Chromium for all tests; it keeps a log of its requests ("performance") and of its complaints ("browser")."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert program is not None, "chromium is missing: sh tools/system.sh tests"
    assert driver is not None, "chromedriver is missing: sh tools/system.sh tests"
    options = ChromeOptions()
    options.binary_location = program
    # --no-sandbox: in a container, root has no user namespaces; the pages are our own.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    chrome = Chrome(options, ChromeService(driver))
    chrome.set_script_timeout(100)  # a machine may be busy; the driver itself gives up after 120 s
    yield chrome
    chrome.quit()
