"""From YAML to validated dumps and pages: synthkg beside the plain pipeline, which makes no pages, in one run.

    python benchmarks/pipeline.py [--sizes real,1000,10000] [--keep FOLDER] [--without-plain 1000,10000]

Each pipeline runs in a process of its own, synthkg four times: with nothing remembered, again with nothing changed, with another
title of one paper, which rules, checks, tables and pages read, and with another summary, which tables and pages do. It is then
asserted that both pipelines gave the same triples in the same graphs, and that the second build read no record. synthkg writes
its dumps while it reads, so what is left of them stands under "dumps". Wall time includes starting Python. Peak memory is that of
the process and of those it started, each at its own highest, added up, so that what forks share is counted several times;
processor time too is that of all of them (Linux).

The last table sets what was measured beside the targets, for the sizes that were asked for.

On the real list every page of the views is made, on bigger ones the first page of every view. The plain pipeline, and it alone,
is spared what rdflib would take hours for; see there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph

from generate import generate
from synthkg import project

HERE = Path(__file__).parent


def run(script: str, cache: Path, *arguments: Path | str) -> dict[str, Any]:
    """Runs one pipeline; gives what it printed, its wall and processor time in seconds and its peak memory in MB."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    started, spent = time.perf_counter(), processor_time()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, stdout=printed, env=environment, cwd=HERE.parent)
        peaks: dict[int, int] = {}
        while process.poll() is None:
            for member in family(process.pid):
                peaks[member] = max(peaks.get(member, 0), highest(member))
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        assert process.returncode == 0, f"{script} failed on {arguments[0]}"
        printed.seek(0)
        measured = {"seconds": seconds, "processor": processor_time() - spent, "memory": sum(peaks.values()) / 1024}
        return json.load(printed) | measured


def processor_time() -> float:
    """Seconds of processor time of all processes that were started from here and have ended, and of those they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def family(process: int) -> list[int]:
    """A process and what it started, by any of its threads."""
    try:
        children = [child for file in Path(f"/proc/{process}/task").glob("*/children") for child in file.read_text().split()]
    except OSError:
        return []
    return [process, *(member for child in children for member in family(int(child)))]


def highest(process: int) -> int:
    """The most memory that a process has held so far, in KB."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def fingerprint(dump: Path) -> tuple[int, int]:
    """Number and sum of the hashes of all quads: equal for equal sets, whatever their order."""
    count = total = 0
    for quad in pyoxigraph.parse(path=dump):
        count += 1
        total += hash(str(quad))
    return count, total


def assert_equal(ours: Path, plain: Path) -> None:
    """The two pipelines gave the same graph."""
    for dump in ("synthkg.nq", "synthkg.nt"):
        assert fingerprint(ours / "dist" / dump) == fingerprint(plain / "dist" / dump), f"the {dump} differ"


def measure(size: str, folder: Path, with_plain: bool) -> dict[str, Any]:
    """All runs on one size."""
    data = project.folder("data")
    if size == "real":
        data = folder / "data-real"
        shutil.copytree(project.folder("data"), data, dirs_exist_ok=True)
    else:
        data = folder / f"data-{size}"
        generate(project.folder("data"), int(size), data)
    papers = len(list((data / "papers").glob("*.yaml")))
    work = "all" if size == "real" else "first"
    ours, plain, cache = (folder / f"{name}-{size}" for name in ("ours", "plain", "cache"))
    for old in (ours, plain, cache):
        shutil.rmtree(old, ignore_errors=True)
    runs = {"first": run("ours.py", cache, data, ours, work), "second": run("ours.py", cache, data, ours, work)}
    assert runs["first"]["mapped"] > 0
    assert runs["second"]["mapped"] == 0, "the second build read records again"
    assert not runs["second"]["loaded"], f"the second build imported {runs['second']['loaded']}"
    for key in ("title", "summary"):
        change(sorted((data / "papers").glob("*.yaml"))[papers // 2], key)
        runs[key] = run("ours.py", cache, data, ours, work)
    if with_plain:
        runs["plain"] = run("plain.py", cache, data, plain)
        phases = runs["plain"]["phases"]
        phases["read and validate"] = phases.pop("read") + phases.pop("validate")
        assert_equal(ours, plain)
    return {"size": size, "papers": papers, "is_real": size == "real", "runs": runs}


def change(record: Path, key: str) -> None:
    """Puts a word before a text of a record."""
    text = record.read_text(encoding="utf-8")
    changed = re.sub(rf'^{key}: ("?)', rf"{key}: \1Anew, ", text, count=1, flags=re.MULTILINE)
    assert changed != text, f"{record} has no {key}"
    record.write_text(changed, encoding="utf-8")


def table(results: list[dict[str, Any]]) -> str:
    """The measurements as Markdown."""
    lines = []
    for result in results:
        runs, names = result["runs"], list(result["runs"])
        lines += [f"\n{result['papers']} papers{' (the real list)' if result['is_real'] else ''}\n"]
        titles = {
            "first": "synthkg",
            "second": "again, nothing changed",
            "title": "one title changed",
            "summary": "one summary changed",
            "plain": "plain",
        }
        lines += [f"| | {' | '.join(titles[name] for name in names)} | plain / synthkg | first / again |"]
        lines += ["| --- |" + " ---: |" * (len(names) + 2)]
        rows = {phase: [runs[name]["phases"][phase] for name in names] for phase in runs["first"]["phases"]}
        rows |= {
            "**all, s**": [runs[name]["seconds"] for name in names],
            "processor time, s": [runs[name]["processor"] for name in names],
            "peak memory, MB": [runs[name]["memory"] for name in names],
        }
        for title, cells in rows.items():
            first, second, *_ = cells
            plain = cells[names.index("plain") :] if "plain" in names else []
            ratios = [f"{plain[0] / first:.1f}" if plain and first else "", f"{first / second:.1f}" if second > 0.005 else ""]
            shown = [f"{cell:.0f}" if "memory" in title else f"{cell:.2f}" for cell in cells]
            lines += [f"| {title} | {' | '.join(shown + ratios)} |"]
        if broken_off := runs.get("plain", {}).get("broken_off"):
            lines += [f"\nOf the checks across records {broken_off} were broken off in the plain pipeline."]
    lines += ["\nMilliseconds a paper\n", f"| | {' | '.join(str(result['papers']) for result in results)} |"]
    lines += ["| --- |" + " ---: |" * len(results)]
    for name, title in (
        ("first", "synthkg"),
        ("second", "again"),
        ("title", "one title changed"),
        ("summary", "one summary changed"),
        ("plain", "plain"),
    ):
        cells = [
            1000 * result["runs"][name]["seconds"] / result["papers"] if name in result["runs"] else None for result in results
        ]
        lines += [f"| {title} | {' | '.join('' if cell is None else f'{cell:.1f}' for cell in cells)} |"]
    return "\n".join(lines)


def build_time(run: dict[str, Any]) -> float:
    """Seconds of a run without its pages."""
    return float(run["seconds"] - run["phases"]["views"])


TARGETS: tuple[tuple[str, str, str, Callable[[dict[str, Any]], float]], ...] = (
    ("real", "check, build, views, s", "<= 1.2", lambda runs: runs["first"]["seconds"]),
    ("1000", "processor a paper, ms", "<= 2.5", lambda runs: 1000 * runs["first"]["processor"] / runs["papers"]),
    ("10000", "processor a paper, ms", "<= 2.5", lambda runs: 1000 * runs["first"]["processor"] / runs["papers"]),
    ("10000", "build, s", "<= 25", lambda runs: build_time(runs["first"])),
    ("10000", "again, nothing changed, s", "<= 3", lambda runs: build_time(runs["second"])),
    ("10000", "one title changed, s", "<= 5", lambda runs: build_time(runs["title"])),
    ("10000", "one summary changed, s", "<= 5", lambda runs: build_time(runs["summary"])),
    ("10000", "plain / synthkg", ">= 35", lambda runs: runs["plain"]["seconds"] / build_time(runs["first"])),
    ("100000", "processor a paper, ms", "<= 2.5", lambda runs: 1000 * runs["first"]["processor"] / runs["papers"]),
    ("100000", "build, s", "<= 150", lambda runs: build_time(runs["first"])),
    ("100000", "peak memory, MB", "<= 1500", lambda runs: runs["first"]["memory"]),
)
"""Size, what, the target, and how it is computed of the runs and the number of papers."""


def targets(results: list[dict[str, Any]]) -> str:
    """What was measured beside the targets, as Markdown."""
    lines = ["\n| papers | | target | measured |", "| ---: | --- | ---: | ---: |"]
    for result in results:
        runs = {**result["runs"], "papers": result["papers"]}
        for size, what, target, measured in TARGETS:
            if size == result["size"] and ("plain" not in what or "plain" in runs):
                lines += [f"| {result['papers']} | {what} | {target} | {measured(runs):.1f} |"]
    return "\n".join(lines)


def main() -> None:
    """Measures, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="real,1000,10000", help="numbers of papers; real is the data folder itself")
    parser.add_argument("--keep", type=Path, help="a folder for data and results, which stay there")
    parser.add_argument("--without-plain", default="", help="the sizes at which the plain pipeline is not run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        without = given.without_plain.split(",")
        results = [measure(size, folder, size not in without) for size in given.sizes.split(",")]
        print(table(results))
        print(targets(results))


if __name__ == "__main__":
    main()
