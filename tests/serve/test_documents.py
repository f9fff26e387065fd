"""What a document holds: all that is said of a thing and of its parts, found without reading all of the graph."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import Triple

from synthkg.giving import Addresses
from synthkg.graph import OxigraphStore, load_dump
from synthkg.model import BASE
from synthkg.serve.documents import about, negotiate


@pytest.mark.parametrize("dist", ["toy_dist", "real_dist"])
def test_a_document_has_what_begins_with_the_iri_of_its_thing(dist: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(dist)
    store = load_dump(folder / "synthkg.nq")
    said = by_subject(store)
    names = sorted(said)
    for iri in things(names):
        ends = [(bisect_left(names, iri + sign), bisect_left(names, iri + chr(ord(sign) + 1))) for sign in "/#"]
        parts = [name for start, end in ends for name in names[start:end]]
        assert about(store, iri) == {triple for name in {iri, *parts} for triple in said.get(name, ())}, iri


def by_subject(store: OxigraphStore) -> dict[str, list[Triple]]:
    found = defaultdict(list)
    for quad in store:
        found[quad.subject.value].append(Triple(quad.subject, quad.predicate, quad.object))  # type: ignore[union-attr]
    return dict(found)


def things(names: list[str]) -> list[str]:
    """The things that documents are about."""
    addresses = Addresses()
    led = [found[0] for name in names if name.startswith(BASE) and (found := addresses.find(name.removeprefix(BASE)))]
    return sorted({BASE + document for document in led if document != "dataset" and not document.startswith("ontology/")})


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        (None, "html"),
        ("", "html"),
        ("*/*", "html"),
        ("text/turtle", "ttl"),
        ("Text/TURTLE", "ttl"),
        ("APPLICATION/LD+JSON;q=0.5, text/html;Q=0.4", "jsonld"),
        ("application/n-triples;q=0.1", "nt"),
        ("application/rdf+xml;q=0.9, text/turtle", "ttl"),
        ("application/rdf+xml, text/turtle", "rdf"),
        ("text/turtle;q=0, image/png", "html"),
        ("xtext/turtle", "html"),
        ("application/xhtml+xml", "html"),
        # where the rules for Apache, which tests/giving holds against these, end:
        ("text/html;q=0.9, text/turtle;q=0.95", "ttl"),
        ("text/html;q=0, */*", "nt"),
        ("text/html;q=0, text/*", "ttl"),
        ("text/html;q=0.1, application/*", "nt"),
        ("text/turtle;q=0.5, */*", "html"),
        ("*/*, application/ld+json", "jsonld"),
    ],
)
def test_the_format_is_the_one_of_most_weight_whatever_the_case(accept: str | None, ending: str) -> None:
    """See RFC 9110, 12.4.2 and 12.5.1."""
    assert negotiate(accept) == ending
