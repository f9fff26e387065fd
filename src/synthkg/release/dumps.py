"""A release: six formats of one graph, its tables and its description, in one folder that is replaced as a whole or not at all.

The dumps are written while the records are checked, into a new folder that takes the place of the old one once nothing is wrong.
A folder that was built from the same files by the same program, and whose checksums still hold, is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from synthkg.cache import Memory, Shelf, fingerprint
from synthkg.catalog import citation_of, licence_of
from synthkg.checks import Checked, Graph, check, origin_of, recall
from synthkg.errors import BuildRefused
from synthkg.graph import BY_LINE, FORMATS, PACKED, SUMS, LazyStore, beside_records, checksums, summed
from synthkg.model import load_vocabulary
from synthkg.release import description
from synthkg.release.columns import describe_columns
from synthkg.release.contents import UNPACKED
from synthkg.release.description import DESCRIPTIONS, About, describe
from synthkg.release.joining import Dumps
from synthkg.release.replacement import refuse_foreign, replacing
from synthkg.release.shapes import write_shapes_and_ontology
from synthkg.views import asked, table_queries, write_tables
from synthkg.workers import aside, staying, without_garbage_collection

__all__ = ["Built", "build"]

STEM = "synthkg"
_LARGE = 100_000_000  # bytes of records, of which the six dumps are some fifty times as many


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to: the findings, and the files of the release, sorted; none where an error stands."""

    checked: Checked
    files: list[Path]


class _ErrorsStand(Exception):
    """Ends a build whose dumps are not to be."""


@without_garbage_collection()
def build(
    data: Path,
    out: Path,
    progress: Callable[[str, int], None] = lambda what, count: None,
    *,
    packs: bool | None = None,
) -> Built:
    """Checks a data folder, and writes the dumps, the tables and the description of the release.

    While an error stands nothing is written.

    Args:
        data: The data folder.
        out: The folder to replace. It may hold nothing but an earlier build.
        progress: Called with what is being done, or the file that is written, and how many records are done.
        packs: Whether the dumps are packed with gzip; by default those of more than 100 MB of records are.

    Raises:
        UnreadableError: The data folder or a file in it cannot be read at all.
        BuildRefused: ``out`` holds files that are not ours, or writing failed. Nothing is changed then.
    """
    _refuse_foreign_files(out)
    origin = origin_of(data)
    if packs is None:
        packs = sum(file.size for name, file in origin.held.items() if name.endswith(".yaml")) > _LARGE
    memory = Memory("built", out, fingerprint([origin.print, packs]))
    if _sums(out) == memory.recall() and (known := recall(data, origin)) and _sums_hold(out):
        return Built(known, _files(out))
    vocabulary = load_vocabulary()
    checked: Checked | None = None
    try:
        with staying(), Shelf("sorted", data).for_now() as shelf, replacing(out) as folder:
            dumps = Dumps(folder / STEM, vocabulary.prefixes, progress, shelf, origin.program, packs)

            def write(graph: Graph) -> None:
                with (
                    aside(partial(_asked_of, graph.store, folder / "tables")) as answers,
                    aside(partial(write_shapes_and_ontology, folder, vocabulary)) as shapes,
                ):
                    joined = dumps.write(
                        graph.quads(), graph.texts(), beside_records(graph.catalog, graph.store.has_property), graph.inferred
                    )
                    progress("tables and description", 0)
                    shapes()
                    columns, about = answers()
                    describe_columns(folder, columns)
                if packs:
                    _write_sums(folder / UNPACKED, sorted(dump.unpacked for dump in joined.dumps))
                measured = [dump.file for dump in joined.dumps]
                citation = citation_of(data, about.subject)
                files = describe(folder, about, joined.statistics, vocabulary, licence_of(data), citation, measured)
                _write_sums(folder / SUMS, ((file.path, file.sha256) for file in files))

            checked = check(data, progress, write, origin)
            if checked.errors:
                raise _ErrorsStand
    except _ErrorsStand:
        assert checked is not None
        return Built(checked, [])
    except OSError as error:
        raise BuildRefused(f"cannot write the dumps ({error}); the dumps were not touched", str(out)) from error
    if checked.is_lasting:
        memory.keep(_sums(out))
    return Built(checked, _files(out))


def _asked_of(store: LazyStore, tables: Path) -> tuple[dict[str, dict[str, type]], About]:
    """All that a release asks of a graph: the tables, which it writes, and what the description will say."""
    store.prepare([*map(asked, table_queries().values()), *description.asked()])
    return write_tables(store, tables), description.about(store)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _sums(folder: Path) -> str:
    """The fingerprint of the checksums in a folder."""
    file = folder / SUMS
    return fingerprint(file.read_bytes()) if file.is_file() else ""


def _sums_hold(folder: Path) -> bool:
    """Whether the folder holds exactly the files that its checksums name, unchanged."""
    found = {file.relative_to(folder).as_posix(): summed(file) for file in _files(folder)}
    found.pop(SUMS)
    return found == checksums(folder)


def _write_sums(path: Path, files: Iterable[tuple[str, str]]) -> None:
    """Checksums as ``sha256sum --check`` reads them."""
    path.write_text("".join(f"{digest}  {name}\n" for name, digest in files), encoding="utf-8", newline="\n")


def _refuse_foreign_files(out: Path) -> None:
    """Ours are the dumps and what describes them, and the tables that the checksums of the last build name."""
    if out.exists() and not out.is_dir():
        raise BuildRefused("is a file; name a folder for the dumps", str(out))
    tables = {name for name in checksums(out) if name.startswith("tables/")} if (out / SUMS).is_file() else set()
    dumps = {f"{STEM}{ending}" for ending in (*FORMATS, *(f"{each}{PACKED}" for each in (*FORMATS, BY_LINE)))}
    ours = dumps | {SUMS, UNPACKED, *DESCRIPTIONS} | tables
    refuse_foreign(out, ours, "are no dumps")
