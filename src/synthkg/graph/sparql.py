"""SPARQL text as words: what a query asks for, and of which graphs, without parsing it.

A string, an IRI or a comment may hold any word, so these are taken out with the grammar's own terminals before a keyword is
looked for (https://www.w3.org/TR/sparql11-query/#grammar). Every pattern takes time linear in the text: a string that is never
closed ends where the text does, and a name is tried at its first character alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from synthkg.model import DCTERMS, NAMESPACE, RDF, RDFS, SKOS, XSD

__all__ = [
    "PREFIXES",
    "TOKEN",
    "declared",
    "is_construct",
    "mentions",
    "names_graphs",
    "names_of",
    "outline",
    "plain",
    "shows_all",
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

TOKEN = re.compile(
    r"""(?P<skipped>
          '''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z) | \"\"\"(?:[^"\\]|\\.|"(?!""))*+(?:\"\"\"|\Z)
        | '(?:[^'\\\n\r]|\\.)*+'? | "(?:[^"\\\n\r]|\\.)*+"?
        | <[^<>"{}|^`\\\x00-\x20]*+> | \#[^\n\r]*+)
      | [?$](?P<variable>\w+)""",
    re.VERBOSE | re.DOTALL,
)
"""A string, IRI or comment, or else a variable."""

_DECLARATION = re.compile(r"\bPREFIX\s+([\w.-]*+):", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w.-])[\w.-]*+:[\w.%:-]*+")
_WORD_FOR_TERM = re.compile(
    r"(?<![\w?])(?:a|true|false|[+-]?\.?[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)(?![\w:])", re.IGNORECASE
)


def outline(text: str) -> str:
    """The query with blanks for its strings, IRIs, names, variables and comments: keywords and brackets are left, in place.

    >>> outline('SELECT ?from { ?s :where "}" }').split()
    ['SELECT', '{', '}']
    """
    return _NAME.sub(_blanks, TOKEN.sub(_blanks, text))


def _blanks(match: re.Match[str]) -> str:
    return " " * len(match[0])


def plain(text: str) -> str:
    """The query with an N for each of its names, IRIs, numbers and strings, and without comments: words, variables, brackets.

    >>> plain("SELECT ?s { ?s a synthkg:Paper ; :year 2024 } # all")
    'SELECT ?s { ?s N N ; N N }  '
    """
    words = TOKEN.sub(lambda match: f"?{match['variable']}" if match["variable"] else " " if match[0][0] == "#" else "N", text)
    return _WORD_FOR_TERM.sub("N", _NAME.sub("N", words))


def declared(text: str) -> str:
    """The query with those of `PREFIXES` that it uses and does not declare, on its first line, so that lines keep their numbers.

    >>> declared("ASK { ?x a synthkg:Paper }")
    'PREFIX synthkg: <https://w3id.org/synthkg/ontology#> ASK { ?x a synthkg:Paper }'
    """
    words = TOKEN.sub(_blanks, text)
    used = {name.partition(":")[0] for name in _NAME.findall(words)} - {name.casefold() for name in _DECLARATION.findall(words)}
    return "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items() if name in used) + text


def undeclared(text: str) -> tuple[str, int, int] | None:
    r"""The first prefix that is neither declared nor one of `PREFIXES`, with its line and column, from 1.

    >>> undeclared("PREFIX a: <urn:a>\nASK { a:b a 'c:d', foo:Paper }"), undeclared("ASK { _:x a synthkg:Paper }")
    (('foo', 2, 20), None)
    """
    words = TOKEN.sub(_blanks, text)
    known = {*PREFIXES, "_", *_DECLARATION.findall(words)}
    for found in _NAME.finditer(words):
        if (prefix := found[0].partition(":")[0]) not in known:
            start = found.start()
            return prefix, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return None


def terms_of(text: str) -> set[str]:
    """The names of our ontology that the query has, written as ``synthkg:`` or as an IRI.

    >>> sorted(terms_of("SELECT * { ?x a synthkg:Paper ; <https://w3id.org/synthkg/ontology#acl> ?id }"))
    ['Paper', 'acl']
    """
    words = TOKEN.sub(_blanks, text)
    names = {name.removeprefix("synthkg:") for name in _NAME.findall(words) if name.startswith("synthkg:")}
    return (names | set(re.findall(rf"<{re.escape(NAMESPACE)}(\w+)>", text))) - {""}


def names_of(text: str) -> set[str]:
    """The local names of all terms in a query or a part of one, however they are written.

    >>> sorted(names_of("?x a synthkg:Paper ; dcterms:title 'a:b' ; <http://example.org/ns#about> ?y"))
    ['Paper', 'about', 'title', 'type']
    """
    words = TOKEN.sub(_blanks, text)
    found = set(_NAME.findall(words)) | {match[0] for match in TOKEN.finditer(text) if match[0].startswith("<")}
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


def is_construct(text: str) -> bool:
    """Whether the query gives triples rather than rows."""
    form = re.search(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", outline(text), re.IGNORECASE)
    return form is not None and form[1].upper() in ("CONSTRUCT", "DESCRIBE")


def names_graphs(text: str) -> bool:
    """Whether the query says itself, by FROM or FROM NAMED, of which graphs it asks.

    >>> names_graphs("SELECT ?s FROM <urn:g> { ?s ?p ?o }"), names_graphs('SELECT ?from { ?s ?p "FROM" }')
    (True, False)
    """
    return mentions(text, "FROM")


def mentions(text: str, keyword: str) -> bool:
    """Whether a keyword is in the query, outside its strings, IRIs, variables and comments.

    In doubt it is: ``SERVICE:x`` is a keyword and a name to some parsers, one name to others.

    >>> [mentions(text, "FROM") for text in ("SELECT * FROM:g {}", "SELECT ?from { ?from :from 'FROM' }")]
    [True, False]
    """
    if keyword.casefold() not in text.casefold():
        return False
    return bool(re.search(rf"(?<![\w:%\\-]){keyword}(?![\w-])", TOKEN.sub(" ", text), re.IGNORECASE))


@lru_cache(maxsize=256)  # a site asks it thousands of times of the same few queries
def shows_all(text: str) -> bool:
    """Whether the query selects ``*``.

    >>> shows_all("SELECT DISTINCT * { ?s ?p ?o }"), shows_all("SELECT (COUNT(*) AS ?n) { SELECT * { ?s ?p ?o } }")
    (True, False)
    """
    return re.match(r"[^{]*?\bSELECT\s+(?:(?:DISTINCT|REDUCED)\s+)?\*", outline(text), re.IGNORECASE) is not None
