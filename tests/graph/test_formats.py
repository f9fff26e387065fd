"""Whatever is in a dump, it ends in a store or in a plain error with its place; never in a traceback, or without the process."""

from __future__ import annotations

import gzip
import hashlib
import random
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal

from conftest import Run
from synthkg.errors import QueryError, UnreadableError
from synthkg.graph import formats
from synthkg.graph.formats import FORMATS, checksums
from synthkg.graph.limits import refuse_too_deep
from synthkg.graph.store import OxigraphStore, load_dump
from synthkg.linking.scanning import extract
from synthkg.release.difference import compare

ONE = {
    ".nq": '<urn:s> <urn:p> "Marée"@fr <urn:g> .\n_:b <urn:p> <urn:s> .\n',
    ".trig": '@prefix x: <urn:> .\nx:g { x:s x:p "Marée"@fr , 7 , [ x:p ( 1 2 ) ] . }\n',
    ".nt": '<urn:s> <urn:p> "Mar\\u00E9e"@fr .\n<urn:s> <urn:p> <<( <urn:s> <urn:p> "x" )>> .\n',
    ".ttl": '@prefix x: <urn:> .\nx:s x:p "Marée"@fr , """long "text" """ , <<( x:s x:p 1 )>> ; a x:T .\n',
    ".jsonld": '{"@context": {"p": "urn:p"}, "@id": "urn:s", "p": [{"@value": "Marée", "@language": "fr"}, {"@list": [1, 2.5]}]}',
    ".rdf": (
        '<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [<!ENTITY u "urn:">]>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:">'
        '<rdf:Description rdf:about="&u;s"><x:p xml:lang="fr">Marée</x:p></rdf:Description></rdf:RDF>'
    ),
}
N = 50_000
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:">'
BOMB = '<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
TERMS = ",".join(f'"a{n}": "a{n + 1}:x"' for n in range(20_000))
RUINOUS = [
    (".rdf", f"{BOMB}{RDF}<rdf:Description><x:p>&a9;</x:p></rdf:Description></rdf:RDF>", "its entities stand for far more text"),
    (".rdf", RDF + "<rdf:Description><x:p>" * N, "elements are nested over 100 deep in line 1"),
    (".nt", "<urn:s> <urn:p> " + "<<( <urn:s> <urn:p> " * N, "triple terms are nested over 100 deep in line 1"),
    (".nq", ONE[".nq"] + "<urn:s> <urn:p> " + "<<( <urn:s> <urn:p> " * N, "triple terms are nested over 100 deep in line 3"),
    (".ttl", "<urn:s> <urn:p>\n" + "<<( <urn:s> <urn:p>\n" * N, "triple terms are nested over 100 deep in line 102"),
    (".trig", "<urn:s> <urn:p> " + "<<( <urn:s> <urn:p> " * N, "triple terms are nested over 100 deep"),
    (".jsonld", '{"urn:p": ' * N + "1" + "}" * N, "brackets are nested over 100 deep"),
    (".jsonld", '{"@id": "urn:s", "urn:p": ' + "[" * N + "]" * N + "}", "brackets are nested over 100 deep"),
    (".jsonld", f'{{"@context": {{{TERMS}}}, "a0": "x"}}', "a context has over 1,000 terms"),
    (".jsonld", f'{{"@id": "urn:s", "@con\\u0074ext" : [{{"a": {{"@id": "b", "@context": {{{TERMS}}}}}}}]}}', "over 1,000 terms"),
    (".jsonld", f'{{"@context": {{{" " * (1 << 20)}{TERMS}}}, "a0": "x"}}', "a context has over 1 MB"),
    *(
        (ending, f'<urn:s> <urn:p> "{"x" * (17 << 20)}" .', "it has a text of over 16 MB")
        for ending in (".nt", ".nq", ".ttl", ".trig")
    ),
    (".jsonld", f'{{"@id": "urn:s", "urn:p": "{"x" * (17 << 20)}"}}', "it has a text of over 16 MB"),
]


@pytest.mark.parametrize(("ending", "text", "words"), RUINOUS, ids=range(len(RUINOUS)))
def test_what_would_end_the_process_is_refused(ending: str, text: str, words: str, tmp_path: Path) -> None:
    dump = tmp_path / f"dump{ending}"
    dump.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableError, match=words):
        load_dump(dump)
    with pytest.raises(UnreadableError, match=words):
        compare(dump, dump)
    if ending in (".nt", ".nq"):
        query = "SELECT * { ?s <urn:p> ?key }"
        with pytest.raises(UnreadableError, match=rf"dump\{ending}:\d+:\d+: broken dump: (triple terms|Reached the buffer)"):
            extract(dump, query, {"key": [Literal("x")]} if "<<" in text else {"key": [Literal("x" * (17 << 20))]})


@pytest.mark.parametrize("ending", FORMATS)
def test_a_byte_order_mark_is_passed_over(ending: str, tmp_path: Path) -> None:
    dump = tmp_path / f"dump{ending}"
    dump.write_text(ONE[ending], encoding="utf-8")
    size = len(load_dump(dump))
    dump.write_text(f"\ufeff{ONE[ending]}", encoding="utf-8")
    assert len(load_dump(dump)) == compare(dump, dump).new_triples == size > 0


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (gzip.compress(ONE[".nq"].encode() * 99)[:60], "ends in the midst of its compressed data"),
        (b"", "ends in the midst of its compressed data"),
        (ONE[".nq"].encode(), "Not a gzipped file"),
        (gzip.compress(b"\n" * 120_000_000, 9), "unpacks to over 200 times its size"),
    ],
    ids=["cut", "empty", "plain", "bomb"],
)
def test_what_is_not_packed_as_it_should_be_is_refused(packed: bytes, words: str, tmp_path: Path) -> None:
    dump = tmp_path / "dump.nq.gz"
    dump.write_bytes(packed)
    with pytest.raises(UnreadableError, match=words):
        load_dump(dump)


@pytest.mark.parametrize("ending", FORMATS)
def test_an_empty_dump(ending: str, tmp_path: Path) -> None:
    dump = tmp_path / f"dump{ending}"
    dump.touch()
    if ending == ".jsonld":
        with pytest.raises(UnreadableError, match="broken dump"):
            load_dump(dump)
    else:
        assert len(load_dump(dump)) == 0


def test_a_dump_that_was_cut_at_the_end_of_a_line_is_told(toy_dist: Path, tmp_path: Path, run: Run) -> None:
    dump = tmp_path / "synthkg.nq"
    lines = (toy_dist / "synthkg.nq").read_bytes().splitlines(keepends=True)
    (tmp_path / "SHA256SUMS").write_bytes((toy_dist / "SHA256SUMS").read_bytes())
    dump.write_bytes(b"".join(lines))
    assert len(load_dump(dump)) == len(lines)
    dump.write_bytes(b"".join(lines[:-5]))
    calls: list[list[str | Path]] = [["query", "counts", "--from", dump], ["diff", toy_dist / "synthkg.nq", dump]]
    for call in calls:
        said = run(*call)
        assert said.status == 2
        assert "it is not the file of which SHA256SUMS beside it speaks: it was cut off or changed" in said.stderr
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(dump.read_bytes()).hexdigest()} *synthkg.nq\nnonsense\n")
    assert len(load_dump(dump)) == len(lines) - 5
    (tmp_path / "SHA256SUMS").unlink()
    assert len(load_dump(dump)) == len(lines) - 5


@pytest.mark.parametrize("line", ["{0}  ./a.nt", "{0} *./a.nt", "SHA256 (a.nt) = {0}", "SHA256 (./x/../a.nt) = {0}"])
def test_a_checksum_counts_however_its_line_is_written(line: str, tmp_path: Path) -> None:
    dump = tmp_path / "a.nt"
    dump.write_text("<urn:a> <urn:b> <urn:c> .\n")
    (tmp_path / "SHA256SUMS").write_text(f"{line.format(hashlib.sha256(dump.read_bytes()).hexdigest())}\n")
    assert len(load_dump(dump)) == 1
    dump.write_text("")
    with pytest.raises(UnreadableError, match="it was cut off or changed"):
        load_dump(dump)


def test_checksums_name_no_file_outside(tmp_path: Path) -> None:
    names = ["./tables/papers.csv", "../secret", "/etc/hostname", "tables/../../secret"]
    (tmp_path / "SHA256SUMS").write_text("".join(f"{'0' * 64}  {name}\n" for name in names))
    assert checksums(tmp_path).keys() == {"tables/papers.csv"}


@pytest.mark.parametrize("size", [1, 2, 3, 1 << 20])
def test_empty_lines_between_objects_are_passed_over(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_PIECE", size)
    dump = tmp_path / "a.ndjsonld"
    lines = ["", '{"@id":"urn:a","urn:p":1}', "", " \r", '{"@id":"urn:b","urn:p":[2, 3]}', '{"@id":"urn:c","urn:p":4}', "", ""]
    for text in ("\n".join(lines), "\n".join(lines).strip()):
        dump.write_text(text)
        assert len(load_dump(dump)) == 4
    dump.write_text("\n \n")
    assert len(load_dump(dump)) == 0
    dump.write_text('{"@id":"urn:a"}\n\n{"@id":}\n')
    with pytest.raises(UnreadableError, match=r"a\.ndjsonld:3:8: broken dump"):
        load_dump(dump)


@pytest.mark.parametrize("style", ["csv", "tsv", "json", "table", "markdown"])
def test_a_triple_term_is_a_plain_error_in_every_format(style: str, run: Run, tmp_path: Path) -> None:
    dump = tmp_path / "dump.nt"
    dump.write_text(ONE[".nt"])
    said = run("query", "SELECT ?o { ?s ?p ?o }", "--from", dump, "--format", style)
    assert (said.status, said.stdout) == (2, "")
    assert "?o is a triple term (RDF 1.2) in some row; ask for SUBJECT(?o) and so on" in said.stderr
    taken_apart = "SELECT (OBJECT(?o) AS ?x) { ?s ?p ?o FILTER(isTRIPLE(?o)) }"
    assert "x" in run("query", taken_apart, "--from", dump, "--format", style).stdout


def test_triple_terms_are_compared(tmp_path: Path) -> None:
    old, new = tmp_path / "old.nt", tmp_path / "new.nt"
    title = "<https://w3id.org/synthkg/paper/x> <http://purl.org/dc/terms/title> "
    old.write_text(f'{title}"One" .\n{title}<<( <urn:s> <urn:p> "x" )>> .\n')
    new.write_text(f'{title}"One" .\n{title}<<( <urn:s> <urn:p> "y" )>> .\n')
    found = compare(old, new)
    assert (found.added_triples, found.removed_triples) == (1, 1)


# Queries

CHAINS = {
    "parentheses": f"SELECT * {{ FILTER({'(' * N}1{')' * N}) }}",
    "groups": f"SELECT * {'{' * N}{'}' * N}",
    "blank nodes": f"SELECT * {{ ?s ?p {'[<urn:p> ' * N}1{']' * N} }}",
    "calls": f"SELECT (COALESCE({'COALESCE(' * 1000}1{')' * 1000}) AS ?x) {{}}",
    "not": f"SELECT * {{ FILTER({'!' * N}1) }}",
    "sum": f"SELECT * {{ BIND({'1+' * N}1 AS ?x) }}",
    "and": f"SELECT * {{ FILTER({'?a && ' * N}1) }}",
    "path": f"SELECT * {{ ?s {'<urn:p>/' * N}<urn:p> ?o }}",
    "union": f"SELECT * {{ {'{} UNION ' * N}{{}} }}",
    "patterns": f"SELECT * {{ {'?s ?p ?o . ' * N} }}",
    "filters": f"SELECT * {{ {'FILTER(?s = ?p) ' * N} }}",
    "triple terms": f"SELECT * {{ ?s ?p {'<<( <urn:s> <urn:p> ' * N}1{' )>>' * N} }}",
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_query_that_would_end_the_process_is_refused(name: str) -> None:
    with pytest.raises(QueryError, match=r"(nested over 100 deep|over 2000 words and signs) from 1:\d+ on; take the query apart"):
        OxigraphStore().select(CHAINS[name])


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (f"ASK {'{' * 100}{'}' * 100}", None),
        (f"ASK {'{' * 101}{'}' * 101}", "nested over 100 deep from 1:105 on"),
        (f"ASK {'{ } ' * 101}", None),
        (f"ASK {{ {'a ' * 1_997}}}", None),
        (f"ASK {{\n{'a ' * 1_998}}}", "over 2000 words and signs from 2:3997 on"),
        (f"ASK {'{' * 100} {'a ' * 1_900}", "over 2000 words and signs from 1:3904 on"),
    ],
    ids=["as deep as may be", "deeper", "side by side", "as long as may be", "longer", "as deep as may be and longer"],
)
def test_a_query_is_refused_beyond_a_limit_and_told_which(query: str, told: str | None) -> None:
    with pytest.raises(QueryError, match=told) if told else nullcontext():
        refuse_too_deep(query)


def test_many_values_are_no_long_query() -> None:
    values = " ".join(f'(<urn:{n}> "{{")' for n in range(N))
    assert len(OxigraphStore().select(f"SELECT * {{ VALUES (?x ?y) {{ {values} }} }}").rows) == N
    refuse_too_deep(f"SELECT * {{ FILTER(?x IN ({', '.join(map(str, range(N)))})) }}")


# Whatever is in the file


@st.composite
def mutated(draw: st.DrawFn, text: bytes) -> bytes:
    """The text with some bytes taken out, put in, doubled, turned or cut off."""
    data, chance = bytearray(text), random.Random(draw(st.integers(0, 1 << 32)))
    for _ in range(draw(st.integers(1, 6))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                del data[at : at + chance.randrange(1, 20)]
            case 1:
                data[at:at] = chance.choice(PIECES)
            case 2:
                data[at:at] = data[at : at + chance.randrange(1, 40)] * chance.randrange(1, 4)
            case 3:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 4:
                data = data[:at]
            case 5:
                other = chance.randrange(len(data) + 1)
                data[at:other] = data[at:other][::-1]
    return bytes(data)


TEXTS = """< > " ' \"\"\" \\ \\u \\uD83D \\U0010FFFF @ ^^ _: <<( )>> [ ] { } ( ) . # &u; &#0; <!DOCTYPE ]]> @graph @context null
--ltr @en--rtl 1e999 \ufeff \ufffe \u202e 99999999999999999999 urn: @import version"""
PIECES = [*(text.encode() for text in TEXTS.split()), b"\0", b"\xff", b"\xed\xa0\x80", b"\xc3", b"\r\n", b"x" * 5000]


@settings(max_examples=300, derandomize=True)
@given(st.data())
def test_no_dump_ends_in_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    ending = data.draw(st.sampled_from(list(FORMATS)))
    dump = tmp_path_factory.getbasetemp() / f"mutated{ending}"
    dump.write_bytes(data.draw(mutated(ONE[ending].encode())))
    query = "SELECT * { ?s <urn:p> ?key . ?s ?q ?o }"
    with suppress(UnreadableError):
        load_dump(dump)
    with suppress(UnreadableError):
        compare(dump, dump)
    if ending in (".nt", ".nq"):
        with suppress(UnreadableError):
            extract(dump, query, {"key": [Literal("Marée", language="fr")]})
