"""What runs in the processes that an engine starts: ``python -m synthkg.engine keeper`` or ``worker``.

Standard input says how, in a line of JSON, and may bring the graph as N-Quads after it.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat

from synthkg.cache import Held
from synthkg.engine.keeper import keep
from synthkg.engine.worker import hush, work
from synthkg.errors import SynthkgError
from synthkg.graph import KeptStore, OxigraphStore, load_dump

__all__ = ["main"]


def main(role: str) -> None:
    """Loads the graph, then keeps it, or works on it, until whoever started this goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    how = json.loads(sys.stdin.buffer.readline())
    if role == "worker":
        _worker(how)
    else:
        _keeper(how)


def _worker(how: dict[str, Any]) -> None:
    store = _graph(how)
    asker = socket.create_connection(("127.0.0.1", how["port"]))
    asker.sendall(bytes.fromhex(how["secret"]))
    hush()
    work(store, Connection(asker.detach()), how["memory"])


def _keeper(how: dict[str, Any]) -> None:
    control = socket.socket(fileno=how["control"])
    try:
        store = _graph(how)
    except SynthkgError as error:
        control.send(json.dumps([error.message, error.where]).encode())
        return
    hush()
    control.send(b"[]")
    keep(store, control, how["memory"])


def _graph(how: dict[str, Any]) -> OxigraphStore:
    """The graph of a dump, one on disk, which whoever started this holds, or that of the N-Quads on standard input."""
    if how["folder"] is not None:
        return KeptStore(Held(Path(how["folder"]), None))
    if how["path"] is not None:
        return load_dump(Path(how["path"]))
    store = OxigraphStore()
    try:
        store.inner.load(sys.stdin.buffer, format=RdfFormat.N_QUADS)
    except SyntaxError:  # cut off: whoever started this has gone
        sys.exit()
    return store


if __name__ == "__main__":
    main(sys.argv[1])
