"""A list record becomes statements: the document as the sequence of its pieces, so that a query alone can print it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from synthkg.catalog import lay_out
from synthkg.graph.plans import INTEGER, TYPE, Pointer, Statement, Term, parts
from synthkg.model import Block, Entry, Erratum, ReadingList, Vocabulary, concept_iri, record_iri

__all__ = ["document"]

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def document(subject: NamedNode, record: ReadingList, vocabulary: Vocabulary) -> Iterator[Statement]:
    """A list as the sequence of its pieces: sections, text lines, entries with their cells; then its errata."""
    document = _Document(subject, record.newline, vocabulary)
    for number, block in enumerate(record.content):
        yield from document.block(block, ("content", number))
    for number, erratum in enumerate(record.errata):
        yield from document.erratum(erratum, number)


class _Document:
    """Counts lines, sections and entries while it goes through one list."""

    def __init__(self, subject: NamedNode, newline: str, vocabulary: Vocabulary) -> None:
        self._subject = subject
        self._newline = newline
        self._vocabulary = vocabulary
        self._line = self._section_count = self._entry_count = 0
        self._sections: list[tuple[int, NamedNode]] = [(0, subject)]

    def block(self, block: Block, at: Pointer) -> Iterator[Statement]:
        if block.heading is not None:
            yield from self._section(block, at)
            yield from self._text(block.heading + ("\n" if block.end is None else block.end), (*at, "heading"))
        if block.text is not None:
            yield from self._text(block.text, (*at, "text"))
        for number, entry in enumerate(block.entries):
            yield from self._entry(block, entry, (*at, "entries", number))

    def erratum(self, erratum: Erratum, number: int) -> Iterator[Statement]:
        at: Pointer = ("errata", number)
        target = f"line/{erratum.line}" if erratum.entry is None else f"entry/{erratum.entry}/{erratum.field}"
        node = self._node(f"erratum/{number + 1}")
        yield from self._node_with(node, "Erratum", at, corrects=self._node(target))
        yield from self._fields(node, at, "published", published=erratum.published)
        yield from self._fields(node, at, "corrected", corrected=erratum.corrected)
        yield from self._fields(node, at, "kind", kind=NamedNode(concept_iri("erratum", erratum.kind)))
        yield from self._fields(node, at, "reason", reason=erratum.reason)
        if erratum.evidence:
            describe = parts(self._vocabulary.property("evidence"), "evidence", self._vocabulary)
            yield from describe(node, erratum.evidence, (*at, "evidence"))

    def _section(self, block: Block, at: Pointer) -> Iterator[Statement]:
        self._section_count += 1
        level = block.level or 1
        while self._sections[-1][0] >= level:
            self._sections.pop()
        node = self._node(f"section/{self._section_count}")
        yield from self._node_with(
            node, "Section", at, within=self._sections[-1][1], line=self._line + 1, level=level, heading=block.title or ""
        )
        if block.concept not in (None, "none"):
            yield from self._fields(node, at, "concept", concept=NamedNode(concept_iri(*str(block.concept).split("/", 1))))
        self._sections.append((level, node))

    def _text(self, text: str, at: Pointer) -> Iterator[Statement]:
        for line in _LINE.findall(text):
            self._line += 1
            node = self._node(f"line/{self._line}")
            printed = line.replace("\n", self._newline)
            yield from self._node_with(node, "Text", at, list=self._subject, line=self._line, text=printed)

    def _entry(self, block: Block, entry: Entry, at: Pointer) -> Iterator[Statement]:
        self._entry_count += 1
        node = self._node(f"entry/{self._entry_count}")
        pieces, end = lay_out(block, entry, self._newline)
        within = self._sections[-1][1]
        yield from self._node_with(
            node, "Entry", at, list=self._subject, within=within, number=self._entry_count, line=self._line + 1, end=end
        )
        printed = "".join(part for piece in pieces for part in (piece.before, piece.text, piece.after)) + end
        self._line += printed.count("\n")
        for folder, id in (("papers", entry.paper), ("artifacts", entry.artifact)):
            if id is not None:
                yield from self._fields(node, at, folder[:-1], about=NamedNode(record_iri(folder, id)))
        padded = bool(block.widths) and entry.row is None
        for position, piece in enumerate(pieces, start=1):
            closes = position == len(pieces) or pieces[position].column != piece.column
            cell = NamedNode(f"{node.value}/{piece.field}")
            yield from self._node_with(
                cell,
                "Cell",
                (*at, piece.field),
                entry=node,
                position=position,
                field=piece.field,
                column=piece.column,
                before=piece.before,
                text=piece.text,
                after=piece.after,
                **({"fill": " " * piece.fill} if padded and closes else {}),
            )

    def _node(self, path: str) -> NamedNode:
        return NamedNode(f"{self._subject.value}/{path}")

    def _node_with(self, node: NamedNode, kind: str, at: Pointer, **values: str | int | Term) -> Iterator[Statement]:
        yield Statement(node, TYPE, self._vocabulary.term(kind), at)
        yield from self._fields(node, at, **values)

    def _fields(self, node: NamedNode, at: Pointer, key: str = "", /, **values: str | int | Term) -> Iterator[Statement]:
        for name, value in values.items():
            if isinstance(value, int):
                value = Literal(str(value), datatype=INTEGER)
            elif isinstance(value, str):
                value = Literal(value)
            yield Statement(node, self._vocabulary.term(name), value, (*at, key) if key else at)
