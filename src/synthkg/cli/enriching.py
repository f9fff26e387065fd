"""``add`` and ``enrich``: new records, and what other people's collections know of papers."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.completing import complete_paper
from synthkg.cli.ending import UNREADABLE, standard_input, tell
from synthkg.cli.frame import (
    FINDINGS,
    Text,
    data_folder,
    data_option,
    dry_run_option,
    examples,
    main,
    progress_shown,
    read_catalog,
    records_to_change,
    refuse_options,
    refuse_unread,
)
from synthkg.errors import UnreadableError, UsageError
from synthkg.findings import counted
from synthkg.project import checking

if TYPE_CHECKING:
    from synthkg.catalog import Catalog
    from synthkg.enrichment import Enriched, Source
    from synthkg.model import Paper, Record

    Sources = list[tuple[Source, Path | str]]

_from_option = click.option(
    "--from", "places", multiple=True, metavar="SOURCE=PATH", help="A file or folder of a source, or the address of its API."
)
_online_option = click.option("--online", is_flag=True, help="Ask the sources that have an API; answers are kept for 30 days.")


@main.command(epilog=examples(
    "synthkg enrich\nsynthkg enrich self-instruct --online --dry-run\n"
    "synthkg enrich --from anthology=acl-anthology/data/xml --from arxiv=arxiv-metadata-oai-snapshot.json"
))  # fmt: skip
@click.argument("papers", nargs=-1, metavar="[PAPER]...", shell_complete=complete_paper)
@data_option
@_from_option
@_online_option
@dry_run_option
@click.option("--sources", "lists", is_flag=True, help="List the sources.")
def enrich(papers: tuple[str, ...], data: Path | None, places: tuple[str, ...], online: bool, dry_run: bool, lists: bool) -> None:
    """Fill the blanks of papers from other people's collections, each fact with its evidence.

    PAPER is an id; by default all. Nothing is overwritten: what a source says against a record is told, at file:line:column. What
    identifiers alone say (an ACL id: venue, year, track, DOI) is always filled in.

    Exit status: 0 clean, 2 when something cannot be read, or no server that was asked answered.
    """
    from synthkg.catalog import load_catalog, write_changed
    from synthkg.enrichment import SOURCES
    from synthkg.model import Paper

    if lists:
        if papers:
            raise UsageError(f'"{papers[0]}" is one word too many: --sources lists the sources')
        refuse_options("--sources lists the sources", "data", "places", "online", "dry_run")
        for source in SOURCES.values():
            click.echo(f"{source.name}\t{source.kind}\t{'online' if source.home else '--from'}\t{source.summary}")
        return
    catalog = load_catalog(data_folder(data, to_change=not dry_run))
    done = _fill(catalog, records_to_change(catalog, Paper, papers), _sources(places, online))
    _tell(catalog, done, err=False)
    written = [] if dry_run else write_changed(catalog, done.papers.values(), done.venues)
    facts, where = counted(len(done.filled), "fact"), counted(len(done.papers), "paper")
    click.echo(f"{facts} filled in {where}, {counted(len(written), 'file')} written", err=True)
    _end_unanswered(done)


@main.command(epilog=examples(
    "synthkg add 1907.10902\nsynthkg add https://doi.org/10.1038/nature14539 --id deep-learning --online\n"
    "synthkg add https://github.com/optuna/optuna --title Optuna\n"
    "synthkg add --bibtex references.bib\nsynthkg add method Dropout\nsynthkg add venue SIGMETRICS"
))  # fmt: skip
@click.argument("what", nargs=-1, metavar="ARXIV-ID|DOI|URL | method NAME | venue NAME")
@data_option
@click.option("--id", "id", type=Text(), help="The record's id. Default: from the title or the identifier.")
@click.option("--title", type=Text(), help="The title, if you have it at hand.")
@click.option(
    "--bibtex", "bibliography", type=Text(), metavar="FILE|-", help="Add what is new in a file of BibTeX, or in standard input."
)
@_from_option
@_online_option
def add(
    what: tuple[str, ...], data: Path | None, id: str | None, title: str | None, bibliography: str | None,
    places: tuple[str, ...], online: bool,
) -> None:  # fmt: skip
    """Write new records as drafts, with what identifiers say, and what sources know of them.

    `synthkg check` then says what is open in them; a draft is in no page and no dump until somebody removes its line draft: true.

    Exit status: 0 clean, 1 when nothing in a bibliography could be read as an entry, 2 when something cannot be read, or no
    server that was asked answered: nothing is written where none can be reached; where all refuse, what is written stays.
    """
    from synthkg.catalog import draft_of, draft_of_name, write_draft
    from synthkg.model import Method, Paper, Venue

    if (bibliography is None) != bool(what):
        raise UsageError("give one of an identifier, a name (method NAME, venue NAME) and --bibtex FILE")
    catalog = read_catalog(data, to_change=True)
    if bibliography is not None:
        refuse_options("each entry of a bibliography has a title of its own, of which its id is made", "id", "title")
        _add_all(catalog, bibliography, _sources(places, online))
        return
    names = {"method": Method, "venue": Venue}
    if what[0] in names:
        if len(what) == 1:
            raise UsageError(f"say its name: synthkg add {what[0]} NAME")
        refuse_options(f"a {what[0]} is added by its name alone", "title", "places", "online")
        named = draft_of_name(catalog, names[what[0]], " ".join(what[1:]), id)
        refuse_unread(catalog, [named])
        path = write_draft(catalog, named)
        click.echo(
            f"{path}: fill it in, then run: {checking(catalog.data)}" if named.draft else f"{path}: known already, and finished"
        )
        return
    if len(what) > 1:
        raise UsageError(f'"{what[1]}" is one word too many; put a title behind --title')
    record = draft_of(catalog, what[0], id, title)
    if not isinstance(record, Paper):
        refuse_options("the sources know of papers alone", "places", "online")
    sources = _sources(places, online)
    refuse_unread(catalog, [record])
    with _written(catalog, [record]) as (path,):
        done = _enrich_drafts(catalog, [record] if isinstance(record, Paper) else [], sources)
    if not isinstance(record, Paper) and record.type == "project":
        click.echo(f"{path}: taken for the page of a project; a paper is added by its arXiv id or DOI", err=True)
    click.echo(f"{path}: fill it in, then run: {checking(catalog.data)}")
    _end_unanswered(done, [record])


def _end_unanswered(done: Enriched, drafts: Sequence[Record] = ()) -> None:
    """Ends with a status of its own where servers were asked, and none of them answered; what was written stays."""
    from synthkg.model import Paper

    if done.unanswered and not done.answered:
        if drafts:
            again = f"synthkg enrich {' '.join(each.id for each in drafts if isinstance(each, Paper))} --online"
            click.echo(f"no server answered as it should; what was written stays, and to ask again run: {again}", err=True)
        sys.exit(UNREADABLE)


def _add_all(catalog: Catalog, bibliography: str, sources: Sources) -> None:
    """The entries of a file of BibTeX that no record has; each known one is named."""
    from synthkg.files import read_text
    from synthkg.lists import drafts_of_references, seeming_form
    from synthkg.model import Paper

    text = standard_input() if bibliography == "-" else read_text(Path(bibliography))
    found = drafts_of_references(catalog, text, bibliography)
    for line, problem in sorted([*found.twice, *found.left]):
        tell(f"{bibliography}:{line}:1: {problem}", err=True)
    refuse_unread(catalog, found.records)
    with _written(catalog, found.records) as paths:
        done = _enrich_drafts(catalog, [record for record in found.records if isinstance(record, Paper)], sources)
    for path in paths:
        click.echo(str(path))
    records, left = counted(len(found.records), "record"), counted(len(found.left), "entry", "entries")
    click.echo(f"{records} written, {left} left; run: {checking(catalog.data)}", err=True)
    if text.strip() and not found.records and not found.left:
        click.echo(f"{bibliography}: nothing was read as an entry; this seems to be {seeming_form(text)}", err=True)
        sys.exit(FINDINGS)
    _end_unanswered(done, found.records)


@contextmanager
def _written(catalog: Catalog, records: Sequence[Record]) -> Iterator[list[Path]]:
    """Drafts that stay if the block ends well; they are written before it, so that what a source says against one has a place."""
    from synthkg.catalog import write_draft

    paths: list[Path] = []
    try:
        for record in records:
            paths.append(write_draft(catalog, record))
        yield paths
    except BaseException:
        for path in paths:
            path.unlink(missing_ok=True)
        raise


def _enrich_drafts(catalog: Catalog, papers: list[Paper], sources: Sources) -> Enriched:
    from synthkg.catalog import write_draft, write_records

    done = _fill(catalog, papers, sources)
    _tell(catalog, done, err=True)
    write_records(catalog.data, done.venues)
    for paper in done.papers.values():
        write_draft(catalog, paper, over=True)
    return done


def _fill(catalog: Catalog, papers: Iterable[Paper], sources: Sources) -> Enriched:
    from datetime import date

    from synthkg.enrichment import enrich as fill

    with progress_shown() as progress:
        return fill(catalog, papers, sources, date.today().isoformat(), progress)


def _sources(places: tuple[str, ...], online: bool) -> Sources:
    """The sources that are to be read, the best first, each with its file, folder or address."""
    from synthkg.enrichment import SOURCES

    asked = [(source, source.home) for source in SOURCES.values() if online and source.home]
    return sorted([*map(_place, places), *asked], key=lambda each: [*SOURCES].index(each[0].name))


def _tell(catalog: Catalog, done: Enriched, *, err: bool) -> None:
    """Names what was filled, on standard error where that is not the answer, what contradicts it, and who did not answer."""
    from synthkg.findings import FORMATS

    for filled in done.filled:
        tell(f"{catalog.path(done.papers[filled.paper])}: {filled.fact} = {filled.value} ({filled.source})", err=err)
    click.echo(FORMATS["text"](done.findings), nl=False, err=True)
    for problem in done.unanswered:
        tell(problem, err=True)


def _place(text: str) -> tuple[Source, Path | str]:
    from synthkg.enrichment import SOURCES
    from synthkg.findings import did_you_mean

    name, equals, place = text.partition("=")
    if name not in SOURCES:
        raise UsageError(f'there is no source "{name}"; {did_you_mean(name, SOURCES)}')
    if not equals or not place:
        raise UsageError(f"say where {name} is: --from {name}=PATH")
    source = SOURCES[name]
    if place.startswith(("http://", "https://")):
        if not source.home:
            raise UsageError(f"{name} has no API that could be asked; give a file or folder of it")
        return source, place
    if not Path(place).exists():
        raise UnreadableError("no such file or folder", place)
    return source, Path(place)
