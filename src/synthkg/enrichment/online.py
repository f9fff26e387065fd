"""Sources asked at their APIs: every answer is kept as a file, so that a run that breaks off goes on where it was.

What is kept is read like a file that the user has: there is one reader a source. An answer is good for `_AGE` days, and packed
for the checksum that this gives it. A request that a server refuses or cannot answer is told and passed over; the others go on.
"""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from synthkg.cache import home, packed, unpacked
from synthkg.endpoints import Connection, Reach
from synthkg.enrichment.publication import Source, Wanted
from synthkg.errors import EndpointError
from synthkg.files import temporary_folder, write_atomically

__all__ = ["fetch"]

_AGE = 30.0
_DAY = 86_400.0
_TIMEOUT = 30.0  # seconds for a request


def fetch(
    source: Source, wanted: Wanted, address: str, reach: Reach, progress: Callable[[str, int], None]
) -> Iterator[Path | EndpointError]:
    """The answers of a source's API as files, one a request, or what kept the server from answering it.

    Args:
        source: The source; one without an API gives nothing.
        wanted: What is asked for.
        address: The source's own server, or another one that answers as it does. One that cannot be reached, and has answered
            nothing yet, is asked no more.
        reach: What is known of the way to servers.
        progress: Called with the source's name and the number of requests answered.

    Raises:
        EndpointError: No server can be reached.
    """
    base, has_answered, is_lost = address.rstrip("/"), False, False
    with _kept() as folder:
        for count, path in enumerate(source.requests(wanted), start=1):
            file = folder / source.name / f"{sha256(f'{base}{path}'.encode()).hexdigest()[:24]}{source.ending}.gz"
            if not _holds(file):
                if is_lost:
                    continue
                try:
                    connection = Connection(f"{base}{path}", timeout=_TIMEOUT, anonymous=True)
                    answer = connection.exchange(urllib.request.Request(f"{base}{path}"))
                except EndpointError as error:
                    if error.unreached:
                        reach.miss(urlsplit(base).netloc, error.message)
                        is_lost = not has_answered
                    else:
                        reach.found()
                    yield error
                    time.sleep(source.pace)
                    continue
                reach.found()
                has_answered = True
                write_atomically(file, packed(answer.body.decode("utf-8", errors="replace").encode()))
                time.sleep(source.pace)
            progress(source.name, count)
            yield file


def _holds(file: Path) -> bool:
    """Whether an answer is kept that still counts, and is as it was written."""
    try:
        if time.time() - file.stat().st_mtime <= _AGE * _DAY:
            unpacked(file.read_bytes())
            return True
    except Exception:  # whatever a damaged file makes of itself
        return False
    return False


@contextmanager
def _kept() -> Iterator[Path]:
    """Where answers are kept: until all have been read where the user has no cache folder."""
    if (cache := home()) is not None:
        yield cache / "answers"
        return
    with temporary_folder() as folder:
        yield folder
