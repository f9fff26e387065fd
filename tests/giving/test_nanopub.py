"""Facts as nanopublications: the ``nanopub`` package reads, signs and verifies them; changes follow what was published."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from nanopub.nanopub import Nanopub
from nanopub.nanopub_conf import NanopubConf
from nanopub.profile import Profile
from pyoxigraph import Quad, RdfFormat, parse, serialize
from rdflib import ConjunctiveGraph, URIRef
from rdflib.namespace import DCTERMS, FOAF, PROV

from conftest import DATA, Run
from synthkg.catalog import citation_of
from synthkg.giving import nanopublications
from synthkg.graph import OxigraphStore
from synthkg.model import BASE, NAMESPACE

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # nanopub uses rdflib's ConjunctiveGraph
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
SUPERSEDES, RETRACTS = "http://purl.org/nanopub/x/supersedes", "http://purl.org/nanopub/x/retracts"
ORCID = "https://orcid.org/0000-0002-1825-0097"
TIDE = f"{BASE}paper/tide-instruct"
STAGES = f"{TIDE}#stages"


def split(text: str) -> list[str]:
    """Each nanopublication of an export as a file of its own, as the package takes them."""
    parts: dict[str, list[Quad]] = defaultdict(list)
    for quad in parse(text.encode(), RdfFormat.TRIG):
        parts[str(quad.graph_name).partition("#")[0]].append(quad)
    return [(serialize(quads, format=RdfFormat.TRIG) or b"").decode() for quads in parts.values()]


def read(text: str, conf: NanopubConf | None = None) -> Nanopub:
    graph = ConjunctiveGraph()
    graph.parse(data=text, format="trig")
    nanopub = Nanopub(rdf=graph, conf=conf or NanopubConf())
    assert nanopub.is_valid
    return nanopub


def by_fact(text: str) -> dict[str, Nanopub]:
    """Fact -> the nanopublication about it."""
    found = {}
    for each in map(read, split(text)):
        (fact,) = each.pubinfo.objects(None, DCTERMS.subject)
        found[str(fact)] = each
    return found


def said(nanopub: Nanopub) -> set[tuple[str, str, str]]:
    return {
        (str(s).removeprefix(BASE), str(p).removeprefix(NAMESPACE), str(o).removeprefix(BASE)) for s, p, o in nanopub.assertion
    }


def superseded(nanopub: Nanopub) -> list[str]:
    return [str(each) for each in nanopub.pubinfo.objects(None, URIRef(SUPERSEDES))]


def test_every_nanopublication_says_where_it_was_read_and_who_says_it(real_store: OxigraphStore) -> None:
    done = nanopublications(real_store, licence=CC0, citation=citation_of(DATA))
    parts = split(done.text)
    assert len(parts) == done.new > 1000
    for part in parts[:: len(parts) // 20]:
        each = read(part)
        (derived, *_) = each.provenance.objects(each.metadata.assertion, PROV.wasDerivedFrom)
        assert list(each.provenance.objects(derived, PROV.hadPrimarySource))
        about = [each.pubinfo.value(each.metadata.np_uri, DCTERMS[name]) for name in ("creator", "license", "created", "subject")]
        assert all(about), about
        assert (
            about[0]
            == each.provenance.value(each.metadata.assertion, PROV.wasAttributedTo)
            == URIRef(f"{BASE}dataset#the-synthkg-contributors")
        )


def test_exports_name_the_licence_that_is_stated(run: Run, toy: Path, toy_dist: Path) -> None:
    """By the folder or by the release; where none is, there is none, but SSSOM wants that said."""

    def licences(*source: str | Path) -> list[set[str]]:
        nanopubs = map(read, split(run("export", "nanopub", *source).stdout)[:9])
        sssom = run("export", "sssom", *source).stdout.partition("#license: ")[2].partition("\n")[0]
        things = json.loads(run("export", "bioregistry", *source).stdout)["synthkg.record"]
        named = {str(iri) for each in nanopubs for iri in each.pubinfo.objects(each.metadata.np_uri, DCTERMS.license)}
        return [named, {sssom}, {things.get("license", "")}]

    none = [set(), {"https://w3id.org/sssom/license/unspecified"}, {""}]
    assert licences("--data", toy) == licences("--from", toy_dist / "synthkg.nq") == none
    (toy / "LICENSE").write_bytes((DATA / "LICENSE").read_bytes())
    assert licences("--data", toy) == [{CC0}, {CC0}, {"CC0-1.0"}]
    release = toy / "release"
    release.mkdir()
    (release / "synthkg.nq").write_bytes((toy_dist / "synthkg.nq").read_bytes())
    said = [f"<{BASE}dump/void.ttl> <{FOAF.primaryTopic}> <{BASE}dataset> .", f"<{BASE}dataset> <{DCTERMS.license}> <{CC0}> ."]
    (release / "void.ttl").write_text("\n".join(said), "utf-8")
    assert licences("--from", release / "synthkg.nq") == [{CC0}, {CC0}, {"CC0-1.0"}]
    (release / "void.ttl").write_text("CC0!", "utf-8")
    broken = run("export", "nanopub", "--from", release / "synthkg.nq")
    assert (broken.status, broken.stdout) == (2, "")
    assert "void.ttl" in broken.stderr


def test_a_fact_has_the_values_that_evidence_supports(run: Run, toy: Path) -> None:
    paper = toy / "papers" / "tide-instruct.yaml"
    note = (
        "    note: Table 1, page 3\n    supports:\n      - stages.fine-tuning\n      - syntheses.main\n      - topics.tide/king\n"
    )
    changed = paper.read_text("utf-8").replace("  - fine-tuning\n", "  - fine-tuning\n  - pretraining\n")
    paper.write_text(changed.replace("    note: the abstract page\n", note).replace("2024-02-29", "2024-03"), "utf-8")
    facts = by_fact(run("export", "nanopub", "--data", toy).stdout)
    assert said(facts[STAGES]) == {("paper/tide-instruct", "stage", "concept/stage/fine-tuning")}
    assert "Table 1, page 3" in {str(note) for note in facts[STAGES].provenance.objects(None, URIRef(f"{NAMESPACE}note"))}
    assert not list(facts[STAGES].pubinfo.objects(None, DCTERMS.created))  # a month is no day
    assert said(facts[f"{TIDE}#topics"]) == {("paper/tide-instruct", "topic", "concept/tide/king")}
    assert f"{TIDE}#domains" not in facts
    synthesis = "paper/tide-instruct/synthesis/main"
    assert said(facts[f"{BASE}{synthesis}#teachers"]) == {
        ("paper/tide-instruct", "synthesis", synthesis),
        (synthesis, "teacher", "artifact/tide-model"),
    }


def test_a_fact_is_created_on_the_last_day_of_reading(run: Run, toy: Path) -> None:
    """Whichever of its sources was read on it."""
    paper = toy / "papers" / "tide-instruct.yaml"
    source = "  - source: https://toyconf.example.org/{}\n    kind: paper\n    read: {}\n    supports:\n      - stages\n"
    days = ("2023-05-06", "2024-02-28", "2023-11-12")
    text = paper.read_text("utf-8").replace("2024-02-29", "2022-01-01")
    more = "".join(source.format(number, day) for number, day in enumerate(days))
    paper.write_text(text.replace("evidence:\n", f"evidence:\n{more}"), "utf-8")
    (created,) = by_fact(run("export", "nanopub", "--data", toy).stdout)[STAGES].pubinfo.objects(None, DCTERMS.created)
    assert str(created).startswith("2024-02-28T00:00:00")


def test_signed_ones_are_superseded_and_retracted(run: Run, toy: Path, tmp_path: Path) -> None:
    """The whole life: published under the signer's IRIs, a fact changes, another goes, comes back."""
    conf = NanopubConf(profile=Profile(ORCID, "A. Curator"))

    def publish(name: str, *before: Path) -> tuple[Path, dict[str, Nanopub]]:
        done = run("export", "nanopub", "--data", toy, *(each for path in before for each in ("--before", path)))
        assert done.status == 0
        assert "not signed" not in done.stderr
        signed = []
        for part in split(done.stdout):
            each = read(part, conf)
            each.sign()
            assert each.has_valid_trusty
            assert each.has_valid_signature
            signed.append(each.rdf.serialize(format="trig"))
        file = tmp_path / name
        file.write_text("".join(signed), "utf-8")
        return file, by_fact(done.stdout)

    paper = toy / "papers" / "tide-instruct.yaml"
    first = paper.read_text("utf-8")
    one, _ = publish("1.trig")
    assert publish("none.trig", one)[1] == {}
    iris = {fact: str(each.metadata.np_uri) for fact, each in by_fact(one.read_text("utf-8")).items()}
    introduces = f"{TIDE}#introduces"

    other = first.replace("  - fine-tuning\n", "  - pretraining\n")
    paper.write_text(other.replace("introduces:\n  - tide-instruct\n", ""), "utf-8")
    two, changed = publish("2.trig", one)
    assert set(changed) == {STAGES, introduces}
    assert superseded(changed[STAGES]) == [iris[STAGES]]
    assert said(changed[introduces]) == {(ORCID, RETRACTS, iris[introduces])}
    assert publish("none.trig", one, two)[1] == {}

    paper.write_text(first, "utf-8")
    three, back = publish("3.trig", one, two)
    signed = {fact: str(each.metadata.np_uri) for fact, each in by_fact(two.read_text("utf-8")).items()}
    assert {fact: superseded(each) for fact, each in back.items()} == {fact: [iri] for fact, iri in signed.items()}
    assert publish("none.trig", one, two, three)[1] == {}


def test_a_release_retracts_on_its_day(run: Run, toy: Path, tmp_path: Path) -> None:
    before, release = tmp_path / "before.trig", tmp_path / "release"
    assert run("export", "nanopub", "--data", toy, "--out", before).status == 0
    paper = toy / "papers" / "tide-instruct.yaml"
    paper.write_text(paper.read_text("utf-8").replace("introduces:\n  - tide-instruct\n", ""), "utf-8")
    assert run("build", "--data", toy, "--out", release).status == 0
    (gone,) = by_fact(run("export", "nanopub", "--from", release / "synthkg.nq", "--before", before).stdout).values()
    modified = ConjunctiveGraph().parse(release / "void.ttl").value(URIRef(f"{BASE}dataset/Tides"), DCTERMS.modified)
    created = gone.pubinfo.value(gone.metadata.np_uri, DCTERMS.created)
    assert str(created).replace("+00:00", "Z") == f"{modified}T00:00:00Z"


def test_from_a_dump_and_wrong_calls(run: Run, toy: Path, toy_dist: Path, tmp_path: Path) -> None:
    out = tmp_path / "nanopubs.trig"
    printed = run("export", "nanopub", "--data", toy).stdout
    assert len(by_fact(printed)) == 17
    assert run("export", "nanopub", "--from", toy_dist / "synthkg.nq", "--out", out).status == 0
    assert out.read_bytes().decode() == printed != ""
    again = run("export", "nanopub", "--data", toy, "--before", out)
    assert (again.status, again.stdout) == (0, "")
    assert "are not signed" in again.stderr
    none = run("export", "nanopub", "--data", toy, "--before", toy_dist / "synthkg.nt")
    assert none.status == 2
    assert "holds no nanopublication" in none.stderr
    (toy / "CITATION.cff").unlink()
    paper = toy / "papers" / "tide-instruct.yaml"
    paper.write_text(paper.read_text("utf-8").replace("introduces:\n  - tide-instruct\n", ""), "utf-8")
    retracting = run("export", "nanopub", "--data", toy, "--before", out)
    assert (retracting.status, retracting.stdout) == (2, "")
    assert "1 nanopublication would be retracted, and nothing says who made the data and retracts" in retracting.stderr
    paper.write_text("title: [", "utf-8")
    broken = run("export", "nanopub", "--data", toy, "--before", out)
    assert (broken.status, broken.stdout) == (2, "")
    assert "would be retracted" in broken.stderr
