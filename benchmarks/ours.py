"""synthkg's own pipeline, timed phase by phase: from YAML to validated dumps and pages.

python benchmarks/ours.py DATA OUT all|first
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

started = time.perf_counter()

from synthkg.checks.inspection import check  # noqa: E402
from synthkg.release.dumps import build  # noqa: E402
from synthkg.views.pages import all_pages, render  # noqa: E402


def main(data: Path, out: Path, only_first: bool) -> None:
    """Does everything, and prints the times of the phases as JSON."""
    ends = {"read": 0.0, "validate": 0.0}
    validated = 0

    def progress(what: str, count: int) -> None:
        nonlocal validated
        validated = count if what == "validating" else validated
        ends["read" if what == "reading" else "validate"] = time.perf_counter()

    checked = check(data, progress)
    ends["validate"] = max(ends.values())
    ends["rules and checks"] = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    build(checked, out / "dist")
    ends["dumps"] = time.perf_counter()
    seen: set[str] = set()
    for page in all_pages(checked.store):
        if not (only_first and page.query.name in seen):
            seen.add(page.query.name)
            path = out / "views" / page.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(render(page, checked.store), encoding="utf-8")
    ends["views"] = time.perf_counter()
    starts = [started, *ends.values()]
    result = {
        "phases": {name: end - start for (name, end), start in zip(ends.items(), starts, strict=False)},
        "validated": validated,
        "errors": len(checked.errors),
        "loaded": [name for name in ("rdflib", "pyshacl") if name in sys.modules],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), only_first=sys.argv[3] == "first")
