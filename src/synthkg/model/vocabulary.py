"""The ontology and the concept schemes, read from ``ontology/``.

There is no second copy of a term, a prefix or a concept in Python: every YAML key, type word and enumerated value is looked
up here through the ``synthkg:key`` that its term carries. A data folder's own concept schemes are added to a copy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from synthkg import project
from synthkg.errors import UnreadableError
from synthkg.model.iris import escape
from synthkg.model.namespaces import RDF, RDFS, SKOS, XSD
from synthkg.model.records import Block, Scheme

__all__ = [
    "BASE",
    "NAMESPACE",
    "TOPICS",
    "Vocabulary",
    "bare_id",
    "concept_iri",
    "concept_named",
    "load_vocabulary",
    "part_iri",
    "record_iri",
]

BASE = "https://w3id.org/synthkg/"
NAMESPACE = BASE + "ontology#"
_KEY = NAMESPACE + "key"
TOPICS = ("stage", "domain", "technique", "functionality", "challenge")
"""The built-in schemes by which lists are ordered, each called like the property that has its concepts: those of one field."""


def concept_iri(scheme: str, id: str) -> str:
    """The IRI of a concept.

    >>> concept_iri("stage", "fine-tuning")
    'https://w3id.org/synthkg/concept/stage/fine-tuning'
    """
    return f"{BASE}concept/{escape(scheme)}/{escape(id)}"


def concept_named(heading: Block, labels: Mapping[str, str]) -> str | None:
    """The concept that a heading names, as ``scheme/id``: what the record says, else that of which its title is a label.

    It is ``none`` where the record says that it names no concept, and None where nothing says anything. ``labels`` are those of
    `Vocabulary.headings`.

    >>> concept_named(Block(heading="## Tuning", title="Tuning"), {"tuning": "stage/fine-tuning"})
    'stage/fine-tuning'
    """
    return heading.concept or labels.get((heading.title or "").casefold())


def singular(folder: str) -> str:
    """What one record of a folder is called, in words and in IRIs.

    >>> singular("papers")
    'paper'
    """
    return folder.removesuffix("s")


def record_iri(folder: str, id: str) -> str:
    """The IRI of a record.

    >>> record_iri("papers", "self-instruct")
    'https://w3id.org/synthkg/paper/self-instruct'
    """
    return f"{BASE}{singular(folder)}/{escape(id)}"


def bare_id(kind: str, text: str) -> str:
    """The id of a thing of a kind whose IRI or path a text is; any other text as it is.

    >>> bare_id("paper", "https://w3id.org/synthkg/paper/star"), bare_id("paper", "paper/star"), bare_id("paper", "star")
    ('star', 'star', 'star')
    >>> bare_id("stage", "concept/stage/fine-tuning"), bare_id("paper", "method/star")
    ('fine-tuning', 'method/star')
    """
    return re.sub(rf"^(?:https?://w3id\.org/synthkg/|kg:|/)?(?:concept/)?{re.escape(kind)}/", "", text.strip())


def part_iri(whole: str, kind: str, name: str | int) -> str:
    """The IRI of a part of a thing.

    >>> part_iri("https://w3id.org/synthkg/paper/star", "version", "neurips-2022")
    'https://w3id.org/synthkg/paper/star/version/neurips-2022'
    """
    return f"{whole}/{kind}/{escape(str(name))}"


class Vocabulary:
    """Terms by their YAML word, and concepts by scheme."""

    def __init__(self, folder: Path) -> None:
        """Reads every Turtle file of ``folder`` except the shapes and the alignments, which only checkers need.

        Raises:
            UnreadableError: The folder has no ``synthkg.ttl`` or none of our terms, or a file is not Turtle.
        """
        if not (folder / "synthkg.ttl").is_file():
            raise UnreadableError("no ontology/synthkg.ttl here; run inside a clone or install synthkg", str(folder))
        self.folder = folder
        self.own: dict[str, Scheme] = {}
        self.prefixes: dict[str, str] = {}
        self.triples: list[Triple] = []
        self.made: dict[Any, Any] = {}  # by the rooms above of this vocabulary, under keys of theirs: it goes when this goes
        for file in sorted(folder.glob("*.ttl")):
            if file.stem in ("shapes", "alignments"):
                continue
            parser = parse(path=file, format=RdfFormat.TURTLE)
            try:
                self.triples.extend(Triple(quad.subject, quad.predicate, quad.object) for quad in parser)
            except SyntaxError as error:
                raise UnreadableError(f"not Turtle: {error.msg}", f"{file}:{error.lineno}:{error.offset}") from error
            self.prefixes.update(parser.prefixes)
        if next(self.terms(), None) is None:
            raise self._lacks("no term of synthkg")

    def extended(self, schemes: Iterable[Scheme]) -> Vocabulary:
        """This vocabulary with concept schemes of a data folder's own, whose triples are those of their records."""
        new = copy(self)
        new.own = {scheme.id: scheme for scheme in schemes}
        new.made = {}
        for name in ("names", "concepts", "topics", "headings"):
            new.__dict__.pop(name, None)
        return new

    def present(self, concept: str) -> str | None:
        """What a concept of the folder's own is called now that had this id before, or whose scheme had: ``scheme/id``."""
        for scheme in self.own.values():
            for topic in scheme.concepts:
                if concept in (*topic.formerly, *(f"{old}/{topic.id}" for old in scheme.formerly)):
                    return f"{scheme.id}/{topic.id}"
        return None

    @cached_property
    def _objects(self) -> dict[tuple[str, str], list[NamedNode | Literal]]:
        found: dict[tuple[str, str], list[NamedNode | Literal]] = defaultdict(list)
        for triple in self.triples:
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
                found[triple.subject.value, triple.predicate.value].append(triple.object)
        return found

    def _values(self, subject: str, predicate: str) -> list[str]:
        return [node.value for node in self._objects.get((subject, predicate), ())]

    @cached_property
    def _by_key(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for (subject, predicate), objects in self._objects.items():
            if predicate == _KEY:
                for node in objects:
                    found[node.value].append(subject)
        return found

    def __getstate__(self) -> dict[str, Any]:
        """What is kept of it, or passed to another process: what rooms above made of it is made anew."""
        return self.__dict__ | {"made": {}}

    def _is_property(self, term: str) -> bool:
        return any(kind.endswith("Property") for kind in self._values(term, RDF + "type"))

    def property(self, key: str, owner: str = "") -> NamedNode:
        """The property that the YAML key stands for; where several share a key, the one whose domain is ``owner``,
        else the one without a domain.

        Raises:
            UnreadableError: No property carries this key.
        """
        properties = [term for term in self._by_key.get(key, ()) if self._is_property(term)]
        domains = {term: self._values(term, RDFS + "domain") for term in properties}
        owned = [term for term in properties if NAMESPACE + owner in domains[term]]
        shared = [term for term in properties if not domains[term]]
        if not properties:
            raise self._lacks(f'no property with the key "{key}"')
        return NamedNode((owned or shared or properties)[0])

    @cached_property
    def texts(self) -> dict[str, str]:
        """The local name of every class and property of ours -> its IRI as N-Triples writes it."""
        return {iri.removeprefix(NAMESPACE): f"<{iri}>" for iri in self.terms()}

    def term(self, name: str) -> NamedNode:
        """The class or property of ours with this local name.

        Raises:
            UnreadableError: The ontology has no such term.
        """
        if name not in self.texts:
            raise self._lacks(f"no term :{name}")
        return NamedNode(NAMESPACE + name)

    def expand(self, curie: str) -> str:
        """The IRI of a CURIE with a prefix that the ontology declares.

        Raises:
            UnreadableError: It has another prefix, or none.
        """
        prefix, _, name = curie.partition(":")
        if prefix not in self.prefixes:
            raise self._lacks(f"no prefix {prefix}: for {curie}")
        return self.prefixes[prefix] + name

    def scheme(self, name: str) -> dict[str, str]:
        """The concepts of a scheme that the program itself needs: id -> English label.

        Raises:
            UnreadableError: There is no such scheme.
        """
        if name not in self.concepts:
            raise self._lacks(f'no concept scheme "{name}"')
        return self.concepts[name]

    def _lacks(self, what: str) -> UnreadableError:
        return UnreadableError(f"{what}, which records need; {project.mend()}", str(self.folder / "synthkg.ttl"))

    def datatype(self, prop: NamedNode) -> NamedNode | None:
        """The XML Schema datatype that the property ranges over, if it is one other than string."""
        for value in self._values(prop.value, RDFS + "range"):
            if value.startswith(XSD) and not value.endswith(("#string", "#anyURI")):
                return NamedNode(value)
        return None

    def kinds(self, class_name: str) -> dict[str, NamedNode]:
        """The subclasses of a class of ours, by their YAML word (``preprint`` -> ``:Preprint``)."""
        return self._kinds.get(NAMESPACE + class_name, {})

    @cached_property
    def _kinds(self) -> dict[str, dict[str, NamedNode]]:
        found: dict[str, dict[str, NamedNode]] = defaultdict(dict)
        for (subject, predicate), parents in self._objects.items():
            if predicate == RDFS + "subClassOf":
                for parent in parents:
                    found[parent.value].update((key, NamedNode(subject)) for key in self._values(subject, _KEY))
        return dict(found)

    def classes_above(self, name: str) -> list[str]:
        """The classes of which a class is a subclass, all by their IRIs."""
        return self._values(name, RDFS + "subClassOf")

    def _labels(self, *properties: str) -> dict[str, list[str]]:
        """``scheme/id`` of every built-in concept that has one of the labels -> these."""
        found: dict[str, list[str]] = {}
        for name in properties:
            for (subject, predicate), labels in sorted(self._objects.items(), key=lambda item: item[0]):
                if predicate == SKOS + name and subject.startswith(BASE + "concept/"):
                    found.setdefault(subject.removeprefix(BASE + "concept/"), []).extend(label.value for label in labels)
        return found

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """``scheme/id`` of every concept -> its label, then its alternative ones."""
        own = {f"{s.id}/{topic.id}": [topic.label, *topic.aliases] for s in self.own.values() for topic in s.concepts}
        return self._labels("prefLabel", "altLabel") | own

    @cached_property
    def concepts(self) -> dict[str, dict[str, str]]:
        """Scheme -> concept id -> English label."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for path, names in self.names.items():
            scheme, _, id = path.partition("/")
            found[scheme][id] = names[0]
        return dict(found)

    @cached_property
    def topics(self) -> frozenset[str]:
        """``scheme/id`` of every concept that a heading of a list can name."""
        return frozenset(path for path in self.names if path.partition("/")[0] in {*TOPICS, *self.own})

    @cached_property
    def headings(self) -> dict[str, str]:
        """Case-folded label (preferred, alternative or hidden) -> ``scheme/id``, for the headings of lists.

        Where a folder has schemes of its own, its headings mean these: "Applications" is no stage of a model's life there, unless
        a record says so.
        """
        named = [*self._labels("hiddenLabel").items(), *self.names.items()]
        schemes = self.own or TOPICS
        return {name.casefold(): path for path, names in named if path.partition("/")[0] in schemes for name in names}

    @cached_property
    def units(self) -> dict[str, str]:
        """The words by which sizes say what they count, in lower case -> the id of the unit."""
        named = self._labels("prefLabel", "altLabel", "hiddenLabel").items()
        return {name.lower(): path.removeprefix("unit/") for path, names in named if path.startswith("unit/") for name in names}

    def terms(self) -> Iterator[str]:
        """Every class and property of our namespace."""
        for subject, predicate in self._objects:
            if predicate == RDF + "type" and subject.startswith(NAMESPACE):
                yield subject


def load_vocabulary(folder: Path | None = None) -> Vocabulary:
    """The vocabulary of ``folder`` (default: the project's ``ontology/``), read once."""
    return _read_once(folder or project.folder("ontology"))


@cache
def _read_once(folder: Path) -> Vocabulary:
    return Vocabulary(folder)
