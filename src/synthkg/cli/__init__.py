"""The command line: parses, calls one function, prints. No logic lives here.

Everything but click is imported where it is used, so that ``--help`` answers at once. A module has the commands of one kind, and
importing it adds them to the group.
"""

try:
    from synthkg.cli import (  # noqa: F401
        enriching,
        exporting,
        linking,
        looking,
        plotting,
        questions,
        records,
        scaling,
        serving,
        starting,
        updating,
        watching,
    )
    from synthkg.cli.frame import main
except KeyboardInterrupt:  # nothing has begun yet that could be half done
    raise SystemExit(128 + 2) from None

__all__ = ["main"]
