"""All saved queries: synthkg beside Oxigraph alone, Virtuoso and rdflib, on the real list and on big ones, in one run.

    python benchmarks/queries.py [--sizes real,10000,100000] [--keep FOLDER] [--queries NAME,…] [--engines NAME,…]

The graph of a size is made once and loaded by every engine (`engines.py`). Each is asked every query, with its default values; a
view, which has none, for the thing that makes its longest page of the real list. Engines that answer must give as many rows.

Times are of the processor, so that what else the machine does matters little. *Cold* is the first time in a process that has
loaded the graph, *warm* the median of up to five repeats. What our layer adds is measured in one process on one store, by turns.
The command line is a process for each query: it starts Python, loads the dump, asks and prints.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engines import VIEWS
from generate import generate_dump
from pipeline import processor_time
from synthkg import project
from synthkg.graph.queries import Query, load_queries
from synthkg.graph.store import OxigraphStore, load_dump

HERE = Path(__file__).parent
TITLES = {"synthkg": "synthkg", "oxigraph": "Oxigraph", "virtuoso": "Virtuoso", "rdflib": "rdflib"}

Result = dict[str, Any]


class Engine:
    """An engine's process, which is started again where it ended because it was late."""

    def __init__(self, name: str, dump: Path) -> None:
        self._command = [sys.executable, str(HERE / "engines.py"), name, str(dump)]
        self._name = name
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.loaded: Result = json.loads(self._process.stdout.readline())  # type: ignore[union-attr]

    def ask(self, question: dict[str, Any]) -> Result:
        """What the engine measured; ``late`` where the query took longer than its limit."""
        if self._process.poll() is not None:
            self._start()
        self._process.stdin.write(json.dumps(question) + "\n")  # type: ignore[union-attr]
        self._process.stdin.flush()  # type: ignore[union-attr]
        if line := self._process.stdout.readline():  # type: ignore[union-attr]
            found: Result = json.loads(line)
            return found
        assert self._process.wait() < 0, f"{self._name} failed at {question['name']}"
        return {"late": True}

    def stop(self) -> None:
        """Lets it end."""
        self._process.communicate()


def longest(query: Query, store: OxigraphStore) -> dict[str, str]:
    """The values to ask with: none where there are defaults, else those that give most rows."""
    missing = [parameter for parameter in query.parameters if parameter.default is None]
    cases = [{parameter.name: choice} for parameter in missing for choice in parameter.choices(store)]
    return max(cases, key=lambda values: len(query.rows(store, **values).rows), default={})


def call(*arguments: str) -> float:
    """Seconds of processor time of a call of the command line."""
    started = processor_time()
    subprocess.run([sys.executable, "-m", "synthkg", *arguments], check=True, stdout=subprocess.DEVNULL)
    return processor_time() - started


def kept(file: Path, make: Callable[[], Result]) -> Result:
    """What was measured before, or is now: a run that broke off goes on where it was."""
    if not file.exists():
        print(f"{file.stem} …", file=sys.stderr, flush=True)
        file.write_text(json.dumps(make()))
    found: Result = json.loads(file.read_text())
    return found


def measure(engine: str, dump: Path, questions: list[dict[str, Any]], limit: float, once: bool) -> Result:
    """Asks an engine everything, and again unless ``once``; Oxigraph again beside synthkg only, rdflib on the real list only."""
    is_real = dump.stem == "real"
    once = once or engine == "oxigraph" or (engine == "rdflib" and not is_real)
    process = Engine(engine, dump)
    answers = {
        question["name"]: process.ask(question | {"limit": limit, "once": once})
        for question in questions
        if engine != "rdflib" or "GRAPH ?" not in question["text"]
    }
    if is_real and engine in ("synthkg", "rdflib"):
        answers[VIEWS] = process.ask({"name": VIEWS, "limit": 1800, "once": engine == "rdflib"})
    process.stop()
    return process.loaded | {"limit": limit, "answers": answers}


def measure_calls(dump: Path, questions: list[dict[str, Any]]) -> Result:
    """The command line: on the real list all queries and all views, on big ones, where loading is nearly all of it, one query."""
    found = {}
    for question in questions:
        if dump.stem == "real" or question["name"] == "counts":
            values = [part for key, value in question["values"].items() for part in ("-p", f"{key}={value}")]
            found[question["name"]] = call("query", question["name"], *values, "--from", str(dump))
    if dump.stem == "real":
        with tempfile.TemporaryDirectory() as folder:
            found[VIEWS] = call("view", "--from", str(dump), "--out", folder)
    return found


def compare(found: Result) -> None:
    """Whoever answers a query must give as many rows; where Virtuoso does not, that is told, and its answer is an error."""
    for name in {name for engine in found["engines"].values() for name in engine["answers"]}:
        answers = {key: engine["answers"].get(name, {}) for key, engine in found["engines"].items()}
        rows = {key: answer.get("rows") for key, answer in answers.items()}
        if None not in (right := rows.get("oxigraph"), given := rows.get("virtuoso")) and given != right:
            print(f"{name} at {found['size']}: Virtuoso gives {given} rows, not {right}", file=sys.stderr)
            answers["virtuoso"].clear()
            answers["virtuoso"]["error"] = f"{given} rows"
            del rows["virtuoso"]
        assert len(set(rows.values()) - {None}) <= 1, f"{name} at {found['size']}: {rows}"


def shown(seconds: float | None) -> str:
    """Milliseconds, to three digits at most."""
    if seconds is None:
        return "–"
    milliseconds = 1000 * seconds
    return (
        f"{milliseconds:.0f}" if milliseconds >= 100 else f"{milliseconds:.1f}" if milliseconds >= 10 else f"{milliseconds:.2f}"
    )


def cell(found: Result, engine: str, name: str, kind: str) -> str:
    """One cell of the table."""
    answer = found["engines"][engine]["answers"].get(name, {})
    if answer.get("late"):
        return f"> {1000 * found['engines'][engine]['limit']:.0f}"
    return "error" if "error" in answer else shown(warm(found, engine, name) if kind == "warm" else answer.get("cold"))


def warm(found: Result, engine: str, name: str) -> float | None:
    """The median of the repeats; Oxigraph's is the one beside ours. Where there was no time to repeat, the first."""
    if engine == "oxigraph" and (
        beside := found["engines"].get("synthkg", {"answers": {}})["answers"].get(name, {}).get("alone")
    ):
        return float(beside)
    answer = found["engines"][engine]["answers"].get(name, {})
    return answer.get("warm", answer.get("cold"))


def table(found: Result) -> str:
    """The measurements of a size as Markdown."""
    names = [name for name in next(iter(found["engines"].values()))["answers"] if name != VIEWS]
    engines = list(found["engines"])
    with_cli = len(found["cli"]) > 2
    heads = [f"{TITLES[engine]} {kind}" for engine in engines for kind in ("cold", "warm")]
    lines = [f"| query | rows | {' | '.join(heads)} |{' command line |' if with_cli else ''}"]
    lines += ["| --- |" + " ---: |" * (len(heads) + 1 + with_cli)]
    for name in names:
        rows = next((e["answers"][name]["rows"] for e in found["engines"].values() if "rows" in e["answers"].get(name, {})), "–")
        cells = [cell(found, engine, name, kind) for engine in engines for kind in ("cold", "warm")]
        cells += [shown(found["cli"].get(name))] if with_cli else []
        lines += [f"| {name} | {rows} | {' | '.join(cells)} |"]
    return "\n".join(lines)


def overview(results: list[Result]) -> str:
    """Totals, one row a size and engine."""
    lines = [
        "| papers | engine | load, s | memory, MB | cold, s | warm, s | late or failed | warm / synthkg, of what both answer |"
    ]
    lines += ["| --- | --- |" + " ---: |" * 6]
    for found in results:
        ours = found["engines"]["synthkg"]["answers"]
        for engine, measured in found["engines"].items():
            answers = {name: a for name, a in measured["answers"].items() if name != VIEWS}
            done = [name for name, answer in answers.items() if "rows" in answer]
            both = [name for name in done if "rows" in ours.get(name, {})]
            cold = sum(answers[name]["cold"] for name in done)
            total = sum(warm(found, engine, name) or 0.0 for name in done)
            share = sum(warm(found, engine, name) or 0.0 for name in both) / sum(warm(found, "synthkg", n) or 0.0 for n in both)
            lines += [
                f"| {found['size']} | {TITLES[engine]} | {measured['load']:.1f} | {measured['memory']} | {cold:.2f} |"
                f" {total:.2f} | {len(answers) - len(done)} of {len(answers)} | {share:.2f} |"
            ]
    return "\n".join(lines)


def layer(results: list[Result]) -> str:
    """What our layer adds to Oxigraph's own time."""
    lines = [
        "| papers | synthkg, s | Oxigraph alone, s | added | most for a query, ms | the query for which it is most |",
        "| --- |" + " ---: |" * 4 + " --- |",
    ]
    for found in results:
        pairs = {
            name: (answer["warm"], answer["alone"])
            for name, answer in found["engines"]["synthkg"]["answers"].items()
            if "alone" in answer
        }
        if not pairs:  # nothing was repeated
            continue
        ours, alone = (sum(pair[i] for pair in pairs.values()) for i in (0, 1))
        worst = max(pairs, key=lambda name: pairs[name][0] - pairs[name][1])
        most = pairs[worst][0] - pairs[worst][1]
        lines += [
            f"| {found['size']} | {ours:.3f} | {alone:.3f} | {100 * (ours / alone - 1):.1f} % | {1000 * most:.1f} | {worst} |"
        ]
    return "\n".join(lines)


def views(found: Result) -> str:
    """The regeneration of all views."""
    ours = found["engines"]["synthkg"]["answers"][VIEWS]
    lines = ["| all pages of all views, real list | processor time, s |", "| --- | ---: |"]
    lines += [f"| synthkg, graph loaded ({ours['rows']} pages) | {ours['warm']:.3f} |"]
    lines += [f"| `synthkg view --from synthkg.nq --out views`: start, load, ask, write | {found['cli'][VIEWS]:.3f} |"]
    if "rdflib" in found["engines"]:
        theirs = found["engines"]["rdflib"]["answers"][VIEWS]["cold"]
        lines += [f"| rdflib, graph loaded | {theirs:.2f} ({theirs / ours['warm']:.0f} times as long) |"]
    return "\n".join(lines)


def named(found: Result) -> str:
    """The size in words."""
    return "The real list" if found["size"] == "real" else f"{int(found['size']):,} papers"


def page(results: list[Result]) -> str:
    """All tables."""
    parts = ["## In short\n", overview(results), "\n## Our layer\n", layer(results)]
    if results[0]["size"] == "real":
        parts += ["\n## All views\n", views(results[0])]
    for found in results:
        parts += [f"\n## {named(found)}, milliseconds\n", table(found)]
    return "\n".join(parts)


def main() -> None:
    """Measures, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="real,10000,100000", help="numbers of papers; real is the data folder itself")
    parser.add_argument("--keep", type=Path, help="a folder for graphs and measurements; none is made that is there")
    parser.add_argument("--queries", help="these only")
    parser.add_argument("--engines", default="synthkg,oxigraph,virtuoso,rdflib", help="these only")
    parser.add_argument("--once", default="", help="the sizes at which nothing is repeated")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for a query")
    parser.add_argument("--rdflib-limit", type=float, default=60.0, help="seconds for a query of rdflib")
    parser.add_argument("--rdflib-most", type=int, default=10_000, help="rdflib is spared more papers; each needs 0.4 MB")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        generate_dump(project.folder("data"), 1, folder / "real.nq")
        real = load_dump(folder / "real.nq")
        questions = []
        for query in load_queries("examples", "views").values():
            if not given.queries or query.name in given.queries.split(","):
                values = longest(query, real)
                questions.append({"name": query.name, "values": values, "text": query.bind(values)})
        del real
        results = []
        for size in given.sizes.split(","):
            dump = folder / f"{size}.nq"
            papers = 1 if size == "real" else int(size)
            generate_dump(project.folder("data"), papers, dump)
            found: Result = {"size": size, "engines": {}}
            for engine in given.engines.split(","):
                if engine != "rdflib" or papers <= given.rdflib_most:
                    limit = given.rdflib_limit if engine == "rdflib" else given.limit
                    make = partial(measure, engine, dump, questions, limit, size in given.once.split(","))
                    found["engines"][engine] = kept(folder / f"{size}-{engine}.json", make)
            found["cli"] = kept(folder / f"{size}-calls.json", partial(measure_calls, dump, questions))
            compare(found)
            results.append(found)
    print(page(results))


if __name__ == "__main__":
    main()
