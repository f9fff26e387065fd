"""A browser that really runs: headless Chromium, driven by Selenium. Debian's packages chromium and chromium-driver."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def as_seen(browser: Chrome, width: int, scheme: str) -> None:
    """Has pages shown in a window of that many pixels, by day ("light") or night ("dark")."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_async_script(_SEEN, width, scheme)  # what is open already is laid out anew a little later


_SEEN = """
const [width, scheme, done] = arguments;
const look = () => innerWidth === width && matchMedia(`(prefers-color-scheme: ${scheme})`).matches
  ? done() : setTimeout(look, 5);
look();
"""
_AXE = Path(sys.prefix) / "node_modules" / "axe-core" / "axe.min.js"
# One template made all rows of a table; axe takes seconds over a thousand that are alike.
_SHORTEN = """
for (const parent of document.querySelectorAll('tbody, ul, ol, main, section, dl, svg')) {
  const seen = {};
  for (const child of [...parent.children]) {
    const kind = `${child.tagName} ${child.className}`;
    if ((seen[kind] = (seen[kind] ?? 0) + 1) > 25) child.remove();
  }
}
"""


def barriers(browser: Chrome) -> list[Any]:
    """What axe finds on the page that would keep somebody from using it."""
    assert _AXE.is_file(), "axe-core is missing: sh tools/system.sh tests"
    if not browser.execute_script("return 'axe' in window"):
        browser.execute_script(_SHORTEN)
        browser.execute_cdp_cmd("Runtime.evaluate", {"expression": _AXE.read_text("utf-8")})
    return browser.execute_async_script(  # type: ignore[no-any-return]
        "const done = arguments[0];"
        "const asked = {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}};"
        "axe.run(document, asked).then(r => done(r.violations.map("
        "v => [v.id, v.nodes.length, v.nodes[0].html, v.nodes[0].failureSummary])))"
    )


def as_printed(browser: Chrome) -> None:
    """Has pages shown as they would be on A4."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    metrics = {"width": 718, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def cut(browser: Chrome) -> list[str]:
    """What on the page would have to be scrolled to be seen whole."""
    return browser.execute_script(  # type: ignore[no-any-return]
        "return [...document.querySelectorAll('main *:not(.hidden)')]"
        ".filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX === 'auto')"
        ".map((each) => each.outerHTML.slice(0, 99))"
    )
