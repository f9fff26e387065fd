"""Commands that look things up: show, search."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.completing import complete_thing
from synthkg.cli.ending import tell
from synthkg.cli.frame import FINDINGS, Text, data_option, dump_option, examples, main, open_store, progress_shown
from synthkg.kinds import SOUGHT

if TYPE_CHECKING:
    from synthkg.profiles import Candidate, Finder, Hit


@main.command(epilog=examples(
    "synthkg show Evol-Instruct\nsynthkg show 2212.10560\nsynthkg show paper/self-instruct --format bibtex\n"
    "synthkg show https://github.com/nlpxucan/WizardLM\nsynthkg show ACL --format json"
))  # fmt: skip
@click.argument("words", nargs=-1, required=True, type=Text(), metavar="THING", shell_complete=complete_thing)
@data_option
@dump_option
@click.option("--kind", type=click.Choice(SOUGHT), help="What it is, where the name alone does not tell.")
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "jsonl", "markdown", "bibtex"]), default="text", show_default=True
)
def show(words: tuple[str, ...], data: Path | None, dump: Path | None, kind: str | None, style: str) -> None:
    """Show one thing: all that is established of it, where that was read, and what it has to do with others.

    THING is an IRI or an id (paper/self-instruct), an arXiv id, a DOI, an ACL Anthology id or an address, a title or name that it
    has or had, or the end of an id (self-instruct), in any spelling; the first of these that anything has decides. Where several
    things have it, none is shown and all are named; what else may be meant is named after "see also", on standard error.
    """
    from synthkg.profiles import Finder, Profiles, render

    name, kinds = " ".join(words), [kind] if kind else []
    store = open_store(data, dump)
    with progress_shown() as progress:
        progress("reading names", 0)
        profiles = Profiles(store)
        finder = Finder(store, profiles.labels)
        found = finder.find(name, kinds)
    if len(found) != 1:
        _fail(name, found, finder, kinds)
    if finder.is_renamed(name, found[0]):
        tell(f'"{name}" is now {found[0].id}', err=True)
    _print(render(profiles.of(found[0].iri), style, store, profiles.labels), style)
    for other in finder.namesakes(name, found[0]) if not kind else ():
        tell(f"see also: {other.id}\t{other.title}", err=True)


def _fail(name: str, found: Sequence[Candidate], finder: Finder, kinds: Sequence[str]) -> None:
    """Says what may be meant, and ends."""
    unidentified = "" if found or (kinds and "person" not in kinds) else finder.unidentified(name)
    near = found or ([] if unidentified else finder.suggested(name, kinds))
    problem = f'"{name}" may be any of these; name one:' if found else f'there is no "{name}"'
    tell(f"{problem}{'; did you mean one of these?' if near and not found else ''}", fg="red", err=True)
    for each in near:
        tell(f"  {each.id}\t{each.title}", err=True)
    if unidentified:
        tell(unidentified, err=True)
    sys.exit(FINDINGS)


def _print(text: str, style: str) -> None:
    """Prints; on a terminal through a pager what is longer than it."""
    if style == "text" and sys.stdout.isatty() and text.count("\n") > shutil.get_terminal_size().lines:
        with suppress(ValueError):  # PAGER has a quote that nothing closes
            click.echo_via_pager(text)
            return
    click.echo(text, nl=False)


@main.command(epilog=examples(
    "synthkg search medical instructions\nsynthkg search evol-instrct\nsynthkg search Hajishirzi --kind paper --format bibtex"
))  # fmt: skip
@click.argument("words", nargs=-1, required=True, type=Text(), metavar="WORDS")
@data_option
@dump_option
@click.option("--kind", type=click.Choice(SOUGHT), help="These only.")
@click.option("--limit", type=click.IntRange(min=1), default=15, show_default=True, help="How many at most.")
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "jsonl", "markdown", "bibtex"]), default="text", show_default=True
)
def search(words: tuple[str, ...], data: Path | None, dump: Path | None, kind: str | None, limit: int, style: str) -> None:
    """Search titles (also earlier ones), names, authors, methods, definitions, venues and identifiers; best first.

    Slips of the pen, hyphens and accents are forgiven.
    """
    from synthkg.profiles import Index, Labels, bibliography_of

    store = open_store(data, dump)
    with progress_shown() as progress:
        progress("reading names", 0)
        labels = Labels(store)
        index = Index(store, labels)
        hits = index.search(" ".join(words), [kind] if kind else (), limit)
        titles = {hit.iri: labels.titles.get(hit.iri) or index.printed(hit.iri) for hit in hits}
    if style == "bibtex" and hits:
        papers = {hit.iri for hit in hits if hit.kind == "paper"}
        wanted = papers & index.named(" ".join(words)) or papers
        click.echo(bibliography_of({iri.rpartition("/")[2] for iri in wanted}, store), nl=False)
    elif style != "bibtex":
        _print(_listed(hits, titles, style), style)
    if not hits:
        tell(f'nothing has "{" ".join(words)}"', err=True)
        sys.exit(FINDINGS)


def _listed(hits: Sequence[Hit], titles: Mapping[str, str], style: str) -> str:
    from pyoxigraph import Literal

    from synthkg.graph import Table
    from synthkg.model import BASE
    from synthkg.views import FORMATS

    found = [{"id": hit.iri.removeprefix(BASE), "kind": hit.kind, "title": titles[hit.iri]} for hit in hits]
    if style == "json":
        return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if style == "jsonl":
        return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in found)
    if not found:
        return ""
    table = Table(("id", "title"), [(Literal(each["id"]), Literal(each["title"])) for each in found])
    return FORMATS["markdown" if style == "markdown" else "table"](table)
