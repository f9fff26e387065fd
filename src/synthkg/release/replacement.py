"""A folder that is replaced as a whole or not at all.

The new one is filled beside the old one, and the two change places in one step of the file system. Where the system has no such
step, the old one is put aside first; a run that is killed just then leaves it there, and the next one takes it back before
anything else. A lock on the new one says that its run lives, also to runs in other containers, to which its number says nothing;
what is beside the old one is only changed under a lock on the folder that both are in.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path, PurePosixPath

from synthkg.errors import BuildRefused
from synthkg.files import is_locked, locked, settle

__all__ = ["refuse_foreign", "replacing"]

_ASIDE = ".old.tmp"


@contextmanager
def replacing(out: Path, *, is_lasting: bool = True) -> Iterator[Path]:
    """A new folder to fill; it takes the place of ``out`` when all went well, and vanishes otherwise.

    Where ``out`` is a symbolic link, what it leads to is replaced, and the link stays. A folder that was there keeps its mode;
    what is no folder, or is a mounted file system, stays, with an OSError. Where it ``is_lasting`` the disk has every file before
    the exchange; thousands of files that can be made anew need not wait.
    """
    out = out.resolve()
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(out))
    if out.is_mount():  # as a container's volume is
        raise OSError(errno.EBUSY, "a file system is mounted there, which no folder replaces; name a folder in it", str(out))
    folder = out.with_name(f".{out.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    with ExitStack() as stack:
        with locked(out.parent):
            _clear_up(out)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            stack.enter_context(locked(folder))
        yield folder
        for file in folder.rglob("*") if is_lasting else ():
            if file.is_file():
                settle(file)
        _swap(folder, out)


def refuse_foreign(out: Path, ours: Collection[str], what: str) -> None:
    """Looks through a folder that is to be replaced.

    Args:
        out: The folder; it need not be there.
        ours: The files that an earlier run wrote, as paths below the folder.
        what: What any other file is, after "files that".

    Raises:
        BuildRefused: It holds others, which would be lost.
    """
    folders = {str(folder) for file in ours for folder in PurePosixPath(file).parents}
    foreign = [*islice(_foreign(out, "", ours, folders), 4)] if out.is_dir() else []
    if foreign:
        shown = ", ".join(foreign[:3]) + (", …" if len(foreign) > 3 else "")
        raise BuildRefused(f"holds files that {what} ({shown}); move them away, or name an empty folder with --out", str(out))


def _foreign(folder: Path, within: str, ours: Collection[str], folders: Collection[str]) -> Iterator[str]:
    """What is in a folder and in those of ``folders`` below it, and is not ours."""
    for path in sorted(folder.iterdir()):
        name = within + path.name
        if path.is_symlink() or not path.is_dir():
            yield from () if name in ours else (name,)
        elif name in folders:
            yield from _foreign(path, f"{name}/", ours, folders)
        else:
            yield f"{name}/"


def _clear_up(out: Path) -> None:
    """Removes what runs that were killed left behind; the last good folder, if it is there, takes its place again."""
    ours = re.compile(rf"\.{re.escape(out.name)}\.\d+\.[0-9a-f]+(\.tmp|{re.escape(_ASIDE)})")
    for left_over in sorted(out.parent.iterdir()):
        if not ours.fullmatch(left_over.name) or is_locked(left_over):
            continue
        if left_over.name.endswith(_ASIDE) and not out.exists():
            left_over.rename(out)
        else:
            shutil.rmtree(left_over, ignore_errors=True)


def _swap(new: Path, old: Path) -> None:
    """Puts ``new`` in the place of ``old``."""
    if not old.exists():
        new.rename(old)
        return
    new.chmod(old.stat().st_mode & 0o7777)
    if _exchange(new, old):
        return
    aside = new.with_name(new.name.removesuffix(".tmp") + _ASIDE)
    with locked(old.parent):
        old.rename(aside)
        try:
            new.rename(old)
        except OSError:
            aside.rename(old)
            raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Linux's ``renameat2(RENAME_EXCHANGE)``, which Python does not offer: https://man7.org/linux/man-pages/man2/rename.2.html."""
    at_cwd, exchange = -100, 2
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        return bool(libc.renameat2(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange) == 0)
    return False
