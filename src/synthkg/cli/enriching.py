"""``enrich``: what other people's collections know of our papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.frame import data_folder, data_option, examples, main, progress_shown
from synthkg.errors import UsageError

if TYPE_CHECKING:
    from synthkg.catalog import Catalog
    from synthkg.enrichment import Source
    from synthkg.model import Paper


@main.command(epilog=examples(
    "synthkg enrich\nsynthkg enrich self-instruct --online --dry-run\n"
    "synthkg enrich --from anthology=acl-anthology/data/xml --from arxiv=arxiv-metadata-oai-snapshot.json"
))  # fmt: skip
@click.argument("papers", nargs=-1, metavar="[PAPER]...")
@data_option
@click.option("--from", "places", multiple=True, metavar="SOURCE=PATH", help="A file or folder of a source, or its address.")
@click.option("--online", is_flag=True, help="Ask the sources that have an API.")
@click.option("--dry-run", is_flag=True, help="Say what would be filled in, and write nothing.")
@click.option("--sources", "lists", is_flag=True, help="List the sources.")
def enrich(papers: tuple[str, ...], data: Path | None, places: tuple[str, ...], online: bool, dry_run: bool, lists: bool) -> None:
    """Fill the blanks of papers from other people's collections, each fact with its evidence.

    PAPER is an id; by default all. Nothing is overwritten: what a source says against a record is told, at file:line:column. What
    identifiers alone say (an ACL id: venue, year, track, DOI) is always filled in.
    """
    from datetime import date

    from synthkg.catalog import load_catalog, write_changed
    from synthkg.enrichment import SOURCES
    from synthkg.enrichment import enrich as fill
    from synthkg.findings import FORMATS

    if lists:
        for source in SOURCES.values():
            click.echo(f"{source.name}\t{source.kind}\t{'online' if source.home else '--from'}\t{source.summary}")
        return
    catalog = load_catalog(data_folder(data, to_change=not dry_run))
    asked = [(source, source.home) for source in SOURCES.values() if online and source.home]
    with progress_shown() as progress:
        done = fill(catalog, _papers(catalog, papers), [*map(_place, places), *asked], date.today().isoformat(), progress)
    for filled in done.filled:
        click.echo(f"{catalog.path(done.papers[filled.paper])}: {filled.fact} = {filled.value} ({filled.source})")
    click.echo(FORMATS["text"](done.findings), nl=False, err=True)
    for problem in done.unanswered:
        click.echo(problem, err=True)
    written = [] if dry_run else write_changed(catalog, done.papers.values())
    click.echo(f"{len(done.filled)} facts filled in {len(done.papers)} papers, {len(written)} files written", err=True)


def _papers(catalog: Catalog, ids: tuple[str, ...]) -> list[Paper]:
    from synthkg.findings import did_you_mean
    from synthkg.model import Paper

    known = catalog.known(Paper)
    for id in ids:
        if id not in known:
            raise UsageError(f'there is no paper "{id}"; {did_you_mean(id, known)}')
    return [known[id] for id in dict.fromkeys(ids)] or list(known.values())


def _place(text: str) -> tuple[Source, Path | str]:
    from synthkg.enrichment import SOURCES
    from synthkg.findings import did_you_mean

    name, equals, place = text.partition("=")
    if name not in SOURCES:
        raise UsageError(f'there is no source "{name}"; {did_you_mean(name, SOURCES)}')
    if not equals or not place:
        raise UsageError(f"say where {name} is: --from {name}=PATH")
    return SOURCES[name], place if place.startswith(("http://", "https://")) else Path(place)
