"""The command that finds our things in other knowledge graphs: link."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.completing import complete_target
from synthkg.cli.ending import tell
from synthkg.cli.frame import (
    FINDINGS,
    UNREADABLE,
    Place,
    Text,
    data_option,
    examples,
    main,
    progress_shown,
    question,
    read_catalog,
    refuse_options,
    request_timeout_option,
)
from synthkg.findings import counted

if TYPE_CHECKING:
    from synthkg.catalog import Catalog
    from synthkg.linking import Linked


@main.command(epilog=examples(
    "synthkg link\nsynthkg link wikidata\nsynthkg link dblp --endpoint http://127.0.0.1:7001\n"
    "synthkg link dblp --dump dblp.nt.gz\nsynthkg link wikidata --dry-run\n"
    "synthkg link --doctor\nsynthkg link dblp --doctor --format json\n"
    "synthkg link --review --reviewer 'Ada Lovelace'\nsynthkg link wikidata --review --reviewer 0000-0002-1825-0097"
))  # fmt: skip
@click.argument("name", required=False, metavar="[TARGET]", shell_complete=complete_target)
@data_option
@click.option("--endpoint", type=Text(), metavar="URL", help="A mirror, instead of the target's own address.")
@click.option("--dump", type=Place(), help="A dump of the target, instead of its endpoint.")
@request_timeout_option
@click.option("--fresh", is_flag=True, help="Ask again what was answered within the last week.")
@click.option("--dry-run", is_flag=True, help="Say what would be found, and change no file.")
@click.option("--review", "reviews", is_flag=True, help="Judge the links that wait; without TARGET those of all targets.")
@click.option(
    "--reviewer", type=Text(), metavar="NAME|ORCID", help="Who judges. Default: SYNTHKG_REVIEWER, or the name that git knows."
)
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

    from synthkg.linking import Answers, Pace, find_subjects, find_target, link, load_targets, open_source

    if doctor:
        refuse_options("--doctor asks the other graphs alone", "data", "fresh", "dry_run", "reviews", "reviewer")
        _examine(name, endpoint, dump, timeout, style)
        return
    if name is None and not reviews:
        refuse_options("name the graph that is meant; without a name they are listed")
        for target in load_targets().values():
            click.echo(f"{target.name}\t{target.level}\t{target.endpoint or '--dump'}\t{target.query.summary}")
        return
    refuse_options("it is for --doctor", "style")
    if reviews:
        refuse_options("--review asks nobody but you", "endpoint", "dump", "timeout", "fresh")
        _review(read_catalog(data, to_change=not dry_run), name, reviewer, dry_run=dry_run)
        return
    refuse_options("it is for --review", "reviewer")
    if dump is not None and endpoint is None:
        refuse_options("a dump is read, and no server is asked", "timeout", "fresh")
    catalog = read_catalog(data, to_change=not dry_run)
    target, today = find_target(name or ""), date.today().isoformat()
    with progress_shown() as progress:
        known = find_subjects(catalog, target.level)
        source = open_source(target, known, endpoint=endpoint, dump=dump, timeout=timeout or 60.0, progress=progress)
        answers = Answers(None, today) if dump else Answers.load(target, source.name, today, fresh=fresh)
        pace = Pace(0 if dump else target.rate)
        done = link(catalog, target, source, answers, pace, dry_run=dry_run, progress=progress)
    for note in done.notes:
        tell(f"passed over: {note}", fg="yellow", err=True)
    tell_linked(done, f", {counted(done.requests, 'request')}", dry_run=dry_run)


def tell_linked(done: Linked, more: str = "", *, dry_run: bool) -> None:
    """Says what a run found, and ends with a finding where something is wrong in the file."""
    from synthkg.findings import FORMATS

    click.echo(FORMATS["text"](done.findings), nl=False, err=True)
    counts = ", ".join(f"{done.count(status)} {status}" for status in ("accepted", "waiting", "rejected"))
    click.echo(f"{done.path}: {counts}; {done.new} new{' (not written)' if dry_run else ''}{more}")
    if any(finding.severity == "error" for finding in done.findings):
        sys.exit(FINDINGS)


def _review(catalog: Catalog, name: str | None, reviewer: str | None, *, dry_run: bool) -> None:
    from synthkg.linking import find_target, load_targets, review, reviewer_name, waiting

    targets = [target for target in ([find_target(name)] if name else load_targets().values()) if waiting(catalog, target)]
    if not targets:
        click.echo(f"{name}: no link waits" if name else "no link waits")
        return
    who = reviewer_name(reviewer)
    for target in targets:
        done = review(catalog, target, who, question, click.echo, dry_run=dry_run)
        counts = ", ".join(f"{count} {what}" for what, count in done.items())
        click.echo(f"{target.name}: {counts}{' (not written)' if dry_run else ''}")


def _examine(name: str | None, endpoint: str | None, dump: Path | None, timeout: float | None, style: str) -> None:
    from synthkg.linking import FORMATS, STATES, examine

    with progress_shown() as progress:
        found = examine([name] if name else [], endpoint=endpoint, dump=dump, timeout=timeout or 60.0, progress=progress)
    click.echo(FORMATS[style](found), nl=False)
    counts = {state: sum(diagnosis.state == state for diagnosis in found) for state in STATES}
    color = "red" if counts["drifted"] else "yellow" if counts["not answered"] else "green"
    click.secho(", ".join(f"{count} {state}" for state, count in counts.items()), fg=color, err=True)
    if counts["drifted"]:
        sys.exit(FINDINGS)
    if not counts["holds"]:
        sys.exit(UNREADABLE)
