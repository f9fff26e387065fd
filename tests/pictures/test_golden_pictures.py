"""Every picture of the toy, and of rows that make each layout work, is drawn as it was when somebody looked at it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from pyoxigraph import Literal

from snapshots import compare
from synthkg.graph import Table, find_query, load_dump
from synthkg.pictures import PICTURES, picture

_METHODS = (
    ("spring", "Spring", "2021", ""),
    ("neap", "Neap Tide with a name that goes over more than one line", "2022", "spring"),
    ("king", "King", "", "spring"),
    ("surge", "Surge", "2023", "neap | spring"),
    ("bore", "Bore", "2023", "king | neap"),
    ("eddy", "Eddy", "2024", "surge | spring | unknown"),
    ("ebb", "Ebb", "2020", ""),
    ("flow", "Flow", "2021", "ebb"),
    ("alone", "Alone", "2021", ""),
)
_LINEAGE = (
    ("made-by", "data-a", "gpt"), ("made-by", "data-b", "gpt"), ("made-by", "data-c", "llama"), ("made-by", "data-c", "gpt"),
    ("made-by", "data-d", "solo"), ("trained-on", "small", "data-a"), ("trained-on", "small", "data-b"),
    ("trained-on", "llama", "data-b"), ("trained-on", "tiny", "data-c"), ("distilled-from", "tiny", "llama"),
    ("distilled-from", "lone", "hermit"), ("generated", "data-a", "seed"),
)  # fmt: skip
_RELEASES = (
    ("Apache-2.0", "code", "harbour"), ("Apache-2.0", "code", "harbour"), ("Apache-2.0", "code", "Buoy"),
    ("Apache-2.0", "model", "quay"), ("MIT", "dataset", "anchor"), ("not established", "code", "harbour"),
    ("not established", "dataset", "quay"),
    ("not established", "dataset", "lock"), ("not established", "model", "quay"), ("CC-BY-NC-4.0", "dataset", "anchor"),
    *(("One licence in many words that is folded", "model", f"account-{n}") for n in range(12)),
    ("One licence of many words that is folded", "model", "buoy"),  # "many" just goes in above, and just does not here
)  # fmt: skip
_FULL: dict[str, list[dict[str, str]]] = {
    "methods": [
        {"id": id, "title": title, "year": year, "extends": extends, "extended_by": "", "introduced_by": ""}
        for id, title, year, extends in _METHODS
    ],
    "distillation": [
        {"relation": relation, "thing": f"artifact/{thing}", "thing_title": thing.title(), "source": f"artifact/{source}"}
        | {"source_title": f"{source.title()} {source} and a long name behind it" if source == "llama" else source, "papers": "x"}
        for relation, thing, source in _LINEAGE
    ],
    "gaps": [
        {"stage": stage, "domain": domain, "papers": papers}
        for (stage, domain), papers in zip(
            product(("Fine-tuning", "Preference alignment of models", "Pretraining"), ("Law", "Maths")), "120470", strict=True
        )
    ],
    "growth": [
        {"month": month, "preprints": count}
        for month, count in (("2022-11", "1"), ("2022-12", "12"), ("2023-01", "3"), ("2023-04", "37"), ("2024-02", "8"))
    ],
    "licences": [{"licence": licence, "kind": kind, "account": account} for licence, kind, account in _RELEASES],
    "code": [
        {"year": year, "code": state, "papers": papers}
        for year, state, papers in (
            ("2022", "to be had", "3"), ("2022", "archived", "1"), ("2022", "lost", "2"), ("2023", "to be had", "11"),
            ("2023", "unknown", "4"), ("2023", "none known", "7"), ("2024", "none known", "1"),
        )
    ],
    "model": [
        {"from": one, "property": name, "to": other, "group": group, "used": used}
        for one, name, other, group, used in (
            ("Paper", "introduces", "Method", "", "40"), ("Paper", "version", "Version", "", "1200"),
            ("Version", "venue", "Venue", "", "900"), ("Paper", "stage", "Stage", "Concept", "300"),
            ("Method", "extends", "Method", "", "12"), ("Method", "citedBy", "Paper", "", "0"),
            ("Paper", "artifact", "Code", "", "5"), ("Paper", "artifact", "Model", "", "6"), ("Code", "about", "Thing", "", "2"),
            ("Model", "about", "Thing", "", "2"),
            ("Venue", "about", "Thing", "", "1"), ("Method", "about", "Thing", "", "1"),
            ("Code", "kind", "Stage", "Concept", "3"), ("Code", "kind", "Track", "Concept", "3"),
            ("Code", "kind", "Unit", "Concept", "3"),
        )
    ],
}  # fmt: skip


def _table(rows: list[dict[str, str]]) -> Table:
    columns = tuple(rows[0])
    return Table(columns, [tuple(Literal(cell) if cell else None for cell in row.values()) for row in rows])


def test_pictures_are_as_they_were_seen(toy_dist: Path) -> None:
    """As files, which `plot` writes, and as elements with links, which stand in pages; but for what grows with the ontology.

    Of no rows a picture says that there is nothing.
    """
    toy, found = load_dump(toy_dist / "synthkg.nq"), {}
    for name, question in PICTURES.items():
        if name not in ("gaps", "model"):
            found[f"{name}-toy.svg"] = picture(name, find_query(question.query).rows(toy)).document
        drawn = picture(name, _table(_FULL[name]), lambda path: f"../{path}.html")
        found[f"{name}.svg"] = drawn.document
        found[f"{name}-empty.svg"] = picture(name, _table(_FULL[name])._replace(rows=[])).svg
        if "<a " in drawn.svg:
            found[f"{name}-linked.svg"] = drawn.svg
    compare("pictures", found)
