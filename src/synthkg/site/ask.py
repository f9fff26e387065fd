"""The page that answers SPARQL in the browser, with the graph in it: no server, and no request to anybody else.

The program, Oxigraph in WebAssembly among it, is built from ``frontend/ask/`` and lies in ``ask/`` beside this module. What is
made here is the rest: the dump as packed TriG, which keeps the graphs and is the smallest that does, each saved query with the
values that it can take, and the words that complete. The page itself is a template with a frame around it: ``alone.html``, or
the ``base.html`` of a site.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from pyoxigraph import RdfFormat, serialize

from synthkg.files import write_atomically
from synthkg.giving import documents
from synthkg.graph import OxigraphStore, Parameter, Query, load_dump
from synthkg.model import BASE, NAMESPACE, load_vocabulary

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["ask_files", "ask_page", "write_ask"]

_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
    "connect-src {connect}; worker-src 'self'; base-uri 'none'; form-action 'self'"
)
"""What the page may do: run WebAssembly, but evaluate no text; reach its own host, and the endpoints that are named."""

_BUILT = ("LICENSES.txt", "ask.css", "ask.js", "oxigraph.wasm.zst", "worker.js")
_ENGINE = ("oxigraph.wasm.zst", "data.trig.zst")
_SERVED = "http://127.0.0.1:8000/sparql"  # where `synthkg serve` answers
_TERMS = f"""PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?term ?kind (MIN(STR(?said)) AS ?definition)
WHERE {{
  {{ SELECT DISTINCT ?term ?kind WHERE {{
    {{ ?thing ?term ?value BIND("property" AS ?kind) }} UNION {{ ?thing a ?term BIND("class" AS ?kind) }}
    UNION {{ ?term a ?type . FILTER(STRSTARTS(STR(?term), "{NAMESPACE}"))
      BIND(IF(?type IN (owl:Class, rdfs:Class), "class", "property") AS ?kind) FILTER(STRSTARTS(STR(?type), STR(owl:)))}}
  }} }}
  OPTIONAL {{ ?term skos:definition ?said }}
}}
GROUP BY ?term ?kind
ORDER BY ?term ?kind
"""


def write_ask(out: Path, dump: Path, queries: Mapping[str, Query], connect: Sequence[str] = ()) -> None:
    """Writes ``out/ask/``: the page and all that it needs. The same dump gives the same bytes.

    Args:
        out: The folder of the site.
        dump: A dump in any of the six formats.
        queries: The saved queries that it offers.
        connect: Origins of other endpoints that it may ask, for example ``https://sparql.example.org``.

    Raises:
        UnreadableError: The dump cannot be read.
    """
    made = ask_files(load_dump(dump), queries)
    environment = Environment(loader=PackageLoader("synthkg.site"), autoescape=True, undefined=StrictUndefined)
    page = ask_page(made, connect)
    made["index.html"] = environment.get_template("ask.html").render(page | {"layout": "alone.html"}).encode()
    for name, content in made.items():
        write_atomically(out / "ask" / name, content)


def ask_files(store: OxigraphStore, queries: Mapping[str, Query]) -> dict[str, bytes]:
    """The files beside the page: name -> content."""
    built = files("synthkg.site") / "ask"
    choices: dict[str, list[str]] = {}
    forms = {f"saved/{query.name}.json": _json(_form(store, query, choices)) for query in queries.values()}
    return (
        {name: (built / name).read_bytes() for name in _BUILT}
        | forms
        | {
            "data.trig.zst": _packed(store),
            "saved.json": _json([[query.name, query.summary] for query in queries.values()]),
            "terms.json": _json(_terms(store)),
        }
    )


def ask_page(made: Mapping[str, bytes], connect: Sequence[str] = (), site: str = "") -> dict[str, Any]:
    """What the template ``ask.html`` is rendered with, besides what the frame around it needs.

    Args:
        made: What `ask_files` gave.
        connect: Origins of other endpoints that the page may ask.
        site: What leads from the page to the top of a site that has a page for each thing; empty where there is none.
    """
    size = sum(len(made[name]) for name in _ENGINE)
    return {
        "title": "Ask",
        "ask_policy": _POLICY.format(connect=" ".join(("'self'", *connect))),
        "base": BASE,
        "site": site,
        "endpoint": _SERVED,
        "bytes": size,
        "megabytes": f"{size / 1e6:.1f}",
    }


def _packed(store: OxigraphStore) -> bytes:
    quads = sorted(set(store), key=lambda quad: (str(quad.graph_name), str(quad.triple)))
    prefixes = {name: iri for name, iri in load_vocabulary().prefixes.items() if name}
    # From level 20 on the window may be larger than the page's unpacker has (2^25 bytes), and gains a quarter of a percent.
    return zstd.compress(serialize(quads, format=RdfFormat.TRIG, prefixes=prefixes, base_iri=BASE) or b"", 19)


def _json(what: object) -> bytes:
    return json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()


def _form(store: OxigraphStore, query: Query, choices: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "name": query.name,
        "summary": query.summary,
        "description": " ".join(str(query.header.get("description", "")).split()),
        "sparql": "".join(line for line in query.text.splitlines(keepends=True) if not line.startswith("#+")),
        "multivalued": list(query.header.get("multivalued", ())),
        "isPage": query.header.get("form") == "text",
        "parameters": [_field(store, query, parameter, choices) for parameter in query.parameters],
    }


def _field(store: OxigraphStore, query: Query, parameter: Parameter, choices: dict[str, list[str]]) -> dict[str, Any]:
    key = " ".join((parameter.base, *parameter.classes, *parameter.properties))
    if key not in choices:
        choices[key] = parameter.choices(store) if key else []
    return {
        "name": parameter.name,
        "variable": parameter.variable,
        "type": parameter.type,
        "base": parameter.base,
        "default": parameter.default,
        "values": list(parameter.values),
        "partial": parameter.name in query.header.get("partial", ()),
        "listed": parameter.listed,
        "choices": choices[key],
    }


def _terms(store: OxigraphStore) -> dict[str, Any]:
    """The prefixes, the classes and properties that the graph has or the ontology defines, and where our things have pages."""
    prefixes = {name: iri for name, iri in sorted(load_vocabulary().prefixes.items()) if name}
    spaces = sorted(prefixes.items(), key=lambda pair: (-len(pair[1]), pair[0] != "synthkg", pair[0]))
    terms = []
    for term, kind, definition in store.select(_TERMS).rows:
        assert term is not None
        assert kind is not None
        found = next((pair for pair in spaces if term.value.startswith(pair[1])), None)
        if found is not None and (local := term.value.removeprefix(found[1])).replace("-", "").replace("_", "").isalnum():
            terms.append([f"{found[0]}:{local}", kind.value, definition.value if definition is not None else ""])
    return {"prefixes": prefixes, "terms": terms, "documents": documents()}
