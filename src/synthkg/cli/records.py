"""Commands about records: check, build, import, match, format."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.ending import tell
from synthkg.cli.frame import (
    FINDINGS,
    Place,
    Text,
    check_url,
    data_folder,
    data_option,
    examples,
    main,
    progress_shown,
    read_catalog,
    refuse_options,
    refuse_unread,
)
from synthkg.cli.unread import end_where_nothing_was_read, tell_nothing, tell_unread
from synthkg.errors import UnreadableError, UsageError
from synthkg.findings import counted

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

if TYPE_CHECKING:
    from synthkg.catalog import Catalog
    from synthkg.checks import Checked
    from synthkg.model import Record


@main.command(epilog=examples("synthkg check\nsynthkg check --format github\nsynthkg check --data tests/toy --format json"))
@data_option
@click.option("--format", "style", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True)
def check(data: Path | None, style: str) -> None:
    """Check the records: YAML, keys, references, evidence, SHACL, and rules across records.

    Exit status: 0 clean, 1 findings, 2 when something cannot be read.
    """
    from synthkg.checks import check
    from synthkg.findings import FORMATS

    with progress_shown() as progress:
        checked = check(data_folder(data), progress)
    click.echo(FORMATS[style](checked.findings), nl=False)
    _summarise(checked, f"{counted(checked.records, 'record')}, {counted(checked.triples, 'triple')}")
    if any(finding.severity != "note" for finding in checked.findings):
        sys.exit(FINDINGS)


def _summarise(checked: Checked, what: str) -> None:
    for note in checked.notes:
        tell(note, fg="yellow", err=True)
    counts = {level: sum(f.severity == level for f in checked.findings) for level in ("error", "warning", "note")}
    told = [counted(n, level) for level, n in counts.items() if n]
    faults = ", ".join(told if counts["error"] or counts["warning"] else ["all is well", *told])
    color = "red" if counts["error"] else "yellow" if counts["warning"] else "green"
    click.secho(f"{what}: {faults}", fg=color, err=True)


@main.command(epilog=examples("synthkg build\nsynthkg build --out /srv/dumps --compress"))
@data_option
@click.option("--out", type=Place(), default=Path("dist"), show_default=True, help="Folder to replace.")
@click.option(
    "--compress/--no-compress", default=None, help="Pack the dumps with gzip. Default: those of over 100 MB of records."
)
def build(data: Path | None, out: Path, compress: bool | None) -> None:
    """Check the records and write the dumps in six formats.

    While an error stands nothing is written, and the dumps of the last build stay as they are.
    """
    from synthkg.findings import FORMATS
    from synthkg.release import build

    with progress_shown() as progress:
        built = build(data_folder(data), out, progress, packs=compress)
    checked = built.checked
    if checked.errors:
        click.echo(FORMATS["text"](checked.findings), nl=False, err=True)
        _summarise(checked, counted(checked.records, "record"))
        click.secho(f"synthkg: nothing was written; {out} is as it was", fg="red", err=True)
        sys.exit(FINDINGS)
    _summarise(checked, f"{counted(checked.records, 'record')}, {counted(checked.triples, 'triple')}")
    for file in built.files:
        click.echo(f"{file}\t{file.stat().st_size} bytes")
    _tell_name(data_folder(data), out)


def _tell_name(data: Path, out: Path) -> None:
    """Says what a release calls the data set where their folder does not say it."""
    from synthkg.catalog import citation_of
    from synthkg.release import citation_stated

    if not citation_of(data).is_named:
        named = citation_stated(out / "synthkg.nq", "").iri
        after = "" if named.endswith("/unnamed") else ", after its title"
        made = f"the release calls the data set {named}{after}, since nothing says its IRI{'' if after else ' or title'}"
        mend = f"write its DOI (doi), or its own address (identifiers, type: url), in {data / 'CITATION.cff'}"
        click.secho(f"{made}; {mend}", fg="yellow", err=True)


@main.command(name="import", epilog=examples("synthkg import README.md --to mylist\nsynthkg view published --data mylist"))
@click.argument("document", metavar="LIST.md", type=Place())
@click.option("--to", "folder", type=Place(), required=True, help="Folder for the records.")
@click.option("--id", "id", type=Text(), help="The list's id. Default: from the name of the file, or of a README's folder.")
@click.option("--source", callback=check_url, help="The URL where the list was published.")
@click.option("--rename", "renames", multiple=True, metavar="ID=ID", help="Give a new paper another id than the one made for it.")
@click.option("--update", "updates", is_flag=True, help="Take in what was edited since: the next snapshot, of today.")
def import_(document: Path, folder: Path, id: str | None, source: str | None, renames: tuple[str, ...], updates: bool) -> None:
    """Turn a list, Markdown, BibTeX, RIS or CSV, into records that give it back byte for byte.

    Writes the list, skeletons of the papers and artifacts in it, and its venues, finished where they are known. Says how many
    rows were read, and names the lines that look like entries but could not be read as such. Existing files are never
    overwritten. A list that was edited by hand since is taken in again with --update, as synthkg update does it.

    Exit status: 0 clean, 1 when nothing could be read as an entry although lines look like some, or nothing looks like a list at
    all, 2 when something cannot be read.
    """
    from dataclasses import replace

    from synthkg.catalog import built_in, has_records, load_catalog
    from synthkg.files import read_text
    from synthkg.lists import is_primary, list_id, read_list
    from synthkg.model import Venue, load_vocabulary

    id = id or list_id(document)
    if updates:
        refuse_options("with --update new papers are drafts, whose files can be renamed", "renames")
        from synthkg.cli.updating import take_in_today

        take_in_today(folder, id, document, source)
        return
    catalog = load_catalog(folder) if has_records(folder) else None
    concepts = (load_vocabulary() if catalog is None else catalog.vocabulary).headings
    with progress_shown() as progress:
        progress(f"reading {document}", 0)
        text, new = read_text(document), _pairs(renames)
        venues = built_in(Venue)
        found = read_list(text, id, source=source, concepts=concepts, file=str(document), renames=new, venues=venues)
        progress(f"writing to {folder}", 0)
        first = replace(found.list, primary=catalog is None or is_primary(catalog, id))
        _write(catalog, folder, [first, *found.papers, *found.artifacts, *found.venues], document)
    tell_unread(document, found)
    for conflict in found.conflicts:
        tell(f"entries {', '.join(map(str, conflict.entries))}: {conflict.reason}")
    click.echo(
        f"{counted(found.entries, 'row')} read, {counted(len(found.unread), 'line')} not read as entries: "
        f"{counted(len(found.papers), 'paper')}, {counted(len(found.artifacts), 'artifact')}, "
        f"{counted(len(found.conflicts), 'conflict')}, in {folder}"
    )
    end_where_nothing_was_read(document, text, found)


def _write(catalog: Catalog | None, folder: Path, records: Sequence[Record], document: Path) -> list[Path]:
    """Writes a list, which comes first, and what is new in it; where something is there already, says what takes the list in.

    Raises:
        UnreadableError: One of the files exists and says something else; nothing is written then.
        UsageError: One of them would have an id that a record of the catalog had.
    """
    from synthkg.catalog import require_new, write_records

    if catalog is not None:
        refuse_unread(catalog, records)
        require_new(catalog, records)
    try:
        return write_records(folder, records)
    except UnreadableError as error:
        into = shlex.quote(str(folder))
        call = f"{shlex.quote(str(document))} --id {records[0].id} --to {into}"
        if Path(error.where).parent.name == "lists":
            way = f"a later state of this list: synthkg import {call} --update; another list: give it an --id"
        else:
            way = f"a list beside records that are there: synthkg match {call} --data {into}"
        raise UnreadableError(f"{error.message}; {way}", error.where) from error


def _pairs(renames: tuple[str, ...]) -> dict[str, str]:
    """The ids of ``--rename``, old to new."""
    pairs: dict[str, str] = {}
    for rename in renames:
        old, _, new = rename.partition("=")
        if not old or _ID.fullmatch(new) is None:
            raise UsageError(f'"{rename}" is no renaming; write OLD-ID=NEW-ID, the new one in small letters, digits and hyphens')
        pairs[old] = new
    return pairs


@main.command(epilog=examples(
    "synthkg match README.md\nsynthkg match README.md --format csv > verdicts.csv\n"
    "synthkg match README.md --to data --id their-list --source https://example.org/their/list"
))  # fmt: skip
@click.argument("document", metavar="LIST.md", type=Place())
@data_option
@click.option("--to", "folder", type=Place(), help="Write the list and skeletons of what is new to this folder.")
@click.option("--id", "id", type=Text(), help="The list's id. Default: from the name of the file, or of a README's folder.")
@click.option("--source", callback=check_url, help="The URL where the list was published.")
@click.option("--rename", "renames", multiple=True, metavar="ID=ID", help="Give a new paper another id than the one made for it.")
@click.option("--format", "style", type=click.Choice(["text", "json", "csv", "markdown"]), default="text", show_default=True)
def match(
    document: Path,
    data: Path | None,
    folder: Path | None,
    id: str | None,
    source: str | None,
    renames: tuple[str, ...],
    style: str,
) -> None:
    """Say which rows of another list are known, known under another title, new, or in conflict with the records.

    The list may be Markdown, BibTeX, RIS or CSV.

    With --to, the new papers and artifacts become skeleton records with the list as their evidence, and its rows point at
    these and at the records that are there; --to data adds them to the records. Existing files are never overwritten.

    Exit status: 0 whatever the verdicts, 2 when something cannot be read.
    """
    from synthkg.files import read_text
    from synthkg.lists import FORMATS, list_id, match_list, new_records

    if folder is None:
        refuse_options("it is for writing with --to", "id", "source", "renames")
    catalog = read_catalog(data)
    id = id or list_id(document)
    with progress_shown() as progress:
        progress(f"matching {document}", 0)
        text = read_text(document)
        matched = match_list(catalog, text, id, source=source, file=str(document))
        new = new_records(matched, catalog, _pairs(renames)) if folder is not None else []
        written = _write(catalog, folder, new, document) if folder is not None else []
    click.echo(FORMATS[style](matched, str(document)), nl=False)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in matched.counts.items())
    if not matched.imported.entries:
        tell_nothing(document, text)
    rows, unread = counted(matched.imported.entries, "row"), counted(len(matched.imported.unread), "line")
    click.echo(f"{rows}: {counts}; {unread} not read as entries", err=True)
    if folder is not None:
        click.echo(f"{counted(len(written), 'record')} written to {folder}", err=True)


@main.command(epilog=examples("synthkg format\nsynthkg format --check"))
@data_option
@click.option("--check", "only_check", is_flag=True, help="Change nothing; status 1 if a file is not in canonical form.")
def format(data: Path | None, only_check: bool) -> None:
    """Put the YAML files into canonical form: order of keys, quotes, indentation. Comments stay."""
    from synthkg.catalog import load_catalog, unformatted
    from synthkg.files import locked, write_atomically
    from synthkg.findings import FORMATS

    catalog = load_catalog(data_folder(data, to_change=not only_check))
    changed = 0
    with nullcontext() if only_check else locked(catalog.data):
        for path, text in unformatted(catalog):
            if not only_check:
                write_atomically(path, text)
            changed += 1
            click.echo(str(path))
    files = counted(len(catalog) + sum(map(len, catalog.drafts.values())), "file")
    click.echo(f"{changed} of {files} {'are not in canonical form' if only_check else 'formatted'}", err=True)
    if catalog.findings:
        click.echo(FORMATS["text"](catalog.findings), nl=False, err=True)
    if any(finding.severity == "error" for finding in catalog.findings) or (only_check and changed):
        sys.exit(FINDINGS)
