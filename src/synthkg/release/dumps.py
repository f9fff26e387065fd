"""A release: six formats of one graph, tables of it and its description, in one folder that is replaced as a whole or not at all.

The graph is converted once, into N-Quads; the other formats are read off that file, so they cannot differ. Everything is
written into a new folder that takes the place of the old one. A folder that was built from the same catalog by the same program,
and whose checksums still hold, is left as it is.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from importlib.metadata import metadata
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from synthkg import project
from synthkg.cache import Memory, fingerprint, program
from synthkg.catalog import Catalog
from synthkg.checks import Checked
from synthkg.errors import BuildRefused
from synthkg.graph import FORMATS, dataset
from synthkg.model import Vocabulary
from synthkg.release.columns import describe_columns
from synthkg.release.contents import File
from synthkg.release.description import DESCRIPTIONS, describe, licence_of
from synthkg.release.nodes import sort_lines, write_json_ld
from synthkg.release.replacement import replacing
from synthkg.release.shapes import write_shapes_and_ontology
from synthkg.views import write_tables

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = ["SUMS", "build"]

_STEM = "synthkg"
SUMS = "SHA256SUMS"
"""The file of a release that lists its files."""
_WITH_GRAPHS = (".nq", ".trig")


def build(checked: Checked, out: Path, progress: Callable[[str, int], None] = lambda what, count: None) -> list[Path]:
    """Writes the dumps of a checked catalog, the tables and the description of the release.

    Args:
        checked: What `synthkg.checks.inspection.check` gave.
        out: The folder to replace. It may hold nothing but an earlier build.
        progress: Called with the format being written and 0.

    Returns:
        The files written, sorted.

    Raises:
        BuildRefused: An error stands, ``out`` holds files that are not ours, or writing failed. Nothing is changed then.
    """
    if errors := checked.errors:
        raise BuildRefused(f"{len(errors)} errors stand; the dumps were not touched. See: synthkg check")
    _refuse_foreign_files(out)
    vocabulary = checked.catalog.vocabulary
    licence = licence_of(checked.catalog.data)
    memory = Memory("built", out, _origin(checked.catalog, licence))
    if _sums(out) in memory.facts and _sums_hold(out):
        return _files(out)
    everything = chain(dataset(checked.catalog), checked.inferred)
    try:
        with replacing(out) as folder:
            _write_dumps(everything, folder, vocabulary, progress)
            progress("tables and description", 0)
            write_shapes_and_ontology(folder, vocabulary)
            describe_columns(folder, write_tables(checked.store, folder / "tables"))
            _write_sums(folder, describe(folder, checked.store, vocabulary, licence))
    except OSError as error:
        raise BuildRefused(f"cannot write the dumps ({error}); the dumps were not touched", str(out)) from error
    memory.keep([_sums(out)])
    return _files(out)


def _origin(catalog: Catalog, licence: str | None) -> str:
    """A hash of all that decides the bytes: the program and what it says of itself, and whatever the catalog holds.

    Nothing of the catalog is picked out here but what is not dumped, so that what is new in it counts at once.
    """
    held = [
        _prints(getattr(catalog, part.name)) for part in fields(catalog) if part.name not in ("data", "vocabulary", "findings")
    ]
    words = [str(triple) for triple in catalog.vocabulary.triples]
    package = metadata("synthkg")
    about = {name: package.get_all(name) for name in sorted(set(package))}
    return fingerprint([program(catalog.vocabulary.folder, project.folder("queries")), about, licence, words, held])


def _prints(thing: object) -> object:
    """Hashes of all that a catalog holds at one place, so that its text is never there as a whole."""
    return [(key, _prints(value)) for key, value in thing.items()] if isinstance(thing, dict) else fingerprint(thing)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _sums(folder: Path) -> str:
    """The fingerprint of the checksums in a folder."""
    file = folder / SUMS
    return fingerprint(file.read_bytes()) if file.is_file() else ""


def _sums_hold(folder: Path) -> bool:
    """Whether the folder holds exactly the files that its checksums name, unchanged."""
    expected = dict(line.split("  ", 1)[::-1] for line in (folder / SUMS).read_text(encoding="utf-8").splitlines())
    found = {}
    for file in _files(folder):
        with file.open("rb") as stream:
            found[file.relative_to(folder).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    found.pop(SUMS)
    return found == expected


def _write_dumps(everything: Iterable[Quad], folder: Path, vocabulary: Vocabulary, progress: Callable[[str, int], None]) -> None:
    source = folder / f"{_STEM}.nq"
    progress(source.name, 0)
    pyoxigraph.serialize(everything, output=source, format=RdfFormat.N_QUADS)
    for ending in FORMATS:
        target = source.with_suffix(ending)
        if target != source:
            progress(target.name, 0)
            _write_dump(source, target, vocabulary.prefixes)


def _write_dump(source: Path, target: Path, prefixes: dict[str, str]) -> None:
    """Writes one format, read off the N-Quads; JSON-LD off the sorted N-Triples, which stand before it."""
    form = FORMATS[target.suffix]
    if form == RdfFormat.JSON_LD:
        write_json_ld(source.with_suffix(".nt"), target)
        return
    read: Iterator[Quad] = pyoxigraph.parse(path=source, format=RdfFormat.N_QUADS)
    statements: Iterable[Quad] | Iterable[Triple] = read if target.suffix in _WITH_GRAPHS else (quad.triple for quad in read)
    if form == RdfFormat.N_TRIPLES:
        pyoxigraph.serialize(statements, output=target, format=form)
        sort_lines(target)
    elif form == RdfFormat.RDF_XML:
        with _XmlWriter(io.FileIO(target, "w")) as stream:
            pyoxigraph.serialize(statements, output=stream, format=form, prefixes=prefixes)
    else:
        pyoxigraph.serialize(statements, output=target, format=form, prefixes=prefixes)


class _XmlWriter(io.BufferedWriter):
    """Writes carriage returns as references: Oxigraph leaves them bare, and readers of XML take bare ones for newlines."""

    def write(self, data: Buffer) -> int:
        content = bytes(data)
        super().write(content.replace(b"\r", b"&#13;"))
        return len(content)


def _write_sums(folder: Path, files: Iterable[File]) -> None:
    """Checksums as ``sha256sum --check`` reads them."""
    (folder / SUMS).write_text("".join(f"{file.sha256}  {file.path}\n" for file in files))


def _refuse_foreign_files(out: Path) -> None:
    """Ours are the dumps and what describes them, and the tables that the checksums of the last build name."""
    if out.exists() and not out.is_dir():
        raise BuildRefused("is a file; name a folder for the dumps", str(out))
    sums = out / SUMS
    listed = sums.read_text(encoding="utf-8", errors="replace").splitlines() if sums.is_file() else []
    tables = {line[66:] for line in listed if line[66:].startswith("tables/")}
    ours = {f"{_STEM}{ending}" for ending in FORMATS} | {SUMS, *DESCRIPTIONS} | tables
    files = (file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_symlink() or not file.is_dir())
    if foreign := sorted(file for _, file in zip(range(4), (file for file in files if file not in ours), strict=False)):
        shown = ", ".join(foreign[:3]) + (", …" if len(foreign) > 3 else "")
        raise BuildRefused(f"holds files that are no dumps ({shown}); name an empty folder with --out", str(out))
