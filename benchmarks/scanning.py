r"""A dump searched for what matters to one query: synthkg beside ripgrep, polars and pyoxigraph, in one run.

    python benchmarks/scanning.py [--triples 5000000,20000000] [--keys 5000] [--keep FOLDER] [--only synthkg,polars]

The dump is generated in dblp's vocabulary, the same at every run, plain and compressed. Each contender takes from it the
triples that belong to the keys (three quarters of them are in the dump): the records with these DOIs, five properties of the
records, and the names and places of the authors' signatures, which are blank nodes. That takes each of them three passes. It
is asserted that all took the same triples.

Each contender runs in a process of its own; wall time includes starting Python. Peak memory is that of the process and of what
it started, each at its own highest, added up (Linux). Wants ripgrep 13, igzip 2.30 and GNU parallel on the path.

The contenders are what a careful person would write for exactly this dump: they trust its spelling (one space between terms,
no ``\u`` escapes), which synthkg does not. ripgrep is given either all the terms sought in a pass or the predicates, or in each
pass whichever is faster (the predicate in the first, the terms then), and its lines are filtered in Python.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

from pipeline import family, highest, processor_time

DBLP = "https://dblp.org/rdf/schema#"
RDF, RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
XSD, DATACITE = "http://www.w3.org/2001/XMLSchema#", "http://purl.org/spar/datacite/"
LITERAL, OWL = "http://www.essepuntato.it/2010/06/literalreification/", "http://www.w3.org/2002/07/owl#"

KEY = "doi"
OF_RECORD = ("title", "yearOfPublication", "publishedIn", "omid", "hasSignature")
OF_SIGNATURE = ("signatureDblpName", "signatureOrdinal")
QUERY = f"""PREFIX dblp: <{DBLP}> SELECT * {{
  ?record dblp:doi ?key ; dblp:title ?title ; dblp:yearOfPublication ?year ; dblp:publishedIn ?venue .
  OPTIONAL {{ ?record dblp:omid ?omid }}
  ?record dblp:hasSignature ?signature . ?signature dblp:signatureDblpName ?name ; dblp:signatureOrdinal ?place }}"""


def record(number: int, rng: random.Random, words: list[str]) -> tuple[str, list[str]]:
    """The DOI and the lines of one paper as dblp has it, with its signatures and identifiers."""
    month = 18 * 12 + number // 20_000
    arxiv = f"{month // 12:02d}{month % 12 + 1:02d}.{number % 20_000 + 1:05d}"
    key = f"journals/corr/abs-{arxiv.replace('.', '-')}"
    this, doi = f"<https://dblp.org/rec/{key}>", f"https://doi.org/10.48550/arXiv.{arxiv}"
    title, year, authors = " ".join(rng.choices(words, k=9)).capitalize(), f"20{arxiv[:2]}", rng.randint(1, 7)
    lines = [
        f"{this} <{RDF}type> <{DBLP}Publication> .\n",
        f"{this} <{RDF}type> <{DBLP}Informal> .\n",
        f'{this} <{RDFS}label> "{words[number % len(words)]} et al.: {title}. ({year})" .\n',
        f'{this} <{DBLP}title> "{title}." .\n',
        f"{this} <{DBLP}bibtexType> <http://purl.org/net/nknouf/ns/bibtex#Article> .\n",
        f'{this} <{DBLP}numberOfCreators> "{authors}"^^<{XSD}integer> .\n',
        f"{this} <{DBLP}documentPage> <{doi}> .\n",
        f"{this} <{DBLP}primaryDocumentPage> <{doi}> .\n",
        f"{this} <{DBLP}doi> <{doi}> .\n",
        f"{this} <{DBLP}omid> <https://w3id.org/oc/meta/br/06{rng.randrange(10**9):09d}> .\n",
        f"{this} <{OWL}sameAs> <{doi}> .\n",
        f'{this} <{DBLP}yearOfPublication> "{year}"^^<{XSD}gYear> .\n',
        f'{this} <{DBLP}publishedIn> "CoRR" .\n',
        f'{this} <{DBLP}publishedInJournal> "CoRR" .\n',
        f'{this} <{DBLP}publishedInJournalVolume> "abs/{arxiv}" .\n',
        f"{this} <{DBLP}publishedInStream> <https://dblp.org/streams/journals/corr> .\n",
        f"{this} <{DBLP}listedOnTocPage> <https://dblp.org/db/journals/corr/corr{arxiv[:4]}> .\n",
    ]
    for scheme, value in (("dblp-record", key), ("doi", f"10.48550/arXiv.{arxiv}")):
        node = f"_:id{number}x{scheme[:3]}"
        lines += [
            f"{this} <{DATACITE}hasIdentifier> {node} .\n",
            f"{node} <{RDF}type> <{DATACITE}ResourceIdentifier> .\n",
            f"{node} <{DATACITE}usesIdentifierScheme> <{DATACITE}{scheme}> .\n",
            f'{node} <{LITERAL}hasLiteralValue> "{value}" .\n',
        ]
    for place in range(1, authors + 1):
        author = rng.randrange(400_000)
        person, node = f"<https://dblp.org/pid/{author % 400}/{author}>", f"_:sig{number}x{place}"
        lines += [
            f"{this} <{DBLP}authoredBy> {person} .\n",
            f"{this} <{DBLP}createdBy> {person} .\n",
            f"{this} <{DBLP}hasSignature> {node} .\n",
            f"{node} <{RDF}type> <{DBLP}Signature> .\n",
            f"{node} <{RDF}type> <{DBLP}AuthorSignature> .\n",
            f"{node} <{DBLP}signaturePublication> {this} .\n",
            f"{node} <{DBLP}signatureCreator> {person} .\n",
            f'{node} <{DBLP}signatureOrdinal> "{place}"^^<{XSD}integer> .\n',
            f'{node} <{DBLP}signatureDblpName> "{words[author % 1999].capitalize()} {words[author % 1997].capitalize()}" .\n',
        ]
    return doi, lines


def generate(folder: Path, triples: int, keys: int) -> Path:
    """Writes ``dump.nt``, ``dump.nt.gz`` and ``keys.txt``; gives the first."""
    rng = random.Random(5)
    words = ["".join(rng.choices("aeiourstnldmcpé", k=rng.randint(3, 11))) for _ in range(2000)]
    dois, written, dump = [], 0, folder / "dump.nt"
    with dump.open("w", encoding="utf-8", newline="") as file:
        while written < triples:
            doi, lines = record(len(dois), rng, words)
            file.writelines(lines[: triples - written])
            written += len(lines)
            dois.append(doi)
    missing = [f"https://doi.org/10.5555/{number}" for number in range(keys // 4)]
    (folder / "keys.txt").write_text("\n".join([*rng.sample(dois, keys - len(missing)), *missing]))
    with dump.open("rb") as file, gzip.open(f"{dump}.gz", "wb", compresslevel=6) as packed:
        while block := file.read(1 << 20):
            packed.write(block)
    return dump


def iris(names: Iterable[str]) -> set[bytes]:
    """The terms of dblp's vocabulary as the dump writes them."""
    return {f"<{DBLP}{name}>".encode() for name in names}


Lines = Callable[[set[bytes], set[bytes], str], Iterator[bytes]]


def in_three_passes(keys: list[str], lines: Lines) -> set[bytes]:
    """The lines sought, from whatever gives at least those lines that have one of some terms and one of some predicates."""
    found: set[bytes] = set()
    terms = {f"<{key}>".encode() for key in keys}
    for predicates, side in ((iris([KEY]), "object"), (iris(OF_RECORD), "subject"), (iris(OF_SIGNATURE), "subject")):
        reached = set()
        for line in lines(terms, predicates, side):
            subject, predicate, rest = line.split(b" ", 2)
            if predicate in predicates and (rest[:-3] if side == "object" else subject) in terms:
                found.add(line)
                reached.add(subject if side == "object" else rest[:-3])
        terms = reached if side == "object" else {term for term in reached if term.startswith(b"_:")}
    return found


def by_synthkg(dump: Path, keys: list[str]) -> Iterable[bytes]:
    """`synthkg.linking.scanning.extract`."""
    from synthkg.linking.scanning import extract

    return (f"{quad} .\n".encode() for quad in extract(dump, QUERY, {"key": map(NamedNode, keys)}))


def by_pyoxigraph(dump: Path, keys: list[str]) -> Iterable[bytes]:
    """Its parser, and a look into a set for every triple."""
    found = []
    terms: set[Any] = {NamedNode(key) for key in keys}
    for names, side in (((KEY,), "object"), (OF_RECORD, "subject"), (OF_SIGNATURE, "subject")):
        predicates, reached = {NamedNode(DBLP + name) for name in names}, set()
        with gzip.open(dump) if dump.suffix == ".gz" else dump.open("rb") as file:
            for quad in pyoxigraph.parse(file, format=RdfFormat.N_TRIPLES):  # type: ignore[arg-type]
                if quad.predicate in predicates and getattr(quad, side) in terms:
                    found.append(f"{quad} .\n".encode())
                    reached.add(quad.subject if side == "object" else quad.object)
        terms = reached
    return found


def by_polars(dump: Path, keys: list[str]) -> Iterable[bytes]:
    """Its streaming engine over lines, split at the first two spaces."""
    import polars as pl

    def lines(terms: set[bytes], predicates: set[bytes], side: str) -> Iterator[bytes]:
        text = pl.scan_csv(dump, has_header=False, separator="\x01", quote_char=None, schema={"line": pl.String})
        part = pl.col("line").str.splitn(" ", 3).struct
        term = part.field("field_2").str.head(-2) if side == "object" else part.field("field_0")
        chosen = pl.Series([predicate.decode() for predicate in predicates])
        if len(predicates) == 1:
            text = text.filter(pl.col("line").str.contains(f" {chosen[0]} ", literal=True))
        text = text.filter(term.is_in(pl.Series([one.decode() for one in terms]).implode()))
        for line in text.collect(engine="streaming")["line"]:
            yield f"{line}\n".encode()

    return in_three_passes(keys, lines)


def ripgrep(dump: Path, arguments: list[str], patterns: Iterable[bytes], reader: str) -> Iterator[bytes]:
    """The lines that it prints."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"\n".join(patterns))
        file.flush()
        command = ["rg", "--text", "--no-line-number", "--no-filename", "--fixed-strings", *arguments, "--file", file.name]
        if reader == "parallel":
            parallel = ["parallel", "--pipe-part", "--block", "-1", "-a", str(dump), " ".join(command)]
            process = subprocess.Popen(parallel, stdout=subprocess.PIPE, bufsize=1 << 20)
        elif reader:
            unpacked = subprocess.Popen([reader, "-dc", dump], stdout=subprocess.PIPE)
            process = subprocess.Popen([*command, "-"], stdin=unpacked.stdout, stdout=subprocess.PIPE, bufsize=1 << 20)
        else:
            zipped = ["--search-zip"] if dump.suffix == ".gz" else []
            process = subprocess.Popen([*command, *zipped, dump], stdout=subprocess.PIPE, bufsize=1 << 20)
        assert process.stdout is not None
        yield from process.stdout
        process.wait()


def by_ripgrep(what: str, reader: str = "") -> Callable[[Path, list[str]], Iterable[bytes]]:
    """Ripgrep for the terms, for the predicates, or in each pass for whichever is faster."""

    def search(dump: Path, keys: list[str]) -> Iterable[bytes]:
        def lines(terms: set[bytes], predicates: set[bytes], side: str) -> Iterator[bytes]:
            by_predicate = what == "predicates" or (what == "either" and side == "object")
            patterns = predicates if by_predicate else {term + b" " for term in terms}
            yield from ripgrep(dump, [], patterns, reader)

        return in_three_passes(keys, lines)

    return search


CONTENDERS: dict[str, Callable[[Path, list[str]], Iterable[bytes]]] = {
    "synthkg": by_synthkg,
    "ripgrep, terms": by_ripgrep("terms"),
    "ripgrep, predicates": by_ripgrep("predicates"),
    "ripgrep, either": by_ripgrep("either"),
    "ripgrep, either, parallel": by_ripgrep("either", "parallel"),
    "zcat to ripgrep, either": by_ripgrep("either", "gzip"),
    "igzip to ripgrep, either": by_ripgrep("either", "igzip"),
    "polars": by_polars,
    "pyoxigraph": by_pyoxigraph,
}


def fits(contender: str, dump: Path) -> bool:
    """Whether the contender is one for such a file."""
    return "parallel" not in contender if dump.suffix == ".gz" else "zip" not in contender and "zcat" not in contender


def run(contender: str, dump: Path) -> dict[str, Any]:
    """Runs one contender; gives the fingerprint of its answer, its wall and processor time in seconds, its peak memory in MB."""
    started, spent, peaks = time.perf_counter(), processor_time(), dict[int, int]()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with tempfile.TemporaryFile() as printed:
        command = [sys.executable, __file__, "--contender", contender, str(dump)]
        process = subprocess.Popen(command, stdout=printed, env=environment)
        while process.poll() is None:
            for member in family(process.pid):
                peaks[member] = max(peaks.get(member, 0), highest(member))
            time.sleep(0.02)
        seconds = time.perf_counter() - started
        assert process.returncode == 0, f"{contender} failed"
        printed.seek(0)
        answer = json.load(printed)
    return {"answer": answer, "seconds": seconds, "processor": processor_time() - spent, "memory": sum(peaks.values()) / 1024}


def contend(contender: str, dump: Path) -> None:
    """What the process of a contender does: prints the number and the hash of the lines it found."""
    keys = (dump.parent / "keys.txt").read_text().splitlines()
    lines = sorted(set(CONTENDERS[contender](dump, keys)))
    print(json.dumps([len(lines), hashlib.sha256(b"".join(lines)).hexdigest()]))


def main() -> None:
    """Generates, measures, asserts, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--triples", default="5000000,20000000")
    parser.add_argument("--keys", type=int, default=5000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default=",".join(CONTENDERS).replace(", ", "; "))
    parser.add_argument("--contender", nargs=2)
    given = parser.parse_args()
    if given.contender:
        contend(given.contender[0], Path(given.contender[1]))
        return
    chosen = [name.replace("; ", ", ") for name in given.only.split(",")]
    print("| triples | file | contender | seconds | triples/s | of synthkg's time | processor s | peak MB |")
    print("|---|---|---|---|---|---|---|---|")
    for triples in map(int, given.triples.split(",")):
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.keep / str(triples) if given.keep else Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            plain = folder / "dump.nt" if (folder / "keys.txt").exists() else generate(folder, triples, given.keys)
            for dump in (plain, Path(f"{plain}.gz")):
                first: dict[str, Any] = {}
                for contender in (name for name in chosen if fits(name, dump)):
                    measured = run(contender, dump)
                    first = first or measured
                    assert measured["answer"] == first["answer"], f"{contender} found something else"
                    seconds, ratio = measured["seconds"], measured["seconds"] / first["seconds"]
                    size = f"{dump.stat().st_size / 1e6:,.0f} MB"
                    cells = f"{seconds:.1f} | {triples / seconds:,.0f} | {ratio:.2f} | {measured['processor']:.1f}"
                    print(
                        f"| {triples:,} | {dump.suffix}, {size} | {contender} | {cells} | {measured['memory']:.0f} |", flush=True
                    )
                print(f"\n{first['answer'][0]:,} triples found by each\n" if dump != plain else "", end="", flush=True)


if __name__ == "__main__":
    main()
