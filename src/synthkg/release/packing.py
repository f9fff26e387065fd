"""Dumps that are packed with gzip while they are written: the same bytes each time, and the hash of what is in them.

Format: https://www.rfc-editor.org/rfc/rfc1952, with no time and no name in it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from isal.igzip import IGzipFile

__all__ = ["Packed", "Writable"]

_LEVEL = 1  # of isal, which is as small as level 6 of zlib is for these texts, at forty times its speed


class Writable(Protocol):
    """What bytes are written to."""

    def write(self, text: bytes, /) -> object:
        """Adds some."""


class Packed:
    """A file that is packed while it is written."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._gzip: Any = IGzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=self._file, mtime=0)  # type: ignore[no-untyped-call]
        self._hash = hashlib.sha256()

    def __enter__(self) -> Packed:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._gzip.close()
        self._file.close()

    def write(self, text: bytes) -> None:
        """Packs some more."""
        self._hash.update(text)
        self._gzip.write(text)

    @property
    def sha256(self) -> str:
        """The hash of what was written so far."""
        return self._hash.hexdigest()
