"""Files that are either written whole or not at all, one or many together; lines of JSON that are only added to; and CSV.

CSV and lines of JSON are one text wherever they are written.
"""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from synthkg.errors import UnreadableError

__all__ = [
    "add_line", "csv_text", "is_folder", "is_locked", "json_line", "locked", "made", "named", "read_lines", "read_text",
    "reading", "settle", "temporary_folder", "write_atomically", "write_together",
]  # fmt: skip

_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
_TEMPORARY = re.compile(r"\.synthkg-[a-z0-9_]{8}\.tmp")


def read_text(path: Path) -> str:
    """The file's text, byte order mark and newlines untouched.

    Raises:
        UnreadableError: There is no such file, or it is not UTF-8; the message says where.
    """
    with reading(path):
        data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise UnreadableError("not UTF-8; convert it, for example with iconv", f"{path}:{line}:{column}") from error


def is_folder(path: Path) -> bool:
    """Whether it is a folder, or leads to one.

    ``Path.is_dir`` says no, since Python 3.14, of what cannot be looked at, too: a disk that fails would be one without records.

    Raises:
        OSError: It cannot be looked at.
    """
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return False
        raise
    except ValueError:  # a name that no system takes
        return False


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Around what reads a file or a folder.

    Raises:
        UnreadableError: It cannot be read.
    """
    try:
        yield
    except (OSError, ValueError) as error:  # the second of a name that no system takes
        raise UnreadableError(f"cannot read it: {getattr(error, 'strerror', error)}", str(path)) from error


def write_atomically(path: Path, data: str | bytes, *, is_lasting: bool = True) -> None:
    """Writes the file under a temporary name beside it, and renames: a crash leaves what was there before.

    A symbolic link goes on leading to its file, and a file keeps its permissions; a device or pipe is written to. What can be
    made anew need not be waited for until it would outlast a loss of power (``is_lasting``).
    """
    path = path.resolve() if path.is_symlink() else path
    content = data.encode("utf-8") if isinstance(data, str) else data
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        with named(path):
            path.write_bytes(content)
        return
    temporary = _beside(path)
    with made([path.parent]), named(path):
        try:
            with temporary.open("xb") as stream:
                stream.write(content)
                stream.flush()
                if is_lasting:
                    os.fsync(stream.fileno())
            if path.exists():
                temporary.chmod(stat.S_IMODE(path.stat().st_mode))
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Around what writes a file: what keeps it from being written bears its name, which the system tells of few faults."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


@contextmanager
def made(folders: Iterable[Path]) -> Iterator[None]:
    """Makes folders, and those around them. Those that were not there go again where nothing could be put into them."""
    folders = [*folders]
    missing = {each for folder in folders for each in takewhile(lambda each: not each.exists(), (folder, *folder.parents))}
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in sorted(missing, reverse=True):
            with suppress(OSError):
                folder.rmdir()
        raise


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    r"""RFC 4180, but lines end in a bare newline, as git likes them.

    The writer ends them in both, because a carriage return alone is quoted by some versions of Python only where it ends lines.

    >>> csv_text([["a", "b"], ["1,2", "\r"]])
    'a,b\n"1,2","\r"\n'
    """
    lines: list[str] = []
    csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n").writerows(rows)
    return "".join(f"{line[:-2]}\n" for line in lines)


def json_line(value: object) -> str:
    """A line of JSON, in ASCII: nothing in it ends a line, and no character of it can be cut in two."""
    return f"{json.dumps(value)}\n"


def add_line(path: Path, value: object) -> None:
    """Adds a line of JSON to a file, at once and for good; one that a crash cut short is ended first."""
    line = json_line(value).encode()
    with named(path), path.open("ab+") as stream:
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            line = line if stream.read(1) == b"\n" else b"\n" + line
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())


def read_lines(path: Path) -> Iterator[Any]:
    """What the lines of JSON in a file say; one that a crash cut short, or that is none, is passed over.

    Raises:
        UnreadableError: There is no such file, or it cannot be read.
    """
    with reading(path):
        lines = path.read_bytes().split(b"\n")
    for line in lines:
        try:
            value = json.loads(line)
        except (RecursionError, ValueError):
            continue
        yield value


def settle(path: Path) -> None:
    """Waits until the disk has all of a file."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def _beside(path: Path) -> Path:
    """A name for a file that is to become this one."""
    return path.with_name(f".{path.name[:40]}.{secrets.token_hex(6)}.tmp")


def write_together(files: Mapping[Path, str], over: Mapping[Path, str] | None = None) -> None:
    """Writes new files, and others over what may be there, all of them or none.

    A new file that holds just that text already is as good as written. Each is written under a temporary name first; the disk is
    waited for once, not once a file, which took most of the time; then each gets its name, a new one where nothing has it. Killed
    meanwhile, a part has its names, and the same call goes on.

    Args:
        files: The new files, and what they say.
        over: The others; a symbolic link goes on leading to its file, and a file keeps its permissions.

    Raises:
        UnreadableError: One of the new files is there and says something else; nothing is written then.
        OSError: One cannot be written, or a folder bears its name; nothing is written then.
    """
    missing = {path: text for path, text in files.items() if not _holds(path, text)}
    changed = {path.resolve(): text for path, text in (over or {}).items()}
    with made(dict.fromkeys(path.parent for path in (*missing, *changed))):
        _write_all(missing, changed)


def _write_all(missing: Mapping[Path, str], changed: Mapping[Path, str]) -> None:
    temporary = {path: _beside(path) for path in (*missing, *changed)}
    placed: list[Path] = []
    try:
        for path, text in (*missing.items(), *changed.items()):
            with named(path), temporary[path].open("xb") as stream:
                stream.write(text.encode("utf-8"))
        for path in changed:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
            if path.exists():
                temporary[path].chmod(stat.S_IMODE(path.stat().st_mode))
        _wait_for_disk()
        for path, text in missing.items():
            if _place(temporary[path], path):
                placed.append(path)
            else:
                _holds(path, text)
        for path in changed:
            with named(path):
                temporary[path].replace(path)
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise
    finally:
        for file in temporary.values():
            with suppress(OSError):
                file.unlink(missing_ok=True)


def _holds(path: Path, text: str) -> bool:
    """Whether the file is there with that text.

    Raises:
        UnreadableError: It is there with another.
    """
    if not os.path.lexists(path):
        return False
    with suppress(OSError):
        if path.read_bytes() == text.encode("utf-8"):
            return True
    raise UnreadableError("exists already; nothing was written", str(path))


def _place(file: Path, path: Path) -> bool:
    """Gives a file its name, unless another has it, also one that came a moment ago. Says whether it did."""
    try:
        path.hardlink_to(file)
    except FileExistsError:
        return False
    except OSError:  # file systems without links, such as exFAT
        if os.path.lexists(path):
            return False
        file.rename(path)
    return True


def _wait_for_disk() -> None:
    """Until everything written so far would outlast a loss of power; Windows has no such call."""
    if hasattr(os, "sync"):
        os.sync()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps others that do the same out of a folder, which is made, while a file in it is read, changed and written.

    The folder itself is locked, so nothing is left behind. Where the system has no such locks (Windows), nobody is kept out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def temporary_folder(within: Path | None = None) -> Iterator[Path]:
    """A folder that is there until the end of the block, in the system's place for such or ``within`` another.

    Those that runs which were killed left there go first: nobody holds the lock on what theirs lies in, which has the name by
    which it is known only when it is locked. The lock is not on the folder itself, since who builds in it locks that.
    """
    import tempfile

    within = Path(tempfile.gettempdir()) if within is None else within
    _sweep_temporary(within)
    folder = Path(tempfile.mkdtemp(prefix=".synthkg-", dir=within))
    try:
        with locked(folder):
            folder = folder.rename(folder.with_name(f"{folder.name}.tmp"))
            (inside := folder / "in").mkdir()
            yield inside
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep_temporary(within: Path) -> None:
    with suppress(OSError, AttributeError):  # no such folder; Windows, which has no locks that tell what is in use
        left_over = [folder for folder in within.iterdir() if _TEMPORARY.fullmatch(folder.name)]
        for folder in left_over:
            if folder.lstat().st_uid == os.getuid() and folder.is_dir() and not is_locked(folder):
                shutil.rmtree(folder, ignore_errors=True)


def is_locked(folder: Path) -> bool:
    """Whether somebody who lives, in another container or here, keeps others out of a folder; nobody does where nobody can."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # it has gone, or is another user's
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
