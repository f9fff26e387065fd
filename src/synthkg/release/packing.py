"""Files of a release while they are written, plain or packed with gzip: the same bytes each time, and the hashes of them.

Format: https://www.rfc-editor.org/rfc/rfc1952, with no time and no name in it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

from isal.igzip import IGzipFile

from synthkg.files import settle
from synthkg.graph import PACKED
from synthkg.release.contents import File

__all__ = ["Dump", "Written"]

_LEVEL = 1  # of isal, which is as small as level 6 of zlib is for these texts, at forty times its speed


class Written(NamedTuple):
    """A file that is whole: what it is, and the name and the hash that its text has when it is unpacked."""

    file: File
    unpacked: tuple[str, str]


class Dump:
    """A file that is written from its beginning to its end."""

    def __init__(self, path: Path, *, packs: bool) -> None:
        """Begins it.

        Args:
            path: Its name, which gets another ending if it is packed.
            packs: Whether it is packed.
        """
        self._name = path.name
        self._path = path.with_name(path.name + PACKED) if packs else path
        self._stored = _Hashed(self._path)
        self._text_hash = hashlib.sha256() if packs else self._stored.hash
        self._gzip: Any = None
        if packs:
            self._gzip = IGzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=self._stored, mtime=0)  # type: ignore[no-untyped-call]

    def __enter__(self) -> Dump:
        return self

    def __exit__(self, *_: object) -> None:
        if self._gzip is not None:
            self._gzip.close()
        self._stored.close()

    def write(self, text: bytes) -> None:
        """Adds some."""
        if self._gzip is None:
            self._stored.write(text)
        else:
            self._text_hash.update(text)
            self._gzip.write(text)

    def written(self) -> Written:
        """What was written, once it has been closed and the disk has it, so that nobody need wait for that at the end."""
        settle(self._path)
        file = File(self._path.name, self._stored.size, self._stored.hash.hexdigest())
        return Written(file, (self._name, self._text_hash.hexdigest()))


class _Hashed:
    """A file of which is known what was written."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, stored: bytes) -> int:
        self.hash.update(stored)
        self.size += len(stored)
        return self._file.write(stored)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()
