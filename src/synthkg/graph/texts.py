r"""What a record says, as the text that it is in a dump: N-Quads, Turtle, TriG and RDF/XML, made side by side.

It is byte for byte what pyoxigraph's serialisers write, which tests compare over whole builds, at a third of their cost: they
take objects, and here everything is text already. Names with prefixes are asked of pyoxigraph, each once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from typing import NamedTuple

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from synthkg.graph.needs import property_of
from synthkg.graph.terms import TYPE, term
from synthkg.graph.triples import Said

__all__ = ["Columns", "Facts", "Quads", "Texts", "Writer", "facts_in", "facts_of", "in_block"]

_REMEMBERED = 1 << 16
_SUBJECT = NamedNode("urn:x-subject")
_IN_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"})
_PERHAPS_ESCAPED = re.compile(r"[&<>\"'\r\\]")


Columns = dict[str, bytes]
"""Some N-Quads by what decides by which names they are read; see `synthkg.graph.needs.property_of`."""
Facts = dict[str, tuple[int, str]]
"""The same of each: how many lines have it, and a hash of these."""


class Quads(NamedTuple):
    """What some records say, as N-Quads.

    Attributes:
        text: All of it.
        records: The subject of each record, how many bytes of the text are of it, and a hash of these.
    """

    text: bytes
    records: list[tuple[str, int, str]]


class Texts(NamedTuple):
    """The same in the other formats that go by records.

    Attributes:
        turtle: Turtle, without the prefixes.
        trig: TriG: the name of each graph and what stands in its block, which may go on where the same name follows.
        xml: RDF/XML, without the root element.
    """

    turtle: bytes
    trig: list[tuple[bytes, bytes]]
    xml: bytes


class Written(NamedTuple):
    """All texts of some records, and the N-Quads by their properties, too."""

    quads: Quads
    texts: Texts
    columns: Columns


def _columns_of(quads: bytes) -> Columns:
    """N-Quads by their properties."""
    lines: dict[str, list[str]] = defaultdict(list)
    for line in quads.decode().split("\n")[:-1]:
        lines[property_of(line)].append(f"{line}\n")
    return {name: "".join(some).encode() for name, some in lines.items()}


def facts_of(columns: Columns) -> Facts:
    """Which facts some N-Quads are."""
    return {name: (quads.count(b"\n"), sha256(quads).hexdigest()) for name, quads in columns.items()}


def facts_in(quads: bytes) -> Facts:
    """The same of N-Quads that lie together."""
    return facts_of(_columns_of(quads))


class Writer:
    """Writes with some prefixes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = dict(prefixes)
        self._spaces = tuple(f"<{space}" for space in prefixes.values())
        self._short = lru_cache(_REMEMBERED)(self._make_short)
        self._element = cache(self._make_element)
        self._words = cache(self._make_words)

    def write(self, records: Iterable[Sequence[tuple[NamedNode, Said]]]) -> Written:
        """The texts of records, whose statements are grouped by named graph, the record itself being the first subject."""
        quads: list[bytes] = []
        turtle: list[str] = []
        trig: list[tuple[bytes, bytes]] = []
        xml: list[str] = []
        subjects: list[tuple[str, int, str]] = []
        by_property: dict[str, list[str]] = defaultdict(list)
        for groups in records:
            lines: list[str] = []
            for name, said in groups:
                graph = str(name)
                ends = f" {graph} .\n"
                block: list[str] = []
                for subject, pairs in said.items():
                    for predicate, value in pairs:
                        line = f"{subject} {predicate} {value}{ends}"
                        lines.append(line)
                        by_property[f"{predicate} {value}" if predicate == TYPE else predicate].append(line)
                    in_turtle, in_xml = self._node(subject, pairs)
                    block.append(in_turtle)
                    xml.append(in_xml)
                turtle += block
                trig.append((graph.encode(), in_block("".join(block).encode())))
            text = "".join(lines).encode()
            quads.append(text)
            subjects.append((next(iter(groups[0][1])), len(text), sha256(text).hexdigest()))
        return Written(
            Quads(b"".join(quads), subjects),
            Texts("".join(turtle).encode(), trig, "".join(xml).encode()),
            {name: "".join(some).encode() for name, some in by_property.items()},
        )

    def _node(self, subject: str, pairs: Iterable[tuple[str, str]]) -> tuple[str, str]:
        """What is said of a subject, in Turtle and in RDF/XML."""
        words, short, spaces = self._words, self._short, self._spaces
        turtle: list[str] = []
        xml: list[str] = []
        last = element = ""
        for predicate, value in pairs:
            verb, opens, closes = words(predicate)
            turtle.append(" , " if predicate == last else verb)
            if value[0] == "<":
                turtle.append(short(value) if value.startswith(spaces) else value)
                if predicate == TYPE and not last:
                    element = self._element(value)
                else:
                    xml.append(f'{opens} rdf:resource="{_escaped(value[1:-1])}"/>\n')
            elif value[-1] == '"':
                turtle.append(value)
                xml.append(f"{opens}>{_escaped(value[1:-1])}{closes}")
            else:
                turtle.append(short(value))
                text, _, kind = value.rpartition('"')
                about = f'xml:lang="{kind[1:]}"' if kind[0] == "@" else f'rdf:datatype="{_escaped(kind[3:-1])}"'
                xml.append(f"{opens} {about}>{_escaped(text[1:])}{closes}")
            last = predicate
        element = element or "rdf:Description"
        return (
            f"{short(subject) if subject.startswith(spaces) else subject} {''.join(turtle)[4:]} .\n",
            f'\t<{element} rdf:about="{_escaped(subject[1:-1])}">\n{"".join(xml)}\t</{element}>\n',
        )

    def _make_words(self, predicate: str) -> tuple[str, str, str]:
        """What stands before a value of a property in Turtle, and before and after it in RDF/XML."""
        tag = self._tag(predicate)
        return f" ;\n\t{'a' if predicate == TYPE else self._short(predicate)} ", f"\t\t<{tag}", f"</{tag}>\n"

    def _make_short(self, text: str) -> str:
        """A term in Turtle."""
        if text[0] == "<" and not text.startswith(self._spaces):
            return text
        return self._probe(_SUBJECT, text, RdfFormat.TURTLE).rpartition("<urn:x-subject> ")[2][: -len(" .\n")]

    def _make_element(self, kind: str) -> str:
        """The element of nodes of a class."""
        found = re.search(r"\t<(\S+) rdf:about=", self._probe(term(TYPE), kind, RdfFormat.RDF_XML))
        assert found
        return found[1]

    def _tag(self, predicate: str) -> str:
        """The element of a property."""
        found = re.search(r"\t\t<([^>]+)>", self._probe(term(predicate), '"x"', RdfFormat.RDF_XML))
        assert found
        return found[1]

    def _probe(self, predicate: object, value: str, form: RdfFormat) -> str:
        triple = Triple(_SUBJECT, predicate, term(value))  # type: ignore[arg-type]
        return (serialize([triple], format=form, prefixes=self._prefixes) or b"").decode()


def in_block(turtle: bytes) -> bytes:
    """Turtle, which has no newline but between what it says, as it stands in a block of TriG."""
    return b"\t" + turtle[:-1].replace(b"\n", b"\n\t") + b"\n"


def _escaped(plain: str) -> str:
    """What stands between the ends of a term's text, as XML."""
    if not _PERHAPS_ESCAPED.search(plain):
        return plain
    return (term(f'"{plain}"').value if "\\" in plain else plain).translate(_IN_XML)
