"""What Spark costs over one process: processor time and wall time of the same map, and of whole builds, on the same records.

    python benchmarks/spark.py 1000 [--keep FOLDER] [--master 'local[2]'] [--only map]

The map is from shards to N-Quads with everything that can be said of a record alone. One process reads the same shards with the
same function. Spark's share is what it takes longer, the start of its virtual machine apart, which is measured by itself.
Processor time is that of all processes that a run starts (Linux).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import filterfalse
from pathlib import Path

from generate import generate
from pipeline import family
from synthkg import project
from synthkg.release import build as build_here
from synthkg.scale import build, session, write_shards
from synthkg.scale.building import read_lines
from synthkg.scale.records import Settings, made_by, map_lines
from synthkg.scale.schemes import is_first
from synthkg.scale.shards import read_line


def map_here(folder: Path, master: str) -> None:
    """The map in one process."""
    settings = Settings(made_by(), ())
    with (folder / "map-here.nq").open("wb") as out:
        for shard in sorted((folder / "shards").iterdir()):
            with shard.open(encoding="utf-8") as lines:
                for mapped in map_lines(settings, filterfalse(is_first, map(read_line, lines))):
                    out.write(mapped.quads)


def start_spark(folder: Path, master: str) -> None:
    """A session that does next to nothing."""
    with session(master) as spark:
        assert spark.sparkContext.parallelize(range(2), 2).map(str).count() == 2


def map_on_spark(folder: Path, master: str) -> None:
    """The map on Spark."""
    settings = Settings(made_by(), ())
    with session(master) as spark:
        lines = read_lines(spark, str(folder / "shards")).filter(lambda line: not is_first(line))
        mapped = lines.mapPartitions(lambda some: map_lines(settings, some))
        mapped.map(lambda each: each.quads).saveAsTextFile(str(folder / "map-on-spark"))


def all_here(folder: Path, master: str) -> None:
    """A build by all cores of this machine."""
    assert not build_here(folder / "data", folder / "dist").checked.errors


def all_on_spark(folder: Path, master: str) -> None:
    """A build on Spark."""
    with session(master) as spark:
        assert not build(spark, str(folder / "shards"), str(folder / "graph")).errors


RUNS: dict[str, Callable[[Path, str], None]] = {
    "map, one process": map_here,
    "Spark's start": start_spark,
    "map, Spark": map_on_spark,
    "build, this machine": all_here,
    "build, Spark": all_on_spark,
}


def spent(process: int) -> float:
    """Processor seconds of a process, of what it started and still runs, and of what has ended and was waited for."""
    ticks = 0
    for member in family(process):
        try:
            ticks += sum(map(int, Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(name: str, folder: Path, master: str) -> tuple[float, float]:
    """Processor and wall seconds of a run in a process of its own, looked at ten times a second."""
    command = [sys.executable, __file__, "0", "--run", name, "--keep", str(folder), "--master", master]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "SPARK_LOCAL_IP": "127.0.0.1"}
    started, processor = time.perf_counter(), 0.0
    process = subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[1], stderr=subprocess.DEVNULL)
    while process.poll() is None:
        processor = max(processor, spent(process.pid))
        time.sleep(0.1)
    assert process.returncode == 0, f"{name} failed"
    return processor, time.perf_counter() - started


def main() -> None:
    """Measures all runs, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("papers", type=int)
    parser.add_argument("--keep", type=Path, help="Folder for the records and what is made of them.")
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--only", choices=["map", "build"], help="What to measure. Default: both.")
    parser.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        RUNS[asked.run](asked.keep, asked.master)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        papers = generate(project.folder("data"), asked.papers, folder / "data")
        write_shards(folder / "data", folder / "shards")
        for old in ("map-on-spark", "dist", "graph", "cache"):
            shutil.rmtree(folder / old, ignore_errors=True)
        chosen = [name for name in RUNS if name.startswith((asked.only or "", "Spark"))]
        found = {name: measure(name, folder, asked.master) for name in chosen}
    print(f"{papers} papers, {asked.master}, load {os.getloadavg()[0]:.1f}\n\n| | processor, s | a paper, ms | wall, s |")
    print("| --- | ---: | ---: | ---: |")
    for name, (processor, wall) in found.items():
        print(f"| {name} | {processor:.1f} | {1000 * processor / papers:.2f} | {wall:.1f} |")
    start = found["Spark's start"][0]
    for what, one in (("map", "one process"), ("build", "this machine")):
        if asked.only in (None, what):
            ratio = (found[f"{what}, Spark"][0] - start) / found[f"{what}, {one}"][0]
            print(f"\n{what}: Spark over {one}, a paper, without its start: {ratio:.2f}")


if __name__ == "__main__":
    main()
