"""Reconciliation: what is known is matched and nothing else; the answers are those of the specifications; OpenRefine does it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import pytest

from servers import Synthkg, free_port
from synthkg.catalog import Catalog
from synthkg.graph import OxigraphStore
from synthkg.lists import Asked
from synthkg.model import BASE, Paper, ReadingList
from synthkg.profiles import Things

SELF_INSTRUCT = "paper/self-instruct"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


# What the two specifications ask of answers, said again from their text: the parts that a client relies on.
def _list(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


_TEXT, _NAMED = {"type": "string"}, _object("id name", id={"type": "string"}, name={"type": "string"})
_CANDIDATE = _object(
    "id name score match type",
    id=_TEXT,
    name=_TEXT,
    score={"type": "number", "minimum": 0, "maximum": 100},
    match={"type": "boolean"},
    type=_list(_NAMED),
)
_VALUE = {
    "oneOf": [
        {"type": "object", "required": ["str"], "properties": {"str": _TEXT}, "additionalProperties": False},
        {"type": "object", "required": ["id", "name"], "properties": {"id": _TEXT, "name": _TEXT}, "additionalProperties": False},
    ]
}
_META = _list(_object("id name", id=_TEXT, name=_TEXT, type=_NAMED))
SCHEMAS = {
    "results": {"type": "object", "additionalProperties": _object("result", result=_list(_CANDIDATE))},
    "candidates": _object("results", results=_list(_object("candidates", candidates=_list(_CANDIDATE)))),
    "suggested": _object("result", result=_list(_NAMED)),
    "proposed": _object("properties", properties=_list(_NAMED)),
    "extended": _object(
        "meta rows", meta=_META, rows={"type": "object", "additionalProperties": {"additionalProperties": _list(_VALUE)}}
    ),
    "extended in 1.0": _object(
        "meta rows",
        meta=_META,
        rows=_list(_object("id properties", id=_TEXT, properties=_list(_object("id values", id=_TEXT, values=_list(_VALUE))))),
    ),
    "manifest": _object(
        "versions name identifierSpace schemaSpace view preview suggest extend",
        versions={"type": "array", "contains": {"enum": ["0.2"]}},
        view=_object("url", url={"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}),
        preview=_object("url width height", url={"type": "string", "pattern": r"\{\{id\}\}"}, width={"type": "integer"}),
        suggest={"type": "object", "additionalProperties": _object("service_url service_path")},
        defaultTypes=_list(_NAMED),
    ),
    "manifest of 1.0": _object(
        "versions name view preview suggest extend",
        versions={"type": "array", "contains": {"enum": ["1.0-draft"]}},
        view=_object("url", url={"type": "string", "pattern": r"^https?://.*\{\+id\}"}),
        suggest=_object("entity property type", entity={"type": "boolean"}),
        extend=_object("proposeProperties", proposeProperties={"type": "boolean"}),
        defaultTypes=_list(_NAMED),
    ),
}


def read(body: bytes, schema: str) -> Any:
    found = json.loads(body)
    jsonschema.validate(found, SCHEMAS[schema])
    return found


def ask(server: Synthkg, words: str, kind: str | None = "Paper", **properties: str) -> list[dict[str, Any]]:
    """Candidates by 0.2, which are those of 1.0 too."""
    asked: dict[str, Any] = {"query": words, "properties": [{"pid": name, "v": value} for name, value in properties.items()]}
    conditions = [{"matchType": "name", "propertyValue": words}]
    conditions += [{"matchType": "property", "propertyId": name, "propertyValue": value} for name, value in properties.items()]
    draft: dict[str, Any] = {"conditions": conditions}
    if kind is not None:
        asked["type"] = draft["type"] = kind
    answer = server.ask("/reconcile", "POST", urlencode({"queries": json.dumps({"q0": asked})}).encode(), FORM)
    found: list[dict[str, Any]] = read(answer.body, "results")["q0"]["result"]
    new = server.ask(
        "/reconcile/v1/match", "POST", json.dumps({"queries": [draft]}).encode(), {"Content-Type": "application/json"}
    )
    assert read(new.body, "candidates")["results"] == [{"candidates": found}]
    return found


def matched(found: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in found if each["match"]]


@pytest.mark.parametrize(
    "words",
    [
        "Self-Instruct: Aligning Language Models with Self-Generated Instructions",
        "self-instruct: aligning  language models with self generated instructions",
        "Self-Instruct: Aligning Language Model with Self Generated Instructions",
        "2212.10560",
        "arXiv:2212.10560v2",
        "https://arxiv.org/pdf/2212.10560v1",
        "10.18653/v1/2023.acl-long.754",
        "https://doi.org/10.18653/V1/2023.ACL-LONG.754",
        "2023.acl-long.754",
        "https://aclanthology.org/2023.acl-long.754.pdf",
        SELF_INSTRUCT,
        f"{BASE}{SELF_INSTRUCT}",
    ],
)
def test_a_paper_by_any_of_its_names(served: Synthkg, words: str) -> None:
    assert matched(ask(served, words)) == [SELF_INSTRUCT]
    assert matched(ask(served, words, None)) == [SELF_INSTRUCT]


@pytest.mark.parametrize(
    ("words", "kind", "first"),
    [
        ("WizardLM", "Paper", "paper/wizardlm"),
        ("evol-instrct", "Method", "method/evol-instruct"),
        ("Evol-Instruct", "Paper", "paper/wizardlm"),
    ],
)
def test_what_is_only_alike_is_offered_and_not_matched(served: Synthkg, words: str, kind: str, first: str) -> None:
    found = ask(served, words, kind)
    assert matched(found) == []
    assert found[0]["id"] == first
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)
    assert {each["type"][0]["name"] for each in found} == {kind}


@pytest.mark.parametrize(
    "words",
    [
        "Attention is all you need",
        "Textbooks Are All You Need III",
        "Self-Instruct",
        "a",
        "",
        "   ",
        "\x00",
        "9999.99999",
        "https://arxiv.org/abs/1706.03762",
        "ü" * 5_000,
        '") } DROP {',
    ],
)
def test_what_is_not_known_is_not_matched(served: Synthkg, words: str) -> None:
    assert matched(ask(served, words)) == []


@pytest.mark.parametrize(
    ("words", "kind", "by"),
    [
        ("GPT-4", "Artifact", "title"),
        ("https://github.com/tatsu-lab/stanford_alpaca", "Artifact", "URL"),
        ("2212.10560", "Paper", "arxiv 2212.10560"),
    ],
)
def test_what_told_that_something_is_known_is_said(served: Synthkg, words: str, kind: str, by: str) -> None:
    assert ask(served, words, kind)[0]["description"] == f"{kind}, known by {by}"


def test_names_of_methods_and_venues(served: Synthkg) -> None:
    assert matched(ask(served, "evol instruct", "Method")) == ["method/evol-instruct"]
    assert matched(ask(served, "ACL", "Venue")) == ["venue/acl"]
    assert matched(ask(served, "Annual Meeting of the Association for Computational Linguistics", "Venue")) == ["venue/acl"]


def test_a_thing_may_be_of_one_of_several_types(served: Synthkg) -> None:
    def found(types: object, strict: str = "should") -> list[str]:
        asked = quote(json.dumps({"q0": {"query": "evol instruct", "type": types, "type_strict": strict, "limit": "3"}}))
        return matched(read(served.ask(f"/reconcile?queries={asked}").body, "results")["q0"]["result"])

    assert found(["Venue", "Method"]) == found(["Method"]) == found("Method") == ["method/evol-instruct"]
    assert found({"id": "Method"}) == found([{"id": "Venue"}, {"id": "Method"}]) == ["method/evol-instruct"]
    assert found({"id": "Venue"}) == found(["Venue", "Nothing"]) == []
    assert found(["Method", "Method"], "all") == found(["Venue", "Method"], "any") == ["method/evol-instruct"]
    assert found(["Venue", "Method"], "all") == []


@pytest.mark.parametrize("words", ["Self-Instruct", "instruct", "data"])
def test_the_best_is_first_however_few_are_asked_for(dump_store: OxigraphStore, words: str) -> None:
    recognition = Things.read(dump_store).recognition
    (many,) = recognition.recognise([Asked(words)], limit=50)
    for few in (1, 2, 10):
        assert recognition.recognise([Asked(words)], limit=few) == [many[:few]]


def test_properties_settle_what_words_do_not(served: Synthkg) -> None:
    """A short name with its address is known; with the address of another work it is not."""
    assert matched(ask(served, "Self-Instruct", arxiv="2212.10560")) == [SELF_INSTRUCT]
    assert matched(ask(served, "Self-Instruct", doi="https://doi.org/10.18653/v1/2023.acl-long.754")) == [SELF_INSTRUCT]
    other = ask(served, "Attention is all you need", arxiv="2212.10560")
    assert (matched(other), other[0]["id"]) == ([], SELF_INSTRUCT), "it is offered, since one of the two is mistyped"
    assert SELF_INSTRUCT not in [each["id"] for each in ask(served, "Attention", "Method", arxiv="2212.10560")]


def test_nothing_is_matched_that_matching_does_not_know(dump_store: OxigraphStore, real_catalog: Catalog) -> None:
    """Titles of papers with one word exchanged, without their identifiers: none is the paper any more."""
    things = Things.read(dump_store)
    papers = [paper for paper in real_catalog.of(Paper).values() if len(paper.title.split()) > 5]
    asked = [Asked(re.sub(r"\b(\w{5,})\b(?!.*\b\w{5,}\b)", "zebras", paper.title)) for paper in papers]
    found = things.recognition.recognise(asked, ("paper",))
    assert len(papers) > 80
    assert [each.thing for results in found for each in results if each.is_known] == []
    named = things.recognition.recognise([Asked(paper.title) for paper in papers], ("paper",))
    assert [[each.thing for each in results if each.is_known] for results in named] == [[f"paper/{paper.id}"] for paper in papers]


def test_the_rest_of_the_services(served: Synthkg) -> None:
    manifest = read(served.ask("/reconcile").body, "manifest")
    new = read(served.ask("/reconcile/v1").body, "manifest of 1.0")
    assert manifest["identifierSpace"] == new["identifierSpace"] == "https://w3id.org/synthkg/"
    view = manifest["view"]["url"].replace("{{id}}", quote(SELF_INSTRUCT, safe="")).removeprefix(served.base)
    assert served.ask(view).status == 303
    for root in ("/reconcile", "/reconcile/v1"):
        found = read(served.ask(f"{root}/suggest/entity?prefix=self-ins&type=Paper").body, "suggested")["result"]
        assert found[0]["id"] == SELF_INSTRUCT
        assert read(served.ask(f"{root}/suggest/type?prefix=pap").body, "suggested")["result"] == [
            {"id": "Paper", "name": "Paper"}
        ]
        properties = read(served.ask(f"{root}/suggest/property?prefix=arxiv").body, "suggested")["result"]
        assert [each["id"] for each in properties] == ["arxiv"]
        assert "Self-Instruct" in served.ask(f"{root}/preview?id={SELF_INSTRUCT}").body.decode()
        assert served.ask(f"{root}/preview?id=paper/none").status == 404
        assert served.ask(root, "OPTIONS", headers={"Origin": "https://x.org"}).status == 204
    assert {each["id"] for each in read(served.ask("/reconcile/properties?type=Paper").body, "proposed")["properties"]} >= {
        "arxiv"
    }
    assert {
        each["id"] for each in read(served.ask("/reconcile/v1/extend/propose?type=Method").body, "proposed")["properties"]
    } >= {"definition"}
    assert served.ask("/reconcile?callback=f").body.startswith(b"/**/f({")


def test_an_id_says_more_than_a_name(served: Synthkg) -> None:
    conditions = [{"matchType": "name", "propertyValue": "STaR"}, {"matchType": "id", "propertyValue": SELF_INSTRUCT}]
    queries = [{"conditions": conditions}, {"conditions": conditions[::-1]}]
    answer = served.ask("/reconcile/v1/match", "POST", json.dumps({"queries": queries}).encode())
    results = read(answer.body, "candidates")["results"]
    assert [matched(each["candidates"]) for each in results] == [[SELF_INSTRUCT], [SELF_INSTRUCT]]


def test_an_id_of_ours_is_known_whatever_became_of_it(served: Synthkg) -> None:
    for id in ("artifact/deepseekmath-model", f"{BASE}artifact/deepseekmath-model", f"http{BASE[5:]}artifact/deepseekmath-rl"):
        assert matched(ask(served, id, "Artifact")) == ["artifact/deepseekmath-rl"]
    assert matched(ask(served, "artifact/none", "Artifact")) == []


def test_extension(served: Synthkg) -> None:
    asked = {
        "ids": [SELF_INSTRUCT, "paper/none", 'x> } #"', "artifact/deepseekmath-model", "artifact/deepseekmath-rl"],
        "properties": [{"id": "arxiv"}, {"id": "introduces"}, {"id": "venue"}, {"id": "url"}],
    }
    body = served.ask(f"/reconcile?{urlencode({'extend': json.dumps(asked)})}").body
    meta, rows = read(body, "extended")["meta"], read(body, "extended")["rows"]
    assert [each.get("type", {}).get("id") for each in meta] == [None, "Method", "Venue", None]
    assert rows[SELF_INSTRUCT]["arxiv"] == [{"str": "2212.10560"}]
    assert rows[SELF_INSTRUCT]["introduces"] == [{"id": "method/self-instruct", "name": "Self-Instruct"}]
    assert rows["paper/none"] == {"arxiv": [], "introduces": [], "venue": [], "url": []}
    former, present = rows["artifact/deepseekmath-model"], rows["artifact/deepseekmath-rl"]
    assert (former, len(former["url"])) == (present, 1), "a former id is alive"
    preview = [served.ask(f"/reconcile/preview?id=artifact/{id}").body for id in ("deepseekmath-model", "deepseekmath-rl")]
    assert preview[0] == preview[1]
    new = served.ask("/reconcile/v1/extend", "POST", json.dumps(asked).encode(), {"Content-Type": "application/json"})
    first = read(new.body, "extended in 1.0")["rows"][0]
    assert {each["id"]: each["values"] for each in first["properties"]} == rows[SELF_INSTRUCT]


def test_extension_gives_what_saved_queries_give(served: Synthkg) -> None:
    cited = [json.loads(line) for line in served.ask("/query/bibliography.jsonl").body.splitlines()]
    unsafe = "artifact/reflexion-code-noahshinn024"
    years = {f"paper/{row['id']}": row["year"] for row in cited}
    ids = [unsafe, *years]
    rows: dict[str, dict[str, list[dict[str, str]]]] = {}
    for at in range(0, len(ids), 100):
        asked = {"ids": ids[at : at + 100], "properties": [{"id": "year"}, {"id": "landing-page"}, {"id": "url"}]}
        body = urlencode({"extend": json.dumps(asked)}).encode()
        rows |= read(served.ask("/reconcile", "POST", body, FORM).body, "extended")["rows"]
    assert rows.pop(unsafe)["url"] == [], "an address that somebody else took over is offered nowhere"
    assert {id: row["year"] for id, row in rows.items()} == {id: [{"str": year}] for id, year in years.items()}
    assert [id for id, row in rows.items() if not row["landing-page"]] == [], "where the version to cite has no page, another's"


# -- OpenRefine


@dataclass
class OpenRefine:
    """OpenRefine without a window, driven as its own pages drive it."""

    base: str
    token: str = ""
    said: list[str] = field(default_factory=list)

    def get(self, command: str, **parameters: Any) -> Any:
        with urllib.request.urlopen(f"{self.base}/command/core/{command}?{urlencode(parameters)}", timeout=120) as response:
            return json.loads(response.read())

    def post(self, command: str, **parameters: Any) -> Any:
        token = self.get("get-csrf-token")["token"]
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        data = urlencode({**form, "csrf_token": token}).encode()
        with urllib.request.urlopen(f"{self.base}/command/core/{command}", data, timeout=120) as response:
            return json.loads(response.read())

    def load(self, name: str, columns: list[str], rows: list[list[str]]) -> str:
        """A project with these rows: its number."""
        token = self.get("get-csrf-token")["token"]
        table = "\n".join("\t".join(row) for row in [columns, *rows])
        options = {
            "separator": "\t",
            "headerLines": 1,
            "processQuotes": False,
            "guessCellValueTypes": False,
            "trimStrings": False,
        }
        parts = {"project-name": name, "format": "text/line-based/*sv", "options": json.dumps(options), "project-file": table}
        body = "".join(
            f'--x\r\nContent-Disposition: form-data; name="{key}"{"; filename=t.tsv" * (key == "project-file")}\r\n\r\n{text}\r\n'
            for key, text in parts.items()
        )
        host = self.base.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=120)
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        path = f"/command/core/create-project-from-upload?csrf_token={token}"
        connection.request("POST", path, f"{body}--x--\r\n".encode(), headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        found = re.search(r"project=(\d+)", response.getheader("Location") or "")
        assert found, response.status
        return found[1]

    def wait(self, project: str) -> None:
        """Waits until nothing is being done."""
        until = time.monotonic() + 180
        while self.get("get-processes", project=project)["processes"]:
            assert time.monotonic() < until
            time.sleep(0.2)

    def judged(self, project: str, count: int, column: int = 0) -> list[tuple[str, str]]:
        """Of each row, its text and what it was matched with, or nothing."""
        engine = json.dumps({"facets": [], "mode": "row-based"})
        found = self.get("get-rows", project=project, start=0, limit=count, engine=engine)
        recons = found.get("pool", {}).get("recons", {})
        rows = []
        for row in found["rows"]:
            cell = row["cells"][column]
            recon = cell.get("r")
            recon = recons.get(str(recon), recon) if not isinstance(recon, dict) else recon
            match = (recon or {}).get("m") or {}
            rows.append((cell["v"], match.get("id", "") if (recon or {}).get("j") == "matched" else ""))
        return rows


@pytest.fixture(scope="module")
def openrefine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRefine]:
    binary = shutil.which("openrefine")
    if binary is None:
        pytest.fail("OPENREFINE IS NOT INSTALLED, so it is not known whether it can reconcile with us: sh tools/system.sh tests")
    folder, port = tmp_path_factory.mktemp("openrefine"), free_port()
    command = [binary, "-i", "127.0.0.1", "-p", str(port), "-d", str(folder / "data"), "-m", "512M", "-x", "refine.headless=true"]
    log = folder / "log"
    environment = {**os.environ, "HOME": str(folder), "REFINE_MIN_MEMORY": "64M"}
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, cwd=folder, env=environment, start_new_session=True) as process,
    ):
        try:
            until = time.monotonic() + 150
            found = OpenRefine(f"http://127.0.0.1:{port}")
            while True:
                try:
                    found.get("get-version")
                    break
                except (OSError, urllib.error.URLError):
                    if process.poll() is not None or time.monotonic() > until:
                        pytest.fail(f"OpenRefine did not start:\n{log.read_text(errors='replace')[-2000:]}")
                    time.sleep(0.3)
            yield found
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def listed_rows(catalog: Catalog) -> list[tuple[str, str, str]]:
    """Of each row of the lists: its title and address as printed, and the thing that it is about."""
    rows = []
    for record in catalog.of(ReadingList).values():
        for block in record.content:
            for entry in block.entries:
                about = f"paper/{entry.paper}" if entry.paper else f"artifact/{entry.artifact}"
                rows.append((" ".join(unescape(entry.title or "").split()), entry.url or "", about))
    return rows


def test_openrefine_reconciles_the_whole_list(served: Synthkg, openrefine: OpenRefine, real_catalog: Catalog) -> None:
    rows = listed_rows(real_catalog)
    assert len(rows) > 150
    decoys = ["Attention is all you need", "Deep Residual Learning for Image Recognition", "Textbooks Are All You Need III"]
    project = openrefine.load(
        "list", ["title", "url"], [[title, url] for title, url, _ in rows] + [[each, ""] for each in decoys]
    )
    service = f"{served.base}/reconcile"
    guessed = openrefine.post("guess-types-of-column", project=project, columnName="title", service=service)
    assert guessed["types"][0]["id"] == "Paper"
    config = {
        "mode": "standard-service",
        "service": service,
        "identifierSpace": "https://w3id.org/synthkg/",
        "schemaSpace": "https://w3id.org/synthkg/ontology#",
        "type": {"id": "Paper", "name": "Paper"},
        "autoMatch": True,
        "columnDetails": [],
        "limit": 0,
    }
    engine = {"facets": [], "mode": "row-based"}
    openrefine.post("reconcile", project=project, columnName="title", config=config, engine=engine)
    openrefine.wait(project)
    found = openrefine.judged(project, len(rows) + len(decoys))
    wrong = [
        (title, match, about) for (title, _, about), (_, match) in zip(rows, found, strict=False) if match not in ("", about)
    ]
    missed = [
        title for (title, _, about), (_, match) in zip(rows, found, strict=False) if about.startswith("paper/") and not match
    ]
    assert (wrong, missed) == ([], [])
    assert [match for _, match in found[len(rows) :]] == ["", "", ""]

    extension = {"properties": [{"id": "arxiv", "name": "arXiv id"}, {"id": "introduces", "name": "Introduces"}]}
    openrefine.post(
        "extend-data",
        project=project,
        engine=engine,
        baseColumnName="title",
        endpoint=service,
        identifierSpace="https://w3id.org/synthkg/",
        schemaSpace="https://w3id.org/synthkg/ontology#",
        columnInsertIndex=1,
        extension=extension,
    )
    openrefine.wait(project)
    got = openrefine.get("get-rows", project=project, start=0, limit=400, engine=json.dumps(engine))
    fetched = {row["cells"][0]["v"]: [(cell or {}).get("v") for cell in row["cells"]] for row in got["rows"] if row["cells"][0]}
    title = next(title for title, _, about in rows if about == SELF_INSTRUCT)
    assert fetched[title][2:] == ["2212.10560", "Self-Instruct"]
