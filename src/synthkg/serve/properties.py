"""What can be fetched of things that were recognised: properties, each with a way through the graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from synthkg.graph import Store
from synthkg.model import BASE

__all__ = ["PROPERTIES", "Property", "Value", "values"]


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its name, the kinds of things that have it, the way to its values, and the kind that these are, if any is.

    The way is a property path, or a pattern of its own from ``?thing`` to ``?value``.
    """

    name: str
    kinds: tuple[str, ...]
    way: str
    of: str = ""

    @property
    def pattern(self) -> str:
        """What binds ``?value`` for each ``?thing``."""
        return self.way if "?thing" in self.way else f"?thing {self.way} ?value ."


@dataclass(frozen=True, slots=True)
class Value:
    """A value: text, and the id of the thing that it names, if it names one of ours."""

    text: str
    id: str = ""


_YEAR = """?thing synthkg:citedVersion ?cited
  OPTIONAL { ?cited synthkg:year ?year }
  OPTIONAL { ?cited synthkg:date ?date }
  BIND(SUBSTR(STR(COALESCE(?year, ?date)), 1, 4) AS ?value)
  FILTER(BOUND(?value))"""
_SAFE_URL = "?thing synthkg:url ?value MINUS { ?thing synthkg:state <https://w3id.org/synthkg/concept/state/unsafe> }"
_PAPER, _METHOD, _ARTIFACT, _VENUE = ("Paper",), ("Method",), ("Artifact",), ("Venue",)
PROPERTIES = {
    "title": Property("Title", ("Paper", "Method", "Artifact", "Venue"), "dcterms:title"),
    "alias": Property("Alias", ("Method", "Artifact", "Venue"), "skos:altLabel"),
    "authors": Property("Authors", _PAPER, "synthkg:byline"),
    "arxiv": Property("arXiv id", _PAPER, "synthkg:version/synthkg:arxiv"),
    "doi": Property("DOI", _PAPER, "synthkg:version/synthkg:doi"),
    "acl": Property("ACL Anthology id", _PAPER, "synthkg:version/synthkg:acl"),
    "openreview": Property("OpenReview id", _PAPER, "synthkg:version/synthkg:openreview"),
    "summary": Property("Summary", _PAPER, "dcterms:description"),
    "landing-page": Property("Landing page", _PAPER, "synthkg:landingPage"),
    "published-in": Property("Published in", _PAPER, "synthkg:publishedIn"),
    "venue": Property("Venue", _PAPER, "synthkg:citedVersion/synthkg:venue", "Venue"),
    "year": Property("Year", _PAPER, _YEAR),
    "introduces": Property("Introduces", _PAPER, "synthkg:introduces", "Method"),
    "uses": Property("Uses", _PAPER, "synthkg:uses", "Method"),
    "extends": Property("Extends", ("Paper", "Method"), "synthkg:extends", "Method"),
    "code": Property("Code and data", _PAPER, "synthkg:official", "Artifact"),
    "stage": Property("Stage", _PAPER, "synthkg:stage", "Concept"),
    "domain": Property("Domain", _PAPER, "synthkg:domain", "Concept"),
    "technique": Property("Technique", _PAPER, "synthkg:technique", "Concept"),
    "definition": Property("Definition", _METHOD, "skos:definition"),
    "introduced-by": Property("Introduced by", _METHOD, "^synthkg:introduces", "Paper"),
    "url": Property("URL", ("Artifact", "Venue"), _SAFE_URL),
    "licence": Property("Licence", _ARTIFACT, "dcterms:license"),
    "state": Property("State", _ARTIFACT, "synthkg:state", "Concept"),
    "acronym": Property("Acronym", _VENUE, "synthkg:acronym"),
}
_ASK = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX synthkg: <https://w3id.org/synthkg/ontology#>
SELECT DISTINCT ?thing ?value ?label WHERE {
  VALUES ?thing { %s }
  %s
  OPTIONAL { ?value dcterms:title ?title }
  OPTIONAL { ?value skos:prefLabel ?preferred }
  BIND(COALESCE(?title, ?preferred) AS ?label)
}
ORDER BY ?thing ?label ?value
"""


def values(store: Store, ids: Sequence[str], property: Property) -> dict[str, list[Value]]:
    """The values of a property, for those of some things that have any. Ids that are none of ours have none."""
    known = {}
    for id in ids:
        try:
            known[str(NamedNode(BASE + id))] = id
        except ValueError:
            continue
    found: defaultdict[str, list[Value]] = defaultdict(list)
    if known:
        for thing, value, label in store.select(_ASK % (" ".join(sorted(known)), property.pattern)).rows:
            text = label.value if isinstance(label, Literal) else value.value if value is not None else ""
            is_ours = isinstance(value, NamedNode) and value.value.startswith(BASE)
            id = value.value.removeprefix(BASE) if isinstance(value, NamedNode) and is_ours else ""
            found[known[str(thing)]].append(Value(text, id))
    return dict(found)
