r"""The part of a dump that can matter to one query, taken out of the dump in streamed passes.

A target's dump has hundreds of millions of triples, a query of ours touches a few thousand of them. The query itself says
which: from the terms that its key variable may have, every triple pattern that holds a known variable makes its other
variable known. So each pass over the file searches for the terms that the pass before has found, and the store that comes out
answers the query as the whole dump would. The order of the lines does not matter, and only what is found is kept in memory.

A pass searches the raw text for all terms at once, and parses no line but those in which one of them occurs with one of the
predicates sought; a malformed line elsewhere is not noticed. Terms that may be spelled in more ways than one are found all the
same: a line with a ``\u`` escape is always parsed, and so is one with any backslash where a sought literal holds a quote,
backslash or control character.

Measured on one core, 600 MB in dblp's vocabulary, seconds of processor time without reading: 0.2 to 0.3 for Vectorscan
(``hyperscan``) with 1,000 to 60,000 terms, 0.1 to 0.7 for an Aho-Corasick automaton (``ahocorasick_rs``, the engine of ripgrep)
depending on how the terms begin, 1.0 for splitting lines in Python and looking up the subject, over 3 for parsing everything.
Vectorscan lets go of Python's lock, so plain threads can search on every core while the next chunk is read. Building its table
takes 0.4 seconds and 55 MB for 20,000 terms, 1.6 seconds and 170 MB for 60,000; with 5 million triples ripgrep is faster for it,
with 20 million it no longer is (``benchmarks/scanning.py``).
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

from synthkg.errors import UnreadableError, UsageError
from synthkg.findings import shortened
from synthkg.graph import OxigraphStore, Term, refuse_altered, refuse_ruinous
from synthkg.linking.patterns import Pattern, find_patterns
from synthkg.machine import cores

if TYPE_CHECKING:
    import hyperscan

__all__ = ["ENDINGS", "Sides", "extract", "gather", "refuse_other"]

ENDINGS = (".nt", ".nt.gz", ".nq", ".nq.gz")

Sides = Mapping[str, frozenset[str]]
"""Predicates, the empty word for any -> ``subject``, ``object`` or both: where one of the terms must be."""

_CHUNK = 1 << 20  # bytes; 128 KB to 2 MB were equally fast
_LONGEST = 64 << 20  # bytes in a line
_NEEDLE = 256  # bytes of a term that are searched for; the rest is compared when the line is parsed
_THREADS = min(cores(), 4)
_BEGINS = re.compile(rb'[ \t]*+(?:<[^<>\s]++>|_:\S++)[ \t]*+<[^<>\s:\\]*+[:\\][^<>\s]*+>[ \t]*+[<"_]')
_SAYS_NOTHING = re.compile(rb"\s*+(?:#|$)")
_BOM = b"\xef\xbb\xbf"
_ESCAPES = (rb"\u", rb"\U")
_SPELLED_OTHERWISE = frozenset("\"'\\\t\n\r\b\f")


class _Join:
    """A pattern with the variable through which its triples are found, and what was searched for so far.

    Attributes:
        by: The side of that variable, ``subject`` or ``object``.
        terms: The terms of every variable of the query's alternative to which the pattern belongs.
        new: The terms to search for in this pass.
    """

    def __init__(self, pattern: Pattern, by: str, terms: defaultdict[str, set[Term]]) -> None:
        self.pattern = pattern
        self.by = by
        self.terms = terms
        self.new: set[Term] = set()
        self._searched: set[Term] = set()

    def turn(self) -> bool:
        """Makes the terms that came in since the last pass the new ones; says whether there are any."""
        self.new = self.terms[str(getattr(self.pattern, self.by))] - self._searched
        if self.by == "subject":
            self.new = {term for term in self.new if not isinstance(term, Literal)}
        self._searched |= self.new
        return bool(self.new)

    def take(self, quad: Quad) -> bool:
        """Whether the triple fits, its predicate aside; if so, the term on its other side becomes known."""
        if getattr(quad, self.by) not in self.new:
            return False
        other = "object" if self.by == "subject" else "subject"
        if variable := getattr(self.pattern, other):
            self.terms[variable].add(getattr(quad, other))
        return True


def extract(
    dump: Path,
    query: str,
    keys: Mapping[str, Iterable[Term]],
    progress: Callable[[int, int], None] = lambda number, done: None,
) -> OxigraphStore:
    """A store with every triple of the dump that can matter to the query when its key variables have these terms.

    Args:
        dump: N-Triples or N-Quads, the names of graphs ignored; gzip-compressed where its name ends in ``.gz``.
        query: SPARQL 1.1; its own VALUES blocks are not looked at.
        keys: The terms, by the name of the variable that has them.
        progress: Called with the number of the pass, from 1, and the bytes of the file that it has read.

    Raises:
        QueryError: See `synthkg.linking.patterns.find_patterns`.
        UsageError: The file's name has another ending, or a pattern is in no way connected with the keys.
        UnreadableError: The file cannot be read, was cut off or changed, nothing at its beginning is a triple, or a line that was
            looked at is malformed.
    """
    if not dump.name.endswith(ENDINGS):
        raise UsageError(f"not a dump that can be streamed; its name must end in one of {' '.join(ENDINGS)}", str(dump))
    refuse_altered(dump)

    def scan(number: int, sought: Collection[Term], sides: Sides) -> Iterator[list[Quad]]:
        if number == 1:
            refuse_other(_beginning(dump), str(dump))
        for quads, done in _scan(dump, sought, [] if "" in sides else sides):
            yield quads
            progress(number, done)

    return gather(query, keys, scan, in_graphs=dump.name.removesuffix(".gz").endswith(".nq"))


def gather(
    query: str,
    keys: Mapping[str, Iterable[Term]],
    scan: Callable[[int, Collection[Term], Sides], Iterable[list[Quad]]],
    *,
    in_graphs: bool,
) -> OxigraphStore:
    """A store with every triple that can matter to the query, whoever looks for the terms.

    Args:
        query: As for `extract`.
        keys: As for `extract`.
        scan: Gives triples, some at a time, all those among them that have one of the terms on one of the sides: called with the
            number of the pass, from 1, the terms, and see `Sides`.
        in_graphs: Whether the triples may be in named graphs, whose names are ignored.

    Raises:
        QueryError: See `synthkg.linking.patterns.find_patterns`.
        UsageError: A pattern is in no way connected with the keys.
    """
    known = {name: frozenset(terms) for name, terms in keys.items()}
    joins = [join for patterns in find_patterns(query) for join in _plan(patterns, known)]
    store, number = OxigraphStore(), 0
    while looking := _looking(joins):
        number += 1
        sought = set().union(*(join.new for group in looking.values() for join in group))
        sides = {predicate: frozenset(join.by for join in group) for predicate, group in looking.items()}
        for_any = looking.pop("", [])
        for group in looking.values():
            group += for_any
        for quads in scan(number, sought, sides):
            found = []
            for quad in quads:
                taken = [join.take(quad) for join in looking.get(quad.predicate.value, for_any)]
                if True in taken:
                    found.append(Quad(quad.subject, quad.predicate, quad.object) if in_graphs else quad)
            store.inner.extend(found)
    return store


def _looking(joins: Iterable[_Join]) -> dict[str, list[_Join]]:
    """The joins that have new terms to search for, by predicate, the empty word for any."""
    looking: defaultdict[str, list[_Join]] = defaultdict(list)
    for join in joins:
        if join.turn():
            for predicate in join.pattern.predicates or [""]:
                looking[predicate].append(join)
    return looking


def _plan(patterns: Iterable[Pattern], keys: Mapping[str, Collection[Term]]) -> list[_Join]:
    """The patterns in the order in which they become searchable, each with the side that is known then.

    A pattern is searched from one side only: from both, everything by an author of one paper would come along.
    """
    terms: defaultdict[str, set[Term]] = defaultdict(set, {name: set(values) for name, values in keys.items()})
    known, waiting, joins = set(keys), list(patterns), list[_Join]()
    while ready := [pattern for pattern in waiting if {pattern.subject, pattern.object} & known]:
        joins += (_Join(pattern, "subject" if pattern.subject in known else "object", terms) for pattern in ready)
        waiting = [pattern for pattern in waiting if pattern not in ready]
        known |= {variable for pattern in ready for variable in (pattern.subject, pattern.object) if variable}
    if waiting:
        lost = " ".join(sorted({f"<{predicate}>" for pattern in waiting for predicate in pattern.predicates})) or "?p"
        raise UsageError(f"the query's pattern with {lost} is not connected with {' '.join('?' + name for name in keys)}")
    return joins


def _scan(dump: Path, sought: Collection[Term], predicates: Collection[str]) -> Iterator[tuple[list[Quad], int]]:
    """One pass: chunk by chunk, the triples in which one of the terms may occur, and the bytes of the file read so far.

    With predicates, lines that have none of them are not parsed: for a paper's triples in dblp that saves three quarters.
    """
    import hyperscan

    needles = sorted(_needles(sought))
    database = hyperscan.Database()
    numbers = list(range(len(needles)))
    database.compile(expressions=needles, ids=numbers, elements=len(needles), flags=[0] * len(needles), literal=True)
    spaces: SimpleQueue[hyperscan.Scratch] = SimpleQueue()
    for _ in range(_THREADS):
        spaces.put(hyperscan.Scratch(database))
    words = [*(f"<{predicate}>".encode() for predicate in predicates), *_ESCAPES] if predicates else [b""]

    def search(start: int, chunk: bytes) -> list[tuple[int, bytes]]:
        ends: list[int] = [] if chunk.endswith(b"\n") else [len(chunk)]  # the last line may have been cut off: parse it
        space = spaces.get()
        try:
            database.scan(chunk, match_event_handler=lambda number, start, end, flags, context: ends.append(end), scratch=space)
        finally:
            spaces.put(space)
        lines, covered = [], 0
        for end in sorted(ends):
            if end > covered:
                begin = chunk.rfind(b"\n", 0, end - 1) + 1
                covered = chunk.find(b"\n", end - 1) + 1 or len(chunk)
                line = chunk[begin:covered]
                if any(word in line for word in words) or not line.endswith(b"\n"):
                    lines.append((start + begin, line))
        return lines

    with ThreadPoolExecutor(_THREADS) as threads:
        searches: deque[tuple[Future[list[tuple[int, bytes]]], int]] = deque()
        for start, chunk, done in _chunks(dump):
            searches.append((threads.submit(search, start, chunk), done))
            if len(searches) > _THREADS:
                search_done, done = searches.popleft()
                yield _parse(dump, search_done.result()), done
        for search_done, done in searches:
            yield _parse(dump, search_done.result()), done


def _needles(terms: Iterable[Term]) -> set[bytes]:
    """What to search for, so that no line is missed in which one of the terms is written, however it is spelled."""
    needles = set(_ESCAPES)
    for term in terms:
        if isinstance(term, NamedNode):
            needles.add(f"<{term.value}>".encode()[:_NEEDLE])
        elif isinstance(term, BlankNode):
            needles.add(f"_:{term.value}".encode()[:_NEEDLE])
        elif isinstance(term, Literal):
            needles.add(f'"{term.value}"'.encode()[:_NEEDLE])
            if not _SPELLED_OTHERWISE.isdisjoint(term.value):
                needles.add(b"\\")
    return needles


def refuse_other(lines: Iterable[bytes], dump: str) -> None:
    """Sees to it that some line at the beginning of a file looks like a triple: of any other nothing would be found or said.

    Raises:
        UnreadableError: None does.
    """
    if not any(map(_BEGINS.match, lines)):
        raise UnreadableError("no line at its beginning is a triple; is this a dump, in N-Triples or N-Quads?", dump)


def _beginning(dump: Path) -> list[bytes]:
    """The lines that say something, of the first chunk with any."""
    chunks = ([line for line in chunk.splitlines() if not _SAYS_NOTHING.match(line)] for _, chunk, _ in _chunks(dump))
    return next(filter(None, chunks), [])


def _parse(dump: Path, lines: list[tuple[int, bytes]]) -> list[Quad]:
    try:
        return _quads(b"".join(line for _, line in lines))
    except (SyntaxError, ValueError, MemoryError):
        for start, line in lines:
            try:
                _quads(line)
            except (SyntaxError, ValueError, MemoryError) as error:
                where = f"{dump}:{_line_number(dump, start)}:{getattr(error, 'offset', None) or 1}"
                problem = error.msg.partition(": ")[2] or error.msg if isinstance(error, SyntaxError) else str(error)
                raise UnreadableError(f"broken dump: {shortened(problem)}", where) from error
        raise


def _quads(text: bytes) -> list[Quad]:
    refuse_ruinous(text, RdfFormat.N_QUADS)
    return list(pyoxigraph.parse(text, format=RdfFormat.N_QUADS))


def _line_number(dump: Path, offset: int) -> int:
    """The number, from 1, of the line that begins at an offset in the text."""
    number = 1
    for start, chunk, _ in _chunks(dump):
        number += chunk.count(b"\n", 0, max(offset - start, 0))
        if start + len(chunk) > offset:
            break
    return number


def _chunks(dump: Path) -> Iterator[tuple[int, bytes, int]]:
    """The text in chunks of whole lines, each with its offset in the text and the bytes of the file read so far."""
    from isal.igzip import IGzipFile
    from isal.igzip_lib import IsalError

    start, rest = 0, b""
    try:
        with dump.open("rb", buffering=0) as file:
            packed = dump.suffix == ".gz"
            if packed and not dump.stat().st_size:
                raise EOFError
            text: Any = IGzipFile(fileobj=file) if packed else file  # type: ignore[no-untyped-call]
            block = text.read(_CHUNK).removeprefix(_BOM)
            while block:
                cut = block.rfind(b"\n") + 1
                if not cut and len(rest) > _LONGEST:
                    raise UnreadableError(f"a line of over {_LONGEST >> 20} MB; is this N-Triples?", str(dump))
                if cut:
                    chunk = b"".join((rest, memoryview(block)[:cut]))
                    yield start, chunk, file.tell()
                    start, rest = start + len(chunk), b""
                rest += block[cut:]
                block = text.read(_CHUNK)
            if rest:
                yield start, rest, file.tell()
    except EOFError as error:
        raise UnreadableError("it ends in the midst of its compressed data; get it again", str(dump)) from error
    except (OSError, IsalError) as error:  # type: ignore[misc]  # its stub has an instance where the class is
        raise UnreadableError(f"cannot read the dump: {error}", str(dump)) from error
