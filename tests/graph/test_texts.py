"""Text that records become in dumps is what Oxigraph's serialisers write, whatever it holds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from synthkg.graph import Writer, term
from synthkg.model import BASE, XSD, load_vocabulary

GRAPH = NamedNode(f"{BASE}graph/curated")
SUBJECT, NOTE, URL = (f"<{BASE}{name}>" for name in ("paper/x", "ontology#note", "ontology#url"))
IRIS = (
    f"{BASE}concept/stage/fine-tuning",
    f"{BASE}concept/stage/a.b.",
    f"{BASE}concept/stage/a(b)%20/c",
    f"{BASE}ontology#Paper",
    "https://example.org/a?b=1&c='潮'",
)
texts = some.text(some.characters(exclude_categories=["Cs"]))
literals = some.one_of(
    texts.map(Literal),
    texts.map(lambda text: Literal(text, language="en")),
    some.tuples(texts, some.sampled_from(["integer", "boolean", "decimal", "double", "date", "gYear"])).map(
        lambda made: Literal(made[0], datatype=NamedNode(XSD + made[1]))
    ),
    some.integers().map(lambda number: Literal(str(number), datatype=NamedNode(XSD + "integer"))),
)


@given(some.lists(some.one_of(literals, some.sampled_from(IRIS).map(NamedNode)), min_size=1, max_size=5, unique=True))
@example([Literal("\x00\t\n\r\"\\\x7f\x85\u2028&<>'\ufffe")])
def test_any_value_is_written_as_oxigraph_writes_it(values: list[Literal | NamedNode]) -> None:
    prefixes = load_vocabulary().prefixes
    said = {SUBJECT: {(NOTE if isinstance(value, Literal) else URL, str(value)): None for value in values}}
    triples = [Triple(term(SUBJECT), term(predicate), value) for (predicate, _), value in zip(said[SUBJECT], values, strict=True)]  # type: ignore[arg-type]
    (quads, _), written, _ = Writer(prefixes).write([[(GRAPH, said)]])

    def expected(form: RdfFormat) -> bytes:
        return serialize(triples, format=form, prefixes=prefixes) or b""

    assert quads == serialize(
        [Quad(triple.subject, triple.predicate, triple.object, GRAPH) for triple in triples], format=RdfFormat.N_QUADS
    )
    assert expected(RdfFormat.TURTLE).endswith(b"> .\n" + written.turtle)
    assert expected(RdfFormat.RDF_XML).replace(b"\r", b"&#13;").endswith(b">\n" + written.xml + b"</rdf:RDF>")
    assert [term(str(value)) for value in values] == values


@pytest.mark.parametrize("iri", IRIS)
def test_a_subject_may_have_a_prefix(iri: str) -> None:
    prefixes = load_vocabulary().prefixes
    written = Writer(prefixes).write([[(GRAPH, {f"<{iri}>": {(NOTE, '"x"'): None}})]])
    triple = Triple(NamedNode(iri), term(NOTE), Literal("x"))  # type: ignore[arg-type]
    assert (serialize([triple], format=RdfFormat.TURTLE, prefixes=prefixes) or b"").endswith(b"> .\n" + written.texts.turtle)
