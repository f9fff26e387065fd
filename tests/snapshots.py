"""Golden files of whole outputs: what a test makes of the toy is compared with what was read, found right, and committed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent / "golden"
_SHOWN = 40  # lines of a difference


def compare(folder: str, found: Mapping[str, str]) -> None:
    """Fails unless ``golden/<folder>`` holds just these files (path -> text); ``SYNTHKG_UPDATE=1`` writes them instead."""
    root = GOLDEN / folder
    held = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    if os.environ.get("SYNTHKG_UPDATE"):
        for name in held - found.keys():
            (root / name).unlink()
        for name, text in found.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode())
        return
    lines: list[str] = []
    for name in sorted(held | found.keys()):
        golden = (root / name).read_bytes().decode() if name in held else ""
        lines += unified_diff(
            golden.split("\n"), found.get(name, "").split("\n"), f"golden/{folder}/{name}", "found", "", "", 1, ""
        )
    told = "\n".join(line[:400] for line in islice(lines, _SHOWN))
    more = f"\n… and {len(lines) - _SHOWN} more lines" if len(lines) > _SHOWN else ""
    if lines or held != found.keys():
        renew = "If this is meant: SYNTHKG_UPDATE=1 and this test again; then read what changed in the golden files."
        pytest.fail(f"\n{told}{more}\n{renew}", pytrace=False)


def pretty(document: Any) -> str:
    """JSON, a value a line, its keys in order."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
