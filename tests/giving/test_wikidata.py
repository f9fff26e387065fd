"""Every command is read back as both QuickStatements tools read it, and says what the records say, with a source for it."""

from __future__ import annotations

import re
import shlex
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

import synthkg
from conftest import DATA, ROOT, TOY, Run
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.catalog.folder import Catalog
from synthkg.catalog.links import write_links
from synthkg.catalog.sssom import Link
from synthkg.cli import main
from synthkg.cli.exporting import export
from synthkg.giving.selection import choose
from synthkg.giving.wikidata import ENTITY, Batch, quickstatements
from synthkg.graph.store import OxigraphStore
from synthkg.model.records import Paper, Version
from synthkg.model.vocabulary import BASE, NAMESPACE
from synthkg.views import to_unicode


@dataclass
class Command:
    """What a line does."""

    item: str
    what: str
    value: Any
    qualifiers: list[tuple[str, Any]] = field(default_factory=list)
    references: list[tuple[str, Any]] = field(default_factory=list)


TIME = re.compile(r"([+-]?)(\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z/?(\d*)(/J)?")


def value_of(text: str, *, third: bool) -> Any:
    """The value of a cell: ``parseValueV1`` of QuickStatements 2, ``parse_value`` of QuickStatements 3."""
    text = text.strip()
    if third:
        text = text.replace("“", '"').replace("”", '"')
    if re.fullmatch(r"[PQLM]\d+", text):
        return ("item", text)
    if third and (found := re.fullmatch(r'"""(.*)"""', text)):
        return ("text", found[1])
    if found := re.fullmatch(r'([a-z_-]+):"(.*)"', text):
        return ("text in", found[1], found[2].strip())
    if found := re.fullmatch(r'"(.*)"', text):
        return ("text", found[1].strip())
    if found := TIME.fullmatch(text):
        return ("time", f"{found[2]}-{found[3]}-{found[4]}", int(found[8] or 9))
    raise AssertionError(f"not a value: {text!r}")


def read(text: str, *, third: bool) -> list[Command]:
    """The commands: ``importDataFromV1`` of QuickStatements 2, ``V1CommandParser`` of QuickStatements 3."""
    if third:
        text = text.replace("||", "\n").replace("|", "\t")
    found = []
    for row in text.split("\n"):
        row = row.strip()
        if not row:
            continue
        assert not re.search(r"/\*.*\*/\s*$", row)  # would be a comment
        cells = row.split("\t")
        if cells[0] == "CREATE":
            assert cells == ["CREATE"]
            found.append(Command("CREATE", "", None))
            continue
        item, what, value, *rest = cells
        assert re.fullmatch(r"LAST|Q\d+", item)
        assert len(rest) % 2 == 0
        command = Command(item, what, value_of(value, third=third))
        for key, cell in zip(rest[::2], rest[1::2], strict=True):
            into = command.references if re.fullmatch(r"S\d+", key) else command.qualifiers
            assert re.fullmatch(r"[SP]\d+", key)
            into.append((key, value_of(cell, third=third)))
        assert re.fullmatch(r"P\d+", what) or (re.fullmatch(r"L[a-z-]+", what) and not rest)
        found.append(command)
    return found


def read_by_both(text: str) -> list[Command]:
    second, third = read(text, third=False), read(text, third=True)
    assert second == third
    return second


def items(text: str) -> dict[str, list[Command]]:
    """The commands of each item, new ones under their label."""
    found: dict[str, list[Command]] = defaultdict(list)
    name = ""
    commands = read_by_both(text)
    for before, command in zip([None, *commands], commands, strict=False):
        if command.item == "CREATE":
            continue
        if command.item != "LAST":
            name = command.item
        elif before is not None and before.item == "CREATE":
            assert command.what == "Len"
            name = command.value[1]
            assert name not in found
        found[name].append(command)
    return dict(found)


FEW = ("self-instruct", "star", "vila2", "wizardlm")


@pytest.fixture(scope="module")
def few(real_store: OxigraphStore) -> KnowledgeGraph:
    """The real graph with these papers alone, without lists and where artifacts were read: what is said of one needs no more."""
    left_out = re.compile(rf"<{BASE}(?:paper/(?!(?:{'|'.join(FEW)})[/>])|list/|artifact/[^/>]+/)")
    return KnowledgeGraph(OxigraphStore(quad for quad in real_store.inner if not left_out.match(str(quad.subject))))


@pytest.fixture(scope="module")
def records(real_catalog: Catalog) -> dict[str, Paper]:
    return {record.id: record for record in real_catalog if isinstance(record, Paper)}


@pytest.fixture(scope="module")
def cited(kg: KnowledgeGraph) -> dict[str, str]:
    return {row["paper"]: row["version"] for row in kg.query("versions") if row["to_cite"] == "yes"}


def everything(kg: KnowledgeGraph) -> Batch:
    return quickstatements(kg.store, [], choose(kg.store))


def supporting(paper: Paper, *facts: str) -> set[tuple[str, str | None]]:
    """The sources of a paper's record that support one of the facts, with the day on which they were read."""
    return {(e.source, e.read) for e in paper.evidence if not e.supports or set(e.supports) & set(facts)}


def checked(command: Command, sources: set[tuple[str, str | None]]) -> Any:
    """The command's value, after a look whether its reference is one of the sources."""
    said = dict(command.references)
    assert len(command.references) == len(said)
    read = said.get("S813")
    assert said["S854"][0] == "text"
    assert read is None or read[2] == 11
    assert (said["S854"][1], None if read is None else read[1]) in sources
    return command.value


def date_of(version: Version) -> tuple[str, str, int]:
    text = version.date or str(version.year)
    return ("time", (text + "-00-00")[:10], {4: 9, 7: 10, 10: 11}[len(text)])


TYPES = {"preprint": "Q580922", "conference-paper": "Q23927052", "workshop-paper": "Q23927052"}
TYPES |= {"journal-article": "Q13442814", "report": "Q10870555"}


def test_every_new_item_is_what_its_record_says(kg: KnowledgeGraph, records: dict[str, Paper], cited: dict[str, str]) -> None:
    batch = everything(kg)
    found = items(batch.text)
    left = {id for id, record in records.items() if "“" in to_unicode(record.title)}  # which QuickStatements cannot carry
    assert {note.partition(":")[0] for note in batch.notes} == left
    assert set(batch.created) == set(records) - set(batch.extended) - left
    by_title = {to_unicode(records[id].title): records[id] for id in batch.created}
    assert set(found) == set(by_title)
    seen: Counter[str] = Counter()
    for title, commands in found.items():
        paper = by_title[title]
        version = next(v for v in paper.versions if v.id == cited[paper.id])
        at = f"versions.{version.id}"
        said: dict[str, list[Command]] = defaultdict(list)
        for command in commands:
            said[command.what].append(command)
            seen[command.what] += 1
        assert [command.value for command in said.pop("Len")] == [("text", title)]
        (kind,) = said.pop("P31")
        assert checked(kind, supporting(paper, at, f"{at}.type", f"{at}.venue")) == ("item", TYPES[version.type])
        (name,) = said.pop("P1476")
        assert checked(name, supporting(paper, "title")) == ("text in", "en", title)
        authors = said.pop("P2093", [])
        assert [checked(a, supporting(paper, "authors"))[1] for a in authors] == [a.name for a in paper.authors][: len(authors)]
        assert [a.qualifiers for a in authors] == [[("P1545", ("text", str(n)))] for n in range(1, len(authors) + 1)]
        assert len(authors) in (0, len(paper.authors))
        for date in said.pop("P577", []):
            assert checked(date, supporting(paper, at, f"{at}.date", f"{at}.year")) == date_of(version)
        for command in said.pop("P818", []):
            (preprint,) = [v for v in paper.versions if ("text", v.arxiv) == command.value]
            checked(command, supporting(paper, f"versions.{preprint.id}", f"versions.{preprint.id}.arxiv"))
        for command in said.pop("P356", []):
            assert checked(command, supporting(paper, at, f"{at}.doi")) == ("text", str(version.doi).upper())
        for command in said.pop("P1324", []):
            parts = [f"official.{id}" for id in paper.official]
            checked(command, supporting(paper, "official", *parts))
        assert not said
    assert {"P2093", "P577", "P818", "P356", "P1324"} <= {what for what, n in seen.items() if n > 10}


def test_code_is_official_and_there(kg: KnowledgeGraph, records: dict[str, Paper]) -> None:
    rows = {(row["paper"], row["url"]) for row in _available(kg)}
    found = {
        (title, command.value[1]) for title, cs in items(everything(kg).text).items() for command in cs if command.what == "P1324"
    }
    assert found == {(records[paper].title, url) for paper, url in rows}


def _available(kg: KnowledgeGraph) -> list[dict[str, str]]:
    table = kg.store.select(
        f"""SELECT ?paper ?url WHERE {{ ?work <{NAMESPACE}official> ?code ; <{NAMESPACE}available> ?code .
            ?code a <{NAMESPACE}Code> ; <{NAMESPACE}url> ?url BIND(STRAFTER(STR(?work), "/paper/") AS ?paper) }}"""
    )
    return [{"paper": row[0].value, "url": row[1].value} for row in table.rows if row[0] is not None and row[1] is not None]


# -- Links


def link(subject: str, item: str, status: str = "accepted", predicate: str = "skos:exactMatch") -> Link:
    return Link(
        subject=BASE + subject,
        subject_label="x",
        predicate=predicate,
        object=ENTITY + item,
        justification="semapv:UnspecifiedMatching",
        confidence=1.0,
        date="2026-11-24",
        query_hash="0" * 16,
        status=status,
    )


SELF = "paper/self-instruct"
PREPRINT, ACL = f"{SELF}/version/preprint", f"{SELF}/version/acl-2023"
CODE = ("P1324", "https://github.com/yizhongw/self-instruct")
ARXIV, DOI = ("P818", "2212.10560"), ("P356", "10.18653/V1/2023.ACL-LONG.754")


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([link(SELF, "Q1")], {"Q1": [ARXIV, DOI, CODE]}),
        ([link(PREPRINT, "Q1")], {"Q1": [ARXIV, CODE]}),
        ([link(ACL, "Q1")], {"Q1": [DOI, CODE]}),
        ([link(PREPRINT, "Q1"), link(ACL, "Q2")], {"Q1": [ARXIV], "Q2": [DOI, CODE]}),
        ([link(SELF, "Q1"), link(PREPRINT, "Q2")], {"Q1": [DOI, CODE], "Q2": [ARXIV]}),
        ([link(PREPRINT, "Q1", "rejected"), link(ACL, "Q2")], {"Q2": [DOI, CODE]}),
        ([link(PREPRINT, "Q1", "waiting"), link(ACL, "Q2")], {"Q2": [DOI, CODE]}),
    ],
)
def test_an_item_is_told_what_is_of_what_it_is_linked_with(
    few: KnowledgeGraph, records: dict[str, Paper], links: list[Link], expected: dict[str, list[tuple[str, str]]]
) -> None:
    batch = quickstatements(few.store, links, {"self-instruct"})
    found = items(batch.text)
    assert {item: [(c.what, c.value[1]) for c in commands] for item, commands in found.items()} == expected
    assert (batch.created, batch.extended) == ([], ["self-instruct"])
    sources = {(e.source, e.read) for e in records["self-instruct"].evidence}
    assert all(checked(command, sources) for commands in found.values() for command in commands)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (link(PREPRINT, "Q1", "waiting"), "its link with Q1 waits for review"),
        (link(SELF, "Q1", predicate="skos:closeMatch"), "it is close to Q1"),
    ],
)
def test_no_item_is_made_for_what_may_be_there(few: KnowledgeGraph, known: Link, words: str) -> None:
    batch = quickstatements(few.store, [known], {"self-instruct"})
    assert (batch.text, batch.created, batch.extended) == ("", [], [])
    assert batch.notes == [f"self-instruct: no item is made; {words}"]


def test_rejected_links_and_those_of_other_graphs_and_papers_hinder_nothing(few: KnowledgeGraph) -> None:
    others = [
        link(PREPRINT, "Q1", "rejected"),
        link(f"{SELF}-2/version/a", "Q2"),
        replace(link(ACL, "Q3"), object="https://dblp.org/x"),
    ]
    assert quickstatements(few.store, others, {"self-instruct"}).created == ["self-instruct"]


def test_no_item_is_made_while_nobody_has_looked(few: KnowledgeGraph) -> None:
    batch = quickstatements(few.store, [], {"self-instruct", "wizardlm"}, create=False)
    assert batch.text == ""
    assert batch.notes == ["no items are made for papers without a link (2), because nobody has looked for them in Wikidata"]
    looked = quickstatements(few.store, [link("paper/star/version/preprint", "Q1")], {"self-instruct"}, create=False)
    assert looked.created == ["self-instruct"]


def test_a_venue_is_named_where_it_is_an_item(few: KnowledgeGraph) -> None:
    batch = quickstatements(
        few.store, [link("venue/acl", "Q1"), link("venue/iclr", "Q2", "waiting")], {"self-instruct", "wizardlm"}
    )
    found = {name: [c.value for c in commands if c.what == "P1433"] for name, commands in items(batch.text).items()}
    assert sorted(found.values()) == [[], [("item", "Q1")]]


def test_links_of_the_graph_count_too(few: KnowledgeGraph) -> None:
    store = OxigraphStore(few.store)  # type: ignore[arg-type]
    node, graph = NamedNode(f"{BASE}{PREPRINT}/link/wikidata/resolved"), NamedNode(f"{BASE}graph/links")
    skos = "http://www.w3.org/2004/02/skos/core#exactMatch"
    semapv = "https://w3id.org/semapv/vocab/UnspecifiedMatching"
    facts = {"counterpart": f"{ENTITY}Q7", "relation": skos, "justification": semapv, "target": f"{BASE}concept/target/wikidata"}
    store.inner.add(Quad(NamedNode(BASE + PREPRINT), NamedNode(f"{NAMESPACE}link"), node, graph))
    for name, iri in facts.items():
        store.inner.add(Quad(node, NamedNode(NAMESPACE + name), NamedNode(iri), graph))
    assert items(quickstatements(store, [], {"self-instruct"}).text).keys() == {"Q7"}


# -- Texts


@cache
def toy_quads() -> list[Quad]:
    return list(synthkg.open(TOY).store)  # type: ignore[call-overload,no-any-return]


def titled(title: str) -> OxigraphStore:
    """The toy graph with another title for one paper."""
    store = OxigraphStore(toy_quads())
    paper = NamedNode(f"{BASE}paper/tide-instruct")
    for quad in list(store.inner.quads_for_pattern(paper, NamedNode("http://purl.org/dc/terms/title"), None)):
        store.inner.remove(quad)
        store.inner.add(Quad(quad.subject, quad.predicate, Literal(title), quad.graph_name))
    return store


HOSTILE = ['"', '""a""', '"a" and "b"', "a|b", "a||b", "“a”", "a\tb", "a\nCREATE\nLAST", "/* a */", "LAST", "Q42", "a\\"]
HOSTILE += ["\x85", "\u2028", ""]


@given(st.one_of(st.sampled_from(HOSTILE), st.text(st.sampled_from("\"|“”\t\n\r\\ /*aQ1:'")), st.text(max_size=300)))
def test_a_title_is_carried_whole_or_named(title: str) -> None:
    batch = quickstatements(titled(title), [], {"tide-instruct"})
    commands = read_by_both(batch.text)
    named = [command.value[2] for command in commands if command.what == "P1476"]
    plain = " ".join(title.split())
    if batch.created:
        (label,) = [command.value[1] for command in commands if command.what == "Len"]
        assert named == [plain] or (len(plain) > 400 and any("P1476" in note for note in batch.notes))
        assert label == plain or (len(plain) > 250 and label.endswith(" …") and plain.startswith(label[:-2]))
        assert len(label) <= 250
    else:
        assert batch.text == ""
        assert any(note.startswith("tide-instruct: no item is made; its title") for note in batch.notes)


@pytest.mark.parametrize("title", ['Say "cheese"', "A tab\tand\na line", "C:\\path", "潮 Ebb & flow", "x" * 250])
def test_ordinary_texts_are_carried(title: str) -> None:
    assert items(quickstatements(titled(title), [], {"tide-instruct"}).text).keys() == {" ".join(title.split())}


@pytest.mark.parametrize(
    ("title", "is_english"),
    [
        ("نماذج لغة البروتين", False),
        ("ProteinBERT: 蛋白质语言模型", False),
        ("Πρωτεΐνες και BERT", False),
        ("हिन्दी LLM", False),
        ("論 語", False),
        ("β-VAE for Köln’s naïve α,β‐Crown", True),
        ("Ada Marée’s $\\alpha\\beta\\gamma$-CROWN", True),
        ("$\\mathcal{O}(n)$ Sampling", True),
    ],
)
def test_a_title_that_is_not_english_is_not_given_as_english(title: str, is_english: bool) -> None:
    batch = quickstatements(titled(title), [], ["tide-instruct"])
    assert bool(batch.created) == ("P1476" in batch.text) == is_english
    said = "tide-instruct: no item is made; its title has words of another script than Latin, and nothing says its language"
    assert any(note.startswith(said) for note in batch.notes) != is_english


def test_a_long_title_is_whole_in_its_statement_and_cut_between_words_in_its_label() -> None:
    title = "Everything anybody ever wanted to know about tides " * 6
    ((label, commands),) = items(quickstatements(titled(title), [], {"tide-instruct"}).text).items()
    assert label.endswith(("tides …", "to …", "know …", "about …", "ever …", "wanted …", "anybody …", "Everything …"))
    assert [c.value[2] for c in commands if c.what == "P1476"] == [title.strip()]
    batch = quickstatements(titled("a " * 300), [], {"tide-instruct"})
    assert any("P1476" in note and "599 characters" in note for note in batch.notes)
    assert all(command.what != "P1476" for command in read_by_both(batch.text))


@pytest.mark.parametrize("over", [0, 1])
def test_what_is_longer_than_wikibase_takes_is_left_out_and_told(over: int) -> None:
    """The limits are those of ``string-limits`` in Wikibase: 400 characters of a text, 500 of an address."""
    title = "tides " * 66 + "ebb." + "." * over
    batch = quickstatements(titled(title), [], {"tide-instruct"})
    assert [c.value[2] for c in read_by_both(batch.text) if c.what == "P1476"] == [title] * (not over)
    assert any("has 401 characters, and Wikibase takes 400; add it by hand" in note for note in batch.notes) == bool(over)
    source, store = "https://toyconf.example.org/2023/tide.html", OxigraphStore(toy_quads())
    long = source.ljust(500 + over, "x")
    for quad in list(store.inner.quads_for_pattern(None, None, NamedNode(source))):
        store.inner.remove(quad)
        store.inner.add(Quad(quad.subject, quad.predicate, NamedNode(long), quad.graph_name))
    batch = quickstatements(store, [], {"tide-instruct"})
    assert (long in batch.text) == (not over)
    assert any("has 501 characters, and Wikibase takes 500; add it by hand" in note for note in batch.notes) == bool(over)


def without_support(kg: KnowledgeGraph, fact: str) -> OxigraphStore:
    """The graph in which nothing supports a fact of one paper; its evidence supports something else."""
    store = OxigraphStore(kg.store)  # type: ignore[arg-type]
    supports = NamedNode(f"{NAMESPACE}supports")
    for quad in list(store.inner.quads_for_pattern(None, supports, NamedNode(f"{BASE}{SELF}{fact}"))):
        store.inner.remove(quad)
        store.inner.add(Quad(quad.subject, supports, NamedNode(f"{BASE}{SELF}#stages"), quad.graph_name))
    return store


@pytest.mark.parametrize(
    ("fact", "lost"),
    [("#authors", {"P2093"}), ("#official", {"P1324"}), ("/version/preprint", {"P818"}), ("#stages", set()), ("#uses", set())],
)
def test_what_nothing_supports_is_not_said(few: KnowledgeGraph, fact: str, lost: set[str]) -> None:
    before = read_by_both(quickstatements(few.store, [], {"self-instruct"}).text)
    after = read_by_both(quickstatements(without_support(few, fact), [], {"self-instruct"}).text)
    assert after == [command for command in before if command.what not in lost]
    assert lost <= {command.what for command in before}


@pytest.mark.parametrize(("fact", "words"), [("#title", "title"), ("/version/acl-2023", "type")])
def test_no_item_is_made_of_what_nothing_supports(few: KnowledgeGraph, fact: str, words: str) -> None:
    batch = quickstatements(without_support(few, fact), [], {"self-instruct"})
    assert (batch.text, batch.notes) == ("", [f"self-instruct: no item is made; nothing supports its {words}"])


# -- The commands


def test_command(run: Run, toy: Path, toy_dist: Path, tmp_path: Path) -> None:
    done = run("export", "wikidata", "--data", toy)
    assert (done.status, done.stdout) == (0, "")
    assert "nobody has looked for them" in done.stderr
    whole = run("export", "wikidata", "--data", toy, "--without-links")
    assert items(whole.stdout).keys() == {"Tide-Instruct: Teaching Models to Read Tides"}
    assert "tide-survey: no item is made; its title holds '|'" in whole.stderr
    dump = ("--from", toy_dist / "synthkg.ttl", "--links", toy / "links")
    assert run("export", "wikidata", *dump, "--without-links").stdout == whole.stdout
    file = toy / "links" / "wikidata.sssom.tsv"
    write_links(file, [link("paper/tide-instruct", "Q1", "waiting")], {})
    done = run("export", "wikidata", "--data", toy, "--out", tmp_path / "wikidata.qs")
    assert "tide-instruct: no item is made; its link with Q1 waits for review" in done.stderr
    assert done.stderr.endswith("0 new items, 0 items with statements to add\n")
    assert (tmp_path / "wikidata.qs").read_bytes() == b""
    write_links(file, [link("paper/tide-survey", "Q1")], {})
    assert run("export", "wikidata", *dump).stdout == whole.stdout
    write_links(file, [link("paper/tide-instruct", "Q1"), link("paper/tide-survey", "Q1")], {})
    done = run("export", "wikidata", "--data", toy)
    assert (done.status, done.stdout) == (1, "")
    assert "is claimed in line" in done.stderr


def test_a_link_of_a_former_id_ends_the_command(run: Run, toy: Path, toy_dist: Path) -> None:
    """Or a second item would be made of a work that has one."""
    write_links(toy / "links" / "wikidata.sssom.tsv", [link("paper/tide", "Q42")], {})
    dump = ("--from", toy_dist / "synthkg.nq", "--links", toy / "links")
    for command in ("wikidata", "sssom"):
        for source in (("--data", toy), dump):
            done = run("export", command, *source)
            assert (done.status, done.stdout) == (1, ""), (command, source)
            assert f'what had the IRI "{BASE}paper/tide" is now "{BASE}paper/tide-instruct"' in done.stderr


def test_links_of_the_records_here_are_none_of_another_folders_dump(run: Run, toy_dist: Path) -> None:
    rows = run("export", "sssom", "--from", toy_dist / "synthkg.nq").stdout.split("subject_id\t")[1].splitlines()[1:]
    assert rows
    assert [row for row in rows if row.startswith("kg:paper/") and not row.startswith("kg:paper/tide-")] == []


def _export_examples() -> list[str]:
    found = []
    for name, command in sorted(export.commands.items()):
        epilog = str(command.epilog)
        assert "Examples:" in epilog, name
        found += [line.strip() for line in epilog.partition("Examples:\n")[2].splitlines() if line.strip()]
    return found


def test_examples_of_the_help_texts_work(run: Run, toy_dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("ontology", "queries"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "data").symlink_to(TOY)
    shutil.copytree(toy_dist, tmp_path / "dist")
    monkeypatch.chdir(tmp_path)
    for example in _export_examples():
        named = re.sub("evol-instruct|self-instruct|wizardlm", "tide-instruct", example)  # what the toy has
        _, *arguments = shlex.split(re.sub(r"--domain \w+", "--domain science", named))
        done = run(*arguments)
        assert done.status == 0, (example, done.stderr)
    assert main.commands["export"] is export


CONSOLE = re.compile(r"^```console\n\$ synthkg (?P<arguments>.+)\n(?P<output>[\s\S]*?)^```$", re.MULTILINE)


def test_the_page_shows_what_the_commands_print(
    run: Run, monkeypatch: pytest.MonkeyPatch, real_catalog: Catalog, kg: KnowledgeGraph
) -> None:
    """Each with the real records and their graph, which are read already."""
    monkeypatch.setattr("synthkg.catalog.load_catalog", lambda folder, **_: {DATA.resolve(): real_catalog}[folder.resolve()])
    monkeypatch.setattr(KnowledgeGraph, "of", lambda catalog: {id(real_catalog): kg}[id(catalog)])
    page = (ROOT / "docs" / "giving-back.md").read_text("utf-8")
    monkeypatch.chdir(ROOT)
    blocks = list(CONSOLE.finditer(page))
    assert len(blocks) >= 4
    for block in blocks:
        done = run(*shlex.split(block["arguments"]))
        assert done.status == 0, done.stderr
        shown = "".join(f"{re.escape(line)}\n" if line != "…" else r"(?:.*\n)*?" for line in block["output"].splitlines())
        cut = re.escape("…")
        assert re.fullmatch(shown.replace(cut, ".*"), done.stdout), f"docs/giving-back.md is stale: {block['arguments']}"


def test_mathematics_is_unicode(few: KnowledgeGraph) -> None:
    text = quickstatements(few.store, [], {"vila2"}).text
    assert 'LAST\tLen\t"VILA²: VILA Augmented VILA"\n' in text
    assert 'LAST\tP1476\ten:"VILA²: VILA Augmented VILA"\t' in text
