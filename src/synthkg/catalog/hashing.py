"""What a data folder holds, as hashes: all that whatever is made of it can depend on.

A file is read once for as long as the system says of it what it said then: its size, its number, and when it and what is said of
it were last changed, which no program can set. A change that follows another within the clock's grain would not show, so what
was changed just now is not relied on; Git's index does the same (https://git-scm.com/docs/racy-git).
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from synthkg.cache import Memory
from synthkg.catalog.licences import LICENCE
from synthkg.catalog.makers import CITATION
from synthkg.errors import UnreadableError
from synthkg.files import is_folder
from synthkg.model import RECORD_TYPES
from synthkg.workers import mapped

__all__ = ["LINK_FOLDER", "NO_FOLDER", "Content", "content_hash", "contents", "hash_of"]

LINK_FOLDER = "links"
_ENDINGS = (".yaml", ".sssom.tsv")  # of what in a folder of another name seems ours
_SETTLED = 3_000_000_000  # nanoseconds; the coarsest clock of a file system has a grain of two seconds
_TOGETHER = 1_000
_FOLDERS = frozenset(kind.folder for kind in RECORD_TYPES)
NO_FOLDER = f"no such folder; name one that holds {', '.join(f'{kind.folder}/' for kind in RECORD_TYPES)}"


class Content(NamedTuple):
    """What a file holds: a hash, or why it cannot be read, or nothing where nobody reads it; and how many bytes were read."""

    hash: str
    size: int


_UNREAD = Content("", 0)
_NOT_A_FOLDER = Content(f"{errno.ENOTDIR}", 0)


def contents(data: Path, program: str) -> dict[str, Content]:
    """All of a data folder that its catalog, its licence and who made it can depend on: the names in it, and what is read.

    Args:
        data: The folder.
        program: A hash of the program, whose next version may hash otherwise.

    Raises:
        UnreadableError: There is no such folder.
    """
    if not is_folder(data):
        raise UnreadableError(NO_FOLDER, str(data))
    found: dict[str, Content] = {}
    files: dict[str, Path | os.DirEntry[str]] = {}
    for path in sorted(data.iterdir()):
        found[path.name] = _UNREAD
        is_read = path.name in _FOLDERS or path.name == LINK_FOLDER
        if not is_folder(path):
            if is_read:
                found[path.name] = _NOT_A_FOLDER
            if path.name in (LICENCE, CITATION):
                files[path.name] = path
            continue
        try:
            with os.scandir(path) as entries:
                inside = sorted((entry.name, entry) for entry in entries if is_read or entry.name.endswith(_ENDINGS))
        except OSError as error:
            found[path.name] = _unreadable(error)
            continue
        within = {f"{path.name}/{name}": entry for name, entry in inside}
        found.update(dict.fromkeys(within, _UNREAD))
        files.update(within if is_read else {})
    return found | _Seen(data, program).contents_of(files)


def _unreadable(error: OSError) -> Content:
    return Content(f"{error.errno}", 0)


class _Seen:
    """The hashes of the files of a folder, as far as they can be relied on."""

    def __init__(self, data: Path, program: str) -> None:
        self._memory = Memory("seen", data, program)
        self._before: dict[str, list[Any]] = self._memory.recall() or {}
        self._now: dict[str, list[Any]] = {}

    def contents_of(self, files: Mapping[str, Path | os.DirEntry[str]]) -> dict[str, Content]:
        """What each file holds. All cores read what must be read."""
        found, new, now = dict[str, Content](), dict[str, list[int]](), time.time_ns()
        for name, file in files.items():
            try:
                status = file.stat()
            except OSError as error:
                found[name] = _unreadable(error)
                continue
            if not stat.S_ISREG(status.st_mode):  # as no pipe or device can be read to its end
                found[name] = _UNREAD
                continue
            said = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev]
            if (before := self._before.get(name)) is not None and before[1:] == said:
                self._now[name] = before
                found[name] = Content(*before[:2])
            else:
                new[name] = said
        names = iter(new)
        tasks = [[str(Path(files[name])) for name in some] for some in iter(lambda: [*islice(names, _TOGETHER)], [])]
        for name, hash in zip(new, chain.from_iterable(mapped(_hashes, tasks)), strict=True):
            found[name] = Content(hash, new[name][0])
            # What keeps a file from being read, such as too many open ones, may pass.
            if max(new[name][1:3]) + _SETTLED < now and not hash.isdecimal():
                self._now[name] = [hash, *new[name]]
        if self._now != self._before:
            self._memory.keep(self._now)
        return found


def _hashes(paths: Iterable[str]) -> list[str]:
    return [hash_of(Path(path)) for path in paths]


def hash_of(path: Path) -> str:
    """Of a file's content, or of why it cannot be read."""
    try:
        return content_hash(path.read_bytes())
    except OSError as error:
        return f"{error.errno}"


def content_hash(content: bytes) -> str:
    """The hash of what a file holds."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()
