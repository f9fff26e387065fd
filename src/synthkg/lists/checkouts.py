"""The versions of a document in a Git repository, as git itself tells them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from synthkg.errors import UnreadableError, UsageError
from synthkg.lists.histories import Version
from synthkg.model import is_to_come

__all__ = ["versions_in"]


def versions_in(checkout: Path, document: Path, tell: Callable[[str], None] = lambda line: None) -> Iterator[Version]:
    """Every version of a file in a Git repository along its first parents, oldest first, by whatever name it went.

    Args:
        checkout: A folder of the repository.
        document: The file, as a path below that folder.
        tell: Is told when the file got its name, which version is passed over, and of which another day is taken.

    Raises:
        UsageError: There is no Git.
        UnreadableError: It is no repository or has not all of its history, or the file was never in it.
    """
    if _git(checkout, "rev-parse", "--is-shallow-repository").strip() == b"true":
        mend = f"git -C {shlex.quote(str(checkout))} fetch --unshallow"
        raise UnreadableError(f"is a shallow clone, without the versions before its first commit; run: {mend}", str(checkout))
    shown = ("--first-parent", "-m", "--follow", "--raw", "--no-abbrev", "--no-show-signature", "--format=%H %cs")
    log = _git(checkout, "-c", "core.quotePath=false", "log", *shown, "--", str(document)).decode(errors="replace").split("\n")
    found: list[tuple[str, str, str]] = []
    commit = date = ""
    for line in filter(None, log):
        if not line.startswith(":"):
            commit, date = line.split()
            continue
        _, mode, _, blob, what = line.split(" ", 4)
        status, _, names = what.partition("\t")
        if mode.startswith("100"):  # a file, neither gone nor a link to another
            found.append((commit, date, blob))
        if status.startswith("R"):
            tell(f"{date}: it was called {names.partition(chr(9))[0]} before")
        if status.startswith("C"):  # what came before is another file's
            break
    if not found:
        raise UnreadableError(f"no version of {document} is in it", str(checkout))
    past = [date for _, date, _ in reversed(found) if not is_to_come(date)]
    if not past:
        raise UnreadableError(f"every version of {document} is of a day that is still to come", str(checkout))
    day = past[0]
    for commit, date, blob in reversed(found):
        which = f"the version of {date} ({commit[:10]})"
        try:
            text = _git(checkout, "cat-file", "blob", blob).decode()
        except UnicodeDecodeError:
            tell(f"{which} is not UTF-8, and is passed over")
            continue
        if is_to_come(date):
            date = day
            tell(f"{which} is of a day that is still to come, and is taken to be of {date}")
        day = date
        yield Version(commit, date, text)


def _git(checkout: Path, *arguments: str) -> bytes:
    import subprocess

    try:
        return subprocess.run(["git", "-C", str(checkout), *arguments], check=True, capture_output=True).stdout
    except FileNotFoundError as error:
        raise UsageError("the history of a repository is read by git, which is not installed") from error
    except subprocess.CalledProcessError as error:
        raise UnreadableError(f"git says: {error.stderr.decode(errors='replace').strip()}", str(checkout)) from error
