"""Shards: the records of a data folder as lines of JSON, which a cluster can take in any order.

A line is one file: ``{"folder": "papers", "id": "self-instruct", "text": "title: …"}``, where the text is that of
``papers/self-instruct.yaml``, untouched; files of links have the folder ``links`` and the target as id. Format: https://jsonlines.org.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from synthkg.catalog import has_records, links_path
from synthkg.errors import BuildRefused, UnreadableError
from synthkg.files import named, read_text, reading
from synthkg.findings import did_you_mean
from synthkg.model import RECORD_TYPES
from synthkg.release import replacing

__all__ = ["LINKS", "Line", "read_line", "refuse_doubles", "write_shards"]

LINKS = "links"
_FOLDERS = (*(kind.folder for kind in RECORD_TYPES), LINKS)
_BYTES = 8_000_000
_NO_UTF8, _ESCAPED = "\ufffd", r"\ufffd"
"""What Spark puts, without a word, where bytes are no UTF-8; and how JSON has it where it is meant."""


class Line(NamedTuple):
    """A file of a data folder."""

    folder: str
    id: str
    text: str

    @property
    def key(self) -> str:
        """What it is called among all files."""
        return f"{self.folder}/{self.id}"

    def write(self, data: Path) -> Path:
        """Writes the file into a data folder.

        Raises:
            UnreadableError: Its text is none that a file can hold.
        """
        path = links_path(data, self.id) if self.folder == LINKS else data / self.folder / f"{self.id}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.write_bytes(self.text.encode("utf-8"))
        except (OSError, ValueError) as error:
            raise UnreadableError(f'no file can hold "{self.key[:80]}" of the shards: {error}') from error
        return path


def read_line(text: str) -> Line:
    """A line of a shard.

    Raises:
        UnreadableError: It is no file of a data folder, or it is not UTF-8.
    """
    if _NO_UTF8 in text:
        mend = f"convert it, or make it with synthkg scale shards; where U+FFFD itself is meant, write {_ESCAPED}"
        raise UnreadableError(f"not UTF-8: {text[:60]!r} ({mend})")
    try:
        said = json.loads(text)
        line = Line(said["folder"], said["id"], said["text"])
    except (ValueError, KeyError, TypeError) as error:
        mend = 'a line of a shard is {"folder": …, "id": …, "text": …}; make them with synthkg scale shards'
        raise UnreadableError(f"no record: {text[:60]!r} ({mend})") from error
    if not all(isinstance(each, str) for each in line):
        raise UnreadableError(f"folder, id and text are strings: {text[:60]!r}")
    if line.folder not in _FOLDERS:
        raise UnreadableError(f'a shard has no folder "{line.folder}"; {did_you_mean(line.folder, _FOLDERS)}')
    if "/" in line.id or "\0" in line.id:
        raise UnreadableError(f'"{line.id}" is no name of a file')
    return line


def refuse_doubles(keys: Iterable[str]) -> None:
    """Refuses two files of one name, of which one would be lost.

    Raises:
        UnreadableError: There are some; the message names the first.
    """
    if double := sorted(key for key, often in Counter(keys).items() if often > 1):
        raise UnreadableError(f'the shards hold "{double[0]}" twice; leave one of them out')


def write_shards(data: Path, out: Path) -> list[Path]:
    """Writes the files of records and links of a data folder as shards of some megabytes, always the same for the same files.

    Args:
        data: The data folder.
        out: The folder to replace. It may hold nothing but shards.

    Raises:
        UnreadableError: There is no data folder, or a folder or file in it cannot be read.
        BuildRefused: ``out`` holds something else.
    """
    if not has_records(data):
        raise UnreadableError("this is no folder of records", str(data))
    if out.exists() and (not out.is_dir() or any(not path.match("shard-*.jsonl") for path in out.iterdir())):
        raise BuildRefused("is not empty and holds no shards alone; name another folder with --out", str(out))
    with replacing(out) as folder, named(out):
        for number, lines in enumerate(_filled(_lines(data))):
            (folder / f"shard-{number:05}.jsonl").write_bytes(lines)
    return sorted(out.iterdir())


def _lines(data: Path) -> Iterator[Line]:
    for kind in RECORD_TYPES:
        for path in _files(data / kind.folder, ".yaml"):
            yield Line(kind.folder, path.stem, read_text(path))
    for path in _files(data / LINKS, ".sssom.tsv"):
        if not path.name.startswith("."):
            yield Line(LINKS, path.name.removesuffix(".sssom.tsv"), read_text(path))


def _files(folder: Path, ending: str) -> Iterator[Path]:
    """The files of a folder, and the links that lead nowhere, of which reading will tell; hidden ones are locks of editors."""
    if not os.path.lexists(folder):
        return
    with reading(folder):
        named_so = sorted(path for path in folder.iterdir() if path.name.endswith(ending) and path.name != ending)
        paths = [path for path in named_so if path.is_file() or not (path.exists() or path.name.startswith("."))]
    yield from paths


def _filled(lines: Iterator[Line]) -> Iterator[bytes]:
    some: list[bytes] = []
    size = 0
    for line in lines:
        text = json.dumps(line._asdict(), ensure_ascii=False).replace(_NO_UTF8, _ESCAPED)
        some.append(f"{text}\n".encode(errors="backslashreplace"))  # JSON's own escapes, for names that are no UTF-8
        size += len(some[-1])
        if size > _BYTES:
            yield b"".join(some)
            some, size = [], 0
    if some:
        yield b"".join(some)
