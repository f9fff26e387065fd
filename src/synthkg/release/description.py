"""What a release says of itself: ``void.ttl`` (VoID, DCAT, schema.org), RO-Crate metadata, and the JSON-LD context.

Every size and checksum is that of the file beside it. Nothing depends on a clock or a host: the date is the last day on which
something in the graph was read or written.
"""

from __future__ import annotations

import re
from importlib.metadata import metadata
from pathlib import Path

from synthkg.graph import Store, context
from synthkg.model import Vocabulary
from synthkg.release.contents import CONTEXT, CRATE, ONTOLOGY, SHAPES, VOID, File, Release, measure
from synthkg.release.crate import crate
from synthkg.release.statistics import Statistics
from synthkg.release.void import answer, void

__all__ = ["DESCRIPTIONS", "describe", "licence_of"]

DESCRIPTIONS = (CONTEXT, VOID, CRATE, SHAPES, ONTOLOGY)
_PUBLIC_DOMAIN = "https://creativecommons.org/publicdomain/zero/1.0/"


def describe(folder: Path, store: Store, statistics: Statistics, vocabulary: Vocabulary, licence: str | None) -> list[File]:
    """Writes ``context.jsonld``, ``void.ttl`` and ``ro-crate-metadata.json`` into a folder that holds the dumps and tables.

    Args:
        folder: The folder of the release.
        store: The graph that was dumped.
        statistics: How large it is.
        vocabulary: The ontology.
        licence: The licence of the data (see `licence_of`), or None where none is known.

    Returns:
        Every file of the folder, sorted by path.
    """
    dumps = [measure(folder, path) for path in sorted(folder.rglob("*")) if path.is_file()]
    package = metadata("synthkg")
    release = Release(
        title="synthkg",
        description=package["Summary"],
        version=package["Version"],
        date=answer("latest", store)[0].get("latest", ""),
        keywords=tuple(sorted(filter(None, package["Keywords"].split(",")))),
        licence=licence,
    )
    (folder / CONTEXT).write_text(context(vocabulary), encoding="utf-8")
    (folder / VOID).write_bytes(void(release, dumps, store, statistics))
    files = [*dumps, *(measure(folder, folder / name) for name in (CONTEXT, VOID))]
    (folder / CRATE).write_text(crate(release, sorted(files, key=lambda file: file.path)), encoding="utf-8")
    return sorted([*files, measure(folder, folder / CRATE)], key=lambda file: file.path)


def licence_of(data: Path) -> str | None:
    """The licence that a data folder states for itself in its file LICENSE: the IRI of CC0 1.0, or None for any other or none."""
    file = data / "LICENSE"
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    return _PUBLIC_DOMAIN if re.search(r"\bCC0 1\.0 Universal\b", text) else None
