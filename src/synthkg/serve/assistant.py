"""The graph for assistants: what can be asked by the Model Context Protocol, https://modelcontextprotocol.io.

Questions that somebody thought about come first: the saved queries, with what they take. A thing is shown by whatever it is
called, as it is everywhere else, with what else is called so; every answer brings the query that made it, to be run again; and a
fact brings where it was read. Free SPARQL is there too, under the limits of the engine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import Any

from synthkg import project
from synthkg.engine import Engine, EngineStore
from synthkg.errors import UsageError
from synthkg.files import read_text
from synthkg.findings import did_you_mean
from synthkg.graph import (
    Query,
    Table,
    form_of,
    is_construct,
    keep_dump,
    load_dump,
    load_queries,
    refuse_other_graph,
    unknown_terms,
)
from synthkg.lists import Asked
from synthkg.model import BASE, NAMESPACE
from synthkg.profiles import NAMED, Finder, Profiles, by_id, to_json
from synthkg.serve.engine import Limits
from synthkg.views import described, rows_of, subject_of

__all__ = ["Assistant", "Json"]

_ROWS = 100
_CHOICES = 40
_BYTES = 4_000_000
_NONE: Mapping[str, str] = {}
_INSTRUCTIONS = """: papers, their versions, venues, methods,
code, data and models, each fact with the source where it was read.

1. find: resolve names, titles, identifiers to things of the graph; only what is "known" is certainly meant.
2. questions: see which saved questions there are on a topic, and what they take; ask: ask one.
3. show: what is established of one thing, by its id or any name, with evidence.
4. shape and sparql: for what no saved question answers.
What ask, show and sparql answer has the SPARQL that made it.
An empty answer says that the graph does not state it, not that it is not so."""
_SHAPES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?class ?path ?least ?most ?datatype ?pattern WHERE {
  ?shape sh:targetClass ?class ; sh:property ?property .
  ?property sh:path ?path FILTER(ISIRI(?path))
  OPTIONAL { ?property sh:minCount ?least }
  OPTIONAL { ?property sh:maxCount ?most }
  OPTIONAL { ?property sh:datatype ?datatype }
  OPTIONAL { ?property sh:pattern ?pattern }
}
ORDER BY ?class ?path"""
Json = dict[str, Any]


class Assistant:
    """What an assistant can ask.

    Args:
        dump: The graph.
        limits: What a query may take.

    Attributes:
        instructions: What the graph is about, and how it is asked.

    Raises:
        UnreadableError: The graph cannot be read, or says nothing in the terms of synthkg.
    """

    def __init__(self, dump: Path, limits: Limits) -> None:
        kept = keep_dump(dump)
        self._engine = Engine(dump if kept is None else kept, workers=1, most=4, memory=limits.memory)
        unlimited = EngineStore(self._engine)
        refuse_other_graph(unlimited, str(dump))
        self.instructions = described(subject_of(unlimited)) + _INSTRUCTIONS
        self._store = EngineStore(self._engine, limits.seconds, most=_BYTES)
        saved = load_queries("examples", "views").items()
        self._queries = {name: query.fitting(unlimited) for name, query in saved if query.is_table}

    @property
    def tools(self) -> tuple[Callable[..., Json], ...]:
        """What answers."""
        return self.find, self.questions, self.ask, self.show, self.shape, self.sparql

    @cached_property
    def _profiles(self) -> Profiles:
        return Profiles(EngineStore(self._engine))

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self._profiles.store, self._profiles.labels)

    def close(self) -> None:
        """Ends every process."""
        self._engine.close()

    def find(self, words: str, kind: str = "", limit: int = 10) -> Json:
        """Find papers, methods, artifacts (code, data sets, models) and venues by title, name, arXiv id, DOI or address.

        "known" is true where it is certain what is meant; the others are only somewhat alike.

        Args:
            words: A title, a name or an identifier.
            kind: paper, method, artifact or venue; empty for any.
            limit: How many at most; never more than 50.
        """
        kinds = [kind.lower()] if kind else []
        if kinds and kinds[0] not in NAMED.values():
            raise UsageError(f'there is no kind "{kind}"; {did_you_mean(kind, NAMED.values())}')
        things = self._finder.things
        found = things.recognition.recognise([Asked(words)], kinds, min(limit, 50))[0]
        return {
            "things": [
                {
                    "thing": each.thing,
                    "title": things.titles.get(each.thing, each.thing),
                    "known": each.is_known,
                    "by": each.by,
                    "score": each.score,
                    "iri": BASE + each.thing,
                }
                for each in found
            ]
        }

    def questions(self, topic: str = "") -> Json:
        """List the saved questions on a topic, with the parameters that each takes. Without a topic: all, by name and summary.

        Args:
            topic: Words of the name, summary or tags, such as "lineage" or "licence".
        """
        words = topic.casefold().split()
        chosen = [query for query in self._queries.values() if all(word in _about(query) for word in words)]
        if not words:
            return {"questions": [{"question": query.name, "answers": query.summary} for query in chosen]}
        return {"questions": [self._described(query) for query in chosen]}

    def _described(self, query: Query) -> Json:
        parameters = []
        for parameter in query.parameters:
            choices = parameter.choices(self._store)
            kind = "number" if parameter.type in ("integer", "number") else "text"
            about: Json = {"name": parameter.name, "type": kind, "default": parameter.default}
            parameters.append(about | {"choices": choices[:_CHOICES], "number_of_choices": len(choices)})
        description = " ".join(str(query.header.get("description", "")).split())
        return {"question": query.name, "answers": query.summary, "description": description, "parameters": parameters}

    def ask(self, question: str, parameters: Mapping[str, str] = _NONE, limit: int = _ROWS) -> Json:
        """Ask a saved question: its rows, and the SPARQL that made them.

        Args:
            question: Its name, from questions.
            parameters: A value for each parameter, a thing by its id or name; those with a default may be left out.
            limit: How many rows at most.
        """
        query = self._queries.get(question)
        if query is None:
            raise UsageError(f'there is no saved question "{question}"; {did_you_mean(question, self._queries)}')
        values = query.present(self._store, by_id(query, parameters, self._store, lambda: self._finder))
        again = " ".join(["synthkg query", question, *(f"-p {quote('='.join(each))}" for each in sorted(values.items()))])
        table, total = self._store.select_first(query.bind(values), limit)
        if not total:
            query.select(self._store, **values)  # which says what is not there to be asked of
        return {"answers": query.summary, **_rows(query.arranged(table), total), "sparql": query.bind(values), "again": again}

    def sparql(self, query: str, limit: int = _ROWS) -> Json:
        """Run a SPARQL 1.1 SELECT, ASK, CONSTRUCT or DESCRIBE query. Look at shape and at saved questions first.

        What the query names that is no term of the ontology is told in "unknown_terms".

        Args:
            query: The query, with its PREFIX lines.
            limit: How many rows or triples at most.
        """
        answer: Json
        if form_of(query) == "ASK":
            answer = {"boolean": self._store.ask(query)}
        elif is_construct(query):
            triples, total = self._store.construct_first(query, limit)
            answer = {"triples": [str(triple) for triple in triples], "total": total}
        else:
            answer = _rows(*self._store.select_first(query, limit))
        unknown = list(unknown_terms(query))
        return {**answer, "sparql": query} | ({"unknown_terms": unknown} if unknown else {})

    def show(self, thing: str) -> Json:
        """Show what is established of a paper, method, artifact, venue, concept, list or person, and where it was read.

        What else has that name is in "also_called_so". Of each panel the first 100 rows are given; its "sparql" has all.

        Args:
            thing: Its id, such as paper/self-instruct, or a name, title, identifier or address, in any spelling.
        """
        meant = self._finder.meant(thing)
        profile = self._profiles.of(meant.iri)
        shown = to_json(profile, self._profiles.labels)
        shown["panels"] = [
            panel
            | {"rows": panel["rows"][:_ROWS], "total": len(panel["rows"])}
            | {"sparql": section.panel.query.bind({each.name: meant.iri for each in section.panel.query.parameters})}
            for section, panel in zip(profile.shown, shown["panels"], strict=True)
        ]
        others = [{"thing": each.id, "title": each.title} for each in self._finder.namesakes(thing, meant)]
        return {"thing": meant.id, **shown, "also_called_so": others}

    def shape(self, kind: str = "") -> Json:
        """Show which properties things of a class have, how many and in which form: what a SPARQL query can ask for.

        Args:
            kind: A class of the ontology, such as Paper, Version, Method, Artifact or Entry; empty for the names of all.
        """
        shapes = load_dump(project.folder("ontology") / "shapes.ttl")
        rows = _rows(shapes.select(_SHAPES))["rows"]
        classes = sorted({row["class"].rpartition("#")[2] for row in rows})
        if not kind:
            return {"classes": classes, "prefix": f"PREFIX synthkg: <{NAMESPACE}>"}
        if kind not in classes:
            raise UsageError(f'there is no class "{kind}"; {did_you_mean(kind, classes)}')
        properties = [
            {name: value for name, value in row.items() if name != "class"} for row in rows if row["class"].endswith(f"#{kind}")
        ]
        return {"class": NAMESPACE + kind, "properties": properties, "prefix": f"PREFIX synthkg: <{NAMESPACE}>"}

    def resources(self) -> Mapping[str, tuple[str, str, str]]:
        """What can be read: address -> title, media type, text."""
        ontology = project.folder("ontology")
        turtle = {name: read_text(ontology / f"{name}.ttl") for name in ("synthkg", "shapes")}
        questions = json.dumps(self.questions()["questions"], ensure_ascii=False)
        return {
            "synthkg://ontology": ("The ontology", "text/turtle", turtle["synthkg"]),
            "synthkg://shapes": ("What each record must look like (SHACL)", "text/turtle", turtle["shapes"]),
            "synthkg://questions": ("The saved questions", "application/json", questions),
            **{
                f"synthkg://query/{name}": (query.summary, "application/sparql-query", query.text)
                for name, query in self._queries.items()
            },
        }


def _about(query: Query) -> str:
    return " ".join([query.name, query.summary, *map(str, query.header.get("tags", ()))]).casefold()


def _rows(table: Table, total: int = 0) -> Json:
    return {"columns": list(table.columns), "rows": list(rows_of(table)), "total": total}
