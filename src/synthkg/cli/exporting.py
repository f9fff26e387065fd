"""Commands that write what other tools and graphs read: export."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.ending import tell
from synthkg.cli.frame import (
    FINDINGS,
    Place,
    Text,
    data_folder,
    data_option,
    dump_option,
    examples,
    main,
    open_store,
    read_catalog,
    refuse_options,
    store_of,
)
from synthkg.errors import UnreadableError, UsageError
from synthkg.findings import Finding, counted

if TYPE_CHECKING:
    from synthkg.catalog import Citation, Link
    from synthkg.graph import Store


@main.group(name="export", epilog=examples(
    "synthkg export queries --format markdown --out docs\nsynthkg export wikidata --out wikidata.qs\n"
    "synthkg export orkg --stage fine-tuning --out orkg.csv"
))  # fmt: skip
def export() -> None:
    """Write what other tools read."""


@export.command(name="queries", epilog=examples(
    "synthkg export queries --format markdown --out docs\nsynthkg export queries --format snapquery\n"
    "synthkg export queries --format sparql-examples --out sparql-examples/synthkg\nsynthkg export queries --format grlc"
))  # fmt: skip
@data_option
@dump_option
@click.option("--format", "style", type=click.Choice(["grlc", "sparql-examples", "snapquery", "markdown"]), required=True)
@click.option("--out", type=Place(), default=Path("exports"), show_default=True, help="Folder to write to.")
@click.option("--target", type=Text(), metavar="URL", help="The endpoint that the queries are for (grlc, sparql-examples).")
def export_queries(data: Path | None, dump: Path | None, style: str, out: Path, target: str | None) -> None:
    """Write the saved queries as grlc, SIB's sparql-examples, snapquery, or a Markdown page with their answers."""
    from synthkg.files import write_together
    from synthkg.views import TARGET, answerable, export, keep

    if style not in ("grlc", "sparql-examples"):
        refuse_options("it is for grlc and sparql-examples", "target")
    files = export(style, answerable(), open_store(data, dump), target or TARGET)
    write_together({}, {out / name: text for name, text in keep(files, out).items()})
    click.echo(f"{out}: {counted(len(files), 'file')} written")


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
        command = click.option(f"--{key}", type=Text(), help=f"The {word} of the person who answers for it.")(command)
    return command


_output = click.option("--out", type=Place(), help="Write to this file instead of printing.")
_links = click.option(
    "--links",
    type=Place(),
    help="Folder of links (*.sssom.tsv). Default: links in the folder of records; with --from none.",
)


def _deliver(text: str, notes: list[str], out: Path | None) -> None:
    from synthkg.files import write_atomically

    for note in notes:
        tell(note, fg="yellow", err=True)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_atomically(out, text)
        click.echo(f"{out}\t{len(text.encode())} bytes", err=True)


def _licence(data: Path | None, dump: Path | None) -> str | None:
    """The IRI of the licence that is stated for the data: by their folder, or by the release in which the dump lies."""
    from synthkg.catalog import licence_of
    from synthkg.release import licence_stated

    return licence_of(data_folder(data)) if dump is None else licence_stated(dump)


def _citation(data: Path | None, dump: Path | None, store: Store) -> Citation:
    """What the data set is called and who made it, as stated by its folder, or by the release in which the dump lies."""
    from synthkg.catalog import citation_of
    from synthkg.release import citation_stated
    from synthkg.views import subject_of

    subject = subject_of(store)
    return citation_of(data_folder(data), subject) if dump is None else citation_stated(dump, subject)


def _with_links(data: Path | None, dump: Path | None, folder: Path | None, targets: str = "*") -> tuple[Store, list[Link] | None]:
    """The graph, and the links of a folder, or None where it has no file of them; faults in the files end the command.

    A dump may be of other records than those here, so nothing that waits or was rejected here is said of its things.
    """
    from synthkg.catalog import load_links
    from synthkg.graph import present_iri

    if folder is not None and not folder.is_dir():
        raise UnreadableError("no such folder of links; name one with --links", str(folder))
    if dump is not None:
        store = open_store(data, dump)
        load = partial(load_links, present=partial(present_iri, store))
        return store, None if folder is None else _read_links(folder, targets, load)
    catalog = read_catalog(data)
    load = partial(load_links, subjects=catalog.subjects, present=catalog.present)
    return store_of(catalog), _read_links(folder or catalog.data / "links", targets, load)


def _read_links(folder: Path, targets: str, load: Callable[[Path], tuple[list[Link], list[Finding]]]) -> list[Link] | None:
    from synthkg.findings import FORMATS

    loaded = [load(path) for path in sorted(folder.glob(f"{targets}.sssom.tsv"))]
    findings = [finding for _, found in loaded for finding in found]
    click.echo(FORMATS["text"](findings), nl=False, err=True)
    if any(finding.severity == "error" for finding in findings):
        sys.exit(FINDINGS)
    return [link for links, _ in loaded for link in links] if loaded else None


@export.command(name="wikidata", epilog=examples(
    "synthkg export wikidata --out wikidata.qs\nsynthkg export wikidata --paper self-instruct --without-links\n"
    "synthkg export wikidata --domain medical --from dist/synthkg.nq --links data/links"
))  # fmt: skip
@data_option
@dump_option
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
    from synthkg.giving import choose, quickstatements

    store, known = _with_links(data, dump, links, "wikidata")
    chosen = choose(store, papers, {"method": methods, "domain": domains, "stage": stages}, partial(tell, err=True))
    batch = quickstatements(store, known or [], chosen, create=known is not None or without_links)
    _deliver(batch.text, batch.notes, out)
    new, more = (counted(len(some), f"{kind}item") for some, kind in ((batch.created, "new "), (batch.extended, "")))
    click.echo(f"{new}, {more} with statements to add", err=True)


@export.command(name="orkg", epilog=examples(
    "synthkg export orkg --method evol-instruct --field R322 --out orkg.csv\n"
    "synthkg export orkg --paper self-instruct --paper wizardlm\n"
    'synthkg export orkg --domain math --field R132 --problem "Synthetic mathematics problems"'
))  # fmt: skip
@data_option
@dump_option
@_selection
@click.option("--field", metavar="R…", help="ORKG's id of the research field. Default: R11, the field above all.")
@click.option(
    "--problem", type=Text(), help="The research problem that the papers share. Default: the title of the (primary) list."
)
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
    from synthkg.giving import choose, comparison

    store = open_store(data, dump)
    chosen = choose(store, papers, {"method": methods, "domain": domains, "stage": stages}, partial(tell, err=True))
    _deliver(*comparison(store, chosen, field, problem), out)


def _tell_whose_names(citation: Citation) -> None:
    """Says that the names of things are not those of one data set, where they are registered for another than our own."""
    from synthkg.model import BASE

    if citation.iri != f"{BASE}dataset":
        problem = f"{BASE} has the names of whatever synthkg describes, and its own data set is {BASE}dataset"
        mend = f"this would register it for {citation.iri}; ask who administers it first"
        click.secho(f"{problem}; {mend}", fg="yellow", err=True)


@export.command(name="bioregistry", epilog=examples(
    'synthkg export bioregistry\nsynthkg export bioregistry --name "A. Curator" --github acurator --out synthkg.json'
))  # fmt: skip
@data_option
@dump_option
@click.option("--site", type=Text(), metavar="URL", help="The web site of the data set, if there is one.")
@_contact
@_output
def export_bioregistry(data: Path | None, dump: Path | None, site: str | None, out: Path | None, **person: str | None) -> None:
    """Write our prefix as an entry of the Bioregistry."""
    from synthkg.giving import Contact, prefix_record

    store = open_store(data, dump)
    _deliver(*prefix_record(store, Contact(**person), site, _licence(data, dump)), out)
    _tell_whose_names(_citation(data, dump, store))


@export.command(name="w3id", epilog=examples(
    'synthkg export w3id --site https://acurator.github.io/synthkg --name "A. Curator" --github acurator --out w3id.org/synthkg'
))  # fmt: skip
@data_option
@dump_option
@click.option("--site", type=Text(), metavar="URL", required=True, help="Where the files that IRIs lead to are.")
@click.option("--sparql", type=Text(), metavar="URL", help="Where SPARQL is answered, if anywhere.")
@_contact
@click.option("--out", type=Place(), default=Path("exports/w3id"), show_default=True, help="Folder to write to.")
def export_w3id(data: Path | None, dump: Path | None, site: str, sparql: str | None, out: Path, **person: str | None) -> None:
    """Write .htaccess and README.md for w3id.org: where our IRIs lead, by the format asked for."""
    from synthkg.files import write_together
    from synthkg.giving import Contact, redirections

    store = open_store(data, dump)
    files = {out / name: text for name, text in redirections(store, site, Contact(**person), sparql).items()}
    write_together({}, files)
    for file, text in files.items():
        click.echo(f"{file}\t{len(text.encode())} bytes")
    _tell_whose_names(_citation(data, dump, store))


@export.command(
    name="sssom", epilog=examples("synthkg export sssom --out synthkg.sssom.tsv\nsynthkg export sssom --from dist/synthkg.nq")
)
@data_option
@dump_option
@_links
@_output
def export_sssom(data: Path | None, dump: Path | None, links: Path | None, out: Path | None) -> None:
    """Write all links as one SSSOM table: those of the graph, and those of the files that wait for review or were rejected.

    With --from the files are those that --links names.
    """
    from synthkg.giving import mapping_set

    store, known = _with_links(data, dump, links)
    _deliver(mapping_set(store, known or [], _licence(data, dump), _citation(data, dump, store).iri), [], out)


@export.command(
    name="prov", epilog=examples("synthkg export prov --out provenance.ttl\nsynthkg export prov --from dist/synthkg.nq")
)
@data_option
@dump_option
@_output
def export_prov(data: Path | None, dump: Path | None, out: Path | None) -> None:
    """Write where facts and links come from, in PROV-O as Turtle."""
    from synthkg.giving import provenance

    store = open_store(data, dump)
    _deliver(provenance(store, _citation(data, dump, store)), [], out)


@export.command(name="croissant", epilog=examples(
    "synthkg export croissant --out exports/croissant\nsynthkg export croissant --from dist/synthkg.nq"
))  # fmt: skip
@data_option
@dump_option
@click.option("--out", type=Place(), default=Path("exports/croissant"), show_default=True, help="Folder to write to.")
def export_croissant(data: Path | None, dump: Path | None, out: Path) -> None:
    """Write a Croissant record (JSON-LD) for each data set of which enough is established.

    Enough is a page, a licence of the SPDX License List, and a work with authors and a date that released it.
    """
    from synthkg.files import write_together
    from synthkg.giving import croissants

    records = croissants(open_store(data, dump))
    write_together({}, {out / f"{name}.json": text for name, text in records.items()})
    click.echo(f"{out}: {counted(len(records), 'file')} written")


@export.command(name="nanopub", epilog=examples(
    "synthkg export nanopub --out nanopubs.trig\nsynthkg export nanopub --before nanopubs.trig --out update.trig\n"
    "synthkg export nanopub --from dist/synthkg.nq"
))  # fmt: skip
@data_option
@dump_option
@click.option(
    "--before",
    "files",
    multiple=True,
    type=Place(),
    help="What was published (may be repeated): write only what is new, supersedes or retracts.",
)
@_output
def export_nanopub(data: Path | None, dump: Path | None, files: tuple[Path, ...], out: Path | None) -> None:
    """Write facts as nanopublications, in TriG: lineage, syntheses and classification, each with its evidence.

    They are unsigned, with temporary IRIs: whoever publishes them signs them first. Nothing is sent.
    """
    from synthkg.api import KnowledgeGraph
    from synthkg.giving import nanopublications, published
    from synthkg.release import day_stated

    standing, notes = published(files)
    if files and dump is None:
        catalog = read_catalog(data)
        if catalog.left_out:
            raise UsageError("what cannot be read would be retracted; mend what synthkg check names first")
        store: Store = KnowledgeGraph.of(catalog).store
    else:
        store = open_store(data, dump)
    citation = _citation(data, dump, store)
    if not citation.makers:
        notes.append("nobody is named as their creator, since nothing says who made the data: write CITATION.cff in their folder")
    day = None if dump is None else day_stated(dump)
    done = nanopublications(store, standing, _licence(data, dump), citation, day)
    _deliver(done.text, notes, out)
    click.echo(f"{done.new} new, {done.superseding} superseding, {done.retracting} retracting", err=True)
