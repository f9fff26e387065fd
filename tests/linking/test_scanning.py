"""Tests that a scanned dump answers a query as the whole dump does, however it is written, and that nothing is lost silently."""

from __future__ import annotations

import gzip
import hashlib
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, parse

from conftest import TESTS
from servers import interruptible
from synthkg.catalog.folder import load_catalog
from synthkg.errors import QueryError, UnreadableError, UsageError
from synthkg.graph.store import Term, load_dump
from synthkg.linking import scanning
from synthkg.linking.lookups import terms
from synthkg.linking.scanning import extract
from synthkg.linking.subjects import find_subjects
from synthkg.linking.targets import find_target, load_targets

XSD = "http://www.w3.org/2001/XMLSchema#"
DOI, TITLE, BY, NAME, HAS, VALUE, GONE = predicates = [
    NamedNode(f"http://example.org/{name}") for name in ("doi", "title", "by", "naïve-name", "has", "value", "gone")
]
PREFIX = "PREFIX : <http://example.org/> "
QUERIES = {
    "by key": "?x :doi ?key OPTIONAL { ?x :title ?title }",
    "two steps back": "?id :value ?key . ?x :has ?id ; :title ?title .",
    "two steps on": "?key :by ?author . ?author :naïve-name ?name OPTIONAL { ?author ?any ?thing }",
    "by any predicate": "?key :by ?author ; ?any ?thing . ?thing :title ?title",
    "by UNION": "{ ?x :doi ?key } UNION { ?x :has/:value ?key } ?x :by|:title ?thing",
    "along paths": "?key ^:doi/:by ?author . ?author (:naïve-name|^:has/:title) ?name",
    "what is not there": "?x :doi ?key ; :by ?a FILTER NOT EXISTS { ?a :gone ?when . ?x :title ?when } MINUS { ?x :gone ?y }",
    "a subquery": "?x :doi ?key { SELECT ?x (COUNT(?author) AS ?authors) { ?x :by ?author } GROUP BY ?x }",
}
nodes = [
    *(NamedNode(f"http://example.org/{name}") for name in ("x", "x1", "Größe")),
    *(BlankNode(label) for label in ("b", "b1", "b1.x")),
]
literals = [
    *map(Literal, ("2212.10560", "", "𝒛", "C:\\u0041", 'say "2212.10560"', "it's", "a\tb\r\nc\b\f", "x")),
    Literal("x", language="en-GB"),
    Literal("x", datatype=NamedNode("http://example.org/type")),
    Literal("long " * 100 + "a"),
    Literal("long " * 100 + "b"),
]
triples = st.tuples(st.sampled_from(nodes), st.sampled_from(predicates), st.sampled_from([*nodes, *literals]))
ESCAPES = {"\t": "t", "\b": "b", "\n": "n", "\r": "r", "\f": "f", '"': '"', "'": "'", "\\": "\\"}


@st.composite
def spelled(draw: st.DrawFn, term: object) -> str:
    """The term in any of the ways in which N-Triples can write it."""

    def text(value: str, must: str, may: str = "") -> str:
        chosen = draw(st.sampled_from([*[-1] * 3, *range(len(value))]))  # the place of the one escape that nothing demands
        written = ""
        for place, character in enumerate(value):
            short = ["\\" + ESCAPES[character]] if character in must + may else []
            if place == chosen:
                numbers = [f"\\u{ord(character):04X}"] if ord(character) < 0x10000 else []
                written += draw(st.sampled_from([*short, *numbers, f"\\U{ord(character):08x}"]))
            else:
                written += short[0] if character in must else character
        return written

    if isinstance(term, NamedNode):
        return f"<{text(term.value, '')}>"
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    assert isinstance(term, Literal)
    quoted = '"' + text(term.value, '"\\\n\r', "\t\b\f'") + '"'
    if term.language:
        return f"{quoted}@{draw(st.sampled_from([term.language, term.language.upper()]))}"
    if term.datatype.value == XSD + "string":
        return quoted + draw(st.sampled_from(["", f"^^<{XSD}string>", f"^^<{XSD}strin\\u0067>"]))
    return f"{quoted}^^<{text(term.datatype.value, '')}>"


@st.composite
def dumps(draw: st.DrawFn) -> bytes:
    """A dump in any order and layout, with comments, blank lines, both newlines, and perhaps none at its end."""
    lines = []
    for s, p, o in draw(st.lists(triples, min_size=10, max_size=50)):
        gap = draw(st.sampled_from([" ", " ", " ", "\t", "  ", ""]))
        start = draw(st.sampled_from(["", "", "", " ", "\t"]))
        space = gap or (" " if isinstance(o, BlankNode) else "")
        subject = draw(spelled(s)) + (gap or " " * isinstance(s, BlankNode))
        end = space + "." + draw(st.sampled_from(["", "", " ", ' # a comment: "2212.10560"']))
        lines.append(start + subject + draw(spelled(p)) + gap + draw(spelled(o)) + end)
        lines += draw(st.sampled_from([[], [], [], [""], [" "], ["# <http://example.org/x> is no triple"]]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return (newline.join(lines) + draw(st.sampled_from([newline, ""]))).encode()


def answer(store: Store, pattern: str, keys: list[Term]) -> Counter[str]:
    values = " ".join(map(str, keys))
    return Counter(map(str, store.query(f"{PREFIX} SELECT * {{ VALUES ?key {{ {values} }} {pattern} }}")))  # type: ignore[arg-type]


@given(
    dump=dumps(),
    name=st.sampled_from(list(QUERIES)),
    keys=st.lists(
        st.sampled_from([node for node in [*nodes, *literals] if not isinstance(node, BlankNode)]), min_size=1, unique=True
    ),
    size=st.integers(1, 200) | st.just(scanning._CHUNK),
    ending=st.sampled_from(scanning.ENDINGS),
)
def test_a_scanned_dump_answers_as_the_whole_dump(
    tmp_path_factory: pytest.TempPathFactory, dump: bytes, name: str, keys: list[Term], size: int, ending: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"dump{ending}"
    half = len(dump) // 2
    path.write_bytes(gzip.compress(dump[:half]) + gzip.compress(dump[half:]) if ending.endswith("gz") else dump)
    whole = Store()
    whole.extend(parse(dump, format=RdfFormat.N_TRIPLES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "_CHUNK", size)
        part = extract(path, f"{PREFIX} SELECT * {{ {QUERIES[name]} }}", {"key": keys})
    assert set(part) <= set(whole)
    assert answer(part.inner, QUERIES[name], keys) == answer(whole, QUERIES[name], keys)


@pytest.mark.parametrize("name", sorted(set(load_targets()) - {"openalex"}))  # which answers with JSON and has no dump
def test_every_target_can_be_asked_through_its_dump(tmp_path: Path, name: str) -> None:
    target, whole = find_target(name), load_dump(TESTS / "targets" / f"{name}.ttl")
    keys = [key for subject in find_subjects(load_catalog(TESTS / "targets" / "records"), target.level) for key in subject.keys]
    dump = tmp_path / "dump.nt.gz"
    triples = {str(quad.triple): quad.triple for quad in whole}
    dump.write_bytes(gzip.compress(pyoxigraph.serialize(triples.values(), format=RdfFormat.N_TRIPLES) or b""))
    part = extract(dump, target.query.text, terms(target, keys))
    rows = whole.select(target.text(keys)).rows
    assert rows
    assert Counter(map(str, part.select(target.text(keys)).rows)) == Counter(map(str, rows))


RECORD = b'<http://example.org/x> <http://example.org/doi> "1" .\n'
OTHER = b'<http://example.org/y> <http://example.org/doi> "2" .\n'
QUERY = PREFIX + "SELECT * { ?x :doi ?key ; :title ?title }"
KEYS = {"key": [Literal("1")]}


def test_only_what_can_matter_is_kept(tmp_path: Path) -> None:
    dump = tmp_path / "dump.nt"
    title = b'<http://example.org/x> <http://example.org/title> "One" .\n'
    more = b"<http://example.org/x> <http://example.org/by> <http://example.org/a> .\n"
    dump.write_bytes(title + OTHER + more + title.replace(b"/x", b"/y") + RECORD)
    assert {str(quad) for quad in extract(dump, QUERY, KEYS)} == {line.decode()[:-3] for line in (title, RECORD)}


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (Literal("1"), r'<http://example.org/x> <http://example.org/doi> "1"^^<http://www.w3.org/2001/XMLSchema#string> .'),
        (Literal("1"), r'<http://example.org/x> <http://example.org/doi> "\u0031" .'),
        (Literal("1"), r'<http://example.org/x> <http://example.org/d\U0000006fi>"1".'),
        (Literal("1"), r'<http://example.org/\u0078> <http://example.org/doi> "1" .'),
        (Literal("it's"), r"""<http://example.org/x> <http://example.org/doi> "it\'s" ."""),
        (Literal("it's"), r"""<http://example.org/x> <http://example.org/doi> "it's" ."""),
        (Literal('"\n'), r'<http://example.org/x> <http://example.org/doi> "\"\n" .'),
        (Literal("a\tb"), '<http://example.org/x> <http://example.org/doi> "a\tb" .'),
        (Literal("a\tb"), r'<http://example.org/x> <http://example.org/doi> "a\tb" .'),
        (Literal("A", language="de-AT"), r'<http://example.org/x> <http://example.org/doi> "A"@DE-at .'),
        (NamedNode("http://example.org/é"), "<http://example.org/x>\t<http://example.org/doi>\t<http://example.org/é>\t."),
        (NamedNode("http://example.org/é"), r"<http://example.org/x> <http://example.org/doi> <http://example.org/\u00E9> ."),
    ],
)
def test_a_term_is_found_however_it_is_spelled(tmp_path: Path, key: Term, line: str) -> None:
    dump = tmp_path / "dump.nt"
    dump.write_text(f'{line}\n<http://example.org/x> <http://example.org/title> "One" .\n', encoding="utf-8")
    query = PREFIX + "SELECT * { { ?x :value ?key } UNION { ?x :doi ?key ; :title ?title } }"
    assert len(extract(dump, query, {"key": iter([key])}).select(query).rows) == 1


def test_the_graphs_of_quads_are_ignored(tmp_path: Path) -> None:
    dump = tmp_path / "dump.nq"
    dump.write_bytes(b'<a:a> <http://example.org/doi> "1" <g:1> .\n<a:a> <http://example.org/title> "One" <g:2> .\n')
    assert len(extract(dump, QUERY, KEYS).select(QUERY).rows) == 1


def test_progress_counts_the_passes_and_the_bytes_of_the_file(tmp_path: Path) -> None:
    dump = tmp_path / "dump.nt.gz"
    dump.write_bytes(gzip.compress(RECORD * 100_000))
    seen: list[tuple[int, int]] = []
    extract(dump, QUERY, KEYS, lambda number, done: seen.append((number, done)))
    assert seen == sorted(seen)
    assert dict(seen) == dict.fromkeys((1, 2), dump.stat().st_size)


@pytest.mark.parametrize("ending", [".nt", ".nt.gz"])
@pytest.mark.parametrize(
    ("broken", "column"),
    [
        pytest.param(b'<http://example.org/x> <http://example.org/doi> "1"\n', 1, id="no dot"),
        pytest.param(b'<http://example.org/x> <http://example.org/doi> nonsense "1" .\n', 49, id="no object"),
        pytest.param(b'<http://example.org/x\xff> <http://example.org/doi> "1" .\n', 21, id="not UTF-8"),
    ],
)
def test_a_malformed_line_that_is_looked_at_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bytes, column: int, ending: str
) -> None:
    monkeypatch.setattr(scanning, "_CHUNK", 100)
    dump = tmp_path / f"dump{ending}"
    text = RECORD * 3 + OTHER * 8 + broken + OTHER * 9
    dump.write_bytes(gzip.compress(text) if ending == ".nt.gz" else text)
    with pytest.raises(UnreadableError) as caught:
        extract(dump, QUERY, KEYS)
    assert caught.value.where == f"{dump}:12:{column}"


@pytest.mark.parametrize("ending", [".nt", ".nt.gz"])
def test_a_byte_order_mark_is_passed_over(tmp_path: Path, ending: str) -> None:
    dump = tmp_path / f"dump{ending}"
    text = b"\xef\xbb\xbf" + RECORD + b'<http://example.org/x> <http://example.org/doi> nonsense "1" .\n'
    with_mark = [text[: 3 + len(RECORD)], text]
    dump.write_bytes(gzip.compress(with_mark[0]) if ending == ".nt.gz" else with_mark[0])
    assert len(extract(dump, QUERY, KEYS)) == len(load_dump(dump))
    dump.write_bytes(gzip.compress(with_mark[1]) if ending == ".nt.gz" else with_mark[1])
    with pytest.raises(UnreadableError) as caught:
        extract(dump, QUERY, KEYS)
    assert caught.value.where == f"{dump}:{RECORD.count(chr(10).encode()) + 1}:49"


def test_a_malformed_line_elsewhere_is_not_looked_at(tmp_path: Path) -> None:
    dump = tmp_path / "dump.nt"
    dump.write_bytes(RECORD + b"nonsense\n" + OTHER)
    assert len(extract(dump, QUERY, KEYS)) == 1


def test_a_last_line_that_was_cut_off_is_noticed(tmp_path: Path) -> None:
    dump = tmp_path / "dump.nt"
    dump.write_bytes(RECORD + OTHER[:40])
    with pytest.raises(UnreadableError, match=r"dump\.nt:2:"):
        extract(dump, QUERY, KEYS)


def test_a_dump_that_its_checksum_does_not_know_is_told(tmp_path: Path) -> None:
    dump = tmp_path / "dump.nt.gz"
    dump.write_bytes(gzip.compress(RECORD + OTHER))
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(dump.read_bytes()).hexdigest()}  {dump.name}\n")
    assert len(extract(dump, QUERY, KEYS)) == 1
    dump.write_bytes(gzip.compress(RECORD))
    with pytest.raises(UnreadableError, match="is not the file of which SHA256SUMS beside it speaks"):
        extract(dump, QUERY, KEYS)


packed = gzip.compress(RECORD + b"".join(OTHER.replace(b"2", b"%d" % number) for number in range(5000)))


@pytest.mark.parametrize(
    "data",
    [
        *(pytest.param(packed[:end], id=f"cut off at {end}") for end in (0, 1, 5, 10, 11, len(packed) // 2, -9, -8, -1)),
        pytest.param(packed + packed[:1], id="second member cut off at 1"),
        pytest.param(packed + packed[:100], id="second member cut off at 100"),
        pytest.param(packed[:-8] + bytes(4) + packed[-4:], id="wrong sum"),
        pytest.param(packed[:2000] + b"\xff\xff\xff" + packed[2003:], id="three bytes changed"),
        pytest.param(RECORD, id="not compressed"),
    ],
)
def test_damaged_compressed_data_is_an_error(tmp_path: Path, data: bytes) -> None:
    dump = tmp_path / "dump.nt.gz"
    dump.write_bytes(data)
    with pytest.raises(UnreadableError, match=r"dump\.nt\.gz: "):
        extract(dump, QUERY, KEYS)


def test_what_cannot_be_scanned_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dump = tmp_path / "dump.nt"
    with pytest.raises(UnreadableError, match="No such file"):
        extract(dump, QUERY, KEYS)
    with pytest.raises(UsageError, match="must end in"):
        extract(tmp_path / "dump.ttl", QUERY, KEYS)
    with pytest.raises(UsageError, match=r"<http://example.org/title> is not connected with \?key"):
        extract(dump, PREFIX + "SELECT * { ?x :doi ?key . ?y :title ?title }", KEYS)
    for pattern in ("?x :doi+ ?key", "?x !:doi ?key", "?x :doi ?key SERVICE <a:a> { ?x :title ?title }", "?x :doi"):
        with pytest.raises(QueryError):
            extract(dump, PREFIX + f"SELECT * {{ {pattern} }}", KEYS)
    monkeypatch.setattr(scanning, "_CHUNK", 100)
    monkeypatch.setattr(scanning, "_LONGEST", 1000)
    dump.write_bytes(b"x" * 2000)
    with pytest.raises(UnreadableError, match="a line of over"):
        extract(dump, QUERY, KEYS)


@pytest.mark.parametrize(
    "text", ["", "# empty\n", "<html><p>Too many requests</p></html>\n", "@prefix : <http://example.org/> .\n"]
)
def test_what_is_no_dump_is_not_one_in_which_nothing_is_found(text: str, tmp_path: Path) -> None:
    dump = tmp_path / "dump.nt"
    dump.write_text(text)
    with pytest.raises(UnreadableError, match="no line at its beginning is a triple"):
        extract(dump, QUERY, KEYS)


# The scripts have no `if __name__`: whoever calls us from such a one must be served all the same.
SCRIPT = f"""
import sys
from pathlib import Path
from pyoxigraph import Literal
from synthkg.linking.scanning import extract

def progress(number, done, started=[]):
    if not started:
        started.append(print("started", flush=True))

print(len(extract(Path(sys.argv[1]), {QUERY!r}, {{"key": [Literal("1")]}}, progress)))
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")))
"""


def written(path: Path, megabytes: int) -> Path:
    """A dump of about that size, of which two lines far apart matter."""
    block = b"".join(OTHER.replace(b"/y>", b"/y%d>" % number) for number in range(1 << 16))
    first, middle, last = RECORD, block, RECORD.replace(b"/doi", b"/title")
    if path.suffix == ".gz":
        first, middle, last = (gzip.compress(part, 1) for part in (first, middle, last))
    with path.open("wb") as file:
        file.write(first)
        for _ in range(megabytes * 1_000_000 // len(block)):
            file.write(middle)
        file.write(last)
    return path


@pytest.mark.parametrize("ending", [".nt", ".nt.gz"])
def test_memory_does_not_grow_with_the_dump(tmp_path: Path, ending: str) -> None:
    peaks = []
    for megabytes in (40, 400):
        dump = written(tmp_path / f"dump{ending}", megabytes)
        ran = subprocess.run([sys.executable, "-c", SCRIPT, dump], capture_output=True, text=True, check=True)
        _, found, peak = ran.stdout.split()
        assert found == "2"
        peaks.append(int(peak) / 1024)
    assert peaks[1] - peaks[0] < 8, f"peaks in MB: {peaks}"


def test_an_interrupt_ends_it_at_once(tmp_path: Path) -> None:
    dump = written(tmp_path / "dump.nt", 400)
    command, pipe = [sys.executable, "-c", SCRIPT, str(dump)], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, preexec_fn=interruptible) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=10)
    assert rest == b""
    assert errors.rstrip().endswith(b"KeyboardInterrupt")
    assert process.returncode == -signal.SIGINT
