"""What a maintainer looks at each month, as one Markdown page: ``python tools/monthly.py --online``.

Artifacts at their addresses (``watch``), what collections say (``enrich``), other graphs (``link --doctor``), what is not
established (``query gaps``). No record is changed; what ``watch`` saw is kept, so that ``watch --review`` can follow.
Where nothing can be reached no page is written. Without ``--online`` nothing is asked: the observations that are there are
judged, and the doctor is left out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from synthkg.files import write_atomically

FINDINGS = 1  # the status by which a command says that something is to be looked at; beyond it, it could not do its work


class Check(NamedTuple):
    """A check: its heading, the command, what comes next where it found something, and whether its output is Markdown."""

    heading: str
    arguments: list[str]
    then: str
    markdown: bool = False


def checks(options: argparse.Namespace) -> list[Check]:
    """The checks that can be made."""
    online = ["--online"] if options.online else []
    kept = ["--from", options.observations] if options.observations else []
    data = ["--data", options.data]
    return [
        Check("Artifacts at their addresses", ["watch", "--dry-run", *(kept or online), *data], "`synthkg watch --review`"),
        Check("What collections say", ["enrich", "--dry-run", *online, *data], "`synthkg enrich`, and read the differences"),
        *([Check("Other graphs", ["link", "--doctor"], "the file that a line names")] if options.online else []),
        Check("Not established", ["query", "gaps", "--format", "markdown", *data], "what a source is known for", markdown=True),
    ]


def section(check: Check) -> tuple[int, str]:
    """The status of a check, and its part of the page. It is said which one is made, since each may take long."""
    sys.stderr.write(f"synthkg {' '.join(check.arguments)}\n")
    command = [sys.executable, "-m", "synthkg", *check.arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    verdict = {0: "done", FINDINGS: "**look at it**"}.get(done.returncode, "**it could not be done**")
    shown = done.stdout if check.markdown else indented(done.stdout)
    heads = f"## {check.heading}\n\n`synthkg {' '.join(check.arguments)}`: {verdict}. Next: {check.then}."
    return done.returncode, "\n\n".join(filter(None, (heads, shown.rstrip("\n"), indented(done.stderr)))) + "\n"


def indented(text: str) -> str:
    """Text as Markdown shows it as it is, whatever is in it."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def main() -> int:
    """Writes the page. Status: 0 every check was made, 1 one of them says to look at it, 2 one could not be made."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", default="data", help="folder of records")
    parser.add_argument("--online", action="store_true", help="ask the addresses, collections and graphs")
    parser.add_argument("--from", dest="observations", metavar="FILE", help="observations for watch, instead of asking")
    parser.add_argument("--out", type=Path, default=Path("exports/monthly.md"), help="the page")
    options = parser.parse_args()
    done = []
    for check in checks(options):
        status, text = section(check)
        if options.online and not done and status > FINDINGS:
            sys.stderr.write(text)
            return status
        done.append((status, text))
    asked = "asked anew" if options.online else "of what is there; nothing was asked"
    title = f"# Checks of {datetime.now(UTC):%Y-%m-%d}, {asked}\n"
    write_atomically(options.out, "\n".join([title, *(text for _, text in done)]))
    return min(max(status for status, _ in done), FINDINGS + 1)


if __name__ == "__main__":
    sys.exit(main())
