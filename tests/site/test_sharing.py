"""Work that two processes share: all of it is done, whatever becomes of the second one."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from synthkg.site.sharing import in_two


def test_both_are_done_by_two_processes(tmp_path: Path) -> None:
    def write(name: str, count: int) -> int:
        (tmp_path / name).write_text(str(os.getpid()))
        return count

    assert in_two(lambda: write("here", 2), lambda: write("there", 3)) == 5
    is_alone = threading.active_count() > 1  # another test has a server in this process
    assert ((tmp_path / "here").read_text() == (tmp_path / "there").read_text()) == is_alone


def test_what_either_raises_is_raised() -> None:
    def fail() -> int:
        raise OSError(28, "No space left on device")

    for one, other in ((fail, int), (int, fail)):
        with pytest.raises(OSError, match="No space left"):
            in_two(one, other)


def test_a_second_process_that_is_killed_is_told() -> None:
    parent = os.getpid()

    def die() -> int:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError("the second process was ended")

    with pytest.raises(OSError, match="the second process was ended"):
        in_two(int, die)
