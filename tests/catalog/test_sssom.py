"""A file of links gives back what was written, other tools read it, and each fault in it is told with its place and its mend."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import sssom_pydantic
from hypothesis import given, settings
from hypothesis import strategies as st

from synthkg.catalog.folder import load_catalog
from synthkg.catalog.links import load_links, write_links
from synthkg.catalog.sssom import PREDICATES, Link, to_tsv
from synthkg.graph.triples import link_quads
from synthkg.model import BASE
from synthkg.model.vocabulary import load_vocabulary

PREPRINT = "https://w3id.org/synthkg/paper/self-instruct/version/preprint"
ACL = "https://w3id.org/synthkg/paper/self-instruct/version/acl-2023"
STAR = "https://w3id.org/synthkg/paper/star/version/preprint"
NAMESPACES = {"wikidata": "http://www.wikidata.org/entity/", "unused": "https://example.org/unused/"}
LINK = Link(
    subject=PREPRINT,
    subject_label="Self-Instruct: Aligning Language Models with Self-Generated Instructions",
    predicate="skos:exactMatch",
    object="http://www.wikidata.org/entity/Q1",
    object_label='The "Self-Instruct" paper',
    justification="semapv:LexicalMatching",
    confidence=1.0,
    date="2026-11-24",
    query_hash="0123456789abcdef",
    status="accepted",
    comment="arXiv 2212.10560",
)


def links(*changes: dict[str, object]) -> list[Link]:
    return [dataclasses.replace(LINK, **change) for change in changes]  # type: ignore[arg-type]


THREE = links(
    {},
    {"subject": ACL, "object": "http://www.wikidata.org/entity/Q2", "status": "waiting", "confidence": 0.8725},
    {"subject": STAR, "object": "https://www.example.org/a%20b#c", "status": "rejected", "reviewer": "Ada L."},
)


def test_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "links" / "wikidata.sssom.tsv"
    write_links(path, reversed(THREE), NAMESPACES)
    head, table = path.read_text().split("subject_id")
    assert head == (
        "#curie_map:\n"
        "#  example.org: https://www.example.org/\n"
        "#  kg: https://w3id.org/synthkg/\n"
        "#  wikidata: http://www.wikidata.org/entity/\n"
        "#mapping_set_id: https://w3id.org/synthkg/links/wikidata\n"
        "#license: https://w3id.org/sssom/license/unspecified\n"
        "#mapping_tool: synthkg link wikidata\n"
    )
    names, *rows = [line.split("\t") for line in ("subject_id" + table).splitlines()]
    assert names == [
        *("subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label"),
        *("mapping_justification", "reviewer_label", "mapping_tool_version", "mapping_date", "confidence", "other", "comment"),
    ]
    assert [row[0] for row in rows] == [
        "kg:paper/self-instruct/version/acl-2023",
        "kg:paper/self-instruct/version/preprint",
        "kg:paper/star/version/preprint",
    ]
    assert rows[1][names.index("object_label")] == '"The ""Self-Instruct"" paper"'
    assert [row[names.index("confidence")] for row in rows] == ["0.873", "1", "1"]
    assert [row[names.index("other")] for row in rows] == ["status=waiting", "", ""]
    assert [row[names.index("predicate_modifier")] for row in rows] == ["", "", "Not"]


def test_the_licence_is_the_folder_s_or_the_file_s(tmp_path: Path) -> None:
    """That of the folder, which a person may have put into the head of the file as well."""
    path = tmp_path / "wikidata.sssom.tsv"
    none, mine = "https://w3id.org/sssom/license/unspecified", "https://example.org/mine"
    for licence, expected in ((None, none), (mine, mine)):
        write_links(path, THREE, NAMESPACES, licence)
        assert f"#license: {expected}\n" in path.read_text()
        assert str(sssom_pydantic.read(path).mapping_set.license) == expected
    write_links(path, THREE, NAMESPACES)
    assert f"#license: {mine}\n" in path.read_text()


def test_writing_again_keeps_the_prefixes(tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    write_links(path, THREE, NAMESPACES)
    before = path.read_bytes()
    read, findings = load_links(path)
    assert not findings
    write_links(path, read)
    assert path.read_bytes() == before


def test_another_implementation_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    write_links(
        path, [*THREE, *links({"object": "http://www.wikidata.org/entity/Q3", "reviewer": "0000-0002-1825-0097"})], NAMESPACES
    )
    read = sssom_pydantic.read(path)
    expand = read.converter.expand_reference
    assert str(read.mapping_set.id) == "https://w3id.org/synthkg/links/wikidata"
    found = {(expand(m.subject), expand(m.object)): m for m in read.mappings}
    ours = {(link.subject, link.object): link for link in load_links(path)[0]}
    assert len(found) == 4
    assert set(found) == set(ours)
    for key, mapping in found.items():
        link = ours[key]
        assert mapping.predicate.curie == link.predicate
        assert mapping.justification.curie == link.justification
        assert mapping.confidence == link.confidence
        assert str(mapping.mapping_date) == link.date
        assert mapping.subject_name == link.subject_label
        assert mapping.object_name == link.object_label
        assert mapping.comment == link.comment
        assert (mapping.predicate_modifier == "Not") == (link.status == "rejected")
        assert [reviewer.curie for reviewer in mapping.reviewers or ()] == (
            ["orcid:0000-0002-1825-0097"] if link.reviewer == "https://orcid.org/0000-0002-1825-0097" else []
        )


_texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1).map(
    lambda s: " ".join(s.split())
)
_labels = _texts.filter(bool)
_iris = st.sampled_from(["Q1", "a/b.c", "x%20y", "é", "(1)", "a:b", "#", "?q=1&r=2"])


@given(
    st.lists(
        st.builds(
            Link,
            subject=st.sampled_from([PREPRINT, ACL, STAR]),
            subject_label=_labels,
            predicate=st.sampled_from(PREDICATES),
            object=st.builds(
                "{}{}".format,
                st.sampled_from(
                    [*NAMESPACES.values(), "https://www.x.org/", "https://x.org/", "http://x.org/", "https://x.org:8/"]
                ),
                _iris,
            )
            | st.sampled_from(
                ["https://y.org/", "https://y.org", "http://y.org?q=1", "HTTPS://Y.org/a", "urn:isbn:1", "file:///a"]
            ),
            object_label=st.none() | _labels,
            justification=st.just("semapv:LexicalMatching"),
            confidence=st.integers(0, 1000).map(lambda n: n / 1000),
            date=st.dates().map(str),
            query_hash=st.just("abc"),
            status=st.sampled_from(("accepted", "waiting", "rejected")),
            reviewer=st.none() | _labels.filter(lambda s: "|" not in s) | st.just("https://orcid.org/0000-0002-1825-0097"),
            comment=st.none() | _labels,
        ),
        unique_by=lambda link: (link.subject, link.object),
    )
)
def test_a_round_trip_loses_nothing(tmp_path_factory: pytest.TempPathFactory, written: list[Link]) -> None:
    path = tmp_path_factory.getbasetemp() / "round.sssom.tsv"
    write_links(path, written, NAMESPACES)
    read, findings = load_links(path, {PREPRINT, ACL, STAR})
    assert {f.rule for f in findings} <= {"target-claimed-twice", "two-targets-claimed"}
    assert sorted(read, key=str) == sorted(written, key=str)
    assert to_tsv("round", read[::-1], NAMESPACES) == path.read_text()


def test_what_every_mapping_shares_may_stand_in_the_head(tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    text = to_tsv("wikidata", [LINK], NAMESPACES)
    condensed = (
        text.replace("\tmapping_date", "")
        .replace("\t2026-11-24", "")
        .replace("subject_id", "#mapping_date: 2026-11-24\nsubject_id")
    )
    path.write_text(condensed)
    assert load_links(path) == ([LINK], [])


def test_no_file_is_no_links(tmp_path: Path) -> None:
    assert load_links(tmp_path / "links" / "wikidata.sssom.tsv") == ([], [])


TEXT = to_tsv("wikidata", [LINK, dataclasses.replace(LINK, subject=STAR, object="http://www.wikidata.org/entity/Q2")], NAMESPACES)


@pytest.mark.parametrize("slot", ["reviewer_id", "reviewer_label"])
def test_an_orcid_id_with_a_slip_is_neither_an_id_nor_a_name(slot: str, tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    text = to_tsv("wikidata", links({"reviewer": "0000-0002-1825-0097|Ada L."}), NAMESPACES)
    old, new = {
        "reviewer_id": ("orcid:0000-0002-1825-0097", "orcid:0000-0002-1825-0098"),
        "reviewer_label": ("Ada L.", "Ada L.|0000-0002-1825-0098"),
    }[slot]
    assert old in text
    path.write_text(text.replace(old, new))
    assert [(each.rule, each.mend) for each in load_links(path)[1]] == [("bad-orcid", "copy the iD again")]


LAST = "the last row"


@pytest.mark.parametrize(
    ("old", "new", "place", "rule", "words"),
    [
        ("kg:paper/star", "kg:paper/stars", "kg:paper/stars", "unknown-subject", "nothing of ours .*did you mean .*/star/"),
        ("kg:paper/star", "gk:paper/star", "gk:paper", "bad-curie", r"no CURIE of this file \(write .*\(kg, orcid, wikidata\)"),
        ("wikidata:Q2", "https://example.org/Q2", "https://example.org/Q2", "bad-curie", "no CURIE of this file"),
        ("wikidata:Q2", "wikidata:Q<2", "wikidata:Q<2", "bad-iri", "entity/Q<2>, which is no IRI"),
        ("http://www.wikidata.org/", "not an iri", "  wikidata", "bad-iri", "write the whole IRI"),
        ("skos:exactMatch\twikidata:Q2", "owl:sameAs\twikidata:Q2", "owl:sameAs", "unknown-predicate", "known: skos:closeMatch"),
        ("object_label", "object_name", "object_name", "unknown-column", 'would be lost .*did you mean "object_label"'),
        ("object_label", "subject_label", "subject_label\tmap", "unknown-column", 'two columns "subject_label"'),
        ("mapping_justification", "other", "subject_id", "missing-column", "no column mapping_justification"),
        ("\tarXiv 2212.10560\n", "\n", "kg:paper/self", "bad-row", "9 cells, and the table 10 columns"),
        ("\t1\t", "\t1.5\t", "1.5", "bad-confidence", '"1.5" is no confidence .*from 0 to 1'),
        ("\t2026-11-24", "\t2026-13-24", "2026-13-24", "bad-date", '"2026-13-24" is no date .*YYYY-MM-DD'),
        ("semapv:LexicalMatching", "LexicalMatching", "LexicalMatching", "unknown-justification", 'did you mean "semapv:Lexical'),
        ("semapv:LexicalMatching", "semapv:LexicalMatch", "semapv:L", "unknown-justification", 'did you mean "semapv:LexicalM'),
        ("semapv:LexicalMatching", "", "\t0123", "bad-row", "mapping_justification is empty"),
        ("wikidata:Q2", "wikidata:Q1", "kg:paper/star", "target-claimed-twice", "claimed in line 8 too, by paper/self-instruct/"),
        ("kg:paper/star", "kg:paper/self-instruct", LAST, "two-targets-claimed", "claims .*/Q1 too, in line 8"),
        ("#license", "#licence", "licence", "unknown-slot", '"licence", which would be lost .*did you mean "license"'),
        ("#license: ", "#license: - ", "- ", "bad-head", "is not YAML"),
        ("#curie_map:", "\ufeff#curie_map:", "\ufeff", "byte-order-mark", "remove it"),
        ("#license: ", "#license: &a ", "&a", "bad-head", r"anchors .* are not taken"),
        ("#license: ", "#license: !a ", "!a", "bad-head", "!a is a tag of YAML"),
        ("#license: https", "#license: [a, b] #", "license: [", "bad-head", "several values"),
        ("#license: ", "#[a]: ", "[a]", "bad-head", "is not YAML"),
        ("#license: ", "#li\x0bcense: ", "#curie", "bad-head", "not YAML"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_mend(old: str, new: str, place: str, rule: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    path.write_text(text)
    at = text.rindex("\n", 0, -1) + 1 if place is LAST else text.index(place)
    findings = load_links(path, {PREPRINT, STAR})[1]
    found = [f for f in findings if f.rule == rule]
    assert found == findings or rule != "bad-head", "rows are judged once their prefixes are known"
    assert [(f.line, f.column) for f in found] == [(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))]
    assert re.search(words, f"{found[0].problem} ({found[0].mend})")
    assert found[0].severity == "error"


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("paper/tide", "paper/tide-instruct"),
        ("paper/tide/version/preprint", "paper/tide-instruct/version/preprint"),
        ("venue/toys", "venue/toyconf"),
    ],
)
def test_a_link_of_what_was_renamed_is_told_what_it_is_now(former: str, now: str, toy: Path) -> None:
    """And not what else has an IRI like it."""
    file = toy / "links" / "cso.sssom.tsv"
    file.write_text(file.read_text("utf-8").replace("kg:concept/domain/law", f"kg:{former}"), "utf-8")
    (found,) = (each for each in load_catalog(toy).findings if each.rule == "unknown-subject")
    assert found.problem == f'what had the IRI "{BASE}{former}" is now "{BASE}{now}"'


def test_a_merge_of_two_reviews_that_is_not_done_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    *above, row = TEXT.splitlines()
    path.write_text("\n".join([*above, "<<<<<<< HEAD", row, "=======", row.replace("\t1\t", "\t0.9\t"), ">>>>>>> theirs", ""]))
    (found,) = load_links(path)[1]
    assert (found.line, found.problem) == (len(above) + 1, "an unresolved merge conflict")


def test_the_link_of_a_draft_is_given_to_no_other_paper(toy: Path) -> None:
    """What is most like its IRI is another work."""
    file, paper = toy / "links" / "cso.sssom.tsv", toy / "papers" / "tide-instruct.yaml"
    subject = "kg:paper/tide-instruct/version/preprint"
    file.write_text(file.read_text("utf-8").replace("kg:concept/domain/law", subject), "utf-8")
    paper.write_text(f"draft: true\n{paper.read_text('utf-8')}", "utf-8")
    (found,) = (each for each in load_catalog(toy).findings if each.rule == "unknown-subject")
    assert found.mend == "it was renamed or removed, or is a draft: write its new IRI, finish the draft, or remove the row"


def test_a_link_that_a_person_made(tmp_path: Path) -> None:
    """SSSOM asks for four slots; what a search knows besides, a person need not invent."""
    path = tmp_path / "wikidata.sssom.tsv"
    path.write_text(
        "#curie_map:\n#  kg: https://w3id.org/synthkg/\n#  wikidata: http://www.wikidata.org/entity/\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "kg:paper/star\tskos:exactMatch\twikidata:Q1\tsemapv:ManualMappingCuration\n"
    )
    read, findings = load_links(path)
    assert not findings
    (link,) = read
    assert (link.status, link.confidence, link.date, link.query_hash, link.sureness) == ("accepted", None, None, None, 1.0)
    made = {quad.predicate.value.rpartition("#")[2] for quad in link_quads("wikidata", read, load_vocabulary())}
    assert made.isdisjoint({"confidence", "established", "queryHash", "reviewer"})
    write_links(path, read)
    assert load_links(path) == (read, [])


def test_several_reviewers(tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    both = dataclasses.replace(
        LINK, reviewer="https://orcid.org/0000-0002-1825-0097|https://orcid.org/0000-0001-5109-3700|Ada L."
    )
    write_links(path, [both], NAMESPACES)
    assert "\torcid:0000-0002-1825-0097|orcid:0000-0001-5109-3700\tAda L.\t" in path.read_text()
    assert load_links(path) == ([both], [])
    quads = link_quads("wikidata", [both], load_vocabulary())
    named = [str(quad.object) for quad in quads if quad.predicate == load_vocabulary().term("reviewer")]
    assert named == [f'"{name}"' for name in str(both.reviewer).split("|")]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    path.write_bytes(TEXT.encode("utf-16"))
    read, (found,) = load_links(path)
    assert (read, found.rule) == ([], "unreadable-file")
    path.write_bytes(TEXT.encode() + b"kg:\xff\n")
    _, (found,) = load_links(path)
    assert (found.line, found.column, found.problem[:9]) == (TEXT.count("\n") + 1, 4, "not UTF-8")


@given(st.text(), st.text(), st.integers(0, len(TEXT)))
@settings(max_examples=300)
def test_any_text_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, one: str, other: str, at: int) -> None:
    """Hostile text in head and table: findings, never an exception."""
    path = tmp_path_factory.getbasetemp() / "any.sssom.tsv"
    path.write_text(f"#{one}\n{TEXT[:at]}{other}{TEXT[at:]}", encoding="utf-8", errors="replace", newline="")
    read, _ = load_links(path, {PREPRINT, STAR})
    assert list(link_quads("wikidata", read, load_vocabulary())) or not [link for link in read if link.status == "accepted"]


def test_a_link_twice(tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    *_, last = TEXT.splitlines()
    path.write_text(f"{TEXT}{last}\n")
    read, findings = load_links(path)
    assert len(read) == 2
    assert [(f.line, f.rule) for f in findings] == [(10, "duplicate-link")]


def test_only_accepted_links_contradict_each_other(tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    write_links(path, links({}, {"subject": STAR, "status": "waiting"}), NAMESPACES)
    assert [(f.rule, f.severity) for f in load_links(path)[1]] == [("target-claimed-twice", "note")]
    write_links(path, links({}, {"subject": STAR, "status": "rejected"}), NAMESPACES)
    assert not load_links(path)[1]
    third = "https://w3id.org/synthkg/paper/a"
    write_links(path, links({}, {"subject": STAR}, {"subject": third, "status": "waiting"}), NAMESPACES)
    assert [f.severity for f in load_links(path)[1]] == ["note", "error"]


def test_two_versions_of_one_paper_may_share_a_target(tmp_path: Path) -> None:
    path = tmp_path / "wikidata.sssom.tsv"
    write_links(path, links({}, {"subject": ACL}), NAMESPACES)
    assert not load_links(path)[1]
