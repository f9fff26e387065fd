"""The server: waitress around the application, on addresses of one's own, with signals that reload and end it.

Waitress has a thread for each request that is being answered, and needs none for one whose answer is being sent: a slow reader
holds nobody up. Its threads wait for workers, other ones for nobody (`connections`); they run no query.
"""

from __future__ import annotations

import logging
import re
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from synthkg.errors import UsageError
from synthkg.findings import counted
from synthkg.graph import SUMS
from synthkg.serve.app import Application
from synthkg.serve.engine import Limits, Served
from synthkg.serve.files import Folder

__all__ = ["TRUSTED", "Settings", "run"]

_MOST_BODY = 1_000_000
_MOST_HEADER = 65_536
_MOST_OPEN = 1_000  # connections
_IDLE = 60  # seconds
_SENT_AT_ONCE = 131_072  # waitress reads as much of a file for each reader as its socket takes, which is megabytes otherwise
_WATCHES = 1.0  # seconds between two looks at the dump
_LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
"""Where only this machine asks, and from where a proxy on it does."""
TRUSTED = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port"}
"""What a proxy on the loopback is believed, and must set itself, or whoever asks can."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve.

    Attributes:
        bind: ``host:port``; the port 0 is any free one.
        limits: What queries may take.
        site: The folder of a web site, or None.
        watched: The dump, or the folder of records, whose changes are taken in; None where none are.
        has_metrics: Whether ``/metrics`` is answered.
        prefix: The path at which a proxy shows us, such as ``/synthkg``.
    """

    bind: str = "127.0.0.1:8000"
    limits: Limits = field(default_factory=Limits)
    site: Path | None = None
    watched: Path | None = None
    has_metrics: bool = False
    prefix: str = ""


def run(source: Callable[[], Path], settings: Settings, say: Callable[[str], None], log: Callable[[str], None]) -> None:
    """Serves until it is told to end, with SIGTERM or SIGINT. SIGHUP takes in a new dump.

    Args:
        source: Gives the dump; called again for every new one.
        settings: How to serve.
        say: Is told, in a line, what happens.
        log: Is given a line for each request.

    Raises:
        UsageError: The server is not installed, the address is none or is taken, or the prefix is no path.
        UnreadableError: The dump cannot be read.
    """
    try:
        from synthkg.serve.connections import create_server
    except ImportError as error:
        raise UsageError("serve needs waitress: pip install 'synthkg[serve]'") from error
    host, _, port = settings.bind.rpartition(":")
    if not host or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65_535:
        raise UsageError(f'"{settings.bind}" is no address to serve at; write host:port, such as 127.0.0.1:8000')
    if not re.fullmatch(r"(/(?!\.\.?(/|$))[A-Za-z0-9._~-]+)*", settings.prefix):
        raise UsageError(f'"{settings.prefix}" is no path to serve below; write /path, such as /synthkg')
    proxy = _LOOPBACK.get(host.strip("[]"))
    site = Folder(settings.site) if settings.site is not None else None
    seen = _state(settings.watched) if settings.watched is not None else set()  # before it is read, which takes a while
    early = _early_hangup()
    logging.getLogger("waitress").addHandler(_Telling(say))
    served = Served(source, settings.limits, say)
    try:
        with served.lease() as graph:
            unlimited = graph.engine.unlimited
        if unlimited:
            say(f"this system cannot limit {', '.join(unlimited)}; do not let strangers ask")
        application = Application(served, site, log, settings.has_metrics)
        try:
            listening = _listen(host.strip("[]"), int(port))
            server = create_server(
                application,
                lambda path: application.is_quick(path.removeprefix(settings.prefix)),
                settings.limits.most + 8,
                sockets=[listening],
                ident="synthkg",
                url_prefix=settings.prefix,
                trusted_proxy=proxy,
                trusted_proxy_headers=TRUSTED if proxy is not None else set(),
                connection_limit=_MOST_OPEN,
                asyncore_use_poll=True,
                channel_request_lookahead=1,
                channel_timeout=_IDLE,
                max_request_body_size=_MOST_BODY,
                max_request_header_size=_MOST_HEADER,
                inbuf_overflow=2 * _MOST_BODY,
                outbuf_overflow=2**30,
            )
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot serve at {settings.bind}: {error}") from error
        _listen_to_signals(served)
        if early.is_set():
            threading.Thread(target=served.reload, daemon=True).start()
        if settings.watched is not None:
            served.watcher = threading.Thread(target=_watch, args=(served, settings.watched, seen), daemon=True)
            served.watcher.start()
        say(f"serving {_size(served)} at http://{host}:{listening.getsockname()[1]}{settings.prefix}/")
        server.run()
    finally:
        served.close()


class _Telling(logging.Handler):
    """Tells what waitress has to say as all else is told: it repeats what strangers sent."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Tells it."""
        self._say(self.format(record))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=1_024)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT_AT_ONCE)
    return listening


def _size(served: Served) -> str:
    with served.lease() as graph:
        return counted(graph.triples, "triple")


def _early_hangup() -> threading.Event:
    """Is set when SIGHUP tells of a new dump while the first one is still read, which it would end otherwise."""
    early = threading.Event()
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda number, frame: early.set())
    return early


def _listen_to_signals(served: Served) -> None:
    def reload(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=served.reload, daemon=True).start()

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit

    signal.signal(signal.SIGTERM, end)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, reload)


def _watch(served: Served, watched: Path, taken: set[tuple[str, int, int]]) -> None:
    """Takes in what has changed since a state, and then stayed as it is for a moment; that it is gone is a change, too."""
    last = taken
    while True:
        time.sleep(_WATCHES)
        now = _state(watched)
        if now == last and now != taken:
            taken = now
            served.reload()
        last = now


def _state(watched: Path) -> set[tuple[str, int, int]]:
    """What tells whether a dump, with the checksums beside it, or a file in a folder has changed; nothing while it is not there.

    Nor can it be told while a folder is removed.
    """
    found = set()
    try:
        for path in watched.rglob("*") if watched.is_dir() else [watched, watched.with_name(SUMS)]:
            with suppress(OSError):
                state = path.stat()
                found.add((str(path), state.st_mtime_ns, state.st_size))
    except OSError:
        return set()
    return found if watched.exists() else set()
