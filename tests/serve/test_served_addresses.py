"""What is at which address: things and their documents, saved queries, downloads, pages; and nothing that was not meant to be."""

from __future__ import annotations

import csv
import gzip
import hashlib
import http.client
import io
import json
import re
import shutil
import socket
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat
from rdflib import SH, Graph, Namespace, URIRef
from selenium.webdriver import Chrome

from browsers import as_printed, as_seen, barriers, cut
from conftest import ROOT, Run
from servers import Synthkg, start_synthkg
from synthkg.graph import OxigraphStore, load_queries
from synthkg.model import BASE
from synthkg.serve.documents import negotiate
from synthkg.serve.metrics import Metrics
from synthkg.views import answer_text

PARTS = "version|author|evidence|entry|section|line|erratum|synthesis|different|refuted|link"
FORMS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}


@pytest.fixture(scope="module")
def quads(real_dist: Path) -> list[pyoxigraph.Quad]:
    return list(pyoxigraph.parse(path=real_dist / "synthkg.nq", format=RdfFormat.N_QUADS))


# -- Things


def test_every_iri_leads_to_a_document_that_speaks_of_it(served: Synthkg, quads: list[pyoxigraph.Quad]) -> None:
    """Each kind of IRI, three of each; in HTML the place that the fragment names is there, in RDF the subject is."""
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
    by_form: dict[str, list[str]] = {}
    for iri in sorted(subject for subject in subjects - {BASE} if subject.startswith(BASE)):
        form = re.sub(rf"(?<=/)(?!({PARTS})\b)[^/#]+", "*", iri)
        by_form.setdefault(re.sub("#.*", "#", form), []).append(iri)
    assert len(by_form) > 20
    for group in by_form.values():
        for iri in {group[0], group[len(group) // 2], group[-1]}:
            path, _, name = iri.removeprefix(BASE).partition("#")
            answer = served.ask(f"/{path}", headers={"Accept": "text/html"})
            assert answer.status == 303, iri
            to = urlsplit(answer.headers["location"])
            page = served.ask(to.path)
            assert page.status == 200, iri
            place = "/".join(filter(None, (to.fragment, name)))
            assert not place or f'<section id="{place}">' in page.body.decode(), iri
            answer = served.ask(f"/{path}", headers={"Accept": "application/n-triples"})
            document = served.ask(urlsplit(answer.headers["location"]).path)
            assert f"<{iri}> " in document.body.decode(), iri
            assert document.headers["content-type"] == "application/n-triples"


def test_the_forms_of_a_document_hold_the_same_triples(served: Synthkg, quads: list[pyoxigraph.Quad]) -> None:
    iri = f"{BASE}paper/self-instruct"
    expected = {
        f"{quad.subject} {quad.predicate} {quad.object}" for quad in quads if re.match(rf"<{iri}[/#>]", str(quad.subject))
    }
    for ending, form in FORMS.items():
        body = served.ask(f"/paper/self-instruct.{ending}").body
        found = {f"{each.subject} {each.predicate} {each.object}" for each in pyoxigraph.parse(body, format=form)}
        assert found == expected, ending


@pytest.mark.parametrize(
    "path", ["dataset", "ontology", "concept/stage", "query/lineage", "ontology/shapes", "ontology/alignments"]
)
def test_other_documents(served: Synthkg, path: str) -> None:
    for ending, form in FORMS.items():
        answer = served.ask(f"/{path}.{ending}")
        assert answer.status == 200, ending
        assert sum(1 for _ in pyoxigraph.parse(answer.body, format=form)) > 5
    assert served.ask(f"/{path}.html").status == 200


def test_the_table_is_that_of_apache(served: Synthkg) -> None:
    """That Apache does what `negotiate` says, as far as its rules go, is tested beside them, in tests/giving."""
    accepts: tuple[str | None, ...] = (
        None,
        "*/*",
        "text/turtle",
        "application/ld+json;q=0.9, text/html;q=0.1",
        "application/rdf+xml, */*;q=0.1",
    )
    for accept in accepts:
        headers = {} if accept is None else {"Accept": accept}
        for path, document in (
            ("paper/self-instruct", "paper/self-instruct"),
            ("graph/lists", "dataset"),
            ("ontology", "ontology"),
            ("query/lineage", "query/lineage"),
        ):
            answer = served.ask(f"/{path}", headers=headers)
            assert (answer.status, answer.headers["location"]) == (303, f"{served.base}/{document}.{negotiate(accept)}")
            assert "accept" in answer.headers["vary"].lower()
    assert (
        served.ask("/paper/self-instruct/version/acl-2023").headers["location"].endswith("/self-instruct.html#version/acl-2023")
    )


def test_void(served: Synthkg, real_dist: Path) -> None:
    body = served.ask("/.well-known/void").body
    said = {str(each) for each in pyoxigraph.parse(body, format=RdfFormat.TURTLE)}
    ours = {str(each) for each in pyoxigraph.parse(path=real_dist / "void.ttl", format=RdfFormat.TURTLE)}
    (more,) = said - ours
    assert f"sparqlEndpoint> <{served.base}/sparql>" in more


# -- Saved queries


def test_saved_queries_are_addresses(served: Synthkg, run: Run, dump_store: OxigraphStore, real_dist: Path) -> None:
    query = load_queries("examples")["lineage"]
    table = query.select(dump_store, method="evol-instruct")
    for ending, style in (("csv", "csv"), ("tsv", "tsv"), ("json", "json"), ("jsonl", "jsonl"), ("md", "markdown")):
        answer = served.ask(f"/query/lineage.{ending}?method=evol-instruct")
        assert answer.body.decode() == answer_text(table, style, query.header.get("multivalued", ()))
    printed = run("query", "papers", "--format", "csv", "--from", real_dist / "synthkg.nq").stdout
    assert served.ask("/query/papers.csv").body.decode() == printed
    assert b"self-instruct" in served.ask("/query/by-identifier.csv?identifier=https://arxiv.org/abs/2212.10560v2").body
    assert served.ask("/query/lineage.rq").body == (ROOT / "queries" / "examples" / "lineage.rq").read_bytes()


def test_the_text_and_the_description_of_a_saved_query_have_the_values_that_are_given(served: Synthkg) -> None:
    answer = served.ask("/query/lineage.csv?method=evol-instruct").body.decode()
    text = served.ask("/query/lineage.rq?method=evol-instruct").body.decode()
    description = served.ask("/query/lineage.ttl?method=evol-instruct").body
    (example,) = Graph().parse(data=description).objects(predicate=SH.select)
    for query in (text, str(example)):
        asked = served.ask(f"/sparql?query={quote(query)}", headers={"Accept": "text/csv"}).body.decode()
        assert len(asked.splitlines()) == len(answer.splitlines()) > 2
        assert f"<{BASE}method/evol-instruct>" in query


def test_every_saved_query_has_a_page(served: Synthkg) -> None:
    index = served.ask("/query/").body.decode()
    for name, query in load_queries("examples", "views").items():
        assert f"/query/{name}.html" in index
        page = served.ask(f"/query/{name}.html")
        assert page.status == 200, name
        for parameter in query.parameters:
            assert f'name="{parameter.name}"' in page.body.decode()
        (description,) = re.findall('type="text/turtle" href="([^"]*)"', page.body.decode())
        (example,) = Graph().parse(data=served.ask(description).body).objects(predicate=SH.select)
        assert served.ask(f"/sparql?query={quote(str(example))}", "HEAD").status == 200, "it runs as it stands"


def test_a_page_leads_to_an_answer_that_can_be_given(served: Synthkg) -> None:
    """Where a value is needed there is none yet; the text and the description of the query are there always."""
    page = served.ask("/query/concept.html").body.decode()
    assert re.findall(r'href="/query/concept([^"]*)"', page) == [".ttl", ".rq"]
    page = served.ask("/query/concept.html?concept=domain/medical").body.decode()
    links = re.findall(r'href="(/query/concept[^"]*)"', page)
    assert {link.partition("?")[2] for link in links} == {"concept=domain%2Fmedical"}, "all about what was asked"
    assert [served.ask(link).status for link in links] == [200] * 8
    assert escape(served.ask(links[-1]).body.decode()) in page
    page = served.ask("/query/lineage.html").body.decode()
    assert escape(served.ask("/query/lineage.rq?method=self-instruct").body.decode()) in page, "or about what it is by default"


def test_a_page_of_the_views_is_markdown_as_it_stands(served: Synthkg) -> None:
    page = served.ask("/query/reading-list.md?list=data-synthesis-using-llms").body
    assert page == (ROOT / "views" / "reading-list.md").read_bytes()
    assert escape(page.decode()[:2_000]) in served.ask("/query/reading-list.html?list=data-synthesis-using-llms").body.decode()
    assert served.ask("/query/papers-at.md").body.startswith(b"| "), "and of all else the table"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("lineag.csv", 404, 'did you mean "lineage"?'),
        ("lineage.csv?method=self-instrct", 400, 'did you mean "self-instruct"?'),
        ("lineage.csv?methd=self-instruct", 400, 'did you mean "method"?'),
        ("taught-by.csv?teacher=GPT-4", 400, 'did you mean "gpt-4"?'),
        ("lineage.csv?method=a&method=b", 400, "twice"),
        ("lineage.csv?method=%E9", 400, "UTF-8"),
        ("lineage.csv?method=a%3E%20%7D%20DROP", 400, "is no method"),
        ("errata.csv?x=1", 400, "it takes none"),
        *(
            (f"lineage.{form}?method=zz", 400, "there is no method")
            for form in ("csv", "html", "rq", "ttl", "nt", "jsonld", "rdf")
        ),
        *((f"lineage.{form}?nonsense=1", 400, "no parameter") for form in ("csv", "html", "rq", "ttl", "nt", "jsonld", "rdf")),
        ("published.md?list=data-synthesis-using-llms&snapshot=zz", 400, 'there is no snapshot "zz"'),
        ("lineage.pdf", 404, "nothing"),
    ],
)
def test_what_a_saved_query_is_not(served: Synthkg, path: str, status: int, words: str) -> None:
    answer = served.ask(f"/query/{path}")
    assert (answer.status, words in answer.body.decode()) == (status, True), answer


# -- Downloads


def test_downloads_are_the_files(served: Synthkg, real_dist: Path) -> None:
    sums = served.ask("/dump/SHA256SUMS").body.decode()
    index = served.ask("/dump/").body.decode()
    for line in sums.splitlines():
        sum, name = line.split("  ")
        answer = served.ask(f"/dump/{name}")
        assert hashlib.sha256(answer.body).hexdigest() == sum
        assert f"/dump/{name}" in index
    assert served.ask("/context.jsonld").status == 200


def test_a_packed_release_is_of_the_types_that_it_says(toy: Path, tmp_path: Path, run: Run) -> None:
    """What is packed has the type of its packing and is not packed again: what arrives has its checksum (RFC 9110, 8.3)."""
    dist = tmp_path / "dist"
    with (toy / "CITATION.cff").open("a", encoding="utf-8") as citation:
        citation.write(f"repository-artifact: {BASE}dump/\n")
    assert run("build", "--data", toy, "--out", dist, "--compress").status == 0
    said = Graph().parse(dist / "void.ttl")
    dcat, packed = Namespace("http://www.w3.org/ns/dcat#"), 0
    for server in start_synthkg(dist / "synthkg.nq.gz"):
        for node, url in said.subject_objects(dcat.downloadURL):
            address, kind = str(url), str(said.value(node, dcat.compressFormat) or said.value(node, dcat.mediaType))
            answer = server.ask(f"/{address.removeprefix(BASE)}", headers={"Accept-Encoding": "gzip"})
            assert kind.endswith(f"/{answer.headers['content-type'].partition(';')[0]}"), address
            if address.endswith(".gz"):
                packed += 1
                assert "content-encoding" not in answer.headers
                assert hashlib.sha256(answer.body).hexdigest() == str(said.value(node, URIRef("https://schema.org/sha256")))
    assert packed == 6


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=5-5", 206, slice(5, 6)),
        ("bytes=0-99999999999", 206, slice(0, None)),
        ("bytes=99999999999-", 416, None),
        ("bytes=9-5", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=0-1,5-6", 200, slice(None)),
        ("lines=0-1", 200, slice(None)),
        ("Bytes=0-9", 206, slice(0, 10)),
        (f"bytes={'9' * 5_000}-", 200, slice(None)),
        (f"bytes=0-{'9' * 5_000}", 200, slice(None)),
    ],
)
def test_parts(served: Synthkg, real_dist: Path, asked: str, status: int, part: slice | None) -> None:
    whole = (real_dist / "void.ttl").read_bytes()
    answer = served.ask("/dump/void.ttl", headers={"Range": asked})
    assert answer.status == status
    if part is None:
        assert answer.headers["content-range"] == f"bytes */{len(whole)}"
    else:
        assert answer.body == whole[part]
    if status == 206:
        assert re.fullmatch(rf"bytes \d+-\d+/{len(whole)}", answer.headers["content-range"])
    head = served.ask("/dump/void.ttl", "HEAD", headers={"Range": asked})
    assert (head.status, head.headers["content-length"]) == (200, str(len(whole))), "parts are of GET alone (RFC 9110, 14.2)"


def test_what_is_known_is_not_sent_again(served: Synthkg) -> None:
    for path in ("/dump/void.ttl", "/paper/self-instruct.ttl", "/query/papers.csv", "/style.css"):
        for packing in ("gzip", "identity"):
            first = served.ask(path, headers={"Accept-Encoding": packing})
            again = served.ask(path, headers={"Accept-Encoding": packing, "If-None-Match": first.headers["etag"]})
            assert (again.status, again.body) == (304, b"")
    tag = served.ask("/dump/void.ttl").headers["etag"]
    assert served.ask("/dump/void.ttl", headers={"Range": "bytes=0-1", "If-Range": tag}).status == 206
    assert served.ask("/dump/void.ttl", headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status == 200
    for wanted, status in ((f'"other", {tag}', 206), ("*", 206), ('"other"', 412), (f"W/{tag}", 412)):
        assert served.ask("/dump/void.ttl", headers={"Range": "bytes=0-1", "If-Match": wanted}).status == status


@pytest.mark.parametrize("path", ["/dump/void.ttl", "/sparql?query=ASK%7B%7D", "/paper/self-instruct.ttl"])
def test_who_wants_only_what_it_was_is_told_first_that_it_is_another(served: Synthkg, path: str) -> None:
    """RFC 9110, 13.2.2: If-Match comes before all else."""
    for packing in ("gzip", "identity"):
        tag = served.ask(path, headers={"Accept-Encoding": packing}).headers["etag"]
        for method in ("GET", "HEAD"):
            for conditions, status in (
                ({"If-Match": '"other"'}, 412),
                ({"If-Match": '"other"', "If-None-Match": tag}, 412),
                ({"If-Match": tag, "If-None-Match": tag}, 304),
                ({"If-Match": tag}, 200),
                ({"If-Match": "*"}, 200),
            ):
                answer = served.ask(path, method, headers={"Accept-Encoding": packing, **conditions})
                assert answer.status == status, (packing, method, conditions)


def test_packed_answers_unpack_to_the_same(served: Synthkg) -> None:
    for path in ("/dump/synthkg.nq", "/paper/self-instruct.html", "/query/papers.csv", "/sparql"):
        plain = served.ask(path)
        packed = served.ask(path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
        assert (packed.status, packed.headers["content-encoding"]) == (200, "gzip")
        assert gzip.decompress(packed.body) == plain.body
        for none in ("gzip;q=0", ""):
            assert "content-encoding" not in served.ask(path, headers={"Accept-Encoding": none}).headers
        assert "accept-encoding" in packed.headers["vary"].lower()


def test_head_is_get_without_a_body(served: Synthkg) -> None:
    for path in ("/", "/dump/synthkg.nq", "/paper/self-instruct.ttl", "/nothing", "/paper/self-instruct"):
        head, get = served.ask(path, "HEAD"), served.ask(path)
        assert head.body == b""
        assert (head.status, head.headers["content-length"]) == (get.status, str(len(get.body)))


# -- Pages, and those that watch


def test_links_on_pages_lead_somewhere(served: Synthkg) -> None:
    seen: set[str] = set()
    waiting = ["/", "/query/", "/dump/", "/paper/self-instruct.html", "/concept/stage.html", "/query/lineage.html", "/sparql"]
    for page in waiting:
        body = served.ask(page, headers={"Accept": "text/html"}).body.decode()
        assert "<script" not in body
        assert "http://127" not in body, "links do not depend on who asked"
        seen |= {link for link in re.findall(r'(?:href|src|action)="(/[^"#]*)', body) if not link.startswith("/list/")}
    assert len(seen) > 60
    for link in sorted(seen)[:150]:
        assert served.ask(link.replace("&amp;", "&")).status in (200, 303), link


def test_links_to_a_place_on_a_page_find_it(served: Synthkg) -> None:
    """A fact that evidence is for, a table of a list, a term: each has its place, though nothing else is said of it."""
    places: dict[str, set[str]] = {}

    def has(path: str, place: str) -> bool:
        if path not in places:
            places[path] = set(re.findall(r' id="([^"]*)"', served.ask(path).body.decode()))
        return place in places[path]

    for page in ("paper/self-instruct", "method/evol-instruct", "artifact/gpt-4", "list/data-synthesis-using-llms", "ontology"):
        links = set(re.findall(r'href="(/[^"#]*)#([^"]*)"', served.ask(f"/{page}.html").body.decode()))
        assert len(links) > 5
        assert [link for link in links if not has(*link)] == []
    assert has("/paper/self-instruct.html", "stages.fine-tuning")
    assert has("/list/data-synthesis-using-llms.html", "table/5")


def test_pages_are_safe(served: Synthkg) -> None:
    page = served.ask("/sparql?query=" + quote('SELECT ("<script>alert(1)</script>" AS ?x) {}'), headers={"Accept": "text/html"})
    assert "<script>" not in page.body.decode()
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["x-content-type-options"] == "nosniff"
    trouble = served.ask("/%3Cscript%3E", headers={"Accept": "text/html"})
    assert trouble.status == 404
    assert "<script>" not in trouble.body.decode()


@pytest.mark.parametrize("query", ['SELECT ?s { ?s ?p "</textarea>" ', "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"])
def test_a_query_without_an_answer_can_be_changed_on_its_page(served: Synthkg, query: str) -> None:
    answer = served.ask("/sparql", "POST", urlencode({"query": query}).encode(), {
        "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded",
    })  # fmt: skip
    page = answer.body.decode()
    assert (answer.status, 'role="alert"' in page) == (400, True)
    assert f">{escape(query)}</textarea>" in page


PAGES = (
    *("", "sparql", "query/", "query/lineage.html", "query/papers.html", "dump/", "paper/self-instruct.html", "dataset.html"),
    *("nothing", "sparql?query=" + quote("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5"), "sparql?query=SELEKT"),
)


@pytest.mark.parametrize("page", PAGES)
def test_everybody_can_use_a_plain_page(served: Synthkg, browser: Chrome, page: str) -> None:
    """Axe finds nothing, and no page has to be scrolled sideways; what scrolls on a screen is whole on A4."""
    browser.get(f"{served.base}/{page}")
    as_printed(browser)
    assert cut(browser) == []
    for width, scheme in ((320, "light"), (1280, "dark")):
        as_seen(browser, width, scheme)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, width
        assert barriers(browser) == [], (width, scheme)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_health_and_metrics(served: Synthkg) -> None:
    assert served.ask("/health").body.startswith(b"ok\n")
    lines = served.ask("/metrics").body.decode().splitlines()
    values = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}
    assert values['synthkg_requests_total{kind="health",status="200"}'] >= 1
    assert values["synthkg_triples"] > 10_000
    named = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert all(re.sub(r"(_bucket|_sum|_count)?({.*)?$", "", name) in named or name.split("{")[0] in named for name in values)


def test_a_large_graph_is_counted_to_the_last_triple() -> None:
    assert "synthkg_triples 1481555\n" in Metrics().text({"synthkg_triples": ("Triples in the graph.", 1_481_555)})


def test_the_log_is_in_the_common_format(served: Synthkg) -> None:
    common = r'127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET (/nothing/[^" ]*) HTTP/1\.1" 404 \d+'
    for path, shown in (("a?x=b&y=%22", "a?x=b&y=%22"), ("b", "b"), ("%22%0d%0a127.0.0.1?x=%22", r"\x22\x0d\x0a127.0.0.1?x=%22")):
        served.ask(f"/nothing/{path}")
        line = served.said().splitlines()[-1]
        found = re.fullmatch(common, line)
        assert found is not None, line
        assert found[1] == f"/nothing/{shown}"


def test_who_asks_steers_no_terminal_and_feigns_no_line(served: Synthkg) -> None:
    """A proxy on this machine says for whom it asks; waitress repeats what it cannot read."""
    served.ask("/nothing/here", headers={"X-Forwarded-For": "1.2.3.4 - - [x]\x9b2J"})
    served.ask("/nothing/here", headers={"X-Forwarded-For": '"a\x9b2J" b'})
    said = served.said()
    assert "\n1.2.3.4\\x20-\\x20-\\x20[x]\\x9b2J - - [" in said
    assert 'value: "a\\x9b2J" b' in said
    assert "\x9b" not in said


def test_robots_stay_away_from_what_costs(served: Synthkg) -> None:
    assert b"Disallow: /sparql" in served.ask("/robots.txt").body


# -- Nothing else

STRANGE = [
    "/dump/../pyproject.toml",
    "/dump/%2e%2e/%2e%2e/etc/passwd",
    "/dump/..%2f..%2fetc/passwd",
    "/dump/%00",
    "/dump/synthkg.nq%00.html",
    "/dump/.hidden",
    "/dump//etc/passwd",
    "/dump/tables",
    "/dump/tables/../synthkg.nq",
    "/dump/..\\synthkg.nq",
    "//etc/passwd",
    "/%2e%2e/",
    "/../../etc/passwd",
    "/paper/%2e%2e/x.ttl",
    "/paper/Self-Instruct",
    "/paper/a%0d%0aSet-Cookie:%20x=1",
    "/paper/self-instruct/%0d%0aX: 1".replace(" ", "%20"),
    "/paper/nobody-wrote-this.ttl",
    "/query/..%2fexamples%2flineage.csv",
    "/ontology/9.9.9.ttl",
    "/%ff%fe",
    "/" + "a" * 5_000,
    "/metrics/x",
]


@pytest.mark.parametrize("path", STRANGE, ids=[path[:40] for path in STRANGE])
def test_strange_paths_are_refused(served: Synthkg, path: str) -> None:
    answer = served.ask(path)
    assert answer.status in (400, 404), answer
    assert b"root:" not in answer.body
    assert not {"set-cookie", "x"} & set(answer.headers)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad header\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200 + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: evil\r\n\r\n",
        b"SPAM / HTTP/1.1\r\nHost: x\r\n\r\n",
        b'GET / HTTP/1.1\r\nHost: a"><b>\r\nAccept: text/html\r\n\r\n',
    ],
    ids=["header", "address", "headers", "body", "length", "smuggling", "header line", "nul", "TLS", "version", "method", "host"],
)
def test_strange_requests_end_in_an_answer(served: Synthkg, sent: bytes) -> None:
    with served.connect() as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            said = b"".join(iter(lambda: connection.recv(65_536), b""))
        except OSError:  # the server has hung up, while we spoke or before we were done
            said = b""
    assert not said or said.startswith((b"HTTP/1.1 ", b"HTTP/1.0 "))
    assert b"<b>" not in said
    assert b"Traceback" not in said
    assert served.ask("/health").status == 200


_LENGTHS = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + _LENGTHS + b"\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"POST /sparql HTTP/1.0\r\nHost: x\r\n" + _LENGTHS + b"\r\n0\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
        (b"GET /health HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b'GET /health HTTP/1.1\r\nHost: a"><b>\r\n\r\n', 400),
        (b"GET /health HTTP/1.0\r\n\r\n", 200),
        (b"GET /query/find.csv?text=\xc3\xa9 HTTP/1.0\r\n\r\n", 200),
        (b"GET /query/find.csv?text=\xe9 HTTP/1.0\r\n\r\n", 400),
        (b"GET /health HTTP/3.0\r\nHost: x\r\n\r\n", 505),
        (b"GET /health\r\n\r\n", 505),
        (b"POST /sparql HTTP/2.0\r\nHost: x\r\nContent-Length: 4\r\n\r\n", 505),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    ],
)
def test_what_is_no_request_is_told_and_ends_the_connection(served: Synthkg, sent: bytes, status: int) -> None:
    """RFC 9112, 2.3, 3.2 and 6.3; a page of another site may read why."""
    with served.connect() as connection:
        connection.sendall(sent)
        said = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert said.startswith((b"HTTP/1.1 %d " % status, b"HTTP/1.0 %d " % status))
    assert len(re.findall(rb"(?m)^HTTP/1", said)) == 1, "what follows is no request"
    assert b"\r\nAccess-Control-Allow-Origin: *\r\n" in said


def test_an_answer_without_a_body_leaves_the_connection_open(served: Synthkg) -> None:
    connection = http.client.HTTPConnection(served.host, timeout=20)
    connection.request("GET", "/style.css")
    first = connection.getresponse()
    first.read()
    peer = connection.sock
    for method, headers, status in (
        ("GET", {"If-None-Match": first.headers["ETag"]}, 304),
        ("OPTIONS", {}, 204),
        ("GET", {}, 200),
        ("GET", {"If-None-Match": first.headers["ETag"], "Connection": "close"}, 304),
    ):
        connection.request(method, "/style.css", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert (answer.status, answer.will_close) == (status, "Connection" in headers)
        assert connection.sock is (None if answer.will_close else peer)


def test_only_the_release_is_given_out(real_dist: Path, tmp_path: Path) -> None:
    """A dump that lies among other files does not show them."""
    shutil.copy(real_dist / "synthkg.ttl", tmp_path / "one.ttl")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    for server in start_synthkg(tmp_path / "one.ttl"):
        assert server.ask("/dump/secret.txt").status == 404
        assert b"secret" not in server.ask("/dump/").body
        assert server.ask("/dump/one.ttl").status == 200
        assert b"Dataset" in server.ask("/.well-known/void").body
        assert server.ask("/metrics").status == 404


@pytest.fixture
def sited(real_dist: Path, tmp_path: Path) -> Iterator[Synthkg]:
    """A server with a web site, behind a proxy's path."""
    for folder in ("paper", "ask"):
        (tmp_path / "site" / folder).mkdir(parents=True)
    (tmp_path / "site" / "ask" / "index.html").write_text("<h1>Ask</h1>", "utf-8")
    (tmp_path / "site" / "index.html").write_text("<h1>Site</h1>", "utf-8")
    (tmp_path / "site" / "paper" / "self-instruct.html").write_text("<h1>Page</h1>", "utf-8")
    for folder, files in {
        "query": ("papers-at.csv", "lineage.html", "lineage.ttl", "evidence.csv"),
        "dump": ("void.ttl", "old.gz"),
    }.items():
        (tmp_path / "site" / folder).mkdir()
        for name in files:
            (tmp_path / "site" / folder / name).write_text("of the site", "utf-8")
    (tmp_path / "site" / "robots.txt").write_text("Allow: /\nSitemap: https://example.org/sitemap.xml\n", "utf-8")
    (tmp_path / "site" / "data.trig.zst").write_bytes(b"\x28\xb5\x2f\xfd")
    (tmp_path / "site" / ".secret").write_text("secret", "utf-8")
    (tmp_path / "site" / "link").symlink_to("/etc/hostname")
    yield from start_synthkg(real_dist / "synthkg.nq", "--site", str(tmp_path / "site"), "--prefix", "/kg")


def test_a_site_comes_first(sited: Synthkg) -> None:
    assert sited.ask("/kg/").body == b"<h1>Site</h1>"
    assert sited.ask("/kg/paper/self-instruct.html").body == b"<h1>Page</h1>"
    assert sited.ask("/kg/paper/self-instruct.ttl").headers["content-type"] == "text/turtle; charset=utf-8"
    packed = sited.ask("/kg/data.trig.zst", headers={"Accept-Encoding": "zstd, gzip"})
    assert packed.headers["content-type"] == "application/zstd"
    assert "content-encoding" not in packed.headers
    assert sited.ask("/kg/ask/").body == b"<h1>Ask</h1>", "a folder is its index.html, as with any host of files"
    for path, folder in (("/kg/ask?a=b", "/kg/ask/?a=b"), ("/kg", "/kg/"), ("/kg?a=b", "/kg/?a=b")):
        to = sited.ask(path)
        assert (to.status, to.headers["location"]) == (301, f"{sited.base}{folder}"), "links on it are relative to the folder"
    assert [sited.ask(f"/kg/{path}").status for path in ("paper/", "paper", "ask//", "query/", "dump/")] == [
        404,
        404,
        404,
        200,
        200,
    ]
    assert sited.ask("/kg/.secret").status == 404
    assert sited.ask("/kg/link").status == 404
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "data.example.org"}
    answer = sited.ask("/kg/paper/self-instruct", headers=headers)
    assert answer.headers["location"] == "https://data.example.org/kg/paper/self-instruct.html"
    assert 'href="/kg/style.css"' in sited.ask("/kg/query/").body.decode()


def test_a_site_hides_no_answer(sited: Synthkg, served: Synthkg) -> None:
    """Saved queries take what they take, downloads are of the graph that is served; a file is given where nothing else is."""
    for asked in (
        "papers-at.csv?venue=icml",
        "papers-at.csv?venue=icm",
        "papers-at.csv?foo=bar",
        "papers-at.csv",
        "evidence.csv?x=y",
    ):
        one, other = sited.ask(f"/kg/query/{asked}"), served.ask(f"/query/{asked}")
        assert (one.status, one.body) == (other.status, other.body), asked
    assert '<form action="/kg/query/lineage.html">' in sited.ask("/kg/query/lineage.html").body.decode()
    assert f"<{sited.base}/kg/sparql>" in sited.ask("/kg/query/lineage.ttl").body.decode()
    assert sited.ask("/kg/dump/void.ttl").body == served.ask("/dump/void.ttl").body
    assert {sited.ask(f"/kg/{path}").body for path in ("query/evidence.csv", "dump/old.gz")} == {b"of the site"}
    robots = sited.ask("/kg/robots.txt").body
    assert b"Disallow: /kg/sparql\n" in robots
    assert b"Sitemap: https://example.org/sitemap.xml" in robots


def test_rows_are_read_by_other_tools(served: Synthkg) -> None:
    rows = list(csv.DictReader(io.StringIO(served.ask("/query/papers.csv").body.decode())))
    assert len(rows) > 100
    found = json.loads(served.ask("/query/papers.json").body)
    assert len(found["results"]["bindings"]) == len(rows)
