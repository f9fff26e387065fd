"""The fields of the records, for who writes them: made from the record types, the ontology, the shapes and the graph.

Nothing is described here. Which fields there are and what they hold is said by the types, which property one becomes and what
that means by the ontology, how many there must be and in which form by the shapes, what it looks like by the graph. What is no
property (``draft``, ``newline``) is told by the docstring of its type, or of `synthkg.model.records`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from functools import cache, cached_property
from inspect import getmodule, getsource, ismodule
from types import NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

import pyoxigraph
from pyoxigraph import Literal, RdfFormat

from synthkg.errors import UnreadableError
from synthkg.graph import PREFIXES, OxigraphStore, Term
from synthkg.model import (
    AUTHORITIES,
    BASE,
    CELLS,
    NAMESPACE,
    RDF,
    RECORD_TYPES,
    SKOS,
    AtMost,
    Concept,
    IsDate,
    IsOwnTopic,
    IsRow,
    IsTopic,
    IsUrl,
    Kind,
    Ref,
    Scheme,
    load_vocabulary,
    singular,
)
from synthkg.site.cells import Cell
from synthkg.site.contents import Contents

__all__ = ["Field", "RecordType", "record_types"]

_CLASSES = {
    "ReadingList": ("List",),
    "Author": ("Authorship",),
    "Block": ("Section", "Text", "Placement", "Column"),
    "Padding": ("Column",),
    "Entry": ("Entry", "Placement"),
    "Erratum": ("Erratum", "Cell"),
}
"""Type -> the classes of what it becomes, where they are not called so."""
_LONGEST = 90  # characters of an example
_WORDS: dict[Any, str] = {
    IsUrl: "web address",
    IsDate: "YYYY, YYYY-MM or YYYY-MM-DD",
    IsRow: "template of a row",
    IsTopic: "scheme/concept",
    IsOwnTopic: "scheme/concept",
}
_SHAPES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?class ?message ?least ?severity WHERE {
  { ?node sh:targetClass ?class ; sh:property ?shape } UNION { ?shape sh:targetClass ?class }
  ?shape sh:message ?message .
  OPTIONAL { ?shape sh:minCount ?least }
  OPTIONAL { ?shape sh:severity ?severity }
} ORDER BY ?class ?message ?least"""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record.

    Attributes:
        key: Its word in YAML.
        holds: What it holds.
        needed: When it must be there; empty where it need not.
        meaning: What it says.
        rules: What its value must be, beyond what it holds.
        becomes: The property of it in the graph; none where it is none.
        example: A value in the graph.
    """

    key: str
    holds: Cell
    needed: str
    meaning: str
    rules: tuple[str, ...]
    becomes: Cell | None
    example: Cell


@dataclass(frozen=True, slots=True)
class RecordType:
    """A kind of record, or of a part of one.

    Attributes:
        id: The id of its place on the page.
        name: What it is called.
        file: Where its records are; empty for a part of one.
        meaning: What it is.
        fields: Its fields, in their order.
    """

    id: str
    name: str
    file: str
    meaning: str
    fields: tuple[Field, ...] = field(default_factory=tuple)


def record_types(contents: Contents) -> list[RecordType]:
    """Every kind of record, each followed by the parts that it has."""
    reader = _Reader(contents)
    return [reader.described(kind) for kind in _kinds()]


def _kinds() -> list[Any]:
    found: dict[Any, None] = {}

    def add(kind: Any) -> None:
        if kind not in found:
            found[kind] = None
            for hint in get_type_hints(kind, include_extras=True).values():
                if is_dataclass(inner := _inner(hint)[0]):
                    add(inner)

    for kind in sorted(RECORD_TYPES, key=lambda kind: kind is Scheme):  # papers first
        add(kind)
    return list(found)


def _inner(hint: Any) -> tuple[Any, Any, bool]:
    """The type of one value, its marker, and whether there may be several."""
    if get_origin(hint) in (UnionType, Union):
        hint = next(each for each in get_args(hint) if each is not NoneType)
    many = get_origin(hint) is tuple
    inner = get_args(hint)[0] if many else hint
    return (*get_args(inner)[:2], many) if get_origin(inner) is Annotated else (inner, None, many)


class _Reader:
    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._vocabulary = load_vocabulary()
        self._known: dict[str, str] = {}

    @cached_property
    def _shapes(self) -> list[tuple[str, str, str, int, str]]:
        """Class, key, what the value must be, how many there must be, and how grave it is if not."""
        path = self._vocabulary.folder / "shapes.ttl"
        store = OxigraphStore(pyoxigraph.parse(path=path, format=RdfFormat.TURTLE)) if path.is_file() else OxigraphStore()
        found = []
        for row in store.select(_SHAPES).rows:
            of, message, least, severity = ("" if term is None else term.value for term in row)
            key, colon, rule = message.partition(": ")
            if colon:
                found.append((of, key, rule, int(least or 0), severity.rpartition("#")[2]))
        return found

    def described(self, kind: Any) -> RecordType:
        """A type with all of its fields."""
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).capitalize()
        folder, short = getattr(kind, "folder", ""), getattr(kind, "shorthand", "")
        meaning = self._definition(NAMESPACE + _classes(kind)[0]) if _classes(kind)[0] == kind.__name__ or folder else ""
        told = [meaning or _sentences(_documentation(kind))[0], *([f"Its {short} alone will do."] if short else [])]
        shown = tuple(self._field(kind, each.name, each.default) for each in fields(kind))
        return RecordType(kind.__name__.lower(), name, f"data/{folder}/<id>.yaml" if folder else "", " ".join(told), shown)

    def _field(self, kind: Any, key: str, default: Any) -> Field:
        inner, marker, many = _inner(get_type_hints(kind, include_extras=True)[key])
        becomes = self._property(kind, key)
        rules, needed = self._rules(kind, key)
        if isinstance(marker, Kind):
            kinds = self._vocabulary.kinds(marker.name)
            rules = [f"{word}: {self._definition(term.value)}" for word, term in kinds.items()]
        meaning = self._meaning(kind, key, inner, becomes)
        if not meaning and rules:
            meaning, rules = f"{rules[0][:1].upper()}{rules[0][1:]}.", rules[1:]
        if default is MISSING:
            needed = "yes"
        elif default:
            needed = f"no: {_visible(default)}"
        elif len(_classes(kind)) > 1:  # what the graph has need not stand in the record
            needed = ""
        return Field(
            key,
            self._leading(_holds(inner, marker, many)),
            needed,
            meaning,
            tuple(rules),
            self._shown(becomes),
            self._example(kind, key, becomes),
        )

    def _leading(self, cell: Cell) -> Cell:
        """The cell, without a link to a scheme that this graph does not have."""
        is_lost = cell.href.startswith("concept/") and cell.href.removesuffix(".html") not in self._contents.documents
        return replace(cell, href="") if is_lost else cell

    def _property(self, kind: Any, key: str) -> str:
        if key in CELLS and kind.__name__ == "Entry":
            return f"{NAMESPACE}text"
        try:
            return self._vocabulary.property(key, _classes(kind)[0]).value
        except UnreadableError:  # what the graph has need not be named as it is in a record
            return f"{RDF}type" if key == "type" else ""

    def _shown(self, becomes: str) -> Cell | None:
        if not becomes:
            return None
        if becomes.startswith(NAMESPACE):
            return Cell(becomes.removeprefix(NAMESPACE), self._contents.addresses.page(becomes) or "")
        return Cell(self._contents.labels.of(becomes) if becomes.startswith(RDF) else _short(becomes), becomes, is_elsewhere=True)

    def _definition(self, iri: str) -> str:
        found = self._contents.store.select(f"SELECT ?d WHERE {{ <{iri}> <{SKOS}definition> ?d }} ORDER BY ?d").rows
        return found[0][0].value if found and found[0][0] is not None else ""

    def _meaning(self, kind: Any, key: str, inner: Any, becomes: str) -> str:
        told = [each for each in _sentences(_documentation(kind)) if f"‘{key}’" in each]
        if len(_classes(kind)) > 1 and told and told[0].startswith(f"‘{key}’"):
            return told[0]
        if becomes and not becomes.startswith(RDF) and (said := self._definition(becomes)):
            return said
        if is_dataclass(inner):
            return _sentences(_documentation(cast("Any", inner)))[0]
        told += [each for each in _sentences(_documentation(getmodule(kind))) if f"‘{key}’" in each]
        return told[0] if told else f"What kind of {kind.__name__.lower()} it is." if key == "type" else ""

    def _rules(self, kind: Any, key: str) -> tuple[list[str], str]:
        """What the shapes ask of a value, and when they ask for one; those of subclasses ask it of these alone."""
        owner = _classes(kind)[0]
        kinds = {term.value: f"of {word}: " for word, term in self._vocabulary.kinds(owner).items()}
        classes = {NAMESPACE + owner: ""} | kinds
        asked = [
            (classes[of], rule, least, grave) for of, about, rule, least, grave in self._shapes if about == key and of in classes
        ]
        rules = list(dict.fromkeys(f"{of}{rule}" for of, rule, _, grave in asked if grave != "Info"))
        when = [
            "when it is finished" if grave in ("Info", "Warning") else of.removesuffix(": ") or "yes"
            for of, _, least, grave in asked
            if least
        ]
        return rules, "yes" if "yes" in when else ", ".join(dict.fromkeys(when))

    def _example(self, kind: Any, key: str, becomes: str) -> Cell:
        """A value in the graph, by preference of the thing of which most is said."""
        inner, marker, _ = _inner(get_type_hints(kind, include_extras=True)[key])
        for name in _classes(kind):
            subject = self._richest(name)
            if key == "id" and subject:
                return Cell(_last(subject), self._contents.addresses.page(subject) or "")
            if not becomes or (kind.__name__ == "Block" and key == "heading"):
                break
            where = f"?s a <{NAMESPACE}{name}> ; <{becomes}> ?value"
            if kind.__name__ == "Entry" and key in CELLS:
                where = f'?s <{NAMESPACE}field> "{key}" ; <{becomes}> ?value FILTER(STRLEN(?value) > 1)'
            text = f"SELECT ?s ?value WHERE {{ {where} }} ORDER BY (STR(?s) != '{subject}') ?s ?value LIMIT 40"
            for thing, value in self._contents.store.select(text).rows:
                if thing is not None and value is not None and (said := self._written(inner, marker, key, value)):
                    return Cell(
                        said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…", self._contents.addresses.page(thing.value) or ""
                    )
        return Cell()

    def _written(self, inner: Any, marker: Any, key: str, value: Term) -> str:
        """A value as it stands in YAML; empty where this is none of the field's."""
        text = value.value
        if isinstance(value, Literal):
            return "" if inner is str and value.datatype.value.endswith("integer") else _visible(text)
        if isinstance(marker, Kind):
            return next((word for word, term in self._vocabulary.kinds(marker.name).items() if term.value == text), "")
        if key in AUTHORITIES:
            return text.removeprefix(AUTHORITIES[key]) if text.startswith(AUTHORITIES[key]) else ""
        if isinstance(marker, Ref):
            return _last(text) if text.startswith(f"{BASE}{singular(marker.folder)}/") else ""
        if marker is IsTopic or marker is IsOwnTopic:
            return text.removeprefix(f"{BASE}concept/")
        if is_dataclass(inner):
            return self._contents.labels.of(text)
        if text.startswith(BASE):
            return _last(text)
        return text

    def _richest(self, name: str) -> str:
        if name not in self._known:
            counted = f"SELECT ?s (COUNT(DISTINCT ?p) AS ?n) WHERE {{ ?s a <{NAMESPACE}{name}> ; ?p ?o }} GROUP BY ?s"
            text = f"{counted} ORDER BY DESC(?n) ?s LIMIT 1"
            rows = self._contents.store.select(text).rows
            self._known[name] = rows[0][0].value if rows and rows[0][0] is not None else ""
        return self._known[name]


def _classes(kind: Any) -> tuple[str, ...]:
    return _CLASSES.get(kind.__name__, (kind.__name__,))


def _holds(inner: Any, marker: Any, many: bool) -> Cell:
    """What a field holds, in words, and where more of it is told."""
    match marker:
        case Ref(folder):
            said = Cell(f"id of {'an' if folder[0] in 'aeiou' else 'a'} {singular(folder)}", f"#{singular(folder)}")
        case Concept(scheme):
            said = Cell(f"concept of {scheme}", f"concept/{scheme}.html")
        case Kind(_):
            said = Cell("one of the words below")
        case AtMost(limit):
            said = Cell(f"number up to {limit:,}")
        case None if isinstance(inner, type) and is_dataclass(inner):
            said = Cell(inner.__name__.lower(), f"#{inner.__name__.lower()}")
        case None:
            said = Cell({int: "number", bool: "true or false"}.get(inner, "text"))
        case _:
            said = Cell(_WORDS[marker])
    return replace(said, text=f"list: {said.text}") if many else said


def _last(iri: str) -> str:
    return iri.rpartition("#")[2] if "#" in iri else iri.rpartition("/")[2]


def _short(iri: str) -> str:
    return next((f"{name}:{iri.removeprefix(start)}" for name, start in PREFIXES.items() if iri.startswith(start)), iri)


def _visible(text: str) -> str:
    return text.replace("\r", "").replace("\n", "⏎").strip(" ")


@cache
def _documentation(thing: Any) -> str | None:
    """The docstring of a class or module as its source has it: ``python -OO`` drops it, and a dataclass makes up another."""
    found = ast.parse(getsource(thing))
    whole = found if ismodule(thing) else found.body[0]
    return ast.get_docstring(whole, clean=False) if isinstance(whole, ast.Module | ast.ClassDef) else None


def _sentences(docstring: str | None) -> list[str]:
    r"""The sentences of a docstring, and the items of its lists, with what was code in quotes.

    >>> _sentences("A row; ``end`` closes it:\n\n* ``text``: verbatim;")
    ['A row.', '‘end’ closes it.', '‘text’: verbatim.']
    """
    text = re.sub(r"``?([^`]+)``?", r"‘\1’", docstring or "")
    text = re.sub(r"\s+", " ", re.sub(r"\n[^\S\n]*\* ", ". ", text))
    found = (each.strip(" .;:") for each in re.split(r"\.(?= |$)|; ", text))
    return [f"{each[0].upper()}{each[1:]}." for each in found if each]
