"""synthkg's own pipeline, timed phase by phase: from YAML to validated dumps and pages.

python benchmarks/ours.py DATA OUT all|first
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

started = time.perf_counter()

from synthkg.graph.store import load_dump  # noqa: E402
from synthkg.release.dumps import build  # noqa: E402
from synthkg.views.pages import all_pages  # noqa: E402
from synthkg.views.regeneration import regenerate  # noqa: E402


def main(data: Path, out: Path, only_first: bool) -> None:
    """Does everything, and prints the times of the phases as JSON."""
    ends = dict.fromkeys(("read and validate", "rules and checks", "dumps"), started)
    mapped = 0

    def progress(what: str, count: int) -> None:
        nonlocal mapped
        mapped = count if what == "reading" else mapped
        phase = {"reading": "read and validate", "validating": "read and validate", "synthkg.nq": "rules and checks"}.get(what)
        if phase:
            ends[phase] = time.perf_counter()

    out.mkdir(parents=True, exist_ok=True)
    built = build(data, out / "dist", progress)
    ends["dumps"] = time.perf_counter()
    store = load_dump(out / "dist" / "synthkg.nq")
    pages = all_pages(store)
    firsts = [*{page.query.name: page for page in reversed(pages)}.values()]
    regenerate(store, firsts if only_first else pages, out / "views", whole=True)
    ends["views"] = time.perf_counter()
    starts = [started, *ends.values()]
    result = {
        "phases": {name: max(end - start, 0.0) for (name, end), start in zip(ends.items(), starts, strict=False)},
        "mapped": mapped,
        "errors": len(built.checked.errors),
        "loaded": [name for name in ("rdflib", "pyshacl") if name in sys.modules],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), only_first=sys.argv[3] == "first")
