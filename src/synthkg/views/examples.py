"""The saved queries in the forms that other tools and people read.

One source, the ``.rq`` files, gives grlc's form (the files as they are), Turtle as in
https://github.com/sib-swiss/sparql-examples, YAML for https://github.com/WolfgangFahl/snapquery, and a Markdown page. Only
grlc's form has parameters; in the others the defaults are put in, so that what is exported runs as it stands. The page has no
answers: every record would change it, and two people who each add one would meet there.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from synthkg.errors import UsageError
from synthkg.files import read_text
from synthkg.findings import did_you_mean
from synthkg.graph import Query, Store, is_construct, load_queries
from synthkg.markdown import escaped, markdown_table
from synthkg.model import BASE

__all__ = ["KEPT", "TARGET", "Example", "answerable", "export", "keep", "to_examples"]

TARGET = BASE + "sparql"
KEPT = "<!-- what follows is not made by synthkg export -->\n"

_PREFIX = re.compile(r"^PREFIX\s+(\w*):\s+<([^>]*)>\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A saved query that needs nothing more to run: SPARQL without header, its parameters set to their defaults."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    sparql: str

    @property
    def iri(self) -> str:
        """Its lasting name."""
        return f"{BASE}query/{self.name}"


def answerable() -> list[Query]:
    """The saved queries whose answer is a table: all examples, and the views that are tables. Sorted by name."""
    found = load_queries("examples", "views").values()
    return sorted((query for query in found if query.is_table), key=lambda query: query.name)


def to_examples(queries: Iterable[Query]) -> list[Example]:
    """The queries as examples.

    Raises:
        UsageError: A parameter has no default.
    """
    return [
        Example(
            query.name,
            query.summary,
            " ".join(str(query.header.get("description", "")).split()),
            tuple(map(str, query.header.get("tags", ()))),
            "".join(line for line in query.bind({}).splitlines(keepends=True) if not line.startswith("#+")),
        )
        for query in queries
    ]


def export(style: str, queries: Sequence[Query], store: Store, target: str = TARGET) -> dict[str, str]:
    """The files of an export: name -> text.

    Args:
        style: ``grlc``, ``sparql-examples``, ``snapquery`` or ``markdown``.
        queries: What to export.
        store: The graph that answers, for the Markdown page.
        target: The endpoint that the queries are for.

    Raises:
        UsageError: There is no such style.
    """
    if style not in _FORMATS:
        raise UsageError(f'there is no export "{style}"; {did_you_mean(style, _FORMATS)}')
    return _FORMATS[style](queries, store, target)


def _grlc(queries: Sequence[Query], store: Store, target: str) -> dict[str, str]:
    """The files as they are; an endpoint of one's own stands beside them, where grlc looks first (its README, "endpoint.txt")."""
    endpoint = {"endpoint.txt": f"{target}\n"} if target != TARGET else {}
    return {f"{query.name}.rq": query.text for query in queries} | endpoint


def _sparql_examples(queries: Sequence[Query], store: Store, target: str) -> dict[str, str]:
    """One Turtle file a query and one for the prefixes, which SIB's converter joins by the label of their blank node."""
    found = to_examples(queries)
    prefixes = sorted({pair for example in found for pair in _PREFIX.findall(example.sparql)})
    declarations = "".join(
        f"\n_:sparql_examples_prefixes sh:declare _:prefix_{prefix} .\n"
        f'_:prefix_{prefix} sh:prefix "{prefix}" ;\n  sh:namespace "{iri}"^^xsd:anyURI .\n'
        for prefix, iri in prefixes
    )
    head = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    head += "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    ontology = "\n_:sparql_examples_prefixes a owl:Ontology ;\n  owl:imports sh: .\n"
    return {"prefixes.ttl": head + ontology + declarations} | {f"{e.name}.ttl": _turtle(e, target) for e in found}


def _turtle(example: Example, target: str) -> str:
    kind = "Construct" if is_construct(example.sparql) else "Select"
    facts = [
        f"a sh:SPARQLExecutable, sh:SPARQL{kind}Executable",
        f"rdfs:comment {_quoted(example.summary)}@en",
        *([f"schema:description {_quoted(example.description)}@en"] if example.description else []),
        "sh:prefixes _:sparql_examples_prefixes",
        f"sh:{kind.lower()} {_quoted(example.sparql)}",
        f"schema:keywords {', '.join(map(_quoted, example.tags))}",
        f"schema:target <{target}>",
    ]
    return (
        f"@prefix ex: <{BASE}query/> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix schema: <https://schema.org/> .\n"
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n\n"
        f"ex:{example.name} " + " ;\n  ".join(facts) + " .\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    if "\n" not in text:
        return f'"{escaped}"'
    return '"""' + escaped.replace('\\"', '"').replace('"""', '\\"\\"\\"').removesuffix("\n") + '\n"""'


def _snapquery(queries: Sequence[Query], store: Store, target: str) -> dict[str, str]:
    """A named query set; ``query_id`` is made as snapquery makes it."""
    domain, namespace = "w3id.org", "synthkg"
    named = [
        {
            "name": example.name,
            "namespace": namespace,
            "domain": domain,
            "query_id": f"{example.name}--{namespace}@{domain}",
            "sparql": example.sparql,
            "url": example.iri,
            "title": example.summary,
            "description": example.description,
            "comment": ", ".join(example.tags),
        }
        for example in to_examples(queries)
    ]
    whole = {"domain": domain, "namespace": namespace, "target_graph_name": namespace, "queries": named}
    return {f"{namespace}.yaml": yaml.dump(whole, Dumper=_Blocks, sort_keys=False, allow_unicode=True, width=1000)}


class _Blocks(yaml.SafeDumper):
    """Writes text of several lines as a literal block."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Blocks.add_representer(str, _block)


def _markdown(queries: Sequence[Query], store: Store, target: str) -> dict[str, str]:
    contents = markdown_table(
        ["query", "answers"], [[f"[{query.name}](#{query.name})", escaped(query.summary)] for query in queries]
    )
    parts = [
        "# Saved queries\n\n"
        "Made by `synthkg export queries --format markdown --out docs`.\n\n"
        "Ask them by name, `synthkg query lineage -p method=self-instruct`; see what one takes with `--describe`; or paste the\n"
        f"SPARQL into any endpoint that has loaded a dump.\n\n{contents}"
    ]
    for query, example in zip(queries, to_examples(queries), strict=True):
        call = " ".join(["synthkg query", query.name, *(f"-p {p.name}={shlex.quote(p.default or '')}" for p in query.parameters)])
        description = f" {example.description}" if example.description else ""
        columns = ", ".join(f"`{column}`" for column in query.rows(store).columns)
        parts.append(
            f"\n## {query.name}\n\n{query.summary}{description}\n\n```console\n$ {call}\n```\n\n"
            f"Columns: {columns}\n\n<details><summary>SPARQL</summary>\n\n```sparql\n{example.sparql}```\n\n</details>\n"
        )
    return {"queries.md": "".join(parts)}


_FORMATS: dict[str, Callable[[Sequence[Query], Store, str], dict[str, str]]] = {
    "grlc": _grlc,
    "sparql-examples": _sparql_examples,
    "snapquery": _snapquery,
    "markdown": _markdown,
}


def keep(files: Mapping[str, str], out: Path) -> dict[str, str]:
    """The files, with what the ones now in ``out`` hold below the line that says it is not made by an export.

    Raises:
        UnreadableError: One of them is not UTF-8.
    """
    kept: dict[str, str] = {}
    for name, text in files.items():
        old = read_text(out / name) if (out / name).is_file() else ""
        _, line, rest = old.partition(KEPT)
        kept[name] = text + (f"\n{line}{rest}" if line else "")
    return kept
