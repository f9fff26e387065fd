"""Our server beside Oxigraph's and rdflib-endpoint on one dump, in one run; how soon bombs end; and a soak.

    python benchmarks/serving.py rates --from dist/synthkg.nq [--seconds 5] [--peer PYTHON]
    python benchmarks/serving.py bombs --from dist/synthkg.nq
    python benchmarks/serving.py soak --from dist/synthkg.nq [--seconds 600] [--clients 50]

Rates are wrk's (Debian package wrk): requests a second, and how long half and 99 of 100 took. The saved queries are a quick
one, one of some milliseconds, and the longest. PYTHON is one with rdflib-endpoint and uvicorn in it; without it that server is
left out. The soak is that of tests/serve/test_hardness.py, longer: a wrong answer ends it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from bombs import BOMBS
from serve.test_hardness import asked, children, memory_of, soak
from servers import Synthkg, _answers, _stop, free_port, start_synthkg
from synthkg.graph import load_queries

QUERIES = ("find", "lineage", "papers")
CLIENTS = (1, 4, 32)
_PEER = """
import sys
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
import uvicorn
graph = Dataset(default_union=True)
graph.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=graph), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""


@contextmanager
def process(command: list[str], url: str, seconds: float = 120) -> Iterator[int]:
    """A server that answers at an address: its number."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as running:
            try:
                _answers(url, running, log, seconds)
                yield running.pid
            finally:
                _stop(running)


def servers(dump: Path, peer: str | None) -> Iterator[tuple[str, str, int]]:
    """Each server, one after the other: its name, the address of its endpoint, and the number of its process."""
    for server in start_synthkg(dump):
        yield "synthkg serve", f"{server.base}/sparql", server.process.pid
    binary = Path(sys.executable).with_name("oxigraph")
    base = f"127.0.0.1:{free_port()}"  # in memory, as ours is: its store on disk is three times as slow
    with process([str(binary), "serve", "--bind", base, "--union-default-graph"], f"http://{base}/") as number:
        headers = {"Content-Type": "application/n-quads"}
        urllib.request.urlopen(urllib.request.Request(f"http://{base}/store", dump.read_bytes(), headers), timeout=120).close()
        yield "Oxigraph's server", f"http://{base}/query", number
    if peer is not None:
        port = free_port()
        url = f"http://127.0.0.1:{port}/"
        with process([peer, "-c", _PEER, str(dump), str(port)], url) as number:
            yield "rdflib-endpoint", url, number


# A comment that is another one each time: what was kept of an answer is of no use.
_ANEW = "local n = 0\nfunction request() n = n + 1; return wrk.format(nil, wrk.path .. '%23' .. n) end\n"


def rate(url: str, clients: int, seconds: float, *, anew: bool) -> tuple[float, str, str]:
    """Requests a second, and how long half and 99 of 100 took; ``anew`` asks for no text twice."""
    accept = "Accept: application/sparql-results+json"
    command = ["wrk", "-t1", f"-c{clients}", f"-d{round(seconds)}s", "--latency", "--timeout", "60s", "-H", accept]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_ANEW if anew else "")
        script.flush()
        done = subprocess.run([*command, "-s", script.name, url], capture_output=True, text=True, check=True)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    assert wrong is None, done.stdout
    found = {name: re.search(rf"^\s*{name}:?\s+(\S+)$", done.stdout, re.MULTILINE) for name in ("50%", "99%", "Requests/sec")}
    shown = {name: match[1] if match else "–" for name, match in found.items()}
    return float(shown["Requests/sec"]), shown["50%"], shown["99%"]


def rates(dump: Path, seconds: float, peer: str | None) -> None:
    """Prints a table. Each query meets fresh servers, because one that does not end a query is busy with it afterwards."""
    queries = load_queries("examples", "views")
    print("| query | asked | server | clients | a second | p50 | p99 | memory |\n|---|---|---|---|---|---|---|---|")
    for query in QUERIES:
        text = re.sub(r"(?m)^\s*#.*\n", "", queries[query].bind({}))  # Oxigraph's server takes no address of more than 8 kB
        for name, url, number in servers(dump, peer):
            for clients, anew in product(CLIENTS, (False, True)):
                done, half, most = rate(f"{url}?query={quote(text)}", clients, seconds, anew=anew)
                memory = (memory_of(number) + sum(children(number).values())) // 1024
                row = (query, "anew" if anew else "again", name, clients, f"{done:,.1f}", half, most, f"{memory} MB")
                print(f"| {' | '.join(map(str, row))} |", flush=True)


def bombs(dump: Path) -> None:
    """Prints how soon each bomb of two seconds is answered."""
    print("| bomb | answered after | with |\n|---|---|---|")
    for server in start_synthkg(dump, "--timeout", "2", "--memory", "600"):
        for name, text in BOMBS.items():
            began = time.monotonic()
            answer = server.ask(asked(text))
            words = answer.body.decode().partition("answered: ")[2].strip()
            print(f"| {name} | {time.monotonic() - began:.2f} s | {answer.status}: {words} |", flush=True)


def run_soak(dump: Path, seconds: float, clients: int) -> None:
    """Prints what happened."""
    for server in start_synthkg(dump, "--timeout", "10", "--memory", "300", "--metrics"):
        before = _sizes(server)
        happened = soak(server, dump, seconds, clients)
        time.sleep(10)
        print(f"{seconds:g} s, {clients} clients: {dict(happened)}")
        print(
            f"before (server's MB, processes): {before}; after: {_sizes(server)}; {server.ask('/health').body.decode().split()}"
        )
        print(f"tracebacks: {server.said().count('Traceback')}")


def _sizes(server: Synthkg) -> tuple[int, int]:
    return memory_of(server.process.pid) // 1024, len(children(server.process.pid))


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["rates", "bombs", "soak"])
    parser.add_argument("--from", dest="dump", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--peer")
    given = parser.parse_args()
    if given.what == "rates":
        rates(given.dump, given.seconds or 5, given.peer)
    elif given.what == "bombs":
        bombs(given.dump)
    else:
        run_soak(given.dump, given.seconds or 600, given.clients)


if __name__ == "__main__":
    main()
