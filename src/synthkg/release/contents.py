"""What a release holds, as its descriptions speak of it: its files, and what is said of it as a whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat

from synthkg.graph import FORMATS
from synthkg.model import BASE

__all__ = ["CONTEXT", "CRATE", "CREATOR", "CREATOR_NAME", "DATASET", "DOWNLOADS", "VOID", "File", "Release", "measure"]

DATASET = BASE + "dataset"
DOWNLOADS = BASE + "dump/"
CONTEXT, VOID, CRATE = "context.jsonld", "void.ttl", "ro-crate-metadata.json"
CREATOR = BASE
CREATOR_NAME = "the synthkg contributors"
_MEDIA_TYPES = {
    ".csv": ("text/csv", "CSV"),
    ".parquet": ("application/vnd.apache.parquet", "Apache Parquet"),
    ".json": ("application/ld+json", "JSON-LD"),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the release: its path below the folder, its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str

    @property
    def _form(self) -> RdfFormat | None:
        return FORMATS.get(Path(self.path).suffix)

    @property
    def media_type(self) -> str:
        """The media type, without parameters."""
        return self._form.media_type if self._form else _MEDIA_TYPES[Path(self.path).suffix][0]

    @property
    def format(self) -> str:
        """The format's name, for people."""
        return self._form.name if self._form else _MEDIA_TYPES[Path(self.path).suffix][1]

    @property
    def format_iri(self) -> str | None:
        """The format's IRI, which RDF formats have."""
        return self._form.iri if self._form else None


@dataclass(frozen=True, slots=True)
class Release:
    """What is said of the release as a whole."""

    title: str
    description: str
    version: str
    date: str
    licence: str | None


def measure(folder: Path, path: Path) -> File:
    """A file of the folder, as it is there."""
    with path.open("rb") as stream:
        return File(path.relative_to(folder).as_posix(), path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())
