"""What a data folder holds, as hashes: all that whatever is made of it can depend on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from synthkg.errors import UnreadableError
from synthkg.model import RECORD_TYPES

__all__ = ["LINK_FOLDER", "NO_FOLDER", "content_hash", "contents"]

LINK_FOLDER = "links"
_LICENCE = "LICENSE"
_FOLDERS = frozenset(kind.folder for kind in RECORD_TYPES)
NO_FOLDER = f"no such folder; name one that holds {', '.join(f'{kind.folder}/' for kind in RECORD_TYPES)}"


def contents(data: Path) -> Iterator[tuple[str, str]]:
    """All of a data folder that its catalog and its licence can depend on: the names in it, and the hashes of what is read.

    Raises:
        UnreadableError: There is no such folder.
    """
    if not data.is_dir():
        raise UnreadableError(NO_FOLDER, str(data))
    for path in sorted(data.iterdir()):
        if not path.is_dir():
            yield path.name, content_hash(path) if path.name == _LICENCE and path.is_file() else ""
            continue
        is_read = path.name in _FOLDERS or path.name == LINK_FOLDER
        try:
            with os.scandir(path) as entries:
                inside = sorted((e.name, e.path, _is_file(e)) for e in entries if is_read or e.name.endswith(".yaml"))
        except OSError as error:
            yield path.name, f"{error.errno}"
            continue
        yield path.name, ""
        for name, file, is_file in inside:
            yield f"{path.name}/{name}", content_hash(Path(file)) if is_read and is_file else ""


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it can be read to its end, as no pipe or device can; the system tells it of most without another look."""
    return entry.is_file(follow_symlinks=False) or Path(entry.path).is_file()


def content_hash(path: Path) -> str:
    """Of a file's content, or of why it cannot be read."""
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except OSError as error:
        return f"{error.errno}"
