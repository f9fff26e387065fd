"""The command line: parses, calls one function, prints. No logic lives here.

Everything but click is imported where it is used, so that ``--help`` answers at once.
"""

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
    from synthkg.catalog import Catalog
    from synthkg.findings import Finding
    from synthkg.sssom import Link
    from synthkg.store import Store

_FINDINGS = 1
_UNREADABLE = 2


class _Cli(click.Group):
    """Prints our own errors as one line, with exit status 2; a bug shows its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SynthkgError as error:
            click.secho(f"synthkg: {error}", err=True, fg="red")
            ctx.exit(_UNREADABLE)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(1)


def _examples(text: str) -> str:
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in text.strip().splitlines())


@click.group(cls=_Cli, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="synthkg", message="synthkg %(version)s")
def main() -> None:
    """The literature on data synthesis with large language models, as a knowledge graph.

    Curated YAML records become RDF triples validated by SHACL; saved SPARQL queries regenerate the reading lists.
    """


_data = click.option("--data", type=click.Path(path_type=Path), help="Folder of records. Default: the clone's or the package's.")
_endpoint = click.option("--endpoint", metavar="URL", help="A SPARQL endpoint instead.")
_timeout = click.option("--timeout", type=click.FloatRange(min=0.1), help="Seconds for a request to the endpoint. Default: 60.")
_dump = click.option("--from", "dump", type=click.Path(path_type=Path), help="A dump (.nq .trig .nt .ttl .jsonld .rdf) instead.")


def _data_folder(data: Path | None) -> Path:
    """The folder given, or the project's, as a path that reads well from here."""
    if data is not None:
        return data
    from synthkg import project

    folder = project.folder("data")
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
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


@main.command(epilog=_examples("synthkg check\nsynthkg check --format github\nsynthkg check --data tests/toy --format json"))
@_data
@click.option("--format", "style", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True)
def check(data: Path | None, style: str) -> None:
    """Check the records: YAML, keys, references, evidence, SHACL, and rules across records.

    Exit status: 0 clean, 1 findings, 2 when something cannot be read.
    """
    from synthkg.checks import check
    from synthkg.findings import FORMATS

    with _progress() as progress:
        checked = check(_data_folder(data), progress)
    click.echo(FORMATS[style](checked.findings), nl=False)
    _summarise(checked.findings, f"{len(checked.catalog)} records, {len(checked.store)} triples")
    if any(finding.severity != "note" for finding in checked.findings):
        sys.exit(_FINDINGS)


def _summarise(findings: list[Finding], what: str) -> None:
    counts = {level: sum(f.severity == level for f in findings) for level in ("error", "warning", "note")}
    faults = ", ".join(f"{n} {level}{'s' if n != 1 else ''}" for level, n in counts.items() if n) or "no faults"
    color = "red" if counts["error"] else "yellow" if counts["warning"] else "green"
    click.secho(f"{what}: {faults}", fg=color, err=True)


@main.command(epilog=_examples("synthkg build\nsynthkg build --out /srv/dumps"))
@_data
@click.option("--out", type=click.Path(path_type=Path), default=Path("dist"), show_default=True, help="Folder to replace.")
def build(data: Path | None, out: Path) -> None:
    """Check the records and write the dumps in six formats.

    While an error stands nothing is written, and the dumps of the last build stay as they are.
    """
    from synthkg.checks import check
    from synthkg.findings import FORMATS
    from synthkg.release import build

    with _progress() as progress:
        checked = check(_data_folder(data), progress)
        if checked.errors:
            click.echo(FORMATS["text"](checked.findings), nl=False, err=True)
            _summarise(checked.findings, f"{len(checked.catalog)} records")
            click.secho(f"synthkg: nothing was written; {out} is as it was", fg="red", err=True)
            sys.exit(_FINDINGS)
        files = build(checked, out, progress)
    _summarise(checked.findings, f"{len(checked.catalog)} records, {len(checked.store)} triples")
    for file in files:
        click.echo(f"{file}\t{file.stat().st_size} bytes")


@main.command(epilog=_examples(
    "synthkg view published\nsynthkg view stage/fine-tuning --from dist/synthkg.nq\n"
    "synthkg view bibliography --format csl-json\nsynthkg view --out views\nsynthkg view --check\n"
    "synthkg view reading-list --endpoint http://127.0.0.1:7878/query"
))  # fmt: skip
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_data
@_dump
@_endpoint
@_timeout
@click.option("--out", type=click.Path(path_type=Path), help="Write the files below this folder instead of printing.")
@click.option("--check", "only_check", is_flag=True, help="Compare with the files in --out (default: views); status 1 if stale.")
@click.option("--drop", multiple=True, metavar="ROW", help="A row or page whose loss is meant (may be repeated).")
@click.option("--format", "style", help="For the bibliography: bibtex (default) or csl-json.")
def view(
    names: tuple[str, ...],
    data: Path | None,
    dump: Path | None,
    endpoint: str | None,
    timeout: float | None,
    out: Path | None,
    only_check: bool,
    drop: tuple[str, ...],
    style: str | None,
) -> None:
    """Regenerate the lists and tables that saved queries make.

    NAME is a page (published, stage/fine-tuning, method/evol-instruct) or a whole view (concept, method). Without a
    NAME and with --out or --check it is all of them; with neither, the names are listed.
    """
    from synthkg import regeneration, views

    store = _store(data, dump, endpoint, timeout)
    pages = views.find_pages(store, names) if names else views.all_pages(store)
    if only_check:
        stale = regeneration.stale(store, pages, out or Path("views"), whole=not names)
        for file in stale:
            click.echo(f"{out or 'views'}/{file}: stale; run: synthkg view --out {out or 'views'}")
        sys.exit(_FINDINGS if stale else 0)
    if out is not None:
        done = regeneration.regenerate(store, pages, out, drop, whole=not names)
        click.echo(f"{out}: {len(done.written)} pages written, {len(done.unchanged)} unchanged")
    elif names:
        for page in pages:
            click.echo(views.render(page, store, style), nl=False)
    else:
        for page in pages:
            click.echo(f"{page.name}\t{page.query.summary}")


def _store(data: Path | None, dump: Path | None, endpoint: str | None = None, timeout: float | None = None) -> Store:
    from synthkg.knowledge import open

    if len([given for given in (data, dump, endpoint) if given is not None]) > 1:
        raise UsageError("give one of --data, --from and --endpoint")
    if endpoint is not None:
        return open(endpoint=endpoint, timeout=timeout or 60.0).store
    return open(dump=dump).store if dump is not None else open(_data_folder(data)).store


@main.command(epilog=_examples(
    "synthkg query\nsynthkg query papers --format csv\nsynthkg query lineage --describe\n"
    "synthkg query 'SELECT * WHERE { ?s ?p ?o } LIMIT 3'\n"
    "echo 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }' | synthkg query - --from dist/synthkg.nq"
))  # fmt: skip
@click.argument("query", required=False, metavar="NAME|FILE|-")
@click.option("-p", "values", multiple=True, metavar="NAME=VALUE", help="A parameter of the query (may be repeated).")
@_data
@_dump
@_endpoint
@_timeout
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "csv", "tsv", "json", "markdown", "ttl"]),
    help="Default: table on a terminal, csv elsewhere; ttl for CONSTRUCT.",
)
@click.option("--columns", metavar="NAME,…", help="These columns only.")
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

    Without a name the saved queries are listed.
    """
    from synthkg import answers, exports, queries
    from synthkg.knowledge import KnowledgeGraph

    if query is None:
        for saved in queries.load_queries("examples", "views").values():
            parameters = " ".join(f"-p {p.name}={p.default or '…'}" for p in saved.parameters)
            click.echo(f"{saved.name}{' ' + parameters if parameters else ''}\t{saved.summary}")
        return
    text = sys.stdin.read() if query == "-" else query
    kg = KnowledgeGraph(_store(data, dump, endpoint, timeout))
    saved = queries.load_query(Path("-"), text) if "{" in text else queries.find_query(text)
    bound = dict(_pair(value) for value in values)
    if describe:
        click.echo(saved.describe(kg.store), nl=False)
        return
    if queries.is_construct(saved.text):
        if style not in (None, "ttl"):
            raise UsageError("a CONSTRUCT query gives triples; leave out --format or write --format ttl")
        click.echo(kg.construct(saved.bind(bound)), nl=False)
        return
    if style == "ttl":
        raise UsageError("a SELECT query gives rows; --format ttl is for CONSTRUCT")
    style = style or ("table" if sys.stdout.isatty() else "csv")
    table = exports.narrow(saved.select(kg.store, **bound), columns.split(",") if columns else (), limit)
    click.echo(answers.FORMATS[style](table), nl=False)


_exports = _examples(
    "synthkg export queries --format markdown --out docs\nsynthkg export queries --format snapquery\n"
    "synthkg export queries --format sparql-examples --out sparql-examples/synthkg\nsynthkg export queries --format grlc"
)


@main.group(name="export", epilog=_examples(
    "synthkg export queries --format markdown --out docs\nsynthkg export wikidata --out wikidata.qs\n"
    "synthkg export orkg --stage fine-tuning --out orkg.csv"
))  # fmt: skip
def export() -> None:
    """Write what other tools read."""


@export.command(name="queries", epilog=_exports)
@_data
@_dump
@click.option("--format", "style", type=click.Choice(["grlc", "sparql-examples", "snapquery", "markdown"]), required=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("exports"), show_default=True, help="Folder to write to.")
@click.option("--target", metavar="URL", help="The endpoint that the queries are for (sparql-examples).")
def export_queries(data: Path | None, dump: Path | None, style: str, out: Path, target: str | None) -> None:
    """Write the saved queries as grlc, SIB's sparql-examples, snapquery, or a Markdown page with their answers."""
    from synthkg import exports
    from synthkg.files import write_atomically

    files = exports.export(style, exports.answerable(), _store(data, dump), target or exports.TARGET)
    for name, text in exports.keep(files, out).items():
        write_atomically(out / name, text)
    click.echo(f"{out}: {len(files)} file{'s' if len(files) != 1 else ''} written")


def _selection(command: Callable[..., None]) -> Callable[..., None]:
    """Options that choose papers."""
    for option in reversed((
        click.option("--paper", "papers", multiple=True, metavar="ID", help="This paper (may be repeated). Default: all."),
        click.option("--method", "methods", multiple=True, metavar="ID", help="Papers that introduce, use or extend it."),
        click.option("--domain", "domains", multiple=True, metavar="ID", help="Papers on this domain or a narrower one."),
        click.option("--stage", "stages", multiple=True, metavar="ID", help="Papers on this stage or a narrower one."),
    )):  # fmt: skip
        command = option(command)
    return command


def _contact(command: Callable[..., None]) -> Callable[..., None]:
    """Options that say who answers for a registration."""
    for key, word in (("orcid", "ORCID iD"), ("github", "GitHub name"), ("email", "e-mail address"), ("name", "name")):
        command = click.option(f"--{key}", help=f"The {word} of the person who answers for it.")(command)
    return command


_output = click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead of printing.")
_links = click.option(
    "--links", type=click.Path(path_type=Path), help="Folder of links (*.sssom.tsv). Default: links in the folder of records."
)


def _deliver(text: str, notes: list[str], out: Path | None) -> None:
    from synthkg.files import write_atomically

    for note in notes:
        click.secho(note, fg="yellow", err=True)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_atomically(out, text)
        click.echo(f"{out}\t{len(text.encode())} bytes", err=True)


def _read_links(folder: Path | None, data: Path | None, targets: str = "*") -> list[Link] | None:
    """The links of a folder, or None where it has no file of them; faults in the files end the command."""
    from synthkg.findings import FORMATS
    from synthkg.sssom import load_links

    folder = folder or _data_folder(data) / "links"
    loaded = [load_links(path) for path in sorted(folder.glob(f"{targets}.sssom.tsv"))]
    findings = [finding for _, found in loaded for finding in found]
    click.echo(FORMATS["text"](findings), nl=False, err=True)
    if any(finding.severity == "error" for finding in findings):
        sys.exit(_FINDINGS)
    return [link for links, _ in loaded for link in links] if loaded else None


@export.command(name="wikidata", epilog=_examples(
    "synthkg export wikidata --out wikidata.qs\nsynthkg export wikidata --paper self-instruct --without-links\n"
    "synthkg export wikidata --domain medical --from dist/synthkg.nq --links data/links"
))  # fmt: skip
@_data
@_dump
@_links
@_selection
@click.option("--without-links", is_flag=True, help="Make items although nobody has looked for the papers in Wikidata.")
@_output
def export_wikidata(
    data: Path | None,
    dump: Path | None,
    links: Path | None,
    papers: tuple[str, ...],
    methods: tuple[str, ...],
    domains: tuple[str, ...],
    stages: tuple[str, ...],
    without_links: bool,
    out: Path | None,
) -> None:
    """Write QuickStatements: new items for papers, identifiers and code for the items that Wikidata has.

    A paper that is linked with an item, or whose link waits for review, gets no new one. Run `synthkg link wikidata` first.
    """
    from synthkg.quickstatements import quickstatements
    from synthkg.selection import choose

    store = _store(data, dump)
    known = _read_links(links, data, "wikidata")
    chosen = choose(store, papers, {"method": methods, "domain": domains, "stage": stages})
    batch = quickstatements(store, known or [], chosen, create=known is not None or without_links)
    _deliver(batch.text, batch.notes, out)
    click.echo(f"{len(batch.created)} new items, {len(batch.extended)} items with statements to add", err=True)


@export.command(name="orkg", epilog=_examples(
    "synthkg export orkg --method evol-instruct --out orkg.csv\nsynthkg export orkg --paper self-instruct --paper wizardlm\n"
    'synthkg export orkg --domain math --field R132 --problem "Synthetic mathematics problems"'
))  # fmt: skip
@_data
@_dump
@_selection
@click.option("--field", metavar="R…", help="ORKG's id of the research field. Default: R322, Computational Linguistics.")
@click.option("--problem", help="The research problem that the papers share. Default: Data synthesis with large language models.")
@_output
def export_orkg(
    data: Path | None,
    dump: Path | None,
    papers: tuple[str, ...],
    methods: tuple[str, ...],
    domains: tuple[str, ...],
    stages: tuple[str, ...],
    field: str | None,
    problem: str | None,
    out: Path | None,
) -> None:
    """Write papers as CSV that the Open Research Knowledge Graph imports, to compare them there."""
    from synthkg.orkg import comparison
    from synthkg.selection import choose

    store = _store(data, dump)
    chosen = choose(store, papers, {"method": methods, "domain": domains, "stage": stages})
    _deliver(*comparison(store, chosen, field, problem), out)


@export.command(name="bioregistry", epilog=_examples(
    'synthkg export bioregistry\nsynthkg export bioregistry --name "A. Curator" --github acurator --out synthkg.json'
))  # fmt: skip
@_data
@_dump
@click.option("--site", metavar="URL", help="The web site of the data set, if there is one.")
@_contact
@_output
def export_bioregistry(data: Path | None, dump: Path | None, site: str | None, out: Path | None, **person: str | None) -> None:
    """Write our prefix as an entry of the Bioregistry."""
    from synthkg.registration import Contact, prefix_record

    _deliver(*prefix_record(_store(data, dump), Contact(**person), site), out)


@export.command(name="w3id", epilog=_examples(
    'synthkg export w3id --site https://acurator.github.io/synthkg --name "A. Curator" --github acurator --out w3id.org/synthkg'
))  # fmt: skip
@_data
@_dump
@click.option("--site", metavar="URL", required=True, help="Where the files that IRIs lead to are.")
@click.option("--sparql", metavar="URL", help="Where SPARQL is answered, if anywhere.")
@_contact
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("exports/w3id"), show_default=True, help="Folder to write to."
)
def export_w3id(data: Path | None, dump: Path | None, site: str, sparql: str | None, out: Path, **person: str | None) -> None:
    """Write .htaccess and README.md for w3id.org: where our IRIs lead, by the format asked for."""
    from synthkg.files import write_atomically
    from synthkg.registration import Contact, redirections

    for name, text in redirections(_store(data, dump), site, Contact(**person), sparql).items():
        write_atomically(out / name, text)
        click.echo(f"{out / name}\t{len(text.encode())} bytes")


@export.command(
    name="sssom", epilog=_examples("synthkg export sssom --out synthkg.sssom.tsv\nsynthkg export sssom --from dist/synthkg.nq")
)
@_data
@_dump
@_links
@_output
def export_sssom(data: Path | None, dump: Path | None, links: Path | None, out: Path | None) -> None:
    """Write all links as one SSSOM table: those of the graph, and those of the files that wait for review or were rejected."""
    from synthkg.provenance import mapping_set

    _deliver(mapping_set(_store(data, dump), _read_links(links, data) or []), [], out)


@export.command(
    name="prov", epilog=_examples("synthkg export prov --out provenance.ttl\nsynthkg export prov --from dist/synthkg.nq")
)
@_data
@_dump
@_output
def export_prov(data: Path | None, dump: Path | None, out: Path | None) -> None:
    """Write where facts and links come from, in PROV-O as Turtle."""
    from synthkg.provenance import provenance

    _deliver(provenance(_store(data, dump)), [], out)


@main.command(epilog=_examples("synthkg fill README.md\nsynthkg fill --check README.md"))
@click.argument("pages", nargs=-1, required=True, metavar="PAGE.md...", type=click.Path(path_type=Path))
@_data
@_dump
@click.option("--check", "only_check", is_flag=True, help="Change nothing; status 1 if an answer is stale.")
def fill(pages: tuple[Path, ...], data: Path | None, dump: Path | None, only_check: bool) -> None:
    """Put the answers into a Markdown page, under each console block that asks `$ synthkg query …`.

    The call may have -p, --columns and --limit; the table below it is replaced.
    """
    from synthkg import exports
    from synthkg.files import read_text, write_atomically

    store = _store(data, dump)
    new = {page: exports.fill(read_text(page), store) for page in pages}
    stale = [page for page, text in new.items() if read_text(page) != text]
    for page in stale:
        click.echo(f"{page}: stale; run: synthkg fill {page}" if only_check else f"{page}: filled")
        if not only_check:
            write_atomically(page, new[page])
    if only_check and stale:
        sys.exit(_FINDINGS)


def _pair(value: str) -> tuple[str, str]:
    name, equals, rest = value.partition("=")
    if not equals:
        raise UsageError(f'"{value}" is no parameter; write -p name=value')
    return name, rest


@main.command(epilog=_examples(
    "synthkg diff old/synthkg.nq dist/synthkg.nq\nsynthkg diff old.ttl new.nq --format markdown > CHANGES.md\n"
    "synthkg diff old.nq new.nq --out changes"
))  # fmt: skip
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--format", "style", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write added.nq and removed.nq, the triples that changed, to this folder."
)
def diff(old: Path, new: Path, style: str, out: Path | None) -> None:
    """Say what changed from the dump OLD to the dump NEW: papers, methods and artifacts in words, and the triples.

    The dumps may be of different formats; named graphs count where both have them.
    """
    from synthkg.difference import STYLES, compare

    click.echo(STYLES[style](compare(old, new, out)), nl=False)


@main.command(epilog=_examples(
    "synthkg publish --to http://127.0.0.1:7878/store --from dist/synthkg.nq\n"
    "synthkg publish --to http://127.0.0.1:7878/update --protocol update\n"
    "SYNTHKG_ENDPOINT_USER=… SYNTHKG_ENDPOINT_PASSWORD=… synthkg publish --to https://example.org/sparql-graph-crud-auth"
))  # fmt: skip
@click.option("--to", metavar="URL", required=True, help="The store's address for the protocol.")
@click.option(
    "--protocol",
    type=click.Choice(["gsp", "update"]),
    default="gsp",
    show_default=True,
    help="The Graph Store Protocol, or SPARQL Update.",
)
@_data
@_dump
@click.option("--endpoint", metavar="URL", help="Where the store answers queries. Default: told from --to.")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=600, show_default=True, help="Seconds for each request.")
def publish(to: str, protocol: str, data: Path | None, dump: Path | None, endpoint: str | None, timeout: float) -> None:
    """Put the named graphs into another store, each as a whole.

    A graph that the store has already is left alone, so a run that broke off is simply run again; afterwards each graph is
    read back and compared. User and password come from SYNTHKG_ENDPOINT_USER and SYNTHKG_ENDPOINT_PASSWORD.
    """
    from synthkg.publishing import publish

    with _progress() as progress:
        for done in publish(_store(data, dump), to, protocol, endpoint=endpoint, timeout=timeout, progress=progress):
            click.echo(f"{done.graph}\t{done.triples} triples\t{done.state}")


@main.command(epilog=_examples(
    "synthkg link\nsynthkg link wikidata\nsynthkg link dblp --endpoint http://127.0.0.1:7001\n"
    "synthkg link dblp --dump dblp.nt.gz\nsynthkg link wikidata --dry-run\n"
    "synthkg link --doctor\nsynthkg link dblp --doctor --format json\n"
    "synthkg link --review --reviewer 'Ada Lovelace'\nsynthkg link wikidata --review --reviewer 0000-0002-1825-0097"
))  # fmt: skip
@click.argument("name", required=False, metavar="[TARGET]")
@_data
@click.option("--endpoint", metavar="URL", help="A mirror, instead of the target's own address.")
@click.option("--dump", type=click.Path(path_type=Path), help="A dump of the target, instead of its endpoint.")
@_timeout
@click.option("--fresh", is_flag=True, help="Ask again what was answered within the last week.")
@click.option("--dry-run", is_flag=True, help="Say what would be found, and change no file.")
@click.option("--review", "reviews", is_flag=True, help="Judge the links that wait; without TARGET those of all targets.")
@click.option("--reviewer", metavar="NAME|ORCID", help="Who judges. Default: SYNTHKG_REVIEWER, or the name that git knows.")
@click.option("--doctor", is_flag=True, help="Ask TARGET, or all, whether it is still as our queries assume.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="How --doctor answers.")
def link(
    name: str | None,
    data: Path | None,
    endpoint: str | None,
    dump: Path | None,
    timeout: float | None,
    fresh: bool,
    dry_run: bool,
    reviews: bool,
    reviewer: str | None,
    doctor: bool,
    style: str,
) -> None:
    """Find our papers and concepts in another knowledge graph; without TARGET the graphs are listed.

    What is found goes to data/links/TARGET.sssom.tsv. An identifier's match is accepted; a title's waits for --review. A run that
    breaks off goes on where it was when it is run again. Exit status of --doctor: 0 what was asked holds, 1 something drifted, 2
    nothing could be asked.
    """
    from datetime import date

    from synthkg import linking, targets
    from synthkg.asking import Answers, Pace
    from synthkg.catalog import load_catalog
    from synthkg.findings import FORMATS
    from synthkg.subjects import subjects

    if doctor:
        _examine(name, endpoint, dump, timeout, style)
        return
    if name is None and not reviews:
        for target in targets.load_targets().values():
            click.echo(f"{target.name}\t{target.level}\t{target.endpoint or '--dump'}\t{target.query.summary}")
        return
    catalog = load_catalog(_data_folder(data))
    if reviews:
        _review(catalog, name, reviewer)
        return
    target = targets.find_target(name or "")
    source = linking.open_source(target, subjects(catalog, target.level), endpoint=endpoint, dump=dump, timeout=timeout or 60.0)
    today = date.today().isoformat()
    answers = Answers(None, today) if dump else Answers.load(target, source.name, today, fresh=fresh)
    with _progress() as progress:
        done = linking.link(
            catalog, target, source, answers, Pace(0 if dump else target.rate), dry_run=dry_run, progress=progress
        )
    click.echo(FORMATS["text"](done.findings), nl=False, err=True)
    counts = ", ".join(f"{done.count(status)} {status}" for status in ("accepted", "waiting", "rejected"))
    click.echo(f"{done.path}: {counts}; {done.new} new{' (not written)' if dry_run else ''}, {done.requests} requests")
    if any(finding.severity == "error" for finding in done.findings):
        sys.exit(_FINDINGS)


def _review(catalog: Catalog, name: str | None, reviewer: str | None) -> None:
    from synthkg import targets
    from synthkg.reviewing import review, reviewer_name

    who = reviewer_name(reviewer)
    for target in [targets.find_target(name)] if name else targets.load_targets().values():
        done = review(catalog, target, who, _question, click.echo)
        click.echo(f"{target.name}: {', '.join(f'{count} {what}' for what, count in done.items())}")


def _question(text: str) -> str:
    """Asks on standard error and reads a line from standard input, whatever that is."""
    click.echo(text, nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _examine(name: str | None, endpoint: str | None, dump: Path | None, timeout: float | None, style: str) -> None:
    from synthkg.doctor import FORMATS, STATES, examine

    with _progress() as progress:
        found = examine([name] if name else [], endpoint=endpoint, dump=dump, timeout=timeout or 60.0, progress=progress)
    click.echo(FORMATS[style](found), nl=False)
    counts = {state: sum(diagnosis.state == state for diagnosis in found) for state in STATES}
    color = "red" if counts["drifted"] else "yellow" if counts["not answered"] else "green"
    click.secho(", ".join(f"{count} {state}" for state, count in counts.items()), fg=color, err=True)
    if counts["drifted"]:
        sys.exit(_FINDINGS)
    if not counts["holds"]:
        sys.exit(_UNREADABLE)


@main.command(name="import", epilog=_examples("synthkg import README.md --to mylist\nsynthkg view published --data mylist"))
@click.argument("document", metavar="LIST.md", type=click.Path(path_type=Path))
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, help="Folder for the records.")
@click.option("--id", "id", help="The list's id. Default: from the file's name.")
@click.option("--source", help="The URL where the list was published.")
def import_(document: Path, folder: Path, id: str | None, source: str | None) -> None:
    """Turn a Markdown list into records that give it back byte for byte.

    Writes the list and skeletons of the papers and artifacts in it, says how many rows were read, and names the lines
    that look like entries but could not be read as such. Existing files are never overwritten.
    """
    from synthkg.catalog import write_records
    from synthkg.files import read_text
    from synthkg.identifiers import slug
    from synthkg.importer import read_list
    from synthkg.vocabulary import load_vocabulary

    text = read_text(document)
    concepts = load_vocabulary().headings
    found = read_list(text, id or slug(document.stem, words=9) or "list", source=source, concepts=concepts, file=str(document))
    write_records(folder, [found.list, *found.papers, *found.artifacts])
    for unread in found.unread:
        click.echo(f"{document}:{unread.line}:1: not read as an entry, kept as text: {unread.text.strip()[:100]}")
    for conflict in found.conflicts:
        click.echo(f"entries {', '.join(map(str, conflict.entries))}: {conflict.reason}")
    click.echo(
        f"{found.entries} rows read, {len(found.unread)} lines not read as entries: "
        f"{len(found.papers)} papers, {len(found.artifacts)} artifacts, {len(found.conflicts)} conflicts, in {folder}"
    )


@main.command(epilog=_examples(
    "synthkg match README.md\nsynthkg match README.md --format csv > verdicts.csv\n"
    "synthkg match README.md --to data --id their-list --source https://example.org/their/list"
))  # fmt: skip
@click.argument("document", metavar="LIST.md", type=click.Path(path_type=Path))
@_data
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Write the list and skeletons of what is new to this folder."
)
@click.option("--id", "id", help="The list's id. Default: from the file's name.")
@click.option("--source", help="The URL where the list was published.")
@click.option("--format", "style", type=click.Choice(["text", "json", "csv", "markdown"]), default="text", show_default=True)
def match(document: Path, data: Path | None, folder: Path | None, id: str | None, source: str | None, style: str) -> None:
    """Say which rows of another list are known, known under another title, new, or in conflict with the records.

    With --to, the new papers and artifacts become skeleton records with the list as their evidence, and its rows point at
    these and at the records that are there; --to data adds them to the records. Existing files are never overwritten.

    Exit status: 0 whatever the verdicts, 2 when something cannot be read.
    """
    from synthkg.catalog import load_catalog, write_records
    from synthkg.files import read_text
    from synthkg.identifiers import slug
    from synthkg.matching import match_list, new_records
    from synthkg.verdicts import FORMATS

    catalog = load_catalog(_data_folder(data))
    id = id or slug(document.stem, words=9) or "list"
    matched = match_list(catalog, read_text(document), id, source=source, file=str(document))
    click.echo(FORMATS[style](matched, str(document)), nl=False)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in matched.counts.items())
    click.echo(f"{matched.imported.entries} rows: {counts}; {len(matched.imported.unread)} lines not read as entries", err=True)
    if folder is not None:
        written = write_records(folder, new_records(matched, catalog))
        click.echo(f"{len(written)} records written to {folder}", err=True)


@main.command(epilog=_examples("synthkg format\nsynthkg format --check"))
@_data
@click.option("--check", "only_check", is_flag=True, help="Change nothing; status 1 if a file is not in canonical form.")
def format(data: Path | None, only_check: bool) -> None:
    """Put the YAML files into canonical form: order of keys, quotes, indentation. Comments stay."""
    from synthkg.catalog import load_catalog, unformatted
    from synthkg.files import write_atomically
    from synthkg.findings import FORMATS

    catalog = load_catalog(_data_folder(data))
    changed = 0
    for path, text in unformatted(catalog):
        changed += 1
        click.echo(str(path))
        if not only_check:
            write_atomically(path, text)
    click.echo(f"{changed} of {len(catalog)} files {'are not in canonical form' if only_check else 'formatted'}", err=True)
    if catalog.findings:
        click.echo(FORMATS["text"](catalog.findings), nl=False, err=True)
    if catalog.findings or (only_check and changed):
        sys.exit(_FINDINGS)


@main.command(epilog=_examples(
    "synthkg add 2212.10560\nsynthkg add https://doi.org/10.1073/pnas.2305016120 --id crowd-workers\n"
    "synthkg add https://github.com/yizhongw/self-instruct --title Self-Instruct"
))  # fmt: skip
@click.argument("what", metavar="ARXIV-ID|DOI|URL")
@_data
@click.option("--id", "id", help="The record's id. Default: from the title or the identifier.")
@click.option("--title", help="The title, if you have it at hand.")
def add(what: str, data: Path | None, id: str | None, title: str | None) -> None:
    """Write a new record, ready to fill in. `synthkg check` then names what is missing."""
    from synthkg.catalog import load_catalog
    from synthkg.drafts import draft

    path = draft(load_catalog(_data_folder(data)), what, id, title)
    click.echo(f"{path}: fill it in, then run: synthkg check")


if __name__ == "__main__":
    main()
