"""The exceptions that synthkg raises, as one tree.

    SynthkgError
    ├── UsageError        the call itself is wrong: an unknown name, a bad parameter
    ├── UnreadableError   a file or folder cannot be read at all
    │   └── ImportFailed  a document cannot become a list record
    ├── QueryError        a saved query cannot be run
    │   ├── EndpointError a server did not answer it, or not as it should
    │   ├── QueryStopped  it was ended before it had an answer
    │   └── EngineError   no process is to be had that could run it
    └── BuildRefused      writing would lose or break something

A fault in well-formed data is no exception: it is a `synthkg.findings.Finding`.
"""

from __future__ import annotations


class SynthkgError(Exception):
    """Base of all: ``message`` says what is wrong and how to mend it, ``where`` is ``file:line:column`` or empty."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.message = message
        self.where = where


class UsageError(SynthkgError):
    """The call is wrong: an unknown name, a missing or bad parameter."""


class UnreadableError(SynthkgError):
    """A file or folder cannot be read."""


class ImportFailed(UnreadableError):
    """A document holds something that no list record can carry."""


class QueryError(SynthkgError):
    """A saved query is malformed or cannot be run."""


class EndpointError(QueryError):
    """A server gave no answer, or none that can be relied on.

    ``where`` is its address, ``status`` its HTTP status or 0, ``location`` the address to which it has moved for good, or empty;
    ``overtaxed`` says that it may well answer when asked for less, ``unreached`` that there was no way to it, or none in time.
    """

    def __init__(
        self,
        message: str,
        where: str = "",
        status: int = 0,
        *,
        location: str = "",
        overtaxed: bool = False,
        unreached: bool = False,
    ) -> None:
        super().__init__(message, where)
        self.status = status
        self.location = location
        self.overtaxed = overtaxed
        self.unreached = unreached


class QueryStopped(QueryError):
    """A query was ended before it had an answer; ``reason`` is ``time``, ``memory``, ``size``, ``busy`` or ``gone``."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type[QueryStopped], tuple[str, str], dict[str, object]]:
        """What copies it into another process: it takes more than the text that an exception keeps."""
        return type(self), (self.message, self.reason), self.__dict__


class EngineError(QueryError):
    """The processes that run queries cannot be started, or have ended."""


class BuildRefused(SynthkgError):
    """Writing was refused, and nothing was changed, because something would be lost or broken."""
