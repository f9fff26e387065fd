"""What every command shares: the group, the options that say which graph is meant, and progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource
from click.exceptions import Exit

from synthkg.cli.ending import FINDINGS, INTERRUPTED, UNREADABLE, ending, let_go_of_output, speak_utf8, tell
from synthkg.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from synthkg.catalog import Catalog
    from synthkg.graph import Store
    from synthkg.model import Record

R = TypeVar("R", bound="Record")

__all__ = [
    "FINDINGS",
    "UNREADABLE",
    "Place",
    "Seconds",
    "Text",
    "check_url",
    "data_folder",
    "data_option",
    "dry_run_option",
    "dump_option",
    "endpoint_option",
    "examples",
    "main",
    "open_store",
    "present_id",
    "progress_shown",
    "question",
    "read_catalog",
    "records_to_change",
    "refuse_options",
    "refuse_unread",
    "request_timeout_option",
    "timeout_option",
]


class _Command(click.Command):
    """Its line in the list of commands is the whole first sentence of its help, on as many lines as that takes."""

    def get_short_help_str(self, limit: int = 45) -> str:
        return super().get_short_help_str(limit=1_000)


class _Cli(click.Group):
    """Prints in UTF-8, in colours unless NO_COLOR is set, and ends every command as `ending` says."""

    command_class = _Command
    group_class = type

    def get_short_help_str(self, limit: int = 45) -> str:
        return super().get_short_help_str(limit=1_000)

    def main(self, *arguments: Any, **named: Any) -> Any:
        with let_go_of_output():
            return super().main(*arguments, **named)

    def make_context(self, *arguments: Any, **named: Any) -> click.Context:
        speak_utf8()
        with ending():
            return super().make_context(*arguments, **named)

    def invoke(self, ctx: click.Context) -> Any:
        if os.environ.get("NO_COLOR"):  # https://no-color.org
            ctx.color = False
        try:
            with ending():
                return super().invoke(ctx)
        except KeyboardInterrupt:  # a second one, before the first was told
            raise Exit(INTERRUPTED) from None


class Seconds(click.FloatRange):
    """A time to wait: a tenth of a second to a day, unless it may be shorter. What is not a number is no time."""

    def __init__(self, shortest: float = 0.1) -> None:
        super().__init__(min=shortest, max=86_400)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The seconds, as a number."""
        seconds = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is no time; give seconds", param, ctx) if seconds != seconds else seconds


class Place(click.Path):
    """The path of a file or folder. An empty one is none: it would mean the folder that we are in."""

    def __init__(self, *, exists: bool = False, file_okay: bool = True) -> None:
        super().__init__(path_type=Path, exists=exists, file_okay=file_okay)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """The path, as a ``Path``."""
        if value == "-":
            self.fail('"-" is no path here; write ./- for a file of that name', param, ctx)
        if str(value).startswith(("http://", "https://")):  # of which a path would be another
            self.fail(f'"{value}" is an address; get the file from there, and name that', param, ctx)
        return super().convert(_said(self, value, param, ctx), param, ctx)


class Text(click.types.StringParamType):
    """A text that says something."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text."""
        return super().convert(_said(self, value, param, ctx), param, ctx)


V = TypeVar("V")


def _said(kind: Place | Text, value: V, param: click.Parameter | None, ctx: click.Context | None) -> V:
    """The value, if there is something in it."""
    if isinstance(value, str) and not value.strip():
        kind.fail("it is empty; give one (was a variable of the shell not set?)", param, ctx)
    return value


def question(text: str) -> str:
    """Asks on standard error and reads a line from standard input, whatever that is."""
    click.echo(text, nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def examples(text: str) -> str:
    """The end of a help text: calls that work, a line each."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in text.strip().splitlines())


@click.group(cls=_Cli, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="synthkg", message="synthkg %(version)s")
def main() -> None:
    """The literature on data synthesis with large language models, as a knowledge graph.

    Curated YAML records become RDF triples validated by SHACL; saved SPARQL queries regenerate the reading lists.
    """


data_option = click.option("--data", type=Place(), help="Folder of records. Default: the clone's or the package's.")
endpoint_option = click.option("--endpoint", type=Text(), metavar="URL", help="A SPARQL endpoint instead.")
timeout_option = click.option(
    "--timeout", type=Seconds(), help="Seconds that a query may take. Default: any number; 60 at an endpoint."
)
request_timeout_option = click.option("--timeout", type=Seconds(), help="Seconds that the endpoint may take. Default: 60.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would change, and change no record.")
dump_option = click.option("--from", "dump", type=Place(), help="A dump (.nq .trig .nt .ttl .jsonld .rdf, or .gz) instead.")


def check_url(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """The callback of an option that takes an address."""
    from synthkg.model import is_url

    if value is not None and not is_url(value):
        raise click.BadParameter(f'"{value}" is no absolute http(s) URL; percent-encode what a URL cannot have')
    return value


def data_folder(data: Path | None, *, to_change: bool = False) -> Path:
    """The folder given, or the project's, as a path that reads well from here.

    Raises:
        UsageError: It is ``to_change``, and none is given nor is there a clone around.
    """
    if data is not None:
        return data
    from synthkg import project

    if to_change and not project.is_around():
        raise UsageError("the records of an installed synthkg are not changed; name a folder with --data, or go into a clone")
    folder = project.folder("data")
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def refuse_options(why: str, *names: str) -> None:
    """Refuses options where they would have no effect: those of these names, or all where none is named.

    Raises:
        UsageError: One was given; the message goes on with why that is wrong.
    """
    context = click.get_current_context()
    options = (each for each in context.command.params if isinstance(each, click.Option) and (not names or each.name in names))
    given = [each.opts[0] for each in options if context.get_parameter_source(each.name or "") is ParameterSource.COMMANDLINE]
    if given:
        raise UsageError(f"{', '.join(given)}: {why}")


@contextmanager
def progress_shown() -> Iterator[Callable[[str, int], None]]:
    """Shows on a terminal what is being done, twice a second once it has taken one."""
    from synthkg.workers import repeatedly

    doing, was_shown = "", False

    def say(what: str, count: int) -> None:
        nonlocal doing
        doing = f"{what}{f' {count}' if count else ''}"

    def show() -> None:
        nonlocal was_shown
        was_shown = True
        text, width = f"{doing} …", os.get_terminal_size(sys.stderr.fileno()).columns or 80
        click.echo(f"\r\x1b[K{text if len(text) < width else f'{text[: width - 2]}…'}", nl=False, err=True)

    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    try:
        with repeatedly(show, first=1, then=0.5) if is_terminal else nullcontext():
            yield say
    finally:
        if was_shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def records_to_change(catalog: Catalog, kind: type[R], ids: Sequence[str]) -> list[R]:
    """The records of one type with these ids, or former ids, drafts too; all where none is given.

    Drafts that are not wholly read are left out and named, because what could not be read of them would be lost.

    Raises:
        UsageError: There is none with an id.
    """
    from synthkg.catalog import partly_read
    from synthkg.findings import did_you_mean

    known = catalog.known(kind)
    ids = [present_id(catalog, kind, id) for id in ids]
    for id in ids:
        if id not in known:
            raise UsageError(f'there is no {kind.__name__.lower()} "{id}"; {did_you_mean(id, known)}')
    found = [known[id] for id in dict.fromkeys(ids)] or list(known.values())
    partly = partly_read(catalog, found)
    for wrong in partly.values():
        tell(f"{wrong.where}: left as it is, because {wrong.problem}; {wrong.mend}", err=True)
    return [record for record in found if record.id not in partly]


def present_id(catalog: Catalog, kind: type[R], id: str) -> str:
    """The id, or where it is a former one that which the record has now; this is told. An IRI is as good as an id."""
    from synthkg.model import bare_id, singular

    id = bare_id(singular(kind.folder), id)
    now = catalog.former.get((kind.folder, id))
    if now is None or id in catalog.known(kind):
        return id
    tell(f'the {singular(kind.folder)} "{id}" is now "{now}"', err=True)
    return now


def open_store(
    data: Path | None,
    dump: Path | None,
    endpoint: str | None = None,
    timeout: float | None = None,
    *,
    may_be_foreign: bool = False,
) -> Store:
    """The graph that the options name.

    Raises:
        UsageError: More than one is named.
        UnreadableError: It cannot be read, or is a dump that says nothing in our terms and may not be.
    """
    from synthkg.api import KnowledgeGraph, open
    from synthkg.graph import open_dump

    if len([given for given in (data, dump, endpoint) if given is not None]) > 1:
        raise UsageError("give one of --data, --from and --endpoint")
    if endpoint is not None:
        return open(endpoint=endpoint, timeout=timeout or 60.0).store
    if dump is None:
        return store_of(read_catalog(data))
    with progress_shown() as progress:
        progress(f"reading {dump}", 0)
        store = open_dump(dump, progress, partial(tell, fg="yellow", err=True))
    if not may_be_foreign:
        KnowledgeGraph(store, where=str(dump)).refuse_other()
    return store


def store_of(catalog: Catalog) -> Store:
    """The graph of the records of a folder."""
    from synthkg.api import KnowledgeGraph

    with progress_shown() as progress:
        progress("inferring", 0)
        return KnowledgeGraph.of(catalog).store


def read_catalog(data: Path | None, *, to_change: bool = False) -> Catalog:
    """The records of a folder; those that cannot be read are left out, and named in one warning."""
    from synthkg.api import left_out
    from synthkg.catalog import load_catalog

    with progress_shown() as progress:
        catalog = load_catalog(data_folder(data, to_change=to_change), progress=lambda count: progress("reading", count))
    if catalog.left_out:
        click.secho(left_out(catalog), fg="yellow", err=True)
    return catalog


def refuse_unread(catalog: Catalog, new: Sequence[Record]) -> None:
    """Refuses to write new records while a file beside theirs cannot be read.

    Raises:
        UnreadableError: There is one: it may be of the very thing, which would have two records then.
    """
    folders = {record.folder for record in new}
    for path, wrong in sorted(catalog.left_out.items()):
        if not folders.isdisjoint((path.parent.name, path.name)):
            problem = f"{wrong.problem}, so what is new cannot be told from what stands here; nothing was written"
            raise UnreadableError(f"{problem}; {wrong.mend}; synthkg check names all that is wrong", wrong.where)
