"""SPARQL text as words: what a query asks for, and of which graphs, without parsing it.

A string, an IRI or a comment may hold any word, so these are taken out with the grammar's own terminals before a keyword is
looked for (https://www.w3.org/TR/sparql11-query/#grammar). Every pattern takes time linear in the text: a string that is never
closed ends where the text does, and a name is tried at its first character alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from synthkg.findings import place_in
from synthkg.model import DCTERMS, NAMESPACE, RDF, RDFS, SKOS, XSD

__all__ = [
    "PREFIXES",
    "TOKEN",
    "as_named",
    "declared",
    "is_doubtful",
    "mentions",
    "names_of",
    "outline",
    "plain",
    "relative",
    "says_from",
    "shows_all",
    "spelled_out",
    "template_of",
    "terms_of",
    "undeclared",
]

PREFIXES = {
    "dcterms": DCTERMS,
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "synthkg": NAMESPACE,
    "xsd": XSD,
}
"""What a query may use without declaring it."""

_OF_NAMES = (
    r"\w\u00b7\u0300-\u036f\u200c\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
    r"\U00010000-\U000effff"
)
"""The characters of names and variables, as in brackets of a pattern."""

TOKEN = re.compile(
    rf"""(?P<skipped>
          '''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z) | \"\"\"(?:[^"\\]|\\.|"(?!""))*+(?:\"\"\"|\Z)
        | '(?:[^'\\\n\r]|\\.)*+'? | "(?:[^"\\\n\r]|\\.)*+"?
        | <[^<>"{{}}|^`\\\x00-\x20]*+> | \#[^\n\r]*+ | @[a-zA-Z]++[a-zA-Z0-9-]*+)
      | \\[-_~.!$&'()*+,;=/?\#@%] | [?$](?P<variable>[{_OF_NAMES}]+)""",
    re.VERBOSE | re.DOTALL,
)
"""A string, its language, an IRI or a comment; what is escaped in a name; or else a variable."""

_DECLARATION = re.compile(rf"\bPREFIX\s+([{_OF_NAMES}.-]*+):", re.IGNORECASE)
_NAME = re.compile(
    rf"(?<![{_OF_NAMES}.-])(?P<before>[0-9.-]*+)(?P<prefix>[{_OF_NAMES}.-]*+):"
    rf"(?P<local>(?:[{_OF_NAMES}:%](?:[{_OF_NAMES}:%-]|\.++(?=[{_OF_NAMES}:%-]))*+)?+)"
)
"""A name, with the number or the end of a triple that may stand right before it."""
_BASE = re.compile(r"\bBASE\b", re.IGNORECASE)
_WHOLE_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*+:")
_COMPARISONS = re.compile(r"<[?$]|[,&=+*(!-][?$]|&&")
"""Found in what is no IRI but stands between two comparisons, as in ``?a<?b&&?c>?d``; for sure only a parser can tell."""
_NO_ADDRESS = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*+://)[^<>\"{}|^`\\\x00-\x20'#]*+['#][^<>\"{}|^`\\\x00-\x20]*+>")
_STAR = re.compile(r"[^{]*?\bSELECT\s*+(?:DISTINCT|REDUCED)?\s*+\*", re.IGNORECASE)
_WORD_FOR_TERM = re.compile(
    r"(?<![\w?])(?:a|true|false|[+-]?\.?[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)(?![\w:])", re.IGNORECASE
)


def outline(text: str) -> str:
    """The query with blanks for its strings, IRIs, names, variables and comments: keywords and brackets are left, in place.

    >>> outline('SELECT ?from { ?s :where "}" }').split()
    ['SELECT', '{', '}']
    """
    return _NAME.sub(_without_name, _words(text))


def _words(text: str) -> str:
    """The query with blanks for its strings, IRIs, variables and comments. What is escaped in a name is a part of it."""
    return TOKEN.sub(lambda match: ("_" if match[0][0] == "\\" else " ") * len(match[0]), text)


def _without_name(match: re.Match[str]) -> str:
    return match["before"].ljust(len(match[0]))


def plain(text: str) -> str:
    """The query with an N for each of its names, IRIs, numbers and strings, and without comments: words, variables, brackets.

    >>> plain("SELECT ?s { ?s a synthkg:Paper ; :year 2024 } # all")
    'SELECT ?s { ?s N N ; N N }  '
    """
    shown = {"#": " ", "@": "", "\\": "_"}
    words = TOKEN.sub(lambda match: f"?{match['variable']}" if match["variable"] else shown.get(match[0][0], "N"), text)
    return _WORD_FOR_TERM.sub("N", _NAME.sub(r"\g<before>N", words))


def declared(text: str) -> str:
    """The query with those of `PREFIXES` that it uses and does not declare, on its first line, so that lines keep their numbers.

    >>> declared("ASK { ?x a synthkg:Paper }")
    'PREFIX synthkg: <https://w3id.org/synthkg/ontology#> ASK { ?x a synthkg:Paper }'
    """
    words = _words(text)
    used = {name["prefix"] for name in _NAME.finditer(words)} - {name.casefold() for name in _DECLARATION.findall(words)}
    return "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items() if name in used) + text


def undeclared(text: str) -> tuple[str, int, int] | None:
    r"""What is wrong with the first prefix that is neither declared nor one of `PREFIXES`, with its line and column, from 1.

    >>> undeclared("PREFIX a: <urn:a>\nASK { a:b a 'c:d', foo:Paper }"), undeclared("ASK { _:x a synthkg:Paper }")
    (('the prefix foo: has no PREFIX line', 2, 20), None)
    """
    words = _words(text)
    known = _known(words)
    for found in _NAME.finditer(words):
        if found["prefix"] not in known:
            return f"the prefix {found['prefix']}: has no PREFIX line", *place_in(text, found.start("prefix"))
    return None


def relative(text: str) -> tuple[str, int, int] | None:
    """What is wrong with the first IRI that is not whole, where no BASE line says what it is relative to; with its place.

    >>> relative("ASK { <urn:a> <b> '<c>' }"), relative("BASE <urn:a> ASK { ?x <b> ?y }")
    (('<b> is no whole IRI, and there is no BASE line', 1, 15), None)
    """
    if _BASE.search(outline(text)):
        return None
    for found in TOKEN.finditer(text):
        if found[0][0] == "<" and not _WHOLE_IRI.match(found[0]) and not _COMPARISONS.search(found[0]):
            return f"{found[0][:200]} is no whole IRI, and there is no BASE line", *place_in(text, found.start())
    return None


def _known(words: str) -> set[str]:
    """The prefixes that may be used in a query."""
    return {*PREFIXES, "_", *_DECLARATION.findall(words)}


def terms_of(text: str) -> set[str]:
    """The names of our ontology that the query has, written as ``synthkg:`` or as an IRI.

    >>> sorted(terms_of("SELECT * { ?x a synthkg:Paper ; <https://w3id.org/synthkg/ontology#acl> ?id }"))
    ['Paper', 'acl']
    """
    names = {name["local"] for name in _NAME.finditer(_words(text)) if name["prefix"] == "synthkg"}
    return (names | set(re.findall(rf"<{re.escape(NAMESPACE)}(\w+)>", text))) - {""}


def names_of(text: str) -> set[str]:
    """The local names of all terms in a query or a part of one, however they are written.

    >>> sorted(names_of("?x a synthkg:Paper ; dcterms:title 'a:b' ; <http://example.org/ns#about> ?y"))
    ['Paper', 'about', 'title', 'type']
    """
    words = _words(text)
    found = {name[0] for name in _NAME.finditer(words)} | {match[0] for match in TOKEN.finditer(text) if match[0].startswith("<")}
    return {re.split("[:#/]", name.rstrip(">"))[-1] for name in found} | (
        {"type"} if re.search(r"(?<![\w:?$])a(?![\w:])", words) else set()
    )


def template_of(text: str) -> str:
    """The template of a CONSTRUCT query, brackets and all.

    >>> template_of("CONSTRUCT { ?x a ?y } WHERE { ?y a ?x }")
    '{ ?x a ?y }'
    """
    words = outline(text)
    start = words.index("{", words.upper().index("CONSTRUCT"))
    return text[start : words.index("}", start) + 1]


def says_from(text: str) -> bool:
    """Whether the query says FROM or FROM NAMED, unless only a parser can tell: see `is_doubtful`.

    ``FROM:g`` is a name where that prefix is declared; elsewhere Oxigraph takes it apart.

    >>> [says_from(text) for text in ("SELECT ?s FROM <urn:g> { ?s ?p ?o }", "SELECT * FROM:g {}", "ASKFROM<urn:g>{}")]
    [True, True, True]
    >>> says_from('PREFIX from: <urn:> SELECT ?from { ?s from:from "FROM"@from }')
    False
    """
    if "from" not in text.casefold():
        return False
    words = _words(text)
    known = _known(words)

    def has_it(name: re.Match[str]) -> bool:
        return "FROM" in name["prefix"].upper() and name["prefix"] not in known

    return "FROM" in _NAME.sub(_without_name, words).upper() or any(map(has_it, _NAME.finditer(words)))


def is_doubtful(text: str) -> bool:
    """Whether only a parser can tell what is a string or a comment, since what looks like an IRI may be two comparisons.

    An address, with ``://``, is an IRI for sure; so is whatever has nothing that begins a string or a comment.

    >>> [is_doubtful(text) for text in ("ASK { FILTER(?a<'>'&&?b>1) }", "ASK { ?a <urn:b> <http://example.org/Moore's#law> }")]
    [True, False]
    """
    return _NO_ADDRESS.search(text) is not None


def mentions(text: str, keyword: str) -> bool:
    """Whether a keyword may be in the query, outside its strings, IRIs, variables and comments.

    In doubt it is: ``SERVICE:x`` and ``1SERVICE`` have a keyword to some parsers, and none to others.

    >>> [mentions(text, "SERVICE") for text in ("ASK { SERVICE:x {} }", "ASK { ?service :service 'SERVICE' }")]
    [True, False]
    >>> mentions("ASK { ?s ?p ?o FILTER(?o<'>') SERVICE ?o {} }", "SERVICE")
    True
    """
    if keyword.casefold() not in text.casefold():
        return False
    return is_doubtful(text) or keyword in _NAME.sub(lambda name: name["before"] + name["prefix"] + " ", _words(text)).upper()


@lru_cache(maxsize=256)  # a site asks it thousands of times of the same few queries
def shows_all(text: str) -> bool:
    """Whether the query selects ``*``.

    >>> shows_all("SELECT DISTINCT * { ?s ?p ?o }"), shows_all("SELECT (COUNT(*) AS ?n) { SELECT * { ?s ?p ?o } }")
    (True, False)
    """
    return _STAR.match(outline(text)) is not None


def as_named(text: str, columns: Iterable[str]) -> tuple[str, ...]:
    """The columns of ``SELECT *`` in the order in which the query names them.

    >>> as_named("SELECT * { ?s ?p ?o }", ("o", "p", "s"))
    ('s', 'p', 'o')
    """
    named = list(dict.fromkeys(match["variable"] for match in TOKEN.finditer(text)))
    return tuple(sorted(columns, key=lambda name: named.index(name) if name in named else len(named)))


def spelled_out(text: str, columns: Iterable[str]) -> str:
    """The query with these columns for its ``*``.

    >>> spelled_out("SELECT*{ ?s ?p ?o }", ("s", "p", "o"))
    'SELECT ?s ?p ?o { ?s ?p ?o }'
    """
    star = _STAR.match(outline(text))
    names = "".join(f" ?{name}" for name in columns)
    return f"{text[: star.end() - 1]}{names} {text[star.end() :]}" if star and names else text
