"""What changed between two dumps, in words and as triples, whatever their formats."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from conftest import FORMATS as ENDINGS
from conftest import Run, call
from synthkg.errors import UnreadableError
from synthkg.graph.formats import FORMATS
from synthkg.graph.triples import GRAPHS
from synthkg.model.vocabulary import BASE, NAMESPACE
from synthkg.release import difference
from synthkg.release.difference import STYLES, Named, Renamed, compare

A = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
TITLE = NamedNode("http://purl.org/dc/terms/title")


def term(name: str) -> NamedNode:
    return NamedNode(NAMESPACE + name)


def thing(name: str) -> NamedNode:
    return NamedNode(BASE + name)


def said(subject: str, predicate: NamedNode, value: NamedNode | str, graph: str = "curated") -> Quad:
    return Quad(thing(subject), predicate, Literal(value) if isinstance(value, str) else value, GRAPHS[graph])


@pytest.fixture(scope="module")
def toy(toy_dist: Path) -> list[Quad]:
    return list(parse(path=toy_dist / "synthkg.nq", format=RdfFormat.N_QUADS))


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a dump, its statements in no order."""

    def write(name: str, quads: Iterable[Quad]) -> Path:
        path = tmp_path / name
        statements: list[Quad] | list[Triple] = list(quads)
        random.Random(7).shuffle(statements)
        if path.suffix not in (".nq", ".trig"):
            statements = sorted({quad.triple for quad in quads}, key=str)
        serialize(statements, output=path, format=FORMATS[path.suffix])
        return path

    return write


def without(quads: list[Quad], name: str) -> list[Quad]:
    """The dump as it would be without one record."""
    iri = BASE + name
    return [
        q
        for q in quads
        if not any(getattr(n, "value", "").startswith((iri + "/", iri + "#")) or getattr(n, "value", "") == iri for n in q)
    ]


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_changed(toy_dist: Path, ending: str) -> None:
    found = compare(toy_dist / "synthkg.nq", toy_dist / f"synthkg.{ending}")
    assert (found.added_triples, found.removed_triples) == (0, 0)
    assert found.old_triples == found.new_triples > 1000
    assert found.with_graphs == (ending in ("nq", "trig"))
    for style in ("text", "markdown"):
        assert STYLES[style](found).lower().startswith(f"no difference: {found.new_triples:,} triples")


def test_added_and_removed(toy: list[Quad], write: Write) -> None:
    more, less = write("more.nq", toy), write("less.nq", without(toy, "paper/tide-survey"))
    survey = Named("paper/tide-survey", "A Survey of Tides | 潮汐")
    found = compare(less, more)
    assert (found.added, found.removed) == ([survey], [])
    assert (found.retitled, found.reclassified, found.merged, found.renamed) == ([], [], [], [])
    back = compare(more, less)
    assert (back.added, back.removed) == ([], [survey])
    assert (back.added_triples, back.removed_triples) == (found.removed_triples, found.added_triples)


def test_retitled_and_reclassified(toy: list[Quad], write: Write) -> None:
    def change(quad: Quad) -> Quad:
        if quad.triple == Triple(thing("paper/tide-survey"), TITLE, Literal("A Survey of Tides | 潮汐")):
            return said("paper/tide-survey", TITLE, "Tides: A Survey")
        if quad.triple == Triple(thing("artifact/tide-code"), A, term("Code")):
            return said("artifact/tide-code", A, term("ProjectPage"))
        if quad.subject == thing("paper/tide-instruct") and quad.predicate == term("stage"):
            return said("paper/tide-instruct", term("stage"), thing("concept/stage/pre-training"))
        return quad

    found = compare(write("old.trig", toy), write("new.nq", map(change, toy)))
    assert [(c.thing.id, c.old_title, c.thing.title) for c in found.retitled] == [
        ("paper/tide-survey", "A Survey of Tides | 潮汐", "Tides: A Survey")
    ]
    code, paper = found.reclassified
    assert (code.thing.id, code.gained, code.lost) == ("artifact/tide-code", {"type": ["project page"]}, {"type": ["code"]})
    assert (paper.thing.id, list(paper.gained), list(paper.lost)) == ("paper/tide-instruct", ["stage"], ["stage"])
    assert (found.added, found.removed, found.changed) == ([], [], [])
    text = STYLES["text"](found)
    assert 'Papers retitled (1)\n  "Tides: A Survey" (tide-survey), formerly "A Survey of Tides | 潮汐"' in text
    assert "Artifacts reclassified (1)\n  " in text
    assert "type + project page, − code" in text


def test_merged_and_renamed(toy: list[Quad], write: Write) -> None:
    merged = [*without(toy, "artifact/tide-model"), said("artifact/tide-data", term("formerly"), thing("artifact/tide-model"))]
    found = compare(write("old.nq", toy), write("new.nq", merged))
    assert found.merged == [Renamed(Named("artifact/tide-model", "Tide 7B"), Named("artifact/tide-data", "Tide data"))]
    assert (found.added, found.removed, found.renamed) == ([], [], [])
    assert '"Tide 7B" (tide-model) is now part of "Tide data" (tide-data)' in STYLES["text"](found)

    text = serialize(toy, format=RdfFormat.N_QUADS) or b""
    renamed = list(parse(text.replace(b"method/drift>", b"method/drifting>"), format=RdfFormat.N_QUADS))
    renamed.append(said("method/drifting", term("formerly"), thing("method/drift")))
    found = compare(write("old.nq", toy), write("new.nq", renamed))
    assert found.renamed == [Renamed(Named("method/drift", "Drift"), Named("method/drifting", "Drift"))]
    assert (found.added, found.removed, found.merged, found.retitled) == ([], [], [], [])


def test_what_became_of_a_renamed_one_is_told(write: Write) -> None:
    def staged(id: str, *stages: str) -> list[Quad]:
        return [said(id, TITLE, "Tide"), *(said(id, term("stage"), thing(f"concept/stage/{stage}")) for stage in stages)]

    new = [*staged("paper/new", "fine-tuning", "evaluation"), said("paper/new", term("formerly"), thing("paper/old"))]
    found = compare(write("old.nq", staged("paper/old", "fine-tuning", "pre-training")), write("new.nq", new))
    assert found.renamed == [Renamed(Named("paper/old", "Tide"), Named("paper/new", "Tide"))]
    (change,) = found.reclassified
    assert (change.gained, change.lost) == ({"stage": ["evaluation"]}, {"stage": ["pre-training"]})


def test_what_else_changed_of_a_renamed_one_is_told(toy: list[Quad], write: Write) -> None:
    """And nothing where only its id did: neither of it, nor of what names it."""
    text = serialize(toy, format=RdfFormat.N_QUADS) or b""
    renamed = list(
        parse(
            text.replace(b"method/drift>", b"method/drifting>")
            .replace(b"method/drift/", b"method/drifting/")
            .replace(b"method/drift#", b"method/drifting#"),
            format=RdfFormat.N_QUADS,
        )
    )
    renamed.append(said("method/drifting", term("formerly"), thing("method/drift")))
    assert compare(write("old.nq", toy), write("new.nq", renamed)).changed == []
    renamed.append(said("method/drifting", NamedNode("http://www.w3.org/2004/02/skos/core#definition"), "It drifts more."))
    found = compare(write("old.nq", toy), write("newer.nq", renamed))
    assert [(change.thing.id, change.what) for change in found.changed] == [("method/drifting", ["definition"])]


def test_two_become_a_new_one(toy: list[Quad], write: Write) -> None:
    both = without(without(toy, "artifact/tide-model"), "artifact/tide-data")
    both += [said("artifact/tides", TITLE, "Tides"), said("artifact/tides", A, term("Artifact"))]
    both += [said("artifact/tides", term("formerly"), thing(f"artifact/tide-{one}")) for one in ("model", "data")]
    found = compare(write("old.nq", toy), write("new.nq", both))
    assert [(c.old.id, c.new.id) for c in found.merged] == [
        ("artifact/tide-data", "artifact/tides"),
        ("artifact/tide-model", "artifact/tides"),
    ]
    assert (found.added, found.removed) == ([], [])


def test_one_becomes_two(toy: list[Quad], write: Write) -> None:
    both = without(toy, "artifact/tide-model")
    for id in ("tide-a", "tide-b"):
        both += [said(f"artifact/{id}", TITLE, id), said(f"artifact/{id}", term("formerly"), thing("artifact/tide-model"))]
    found = compare(write("old.nq", toy), write("new.nq", both))
    assert [(c.old.id, c.new.id) for c in found.renamed] == [
        ("artifact/tide-model", "artifact/tide-a"),
        ("artifact/tide-model", "artifact/tide-b"),
    ]
    assert (found.added, found.removed) == ([], [])


def test_titles_of_strangers_stay_text_on_one_line(write: Write) -> None:
    old = [said("paper/a", TITLE, "Old *one* [x](http://evil.example) <b> &lt;")]
    found = compare(write("old.nq", old), write("new.nq", [said("paper/a", TITLE, "New\n# one &amp;")]))
    assert STYLES["text"](found).endswith('\n  "New # one &amp;" (a), formerly "Old *one* [x](http://evil.example) <b> &lt;"\n')
    assert STYLES["markdown"](found).endswith(
        f"\n- [New # one \\&amp;]({BASE}paper/a), formerly *Old \\*one\\* \\[x\\](http://evil.example) \\<b\\> \\&lt;*\n"
    )


def test_other_changes_name_the_part(toy: list[Quad], write: Write) -> None:
    more = [
        *toy,
        said("paper/tide-survey/version/report-2024", term("doi"), "10.1/1"),
        said("artifact/tide-data", term("size"), "9"),
    ]
    more.append(said("paper/tide-instruct", term("landingPage"), "x", "inferred"))
    found = compare(write("old.nq", toy), write("new.nq", more))
    assert [(c.thing.id, c.what) for c in found.changed] == [("artifact/tide-data", ["size"]), ("paper/tide-survey", ["version"])]


def test_venues_lists_and_concepts_are_told_in_words(write: Write) -> None:
    label = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")

    def release(scheme: str, *more: Quad) -> list[Quad]:
        concept = f"concept/{scheme}/dense"
        return [
            said(f"concept/{scheme}", TITLE, "Topics"),
            said(concept, label, "Dense"),
            said("paper/a", TITLE, "A"),
            said("paper/a", term("topic"), thing(concept)),
            said("list/l", TITLE, "L"),
            *more,
        ]

    old = release("topic", said("venue/v", TITLE, "V"), said("concept/topic/gone", label, "Gone"))
    moved = said("concept/subject", term("formerly"), thing("concept/topic"))
    new = release("subject", moved, said("list/l/snapshot/2", term("number"), "2"), said("concept/subject/new", label, "New"))
    text = STYLES["text"](compare(write("old.nq", old), write("new.nq", new)))
    assert text.split("\n", 2)[2] == (
        'Venues removed (1)\n  "V" (v)\n\n'
        'Lists changed otherwise (1)\n  "L" (l): snapshot\n\n'
        'Concepts added (1)\n  "New" (subject/new)\n\n'
        'Concepts removed (1)\n  "Gone" (topic/gone)\n\n'
        'Concepts renamed (2)\n  "Topics" (subject) was topic\n  "Dense" (subject/dense) was topic/dense\n'
    )


def test_the_triples_make_the_new_dump_of_the_old(toy: list[Quad], write: Write, tmp_path: Path) -> None:
    old = write("old.nq", without(toy, "paper/tide-survey"))
    new = write("new.trig", without(toy, "method/drift"))
    out = tmp_path / "changes"
    found = compare(old, new, out)
    assert sorted(file.name for file in out.iterdir()) == ["added.nq", "removed.nq"]
    added, removed = (set(parse(path=out / f"{name}.nq", format=RdfFormat.N_QUADS)) for name in ("added", "removed"))
    assert (len(added), len(removed)) == (found.added_triples, found.removed_triples)
    before, after = (set(parse(path=path, format=FORMATS[path.suffix])) for path in (old, new))
    assert before - removed | added == after
    lines = (out / "added.nq").read_text(encoding="utf-8").split("\n")[:-1]
    assert lines == sorted(lines)


def test_without_named_graphs_on_one_side(toy: list[Quad], write: Write, tmp_path: Path) -> None:
    moved = [Quad(quad.subject, quad.predicate, quad.object, GRAPHS["lists"]) for quad in toy]
    assert compare(write("old.ttl", toy), write("new.nq", moved)).added_triples == 0
    twice = write("twice.nq", [*toy, *moved])
    assert compare(twice, write("old.nt", toy)).removed_triples == 0
    found = compare(write("old.nq", toy), twice, tmp_path)
    assert found.with_graphs
    assert found.added_triples > 0
    compare(write("less.rdf", without(toy, "method/drift")), twice, tmp_path)
    added = list(parse(path=tmp_path / "added.nq", format=RdfFormat.N_QUADS))
    assert added
    assert all(isinstance(quad.graph_name, DefaultGraph) for quad in added)


def test_runs_on_disk_change_nothing(toy: list[Quad], write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = "one\ttwo\r\nthree\u0085four\u2028five"
    old, new = (
        write("old.nq", toy),
        write("new.nq", [*without(toy, "paper/tide-survey"), said("method/drift", term("note"), line)]),
    )
    expected = compare(old, new, tmp_path / "1")
    monkeypatch.setattr(difference, "_RUN", 97)
    assert compare(old, new, tmp_path / "2") == expected
    for name in ("added.nq", "removed.nq"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    (added,) = parse(path=tmp_path / "1" / "added.nq", format=RdfFormat.N_QUADS)
    assert added.object == Literal(line)


NAMES, KNOWS = NamedNode("urn:name"), NamedNode("urn:knows")


def people(*names: str) -> list[Quad]:
    """Blank nodes with these names, known of one another in a row and by one thing all of them."""
    nodes = [BlankNode() for _ in names]
    quads = [Quad(node, NAMES, Literal(name)) for node, name in zip(nodes, names, strict=True)]
    quads += [Quad(one, KNOWS, other) for one, other in pairwise(nodes)]
    return quads + [Quad(NamedNode("urn:all"), KNOWS, node) for node in nodes]


@pytest.mark.parametrize("endings", [("nq", "ttl"), ("ttl", "jsonld"), ("rdf", "trig")])
def test_blank_nodes_are_those_of_which_the_same_is_said(endings: tuple[str, str], write: Write) -> None:
    for names in (["Ada", "Bob", "Cy"], ["Ada"] * 3, ["Ada"] * 300):
        old, new = (write(f"{side}.{ending}", people(*names)) for side, ending in zip(("old", "new"), endings, strict=True))
        found = compare(old, new)
        assert (found.added_triples, found.removed_triples, found.old_triples) == (0, 0, 3 * len(names) - 1)


def test_what_changes_of_a_blank_node_is_told(write: Write, tmp_path: Path) -> None:
    old = write("old.nq", people("Ada", "Bob"))
    found = compare(old, write("new.nq", people("Ada", "Bobby")), tmp_path / "changes")
    assert (found.added_triples, found.removed_triples) == (5, 5), "Ada is who knows Bobby now"
    assert len(list(parse(path=tmp_path / "changes" / "added.nq", format=RdfFormat.N_QUADS))) == 5
    alike = [Quad(BlankNode(), NAMES, Literal("Ada")) for _ in range(3)]
    found = compare(write("old.nt", alike), write("new.nt", alike[:2]))
    assert (found.added_triples, found.removed_triples, found.new_triples) == (0, 1, 2)


def test_a_graph_of_blank_nodes_is_ignored_where_the_other_has_none(write: Write) -> None:
    quads = people("Ada", "Bob")
    graphs = [
        Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads for graph in (NamedNode("urn:g"), BlankNode("g"))
    ]
    assert compare(write("old.nq", graphs), write("new.nq", graphs)).added_triples == 0
    found = compare(write("old.nq", graphs), write("new.ttl", quads))
    assert (found.added_triples, found.removed_triples, found.new_triples) == (0, 0, 5)


def test_unreadable(tmp_path: Path, toy_dist: Path) -> None:
    good = toy_dist / "synthkg.nq"
    for name, content, message in (
        ("a.csv", "x", "must end in one of"),
        ("a.nq", "<http://a> <http://b> .\n", "a.nq:1:"),
        ("b.nq", None, "cannot read the dump"),
    ):
        if content is not None:
            (tmp_path / name).write_text(content)
        with pytest.raises(UnreadableError, match=message):
            compare(good, tmp_path / name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_command(toy: list[Quad], write: Write, run: Run, tmp_path: Path) -> None:
    old, new = write("old.nq", without(toy, "paper/tide-survey")), write("new.jsonld", toy)
    assert "Papers added (1)" in run("diff", old, new).stdout
    assert json.loads(run("diff", old, new, "--format", "json").stdout)["added"][0]["id"] == "paper/tide-survey"
    page = run("diff", old, new, "--format", "markdown").stdout
    assert "## Papers added (1)\n\n- [A Survey of Tides | 潮汐](https://w3id.org/synthkg/paper/tide-survey)\n" in page
    assert run("diff", old, new, "--out", tmp_path / "out").status == 0
    assert (tmp_path / "out" / "added.nq").stat().st_size > 0
    assert run("diff", old, tmp_path / "none.nq").status == 2
    seeds = {call("diff", old, new, PYTHONHASHSEED=seed).stdout for seed in ("1", "2")}
    assert len(seeds) == 1
