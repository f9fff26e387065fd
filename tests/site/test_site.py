"""The site as a browser, a program and a reader find it: whole, true to the dump, by itself, and open to everybody."""

from __future__ import annotations

import hashlib
import html
import json
import os
import posixpath
import re
import shutil
import threading
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import synthkg
from browsers import as_printed, as_seen, barriers, cut
from conftest import Run
from servers import Synthkg, start_synthkg
from synthkg import workers
from synthkg.api import KnowledgeGraph
from synthkg.errors import BuildRefused, UsageError
from synthkg.giving import Addresses
from synthkg.graph import OxigraphStore, load_dump, load_queries
from synthkg.model import BASE, NAMESPACE
from synthkg.profiles import Index, Labels, kind_of
from synthkg.profiles.words import words_of
from synthkg.site import building, write_site
from synthkg.site.heads import coins
from synthkg.works import fold

SUB = "/some/where"
FORMS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD, "rdf": RdfFormat.RDF_XML}
KINDS = (
    "index",
    "papers",
    "authors",
    "search",
    "errata",
    "dataset",
    "ontology",
    "records",
    "pictures",
    "list/data-synthesis-using-llms",
    "paper/self-instruct",
    "method/evol-instruct",
    "artifact/gpt-4",
    "venue/acl",
    "concept/stage",
    "concept/stage/fine-tuning",
    "list/data-synthesis-using-llms/erratum/39",
    "query/lineage",
)
"""A page of each kind."""
LONG = ("authors", "list/data-synthesis-using-llms", "ontology", "pictures", "records")  # axe takes seconds over each


class Page(HTMLParser):
    """What a page has: ids, links, metas, its text between script tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.places: set[str] = set()
        self.links: list[str] = []
        self.metas: list[tuple[str, str]] = []
        self.coins: list[str] = []
        self.headings: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "id" in said:
            self.ids.append(said["id"])
            self.places.add(said["id"])
        self.links += [said[name] for name in ("href", "src", "action") if name in said]
        if tag == "meta" and "name" in said:
            self.metas.append((said["name"], said.get("content", "")))
        if said.get("class") == "Z3988":
            self.coins.append(said["title"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        is_generic = tag in ("code", "div", "p", "pre", "span")  # which ARIA gives no name
        assert "aria-label" not in said or "role" in said or not is_generic, f"{tag}: a label needs a role: {said}"
        assert not [name for name in said if name.startswith("on") or name == "style"], f"{tag}: a strict policy runs no {said}"


@pytest.fixture(scope="module")
def site(real_dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "site"
    dump = real_dist / "synthkg.nq"
    write_site(load_dump(dump), out, dump, "https://example.org/kg/")
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in site.rglob("*.html")}


_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"


class _Handler(SimpleHTTPRequestHandler):
    """Serves the site below a path, with the policy that each page states for itself as a header too."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".ttl": "text/turtle", ".jsonld": "application/ld+json"}

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(SUB)) if path.startswith(f"{SUB}/") else f"{self.directory}/nothing"

    def end_headers(self) -> None:
        if "/ask/" not in self.path:
            self.send_header("Content-Security-Policy", _POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{SUB}"
        server.shutdown()


# -- Whole


def test_every_link_leads_somewhere(site: Path, pages: dict[str, Page]) -> None:
    """Links are relative, so that the site works below any path; what they name is there, with the place that they name.

    A host gives the page of what is not found at any address, so that its links name the path at which the site will be.
    """
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    for name, page in pages.items():
        assert len(set(page.ids)) == len(page.ids), name
        for link in set(page.links):
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https"), (name, link)
                continue
            assert link.startswith("/kg/") if name == "404.html" and parts.path else not link.startswith("/"), (name, link)
            path = unquote(parts.path).removeprefix("/kg/")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert target in files, (name, link)
            if parts.fragment and target.endswith(".html"):
                assert unquote(parts.fragment) in pages[target].places, (name, link)


def test_what_cannot_be_xml_is_there_in_the_other_forms(toy_dist: Path, tmp_path: Path) -> None:
    store, thing = load_dump(toy_dist / "synthkg.nq"), "paper/tide-instruct"
    store.inner.add(pyoxigraph.Quad(NamedNode(BASE + thing), NamedNode("http://example.org/1"), pyoxigraph.Literal("v")))
    write_site(store, tmp_path / "site")
    for document, endings in ((thing, ["jsonld", "nt", "ttl"]), ("paper/tide-survey", sorted(FORMS))):
        assert [ending for ending in sorted(FORMS) if (tmp_path / "site" / f"{document}.{ending}").is_file()] == endings
        links = Page((tmp_path / "site" / f"{document}.html").read_text("utf-8")).links
        assert [ending for ending in sorted(FORMS) if f"../{document}.{ending}" in links] == endings


def test_every_iri_of_the_dump_has_a_page_and_a_place_on_it(pages: dict[str, Page], real_dist: Path) -> None:
    """By the table that the rules for w3id.org, `serve` and the site share; that Apache follows it is tested in tests/giving."""
    addresses, ids = Addresses(), {name: page.places for name, page in pages.items()}
    iris = {
        term.value
        for quad in pyoxigraph.parse(path=real_dist / "synthkg.nq", format=RdfFormat.N_QUADS)
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(term, NamedNode) and term.value.startswith(BASE) and term.value != BASE
    }
    assert len(iris) > 5_000
    for iri in iris:
        page, _, place = (addresses.page(iri) or "").partition("#")
        assert page in pages, iri
        assert not place or unquote(place) in ids[page], iri


def test_data_beside_the_pages_is_the_dump(site: Path, real_dist: Path) -> None:
    """Each form of a document holds the same triples, those about its thing and its parts; all of them together are the dump."""
    dump = {str(quad.triple) for quad in pyoxigraph.parse(path=real_dist / "synthkg.nq", format=RdfFormat.N_QUADS)}
    about: defaultdict[str, set[str]] = defaultdict(set)
    for triple in dump:
        steps = triple.partition(">")[0].removeprefix(f"<{BASE}").partition("#")[0].split("/")
        for length in range(1, len(steps) + 1):
            about["/".join(steps[:length])].add(triple)
    found: set[str] = set()
    for path in sorted(site.rglob("*.nt")):
        name = path.relative_to(site).with_suffix("").as_posix()
        if name.partition("/")[0] in ("dump", "dataset", "query") or name in ("ontology/shapes", "ontology/alignments"):
            continue
        triples = {str(quad.triple) for quad in pyoxigraph.parse(path=path, format=RdfFormat.N_TRIPLES)}
        iri = BASE + name
        if kind_of(iri) not in ("", "ontology"):
            assert triples == about[name], name
        found |= triples
    assert found == dump
    for name in ("paper/self-instruct", "concept/stage", "list/data-synthesis-using-llms/erratum/3", "ontology", "authors"):
        forms = {
            ending: {str(quad.triple) for quad in pyoxigraph.parse((site / f"{name}.{ending}").read_bytes(), format=form)}
            for ending, form in FORMS.items()
        }
        assert all(triples == forms["nt"] for triples in forms.values()), name


def test_the_page_the_terminal_and_the_data_say_the_same(site: Path, run: Run, real_dist: Path) -> None:
    for thing in ("paper/self-instruct", "method/evol-instruct", "venue/acl"):
        shown = run("show", thing, "--format", "json", "--from", real_dist / "synthkg.nq").stdout
        beside = json.loads((site / f"{thing}.json").read_text("utf-8"))
        assert beside == json.loads(shown)
        page = (site / f"{thing}.html").read_text("utf-8")
        for panel in beside["panels"]:
            assert f'href="../query/{panel["query"]}.html"' in page
            if panel["columns"] != ["fact", "value"]:
                body = page.partition(f">{panel['title']}</caption>")[2].partition("</table>")[0]
                assert body.count("<tr") - 1 == len(panel["rows"]), (thing, panel["title"])


def test_saved_queries_have_pages_with_their_answers(site: Path, real_dist: Path, run: Run) -> None:
    """One that needs a value has none, and says so."""
    queries = load_queries("examples", "views", "profiles")
    needy = {name for name, query in queries.items() if any(parameter.default is None for parameter in query.parameters)}
    assert "published" in needy
    for name in queries:
        for ending in ("html", "rq", "csv", "json"):
            is_there = ending in ("html", "rq") or name not in needy
            assert (site / "query" / f"{name}.{ending}").is_file() == is_there, (name, ending)
        page = (site / "query" / f"{name}.html").read_text("utf-8")
        assert ("It needs a value for " in page) == (name in needy), name
    store = load_dump(real_dist / "synthkg.nq")
    for name in ("lineage", "taught-by", "papers-about"):
        page = (site / "query" / f"{name}.html").read_text("utf-8")
        shown = re.search(r'aria-label="SPARQL">(.*?)</pre>', page, re.DOTALL)
        assert shown is not None
        rows = store.select(html.unescape(shown[1])).rows
        answer = json.loads((site / "query" / f"{name}.json").read_bytes())["results"]["bindings"]
        assert len(rows) == len(answer) > 0, "what is shown to be asked elsewhere asks what the page answers"
    assert {path.stem for path in (site / "query").glob("*.md")} >= {"code", "contradictions", "family-tree"}
    page = run("view", "code", "--from", real_dist / "synthkg.nq").stdout
    assert (site / "query" / "code.md").read_text("utf-8") == page, "a view in Markdown is its page"
    assert page in html.unescape((site / "query" / "code.html").read_text("utf-8"))
    csv = run("query", "papers", "--format", "csv", "--from", real_dist / "synthkg.nq").stdout
    assert (site / "query" / "papers.csv").read_text("utf-8") == csv


def _spent() -> float:
    """The processor time of this process and of those that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def test_the_page_of_a_part_is_there_under_a_former_id_too(toy_dist: Path, tmp_path: Path) -> None:
    write_site(load_dump(toy_dist / "synthkg.nq"), tmp_path / "site")
    for old, now in (("concept/tides/king", "concept/tide/king"), ("list/tide-list/erratum/1", "list/tides/erratum/1")):
        assert f'../{now}.html"' in (tmp_path / "site" / f"{old}.html").read_text("utf-8")


def test_two_builds_give_the_same_bytes(site: Path, real_dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever order the store gives its triples in, and whether one process makes them or two; and soon.

    In all 30 seconds of processor time at most, which two cores share; it takes some 14 where nothing else runs.
    """
    began = _spent()
    dump = real_dist / "synthkg.nq"
    store = load_dump(dump)
    store.inner.extend(list(store.inner)[::-1])
    monkeypatch.setattr(workers, "_PROCESSES", 1)
    write_site(store, tmp_path / "site", dump, "https://example.org/kg/")
    assert _spent() - began < 30
    one, other = (
        {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}
        for folder in (site, tmp_path / "site")
    )
    assert {path for path in one | other if one.get(path) != other.get(path)} == set()


@pytest.mark.parametrize(
    ("base", "top"),
    [("", "/"), ("https://example.org", "/"), ("https://example.org/a&b/", "/a&b/"), ("http://example.org:80//o'b/c", "/o'b/c/")],
)
def test_a_site_says_where_it_is(toy_dist: Path, tmp_path: Path, base: str, top: str) -> None:
    """Its map names each page that is no redirection, as XML; the page of what is not found leads to it from anywhere."""
    write_site(load_dump(toy_dist / "synthkg.nq"), tmp_path, base=base)
    assert {link.rpartition("/")[0] for link in Page((tmp_path / "404.html").read_text("utf-8")).links if link[0] != "#"} == {
        top.rstrip("/"), f"{top}assets", f"{top}ask",
    }  # fmt: skip
    assert (tmp_path / "sitemap.xml").exists() == bool(base)
    if base:
        places = {each.text for each in ElementTree.parse(tmp_path / "sitemap.xml").iter() if each.tag.endswith("}loc")}
        pages = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html") if "refresh" not in path.read_text()}
        assert places == {f"{base.rstrip('/')}/{page}" for page in pages - {"404.html"}}


def test_a_map_has_as_many_pages_as_it_may(toy_dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """50,000, by https://www.sitemaps.org/protocol.html; of more there are several, and a map of these. Addresses are URIs."""
    write_site(load_dump(toy_dist / "synthkg.nq"), tmp_path / "one", base="https://bücher.example/ä")
    monkeypatch.setattr(building, "_MOST_MAPPED", 100)
    write_site(load_dump(toy_dist / "synthkg.nq"), tmp_path / "many", base="https://bücher.example/ä")

    def places(path: Path) -> list[str]:
        return [each.text or "" for each in ElementTree.parse(path).iter() if each.tag.endswith("}loc")]

    whole, maps = places(tmp_path / "one" / "sitemap.xml"), places(tmp_path / "many" / "sitemap.xml")
    assert all(place.startswith("https://xn--bcher-kva.example/%C3%A4/") for place in (*whole, *maps))
    parts = [places(tmp_path / "many" / place.rpartition("/")[2]) for place in maps]
    assert max(map(len, parts)) == 100
    assert [place for part in parts for place in part] == whole


@pytest.mark.parametrize(
    "base", ["nonsense", "example.org", "https://", "https://e.org/x?y=1", "https://e.org/#x", 'https://e.org/"><']
)
def test_what_is_no_address_of_a_site_is_refused(toy_dist: Path, tmp_path: Path, base: str) -> None:
    with pytest.raises(UsageError, match="write --base https://host/path"):
        write_site(load_dump(toy_dist / "synthkg.nq"), tmp_path / "site", base=base)
    assert not (tmp_path / "site").exists()


def test_a_folder_of_somebody_elses_is_left_alone(toy_dist: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    dump = toy_dist / "synthkg.nq"
    with pytest.raises(BuildRefused, match="no site of synthkg"):
        write_site(load_dump(dump), tmp_path, dump)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert run("site", "--out", tmp_path / "mine.txt", "--from", dump).status == 2
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert run("site", "--out", tmp_path / "new", "--from", dump).status == 0
    assert run("site", "--out", tmp_path / "mine.txt", "--from", dump).status == 2
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert run("site", "--out", tmp_path / "new", "--from", dump).status == 0
    for address in ("example.org", "https://", "https://example.org/\udcff"):
        assert run("site", "--out", tmp_path / "new", "--from", dump, "--base", address).status == 2
    assert (tmp_path / "new" / "dump" / "SHA256SUMS").read_bytes() == (toy_dist / "SHA256SUMS").read_bytes()


def test_what_was_put_beside_a_site_is_as_summed_and_stays(toy_dist: Path, tmp_path: Path, run: Run) -> None:
    out, dump = tmp_path / "site", toy_dist / "synthkg.nq"
    assert run("site", "--out", out, "--from", dump, "--base", "https://example.org").status == 0
    for file in ("CNAME", ".git/HEAD", "paper/mine.html"):
        (out / file).parent.mkdir(exist_ok=True)
        (out / file).write_text("mine")
    done = run("site", "--out", out, "--from", dump)
    assert done.status == 2
    assert "(.git/, CNAME, paper/mine.html)" in done.stderr
    for file in ("CNAME", ".git/HEAD", "paper/mine.html"):
        assert (out / file).read_text() == "mine"
        (out / file).unlink()
    (out / ".git").rmdir()
    assert run("site", "--out", out, "--from", dump).status == 0
    assert not (out / "sitemap.xml").exists()
    (out / "site.json").write_text('{"made by": "synthkg site"}')
    done = run("site", "--out", out, "--from", dump)
    assert (done.status, "an earlier synthkg" in done.stderr, (out / "index.html").is_file()) == (2, True, True)


def sum_anew(file: Path) -> None:
    """Lets the checksums beside a file speak of what it is now."""
    sums, found = file.parent / "SHA256SUMS", hashlib.sha256(file.read_bytes()).hexdigest()
    sums.write_text(re.sub(rf"\w{{64}}(?=  {re.escape(file.name)}\n)", found, sums.read_text("utf-8")), "utf-8")


@pytest.mark.parametrize("is_as_summed", [False, True])
def test_a_release_whose_description_is_broken_is_told(is_as_summed: bool, toy_dist: Path, tmp_path: Path, run: Run) -> None:
    """Whether its checksums still speak of what it was, or of what it is."""
    dist = shutil.copytree(toy_dist, tmp_path / "dist")
    (dist / "void.ttl").write_text("<a> <b>", "utf-8")
    if is_as_summed:
        sum_anew(dist / "void.ttl")
    done = run("site", "--out", tmp_path / "site", "--from", dist / "synthkg.nq")
    assert (done.status, "void.ttl" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
    assert not (tmp_path / "site").exists()


def test_text_of_strangers_stays_text(tmp_path: Path, toy: Path) -> None:
    """A title that is HTML is shown, not obeyed: not on pages, not in the metas, not in JSON-LD."""
    paper = toy / "papers" / "tide-instruct.yaml"
    bad = '</script><img src=x onerror=alert(1)>"\\x27{{ 7*7 }}'
    text = re.sub(r"^title: .*$", f"title: {json.dumps(bad)}", paper.read_text("utf-8"), count=1, flags=re.MULTILINE)
    paper.write_text(text, "utf-8")
    kg = synthkg.open(toy)
    write_site(kg.store, tmp_path / "site")  # type: ignore[arg-type]
    for path in (tmp_path / "site").rglob("*.html"):
        page = path.read_text("utf-8")
        assert "<img" not in page
        assert page.count("<script") == page.count("</script")
        assert ">49" not in page
    assert "&lt;img src=x" in (tmp_path / "site" / "paper" / "tide-instruct.html").read_text("utf-8")


_OF_PEOPLE = (
    *("title", "name", "byline", "Label", "definition", "description", "reason", "note", "heading", "text", "published"),
    *("corrected", "publishedIn", "size", "example"),
)
_MARK = "\u202eא"  # what changes the direction of all that follows, and a letter that is written from right to left


class _Directed(HTMLParser):
    """The marked texts of a page, each with whether an element around it keeps its direction to itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "input"):
            self.open.append((tag, tag == "bdi" or "dir" in dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        # A caption is there for who does not see it; SVG's text and what is to be copied stand alone on their lines.
        if _MARK in data.replace(f"\u2068{_MARK}", "") and not {tag for tag, _ in self.open} & {
            "title",
            "script",
            "pre",
            "text",
            "caption",
        }:
            self.texts.append((data, any(is_kept for _, is_kept in self.open)))


_INDENTED = """
return [...document.querySelectorAll('h1, dd, td[data-label]:not(.none)')].map((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return [cell.tagName, Math.round(range.getBoundingClientRect().left - cell.getBoundingClientRect().left)];
});
"""
"""How far from the left each text begins: on a telephone, a cell of a table stands behind its label."""


def test_text_of_strangers_has_a_direction_of_its_own(toy_dist: Path, tmp_path: Path, browser: Chrome) -> None:
    """An Arabic or Hebrew title is read from the right, and turns nothing that stands beside it."""
    store = load_dump(toy_dist / "synthkg.nq")
    said = [quad for quad in store.inner if quad.predicate.value.endswith(_OF_PEOPLE) and NAMESPACE not in str(quad.subject)]
    for quad in said:
        if isinstance(quad.object, pyoxigraph.Literal):
            store.inner.remove(quad)
            marked = pyoxigraph.Literal(f"{_MARK}{quad.object.value}", language=quad.object.language)
            store.inner.add(pyoxigraph.Quad(quad.subject, quad.predicate, marked, quad.graph_name))
    write_site(store, tmp_path)
    found = 0
    for path in tmp_path.rglob("*.html"):
        texts = _Directed(path.read_text("utf-8")).texts
        assert [text for text, is_kept in texts if not is_kept] == [], path
        found += len(texts)
    assert found > 2_000
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser.get(f"http://127.0.0.1:{server.server_port}{SUB}/search.html")
        _wait(browser, "document.querySelectorAll('#results li').length")
        page = browser.execute_script("return document.body.outerHTML")
        as_seen(browser, 360, "light")
        browser.get(f"http://127.0.0.1:{server.server_port}{SUB}/paper/tide-instruct.html")
        indented = browser.execute_script(_INDENTED)
        server.shutdown()
    assert len(indented) > 20
    assert {(tag, indent) for tag, indent in indented} == {("H1", 0), ("DD", 0), ("TD", 114)}
    texts = _Directed(page).texts
    assert len(texts) > 20
    assert [text for text, is_kept in texts if not is_kept] == []


def test_nothing_but_a_web_address_becomes_a_link(toy_dist: Path, tmp_path: Path) -> None:
    """Nor the address of a work in what machines read: a dump of somebody else's may have any IRI where ours have a page."""
    shutil.copytree(toy_dist, tmp_path / "dist")
    foreign, void = tmp_path / "foreign.nq", tmp_path / "dist" / "void.ttl"
    text = (toy_dist / "synthkg.nq").read_text("utf-8")
    foreign.write_text(re.sub(r"<https?://(?:(?:dx\.)?doi|example|arxiv|spdx)\.org/", "<javascript:alert(1)//", text), "utf-8")
    with void.open("a", encoding="utf-8") as stream:
        stream.write(f"<{BASE}dataset/Tides> <http://purl.org/dc/terms/license> <javascript:alert(1)> .")
    sum_anew(void)
    write_site(load_dump(foreign), tmp_path / "site", tmp_path / "dist" / "synthkg.nq")
    for path in (tmp_path / "site").rglob("*.html"):
        page = path.read_text("utf-8")  # an answer that is a page of the views says in words where something was read
        told = re.findall(r'(?s)="[^"]*javascript(?::|%3A).*?>|<script type=.*?</script>|<pre(?![^>]*"Answer").*?</pre>', page)
        assert [each for each in told if re.search(r"javascript(?::|%3A)", each)] == [], path
    assert ">javascript:alert(1)//" in (tmp_path / "site" / "paper" / "tide-instruct.html").read_text("utf-8")


# -- For machines


def test_zotero_finds_a_full_record(pages: dict[str, Page]) -> None:
    """The fields of https://www.zotero.org/support/dev/exposing_metadata, of the version to cite."""
    metas: defaultdict[str, list[str]] = defaultdict(list)
    for name, content in pages["paper/self-instruct.html"].metas:
        metas[name].append(content)
    assert metas["citation_title"] == ["Self-Instruct: Aligning Language Models with Self-Generated Instructions"]
    assert metas["citation_author"][::6] == ["Yizhong Wang", "Hannaneh Hajishirzi"]
    assert metas["citation_publication_date"] == ["2023/07"]
    assert metas["citation_conference_title"] == ["Annual Meeting of the Association for Computational Linguistics"]
    assert metas["citation_doi"] == ["10.18653/v1/2023.acl-long.754"]
    assert metas["citation_firstpage"] + metas["citation_lastpage"] == ["13484", "13508"]
    for name, page in pages.items():
        if name.startswith("paper/"):
            assert {"citation_title", "citation_author", "citation_publication_date"} <= {key for key, _ in page.metas}, name
    works = [parse_qs(title) for title in pages["papers.html"].coins]
    assert len(works) == len([name for name in pages if name.startswith("paper/")])
    assert all(work["ctx_ver"] == ["Z39.88-2004"] and work["rft.date"] for work in works)
    assert pages["concept/stage/fine-tuning.html"].coins


def test_whoever_is_told_in_what_a_paper_appeared_is_told_the_same(site: Path, pages: dict[str, Page]) -> None:
    """A paper of a workshop appeared there, and not in the main proceedings beside it."""
    books = {
        each["rft.atitle"][0]: each.get("rft.btitle")
        for each in map(parse_qs, pages["papers.html"].coins)
        if "rft.atitle" in each
    }
    told = {}
    for name, page in pages.items():
        metas = dict(page.metas)
        if (book := metas.get("citation_conference_title")) is not None:
            text = re.search(r'<script type="application/ld\+json">(.*?)</script>', (site / name).read_text("utf-8"), re.DOTALL)
            assert text is not None, name
            told[name] = book
            assert (books[metas["citation_title"]], json.loads(text[1])["publication"]["name"]) == ([book], book), name
    assert told["paper/deepseek-prover.html"] == "MATH-AI"


@pytest.mark.parametrize(
    ("kind", "form", "genre", "title", "container"),
    [
        ("article-journal", "journal", "article", "rft.atitle", "rft.jtitle"),
        ("paper-conference", "book", "proceeding", "rft.atitle", "rft.btitle"),
        ("report", "book", "report", "rft.btitle", "rft.pub"),
        ("article", "journal", "preprint", "rft.atitle", None),
    ],
)
def test_each_type_has_its_genre_in_openurl(kind: str, form: str, genre: str, title: str, container: str | None) -> None:
    """Those of the formats info:ofi/fmt:kev:mtx:journal and info:ofi/fmt:kev:mtx:book."""
    said = parse_qs(coins([{"type": kind, "title": "Tides", "container": "Harbour", "year": "2024", "author": "Ada Marée"}]))
    assert (said["rft_val_fmt"], said["rft.genre"]) == ([f"info:ofi/fmt:kev:mtx:{form}"], [genre])
    assert (said[title], said["rft.au"], said["rft.date"]) == (["Tides"], ["Ada Marée"], ["2024"])
    assert [key for key, values in said.items() if values == ["Harbour"]] == [container] * bool(container)


def test_papers_without_a_year_are_found_by_that_of_a_date() -> None:
    """That of the version to cite, else of the first that has one."""
    store = OxigraphStore()
    store.inner.load(
        b"""@prefix s: <https://w3id.org/synthkg/ontology#> .
        <x:both> a s:Paper ; s:citedVersion [ s:year 2022 ; s:date "2021-03" ] .
        <x:date> a s:Paper ; s:citedVersion [ s:date "2024" ] .
        <x:other> a s:Paper ; s:citedVersion <x:v> ; s:version <x:v>, [ s:date "2020-02" ], [ s:date "2019-12-31" ] .
        <x:none> a s:Paper ; s:citedVersion [] .""",
        format=RdfFormat.TURTLE,
    )
    found = [[cell.value if cell else "" for cell in row] for row in load_queries("exports")["facets"].rows(store).rows]
    assert found == [["x:both", "year", "2022"], ["x:date", "year", "2024"], ["x:other", "year", "2019"]]


@pytest.mark.parametrize(
    ("concept", "example"),
    [("domain/medical", "artifact/shennong-tcm"), ("technique/data-augmentation", "paper/coannotating")],
)
def test_what_is_about_a_concept_can_be_narrowed_down_to_it(dump_store: OxigraphStore, concept: str, example: str) -> None:
    """Papers and artifacts, also of narrower concepts."""
    facets = load_queries("exports")["facets"].rows(dump_store).rows
    found = {
        thing.value for thing, facet, value in facets if thing and facet and value and value.value == f"{BASE}concept/{concept}"
    }
    listed = {BASE + str(row["thing"]) for row in KnowledgeGraph(dump_store).query("papers-about", concept=concept)}
    assert BASE + example in found == listed


def test_search_engines_are_told_what_a_page_is_about(site: Path) -> None:
    kinds = {}
    for path in site.rglob("*.html"):
        for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', path.read_text("utf-8"), re.DOTALL):
            said = json.loads(text)
            assert said["@context"] == "https://schema.org"
            assert said["name"]
            kinds[path.relative_to(site).as_posix()] = said
    paper = kinds["paper/self-instruct.html"]
    assert (paper["@type"], len(paper["author"]), paper["datePublished"]) == ("ScholarlyArticle", 7, "2023-07")
    assert "https://arxiv.org/abs/2212.10560" in paper["sameAs"]
    assert paper["publication"] == {
        "@type": "PublicationEvent",
        "name": "Annual Meeting of the Association for Computational Linguistics",
    }
    venues = {name: kinds[f"venue/{name}.html"]["@type"] for name in ("acl", "nature", "arxiv")}
    assert venues == {"acl": "EventSeries", "nature": "Periodical", "arxiv": "CreativeWork"}
    code = kinds["artifact/self-instruct-code.html"]
    assert code["license"] == "http://spdx.org/licenses/Apache-2.0"
    for name, said in kinds.items():  # as https://schema.org has the ranges
        assert said.get("isPartOf", {}).get("@type") in (None, "CreativeWork", "Periodical"), name
        licence = said.get("license", "")
        assert licence["@type"] == "CreativeWork" if isinstance(licence, dict) else not licence or licence.startswith("http"), (
            name
        )
    data = kinds["dataset.html"]
    assert 50 <= len(data["description"]) <= 5_000
    assert data["license"] == kinds["index.html"]["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert 'href="https://creativecommons.org/publicdomain/zero/1.0/"' in (site / "papers.html").read_text("utf-8")
    assert {each["contentUrl"] for each in data["distribution"]} >= {f"{BASE}dump/synthkg.ttl"}
    for name in ("paper/self-instruct", "query/papers", "dataset"):
        assert f'<link rel="canonical" href="{BASE}{name}">' in (site / f"{name}.html").read_text("utf-8")
    sitemap = (site / "sitemap.xml").read_text("utf-8")
    assert "<loc>https://example.org/kg/paper/self-instruct.html</loc>" in sitemap


def test_search_engines_are_told_of_downloads_that_are_packed(toy: Path, tmp_path: Path, run: Run) -> None:
    run("build", "--data", str(toy), "--out", str(tmp_path / "dist"), "--compress")
    dump = tmp_path / "dist" / "synthkg.nq.gz"
    write_site(load_dump(dump), tmp_path / "site", dump)
    page = (tmp_path / "site" / "dataset.html").read_text("utf-8")
    text = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert text is not None
    told = {each["contentUrl"]: each["encodingFormat"] for each in json.loads(text[1])["distribution"]}
    assert told == {f"dump/synthkg.{form}.gz": "application/gzip" for form in ("nt", "ttl", "rdf")}


def test_a_page_that_is_shared_has_a_preview(site: Path) -> None:
    """The four properties that https://ogp.me/ requires, whose addresses are absolute, with a picture that is there."""
    for path in site.rglob("*.html"):
        page, name = path.read_text("utf-8"), path.relative_to(site).as_posix()
        said = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
        assert said["title"], name
        assert said["type"] == ("article" if 'name="citation_title"' in page else "website"), name
        assert said["url"] in (f"https://example.org/kg/{name}", *re.findall('rel="canonical" href="(.*?)"', page)), name
        assert (site / said["image"].removeprefix("https://example.org/kg/")).read_bytes().startswith(b"\x89PNG"), name


def test_pages_of_a_folder_of_anybodys_are_in_order(toy: Path, tmp_path: Path) -> None:
    """Whoever is called Main or like the heading above him, or has a name without letters; two lists or schemes of one title."""
    paper, names = toy / "papers" / "tide-survey.yaml", ["Main", "Find", "In B", "Bo Blu", "***", "!!"]
    authors = "".join(f"  - {json.dumps(name)}\n" for name in ("authors:", *names)).replace('  - "authors:"', "authors:")
    paper.write_text(re.sub(r"(?m)^authors:\n(?:  .*\n)+", authors, paper.read_text("utf-8")), "utf-8")
    for folder, one in (("lists", "tides"), ("concepts", "tide")):
        text = (toy / folder / f"{one}.yaml").read_text("utf-8")
        text = re.sub(r"(?m)^(?:formerly:\n(?:  - .*\n)+|primary: true\n|source: .*\n)", "", text)
        text = text.replace("/list/tides/", "/list/other/")
        (toy / folder / "other.yaml").write_text(text, "utf-8")
    site = tmp_path / "site"
    write_site(synthkg.open(toy).store, site)  # type: ignore[arg-type]
    pages = {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in site.rglob("*.html")}
    for name, page in pages.items():
        assert len(page.ids) == len(page.places), name
        assert {link[1:] for link in page.links if link.startswith("#")} <= page.places, name
    leads = {link.partition("authors.html#")[2] for link in pages["paper/tide-survey.html"].links if "authors.html#" in link}
    assert len(leads) == len(names)
    assert leads <= pages["authors.html"].places
    assert len(set(re.findall(r'<span dir="auto">(.*?)</span>', (site / "lists.html").read_text("utf-8")))) == 2
    assert ">Erratum 1 of 潮 Tides: a toy list</a>" in (site / "errata.html").read_text("utf-8")


def test_authors_stand_under_their_family_names(site: Path) -> None:
    """A hyphen is within a name, and a team has one name; what stands before a family name does not sort it."""
    groups = (site / "authors.html").read_text("utf-8").split("<h2")[1:]
    letters = {id: group.partition(">")[2][:1] for group in groups for id in re.findall(r'<li id="(.*?)"', group)}
    wanted = {
        "chris-callison-burch": "C",
        "jennifer-dsouza": "D",
        "nando-de-freitas": "F",
        "the-vicuna-team": "T",
        "zeyuan-allen-zhu": "A",
    }
    assert {id: letters[id] for id in wanted} == wanted


def test_a_name_joins_nobody(site: Path, dump_store: OxigraphStore) -> None:
    """In the list of authors an id stands beside the papers that state it, and not beside those that print the name alone."""
    rows = dump_store.select(
        f"SELECT ?paper {{ ?paper a <{NAMESPACE}Paper> ; <{NAMESPACE}version>?/<{NAMESPACE}authorship> ?authorship . "
        f'?authorship <{NAMESPACE}name> "Maosong Sun" ; <{NAMESPACE}person> ?person }}'
    ).rows
    stating = {row[0].value.removeprefix(BASE) for row in rows if row[0] is not None}
    page = (site / "authors.html").read_text("utf-8")
    row = page.partition('<li id="maosong-sun">')[2].partition("</li>")[0]
    papers = {each.partition(".html")[0]: "rel=" in each for each in re.split('<a href="(?=paper/)', row)[1:]}
    assert len(papers) > len(stating) > 0
    assert {paper for paper, has_id in papers.items() if has_id} == stating


def test_nothing_is_told_of_what_a_field_has_not(toy: Path, tmp_path: Path) -> None:
    """A list of another field has neither stages nor domains, nor perhaps methods or errata, but topics of its own."""
    for path in (*toy.glob("papers/*.yaml"), *toy.glob("lists/*.yaml"), *toy.glob("artifacts/*.yaml")):
        left_out = r"(?m)^(?:stages|domains|introduces|uses|extends|errata|refuted):\n(?:  .*\n)+"
        path.write_text(re.sub(left_out, "", path.read_text("utf-8")), "utf-8")
    for path in toy.glob("methods/*.yaml"):
        path.unlink()
    write_site(synthkg.open(toy).store, tmp_path / "site")  # type: ignore[arg-type]
    home, errata, pictures = ((tmp_path / "site" / f"{name}.html").read_text("utf-8") for name in ("index", "errata", "pictures"))
    assert re.findall("<h2.*?>(.*?)</h2>", home) == ["Kinds of tides", "The latest papers"]
    assert "There are none." in errata
    drawn = ["distillation", "growth", "licences", "code", "model"]
    assert re.findall('<h2 id="(.*?)"', pictures) == drawn
    assert sorted(path.stem for path in tmp_path.glob("site/pictures/*.svg")) == sorted(drawn)
    index = json.loads((tmp_path / "site" / "assets" / "search.json").read_text("utf-8"))
    assert ["topic", "Topic"] in index["facets"]
    assert {title for _, _, title, _, facets, _ in index["things"] if "King tide" in facets.get("topic", ())} == {
        "Tide-Instruct: Teaching Models to Read Tides"
    }


def test_terms_stand_in_the_order_in_which_they_are_sought(site: Path) -> None:
    """By their names, which are shown, and not by their labels."""
    terms = (site / "ontology.html").read_text("utf-8").partition('<nav class="toc terms"')[2].partition("</nav>")[0]
    _, classes, properties = terms.split("<h2")
    for group in (classes, properties):
        names = re.findall(r'href="#(.*?)"', group)
        assert len(names) > 20
        assert names == sorted(names, key=str.casefold)


def test_a_title_tells_the_page_from_the_others(site: Path) -> None:
    """A method, its code and its data may all bear one name."""
    names = ("method/agentalign", "artifact/agentalign-code", "artifact/agentalign-data", "concept/domain/code", "method/alma")
    texts = [(site / f"{name}.html").read_text("utf-8") for name in names]
    titles = [text.partition("<title>")[2].partition(" · synthkg</title>")[0] for text in texts]
    assert titles[:4] == ["AgentAlign (method)", "AgentAlign (code)", "AgentAlign (data set)", "Code (Domains)"]
    assert titles[4] == "Alignment with Minimal Annotation"


def test_a_field_of_one_paper_is_told_in_the_singular(tmp_path: Path) -> None:
    (tmp_path / "data" / "papers").mkdir(parents=True)
    authors = "".join(f"  - Ada Tide-{number}\n" for number in range(60))
    (tmp_path / "data" / "papers" / "ebb.yaml").write_text(f"title: Ebb\nauthors:\n{authors}", "utf-8")
    write_site(synthkg.open(tmp_path / "data").store, tmp_path / "site")  # type: ignore[arg-type]
    home, paper, pictures = (
        (tmp_path / "site" / f"{name}.html").read_text("utf-8") for name in ("index", "paper/ebb", "pictures")
    )
    assert "<b>1</b> paper</a>" in home
    assert re.findall(r"\b1 \w+s\b", home + pictures) == []
    byline = paper.partition('<p class="byline">')[2].partition("</p>")[0]
    assert byline.count("<a ") == 31
    to = re.search(r'and <a href="#(.*?)">30 more</a>', byline)
    assert to is not None
    assert f'<h2 id="{to[1]}">Authors</h2>' in paper


def test_pages_are_in_order(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.headings.count(1) == 1, name
        assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False)), name


# -- In a browser


def _wait(browser: Chrome, script: str, seconds: float = 20) -> Any:
    until = time.monotonic() + seconds
    while not (found := browser.execute_script(f"return {script}")):
        assert time.monotonic() < until, script
        time.sleep(0.05)
    return found


def _log(browser: Chrome, kind: str) -> list[dict[str, Any]]:
    return browser.get_log(kind)  # type: ignore[no-untyped-call,no-any-return]


def test_nothing_is_asked_of_anybody_else(browser: Chrome, address: str) -> None:
    """Under a policy that allows neither other hosts nor anything inline; nothing complains, nothing is missing."""
    _log(browser, "performance")
    _log(browser, "browser")
    for name in KINDS:
        browser.get(f"{address}/{name}.html")
        if name == "search":
            _wait(browser, "document.querySelectorAll('#results li').length")
    asked = set()
    for entry in _log(browser, "performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.add(message["params"]["request"]["url"])
    assert len(asked) > len(KINDS)
    assert {url for url in asked if not url.startswith(address)} <= {f"{address.removesuffix(SUB)}/favicon.ico"}
    assert _log(browser, "browser") == []


def test_paper_has_all_of_a_page(browser: Chrome, address: str) -> None:
    """What scrolls on a screen is whole on A4."""
    as_printed(browser)
    for name in ("index", "pictures", "paper/self-instruct", "query/lineage", "ontology"):
        browser.get(f"{address}/{name}.html")
        assert cut(browser) == [], name
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("seen", [{"media": "print"}, {"features": [{"name": "forced-colors", "value": "active"}]}])
def test_what_an_erratum_changes_is_marked_without_colours(browser: Chrome, address: str, seen: dict[str, Any]) -> None:
    """Nor on paper is there a ground, unless somebody asks for one."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", seen)
    browser.get(f"{address}/list/data-synthesis-using-llms.html")
    marks = "return ['del', 'ins'].map((name) => getComputedStyle(document.querySelector(name)).textDecorationLine)"
    assert browser.execute_script(marks) == ["line-through", "underline"]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


@pytest.mark.parametrize("name", sorted({*KINDS, "paper/star", "paper/math-dataset"}))
def test_everybody_can_use_it(browser: Chrome, address: str, name: str) -> None:
    """By day and night, on a telephone, on a desk and between: nothing has to be scrolled sideways, and axe finds nothing."""
    browser.get(f"{address}/{name}.html")
    if name == "search":
        _wait(browser, "document.querySelectorAll('#results li').length")
    for width in (320, 360, 800, 1000, 1280, 1400):
        as_seen(browser, width, "light")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, width
    for width, scheme in ((320, "light"), (1280, "dark"), *(() if name in LONG else ((320, "dark"), (1280, "light")))):
        as_seen(browser, width, scheme)
        assert barriers(browser) == [], (width, scheme)


@pytest.mark.parametrize(
    "words",
    ["self instruct", "SELFINSTRUCT", "evol-instrct", "2212.10560", "arXiv:2212.10560v2", "yizhong wáng aligning", "Hajishirzi",
     "https://doi.org/10.18653/v1/2023.acl-long.754", "ACL 2023", "zzzzqqq", "gpt4 chemistry",
     "GeoQA+", "C++", "the ´cat´", r"\emph{Self}-Instruct", "100%", "驼", "草",
     f"{BASE}paper/self-instruct", " Paper/self-instruct ", f"{BASE}concept/domain/code",
     "https://arxiv.org/abs/2212.10560v3?context=cs.CL", "<https://ar5iv.labs.arxiv.org/html/2212.10560>",
     "https://huggingface.co/papers/2212.10560", "10.48550/arXiv.2212.10560", "https://dblp.org/rec/journals/corr/abs-2212-10560",
     "https://dl.acm.org/doi/abs/10.1145%2F3675395?download=true", "https://www.aclweb.org/anthology/2023.acl-long.754v2.pdf",
     "https://openreview.net/attachment?name=pdf&id=xaqoZZqkPU", "https://example.org/abs/2212.10560"],
)  # fmt: skip
def test_search_is_that_of_the_command_line(browser: Chrome, address: str, real_dist: Path, words: str) -> None:
    browser.get(f"{address}/search.html")
    _wait(browser, "document.querySelectorAll('#results li').length")
    shown = browser.execute_script(
        "const field = document.getElementById('q'); field.value = arguments[0]; field.dispatchEvent(new Event('input'));"
        "return [...document.querySelectorAll('#results > li > a')].map(a => a.getAttribute('href')).slice(0, 10)",
        words,
    )
    addresses = Addresses()
    assert shown == [addresses.page(hit.iri) for hit in _index(real_dist).search(words, limit=10)]


def test_words_are_those_of_the_command_line(browser: Chrome, address: str) -> None:
    """Letters of any case and script, marks, what nobody sees, and what TeX prints. Cherokee is folded to its other case."""
    old = unicodedata.ucd_3_2_0  # whose characters every browser knows
    known = [each for each in map(chr, range(0x20, 0x20000)) if old.category(each) not in ("Cc", "Cn", "Co", "Cs")]
    letters = [each for each in known if not unicodedata.name(each, "").startswith("CHEROKEE")]
    texts = [text for each in letters for text in (f"a{each}b", f"x{each} y")]
    texts += [
        r"{\'E}tudes on \emph{Na\"\i ve} {B}ayes \& co",
        r"$\varepsilon$-greedy R\&D in C\#",
        r"\constructor",
        "Die Straße, ΣΟΦΟΣ",
    ]
    browser.get(f"{address}/search.html")
    _wait(browser, "document.querySelectorAll('#results li').length")
    found = browser.execute_script("return arguments[0].map((text) => [fold(text), wordsOf(text)])", texts)
    told = [[fold(text), words_of(text)] for text in texts]
    assert [pair for pair in zip(texts, told, found, strict=True) if pair[1] != pair[2]] == []


_indexes: dict[Path, Index] = {}


def _index(dist: Path) -> Index:
    if dist not in _indexes:
        store = load_dump(dist / "synthkg.nq")
        _indexes[dist] = Index(store, Labels(store))
    return _indexes[dist]


def test_facets_count_what_the_graph_has_and_stay_in_the_address(browser: Chrome, address: str, real_dist: Path) -> None:
    as_seen(browser, 1280, "light")
    browser.get(f"{address}/search.html?kind=paper&stage=Fine-tuning")
    _wait(browser, "document.querySelectorAll('#results li').length")
    rows = list(synthkg.open(dump=real_dist / "synthkg.nq").query("stage-domain-matrix"))
    counted = {row["domain"]: row["papers"] for row in rows if row["stage"] == "Fine-tuning" and row["papers"]}
    shown = browser.execute_script(
        "return [...document.querySelectorAll('#facets details[data-facet=domain] label')].map("
        "each => [each.querySelector('input').value, Number(each.querySelector('.n').textContent)])"
    )
    assert dict(shown) == counted
    browser.execute_script("document.querySelector('#facets input[name=domain][value=Medical]').click()")
    _wait(browser, "location.search.includes('domain=Medical')")
    assert browser.execute_script("return document.querySelectorAll('#results > li').length") == counted["Medical"]
    browser.back()
    _wait(browser, f"document.querySelectorAll('#results > li').length > {counted['Medical']}")
    assert "domain" not in browser.current_url


def test_search_keeps_up_with_whoever_types(browser: Chrome, address: str) -> None:
    """Browsers take no more than some 200 changes of an address in 10 seconds; what is found is what stands in the field."""
    browser.get(f"{address}/search.html?kind=artifact")
    _wait(browser, "document.querySelectorAll('#results li').length")
    field = browser.find_element(By.ID, "q")
    field.send_keys("x" * 300)
    _wait(browser, "document.getElementById('count').textContent.includes('x'.repeat(300))")
    field.clear()
    field.send_keys("gpt-4")
    _wait(browser, "location.search === '?kind=artifact&q=gpt-4'")
    assert "for “gpt-4”" in browser.find_element(By.ID, "count").text


def test_search_keeps_the_focus(browser: Chrome, address: str) -> None:
    """When the button that shows more is gone, it is on what came last; when a value that nothing has is gone, on its facet."""
    browser.get(f"{address}/search.html?kind=method&year=1000")
    _wait(browser, "document.querySelectorAll('#facets input[name=year]').length")
    browser.find_element(By.CSS_SELECTOR, "#facets input[value='1000']").send_keys(Keys.SPACE)
    assert browser.switch_to.active_element == browser.find_element(By.ID, "q")
    while (more := browser.find_element(By.ID, "more")).is_displayed():
        before = browser.execute_script("return document.querySelectorAll('#results li').length")
        more.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element == browser.find_elements(By.CSS_SELECTOR, "#results li > a")[before]


def test_there_is_more_to_show_where_there_is(browser: Chrome, address: str) -> None:
    for words, is_more in (("language", True), ("2212.10560", False)):
        browser.get(f"{address}/search.html?q={words}")
        _wait(browser, "document.querySelectorAll('#results li').length")
        assert browser.find_element("id", "more").is_displayed() == is_more
    sizes = browser.execute_script("return [...document.querySelectorAll('#facets [open] label')].map(each => each.clientHeight)")
    assert min(sizes) >= 24, "what is pressed has 24 pixels: https://www.w3.org/TR/WCAG22/#target-size-minimum"


def test_an_iri_leads_to_its_place_on_the_page(browser: Chrome, address: str) -> None:
    for place in ("paper/self-instruct.html#version/acl-2023", "list/data-synthesis-using-llms.html#entry/100/title"):
        browser.get(f"{address}/{place}")
        _wait(browser, "document.querySelector(':target')?.getBoundingClientRect().height > 0 && Math.abs(scrollY) > 0")


@pytest.mark.parametrize(("has_scripts", "place"), [(True, "#evidence/1"), (False, "")])
def test_a_former_id_leads_to_the_same_place_on_the_page_of_the_new_one(
    browser: Chrome, address: str, has_scripts: bool, place: str
) -> None:
    """Without scripts it leads to the page at least; going back is not stopped by it."""
    browser.get(f"{address}/index.html")
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not has_scripts})
    try:
        browser.get(f"{address}/artifact/mintl.html#evidence/1")
        until = time.monotonic() + 20
        while browser.current_url != f"{address}/artifact/mintl-dialogic.html{place}":
            assert time.monotonic() < until, browser.current_url
            time.sleep(0.05)
        browser.back()
        assert browser.current_url == f"{address}/index.html"
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_it_works_without_scripts(browser: Chrome, address: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{address}/papers.html")
        browser.find_element("link text", "Self-Instruct: Aligning Language Models with Self-Generated Instructions").click()
        assert browser.current_url.endswith("/paper/self-instruct.html")
        browser.find_element("link text", "Evidence").click()
        browser.get(f"{address}/search.html")
        assert "Searching needs JavaScript" in browser.page_source
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_serve_lets_the_pages_do_what_they_can_anywhere(browser: Chrome, site: Path, real_dist: Path) -> None:
    """A page says itself what it may run and reach; `serve` forbids nothing of it."""
    as_seen(browser, 1280, "light")
    for server in start_synthkg(real_dist / "synthkg.nq", "--site", str(site)):
        _log(browser, "browser")
        browser.get(f"{server.base}/search.html?q=evol-instruct")
        _wait(browser, "document.querySelectorAll('#results li').length")
        browser.get(f"{server.base}/paper/self-instruct.html")
        _wait(browser, "document.querySelectorAll('.copy button').length")
        browser.get(f"{server.base}/ask/#saved=lineage&method=self-instruct")
        _wait(browser, "/^[1-9][0-9]* rows/.test(document.getElementById('status')?.textContent)", 60)
        for field, value in (("engine", "endpoint"), ("endpoint", "/sparql")):
            browser.execute_script(
                "const field = document.getElementById(arguments[0]); field.value = arguments[1];"
                "field.dispatchEvent(new Event('change'))",
                field,
                value,
            )
        browser.execute_script("document.getElementById('status').textContent = ''; document.getElementById('run').click()")
        _wait(browser, "/^[1-9][0-9]* rows/.test(document.getElementById('status').textContent)")
        assert [each for each in _log(browser, "browser") if "favicon.ico" not in each["message"]] == []
        preview = server.ask("/reconcile/preview?id=paper/self-instruct").headers["content-security-policy"]
        assert "frame-ancestors" not in preview, "OpenRefine shows it inside its own page"


def test_serve_has_the_same_documents(site: Path, served: Synthkg) -> None:
    """The first, one in the midst and the last of each kind of address. Two kinds name the endpoint that is asked."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    others = ("authors", *(f"query/{name}" for name in load_queries("profiles")))
    for path in sorted(site.rglob("*.nt")):
        document = path.relative_to(site).with_suffix("").as_posix()
        if document not in others and not document.startswith("dump/"):
            by_kind[re.sub(r"(?<=/)(?!erratum|alignments|shapes)[^/]+", "*", document)].append(document)
    assert set(by_kind) >= {
        *("paper/*", "method/*", "artifact/*", "venue/*", "concept/*", "concept/*/*", "list/*", "list/*/erratum/*", "query/*"),
        *("dataset", "ontology", "ontology/*", "ontology/shapes", "ontology/alignments"),
    }
    for documents in by_kind.values():
        for document in {documents[0], documents[len(documents) // 2], documents[-1]}:
            for ending in FORMS:
                there, here = (site / f"{document}.{ending}").read_bytes(), served.ask(f"/{document}.{ending}").body
                is_same = there == here or _without_endpoint(there, ending) == _without_endpoint(here, ending)
                assert is_same if document.startswith(("dataset", "query/")) else there == here, f"{document}.{ending}"


def _without_endpoint(text: bytes, ending: str) -> set[str]:
    said = pyoxigraph.parse(text, format=FORMS[ending])
    return {
        str(each)
        for each in said
        if each.predicate.value not in ("http://rdfs.org/ns/void#sparqlEndpoint", "https://schema.org/target")
    }


def test_serve_shows_the_same_site(site: Path, real_dist: Path) -> None:
    """The addresses to which `serve` sends an IRI are files of the site."""
    from synthkg.serve.documents import Documents

    documents, shown = Documents(), set[str]()
    for quad in pyoxigraph.parse(path=real_dist / "synthkg.nq", format=RdfFormat.N_QUADS):
        iri = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
        if iri.startswith(BASE) and (found := documents.find(iri.removeprefix(BASE).partition("#")[0])) is not None:
            assert (site / f"{found[0]}.html").is_file(), iri
            shown.add(found[0])
    assert {"paper/self-instruct", "method/evol-instruct", "concept/stage", "ontology"} <= shown
    assert len(shown) > 500
