"""A query from the command line, or from Python, can be ended: by its time limit, or by the person who asked it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

import synthkg
from conftest import TOY, Run
from synthkg.errors import QueryStopped

RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_a_time_limit_ends_a_query(run: Run) -> None:
    began = time.monotonic()
    done = run("query", RUNAWAY, "--data", TOY, "--timeout", "0.5")
    assert done.status == 2
    assert "stopped after 0.5 seconds" in done.stderr
    assert time.monotonic() - began < 10
    assert run("query", "ASK { ?s ?p ?o }", "--data", TOY, "--timeout", "5").stdout == "yes\n"


def test_ctrl_c_ends_a_query_at_once(toy_dist: Path) -> None:
    command = [sys.executable, "-m", "synthkg", "query", RUNAWAY, "--from", str(toy_dist / "synthkg.nq")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        until = time.monotonic() + 60
        while len(group := _group(process.pid)) < 3:
            assert process.poll() is None
            assert time.monotonic() < until, "the command, what holds the graph, and what runs the query"
            time.sleep(0.1)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=10)
        assert time.monotonic() - began < 3
    assert process.returncode == 130, said
    assert not any(Path(f"/proc/{each}").exists() for each in group)


def _group(first: int) -> list[int]:
    """The processes of the group that one began."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((each / "stat").read_text().rpartition(") ")[2].split()[2]) == first:
                found.append(int(each.name))
    return found


def test_python_has_the_same_limit() -> None:
    kg = synthkg.open(TOY, timeout=0.5)
    with pytest.raises(QueryStopped, match=r"after 0\.5 seconds"):
        kg.query(RUNAWAY)
    assert len(kg.query("papers")) == len(synthkg.open(TOY).query("papers"))


def test_a_program_of_several_threads_may_ask() -> None:
    """No process is forked off one that has threads: a copy of a lock that another thread holds is never opened."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert len(synthkg.open(TOY).query("papers")) > 0
    finally:
        end.set()
        thread.join()
