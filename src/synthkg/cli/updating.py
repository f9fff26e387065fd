"""``update``: the next snapshot of a list, or all of its history."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.ending import FINDINGS, tell
from synthkg.cli.frame import (
    Place,
    Text,
    data_folder,
    data_option,
    dry_run_option,
    examples,
    main,
    present_id,
    progress_shown,
    refuse_options,
    refuse_unread,
)
from synthkg.cli.unread import tell_nothing, tell_unread
from synthkg.errors import UnreadableError, UsageError
from synthkg.findings import counted

if TYPE_CHECKING:
    from synthkg.catalog import Catalog
    from synthkg.lists import Change, Imported
    from synthkg.model import ReadingList, Record, Snapshot


@main.command(epilog=examples(
    "synthkg update README.md --list data-synthesis-using-llms --date 2024-12-19 --source https://github.com/…/blob/55953e3/README.md\n"
    "synthkg update README.md --list mylist --data mylist --git path/to/checkout"
))  # fmt: skip
@click.argument("document", metavar="LIST.md", type=Place())
@data_option
@click.option("--list", "id", required=True, metavar="ID", help="The list whose next snapshot it is.")
@click.option("--date", metavar="YYYY-MM-DD", help="The day on which it stood so.")
@click.option("--snapshot", "name", type=Text(), metavar="ID", help="The snapshot's id. Default: its date.")
@click.option("--source", help="Where it can be read: a permanent link.")
@click.option("--git", "checkout", type=Place(), help="Take in every version of LIST.md, a path in this git repository.")
@dry_run_option
def update(
    document: Path, data: Path | None, id: str, date: str | None, name: str | None, source: str | None,
    checkout: Path | None, dry_run: bool,
) -> None:  # fmt: skip
    """Take in the next snapshot of a list: what stays is kept once, what came, went, moved or changed is said.

    Every snapshot comes back byte for byte: synthkg view published -p list=ID -p snapshot=DATE. Rows keep their numbers, and
    errata hold wherever the text that they name is printed. The added rows alone are matched with the records, and what is new
    becomes drafts. With --git, what is older than all that the list has goes before it, and what is newer behind.

    Exit status: 0 clean, 1 when nothing could be read as an entry in the newest snapshot, 2 when something cannot be read.
    """
    from synthkg.catalog import load_catalog
    from synthkg.files import read_text

    if checkout is not None:
        refuse_options("with --git each version has the day that git knows", "date", "name", "source")
    catalog = load_catalog(data_folder(data, to_change=not dry_run))
    record = list_named(catalog, id)
    if checkout is not None:
        take_in_history(catalog, record, document, checkout, dry_run=dry_run)
    elif date is None:
        raise UsageError("say of which day it is: --date YYYY-MM-DD")
    else:
        take_in(catalog, record, document, [(_snapshot(date, name, source), read_text(document))], dry_run=dry_run)


def take_in_history(catalog: Catalog, record: ReadingList, document: Path, checkout: Path, *, dry_run: bool) -> None:
    """Takes in every version of a document in a repository that the list has not."""
    from synthkg.lists import find_missing, versions_in

    missing = find_missing(record, versions_in(checkout, document, partial(tell, err=True)))
    if missing.older or missing.newer:
        take_in(catalog, missing.record, document, missing.newer, missing.older, dry_run=dry_run)
    else:
        click.echo(f'"{record.id}" has every version of {document} that can be read already', err=True)


def take_in_today(folder: Path, id: str, document: Path, source: str | None) -> None:
    """Takes in one's own list as it stands today; of several states of one day, each gets a name of its own."""
    from datetime import date

    from synthkg.catalog import FIRST, load_catalog, print_snapshot, snapshot_ids
    from synthkg.files import read_text
    from synthkg.lists import snapshot_name

    catalog = load_catalog(folder)
    record, text = list_named(catalog, id), read_text(document)
    if print_snapshot(record, max(1, len(record.snapshots))) == text:
        last = snapshot_ids(record)[-1]
        click.echo(f"nothing changed since {'it was imported' if last == FIRST else last}", err=True)
        return
    today = date.today().isoformat()
    name = snapshot_name(today, {snapshot.id for snapshot in record.snapshots})
    take_in(catalog, record, document, [(_snapshot(today, name, source), text)])


def list_named(catalog: Catalog, id: str) -> ReadingList:
    """The list of that id.

    Raises:
        UnreadableError: Its file cannot be read.
        UsageError: There is none.
    """
    from synthkg.findings import did_you_mean
    from synthkg.model import ReadingList

    lists, id = catalog.of(ReadingList), present_id(catalog, ReadingList, id)
    if id in lists:
        return lists[id]
    folder = catalog.data / ReadingList.folder
    wrong = catalog.left_out.get(folder) or catalog.left_out.get(folder / f"{id}.yaml")
    if wrong is not None:
        raise UnreadableError(f"{wrong.problem}; {wrong.mend}; synthkg check names all that is wrong", wrong.where)
    known = did_you_mean(id, lists) if lists else f"{catalog.data} has none; synthkg import makes one"
    raise UsageError(f'there is no list "{id}"; {known}')


def take_in(
    catalog: Catalog,
    record: ReadingList,
    document: Path,
    newer: Sequence[tuple[Snapshot, str]],
    older: Sequence[tuple[Snapshot, str]] = (),
    *,
    dry_run: bool = False,
) -> None:
    """Takes in snapshots one after the other, the older ones backwards, and drafts of what their rows have that is new.

    Ends with a finding where nothing could be read as an entry in what is the newest now.
    """
    from synthkg.catalog import write_changed

    drafts: list[Record] = []
    known = catalog.drafts
    taking = _Taking(catalog, document)
    with progress_shown() as progress:
        snapshots = [*((each, True) for each in older), *((each, False) for each in newer)]
        for count, ((snapshot, text), is_older) in enumerate(snapshots, start=1):
            progress(f"snapshot {snapshot.id}", count)
            record, new = taking.take(record, snapshot, text, is_older=is_older)
            for draft in new:
                known[draft.folder][draft.id] = draft
            drafts += new
    if not dry_run:
        refuse_unread(catalog, drafts)
        write_changed(catalog, [record], drafts)
    if drafts:
        click.echo(f"{counted(len(drafts), 'record')} of what is new{' would be' if dry_run else ''} written", err=True)
    if taking.is_empty:
        sys.exit(FINDINGS)


def _snapshot(date: str, name: str | None, source: str | None) -> Snapshot:
    from synthkg.model import Snapshot, is_day, is_to_come, is_url

    if not is_day(date):
        raise UsageError(f'"{date}" is no day; write YYYY-MM-DD')
    if is_to_come(date):
        raise UsageError(f"{date} is a day that is still to come; write the day on which the document stood so")
    if source is not None and not is_url(source):
        raise UsageError(f'"{source}" is no absolute http(s) URL')
    return Snapshot(id=date if name is None else name, date=date, source=source)


class _Taking:
    """The taking in of snapshots, and what was said of them; ``is_empty`` says that nothing was read in the last one."""

    def __init__(self, catalog: Catalog, document: Path) -> None:
        self._catalog, self._document = catalog, document
        self._named: set[str] = set()
        self._open: set[str] = set()
        self.is_empty = False

    def take(self, record: ReadingList, snapshot: Snapshot, text: str, *, is_older: bool) -> tuple[ReadingList, list[Record]]:
        """The list with a snapshot more, and drafts of what is new in it."""
        from collections import Counter
        from dataclasses import replace

        from synthkg.catalog import checksum
        from synthkg.lists import read_list, settle_added
        from synthkg.lists import update as weave_in

        snapshot = replace(snapshot, sha256=checksum(text))
        read = read_list(text, record.id, concepts=self._catalog.vocabulary.headings, file=str(self._document))
        done = weave_in(record, text, read.list, snapshot, is_older=is_older)
        settled, drafts, verdicts = settle_added(self._catalog, done, read)
        said = {each.entry: "; ".join([each.summary, *each.told]) for each in verdicts}
        for change in done.told:
            tell("\t".join(filter(None, (change.kind, f"{change.number}", _told(change), said.get(change.number)))))
        self._tell_unread(read, snapshot)
        self._tell_open(done.record)
        counts = Counter(change.kind for change in done.told)
        told = "".join(f", {count} {kind}" for kind, count in sorted(counts.items()))
        stretch = f"{snapshot.id} to {done.record.snapshots[1].id}" if is_older else snapshot.id
        click.echo(f"{stretch}: {counted(done.kept, 'row')} kept{told}; {_errata(record, done.record)}", err=True)
        if not read.entries:
            tell_nothing(self._document, text, f" in {snapshot.id}")
        self.is_empty = not is_older and not read.entries
        return settled, drafts

    def _tell_open(self, record: ReadingList) -> None:
        """Names the headings of which nothing says what concept they name, each once."""
        from synthkg.lists import open_headings

        for _, title in open_headings(record, self._catalog.vocabulary.headings):
            if title not in self._open:
                tell(f"heading\t{title}\tnames no concept yet: write it, or none, in the list, or make it an alias of one")
                self._open.add(title)

    def _tell_unread(self, read: Imported, snapshot: Snapshot) -> None:
        """Names what was not read, that alone which no snapshot before had."""
        tell_unread(self._document, read, f" in {snapshot.id}", self._named)
        self._named.update(each.text for each in read.unread)
        self._named.update(each.iri for each in read.left)


def _told(change: Change) -> str:
    """A row's title, each cell that changed, and the words beside the cells that did."""
    from synthkg.model import CELLS

    row = change.after or change.before
    pairs = [(name, getattr(change.before, name, None) or "", getattr(change.after, name, None) or "") for name in CELLS]
    cells = [f'{name} "{old}" -> "{new}"' for name, old, new in pairs if change.before and change.after and old != new]
    if any(change.beside):
        cells.append('beside its cells "{}" -> "{}"'.format(*change.beside))
    return "\t".join([(row.title if row else "") or "", *cells])


def _errata(old: ReadingList, new: ReadingList) -> str:
    from synthkg.lists import holding

    before, after = holding(old), holding(new)
    following = {number for number in after if number >= len(old.errata)}  # each stands for one of a line that went
    return f"{counted(len(after), 'erratum holds', 'errata hold')} still, {len(before - after) - len(following)} no more"
