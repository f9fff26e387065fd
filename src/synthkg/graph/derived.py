"""What comes of a whole graph, such as the names of all things: made once and kept beside a store on disk, or made anew.

It is kept under a hash of the dump and of the program, the ontology and all saved queries among it, so losing it costs time and
never a result. Where nothing can be kept it is made in memory, as it is for any other store.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from synthkg import project
from synthkg.cache import Folders, Held, fingerprint, program
from synthkg.files import write_atomically
from synthkg.graph.store import Asked, Store
from synthkg.model import load_vocabulary

__all__ = ["database", "made_once"]

Result = TypeVar("Result")

_MOST = 8  # of two dumps, by two versions of the program
_NAME = "derived"


class _Database(sqlite3.Connection):
    """A database whose file nobody removes while it is read."""

    held: Held | None = None


def database(store: Store, asked: Asked, fill: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    """A database, to be read, of what comes of some queries. Any thread may read it, and any process that was forked.

    Args:
        store: The graph.
        asked: What it is, in a word, and the texts of the queries.
        fill: Makes its tables, and fills them.
    """

    def make(file: Path) -> None:
        made = sqlite3.connect(file)
        try:
            fill(made)
            made.commit()
        finally:
            made.close()

    held = _beside(store, asked, make)
    if held is not None and (kept := _opened(held.path / _NAME)) is not None:
        kept.held = held
        return kept
    found = sqlite3.connect(":memory:", check_same_thread=False)
    fill(found)
    return found


def _opened(file: Path) -> _Database | None:
    """A database that is kept; None where it is gone, or has lost its beginning or its end."""
    asked = "SELECT COUNT(*) FROM sqlite_master", "PRAGMA page_count", "PRAGMA page_size"
    with suppress(sqlite3.DatabaseError, OSError):
        kept = sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False, factory=_Database)
        (tables,), (pages,), (size,) = (kept.execute(each).fetchone() for each in asked)
        if tables and pages * size == file.stat().st_size:
            return kept
    return None


def made_once(store: Store, asked: Asked, make: Callable[[], Result]) -> Result:
    """What comes of some queries, by whatever makes it: anything that can be pickled."""
    made: list[Result] = []

    def write(file: Path) -> None:
        made.append(make())
        write_atomically(file, pickle.dumps(made[0], pickle.HIGHEST_PROTOCOL))

    held = _beside(store, asked, write)
    if made:
        return made[0]
    if held is not None:
        with suppress(Exception):  # whatever a damaged file makes of itself
            found: Result = pickle.loads((held.path / _NAME).read_bytes())
            return found
    return make()


def _beside(store: Store, asked: Asked, make: Callable[[Path], None]) -> Held | None:
    """The folder with a file of what comes of a store on disk; None for any other store, or where none can be kept."""
    kept = getattr(store, "kept", None)
    if kept is None:
        return None

    def made(folder: Path) -> None:
        folder.mkdir()
        make(folder / _NAME)

    try:
        made_by = program(load_vocabulary().folder, project.folder("queries"))
        return Folders("derived", _MOST).get(fingerprint([kept.held.path.name, asked, made_by]), made)
    except (OSError, sqlite3.OperationalError):
        return None
