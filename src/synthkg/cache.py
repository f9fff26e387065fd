"""What was found out before and still holds, kept between runs in the user's cache folder.

It is kept under a hash of everything that decided it, the program included. So losing it costs time, never a result.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from synthkg.files import write_atomically

__all__ = ["Memory", "fingerprint", "home", "program"]

_LIBRARIES = ("pyoxigraph", "pyshacl", "rdflib")


class Memory:
    """Facts about one place, each a line of text.

    Attributes:
        facts: What was kept under the same rules, if anything.
    """

    def __init__(self, kind: str, place: Path, rules: str) -> None:
        """Recalls what is known.

        Args:
            kind: A word for the facts.
            place: The file or folder that they are about.
            rules: A hash of everything by which they were found.
        """
        folder = home()
        self._file = folder / f"{kind}-{fingerprint(str(place.resolve()))[:16]}.txt" if folder else None
        self._rules = rules
        try:
            head, *facts = self._file.read_text(encoding="utf-8").splitlines() if self._file else [""]
        except (OSError, ValueError):
            head, facts = "", []
        self.facts = frozenset(facts if head == rules else ())

    def keep(self, facts: Iterable[str]) -> None:
        """Remembers these facts, and no others."""
        with suppress(OSError):
            if self._file:
                write_atomically(self._file, "\n".join([self._rules, *sorted(facts)]) + "\n")


def home() -> Path | None:
    """The folder of the user in which synthkg keeps what it can find out again, or None where nothing can be kept.

    So it is for a user without a home, as in many containers, or with one that cannot be written.
    """
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "synthkg"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.R_OK | os.W_OK | os.X_OK) else None


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
