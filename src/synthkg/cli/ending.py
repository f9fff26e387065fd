"""How a command ends that did not end by itself: one line on standard error, and a status that scripts can tell apart.

0 is clean, 1 findings, 2 a call that is wrong or something that cannot be read or written; 130 and 141 are what shells give
for Ctrl-C and for a reader of the output that has gone. A traceback is a bug of ours, so only bugs show one.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from synthkg.errors import SynthkgError, UnreadableError

__all__ = ["FINDINGS", "UNREADABLE", "ending", "speak_utf8", "standard_input", "tell"]

FINDINGS = 1
UNREADABLE = 2
INTERRUPTED = 128 + 2
UNHEARD = 128 + 13

_MENDS = {
    errno.EACCES: "look at the permissions, or name another place",
    errno.EPERM: "look at the permissions, or name another place",
    errno.EROFS: "name a place that can be written",
    errno.ENOSPC: "make room on the disk, and run it again",
    errno.EDQUOT: "make room, and run it again",
    errno.ENOENT: "look at the name",
    errno.EISDIR: "name a file",
    errno.ENOTDIR: "a part of the way to it is a file; name another place",
    errno.EEXIST: "name another place",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ELOOP: "mend the symbolic links",
    errno.EMFILE: "close files, or raise the limit (ulimit -n)",
}


def speak_utf8() -> None:
    """Makes the standard streams UTF-8 with bare newlines, as files are, whatever the locale.

    What no UTF-8 can hold, such as the undecodable bytes of a file's name, is printed as an escape. A stream that was closed by
    whoever started us is one that is empty and takes all. One without a buffer, as PYTHONUNBUFFERED has it, gets one: it would
    lose what a single write does not take, and so the rest of a long answer when Ctrl-Z comes between.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (for as long as we live)
    if isinstance(sys.stdout, io.TextIOWrapper) and isinstance(sys.stdout.buffer, io.RawIOBase):
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(sys.stdout.detach()))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


@contextmanager
def ending(ctx: click.Context) -> Iterator[None]:
    """Turns what went wrong inside into a line and an exit status."""
    try:
        yield
    except SynthkgError as error:
        _say(str(error))
        ctx.exit(UNREADABLE)
    except BrokenPipeError:
        _abandon_output()
        ctx.exit(UNHEARD)
    except OSError as error:
        _abandon_output()
        _say(_in_words(error))
        ctx.exit(UNREADABLE)
    except MemoryError:
        _say("out of memory; ask for less, or run it where there is more")
        ctx.exit(UNREADABLE)
    except KeyboardInterrupt:
        _say("stopped before the end; no file is half written")
        ctx.exit(INTERRUPTED)


def standard_input() -> str:
    """What is piped in, as UTF-8 whatever the locale.

    Raises:
        UnreadableError: It is not UTF-8.
    """
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise UnreadableError("not UTF-8; convert it, for example with iconv", "standard input") from error


def tell(line: str, *, err: bool = False, fg: str | None = None) -> None:
    """Prints a line that may have words of strangers in it: of a list, a dump, a server. None of them steers the terminal."""
    from synthkg.findings import visible

    click.secho(visible(line), err=err, fg=fg)


def _say(text: str) -> None:
    tell(f"synthkg: {text}", err=True, fg="red")


def _in_words(error: OSError) -> str:
    names = " and ".join(os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes))
    mend = _MENDS.get(error.errno or 0, "name another place, or mend it there")
    reason = error.strerror or str(error)
    return f"{names or 'the output'}: {reason}; {mend}"


def _abandon_output() -> None:
    """Lets what cannot be printed go nowhere, or Python would complain about it at its own end."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
