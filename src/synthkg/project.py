"""Where the ontology, the queries and the data are.

In a clone (the folder we stand in, or one above it) the clone's own files win; elsewhere the copies inside the installed
package serve. So an edit is seen at once, and an installed ``synthkg`` works in any folder.
"""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path

from synthkg.errors import UnreadableError

__all__ = ["checking", "folder", "is_around", "mend"]

_PACKAGED = Path(__file__).parent / "shared"


@cache
def _clone_around(start: Path) -> Path | None:
    for candidate in (start, *start.parents):
        if (candidate / "ontology" / "synthkg.ttl").is_file() and (candidate / "queries").is_dir():
            return candidate
    return None


def _around() -> Path | None:
    try:
        return _clone_around(Path.cwd())
    except FileNotFoundError as error:
        raise UnreadableError("the current folder was removed; go to another one (cd)") from error


def _root() -> Path:
    """The clone around the current folder, or what the package carries.

    Raises:
        UnreadableError: The current folder was removed.
    """
    source_tree = Path(__file__).parents[2]
    return _around() or (_PACKAGED if _PACKAGED.is_dir() else source_tree)


def is_around() -> bool:
    """Whether we stand in a clone. One that an editable install leads to serves elsewhere too, to be read as a package is."""
    return _around() is not None


def folder(name: str) -> Path:
    """The folder ``ontology``, ``queries`` or ``data``."""
    return _root() / name


def checking(data: Path) -> str:
    """The command that says what is wrong in a data folder, for a message to end with."""
    return "synthkg check" if data.absolute() == folder("data").absolute() else f"synthkg check --data {shlex.quote(str(data))}"


def mend() -> str:
    """What to do where these folders lack what the program needs: somebody edited it away, or they are of another version."""
    from importlib.metadata import version

    return f"put it back, or take ontology/ and queries/ of this program, synthkg {version('synthkg')}"
