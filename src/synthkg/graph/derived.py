"""What comes of a whole graph, such as the names of all things: made once and kept beside a store on disk, or made anew.

It is kept under a hash of the dump and of the program, the ontology and all saved queries among it, so losing it costs time and
never a result. Where nothing can be kept it is made in memory, as it is for any other store.
"""

from __future__ import annotations

import pickle
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from synthkg.cache import Folders, Held, fingerprint, program
from synthkg.files import write_atomically
from synthkg.graph.store import Asked, Store

__all__ = ["database", "made_once"]

Result = TypeVar("Result")

_MOST = 8  # of two dumps, by two versions of the program
_TOGETHER = 1 << 20  # bytes


class _Database(sqlite3.Connection):
    """A database whose file nobody removes while it is read. It is closed with whoever reads it."""

    held: Held | None = None

    def __del__(self) -> None:
        try:  # noqa: SIM105  # whatever else a module has may be gone when the process ends
            self.close()  # since Python 3.13 a database that is left open is warned of
        except sqlite3.ProgrammingError:  # it could not be opened
            pass


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

    if (kept := _beside(store, asked, make)) is not None:
        held, file = kept
        with suppress(sqlite3.OperationalError):  # it is gone
            found = sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False, factory=_Database)
            found.held = held
            return found
    made = sqlite3.connect(":memory:", check_same_thread=False, factory=_Database)
    fill(made)
    return made


def made_once(store: Store, asked: Asked, make: Callable[[], Result]) -> Result:
    """What comes of some queries, by whatever makes it: anything that can be pickled."""
    made: list[Result] = []

    def write(file: Path) -> None:
        made.append(make())
        write_atomically(file, pickle.dumps(made[0], pickle.HIGHEST_PROTOCOL))

    kept = _beside(store, asked, write)
    if made:
        return made[0]
    if kept is not None:
        with suppress(OSError):  # it is gone
            found: Result = pickle.loads(kept[1].read_bytes())
            return found
    return make()


def _beside(store: Store, asked: Asked, make: Callable[[Path], None]) -> tuple[Held, Path] | None:
    """What comes of a store on disk, as a file in a folder that is held; None for any other store, or where none can be kept.

    The file is called after a checksum of it and of what it is of. One that is another by now is made anew.
    """
    kept = getattr(store, "kept", None)
    if kept is None:
        return None

    def made(folder: Path) -> None:
        folder.mkdir()
        make(file := folder / "begun")
        file.rename(folder / _checksum(file, key))

    with suppress(OSError, sqlite3.OperationalError):
        key = fingerprint([kept.held.path.name, asked, program()])
        for _ in range(2):
            if (held := Folders("derived", _MOST).get(key, made)) is None:
                return None
            for file in held.path.iterdir():
                if file.name == _checksum(file, key):
                    return held, file
            shutil.rmtree(held.path)
    return None


def _checksum(file: Path, key: str) -> str:
    """That of gzip, of a key and a file: a gigabyte takes a quarter of a second."""
    found = zlib.crc32(key.encode())
    with file.open("rb") as stream:
        while some := stream.read(_TOGETHER):
            found = zlib.crc32(some, found)
    return f"{found:08x}"
