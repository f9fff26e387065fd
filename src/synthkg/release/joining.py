"""Six dumps out of shards: a head, what the records say, and a tail.

Records come as text, made by all cores, and are written as they come; what follows from them, the links that were found and the
ontology make the tails. The two formats that are sorted by subject are made last, from the N-Quads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import groupby
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from synthkg.cache import Shelf
from synthkg.files import settle
from synthkg.graph import BY_LINE, PACKED, Texts, in_block
from synthkg.release.contents import File, measure
from synthkg.release.nodes import pieces, sort_piece
from synthkg.release.packing import Packed, Writable
from synthkg.release.statistics import Statistics
from synthkg.workers import aside, mapped

__all__ = ["Dumps"]

_NODE = NamedNode("urn:x-node")
_PIECE = 1 << 20
_CLOSE, _ROOT_END = b"}\n", b"</rdf:RDF>"
_WITH_HEADS = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TURTLE,
    ".rdf": RdfFormat.RDF_XML,
}  # the prefixes of TriG are Turtle's


class Dumps:
    """The dumps of a graph, while they are written."""

    def __init__(
        self,
        folder: Path,
        stem: str,
        prefixes: dict[str, str],
        progress: Callable[[str, int], None],
        shelf: Shelf,
        program: str,
        *,
        packs: bool = False,
    ) -> None:
        """Begins nothing: a file is made when there is something to write.

        Args:
            folder: Where they are written.
            stem: Their names without the endings.
            prefixes: Those of the formats that have some.
            progress: Called with the name of a file and 0.
            shelf: Where parts of the dumps that are sorted are kept for the next time.
            program: A hash of what makes them.
            packs: Whether they are packed; JSON-LD is then an object a line.
        """
        self._path = folder / stem
        self._prefixes = prefixes
        self._progress = progress
        self._shelf, self._program = shelf, program
        self._files = ExitStack()
        self._open: dict[str, Writable] = {}
        self._packed: dict[str, Packed] = {}
        self._packs = packs
        self._heads = {ending: self._head(form) for ending, form in _WITH_HEADS.items()}
        self._graph = b""
        self._records: dict[str, tuple[int, int]] = {}
        self._size = 0
        self.statistics = Statistics()
        """Of the whole graph, once it is finished."""
        self.unpacked: dict[str, str] = {}
        """The names that packed dumps have when they are unpacked, and the hashes of their texts, once it is finished."""
        self.measured: list[File] = []
        """Those that were complete before the others, once it is finished."""

    def __enter__(self) -> Dumps:
        return self

    def __exit__(self, *exception: object) -> None:
        self._files.close()

    def take(self, texts: Texts) -> None:
        """Writes what some records say."""
        for subject, size in texts.records:
            self._records[subject] = (self._size, size)
            self._size += size
        self._write(".nq", texts.quads)
        self._write(".ttl", texts.turtle)
        for graph, text in texts.trig:
            self._write_block(graph, text)
        self._write(".rdf", texts.xml)

    def finish(self, beside: Iterable[Quad], inferred: bytes) -> None:
        """Writes what no record says, and the formats that are sorted.

        Args:
            beside: What stands beside the records.
            inferred: What follows, as sorted N-Quads.
        """
        others = [self._add(list(beside))]
        others += [self._add(list(parse(some, format=RdfFormat.N_QUADS))) for some in _by_subjects(inferred)]
        self._write(".trig", _CLOSE)
        self._write(".rdf", _ROOT_END)
        self._files.close()
        complete = [path for path in self._path.parent.glob(f"{self._path.name}.*") if path.suffix != ".nq" or not self._packs]
        with aside(partial(_settled, complete)) as settled:
            self._sort(line for lines in others for line in lines.decode().split("\n")[:-1])
            self.measured = settled()
        self.unpacked = {name: packed.sha256 for name, packed in sorted(self._packed.items())}

    def _add(self, quads: list[Quad]) -> bytes:
        """Writes what no record says, in the formats that are not sorted; gives it as N-Quads."""
        triples = [quad.triple for quad in quads]
        lines = serialize(quads, format=RdfFormat.N_QUADS) or b""
        self._write(".nq", lines)
        self._write(".ttl", self._in_turtle(triples))
        for graph, some in groupby(quads, key=lambda quad: quad.graph_name):
            self._write_block(str(graph).encode(), in_block(self._in_turtle([quad.triple for quad in some])))
        xml = self._serialized(triples, RdfFormat.RDF_XML)
        body = xml.removeprefix(self._heads[".rdf"]).removesuffix(_ROOT_END)
        self._write(".rdf", body.replace(b"\r", b"&#13;"))  # readers of XML take bare ones for newlines
        return lines

    def _sort(self, others: Iterable[str]) -> None:
        """Writes the formats that are sorted.

        Args:
            others: The lines that no record says.
        """
        self._progress(f"{self._path.name}.nt", 0)
        every = pieces(self._path.with_suffix(".nq"), self._records, others, self._shelf, self._program)
        by_line = self._packs
        kept: set[str] = set()
        with self._files:
            sorted_, objects = self._begun(".nt"), self._begun(BY_LINE if by_line else ".jsonld")
            before = b"" if by_line else b"[\n"
            for piece in mapped(sort_piece, list(every)):
                kept.add(piece.key)
                sorted_.write(piece.triples)
                self.statistics.add(piece.statistics)
                objects.write(before)
                objects.write(piece.objects.replace(b",\n", b"\n") if by_line else piece.objects)
                before = b"\n" if by_line else b",\n"
            objects.write(b"\n" if by_line else b"\n]\n")
            self._shelf.sweep(kept)
            if self._packs:
                self._pack(self._path.with_suffix(".nq"))

    def _pack(self, plain: Path) -> None:
        """Packs the N-Quads, which are read in places until all else is written."""
        with plain.open("rb") as text:
            packed = self._begun(".nq")
            while piece := text.read(_PIECE):
                packed.write(piece)
        plain.unlink()

    def _begun(self, ending: str) -> Writable:
        """A dump, open to be written."""
        path = self._path.with_suffix(ending)
        if not self._packs:
            return self._files.enter_context(path.open("wb"))
        self._packed[path.name] = self._files.enter_context(Packed(path.with_name(path.name + PACKED)))
        return self._packed[path.name]

    def _write_block(self, graph: bytes, text: bytes) -> None:
        """Writes what stands in a block of TriG, whose end waits for what comes next."""
        if graph != self._graph:
            self._write(".trig", (_CLOSE if self._graph else b"") + graph + b" {\n")
            self._graph = graph
        self._write(".trig", text)

    def _write(self, ending: str, text: bytes) -> None:
        if ending not in self._open:
            self._progress(f"{self._path.name}{ending}", 0)
            path = self._path.with_suffix(ending)
            self._open[ending] = self._files.enter_context(path.open("wb")) if ending == ".nq" else self._begun(ending)
            self._open[ending].write(self._heads.get(ending, b""))
        self._open[ending].write(text)

    def _in_turtle(self, triples: list[Triple]) -> bytes:
        return self._serialized(triples, RdfFormat.TURTLE).removeprefix(self._heads[".ttl"])

    def _head(self, form: RdfFormat) -> bytes:
        """What a file of this format begins with."""
        if form == RdfFormat.RDF_XML:
            return self._serialized([], form).removesuffix(_ROOT_END)
        return self._serialized([Triple(_NODE, _NODE, _NODE)], form).partition(str(_NODE).encode())[0]

    def _serialized(self, triples: list[Triple], form: RdfFormat) -> bytes:
        return serialize(triples, format=form, prefixes=self._prefixes) or b""


def _by_subjects(quads: bytes) -> Iterator[bytes]:
    """Sorted N-Quads in pieces of some megabytes, so that no subject is in two."""
    start = 0
    while start < len(quads):
        end = quads.find(b"\n", start + _PIECE) + 1 or len(quads)
        last = quads.rfind(b"\n", start, end - 1) + 1
        subject = quads[last : quads.index(b" ", last) + 1]
        while quads.startswith(subject, end):
            end = quads.index(b"\n", end) + 1
        yield quads[start:end]
        start = end


def _settled(files: Iterable[Path]) -> list[File]:
    """What complete files are; the disk has them then, so that nobody need wait for that at the end."""
    for file in files:
        settle(file)
    return [measure(file.parent, file) for file in files]
