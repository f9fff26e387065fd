"""What things are called: a few words in the place of an IRI, for people."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from synthkg.graph import Store, Table, Term, load_queries
from synthkg.model import BASE, DCTERMS, RDF, RDFS, SKOS, XSD
from synthkg.views import to_unicode

__all__ = ["Labels"]

_VOCABULARIES = {
    "dcterms": DCTERMS,
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": RDF,
    "rdfs": RDFS,
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": SKOS,
    "xsd": XSD,
}
_NUMBERED = ("entry", "erratum", "evidence", "section", "line", "author", "snapshot")


class Labels:
    """The names of a graph's things.

    Attributes:
        titles: IRI -> what the thing is called.
    """

    def __init__(self, store: Store) -> None:
        rows = load_queries("exports")["labels"].rows(store).rows
        self.titles = {thing.value: to_unicode(label.value) for thing, label in rows if thing is not None and label is not None}

    def of(self, iri: str) -> str:
        """What it is called; where it has no name, what its IRI says."""
        if (title := self.titles.get(iri)) is not None:
            return title
        if not iri.startswith(BASE):
            known = (f"{prefix}:{iri[len(start) :]}" for prefix, start in _VOCABULARIES.items() if iri.startswith(start))
            return next(known, iri)
        *_, kind, last = f"/{iri.removeprefix(BASE)}".split("/")
        if kind in _NUMBERED:
            return f"{kind} {last}"
        return last.replace("#", " ") if kind else last

    def named(self, table: Table) -> Table:
        """The table with things under their names; an address stays whole."""

        def shown(term: Term | None) -> Term | None:
            return Literal(self.of(term.value)) if isinstance(term, NamedNode) else term

        return Table(table.columns, [tuple(map(shown, row)) for row in table.rows])
