"""Commands that show the graph to others: site, serve, mcp."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import click

from synthkg.cli.ending import end_at_once, tell
from synthkg.cli.frame import (
    Place,
    Seconds,
    data_folder,
    data_option,
    dump_option,
    examples,
    main,
    progress_shown,
)
from synthkg.errors import BuildRefused, UnreadableError, UsageError
from synthkg.findings import counted

_MEGABYTES = click.IntRange(min=50, max=1_000_000)
_WORKERS = click.IntRange(min=1, max=256)


@main.command(epilog=examples(
    "synthkg site --out site --from dist/synthkg.nq\nsynthkg site --out site --base https://example.org/synthkg\n"
    "synthkg serve --from dist/synthkg.nq --site site"
))  # fmt: skip
@data_option
@dump_option
@click.option("--out", type=Place(), required=True, help="The folder to write, or to replace.")
@click.option(
    "--base", default="", metavar="URL", help="The address at which the site will be, for its map, 404.html and previews."
)
def site(data: Path | None, dump: Path | None, out: Path, base: str) -> None:
    """Write the web site: static files, a page for every thing, with its data beside it.

    Any host can serve them, below any path. Without --from the dumps are built from the records first.
    """
    from synthkg.graph import load_dump
    from synthkg.site import write_site

    with _source(data, dump) as source, progress_shown() as progress:
        path = source()
        written = write_site(load_dump(path), out, path, base, progress)
    click.echo(f"{out}: {counted(written, 'file')}")


@main.command(epilog=examples(
    "synthkg serve --from dist/synthkg.nq\nsynthkg serve --data data --bind 127.0.0.1:8080 --timeout 5\n"
    "synthkg serve --from dist/synthkg.nq --site site --watch --metrics"
))  # fmt: skip
@data_option
@dump_option
@click.option("--bind", metavar="HOST:PORT", default="127.0.0.1:8000", show_default=True, help="Where to listen; port 0: any.")
@click.option("--timeout", type=Seconds(), default=10, show_default=True, help="Seconds that a query may take.")
@click.option("--memory", type=_MEGABYTES, default=600, show_default=True, help="Megabytes that a query may take.")
@click.option("--workers", type=_WORKERS, default=2, show_default=True, help="Workers kept ready.")
@click.option("--in-memory", is_flag=True, help="Read a large dump, too, into memory: it takes longer, and answers faster.")
@click.option("--site", type=Place(file_okay=False, exists=True), help="A web site to show at /.")
@click.option("--watch", "is_watching", is_flag=True, help="Take in what changes: the dump, or the records (SIGHUP does too).")
@click.option("--metrics", "has_metrics", is_flag=True, help="Answer /metrics, in Prometheus' format.")
@click.option("--prefix", default="", metavar="/PATH", help="The path at which a proxy shows it.")
def serve(
    data: Path | None,
    dump: Path | None,
    bind: str,
    timeout: float,
    memory: int,
    workers: int,
    in_memory: bool,
    site: Path | None,
    is_watching: bool,
    has_metrics: bool,
    prefix: str,
) -> None:
    """Serve the graph: SPARQL, saved queries, linked data, downloads.

    Queries run in processes of their own that time, memory and hanging up end, and that reach no file and no network. Without
    --from the dumps are built from the records first, in a folder that is deleted at the end.
    """
    from synthkg.serve import Limits, Settings, run

    watched = (dump or data_folder(data)) if is_watching else None
    settings = Settings(bind, Limits(timeout, memory, workers, in_memory), site, watched, has_metrics, prefix.rstrip("/"))
    with _source(data, dump) as source:
        run(source, settings, partial(_say, err=True), _say)


def _say(line: str, *, err: bool = False) -> None:
    """Prints a line, if there is anybody to read it and room for it: a server answers on where there is not."""
    with suppress(OSError):
        tell(line, err=err)


@main.command(epilog=examples("synthkg mcp --from dist/synthkg.nq"))
@data_option
@dump_option
@click.option("--timeout", type=Seconds(), default=10, show_default=True, help="Seconds that a query may take.")
@click.option("--memory", type=_MEGABYTES, default=600, show_default=True, help="Megabytes that a query may take.")
def mcp(data: Path | None, dump: Path | None, timeout: float, memory: int) -> None:
    """Answer an assistant, by the Model Context Protocol, on standard input and output.

    It finds things, asks saved questions and SPARQL, and shows where facts were read.
    """
    from synthkg.serve import Limits, serve_assistant

    with ExitStack() as stack:
        path = stack.enter_context(_source(data, dump))()
        end_at_once(stack.close)
        serve_assistant(path, Limits(timeout, memory))


@contextmanager
def _source(data: Path | None, dump: Path | None) -> Iterator[Callable[[], Path]]:
    """What gives the dump: the one that is named, or the records, built anew each time."""
    if data is not None and dump is not None:
        raise UsageError("give one of --data and --from")
    if dump is not None:
        yield lambda: dump
        return
    from synthkg.files import temporary_folder

    with temporary_folder() as folder:
        yield lambda: _built(data_folder(data), folder / "dist")


def _built(data: Path, out: Path) -> Path:
    from synthkg.project import checking
    from synthkg.release import build

    try:
        errors = build(data, out).checked.errors
    except BuildRefused as error:
        problem = f"the dumps, which come first, cannot be built there ({error.__cause__ or error.message})"
        mend = "name another folder for temporary files in TMPDIR, or build them elsewhere and give one with --from"
        raise BuildRefused(f"{problem}; {mend}", str(out)) from error
    if errors:
        raise UnreadableError(f"{errors[0].problem} ({errors[0].mend}); run: {checking(data)}", errors[0].where)
    return out / "synthkg.nq"
