"""Our IRIs as others are told of them: the Bioregistry takes them, Apache follows the redirections, CITATION.cff is valid."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import bioregistry
import curies
import pytest
import yaml
from bioregistry.license_standardizer import standardize_license
from bioregistry.schema.struct import Resource
from cffconvert import Citation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse

from conftest import DATA, ROOT, Run
from servers import _answers, _stop, free_port
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.catalog import citation_of, licence_of
from synthkg.errors import QueryError, UsageError
from synthkg.giving.prov import mapping_set
from synthkg.giving.registration import Contact, prefix_record, redirections
from synthkg.graph.store import OxigraphStore
from synthkg.model.vocabulary import BASE, NAMESPACE, load_vocabulary
from synthkg.serve.documents import negotiate

SITE = "https://curator.example.org/synthkg"
CURATOR = Contact(name="A. Curator", email="a.curator@example.org", orcid="0000-0002-1825-0097", github="acurator")


@pytest.fixture(scope="module")
def iris(real_dist: Path) -> list[str]:
    """Every IRI of ours in the dump and its description, without what follows a #."""
    found: set[str] = set()
    for name, form in (("synthkg.nq", RdfFormat.N_QUADS), ("void.ttl", RdfFormat.TURTLE)):
        for quad in parse(path=real_dist / name, format=form):
            for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
                if isinstance(term, NamedNode) and term.value.startswith(BASE):
                    found.add(term.value.partition("#")[0])
    return sorted(found)


# -- The Bioregistry


@pytest.fixture(scope="module")
def record(kg: KnowledgeGraph) -> dict[str, Any]:
    text, notes = prefix_record(kg.store, CURATOR, licence=licence_of(DATA))
    assert notes == []
    return {"prefix": "synthkg.record", **json.loads(text)["synthkg.record"]}


def test_the_bioregistry_takes_the_record(record: dict[str, Any]) -> None:
    assert set(record) <= set(Resource.model_fields)
    resource = Resource(**record)
    assert resource.prefix == "synthkg.record"
    assert resource.part_of == "synthkg"
    assert bioregistry.get_resource("synthkg") is bioregistry.get_resource("kg") is None
    assert resource.get_uri_format() == f"{BASE}$1"
    assert resource.get_license() == standardize_license(record["license"]) == record["license"] == "CC0-1.0"
    assert resource.get_contact_email() == CURATOR.email
    assert not any(resource.prefix in str(record[key]).casefold().split() for key in ("name", "description"))
    assert record["name"] == record["name"].strip() == metadata("synthkg")["Summary"]


def test_the_pattern_of_terms_is_of_each_term_of_the_ontology(kg: KnowledgeGraph) -> None:
    """A term is what the ontology defines, by a name of its own."""
    pattern = re.compile(json.loads(prefix_record(kg.store)[0])["synthkg"]["pattern"])
    named = {triple.subject.value for triple in load_vocabulary().triples if isinstance(triple.subject, NamedNode)}
    terms = {iri.removeprefix(NAMESPACE) for iri in named if iri.startswith(NAMESPACE)}
    assert {"Paper", "sha256"} <= terms
    assert {term for term in terms if not pattern.fullmatch(term)} == set()
    assert not pattern.fullmatch("Paper/x")


def test_an_orcid_id_with_a_slip_is_refused(run: Run, toy: Path) -> None:
    done = run("export", "bioregistry", "--data", toy, "--orcid", "0000-0002-1825-0098")
    assert (done.status, done.stdout) == (2, "")
    assert '"0000-0002-1825-0098" is no ORCID iD' in done.stderr


def test_the_pattern_is_of_our_ids_and_no_others(record: dict[str, Any], iris: list[str]) -> None:
    pattern = re.compile(record["pattern"])
    assert record["pattern"][0] + record["pattern"][-1] == "^$"
    named = [iri.removeprefix(BASE) for iri in iris]
    others = re.compile(r"(ontology|query|dump|graph)(/.*)?|dataset|sparql|context.jsonld|")
    assert {id for id in named if pattern.fullmatch(id)} == {id for id in named if not others.fullmatch(id)}
    assert pattern.fullmatch("paper/self-instruct/version/acl-2023/link/doi")
    for decoy in (
        "paper/Self-Instruct",
        "paper/",
        "paper/a--b",
        "paper/a//b",
        "query/a",
        "ontology",
        "",
        "x/a",
        "paper/a\n",
    ):
        assert not pattern.fullmatch(decoy), decoy


def test_examples_expand_to_what_is_in_the_graph(record: dict[str, Any], iris: list[str]) -> None:
    converter = curies.Converter.from_prefix_map({record["prefix"]: record["uri_format"].removesuffix("$1")})
    examples = [record["example"], *record["example_extras"]]
    assert {example.partition("/")[0] for example in examples} == {"paper", "method", "artifact", "venue", "list"}
    for example in examples:
        assert re.fullmatch(record["pattern"], example)
        expanded = converter.expand(f"synthkg.record:{example}")
        assert expanded in iris
        assert converter.compress(expanded) == f"synthkg.record:{example}"


def test_the_prefixes_are_those_that_we_use(kg: KnowledgeGraph, real_dist: Path) -> None:
    """One prefix means one thing in the registry, the ontology, the JSON-LD context and the files of links."""
    records = json.loads(prefix_record(kg.store, CURATOR)[0])
    assert {name: record.get("license") for name, record in records.items()} == {"synthkg": "CC0-1.0", "synthkg.record": None}
    Resource(prefix="synthkg", **records["synthkg"])
    context = json.loads((real_dist / "context.jsonld").read_text())["@context"]
    assert records["synthkg"]["uri_format"] == context["synthkg"] + "$1" == f"{NAMESPACE}$1"
    (short,) = records["synthkg.record"]["synonyms"]
    assert records["synthkg.record"]["uri_format"] == context[short] + "$1"
    head = mapping_set(kg.store).splitlines()
    assert f"#  {short}: {BASE}" in head


def test_links_have_registered_prefixes(kg: KnowledgeGraph) -> None:
    head = [line[3:] for line in mapping_set(kg.store).splitlines() if line.startswith("#  ")]
    prefixes = dict(line.split(": ", 1) for line in head)
    registered = {prefix: space for prefix, space in prefixes.items() if "." not in prefix or bioregistry.get_resource(prefix)}
    assert {"arxiv", "dblp.publication", "doi", "kg"} <= registered.keys()
    for prefix, space in registered.items():
        if prefix != "kg":
            assert bioregistry.get_resource(prefix).get_uri_format() == f"{space}$1"


def test_the_registry_is_told_who_is_missing(kg: KnowledgeGraph) -> None:
    text, (note,) = prefix_record(kg.store, Contact(name="A. Curator"))
    assert "--email, --github, --orcid" in note
    assert json.loads(text)["synthkg.record"]["contact"] == {"name": "A. Curator"}
    with pytest.raises(QueryError, match="no ontology or no records"):
        prefix_record(OxigraphStore())


# -- w3id.org

_CONFIG = """
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/log
Mutex file:{folder}
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule rewrite_module {modules}/mod_rewrite.so
KeepAlive On
MaxKeepAliveRequests 0
DocumentRoot {folder}/w3id.org
<Directory {folder}/w3id.org>
  AllowOverride All
  Options None
  Require all granted
</Directory>
"""
Ask = Callable[..., tuple[int, str, dict[str, str]]]


@pytest.fixture(scope="module")
def apache() -> Iterator[tuple[Path, Ask]]:
    """An Apache httpd that serves a folder as w3id.org does, and a function that asks it."""
    binary = shutil.which("apache2") or shutil.which("apache2", path="/usr/sbin")
    modules = Path("/usr/lib/apache2/modules")
    if binary is None or not modules.is_dir():
        pytest.fail("APACHE 2 IS NOT INSTALLED, so it is not known whether our IRIs lead anywhere: sh tools/system.sh tests")
    with tempfile.TemporaryDirectory() as name:  # not below pytest's folder, which Apache's user may not enter
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "w3id.org" / "synthkg").mkdir(parents=True)
        port = free_port()
        user = "User nobody\nGroup nogroup" if os.geteuid() == 0 else ""
        config = folder / "httpd.conf"
        config.write_text(_CONFIG.format(folder=folder, port=port, user=user, modules=modules))
        log = folder / "log"
        with subprocess.Popen([binary, "-d", name, "-f", str(config), "-DFOREGROUND"], stderr=subprocess.DEVNULL) as process:
            try:
                log.touch()
                _answers(f"http://127.0.0.1:{port}/", process, log, 20)
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

                def ask(path: str, accept: str | None = None, method: str = "GET") -> tuple[int, str, dict[str, str]]:
                    connection.request(method, path, headers={} if accept is None else {"Accept": accept})
                    response = connection.getresponse()
                    response.read()
                    headers = {key.lower(): value for key, value in response.getheaders()}
                    return response.status, headers.get("location", ""), headers

                yield folder / "w3id.org" / "synthkg", ask
                connection.close()
            finally:
                _stop(process)


ACCEPTS = {
    None: "html",
    "*/*": "html",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8": "html",
    "application/xhtml+xml": "html",
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
    "text/turtle;q=0.7, application/rdf+xml": "rdf",
    "text/turtle;q=0.9, application/rdf+xml;q=0.8, */*;q=0.1": "ttl",
    "text/html;q=0, text/turtle;q=0.5": "ttl",
    "application/json, application/ld+json;q=0.9": "jsonld",
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3": "ttl",
    "image/png": "html",
    "text/html;q=0.5, application/rdf+xml;q=1.0": "rdf",
    "text/html;q=1, application/rdf+xml;q=0.9": "html",
    "Text/Turtle": "ttl",
    "TEXT/HTML;Q=0.2,Application/LD+JSON;Q=0.9": "jsonld",
    "text/html;q=0.3,text/turtle;q=0.8,application/rdf+xml;q=0.8": "ttl",
    "application/n-triples;q=0.001": "nt",
    "text/turtle;q=0.000": "html",
    "text/turtle;charset=utf-8;q=0.4,application/rdf+xml;q=.5": "rdf",
    "text/turtle;charset=utf-8": "ttl",
    "text/turtle;q=0": "html",
}


def document(iri: str, ending: str) -> tuple[int, str]:
    """Where an IRI should lead, said in another way than the rules do."""
    first, *rest = iri.removeprefix(BASE).split("/")
    if first in ("", "dump"):
        return 302, f"{SITE}/{'/'.join([first, *rest])}"
    if first == "context.jsonld":
        return 302, f"{SITE}/dump/context.jsonld"
    if first in ("dataset", "graph"):
        return 303, f"{SITE}/dataset.{ending}"
    if first in ("ontology", "query"):
        return 303, f"{SITE}/{'/'.join([first, *rest])}.{ending}"
    if rest[1:2] == ["erratum"] or (first == "concept" and rest[1:]):
        whole = 3 if first == "list" else 2
        place = f"#{'/'.join(rest[whole:])}" if rest[whole:] else ""
        return 303, f"{SITE}/{'/'.join([first, *rest[:whole]])}.{ending}{place}"
    if first in ("paper", "method", "artifact", "venue", "list", "concept"):
        return 303, f"{SITE}/{first}/{rest[0]}.{ending}" + (f"#{'/'.join(rest[1:])}" if rest[1:] else "")
    return 404, ""


def test_apache_sends_every_iri_where_it_should(apache: tuple[Path, Ask], kg: KnowledgeGraph, iris: list[str]) -> None:
    folder, ask = apache
    for name, text in redirections(kg.store, SITE + "/", CURATOR).items():
        (folder / name).write_text(text, "utf-8")
    by_form: dict[str, list[str]] = {}
    for iri in [*iris, f"{BASE}dump/synthkg.nq", f"{BASE}dump/tables/papers.parquet", f"{BASE}context.jsonld"]:
        path = iri.removeprefix(BASE)
        parts = "version|author|evidence|entry|section|line|erratum|synthesis|different|refuted"
        form = re.sub(rf"(?<=/)(?!({parts})\b)[^/]+", "*", path)
        by_form.setdefault(form, []).append(iri)
    assert len(by_form) > 20
    unnamed = {iri for iri in iris if document(iri, "html")[0] == 404}
    assert unnamed <= {f"{BASE}sparql"}
    for accept, ending in ACCEPTS.items():
        for group in by_form.values():
            for iri in {group[0], group[len(group) // 2], group[-1]}:
                status, location, headers = ask(iri.removeprefix("https://w3id.org"), accept)
                assert (status, location) == document(iri, ending), (iri, accept)
                assert headers["access-control-allow-origin"] == "*"
                assert "accept" in headers["vary"].lower()


_TYPES = [*(f"text/{name}" for name in ("html", "turtle", "plain")), "application/rdf+xml", "application/ld+json", "image/png"]
_WEIGHTS = ["", ";q=1", "; q=1.0", ";q=0.9", ";q=0.85", ";q=0.5", ";q=0", ";q=0.0", ";charset=utf-8", ";charset=utf-8;q=0.3"]
_RANGES = st.tuples(st.sampled_from(_TYPES), st.sampled_from(_WEIGHTS)).map("".join)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(accept=st.lists(_RANGES, max_size=4, unique_by=lambda each: each.partition(";")[0]).map(", ".join))
def test_apache_and_we_understand_accept_alike(apache: tuple[Path, Ask], kg: KnowledgeGraph, accept: str) -> None:
    """As far as its rules go: they know no wildcards, nothing unwanted, one decimal of weights. The rest is in tests/serve."""
    folder, ask = apache
    rules = folder / ".htaccess"
    if not rules.is_file():
        rules.write_text(redirections(kg.store, SITE, CURATOR)[".htaccess"], "utf-8")
    status, location, _ = ask("/synthkg/paper/self-instruct", accept)
    assert (status, location) == (303, f"{SITE}/paper/self-instruct.{negotiate(accept)}")


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "paper/",
        "paper/Self-Instruct",
        "paper/a%0ab",
        "paper/a%20b",
        "dump/../x",
        "ontology/latest",
        "sparql",
        "query/a/b",
    ],
)
def test_what_we_never_named_is_not_found(apache: tuple[Path, Ask], kg: KnowledgeGraph, path: str) -> None:
    folder, ask = apache
    (folder / ".htaccess").write_text(redirections(kg.store, SITE, CURATOR)[".htaccess"], "utf-8")
    status, location, _ = ask(f"/synthkg/{path}", "text/turtle")
    assert (status, location) in ((404, ""), (400, ""))


def test_former_ids_lead_to_the_new_ones(apache: tuple[Path, Ask], kg: KnowledgeGraph) -> None:
    folder, ask = apache
    renamed = OxigraphStore(kg.store)  # type: ignore[arg-type]
    former = f"<{BASE}paper/self-instruct> <{BASE}ontology#formerly> <{BASE}paper/si.1>"
    renamed.inner.update(f"INSERT DATA {{ GRAPH <{BASE}graph/curated> {{ {former} }} }}")
    (folder / ".htaccess").write_text(redirections(renamed, SITE, CURATOR)[".htaccess"], "utf-8")
    assert ask("/synthkg/paper/si.1")[:2] == (301, f"{BASE}paper/self-instruct")
    assert ask("/synthkg/paper/si.1/version/acl-2023")[:2] == (301, f"{BASE}paper/self-instruct/version/acl-2023")
    assert ask("/synthkg/paper/si-1", "text/turtle")[:2] == (303, f"{SITE}/paper/si-1.ttl")


def test_an_endpoint_is_reached_with_the_query_of_a_post(apache: tuple[Path, Ask], kg: KnowledgeGraph) -> None:
    folder, ask = apache
    text = redirections(kg.store, SITE, CURATOR, "https://sparql.example.org/query")[".htaccess"]
    (folder / ".htaccess").write_text(text, "utf-8")
    assert ask("/synthkg/sparql", method="POST")[:2] == (307, "https://sparql.example.org/query")
    assert ask("/synthkg/sparql?query=ASK%20%7B%7D")[:2] == (307, "https://sparql.example.org/query?query=ASK%20%7B%7D")


def test_the_readme_names_the_person(kg: KnowledgeGraph) -> None:
    text = redirections(kg.store, SITE, CURATOR)["README.md"]
    for word in (
        "A. Curator",
        "<a.curator@example.org>",
        "https://github.com/acurator",
        "https://orcid.org/0000-0002-1825-0097",
        SITE,
    ):
        assert word in text


@pytest.mark.parametrize(
    ("site", "contact", "words"),
    [
        ("ftp://example.org", CURATOR, "no address for redirections"),
        ("https://example.org/%1", CURATOR, "no address for redirections"),
        ("https://example.org/ [R=302]", CURATOR, "no address for redirections"),
        (SITE, Contact(), "give --name"),
        (SITE, Contact(name="A. Curator"), "--github or --email"),
        (SITE, Contact(name="A\nRewriteRule", email="a@example.org"), "one line"),
    ],
)
def test_what_makes_no_rules_is_refused(kg: KnowledgeGraph, site: str, contact: Contact, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        redirections(kg.store, site, contact)


def test_commands(run: Run, toy: Path, tmp_path: Path) -> None:
    done = run("export", "bioregistry", "--data", toy, "--name", "A. Curator")
    assert json.loads(done.stdout)["synthkg.record"]["example"] == "paper/tide-instruct"
    assert "--email" in done.stderr
    assert f"this would register it for {BASE}dataset/Tides" in done.stderr
    out = tmp_path / "w3id"
    done = run("export", "w3id", "--data", toy, "--site", SITE, "--name", "A. Curator", "--github", "acurator", "--out", out)
    assert (done.status, sorted(path.name for path in out.iterdir())) == (0, [".htaccess", "README.md"])
    assert f"this would register it for {BASE}dataset/Tides" in done.stderr
    assert run("export", "w3id", "--data", toy).status == 2


# -- CITATION.cff


def test_the_citation_file_is_valid_and_true() -> None:
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    citation = Citation(text)
    citation.validate()
    assert re.search(r"year = \{20\d\d\}", citation.as_bibtex())
    assert re.search(r"\(20\d\d\)", citation.as_apalike())
    cited = yaml.safe_load(text)
    package = metadata("synthkg")
    assert str(cited["version"]) == package["Version"]
    assert sorted(cited["keywords"]) == sorted(package["Keywords"].split(","))
    assert package["Summary"].removeprefix("The ") in cited["title"]
    assert cited["url"] == BASE
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (cited["authors"], cited["url"]) == (project["authors"], project["urls"]["Homepage"])
    of_data = (DATA / "CITATION.cff").read_text("utf-8")
    Citation(of_data).validate()
    shared = ("title", "authors", "version", "url", "type")
    assert {key: yaml.safe_load(of_data)[key] for key in shared} == {key: cited[key] for key in shared}
    assert set(cited["license"]) == {package["License-Expression"], "CC0-1.0"}
    assert {entry["value"] for entry in cited["identifiers"]} == {f"{BASE}dataset", f"{BASE}ontology"}
    assert (citation_of(DATA).iri, citation_of(DATA).downloads) == (f"{BASE}dataset", f"{BASE}dump/")
