"""Files as they lie in a folder: whole, in part, or packed, and never one that is outside of it."""

from __future__ import annotations

import gzip
import mimetypes
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from synthkg.serve.http import Refused, Request, Response, is_packable, takes_gzip, unsent

__all__ = ["Folder"]

_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown; charset=utf-8",
    ".ndjsonld": "application/x-ndjson",
    ".nq": "application/n-quads",
    ".nt": "application/n-triples",
    ".parquet": "application/vnd.apache.parquet",
    ".rdf": "application/rdf+xml",
    ".rq": "application/sparql-query",
    ".svg": "image/svg+xml",
    ".trig": "application/trig",
    ".ttl": "text/turtle; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".zst": "application/zstd",
}
_RANGE = re.compile(r"(?i)bytes=([0-9]{0,18})-([0-9]{0,18})")
_MOST_BYTES = 100_000_000  # of a file that is packed, since each asker would take its size of memory
_PACKED_BYTES = 64 * 2**20  # what is kept of packed files


class Folder:
    """A folder whose files are given out.

    Args:
        root: The folder.
        names: The paths, below the folder, that are given out; None means all that do not begin with a dot.
    """

    def __init__(self, root: Path, names: frozenset[str] | None = None) -> None:
        self.root = root.resolve()
        self.names = names
        self._packed: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, name: str) -> Path | None:
        """The file of that path below the folder, if it is given out."""
        if "\0" in name or "\\" in name or any(part in ("", ".", "..") or part.startswith(".") for part in name.split("/")):
            return None
        if self.names is not None and name not in self.names:
            return None
        try:
            path = (self.root / name).resolve()
            return path if path.is_relative_to(self.root) and path.is_file() else None
        except (OSError, ValueError):
            return None

    def answer(self, request: Request, path: Path) -> Response:
        """The file, or the part of it that is asked for. See https://www.rfc-editor.org/rfc/rfc9110#section-14.

        Raises:
            Refused: There is no such part, or the file has gone.
        """
        try:
            stream = path.open("rb")
        except OSError as error:
            raise Refused(404, "there is no such file any more") from error
        state = os.fstat(stream.fileno())
        tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
        headers = {"ETag": tag, "Accept-Ranges": "bytes"}
        if (other := unsent(request, tag)) is not None:
            stream.close()
            other.headers |= headers
            return other
        kind = _type(path.name)
        asked = request.headers.get("range") if request.method == "GET" else None
        if asked is not None and request.headers.get("if-range", tag) == tag and (found := _RANGE.fullmatch(asked.strip())):
            part = _part(found[1], found[2], state.st_size)
            if part is not None:
                start, end = part
                stream.seek(start)
                headers["Content-Range"] = f"bytes {start}-{end - 1}/{state.st_size}"
                return Response(206, type=kind, headers=headers, file=stream, size=end - start)
            stream.close()
            raise Refused(416, "the file has no such part", Content_Range=f"bytes */{state.st_size}")
        if asked is None and state.st_size <= _MOST_BYTES and is_packable(kind) and takes_gzip(request):
            with stream:
                packed = self._pack(f"{path} {tag}", stream.read)
            headers |= {"ETag": tag[:-1] + '-gzip"', "Content-Encoding": "gzip"}
            return Response(200, packed, kind, headers)
        return Response(200, type=kind, headers=headers, file=stream, size=state.st_size)

    def _pack(self, key: str, read: Callable[[], bytes]) -> bytes:
        with self._lock:
            if key in self._packed:
                self._packed.move_to_end(key)
                return self._packed[key]
        packed = gzip.compress(read(), compresslevel=6, mtime=0)
        with self._lock:
            self._packed[key] = packed
            while sum(map(len, self._packed.values())) > _PACKED_BYTES:
                self._packed.popitem(last=False)
        return packed


def _type(name: str) -> str:
    """The media type of a file as it lies there: what is packed is of the type of its packing, not of what is in it."""
    kind, packing = mimetypes.guess_type(name)
    return _TYPES.get(Path(name).suffix) or (kind if packing is None else None) or "application/octet-stream"


def _part(first: str, last: str, size: int) -> tuple[int, int] | None:
    """Where a part begins and ends, or None where there is no such part."""
    if not first:
        length = int(last or 0)
        return (max(size - length, 0), size) if length and size else None
    start, end = int(first), min(int(last) + 1 if last else size, size)
    return (start, end) if start < end else None
