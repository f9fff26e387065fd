"""Real servers for the tests, on this machine alone: Oxigraph, Virtuoso, and one that misbehaves on purpose.

Each is started once a session when a test first asks for it, on a free port, and stopped at the end. A server that cannot be had
fails the tests that need it; none is skipped.
"""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pyoxigraph
import pytest

__all__ = [
    *("Answering", "Faulty", "OxigraphServer", "QleverLike", "Synthkg", "Virtuoso", "faulty", "interruptible", "oxigraph"),
    *("served", "virtuoso"),
]

_VIRTUOSO = """
[Database]
DatabaseFile       = {folder}/virtuoso.db
ErrorLogFile       = {folder}/virtuoso.log
LockFile           = {folder}/virtuoso.lck
TransactionFile    = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend         = 200
[TempDatabase]
DatabaseFile       = {folder}/virtuoso-temp.db
TransactionFile    = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort         = 127.0.0.1:{sql}
DisableUnixSocket  = 1
DirsAllowed        = {folder}
CaseMode           = 2
NumberOfBuffers    = {buffers}
MaxDirtyBuffers    = {dirty}
ThreadsPerQuery    = 2
[HTTPServer]
ServerPort         = 127.0.0.1:{http}
ServerRoot         = {folder}
ServerThreads      = 10
[SPARQL]
ResultSetMaxRows   = {rows}
"""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    """Waits until the server answers."""
    until = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the server at {url} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(frozen=True)
class OxigraphServer:
    """Oxigraph's own server."""

    base: str

    @property
    def query(self) -> str:
        return f"{self.base}/query"

    @property
    def update(self) -> str:
        return f"{self.base}/update"

    @property
    def store(self) -> str:
        return f"{self.base}/store"


def start_oxigraph(folder: Path, *options: str) -> Iterator[OxigraphServer]:
    """Starts one that keeps its data in a folder."""
    binary = Path(sys.executable).with_name("oxigraph")
    if not binary.exists():
        pytest.fail("Oxigraph's server is not installed: pip install --group test")
    base = f"127.0.0.1:{free_port()}"
    log = folder / "log"
    command = [str(binary), "serve", "--location", str(folder / "data"), "--bind", base, *options]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            _answers(f"http://{base}/", process, log, 20)
            yield OxigraphServer(f"http://{base}")
        finally:
            _stop(process)


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OxigraphServer]:
    """An Oxigraph server, empty at first."""
    yield from start_oxigraph(tmp_path_factory.mktemp("oxigraph"))


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Synthkg:
    """Our own server."""

    base: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def host(self) -> str:
        """Its host and port."""
        return self.base.removeprefix("http://").partition("/")[0]

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        seconds: float = 30,
    ) -> Answer:
        """What it answers. The path goes out as it stands."""
        connection = http.client.HTTPConnection(self.host, timeout=seconds)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, {key.lower(): value for key, value in response.getheaders()}, response.read())
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        """A connection to it, on which anything may be sent."""
        host, port = self.host.split(":")
        return socket.create_connection((host, int(port)), timeout=20)

    def said(self) -> str:
        """All that it has logged."""
        return self.log.read_text(errors="replace")


def start_synthkg(source: Path, *options: str, host: str = "127.0.0.1") -> Iterator[Synthkg]:
    """Starts one that serves a dump, or a folder of records."""
    with tempfile.TemporaryDirectory() as folder:
        log, base = Path(folder) / "log", f"{host}:{free_port()}"
        command = [
            sys.executable,
            "-m",
            "synthkg",
            "serve",
            "--data" if source.is_dir() else "--from",
            str(source),
            "--bind",
            base,
        ]
        with log.open("wb") as out, subprocess.Popen([*command, *options], stdout=out, stderr=out) as process:
            try:
                _answers(f"http://{base}/health", process, log, 60)
                yield Synthkg(f"http://{base}", process, log)
            finally:
                _stop(process)


@pytest.fixture(scope="session")
def served(real_dist: Path) -> Iterator[Synthkg]:
    """Our own server over the dumps of the real data, with a time limit that tests can wait for."""
    yield from start_synthkg(real_dist / "synthkg.nq", "--timeout", "2", "--memory", "300", "--metrics")


@dataclass(frozen=True)
class Virtuoso:
    """Virtuoso 7: it gives at most so many rows, and writes for ``user`` alone."""

    base: str
    sql: str
    folder: Path
    pid: int
    user: str = "dba"
    password: str = "dba"

    @property
    def query(self) -> str:
        return f"{self.base}/sparql"

    @property
    def update(self) -> str:
        return f"{self.base}/sparql-auth"

    @property
    def store(self) -> str:
        return f"{self.base}/sparql-graph-crud-auth"

    def load(self, dump: Path) -> None:
        """Loads an N-Quads file with the bulk loader."""
        shutil.copy(dump, self.folder / dump.name)
        self._run(f"ld_dir('{self.folder}', '{dump.name}', 'urn:none'); rdf_loader_run();")

    def clear(self, graphs: Iterable[str]) -> None:
        """Empties named graphs."""
        self._run(" ".join(f"SPARQL CLEAR GRAPH <{graph}>;" for graph in graphs))

    def _run(self, commands: str) -> None:
        subprocess.run(["isql-vt", self.sql, self.user, self.password, f"exec={commands}"], check=True, capture_output=True)


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A Virtuoso server, holding nothing but what it brings with it."""
    yield from start_virtuoso(tmp_path_factory.mktemp("virtuoso"))


def start_virtuoso(folder: Path, *, rows: int = 10_000, buffers: int = 20_000) -> Iterator[Virtuoso]:
    """Starts one that keeps its data in a folder.

    Args:
        folder: The folder.
        rows: How many rows it gives at most.
        buffers: How many pages of 8 KB it holds in memory.
    """
    binary = shutil.which("virtuoso-t")
    if binary is None:
        pytest.fail("VIRTUOSO 7 IS NOT INSTALLED, so it is not known whether it gives equal rows: sh tools/system.sh tests")
    sql, http = free_port(), free_port()
    config = folder / "virtuoso.ini"
    config.write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http, rows=rows, buffers=buffers, dirty=buffers * 3 // 4))
    log = folder / "log"
    command = [binary, "+foreground", "+configfile", str(config)]
    with log.open("wb") as out, subprocess.Popen(command, cwd=folder, stdout=out, stderr=out) as process:
        try:
            _answers(f"http://127.0.0.1:{http}/sparql", process, log, 90)
            yield Virtuoso(f"http://127.0.0.1:{http}", f"127.0.0.1:{sql}", folder, process.pid)
        finally:
            _stop(process)


@dataclass(frozen=True)
class Seen:
    """A request that reached the misbehaving server."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Faulty:
    """A server that answers each path in its own wrong way, and remembers what it was asked."""

    base: str
    seen: list[Seen] = field(default_factory=list)
    reply: bytes = b""

    def says(self, body: bytes, *headers: str, status: str = "200 OK") -> str:
        """The address that answers with these very bytes, with a length unless a header says one or another framing."""
        framed = any(header.lower().startswith(("content-length:", "transfer-encoding:")) for header in headers)
        lines = [f"HTTP/1.1 {status}", *headers, *([] if framed else [f"Content-Length: {len(body)}"])]
        self.reply = "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n" + body
        return self.at("reply")

    def at(self, fault: str) -> str:
        """The address that misbehaves so, with nothing seen yet."""
        self.seen.clear()
        return f"{self.base}/{fault}"


ROWS = json.dumps(
    {"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": str(n)}} for n in range(5)]}}
).encode()
_JSON = "application/sparql-results+json"


class Answering(BaseHTTPRequestHandler):
    """Answers GET and POST alike, and says nothing of it."""

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        raise NotImplementedError

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()

    def _send(self, body: bytes, media_type: str = _JSON, status: int = 200, /, **headers: str) -> None:
        """Answers; the names of headers have underscores here."""
        self.send_response(status)
        for name, value in {"Content_Type": media_type, "Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class _Handler(Answering):
    faulty: Faulty

    def answer(self) -> None:
        self.faulty.seen.append(Seen(self.command, self.path, dict(self.headers), self._body()))
        fault = self.path.split("?")[0].strip("/")
        handler: Callable[[], None] = getattr(self, f"_{fault}")
        handler()

    def _rows(self) -> None:
        self._send(ROWS)

    def _reply(self) -> None:
        self.wfile.write(self.faulty.reply)
        self.close_connection = True

    def _creep(self) -> None:
        """Headers, a byte at a time."""
        for byte in b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + b"X: " + bytes(4000).replace(b"\0", b"x"):
            self.wfile.write(bytes([byte]))
            time.sleep(0.02)

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", _JSON)
        self.end_headers()
        while True:
            self.wfile.write(b" " * (1 << 16))

    def _slow(self) -> None:
        time.sleep(4)
        self._send(ROWS)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", _JSON)
        self.end_headers()
        for byte in ROWS:
            self.wfile.write(bytes([byte]))
            time.sleep(0.05)

    def _truncated(self) -> None:
        self._send(ROWS[:100])

    def _short(self) -> None:
        self._send(ROWS[:100], Content_Length=str(len(ROWS)))

    def _empty(self) -> None:
        self._send(b"")

    def _html(self) -> None:
        self._send(b"<!DOCTYPE html><html><head><title>SPARQL Query\nEditor</title></head></html>", "text/html; charset=utf-8")

    def _prose(self) -> None:
        self._send(b"out to\x00 lunch\n", "text/plain")

    def _boolean(self) -> None:
        self._send(b'{"head": {}, "boolean": true}')

    def _charset(self) -> None:
        self._send(ROWS.replace(b"0", b"\xe9"), f"{_JSON}; charset=latin-1")

    def _wrong(self) -> None:
        self._send(b"Virtuoso 37000 Error SP030: syntax error at 'SELEKT'", "text/plain", 400)

    def _once(self, body: bytes, status: int, times: int, **headers: str) -> None:
        if len(self.faulty.seen) <= times:
            self._send(body, "text/plain", status, **headers)
        else:
            self._rows()

    def _patience(self) -> None:
        self._once(b"too many", 429, 1, Retry_After="7")

    def _date(self) -> None:
        self._once(b"too many", 429, 1, Retry_After="Fri, 01 Jan 2021 00:00:00 GMT")

    def _forever(self) -> None:
        self._send(b"maintenance", "text/plain", 503, Retry_After="86400")

    def _twice(self) -> None:
        self._once(b"busy", 503, 2)

    def _gateway(self) -> None:
        self._send(b"bad gateway", "text/plain", 502)

    def _loop(self) -> None:
        self._send(b"", _JSON, 302, Location=f"http://user:secret@{self.headers['Host']}/loop?key=secret")

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _flaky(self) -> None:
        if len(self.faulty.seen) < 3:
            self._reset()
        else:
            self._rows()

    def _partial(self) -> None:
        self._send(ROWS, X_SQL_State="S1TAT", X_SQL_Message="RC...: Returning incomplete results, query interrupted")

    def _basic(self) -> None:
        if "Authorization" not in self.headers:
            self._send(b"who?", "text/plain", 401, WWW_Authenticate='Basic realm="x"')
        else:
            self._rows()

    def _locked(self) -> None:
        said = self.headers.get("Authorization", "nobody")
        self._send(f"not you: {said}".encode(), "text/plain", 401, WWW_Authenticate='Basic realm="x"')

    def _echo(self) -> None:
        self._send(f"you said {self.headers.get('Authorization')} and s3cret".encode(), "text/plain", 400)

    def _negotiate(self) -> None:
        self._send(b"", "text/plain", 401, WWW_Authenticate="Negotiate")

    def _cut(self) -> None:
        """Turtle that the server cut at its cap."""
        self._send(b"<urn:s> <urn:p> <urn:o> .\n", "text/turtle", X_SPARQL_MaxRows="1")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


def serve(handler: type[BaseHTTPRequestHandler], **attributes: Any) -> Iterator[ThreadingHTTPServer]:
    """A server in a thread of this process."""
    server = _Server(("127.0.0.1", 0), type("Handler", (handler,), attributes))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def faulty() -> Iterator[Faulty]:
    """The server that misbehaves."""
    found = Faulty("")
    for server in serve(_Handler, faulty=found):
        found.base = f"http://127.0.0.1:{server.server_port}"
        yield found


class QleverLike(Answering):
    """Answers as QLever does, the engine behind dblp's endpoint: a member ``meta`` follows the results, and triples are Turtle.

    Blank nodes have labels like Virtuoso's. See github.com/ad-freiburg/qlever/pull/2594.
    """

    inner: pyoxigraph.Store

    def answer(self) -> None:
        (query,) = parse_qs(self._body() or urlsplit(self.path).query)["query"]
        found = self.inner.query(query, use_default_graph_as_union=True)
        if isinstance(found, pyoxigraph.QueryTriples):
            self._send(found.serialize(format=pyoxigraph.RdfFormat.TURTLE) or b"", "text/turtle")
            return
        answer = json.loads(found.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b"")
        rows = answer.get("results", {}).get("bindings", [])
        for term in (term for row in rows for term in row.values() if term["type"] == "bnode"):
            term["value"] = f"nodeID://{term['value']}"
        answer["meta"] = {"query-time-ms": 2, "result-size-total": len(rows)}
        self._send(json.dumps(answer).encode())


def interruptible() -> None:
    """For ``preexec_fn``: a process that can be interrupted, even if the tests run in the background, where that is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
