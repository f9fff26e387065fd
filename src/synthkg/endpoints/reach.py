"""Whether there is a way to other servers at all: without a network a run over many of them should end soon, and say so."""

from __future__ import annotations

from dataclasses import dataclass, field

from synthkg.errors import EndpointError

__all__ = ["Reach"]

_ENOUGH = 3  # servers; where none of so many can be reached, hardly all of them are down


@dataclass
class Reach:
    """What a run that asks several servers knows of the way to them.

    Attributes:
        is_there: Whether any server was reached.
        missed: Server -> why it could not be reached; none once one was.
    """

    is_there: bool = False
    missed: dict[str, str] = field(default_factory=dict)

    def found(self) -> None:
        """A server was reached, whatever it answered."""
        self.is_there = True
        self.missed.clear()

    def miss(self, server: str, why: str) -> None:
        """A server could not be reached.

        Raises:
            EndpointError: Nor could any other, and there were enough of them.
        """
        if not self.is_there:
            self.missed.setdefault(server, why)
            if len(self.missed) >= _ENOUGH:
                self.end()

    def end(self) -> None:
        """All that was to be asked has been.

        Raises:
            EndpointError: No server could be reached.
        """
        if self.missed:
            told = "; ".join(f"{server}: {why}" for server, why in self.missed.items())
            raise EndpointError(f"no server can be reached, and nothing is written; is there a network? {told}")
