"""What an address answered on one day, kept as a line of JSON, so that another day's answer can be laid beside it.

An observation says what was seen and judges nothing. The lines are only ever added to: a run that breaks off has lost nothing,
and "gone" needs two of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from io import StringIO
from pathlib import Path
from typing import Any

from synthkg.cache import home
from synthkg.errors import UnreadableError, UsageError
from synthkg.files import add_line, read_lines, read_text
from synthkg.model import is_day, is_url

__all__ = ["PAGE", "Observation", "keep", "kept", "read_observations", "recall"]

PAGE = "page"
_TYPES = {"status": int, "facts": dict}


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one address answered, asked by one means.

    Attributes:
        day: When, YYYY-MM-DD.
        run: When the run began that asked, to the second: it holds for the same run's controls.
        by: The means: ``page``, ``github`` or ``huggingface``.
        url: The address of the artifact, or of a control.
        asked: The address that was really asked: of a page the same, else the API's.
        control: ``present`` for an address that must be there, ``absent`` for one that cannot be, empty for an artifact's.
        status: The last HTTP status, or 0 where nothing answered.
        moved_to: The address to which it leads, where that is another.
        facts: What an API says of the repository: ``id``, ``name``, ``created``, ``pushed``, ``license``, as text; ``archived``
            and ``disabled``.
        trouble: Why the answer says nothing, or empty.
    """

    day: str
    run: str
    by: str
    url: str
    asked: str
    control: str = ""
    status: int = 0
    moved_to: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    trouble: str = ""

    @property
    def host(self) -> str:
        """The server that answered, as a control of the same run vouches for it."""
        return self.asked.split("/")[2].lower()


def kept() -> Path:
    """Where the answers of all runs are kept.

    Raises:
        UsageError: Nothing can be kept, so that no two days could be laid side by side.
    """
    folder = home()
    if folder is None:
        problem = "answers cannot be kept, for there is no cache folder to which you alone can write"
        raise UsageError(f"{problem}; set XDG_CACHE_HOME")
    return folder / "watch" / "observations.jsonl"


def keep(observation: Observation) -> None:
    """Adds an observation to what is kept."""
    path = kept()
    path.parent.mkdir(exist_ok=True)
    add_line(path, asdict(observation))


def recall() -> list[Observation]:
    """All that is kept; a line that a crash cut short is passed over."""
    found = []
    for value in read_lines(kept()) if kept().exists() else ():
        with suppress(ValueError):
            found.append(_read(value))
    return found


def read_observations(path: Path) -> list[Observation]:
    """The observations of a file, a line of JSON each.

    Raises:
        UnreadableError: The file cannot be read, or a line of it is no observation.
    """
    found = []
    for number, line in enumerate(StringIO(read_text(path)), start=1):
        try:
            found.append(_read(json.loads(line)))
        except (ValueError, RecursionError) as error:
            problem = f"no observation ({error}); write lines as synthkg watch does"
            raise UnreadableError(problem, f"{path}:{number}:1") from error
    return found


def _read(value: Any) -> Observation:
    """An observation from its JSON.

    Raises:
        ValueError: It is none; the message says why.
    """
    if not isinstance(value, dict):
        raise ValueError("not an object")
    for problem in _problems(value):
        raise ValueError(problem)
    return Observation(**value)


def _problems(value: dict[str, Any]) -> Iterator[str]:
    known = [each.name for each in fields(Observation)]
    yield from (f'unknown key "{key}"' for key in value if key not in known)
    yield from (f'no "{key}"' for key in known[:5] if key not in value)
    for key, each in value.items():
        if type(each) is not _TYPES.get(key, str):
            yield f'"{key}" is of another type'
            return
    if not is_day(value["day"]):
        yield '"day" is none; write YYYY-MM-DD'
    for key in ("url", "asked", "moved_to"):
        if value.get(key) and not is_url(value[key]):
            yield f'"{key}" is no address'
    for key, each in value.get("facts", {}).items():
        if type(each) is not (bool if key in ("archived", "disabled") else str):
            yield f'the fact "{key}" is of another type'
            return
    if (created := value.get("facts", {}).get("created")) and not is_day(created):
        yield 'the fact "created" is no day; write YYYY-MM-DD'
