"""The Ask page in a real browser: the command line's rows, soon and alone; it can be stopped, and is what its sources give."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from conftest import ROOT
from synthkg.giving import Addresses, documents
from synthkg.graph import OxigraphStore, Query, Table, load_dump, load_queries
from synthkg.model import BASE
from synthkg.site import write_ask
from synthkg.views import FORMATS, joined

SOURCE = ROOT / "frontend" / "ask"
BUILT = ROOT / "src" / "synthkg" / "site" / "ask"
QUERIES = load_queries("examples", "views")


@pytest.fixture(scope="module")
def store(dump_store: OxigraphStore) -> OxigraphStore:
    return dump_store


NO_ANSWERS = {
    "/page": (b"<!DOCTYPE html><p>Welcome", "text/html; charset=utf-8"),
    "/nothing": (b"", "application/sparql-results+json"),
    "/other": (b'{"head": {}, "results": {"bindings": [{"a": {"type": "uri", "value": "urn:a"}}]}}', "application/json"),
    "/null": (b"null", "application/json"),
}
"""What a server may say that is no endpoint, or none of SPARQL 1.1."""


class _Host(SimpleHTTPRequestHandler):
    """A host of static files that packs text, as hosts do, and has an endpoint at /sparql.

    What is in ``/below/`` is in ``/encoded/`` too, where Zstandard is an encoding, and in ``/cut/``, where it comes in part.
    """

    store: OxigraphStore

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        _, folder, *rest = self.path.split("/")
        path = Path(self.translate_path("/".join(["/below", *rest])))
        if path.suffix == ".zst":
            content = path.read_bytes()
            return self._give(
                content[: len(content) // 2] if folder == "cut" else content,
                "application/zstd",
                "zstd" if folder == "encoded" else "identity",
            )
        if path.suffix not in (".js", ".css", ".json", ".html") or not path.is_file():
            return self._give(b"", "text/plain") if path.name == "favicon.ico" else super().do_GET()
        return self._give(gzip.compress(path.read_bytes()), self.guess_type(path), "gzip")

    def do_POST(self) -> None:
        if self.path in NO_ANSWERS:
            return self._give(*NO_ANSWERS[self.path])
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        return self._give(FORMATS["json"](self.store.select(query)).encode(), "application/sparql-results+json")

    def _give(self, content: bytes, kind: str, encoding: str = "identity") -> None:
        self.send_response(200)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(content))), ("Content-Encoding", encoding)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture(scope="module")
def address(store: OxigraphStore, real_dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is, below a path of its own."""
    folder = tmp_path_factory.mktemp("site")
    write_ask(folder / "below", real_dist / "synthkg.nq", QUERIES)
    _Host.store = store
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/below/ask/index.html"
    server.shutdown()
    thread.join()
    server.server_close()


class Page:
    """The page, as somebody uses it."""

    def __init__(self, browser: Chrome, address: str) -> None:
        self.browser, self.address = browser, address

    def open(self, fragment: str = "") -> None:
        """As a new visitor, who follows a link."""
        self.browser.get("about:blank")
        self.browser.get(f"{self.address}{fragment}")
        self.until(lambda: self.find("ask").get_attribute("data-ready") is not None)

    def visit(self) -> None:
        """Stays if the page is open."""
        if not self.browser.current_url.startswith(self.address):
            self.open()

    def go(self, fragment: str) -> None:
        """To another place of the page that is open, if it is."""
        self.visit()
        changed = "const [to, done] = arguments; addEventListener('hashchange', () => done(), { once: true }); location.hash = to"
        self.browser.execute_async_script(changed, fragment)

    def find(self, id: str) -> Any:
        return self.browser.find_element(By.ID, id)

    def until(self, holds: Callable[[], bool], seconds: float = 20) -> None:
        WebDriverWait(self.browser, seconds, 0.02).until(lambda _: holds())

    def run(self, text: str) -> None:
        """Puts the query into the editor and runs it with the keyboard."""
        self.browser.execute_async_script(
            "const [text, done] = arguments;"
            "import('./ask.js').then(({ editor }) => { editor.text = text; editor.focus(); done() })",
            text,
        )
        self.browser.switch_to.active_element.send_keys(Keys.CONTROL, Keys.ENTER)

    def answered(self) -> None:
        self.until(lambda: not self.is_busy and (self.find("answer").is_displayed() or self.find("trouble").is_displayed()))
        assert not self.find("trouble").is_displayed(), self.find("trouble").text

    @property
    def is_busy(self) -> bool:
        return bool(self.find("ask").get_attribute("aria-busy") == "true")

    def shown_as(self, form: str) -> str:
        self.browser.find_element(By.CSS_SELECTOR, f"input[value={form}]").click()
        return str(self.browser.execute_script("return document.querySelector('#rows pre').textContent"))

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What came into a log of the browser since it was last read."""
        return list(self.browser.get_log(kind))  # type: ignore[no-untyped-call]

    def call(self, script: str, *arguments: object) -> Any:
        """What an expression about the page's module, ``page``, gives."""
        asked = "const done = arguments[arguments.length - 1]; import('./ask.js').then((page) => done((() => { %s })()))"
        return self.browser.execute_async_script(asked % script, *arguments)


@pytest.fixture(scope="module")
def page(browser: Chrome, address: str) -> Page:
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    return Page(browser, address)


_ROWS = """
const [fragment, done] = arguments;
(async () => {
  const [rows, trouble, ask] = ['rows', 'trouble', 'ask'].map((id) => document.getElementById(id));
  const changed = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
  location.hash = fragment;
  await changed;  // the page's own listener came first
  while (ask.ariaBusy === 'true') await new Promise((resolve) => setTimeout(resolve, 1));
  done(trouble.hidden ? rows.firstChild.textContent : trouble.textContent);
})();
"""


def _cases(store: OxigraphStore, query: Query) -> dict[str, dict[str, str]]:
    """The defaults, as far as there are any, and another value of each parameter."""
    middle = {p.name: known[len(known) // 2] for p in query.parameters if (known := p.choices(store))}
    if "fact" in [parameter.name for parameter in query.parameters] or not middle:
        return {query.name: {p.name: p.default or "" for p in query.parameters}}
    defaults = {parameter.name: parameter.default for parameter in query.parameters if parameter.default is not None}
    cases = {query.name: {**middle, **defaults}, f"{query.name} again": {**defaults, **middle}}
    return cases if len({str(values) for values in cases.values()}) == 2 else {query.name: middle}


def test_every_saved_query_gives_the_rows_of_the_command_line(page: Page, store: OxigraphStore) -> None:
    cases = {name: (query, values) for query in QUERIES.values() for name, values in _cases(store, query).items()}
    found = {}
    for number, (name, (query, values)) in enumerate(cases.items()):
        # Chromium ignores what goes beyond 200 changes of a page's address in 10 s (crbug.com/1038223); a case makes two.
        if number % 90 == 0:
            page.open()
            page.find("run").click()
            page.answered()
            page.browser.find_element(By.CSS_SELECTOR, "input[value=csv]").click()
        found[name] = page.browser.execute_async_script(_ROWS, f"saved={query.name}&{urlencode(values)}")
    wanted = {name: FORMATS["csv"](query.select(store, **values)) for name, (query, values) in cases.items()}
    assert len(cases) > len(QUERIES) >= 80
    assert {name: found[name] for name in wanted if found[name] != wanted[name]} == {}


HOSTILE = """SELECT ?a ?b ?c ?d WHERE { VALUES (?a ?b ?c ?d) {
  ("tab\\t, quote\\" and \\\\" "two\\nlines\\r" "仲\\u0001"@zh <urn:x>) (UNDEF 1 "2023"^^<urn:year> true)
  ("" 1.50 1e3 "<b>") ("x"@he--rtl "" "" "") } }"""


def test_an_answer_is_in_each_form_what_the_command_line_prints(page: Page, store: OxigraphStore) -> None:
    page.visit()
    page.run(HOSTILE)
    page.answered()
    shown: Table = store.select(HOSTILE)
    for form in ("csv", "tsv"):
        assert page.shown_as(form) == FORMATS[form](shown), form
    assert json.loads(page.shown_as("json")) == json.loads(FORMATS["json"](shown))
    page.browser.find_element(By.CSS_SELECTOR, "input[value=table]").click()
    assert "<b>" in page.find("rows").text
    page.run("CONSTRUCT { <urn:a> <urn:b> ?n } { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }")
    page.until(lambda: "Triples" in page.find("status").text)
    assert "<urn:a> <urn:b>" in page.find("rows").text
    assert page.find("download").get_attribute("download") == "answer.ttl"
    page.browser.execute_script("const make = URL.createObjectURL; URL.createObjectURL = (file) => make(window.file = file)")
    page.run("ASK { ?s ?p ?o }")
    page.until(lambda: page.find("status").text.startswith("Yes"))
    assert page.find("rows").text == "yes"
    assert page.find("download").get_attribute("download") == "answer.json"
    assert page.browser.execute_async_script("file.text().then(arguments[0])") == '{"head": {}, "boolean": true}\n'


def test_a_view_that_is_a_page_is_shown_as_it_is(page: Page, store: OxigraphStore) -> None:
    view = QUERIES["reading-list"]
    value = view.parameter("list").choices(store)[0]
    page.open(f"#saved=reading-list&list={value}")
    page.answered()
    wanted = joined(view, view.select(store, list=value))
    assert page.shown_as("table") == wanted
    assert page.find("forms").text.split()[:3] == ["Answer", "as", "page"]
    assert page.find("download").get_attribute("download") == "reading-list.md"
    assert page.shown_as("csv") == FORMATS["csv"](view.select(store, list=value))
    page.run("SELECT (1 AS ?n) {}")
    page.until(lambda: page.find("status").text.startswith("1 row"))
    assert page.find("forms").text.split()[:3] == ["Answer", "as", "table"]


def test_a_large_answer_is_shown_in_part_and_downloaded_whole(page: Page) -> None:
    page.visit()
    page.browser.execute_script("const make = URL.createObjectURL; URL.createObjectURL = (file) => make(window.file = file)")
    page.run(f"SELECT ?n {{ VALUES ?n {{ {'1 ' * 2_500} }} }}")
    page.until(lambda: page.find("status").text.startswith("2500 rows"))
    page.browser.find_element(By.CSS_SELECTOR, "input[value=table]").click()
    for shown, offered in ((1000, "Show 1000 of 1500 more rows"), (2000, "Show the other 500 rows"), (2500, "")):
        buttons = page.find("rows").find_elements(By.TAG_NAME, "button")
        assert "".join(button.text for button in buttons) == offered
        assert page.browser.execute_script("return document.querySelectorAll('#rows tbody tr').length") == shown
        for button in buttons:
            button.send_keys(Keys.ENTER)
    page.run(f"SELECT ?text {{ VALUES ?a {{ {'1 ' * 40} }} VALUES ?b {{ {'1 ' * 50} }} BIND('{'x' * 999}' AS ?text) }}")
    page.until(lambda: page.find("status").text.startswith("2000 rows"))
    assert len(page.shown_as("csv")) == 5 + 999 * 1000
    assert "the first 999005 of 2000005 characters" in page.find("rows").text
    assert page.browser.execute_async_script("file.text().then((text) => arguments[0](text.length))") == 2_000_005


def test_soon_small_and_alone(page: Page) -> None:
    """The first answer of a new visitor: under 3 seconds, under 2 MB, and nobody else is asked or told.

    What counts is every byte that the browser receives from the first request to the first answer, heads of answers included,
    from a host that packs text with gzip, as hosts do; a megabyte has a million.
    """
    best = 60.0
    for _ in range(2):  # the better of two, for others use this machine
        page.browser.execute_cdp_cmd("Network.clearBrowserCache", {})
        page.log("performance")
        page.log("browser")
        page.browser.get("about:blank")
        started = time.perf_counter()
        page.open()
        page.find("run").click()
        page.answered()
        best = min(best, time.perf_counter() - started)
        events = [json.loads(entry["message"])["message"] for entry in page.log("performance")]
        sent = sum(event["params"]["encodedDataLength"] for event in events if event["method"] == "Network.loadingFinished")
        asked = {event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"}
        here = page.address.partition("/below/")[0]
        assert {url for url in asked if not url.startswith((here, "about:", "blob:"))} == set()
        assert 1_000_000 < sent < 2_000_000
    busy = max(1.5, os.getloadavg()[0] / (os.cpu_count() or 1))  # the other tests use this machine, too
    assert best < 3 * busy
    assert [entry["message"] for entry in page.log("browser")] == []  # nor did the policy refuse anything


def test_a_host_may_unpack_the_graph(page: Page) -> None:
    """As hosts do that take the ending of a name for a Content-Encoding."""
    other = Page(page.browser, page.address.replace("/below/", "/encoded/"))
    other.open()
    other.run("SELECT (42 AS ?n) {}")
    other.answered()
    assert other.shown_as("csv") == "n\n42\n"


def test_what_comes_in_part_is_told(page: Page) -> None:
    other = Page(page.browser, page.address.replace("/below/", "/cut/"))
    other.open()
    other.run("ASK {}")
    other.until(lambda: other.find("trouble").is_displayed())
    assert re.search(r"\w\.zst came damaged or in part", other.find("trouble").text)


RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


_STOP = """
const [done] = arguments;
const [began, trouble] = [performance.now(), document.getElementById('trouble')];
const look = () => trouble.textContent.includes('Stopped') ? done(performance.now() - began) : setTimeout(look, 1);
document.getElementById('stop').click();
look();
"""


def test_a_runaway_stops_and_the_next_query_works(page: Page) -> None:
    page.visit()
    page.run("ASK {}")
    page.answered()
    page.run(RUNAWAY)
    page.until(lambda: page.is_busy)
    time.sleep(0.3)
    assert page.browser.execute_async_script(_STOP) < 500, "milliseconds, as the page's own clock has them"
    page.until(lambda: "Stopped" in page.find("trouble").text)
    assert not page.find("answer").is_displayed()  # a stopped query is no empty answer
    page.run("SELECT (42 AS ?n) {}")
    page.answered()
    assert page.shown_as("csv") == "n\n42\n"


def test_what_is_stopped_while_the_graph_comes_is_not_asked(page: Page) -> None:
    page.open()
    page.call(f"page.editor.text = {json.dumps(RUNAWAY)}; page.run(); document.getElementById('stop').click()")
    page.until(lambda: "Stopped" in page.find("trouble").text and not page.is_busy)
    page.run("SELECT (42 AS ?n) {}")
    page.answered()
    assert page.shown_as("csv") == "n\n42\n"


def test_a_fault_is_told_at_its_place(page: Page) -> None:
    page.visit()
    page.run("SELECT ?s\nWHERE { ?s ?p }")
    page.until(lambda: page.find("trouble").is_displayed())
    assert page.find("trouble").text.startswith("Line 2, column 16: not SPARQL from here on")
    for query, told in {
        "PREFIX a: <urn:a> INSERT DATA { a:b a:c 1 }": "This is an update, and a query changes nothing.",
        "SELECT bad": "Line 1, column 11: not SPARQL from here on Go there",
        "SELEKT": "Line 1, column 7: not SPARQL from here on; expected PREFIX or SELECT Go there",
        "SELECT (1 AS ?a) (2 AS ?a) {}": "Line 1, column 30: Duplicated variable name in SELECT Go there",
        "SELECT ?a { ?a ?b ?c } GROUP BY ?b": "Line 1, column 35: The SELECT contains a variable that is unbound Go there",
    }.items():
        page.run(query)
        page.until(lambda told=told: page.find("trouble").text == told)  # type: ignore[misc]
    page.run("SELECT ?t { ?t a nobody:Knows }")
    page.until(lambda: "nobody" not in page.find("trouble").text and "without its PREFIX" in page.find("trouble").text)


def test_known_prefixes_are_declared(page: Page) -> None:
    page.visit()
    page.run("SELECT (COUNT(?p) AS ?n) { ?p a synthkg:Paper ; dcterms:title ?t }")
    page.answered()
    assert "PREFIX lines added for dcterms, synthkg" in page.find("status").text
    assert page.call("return page.editor.text").startswith("PREFIX dcterms: <http://purl.org/dc/terms/>\nPREFIX synthkg:")


def test_words_of_the_ontology_complete(page: Page) -> None:
    page.visit()
    page.run("ASK {}")
    page.answered()
    editor = page.browser.switch_to.active_element
    editor.send_keys(Keys.CONTROL, "a")
    editor.send_keys(Keys.DELETE, "SELECT ?m { ?m a Metho")
    inside = page.find("editor").shadow_root
    page.until(lambda: [each.text for each in inside.find_elements(By.CSS_SELECTOR, "li")] == ["synthkg:Methodclass"])
    time.sleep(0.2)  # CodeMirror takes no Enter before that, lest somebody meant a new line
    editor.send_keys(Keys.ENTER)
    wanted = "PREFIX synthkg: <https://w3id.org/synthkg/ontology#>\nSELECT ?m { ?m a synthkg:Method"
    page.until(lambda: page.call("return page.editor.text").startswith(wanted))


def test_an_address_brings_the_answer_back(page: Page) -> None:
    page.open()
    page.run('SELECT ("a&b=#+ %" AS ?é) {}')
    page.answered()
    shown, there = page.shown_as("csv"), page.browser.current_url
    assert "#query=" in there
    page.browser.get("about:blank")
    page.browser.get(there)
    page.answered()
    assert page.shown_as("csv") == shown
    page.open()
    page.find("run").click()  # the example that is there at first
    page.answered()
    page.open(page.browser.current_url.partition("index.html")[2])
    page.answered()


def test_the_example_has_an_answer_in_any_graph(page: Page, toy_dist: Path) -> None:
    page.open()
    example = page.call("return page.editor.text")
    assert load_dump(toy_dist / "synthkg.nq").select(example).rows


def test_going_back_asks_what_was_asked_before(page: Page) -> None:
    page.open()
    begun = page.call("return page.editor.text")
    for number in (1, 2):
        page.run(f"SELECT ({number} AS ?n) {{}}")
        page.until(lambda number=number: f"({number}" in unquote(page.browser.current_url) and not page.is_busy)  # type: ignore[misc]
    page.find("run").click()  # the same again is no new place
    page.answered()
    page.run(RUNAWAY)
    page.until(lambda: page.is_busy)
    page.find("copy").click()
    for step, number in ((page.browser.back, 2), (page.browser.back, 1), (page.browser.forward, 2), (page.browser.back, 1)):
        step()
        page.until(lambda number=number: not page.is_busy and f"({number}" in page.call("return page.editor.text"))  # type: ignore[misc]
        page.answered()
        assert page.shown_as("csv") == f"n\n{number}\n"
    page.browser.back()
    page.until(lambda: page.call("return page.editor.text") == begun)
    assert not page.find("answer").is_displayed()
    assert page.find("status").text == ""
    page.go("#saved=lineage")  # becomes the whole address, which is no further place
    page.answered()
    assert "method=" in page.browser.current_url
    page.browser.back()
    page.until(lambda: page.call("return page.editor.text") == begun)


def test_whoever_has_no_mouse_is_not_interrupted(page: Page) -> None:
    """To skip to the content stops no question, and a button that was pressed keeps the focus."""
    page.open("#saved=lineage&method=self-instruct")
    page.answered()
    page.browser.execute_script("document.body.insertAdjacentHTML('afterbegin', '<a id=skip href=#main>Skip to the content</a>')")
    page.run(RUNAWAY)
    page.until(lambda: page.is_busy)
    page.find("skip").click()
    time.sleep(0.3)
    assert page.browser.current_url.endswith("#main")
    assert page.is_busy
    page.find("stop").send_keys(Keys.ENTER)
    page.until(lambda: "Stopped" in page.find("trouble").text)
    page.call("page.editor.text = 'ASK {}'")
    for button in ("stop", "run"):
        assert page.browser.switch_to.active_element == page.find("stop"), button
        page.find(button).send_keys(Keys.ENTER)
    page.answered()
    assert page.browser.switch_to.active_element == page.find("run")
    page.open("#main")
    assert page.call("return page.editor.text").startswith("#")


def test_no_answer_stands_under_another_question(page: Page) -> None:
    page.go("#saved=lineage&method=self-instruct")
    page.answered()
    page.go("#saved=nonesuch")
    page.until(lambda: page.find("trouble").text == 'There is no saved query "nonesuch".')
    assert not page.find("answer").is_displayed()


def test_text_has_a_direction_of_its_own(page: Page) -> None:
    page.visit()
    page.run('SELECT ("من"@ar AS ?a) ("x"@he--rtl AS ?b) ("\u202ex" AS ?c) {}')
    page.answered()
    page.browser.find_element(By.CSS_SELECTOR, "input[value=table]").click()
    cells = page.browser.execute_script("return [...document.querySelectorAll('#rows td')].map((cell) => [cell.lang, cell.dir])")
    assert cells == [["ar", "auto"], ["he", "rtl"], ["", "auto"]]


def test_a_thing_of_ours_leads_to_its_page(page: Page, store: OxigraphStore) -> None:
    """To that to which the site, `serve` and w3id.org lead; in a page that has a site around it."""
    page.visit()
    terms = {term for quad in store.inner for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)}
    iris = sorted({term.value for term in terms if isinstance(term, NamedNode) and term.value.startswith(BASE)} | {BASE})
    assert len(iris) > 5_000
    assert f"{BASE}graph/curated" in iris
    where = {"base": BASE, "site": "../", "documents": documents()}
    pages = page.call("return arguments[0].map((iri) => page.pageOf(iri, arguments[1]))", iris, where)
    addresses = Addresses()
    wanted = {iri: f"../{leads}" if (leads := addresses.page(iri)) else iri for iri in iris}
    assert {iri: leads for iri, leads in zip(iris, map(unquote, pages), strict=True) if leads != unquote(wanted[iri])} == {}
    table = json.loads(page.browser.execute_async_script("fetch('terms.json').then((got) => got.text()).then(arguments[0])"))
    assert table["documents"] == [list(row) for row in documents()]


def test_a_form_changes_the_query(page: Page) -> None:
    page.go("#saved=papers-by-concept&stage=fine-tuning&domain=medical")
    page.answered()
    page.find("parameter-domain").send_keys("code")
    page.until(lambda: "concept/domain/code" in page.call("return page.editor.text"))
    page.run(page.call("return page.editor.text"))
    page.answered()
    assert "domain=code" in page.browser.current_url
    labels = page.browser.execute_script(
        "return [...document.querySelectorAll('select, input')].filter((f) => !f.labels.length).map((f) => f.id)"
    )
    assert labels == []


def test_a_value_that_the_graph_does_not_have_is_refused(page: Page) -> None:
    """As the command line refuses it, and says what is near; a name stands for an id only there."""
    page.go("#saved=taught-by&teacher=gpt-4")
    page.answered()
    for fragment, told in {
        "taught-by&teacher=GPT-4": 'There is no teacher "GPT-4"; did you mean "gpt-4"?',
        "lineage&method=Evol-Instruct": 'There is no method "Evol-Instruct"; did you mean "evol-instruct"?',
        "lineage&method=zzzzzz": 'There is no method "zzzzzz"; there are ',
        "papers-at&venue=ACL%20Findings": 'There is no venue "ACL Findings"; there are aaai, ',
        "by-identifier&identifier=2212.1056": 'There is no identifier "2212.1056"; did you mean "2212.10560"?',
        "lineage&methd=self-instruct": 'lineage has no parameter "methd"; it takes method',
        "method&method=": "method needs a method",
        "authors&least=many": '"many" is no least: give an integer',
    }.items():
        page.go(f"#saved={fragment}")
        page.until(lambda told=told: page.find("trouble").text.startswith(told))  # type: ignore[misc]
        page.find("run").click()
        assert page.find("trouble").text.startswith(told)
        assert not page.find("answer").is_displayed()
    page.go("#saved=papers-by-author&author=" + quote("Yizhong Wong"))
    page.answered()
    assert page.find("warning").text == 'There is no author "Yizhong Wong"; did you mean "Yizhong Wang"?'
    page.run("ASK {}")
    page.answered()


@pytest.mark.parametrize("engine", ["page", "endpoint"])
def test_a_value_that_another_query_does_not_list_is_told(page: Page, engine: str) -> None:
    """No rows of a snapshot that a list never had would look like an empty list."""
    page.open()
    page.browser.find_element(By.CSS_SELECTOR, f"#engine [value={engine}]").click()
    if engine == "endpoint":
        page.find("endpoint").send_keys("/sparql")
    for fragment, told in {
        "published&list=data-synthesis-using-llms&snapshot=2020": 'There is no snapshot "2020"; there are first, latest',
        "corrected&list=data-synthesis-using-llms&snapshot=9": 'There is no snapshot "9"; there are first, latest',
        "why&paper=self-instruct&fact=titel": 'There is no fact "titel"; did you mean "title"?',
        "published&list=data-synthesis-using-llms&snapshot=latest": "",
        "why&paper=self-instruct&fact=syntheses": "",
    }.items():
        page.go(f"#saved={fragment}")
        page.answered()
        assert page.find("warning").text == told


def test_the_same_query_elsewhere(page: Page, real_dist: Path) -> None:
    page.go("#saved=papers-by-author&author=" + quote('O\'Brien "x" $HOME'))
    page.answered()
    for text in ("", 'SELECT ("it\'s \\"\\\\ $HOME `x`" AS ?x) {}'):
        if text:
            page.run(text)
            page.answered()
        shell = page.browser.execute_script("return document.getElementById('call-shell').textContent")
        python = page.browser.execute_script("return document.getElementById('call-python').textContent")
        bin = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        command = shell.replace("synthkg query", f"synthkg query --from {real_dist / 'synthkg.nq'} --format csv", 1)
        done = subprocess.run(["sh", "-c", command], env={**os.environ, "PATH": bin}, capture_output=True, text=True, check=False)
        if text:
            assert done.stdout == page.shown_as("csv")
        else:
            assert 'there is no author "O\'Brien "x" $HOME"' in done.stderr
        compile(python, "page", "exec")


def test_an_endpoint_answers(page: Page, store: OxigraphStore) -> None:
    page.visit()
    page.find("engine").send_keys("an endpoint")
    page.find("endpoint").send_keys("/sparql")
    page.run("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    page.answered()
    assert page.shown_as("csv") == FORMATS["csv"](store.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
    page.find("endpoint").clear()
    page.find("endpoint").send_keys("https://example.org/sparql")
    page.run("ASK {}")
    page.until(lambda: "policy" in page.find("trouble").text)
    page.find("engine").send_keys("this page")


def test_what_is_no_answer_is_not_shown_as_one(page: Page) -> None:
    page.visit()
    page.browser.find_element(By.CSS_SELECTOR, "#engine [value=endpoint]").click()
    for path in NO_ANSWERS:
        page.find("endpoint").clear()
        page.find("endpoint").send_keys(path)
        for text, wanted in (("ASK {}", "the JSON of SPARQL's results"), ("CONSTRUCT WHERE { ?s ?p ?o }", "Turtle")):
            page.run(text)
            page.until(lambda wanted=wanted, path=path: (  # type: ignore[misc]
                f"{path} answers with " in page.find("trouble").text and page.find("trouble").text.endswith(f"not with {wanted}")
            ))  # fmt: skip
            assert not page.find("answer").is_displayed()
    page.browser.find_element(By.CSS_SELECTOR, "#engine [value=page]").click()
    page.run("SELECT (<<( <urn:a> <urn:b> 1 )>> AS ?t) {}")  # as the command line says it
    page.until(lambda: page.find("trouble").text == "?t is a triple term (RDF 1.2) in some row; ask for SUBJECT(?t) and so on")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT * { ?s ?p ?o } LIMIT 1", "s,p,o"),
        ("PREFIX : <urn:SELECT*>\nselect distinct* { ?z ?b ?a BIND('?q *' AS ?c) } LIMIT 1", "z,b,a,c"),
        ("SELECT (COUNT(*) AS ?n) { SELECT * { ?s ?p ?o } LIMIT 1 }", "n"),
    ],
)
def test_all_columns_come_in_the_order_of_the_query(page: Page, text: str, columns: str) -> None:
    page.visit()
    page.run(text)
    page.answered()
    assert page.shown_as("csv").partition("\n")[0] == columns


def test_from_is_honoured(page: Page, store: OxigraphStore) -> None:
    text = "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/synthkg/graph/lists> { ?s ?p ?o }"
    page.visit()
    page.run(text)
    page.answered()
    assert page.shown_as("csv") == FORMATS["csv"](store.select(text))


def test_a_chain_is_right_or_warned_of(page: Page) -> None:
    page.visit()
    page.run("SELECT (10-3-2 AS ?x) {}")
    page.answered()
    is_right = page.shown_as("csv") == "x\n5\n"
    assert page.find("warning").is_displayed() != is_right
    chains = [
        "SELECT (?a - ?b - ?c AS ?x) {}",
        "{ FILTER(?a / 2 / ?c > 1) }",
        "{ BIND(8 - 3 + 2 AS ?x) }",
        "{ BIND((1 + 1) - 3 - 2 AS ?x) }",
    ]
    others = [
        "{ BIND((?a - ?b) - ?c AS ?x) }",
        "{ ?a b:c/d:e/f:g ?h }",
        '{ BIND("a-b-c" AS ?x) } # 1-2-3',
        "{ FILTER(?a - 1 > ?b - 2) }",
    ]
    assert page.call(f"return {json.dumps(chains)}.map(page.hasChain)") == [True] * 4
    assert page.call(f"return {json.dumps(others)}.map(page.hasChain)") == [False] * 4


@settings(max_examples=4)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=20, max_size=60))
def test_values_are_bound_as_the_command_line_binds_them(page: Page, texts: list[str]) -> None:
    query = QUERIES["find"]
    values = ['"', "\\u0022", "\\\\U", "\x00\x7f\x1f\x85\u2028\ufffe", "?_text }", *texts]
    page.visit()
    parameter = {"name": "text", "variable": query.parameters[0].variable, "type": "", "base": "", "values": []}
    form = {"name": "find", "sparql": query.text, "parameters": [parameter]}
    script = f"const form = {json.dumps(form)}; return {json.dumps(values)}.map((text) => page.bind(form, {{ text }}, ''))"
    assert page.call(script) == [query.bind({"text": value}) for value in values]


def test_it_fits_a_small_screen_by_day_and_night(page: Page) -> None:
    page.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 900, "deviceScaleFactor": 1, "mobile": True}
    )
    page.open("#saved=taught-by&teacher=gpt-4")
    page.answered()
    assert page.browser.execute_script("return document.documentElement.scrollWidth") <= 320
    grounds = set()
    for scheme in ("light", "dark"):
        page.browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        grounds.add(page.find("stop").value_of_css_property("background-color"))
    assert len(grounds) == 2
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_same_dump_gives_the_same_bytes(toy_dist: Path, tmp_path: Path) -> None:
    for name, ending in (("one", "nq"), ("two", "trig")):
        write_ask(tmp_path / name, toy_dist / f"synthkg.{ending}", QUERIES)
    one, two = (_files(tmp_path / name / "ask") for name in ("one", "two"))
    assert one == two


def _files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_what_is_shipped_is_what_the_sources_give(tmp_path: Path) -> None:
    """The packages are those of the lock file; `tools/system.sh tests` installs them."""
    modules = Path(sys.prefix) / "ask" / "node_modules"
    lock = SOURCE / "package-lock.json"
    installed = Path(sys.prefix) / "ask" / "package-lock.json"
    assert modules.is_dir(), "what the Ask page is built from is missing: sh tools/system.sh tests"
    assert installed.read_bytes() == lock.read_bytes(), "the lock file has changed: sh tools/system.sh tests"
    shutil.copytree(SOURCE, tmp_path / "ask", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "ask" / "node_modules").symlink_to(modules)
    build = ["node", "build.mjs", str(tmp_path / "built")]
    done = subprocess.run(build, cwd=tmp_path / "ask", capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    shipped, rebuilt = _files(BUILT), _files(tmp_path / "built")
    assert shipped.keys() == rebuilt.keys()
    assert [name for name in shipped if shipped[name] != rebuilt[name]] == [], "cd frontend/ask && npm ci && npm run build"


def test_nothing_shipped_runs_text() -> None:
    for file in BUILT.glob("*.js"):
        text = file.read_text()
        assert "eval(" not in text, file
        assert "new Function" not in text, file
    assert "oxigraph 0." in (BUILT / "LICENSES.txt").read_text()
