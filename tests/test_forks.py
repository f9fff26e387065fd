"""This process once more: what is promised of a fork, whoever asks for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from synthkg.forks import forked

FORKING = {
    "helpers of a map": "from synthkg.workers import mapped; fork = lambda: list(mapped(abs, range(1_000)))",
    "who holds a graph": (
        "from synthkg.engine.nursery import Forking; from synthkg.graph import OxigraphStore\n"
        "fork = lambda: Forking(OxigraphStore(), None)"
    ),
}


@pytest.mark.parametrize("forking", FORKING.values(), ids=FORKING)
def test_ctrl_c_while_a_process_forks_is_heard(forking: str) -> None:
    """Python drops what is raised just then, and the helper that was interrupted, too, was told as one without memory."""
    code = f"""
import os, signal
{forking}
os.register_at_fork(after_in_parent=lambda: signal.raise_signal(signal.SIGINT))
fork()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.splitlines()[-1] == "KeyboardInterrupt"
    assert "ignored" not in done.stderr


@pytest.mark.parametrize("outlives", [False, True])
def test_a_fork_ends_with_who_forked_it_unless_it_is_to_outlive_it(outlives: bool) -> None:
    code = f"""
import os, signal, time
from synthkg.forks import forked
written = os.dup(1)
def go_on():
    time.sleep(1)
    os.write(written, b"went on")
forked(go_on, outlives={outlives})
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "went on" * outlives)


def test_the_status_says_whether_the_work_was_done() -> None:
    def fail() -> None:
        raise ValueError

    statuses = [os.waitstatus_to_exitcode(os.waitpid(forked(work), 0)[1]) for work in (lambda: None, fail)]
    assert statuses == [0, 1]
