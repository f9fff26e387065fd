"""The command line: what it prints, what it refuses, and that it says how to mend a call."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import termios
from pathlib import Path

import click
import pytest
import yaml
from pyoxigraph import Literal, QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

import synthkg
from conftest import ROOT, TOY, Run, call, cut_off, invoke
from synthkg.cli import main
from synthkg.errors import UnreadableError
from synthkg.serve import Limits, Settings

COMMANDS = sorted(main.commands)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose data is the toy data."""
    for folder in ("ontology", "queries"):
        shutil.copytree(ROOT / folder, tmp_path / "clone" / folder)
    shutil.copytree(TOY, tmp_path / "clone" / "data")
    shutil.copytree(TOY, tmp_path / "clone" / "tests" / "toy")
    return tmp_path / "clone"


@pytest.mark.parametrize("call", ["add 2212.99999", "enrich", "format", "link wikidata", "update list.md --list tides", "watch"])
def test_a_clone_that_is_somewhere_else_is_not_changed(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was installed from with --editable serves elsewhere for reading alone, as an installed package does."""
    monkeypatch.chdir(tmp_path)
    Path("list.md").write_text("# A list\n")
    done = invoke(*call.split())
    assert (done.status, done.stdout) == (2, "")
    assert "name a folder with --data, or go into a clone" in done.stderr


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=["synthkg", *COMMANDS])
def test_help_answers_at_once(command: tuple[str, ...]) -> None:
    best = 1.0
    for _ in range(8):  # of the processor's time, which other work on the machine does not take
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = call(*command, "--help")
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime)
        assert done.returncode == 0
        assert done.stdout.startswith(b"Usage:")
        if best < 0.25:
            break
    assert best < 0.25


@pytest.mark.parametrize(("columns", "line"), [(0, "reading 7 …"), (12, "reading 7 …"), (8, "readin…")])
def test_a_terminal_shows_what_is_done_and_keeps_nothing_from_being_forked(columns: int, line: str) -> None:
    """On one line of it, which it can clear; some terminals do not tell how wide they are."""
    program = """if True:
        import os, time
        from synthkg.cli.frame import progress_shown
        from synthkg.workers import aside
        with progress_shown() as progress:
            progress("reading", 7)
            with aside(os.getpid) as answer:
                print(answer() != os.getpid())
            time.sleep(1.3)
    """
    terminal, its_end = os.openpty()
    termios.tcsetwinsize(its_end, (24, columns))
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=its_end, check=True, timeout=50)
    os.close(its_end)
    with os.fdopen(terminal, "rb", buffering=0) as stream:
        shown = stream.read(1000).decode()
    assert done.stdout == b"True\n"
    assert re.fullmatch(rf"(\r\x1b\[K{line})+\r\x1b\[K", shown)


def test_python_runs_it_by_its_name() -> None:
    """As somebody does whose folder of scripts is not on the path."""
    done = subprocess.run([sys.executable, "-m", "synthkg", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert synthkg.__version__ in done.stdout


def test_help_imports_nothing_slow() -> None:
    program = "import sys; from synthkg.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    slow = {"rdflib", "pyshacl", "pyoxigraph", "yaml", "pyromark", "bibtexparser", "rapidfuzz", "tabulate"}
    slow |= {"importlib.metadata", "asyncio"}
    assert slow & set(done.stdout.split()) == set()


def _examples() -> list[str]:
    """The examples of every help text, in an order in which each has what it needs."""
    found = []
    for name in COMMANDS:
        epilog = str(main.commands[name].epilog)
        assert "Examples:" in epilog, f"synthkg {name} --help has no examples"
        found += [line.strip() for line in epilog.partition("Examples:\n")[2].splitlines() if line.strip()]
    return found


def test_examples_of_the_help_texts_work(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone)
    (clone / "README.md").write_text("# A list\n\n- [A first one](https://arxiv.org/abs/2304.00001)\n")
    (clone / "references.bib").write_text("@misc{a, title={Another one}, url={https://arxiv.org/abs/2304.00002}}\n")
    assert call("build", cwd=clone).returncode == 0
    assert call("view", "--out", "views", cwd=clone).returncode == 0
    shutil.copytree(clone / "dist", clone / "old")
    for dump in ("old.nq", "old.ttl", "new.nq"):
        shutil.copy(clone / "dist" / f"synthkg{Path(dump).suffix}", clone / dump)
    for example in _examples():
        if re.search(r"\b(endpoint|mcp|serve|publish|watch|update)\b|--online|--master|--from \w+=|\blink (\w|--d)", example):
            continue  # what needs a server, files of the reader's own, or Spark, which has tests of its own
        shutil.rmtree(clone / "data")
        shutil.copytree(TOY, clone / "data")
        line = example.replace("/srv/dumps", str(tmp_path / "dumps"))
        line = re.sub(r"(?<=synthkg )(show|search) .*?(?= --|$)", r"\1 tide-instruct", line)  # what the toy has
        if line.startswith("synthkg ") and not re.search(r"[|<>;&$*]", line):
            done = invoke(*shlex.split(line)[1:])
            assert done.status == 0, f"{example}: {done.stderr}"
            continue
        line = re.sub(r"\bsynthkg(?= )", f"{shlex.quote(sys.executable)} -m synthkg", line)
        piped = subprocess.run(["sh", "-c", line], cwd=clone, capture_output=True, text=True, check=False)
        assert piped.returncode == 0, f"{example}: {piped.stderr}"


def test_what_the_help_adds_is_not_there_yet(tmp_path: Path) -> None:
    """What an example adds is refused where it is there already; in the project's own records these are tried first."""
    data = shutil.copytree(ROOT / "data", tmp_path / "data")
    added = [line for line in _examples() if line.startswith("synthkg add ") and "--bibtex" not in line]
    assert len(added) > 4
    for example in added:
        done = invoke(*shlex.split(example.replace(" --online", ""))[1:], "--data", str(data))
        assert (done.status, "written" in done.stderr) == (0, False), f"{example}: {done.stderr}"


def test_no_command_needs_the_network(toy: Path, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    for line in (
        f"check --data {toy}",
        f"build --data {toy} --out {out}",
        f"view --from {out}/synthkg.nq --out {tmp_path}/views",
        f"query papers --from {out}/synthkg.rdf",
        f"query papers --from {out}/synthkg.jsonld",
        f"format --data {toy}",
        f"add 2212.10560 --data {toy}",
        f"import {ROOT}/views/published.md --to {tmp_path}/list",
    ):
        done = cut_off(tmp_path, "network", *line.split())
        assert done.returncode == 0, (line, done.stderr.decode())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("chek", "No such command 'chek'"),
        ("check --fromat json", "Did you mean '--format'?"),
        ("check --format xml", "'xml' is not one of 'text', 'json', 'sarif', 'github'"),
        ("check --data nowhere", "nowhere: no such folder; name one that holds concepts/"),
        ("check --data {root}/src", "src: holds none of the folders concepts, papers"),
        ("build --data nowhere", "nowhere: no such folder"),
        ("view published --from nowhere.nq", "nowhere.nq: cannot read the dump"),
        ("view published --from README.md", "README.md: not a dump; its name must end in one of .nq"),
        ("view publishd --data {toy}", 'there is no view "publishd"; did you mean "published"?'),
        ("view published --format bibtex --data {toy}", "one format only; ask for none"),
        ("view bibliography --format ris --data {toy}", 'no format "ris"; known: bibtex, csl-json'),
        ("query paper --data {toy}", 'there is no saved query "paper"; did you mean "papers"?'),
        ("query lineage -p method=tide-instuct --data {toy}", 'no method "tide-instuct"; did you mean "tide-instruct"?'),
        ("query lineage -p metod=drift --data {toy}", 'has no parameter "metod"; did you mean "method"?'),
        ("query lineage -p drift --data {toy}", '"drift" is no parameter; write -p name=value'),
        ("query errata -p method=drift --data {toy}", "it takes none"),
        ("query papers --format ttl --data {toy}", "SELECT gives rows; leave out --format or write --format table or csv or"),
        ("query 'SELECT {{' --data {toy}", "not SPARQL"),
        ("query 'CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}' --format csv --data {toy}", "CONSTRUCT gives triples"),
        ("view bibliography --format csl-json --out o --data {toy}", "--format is for printing one view by its name"),
        ("view --check --format csl-json --data {toy}", "--format is for printing one view by its name"),
        ("view --drop x --data {toy}", "--drop is for writing with --out"),
        ("query --from nosuch.nq", "--from: name the query that is meant"),
        ("query -p a=b --format json", "-p, --format: name the query that is meant"),
        ("query papers --describe --format json --data {toy}", "--describe asks for none"),
        ("plot --out x.svg", "--out: name the picture that is meant"),
        ("link --fresh", "--fresh: name the graph that is meant"),
        ("link dblp --reviewer Ada --data {toy}", "--reviewer: it is for --review"),
        ("link dblp --format json --data {toy}", "--format: it is for --doctor"),
        ("link --review --dump x.nt --fresh --data {toy}", "--dump, --fresh: --review asks nobody but you"),
        ("link --doctor --review --dry-run", "--dry-run, --review: --doctor asks the other graphs alone"),
        ("link dblp --dump x.nt --timeout 5 --data {toy}", "--timeout: a dump is read, and no server is asked"),
        ("view published --timeout 5 --data {toy}", "--timeout: it is for --endpoint"),
        ("import README.md --to l --update --rename a=b", "--rename: with --update new papers are drafts"),
        ("update README.md --list tides --git . --date 2024-01-01 --data {toy}", "--date: with --git each version has the day"),
        ("match README.md --rename a=b --id x --data {toy}", "--id, --rename: it is for writing with --to"),
        ("init mine --id x", "--id: it is for a list, which --list names"),
        ("enrich --sources --online", "--online: --sources lists the sources"),
        ("enrich drift --sources", '"drift" is one word too many: --sources lists the sources'),
        ("add --bibtex README.md --title T --data {toy}", "--title: each entry of a bibliography has a title of its own"),
        ("add venue SIGIR --online --data {toy}", "--online: a venue is added by its name alone"),
        ("add https://github.com/a/b --online --data {toy}", "--online: the sources know of papers alone"),
        ("watch --pace 2 --data {toy}", "--pace: it is for --online"),
        ("export queries --format snapquery --target http://x.org/ --data {toy}", "--target: it is for grlc and sparql-examples"),
        ("plot gaps --scale 3 --data {toy}", "--scale is of a PNG"),
        ("query counts --from https://x.org/a.nq", '"https://x.org/a.nq" is an address; get the file from there, and name that'),
        ("export bioregistry --out -", '"-" is no path here; write ./- for a file of that name'),
        ("publish --to foo", '"foo" is no absolute http(s) URL'),
        ("import nowhere.md --to list", "nowhere.md: cannot read it"),
        ("import README.md", "Missing option '--to'"),
        ("add nonsense --data {toy}", '"nonsense" is no arXiv id, DOI or URL'),
        ("add 2301.00001 --data {toy}", "2301.00001 is in the graph already"),
        ("add https://github.com/toy/tide/ --data {toy}", "is in the graph already"),
        ("add http://www.github.com/Toy/Tide.git --id tides --data {toy}", "is in the graph already"),
        ("add https://toyconf.example.org/2023/harbours/tide.html#top --data {toy}", "is in the graph already"),
    ],
)
def test_a_wrong_call_says_how_to_mend_it(line: str, words: str, run: Run) -> None:
    done = run(*shlex.split(line.format(toy=TOY, root=ROOT)))
    assert done.status == 2
    assert words in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "line",
    [
        "init ''",
        "init mine --id ''",
        "import {toy}/papers/tide.yaml --to ''",
        "diff {toy} {toy} --out ''",
        "view published --data {toy} --out ''",
        "view bibliography --data {toy} --format ' '",
        "export queries --format grlc --data {toy} --out ''",
        "export w3id --data {toy} --site '' --name A --github a",
        "check --data ''",
        "add 2301.00002 --data {toy} --title ''",
        "query lineage -p method=drift --data {toy} --columns ''",
        "show '' --data {toy}",
        "search '' --data {toy}",
    ],
)
def test_what_is_empty_is_not_taken_for_what_is_left_out(
    line: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is not set would mean the folder that we are in."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    shutil.copytree(TOY, tmp_path / "toy")
    done = run(*shlex.split(line.format(toy=tmp_path / "toy")))
    assert (done.status, done.stdout) == (2, "")
    assert "it is empty" in done.stderr
    assert [*(tmp_path / "here").iterdir()] == []
    assert not (tmp_path / "toy" / "papers" / "2301-00002.yaml").exists()


def test_every_path_refuses_to_be_empty() -> None:
    commands: list[click.Command] = [main]
    for command in commands:
        commands += command.commands.values() if isinstance(command, click.Group) else ()
        for parameter in command.params:
            assert type(parameter.type) is not click.Path, (command.name, parameter.name)


def test_a_finding_about_a_value_as_long_as_a_book_can_be_read(toy: Path, run: Run) -> None:
    paper = toy / "papers" / "tide-instruct.yaml"
    paper.write_text(f"{paper.read_text('utf-8')}summary: {'x' * 100_000}y\n", encoding="utf-8")
    for style in ("text", "json", "github", "sarif"):
        done = run("check", "--data", toy, "--format", style)
        assert max(map(len, done.stdout.splitlines())) < 2_500
        assert done.stdout.count("at most 500 letters") >= 1, "what is wrong stands at the end of it"
        assert "characters left out" in done.stdout


def test_errors_stand_above_the_line_that_counts_them(toy: Path, run: Run) -> None:
    paper = toy / "papers" / "tide-instruct.yaml"
    paper.write_text(f"{paper.read_text('utf-8')}colour: blue\n", encoding="utf-8")
    levels = re.findall(r"(?m):\d+:\d+: (note|warning|error): ", run("check", "--data", toy).stdout)
    assert levels == sorted(levels, key=["note", "warning", "error"].index)
    assert {"note", "error"} <= {*levels}


def test_a_command_that_is_told_can_be_pasted(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "synthkg check --data 'my field'\n" in run("init", "my field").stderr
    stale = run("view", "--check", "--data", "my field", "--out", "my views").stdout
    assert "run: synthkg view --out 'my views'\n" in stale


def test_data_or_dump_but_not_both(toy_dist: Path, run: Run) -> None:
    done = run("query", "papers", "--data", TOY, "--from", toy_dist / "synthkg.nq")
    assert done.status == 2
    assert re.search("give .*--data.* --from", done.stderr)


@pytest.mark.parametrize("ending", ["nq", "ttl", "rdf", "jsonld"])
@pytest.mark.parametrize("text", ["{<a", "{" * 99 + "<a" * 500_000])
def test_a_broken_dump_is_named_with_the_place_in_a_few_words(ending: str, text: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / f"broken.{ending}").write_text(text)
    done = run("view", "published", "--from", tmp_path / f"broken.{ending}")
    assert done.status == 2
    assert re.search(rf"broken\.{ending}:1:\d+: broken dump: \w", done.stderr)
    assert len(done.stderr) < 3_000


def test_a_dump_that_is_cut_off_is_told_where(toy_dist: Path, tmp_path: Path, run: Run) -> None:
    text = (toy_dist / "synthkg.rdf").read_text("utf-8")
    (tmp_path / "cut.rdf").write_text(text[: text.index(">", len(text) // 2) - 3], "utf-8")
    done = run("query", "counts", "--from", tmp_path / "cut.rdf")
    assert done.status == 2
    assert f"cut.rdf:{text.count(chr(10), 0, len(text) // 2) + 1}:" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "told"), [("e.nq", "", "it is empty"), ("f.ttl", "<urn:a> a <urn:b> .", "in the terms")]
)
def test_another_graph_s_dump_is_not_taken_for_one_of_synthkg(
    name: str, text: str, told: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zeros would look like an answer. SPARQL of one's own can ask anything."""
    monkeypatch.chdir(tmp_path)
    dump = tmp_path / name
    dump.write_text(text)
    for line in ("query counts", "view published", "plot gaps", "show tide", "search tide", "export prov", "site --out s", "mcp"):
        done = run(*line.split(), "--from", dump)
        assert (done.status, done.stdout) == (2, ""), line
        assert f"{name}: it " in done.stderr
        assert told in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert run("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--from", dump).stdout == f"n\n{min(len(text), 1)}\n"
    kg = synthkg.open(dump=dump)
    assert len(kg.query("SELECT * { ?s ?p ?o }")) == min(len(text), 1)
    for ask in (lambda: kg.query("counts"), lambda: kg.view("published"), lambda: kg.show("tide"), lambda: kg.search("tide")):
        with pytest.raises(UnreadableError, match=told):
            ask()


def test_the_case_of_a_file_s_ending_is_nobody_s_business(toy_dist: Path, tmp_path: Path, run: Run) -> None:
    shutil.copy(toy_dist / "synthkg.nq", tmp_path / "UPPER.NQ")
    (tmp_path / "UPPER.NT.GZ").write_bytes(gzip.compress((toy_dist / "synthkg.nt").read_bytes()))
    for name in ("UPPER.NQ", "UPPER.NT.GZ"):
        assert run("query", "counts", "--from", tmp_path / name).stdout.startswith("what,count\n")
    assert run("plot", "gaps", "--data", TOY, "--out", tmp_path / "X.SVG").status == 0


def test_a_clone_s_own_files_win(clone: Path) -> None:
    query = clone / "queries" / "examples" / "tides.rq"
    query.write_text(
        "#+ summary: All tides.\nSELECT ?title WHERE { ?x <http://purl.org/dc/terms/title> ?title } ORDER BY ?title LIMIT 1\n"
    )
    (clone / "deep" / "down").mkdir(parents=True)
    assert call("query", "tides", cwd=clone / "deep" / "down").stdout == b"title\nA Survey of Tides | \xe6\xbd\xae\xe6\xb1\x90\n"
    assert b"tides\tAll tides." in call("query", cwd=clone).stdout


def test_views_and_queries_are_listed(run: Run) -> None:
    views = dict(line.split("\t") for line in run("view", "--data", TOY).stdout.splitlines())
    assert {"published", "corrected", "papers", "stage/fine-tuning", "method/drift"} <= views.keys()
    assert all(views.values())
    queries = dict(line.split("\t") for line in run("query").stdout.splitlines())
    assert {"papers -p says=fact", "errata", "lineage -p method=self-instruct"} <= queries.keys()
    assert all(queries.values())


def test_the_contract_of_columns(run: Run) -> None:
    """Other people's scripts read these columns, in this order."""
    papers = (
        "id,title,authors,first_submitted,arxiv,doi,venue,venue_year,track,acl,openreview,"
        "code,dataset,project,stages,domains,techniques,methods,says,summary,topics"
    )
    assert run("query", "papers", "--data", TOY).stdout.splitlines()[0] == papers
    errata = "list,entry,field,published,corrected,reason,evidence"
    assert run("query", "errata", "--data", TOY).stdout.splitlines()[0] == errata


def test_a_paper_s_row(run: Run) -> None:
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(run("query", "papers", "--data", TOY).stdout))}
    assert rows["tide-instruct"] == {
        "id": "tide-instruct",
        "title": "Tide-Instruct: Teaching Models to Read Tides",
        "authors": "Ada Marée; 潮 太郎; Berta Ebbe",
        "first_submitted": "2022",
        "arxiv": "2301.00001",
        "doi": "10.1234/toyconf.2023.7",
        "venue": "ToyConf",
        "venue_year": "2023",
        "track": "findings",
        "acl": "2023.findings-acl.7",
        "openreview": "tide-2023-ab",
        "code": "",
        "dataset": "https://huggingface.co/datasets/toy/tide",
        "project": "",
        "stages": "fine-tuning",
        "domains": "science",
        "techniques": "data-synthesis",
        "methods": "Tide-Instruct",
        "says": "fact",
        "summary": "",
        "topics": "tide/king",
    }
    assert rows["tide-survey"]["summary"].startswith("Orders what models")
    assert rows["tide-survey"]["code"] == "https://github.com/toy/tide"


def test_every_format_gives_the_same_rows(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")

    def answer(style: str) -> str:
        done = run("query", "errata", "--data", TOY, "--format", style)
        assert (done.status, done.stderr) == (0, "")
        return done.stdout

    rows = list(csv.reader(io.StringIO(answer("csv"))))
    for style, form in (("tsv", QueryResultsFormat.TSV), ("json", QueryResultsFormat.JSON)):
        found = parse_query_results(answer(style).encode(), form)
        assert isinstance(found, QuerySolutions)
        names = [variable.value for variable in found.variables]
        assert [names, *([term.value if isinstance(term, Literal) else "" for term in row] for row in found)] == rows
    assert json.loads(answer("json"))["head"]["vars"] == rows[0]
    markdown = [line[2:-2].split(" | ") for line in answer("markdown").splitlines()]
    assert [[html.unescape(cell).strip() for cell in row] for row in markdown if row[0] != "---"] == rows
    table = answer("table")
    assert table.endswith(f"{len(rows) - 1} rows\n")
    assert all(name in table.splitlines()[0] for name in rows[0])


def test_json_lines_are_the_rows_of_python(run: Run) -> None:
    done = run("query", "papers", "--data", TOY, "--format", "jsonl", "--columns", "techniques,title", "--limit", "1")
    row = synthkg.open(TOY).query("papers")[0]
    assert json.loads(done.stdout) == {name: row[name] for name in ("techniques", "title")}
    assert row["techniques"], "several values, as a list"
    sparql = 'SELECT * { VALUES (?x ?n) { (<urn:x> 2) (UNDEF UNDEF) ("潮\\n" 3) } }'
    done = run("query", sparql, "--data", TOY, "--format", "jsonl")
    assert done.stdout == '{"x": "urn:x", "n": 2}\n{"x": null, "n": null}\n{"x": "潮\\n", "n": 3}\n'


def test_every_form_keeps_what_a_term_is(run: Run) -> None:
    sparql = 'SELECT (BNODE() AS ?b) ("b0" AS ?t) ("one\\rtwo" AS ?r) ("x"@en--rtl AS ?d) {}'

    def answer(style: str) -> str:
        label = r"(?<=_:)[0-9a-f]{20,}|(?<=\"value\": \")[0-9a-f]{20,}"
        return re.sub(label, "b", run("query", sparql, "--data", TOY, "--format", style).stdout)

    assert answer("csv") == 'b,t,r,d\n_:b,b0,"one\rtwo",x\n'
    assert answer("tsv") == '?b\t?t\t?r\t?d\n_:b\t"b0"\t"one\\rtwo"\t"x"@en--rtl\n'
    assert answer("markdown").splitlines()[2] == "| _:b | b0 | one two | x |"
    assert answer("table").splitlines()[2].split()[:2] == ["_:b", "b0"]
    assert answer("jsonl") == '{"b": "_:b", "t": "b0", "r": "one\\rtwo", "d": "x"}\n'
    (found,) = json.loads(answer("json"))["results"]["bindings"]
    assert found["b"] == {"type": "bnode", "value": "b"}
    assert found["d"] == {"type": "literal", "value": "x", "xml:lang": "en", "its:dir": "rtl"}


def test_bars_do_not_break_markdown(run: Run) -> None:
    text = run("query", 'SELECT ("a | b\\nc" AS ?x) WHERE {}', "--data", TOY, "--format", "markdown").stdout
    assert text == "| x |\n| --- |\n| a &#124; b c |\n"


def test_construct_gives_turtle(run: Run) -> None:
    sparql = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o . ?s <http://purl.org/dc/terms/title> ?t }"
    done = run("query", "-", "--data", TOY, stdin=sparql)
    triples = {quad.triple for quad in parse(done.stdout.encode(), format=RdfFormat.TURTLE)}
    assert len(triples) > 10
    assert run("query", sparql, "--data", TOY, "--format", "ttl").stdout == done.stdout


def test_a_query_file(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "of.rq"
    file.write_text("#+ defaults: {word: Drift}\nSELECT ?x WHERE { ?x <http://purl.org/dc/terms/title> ?_word } ORDER BY ?x\n")
    assert run("query", file, "--data", TOY).stdout == "x\nhttps://w3id.org/synthkg/method/drift\n"
    assert run("query", file, "-p", "word=tide", "--data", TOY).stdout == "x\nhttps://w3id.org/synthkg/artifact/tide-code\n"
    assert run("query", file, "-p", "word=", "--data", TOY).stdout == "x\n"


@pytest.mark.parametrize(
    ("what", "file", "shows"),
    [
        ("2212.10560", "papers/2212-10560.yaml", ("versions", 0, "arxiv", "2212.10560")),
        ("https://arxiv.org/pdf/2212.10560v2.pdf", "papers/2212-10560.yaml", ("versions", 0, "arxiv", "2212.10560")),
        ("https://doi.org/10.1073/PNAS.23", "papers/10-1073-pnas-23.yaml", ("versions", 0, "doi", "10.1073/pnas.23")),
        ("https://aclanthology.org/2023.acl-long.7/", "papers/2023-acl-long-7.yaml", ("versions", 0, "acl", "2023.acl-long.7")),
        ("https://openreview.net/forum?id=H8cx0iO-y-9", "papers/h8cx0io-y-9.yaml", ("versions", 0, "openreview", "H8cx0iO-y-9")),
        ("https://github.com/yizhongw/self-instruct", "artifacts/yizhongw-self-instruct.yaml", ("type", "code")),
        ("https://huggingface.co/datasets/a/b", "artifacts/datasets-a-b.yaml", ("type", "dataset")),
        ("https://example.org/demo", "artifacts/example-org-demo.yaml", ("type", "project")),
    ],
)  # fmt: skip
def test_add_writes_what_the_identifier_says(what: str, file: str, shows: tuple[str | int, ...], toy: Path, run: Run) -> None:
    done = run("add", what, "--data", toy)
    assert (done.status, done.stdout) == (0, f"{toy / file}: fill it in, then run: synthkg check --data {toy}\n")
    assert ("a paper is added by its arXiv id or DOI" in done.stderr) == ("project" in shows)
    found = yaml.safe_load((toy / file).read_text(encoding="utf-8"))
    *way, value = shows
    for step in way:
        found = found[step]
    assert found == value
    checked = json.loads(run("check", "--data", toy, "--format", "json").stdout)
    assert {each["severity"] for each in checked} == {"note"}
    assert {each["rule"] for each in checked if each["file"] == str(toy / file)} & {"empty-value", "missing-key"}
    again = run("add", what, "--data", toy)
    assert again.status == 2
    assert "already" in again.stderr


@pytest.mark.parametrize(
    "title", ['A "quoted" \\ title', "Colon: a title", "- dash", "潮汐", "no", "2301.00001", "{a} # b", "l\u2028\u0085\ta"]
)
def test_add_takes_any_title(title: str, toy: Path, run: Run) -> None:
    assert run("add", "2212.10560", "--id", "new", "--title", title, "--data", toy).status == 0
    assert yaml.safe_load((toy / "papers" / "new.yaml").read_text(encoding="utf-8"))["title"] == " ".join(title.split())
    checked = json.loads(run("check", "--data", toy, "--format", "json").stdout)
    assert "yaml-syntax" not in {each["rule"] for each in checked}


def test_no_record_is_written_outside_its_folder(toy: Path, run: Run) -> None:
    for line in (f"add 2212.10560 --data {toy}", f"import {ROOT}/README.md --to {toy}"):
        done = run(*line.split(), "--id", "../venues/mine")
        assert done.status == 2
        assert "lower-case letters, digits and single hyphens" in done.stderr
        assert not (toy / "venues" / "mine.yaml").exists()


def test_output_may_be_cut_short() -> None:
    """As by ``synthkg query errata | head -1``."""
    line = f"{shlex.quote(sys.executable)} -m synthkg query errata --data {shlex.quote(str(TOY))} | head -c 10 > /dev/null"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_colour_is_for_terminals_only(toy: Path) -> None:
    (toy / "methods" / "drift.yaml").unlink()
    done = call("check", "--data", toy)
    assert b"\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        ((), "watched", None),
        (("--watch",), "watched", Path("x.nq")),
        ((), "has_metrics", False),
        (("--metrics",), "has_metrics", True),
        (("--prefix", "/kg/"), "prefix", "/kg"),
        (("--bind", "127.0.0.1:9"), "bind", "127.0.0.1:9"),
        (("--timeout", "3", "--memory", "50", "--workers", "1"), "limits", Limits(3, 50, 1)),
        (("--in-memory",), "limits", Limits(in_memory=True)),
        (("--site", "."), "site", Path()),
    ],
    ids=str,
)
def test_it_is_served_as_the_options_say(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], field: str, value: object
) -> None:
    given: list[Settings] = []
    monkeypatch.setattr("synthkg.serve.run", lambda source, settings, *say: given.append(settings))
    done = run("serve", *options, "--from", "x.nq")
    assert (done.status, done.stdout, done.stderr) == (0, "", "")
    assert [getattr(settings, field) for settings in given] == [value]


def test_what_cannot_be_served_is_told(run: Run, tmp_path: Path) -> None:
    done = run("serve", "--from", tmp_path / "nowhere.nq")
    assert (done.status, done.stdout) == (2, "")
    assert "nowhere.nq: cannot read the dump: " in done.stderr
