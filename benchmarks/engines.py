"""The engines that `queries.py` compares, each in a process of its own: the graph is loaded once, and query after query is asked.

    python benchmarks/engines.py synthkg|oxigraph|rdflib|virtuoso DUMP

Questions come as lines of JSON and answers go as lines of JSON. ``cold`` is the first time that this process is asked, ``warm``
the median of repeats, both in seconds of processor time of all that work for the answer: this process and, for Virtuoso, the
server. A query that takes longer than its limit is late. pyoxigraph cannot be interrupted, so there its process is ended, and a
new one goes on.
"""

from __future__ import annotations

import json
import signal
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from servers import Virtuoso, start_virtuoso
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.graph.store import OxigraphStore, load_dump, to_rdflib
from synthkg.graph.triples import GRAPHS
from synthkg.views.pages import all_pages, render

REPEATS = 5
PATIENCE = 3.0  # seconds for the repeats of a query; there is always one
VIEWS = "all views"
MOST_ROWS = 1 << 20  # the most that Virtuoso gives

Ask = Callable[[dict[str, Any]], int]  # gives the number of rows


class Late(Exception):
    """The time is up."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Sends SIGPROF after so much time of the processor, which ends a process that does not handle it.

    While it is set, Linux counts the time of a process in steps of some milliseconds, that of a thread exactly.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def timed(ask: Ask, question: dict[str, Any], clock: Callable[[], float]) -> tuple[float, int]:
    """Seconds and rows."""
    started = clock()
    with limited(question["limit"]):
        rows = ask(question)
    return clock() - started, rows


def measured(asks: dict[str, Ask], question: dict[str, Any], clock: Callable[[], float]) -> dict[str, float | int]:
    """Asks the first once cold and then all in turn, so that whatever else the machine does falls on all alike."""
    first = next(iter(asks))
    cold, rows = timed(asks[first], question, clock)
    times: dict[str, list[float]] = {name: [] for name in asks}
    if cold < question["limit"] / 2 and not question.get("once"):
        while not times[first] or (len(times[first]) < REPEATS and sum(map(sum, times.values())) < PATIENCE):
            for name, ask in asks.items():
                seconds, again = timed(ask, question, clock)
                assert again == rows, f"{question['name']}: {rows} rows, then {again} from {name}"
                times[name].append(seconds)
    return {"rows": rows, "cold": cold} | {name: statistics.median(many) for name, many in times.items() if many}


def ask_synthkg(store: OxigraphStore) -> Ask:
    """Through the API: the saved query by its name, its values checked."""
    kg = KnowledgeGraph(store)
    return lambda question: len(kg.query(question["name"], **question["values"]))


def ask_oxigraph(store: OxigraphStore) -> Ask:
    """Oxigraph alone: the text, and each row as a tuple of terms."""
    return lambda question: len([tuple(row) for row in store.inner.query(question["text"], use_default_graph_as_union=True)])


def ask_for_views(store: OxigraphStore) -> Ask:
    """Every page of the views; gives their number."""
    return lambda question: len([render(page, store) for page in all_pages(store)])


def ask_rdflib(dump: Path) -> tuple[Ask, Ask]:
    """The queries and the views by rdflib alone: the union of the graphs is one graph in memory, the fastest that it has."""
    import pyoxigraph
    import rdflib

    from plain import pages

    graph = rdflib.Graph()
    for quad in pyoxigraph.parse(path=dump):
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))

    def late(*_: object) -> None:
        raise Late

    signal.signal(signal.SIGPROF, late)
    return (
        lambda question: len([tuple(row) for row in graph.query(question["text"])]),
        lambda question: len(list(pages(graph, only_first=False))),
    )


def ask_virtuoso(server: Virtuoso) -> Ask:
    """Virtuoso over HTTP: rows as JSON."""
    graphs = [("default-graph-uri", graph.value) for graph in GRAPHS.values()]

    def ask(question: dict[str, Any]) -> int:
        fields = [
            ("query", question["text"]),
            *graphs,
            *((key.replace("default-graph", "named-graph"), value) for key, value in graphs if "GRAPH ?" in question["text"]),
            ("format", "application/sparql-results+json"),
            ("timeout", str(int(1000 * question["limit"]))),
        ]
        request = urllib.request.Request(server.query, urllib.parse.urlencode(fields).encode())
        try:
            with urllib.request.urlopen(request, timeout=2 * question["limit"]) as response:
                if response.headers.get("X-SQL-State") == "S1TAT":
                    raise Late
                bindings = json.load(response)["results"]["bindings"]
        except urllib.error.HTTPError as error:
            message = error.read(300).decode(errors="replace")
            raise (Late if "S1T00" in message else RuntimeError)(message) from error
        except TimeoutError as error:
            raise Late from error
        if len(bindings) == MOST_ROWS:
            raise RuntimeError("cut at the most rows that the server gives")
        return len(bindings)

    return ask


def used_by(process: int | str) -> float:
    """Seconds of processor time of a process's threads, to the nanosecond (Linux)."""
    found = 0
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):
            found += int((task / "schedstat").read_text().split()[0])
    return found / 1e9


def memory(process: int | str) -> int:
    """MB that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def serve(asks: dict[str, Ask], views: Ask | None, process: int | str, clock: Callable[[], float]) -> None:
    """Says what loading took, and answers until no more is asked."""
    print(
        json.dumps({"load": time.process_time() + (0 if process == "self" else used_by(process)), "memory": memory(process)}),
        flush=True,
    )
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer: dict[str, Any] = measured({"warm": views} if views and question["name"] == VIEWS else asks, question, clock)
        except Late:
            answer = {"late": True}
        except RuntimeError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


def main(engine: str, dump: Path) -> None:
    """Loads the graph into the engine, and serves."""
    if engine == "rdflib":
        ask, views = ask_rdflib(dump)
        serve({"warm": ask}, views, "self", time.thread_time)
    elif engine == "oxigraph":
        serve({"warm": ask_oxigraph(load_dump(dump))}, None, "self", time.thread_time)
    elif engine == "synthkg":
        store = load_dump(dump)
        asks = {"warm": ask_synthkg(store), "alone": ask_oxigraph(store)}
        serve(asks, ask_for_views(store), "self", time.thread_time)
    else:
        signal.signal(signal.SIGPROF, signal.SIG_IGN)  # the server itself ends a query
        pages = max(20_000, dump.stat().st_size // 20_000)
        with tempfile.TemporaryDirectory() as folder:
            for server in start_virtuoso(Path(folder), rows=MOST_ROWS, buffers=pages):

                def clock(process: int = server.pid) -> float:
                    return time.thread_time() + used_by(process)

                server.load(dump)
                serve({"warm": ask_virtuoso(server)}, None, server.pid, clock)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
