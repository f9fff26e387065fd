"""What every command shares: the group, errors as one line, the options that say which graph is meant, and progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthkg.errors import SynthkgError, UsageError

if TYPE_CHECKING:
    from synthkg.graph import Store

__all__ = [
    "FINDINGS",
    "UNREADABLE",
    "data_folder",
    "data_option",
    "dump_option",
    "endpoint_option",
    "examples",
    "main",
    "open_store",
    "progress_shown",
    "timeout_option",
]

FINDINGS = 1
UNREADABLE = 2


class _Cli(click.Group):
    """Prints our own errors as one line, with exit status 2; a bug shows its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SynthkgError as error:
            click.secho(f"synthkg: {error}", err=True, fg="red")
            ctx.exit(UNREADABLE)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(1)


def examples(text: str) -> str:
    """The end of a help text: calls that work, a line each."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in text.strip().splitlines())


@click.group(cls=_Cli, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="synthkg", message="synthkg %(version)s")
def main() -> None:
    """The literature on data synthesis with large language models, as a knowledge graph.

    Curated YAML records become RDF triples validated by SHACL; saved SPARQL queries regenerate the reading lists.
    """


data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of records. Default: the clone's or the package's."
)
endpoint_option = click.option("--endpoint", metavar="URL", help="A SPARQL endpoint instead.")
timeout_option = click.option(
    "--timeout", type=click.FloatRange(min=0.1), help="Seconds that a query may take. Default: any number; 60 at an endpoint."
)
dump_option = click.option(
    "--from", "dump", type=click.Path(path_type=Path), help="A dump (.nq .trig .nt .ttl .jsonld .rdf) instead."
)


def data_folder(data: Path | None, *, to_change: bool = False) -> Path:
    """The folder given, or the project's, as a path that reads well from here.

    Raises:
        UsageError: It is ``to_change``, and none is given nor is there a clone around.
    """
    if data is not None:
        return data
    from synthkg import project

    if to_change and project.is_packaged():
        raise UsageError("the records of an installed synthkg are not changed; name a folder with --data, or go into a clone")
    folder = project.folder("data")
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


@contextmanager
def progress_shown() -> Iterator[Callable[[str, int], None]]:
    """Shows on a terminal what is being done once it has taken two seconds."""
    began = time.monotonic()
    shown = False

    def show(what: str, count: int) -> None:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - began > 2:
            shown = True
            click.echo(f"\r\x1b[K{what}{f' {count}' if count else ''} …", nl=False, err=True)

    try:
        yield show
    finally:
        if shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def open_store(data: Path | None, dump: Path | None, endpoint: str | None = None, timeout: float | None = None) -> Store:
    """The graph that the options name.

    Raises:
        UsageError: More than one is named.
    """
    from synthkg.api import open

    if len([given for given in (data, dump, endpoint) if given is not None]) > 1:
        raise UsageError("give one of --data, --from and --endpoint")
    if endpoint is not None:
        return open(endpoint=endpoint, timeout=timeout or 60.0).store
    return open(dump=dump).store if dump is not None else open(data_folder(data)).store
