"""What was found out before and still holds, kept between runs in the user's cache folder.

It is kept under a hash of everything that decided it, the program included. So losing it costs time, never a result.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections.abc import Callable, Collection
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from isal import igzip

from synthkg.files import write_atomically

__all__ = ["Memory", "Shelf", "fingerprint", "home", "program"]

_LIBRARIES = ("pyoxigraph", "pyshacl", "rdflib")

Result = TypeVar("Result")


class Memory:
    """What came of a place."""

    def __init__(self, kind: str, place: Path, origin: str) -> None:
        """Recalls it.

        Args:
            kind: A word for what came of it.
            place: The file or folder.
            origin: A hash of everything that decided it.
        """
        folder = home()
        self._file = folder / f"{kind}-{fingerprint(str(place.resolve()))[:16]}.json" if folder else None
        self._origin = origin

    def recall(self) -> Any:
        """What was kept, or None if nothing was or something decides otherwise by now."""
        try:
            kept = json.loads(self._file.read_bytes()) if self._file else {}
            return kept["result"] if kept["origin"] == self._origin else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, result: Any) -> None:
        """Remembers what came of it: anything that JSON can hold."""
        with suppress(OSError):
            if self._file:
                write_atomically(self._file, json.dumps({"origin": self._origin, "result": result}))


class Shelf:
    """Results of pure functions, each under a hash of all that decided it, for one place.

    They are Python's own pickles, which can run anything: so a folder that others can write to is not read.
    """

    def __init__(self, kind: str, place: Path) -> None:
        """Opens it.

        Args:
            kind: A word for the results.
            place: The file or folder that they are about.
        """
        folder = home()
        self._folder = folder / f"{kind}-{fingerprint(str(place.resolve()))[:16]}" if folder and _is_ours_alone(folder) else None

    def get(self, key: str, make: Callable[[], Result], is_sure: Callable[[], bool] = lambda: True) -> Result:
        """What is kept under a hash; it is made where there is nothing, or nothing that can be read.

        Args:
            key: The hash.
            make: Makes it.
            is_sure: Whether the hash is still that of what it was made of, so that it can be kept.
        """
        if self._folder is None:
            return make()
        file = self._folder / key
        try:
            found: Result = pickle.loads(igzip.decompress(file.read_bytes()))  # type: ignore[no-untyped-call]
            return found
        except Exception:  # whatever a damaged file makes of itself
            result = make()
        if not is_sure():
            return result
        with suppress(OSError):
            packed = igzip.compress(pickle.dumps(result, pickle.HIGHEST_PROTOCOL), compresslevel=1)
            write_atomically(file, packed, is_lasting=False)
        return result

    def sweep(self, keys: Collection[str]) -> None:
        """Keeps nothing but what is under these hashes."""
        with suppress(OSError):
            for file in self._folder.iterdir() if self._folder else ():
                if file.name not in keys:
                    file.unlink(missing_ok=True)


def home() -> Path | None:
    """The folder of the user in which synthkg keeps what it can find out again, or None where nothing can be kept.

    So it is for a user without a home, as in many containers, or with one that cannot be written.
    """
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "synthkg"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.R_OK | os.W_OK | os.X_OK) else None


def _is_ours_alone(folder: Path) -> bool:
    """Whether nobody else can put files into a folder; Windows, where each user has a folder of their own, has no such modes."""
    status = folder.stat()
    return os.name != "posix" or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def fingerprint(thing: object) -> str:
    """A hash of all that a record, a text or a list of them says."""
    return hashlib.sha256(repr(thing).encode()).hexdigest()


def program(*folders: Path) -> str:
    """A hash of this package, the libraries that make its results, and the files in some folders."""
    package = Path(__file__).parent
    sources = [(str(file.relative_to(package)), file.read_bytes()) for file in package.rglob("*.py")]
    others = [(file.name, file.read_bytes()) for folder in folders for file in folder.rglob("*") if file.is_file()]
    contents = sorted(sources) + sorted(others)
    return fingerprint([contents, [version(library) for library in _LIBRARIES]])
