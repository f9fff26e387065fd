"""What was found out before and still holds, kept between runs in the user's cache folder.

It is kept under a hash of everything that decided it, the program included. So losing it costs time, never a result.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import secrets
import shutil
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from isal import isal_zlib

from synthkg import project
from synthkg.files import locked, temporary_folder, write_atomically

__all__ = ["Folders", "Held", "Memory", "Shelf", "fingerprint", "home", "packed", "program", "unpacked"]

_GZIP = 31  # for zlib's functions: gzip with the largest window; its checksum costs less than that of their own format
_MARK = "made-for"  # the file in a folder that says under which hash it was made
_LIBRARIES = ("pyoxigraph", "pyshacl", "rdflib")

Result = TypeVar("Result")


class Memory:
    """What came of a place: JSON, packed for the checksum that this gives it."""

    def __init__(self, kind: str, place: Path, origin: str) -> None:
        """Recalls it.

        Args:
            kind: A word for what came of it.
            place: The file or folder.
            origin: A hash of everything that decided it.
        """
        folder, name = home(), f"{kind}-{fingerprint(str(place.resolve()))[:16]}.json.gz"
        self._file = folder / name if folder else None
        self._origin = f"{name} {origin}"  # with its name, since files change places, as when a disk is mended

    def recall(self) -> Any:
        """What was kept, or None if nothing was or something decides otherwise by now."""
        try:
            kept = json.loads(unpacked(self._file.read_bytes())) if self._file else {}
            return kept["result"] if kept["origin"] == self._origin else None
        except Exception:  # whatever a damaged file makes of itself
            return None

    def keep(self, result: Any) -> None:
        """Remembers what came of it: anything that JSON can hold."""
        with suppress(OSError):
            if self._file:
                write_atomically(self._file, packed(json.dumps({"origin": self._origin, "result": result}).encode()))


class Shelf:
    """Results of pure functions, each under a hash of all that decided it, for one place.

    They are Python's own pickles, which can run anything: so nobody else may write to their folder (`home`).
    """

    def __init__(self, kind: str, place: Path | None) -> None:
        """Opens it.

        Args:
            kind: A word for the results.
            place: The file or folder that they are about; None where nothing is to be kept.
        """
        folder = home() if place else None
        name = f"{kind}-{fingerprint(str(place.resolve()))[:16]}" if place else ""
        self._folder = folder / name if folder else None
        self._lock: int | None = None

    @contextmanager
    def for_now(self) -> Iterator[Shelf]:
        """This, from which nobody else sweeps anything until the end of the block.

        Where nothing can be kept, it is one that keeps what it is given until then, if it can.
        """
        with ExitStack() as stack:
            shelf = self
            with suppress(OSError):
                if self._folder is None:
                    folder = stack.enter_context(temporary_folder())
                    shelf = Shelf("", None)
                    shelf._folder = folder
                else:
                    stack.enter_context(self._locked(self._folder))
            yield shelf

    @contextmanager
    def _locked(self, folder: Path) -> Iterator[None]:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
        try:
            if _flock(handle, exclusive=False):
                self._lock = handle
            yield
        finally:
            self._lock = None
            os.close(handle)

    def get(self, key: str, make: Callable[[], Result]) -> Result:
        """What is kept under a hash; it is made where there is nothing, or nothing that can be read.

        Args:
            key: The hash.
            make: Makes it; anything but None.
        """
        found: Result | None = self.find(key)
        if found is None:
            self.keep(key, found := make())
        return found

    def find(self, key: str) -> Any:
        """What is kept under a hash, or None where there is nothing, nothing that can be read, or what another file held."""
        try:
            kept, result = pickle.loads(unpacked((self._folder / key).read_bytes())) if self._folder else ("", None)
            return result if kept == key else None
        except Exception:  # whatever a damaged file makes of itself
            return None

    def keep(self, key: str, result: object) -> None:
        """Keeps something under a hash, if there is room."""
        with suppress(OSError):
            if self._folder is not None:
                content = packed(pickle.dumps((key, result), pickle.HIGHEST_PROTOCOL))
                write_atomically(self._folder / key, content, is_lasting=False)

    def has(self, key: str) -> bool:
        """Whether something is kept under a hash. It counts as used."""
        with suppress(OSError):
            if self._folder is not None:
                os.utime(self._folder / key)
                return True
        return False

    def sweep(self, keys: Collection[str]) -> None:
        """Keeps nothing but what is under these hashes; everything, if somebody else may need it just now."""
        is_needed = self._lock is not None and not _flock(self._lock, exclusive=True)
        with suppress(OSError):
            for file in self._folder.iterdir() if self._folder and not is_needed else ():
                if file.name not in keys:
                    file.unlink(missing_ok=True)
        if self._lock is not None:
            _flock(self._lock, exclusive=False)

    def trim(self, most: int) -> None:
        """Keeps as much as that, of what was used last."""
        with suppress(OSError):
            files = sorted(self._folder.iterdir() if self._folder else (), key=lambda file: file.stat().st_mtime, reverse=True)
            for file in files[most:]:
                file.unlink(missing_ok=True)


class Held:
    """A folder that is kept, and not removed while this object lives. Windows has no such locks; it removes no open file."""

    def __init__(self, path: Path, handle: int | None) -> None:
        self.path = path
        if handle is not None:
            weakref.finalize(self, os.close, handle)


class Folders:
    """Folders that are made once, each under a hash of all that decided it. The newest few are kept, and whatever is in use."""

    def __init__(self, kind: str, most: int) -> None:
        """Opens them.

        Args:
            kind: A word for what they hold.
            most: How many are kept.
        """
        folder = home()
        self._folder = folder / kind if folder else None
        self._most = most

    def get(self, key: str, make: Callable[[Path], None]) -> Held | None:
        """The folder under a hash, or None where nothing can be kept. Where many make one at once, all but one wait.

        Args:
            key: The hash.
            make: Is given the name of a folder, which is not there, and makes it. It gets its own name when it is whole.

        Raises:
            OSError: It could not be made; nothing is left of it.
        """
        if self._folder is None:
            return None
        place = self._folder / key
        if (held := _hold_own(place)) is not None:
            return held
        with locked(self._folder):
            if (held := _hold_own(place)) is None:
                self._sweep(place)
                started = self._folder / f".{secrets.token_hex(6)}.tmp"
                try:
                    make(started)
                    (started / _MARK).write_text(key, encoding="utf-8")
                    started.rename(place)
                except BaseException:
                    shutil.rmtree(started, ignore_errors=True)
                    raise
                held = _hold(place)
        return held

    def _sweep(self, place: Path) -> None:
        """Makes room for one more, and takes away what a process that was ended had begun: nobody else has the lock.

        What has its ``place``, and is another folder's, goes too.
        """
        assert self._folder is not None
        for wrong in [place] if place.exists() else []:
            _set_aside(wrong)
        begun = [folder for folder in self._folder.iterdir() if folder.name.startswith(".")]
        whole = [folder for folder in self._folder.iterdir() if not folder.name.startswith(".")]
        for old in sorted(whole, key=lambda folder: folder.stat().st_mtime, reverse=True)[self._most - 1 :]:
            begun += _set_aside(old)
        for folder in begun:
            shutil.rmtree(folder, ignore_errors=True)


def _hold_own(folder: Path) -> Held | None:
    """Keeps others from removing it; None where there is none, or one made under another hash, as after a disk was mended."""
    held = _hold(folder)
    with suppress(OSError):
        if held is not None and (folder / _MARK).read_bytes() == folder.name.encode():
            return held
    return None


def _hold(folder: Path) -> Held | None:
    """Keeps others from removing it; None where there is none, or none any more."""
    try:
        os.utime(folder)
        import fcntl
    except ImportError:
        return Held(folder, None)
    except FileNotFoundError:
        return None
    handle = os.open(folder, os.O_RDONLY)
    held = Held(folder, handle)
    fcntl.flock(handle, fcntl.LOCK_SH)
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(handle), folder.stat()):
            return held
    return None


def _flock(handle: int, *, exclusive: bool) -> bool:
    """Locks a folder, unless others hold it where it is to be ``exclusive``; says whether it did: ``man 2 flock``.

    Windows has no such locks.
    """
    with suppress(ImportError, OSError):
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH)
        return True
    return False


def _set_aside(folder: Path) -> list[Path]:
    """Takes its name from a folder, unless somebody holds it; gives the folder under its new name."""
    aside = folder.with_name(f".{folder.name}.tmp")
    try:
        import fcntl
    except ImportError:
        return [folder.rename(aside)]
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return [folder.rename(aside)]
    except BlockingIOError:
        return []
    finally:
        os.close(handle)


def packed(content: bytes) -> bytes:
    """It with a checksum, and much smaller where it is text."""
    return isal_zlib.compress(content, 1, _GZIP)


def unpacked(content: bytes) -> bytes:
    """What was packed.

    Raises:
        isal_zlib.error: It is not whole any more.
    """
    return isal_zlib.decompress(content, _GZIP)


def home() -> Path | None:
    """The folder of the user in which synthkg keeps what it can find out again, or None where nothing can be kept.

    So it is for a user without a home, as in many containers, or with one that cannot be written; and where others can write to
    the folder, as to one that they made first in a place for all: links that they lay there would lead into files of the user.
    A relative ``XDG_CACHE_HOME`` is passed over, as https://specifications.freedesktop.org/basedir-spec/latest/ has it: each
    folder would get a cache.
    """
    try:
        given = Path(os.environ.get("XDG_CACHE_HOME", ""))
        folder = (given if given.is_absolute() else Path.home() / ".cache") / "synthkg"
        if not folder.is_absolute():
            return None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_ours = _is_ours_alone(folder)
    except (OSError, RuntimeError):
        return None
    return folder if is_ours and os.access(folder, os.R_OK | os.W_OK | os.X_OK) else None


def _is_ours_alone(folder: Path) -> bool:
    """Whether nobody else can put files into a folder; Windows, where each user has a folder of their own, has no such modes."""
    status = folder.stat()
    return os.name != "posix" or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def fingerprint(thing: object) -> str:
    """A hash of all that a record, a text or a list of them says."""
    return hashlib.sha256(repr(thing).encode()).hexdigest()


def program() -> str:
    """A hash of this package, the libraries that make its results, the ontology and the saved queries."""
    package, folders = Path(__file__).parent, map(project.folder, ("ontology", "queries"))
    sources = [(str(file.relative_to(package)), file.read_bytes()) for file in package.rglob("*.py")]
    others = [(file.name, file.read_bytes()) for folder in folders for file in folder.rglob("*") if file.is_file()]
    contents = sorted(sources) + sorted(others)
    return fingerprint([contents, [version(library) for library in _LIBRARIES]])
