"""How a command ends that did not end by itself: one line on standard error, and a status that scripts can tell apart.

0 is clean, 1 findings, 2 a call that is wrong or something that cannot be read or written; 129, 130, 141 and 143 are what shells
give for SIGHUP, Ctrl-C, a reader of the output that has gone and SIGTERM. A traceback is a bug of ours, so only bugs show one.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click
from click.exceptions import Exit

from synthkg.errors import SynthkgError, UnreadableError

__all__ = [
    "FINDINGS",
    "INTERRUPTED",
    "UNREADABLE",
    "end_at_once",
    "ending",
    "let_go_of_output",
    "speak_utf8",
    "standard_input",
    "tell",
]

FINDINGS = 1
UNREADABLE = 2
INTERRUPTED = 128 + 2
UNHEARD = 128 + 13
_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]

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
    errno.EFBIG: "raise the limit (ulimit -f)",
    errno.EAGAIN: "end other programs, or raise the limit (ulimit -u)",
    errno.EBADF: "it is closed; open it, or lead it to /dev/null",
    errno.EMFILE: "close files, or raise the limit (ulimit -n)",
}


def speak_utf8() -> None:
    """Makes the standard streams UTF-8 with bare newlines, as files are, whatever the locale.

    What no UTF-8 can hold, such as the undecodable bytes of a file's name, is printed as an escape. Where whoever started us
    closed standard input, it is empty; standard output takes nothing then, and standard error, of which nobody could be told,
    all. One without a buffer, as PYTHONUNBUFFERED has it, gets one: it would lose what a single write does not take, and so the
    rest of a long answer when Ctrl-Z comes between. One that another program has left non-blocking (node does) blocks again:
    Python would break off where a pipe is full, or empty for a moment.
    """
    for name, mode, flags in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8"))
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper) and isinstance(stream.buffer, io.RawIOBase):
            setattr(sys, name, io.TextIOWrapper(io.BufferedWriter(stream.detach()), line_buffering=True))
    for standard in (sys.stdin, sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # one that is no file, as in tests
            os.set_blocking(standard.fileno(), True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


@contextmanager
def ending() -> Iterator[None]:
    """Turns what went wrong inside into a line and an exit status.

    Raises:
        Exit: Something went wrong; click ends the program with its status.
    """
    try:
        with _listening():
            yield
    except SynthkgError as error:
        _say(str(error))
        raise Exit(UNREADABLE) from None
    except BrokenPipeError:
        raise Exit(UNHEARD) from None
    except OSError as error:
        _say(_in_words(error))
        raise Exit(UNREADABLE) from None
    except MemoryError:
        _say("out of memory; ask for less, or run it where there is more")
        raise Exit(UNREADABLE) from None
    except RuntimeError as error:
        if "can't start new thread" not in str(error):
            raise
        _say("no more threads can be started; end other programs, or raise the limits (ulimit -u, ulimit -v)")
        raise Exit(UNREADABLE) from None
    except KeyboardInterrupt as error:
        _end_at_the_next()
        _say("stopped before the end; no file is half written")
        raise Exit(int(error.args[0]) if isinstance(error, _Ended) else INTERRUPTED) from None


class _Ended(KeyboardInterrupt):
    """A signal asks this process to end; what shells give for it."""


@contextmanager
def _listening() -> Iterator[None]:
    """SIGTERM and SIGHUP end what is done inside as Ctrl-C does, so that no temporary folder is left.

    A second one ends it at once. One that is ignored, as nohup has it, stays so.
    """

    def end(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        raise _Ended(128 + number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_at_the_next() -> None:
    """From here on Ctrl-C ends this process where it is: all is put away, and processes that end are waited for at most."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def end_at_once(last: Callable[[], object]) -> None:
    """From here on the signals and Ctrl-C end this process where it is: a thread that waits for standard input would hold it up.

    Args:
        last: What is done before that, such as removing a temporary folder.
    """

    def end(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        try:
            last()
        finally:
            os.kill(os.getpid(), number)

    for number in (*_SIGNALS, signal.SIGINT):
        if callable(signal.getsignal(number)):
            signal.signal(number, end)


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
    with suppress(OSError):  # nobody may be there any more; the status says it
        tell(f"synthkg: {text}", err=True, fg="red")


def _in_words(error: OSError) -> str:
    names = " and ".join(os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes))
    mend = _MENDS.get(error.errno or 0, "name another place, or mend it there")
    reason = error.strerror or str(error)
    what = names or {errno.EAGAIN: "another process", errno.EMFILE: "another file"}.get(error.errno or 0, "the output")
    return f"{what}: {reason}; {mend}"


@contextmanager
def let_go_of_output() -> Iterator[None]:
    """Lets what cannot be printed go nowhere at last, or Python would try again at its own end, and end with a status of its own.

    What is wrong with a call is told at the end of all, so here may come what `ending` saw of nothing else.
    """
    try:
        yield
    except BrokenPipeError:
        sys.exit(UNHEARD)
    except OSError:
        sys.exit(UNREADABLE)
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                with suppress(OSError, ValueError):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
