"""The SPARQL 1.1 Protocol's query operation, as https://www.w3.org/TR/sparql11-protocol/ has it.

Pure functions: a request becomes a question, a reply an answer of HTTP. A query that is stopped is 500, as the protocol says of a
request that is refused: 503 would be asked again by polite clients, and a bomb would run as often as they try.
"""

from __future__ import annotations

from synthkg.engine import Question, Reply
from synthkg.model import is_iri
from synthkg.serve.http import Refused, Request, Response, choose, parameters

__all__ = ["STOPPED", "TRIPLES", "answer", "question"]

_MOST_BYTES = 16_000_000
_ROWS = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "text/csv": "text/csv; charset=utf-8",
    "text/tab-separated-values": "text/tab-separated-values; charset=utf-8",
    "application/json": "application/json",
    "application/xml": "application/xml",
    "text/html": "text/html; charset=utf-8",
}
TRIPLES = {
    "text/turtle": "text/turtle; charset=utf-8",
    "application/n-triples": "application/n-triples",
    "application/ld+json": "application/ld+json",
    "application/rdf+xml": "application/rdf+xml",
    "text/n3": "text/n3; charset=utf-8",
    "application/trig": "application/trig",
    "application/n-quads": "application/n-quads",
    "text/html": "text/html; charset=utf-8",
}
STOPPED = {"time": 500, "memory": 500, "size": 500, "gone": 500, "busy": 503}
"""The status of an answer that did not come, by what stopped the query."""

_STATUS = {"not SPARQL": 400, "out of reach": 400, "unsayable": 406, "failed": 500, "damaged": 500, **STOPPED}


def question(request: Request) -> Question | None:
    """What a request, with GET, HEAD or POST, asks, or None where it asks only what this endpoint is.

    Raises:
        Refused: It is no query operation of the protocol.
    """
    if request.method in ("GET", "HEAD"):
        given = parameters(request.query)
        return _read(request, given) if any(name in ("query", "update") for name, _ in given) else None
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if "charset" in rest.lower() and not any(name in rest.lower().replace("_", "-") for name in ("utf-8", "utf8", "us-ascii")):
        raise Refused(415, "a query is sent in UTF-8")
    if kind == "application/x-www-form-urlencoded":
        return _read(request, [*parameters(request.query), *parameters(request.body)])
    if kind == "application/sparql-query":
        asked = parameters(request.query)
        if any(name == "query" for name, _ in asked):
            raise Refused(400, "there is a query in the address and another one in the body")
        try:
            return _read(request, [*asked, ("query", request.body.decode("utf-8"))])
        except UnicodeDecodeError as error:
            raise Refused(400, "the query is not UTF-8") from error
    if kind == "application/sparql-update":
        raise Refused(403, "this graph is not changed by requests; updates are refused")
    raise Refused(415, "send a form, or a query as application/sparql-query")


def _read(request: Request, asked: list[tuple[str, str]]) -> Question:
    texts = [value for name, value in asked if name == "query"]
    if any(name == "update" for name, _ in asked):
        raise Refused(403, "this graph is not changed by requests; updates are refused")
    if len(texts) != 1:
        raise Refused(400, f"there must be one query, and there are {len(texts)}" if texts else "there is no query; send query=…")
    graphs = {
        # Forms send these fields empty where none is chosen.
        name: tuple(dict.fromkeys(value for key, value in asked if value and key == f"{name}-graph-uri"))
        for name in ("default", "named")
    }
    for iri in (*graphs["default"], *graphs["named"]):
        if not is_iri(iri):
            raise Refused(400, f'"{iri}" is no address of a graph')
    is_named = any(graphs.values())
    return Question(
        texts[0].removeprefix("\ufeff"),
        rows=_form(request, _ROWS),
        triples=_form(request, TRIPLES),
        base=f"{request.root}/sparql",
        default_graphs=graphs["default"] if is_named else None,
        named_graphs=graphs["named"] if is_named else None,
        most=_MOST_BYTES,
    )


def _form(request: Request, offered: dict[str, str]) -> str:
    wanted = choose(request.accept, tuple(offered)) or next(iter(offered))
    return next(iter(offered)) if wanted == "text/html" else wanted


def answer(request: Request, asked: Question, reply: Reply) -> Response:
    """What is said of a reply.

    Raises:
        Refused: There is no answer, or none in a form that the asker takes.
    """
    if reply.kind in _STATUS:
        is_told = reply.kind in ("not SPARQL", "out of reach", "unsayable")
        problem = reply.problem if is_told else f"the query was not answered: {reply.problem}"
        raise Refused(_STATUS[reply.kind], problem)
    offered, form = (TRIPLES, asked.triples) if reply.kind == "triples" else (_ROWS, asked.rows)
    wanted = choose(request.accept, tuple(offered))
    if wanted is None:
        raise Refused(406, f"there is no such form; there are {', '.join(offered)}")
    return Response(200, reply.body, offered["text/html" if wanted == "text/html" else form], {"Vary": "Accept"})
