"""What a release holds, as its descriptions speak of it: its files, and what is said of it as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat

from synthkg.catalog import Maker, part_of
from synthkg.graph import BY_LINE, FORMATS, PACKED, ending_of, summed
from synthkg.model import BASE

__all__ = [
    "CONTEXT",
    "CRATE",
    "CSVW",
    "DATASET",
    "DATA_PACKAGE",
    "DOWNLOADS",
    "ONTOLOGY",
    "SHAPES",
    "UNPACKED",
    "VOID",
    "File",
    "Release",
    "measure",
]

DATASET = BASE + "dataset"  # of the project's own records; others have their own IRI
DOWNLOADS = BASE + "dump/"
CONTEXT, VOID, CRATE = "context.jsonld", "void.ttl", "ro-crate-metadata.json"
SHAPES, ONTOLOGY = "shapes.ttl", "ontology.ttl"
UNPACKED = "UNPACKED-SHA256SUMS"
CSVW, DATA_PACKAGE = "tables/csv-metadata.json", "tables/datapackage.json"
_GZIP = "application/gzip"
_MEDIA_TYPES = {
    ".csv": ("text/csv", "CSV"),
    ".parquet": ("application/vnd.apache.parquet", "Apache Parquet"),
    ".json": ("application/ld+json", "JSON-LD"),
    BY_LINE: (None, "JSON-LD, an object a line"),
    "": ("text/plain", "checksums"),
}
_FORMAT_IRIS = {
    ".jsonld": "http://www.w3.org/ns/formats/JSON-LD",
    BY_LINE: "https://github.com/ndjson/ndjson-spec",
}  # https://www.w3.org/ns/formats/; Oxigraph has the address of its page


@dataclass(frozen=True, slots=True)
class File:
    """A file of the release: its path below the folder, its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str

    @property
    def is_data(self) -> bool:
        """Whether it is the graph, or a table of it: what is downloaded of the data set, and no description."""
        return self.path.startswith("synthkg.") or self.path.endswith((".csv", ".parquet"))

    @property
    def _form(self) -> RdfFormat | None:
        return FORMATS.get(ending_of(self.path))

    @property
    def media_type(self) -> str | None:
        """The media type of what it holds, without parameters; None where IANA defines none."""
        if self.path == DATA_PACKAGE:
            return "application/json"
        return self._form.media_type if self._form else _MEDIA_TYPES[ending_of(self.path)][0]

    @property
    def format(self) -> str:
        """The format's name, for people."""
        if self.path == DATA_PACKAGE:
            return "JSON"
        return self._form.name if self._form else _MEDIA_TYPES[ending_of(self.path)][1]

    @property
    def format_iri(self) -> str | None:
        """The IRI of the format of what it holds, which RDF formats have."""
        return _FORMAT_IRIS.get(ending_of(self.path), self._form.iri if self._form else None)

    @property
    def encoding(self) -> str | None:
        """The media type of the file as it is, packed or not."""
        return _GZIP if self.is_packed else self.media_type

    @property
    def is_packed(self) -> bool:
        """Whether it is packed with gzip."""
        return self.path.endswith(PACKED)


@dataclass(frozen=True, slots=True)
class Release:
    """What is said of the release as a whole."""

    iri: str
    title: str
    description: str
    version: str | None
    date: str
    keywords: tuple[str, ...]
    licence: str | None
    makers: tuple[Maker, ...]
    home: str | None
    downloads: str | None

    def part(self, name: str) -> str:
        """The IRI of a part of the data set."""
        return part_of(self.iri, name)

    @property
    def publisher(self) -> Maker | None:
        """Who made it alone also publishes it; of several nobody knows which."""
        return self.makers[0] if len(self.makers) == 1 else None


def measure(folder: Path, path: Path) -> File:
    """A file of the folder, as it is there."""
    return File(path.relative_to(folder).as_posix(), path.stat().st_size, summed(path))
