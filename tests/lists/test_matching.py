"""Lists meet lists: no row is merged with the wrong record, and what is known, new or in conflict is said with its cell."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import DATA, ROOT, TOY, Run, call, cut_off
from measuring import PERTURBATIONS, Pair, as_titled_now, load_pairs, merged, row_of, score_pairs, score_perturbed
from synthkg.catalog.folder import Catalog, load_catalog
from synthkg.catalog.layout import write_line
from synthkg.catalog.packs import Records
from synthkg.checks.inspection import check
from synthkg.lists.importer import entries_of
from synthkg.lists.matching import match, match_list, new_records
from synthkg.lists.verdicts import CONFLICT, KNOWN, NEW, RENAMED, Verdict
from synthkg.model.records import Artifact, Author, Evidence, Paper, ReadingList, Venue, Version
from synthkg.model.vocabulary import load_vocabulary
from synthkg.works.curated import Curated

CAN, ADA, BOB, EVE = (Author(name=name) for name in ("Can Xu", "Ada Lovelace", "Bob van Dyk", "Eve M. Stone"))


@pytest.fixture(scope="module")
def real(real_catalog: Catalog) -> Catalog:
    return real_catalog


@pytest.fixture(scope="module")
def small() -> Catalog:
    """Two works of one family, a third, and what is around them."""
    papers = (
        Paper(
            id="orca",
            title="Orca: Progressive Learning from Complex Explanation Traces",
            authors=(ADA, BOB, EVE),
            versions=(
                Version(id="preprint", type="preprint", venue="arxiv", date="2023-06-05", arxiv="2306.02707"),
                Version(
                    id="acl-2024", type="conference-paper", venue="acl", year=2024, track="findings", acl="2024.findings-acl.9"
                ),
            ),
            official=("orca-code",),
        ),
        Paper(
            id="orca-2",
            title="Orca 2: Teaching Small Language Models How to Reason",
            authors=(ADA, BOB),
            versions=(Version(id="preprint", type="preprint", venue="arxiv", date="2023-11-18", arxiv="2311.11045"),),
            absent=("publication", "code"),
        ),
        Paper(
            id="tides",
            title="Learning the Tides of the Northern Seas",
            authors=(CAN, EVE),
            versions=(
                Version(
                    id="acl-2023",
                    type="conference-paper",
                    venue="acl",
                    year=2023,
                    track="main",
                    acl="2023.acl-long.7",
                    earlier_titles=("Reading Tides",),
                ),
            ),
            artifacts=("tides-page",),
        ),
    )
    artifacts = (
        Artifact(id="orca-code", title="Orca", type="code", url="https://github.com/toy/Orca"),
        Artifact(id="tides-page", title="Tides", type="project", url="https://tides.example.org/"),
        Artifact(
            id="toolkit", title="Synthetic Toolkit", type="code", url="https://github.com/toy/kit", aliases=("kit of tools",)
        ),
    )
    venues = (
        Venue(id="arxiv", title="arXiv", type="repository"),
        Venue(
            id="acl", title="Annual Meeting of the Association for Computational Linguistics", type="conference", acronym="ACL"
        ),
        Venue(id="iclr", title="International Conference on Learning Representations", type="conference", acronym="ICLR"),
    )
    catalog = Catalog(DATA, load_vocabulary())
    for record in (*papers, *artifacts, *venues):
        catalog.records[record.folder][record.id] = record
    return catalog


def verdict(catalog: Catalog, row: str) -> Verdict:
    """The verdict on one bullet."""
    (found,) = match_list(catalog, f"# A list\n\n{row}\n", "test").verdicts
    assert (found.entry, found.line) == (1, 3)
    return found


ORCA = "Orca: Progressive Learning from Complex Explanation Traces"
ORCA_2 = "Orca 2: Teaching Small Language Models How to Reason"
TIDES = "Learning the Tides of the Northern Seas"
ORCA_LINK, ORCA_2_LINK, SOME_LINK = "https://arxiv.org/abs/2306.02707", "https://arxiv.org/abs/2311.11045", "https://x.org/a"
UNKNOWN = "https://arxiv.org/abs/2401.00001"
AUTHORS = " *Ada Lovelace, Bob van Dyk.* 2023"


@pytest.mark.parametrize(
    ("row", "expected", "record", "by"),
    [
        (f"- [{ORCA.upper()}.](https://arxiv.org/pdf/2306.02707v3.pdf)", KNOWN, "orca", "arxiv 2306.02707"),
        ("- [Orca](https://doi.org/10.18653/v1/2024.findings-acl.9)", RENAMED, "orca", "acl 2024.findings-acl.9"),
        (f"- [Reading Tides]({SOME_LINK})", KNOWN, "tides", "title"),
        (f"- [Learning the Tides of the Nothern Seas]({SOME_LINK})", RENAMED, "tides", "title"),
        (f"- [Learning the Tides of the Southern Seas]({SOME_LINK}) *Can Xu, Eve Stone*", NEW, None, ""),
        (f"- [Orca 2]({SOME_LINK}){AUTHORS}", RENAMED, "orca-2", "short name and authors"),
        (f"- [Orca 2]({SOME_LINK})", NEW, None, ""),
        (f"- [Tides: {TIDES}]({SOME_LINK})", RENAMED, "tides", "title without its short name"),
        (f"- [Learning the Tides of the Northern…]({SOME_LINK})", RENAMED, "tides", "title, cut off"),
        (f"- [Learning the Tides of the Northern]({SOME_LINK})", NEW, None, ""),
        (f"- [{ORCA_2.replace('2', '3')}]({UNKNOWN}){AUTHORS}", NEW, None, ""),
        (f"- [Nothing like it at all]({UNKNOWN})", NEW, None, ""),
        (
            f"- **{TIDES}**. [[pdf]({SOME_LINK})] [[acl](https://aclanthology.org/2023.acl-long.7)]",
            KNOWN,
            "tides",
            "acl 2023.acl-long.7",
        ),
    ],
)
def test_papers(small: Catalog, row: str, expected: str, record: str | None, by: str) -> None:
    found = verdict(small, row)
    assert (found.verdict, found.paper, found.by, found.conflicts) == (expected, record, by, ())
    assert found.is_settled == (record is not None)


@pytest.mark.parametrize(
    ("known", "row"),
    [
        (r"$\beta$-VAE: Learning Basic Concepts", r"$\alpha$-VAE: Learning Basic Concepts"),
        (r"$\beta$-VAE: Learning Basic Concepts", "VAE: Learning Basic Concepts"),
        ("Translating C++ Programs to Java", "Translating C# Programs to Java"),
        ("Translating C++ Programs to Java", "Translating C Programs to Java"),
        ("WizardLM: Empowering Models", "WizardLM+: Empowering Models"),
        ("हिन्दी में दिन का डेटा", "हिन्दी में दान का डेटा"),
    ],
)
def test_a_letter_or_sign_that_is_all_that_differs_tells_two_works_apart(known: str, row: str) -> None:
    """Also of the same authors: those of one work write the next."""
    catalog = Catalog(DATA, load_vocabulary())
    catalog.records["papers"]["ours"] = Paper(id="ours", title=known, authors=(ADA, BOB))
    assert verdict(catalog, f"- [{known}]({SOME_LINK}){AUTHORS}").paper == "ours"
    assert verdict(catalog, f"- [{row}]({SOME_LINK}){AUTHORS}").verdict == NEW


def test_an_accent_for_a_quotation_mark_tells_no_works_apart() -> None:
    catalog = Catalog(DATA, load_vocabulary())
    catalog.records["papers"]["ours"] = Paper(id="ours", title="The “Best” Tides of All", authors=(ADA, BOB))
    assert verdict(catalog, f"- [The ´Best´ Tides of All]({SOME_LINK}){AUTHORS}").verdict == KNOWN


@pytest.mark.parametrize(
    ("row", "record", "cell", "words"),
    [
        (f"- [{ORCA_2}]({ORCA_LINK})", "orca-2", "url", 'is that of "orca-2", its link that of "orca" (arxiv 2306.02707)'),
        (f"- [{ORCA_2}]({UNKNOWN})", "orca-2", "url", "which is arxiv 2311.11045; its link is arxiv 2401.00001"),
        (f"- [Attention to Whales]({ORCA_LINK})", "orca", "title", "which has no such title"),
        (f"- [Attention to Whales]({ORCA_LINK}){AUTHORS}", "orca", "title", "it may be a former title"),
        (f"- [{TIDES}]({SOME_LINK}) *Ann Nother, Some Body*", "tides", "authors", "none of the authors"),
    ],
)
def test_a_row_that_speaks_for_two_works_is_left_to_a_person(
    small: Catalog, row: str, record: str, cell: str, words: str
) -> None:
    found = verdict(small, row)
    assert (found.verdict, found.paper, found.is_settled) == (CONFLICT, record, False)
    ((where, reason),) = found.conflicts
    assert where == cell
    assert words in reason


ORCA_ROW, ORCA_2_ROW = f"| [{ORCA}]({ORCA_LINK}) |", f"| [{ORCA_2}]({ORCA_2_LINK}) |"


@pytest.mark.parametrize(
    ("cells", "cell", "words"),
    [
        (f"{ORCA_ROW} ACL 2023 | |", "venue", "ACL 2023: ours is ACL 2024 (Findings)"),
        (f"{ORCA_ROW} ACL 2024 | |", "venue", "ACL 2024: ours is ACL 2024 (Findings)"),
        (f"{ORCA_ROW} ICLR 2024 | |", "venue", "ICLR 2024: ours is ACL 2024 (Findings)"),
        (f"{ORCA_ROW} arXiv 2022 | |", "venue", "before it was submitted, 2023-06-05"),
        (f"{ORCA_2_ROW} ICLR 2024 | |", "venue", "established that the paper was not published"),
        (f"{ORCA_2_ROW} | https://github.com/toy/orca2 |", "code", "established that there is no code"),
        (f"{ORCA_2_ROW} | https://github.com/toy/orca |", "code", 'is the artifact "orca-code" of orca'),
        (f"{ORCA_ROW} | [code](https://github.com/fork/orca) |", "code", "ours is https://github.com/toy/Orca"),
        (f"{ORCA_ROW} | https://arxiv.org/abs/2306.02707 |", "code", "is a paper, no code"),
    ],
)
def test_cells_that_contradict_the_record(small: Catalog, cells: str, cell: str, words: str) -> None:
    (found,) = match_list(small, f"| Paper | Venue | Code |\n|-|-|-|\n{cells}\n", "test").verdicts
    assert (found.verdict, found.is_settled) == (CONFLICT, True)
    ((where, reason),) = found.conflicts
    assert where == cell
    assert words in reason


@pytest.mark.parametrize(
    ("cells", "adds"),
    [
        (f"{ORCA_ROW} Findings of ACL 2024 | https://github.com/Toy/orca/tree/main. |", ()),
        (f"{ORCA_ROW} arXiv 2024 | - |", ()),
        (f"{ORCA_ROW} Journal of Whales 2024 | https://demo.example.org |", ("https://demo.example.org",)),
        (f"{ORCA_ROW} Workshop on Whales @ ICLR 2024 | |", ("ICLR 2024",)),
        ("| [Reading Tides](https://openreview.net/forum?id=abc) | arXiv 2022 | |", ("openreview abc", "arXiv 2022")),
    ],
)
def test_cells_that_go_beyond_the_record_are_no_conflict(small: Catalog, cells: str, adds: tuple[str, ...]) -> None:
    (found,) = match_list(small, f"| Paper | Venue | Code |\n|-|-|-|\n{cells}\n", "test").verdicts
    assert (found.verdict, found.conflicts, found.adds) == (KNOWN, (), adds)


@pytest.mark.parametrize(
    ("row", "expected", "artifact"),
    [
        ("- [Synthetic toolkit](https://github.com/Toy/kit/)", KNOWN, "toolkit"),
        ("- [https://github.com/toy/kit](https://github.com/toy/kit)", KNOWN, "toolkit"),
        ("- [Kit: a toolkit for making data](https://github.com/toy/kit.git)", RENAMED, "toolkit"),
        ("- [Another thing altogether](https://github.com/toy/kit)", CONFLICT, "toolkit"),
        ("- [Synthetic Toolkit](https://github.com/toy/other)", NEW, None),
    ],
)
def test_artifacts(small: Catalog, row: str, expected: str, artifact: str | None) -> None:
    found = verdict(small, row)
    assert (found.verdict, found.paper, found.artifact) == (expected, None, artifact)


@pytest.mark.parametrize(
    ("printed", "is_enough"),
    [("Seeing the Tide…", True), ("Seeing the Tid…", False), ("Seeing the Tides at …", True), ("Seeing a Tide at …", False)],
)
def test_a_title_that_is_cut_off_has_three_fifths_of_the_whole(printed: str, is_enough: bool) -> None:
    whole = Paper(id="night", title="Seeing the Tides at Night")
    catalog = Catalog(DATA, load_vocabulary())
    catalog.records[whole.folder][whole.id] = whole
    found = verdict(catalog, f"- [{printed}]({SOME_LINK})")
    assert (found.verdict, found.by) == ((RENAMED, "title, cut off") if is_enough else (NEW, ""))


def test_what_is_near_but_not_near_enough_is_named(small: Catalog) -> None:
    assert verdict(small, "- [Orca 2: a new paper](https://x.org)").resembles == "paper/orca-2"
    assert verdict(small, "- [Synthetic Toolkit](https://github.com/toy/other)").resembles == "artifact/toolkit"


# Measured: see docs/matching.md for the figures; benchmarks/matching.py prints them.


def test_no_labelled_pair_is_merged_wrongly(real: Catalog) -> None:
    pairs = load_pairs()
    wrong = [pair for pair in pairs if pair.label == "different" and merged(real, pair)]
    assert wrong == []


def test_labelled_pairs_are_what_they_say(real: Catalog) -> None:
    pairs = load_pairs()
    assert len(set(pairs)) == len(pairs) >= 150
    assert {pair.label for pair in pairs} == {"same", "different"}
    assert sum(pair.label == "different" for pair in pairs) >= 75
    assert all(pair.paper in real.of(Paper) and pair.reason and pair.kind for pair in pairs)


RECALL = {
    "spelling": 1.0,
    "variant, link": 1.0,
    "short name, link": 1.0,
    "short name, authors": 1.0,
    "name before title, link": 1.0,
    "link of another form": 1.0,
    "variant, authors": 0.5,
    "variant, alone": 0.5,
    "other title, link": 0.3,
}


def test_recall_on_labelled_pairs(real: Catalog) -> None:
    found = score_pairs(real, [pair for pair in load_pairs() if pair.kind in RECALL])
    assert {kind: score.recall for kind, score in found.items() if score.recall < RECALL[kind]} == {}
    assert set(found) == set(RECALL)


def test_a_row_is_merged_with_no_paper_but_its_own(real: Catalog) -> None:
    """The pairs once more, now with every paper at hand: a row must not end at a third paper either."""
    curated = Curated(real)
    pairs = load_pairs()
    rows = [row_of(n, p.title, p.link, p.authors.split("; ") if p.authors else []) for n, p in enumerate(pairs, start=1)]

    def is_wrong(pair: Pair, found: Verdict) -> bool:
        return found.is_settled and (found.paper == pair.paper) != (pair.label == "same")

    assert [pair for pair, found in zip(pairs, match(curated, rows), strict=True) if is_wrong(pair, found)] == []


LEAST = {  # recall with the link, and with the title alone
    "as printed": (0.98, 1.0),
    "upper case": (0.98, 1.0),
    "lower case": (0.98, 1.0),
    "TeX": (0.98, 1.0),
    "other punctuation": (0.98, 1.0),
    "abbreviation written out": (0.98, 1.0),
    "one typo": (0.98, 0.75),
    "three typos": (0.95, 0.2),
    "a word left out": (0.9, 0.1),
    "cut to 80 % with an ellipsis": (0.95, 0.9),
    "cut to 80 %": (0.9, 0.0),
    "cut to 50 %": (0.8, 0.0),
    "short name alone": (0.9, 0.2),
}


@pytest.mark.parametrize("kind", PERTURBATIONS)
def test_the_real_list_perturbed(real: Catalog, kind: str) -> None:
    linked, alone = score_perturbed(real, kind, True, False), score_perturbed(real, kind, False, False)
    assert (linked.wrong, alone.wrong) == (0, 0)
    assert linked.recall >= LEAST[kind][0]
    assert alone.recall >= LEAST[kind][1]
    assert score_perturbed(real, kind, False, True, known=False).wrong == 0
    assert score_perturbed(real, kind, True, False, known=False).wrong == 0


def test_the_page_has_these_figures(real: Catalog) -> None:
    path = ROOT / "benchmarks" / "matching.py"
    spec = importlib.util.spec_from_file_location("benchmarks_matching", path)
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    page = (ROOT / "docs" / "matching.md").read_text()
    assert benchmark.measured(real) in page, "stale; run: python benchmarks/matching.py docs/matching.md"


def test_a_title_of_today_is_all_that_a_pair_gets(real: Catalog) -> None:
    paper = as_titled_now(real.of(Paper)["magicoder"])
    assert [version.title for version in paper.versions if version.title] == []


def printed(record: ReadingList) -> str:
    blocks = (
        block.text if block.text is not None
        else (block.heading or "") + ("\n" if block.end is None else block.end) if block.heading is not None
        else "".join(write_line(block, entry) for entry in block.entries)
        for block in record.content
    )  # fmt: skip
    return "".join(blocks)


def test_the_real_list_against_its_own_records(real: Catalog) -> None:
    """Where it is settled, each row is about what its record says; the rows with another work's link are in conflict."""
    (record,) = real.of(ReadingList).values()
    unsettled = Catalog(real.data, real.vocabulary, real.records | {"lists": Records()})
    matched = match_list(unsettled, printed(record), "again")
    entries = entries_of(record)
    assert [found.line for found in matched.verdicts] == list(matched.imported.lines)
    settled = [(found, entry) for found, entry in zip(matched.verdicts, entries, strict=True) if found.is_settled]
    assert [(f.paper, f.artifact) for f, _ in settled] == [(e.paper, e.artifact) for _, e in settled]
    torn = {found.entry for found in matched.verdicts if found.verdict == CONFLICT and not found.is_settled}
    assert torn
    assert torn <= {erratum.entry for erratum in record.errata if erratum.field == "url"}
    assert len(settled) + len(torn) >= len(entries) - 1


def test_what_a_person_settled_is_remembered(real: Catalog) -> None:
    """The rows of a list that is in the records are about what their entries say, whatever their links are."""
    (record,) = real.of(ReadingList).values()
    found = match_list(real, printed(record), "again").verdicts
    entries = entries_of(record)
    assert [(each.paper, each.artifact) for each in found] == [(entry.paper, entry.artifact) for entry in entries]
    assert {(each.verdict, each.by) for each in found} == {(KNOWN, "the same row, settled before")}
    elsewhere = match_list(real, printed(record).replace(" arxiv 2023 ", " ICLR 1999 "), "again").verdicts
    assert [(each.paper, each.artifact) for each in elsewhere] == [(entry.paper, entry.artifact) for entry in entries]
    assert {each.by for each in elsewhere} == {"the same row, settled before", "a row settled before"}
    assert [each for each in elsewhere if each.verdict == CONFLICT], "what such a row says besides is compared"


@pytest.mark.parametrize(
    ("row", "expected", "about"),
    [
        ("- [Correction: {}](https://x.org/a)", NEW, None),
        ("- [Reply to: {}](https://doi.org/10.5555/1)", NEW, None),
        ("- [Korrektur: {}](https://x.org/a)", NEW, None),
        ("- [Réponse à: {}](https://x.org/a)", NEW, None),
        ("- [勘误: {}](https://x.org/a)", NEW, None),
        ("- [{}](https://doi.org/10.5555/1)", KNOWN, "orca-2"),
        ("- [{}](https://arxiv.org/abs/2501.00001)", CONFLICT, "orca-2"),
    ],
)
def test_words_about_a_work_and_other_identifiers(small: Catalog, row: str, expected: str, about: str | None) -> None:
    found = verdict(small, row.format(ORCA_2))
    assert (found.verdict, found.paper) == (expected, about)


def test_an_artifact_without_a_link_is_found_by_its_title(small: Catalog) -> None:
    rows = "| [Synthetic toolkit]() | |\n| [A blog about it](https://blog.example.org/1) | https://github.com/toy/kit |\n"
    table = f"| Title | Code |\n|-|-|\n{rows}"
    titled, coded = match_list(small, table, "test").verdicts
    assert (titled.verdict, titled.artifact, titled.by) == (KNOWN, "toolkit", "title")
    assert (coded.verdict, coded.resembles) == (NEW, "artifact/toolkit")


THEIRS = """\
# Somebody's list

| Paper | Venue | Code |
| - | - | - |
| [Tide-Instruct: Reading Tides](https://arxiv.org/abs/2301.00001) | arXiv 2023 | https://github.com/toy/tide |
| [A New Work on Harbours](https://arxiv.org/abs/2405.00009) | arXiv 2024 | https://github.com/toy/tide |
| [Tide Survey: The Next](https://openreview.net/forum?id=zzz) | | https://github.com/toy/survey |
| [A new work on harbours](https://aclanthology.org/2024.acl-long.3/) | ACL 2024 | |
| [Something else](https://arxiv.org/abs/2301.00001) | | |

- See also [this](https://x.org) and our [paper](https://x.org/p)
"""


def test_new_records_join_ours(toy: Path, tmp_path: Path, run: Run) -> None:
    document = tmp_path / "theirs.md"
    document.write_text(THEIRS)
    before, told = {path: path.read_bytes() for path in toy.rglob("*.yaml")}, load_catalog(toy).findings
    done = run("match", document, "--data", toy, "--to", toy, "--source", "https://example.org/theirs")
    assert done.status == 0
    assert "5 rows: 1 known, 0 known under another title, 3 new, 1 in conflict; 1 line not read as entries" in done.stderr
    assert f"{document}:11:1: not read as an entry: - See also" in done.stdout
    assert {path: path.read_bytes() for path in before} == before
    catalog = load_catalog(toy)
    assert catalog.findings == told
    record = catalog.of(ReadingList)["theirs"]
    assert printed(record) == THEIRS
    assert record.source == "https://example.org/theirs"
    new = {path.stem for path in (toy / "papers").iterdir()} - {path.stem for path in (TOY / "papers").iterdir()}
    assert new == {"a-new-work-on-harbours", "tide-survey-the-next"}
    subjects = ["tide-instruct", "a-new-work-on-harbours", "tide-survey-the-next", "a-new-work-on-harbours", None]
    assert [entry.paper for entry in entries_of(record)] == subjects
    paper = catalog.known(Paper)["a-new-work-on-harbours"]
    assert [(v.arxiv, v.acl) for v in paper.versions] == [("2405.00009", None), (None, "2024.acl-long.3")]
    assert paper.artifacts == ("tide-code",)
    base = "https://w3id.org/synthkg/list/theirs/entry/"
    assert paper.evidence == (
        Evidence(source=f"{base}2", kind="list"),
        Evidence(source=f"{base}4", kind="list", note="has the title of entry 2"),
    )
    rules = {finding.rule for finding in check(toy).findings}
    assert "entry-about-nothing" in rules
    assert rules & {"dangling-reference", "lookalike", "title-far-from-entry"} == set()


def test_what_one_list_has_wrong_of_a_work_is_known_of_the_next(toy: Path, tmp_path: Path, run: Run) -> None:
    """Cell by cell, with its evidence; what another list withdraws is not withdrawn, and a title of its own is no error."""
    document = tmp_path / "theirs.md"
    document.write_text(
        "| Paper | Venue |\n| --- | --- |\n"
        "| [Tide-Instruct - Reading Tides](https://arxiv.org/abs/2301.00010) | arxiv 2023 |\n"
        "| [Reading Tides with Models](https://arxiv.org/abs/2301.00001) | arxiv 2024 |\n",
        "utf-8",
    )
    assert run("match", document, "--data", toy, "--to", toy).status == 0
    catalog = load_catalog(toy)
    theirs, ours = catalog.of(ReadingList)["theirs"], catalog.of(ReadingList)["tides"]
    assert [entry.paper for entry in entries_of(theirs)] == ["tide-instruct", "tide-instruct"]
    carried = {(erratum.entry, erratum.field): erratum for erratum in theirs.errata}
    assert {(1, "title"), (1, "url")} <= set(carried)
    assert len(carried) == len(theirs.errata), "one a cell"
    assert all(entry == 1 for entry, _ in carried)
    first = next(erratum for erratum in ours.errata if erratum.field == "url")
    assert carried[1, "url"] == replace(first, reason=f'As in "{ours.title}": {first.reason}')
    assert [finding for finding in check(toy).errors if "theirs" in finding.file] == []
    assert run("match", document, "--data", toy, "--to", toy, "--id", "again").status == 0
    again = load_catalog(toy).of(ReadingList)["again"].errata
    assert sorted(again, key=str) == sorted(theirs.errata, key=str), "the list that gave a reason first is named, and no other"


def test_existing_records_are_never_overwritten(toy: Path, tmp_path: Path, run: Run) -> None:
    document = tmp_path / "theirs.md"
    document.write_text(THEIRS)
    assert run("match", document, "--data", toy, "--to", tmp_path / "out").status == 0
    assert run("match", document, "--data", toy, "--to", tmp_path / "out").status == 0, "a run that was cut short goes on"
    edited = next((tmp_path / "out" / "papers").glob("*.yaml"))
    edited.write_text(edited.read_text() + "# edited by hand\n")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    again = run("match", document, "--data", toy, "--to", tmp_path / "out")
    assert again.status == 2
    assert "exists already; nothing was written" in again.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_new_ids_are_not_ours(small: Catalog) -> None:
    text = "- [Orca: a whale of a model](https://arxiv.org/abs/2402.00001)\n- [Orca](https://github.com/whales/orca-code)\n"
    records = new_records(match_list(small, text, "test"), small)
    ids = {record.id for record in records if not isinstance(record, ReadingList)}
    assert ids.isdisjoint({*small.of(Paper), *small.of(Artifact)})
    assert len(ids) == 2


def test_formats(toy: Path, tmp_path: Path, run: Run) -> None:
    document = tmp_path / "theirs.md"
    document.write_text(THEIRS)
    found = json.loads(run("match", document, "--data", toy, "--format", "json").stdout)
    assert found["counts"] == {"known": 1, "known under another title": 0, "new": 3, "in conflict": 1}
    assert [(each["line"], each["verdict"], each["paper"]) for each in found["entries"]][4] == (9, "in conflict", "tide-instruct")
    assert found["entries"][4]["conflicts"][0]["cell"] == "title"
    assert [each["line"] for each in found["unread"]] == [11]
    (within,) = found["within"]
    assert within["entries"] == [1, 5]
    assert "arxiv 2301.00001 stands under 2 titles" in within["reason"]
    rows = list(csv.DictReader(io.StringIO(run("match", document, "--data", toy, "--format", "csv").stdout)))
    assert [row["verdict"] for row in rows] == [each["verdict"] for each in found["entries"]]
    markdown = run("match", document, "--data", toy, "--format", "markdown").stdout.splitlines()
    assert len(markdown) == len(rows) + 2
    text = run("match", document, "--data", toy).stdout
    assert f"{document}: entries 1, 5: arxiv 2301.00001 stands under 2 titles" in text
    assert f"{document}:5:1: known: Tide-Instruct: Reading Tides = paper/tide-instruct by arxiv 2301.00001" in text


def test_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    (record,) = load_catalog(DATA).of(ReadingList).values()
    (tmp_path / "list.md").write_text(printed(record))
    for seed in ("1", "2"):
        done = call(
            "match", "list.md", "--data", DATA, "--to", f"out{seed}", "--format", "json", cwd=tmp_path, PYTHONHASHSEED=seed
        )
        assert done.returncode == 0
        (tmp_path / f"out{seed}" / "verdicts.json").write_bytes(done.stdout)
    one, two = (
        {p.relative_to(top): p.read_bytes() for p in top.rglob("*") if p.is_file()}
        for top in (tmp_path / "out1", tmp_path / "out2")
    )
    assert one == two


def test_matching_needs_no_network(toy: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "README.md", tmp_path / "list.md")
    done = cut_off(tmp_path, "network", "match", "list.md", "--data", toy)
    assert done.returncode == 0, done.stderr.decode()


def test_what_cannot_be_read(toy: Path, run: Run) -> None:
    done = run("match", "nowhere.md", "--data", toy)
    assert (done.status, done.stdout) == (2, "")
    assert "nowhere.md: cannot read it" in done.stderr


def test_a_record_that_cannot_be_read_is_named_and_left_as_it_is(toy: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "theirs.md").write_text(THEIRS)
    spoilt = toy / "papers" / "tide-instruct.yaml"
    spoilt.write_text("title: [\n")
    done = run("match", tmp_path / "theirs.md", "--data", toy, "--to", toy)
    assert done.status == 2, "what is new cannot be told"
    assert f"1 file left out: {spoilt}:" in done.stderr
    assert spoilt.read_text() == "title: [\n"
    assert not (toy / "lists" / "theirs.yaml").exists()


@pytest.mark.parametrize(
    ("around", "version"),
    [
        (", TidesConf 2022", ("tides-at-sea-2022", "conference-paper")),
        (", Conference on Tides at Sea, 2022", ("tides-at-sea-2022", "conference-paper")),
        (" (in TidesConf'22)", ("tides-at-sea-2022", "conference-paper")),
        (", Journal of TidesConf 2022", None),
        (", TidesConf and more", None),
    ],
)
def test_a_venue_of_the_folder_is_found_in_a_row(small: Catalog, around: str, version: tuple[str, str] | None) -> None:
    venue = Venue(id="tides-at-sea", title="Conference on Tides at Sea", type="conference", acronym="TidesConf")
    catalog = Catalog(small.data, small.vocabulary, small.records | {"venues": Records({"tides-at-sea": venue})})
    matched = match_list(catalog, f"- [A work that nobody has seen yet](https://arxiv.org/abs/2008.06226){around}\n", "theirs")
    (paper,) = (record for record in new_records(matched, catalog) if isinstance(record, Paper))
    assert [(each.id, each.type) for each in paper.versions if each.venue == "tides-at-sea"] == ([version] if version else [])
