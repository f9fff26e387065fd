"""Reconciliation of other people's tables with the graph: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
at ``/reconcile``, and the draft of 1.0, https://reconciliation-api.github.io/specs/1.0-draft/, at ``/reconcile/v1``.

``match`` is true of an id of ours, and where matching of lists would call it known (`synthkg.lists.Recognition`), and nowhere
else: no threshold decides. Both versions speak of the same things in other words, so what they say is made in one place and put
into either's words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

from synthkg.engine import EngineStore
from synthkg.graph import present_iri
from synthkg.lists import Asked, Found
from synthkg.model import BASE, IDENTIFIERS, NAMESPACE
from synthkg.profiles import NAMED
from synthkg.serve.engine import Graph
from synthkg.serve.http import PREVIEW_POLICY, Refused, Request, Response, parameters
from synthkg.serve.properties import PROPERTIES, Value, values
from synthkg.views import described

__all__ = ["answer_reconciliation"]

_MOST_ASKED = 200
_MOST_FOUND = 50
_FOUND = 10
_WIDTH, _HEIGHT = 420, 200
_ADDRESSES = (*IDENTIFIERS, "url", "landing-page")
_OURS = re.compile(r"(?:https?://w3id\.org/synthkg/)?([a-z]+/[a-z0-9-]+)")
Json = dict[str, Any]


def answer_reconciliation(request: Request, graph: Graph, store: EngineStore) -> Response:
    """What a reconciliation client asks.

    Raises:
        Refused: It is nothing that such a client asks.
    """
    path = request.path.removeprefix("/reconcile").strip("/")
    if path == "v1" or path.startswith("v1/"):
        return _Draft(request, graph, store).answer(path.removeprefix("v1").strip("/"))
    return _Final(request, graph, store).answer(path)


class _Service:
    """What both versions have in common."""

    def __init__(self, request: Request, graph: Graph, store: EngineStore) -> None:
        self.request = request
        self.graph = graph
        self.store = store
        self.asked = dict(parameters(request.query))

    def types(self, kinds: Iterable[str] = NAMED) -> list[Json]:
        return [{"id": kind, "name": kind} for kind in kinds]

    def recognise(self, questions: list[tuple[Asked, tuple[str, ...], int]]) -> list[list[Found]]:
        """What each asks for: words, what it may be, and how many to give."""
        if len(questions) > _MOST_ASKED:
            raise Refused(413, f"ask for at most {_MOST_ASKED} at once")
        recognition = self.graph.things.recognition
        by_type: dict[tuple[str, ...], list[int]] = {}
        for number, (_, kinds, _) in enumerate(questions):
            by_type.setdefault(kinds, []).append(number)
        found: dict[int, list[Found]] = {}
        for kinds, numbers in by_type.items():
            answers = recognition.recognise([self._renamed(questions[number][0]) for number in numbers], kinds, _MOST_FOUND)
            found |= dict(zip(numbers, answers, strict=True))
        return [found[number][: min(limit, _MOST_FOUND)] for number, (_, _, limit) in enumerate(questions)]

    def _renamed(self, asked: Asked) -> Asked:
        """The same, where the words are an id or IRI of ours by the id that the thing has now."""
        words = _OURS.fullmatch(asked.words.strip())
        return asked if words is None else replace(asked, words=self.present(words[1]))

    def candidate(self, found: Found) -> Json:
        kind = _type_of(found.thing)
        return {
            "id": found.thing,
            "name": self.graph.things.titles.get(found.thing, found.thing),
            "score": found.score,
            "match": found.is_known,
            "type": self.types([kind]),
            "description": f"{kind}, known by {found.by}" if found.is_known else kind,
        }

    def suggest(self, what: str) -> Json:
        prefix = self.asked.get("prefix", "")
        limit = _number(self.asked, "limit", _FOUND)
        start = _number(self.asked, "cursor", _number(self.asked, "offset", 0, least=0), least=0)
        if what == "entity":
            titles = self.graph.things.titles
            found = self.graph.things.recognition.begins(prefix, _kinds(self.asked.get("type")), start + limit)
            known: list[Json] = [
                {"id": id, "name": titles.get(id, id), "description": _type_of(id), "notable": self.types([_type_of(id)])}
                for id in found
            ]
        elif what == "property":
            known = [{"id": id, "name": property.name} for id, property in PROPERTIES.items()]
        elif what == "type":
            known = self.types()
        else:
            raise Refused(404, "there is nothing at this address")
        if what != "entity":
            folded = prefix.casefold()
            known = [each for each in known if folded in each["id"].casefold() or folded in each["name"].casefold()]
        return {"result": known[start : start + limit]}

    def proposals(self, kind: str) -> Json:
        limit = _number(self.asked, "limit", len(PROPERTIES))
        known = [{"id": id, "name": each.name} for id, each in PROPERTIES.items() if not kind or kind in each.kinds]
        return {"type": kind, "properties": known[:limit]} if kind else {"properties": known[:limit]}

    def extend(self, asked: object) -> tuple[list[Json], list[tuple[str, list[tuple[str, list[Json]]]]]]:
        """The properties asked for, and the values of each thing."""
        if not isinstance(asked, dict) or not _is_texts(asked.get("ids")) or not isinstance(asked.get("properties"), list):
            raise Refused(400, 'write {"ids": ["paper/…"], "properties": [{"id": "arxiv"}]}')
        names = [str(each.get("id") if isinstance(each, dict) else each) for each in asked["properties"]]
        if unknown := [name for name in names if name not in PROPERTIES]:
            raise Refused(400, f"there is no property {unknown[0]!r}; there are {', '.join(PROPERTIES)}")
        ids = asked["ids"]
        if len(ids) > _MOST_ASKED:
            raise Refused(413, f"ask for at most {_MOST_ASKED} at once")
        now = {id: self.present(id) for id in ids}
        found = {name: values(self.store, sorted(set(now.values())), PROPERTIES[name]) for name in names}
        meta = [self._meta(name) for name in names]
        rows = [(id, [(name, [_cell(value, name) for value in found[name].get(now[id], ())]) for name in names]) for id in ids]
        return meta, rows

    def present(self, id: str) -> str:
        """The id, or where it is a former one that which the thing has now."""
        return id if id in self.graph.things.titles else present_iri(self.store, BASE + id).removeprefix(BASE)

    def _meta(self, name: str) -> Json:
        property = PROPERTIES[name]
        kind = {"type": {"id": property.of, "name": property.of}} if property.of in NAMED else {}
        return {"id": name, "name": property.name, **kind}

    def preview(self, id: str) -> Response:
        """A small page about a thing."""
        id = self.present(id)
        title = self.graph.things.titles.get(id)
        if title is None:
            raise Refused(404, f'there is no "{id}"')
        kind = _type_of(id)
        shown = [name for name, property in PROPERTIES.items() if kind in property.kinds and name != "title"]
        rows = []
        for name in shown[:8]:
            if found := values(self.store, [id], PROPERTIES[name]).get(id):
                text = "; ".join(value.text for value in found[:4])
                row = f'<th scope="row">{escape(PROPERTIES[name].name)}</th><td dir="auto">{escape(text[:200])}</td>'
                rows.append(f"<tr>{row}</tr>")
        address = f"{self.request.root}/{id}.html"
        body = (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f'<link rel="stylesheet" href="{escape(self.request.root)}/style.css"></head><body>'
            f'<p><a href="{escape(address)}" target="_blank" rel="noopener" dir="auto">{escape(title)}</a> '
            f"<small>{kind}</small></p>"
            f'<table class="facts"><tbody>{"".join(rows)}</tbody></table></body></html>'
        )
        return Response(200, body.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": PREVIEW_POLICY})


class _Final(_Service):
    """Version 0.2, which clients of 0.1 understand too."""

    def answer(self, path: str) -> Response:
        """What is at a path below ``/reconcile``."""
        if path == "":
            return self._main()
        if path == "preview":
            return self.preview(self.asked.get("id", ""))
        if path == "properties":
            return self._json(self.proposals(self.asked.get("type", "")))
        if path == "flyout":
            id = self.asked.get("id", "")
            return self._json({"id": id, "html": self.preview(id).body.decode()})
        if path.startswith("suggest/"):
            return self._json(self.suggest(path.removeprefix("suggest/")))
        raise Refused(404, "there is nothing at this address")

    def _main(self) -> Response:
        sent = self.asked | (dict(parameters(self.request.body)) if self.request.method == "POST" else {})
        if "queries" in sent:
            return self._json(self._reconcile(_read(sent["queries"])))
        if "query" in sent:  # one question of 0.1
            text = sent["query"]
            asked = _read(text) if text.lstrip().startswith("{") else {"query": text}
            return self._json(self._reconcile({"q0": asked})["q0"])
        if "extend" in sent:
            meta, rows = self.extend(_read(sent["extend"]))
            return self._json({"meta": meta, "rows": {id: dict(found) for id, found in rows}})
        return self._json(self._manifest())

    def _reconcile(self, batch: object) -> Json:
        if not isinstance(batch, dict):
            raise Refused(400, 'write queries={"q0": {"query": "a title"}}')
        found = self.recognise([_final_question(each) for each in batch.values()])
        return {key: {"result": [self.candidate(each) for each in results]} for key, results in zip(batch, found, strict=True)}

    def _manifest(self) -> Json:
        here = f"{self.request.root}/reconcile"
        flyout = {"flyout_service_url": here, "flyout_service_path": "/flyout?id=${id}"}
        suggest = {
            what: {"service_url": here, "service_path": f"/suggest/{what}", **(flyout if what == "entity" else {})}
            for what in ("entity", "property", "type")
        }
        return {
            "versions": ["0.1", "0.2"],
            "name": described(self.graph.subject),
            "identifierSpace": BASE,
            "schemaSpace": NAMESPACE,
            "documentation": f"{self.request.root}/",
            "defaultTypes": self.types(),
            "view": {"url": f"{self.request.root}/{{{{id}}}}"},
            "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": _WIDTH, "height": _HEIGHT},
            "suggest": suggest,
            "extend": {"propose_properties": {"service_url": here, "service_path": "/properties"}, "property_settings": []},
            "batchSize": 50,
        }

    def _json(self, said: Json) -> Response:
        callback = self.asked.get("callback", "")
        if re.fullmatch(r"[A-Za-z_$][\w$.]{0,100}", callback, re.ASCII):
            return Response(200, f"/**/{callback}({json.dumps(said)});".encode(), "text/javascript; charset=utf-8")
        return Response(200, json.dumps(said, ensure_ascii=False).encode(), "application/json")


class _Draft(_Service):
    """The draft of 1.0."""

    def answer(self, path: str) -> Response:
        """What is at a path below ``/reconcile/v1``."""
        answers: Mapping[str, Callable[[], Json]] = {
            "": self._manifest,
            "match": self._match,
            "extend": self._extend,
            "extend/propose": lambda: self.proposals(self.asked.get("type", "")),
            **{f"suggest/{what}": partial(self.suggest, what) for what in ("entity", "property", "type")},
        }
        if path == "preview":
            return self.preview(self.asked.get("id", ""))
        if path not in answers:
            raise Refused(404, "there is nothing at this address")
        return Response(200, json.dumps(answers[path](), ensure_ascii=False).encode(), "application/json")

    def _sent(self) -> object:
        if self.request.method != "POST":
            raise Refused(405, "this is asked with POST", Allow="POST, OPTIONS")
        return _read(self.request.body.decode("utf-8", "replace"))

    def _match(self) -> Json:
        asked = self._sent()
        if not isinstance(asked, dict) or not isinstance(asked.get("queries"), list):
            raise Refused(400, 'write {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "a title"}]}]}')
        found = self.recognise([_draft_question(each) for each in asked["queries"]])
        return {"results": [{"candidates": [self.candidate(each) for each in results]} for results in found]}

    def _extend(self) -> Json:
        meta, rows = self.extend(self._sent())
        return {
            "meta": meta,
            "rows": [
                {"id": id, "properties": [{"id": name, "values": cells} for name, cells in properties]} for id, properties in rows
            ],
        }

    def _manifest(self) -> Json:
        return {
            "versions": ["1.0-draft"],
            "name": described(self.graph.subject),
            "identifierSpace": BASE,
            "schemaSpace": NAMESPACE,
            "documentation": f"{self.request.root}/",
            "defaultTypes": self.types(),
            "view": {"url": f"{self.request.root}/{{+id}}"},
            "preview": {"width": _WIDTH, "height": _HEIGHT},
            "suggest": {"entity": True, "property": True, "type": True},
            "extend": {"proposeProperties": True, "propertySettings": []},
            "standardizedScore": True,
            "batchSize": 50,
        }


def _final_question(asked: object) -> tuple[Asked, tuple[str, ...], int]:
    if not isinstance(asked, dict):
        raise Refused(400, 'a query is {"query": "a title"}')
    words = asked.get("query")
    if words is not None and (isinstance(words, bool) or not isinstance(words, (str, int, float))):
        raise Refused(400, '"query" is text')
    properties = asked.get("properties")
    listed: list[Any] = [] if properties is None else properties if isinstance(properties, list) else [properties]
    if not all(isinstance(each, dict) and isinstance(each.get("pid", each.get("p")), str) for each in listed):
        raise Refused(400, '"properties" is a list: [{"pid": "authors", "v": "a name"}]')
    return _question(words, asked, [(each.get("pid", each.get("p")), each.get("v")) for each in listed])  # 0.1 has names, too


def _draft_question(asked: object) -> tuple[Asked, tuple[str, ...], int]:
    if not isinstance(asked, dict) or not isinstance(asked.get("conditions"), list) or not asked["conditions"]:
        raise Refused(400, "a query has conditions")
    words: object = None
    given = []
    for each in asked["conditions"]:
        if not isinstance(each, dict) or "propertyValue" not in each:
            raise Refused(400, "a condition has a matchType and a propertyValue")
        if each.get("matchType") in ("name", "id"):
            words = each["propertyValue"] if words is None or each["matchType"] == "id" else words
        else:
            given.append((each.get("propertyId"), each["propertyValue"]))
    return _question(words, asked, given)


def _question(
    words: object, asked: Mapping[str, object], given: Iterable[tuple[object, object]]
) -> tuple[Asked, tuple[str, ...], int]:
    said = {str(name): _text(value) for name, value in given}
    url = next((said[name] for name in _ADDRESSES if said.get(name)), "")
    text = _text(words) or url
    kinds, strict = _kinds(asked.get("type")), asked.get("type_strict")
    if strict not in (None, "any", "should", "all"):
        raise Refused(400, '"type_strict" is any, should or all')
    if strict == "all" and len(kinds) > 1:
        kinds = (" and ".join(kinds),)  # what is of two types at once: nothing here is
    return Asked(text, url, said.get("authors", "")), kinds, _number(asked, "limit", _FOUND)


def _text(value: object) -> str:
    """The text of a property's value, which may be a thing or a list of values."""
    if isinstance(value, list):
        return ", ".join(filter(None, (_text(each) for each in value if not isinstance(each, list))))
    if isinstance(value, dict):
        return str(value.get("name") or value.get("id") or "")
    return "" if value is None else str(value)


def _cell(value: Value, name: str) -> Json:
    return {"id": value.id, "name": value.text} if value.id and PROPERTIES[name].of else {"str": value.text}


def _kinds(types: object) -> tuple[str, ...]:
    """What things of a type, or of one of several, are: empty where none is given; one that is none of ours has no things.

    Raises:
        Refused: It is neither.
    """
    given: list[Any] = [] if types is None else types if isinstance(types, list) else [types]
    ids: list[Any] = [each.get("id") if isinstance(each, dict) else each for each in given]  # as candidates have their types
    if not all(isinstance(id, str) for id in ids):
        raise Refused(400, '"type" is the id of a type, or a list of such')
    return tuple(dict.fromkeys(NAMED.get(name, name) for id in ids if (name := id.removeprefix(NAMESPACE))))


def _type_of(thing: str) -> str:
    return thing.partition("/")[0].capitalize()


def _number(asked: Mapping[str, object], name: str, default: int, least: int = 1) -> int:
    """The whole number that is asked for by a name; as text too, as addresses have it and other services take it.

    Raises:
        Refused: It is none, or less than it may be.
    """
    value = asked.get(name)
    if value in (None, ""):
        return default
    if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value) or value < least:
        raise Refused(400, f'"{name}" is a whole number, {least} or more')
    return int(value)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _read(text: str) -> Any:
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()  # which half a surrogate pair and 1e999 cannot be
        return found
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"this is no JSON: {error}") from error
