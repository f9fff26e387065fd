"""Commands that ask the graph or hand it on: view, query, fill, diff, publish."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.completing import complete_page, complete_query, complete_value
from synthkg.cli.ending import standard_input
from synthkg.cli.frame import (
    FINDINGS,
    Place,
    Seconds,
    Text,
    check_url,
    data_option,
    dump_option,
    endpoint_option,
    examples,
    main,
    open_store,
    progress_shown,
    read_catalog,
    refuse_options,
    request_timeout_option,
    store_of,
    timeout_option,
)
from synthkg.errors import UnreadableError, UsageError
from synthkg.findings import counted

if TYPE_CHECKING:
    from synthkg.api import KnowledgeGraph
    from synthkg.catalog import Catalog
    from synthkg.graph import Query
    from synthkg.views import Page, Regenerated


@main.command(epilog=examples(
    "synthkg view published\nsynthkg view published -p snapshot=latest\nsynthkg view stage/fine-tuning --from dist/synthkg.nq\n"
    "synthkg view bibliography --format csl-json\nsynthkg view --out views\nsynthkg view --check\n"
    "synthkg view reading-list --endpoint http://127.0.0.1:7878/query"
))  # fmt: skip
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_page)
@data_option
@dump_option
@endpoint_option
@request_timeout_option
@click.option(
    "-p",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the view, a thing by its id or name (may be repeated).",
)
@click.option("--out", type=Place(), help="Write the files below this folder instead of printing.")
@click.option("--check", "only_check", is_flag=True, help="Compare with the files in --out (default: views); status 1 if stale.")
@click.option("--drop", type=Text(), multiple=True, metavar="ROW", help="A row or page whose loss is meant (may be repeated).")
@click.option("--format", "style", type=Text(), help="For the bibliography: bibtex (default) or csl-json.")
def view(
    names: tuple[str, ...],
    data: Path | None,
    dump: Path | None,
    endpoint: str | None,
    timeout: float | None,
    values: tuple[str, ...],
    out: Path | None,
    only_check: bool,
    drop: tuple[str, ...],
    style: str | None,
) -> None:
    """Regenerate the lists and tables that saved queries make.

    NAME is a page (published, stage/fine-tuning, method/evol-instruct) or a whole view (concept, method). Without a
    NAME and with --out or --check it is all of them; with neither, the names are listed.
    """
    from synthkg.api import KnowledgeGraph
    from synthkg.graph import load_queries
    from synthkg.views import PagesOfDump, all_pages, find_pages, regenerate, render, stale

    is_printed = bool(names) and out is None and not only_check
    for option, given in (("-p", values), ("--format", style)):
        if given and not is_printed:
            raise UsageError(f"{option} is for printing one view by its name, without --out and --check")
    if endpoint is None:
        refuse_options("it is for --endpoint", "timeout")
    if drop and (out is None or only_check):
        raise UsageError("--drop is for writing with --out")
    is_whole = not names and (out is not None or only_check)
    of_dump = PagesOfDump(dump) if dump and is_whole and not (data or endpoint) else None
    if of_dump and (found := of_dump.below(out or Path("views"))):
        if not only_check:
            _tell_written(out, found)
        return
    catalog = read_catalog(data) if dump is None and endpoint is None else None
    store = store_of(catalog) if catalog else open_store(data, dump, endpoint, timeout)
    bound = named = _values(values)
    for known in filter(None, map(load_queries("views").get, names if values else ())):
        bound = KnowledgeGraph(store).by_id(known, bound)
    pages = find_pages(store, names, bound) if names else all_pages(store)
    if values:
        _tell_replaced(named, pages[0].values)
    if only_check:
        files = stale(store, pages, out or Path("views"), whole=not names)
        for file in files:
            click.echo(f"{out or 'views'}/{file}: stale; run: synthkg view --out {shlex.quote(str(out or 'views'))}")
        sys.exit(FINDINGS if files else 0)
    if out is not None:
        done = regenerate(store, pages, out, drop, whole=not names)
        if of_dump:
            of_dump.keep(done)
        _tell_written(out, done)
    elif names:
        if catalog:
            _refuse_other_list(catalog, pages, named)
        for page in pages:
            click.echo(render(page, store, style), nl=False)
    else:
        for page in pages:
            click.echo(f"{page.name}\t{page.query.summary}")


def _refuse_other_list(catalog: Catalog, pages: Sequence[Page], named: Mapping[str, str]) -> None:
    """Refuses the page of a list that nobody named while the file of a list is left out: that one may be meant."""
    from synthkg.model import ReadingList

    unread = [finding for path, finding in sorted(catalog.left_out.items()) if path.parent.name == ReadingList.folder]
    lists = {page.values["list"] for page in pages if "list" in page.values and "list" not in named and "/" not in page.file}
    if unread and any(not catalog.of(ReadingList)[id].primary for id in lists):
        mend = f"synthkg check says what is wrong; or say which list is meant: -p list={min(lists)}"
        raise UnreadableError(f"this list cannot be read, and may be the one that is meant; {mend}", unread[0].file)


@main.command(epilog=examples(
    "synthkg query\nsynthkg query papers --format csv\nsynthkg query lineage --describe\n"
    "synthkg query 'SELECT * WHERE { ?s ?p ?o } LIMIT 3'\n"
    "echo 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }' | synthkg query - --from dist/synthkg.nq"
))  # fmt: skip
@click.argument("query", required=False, metavar="NAME|FILE|-", shell_complete=complete_query)
@click.option(
    "-p",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=complete_value,
    help="A parameter of the query, a thing by its id or name (may be repeated).",
)
@data_option
@dump_option
@endpoint_option
@timeout_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "csv", "tsv", "json", "jsonl", "markdown", "ttl"]),
    help="Default: table on a terminal, csv elsewhere, and of a view that is a page the page; json is SPARQL's, jsonl an object "
    "for each row; ttl for CONSTRUCT and DESCRIBE; yes or no for ASK.",
)
@click.option("--columns", type=Text(), metavar="NAME,…", help="These columns only.")
@click.option("--limit", type=click.IntRange(min=0), help="The first rows only.")
@click.option("--describe", is_flag=True, help="Say what the saved query answers and what it takes, instead of asking it.")
def query(
    query: str | None,
    values: tuple[str, ...],
    data: Path | None,
    dump: Path | None,
    endpoint: str | None,
    timeout: float | None,
    style: str | None,
    columns: str | None,
    limit: int | None,
    describe: bool,
) -> None:
    """Ask the graph: a saved query by its name, a file, or SPARQL text (- reads it from standard input).

    SELECT gives a table, ASK yes or no, CONSTRUCT and DESCRIBE give Turtle. Without a name the saved queries are listed.
    """
    from synthkg.api import KnowledgeGraph
    from synthkg.graph import load_queries, read_query, unknown_terms

    if query is None:
        refuse_options("name the query that is meant; without a name the saved ones are listed")
        for saved in load_queries("examples", "views").values():
            parameters = " ".join(f"-p {p.name}={p.default or '…'}" for p in saved.parameters)
            click.echo(f"{saved.name}{' ' + parameters if parameters else ''}\t{saved.summary}")
        return
    if describe and (style or columns or limit is not None):
        raise UsageError("--format, --columns and --limit are for an answer, and --describe asks for none")
    saved = read_query(standard_input() if query == "-" else query)
    kg = KnowledgeGraph(open_store(data, dump, endpoint, timeout, may_be_foreign=not saved.is_saved), timeout)
    bound = kg.by_id(saved, given := _values(values))
    saved = saved.fitting(kg.answering, bound)
    _tell_replaced(given, bound)
    for parameter in saved.parameters if not describe else ():
        if parameter.name not in bound and parameter.default is not None:
            click.echo(f"{parameter.name}={parameter.default} (default)", err=True)
    for told in unknown_terms(saved.text):
        click.echo(told, err=True)
    if describe:
        click.echo(saved.describe(kg.answering), nl=False)
    else:
        click.echo(_answer(kg, saved, bound, style, columns.split(",") if columns else (), limit), nl=False)


def _tell_replaced(given: dict[str, str], values: dict[str, str]) -> None:
    """Says what is asked for in the place of a name, or of a former id."""
    for name, value in given.items():
        if values[name] != value:
            click.echo(f"{name}={values[name]} ({value})", err=True)


def _answer(
    kg: KnowledgeGraph, query: Query, values: dict[str, str], style: str | None, columns: Sequence[str], limit: int | None
) -> str:
    """The answer as text, in the style asked for or the one that fits the query's form.

    Raises:
        UsageError: The form has no such style.
    """
    from synthkg.graph import form_of
    from synthkg.views import STYLES, answer_text, joined, narrow, select_present

    form = form_of(query.text)
    styles: dict[str, Sequence[str]] = {"CONSTRUCT": ("ttl",), "DESCRIBE": ("ttl",), "ASK": ("table", "json")}
    if style is not None and style not in (fitting := styles.get(form, STYLES)):
        gives = {"CONSTRUCT": "triples", "DESCRIBE": "triples", "ASK": "yes or no"}.get(form, "rows")
        raise UsageError(f"{form or 'SELECT'} gives {gives}; leave out --format or write --format {' or '.join(fitting)}")
    if form in ("ASK", "CONSTRUCT", "DESCRIBE") and (columns or limit is not None):
        raise UsageError(f"--columns and --limit are for SELECT, not for {form}")
    if form == "ASK":
        with query.placed():
            found = kg.ask(query.bind(values))
        return f'{{"head": {{}}, "boolean": {str(found).lower()}}}\n' if style == "json" else f"{'yes' if found else 'no'}\n"
    if form in ("CONSTRUCT", "DESCRIBE"):
        with query.placed():
            return kg.construct(query.bind(values))
    rows = select_present(query, kg.answering, values)
    if query.header.get("form") == "text" and style is None and not columns and limit is None:
        return joined(query, rows)
    style, rows = style or ("table" if sys.stdout.isatty() else "csv"), narrow(rows, columns, limit)
    return answer_text(rows, style, query.header.get("multivalued", ()))


@main.command(epilog=examples("synthkg fill README.md\nsynthkg fill --check README.md"))
@click.argument("pages", nargs=-1, required=True, metavar="PAGE.md...", type=Place())
@data_option
@dump_option
@click.option("--check", "only_check", is_flag=True, help="Change nothing; status 1 if an answer is stale.")
def fill(pages: tuple[Path, ...], data: Path | None, dump: Path | None, only_check: bool) -> None:
    """Put the answers into a Markdown page, under each console block that asks `$ synthkg query …`.

    The call may have -p, --columns and --limit; the table below the block is replaced. With --format markdown it stands in the
    block, as it is printed; what a block shows in any other format is left as it is.
    """
    from synthkg.api import KnowledgeGraph
    from synthkg.files import read_text, write_together
    from synthkg.views import fill

    kg = KnowledgeGraph(open_store(data, dump))
    new = {page: fill(read_text(page), kg.store, str(page), kg.by_id) for page in pages}
    stale = [page for page, text in new.items() if read_text(page) != text]
    if not only_check:
        write_together({}, {page: new[page] for page in stale})
    for page in stale:
        click.echo(f"{page}: stale; run: synthkg fill {shlex.quote(str(page))}" if only_check else f"{page}: filled")
    if only_check and stale:
        sys.exit(FINDINGS)


def _tell_written(out: Path | None, done: Regenerated) -> None:
    click.echo(f"{out}: {counted(len(done.written), 'page')} written, {len(done.unchanged)} unchanged")


def _values(given: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise UsageError(f'"{each}" is no parameter; write -p name=value')
        if name in values:
            raise UsageError(f'the parameter "{name}" is given twice')
        values[name] = value
    return values


@main.command(epilog=examples(
    "synthkg diff old/synthkg.nq dist/synthkg.nq\nsynthkg diff old.ttl new.nq --format markdown > CHANGES.md\n"
    "synthkg diff old.nq new.nq --out changes"
))  # fmt: skip
@click.argument("old", type=Place())
@click.argument("new", type=Place())
@click.option("--format", "style", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--out", type=Place(), help="Write added.nq and removed.nq, the triples that changed, to this folder.")
def diff(old: Path, new: Path, style: str, out: Path | None) -> None:
    """Say what changed from the dump OLD to the dump NEW: records and concepts in words, and the triples.

    The dumps may be of different formats; named graphs count where both have them.
    """
    from synthkg.release import STYLES, compare

    click.echo(STYLES[style](compare(old, new, out)), nl=False)


@main.command(epilog=examples(
    "synthkg publish --to http://127.0.0.1:7878/store --from dist/synthkg.nq\n"
    "synthkg publish --to http://127.0.0.1:7878/update --protocol update\n"
    "SYNTHKG_ENDPOINT_USER=… SYNTHKG_ENDPOINT_PASSWORD=… synthkg publish --to https://example.org/sparql-graph-crud-auth"
))  # fmt: skip
@click.option("--to", type=Text(), metavar="URL", required=True, callback=check_url, help="The store's address for the protocol.")
@click.option(
    "--protocol",
    type=click.Choice(["gsp", "update"]),
    default="gsp",
    show_default=True,
    help="The Graph Store Protocol, or SPARQL Update.",
)
@data_option
@dump_option
@click.option("--endpoint", type=Text(), metavar="URL", help="Where the store answers queries. Default: told from --to.")
@click.option("--timeout", type=Seconds(), default=600, show_default=True, help="Seconds for each request.")
@click.option("--replace", "replaces", is_flag=True, help="Even if the store holds the graphs of another field.")
def publish(
    to: str, protocol: str, data: Path | None, dump: Path | None, endpoint: str | None, timeout: float, replaces: bool
) -> None:
    """Put the named graphs into another store, each as a whole.

    A graph that the store has already is left alone, so a run that broke off is simply run again; afterwards each graph is
    read back and compared. User and password come from SYNTHKG_ENDPOINT_USER and SYNTHKG_ENDPOINT_PASSWORD.
    """
    from synthkg.endpoints import publish
    from synthkg.graph import OxigraphStore, as_written

    store = open_store(data, dump, may_be_foreign=True)
    if dump is not None and isinstance(store, OxigraphStore):
        store = as_written(store, dump)
    with progress_shown() as progress:
        for done in publish(store, to, protocol, endpoint=endpoint, timeout=timeout, replaces=replaces, progress=progress):
            click.echo(f"{done.graph}\t{counted(done.triples, 'triple')}\t{done.state}")
