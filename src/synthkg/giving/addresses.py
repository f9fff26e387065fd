"""Where an IRI of ours leads: to the document that `documents` names, read by whoever shows documents, served or as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

import pyoxigraph
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, Triple

from synthkg.giving.registration import ENDINGS, PART, documents
from synthkg.graph import as_xml
from synthkg.model import BASE, DCTERMS, NAMESPACE, SKOS

__all__ = ["Addresses", "canonical", "parsed", "serialized"]

_GROUP = re.compile(r"\$(\d)")
_PREFIXES = {"dcterms": DCTERMS, "skos": SKOS, "synthkg": NAMESPACE}


class Addresses:
    """The documents about our things, and the places in them."""

    def __init__(self) -> None:
        self._rules = [
            (re.compile(f"(?:{pattern})(?:/(?P<part>{PART}))?" if has_parts else f"{pattern}(?P<part>)"), document)
            for pattern, document, has_parts in documents()
        ]

    def find(self, path: str) -> tuple[str, str] | None:
        """The document about what has the IRI with this path below the base, and the place in it, empty for all of it."""
        for pattern, document in self._rules:
            if match := pattern.fullmatch(path):
                groups = match.groups()
                return _GROUP.sub(lambda group: groups[int(group[1]) - 1], document), match["part"] or ""  # noqa: B023
        return None

    def place(self, iri: str) -> tuple[str, str] | None:
        """The document about a thing with its own fragment in mind, and the id of the element there that is about the thing."""
        path, hash, name = iri.removeprefix(BASE).partition("#")
        if not iri.startswith(BASE) or (found := self.find(path)) is None:
            return None
        return found[0], "/".join(filter(None, (found[1], name if hash else "")))

    def page(self, iri: str) -> str | None:
        """The page about a thing, below the site, with the place on it; None where the thing is none of ours."""
        if (found := self.place(iri)) is None:
            return None
        document, place = found
        return f"{document}.html" + (f"#{quote(place, safe='/~.')}" if place else "")


def parsed(turtle: bytes) -> list[Triple]:
    """The triples of a text; see `canonical`."""
    return canonical(pyoxigraph.parse(turtle, format=RdfFormat.TURTLE))


def canonical(quads: Iterable[Quad]) -> list[Triple]:
    """Triples with their blank nodes under names that are the same each time: https://www.w3.org/TR/rdf-canon/."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return [quad.triple for quad in dataset]


def serialized(triples: Sequence[Triple], ending: str) -> bytes | None:
    """Triples in the format of an ending, in the order in which they come; None where RDF/XML cannot say them."""
    try:
        text = pyoxigraph.serialize(triples, format=ENDINGS[ending], prefixes=None if ending == "nt" else _PREFIXES) or b""
    except OSError:  # a property is a word of RDF/XML itself
        return None
    return as_xml(text) if ending == "rdf" else text
