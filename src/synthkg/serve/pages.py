"""Pages for people: plain HTML without scripts, which reads well in a text browser too.

Where there is a web site (``--site``), its pages come first; these are what there is without one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from pyoxigraph import Literal, NamedNode, Triple

from synthkg.findings import counted
from synthkg.graph import Parameter, Query, Table, Term
from synthkg.model import BASE, NAMESPACE
from synthkg.serve.http import Request
from synthkg.views import described

__all__ = ["STYLE", "home", "page", "query_index", "query_page", "sparql_form", "table", "text", "thing_page", "trouble"]

_SHOWN = 1_000  # rows on a page
_CHOICES = 500
_SUGGESTED = 1_000
STYLE = """:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
html { background: Canvas; color: CanvasText }
body { margin: 0 auto; max-width: 70rem; padding: 0 1rem 3rem; overflow-wrap: break-word }
header, nav { margin: 1rem 0 } nav a { display: inline-block; margin-right: 1rem }
h1, h2 { text-align: left }
h1 { font-size: 1.6rem; line-height: 1.2 } h2 { font-size: 1.2rem; margin-top: 2rem } h3 { font-size: 1rem }
table { border-collapse: collapse; width: 100% } .wide { overflow-x: auto }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: .25rem .6rem .25rem 0;
  text-align: left; vertical-align: top }
.wide td { min-width: 5rem } code, td a, .facts th, .facts td { overflow-wrap: anywhere }
thead th { border-bottom-width: 2px } .facts th { width: min(14rem, 35vw); font-weight: 600 }
textarea { box-sizing: border-box; font: 14px/1.4 ui-monospace, monospace; width: 100%; min-height: 14rem }
pre { overflow-x: auto; padding: .8rem; background: color-mix(in srgb, currentColor 8%, transparent) }
label { display: block; margin: .5rem 0 } input, select, button { font: inherit; padding: .2rem .5rem; max-width: 100% }
section:target > h2, section:target > h3, li:target { background: color-mix(in srgb, gold 35%, transparent) }
.trouble { border-left: 4px solid crimson; padding-left: 1rem } small { opacity: .8 }
@media print { nav, form { display: none } pre { white-space: pre-wrap; overflow-wrap: anywhere }
  .wide { font-size: .75rem } .wide th, .wide td { min-width: 0; overflow-wrap: anywhere } }
"""
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='%23fff'%3E%3Crect width='32' "
    "height='32' rx='7' fill='%230f5c55'/%3E%3Ccircle cx='16' cy='9' r='4'/%3E%3Ccircle cx='9' cy='22' r='4'/%3E"
    "%3Ccircle cx='23' cy='22' r='4'/%3E%3C/svg%3E"
)  # in the page, since browsers ask for /favicon.ico where one names none
_PREFIXES = {
    NAMESPACE: "",
    BASE: "",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.w3.org/2002/07/owl#": "owl:",
    "http://www.w3.org/2004/02/skos/core#": "skos:",
}
_SAMPLE = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX synthkg: <https://w3id.org/synthkg/ontology#>

SELECT ?paper ?title
WHERE { ?paper a synthkg:Paper ; dcterms:title ?title }
ORDER BY ?title
LIMIT 20
"""
Link = Callable[[str], str]


def page(title: str, body: str, request: Request, alternates: Mapping[str, str] | None = None) -> bytes:
    """A whole page.

    Args:
        title: Its title, in plain text.
        body: What is on it, as HTML.
        request: What is answered.
        alternates: Media type -> address of the same in another form.
    """
    links = "".join(
        f'<link rel="alternate" type="{escape(kind)}" href="{escape(address)}">\n' for kind, address in (alternates or {}).items()
    )
    here = escape(request.prefix)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(title)}</title>\n<link rel="stylesheet" href="{here}/style.css">\n'
        f'<link rel="icon" href="{_ICON}">\n{links}</head>\n<body>\n'
        f'<nav aria-label="Site"><a href="{here}/"><bdi>{escape(request.graph)}</bdi></a><a href="{here}/sparql">SPARQL</a>'
        f'<a href="{here}/query/">Saved queries</a><a href="{here}/dump/">Downloads</a></nav>\n'
        f'<main>\n<h1 dir="auto">{escape(title)}</h1>\n{body}</main>\n</body>\n</html>\n'
    ).encode()


def home(request: Request, subject: str, counts: Table, triples: int) -> bytes:
    """The page at the top where there is no web site."""
    here = escape(request.prefix)
    body = (
        f"<p><bdi>{escape(described(subject))}</bdi>: "
        f"{counted(triples, 'triple')}, asked with SPARQL, with saved queries, or as documents about each thing.</p>\n"
        f"{table(counts, lambda iri: iri)}"
        "<h2>Ask</h2>\n"
        f'<form action="{here}/query/find.html"><label>Part of a title or name '
        '<input name="text" required></label> <button>Find</button></form>\n'
        f'<ul>\n<li><a href="{here}/query/">Saved queries</a>, each with a form, as HTML, CSV, TSV and JSON</li>\n'
        f'<li><a href="{here}/sparql">SPARQL</a>: the SPARQL 1.1 Protocol at <code>{here}/sparql</code></li>\n'
        f'<li><a href="{here}/dump/">Downloads</a> and <a href="{here}/.well-known/void">their description</a></li>\n'
        f"<li>Reconciliation for OpenRefine: <code>{here}/reconcile</code></li>\n</ul>\n"
    )
    return page(subject or request.graph, body, request)


def trouble(status: int, problem: str, request: Request, form: str = "") -> bytes:
    """Why there is no answer, and the form in which what was asked can be changed."""
    return page(f"No answer ({status})", f'<p class="trouble" role="alert">{escape(problem)}</p>\n{form}', request)


def sparql_form(root: str, query: str = "", graphs: Sequence[tuple[str, str]] = ()) -> str:
    """A form that asks; of some graphs alone, where any are named, by the parameters of the protocol that name them."""
    named = "".join(f'<input type="hidden" name="{name}" value="{escape(iri)}">\n' for name, iri in graphs)
    if graphs:
        listed = ", ".join(f"<code>{escape(iri)}</code>" for _, iri in graphs)
        named += f'<p>Asked of {listed} alone; <a href="{escape(root)}/sparql">ask of all graphs</a>.</p>\n'
    return (
        f'<form action="{escape(root)}/sparql" method="post"><label for="query">Query (SPARQL 1.1)</label>\n'
        f'<textarea id="query" name="query" spellcheck="false">{escape(query or _SAMPLE)}</textarea>\n'
        f"{named}<p><button>Ask</button></p></form>\n"
    )


def query_index(request: Request, queries: Sequence[Query]) -> bytes:
    """All saved queries."""
    items = "".join(
        f'<tr><th scope="row"><a href="{escape(request.prefix)}/query/{query.name}.html">{query.name}</a></th>'
        f"<td>{escape(query.summary)}</td></tr>\n"
        for query in queries
    )
    return page("Saved queries", f'<table class="facts"><tbody>\n{items}</tbody></table>\n', request)


def query_page(
    request: Request,
    query: Query,
    choices: Callable[[Parameter], Sequence[str]],
    values: Mapping[str, str],
    answer: str,
    sparql: str,
    asked: str,
) -> bytes:
    """A saved query: what it answers, a form for what it takes, its answer (empty until it is asked) and its text.

    Args:
        request: What is answered.
        query: The query.
        choices: The values that a parameter can take.
        values: Those that are given.
        answer: The answer, as HTML.
        sparql: Its text, with the values of which the answer is.
        asked: These values as the end of an address, with its question mark; empty where there are none.
    """
    here = f"{escape(request.prefix)}/query/{query.name}"
    fields = "".join(
        _field(parameter, values.get(parameter.name, parameter.default or ""), choices(parameter))
        for parameter in query.parameters
    )
    fields = f'<form action="{here}.html">{fields}<p><button>Ask</button></p></form>\n' if fields else ""
    forms = ("csv", "tsv", "json", "jsonl", "md")
    others = " ".join(f'<a href="{here}.{form}{escape(asked)}">{form.upper()}</a>' for form in forms)
    shown = f"<p>This answer as {others}</p>\n{answer}" if answer else "<p>Fill in the form to ask.</p>\n"
    description = escape(" ".join(str(query.header.get("description", "")).split()))
    body = (
        f"<p>{escape(query.summary)} {description}</p>\n{fields}{shown}"
        f'<h2><a href="{here}.rq{escape(asked)}">SPARQL</a></h2>\n{text(sparql, "SPARQL")}'
    )
    alternates = {}
    if all(parameter.default is not None or choices(parameter) for parameter in query.parameters):
        alternates["text/turtle"] = f"{request.prefix}/query/{query.name}.ttl{asked}"
    if answer:
        alternates["text/csv"] = f"{request.prefix}/query/{query.name}.csv{asked}"
    return page(query.name, body, request, alternates)


def _field(parameter: Parameter, value: str, choices: Sequence[str]) -> str:
    name, shown = escape(parameter.name), escape(value)
    if not choices:
        return f'<label>{name} <input name="{name}" dir="auto" value="{shown}"></label>\n'
    if len(choices) > _CHOICES:
        options = "".join(f'<option value="{escape(choice)}">' for choice in choices[:_SUGGESTED])
        some = f" <small>{_SUGGESTED:,} of {len(choices):,} are suggested</small>" if len(choices) > _SUGGESTED else ""
        known = f'<datalist id="of-{name}">{options}</datalist>{some}'
        return f'<label>{name} <input name="{name}" dir="auto" value="{shown}" list="of-{name}"></label>{known}\n'
    options = "".join(f"<option{' selected' if choice == value else ''}>{escape(choice)}</option>" for choice in choices)
    return f'<label>{name} <select name="{name}">{options}</select></label>\n'


def text(shown: str, name: str) -> str:
    """Text as it is written; what can be scrolled can be reached with the keyboard, and has a name."""
    return f"<pre {_scrolled(name)}>{escape(shown)}</pre>\n"


def _scrolled(name: str) -> str:
    return f'tabindex="0" role="region" aria-label="{escape(name)}"'


def table(answer: Table, link: Link) -> str:
    """Rows as a table; the first thousand."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in answer.columns)
    rows = "".join(f"<tr>{''.join(_td(term, link) for term in row)}</tr>\n" for row in answer.rows[:_SHOWN])
    count = counted(len(answer.rows), "row")
    shown = f"{count}, the first {_SHOWN} of which are shown" if len(answer.rows) > _SHOWN else count
    rows = f'<div class="wide" {_scrolled("Rows")}><table><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table></div>\n'
    return f"{rows}<p><small>{shown}</small></p>\n"


def _td(term: object, link: Link) -> str:
    """A cell; text of anybody is written in the direction of its first letter, and changes that of nothing beside it."""
    return f'<td dir="auto">{_cell(term, link)}</td>'


def _cell(term: object, link: Link) -> str:
    if isinstance(term, NamedNode):
        address = link(term.value)
        shown = escape(_short(term.value))
        return f'<a href="{escape(address)}">{shown}</a>' if address.startswith(("http://", "https://", "/")) else shown
    if isinstance(term, Literal):
        direction = f' dir="{term.direction.value}"' if term.direction else ""
        language = f' lang="{escape(term.language)}"{direction}' if term.language else ""
        return f"<span{language}>{escape(term.value)}</span>" if language else escape(term.value)
    if isinstance(term, Triple):
        return escape(f"<<( {term} )>>")
    return escape(str(term)) if term is not None else ""


def _short(iri: str) -> str:
    for namespace, prefix in _PREFIXES.items():
        if iri.startswith(namespace) and iri != namespace:
            return prefix + iri.removeprefix(namespace)
    return iri


Facts = Mapping[str, Sequence[tuple[str, object]]]


def thing_page(
    request: Request,
    iri: str,
    facts: Facts,
    places: Mapping[str, Sequence[str]],
    pointing: Sequence[tuple[Term, Term]],
    total: int,
    link: Link,
    forms: Mapping[str, str],
) -> bytes:
    """A thing and its parts, each with what is said of it, and what points at the thing.

    Args:
        request: What is answered.
        iri: The thing's IRI.
        facts: IRI of the thing or of a part -> predicates and objects, sorted.
        places: IRI of the thing or of a part -> the places on the page of what is named and has nothing said of it.
        pointing: Things, each with the predicate by which it points at this one.
        total: How many there are in all.
        link: Where an IRI leads.
        forms: Media type -> address of the same as RDF.
    """
    sections = []
    for subject in sorted(facts, key=lambda each: (each != iri, each)):
        part = subject.removeprefix(iri).lstrip("/#")
        rows = "".join(
            f'<tr><th scope="row" dir="auto">{_cell(NamedNode(name), link)}</th>{_td(value, link)}</tr>\n'
            for name, value in facts[subject]
        )
        heading = f'<h2 dir="auto">{escape(part)}</h2>\n' if part else ""
        place = f' id="{escape(part)}"' if part else ""
        named = "".join(f'<li id="{escape(each)}"><code>{escape(each)}</code></li>\n' for each in places.get(subject, ()))
        named = f"<details><summary>IRIs of what is said here</summary>\n<ul>\n{named}</ul>\n</details>\n" if named else ""
        sections.append(f'<section{place}>\n{heading}<table class="facts"><tbody>\n{rows}</tbody></table>\n{named}</section>\n')
    incoming = "".join(f"<tr>{_td(thing, link)}{_td(name, link)}</tr>\n" for thing, name in pointing)
    if incoming:
        some = f"<p>{len(pointing):,} of {total:,} are shown.</p>\n" if total > len(pointing) else ""
        sections.append(f"<section>\n<h2>What points here</h2>\n{some}<table><tbody>\n{incoming}</tbody></table>\n</section>\n")
    others = " ".join(f'<a href="{escape(address)}">{escape(address.rpartition(".")[2])}</a>' for address in forms.values())
    body = f"<p><code>{escape(iri)}</code> as {others}</p>\n{''.join(sections)}"
    return page(_title(facts.get(iri, ())) or _short(iri), body, request, forms)


_TITLES = (
    "http://purl.org/dc/terms/title",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/2000/01/rdf-schema#label",
)


def _title(facts: Sequence[tuple[str, object]]) -> str:
    found = {name: value.value for name, value in facts if isinstance(value, Literal)}
    return next((found[name] for name in _TITLES if name in found), "")
