"""The versions of a document in a Git repository, as git itself tells them, whatever the settings of its user."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from synthkg.errors import UnreadableError, UsageError
from synthkg.lists.histories import Version
from synthkg.model import is_to_come

__all__ = ["versions_in"]

_SETTINGS = (
    *("-c", "core.quotePath=false", "-c", "log.showRoot=true", "-c", "log.diffMerges=separate", "-c", "diff.relative=false"),
    "--literal-pathspecs",
)
_SHOWN = (
    *("--first-parent", "-m", "--follow", "--raw", "--no-abbrev", "--no-show-signature", f"-O{os.devnull}"),
    *("--encoding=UTF-8", "--format=%H %cs"),
)
_ELSEWHERE = {
    *("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
    *("GIT_PREFIX", "GIT_NAMESPACE", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE"),
    *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
}
"""Variables by which git, when it runs a hook, says which repository it is in, and those that give paths another meaning."""


def versions_in(checkout: Path, document: Path, tell: Callable[[str], None] = lambda line: None) -> Iterator[Version]:
    """Every version of a file in a Git repository along its first parents, oldest first, by whatever name it went.

    Args:
        checkout: A folder of the repository.
        document: The file, as a path below that folder, or from here if it lies there.
        tell: Is told when the file got its name, which version is passed over, and of which another day is taken.

    Raises:
        UsageError: There is no Git.
        UnreadableError: It is no repository or has not all of its history, or the file was never in it, or never in UTF-8.
    """
    if _git(checkout, "rev-parse", "--is-shallow-repository").strip() == b"true":
        mend = f"git -C {shlex.quote(str(checkout))} fetch --unshallow"
        raise UnreadableError(f"is a shallow clone, without the versions before its first commit; run: {mend}", str(checkout))
    log = _git(checkout, *_SETTINGS, "log", *_SHOWN, "--", str(_below(checkout, document))).decode(errors="replace").split("\n")
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
    day, is_read = past[0], False
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
        day, is_read = date, True
        yield Version(commit, date, text)
    if not is_read:
        raise UnreadableError(f"no version of {document} is UTF-8; write the file in UTF-8, and commit it", str(checkout))


def _below(checkout: Path, document: Path) -> Path:
    """The path of a file below a folder: from here it is another."""
    here, folder = document.parent.resolve() / document.name, checkout.resolve()  # a link is itself, not what it leads to
    return here.relative_to(folder) if here.exists() and here.is_relative_to(folder) else document


def _git(checkout: Path, *arguments: str) -> bytes:
    import subprocess

    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    try:
        call = ["git", "-C", str(checkout), *arguments]
        return subprocess.run(call, check=True, capture_output=True, env=environment).stdout
    except FileNotFoundError as error:
        raise UsageError("the history of a repository is read by git, which is not installed") from error
    except subprocess.CalledProcessError as error:
        raise UnreadableError(f"git says: {error.stderr.decode(errors='replace').strip()}", str(checkout)) from error
