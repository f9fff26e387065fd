"""Triples of records: identifiers of any characters have addresses that lead back to them; groups say that they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyoxigraph import Literal, NamedNode

from conftest import TOY
from synthkg.catalog import load_catalog
from synthkg.graph.inference import infer
from synthkg.graph.jsonld import context
from synthkg.graph.store import OxigraphStore, load_dump
from synthkg.graph.triples import quads, statements
from synthkg.model.identifiers import Identifier, identify
from synthkg.model.namespaces import XSD
from synthkg.model.records import Artifact, Author, Method, Paper, ReadingList, Record, Venue, Version
from synthkg.model.vocabulary import BASE, NAMESPACE, load_vocabulary

SICI = "10.1002/(sici)1099-9999(19980815/30)17:15/16<1661::aid-tide9>3.0.co;2-2"


def paper(**identifiers: str) -> Paper:
    version = Version(id="v", type="journal-article", year=1998, **identifiers)  # type: ignore[arg-type]
    return Paper(id="tide", title="A Tide of Rank Tests", versions=(version,))


def landing_pages(*papers: Paper) -> list[str]:
    store = OxigraphStore(quads(papers, load_vocabulary()))
    infer(store)
    rows = store.select(
        "PREFIX : <https://w3id.org/synthkg/ontology#> SELECT (STR(?page) AS ?text) { ?version a :Version ; :landingPage ?page }"
    ).rows
    return [text.value for (text,) in rows if isinstance(text, Literal)]


@pytest.mark.parametrize("doi", [SICI, "10.1234/tide#one", "10.1234/tide?a=b", "10.1234/100%a", '10.1234/"{a}|b', "10.1234/潮"])
def test_a_doi_of_any_characters_has_a_page(doi: str) -> None:
    """Such a DOI crashed every command, or its address led elsewhere."""
    (page,) = landing_pages(paper(doi=doi))
    assert identify(page) == Identifier("doi", doi)
    assert page.isascii()
    assert not set(page) & set('<>"{}|\\^`#?')


@pytest.mark.parametrize(
    ("identifiers", "page"),
    [
        ({"arxiv": "2212.10560", "doi": "10.1234/a"}, "https://arxiv.org/abs/2212.10560"),
        ({"acl": "2023.acl-long.754", "doi": "10.1234/a"}, "https://aclanthology.org/2023.acl-long.754/"),
        ({"doi": "10.1234/a", "openreview": "CfXh93NDgH", "url": "https://x.example/"}, "https://doi.org/10.1234/a"),
        ({"openreview": "CfXh93NDgH", "url": "https://x.example/"}, "https://openreview.net/forum?id=CfXh93NDgH"),
        ({"url": "https://x.example/"}, "https://x.example/"),
    ],
)
def test_the_most_lasting_address_comes_first(identifiers: dict[str, str], page: str) -> None:
    assert landing_pages(paper(**identifiers)) == [page]


def test_a_group_says_so_and_a_person_says_nothing() -> None:
    record = Paper(id="tide", title="T", authors=(Author(name="Tide Team", group=True), Author(name="Ada Marée")))
    group = load_vocabulary().term("group")
    found = [(quad.subject, quad.object) for quad in quads([record], load_vocabulary()) if quad.predicate == group]
    first = NamedNode("https://w3id.org/synthkg/paper/tide/author/1")
    assert found == [(first, Literal("true", datatype=NamedNode(XSD + "boolean")))]


# What no record writes in these words: it is counted, laid out or put together.
_MADE = "first last line order number position column field before text after end ink blanks byline foldedName amount"


def written(value: object) -> Iterator[str]:
    """Every text in a value of YAML."""
    if isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from written(each)
    else:
        yield str(value)


@pytest.mark.parametrize("kind", [Paper, ReadingList, Method, Artifact, Venue])
def test_what_is_said_stands_at_its_pointer(kind: type[Record]) -> None:
    """A finding about a triple is told at the line where its value is written, in whichever item of a list that is."""
    catalog = load_catalog(TOY)
    made = {str(catalog.vocabulary.term(name)) for name in _MADE.split()}
    found = 0
    for record in catalog.of(kind).values():
        whole = yaml.load((TOY / record.folder / f"{record.id}.yaml").read_text("utf-8"), yaml.BaseLoader)
        for _, predicate, value, pointer in statements(record, catalog.vocabulary):
            if not isinstance(value, Literal) or str(predicate) in made:
                continue
            place: Any = whole
            for step in pointer:
                place = place if isinstance(place, str) else place[step]  # an author may be a name alone
            assert value.value in written(place), (record.id, predicate, pointer)
            found += 1
    assert found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("id", "@id"),
        ("type", "@type"),
        ("Paper", "synthkg:Paper"),
        ("introduces", {"@id": "synthkg:introduces", "@type": "@id"}),
        ("year", {"@id": "synthkg:year", "@type": "xsd:gYear"}),
        ("pages", "synthkg:pages"),
        ("title", "dcterms:title"),
        ("prefLabel", "skos:prefLabel"),
        ("synthkg", "https://w3id.org/synthkg/ontology#"),
        ("kg", "https://w3id.org/synthkg/"),
    ],
)
def test_the_words_of_the_ontology_are_keys_of_json_ld(name: str, said: object) -> None:
    assert json.loads(context(load_vocabulary()))["@context"][name] == said


def test_all_that_is_named_is_of_a_class(dump_store: OxigraphStore) -> None:
    """Every thing of ours that a record leads to, but what had its name before."""
    unknown = f"""PREFIX synthkg: <{NAMESPACE}> SELECT DISTINCT ?thing WHERE {{
      ?from ?property ?thing FILTER(STRSTARTS(STR(?thing), "{BASE}") && !CONTAINS(STR(?thing), "#"))
      FILTER(?property != synthkg:formerly && !STRSTARTS(STR(?from), "{BASE}ontology"))
      FILTER NOT EXISTS {{ ?thing a ?class }} }}"""
    assert dump_store.select(unknown).rows == []


def test_no_rule_adds_to_what_all_have_added(real_dist: Path) -> None:
    """Each runs once after those that state what it reads, and only a circle of them again."""
    store = load_dump(real_dist / "synthkg.nq")
    assert infer(store) == []
