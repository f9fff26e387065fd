"""Things are found by whatever they are called, and shown by one profile, whoever renders it."""

from __future__ import annotations

import copy
import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

import synthkg
from conftest import TOY, Run
from synthkg.api import KnowledgeGraph
from synthkg.errors import QueryError, SynthkgError, UnreadableError, UsageError
from synthkg.graph import OxigraphStore, load_queries, load_query
from synthkg.model import BASE
from synthkg.profiles.kinds import KINDS, kind_of
from synthkg.profiles.panels import Panel, load_panels
from synthkg.profiles.rendering import render

SELF_INSTRUCT = "paper/self-instruct"


class Named:
    """What names a file and is no `Path`, as an entry of `os.scandir` does."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return self.path


@pytest.fixture(scope="module")
def kg(dump_store: OxigraphStore) -> KnowledgeGraph:
    return KnowledgeGraph(dump_store)


@pytest.fixture
def dump(real_dist: Path, dump_store: OxigraphStore, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The dump, which commands in this process find loaded."""
    monkeypatch.setattr("synthkg.graph.open_dump", lambda path, *_: {real_dist / "synthkg.nq": dump_store}[path])
    return real_dist / "synthkg.nq"


# -- Finding


@pytest.mark.parametrize(
    ("words", "id"),
    [
        (SELF_INSTRUCT, SELF_INSTRUCT),
        (BASE + SELF_INSTRUCT, SELF_INSTRUCT),
        (f"{BASE}{SELF_INSTRUCT}/version/acl-2023", SELF_INSTRUCT),
        (f"/{SELF_INSTRUCT}.html", SELF_INSTRUCT),
        (f"w3id.org/synthkg/{SELF_INSTRUCT}", SELF_INSTRUCT),
        (f"<https://w3id.org/synthkg/{SELF_INSTRUCT}>", SELF_INSTRUCT),
        ("2212.10560", SELF_INSTRUCT),
        ("arXiv:2212.10560v2", SELF_INSTRUCT),
        ("https://arxiv.org/pdf/2212.10560", SELF_INSTRUCT),
        ("https://doi.org/10.18653/V1/2023.acl-long.754", SELF_INSTRUCT),
        ("https://aclanthology.org/2023.acl-long.754.pdf", SELF_INSTRUCT),
        ("self-instruct: aligning language model with self generated instructions", SELF_INSTRUCT),
        ("GPT-4", "artifact/gpt-4"),
        ("gpt 4", "artifact/gpt-4"),
        ("closing the loop", "paper/closing-the-loop-sponsored-content"),
        ("ACL", "venue/acl"),
        ("Evol-Instruct", "method/evol-instruct"),
        ("https://github.com/nlpxucan/WizardLM", "artifact/wizardlm-code"),
        ("Fine-tuning", "concept/stage/fine-tuning"),
        ("stage/fine-tuning", "concept/stage/fine-tuning"),
        ("stage", "concept/stage"),
        ("list/data-synthesis-using-llms/erratum/3", "list/data-synthesis-using-llms/erratum/3"),
        ("ontology#Erratum", "ontology#Erratum"),
        ("synthkg:Erratum", "ontology#Erratum"),
        ("cited version", "ontology#citedVersion"),
    ],
)
def test_a_thing_is_found_by_whatever_it_is_called(words: str, id: str, kg: KnowledgeGraph) -> None:
    assert [each.id for each in kg.finder.find(words)] == [id]


def test_every_thing_is_found_by_its_id_and_by_its_iri(kg: KnowledgeGraph) -> None:
    for iri in kg.profiles.labels.titles:
        if kind_of(iri) not in ("", "person"):
            assert [each.iri for each in kg.finder.find(iri)] == [iri]
            assert [each.iri for each in kg.finder.find(iri.removeprefix(BASE))] == [iri]


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("paper/tide", "paper/tide-instruct"),
        (f"{BASE}paper/tide/version/preprint", "paper/tide-instruct"),
        ("kg:method/tide", "method/tide-instruct"),
        ("tide-list", "list/tides"),
        ("list/tide-list/erratum/1", "list/tides/erratum/1"),
        ("concept/tides/king", "concept/tide/king"),
        ("tides/king", "concept/tide/king"),
    ],
)
def test_a_former_id_leads_to_the_thing_and_what_it_is_now_is_told(words: str, id: str, run: Run) -> None:
    done = run("show", words, "--data", TOY)
    assert (done.status, f"  {BASE}{id}\n" in done.stdout) == (0, True), done
    assert f'"{words}" is now {id}\n' in done.stderr


def test_a_former_id_that_others_still_name_is_no_thing_of_its_own(toy: Path, run: Run) -> None:
    model = (toy / "artifacts" / "tide-model.yaml").rename(toy / "artifacts" / "tide-7b.yaml")
    model.write_text(f"formerly:\n  - tide-model\n{model.read_text('utf-8')}", "utf-8")
    for words in ("tide-model", "artifact/tide-model"):
        done = run("show", words, "--data", toy)
        assert (done.status, f"  {BASE}artifact/tide-7b\n" in done.stdout) == (0, True), done
        assert f'"{words}" is now artifact/tide-7b\n' in done.stderr


@pytest.mark.parametrize(
    ("line", "present", "told"),
    [
        ("query versions-of -p paper=tide", "tide-instruct", "paper=tide-instruct (tide)"),
        (f"query versions-of -p paper={BASE}paper/tide", "tide-instruct", f"paper={BASE}paper/tide-instruct ({BASE}paper/tide)"),
        ("query lineage -p method=tide", "tide-instruct", "method=tide-instruct (tide)"),
        ("view published -p list=tide-list", "tides", "list=tides (tide-list)"),
        ("view method/tide", "tide-instruct", ""),
        ("export orkg --paper tide", "tide-instruct", 'the paper "tide" is now "tide-instruct"'),
        ("export orkg --method tide", "tide-instruct", 'the method "tide" is now "tide-instruct"'),
        ("enrich tide --dry-run", "tide-instruct", 'the paper "tide" is now "tide-instruct"'),
        ("watch tide --dry-run", "tide-code", 'the artifact "tide" is now "tide-code"'),
        ("update {tides} --list tide-list --date 2024-06-01 --dry-run", "tides", 'the list "tide-list" is now "tides"'),
    ],
)
def test_a_former_id_is_alive_wherever_a_record_is_named(
    line: str, present: str, told: str, toy: Path, tmp_path: Path, run: Run
) -> None:
    code = toy / "artifacts" / "tide-code.yaml"
    code.write_text(re.sub("formerly:\n  - .*", "formerly:\n  - tide", code.read_text("utf-8")), "utf-8")
    (tmp_path / "tides.md").write_text(run("view", "published", "--data", toy).stdout, "utf-8", newline="")
    words = [word.format(tides=tmp_path / "tides.md") for word in line.split()]
    former = next(word for word in ("tide-list", "tide") if re.search(rf"[ =/]{word}( |$)", line))
    now = [re.sub(rf"(^|[=/]){former}$", rf"\g<1>{present}", word) for word in words]
    done, wanted = run(*words, "--data", toy), run(*now, "--data", toy)
    assert (done.status, done.stdout) == (wanted.status, wanted.stdout), done
    assert wanted.status in (0, 1)
    assert told in done.stderr


def test_what_is_not_clear_or_not_known_is_told(run: Run, dump: Path) -> None:
    done = run("show", "evol-instrct", "--from", dump)
    assert (done.status, done.stdout) == (1, "")
    assert "method/evol-instruct\tEvol-Instruct" in done.stderr
    assert run("show", "zzzzqqq", "--from", dump).status == 1
    done = run("show", "WizardLM", "--from", dump)
    assert (done.status, done.stdout.splitlines()[0]) == (0, "WizardLM")
    assert "see also: paper/wizardlm\t" in done.stderr
    done = run("show", "WizardLM", "--from", dump, "--format", "json")
    assert json.loads(done.stdout)["title"] == "WizardLM"
    assert done.stderr.startswith("see also: paper/wizardlm\t")
    with pytest.raises(UsageError, match=r"nearest: method/evol-instruct"):
        synthkg.open(dump=dump).method("evol-instrct")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Quay Walls", ['"Quay Walls" may be any of these; name one:', "  paper/quay\tQuay Walls", "  paper/walls\tQuay Walls"]),
        (
            "Quay Wals",
            ['there is no "Quay Wals"; did you mean one of these?', "  paper/quay\tQuay Walls", "  paper/walls\tQuay Walls"],
        ),
        ("paper/wals", ['there is no "paper/wals"; did you mean one of these?', "  paper/walls\tQuay Walls"]),
        (
            "stage/finetuning",
            ['there is no "stage/finetuning"; did you mean one of these?', "  concept/stage/fine-tuning\tFine-tuning"],
        ),
        ("zzzzqqq", ['there is no "zzzzqqq"']),
    ],
)
def test_what_may_be_meant_is_told_to_the_letter(toy: Path, run: Run, words: str, told: list[str]) -> None:
    for id in ("quay", "walls"):
        (toy / "papers" / f"{id}.yaml").write_text("title: Quay Walls\n", "utf-8")
    done = run("show", words, "--data", toy)
    assert (done.status, done.stdout, done.stderr.splitlines()[: len(told)]) == (1, "", told)


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("self instruct", "method/self-instruct"),
        ("SELFINSTRUCT", "method/self-instruct"),
        ("evol-instrct", "method/evol-instruct"),
        ("2212.10560", SELF_INSTRUCT),
        ("doi:10.18653/v1/2023.acl-long.754", SELF_INSTRUCT),
        ("Yizhong Wang", SELF_INSTRUCT),
        ("yizhong wáng aligning", SELF_INSTRUCT),
        ("Empowering complex instructions", "paper/wizardlm"),
        ("驼", "artifact/huatuo-code"),
        (f"{BASE}{SELF_INSTRUCT}", SELF_INSTRUCT),
        (SELF_INSTRUCT, SELF_INSTRUCT),
        ("Chatgpt-4 outperforms experts annotating", "paper/chatgpt-4-annotating-political-twitter"),
    ],
)
def test_search_forgives_and_ranks(words: str, id: str, kg: KnowledgeGraph) -> None:
    assert kg.search(words)[0].id == id


@pytest.mark.parametrize(("words", "found"), [("🤗", ["paper/hug"]), ("🌊", []), (" ", []), ("((", [])])
def test_a_title_without_letters_is_what_its_signs_are(toy: Path, words: str, found: list[str]) -> None:
    (toy / "papers" / "hug.yaml").write_text('title: "🤗"\n', "utf-8")
    kg = synthkg.open(toy)
    assert [each.id for each in kg.search(words)] == found
    assert [each.id for each in kg.finder.find(words)] == found


def test_search_calls_a_draft_what_its_list_does(tmp_path: Path, run: Run) -> None:
    (tmp_path / "l.md").write_text("# Waters\n\n- [Rivers **Run** North](https://arxiv.org/abs/2301.00001)\n", "utf-8")
    run("import", tmp_path / "l.md", "--to", tmp_path / "data")
    found = json.loads(run("search", "rivers", "--format", "json", "--data", tmp_path / "data").stdout)
    assert [(each["id"], each["title"]) for each in found] == [("paper/rivers-run-north", "Rivers Run North")]


def test_search_has_formats(run: Run, dump: Path) -> None:
    found = json.loads(run("search", "Hajishirzi", "--kind", "paper", "--format", "json", "--from", dump).stdout)
    assert {each["id"] for each in found} >= {SELF_INSTRUCT, "paper/core-counterfactual"}
    bibtex = run("search", "Hajishirzi", "--format", "bibtex", "--from", dump).stdout
    assert bibtex.count("\n@") + bibtex.startswith("@") == len(found)
    exact = run("search", "2212.10560", "--format", "bibtex", "--from", dump).stdout
    assert exact.startswith("@inproceedings{self-instruct,")
    assert "\n@" not in exact, "2212 begins other ids, too"
    for style in ("text", "bibtex"):
        done = run("search", "zzzzqqq", "--format", style, "--from", dump)
        assert (done.status, done.stdout, "nothing has" in done.stderr) == (1, "", True)


# -- Profiles


def test_a_panel_is_a_query_that_gives_rows_for_its_default() -> None:
    panels = load_panels()
    assert panels.keys() <= set(KINDS)
    for kind, found in panels.items():
        assert len({panel.key for panel in found}) == len(found), kind
    shown = {panel.query.name for found in panels.values() for panel in found}
    assert load_queries("profiles").keys() <= shown


def test_the_same_profile_is_rendered_everywhere(run: Run, dump: Path, kg: KnowledgeGraph) -> None:
    styles = ("text", "json", "jsonl", "markdown")
    for thing in (SELF_INSTRUCT, "method/evol-instruct", "artifact/alpaca-data", "venue/acl", "concept/stage"):
        profile = kg.profiles.of(BASE + thing)
        text, said, lines, page = told = [render(profile, style, kg.store, kg.profiles.labels) for style in styles]
        if thing == SELF_INSTRUCT:
            assert [run("show", thing, "--format", style, "--from", dump).stdout for style in styles] == told
        whole, rows = json.loads(said), [json.loads(line) for line in lines.splitlines()]
        assert len(rows) == sum(len(panel["rows"]) for panel in whole["panels"]) > 2
        assert {row["iri"] for row in rows} == {whole["iri"]}
        for panel in whole["panels"]:
            assert f"\n{panel['title']}\n---" in text
            assert f"\n## {panel['title']}\n" in page
            section = profile.section(panel["title"].casefold().replace(",", "").replace(" ", "-"))
            assert section is not None
            assert len(section.table.rows) == len(panel["rows"])
            assert panel["query"] == section.panel.query.name


def test_a_saved_profile_query_can_be_asked_by_its_name(run: Run, dump: Path) -> None:
    done = run("query", "paper-versions", "-p", "paper=2212.10560", "--format", "csv", "--from", dump)
    assert done.stdout.count("\n") == 3
    assert "paper=self-instruct (2212.10560)" in done.stderr


def test_values_are_given_by_name(run: Run, dump: Path) -> None:
    wanted = run("query", "taught-by", "-p", "teacher=gpt-4", "--from", dump).stdout
    for name in ("GPT-4", "gpt 4"):
        done = run("query", "taught-by", "-p", f"teacher={name}", "--from", dump)
        assert done.stdout == wanted != ""
        assert f"teacher=gpt-4 ({name})" in done.stderr
    assert run("query", "papers-at", "-p", "venue=ACL", "--from", dump).status == 0
    assert run("query", "papers-by-concept", "-p", "stage=Fine-tuning", "-p", "domain=Medical", "--from", dump).status == 0
    done = run("query", "taught-by", "-p", "teacher=GPT-9", "--from", dump)
    assert done.status == 2
    assert "there is no teacher" in done.stderr


@pytest.mark.parametrize(
    ("query", "name", "value", "written"),
    [
        ("artifacts-by-licence", "licence", "apache 2.0", "Apache-2.0"),
        ("claims", "verdict", "Refuted", "refuted"),
    ],
)
def test_a_value_that_is_no_thing_is_taken_in_any_case(
    query: str, name: str, value: str, written: str, run: Run, dump: Path, kg: KnowledgeGraph
) -> None:
    done = run("query", query, "-p", f"{name}={value}", "--from", dump)
    assert (done.status, done.stderr) == (0, f"{name}={written} ({value})\n")
    assert done.stdout == run("query", query, "-p", f"{name}={written}", "--from", dump).stdout
    assert list(kg.query(query, **{name: value})) == list(kg.query(query, **{name: written})) != []


def test_a_name_with_a_blank_that_nothing_has_is_told_as_any_other(kg: KnowledgeGraph) -> None:
    """No id has a blank, and what an IRI may have is nothing to tell whoever typed a name."""
    with pytest.raises(UsageError, match='there is no venue "ACL Findings"; known: aaai, '):
        kg.query("papers-at", venue="ACL Findings")


def test_a_view_takes_names_as_a_query_does(run: Run, dump: Path, kg: KnowledgeGraph) -> None:
    for name, parameter, value, id in (
        ("concept", "concept", "medicine", "domain/medical"),
        ("method", "method", "Magpie", "magpie"),
    ):
        done = run("view", name, "-p", f"{parameter}={value}", "--from", dump)
        assert f"{parameter}={id} ({value})" in done.stderr
        assert done.stdout == kg.view(name, **{parameter: value}) == kg.view(name, **{parameter: id}) != ""


def test_addresses_stay_whole_and_the_terminal_is_wide_enough(run: Run, dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = run("show", SELF_INSTRUCT, "--from", dump).stdout
    lines = [line for line in text.splitlines() if "://" not in line]
    assert max(map(len, lines)) <= 80
    assert "https://github.com/yizhongw/self-instruct/blob/main/data/seed_tasks.jsonl" in text


def test_a_concept_leads_up_and_down(kg: KnowledgeGraph) -> None:
    """The graph says what is broader alone."""
    up, down = (
        [row["value"] for row in kg.query("concept-about", concept=f"technique/{id}") if row["fact"] == fact]
        for id, fact in (("data-labeling", "broader"), ("data-augmentation", "narrower"))
    )
    technique = f"{BASE}concept/technique/"
    assert up == [f"{technique}data-augmentation"]
    assert down == [f"{technique}{id}" for id in ("co-annotation", "data-labeling", "data-reformation")]


def test_things_in_python(kg: KnowledgeGraph) -> None:
    paper = kg.paper("self-instruct")
    assert [row["published_in"] for row in paper.versions] == ["arXiv 2022", "ACL 2023"]
    assert paper.about["published in"] == ["ACL 2023"]
    assert len(paper.not_to_be_confused_with) == 0
    assert repr(paper).startswith("<paper 'Self-Instruct: ")
    assert "<h4>Versions</h4><table>" in paper._repr_html_()
    assert "versions" in dir(paper)
    with pytest.raises(AttributeError, match=r'did you mean "versions"'):
        paper.version  # noqa: B018
    again = pickle.loads(pickle.dumps(paper))
    assert again._repr_html_() == copy.deepcopy(paper)._repr_html_() == paper._repr_html_()
    assert list(again.versions) == list(paper.versions)


def test_a_name_that_is_no_term_is_told_in_python_too(kg: KnowledgeGraph) -> None:
    with pytest.warns(UserWarning, match=r'there is no synthkg:Papr; did you mean "Paper"\?') as told:
        assert len(kg.query("SELECT ?s WHERE { ?s a synthkg:Papr }")) == 0
    assert told[0].filename == __file__


def test_a_notebook_shows_the_first_rows_and_says_how_many_there_are(kg: KnowledgeGraph) -> None:
    large = kg.query("SELECT * WHERE { ?s ?p ?o }")
    assert large._repr_html_().count("<tr>") == 1 + 100
    assert large._repr_html_().endswith(f"<p>100 of {len(large)} rows</p>")
    assert kg.query("counts")._repr_html_().endswith("</table>")


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda kg: kg.query(None), "None is no text"),
        (lambda kg: kg.query(b"lineage"), "b'lineage' is no text"),
        (lambda kg: kg.query("SELECT * {}", timeout=1), 'this query has no parameter "timeout"'),
        (lambda kg: kg.query("ASK {}"), r"no SELECT query; ask\(\) is for ASK"),
        (lambda kg: kg.query("DESCRIBE <urn:a>"), r"construct\(\) is for DESCRIBE"),
        (lambda kg: kg.search("evol", limit=-1), "-1 is no limit"),
        (lambda kg: kg.search("evol", limit=True), "True is no limit"),
        (
            lambda kg: kg.search("lineage", kind="query"),
            'there is no kind "query"; known: artifact, concept, erratum, list, ',
        ),
        (lambda kg: synthkg.open(cast("Any", 5)), "5 is no path"),
        (lambda kg: synthkg.open(timeout=True), "True is no time limit"),
        (lambda kg: synthkg.open(data=""), "'' is no path"),
        (lambda kg: synthkg.open(data=Named("")), "is no path"),
        (lambda kg: synthkg.open(dump=cast("Any", b"x.nq")), "b'x.nq' is no path"),
        (lambda kg: synthkg.open(dump="x\0.nq"), "is no path"),
        (lambda kg: synthkg.open(dump="https://example.org/x.nq"), '"https://example.org/x.nq" is an address'),
        (lambda kg: synthkg.open("\ud800"), "is no path"),
        (lambda kg: kg.query("x\0.rq"), "cannot read it: embedded null byte"),
        (lambda kg: kg.query("lineage", method=None), "method=None is no value; give text or a whole number"),
        (lambda kg: kg.query("lineage", method=["drift"]), "is no value"),
        (lambda kg: kg.query("lineage", method=kg.method("self-instruct")), "for a thing its id"),
        (lambda kg: kg.view("published", snapshot=True), "snapshot=True is no value"),
        (lambda kg: kg.view("bibliography", style=3), "3 is no text"),
    ],
)
def test_whatever_goes_wrong_in_python_is_said(ask: Callable[[Any], object], told: str, kg: KnowledgeGraph) -> None:
    with pytest.raises(SynthkgError, match=told):
        ask(kg)


def test_whatever_names_a_file_opens_it(toy_dist: Path) -> None:
    assert len(synthkg.open(dump=Named(str(toy_dist / "synthkg.nq"))).query("counts")) > 10
    with pytest.raises(UnreadableError, match="nowhere"):
        synthkg.open(Named("nowhere"))


def test_a_header_that_names_no_panel_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = load_query(tmp_path / "x.rq", "#+ panels: [pape 10 Versions]\nSELECT ?s WHERE { ?s ?p ?_paper_iri }")
    monkeypatch.setattr("synthkg.profiles.panels.load_queries", lambda *kinds: {"x": query})
    with pytest.raises(QueryError, match="is no panel"):
        load_panels()
    assert Panel("paper", 10, "Code, data", query).key == "code-data"


def test_a_shell_completes_queries_parameters_values_and_things(dump: Path) -> None:
    def offered(line: str, place: int) -> list[str]:
        environment = os.environ | {"_SYNTHKG_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(place)}
        program = "import sys; from synthkg.cli import main; main(prog_name='synthkg')"
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
        return [answer.partition(",")[2] for answer in done.stdout.splitlines()]

    assert "lineage" in offered("synthkg query line", 2)
    assert offered("synthkg query lineage -p me", 4) == ["method="]
    assert "method=evol-instruct" in offered(f"synthkg query lineage --from {dump} -p method=evol", 6)
    assert "paper/self-instruct" in offered(f"synthkg show --from {dump} paper/self-i", 4)
    assert "self-instruct" in offered(f"synthkg show --from {dump} self-in", 4)
    assert offered("synthkg plot ga", 2) == ["gaps"]
    assert offered("synthkg link wiki", 2) == ["wikidata"]
    assert {"method", "method/drift"} <= {*offered(f"synthkg view --data {TOY} method", 4)}
    assert offered(f"synthkg enrich --data {TOY} tide-in", 4) == ["tide-instruct"]
    assert offered(f"synthkg watch --data {TOY} tide-c", 4) == ["tide-code"]
