"""``init``: a data folder for a field of one's own."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

import click

from synthkg.cli.frame import Place, Text, check_url, examples, main, progress_shown, refuse_options
from synthkg.cli.unread import end_where_nothing_was_read, tell_unread
from synthkg.errors import UnreadableError
from synthkg.findings import counted, visible
from synthkg.project import checking


@main.command(epilog=examples("synthkg init retrieval --list README.md\nsynthkg init mine\nsynthkg check --data retrieval"))
@click.argument("folder", metavar="DIR", type=Place())
@click.option("--list", "document", metavar="LIST.md", type=Place(), help="A list of the field, to begin with.")
@click.option("--id", "id", type=Text(), help="The list's id. Default: from the name of the file, or of a README's folder.")
@click.option("--source", callback=check_url, help="The URL where the list was published.")
def init(folder: Path, document: Path | None, id: str | None, source: str | None) -> None:
    """Make a data folder for a field of one's own, which every command takes with --data.

    From a list come the concepts that its headings name (concepts/topic.yaml), the list itself, which comes back byte for byte,
    and drafts of its papers, artifacts and venues. Around them: a README and a check for GitHub. Nothing is overwritten.

    Exit status: 0 clean, 1 when nothing could be read as an entry although lines look like some, or nothing looks like a list at
    all, 2 when something cannot be read.
    """
    from synthkg.catalog import Catalog, files_around, has_records, write_records
    from synthkg.files import read_text
    from synthkg.lists import first_records, list_id
    from synthkg.model import Record, Scheme, load_vocabulary

    empty = Catalog(folder, load_vocabulary())
    if document is None:
        refuse_options("it is for a list, which --list names", "id", "source")
        title = visible(folder.resolve().name)
        records: list[Record] = [Scheme(id="topic", title="Topics", definition=f"What the works of {title} can be about.")]
    else:
        with progress_shown() as progress:
            progress(f"reading {document}", 0)
            text = read_text(document)
            id = id or list_id(document)
            records, matched = first_records(empty, text, id, source=source, file=str(document))
        title = matched.imported.list.title
        tell_unread(document, matched.imported)
        end_where_nothing_was_read(document, text, matched.imported)
    try:
        written = write_records(folder, records, files_around(folder, title))
    except UnreadableError as error:
        if document is None or not has_records(folder):
            raise
        into = shlex.quote(str(folder))
        way = f"synthkg match {shlex.quote(str(document))} --id {id} --to {into} --data {into}"
        raise UnreadableError(f"{error.message}; a list beside records that are there: {way}", error.where) from error
    for kind, number in sorted(Counter(path.parent.name for path in written if path.suffix == ".yaml").items()):
        click.echo(f"{folder / kind}\t{counted(number, 'record')}")
    click.echo(f"{counted(len(written), 'file')} in {folder}; what is open says: {checking(folder)}", err=True)
