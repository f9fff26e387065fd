"""Large dumps, kept as a store on disk: parsed and indexed once, opened in milliseconds ever after, asked in bounded memory.

A small dump is read into memory faster than anyone notices, and answers some three times as fast from there. So only a dump of
over `LARGE` bytes is kept, in the user's cache folder, under a hash of its content and of who wrote the store: another dump of
the same name, or another version of Oxigraph, whose files may be others, finds nothing there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import pyoxigraph
from pyoxigraph import Quad, Triple

from synthkg.cache import Folders, Held, fingerprint
from synthkg.errors import QueryError, QueryStopped, UnreadableError
from synthkg.graph.formats import ending_of, is_packed, opened, refuse_altered, summed
from synthkg.graph.store import OxigraphStore, Store, Table, load_dump
from synthkg.model import BASE, NAMESPACE, load_vocabulary

__all__ = ["CACHES", "LARGE", "KeptStore", "is_large", "keep_dump", "open_dump", "tell_older", "tell_repeated"]

LARGE = 200_000_000
"""Bytes of text over which a dump is kept as a store: a million quads, 4 s and half a gigabyte each time it is read."""
CACHES = 512
"""Megabytes that a process which asks a store on disk may take for its caches and indexes, besides what a query takes."""
_PACKS = 12  # bytes of text to one of a packed dump
_OURS = f"<{BASE}graph/"
_NAMED = "SELECT ?graph WHERE { GRAPH ?graph {} }"
_REPEATED = "SELECT ?s WHERE { ?s ?p ?o } GROUP BY ?s ?p ?o HAVING(COUNT(*) > 1) LIMIT 1"
_MOST = 2  # stores that are kept; each takes 1.6 times the room of its dump's text
_TOLD = 3  # terms that are named
_DAMAGE = ("Corruption: ", "IO error: ")  # how RocksDB begins to say that it cannot read what it has written

Item = TypeVar("Item")


class KeptStore(OxigraphStore):
    """A store on disk, which nobody can add to. It is opened by the first who asks it anything.

    RocksDB starts threads when it opens a store, and a process with threads is not to be forked. So whoever forks does that
    first, and each process opens the store for itself; the pages that they read are in memory once. So does one that somebody
    else forks off a process which has opened it, as multiprocessing does: it would wait for threads that it has not.
    """

    def __init__(self, held: Held) -> None:
        self.held = held
        self._opened: dict[int, pyoxigraph.Store] = {}

    @property
    def kept(self) -> KeptStore:
        """Itself: what is asked through an engine has the store that the engine asks."""
        return self

    @property
    def inner(self) -> pyoxigraph.Store:
        """Oxigraph's store, as this process has opened it.

        Raises:
            UnreadableError: It was damaged.
        """
        process = os.getpid()
        try:
            if process not in self._opened:
                self._opened[process] = pyoxigraph.Store.read_only(str(self.held.path))
            return self._opened[process]
        except (OSError, RuntimeError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> UnreadableError:
        problem = f"the store that was kept of a dump cannot be read: {error}; remove it, and it is made anew"
        return UnreadableError(problem, str(self.held.path))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Around what reads it: most of its files are looked at when they are needed, and not when it is opened.

        Raises:
            UnreadableError: It was damaged.
        """
        try:
            yield
        except (OSError, RuntimeError) as error:
            if str(error).startswith(_DAMAGE):
                raise self._damaged(error) from error
            raise

    def _each(self, found: Iterable[Item]) -> Iterator[Item]:
        with self.reading():
            yield from found

    def select(self, query: str) -> Table:
        """See `Store.select`."""
        with self.reading():
            return super().select(query)

    def select_ours(self, query: str) -> Table:
        """See `OxigraphStore.select_ours`."""
        with self.reading():
            return super().select_ours(query)

    def construct(self, query: str) -> Iterable[Triple]:
        """See `Store.construct`."""
        with self.reading():
            return self._each(super().construct(query))

    def ask(self, query: str) -> bool:
        """See `Store.ask`."""
        with self.reading():
            return super().ask(query)

    def has_property(self, name: str) -> bool:
        """See `OxigraphStore.has_property`."""
        with self.reading():
            return super().has_property(name)

    def graphs(self) -> set[Any]:
        """See `OxigraphStore.graphs`."""
        with self.reading():
            return super().graphs()

    def triples(self, graph: Any) -> Iterable[Triple]:
        """See `OxigraphStore.triples`."""
        return self._each(super().triples(graph))

    def merged(self, graph: Any) -> int:
        """See `OxigraphStore.merged`."""
        with self.reading():
            return super().merged(graph)

    def __iter__(self) -> Iterator[Quad]:
        return self._each(super().__iter__())

    def __len__(self) -> int:
        with self.reading():
            return super().__len__()


class _Unwritable(Exception):
    """The store, not the dump, is at fault."""


def is_large(path: Path) -> bool:
    """Whether the text of a dump has over `LARGE` bytes, by the size of the file; whoever reads it says if it cannot be read."""
    try:
        return path.stat().st_size * (_PACKS if is_packed(path) else 1) > LARGE
    except OSError:
        return False


def keep_dump(
    path: Path, progress: Callable[[str, int], None] = lambda what, count: None, tell: Callable[[str], None] = lambda line: None
) -> KeptStore | None:
    """The store that is kept of a dump, made now if there is none; None for a dump that is not large, or where none can be kept.

    Args:
        path: The dump, in any of the six formats.
        progress: Is told what is being done.
        tell: Is told, in a line, why none can be kept.

    Raises:
        UnreadableError: The dump is broken, or not what its checksum says.
    """
    if not is_large(path):
        return None

    def make(folder: Path) -> None:
        progress(f"making a store of {path.name}, which is done once,", 0)
        with opened(path) as (file, form):
            try:
                store = pyoxigraph.Store(str(folder))
                store.bulk_load(file, form)
                progress(f"putting the store of {path.name} in order", 0)
                store.optimize()
                store.flush()
            except (OSError, RuntimeError) as error:
                raise _Unwritable(str(error)) from error
        if summed(path) != found:
            raise _Unwritable("it was changed while it was read")

    try:
        found = summed(path)
        refuse_altered(path, found)
        key = fingerprint([found, ending_of(path.name), version("pyoxigraph")])
        held = Folders("stores", _MOST).get(key, make)
        problem = "there is no cache folder of one's own that can be written"
    except (OSError, _Unwritable) as error:
        held, problem = None, str(error)
    if held is None:
        tell(f"{path}: no store on disk can be kept of it, so it is read into memory each time: {problem}")
        return None
    return KeptStore(held)


def open_dump(
    path: Path, progress: Callable[[str, int], None] = lambda what, count: None, tell: Callable[[str], None] = lambda line: None
) -> OxigraphStore:
    """A store to ask, not to add to: a large dump's on disk, see `keep_dump`, or else one in memory.

    Of one that is not large it is told where triples count several times, and that another version has made it.

    Raises:
        UnreadableError: There is no such file, its ending names no format, it is broken, or not what its checksum says.
    """
    asked = keep_dump(path, progress, tell)
    if asked is not None:
        return asked
    store = load_dump(path)
    tell_repeated(store, path, tell)
    tell_older(store, path, tell)
    return store


def tell_older(store: Store, path: Path, tell: Callable[[str], None]) -> None:
    """Tells, in a line, which terms the ontology in a dump does not have: what asks for them finds nothing in it.

    Nothing is told of a dump without the ontology.
    """
    terms = set(load_vocabulary().terms())
    asked = f"SELECT DISTINCT ?term {{ VALUES ?term {{ {' '.join(map('<{}>'.format, sorted(terms)))} }} ?term a ?kind }}"
    found = {str(term)[1:-1] for (term,) in store.select(asked).rows}
    if found and (lacking := sorted(term.removeprefix(NAMESPACE) for term in terms - found)):
        some = f"{', '.join(lacking[:_TOLD])}{', …' if len(lacking) > _TOLD else ''}"
        tell(f"{path}: an older version of synthkg made it, without {some}; what asks for this finds nothing: build it anew")


def tell_repeated(store: Store, path: Path, tell: Callable[[str], None]) -> None:
    """Tells, in a line, whether a dump has a triple in several graphs: Oxigraph's union of them is no set.

    In our graphs none stands twice. Where the limits of the store are too narrow to look, nothing is told.
    """
    if all(str(graph).startswith(_OURS) for (graph,) in store.select(_NAMED).rows):
        return
    with suppress(QueryError, QueryStopped):
        if store.select(_REPEATED).rows:
            tell(
                f"{path}: it has a triple in several graphs, and a query finds it once in each; "
                "write DISTINCT where that matters, as in COUNT(DISTINCT ?x), or FROM one graph"
            )
