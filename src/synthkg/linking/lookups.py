"""Asking a target for the keys of ours: in batches, politely, and never twice for what it has answered.

A key is answered for the time being, so what is kept is kept by key, in one file of the user's cache folder for each query and
address: a line is one answered batch, written as soon as it is there. A run that broke off, even by ``kill -9``, goes on with the
keys that no whole line has, and a batch that was halved is not asked again in the old size. Lines older than a week do not count.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
import urllib.parse
import urllib.request
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

from synthkg.cache import home
from synthkg.endpoints import Connection
from synthkg.errors import EndpointError, UnreadableError
from synthkg.files import add_line, json_line, read_lines, write_atomically
from synthkg.findings import counted
from synthkg.graph import OxigraphStore, Store, Table, Term, read_term, refuse_ruinous
from synthkg.linking.targets import Key, Target

__all__ = ["Answers", "Candidate", "Pace", "RestSource", "Source", "StoreSource", "ask", "terms"]

_AGE = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A thing in the target that was found by a key of ours, with what is known of it there."""

    key: Key
    object: str
    labels: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


class Source(Protocol):
    """Something that can be asked for keys; ``notes`` are told what was passed over in its answers."""

    name: str
    notes: list[str]

    def ask(self, target: Target, keys: Sequence[Key]) -> Table:
        """The rows of the target's query for some keys.

        Raises:
            EndpointError: There is no answer that can be relied on.
        """


class StoreSource:
    """A store that holds the target's triples: its endpoint, a mirror of it, or a dump of it."""

    def __init__(self, store: Store, name: str, notes: list[str] | None = None) -> None:
        self.store = store
        self.name = name
        self.notes = [] if notes is None else notes

    def ask(self, target: Target, keys: Sequence[Key]) -> Table:
        """See `Source.ask`."""
        return self.store.select(target.text(keys))


class RestSource:
    """A service that answers JSON, which the target's context makes a graph."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.name = connection.url
        self.notes: list[str] = []

    def ask(self, target: Target, keys: Sequence[Key]) -> Table:
        """See `Source.ask`."""
        plain = {variable: sorted({term.value for term in found}) for variable, found in terms(target, keys).items()}
        joined = {variable: urllib.parse.quote("|".join(values), safe="/|") for variable, values in plain.items()}
        url = f"{self.connection.url}{(target.request or '').format_map(joined)}"
        for parameter, variable in (target.secret or {}).items():
            if (secret := os.environ.get(variable)) and self._may_know(target):
                self.connection.hide(secret)
                url += f"&{parameter}={urllib.parse.quote(secret, safe='')}"
        return self._as_graph(target, self.connection.fetch(urllib.request.Request(url))).select(target.text(keys))

    def _may_know(self, target: Target) -> bool:
        """Whether this is the service whose key the user has: the target's own host, and nobody can listen."""
        asked, own = urllib.parse.urlsplit(self.connection.url), urllib.parse.urlsplit(target.endpoint or "")
        return asked.scheme == own.scheme == "https" and asked.netloc.lower() == own.netloc.lower()

    def _as_graph(self, target: Target, found: Any) -> OxigraphStore:
        text = json.dumps(found, ensure_ascii=False)
        said = self.connection.clean(text)
        graph = next((name for name, meaning in target.context.items() if meaning == "@graph"), None)
        if not isinstance(found, dict) or (graph and not isinstance(found.get(graph), list)):
            problem = f'answers with JSON without a list of "{graph}"; has the service changed? It says: {said}'
            raise EndpointError(problem, self.connection.name)
        meta = found.get("meta")
        count, most = (meta.get(name) for name in ("count", "per_page")) if isinstance(meta, dict) else (None, None)
        if isinstance(count, int) and isinstance(most, int) and count > most > 0:
            problem = f"has {count} answers, and gives {most} at a time; ask for less"
            raise EndpointError(problem, self.connection.name, overtaxed=True)
        try:
            body = json.dumps({**found, "@context": target.context}).encode()
            refuse_ruinous(body, RdfFormat.JSON_LD)
            return OxigraphStore(pyoxigraph.parse(body, format=RdfFormat.JSON_LD))
        except (ValueError, SyntaxError, MemoryError) as error:
            problem = f"answers with JSON that means no graph ({self.connection.clean(str(error))}); it says: {said}"
            raise EndpointError(problem, self.connection.name) from error


def terms(target: Target, keys: Iterable[Key]) -> dict[str, dict[Term, Key]]:
    """For each variable of the target's query the terms that the keys may stand as, each with its key."""
    every = target.terms(keys)
    return {variable: {read_term(written): key for written, key in found.items()} for variable, found in every.items()}


class Pace:
    """Keeps requests apart: no more than ``rate`` a second; 0 is as many as there are."""

    def __init__(
        self, rate: float, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._between = 1 / rate if rate else 0.0
        self._sleep = sleep
        self._clock = clock
        self._next = 0.0

    def wait(self) -> None:
        """Waits until the next request may be sent."""
        if (left := self._next - self._clock()) > 0:
            self._sleep(left)
        self._next = self._clock() + self._between


@dataclass
class Answers:
    """What a source has answered for a target.

    Attributes:
        found: Key -> its candidates; a key with none was asked for in vain.
    """

    file: Path | None
    today: str
    found: dict[Key, tuple[Candidate, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, target: Target, source: str, today: str, *, fresh: bool = False) -> Answers:
        """What is kept from earlier runs, unless ``fresh``.

        Args:
            target: The target, whose query decides what counts.
            source: The address that was asked.
            today: YYYY-MM-DD.
            fresh: Whether to forget it.
        """
        hashed = hashlib.sha256(f"{target.hash} {source}".encode()).hexdigest()[:16]
        folder = home()
        answers = cls(folder / f"answers-{target.name}-{hashed}.jsonl" if folder else None, today)
        oldest = (date.fromisoformat(today) - _AGE).isoformat()
        lines = [] if fresh or folder is None else [line for line in answers._lines() if line["on"] >= oldest]
        for line in lines:
            answers._add(line)
        if answers.file is not None and answers.file.exists():  # without torn and old lines
            write_atomically(answers.file, "".join(map(json_line, lines)))
        return answers

    def _lines(self) -> Iterator[dict[str, Any]]:
        assert self.file is not None
        with suppress(UnreadableError):
            yield from filter(_is_answer, read_lines(self.file))

    def _add(self, line: dict[str, Any]) -> None:
        by_key: dict[Key, list[Candidate]] = {Key(*key): [] for key in line["keys"]}
        for key, object, labels, authors, years in line["found"]:
            by_key[Key(*key)].append(Candidate(Key(*key), object, tuple(labels), tuple(authors), tuple(years)))
        self.found.update((key, tuple(candidates)) for key, candidates in by_key.items())

    def keep(self, keys: Sequence[Key], candidates: Iterable[Candidate]) -> None:
        """Keeps the answer to a batch, at once and for good."""
        rows = [[c.key, c.object, c.labels, c.authors, c.years] for c in candidates]
        line: dict[str, object] = {"on": self.today, "keys": list(keys), "found": rows}
        line["sum"] = _sum(line)
        self._add(json.loads(json.dumps(line)))
        if self.file is not None:
            try:
                add_line(self.file, line)
            except OSError:  # a full disk: from here on nothing is kept
                self.file = None


def _sum(line: Mapping[str, object]) -> int:
    """The checksum of what a line says."""
    return zlib.crc32(json_line({name: said for name, said in line.items() if name != "sum"}).encode())


def _is_answer(line: object) -> bool:
    """Whether a line is as we wrote it: another program or version may have written it, or a failing disk altered it."""
    return isinstance(line, dict) and line.get("sum") == _sum(line)


def ask(
    target: Target,
    source: Source,
    keys: Iterable[Key],
    answers: Answers,
    pace: Pace,
    progress: Callable[[str, int], None] = lambda what, count: None,
) -> int:
    """Asks for the keys that are not answered yet, and gives the number of requests that were answered.

    Args:
        target: What to ask.
        source: Where to ask.
        keys: The keys; those of kinds by which the target finds nothing are left out.
        answers: Where the answers are, and go, batch by batch.
        pace: When the next request may be sent.
        progress: Called with what is asked and how many keys are answered.

    Raises:
        EndpointError: A batch was not answered, not even when it was halved down to one key; those before it are kept.
    """
    wanted = list(dict.fromkeys(key for key in keys if key.kind in target.kinds and key not in answers.found))
    waiting = [wanted[at : at + target.batch] for at in range(0, len(wanted), target.batch)][::-1]
    asked = done = 0
    while waiting:
        batch = waiting.pop()
        progress(f"asking {target.name}: {done} of {len(wanted)} keys answered", 0)
        pace.wait()
        try:
            table = source.ask(target, batch)
        except EndpointError as error:
            if not error.overtaxed or len(batch) == 1:
                raise
            middle = len(batch) // 2
            waiting += [batch[middle:], batch[:middle]]
            continue
        source.notes += _passed_over(source, table)
        answers.keep(batch, _candidates(target, batch, table))
        asked += 1
        done += len(batch)
    return asked


def _passed_over(source: Source, table: Table) -> list[str]:
    """What is told of rows in which no thing can be meant.

    Raises:
        EndpointError: No row can mean one: this is no answer to the query.
    """
    if "object" not in table.columns:
        problem = f"answers without the column ?object, which was asked for (it has: {', '.join(table.columns) or 'none'})"
        raise EndpointError(f"{problem}; is this the address that takes queries?", source.name)
    objects = [row[table.columns.index("object")] for row in table.rows]
    count = sum(each is not None and not isinstance(each, NamedNode) for each in objects)
    return [f"{source.name}: {counted(count, 'row')} whose ?object is no IRI"] if count else []


def _candidates(target: Target, keys: Sequence[Key], table: Table) -> list[Candidate]:
    """The rows as candidates, one for each key and object. A row for a key that was not asked for is the block's own example.

    Two keys may stand as one term, such as labels that differ in case.
    """
    sent: dict[str, dict[str, list[Key]]] = defaultdict(lambda: defaultdict(list))
    for asked in keys:
        for variable, by_term in terms(target, [asked]).items():
            for value in {term.value for term in by_term}:
                sent[variable][value].append(asked)
    found: dict[tuple[Key, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for cells in table.rows:
        row: dict[str, Term] = {name: cell for name, cell in zip(table.columns, cells, strict=True) if cell is not None}
        if not isinstance(row.get("object"), NamedNode):
            continue
        for variable, by_value in sent.items():
            for key in by_value.get(row[variable].value, ()) if variable in row else ():
                about = found[key, row["object"].value]
                for name in ("label", "author", "year"):
                    if name in row:
                        about[name].add(" ".join(row[name].value.split()))
    return sorted(
        Candidate(
            key,
            object,
            tuple(sorted(filter(None, about["label"]))),
            tuple(sorted(filter(None, about["author"]))),
            tuple(sorted(int(year) for year in about["year"] if re.fullmatch("[0-9]{1,4}", year))),
        )
        for (key, object), about in found.items()
    )
