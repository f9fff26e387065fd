"""Makes a big data folder out of the real one: N papers, valid by every shape and check, the same bytes each time.

    python benchmarks/generate.py 10000 FOLDER
    python benchmarks/generate.py 100000 FILE.nq    # its graph at once, with what follows, and no file of a record

The first copy is the real data; each further copy has its own papers, methods, artifacts and list, with ids, titles, URLs and
identifiers of its own, and refers to nothing outside itself but the venues, which all copies share. So everything grows as it
would in life: more records of the same size, more lists, more errata, and tables that refer to what is there.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pyoxigraph import Quad, RdfFormat, serialize

from synthkg import project
from synthkg.catalog.canonical import dump
from synthkg.catalog.folder import Catalog, load_catalog
from synthkg.catalog.weaving import print_snapshots
from synthkg.graph.inference import infer
from synthkg.graph.store import OxigraphStore
from synthkg.graph.triples import dataset, ontology_quads, quads
from synthkg.model.records import Artifact, Block, Entry, Erratum, Evidence, IsUrl, Method, Paper, ReadingList, Record, Ref, Venue

_IDENTIFIERS = ("arxiv", "acl", "openreview", "doi")
_ARXIV_URL = re.compile(r"arxiv\.org/(?:abs|pdf|html)/(\d{4}\.\d{4,5})")
_NUMBERED = re.compile(r"(\d{4}\.(?:[a-z0-9_]+-[a-z0-9_]+\.)?|[A-Z]\d\d-)(\d+)")
_URL = re.compile(r"https?://[^\s()<>|\]]+")
_OWNED = re.compile(
    r"(https?://(?:www\.)?(?:github\.com|huggingface\.co/(?:datasets|spaces)|huggingface\.co|gitlab\.com)/)([^/?#]+)(/.*)"
)
_LAST_NAME = re.compile(r"(https?://[^/?#]+)(/(?:[^?#]*/)?)?([^/?#.]*)(.*)", re.DOTALL)


def generate(source: Path, papers: int, target: Path) -> int:
    """Writes the folder, unless it is there already.

    Returns:
        The number of papers, a multiple of the real number.
    """
    catalog = load_catalog(source)
    real = len(catalog.of(Paper))
    copies = -(-papers // real)
    if target.exists():
        return copies * real
    started = target.with_name(target.name + ".tmp")
    shutil.rmtree(started, ignore_errors=True)
    shutil.copytree(source, started)
    identifiers = _Identifiers(catalog)
    for number in range(1, copies):
        copy = _Copy(number, identifiers)
        for record in catalog:
            if not isinstance(record, Venue):
                made = copy.renewed(record)
                (started / made.folder / f"{made.id}.yaml").write_text(dump(made), encoding="utf-8")
    started.rename(target)
    return copies * real


def generate_dump(source: Path, papers: int, target: Path) -> int:
    """Writes the graph of the folder that `generate` makes, with what follows from it, as N-Quads; unless it is there already.

    No copy refers to another and no rule joins two, so what follows is found copy by copy: the memory of one is enough for all.

    Returns:
        The number of papers, a multiple of the real number.
    """
    catalog = load_catalog(source)
    copies = -(-papers // len(catalog.of(Paper)))
    if not target.exists():
        started = target.with_name(target.name + ".tmp")
        with started.open("wb") as out:
            for graph in _graphs(catalog, copies):
                serialize(graph, output=out, format=RdfFormat.N_QUADS)
        started.rename(target)
    return copies * len(catalog.of(Paper))


def _graphs(catalog: Catalog, copies: int) -> Iterator[Iterable[Quad]]:
    """The graph of each copy, without what it shares with the first."""
    identifiers = _Identifiers(catalog)
    shared = [*ontology_quads(catalog.vocabulary), *quads(catalog.of(Venue).values(), catalog.vocabulary)]
    store = OxigraphStore(dataset(catalog))
    first = set(infer(store))
    yield store
    for number in range(1, copies):
        copy = _Copy(number, identifiers)
        own = [*quads((copy.renewed(record) for record in catalog if not isinstance(record, Venue)), catalog.vocabulary)]
        inferred = infer(OxigraphStore(chain(shared, own)))
        yield chain(own, (quad for quad in inferred if quad not in first))


class _Identifiers:
    """Identifiers for copies: well formed, and never those of another copy."""

    def __init__(self, catalog: Catalog) -> None:
        found: dict[str, set[str]] = {kind: set() for kind in _IDENTIFIERS}
        for version in (version for paper in catalog.of(Paper).values() for version in paper.versions):
            for kind in _IDENTIFIERS:
                found[kind] |= {getattr(version, kind)} - {None}
        found["arxiv"].update(_ARXIV_URL.findall("\n".join(dump(record) for record in catalog)))
        self._kinds = {value: kind for kind, values in found.items() for value in values}
        self._any = re.compile("|".join(sorted(map(re.escape, self._kinds), key=len, reverse=True)) or r"(?!)")
        series: dict[str, list[str]] = defaultdict(list)
        for value in sorted(found["arxiv"] | found["acl"]):
            if match := _NUMBERED.fullmatch(value):
                series[match[1]].append(value)
        self._ranks = {value: (rank, len(group)) for group in series.values() for rank, value in enumerate(group)}
        self._parts = cache(lambda text: self._any.split(text))
        self._found = cache(lambda text: self._any.findall(text))

    def renewed(self, text: str, copy: int) -> str:
        """The text with every identifier in it replaced by the copy's own."""
        if not self._found(text):
            return text
        first, *rest = self._parts(text)
        return first + "".join(self._renewed(one, copy) + part for one, part in zip(self._found(text), rest, strict=True))

    def _renewed(self, identifier: str, copy: int) -> str:
        kind = self._kinds[identifier]
        if kind == "openreview":
            return f"{identifier[:10]}{copy:04}"
        if kind == "doi":
            inside = max((known for known in self._ranks if known in identifier), key=len, default=None)
            return identifier.replace(inside, self._renewed(inside, copy)) if inside else f"{identifier}.c{copy}"
        prefix, digits = _NUMBERED.fullmatch(identifier).groups()  # type: ignore[union-attr]
        rank, size = self._ranks[identifier]
        highest = 10 ** max(len(digits), 6 if prefix.count(".") == 2 else 0) - 1
        return f"{prefix}{highest - (copy - 1) * size - rank:0{len(digits)}}"


class _Copy:
    """One copy of the real records."""

    def __init__(self, number: int, identifiers: _Identifiers) -> None:
        self._number = number
        self._identifiers = identifiers

    def renewed(self, record: Record) -> Any:
        made = replace(self._thing(record), id=self._id(record.id))
        return _with_checksums(made) if isinstance(made, ReadingList) else made

    def _id(self, id: str) -> str:
        return f"{id}-c{self._number}"

    def _title(self, title: str) -> str:
        return f"{title} (copy {self._number})" if title else title

    def _thing(self, thing: Any) -> Any:
        changed = {name: self._value(type(thing), name, marker, getattr(thing, name)) for name, marker in _fields(type(thing))}
        if isinstance(thing, Erratum) and thing.field:
            changed |= {key: self._cell(thing.field, getattr(thing, key)) for key in ("published", "corrected")}
        if isinstance(thing, Paper | Method | Artifact):
            changed["evidence"] = tuple(self._evidence(type(thing), part) for part in changed["evidence"])
        return replace(thing, **changed)

    def _value(self, kind: type[Any], name: str, marker: Any, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._value(kind, name, marker, item) for item in value)
        if is_dataclass(value):
            return self._thing(value)
        if not isinstance(value, str):
            return value
        if kind is Entry and name in ("title", "url", "venue", "code"):
            return self._cell(name, value)
        if name in ("title", "earlier_titles") and kind is not Block:
            return self._title(value)
        if name in ("aliases", "formerly") or (isinstance(marker, Ref) and marker.folder != "venues"):
            return self._id(value)
        if name in _IDENTIFIERS:
            return self._identifiers.renewed(value, self._number)
        return self._url(value) if marker is IsUrl else value

    def _cell(self, name: str, value: str) -> str:
        if name == "title":
            return self._title(value)
        return _URL.sub(lambda match: self._url(match[0]), value) if name in ("url", "code") else value

    def _url(self, url: str) -> str:
        """With the copy's identifier where it holds one; else of an owner with another name, or to a page with one."""
        if (new := self._identifiers.renewed(url, self._number)) != url:
            return new
        if match := _OWNED.fullmatch(url):
            return f"{match[1]}{self._id(match[2])}{match[3]}"
        site, path, name, rest = _LAST_NAME.fullmatch(url).groups()  # type: ignore[union-attr]
        return f"{site}{path or '/'}{self._id(name) if name else f'c{self._number}'}{rest}"

    def _evidence(self, kind: type[Any], evidence: Evidence) -> Evidence:
        """``supports`` may name single values, which have changed: ``introduces.evol-instruct``."""
        markers = dict(_fields(kind))

        def pointer(text: str) -> str:
            key, _, value = text.partition(".")
            if not value or key in ("versions", "syntheses", "authors"):
                return text
            return f"{key}.{self._value(kind, key, markers[key], value)}"

        return replace(evidence, supports=tuple(map(pointer, evidence.supports)))


def _with_checksums(made: ReadingList) -> ReadingList:
    """The list with the checksums of what its own snapshots print, where the one that was copied has some."""
    snapshots = (
        replace(each, sha256=each.sha256 and sha256(text.encode()).hexdigest())
        for each, text in zip(made.snapshots, print_snapshots(made), strict=True)
    )
    return replace(made, snapshots=tuple(snapshots))


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Each field with the marker of its values."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple((f.name, next(_markers(hints[f.name]), None)) for f in fields(kind))


def _markers(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is Annotated:
        yield get_args(hint)[1]
    else:
        for inner in get_args(hint):
            yield from _markers(inner)


if __name__ == "__main__":
    made = generate_dump if sys.argv[2].endswith(".nq") else generate
    print(made(project.folder("data"), int(sys.argv[1]), Path(sys.argv[2])), "papers")
