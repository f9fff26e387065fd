"""What a release says of itself: ``void.ttl`` (VoID, DCAT, schema.org), RO-Crate metadata, and the JSON-LD context.

Every size and checksum is that of the file beside it. Nothing depends on a clock or a host: the date is the last day on which
something in the graph was read or written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from synthkg.catalog import Citation, Maker, citation_without
from synthkg.graph import Asked, OxigraphStore, context, load_queries, read_quads
from synthkg.model import DCTERMS, RDF, Vocabulary, is_day
from synthkg.release.contents import CONTEXT, CRATE, ONTOLOGY, SHAPES, VOID, File, Release, measure
from synthkg.release.crate import crate
from synthkg.release.statistics import Statistics
from synthkg.release.void import Answers, answers, void
from synthkg.release.void import asked as void_asked
from synthkg.views import data_set_in, described, subject_of

__all__ = ["DESCRIPTIONS", "About", "about", "asked", "citation_stated", "day_stated", "describe", "licence_stated"]

DESCRIPTIONS = (CONTEXT, VOID, CRATE, SHAPES, ONTOLOGY)
_KEYWORDS = ("knowledge graph", "rdf", "scholarly metadata", "shacl", "sparql")
_CREATOR, _LICENCE, _MODIFIED = (NamedNode(f"{DCTERMS}{name}") for name in ("creator", "license", "modified"))
_TITLE = NamedNode(f"{DCTERMS}title")
_NAME, _PERSON = (NamedNode(f"https://schema.org/{name}") for name in ("name", "Person"))
_TYPE = NamedNode(f"{RDF}type")


class About(NamedTuple):
    """What a description says that only the graph can tell.

    Attributes:
        subject: What it is about, or an empty text.
        answers: See `synthkg.release.void.answers`.
    """

    subject: str
    answers: Answers


def asked() -> list[Asked]:
    """What `about` asks of a graph, as a store that remembers is told."""
    return [_subject(), *void_asked()]


def about(store: OxigraphStore) -> About:
    """What a graph tells."""
    return About(store.remembered(_subject(), partial(subject_of, store)), answers(store))


def _subject() -> Asked:
    return "subject", load_queries("exports")["subject"].text


def describe(
    folder: Path,
    about: About,
    statistics: Statistics,
    vocabulary: Vocabulary,
    licence: str | None,
    citation: Citation,
    measured: Iterable[File] = (),
) -> list[File]:
    """Writes ``context.jsonld``, ``void.ttl`` and ``ro-crate-metadata.json`` into a folder that holds the dumps and tables.

    Args:
        folder: The folder of the release.
        about: What the graph tells that was dumped.
        statistics: How large it is.
        vocabulary: The ontology.
        licence: The licence of the data (see `catalog.licence_of`), or None where none is known.
        citation: What else the folder of the data says of itself.
        measured: Those of the files that were measured already.

    Returns:
        Every file of the folder, sorted by path.
    """
    known = {folder / file.path: file for file in measured}
    dumps = [known.get(path) or measure(folder, path) for path in sorted(folder.rglob("*")) if path.is_file()]
    own = [*_KEYWORDS, *([about.subject] if about.subject else [])]
    release = Release(
        iri=citation.iri,
        title=citation.title or described(""),
        description=citation.abstract or described(about.subject),
        version=citation.version,
        date=about.answers["latest"][0].get("latest", ""),
        keywords=tuple(dict.fromkeys([*citation.keywords, *own])),
        licence=licence,
        makers=citation.makers,
        home=citation.home,
        downloads=citation.downloads,
    )
    (folder / CONTEXT).write_text(context(vocabulary), encoding="utf-8", newline="\n")
    (folder / VOID).write_bytes(void(release, dumps, about.answers, statistics))
    files = [*dumps, *(measure(folder, folder / name) for name in (CONTEXT, VOID))]
    (folder / CRATE).write_text(crate(release, sorted(files, key=lambda file: file.path)), encoding="utf-8", newline="\n")
    return sorted([*files, measure(folder, folder / CRATE)], key=lambda file: file.path)


def licence_stated(dump: Path) -> str | None:
    """The IRI of the licence that the release states in which a dump lies, or None where it states none or there is none.

    Raises:
        UnreadableError: There is a ``void.ttl`` that cannot be read.
    """
    return next((iri.value for iri in _Said(dump).of_it(_LICENCE) if isinstance(iri, NamedNode)), None)


def day_stated(dump: Path) -> str | None:
    """The day of the release in which a dump lies, or None where it states none or there is none.

    Raises:
        UnreadableError: There is a ``void.ttl`` that cannot be read.
    """
    said = _Said(dump).of_it(_MODIFIED)
    return next((day for each in said if isinstance(each, Literal) and is_day(day := each.value[:10])), None)


def citation_stated(dump: Path, subject: str) -> Citation:
    """What the data set is called and who made it, as the release states in which a dump lies.

    Args:
        dump: The dump.
        subject: What its graph is called after.

    Raises:
        UnreadableError: There is a ``void.ttl`` that cannot be read.
    """
    said = _Said(dump)
    if said.iri is None:
        return citation_without(subject)
    titles = [title.value for title in said.of_it(_TITLE) if isinstance(title, Literal)]
    makers = [iri for iri in said.of_it(_CREATOR) if isinstance(iri, NamedNode)]
    names = {iri: [name.value for name in said.of(iri, _NAME) if isinstance(name, Literal)] for iri in makers}
    return Citation(
        iri=said.iri,
        is_named=True,
        title=next(iter(titles), subject),
        makers=tuple(Maker(names[iri][0], iri.value, _PERSON in said.of(iri, _TYPE)) for iri in makers if names[iri]),
    )


class _Said:
    """What the description beside a dump says, and of which data set; nothing where there is none."""

    def __init__(self, dump: Path) -> None:
        path = dump.parent / VOID
        triples = [quad.triple for quad in read_quads(path)] if path.is_file() else []
        self.iri = data_set_in(triples)
        self._objects: defaultdict[tuple[object, NamedNode], list[object]] = defaultdict(list)
        for triple in triples:
            self._objects[triple.subject, triple.predicate].append(triple.object)

    def of(self, subject: NamedNode, property: NamedNode) -> list[object]:
        """The objects of a property of a thing."""
        return self._objects[subject, property]

    def of_it(self, property: NamedNode) -> list[object]:
        """The objects of a property of the data set."""
        return self.of(NamedNode(self.iri), property) if self.iri else []
