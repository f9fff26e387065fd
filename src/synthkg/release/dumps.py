"""A release: six formats of one graph, tables of it and its description, in one folder that is replaced as a whole or not at all.

The graph is converted once, into N-Quads; the other formats are read off that file, so they cannot differ. Everything is
written into a new folder beside the old one, and the two change places in one step of the file system. A folder that was
built from the same records by the same program, and whose checksums still hold, is left as it is.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from synthkg import project
from synthkg.cache import Memory, fingerprint, program
from synthkg.checks import Checked
from synthkg.errors import BuildRefused
from synthkg.graph import FORMATS, dataset
from synthkg.model import Vocabulary
from synthkg.release.contents import File
from synthkg.release.description import DESCRIPTIONS, describe, licence_of
from synthkg.views import write_tables

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = ["build"]

_STEM = "synthkg"
_SUMS = "SHA256SUMS"
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
    origin = [program(vocabulary.folder, project.folder("queries")), licence, *map(fingerprint, checked.catalog)]
    memory = Memory("built", out, fingerprint(origin))
    if _sums(out) in memory.facts and _sums_hold(out):
        return _files(out)
    everything = chain(dataset(checked.catalog), checked.inferred)
    try:
        with _replacing(out) as folder:
            _write_dumps(everything, folder, vocabulary, progress)
            progress("tables and description", 0)
            write_tables(checked.store, folder / "tables")
            _write_sums(folder, describe(folder, checked.store, vocabulary, licence))
    except OSError as error:
        raise BuildRefused(f"cannot write the dumps ({error}); the dumps were not touched", str(out)) from error
    memory.keep([_sums(out)])
    return _files(out)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _sums(folder: Path) -> str:
    """The fingerprint of the checksums in a folder."""
    file = folder / _SUMS
    return fingerprint(file.read_bytes()) if file.is_file() else ""


def _sums_hold(folder: Path) -> bool:
    """Whether the folder holds exactly the files that its checksums name, unchanged."""
    expected = dict(line.split("  ", 1)[::-1] for line in (folder / _SUMS).read_text(encoding="utf-8").splitlines())
    found = {}
    for file in _files(folder):
        with file.open("rb") as stream:
            found[file.relative_to(folder).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    found.pop(_SUMS)
    return found == expected


def _write_dumps(everything: Iterable[Quad], folder: Path, vocabulary: Vocabulary, progress: Callable[[str, int], None]) -> None:
    source = folder / f"{_STEM}.nq"
    progress(source.name, 0)
    pyoxigraph.serialize(everything, output=source, format=RdfFormat.N_QUADS)
    for ending, form in FORMATS.items():
        if ending == source.suffix:
            continue
        target = folder / f"{_STEM}{ending}"
        progress(target.name, 0)
        read: Iterator[Quad] = pyoxigraph.parse(path=source, format=RdfFormat.N_QUADS)
        statements: Iterable[Quad] | Iterable[Triple] = read if ending in _WITH_GRAPHS else (quad.triple for quad in read)
        prefixes = None if ending == ".nt" else vocabulary.prefixes
        if ending == ".rdf":
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
    (folder / _SUMS).write_text("".join(f"{file.sha256}  {file.path}\n" for file in files))


def _refuse_foreign_files(out: Path) -> None:
    """Ours are the dumps and what describes them, and the tables that the checksums of the last build name."""
    if out.exists() and not out.is_dir():
        raise BuildRefused("is a file; name a folder for the dumps", str(out))
    sums = out / _SUMS
    listed = sums.read_text(encoding="utf-8", errors="replace").splitlines() if sums.is_file() else []
    tables = {line[66:] for line in listed if line[66:].startswith("tables/")}
    ours = {f"{_STEM}{ending}" for ending in FORMATS} | {_SUMS, *DESCRIPTIONS} | tables
    files = (file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_symlink() or not file.is_dir())
    if foreign := sorted(set(files) - ours):
        shown = ", ".join(foreign[:3]) + (", …" if len(foreign) > 3 else "")
        raise BuildRefused(f"holds files that are no dumps ({shown}); name an empty folder with --out", str(out))


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A new folder to fill; it takes the place of ``out`` when all went well, and vanishes otherwise."""
    out.parent.mkdir(parents=True, exist_ok=True)
    for left_over in out.parent.glob(f".{out.name}.*.tmp"):
        if not _is_running(int(left_over.name.removeprefix(f".{out.name}.").split(".")[0])):
            shutil.rmtree(left_over, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.{os.getpid()}.", suffix=".tmp", dir=out.parent))
    try:
        yield folder
        folder.chmod(0o755)
        for file in folder.rglob("*"):
            if file.is_file():
                with file.open("rb") as stream:
                    os.fsync(stream.fileno())
        _swap(folder, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _swap(new: Path, old: Path) -> None:
    """Puts ``new`` in the place of ``old``: exchanged in one step where the system can, so no moment is without dumps."""
    if not old.exists():
        new.rename(old)
        return
    if not _exchange(new, old):
        aside = new.with_name(new.name.replace(".tmp", ".old.tmp"))
        old.rename(aside)
        new.rename(old)
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Linux's ``renameat2(RENAME_EXCHANGE)``, which Python does not offer: https://man7.org/linux/man-pages/man2/rename.2.html."""
    at_cwd, exchange = -100, 2
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        return bool(libc.renameat2(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange) == 0)
    return False
