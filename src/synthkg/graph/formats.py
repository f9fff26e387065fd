"""Dump files: the six formats, packed or not, and what is looked at before one is read.

Oxigraph's readers are fast and strict, but some files would take the process with them, which no exception can tell: entities of
XML that stand for gigabytes, and triple terms, JSON or terms of a context so deep in one another that they leave the stack. Those
are refused before they are read, and so is what unpacks to hundreds of times its size. So is a file that the ``SHA256SUMS``
beside it does not know in this state: cut at the end of a line, a dump is a smaller dump, and nothing else would say so.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import posixpath
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

import pyoxigraph
from isal.igzip import IGzipFile
from isal.igzip_lib import IsalError
from pyoxigraph import Quad, RdfFormat

from synthkg.errors import UnreadableError
from synthkg.findings import shortened

__all__ = [
    "BY_LINE",
    "FORMATS",
    "PACKED",
    "SUMS",
    "as_xml",
    "checksums",
    "ending_of",
    "is_packed",
    "opened",
    "read_quads",
    "refuse_altered",
    "refuse_ruinous",
    "summed",
]

FORMATS = {
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".ttl": RdfFormat.TURTLE,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
}
PACKED = ".gz"
BY_LINE = ".ndjsonld"
"""JSON-LD of which each line is an object of its own: what is too long to be one document (https://github.com/ndjson/ndjson-spec)."""
SUMS = "SHA256SUMS"
"""The file of a release that lists its files."""

_DEEPEST = 100
_PIECE = 1 << 20
_DENSEST = 200  # bytes of text to one of a packed dump; ours have twelve
_SMALL = 100_000_000
_BOM = b"\xef\xbb\xbf"
_WITH_BOM = {RdfFormat.JSON_LD, RdfFormat.RDF_XML}  # whose readers pass over one
_JSON_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_CONTEXT = re.compile(  # the key of a context, whichever of its characters are escaped
    rb'"' + b"".join(rb"(?:%c|(?i:\\u%04x))" % (sign, sign) for sign in b"@context") + rb'"\s*+:\s*+(?=[{\[])'
)
_MOST_TERMS = 1_000  # of a context: 5,000 that are each said with the next one leave a stack of 8 MB
_NEXT_LINE = re.compile(rb"\n\s*+")
_CHECKSUM = re.compile(
    r"^(?:(?P<digest>[0-9a-f]{64}) [ *](?P<name>.+)|SHA256 \((?P<bsd_name>.+)\) = (?P<bsd_digest>[0-9a-f]{64}))$",
    re.MULTILINE | re.IGNORECASE,
)
_NOT_A_BRACKET = bytes(set(range(256)) - set(b"[]{}"))

Bytes = bytes | mmap.mmap


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], RdfFormat]]:
    """A dump, looked over and open where its text begins, with its format. What goes wrong inside is said with its place.

    Raises:
        UnreadableError: There is no such file, its ending names no format, it is broken, or not what its checksum says.
    """
    ending = ending_of(path.name)
    if ending not in (*FORMATS, BY_LINE):
        raise UnreadableError(f"not a dump; its name must end in one of {' '.join(FORMATS)}, or with .gz after it", str(path))
    form = FORMATS.get(ending, RdfFormat.JSON_LD)
    refuse_altered(path)
    try:
        with path.open("rb") as stored, _unpacked(stored, path, ending) as file:
            if os.fstat(file.fileno()).st_size:
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
                    refuse_ruinous(text, form)
                    file.seek(len(_BOM) if text[:3] == _BOM and form not in _WITH_BOM else 0)
            try:
                yield file, form
            except SyntaxError as error:
                column = (error.offset or 1) - (ending == BY_LINE)  # each line was given a sign before its object
                place = f":{error.lineno}:{column}" if error.lineno else _place_in_xml(file) if form == RdfFormat.RDF_XML else ""
                raise UnreadableError(f"broken dump: {shortened(error.msg)}", f"{path}{place}") from error
    except (EOFError, IsalError) as error:  # type: ignore[misc]  # its stub has an instance where the class is
        raise UnreadableError("it ends in the midst of its compressed data, or is not gzip; get it again", str(path)) from error
    except MemoryError as error:
        raise UnreadableError("it has a text of over 16 MB, or asks for more memory than there is", str(path)) from error
    except (OSError, ValueError) as error:
        raise UnreadableError(f"cannot read the dump: {shortened(str(error))}", str(path)) from error


def _place_in_xml(file: IO[bytes]) -> str:
    """Where a text is no XML, which Oxigraph does not tell; empty where it is some."""
    reader = expat.ParserCreate()
    file.seek(0)
    try:
        reader.ParseFile(file)
    except expat.ExpatError as error:
        return f":{error.lineno}:{error.offset + 1}"
    return ""


def ending_of(name: str) -> str:
    """What the name of a dump ends in, in small letters, whether it is packed or not.

    >>> ending_of("synthkg.nq.gz"), ending_of("SYNTHKG.NQ")
    ('.nq', '.nq')
    """
    return Path(name.lower().removesuffix(PACKED)).suffix


def is_packed(path: Path) -> bool:
    """Whether the name of a dump says that it is packed."""
    return path.name.lower().endswith(PACKED)


@contextmanager
def _unpacked(stored: IO[bytes], path: Path, ending: str) -> Iterator[IO[bytes]]:
    """The text of a dump as a file, which is one of the system's temporary ones where it must be unpacked or put together."""
    if not is_packed(path) and ending != BY_LINE:
        yield stored
        return
    if is_packed(path) and not os.fstat(stored.fileno()).st_size:
        raise EOFError
    source: Any = IGzipFile(fileobj=stored) if is_packed(path) else stored  # type: ignore[no-untyped-call]
    most = max(_SMALL, os.fstat(stored.fileno()).st_size * _DENSEST)
    with tempfile.TemporaryFile() as text:
        pieces = iter(lambda: source.read(_PIECE), b"")
        for piece in _as_document(pieces) if ending == BY_LINE else pieces:
            if text.tell() > most:
                raise ValueError(f"it unpacks to over {_DENSEST} times its size")
            text.write(piece)
        text.seek(0)
        yield text


def _as_document(pieces: Iterable[bytes]) -> Iterator[bytes]:
    r"""One array of objects that stand a line each, none in an empty one. A newline stands between objects, and nowhere in one.

    >>> b"".join(_as_document([b'{"a":1}\n', b'\n{"b', b'":2}\n']))
    b'[{"a":1}\n\n,{"b":2}\n]'
    """
    sign, is_new = b"[", True
    for piece in pieces:
        text = piece.rstrip()
        end = piece[len(text) :]
        is_next = b"\n" in end or (is_new and not text)
        if text and is_new:
            begins = len(text) - len(text.lstrip())
            yield text[:begins] + sign
            sign, text = b",", text[begins:]
        yield _NEXT_LINE.sub(rb"\g<0>,", text) + end
        is_new = is_next
    yield b"[]" if sign == b"[" else b"]"


def read_quads(path: Path) -> Iterator[Quad]:
    """The statements of a dump, one after the other.

    Raises:
        UnreadableError: See `opened`.
    """
    with opened(path) as (file, form):
        yield from pyoxigraph.parse(file, form)


def refuse_altered(path: Path, found: str = "") -> None:
    """Does nothing if a file, of which the SHA-256 may be known, is what the checksum beside it says, or there is none.

    Raises:
        UnreadableError: They differ.
    """
    try:
        sums = checksums(path.parent)
        if path.name not in sums:
            return
        found = found or summed(path)
    except OSError:  # whoever reads the file says why it cannot be
        return
    if found != sums[path.name]:
        problem = f"it is not the file of which {SUMS} beside it speaks: it was cut off or changed"
        raise UnreadableError(f"{problem}; get it again, or remove its line there", str(path))


def checksums(folder: Path) -> dict[str, str]:
    """The files in a folder or below it of which its ``SHA256SUMS`` speaks, each with the checksum.

    The file may be in either form that sha256sum writes, whose names may begin with ``./``.

    Raises:
        OSError: It cannot be read.
    """
    said = (folder / SUMS).read_text(encoding="utf-8", errors="replace")
    found = ((posixpath.normpath(m["name"] or m["bsd_name"]), m["digest"] or m["bsd_digest"]) for m in _CHECKSUM.finditer(said))
    return {name: digest.lower() for name, digest in found if not name.startswith(("/", "../"))}


def summed(path: Path) -> str:
    """The SHA-256 of a file.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_xml(text: bytes) -> bytes | None:
    """What Oxigraph wrote as XML, so that it is read as what was meant; None where XML cannot say it.

    XML has not every character, and no name for a property or class that ends in none. A bare CR would be the end of a line.
    """
    text = text.replace(b"\r", b"&#13;")
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(text, True)
    except expat.ExpatError:
        return None
    return text


def refuse_ruinous(text: Bytes, form: RdfFormat) -> None:
    """Does nothing if Oxigraph can read the text, or say what is wrong with it, within its stack and memory.

    Raises:
        ValueError: It cannot.
    """
    if form == RdfFormat.RDF_XML:
        _refuse_xml(text)
    elif form == RdfFormat.JSON_LD:
        _refuse_json(text)
    elif text.find(b"<<(") >= 0:
        _refuse_triple_terms(text, by_line=form in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS))


def _refuse_xml(text: Bytes) -> None:
    """Has expat read it first, which counts what entities stand for. Other faults are left to the reader that follows."""
    depth = 0

    def began(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise ValueError(f"elements are nested over {_DEEPEST} deep in line {reader.CurrentLineNumber}")

    def ended(*_: object) -> None:
        nonlocal depth
        depth -= 1

    reader = expat.ParserCreate()
    reader.StartElementHandler, reader.EndElementHandler = began, ended
    try:
        reader.Parse(text, True)
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_AMPLIFICATION_LIMIT_BREACH]:
            raise ValueError("its entities stand for far more text than the file has") from error


def _refuse_json(text: Bytes) -> None:
    """Takes away what stands between quotes, then pairs of brackets until none is left."""
    left = _JSON_STRING.sub(b"", text).translate(None, _NOT_A_BRACKET)
    for _ in range(_DEEPEST):
        less = left.replace(b"{}", b"").replace(b"[]", b"")
        if len(less) == len(left):
            break
        left = less
    else:
        raise ValueError(f"brackets are nested over {_DEEPEST} deep")
    for found in _CONTEXT.finditer(text):
        if _terms_in(_context_at(text, found.end())) > _MOST_TERMS:
            raise ValueError(f"a context has over {_MOST_TERMS:,} terms")


def _context_at(text: Bytes, start: int) -> Any:
    """The context that begins there, or None where it is no JSON, which the reader that follows tells.

    Raises:
        ValueError: It is longer than a megabyte.
    """
    for size in (4_096, _PIECE):
        piece = text[start : start + size]
        with suppress(ValueError):
            return json.JSONDecoder(strict=False).raw_decode(piece.decode(errors="replace"))[0]
        if len(piece) < size:
            return None
    raise ValueError("a context has over 1 MB")


def _terms_in(value: Any) -> int:
    """How many terms the longest context within a value has."""
    if isinstance(value, dict):
        return max(len(value), *map(_terms_in, value.values()), 0)
    return max(map(_terms_in, value), default=0) if isinstance(value, list) else 0


def _refuse_triple_terms(text: Bytes, *, by_line: bool) -> None:
    depth = 0
    for found in re.finditer(rb"<<\(|\)>>|\n", text):
        match found[0]:
            case b"<<(":
                depth += 1
            case b")>>":
                depth = max(0, depth - 1)
            case _ if by_line:
                depth = 0
        if depth > _DEEPEST:
            line = len(re.findall(rb"\n", text[: found.start()])) + 1
            raise ValueError(f"triple terms are nested over {_DEEPEST} deep in line {line}")
