"""What a data folder holds, as hashes: all that whatever is made of it can depend on.

A file is read once for as long as the system says of it what it said then: its size, its number, and when it and what is said of
it were last changed, which no program can set. A change that follows another within the clock's grain would not show, so what
was changed just now is not relied on; Git's index does the same (https://git-scm.com/docs/racy-git).
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synthkg.cache import Memory
from synthkg.errors import UnreadableError
from synthkg.model import RECORD_TYPES

__all__ = ["LINK_FOLDER", "NO_FOLDER", "content_hash", "contents", "hash_of"]

LINK_FOLDER = "links"
_LICENCE = "LICENSE"
_SETTLED = 3_000_000_000  # nanoseconds; the coarsest clock of a file system has a grain of two seconds
_FOLDERS = frozenset(kind.folder for kind in RECORD_TYPES)
NO_FOLDER = f"no such folder; name one that holds {', '.join(f'{kind.folder}/' for kind in RECORD_TYPES)}"


def contents(data: Path, program: str) -> Iterator[tuple[str, str]]:
    """All of a data folder that its catalog and its licence can depend on: the names in it, and the hashes of what is read.

    Args:
        data: The folder.
        program: A hash of the program, whose next version may hash otherwise.

    Raises:
        UnreadableError: There is no such folder.
    """
    if not data.is_dir():
        raise UnreadableError(NO_FOLDER, str(data))
    seen = _Seen(data, program)
    for path in sorted(data.iterdir()):
        if not path.is_dir():
            yield path.name, seen.hash_of(path.name, path) if path.name == _LICENCE else ""
            continue
        is_read = path.name in _FOLDERS or path.name == LINK_FOLDER
        try:
            with os.scandir(path) as entries:
                inside = sorted((entry.name, entry) for entry in entries if is_read or entry.name.endswith(".yaml"))
        except OSError as error:
            yield path.name, f"{error.errno}"
            continue
        yield path.name, ""
        for name, entry in inside:
            within = f"{path.name}/{name}"
            yield within, seen.hash_of(within, entry) if is_read else ""
    seen.keep()


class _Seen:
    """The hashes of the files of a folder, as far as they can be relied on."""

    def __init__(self, data: Path, program: str) -> None:
        self._memory = Memory("seen", data, program)
        self._before: dict[str, list[Any]] = self._memory.recall() or {}
        self._now: dict[str, list[Any]] = {}

    def hash_of(self, name: str, file: Path | os.DirEntry[str]) -> str:
        """Of what a file holds, or of why it cannot be read."""
        try:
            status = file.stat()
        except OSError as error:
            return f"{error.errno}"
        if not stat.S_ISREG(status.st_mode):  # as no pipe or device can be read to its end
            return ""
        said = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev]
        if (before := self._before.get(name)) is not None and before[1:] == said:
            self._now[name] = before
            return str(before[0])
        is_settled = max(status.st_mtime_ns, status.st_ctime_ns) + _SETTLED < time.time_ns()
        found = hash_of(Path(file))
        if is_settled and not found.isdecimal():  # what keeps a file from being read, such as too many open ones, may pass
            self._now[name] = [found, *said]
        return found

    def keep(self) -> None:
        """Remembers them for the next time."""
        if self._now != self._before:
            self._memory.keep(self._now)


def hash_of(path: Path) -> str:
    """Of a file's content, or of why it cannot be read."""
    try:
        return content_hash(path.read_bytes())
    except OSError as error:
        return f"{error.errno}"


def content_hash(content: bytes) -> str:
    """The hash of what a file holds."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()
