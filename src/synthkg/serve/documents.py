"""Linked data: every IRI of ours leads to a document about what it names, in the form that is asked for.

Which document that is, is what the rules say that w3id.org is given (`giving.registration.documents`), so an IRI leads to the
same place whoever is asked. Of an Accept header those rules read what Apache can, and we all of it (`negotiate`). A document has
the triples whose subject is the thing or a part of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from synthkg import project
from synthkg.catalog import citation_without
from synthkg.giving import ENDINGS, Addresses, canonical, parsed, serialized
from synthkg.graph import Store, present_iri, read_quads
from synthkg.model import BASE
from synthkg.serve.engine import Graph
from synthkg.serve.http import Refused, Request, Response, choose
from synthkg.serve.pages import thing_page
from synthkg.serve.saved import refusing, values_of
from synthkg.views import data_set_in, export

__all__ = ["ENDINGS", "Documents", "negotiate"]

_TYPES = {ending: form.media_type + ("; charset=utf-8" if ending == "ttl" else "") for ending, form in ENDINGS.items()}
_FORMS = {"text/html": "html", **{form.media_type: ending for ending, form in ENDINGS.items()}, "application/xhtml+xml": "html"}
_OF_HERE = ("dataset", "query")  # what is said of them names the address that is asked
_MOST_POINTING = 200
_VOID = "http://rdfs.org/ns/void#"


def negotiate(accept: str | None) -> str:
    """The ending of the document that an Accept header gets: of what is wanted most, what it names first; else HTML.

    >>> negotiate("text/turtle;q=0.7, application/rdf+xml"), negotiate("text/html;q=0, */*"), negotiate(None)
    ('rdf', 'nt', 'html')
    """
    named = [each.partition(";")[0].strip().lower() for each in (accept or "").split(",")]
    offered = sorted(_FORMS, key=lambda kind: named.index(kind) if kind in named else len(named))
    return _FORMS[choose(accept, offered) or "text/html"]


class Documents:
    """Where IRIs lead, and the documents there."""

    def __init__(self) -> None:
        self._addresses = Addresses()
        self.find = self._addresses.find

    def redirect(self, request: Request, graph: Graph, path: str) -> Response | None:
        """Where an IRI leads: 303 See Other, as for every thing that is no file."""
        found = self.find(path)
        if path.startswith("dataset/"):  # of a field of its own, whose data set is called after its title
            its = NamedNode(f"{BASE}dataset/{quote(path.removeprefix('dataset/'), safe='')}")
            found = ("dataset", "") if any(triple.subject == its for triple in void(request, graph)) else None
        if found is None:
            return None
        document, part = found
        asked = f"?{request.query}" if request.query else ""
        place = f"#{quote(part, safe='/~')}" if part else ""
        to = f"{request.root}/{document}.{negotiate(request.accept)}{asked}{place}"
        return Response(303, f"see {to}\n".encode(), headers={"Location": to, "Vary": "Accept"})

    def link(self, root: str) -> Callable[[str], str]:
        """Tells where a page's links lead: things of ours to their pages here, all others to themselves."""

        def lead(iri: str) -> str:
            return f"{root}/{page}" if (page := self._addresses.page(iri)) is not None else iri

        return lead

    def _link(self, request: Request, graph: Graph, document: str) -> Callable[[str], str]:
        """Where a page's links lead; those of the ontology to the data set that it was made for, where another one is here."""
        lead = self.link(request.prefix)
        if document.partition("/")[0] != "ontology" or _data_set(graph, void(request, graph)) == f"{BASE}dataset":
            return lead
        return lambda iri: iri if iri.startswith((f"{BASE}dataset", f"{BASE}list/")) else lead(iri)

    def answer(self, request: Request, graph: Graph, store: Store, document: str, ending: str) -> Response:
        """A document, other than a saved query's page.

        Raises:
            Refused: There is no such thing, or it cannot be said in this form.
        """
        key = f"{document}.{ending}"
        body = graph.kept.get(key)
        if body is None:
            triples = sorted(self._triples(request, graph, store, document), key=str)
            if not triples:
                return _moved(request, store, document, ending)
            iri = _data_set(graph, triples) if document == "dataset" else BASE + document
            link = self._link(request, graph, document)
            body = self._page(request, store, document, iri, triples, link) if ending == "html" else serialized(triples, ending)
            if body is None:
                raise Refused(406, f"what is said of {BASE}{document} cannot be RDF/XML; ask for {document}.ttl")
            if document.partition("/")[0] not in _OF_HERE:
                graph.kept.keep(key, body)
        kind = "text/html; charset=utf-8" if ending == "html" else _TYPES[ending]
        links = ", ".join(
            f'<{request.prefix}/{document}.{other}>; rel="alternate"; type="{form.media_type}"' for other, form in ENDINGS.items()
        )
        return Response(200, body, kind, {"Link": links})

    def _triples(self, request: Request, graph: Graph, store: Store, document: str) -> Iterable[Triple]:
        if document == "dataset":
            return void(request, graph)
        if document.startswith("query/"):
            with refusing():
                return _example(request, document.removeprefix("query/"), graph, store)
        if found := re.fullmatch(r"ontology/(shapes|alignments)(?:/.*)?", document):
            path = project.folder("ontology") / f"{found[1]}.ttl"
            return canonical(read_quads(path)) if path.is_file() else ()
        if document.partition("/")[0] != "ontology":
            return about(store, BASE + document)
        terms = {term.value for (term,) in store.select(_ONTOLOGY).rows if isinstance(term, NamedNode)}
        others = {iri for iri in terms if self._addresses.place(iri) is None}  # those of other vocabularies
        said = about(store, f"{BASE}ontology") | set(store.construct(_SAID % _named(others)))
        version = NamedNode(BASE + document)
        return said if document == "ontology" or any(triple.object == version for triple in said) else ()

    def _page(
        self, request: Request, store: Store, document: str, iri: str, triples: Iterable[Triple], link: Callable[[str], str]
    ) -> bytes:
        facts: defaultdict[str, list[tuple[str, object]]] = defaultdict(list)
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                facts[triple.subject.value].append((triple.predicate.value, triple.object))
        pointing = f"SELECT DISTINCT ?s ?p WHERE {{ ?s ?p {NamedNode(iri)} }}"  # unsorted, or each would have to be read
        rows = store.select(f"{pointing} LIMIT {_MOST_POINTING + 1}").rows
        total = len(rows)
        if total > _MOST_POINTING:
            ((count,),) = store.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pointing} }}").rows
            total = int(count.value) if count is not None else total
        shown = [(thing, name) for thing, name in rows[:_MOST_POINTING] if thing is not None and name is not None]
        shown.sort(key=lambda each: (each[1].value, each[0].value))
        forms = {form.media_type: f"{request.prefix}/{document}.{ending}" for ending, form in ENDINGS.items()}
        places = self._places(document, facts)
        return thing_page(request, iri, facts, places, shown, total, link, forms)

    def _places(self, document: str, facts: Mapping[str, Sequence[tuple[str, object]]]) -> dict[str, list[str]]:
        """What is named on a page and has nothing said of it, as a fact that evidence is for: by what it is a part of."""
        named = {value.value for said in facts.values() for _, value in said if isinstance(value, NamedNode)}
        found: defaultdict[str, list[str]] = defaultdict(list)
        for iri in sorted(named - facts.keys()):
            if (place := self._addresses.place(iri)) is not None and place[0] == document and place[1]:
                ends = [match.start() for match in re.finditer("[/#]", iri)]
                found[next((iri[:end] for end in reversed(ends) if iri[:end] in facts), BASE + document)].append(place[1])
        return dict(found)


def _moved(request: Request, store: Store, document: str, ending: str) -> Response:
    """Where the document is about what had this IRI before.

    Raises:
        Refused: Nothing had.
    """
    now = present_iri(store, BASE + document).removeprefix(BASE)
    if now == document:
        raise Refused(404, f"nothing is known of {BASE}{document}")
    to = f"{request.root}/{now}.{ending}"
    return Response(301, f"see {to}\n".encode(), headers={"Location": to})


_PARTS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX synthkg: <https://w3id.org/synthkg/ontology#>
SELECT DISTINCT ?part WHERE {
  VALUES ?whole { %s }
  { ?whole ?property ?part } UNION {
    ?part rdfs:isDefinedBy|skos:inScheme|synthkg:list|synthkg:entry|synthkg:within|synthkg:table|synthkg:corrects ?whole
  }
  FILTER(ISIRI(?part) && (STRSTARTS(STR(?part), %s) || STRSTARTS(STR(?part), %s)))
}"""
_ONTOLOGY = f"SELECT DISTINCT ?term WHERE {{ GRAPH <{BASE}graph/ontology> {{ ?term ?property ?value }} }}"
_SAID = "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s { %s } ?s ?p ?o }"


def about(store: Store, iri: str) -> set[Triple]:
    """What is said of a thing and of its parts, whose IRIs begin with its own.

    No store looks up how an IRI begins other than by reading all. So parts are found from their wholes: a whole leads to a part,
    or the part says by one of seven properties what it is a part of. A test compares both ways for all documents.
    """
    begins = Literal(f"{iri}/"), Literal(f"{iri}#")
    found, fresh = {iri}, {iri}
    while fresh:
        rows = store.select(_PARTS % (_named(fresh), *begins)).rows
        fresh = {part.value for (part,) in rows if part is not None} - found
        found |= fresh
    return set(store.construct(_SAID % _named(found)))


def _named(iris: Iterable[str]) -> str:
    return " ".join(str(NamedNode(iri)) for iri in sorted(iris))


def void(request: Request, graph: Graph) -> list[Triple]:
    """What the release says of itself, with the address that answers queries here."""
    said = graph.description
    dataset = NamedNode(_data_set(graph, said))
    if not said:
        rdf_type = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        number = Literal(str(graph.triples), datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
        said = [Triple(dataset, rdf_type, NamedNode(f"{_VOID}Dataset")), Triple(dataset, NamedNode(f"{_VOID}triples"), number)]
    return [*said, Triple(dataset, NamedNode(f"{_VOID}sparqlEndpoint"), NamedNode(f"{request.root}/sparql"))]


def _data_set(graph: Graph, said: Iterable[Triple]) -> str:
    """The IRI of the data set: as the release says, or else as one would have it that says nothing."""
    return data_set_in(said) or citation_without(graph.subject).iri


def _example(request: Request, name: str, graph: Graph, store: Store) -> list[Triple]:
    """A saved query as a resource, in the form of https://github.com/sib-swiss/sparql-examples, with the values that are given.

    Such an example runs as it stands: where a parameter has neither a value nor a default, it is about the first thing that may
    be named.
    """
    query = graph.queries.get(name)
    if query is None:
        return []
    given = values_of(request)
    values = dict(given)
    for each in query.parameters:
        if each.default is None and each.name not in given:
            if (first := next(iter(graph.choices(store, each)), None)) is None:
                return []
            values[each.name] = first
    values = query.present(store, values) if given else values
    filled = tuple(replace(each, default=values.get(each.name, each.default)) for each in query.parameters)
    files = export("sparql-examples", [replace(query, parameters=filled)], store, f"{request.root}/sparql")
    return parsed("\n".join(files.values()).encode())
