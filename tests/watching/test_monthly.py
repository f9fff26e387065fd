"""The page of a month's checks: what waits is on it, and no record is changed by making it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

SEEN = {
    "day": "2026-11-23",
    "run": "2026-11-23T08:00:00",
    "by": "github",
    "url": "https://github.com/toy/tide",
    "asked": "https://api.github.com/repos/toy/tide",
    "status": 200,
    "facts": {"id": "7", "name": "toy/tide", "created": "2023-01-10", "license": "", "archived": True},
}
ABSENT = SEEN | {"url": "https://github.com/toy/none", "asked": "https://api.github.com/repos/toy/none", "status": 404}


def monthly(*arguments: str | Path) -> int:
    command = [sys.executable, "tools/monthly.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def test_the_page_says_what_to_look_at(toy: Path, tmp_path: Path) -> None:
    answers, page = tmp_path / "answers.jsonl", tmp_path / "monthly.md"
    lines = [SEEN, ABSENT | {"control": "absent", "facts": {}}]  # a host that denies nothing is not believed
    answers.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    before = {path: path.read_bytes() for path in toy.rglob("*") if path.is_file()}
    assert monthly("--data", toy, "--from", answers, "--out", page) == 1
    text = page.read_text("utf-8")
    assert "**look at it**. Next: `synthkg watch --review`" in text
    assert "tide-code.yaml: proposed tide-code/taken-over: state = unsafe" in text
    assert "\n## What collections say\n" in text
    assert "| tide-instruct |  | official code |" in text
    assert {path: path.read_bytes() for path in toy.rglob("*") if path.is_file()} == before

    assert monthly("--data", tmp_path / "nowhere", "--out", page) == 2
    assert "**it could not be done**" in page.read_text("utf-8")


def test_a_page_stays_where_nothing_can_be_reached(toy: Path, tmp_path: Path) -> None:
    page = tmp_path / "monthly.md"
    page.write_text("that of last month", "utf-8")
    command = [sys.executable, "tools/monthly.py", "--online", "--data", str(toy), "--out", str(page)]
    proxies = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")  # where nothing listens
    done = subprocess.run(command, cwd=ROOT, env=os.environ | proxies, capture_output=True, check=False)
    assert (done.returncode, page.read_text("utf-8")) == (2, "that of last month")
    assert "no server can be reached" in done.stderr.decode()
