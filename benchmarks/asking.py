"""A large dump asked from memory, and from the store that is kept of it on disk.

    python benchmarks/asking.py 10000 [--keep FOLDER] [--limit 60]
    python benchmarks/asking.py --dump FILE [--limit 60]

First, each in a process of its own: a dump is opened and one saved query asked, from memory; then with a store to be made; then
with the store there. Wall time, processor time and highest memory, Python's start included. Then every saved query and every
query of a thing's page, each in a process that has the graph, in processor time; the ten that take longest also as
``KnowledgeGraph.query`` asks them, in turns, its processes and their start included. All must give the same number of rows.

A dump that is there already, such as one of more papers than memory has room for, is asked from its store on disk alone.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from generate import generate_dump
from synthkg import project
from synthkg.api import KnowledgeGraph
from synthkg.graph import KeptStore, OxigraphStore, Query, keep_dump, kept, load_dump, load_queries

OPENING = """
import sys
from pathlib import Path
from synthkg.graph import find_query, kept, load_dump
kept.LARGE = 0
store = (load_dump if sys.argv[2] == "memory" else kept.open_dump)(Path(sys.argv[1]))
print(len(find_query("counts").rows(store).rows))
"""
Asked = tuple[float, OxigraphStore, Query, dict[str, str]]
"""Seconds that a query took from disk, the store, and the query with its values."""
THING = {"concept": "stage/fine-tuning", "list": "data-synthesis-using-llms", "method": "self-instruct"}


def opening(dump: Path, where: str) -> tuple[float, float, float]:
    """Seconds of the wall clock and of the processor, and MB, of a process that opens a dump and asks one query."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", OPENING, str(dump), where], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def apart(ask: Callable[[], int], limit: int) -> tuple[int, float] | None:
    """Rows and seconds of processor time of a question that is asked in a process of its own; None where it takes too long.

    Raises:
        ChildProcessError: It has ended otherwise.
    """
    reading, writing = os.pipe()
    number = os.fork()
    if not number:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            os.write(writing, json.dumps(best(ask)).encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    status = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    with os.fdopen(reading, "rb") as answer:
        text = answer.read()
    if text:
        return tuple(json.loads(text))
    if -status not in {signal.SIGXCPU, signal.SIGKILL}:
        raise ChildProcessError(f"a process that asks ended with status {status}")
    return None


def best(ask: Callable[[], int]) -> tuple[int, float]:
    """Rows, and the better of two times where the first is under a second."""
    times: list[float] = []
    while not times or (len(times) < 2 and times[0] < 1):
        started = spent()
        rows = ask()
        times.append(spent() - started)
    return rows, min(times)


def spent() -> float:
    """Seconds of processor time of this process, and of those below it that have ended."""
    every = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in every)


def alone(store: OxigraphStore, text: str) -> int:
    """Oxigraph alone: the text, and each row as a tuple of terms."""
    return len([tuple(row) for row in store.inner.query(text, use_default_graph_as_union=True)])  # type: ignore[union-attr]


def ours(store: OxigraphStore, query: Query, values: dict[str, str]) -> int:
    """As `KnowledgeGraph.query` asks it, in a worker, which is ended."""
    kg = KnowledgeGraph(store)
    rows = len(kg.query(query.name, **values))
    kg.answering.engine.close()  # type: ignore[attr-defined]
    return rows


def shown(found: tuple[int, float] | None, limit: int) -> str:
    """Milliseconds."""
    return f"> {limit}000" if found is None else f"{1000 * found[1]:.1f}" if found[1] < 0.1 else f"{1000 * found[1]:.0f}"


def main() -> None:
    """Measures, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("papers", type=int, nargs="?", default=10_000)
    parser.add_argument("--dump", type=Path, help="a dump to ask instead of one that is made; what is kept of it is used")
    parser.add_argument("--keep", type=Path, help="a folder for the dump and the store; none is made that is there")
    parser.add_argument("--queries", help="these only")
    parser.add_argument("--limit", type=int, default=60, help="seconds for a query")
    given = parser.parse_args()
    kept.LARGE = 0
    if given.dump:
        slowest(answering(given, {"disk": stored(given.dump)}), given.limit)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.keep or Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
            dump = folder / f"{given.papers}.nq"
            generate_dump(project.folder("data"), given.papers, dump)
            print("| open, and ask `counts` | wall, s | processor, s | memory, MB |\n| --- | ---: | ---: | ---: |")
            there = (folder / "cache").exists()
            for name, where in [
                ("from memory", "memory"),
                *([] if there else [("store made", "disk")]),
                ("store there", "disk"),
            ]:
                print(f"| {name} | {' | '.join(f'{figure:.1f}' for figure in opening(dump, where))} |", flush=True)
            slowest(answering(given, {"memory": load_dump(dump), "disk": stored(dump)}), given.limit)


def stored(dump: Path) -> KeptStore:
    """The store on disk of a dump."""
    disk = keep_dump(dump)
    assert disk is not None
    size = sum(file.stat().st_size for file in disk.held.path.iterdir())
    print(f"\nThe dump has {dump.stat().st_size / 1e6:.0f} MB, the store {size / 1e6:.0f} MB.\n", flush=True)
    return disk


def answering(given: argparse.Namespace, stores: Mapping[str, OxigraphStore]) -> list[Asked]:
    """Asks every query of each store, and prints the times; gives what was answered from disk."""
    columns = [*stores, *(["disk / memory"] if len(stores) > 1 else [])]
    print(f"| query, ms of processor time | rows | {' | '.join(columns)} |\n| --- |{' ---: |' * (len(columns) + 1)}")
    asked: list[Asked] = []
    for query in load_queries("profiles", "examples", "views").values():
        if given.queries and query.name not in given.queries.split(","):
            continue
        missing = [parameter for parameter in query.parameters if parameter.default is None]
        values = {each.name: THING[each.name] for each in missing}
        text = query.bind(values)
        found: list[Any] = [apart(lambda s=store: alone(s, text), given.limit) for store in stores.values()]  # type: ignore[misc]  # noqa: B023
        assert None in found or len({rows for rows, _ in found}) == 1, query.name
        ratio = [] if len(found) == 1 else [""] if None in found else [f"{found[1][1] / found[0][1]:.1f}"]
        rows = next((each[0] for each in found if each), "")
        print(f"| {' | '.join([query.name, str(rows), *(shown(each, given.limit) for each in found), *ratio])} |", flush=True)
        if found[-1]:
            asked.append((found[-1][1], stores["disk"], query, values))
    return asked


def slowest(asked: Sequence[Asked], limit: int) -> None:
    """Asks the ten slowest in turns of Oxigraph alone and as the product does, and prints the better of two times of each."""
    print("\n| the slowest, ms | Oxigraph on disk | synthkg on disk | ratio |\n| --- | ---: | ---: | ---: |")
    for _, disk, query, values in sorted(asked, key=lambda each: each[0], reverse=True)[:10]:
        text = query.bind(values)
        ways = (lambda: alone(disk, text), lambda: ours(disk, query, values))  # noqa: B023
        turns = [[apart(way, limit) for way in ways] for _ in range(2)]
        times = [
            min((each for each in found if each), key=lambda each: each[1], default=None) for found in zip(*turns, strict=True)
        ]
        ratio = f"{times[1][1] / times[0][1]:.2f}" if times[0] and times[1] else ""
        print(f"| {query.name} | {' | '.join(shown(each, limit) for each in times)} | {ratio} |", flush=True)


if __name__ == "__main__":
    main()
