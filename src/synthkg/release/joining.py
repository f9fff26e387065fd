"""Six dumps out of shards: a head, what the records say, and a tail.

Records come as text, made by all cores; what follows from them, the links that were found and the ontology make the tails. Each
file is written from its beginning to its end: the N-Quads, then those that are sorted by subject, which read them, and beside
these the three whose text goes by records, as it does in N-Quads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from synthkg.cache import Shelf
from synthkg.graph import BY_LINE, Quads, Texts, in_block
from synthkg.release.nodes import Piece, Place, elsewhere, objects, pieces, sort_piece, triples
from synthkg.release.packing import Dump, Written
from synthkg.release.statistics import Statistics
from synthkg.workers import aside, mapped

__all__ = ["Dumps", "Joined"]

_NODE = NamedNode("urn:x-node")
_PIECE = 1 << 20
_CLOSE, _ROOT_END = b"}\n", b"</rdf:RDF>"
_WITH_HEADS = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TURTLE,
    ".rdf": RdfFormat.RDF_XML,
}  # the prefixes of TriG are Turtle's


class Joined(NamedTuple):
    """The dumps of a graph, and how large it is."""

    dumps: list[Written]
    statistics: Statistics


@dataclass(frozen=True)
class Dumps:
    """How dumps are written.

    Attributes:
        stem: Their paths without the endings.
        prefixes: Those of the formats that have some.
        progress: Called with the name of a file that is begun and 0.
        shelf: Where parts of the dumps that are sorted are kept for the next time.
        program: A hash of what makes them.
        packs: Whether they are packed; JSON-LD is then an object a line.
    """

    stem: Path
    prefixes: dict[str, str]
    progress: Callable[[str, int], None]
    shelf: Shelf
    program: str
    packs: bool

    def write(self, quads: Iterable[Quads], texts: Iterable[Texts], beside: Iterable[Quad], inferred: Iterable[bytes]) -> Joined:
        """Writes them.

        Args:
            quads: What the records say.
            texts: The same.
            beside: What stands beside the records.
            inferred: What follows, as sorted N-Quads in pieces that share no subject.
        """
        tails = [serialize(beside, format=RdfFormat.N_QUADS) or b"", *inferred]
        with aside(partial(self._write_by_records, texts, tails)) as by_records:
            every, records = self._write_quads(quads, tails)
            with aside(self._packed if self.packs else every.written) as by_lines:
                others = elsewhere(tails, sum(place.size for place in records.values()), records)
                dumps, statistics = self._write_sorted(list(pieces(self._path(".nq"), records, others, self.shelf, self.program)))
                dumps += [by_lines(), *by_records()]
        if self.packs:
            self._path(".nq").unlink()
        return Joined(dumps, statistics)

    def _write_quads(self, quads: Iterable[Quads], tails: Iterable[bytes]) -> tuple[Dump, dict[str, Place]]:
        """Writes the N-Quads, as yet plain: the others are read from them. And tells where in them each record is."""
        found: dict[str, Place] = {}
        start = 0
        self.progress(self._path(".nq").name, 0)
        with Dump(self._path(".nq"), packs=False) as dump:
            for text, records in quads:
                dump.write(text)
                for subject, size, hash in records:
                    found[subject] = Place(start, size, hash)
                    start += size
            for tail in tails:
                dump.write(tail)
        return dump, found

    def _packed(self) -> Written:
        """Packs the N-Quads."""
        with self._path(".nq").open("rb") as text, self._begun(".nq") as dump:
            while piece := text.read(_PIECE):
                dump.write(piece)
        return dump.written()

    def _write_by_records(self, texts: Iterable[Texts], tails: Iterable[bytes]) -> list[Written]:
        """Writes the formats in which what a record says stands together."""
        open_ = b""
        with self._begun(".ttl") as turtle, self._begun(".trig") as trig, self._begun(".rdf") as xml:
            for some in chain(texts, map(self._as_texts, tails)):
                turtle.write(some.turtle)
                for graph, block in some.trig:
                    if graph != open_:
                        trig.write((_CLOSE if open_ else b"") + graph + b" {\n")
                        open_ = graph
                    trig.write(block)
                xml.write(some.xml)
            trig.write(_CLOSE)
            xml.write(_ROOT_END)
        return [dump.written() for dump in (turtle, trig, xml)]

    def _write_sorted(self, every: Sequence[Piece]) -> tuple[list[Written], Statistics]:
        """Writes the formats that are sorted."""
        statistics = Statistics()
        for counted in mapped(sort_piece, every):
            statistics.add(counted)
        with aside(partial(self._write_triples, every)) as first:
            second = self._write_objects(every)
            statistics.tally()
            dumps = [first(), second]
        self.shelf.sweep({key for piece in every for key in piece.keys})
        return dumps, statistics

    def _write_triples(self, every: Iterable[Piece]) -> Written:
        with self._begun(".nt") as dump:
            for piece in every:
                dump.write(triples(piece))
        return dump.written()

    def _write_objects(self, every: Iterable[Piece]) -> Written:
        """Writes the JSON-LD."""
        before, between, end = (b"", b"\n", b"\n") if self.packs else (b"[\n", b",\n", b"\n]\n")
        with self._begun(BY_LINE if self.packs else ".jsonld") as dump:
            for piece in every:
                made = objects(piece)
                dump.write(before)
                dump.write(made.replace(b",\n", between) if self.packs else made)
                before = between
            dump.write(end)
        return dump.written()

    def _path(self, ending: str) -> Path:
        return self.stem.with_suffix(ending)

    def _begun(self, ending: str) -> Dump:
        """A dump of which nothing but its head is written."""
        path = self._path(ending)
        self.progress(path.name, 0)
        dump = Dump(path, packs=self.packs)
        dump.write(self._head(_WITH_HEADS[ending]) if ending in _WITH_HEADS else b"")
        return dump

    def _as_texts(self, quads: bytes) -> Texts:
        """Some N-Quads in the formats that go by records."""
        every = list(parse(quads, format=RdfFormat.N_QUADS))
        triples = [quad.triple for quad in every]
        xml = self._serialized(triples, RdfFormat.RDF_XML).removeprefix(self._head(RdfFormat.RDF_XML)).removesuffix(_ROOT_END)
        return Texts(
            self._in_turtle(triples),
            [
                (str(graph).encode(), in_block(self._in_turtle([quad.triple for quad in some])))
                for graph, some in groupby(every, key=lambda quad: quad.graph_name)
            ],
            xml.replace(b"\r", b"&#13;"),  # readers of XML take bare ones for newlines
        )

    def _in_turtle(self, triples: Sequence[Triple]) -> bytes:
        return self._serialized(triples, RdfFormat.TURTLE).removeprefix(self._head(RdfFormat.TURTLE))

    def _head(self, form: RdfFormat) -> bytes:
        """What a file of this format begins with."""
        if form == RdfFormat.RDF_XML:
            return self._serialized([], form).removesuffix(_ROOT_END)
        return self._serialized([Triple(_NODE, _NODE, _NODE)], form).partition(str(_NODE).encode())[0]

    def _serialized(self, triples: Iterable[Triple], form: RdfFormat) -> bytes:
        return serialize(triples, format=form, prefixes=self.prefixes) or b""
