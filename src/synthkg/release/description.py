"""What a release says of itself: ``void.ttl`` (VoID, DCAT, schema.org), RO-Crate metadata, and the JSON-LD context.

Every size and checksum is that of the file beside it. Nothing depends on a clock or a host: the date is the last day on which
something in the graph was read or written.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode

from synthkg.graph import Asked, OxigraphStore, context, load_queries, read_quads
from synthkg.model import Vocabulary
from synthkg.release.contents import CONTEXT, CRATE, DATASET, ONTOLOGY, SHAPES, VOID, File, Release, measure
from synthkg.release.crate import crate
from synthkg.release.statistics import Statistics
from synthkg.release.void import Answers, answers, void
from synthkg.release.void import asked as void_asked
from synthkg.views import described, subject_of

__all__ = ["DESCRIPTIONS", "About", "about", "asked", "describe", "licence_stated"]

DESCRIPTIONS = (CONTEXT, VOID, CRATE, SHAPES, ONTOLOGY)
_KEYWORDS = ("knowledge graph", "rdf", "scholarly metadata", "shacl", "sparql")
_LICENCE = NamedNode("http://purl.org/dc/terms/license")


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
    measured: Iterable[File] = (),
) -> list[File]:
    """Writes ``context.jsonld``, ``void.ttl`` and ``ro-crate-metadata.json`` into a folder that holds the dumps and tables.

    Args:
        folder: The folder of the release.
        about: What the graph tells that was dumped.
        statistics: How large it is.
        vocabulary: The ontology.
        licence: The licence of the data (see `catalog.licence_of`), or None where none is known.
        measured: Those of the files that were measured already.

    Returns:
        Every file of the folder, sorted by path.
    """
    known = {folder / file.path: file for file in measured}
    dumps = [known.get(path) or measure(folder, path) for path in sorted(folder.rglob("*")) if path.is_file()]
    release = Release(
        title="synthkg",
        description=described(about.subject),
        version=version("synthkg"),
        date=about.answers["latest"][0].get("latest", ""),
        keywords=(*_KEYWORDS, *([about.subject] if about.subject else [])),
        licence=licence,
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
    path = dump.parent / VOID
    if not path.is_file():
        return None
    about = NamedNode(DATASET), _LICENCE
    said = (quad.object for quad in read_quads(path) if (quad.subject, quad.predicate) == about)
    return next((term.value for term in said if isinstance(term, NamedNode)), None)
