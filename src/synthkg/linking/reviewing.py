"""Judging the links that wait: each is shown to a person, and each decision is written before the next is asked for.

While a person thinks, another may decide, edit the file, or run `link`. So a decision is put into the file as it is at that
moment, under a lock, and only where the link still waits.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from synthkg.catalog import Catalog, Link, licence_of, links_path, write_links
from synthkg.errors import UsageError
from synthkg.files import locked
from synthkg.findings import visible
from synthkg.linking.proposals import read_links
from synthkg.linking.targets import Target
from synthkg.model import is_mistyped_orcid

__all__ = ["REVIEWER", "review", "reviewer_name", "waiting"]

REVIEWER = "SYNTHKG_REVIEWER"


def reviewer_name(given: str | None) -> str:
    """Who reviews: the name or ORCID iD given, or of the environment variable SYNTHKG_REVIEWER, or the name that git knows.

    Raises:
        UsageError: Nobody is known, or the name cannot be written, or it is an ORCID iD with a slip.
    """
    name = given or os.environ.get(REVIEWER, "")
    if not name:
        with suppress(OSError):
            told = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, check=False)
            name = told.stdout.strip()
    if not name.strip() or "|" in name:
        raise UsageError(f'say who reviews, by name or ORCID iD: --reviewer "Ada Lovelace", or set {REVIEWER}')
    if is_mistyped_orcid(name):
        raise UsageError(f'the check digit of the ORCID iD "{name.strip()}" is wrong; copy the iD again')
    return name.strip()


def waiting(catalog: Catalog, target: Target) -> list[Link]:
    """The links of a target that wait for a person, the surest first.

    Raises:
        UnreadableError: See `synthkg.linking.proposals.read_links`.
    """
    links = [link for link in read_links(catalog, links_path(catalog.data, target.name)) if link.status == "waiting"]
    return sorted(links, key=lambda link: (-link.sureness, link.subject, link.object))


def review(
    catalog: Catalog,
    target: Target,
    reviewer: str,
    ask: Callable[[str], str],
    say: Callable[[str], None],
    *,
    dry_run: bool = False,
) -> dict[str, int]:
    """Shows every waiting link to a person, and writes each decision at once.

    Args:
        catalog: The records, and the folder of the file.
        target: The graph whose links are reviewed.
        reviewer: Who decides; see `reviewer_name`.
        ask: Asks a question and gives the answer; an empty one skips, ``EOFError`` ends.
        say: Shows a line.
        dry_run: Whether no decision is written.

    Returns:
        How many links were accepted, rejected and skipped.

    Raises:
        UnreadableError: See `synthkg.linking.proposals.read_links`.
    """
    path, those = links_path(catalog.data, target.name), waiting(catalog, target)
    done = {"accepted": 0, "rejected": 0, "skipped": 0}
    for number, each in enumerate(those, start=1):
        links = read_links(catalog, path)
        if not _waits(each, links):
            continue
        say(f"\n{number} of {len(those)}: {each.predicate} ({each.sureness:.0%}); {_line(each.comment or each.justification)}")
        say(f"  ours    {_line(each.subject_label)}\n          {_line(each.subject)}")
        say(f"  theirs  {_line(each.object_label or '(no label)')}\n          {_line(each.object)}")
        for other in links:
            if other.status == "accepted" and (other.subject == each.subject) != (other.object == each.object):
                say(f"  but     {_line(other.subject)} = {_line(other.object)} is accepted")
        status = _decision(ask)
        if status is None:
            break
        if status != "skipped" and not dry_run and not _decide(catalog, target, each, status, reviewer):
            say("  it was decided, or taken out of the file, meanwhile; that stands")
            status = "skipped"
        done[status] += 1
    return done


def _line(text: str) -> str:
    """A stranger's text on one line that cannot rewrite the others."""
    return visible(" ".join(text.split()))


def _waits(link: Link, links: Iterable[Link]) -> bool:
    return any((other.subject, other.object, other.status) == (link.subject, link.object, "waiting") for other in links)


def _decide(catalog: Catalog, target: Target, link: Link, status: str, reviewer: str) -> bool:
    """Writes a decision into the file as it is now, if the link still waits there; says whether it did."""
    path = links_path(catalog.data, target.name)
    with locked(path.parent):
        links = read_links(catalog, path)
        if not _waits(link, links):
            return False
        decided = [replace(each, status=status, reviewer=reviewer) if _waits(link, [each]) else each for each in links]
        write_links(path, decided, {target.name: target.namespace}, licence_of(catalog.data))
    return True


def _decision(ask: Callable[[str], str]) -> str | None:
    """What a person says: accepted, rejected, skipped, or nothing more."""
    words = {"a": "accepted", "r": "rejected", "s": "skipped", "": "skipped"}
    while True:
        try:
            said = ask("[a]ccept, [r]eject, [s]kip, [q]uit? ").strip().lower()[:1]
        except EOFError:
            return None
        if said == "q":
            return None
        if said in words:
            return words[said]
