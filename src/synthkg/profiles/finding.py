"""Which thing some words mean: an IRI, an id, an identifier or address in any spelling, a title or a name.

The first rule that knows any thing decides. Where it knows several, all are candidates and nothing is guessed.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from synthkg.errors import UsageError
from synthkg.findings import counted
from synthkg.graph import Store, load_queries, present_iri, renamed
from synthkg.lists import Asked
from synthkg.model import BASE, NAMESPACE, RECORD_TYPES, singular
from synthkg.profiles.kinds import kind_of, thing_of
from synthkg.profiles.labels import Labels
from synthkg.profiles.searching import Index
from synthkg.profiles.things import Things
from synthkg.profiles.words import key_of
from synthkg.works import fold

__all__ = ["Candidate", "Finder"]

Rule = Callable[[str], set[str]]

_OURS = re.compile(r"(?:(?:https?://)?w3id\.org/synthkg/|kg:|/)?([a-z]+(?:[/#][A-Za-z0-9._~-]+)*)")
_ALIKE = 75  # percent of the letters that two ids have in common
_SUGGESTED = 5
_ENDING = re.compile(r"\.(html|ttl|nt|jsonld|rdf|json)$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may be meant."""

    iri: str
    title: str

    @property
    def id(self) -> str:
        """What follows the base in its IRI."""
        return self.iri.removeprefix(BASE)


class Finder:
    """Finds the things of a graph.

    Args:
        store: The graph.
        labels: What things are called.
    """

    def __init__(self, store: Store, labels: Labels) -> None:
        self._store = store
        self._labels = labels

    @cached_property
    def index(self) -> Index:
        """The words of all things."""
        return Index(self._store, self._labels)

    @cached_property
    def things(self) -> Things:
        """What is known by name."""
        return Things.read(self._store)

    def find(self, words: str, kinds: Sequence[str] = ()) -> list[Candidate]:
        """The thing that is meant; several where that is not clear, none where nothing is known.

        Args:
            words: What it is called.
            kinds: What it may be; none means anything.
        """
        *exact, short, term = self._names
        return next(self._known(words, (*exact, self._by_matching, short, term), kinds), [])

    def meant(self, words: str, kinds: Sequence[str] = ()) -> Candidate:
        """The one thing that is meant; see `find`.

        Raises:
            UsageError: There is none, or there are several.
        """
        found = self.find(words, kinds)
        if len(found) == 1:
            return found[0]
        listed = "; ".join(f"{each.id} ({each.title})" for each in found or self.suggested(words, kinds))
        if found:
            raise UsageError(f'"{words}" may be {listed}')
        unidentified = self.unidentified(words) if not kinds or "person" in kinds else ""
        raise UsageError(f'there is no "{words}"; ' + (unidentified or f"nearest: {listed or 'nothing'}"))

    def is_renamed(self, words: str, meant: Candidate) -> bool:
        """Whether these words are an id of it that it has no more."""
        return meant.iri in self._by_former(words.strip())

    def namesakes(self, words: str, meant: Candidate) -> list[Candidate]:
        """What else has this identifier, name or id."""
        found = {
            each.iri: each for candidates in self._known(words, self._names, ()) for each in candidates if each.iri != meant.iri
        }
        return [found[iri] for iri in sorted(found)]

    @property
    def _names(self) -> Sequence[Rule]:
        exact = (self._by_iri, self._by_identifier, self._by_name, self._by_id_alone, self._by_former)
        return (*exact, self._by_short_name, self._by_term)

    def _known(self, words: str, rules: Sequence[Rule], kinds: Sequence[str]) -> Iterator[list[Candidate]]:
        """What each rule knows, where it knows anything."""
        for rule in rules if words.strip() else ():
            if found := {iri for iri in self._present(rule(words.strip())) if not kinds or kind_of(iri) in kinds}:
                yield [Candidate(iri, self._labels.of(iri)) for iri in sorted(found)]

    def _present(self, iris: set[str]) -> set[str]:
        """The same, with what a thing has now for what it had before: what still says the old one has made no thing of it."""
        return {present_iri(self._store, iri) for iri in iris} if renamed(self._store, iris) else iris

    def near(self, words: str, kinds: Sequence[str] = (), limit: int = _SUGGESTED) -> list[Candidate]:
        """Things that are somewhat like it, best first."""
        return [Candidate(hit.iri, self._labels.of(hit.iri)) for hit in self.index.search(words, kinds, limit)]

    def suggested(self, words: str, kinds: Sequence[str] = ()) -> list[Candidate]:
        """What may be meant where nothing is called so: things with such an id, if it is one, then those near it."""
        alike = [Candidate(iri, self._labels.of(iri)) for iri in self._spelled_alike(words) if not kinds or kind_of(iri) in kinds]
        return list(dict.fromkeys([*alike, *self.near(words, kinds)]))[:_SUGGESTED]

    def _spelled_alike(self, words: str) -> list[str]:
        """The things of the same kind or scheme whose ids begin as this one does, or differ from it in a few letters."""
        for iri in (_whole(words), _whole(f"concept/{words}")) if "/" in words else ():
            start, slash, end = iri.rpartition("/")
            ids = self.index.ids(start + slash)
            begun = [id for id in ids if id.startswith(end)]
            alike = [id for id, *_ in extract(end, ids, scorer=ratio, score_cutoff=_ALIKE)]
            if found := dict.fromkeys([*alike, *begun]):
                return [f"{start}/{id}" for id in found]
        return []

    def unidentified(self, words: str) -> str:
        """What there is of an author whom no id of an authority makes a thing of the graph; empty where nobody signed so."""
        text = words.strip().encode("utf-8", "replace").decode()
        papers = load_queries("examples")["papers-by-author"].rows(self._store, author=text).rows if text else []
        if not papers:
            return ""
        asked = f"synthkg query papers-by-author -p {shlex.quote(f'author={text}')}"
        printing = counted(len(papers), "paper prints", "papers print")
        return f"an author is here by an id of an authority; {printing} the name: {asked}"

    def _by_iri(self, words: str) -> set[str]:
        concept = [_whole(f"concept/{words}")] if "/" in words else []  # whose id records and answers give without its kind
        return set(next(([iri] for iri in map(thing_of, [words, _whole(words), *concept]) if self._is_there(iri)), []))

    def _is_there(self, iri: str) -> bool:
        if iri in self._labels.titles or kind_of(iri) != "erratum":
            return iri in self._labels.titles
        try:
            return self._store.ask(f"ASK {{ {NamedNode(iri)} ?p ?o }}")
        except ValueError:  # it is no IRI
            return False

    def _by_identifier(self, words: str) -> set[str]:
        return self.index.identified(words)

    def _by_name(self, words: str) -> set[str]:
        return self.index.called(key_of(words), "title", "person")

    def _by_id_alone(self, words: str) -> set[str]:
        return self.index.called(words, "id") | self.index.called(fold(words).replace(" ", "-"), "id")

    def _by_former(self, words: str) -> set[str]:
        concept = [_whole(f"concept/{words}")]  # as in `_by_iri`
        short = concept if "/" in words else [f"{BASE}{singular(kind.folder)}/{words}" for kind in RECORD_TYPES]
        return set(filter(self._is_there, map(thing_of, renamed(self._store, [words, _whole(words), *short]))))

    def _by_matching(self, words: str) -> set[str]:
        text = words.encode("utf-8", "replace").decode()  # an argument of a command may have bytes that are no text
        found = self.things.recognition.recognise([Asked(text)])[0]
        return {BASE + each.thing for each in found if each.is_known}

    def _by_term(self, words: str) -> set[str]:
        return self.index.called(fold(words), "term")

    def _by_short_name(self, words: str) -> set[str]:
        return self.index.called(key_of(words), "short")


def _whole(words: str) -> str:
    """The IRI that is meant by its end or its prefix, or written as the address of a document; any other words as they are."""
    words = re.sub("^synthkg:", NAMESPACE, words)
    found = _OURS.fullmatch(_ENDING.sub("", re.sub("^<(.*)>$", r"\1", words)))
    return BASE + found[1] if found else words
