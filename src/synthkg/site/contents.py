"""What a site is made of: the graph, read once, in the pieces of which its pages speak."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from synthkg import project
from synthkg.catalog import KNOWN_LICENCES, citation_without
from synthkg.findings import counted
from synthkg.giving import ENDINGS, Addresses, parsed, serialized
from synthkg.graph import OxigraphStore, Query, Table, Term, load_queries
from synthkg.model import BASE, DCTERMS, NAMESPACE, is_url
from synthkg.profiles import Labels, Profile, Profiles, kind_of
from synthkg.views import data_set_in, described, export, rows_of, subject_of

__all__ = ["Contents", "Row"]

Row = dict[str, str]
_ONTOLOGY = NamedNode(f"{BASE}graph/ontology")
_CREATOR, _LICENCE, _TITLE = (NamedNode(f"{DCTERMS}{name}") for name in ("creator", "license", "title"))
_DUMP = NamedNode("http://rdfs.org/ns/void#dataDump")
_HOME, _NAME = (NamedNode(f"http://xmlns.com/foaf/0.1/{name}") for name in ("homepage", "name"))
_VERSION = "http://www.w3.org/2002/07/owl#versionIRI"
AUTHORS = "authors"


@dataclass(repr=False)
class Contents:
    """A graph, by documents.

    Attributes:
        store: The graph.
        void: What the release says of itself, where there is a release.
    """

    store: OxigraphStore
    void: tuple[Triple, ...] = ()
    addresses: Addresses = field(default_factory=Addresses)
    _profiles: dict[str, Profile] = field(default_factory=dict)
    _answers: dict[str, Table] = field(default_factory=dict)

    def read(self) -> None:
        """Reads what most pages need, so that whoever shares the work does it once."""
        for _ in (self.labels, self.documents, self.places, self.bibliography, self.facets, self._published):
            pass

    @cached_property
    def iri(self) -> str:
        """The IRI of the data set: as the release says, or else as one would have it that says nothing."""
        return data_set_in(self.void) or citation_without(self.subject).iri

    @cached_property
    def title(self) -> str:
        """What the data set is called."""
        titles = [term.value for term in self._said(_TITLE) if isinstance(term, Literal)]
        return next(iter(titles), self.subject or described(""))

    @cached_property
    def home(self) -> str:
        """The address of the data set's page, as the release says; empty where it says none."""
        return next((term.value for term in self._said(_HOME) if isinstance(term, NamedNode)), "")

    @property
    def is_ours(self) -> bool:
        """Whether it is the project's own data set, to whose pages the IRIs lead."""
        return self.iri == f"{BASE}dataset"

    @property
    def name(self) -> str:
        """What the site is called on each page."""
        return "synthkg" if self.is_ours else self.title

    def lasting(self, document: str) -> str:
        """The IRI that leads to a document's page; empty where IRIs lead to the pages of another data set."""
        return BASE + document if self.is_ours else ""

    def download(self, name: str) -> str:
        """The address of a file of the release: as it says, or else below this site, which has it too."""
        said = [term.value for term in self._said(_DUMP) if isinstance(term, NamedNode)]
        return next((iri for iri in said if iri.endswith(f"/{name}")), f"dump/{name}")

    def _said(self, property: NamedNode) -> set[object]:
        """What the release says of the data set."""
        data_set = NamedNode(self.iri)
        return {triple.object for triple in self.void if (triple.subject, triple.predicate) == (data_set, property)}

    @cached_property
    def licence(self) -> str:
        """The address of the licence that the release gives its data; empty where it gives none."""
        said = self._said(_LICENCE)
        return next((term.value for term in said if isinstance(term, NamedNode) and is_url(term.value)), "")

    @property
    def licence_name(self) -> str:
        """What the licence is called; its IRI where it has no name here."""
        return KNOWN_LICENCES[self.licence].name if self.licence in KNOWN_LICENCES else self.licence

    @cached_property
    def makers(self) -> dict[str, str]:
        """The name of each who made the data, by their IRIs, as the release says."""
        creators = self._said(_CREATOR)
        return {
            triple.subject.value: triple.object.value
            for triple in self.void
            if triple.subject in creators and triple.predicate == _NAME
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal)
        }

    @cached_property
    def subject(self) -> str:
        """What the graph is about; empty where nothing says it."""
        return subject_of(self.store)

    @cached_property
    def profiles(self) -> Profiles:
        """What is shown of each thing."""
        return Profiles(self.store)

    @cached_property
    def labels(self) -> Labels:
        """What things are called."""
        return self.profiles.labels

    @cached_property
    def queries(self) -> dict[str, Query]:
        """The saved queries that have pages, by name: those that can be asked of this graph."""
        found = sorted(load_queries("examples", "views", "profiles").items())
        fitting = ((name, query.fitting(self.store)) for name, query in found)
        return {name: query for name, query in fitting if query.missing(self.store) is None}

    @cached_property
    def documents(self) -> dict[str, list[Triple]]:
        """Document -> the triples about its thing and the thing's parts, in order.

        What an erratum or a concept is, stands in the document of its list or scheme as well, because it is a part of that.
        """
        found: defaultdict[str, set[Triple]] = defaultdict(set)
        by_subject: defaultdict[NamedNode | BlankNode | Triple, set[Triple]] = defaultdict(set)
        foreign = set()
        for quad in self.store.inner:
            by_subject[quad.subject].add(quad.triple)
            if quad.graph_name == _ONTOLOGY:
                foreign.add(quad.subject)
        for subject, triples in by_subject.items():
            for document in self._documents_of(subject, subject in foreign):
                found[document] |= triples
        if self.void:
            found["dataset"].update(self.void)
        for name in ("shapes", "alignments"):
            path = project.folder("ontology") / f"{name}.ttl"
            if path.is_file():
                found[f"ontology/{name}"].update(parsed(path.read_bytes()))
        for triple in list(found["ontology"]):
            if triple.predicate.value == _VERSION and isinstance(triple.object, NamedNode):
                found[triple.object.value.removeprefix(BASE)] = found["ontology"]
        for name, query in self.queries.items():
            if all(parameter.default is not None for parameter in query.parameters):
                found[f"query/{name}"].update(_example(query, self.store))
        return {document: sorted(triples, key=str) for document, triples in sorted(found.items())}

    def media_types(self, document: str) -> dict[str, str]:
        """The formats that a document has, by their endings."""
        has_xml = serialized(self.documents.get(document, ()), "rdf") is not None
        return {ending: form.media_type for ending, form in ENDINGS.items() if has_xml or ending != "rdf"}

    def _documents_of(self, subject: NamedNode | BlankNode | Triple, is_of_ontology: bool) -> list[str]:
        iri = subject.value if isinstance(subject, NamedNode) else ""
        path = iri.removeprefix(BASE).partition("#")[0]
        if not iri.startswith(BASE) or (found := self.addresses.find(path)) is None:
            return [AUTHORS if kind_of(iri) == "person" else "ontology" if is_of_ontology else "dataset"]
        whole = self.addresses.find("/".join(path.split("/")[:2]))
        return list(dict.fromkeys([found[0], *([whole[0]] if whole is not None else [])]))

    @cached_property
    def places(self) -> dict[str, list[str]]:
        """Document -> the ids that its page must have, because some IRI in the graph leads there; in order."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        terms = {term for quad in self.store.inner for term in (quad.subject, quad.predicate, quad.object)}
        for term in terms:
            if isinstance(term, NamedNode) and (place := self.addresses.place(term.value)) is not None and place[1]:
                found[place[0]].add(place[1])
        return {document: sorted(places, key=_natural) for document, places in found.items()}

    @cached_property
    def bibliography(self) -> dict[str, list[Row]]:
        """Paper's id -> the rows of the bibliography view: one an author. What a browser would run is no address."""
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for said in rows_of(load_queries("views")["bibliography"].rows(self.store)):
            if not is_url(said.get("url", "")):
                said.pop("url", None)
            found[said["id"]].append(said)
        return dict(found)

    @cached_property
    def facets(self) -> dict[str, dict[str, list[str]]]:
        """IRI -> facet -> values as people read them."""
        found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for thing, facet, value in load_queries("exports")["facets"].rows(self.store).rows:
            if thing is not None and facet is not None and value is not None:
                found[thing.value][facet.value].append(self.shown(value))
        return {iri: dict(by_facet) for iri, by_facet in found.items()}

    def profile(self, iri: str) -> Profile:
        """What is shown of a thing; asked once."""
        if (found := self._profiles.get(iri)) is None:
            found = self._profiles[iri] = self.profiles.of(iri)
        return found

    def shown(self, term: Term) -> str:
        """A value as people read it."""
        return self.labels.of(term.value) if isinstance(term, NamedNode) else term.value

    def note(self, iri: str) -> str:
        """A few words beside a title: who wrote a paper and where it appeared, what an artifact is, whence a list is."""
        facets = self.facets.get(iri, {})
        match kind_of(iri):
            case "paper":
                names = [
                    row["author"] for row in self.bibliography.get(iri.removeprefix(f"{BASE}paper/"), []) if row.get("author")
                ]
                byline = ", ".join(names[:3]) + (" et al." if len(names) > 3 else "")
                return " · ".join(filter(None, (byline, self._published.get(iri, ""))))
            case "method" | "concept":
                return shortened("".join(self.profile(iri).facts.get("definition", ())[:1]))
            case "artifact":
                return " · ".join([*facets.get("type", ()), *facets.get("state", ())])
            case "list":
                facts = self.profile(iri).facts
                entries = counted(int("".join(facts.get("entries", ())[:1]) or 0), "entry", "entries")
                sources = [source for source in facts.get("source", ()) if is_url(source)]
                return " · ".join([entries, *(sources or [iri.rpartition("/")[2]])[:1]])
            case "erratum":
                return " · ".join(facets.get("erratum", ()))
        return ""

    @cached_property
    def _published(self) -> dict[str, str]:
        rows = self.store.select(f"SELECT ?s ?o WHERE {{ ?s a <{NAMESPACE}Paper> ; <{NAMESPACE}publishedIn> ?o }}").rows
        return {thing.value: said.value for thing, said in rows if thing is not None and said is not None}

    def answer(self, name: str) -> Table:
        """What a saved query answers, with its defaults; asked once."""
        if name not in self._answers:
            self._answers[name] = self.queries[name].rows(self.store)
        return self._answers[name]

    def rows(self, name: str) -> list[Row]:
        """The rows of a saved query as text, without what is unbound."""
        return list(rows_of(self.answer(name)))

    def things(self, *kinds: str) -> list[str]:
        """The IRIs of the things of some kinds that have documents, in the order of their titles."""
        found = (BASE + document for document in self.documents)
        return sorted((iri for iri in found if kind_of(iri) in kinds), key=lambda iri: (self.labels.of(iri).casefold(), iri))


def shortened(text: str, most: int = 160) -> str:
    """The text, or its beginning."""
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]} …"


def _natural(place: str) -> list[tuple[int, str]]:
    return [(int(piece), "") if piece.isdecimal() else (0, piece) for piece in re.split(r"(\d+)", place)]


def _example(query: Query, store: OxigraphStore) -> Iterable[Triple]:
    """A saved query as a resource, in the form of https://github.com/sib-swiss/sparql-examples."""
    return parsed("\n".join(export("sparql-examples", [query], store).values()).encode())
