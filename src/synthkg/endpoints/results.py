"""The rows or triples in what a server sent, told by the body: its header may call it anything.

The SPARQL 1.1 Query Results formats name few members, and servers add their own at any place: those are passed over. Labels of
blank nodes are any text and mean nothing outside the answer. A term that is none (an IRI with a blank, a language ``en_US``)
costs its cell alone, and is told. https://www.w3.org/TR/sparql11-results-json/, https://www.w3.org/TR/rdf-sparql-XMLres/
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

import pyoxigraph
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, RdfFormat, Triple

from synthkg.graph import Table, Term, refuse_ruinous
from synthkg.model import XSD

__all__ = ["NoResultError", "Rows", "UnfinishedError", "read_json", "read_rows", "read_triples"]

_UNFINISHED = {
    expat.errors.codes[word]
    for word in (expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN, expat.errors.XML_ERROR_PARTIAL_CHAR)
}
_LINES = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_BOOLEANS = {"1": "true", "0": "false"}  # as Virtuoso keeps them, and as XML Schema does; the canonical form is the word
_BOM = b"\xef\xbb\xbf"
_DECLARED = re.compile(rb"""(<\?xml\s[^>]{0,80}?)\s+encoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']""")


class NoResultError(Exception):
    """The body is no result; the message says what it is instead, after "answers with", or is empty where nothing is known."""


class UnfinishedError(Exception):
    """The body is the beginning of a result."""


class Rows(NamedTuple):
    """The answer to a SELECT query; a cell of ``table`` is None, too, where ``faults`` says what stands there and is no term."""

    table: Table
    faults: list[str]


def read_rows(body: bytes, charset: str | None = None) -> Rows | bool:
    """The rows of a SELECT query, or the yes or no of an ASK query, in JSON or XML.

    Args:
        body: What the server sent, unpacked.
        charset: The character set of which its header speaks, if it does. An XML declaration counts more.

    Raises:
        NoResultError: It is something else.
        UnfinishedError: It breaks off.
    """
    start = body.removeprefix(_BOM)[:200].replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if start.startswith(b"<"):
        return _from_xml(body)
    if start.startswith(b"{"):
        return _from_json(body, charset)
    raise NoResultError("" if body.strip() else "nothing")


def _from_json(body: bytes, charset: str | None) -> Rows | bool:
    found = read_json(body, charset)
    if isinstance(found.get("boolean"), bool):
        return bool(found["boolean"])
    columns, bindings = _member(found, "head", "vars") or [], _member(found, "results", "bindings")
    if not isinstance(bindings, list) or not isinstance(columns, list):
        raise NoResultError
    return _rows(columns, bindings)


def read_json(body: bytes, charset: str | None = None) -> Any:
    """The value of a JSON document.

    Raises:
        NoResultError: It is something else.
        UnfinishedError: It breaks off.
    """
    text = _decode(body, charset)
    if not text.strip():
        raise NoResultError("nothing")
    try:
        return json.loads(text, strict=False)  # a tab inside a string does no harm
    except json.JSONDecodeError as error:
        begins = text.lstrip().startswith(("{", "["))
        if begins and error.msg != "Extra data" and (not text.rstrip().endswith("}") or error.pos >= len(text.rstrip())):
            raise UnfinishedError from error
        raise NoResultError(f"what is no JSON ({error})") from error
    except (RecursionError, ValueError) as error:
        raise NoResultError(f"JSON that cannot be read ({error})") from error


def _decode(body: bytes, charset: str | None) -> str:
    for name in dict.fromkeys((json.detect_encoding(body), charset or "utf-8")):
        with suppress(LookupError, ValueError):
            return body.decode(name)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end >= len(body):
            raise UnfinishedError from error
        raise NoResultError(f"bytes that are not {charset or 'UTF-8'} (the first is the {error.start + 1}th)") from error


def _member(found: dict[str, Any], *path: str) -> Any:
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None  # type: ignore[assignment]
    return found


def _from_xml(body: bytes) -> Rows | bool:
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        if error.code in _UNFINISHED:
            raise UnfinishedError from error
        raise NoResultError("" if b"<html" in body[:1000].lower() else f"what is no XML ({error})") from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise NoResultError(f"XML that cannot be read ({error})") from error
    if _name(root) != "sparql":
        raise NoResultError
    for part in root:
        if _name(part) == "boolean":
            return _truth(part)
    columns = [each.get("name") for part in root if _name(part) == "head" for each in part if _name(each) == "variable"]
    results = [part for part in root if _name(part) == "results"]
    if not results:
        raise NoResultError
    return _rows(columns, [_binding(row) for part in results for row in part if _name(row) == "result"])


def _truth(element: ElementTree.Element) -> bool:
    said = (element.text or "").strip()
    if (word := _BOOLEANS.get(said, said)) not in _BOOLEANS.values():
        raise NoResultError(f"neither yes nor no ({said!r:.60})")
    return word == "true"


def _name(element: ElementTree.Element) -> str:
    """The name without its namespace, which some servers get wrong."""
    return element.tag.rpartition("}")[2]


def _binding(row: ElementTree.Element) -> dict[str, Any]:
    """A row as JSON has it."""
    found: dict[str, Any] = {}
    for cell in row:
        for term in list(cell)[:1]:
            language = term.get("{http://www.w3.org/XML/1998/namespace}lang")
            kind, value = _name(term), (term.text or "") if not len(term) else None  # markup in it is not its text
            value = value.strip() if value and kind == "uri" else value  # xs:anyURI: blanks around it are none of it
            of_term = {"type": kind, "value": value, "xml:lang": language, "datatype": term.get("datatype")}
            of_term["its:dir"] = term.get("{http://www.w3.org/2005/11/its}dir")
            found[cell.get("name", "")] = of_term if kind != "unbound" else None
    return found


def _rows(columns: list[Any], bindings: list[Any]) -> Rows:
    for column in columns:
        if not isinstance(column, str) or not re.fullmatch(r"[\w·‿⁀]+", column):
            raise NoResultError(f"a column that cannot be a variable's name ({column!r:.60})")
    if not columns and any(bindings):
        raise NoResultError("rows, but no list of their columns")
    faults: list[str] = []

    def row(number: int, binding: Any) -> Iterator[Term | None]:
        for column in columns:
            found = binding.get(column) if isinstance(binding, dict) else binding
            try:
                yield None if found is None else _term(found)
            except ValueError as error:
                faults.append(f"row {number}, ?{column}: {error}")
                yield None

    rows = [tuple(row(number, binding)) for number, binding in enumerate(bindings, start=1)]
    return Rows(Table(tuple(columns), rows), faults)


def _term(found: Any) -> Term:
    """The term.

    Raises:
        ValueError: It is none, or none of RDF 1.1; the message shows it.
    """
    kind, value = (found.get("type"), found.get("value")) if isinstance(found, dict) else (None, found)
    if kind == "triple":
        raise ValueError("is a triple term (RDF 1.2); ask for its SUBJECT, PREDICATE and OBJECT")
    if not isinstance(value, str) or kind not in ("uri", "bnode", "literal", "typed-literal"):
        raise ValueError(f"{json.dumps(found)[:200]} is no term")
    try:
        if kind == "uri":
            return NamedNode(value)
        if kind == "bnode":
            return BlankNode(_label(value))
        if language := found.get("xml:lang"):
            direction = found.get("its:dir")
            return Literal(value, language=language, direction=BaseDirection(direction) if direction else None)
        datatype = found.get("datatype")
        if datatype == f"{XSD}boolean":
            value = _BOOLEANS.get(value, value)
        return Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value)
    except (TypeError, ValueError) as error:
        what = {"uri": "IRI", "bnode": "blank node"}.get(kind, "literal")
        why = "half a surrogate pair" if re.search("[\ud800-\udfff]", value) else error
        raise ValueError(f"{json.dumps(found, ensure_ascii=False)[:200]} is no {what} ({why})") from error


def _label(said: str) -> str:
    """A label that any text may have become, one for each text: "nodeID://b1" is "nodeID_3a__2f__2f_b1".

    >>> _label("nodeID://b1"), _label("b0"), _label("")
    ('nodeID_3a__2f__2f_b1', 'b0', '__')
    """
    return re.sub(r"[^A-Za-z0-9]", lambda found: f"_{ord(found[0]):x}_", said) or "__"


def read_triples(body: bytes, media_type: str, base: str) -> list[Triple]:
    """The triples of a CONSTRUCT query.

    Args:
        body: What the server sent, unpacked.
        media_type: What its header calls it.
        base: The address, against which relative IRIs are resolved.

    Raises:
        NoResultError: It is something else.
        UnfinishedError: It breaks off.
    """
    body = _in_utf_8(body)
    form = _format(body, media_type)
    if form is None:
        raise NoResultError("" if body.strip() else "nothing")
    try:
        refuse_ruinous(body, form)
        found = pyoxigraph.parse(body.removeprefix(_BOM), form, base_iri=base)
        return [Triple(quad.subject, quad.predicate, quad.object) for quad in found]
    except SyntaxError as error:
        if _breaks_off(body, form, error):
            raise UnfinishedError from error
        raise NoResultError(f"what is no {form} ({error})") from error
    except MemoryError as error:
        raise NoResultError("a text of over 16 MB") from error
    except ValueError as error:
        raise NoResultError(f"what cannot be read ({error})") from error


def _in_utf_8(body: bytes) -> bytes:
    """RDF/XML may be in any encoding that it declares, and in UTF-16 without a word; Oxigraph reads UTF-8."""
    is_wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    declared = _DECLARED.match(body)
    if not is_wide and declared is None:
        return body
    with suppress(LookupError, ValueError):
        text = body.decode("utf-16" if is_wide or declared is None else declared[2].decode("ascii"))
        return _DECLARED.sub(rb"\1", text.encode("utf-8"), count=1)
    return body


def _format(body: bytes, media_type: str) -> RdfFormat | None:
    """What the triples are written in: general media types are told by the body."""
    named = RdfFormat.from_media_type(media_type)
    start = body.removeprefix(_BOM)[:1000].lstrip().lower()
    if "html" in media_type or "json" in media_type or start.startswith((b"<!doctype html", b"<html")):
        return named if media_type == "application/ld+json" else None
    if start.startswith(b"<?xml") or (start.startswith(b"<") and b"xmlns" in start):
        return RdfFormat.RDF_XML if b"rdf-syntax-ns#" in start else None
    if named in _LINES and media_type != "text/plain":
        return named
    is_general = named is not None or media_type in ("application/octet-stream", "text/rdf+n3", "application/turtle")
    return RdfFormat.TURTLE if is_general and start else None  # of which N-Triples is a part


def _breaks_off(body: bytes, form: RdfFormat, error: SyntaxError) -> bool:
    if form in (RdfFormat.RDF_XML, RdfFormat.JSON_LD):
        return not body.rstrip().endswith((b"</rdf:RDF>", b"}", b"]"))
    at_end = error.end_lineno is None or error.end_lineno > body.rstrip().count(b"\n")
    return at_end and not body.rstrip().endswith(b".")
