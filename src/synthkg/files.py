"""Files that are either written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from synthkg.errors import UnreadableError

__all__ = ["read_text", "write_atomically"]


def read_text(path: Path) -> str:
    """The file's text, byte order mark and newlines untouched.

    Raises:
        UnreadableError: There is no such file, or it is not UTF-8; the message says where.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"cannot read it: {error.strerror}", str(path)) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise UnreadableError("not UTF-8; convert it, for example with iconv", f"{path}:{line}:{column}") from error


def write_atomically(path: Path, data: str | bytes) -> None:
    """Writes the file under a temporary name beside it, and renames: a crash leaves what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = data.encode("utf-8") if isinstance(data, str) else data
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
