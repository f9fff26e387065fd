"""What comes of a whole graph, such as the names of all things: made once and kept beside a store on disk, or made anew.

It is kept under a hash of the dump and of the program, the ontology and all saved queries among it, so losing it costs time and
never a result. Where nothing can be kept it is made in memory, as it is for any other store.
"""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from synthkg import project
from synthkg.cache import Folders, Held, fingerprint, program
from synthkg.errors import UnreadableError
from synthkg.files import write_atomically
from synthkg.graph.store import Asked, Store
from synthkg.model import load_vocabulary

__all__ = ["database", "made_once"]

Result = TypeVar("Result")

_MOST = 8  # of two dumps, by two versions of the program
_NAME = "derived"
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}  # https://www.sqlite.org/rescode.html


class _Database(sqlite3.Connection):
    """A database that is kept: nobody else removes its file while it is read, and where it turns out to be damaged we do."""

    held: Held

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return self.cursor(_Cursor).execute(sql, parameters)


class _Cursor(sqlite3.Cursor):
    """What is read of such a database. To look for damage beforehand, all of it would have to be read.

    Raises:
        UnreadableError: It is damaged; it is removed, so that whoever asks again has it made anew.
    """

    connection: _Database

    def execute(self, sql: str, parameters: Any = (), /) -> _Cursor:
        try:
            super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise self._told(error) from error
        return self

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except sqlite3.DatabaseError as error:
            raise self._told(error) from error

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.DatabaseError as error:
            raise self._told(error) from error

    def _told(self, error: sqlite3.DatabaseError) -> Exception:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _DAMAGED:
            return error
        folder = self.connection.held.path
        shutil.rmtree(folder, ignore_errors=True)
        return UnreadableError("what was kept of the graph was damaged, and is removed now; run this again", str(folder / _NAME))


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
        (tables,), (pages,), (size,) = (kept.cursor().execute(each).fetchone() for each in asked)
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
