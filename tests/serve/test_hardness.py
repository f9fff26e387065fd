"""What strangers do to a server: bombs, hanging up, reading slowly, all at once, while the dump changes. It answers on."""

from __future__ import annotations

import hashlib
import os
import random
import re
import resource
import shutil
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from bombs import BOMBS, SERVICES, eventually
from servers import Answer, Synthkg, start_synthkg
from synthkg.serve import server as serving
from timing import best

LIMIT = 2.0  # that of the server of `served`
SIMPLE = "/sparql?query=" + quote("SELECT * WHERE { ?s ?p ?o } LIMIT 1")


def asked(query: str) -> str:
    return "/sparql?query=" + quote(query, safe="")


def children(process: int) -> dict[int, int]:
    """The processes below one, each with its memory in kilobytes."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, *_ = status.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if state != "Z":
            parents.setdefault(int(parent), []).append(int(status.parent.name))
    found: dict[int, int] = {}
    waiting = [process]
    while waiting:
        for child in parents.get(waiting.pop(), ()):
            found[child] = memory_of(child)
            waiting.append(child)
    return found


def memory_of(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def have_ended(processes: Iterable[int]) -> bool:
    return not any(Path(f"/proc/{each}").exists() for each in processes)


def says(server: Synthkg, path: str, words: bytes) -> bool:
    return words in server.ask(path).body


def is_calm(server: Synthkg) -> bool:
    """Whether there are the server's keeper and its two idle workers at most, and no other process."""
    return len(children(server.process.pid)) <= 3


def seconds_of_a_simple_query(server: Synthkg) -> float:
    def once() -> float:
        began = time.monotonic()
        assert server.ask(SIMPLE).status == 200
        return time.monotonic() - began

    return best(once, 1)


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_answered_in_time_with_a_status_and_words(served: Synthkg, bomb: str) -> None:
    def once() -> float:
        began = time.monotonic()
        answer = served.ask(asked(BOMBS[bomb]))
        assert answer.status == 500
        assert b"the query was not answered: it" in answer.body
        return time.monotonic() - began

    assert best(once, LIMIT + 0.5) < LIMIT + 0.5
    assert served.ask(SIMPLE).status == 200
    assert eventually(lambda: is_calm(served))


def test_six_bombs_at_once_leave_room_for_a_simple_query(served: Synthkg) -> None:
    with ThreadPoolExecutor(6) as pool:
        bombs = [pool.submit(served.ask, asked(BOMBS[name])) for name in ("cross product", "property path", "order") * 2]
        time.sleep(0.5)
        for _ in range(3):
            assert seconds_of_a_simple_query(served) < 1
            assert sum(children(served.process.pid).values()) < 7 * (300 + 120) * 1024
        assert [bomb.result().status for bomb in bombs] == [500] * 6
    assert eventually(lambda: is_calm(served))


def test_what_needs_no_worker_waits_for_none(served: Synthkg) -> None:
    """However many ask what takes long: a watcher, a stylesheet, a download."""

    def once() -> float:
        with ThreadPoolExecutor(40) as pool:
            bombs = [pool.submit(served.ask, f"{asked(BOMBS['order'])}%23{number}") for number in range(40)]
            time.sleep(0.5)
            began = time.monotonic()
            answers = [served.ask(path) for path in ("/health", "/style.css", "/dump/SHA256SUMS", "/robots.txt", "/metrics")]
            took = time.monotonic() - began
            assert {bomb.result().status for bomb in bombs} <= {500, 503}
        assert {answer.status for answer in answers} == {200}
        assert answers[0].body.startswith(b"ok\n")
        return took

    assert best(once, 2) < 2
    assert eventually(lambda: is_calm(served))


def test_who_hangs_up_ends_the_query(served: Synthkg) -> None:
    def stopped(reason: str) -> int:
        found = re.search(rf'synthkg_stopped_total{{reason="{reason}"}} (\d+)', served.ask("/metrics").body.decode())
        return int(found[1]) if found else 0

    gone, time_out = stopped("gone"), stopped("time")
    connection = served.connect()
    connection.sendall(f"GET {asked(BOMBS['regular expression'])} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    time.sleep(0.5)
    running = children(served.process.pid)
    connection.close()
    assert eventually(lambda: stopped("gone") == gone + 1)
    assert stopped("time") == time_out, "it did not end by itself"
    assert eventually(lambda: len(running.keys() & children(served.process.pid).keys()) < len(running))


@pytest.mark.parametrize("text", SERVICES)
def test_no_request_leaves_the_server(served: Synthkg, text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        target = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        assert served.ask(asked(text.format(target))).status in (200, 400)
        for name in ("default-graph-uri", "named-graph-uri", "using-graph-uri"):
            served.ask(f"{SIMPLE}&{name}={quote(target)}")
        with pytest.raises(TimeoutError):
            listening.accept()


def test_slow_readers_and_silent_askers_hold_nobody_up(served: Synthkg) -> None:
    connections = []
    for number in range(60):
        connection = served.connect()
        if number % 2:
            connection.sendall(b"GET /dump/synthkg.nq HTTP/1.1\r\nHost: x\r\n\r\n")
        else:
            connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nquery=")
        connections.append(connection)
    time.sleep(0.3)
    assert seconds_of_a_simple_query(served) < 1
    for connection in connections:
        connection.close()


# -- A new dump


@pytest.fixture
def changing(toy_dist: Path, tmp_path: Path) -> Iterator[tuple[Synthkg, Path]]:
    """A server that watches its dump, and the dump."""
    dump = Path(shutil.copy(toy_dist / "synthkg.nq", tmp_path / "synthkg.nq"))
    for server in start_synthkg(dump, "--watch", "--timeout", "2"):
        yield server, dump


MARK = "<urn:new> <urn:p> <urn:o> <https://w3id.org/synthkg/graph/curated> .\n"
IS_NEW = asked("ASK { <urn:new> ?p ?o }")


def replace(dump: Path, text: str) -> None:
    fresh = dump.with_suffix(".tmp")
    fresh.write_text(text, "utf-8")
    fresh.replace(dump)


def test_a_new_dump_is_taken_in_without_a_dropped_request(changing: tuple[Synthkg, Path]) -> None:
    server, dump = changing
    statuses: Counter[int] = Counter()
    end = threading.Event()

    def keep_asking() -> None:
        while not end.is_set():
            statuses[server.ask("/query/papers.csv").status] += 1

    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            pool.submit(keep_asking)
        replace(dump, dump.read_text("utf-8") + MARK)
        assert eventually(lambda: b"true" in server.ask(IS_NEW).body, 20), server.said()
        replace(dump, dump.read_text("utf-8").replace(MARK, ""))
        os.kill(server.process.pid, signal.SIGHUP)
        assert eventually(lambda: b"false" in server.ask(IS_NEW).body, 20), server.said()
        end.set()
    assert set(statuses) == {200}
    assert statuses[200] > 20
    assert eventually(lambda: is_calm(server)), "the old graph's processes have ended"


def test_a_dump_that_is_gone_is_told(changing: tuple[Synthkg, Path]) -> None:
    """A release that has grown is packed, and has its dumps under other names."""
    server, dump = changing
    dump.rename(dump.with_suffix(".old"))
    assert eventually(partial(says, server, "/health", b"not taken in"), 20), server.said()
    assert server.ask("/query/papers.csv").status == 200
    dump.with_suffix(".old").rename(dump)
    assert eventually(lambda: not says(server, "/health", b"not taken in"), 20), server.said()


def test_records_that_change_are_taken_in(toy: Path) -> None:
    """Served from the records, which are built and checked first; a broken one leaves what was there."""
    for server in start_synthkg(toy, "--watch"):
        paper = toy / "papers" / "tide-instruct.yaml"
        text = paper.read_text("utf-8")
        assert server.ask("/dump/synthkg.ttl").status == 200
        assert says(server, "/health", b"\nwatching\n")
        replace(paper, text + "nonsense: [\n")
        assert eventually(partial(says, server, "/health", b"not taken in"), 40), server.said()
        assert server.ask("/paper/tide-instruct.ttl").status == 200
        replace(paper, text.replace('title: "', 'title: "Renewed ', 1))
        assert eventually(partial(says, server, "/paper/tide-instruct.ttl", b"Renewed"), 40), server.said()


def test_a_look_during_which_a_folder_is_removed_is_followed_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is listed may be gone before it is looked into: an editor and Git remove folders at any moment."""
    listed, looked, is_taken_in = Path.rglob, threading.Event(), threading.Event()

    def removed_at_first(folder: Path, pattern: str) -> Iterator[Path]:
        yield from listed(folder, pattern)
        if not looked.is_set():
            looked.set()
            raise FileNotFoundError(folder)

    monkeypatch.setattr(Path, "rglob", removed_at_first)
    monkeypatch.setattr(serving, "_WATCHES", 0.01)
    served = SimpleNamespace(reload=is_taken_in.set)
    threading.Thread(target=serving._watch, args=(served, tmp_path, set()), daemon=True).start()
    assert looked.wait(5)
    (tmp_path / "new.yaml").write_text("new\n")
    assert is_taken_in.wait(5)


@pytest.mark.parametrize("is_told", [False, True], ids=["watched", "SIGHUP"])
def test_what_changed_while_it_was_first_read_is_taken_in(
    is_told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signals: None
) -> None:
    """A large dump is read for minutes, and records are built for seconds, before anybody can be served."""
    record, is_taken_in = tmp_path / "paper.yaml", threading.Event()
    record.write_text("old\n")
    settings = serving.Settings("127.0.0.1:0", watched=None if is_told else tmp_path)

    def load(*_: object) -> SimpleNamespace:
        record.write_text("written while the old one is read\n")
        if is_told:
            os.kill(os.getpid(), signal.SIGHUP)
        return SimpleNamespace(
            lease=lambda: nullcontext(SimpleNamespace(engine=SimpleNamespace(unlimited=[]), triples=1)),
            reload=is_taken_in.set,
            close=lambda: None,
        )

    def create(*_: object, sockets: list[socket.socket], **__: object) -> SimpleNamespace:
        def wait() -> None:
            is_taken_in.wait(5)
            sockets[0].close()

        return SimpleNamespace(run=wait)

    monkeypatch.setattr(serving, "_WATCHES", 0.01)
    monkeypatch.setattr(serving, "Served", load)
    monkeypatch.setattr("synthkg.serve.connections.create_server", create)
    serving.run(lambda: tmp_path, settings, lambda line: None, lambda line: None)
    assert is_taken_in.is_set()


@pytest.fixture
def signals() -> Iterator[None]:
    """Puts back what the signals do that a server listens to."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_dump_whose_checksum_comes_later_is_taken_in_then(changing: tuple[Synthkg, Path]) -> None:
    server, dump = changing
    sums = dump.with_name("SHA256SUMS")
    sums.write_text(f"{hashlib.sha256(dump.read_bytes()).hexdigest()}  {dump.name}\n", "utf-8")
    replace(dump, dump.read_text("utf-8") + MARK)
    assert eventually(lambda: b"not taken in" in server.ask("/health").body, 20), server.said()
    sums.write_text(f"{hashlib.sha256(dump.read_bytes()).hexdigest()}  {dump.name}\n", "utf-8")
    assert eventually(lambda: b"true" in server.ask(IS_NEW).body, 20), server.said()


def test_the_dump_is_read_again_where_the_process_that_held_it_was_ended(changing: tuple[Synthkg, Path]) -> None:
    """As a system does that is out of memory, and it takes the largest."""
    server, dump = changing
    (keeper,) = map(int, Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text("ascii").split())
    kept = dump.rename(dump.with_suffix(".away"))
    os.kill(keeper, signal.SIGKILL)
    assert eventually(lambda: server.ask("/health").status == 503), server.said()
    assert eventually(lambda: "not taken in" in server.said()), server.said()
    kept.rename(dump)
    assert eventually(lambda: server.ask("/health").body.startswith(b"ok"), 30), server.said()
    assert server.said().count("the dump is read again") <= 4, "once in a while, and not for each who asks"


@pytest.mark.parametrize("broken", ["<urn:a> <urn:b> \n", "", "\x00" * 100], ids=["syntax", "empty", "zeros"])
def test_a_broken_dump_leaves_the_old_one(changing: tuple[Synthkg, Path], broken: str) -> None:
    server, dump = changing
    replace(dump, broken)
    assert eventually(lambda: b"not taken in" in server.ask("/health").body, 20)
    assert server.ask("/query/papers.csv").body.count(b"\n") > 2
    assert "the old one is served on" in server.said()
    dump.unlink()
    os.kill(server.process.pid, signal.SIGHUP)
    assert eventually(lambda: "cannot read the dump" in server.said(), 20)
    assert server.ask("/health").body.startswith(b"ok")


def test_it_answers_on_where_there_is_no_room_for_its_log(toy_dist: Path) -> None:
    """As on a disk that its log has filled: each request was answered 500."""
    for server in start_synthkg(toy_dist / "synthkg.nq"):
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, 0))
        assert [server.ask(path).status for path in ("/query/papers.csv", "/health")] == [200, 200]


def test_it_ends_when_it_is_told(toy_dist: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        for server in start_synthkg(toy_dist / "synthkg.nq"):
            left = children(server.process.pid)
            assert len(left) == 3
            server.process.send_signal(number)
            assert server.process.wait(10) in (0, 1)
            assert eventually(partial(have_ended, left))
            assert "Traceback" not in server.said()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_all_its_processes_are_sent_is_for_the_server_alone(toy_dist: Path, number: int) -> None:
    """As systemd ends a service, and a terminal what runs in it: a query that ran was lost, and the dump was read once more."""
    for server in start_synthkg(toy_dist / "synthkg.nq", "--timeout", "1"):
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(server.ask, asked(BOMBS["cross product"]))
            time.sleep(0.5)
            for process in (*children(server.process.pid), server.process.pid):
                os.kill(process, number)
            assert b"it was stopped after 1 second" in asking.result(20).body
        assert "read again" not in server.said()


# -- All at once


def soak(server: Synthkg, dump: Path, seconds: float, clients: int, seed: int = 0) -> Counter[str]:
    """Many clients, each asking what it knows the answer of, throwing bombs, hanging up or reading slowly; and reloads.

    Returns:
        What happened, counted; "late" is what a machine was too busy for within the limit. A wrong answer, or none where there
        should be one, is an AssertionError.
    """
    paths = (
        "/query/papers.csv",
        "/concept/stage.ttl",
        "/dump/synthkg.nq",
        "/",
        asked("SELECT ?s { ?s a ?c } ORDER BY ?s LIMIT 9"),
    )
    known = [(path, server.ask(path)) for path in paths]
    happened: Counter[str] = Counter()
    until = time.monotonic() + seconds

    def right(random: random.Random) -> str:
        path, before = random.choice(known)
        answer = server.ask(path)
        if answer.status == 500 and b"it was stopped after" in answer.body:
            return "late"
        assert (answer.status, answer.body) == (before.status, before.body), (path, answer.status, answer.body[:200])
        return "right"

    def bomb(random: random.Random) -> str:
        began = time.monotonic()
        answer: Answer = server.ask(asked(random.choice(list(BOMBS.values()))))
        assert answer.status in (500, 503), answer
        assert answer.status == 503 or time.monotonic() - began < 40
        return f"stopped with {answer.status}"

    def hang_up(random: random.Random) -> str:
        with server.connect() as connection:
            whole = f"GET {asked(BOMBS['cross product'])} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            connection.sendall(whole[: random.choice((len(whole), len(whole), 60))])
            time.sleep(random.random() / 4)
        return "hung up"

    def read_slowly(random: random.Random) -> str:
        with server.connect() as connection:
            connection.sendall(b"GET /dump/synthkg.nq HTTP/1.1\r\nHost: x\r\n\r\n")
            for _ in range(random.randint(1, 5)):
                assert connection.recv(1_000)
                time.sleep(0.1)
        return "read slowly"

    def live(number: int) -> None:
        mine = random.Random(seed + number)
        acts = [bomb] if number % 10 == 0 else [hang_up, read_slowly] if number % 10 == 1 else [right]
        while time.monotonic() < until:
            happened[mine.choice(acts)(mine)] += 1

    with ThreadPoolExecutor(clients) as pool:
        lives = [pool.submit(live, number) for number in range(clients)]
        while time.monotonic() < until:
            time.sleep(min(seconds / 3, 10, max(until - time.monotonic(), 0)))
            os.kill(server.process.pid, signal.SIGHUP)
            happened["reloaded"] += 1
        for each in lives:
            each.result()
    return happened


def test_a_short_soak(toy_dist: Path) -> None:
    """Ten seconds of what benchmarks/serving.py does for ten minutes."""
    for server in start_synthkg(toy_dist / "synthkg.nq", "--timeout", "4", "--memory", "200"):
        for _ in range(20):
            server.ask("/")
        before = memory_of(server.process.pid)
        happened = soak(server, toy_dist / "synthkg.nq", 10, 20)
        assert happened["right"] > max(50, 20 * happened["late"])
        assert {"hung up", "read slowly", "stopped with 500"} <= set(happened)
        assert eventually(partial(is_calm, server), 15), children(server.process.pid)
        assert memory_of(server.process.pid) < before + 60_000
        assert server.ask("/health").body.startswith(b"ok\n")
        assert "Traceback" not in server.said()
