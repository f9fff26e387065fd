"""``watch``: what became of the artifacts at their addresses."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkg.cli.completing import complete_artifact
from synthkg.cli.ending import tell
from synthkg.cli.frame import (
    FINDINGS,
    Place,
    Seconds,
    Text,
    data_folder,
    data_option,
    dry_run_option,
    examples,
    main,
    progress_shown,
    question,
    records_to_change,
    refuse_options,
)
from synthkg.errors import UsageError
from synthkg.findings import counted

if TYPE_CHECKING:
    from synthkg.catalog import Catalog
    from synthkg.model import Artifact
    from synthkg.watching import Judged, Observation, Proposal, Visitor


@main.command(epilog=examples(
    "synthkg watch --online\nsynthkg watch self-instruct-code --online --dry-run\nsynthkg watch --review\n"
    "synthkg watch --accept 'self-instruct-code/*' --accept '*/identity'\nsynthkg watch --from answers.jsonl --dry-run"
))  # fmt: skip
@click.argument("ids", nargs=-1, metavar="[ARTIFACT]...", shell_complete=complete_artifact)
@data_option
@click.option("--online", is_flag=True, help="Ask the addresses, and GitHub's and Hugging Face's API.")
@click.option("--from", "file", type=Place(), help="A file of observations, instead of those that are kept.")
@click.option(
    "--accept",
    "accepted",
    type=Text(),
    multiple=True,
    metavar="NAME",
    help="Write what is proposed: ARTIFACT or ARTIFACT/KIND, * allowed.",
)
@click.option("--review", "reviews", is_flag=True, help="Judge the proposals one by one.")
@dry_run_option
@click.option("--mirror", "mirrors", multiple=True, metavar="ADDRESS=ADDRESS", help="Ask another server in the place of one.")
@click.option("--timeout", type=Seconds(), default=30.0, help="Seconds for a request. Default: 30.")
@click.option("--pace", type=Seconds(0), default=1.0, help="Seconds between two requests to one host. Default: 1.")
def watch(
    ids: tuple[str, ...],
    data: Path | None,
    online: bool,
    file: Path | None,
    accepted: tuple[str, ...],
    reviews: bool,
    dry_run: bool,
    mirrors: tuple[str, ...],
    timeout: float,
    pace: float,
) -> None:
    """See whether artifacts are still at their addresses: reachable, moved, gone, archived, taken over.

    ARTIFACT is an id; by default all. What was seen is kept, and judged together with what earlier runs saw: gone takes two days
    or two means. The day of a check is written at once; what else should change is proposed, and written with --accept or
    --review. Exit status: 0 nothing is proposed, 1 proposals wait, 2 something cannot be read, or no host can be reached.
    """
    from synthkg.catalog import load_catalog, write_changed
    from synthkg.model import Artifact
    from synthkg.watching import Visitor, choose, judge_all, read_observations, recall, review, settle

    if online and file:
        raise UsageError("give one of --online and --from")
    if not online:
        refuse_options("it is for --online", "mirrors", "timeout", "pace")
    visitor = Visitor(dict(map(_mirror, mirrors)), timeout, pace)
    catalog = load_catalog(data_folder(data, to_change=not dry_run))
    artifacts = records_to_change(catalog, Artifact, ids)
    seen = read_observations(file) if file else recall()
    if online:
        seen += _ask(artifacts, seen, visitor)
    judged = judge_all(catalog, artifacts, seen)
    proposals = [each for _, judgement in judged for each in judgement.proposals]
    chosen = choose(proposals, accepted)
    if reviews:
        chosen += review([each for each in proposals if each not in chosen], question, tell)
    _tell(catalog, judged, chosen)
    changed = settle(judged, chosen)
    written = [] if dry_run else write_changed(catalog, changed)
    days = sum(bool(judgement.checked) for _, judgement in judged)
    waiting = len(proposals) - len(chosen)
    click.echo(
        f"{days} of {len(judged)} as their records say, {counted(len(chosen), 'proposal')} accepted, {waiting} waiting, "
        f"{counted(len(written), 'file')} written",
        err=True,
    )
    if waiting:
        sys.exit(FINDINGS)


def _mirror(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not equals or not all(each.startswith(("http://", "https://")) for each in (old, new)):
        raise UsageError(f'"{text}" names no mirror; write https://api.github.com=https://mirror.example')
    return old, new


def _ask(artifacts: list[Artifact], known: list[Observation], visitor: Visitor) -> list[Observation]:
    """Asks, keeps each answer at once, and tells what says nothing."""
    from datetime import UTC, datetime

    from synthkg.watching import keep, observe

    new: list[Observation] = []

    def add(observation: Observation) -> None:
        new.append(observation)
        keep(observation)

    run = datetime.now(UTC).isoformat(timespec="seconds")
    with progress_shown() as progress:
        done = observe(artifacts, visitor, run, known, add, progress)
    for each in new:
        if each.trouble and not each.control:
            tell(f"{each.url} ({each.by}): says nothing: {each.trouble}", err=True)
    for left in done.left:
        click.echo(f"not asked: {left}", err=True)
    click.echo(f"{counted(done.asked, 'address', 'addresses')} asked, {len(done.left)} left", err=True)
    return new


def _tell(catalog: Catalog, judged: list[Judged], chosen: list[Proposal]) -> None:
    for artifact, judgement in judged:
        for each in judgement.proposals:
            values = "; ".join(f"{key} = {value}" for key, value in each.values.items() if key != "former_urls")
            word = "accepted" if each in chosen else "proposed"
            tell(f"{catalog.path(artifact)}: {word} {each.name}: {values} ({each.why})")
        for doubt in judgement.doubts:
            tell(f"{catalog.path(artifact)}: look: {doubt}", err=True)
