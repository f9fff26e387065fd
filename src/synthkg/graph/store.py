"""One small protocol, and the stores behind it. Whatever runs on one runs on all.

Saved queries name no graph: a store answers over the union of its named graphs, so a dump that keeps them and one that does not
give the same rows. A query that says FROM or FROM NAMED is asked of just these graphs. RDF terms are pyoxigraph's throughout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from synthkg.errors import QueryError, UnreadableError
from synthkg.graph.formats import opened
from synthkg.graph.forms import asks_elsewhere, is_update, names_graphs
from synthkg.graph.limits import refuse_too_deep
from synthkg.graph.sparql import PREFIXES, plain, relative, undeclared
from synthkg.model import XSD, load_vocabulary

if TYPE_CHECKING:
    import rdflib

__all__ = [
    "Asked",
    "OxigraphStore",
    "Store",
    "Table",
    "Term",
    "explain",
    "load_dump",
    "refuse_other_graph",
    "table_of",
    "to_rdflib",
]

Term = NamedNode | Literal | BlankNode
Asked = tuple[str, ...]
"""What is made of some queries, in a word, and their texts."""
Result = TypeVar("Result")

_BATCH = 50_000
_IN_WORDS = re.compile(r"(?<!\w)(?!Prefix not found)[A-Z]\w*+(?: [\w*]++){2,}+")
_CLASS = re.compile(r"(?<!\")\[(?:'[^']{1,10}'|[^'\[\]]){1,300}+\]")  # of characters: ['0'..='9'], or [_], which is any


class Table(NamedTuple):
    """The answer to a SELECT query: each row has one term, or None where unbound, for each column."""

    columns: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]


class Store(Protocol):
    """A set of triples that answers SPARQL 1.1."""

    def select(self, query: str) -> Table:
        """Runs a SELECT query.

        Raises:
            QueryError: The query is not SPARQL or could not be run.
        """

    def construct(self, query: str) -> Iterable[Triple]:
        """Runs a CONSTRUCT or DESCRIBE query.

        Raises:
            QueryError: The query is not SPARQL or could not be run.
        """

    def ask(self, query: str) -> bool:
        """Runs an ASK query.

        Raises:
            QueryError: The query is not SPARQL or could not be run.
        """


def refuse_other_graph(store: Store, where: str = "") -> None:
    """Does nothing if a graph says anything in the terms of synthkg.

    Saved queries would find nothing in any other, and their zeros would look like an answer. The ontology's terms are looked up
    one by one, since an engine has an index of properties and none of how IRIs begin.

    Args:
        store: Whoever is asked. A store on disk is better asked through an engine: see `KeptStore`.
        where: The dump that the graph was read from.

    Raises:
        UnreadableError: It says nothing in them, or nothing at all.
    """
    terms = " ".join(load_vocabulary().texts.values())
    said = ("VALUES ?term { %s } ?s a ?term", "VALUES ?term { %s } ?s ?term ?o")
    if not store.ask(f"ASK {{ {' UNION '.join(f'{{ {each % terms} }}' for each in said)} }}"):
        what = "it says nothing in the terms of synthkg" if store.ask("ASK { ?s ?p ?o }") else "it is empty"
        raise UnreadableError(f"{what}, so nothing can be shown of it; only SPARQL of one's own can ask it", where)


class OxigraphStore:
    """Oxigraph in this process: the default."""

    def __init__(self, quads: Iterable[Quad] = ()) -> None:
        waiting = iter(quads)
        while some := list(islice(waiting, _BATCH)):  # the loader holds all that it is given a second time
            self.inner.bulk_extend(some)

    @cached_property
    def inner(self) -> pyoxigraph.Store:
        """Oxigraph's store."""
        return pyoxigraph.Store()

    def load(self, quads: bytes) -> None:
        """Adds what a text of N-Quads says, one of ours: its IRIs are not judged again."""
        self.inner.load(quads, pyoxigraph.RdfFormat.N_QUADS, lenient=True)

    def select(self, query: str) -> Table:
        """See `Store.select`."""
        solutions = self._run(query)
        if not isinstance(solutions, pyoxigraph.QuerySolutions):
            raise QueryError("this is no SELECT query")
        return table_of(solutions)

    def select_ours(self, query: str) -> Table:
        """As `select`, for a saved query of ours that names no graph: what is refused of strangers is not looked for again."""
        solutions = self.inner.query(query, use_default_graph_as_union=True)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        return table_of(solutions)

    def construct(self, query: str) -> Iterable[Triple]:
        """See `Store.construct`."""
        triples = self._run(query)
        if not isinstance(triples, pyoxigraph.QueryTriples):
            raise QueryError("this is no CONSTRUCT query")
        return triples

    def ask(self, query: str) -> bool:
        """See `Store.ask`."""
        answer = self._run(query)
        if not isinstance(answer, pyoxigraph.QueryBoolean):
            raise QueryError("this is no ASK query")
        return bool(answer)

    def has_property(self, name: str) -> bool:
        """Whether any triple has a property, named by its IRI."""
        return next(self.inner.quads_for_pattern(None, NamedNode(name), None), None) is not None

    def graphs(self) -> set[Any]:
        """The names of the graphs that have triples, the default graph among them."""
        return {quad.graph_name for quad in self.inner}

    def triples(self, graph: Any) -> Iterable[Triple]:
        """The triples of one graph."""
        return (quad.triple for quad in self.inner.quads_for_pattern(None, None, None, graph))

    def merged(self, graph: Any) -> int:
        """How many triples of one graph there are to whoever tells literals by their value, and not by how they are written."""
        return sum(1 for _ in self.inner.quads_for_pattern(None, None, None, graph))

    def remembered(self, asked: Asked, make: Callable[[], Result]) -> Result:
        """What comes of the answers to some queries, by whatever makes it; a store may know it already."""
        return make()

    def _run(self, query: str) -> object:
        refuse_too_deep(query)
        if asks_elsewhere(query):
            raise QueryError("SERVICE asks another server, and a query of this graph uses no network; ask that server itself")
        try:
            return self.inner.query(query, prefixes=PREFIXES, use_default_graph_as_union=not names_graphs(query))
        except SyntaxError as error:
            raise QueryError(f"not SPARQL: {explain(str(error), query)}") from error

    def __iter__(self) -> Iterator[Quad]:
        return iter(self.inner)

    def __len__(self) -> int:
        return len(self.inner)


def table_of(solutions: pyoxigraph.QuerySolutions) -> Table:
    """The rows of an answer.

    Raises:
        QueryError: There is a term of RDF 1.2 in it.
    """
    columns = tuple(variable.value for variable in solutions.variables)
    rows = [tuple(row) for row in solutions]
    del solutions  # which may end in no other thread, and an error keeps what it saw
    for column, terms in zip(columns, zip(*rows, strict=True), strict=False):
        if Triple in map(type, terms):
            raise QueryError(f"?{column} is a triple term (RDF 1.2) in some row; ask for SUBJECT(?{column}) and so on")
    return Table(columns, rows)


def explain(message: str, query: str) -> str:
    """Oxigraph's parser lists every character that could follow; a person needs the place and the first words.

    A prefix that is not declared, or an IRI that is not whole, is often only where no other reading of the query got further; so
    they are looked for. What the parser says in words stands among the characters.
    """
    if is_update(query):
        return "this is an update, and a query changes nothing"
    if not plain(query).strip():
        return "there is no query in it"
    place, _, expected = message.partition(": expected ")
    if said := _IN_WORDS.search(expected):
        return f"{place}: {said[0]}"
    at = re.match(r"error at (\d++):(\d++)", place)
    for problem, line, column in filter(None, (undeclared(query), relative(query)) if at else ()):
        if at and (line, column) <= (int(at[1]), int(at[2])):
            return f"error at {line}:{column}: {problem}"
    if not expected:
        return message[:200]
    words = [word for word in _CLASS.sub(_of_class, expected.removeprefix("one of ")).split(", ") if word]
    listed = f"{'one of ' if len(words) > 1 else ''}{', '.join(words)[:120]}"
    return f"{place}: expected {listed if words else 'something else, here or before it'}"


def _of_class(found: re.Match[str]) -> str:
    """What a class of characters is called; nothing where it is of any."""
    return "" if "'" not in found[0] else "a letter" if "Z" in found[0] else "a digit"


def to_rdflib(term: object) -> rdflib.term.Node:
    """The term as rdflib has it; a plain string gets no datatype, and no lexical form is changed."""
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value == XSD + "string"
    return rdflib.Literal(term.value, datatype=None if plain else rdflib.URIRef(term.datatype.value), normalize=False)


def load_dump(path: Path) -> OxigraphStore:
    """A store filled from one dump file, in any of the six formats.

    Raises:
        UnreadableError: There is no such file, its ending names no format, it is broken, or not what its checksum says.
    """
    store = OxigraphStore()
    with opened(path) as (file, form):
        store.inner.load(file, form)
    return store
