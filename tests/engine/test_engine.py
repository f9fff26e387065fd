"""The engine: a query that runs away is ended, whatever it does; it reaches nothing; and the next one is answered."""

from __future__ import annotations

import gc
import os
import resource
import select
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

import synthkg
from bombs import BOMBS, SERVICES, eventually
from conftest import TOY
from synthkg.engine import Engine, EngineStore, Question, Reply
from synthkg.engine.messages import OUT_OF_REACH
from synthkg.engine.nursery import Forking
from synthkg.engine.worker import answer
from synthkg.errors import QueryError, QueryStopped, UnreadableError
from synthkg.graph import OxigraphStore, load_queries
from timing import best

LIMIT = 1.0
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SIMPLE = Question("SELECT * WHERE { ?s ?p ?o } LIMIT 1")


@pytest.fixture(scope="module")
def engine(real_dist: Path) -> Iterator[Engine]:
    made = Engine(real_dist / "synthkg.nq", workers=2, most=8, memory=300)
    yield made
    made.close()


def processes() -> set[int]:
    """The processes below this one that have not ended."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, *_ = status.read_text().rpartition(") ")[2].split()
            if state != "Z":
                children.setdefault(int(parent), []).append(int(status.parent.name))
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found.add(child)
            waiting.append(child)
    return found


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_runaway_is_ended_and_told(engine: Engine, bomb: str) -> None:
    replies: list[Reply] = []

    def once() -> float:
        began = time.monotonic()
        replies.append(engine.ask(Question(BOMBS[bomb], most=16_000_000), seconds=LIMIT))
        return time.monotonic() - began

    assert best(once, LIMIT + 0.5) < LIMIT + 0.5
    reply = replies[-1]
    assert reply.kind in ("time", "memory", "size"), reply
    assert {"time": "after 1 second;", "memory": "300 MB", "size": "16000000 bytes"}[reply.kind] in reply.problem
    assert engine.ask(SIMPLE, seconds=LIMIT).kind == "rows"


def test_a_simple_query_does_not_wait_behind_six_bombs(engine: Engine) -> None:
    replies: list[Reply] = []
    texts = [BOMBS["cross product"], BOMBS["property path"], BOMBS["regular expression"]] * 2
    threads = [threading.Thread(target=lambda t=t: replies.append(engine.ask(Question(t), seconds=2.0))) for t in texts]
    for thread in threads:
        thread.start()
    assert eventually(lambda: engine.running == 6)

    def once() -> float:
        began = time.monotonic()
        assert engine.ask(SIMPLE).kind == "rows"
        return time.monotonic() - began

    assert best(once, 1) < 1
    for thread in threads:
        thread.join()
    assert [reply.kind for reply in replies] == ["time"] * 6


def test_no_process_is_left(real_dist: Path) -> None:
    before = processes()
    engine = Engine(real_dist / "synthkg.nq", workers=2, memory=300)
    assert len(processes() - before) == 3
    for bomb in ("cross product", "order"):
        engine.ask(Question(BOMBS[bomb]), seconds=0.3)
    assert eventually(lambda: len(processes() - before) <= 3)
    engine.close()
    assert processes() <= before


def test_workers_do_not_outlive_whoever_started_them(real_dist: Path) -> None:
    program = (
        "import sys, threading\nfrom pathlib import Path\nfrom synthkg.engine import Engine, Question\n"
        "engine = Engine(Path(sys.argv[1]), workers=2)\n"
        "threading.Thread(target=engine.ask, args=[Question(sys.argv[2])], daemon=True).start()\n"
        "threading.Event().wait(0.3)\nprint('asked', flush=True)\nthreading.Event().wait()\n"
    )
    before = processes()
    command = [sys.executable, "-c", program, str(real_dist / "synthkg.nq"), BOMBS["cross product"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "asked\n"
            theirs = processes() - before
            assert len(theirs) == 4
        finally:
            process.kill()
    assert eventually(lambda: not any(Path(f"/proc/{each}").exists() for each in theirs))


def test_whoever_hangs_up_ends_the_query(engine: Engine) -> None:
    def once() -> float:
        began = time.monotonic()
        reply = engine.ask(Question(BOMBS["cross product"]), seconds=20, is_gone=lambda: time.monotonic() - began > 0.3)
        assert reply.kind == "gone"
        return time.monotonic() - began

    assert best(once, 0.8) < 0.8


def test_a_worker_that_was_killed_is_replaced(real_dist: Path) -> None:
    before = processes()
    engine = Engine(real_dist / "synthkg.nq", workers=2)
    keeper = min(processes() - before)
    workers = processes() - before - {keeper}
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: workers.isdisjoint(processes()))
    assert engine.ask(SIMPLE).kind == "rows"
    engine.close()


def test_workers_are_replaced_where_sigchld_is_ignored(real_dist: Path) -> None:
    """As some supervisors leave it: then the system buries children, and nobody can wait for one."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        engine = Engine(real_dist / "synthkg.nq")
        assert engine.ask(Question(BOMBS["cross product"]), seconds=0.2).kind == "time"
        assert engine.ask(SIMPLE, seconds=LIMIT).kind == "rows"
        assert engine.ask(Question(BOMBS["cross product"]), seconds=0.2).kind == "time"
        assert engine.ask(SIMPLE, seconds=LIMIT).kind == "rows"
        engine.close()
    finally:
        signal.signal(signal.SIGCHLD, before)


FORKED = """
import multiprocessing
import sys
import synthkg

kg = synthkg.open(sys.argv[1])
kg.ask("ASK {}")

def is_mine(number):
    return [[row["n"] for row in kg.query(f"SELECT ({number} AS ?n) {{}}")] for _ in range(20)] == 20 * [[number]]

with multiprocessing.get_context("fork").Pool(2) as pool:
    assert all(pool.map(is_mine, range(6)))
assert is_mine(7)
"""


def test_processes_forked_off_one_that_asks_have_their_own_answers() -> None:
    """As those of multiprocessing and of web servers that load first: they read each other's."""
    command = [sys.executable, "-W", "ignore", "-c", FORKED, str(TOY)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_graph_whose_keeper_was_killed_is_asked_anew() -> None:
    """As the system kills who has most, for want of memory: no query was answered any more."""
    kg = synthkg.open(TOY)
    rows = list(kg.query("papers"))
    asking = kg.answering
    assert isinstance(asking, EngineStore)
    assert not asking.engine.has_ended
    nursery = asking.engine._nursery
    assert isinstance(nursery, Forking)
    os.kill(nursery._process.pid if nursery._process else nursery._number, signal.SIGKILL)
    assert eventually(lambda: asking.engine.has_ended)
    assert list(kg.query("papers")) == rows


@pytest.mark.parametrize("threads", [1, 2], ids=["a fork", "another Python"])
def test_a_process_that_closed_its_standard_streams_is_answered(threads: int, tmp_path: Path) -> None:
    """As a daemon may: what led to the keeper had the number of one of them, and was closed as one."""
    text = (
        "import sys, threading, synthkg\nfrom pathlib import Path\n"
        "for _ in range(int(sys.argv[2]) - 1): threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "Path(sys.argv[3]).write_text(str(len(synthkg.open(sys.argv[1]).query('papers'))))\n"
    )
    call = shlex.join([sys.executable, "-c", text, str(TOY), str(threads), str(tmp_path / "rows")])
    done = subprocess.run(f"{call} <&- >&- 2>&-", shell=True, timeout=60, check=False)
    assert (done.returncode, (tmp_path / "rows").read_text()) == (0, "2")


def test_too_many_are_told_so(real_dist: Path) -> None:
    engine = Engine(real_dist / "synthkg.nq")
    thread = threading.Thread(target=engine.ask, args=[Question(BOMBS["cross product"])], kwargs={"seconds": 1})
    thread.start()
    assert eventually(lambda: engine.running == 1)
    assert engine.ask(SIMPLE, patience=0.1).kind == "busy"
    assert engine.ask(SIMPLE, patience=5).kind == "rows"
    thread.join()
    engine.close()


# -- Out of reach


@pytest.fixture(scope="module", params=[True, False], ids=["forked", "spawned"])
def small(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine over one triple."""
    made = Engine(OxigraphStore([Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o"))]), forks=request.param)
    assert made.unlimited == []
    yield made
    made.close()


@pytest.mark.parametrize("text", SERVICES)
def test_a_query_reaches_no_server(small: Engine, text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        reply = small.ask(Question(text.format(f"http://127.0.0.1:{listening.getsockname()[1]}/")), seconds=3)
        assert reply.kind in ("rows", "boolean", "triples", "out of reach", "not SPARQL", "failed")
        with pytest.raises(TimeoutError):
            listening.accept()
    if "SERVICE" in text.upper() and reply.kind != "not SPARQL":
        assert reply.kind == "out of reach", "an answer without what the other server says would be a wrong one"


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX service: <urn:> SELECT ?service { ?service service:p ?SERVICE }",
        "BASE <urn:service> SELECT ?s { ?s <urn:p> ?o FILTER(?o<'>'||true) } # SERVICE <urn:x> {}",
        "SELECT ?s { VALUES ?x { 'SERVICE <urn:x> {}' UNDEF } ?s ?p ?o } LIMIT 1",
    ],
)
def test_a_query_that_only_says_service_is_answered(small: Engine, text: str) -> None:
    reply = small.ask(Question(text, rows="text/csv"))
    assert (reply.kind, reply.body.split()[1:]) == ("rows", [b"urn:s"]), reply.problem
    assert small.source.select(text).rows == [(NamedNode("urn:s"),)]  # type: ignore[union-attr]


@pytest.mark.parametrize("text", [text for text in SERVICES if "SERVICE" in text.upper()])
def test_where_nothing_can_be_closed_the_word_is_refused(text: str) -> None:
    assert answer(OxigraphStore(), Question(text.format("http://127.0.0.1:9/")), reaches=True).kind == OUT_OF_REACH


def test_the_listener_would_have_noticed() -> None:
    """The same query, asked of Oxigraph itself, does reach a server: the test above can fail."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        store = OxigraphStore([Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o"))])
        text = SERVICES[0].format(f"http://127.0.0.1:{listening.getsockname()[1]}/")

        def ask() -> None:
            with pytest.raises(OSError, match=r".*"):
                list(store.inner.query(text))  # type: ignore[arg-type]

        thread = threading.Thread(target=ask)
        thread.start()
        listening.accept()[0].close()
        listening.close()
        thread.join()


# -- Answers


def test_it_gives_the_answers_of_the_store(engine: Engine, dump_store: OxigraphStore) -> None:
    store, asked = dump_store, EngineStore(engine)
    queries = [
        query
        for query in load_queries("examples", "views").values()
        if all(parameter.default is not None for parameter in query.parameters)
    ]
    assert len(queries) > 50
    for query in queries:
        assert query.rows(asked) == query.rows(store), query.name
    text = "CONSTRUCT WHERE { ?s a synthkg:Venue ; ?p ?o }"
    triples = set(asked.construct(text))
    assert triples == set(store.construct(text))
    assert len(triples) > 50


@pytest.mark.parametrize("forks", [True, False])
def test_every_kind_of_term_comes_through(forks: bool) -> None:
    values: list[NamedNode | BlankNode | Literal | Triple] = [
        Literal("ä\n\t\"\\ '\x7f\U0001f600"),
        Literal("a", language="de"),
        Literal("01"),
        NamedNode("urn:ü"),
    ]
    quads = [Quad(NamedNode("urn:s"), NamedNode("urn:p"), value, NamedNode("urn:g")) for value in values]
    engine = Engine(OxigraphStore(quads), forks=forks)
    rows = EngineStore(engine).select("SELECT ?o ?none WHERE { ?s ?p ?o }").rows
    assert {row[0] for row in rows} == set(values)
    assert {row[1] for row in rows} == {None}
    first = EngineStore(engine).select_first("SELECT ?o ?none WHERE { ?s ?p ?o }", len(values))
    assert (set(first[0].rows), first[1]) == (set(rows), len(values))
    engine.close()


def test_the_first_of_an_answer_of_any_size(engine: Engine, dump_store: OxigraphStore) -> None:
    asked = EngineStore(engine, most=4_000)
    for pattern in ("SELECT * {{ ?s ?p ?o }}{}", "SELECT ?p {{ ?s ?p ?o }} ORDER BY ?p{}"):
        table, total = asked.select_first(pattern.format(""), 7)
        assert (table, total) == (EngineStore(engine).select(pattern.format(" LIMIT 7")), len(dump_store))
    for text in ("SELECT * {}", "SELECT ?a {}", "SELECT * { ?s <urn:no> ?o }"):
        assert asked.select_first(text, 7) == ((table := asked.select(text)), len(table.rows))
    triples, total = asked.construct_first("CONSTRUCT { ?s a ?c } { ?s a ?c }", 3)
    assert [str(each) for each in triples] == sorted({str(quad.triple) for quad in dump_store if quad.predicate == TYPE})[:3]
    assert total == len({quad.triple for quad in dump_store if quad.predicate == TYPE})
    with pytest.raises(QueryStopped, match="more than 4000 bytes"):
        asked.select_first("SELECT * { ?s ?p ?o }", 1_000)
    assert asked.select_first("SELECT * { VALUES ?a { 1 2 } }", 10**30)[1] == 2
    with pytest.raises(QueryStopped, match="more than 300000 triples"):
        asked.construct_first(
            "CONSTRUCT { ?a ?b ?d } { { SELECT * { ?a ?b ?c } LIMIT 1000 } { SELECT ?d { ?e ?f ?d } LIMIT 1000 } }", 3
        )


def test_from_is_heeded_and_graphs_can_be_named(engine: Engine) -> None:
    def count(text: str, **graphs: tuple[str, ...]) -> str:
        return engine.ask(Question(text, rows="text/csv", **graphs)).body.decode().split()[1]  # type: ignore[arg-type]

    lists, links = "https://w3id.org/synthkg/graph/lists", "https://w3id.org/synthkg/graph/links"
    every = int(count("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
    of_lists = int(count(f"SELECT (COUNT(*) AS ?n) FROM <{lists}> {{ ?s ?p ?o }}"))
    assert 0 < of_lists < every
    assert int(count(f"PREFIX g: <{lists}> SELECT (COUNT(*) AS ?n) FROM<{lists}> {{ ?s ?p ?o }}")) == of_lists
    assert int(count("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graphs=(lists,))) == of_lists
    assert int(count("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", named_graphs=(lists,))) == of_lists
    assert count("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", named_graphs=(lists,)) == "0"
    assert int(count(f"SELECT (COUNT(*) AS ?n) FROM <{links}> {{ ?s ?p ?o }}", default_graphs=(lists,))) == of_lists


@pytest.mark.parametrize(
    ("default", "named", "found"),
    [
        (None, None, ["a", "b", "named a", "named b"]),
        (("urn:a",), None, ["a"]),
        (("urn:a", "urn:b"), None, ["a", "b"]),
        (None, ("urn:b",), ["named b"]),
        (("urn:a",), ("urn:b",), ["a", "named b"]),
        ((), ("urn:a",), ["named a"]),
        ((), (), []),
    ],
)
def test_only_the_graphs_that_are_named_are_asked(
    default: tuple[str, ...] | None, named: tuple[str, ...] | None, found: list[str]
) -> None:
    store = OxigraphStore(Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal(n), NamedNode(f"urn:{n}")) for n in "ab")
    text = "SELECT ?x { { ?s ?p ?x } UNION { GRAPH ?g { ?s ?p ?n } BIND(CONCAT('named ', ?n) AS ?x) } } ORDER BY ?x"
    reply = answer(store, Question(text, rows="text/csv", default_graphs=default, named_graphs=named))
    assert reply.body.decode().splitlines()[1:] == found


def test_whoever_is_ready_is_asked_first_and_more_are_made_for_those_who_ask_at_once() -> None:
    store = OxigraphStore(Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode(f"urn:{n}")) for n in range(3_000))
    engine = Engine(store, workers=1, most=2)
    ready = processes()
    hang_up = threading.Event()
    asked = {"seconds": 60.0, "is_gone": hang_up.is_set}
    threads = [threading.Thread(target=engine.ask, args=[Question(BOMBS["cross product"])], kwargs=asked) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(processes() - ready) == 1)
    assert engine.running == 2
    assert not eventually(lambda: len(processes() - ready) > 1, 0.3)
    assert engine.ask(SIMPLE, patience=0).kind == "busy"
    hang_up.set()
    for thread in threads:
        thread.join()
    assert engine.ask(SIMPLE).kind == "rows"
    engine.close()


def test_faults_are_told_in_words(engine: Engine, tmp_path: Path) -> None:
    asked = EngineStore(engine, 0.3, most=1_000)
    with pytest.raises(QueryError, match="error at 1:1"):
        asked.select("SELEKT * {}")
    with pytest.raises(QueryError, match="no SELECT"):
        asked.select("ASK {}")
    with pytest.raises(QueryError, match="no CONSTRUCT"):
        asked.construct("ASK {}")
    with pytest.raises(QueryStopped, match=r"after 0\.3 seconds") as stopped:
        asked.select(BOMBS["cross product"])
    assert stopped.value.reason == "time"
    with pytest.raises(QueryStopped, match="more than 1000 bytes"):
        asked.select("SELECT * { ?s ?p ?o }")
    with pytest.raises(UnreadableError, match="cannot read the dump"):
        Engine(tmp_path / "none.nq")
    broken = tmp_path / "broken.nt"
    broken.write_text("<urn:s> <urn:p> \n")
    with pytest.raises(UnreadableError, match=r"broken\.nt:2"):
        Engine(broken)


@pytest.mark.parametrize("ask", [EngineStore.select, lambda store, query: store.select_first(query, 1)], ids=["all", "the first"])
def test_an_error_may_end_in_another_thread(ask: Callable[[EngineStore, str], object], engine: Engine) -> None:
    """As those of an assistant's tools do: what it holds on to must not be bound to the thread that asked."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, EngineStore(engine), "SELECT (TRIPLE(<a:a>, <a:b>, 1) AS ?x) {}")
        with pytest.raises(QueryError, match="is a triple term"):
            asked.result()
        del asked
        gc.collect()


def test_who_holds_the_graph_keeps_no_file_of_its_parent_open() -> None:
    """However high its number: who reads from the other end of a pipe would wait until the graph is let go."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    high = 5_000 if most[1] == resource.RLIM_INFINITY else min(5_000, most[1] - 1)  # as high as one may be here
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(most[0], high + 1), most[1]))
    try:
        reading, writing = os.pipe()
        os.dup2(writing, high)
        os.close(writing)
        nursery = Forking(OxigraphStore(), None)
        os.close(high)
        assert select.select([reading], [], [], 10)[0], "nobody else can write"
        nursery.close()
        os.close(reading)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, most)
