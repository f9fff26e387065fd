"""``update``: the next snapshot of a list, or all of its history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.frame import data_folder, data_option, examples, main, progress_shown
from synthkg.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from synthkg.catalog import Catalog
    from synthkg.lists import Change
    from synthkg.model import ReadingList, Snapshot


@main.command(epilog=examples(
    "synthkg update README.md --list data-synthesis-using-llms --date 2024-12-19 --source https://github.com/…/blob/55953e3/README.md\n"
    "synthkg update README.md --list mylist --data mylist --git path/to/checkout"
))  # fmt: skip
@click.argument("document", metavar="LIST.md", type=click.Path(path_type=Path))
@data_option
@click.option("--list", "id", required=True, metavar="ID", help="The list whose next snapshot it is.")
@click.option("--date", metavar="YYYY-MM-DD", help="The day on which it stood so.")
@click.option("--snapshot", "name", metavar="ID", help="The snapshot's id. Default: its date.")
@click.option("--source", help="Where it can be read: a permanent link.")
@click.option(
    "--git", "checkout", type=click.Path(path_type=Path), help="Take in every version of LIST.md in this git repository."
)
@click.option("--dry-run", is_flag=True, help="Say what changed, and write nothing.")
def update(
    document: Path, data: Path | None, id: str, date: str | None, name: str | None, source: str | None,
    checkout: Path | None, dry_run: bool,
) -> None:  # fmt: skip
    """Take in the next snapshot of a list: what stays is kept once, what came, went, moved or changed is said.

    Every snapshot comes back byte for byte: synthkg view published -p list=ID -p snapshot=DATE. Rows keep their numbers, and
    errata hold wherever the text that they name is printed.
    """
    from synthkg.catalog import load_catalog, write_changed
    from synthkg.files import read_text
    from synthkg.findings import did_you_mean
    from synthkg.model import ReadingList

    catalog = load_catalog(data_folder(data, to_change=not dry_run))
    lists = catalog.of(ReadingList)
    if id not in lists:
        raise UsageError(f'there is no list "{id}"; {did_you_mean(id, lists)}')
    record = lists[id]
    if checkout is not None:
        versions = list(_versions(checkout, document, record))
    elif date is None:
        raise UsageError("say of which day it is: --date YYYY-MM-DD")
    else:
        versions = [(_snapshot(date, name, source), read_text(document))]
    with progress_shown() as progress:
        for count, (snapshot, text) in enumerate(versions, start=1):
            progress(f"snapshot {snapshot.id}", count)
            record = _take_in(catalog, record, snapshot, text)
    if not dry_run:
        write_changed(catalog, [record])


def _snapshot(date: str, name: str | None, source: str | None) -> Snapshot:
    from datetime import date as day

    from synthkg.model import Snapshot, is_url

    try:
        day.fromisoformat(date)
    except ValueError:
        raise UsageError(f'"{date}" is no day; write YYYY-MM-DD') from None
    if source is not None and not is_url(source):
        raise UsageError(f'"{source}" is no absolute http(s) URL')
    return Snapshot(id=name or date, date=date, source=source)


def _take_in(catalog: Catalog, record: ReadingList, snapshot: Snapshot, text: str) -> ReadingList:
    from collections import Counter
    from dataclasses import replace
    from hashlib import sha256

    from synthkg.lists import read_list
    from synthkg.lists import update as weave_in

    snapshot = replace(snapshot, sha256=sha256(text.encode()).hexdigest())
    read = read_list(text, record.id, concepts=catalog.vocabulary.headings).list
    done = weave_in(record, text, read, snapshot)
    for change in done.changes:
        click.echo(f"{change.kind}\t{change.number}\t{_told(change)}")
    counts = Counter(change.kind for change in done.changes)
    told = "".join(f", {count} {kind}" for kind, count in sorted(counts.items()))
    click.echo(f"{snapshot.id}: {done.kept} rows kept{told}; {_errata(record, done.record)}", err=True)
    return done.record


def _told(change: Change) -> str:
    """A row's title, and each cell that changed."""
    row = change.after or change.before
    cells = [
        f'{name} "{getattr(change.before, name) or ""}" -> "{getattr(change.after, name) or ""}"'
        for name in ("title", "url", "venue", "code")
        if change.before and change.after and getattr(change.before, name) != getattr(change.after, name)
    ]
    return "\t".join([(row.title if row else "") or "", *cells])


def _errata(old: ReadingList, new: ReadingList) -> str:
    from synthkg.lists import holding

    before, after = holding(old), holding(new)
    return f"{len(after)} errata hold still, {len(before - after)} no more"


def _versions(checkout: Path, document: Path, record: ReadingList) -> Iterator[tuple[Snapshot, str]]:
    """Every version of a file in a repository along its first parents, oldest first, but for those that the list has already.

    Raises:
        UnreadableError: It is no repository, or the file was never in it.
    """
    from hashlib import sha256

    from synthkg.model import Snapshot

    log = _git(checkout, "log", "--first-parent", "--reverse", "--format=%H %cs", "--", str(document)).decode().split("\n")
    if not log[0]:
        raise UnreadableError(f"no version of {document} is in it", str(checkout))
    known = {snapshot.sha256 for snapshot in record.snapshots}
    ids = {snapshot.id for snapshot in record.snapshots}
    last = None
    for line in filter(None, log):
        commit, date = line.split()
        try:
            text = _git(checkout, "show", f"{commit}:{document.as_posix()}").decode()
        except UnicodeDecodeError as error:
            raise UnreadableError(f"{document} of {commit} is not UTF-8", str(checkout)) from error
        if text == last or sha256(text.encode()).hexdigest() in known:
            continue
        last = text
        number = next(n for n in range(1, 10_000) if f"{date}{f'-{n}' if n > 1 else ''}" not in ids)
        id = f"{date}-{number}" if number > 1 else date
        ids.add(id)
        yield Snapshot(id=id, date=date), text


def _git(checkout: Path, *arguments: str) -> bytes:
    import subprocess

    try:
        return subprocess.run(["git", "-C", str(checkout), *arguments], check=True, capture_output=True).stdout
    except FileNotFoundError as error:
        raise UsageError("--git needs git") from error
    except subprocess.CalledProcessError as error:
        raise UnreadableError(f"git says: {error.stderr.decode(errors='replace').strip()}", str(checkout)) from error
