"""The web application: which address does what. It is WSGI (PEP 3333), and holds nothing but the graph that is served.

Files are left to waitress, which sends them from where they are, from their place on and as far as Content-Length says.

Everything is read: no address changes anything. Whatever goes wrong becomes a status and a sentence.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph
from pyoxigraph import RdfFormat

from synthkg.engine import EngineStore
from synthkg.errors import EngineError, QueryError, QueryStopped, UnreadableError
from synthkg.graph import Table
from synthkg.serve import pages
from synthkg.serve.description import service
from synthkg.serve.documents import ENDINGS, Documents
from synthkg.serve.documents import void as void_triples
from synthkg.serve.engine import Graph, Served
from synthkg.serve.files import Folder
from synthkg.serve.http import SITE_POLICY, Refused, Request, Response, choose, finish
from synthkg.serve.metrics import Metrics
from synthkg.serve.protocol import STOPPED, TRIPLES, answer, question
from synthkg.serve.reconciliation import answer_reconciliation
from synthkg.serve.saved import ENDINGS as SAVED
from synthkg.serve.saved import answer_saved

__all__ = ["Application"]

_UNSAFE = re.compile(r'[^!-~]|["\\]')  # in a line of the log
_ASKED = ("sparql", "reconcile")  # with POST too
_DOCUMENT = re.compile(rf"(.+)\.({'|'.join(['html', *ENDINGS])})")
_QUERY = re.compile(rf"query/([^/]+)\.({'|'.join(SAVED)})")
_LIVE = re.compile(rf"(query|dump)(/.*)?|dataset\.({'|'.join(ENDINGS)})|robots\.txt")
"""What tells of the graph that is served, or takes parameters: a file of a site is an answer of the day on which it was made."""

_QUICK = re.compile(r"health|metrics|style\.css|robots\.txt|dump(/.*)?")
_SHOWN_BYTES = 4_000_000


class Application:
    """Answers requests about a graph.

    Args:
        served: The graph.
        site: A web site whose files come before our own pages; not before saved queries, downloads and what is said of them.
        log: Is given a line for each request, in the common log format.
        has_metrics: Whether ``/metrics`` is answered.
    """

    def __init__(
        self, served: Served, site: Folder | None = None, log: Callable[[str], None] | None = None, has_metrics: bool = False
    ) -> None:
        self.served = served
        self.site = site
        self.metrics = Metrics()
        self.documents = Documents()
        self._log = log
        self._has_metrics = has_metrics

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """See PEP 3333."""
        began = time.monotonic()
        request = _request(environ, self.served.name)
        kind, response = self._answer(request)
        response = finish(request, response)
        self.metrics.count(kind, response.status, time.monotonic() - began)
        size = response.size if response.file else len(response.body)
        headers = {name: value for name, value in response.headers.items() if value.isprintable()}
        if response.status not in (204, 304):
            headers |= {"Content-Type": response.type, "Content-Length": str(size)}
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(headers.items()))
        if self._log is not None:
            self._log(_line(environ, request, response.status, size))
        if request.method == "HEAD" or response.status in (204, 304):
            if response.file:
                response.file.close()
            return [b""]
        if response.file:
            return environ["wsgi.file_wrapper"](response.file)  # type: ignore[no-any-return]
        return [response.body]

    def is_quick(self, path: str) -> bool:
        """Whether the answer at a path is a file, or what is known without asking a worker, or one that waits for none."""
        is_file = self.site is not None and self.site.find(_file_at(path[1:])) is not None
        return _QUICK.fullmatch(path[1:]) is not None or (is_file and not _LIVE.fullmatch(path[1:]))

    def _answer(self, request: Request) -> tuple[str, Response]:
        kind = "other"
        try:
            kind, handle = self._route(request) if request.path else ("page", _into_folder)
            if request.method == "OPTIONS":
                return kind, _preflight(request, kind)
            if request.method not in ("GET", "HEAD") and not (request.method == "POST" and kind in _ASKED):
                raise Refused(405, f"{request.method} does nothing here", Allow=_methods(kind))
            if request.method == "POST" and request.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
                raise Refused(415, "what is sent must not be packed", Accept_Encoding="identity")
            with self.served.lease() as graph:
                return kind, handle(request, graph)
        except Refused as refused:
            is_lost = refused.status == 404 and kind == "document" and request.is_browser
            response = self._lost(request) if is_lost else None
            response = response or self._trouble(request, refused.status, refused.problem, refused.form)
            response.headers |= refused.headers
        except QueryStopped as stopped:
            self.metrics.count_stopped(stopped.reason)
            response = self._trouble(request, STOPPED.get(stopped.reason, 500), stopped.message)
        except EngineError as error:
            response = self._trouble(request, 503, error.message)
        except QueryError as error:
            response = self._trouble(request, 400, error.message)
        except UnreadableError as error:
            response = self._trouble(request, 500, error.message)
        if response.status == 503:
            response.headers.setdefault("Retry-After", "2")
        return kind, response

    def _trouble(self, request: Request, status: int, problem: str, form: str = "") -> Response:
        headers = {"Vary": "Accept", "Cache-Control": "no-store"}
        if request.is_browser:
            return Response(status, pages.trouble(status, problem, request, form), "text/html; charset=utf-8", headers)
        return Response(status, f"{problem}\n".encode(), headers=headers)

    def _lost(self, request: Request) -> Response | None:
        """The site's own page of what is not there, unless its links lead to another path than the one where we show the site."""
        file = self.site.find("404.html") if self.site is not None else None
        body = file.read_bytes() if file is not None else b""
        if not body or (b'assets/site.css"' in body and f'"{request.prefix}/assets/site.css"'.encode() not in body):
            return None
        headers = {"Vary": "Accept", "Cache-Control": "no-store", "Content-Security-Policy": SITE_POLICY}
        return Response(404, body, "text/html; charset=utf-8", headers)

    def _route(self, request: Request) -> tuple[str, Callable[[Request, Graph], Response]]:
        """What a path is about, and what answers it: a file of the site, or else we."""
        path = request.path[1:]
        kind, handle = self._own(path)
        if self.site is None:
            return kind, handle
        if (file := self.site.find(_file_at(path))) is None:
            is_folder = kind == "document" and self.documents.find(path) is None and self.site.find(f"{path}/index.html")
            return ("page", _into_folder) if is_folder else (kind, handle)
        if _LIVE.fullmatch(path):
            return kind, lambda request, graph: self._or_file(handle, request, graph, file)
        return "page", lambda request, graph: self._file(request, file)

    def _file(self, request: Request, file: Path) -> Response:
        """A file of the site, whose pages state their policies themselves; see `http`."""
        assert self.site is not None
        response = self.site.answer(request, file)
        response.headers["Content-Security-Policy"] = SITE_POLICY
        return response

    def _own(self, path: str) -> tuple[str, Callable[[Request, Graph], Response]]:
        fixed: dict[str, tuple[str, Callable[[Request, Graph], Response]]] = {
            "": ("page", self._home),
            "sparql": ("sparql", self._sparql),
            "query/": ("query", self._queries),
            "query": ("query", self._queries),
            "health": ("health", self._health),
            ".well-known/void": ("document", self._void),
            "dump/": ("dump", self._dumps),
            "dump": ("dump", self._dumps),
            "style.css": ("page", lambda request, graph: Response(200, pages.STYLE.encode(), "text/css; charset=utf-8")),
            "robots.txt": ("page", self._robots),
        }
        if self._has_metrics:
            fixed["metrics"] = ("metrics", self._counts)
        if path in fixed:
            return fixed[path]
        if path.startswith("dump/"):
            return "dump", self._dump
        if path == "reconcile" or path.startswith("reconcile/"):
            return "reconcile", lambda request, graph: answer_reconciliation(request, graph, self._store(request, graph))
        if _QUERY.fullmatch(path) or (path.startswith("query/") and path.endswith(".md")):
            return "query", self._saved
        return "document", self._document

    def _or_file(self, handle: Callable[[Request, Graph], Response], request: Request, graph: Graph, file: Path) -> Response:
        """Our answer, or a file of the site where we have none; a file takes no parameters."""
        try:
            return handle(request, graph)
        except Refused as refused:
            if refused.status != 404 or request.query:
                raise
            return self._file(request, file)

    def _home(self, request: Request, graph: Graph) -> Response:
        body = graph.kept.get("home")
        if body is None:
            counts = graph.queries["counts"].rows(self._store(request, graph))
            body = pages.home(request, graph.subject, counts, graph.triples)
            graph.kept.keep("home", body)
        return Response(200, body, "text/html; charset=utf-8")

    def _store(self, request: Request, graph: Graph) -> EngineStore:
        return graph.store(request.is_gone)

    def _sparql(self, request: Request, graph: Graph) -> Response:
        asked = question(request)
        if asked is None:
            return _describe(request, graph)
        reply = graph.ask(asked, request.is_gone)
        if reply.kind in STOPPED:
            self.metrics.count_stopped(reply.kind)
        graphs = [("default-graph-uri", iri) for iri in asked.default_graphs or ()]
        graphs += [("named-graph-uri", iri) for iri in asked.named_graphs or ()]
        form = pages.sparql_form(request.prefix, asked.query, graphs)
        try:
            response = answer(request, asked, reply)
        except Refused as refused:
            refused.form = form
            raise
        if response.type.startswith("text/html"):
            shown = self._shown(request, reply.kind, reply.body)
            response.body = pages.page("SPARQL", f"{form}<h2>Answer</h2>\n{shown}", request)
        return response

    def _shown(self, request: Request, kind: str, body: bytes) -> str:
        """An answer as part of a page."""
        if kind != "rows":
            some = f"<p><small>The first {_SHOWN_BYTES:,} of {len(body):,} bytes are shown.</small></p>\n"
            text = body[:_SHOWN_BYTES].decode(errors="ignore")  # it may be cut within a character
            return f"{pages.text(text, 'Answer')}{some if len(body) > _SHOWN_BYTES else ''}"
        found = pyoxigraph.parse_query_results(body, format=pyoxigraph.QueryResultsFormat.JSON)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        columns = tuple(variable.value for variable in found.variables)
        return pages.table(Table(columns, [tuple(row) for row in found]), self.documents.link(request.prefix))

    def _queries(self, request: Request, graph: Graph) -> Response:
        queries = [query for _, query in sorted(graph.queries.items())]
        return Response(200, pages.query_index(request, queries), "text/html; charset=utf-8")

    def _saved(self, request: Request, graph: Graph) -> Response:
        name, _, ending = request.path.removeprefix("/query/").rpartition(".")
        return answer_saved(request, graph, self._store(request, graph), name, ending, self.documents.link(request.prefix))

    def _document(self, request: Request, graph: Graph) -> Response:
        path = request.path[1:]
        if (found := _DOCUMENT.fullmatch(path)) and self.documents.find(found[1]) == (found[1], ""):
            return self.documents.answer(request, graph, self._store(request, graph), found[1], found[2])
        if (response := self.documents.redirect(request, graph, path)) is not None:
            return response
        if path == "context.jsonld" and (file := graph.files.find(path)) is not None:
            return graph.files.answer(request, file)
        raise Refused(404, "there is nothing at this address")

    def _void(self, request: Request, graph: Graph) -> Response:
        return _triples(request, void_triples(request, graph))

    def _dumps(self, request: Request, graph: Graph) -> Response:
        names = sorted(name for name in graph.files.names or () if graph.files.find(name))
        items = "".join(f'<li><a href="{request.prefix}/dump/{escape(name)}">{escape(name)}</a></li>\n' for name in names)
        return Response(200, pages.page("Downloads", f"<ul>\n{items}</ul>\n", request), "text/html; charset=utf-8")

    def _dump(self, request: Request, graph: Graph) -> Response:
        file = graph.files.find(request.path.removeprefix("/dump/"))
        if file is None:
            raise Refused(404, "there is no such file to download")
        return graph.files.answer(request, file)

    def _robots(self, request: Request, graph: Graph) -> Response:
        file = None if self.site is None else self.site.find("robots.txt")
        said = file.read_text("utf-8", "replace").splitlines() if file is not None else []
        lines = ["User-agent: *", *(f"Disallow: {request.prefix}/{path}" for path in ("sparql", "reconcile", "query/"))]
        lines += [line for line in said if line.startswith("Sitemap:")]
        return Response(200, "".join(f"{line}\n" for line in lines).encode())

    def _health(self, request: Request, graph: Graph) -> Response:
        busy = ""
        try:
            rows = graph.store(request.is_gone, patience=0).select("SELECT ?s WHERE { ?s ?p ?o } LIMIT 1").rows
            state = "ok" if rows else "empty"
        except QueryStopped as stopped:
            if stopped.reason != "busy":
                raise
            state, busy = "ok", "all workers are busy\n"
        trouble = f"a new dump was not taken in: {self.served.trouble}\n" if self.served.trouble else ""
        body = f"{state}\n{graph.triples} triples\n{busy}{self._watching()}{trouble}"
        return Response(200, body.encode(), headers={"Cache-Control": "no-store"})

    def _watching(self) -> str:
        if self.served.watcher is None:
            return ""
        return "watching\n" if self.served.watcher.is_alive() else "no longer watching: start the server again\n"

    def _counts(self, request: Request, graph: Graph) -> Response:
        gauges = {
            "synthkg_triples": ("Triples in the graph.", graph.triples),
            "synthkg_running": ("Queries that are running.", graph.engine.running),
            "synthkg_loads": ("Dumps taken in.", self.served.loads),
            "synthkg_reload_failed": ("Whether the last new dump was not taken in.", int(bool(self.served.trouble))),
        }
        return Response(200, self.metrics.text(gauges).encode(), "text/plain; version=0.0.4; charset=utf-8")


def _request(environ: dict[str, Any], graph: str) -> Request:
    scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
    host = host if re.fullmatch(r"[A-Za-z0-9.:\[\]_-]{1,255}", host) else f"localhost:{environ['SERVER_PORT']}"
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers |= {"content-type": environ.get("CONTENT_TYPE", "")}
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"),
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=environ["wsgi.input"].read() if environ["REQUEST_METHOD"] == "POST" else b"",
        site=f"{scheme}://{host}",
        prefix=environ.get("SCRIPT_NAME", ""),
        graph=graph,
        is_gone=environ.get("waitress.client_disconnected", lambda: False),
    )


def _line(environ: dict[str, Any], request: Request, status: int, size: int) -> str:
    """A line of the common log format, https://httpd.apache.org/docs/current/logs.html#common."""
    target = (request.path or "/") + (f"?{request.query}" if request.query else "")
    who, shown = _safe(environ.get("REMOTE_ADDR") or "-"), _safe(target[:2_000])
    when = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
    protocol = environ.get("SERVER_PROTOCOL", "HTTP/1.0")
    return f'{who} - - [{when}] "{request.method} {shown} {protocol}" {status} {size}'


def _safe(text: str) -> str:
    """A stranger's text as one word of a line of the log."""
    return _UNSAFE.sub(lambda each: f"\\x{ord(each[0]):02x}", text)


def _methods(kind: str) -> str:
    return "GET, HEAD, POST, OPTIONS" if kind in _ASKED else "GET, HEAD, OPTIONS"


def _preflight(request: Request, kind: str) -> Response:
    methods = _methods(kind)
    headers = {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Accept, Content-Type, Range, If-None-Match, *",
        "Access-Control-Max-Age": "86400",
    }
    return Response(204, headers=headers)


def _file_at(path: str) -> str:
    """The file of a site at a path; a folder is its index."""
    return f"{path}index.html" if path.endswith("/") or not path else path


def _into_folder(request: Request, graph: Graph) -> Response:
    """Where the page of a folder is: links on it are relative to the folder."""
    to = f"{request.root}{quote(request.path)}/" + (f"?{request.query}" if request.query else "")
    return Response(301, f"see {to}\n".encode(), headers={"Location": to})


def _describe(request: Request, graph: Graph) -> Response:
    """What the endpoint is: a form for people, RDF for programs."""
    if request.is_browser:
        body = pages.sparql_form(request.prefix)
        return Response(200, pages.page("SPARQL", body, request), "text/html; charset=utf-8", {"Vary": "Accept"})
    return _triples(request, service(f"{request.root}/sparql", graph.named))


def _triples(request: Request, triples: list[pyoxigraph.Triple]) -> Response:
    offered = [kind for kind in TRIPLES if kind != "text/html"]
    kind = choose(request.accept, offered) or offered[0]
    form = RdfFormat.from_media_type(kind)
    assert form is not None
    return Response(200, pyoxigraph.serialize(triples, format=form) or b"", TRIPLES[kind], {"Vary": "Accept"})
