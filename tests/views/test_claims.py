"""Where a list puts a work is the list's claim: kept, shown as such, confirmed or refuted by records, and never a fact."""

from __future__ import annotations

from pathlib import Path

import synthkg
from synthkg.api.knowledge import KnowledgeGraph
from synthkg.checks import check

REFUTED = """refuted:
  - concept: stage/fine-tuning
    reason: It fine-tunes nothing.
evidence:
  - source: https://example.org/refutation
    kind: paper
    read: 2024-03
    supports:
      - refuted
"""


def edited(toy: Path, file: str, old: str, new: str) -> KnowledgeGraph:
    path = toy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return synthkg.open(toy)


def verdicts(kg: KnowledgeGraph) -> dict[str, str]:
    return {row["work"]: row["verdict"] for row in kg.query("claims") if row["concept"] == "stage/fine-tuning"}


def section(page: str, heading: str) -> str:
    return page.replace("\r\n", "\n").partition(f"## {heading}\n")[2].partition("\n#")[0]


def test_a_heading_is_no_fact(toy: Path) -> None:
    kg = edited(toy, "papers/tide-survey.yaml", "stages:\n  - fine-tuning\n", "")
    assert [row["stages"] for row in kg.query("papers")] == [["fine-tuning"], []]
    assert [row["stages"] for row in kg.query("papers", says="list")] == [["fine-tuning"], ["fine-tuning"]]
    assert {row["says"] for row in kg.query("papers", says="list")} == {"list"}
    assert verdicts(kg) == {
        "artifact/tide-code": "confirmed",
        "artifact/tide-model": "open",
        "paper/tide-instruct": "confirmed",
        "paper/tide-survey": "open",
    }
    assert {row["missing"] for row in kg.query("gaps") if row["paper"] == "tide-survey"} >= {
        "support for stage/fine-tuning",
        "stage",
    }
    living = kg.view("reading-list")
    assert "A Survey of Tides" not in section(living, "Fine-Tuning")
    assert "A Survey of Tides" in section(kg.view("reading-list", says="list"), "Fine-Tuning")
    claimed = "SELECT ?g { GRAPH ?g { ?entry <https://w3id.org/synthkg/ontology#listedUnder> ?concept } }"
    assert {str(row["g"]) for row in kg.query(claimed)} == {"https://w3id.org/synthkg/graph/lists"}


def test_what_a_record_refutes_leaves_the_heading_and_is_told(toy: Path) -> None:
    path = toy / "papers" / "tide-survey.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("stages:\n  - fine-tuning\n", ""), encoding="utf-8")
    kg = edited(toy, "papers/tide-survey.yaml", "evidence:\n", REFUTED)
    assert [finding for finding in check(toy).findings if finding.severity == "error"] == []
    (claim,) = kg.query("claims", verdict="refuted")
    assert (claim["work"], claim["entries"], claim["reason"]) == ("paper/tide-survey", ["2"], "It fine-tunes nothing.")
    assert claim["read"] == ["https://example.org/refutation", "https://example.org/survey"], (
        "the second names no fact, and so supports all"
    )
    assert "A Survey of Tides" in section(kg.view("published"), "Fine-Tuning")
    assert "A Survey of Tides" not in section(kg.view("corrected"), "Fine-Tuning")
    assert "A Survey of Tides" not in section(kg.view("reading-list", says="list"), "Fine-Tuning")
    told = kg.view("contradictions")
    assert "Row 2 of tides stands under Fine-Tuning. It fine-tunes nothing." in told
    assert told.count(" of tides prints ") == 4
    assert told.startswith("# Contradictions\n"), "four were called ten"


def test_a_record_cannot_have_what_it_refutes(toy: Path) -> None:
    edited(toy, "papers/tide-survey.yaml", "evidence:\n", REFUTED)
    (finding,) = [finding for finding in check(toy).findings if finding.severity == "error"]
    assert (finding.rule, finding.line) == ("refuted-own-fact", 15)


def test_where_nothing_is_established_the_list_s_own_rows_stand_and_say_so(toy: Path) -> None:
    for file in ("papers/tide-survey", "papers/tide-instruct", "artifacts/tide-code"):
        path = toy / f"{file}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("stages:\n  - fine-tuning\n", ""), encoding="utf-8")
    shown = section(synthkg.open(toy).view("reading-list"), "Fine-Tuning")
    assert "*Nothing is established here; what stands here is where the list puts it.*" in shown
    assert shown.count("\n| ") - 2 == 4, "each work once, curated"
    assert "[Tide-Instruct: Teaching Models to Read Tides](" in shown


def test_what_has_a_narrower_concept_stands_under_the_broader_one_once(toy: Path) -> None:
    """Else a paper would leave the list that is moved to a concept without a heading. King tides are spring tides."""
    edited(toy, "papers/tide-instruct.yaml", "  - tide/king\n", "  - tide/spring\n  - tide/king\n")
    edited(toy, "papers/tide-survey.yaml", "evidence:\n", "topics:\n  - tide/king\nevidence:\n")
    kg = edited(toy, "lists/tides.yaml", "concept: stage/fine-tuning", "concept: tide/spring")
    shown = section(kg.view("reading-list"), "Fine-Tuning")
    assert (shown.count("| [Tide-Instruct: "), shown.count("| [A Survey of Tides")) == (1, 1)
    edited(toy, "papers/tide-instruct.yaml", "  - tide/spring\n", "")
    kg = edited(toy, "artifacts/tide-code.yaml", "topics:\n  - tide/spring\n", "")
    shown = section(kg.view("reading-list"), "Fine-Tuning")
    assert "Nothing is established here" not in shown, "king tides are"
    assert shown.count("\n| ") - 2 == 2, "two papers, and of the rows that only the list puts there none"


def test_an_imported_list_comes_back_clean(toy: Path) -> None:
    """A list of another field, whose headings name no concept, and whose works are drafts or nothing yet."""
    kg = edited(toy, "lists/tides.yaml", "concept: stage/fine-tuning", "concept: none")
    assert section(kg.view("reading-list"), "Fine-Tuning").count("\n| ") - 2 == 4
    kg = edited(toy, "papers/tide-survey.yaml", "title: A Survey", "draft: true\ntitle: A Survey")
    shown = section(kg.view("reading-list"), "Fine-Tuning")
    assert "| [A Survey of Tides &#124; 潮汐](https://example.org/survey) | 仲景 2024 | |" in shown, "the list's own cells"
