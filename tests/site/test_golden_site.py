"""A page of each kind of the toy's site, whole, and what stands beside the pages, is as it was when somebody read it.

Left out is what grows with the ontology and the saved queries: most terms, some pictures, `Ask`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from snapshots import compare, pretty
from synthkg.graph import load_dump
from synthkg.site import write_site

PAGES = (
    "404", "index", "papers", "methods", "artifacts", "venues", "authors", "lists", "errata", "search", "dataset",
    "paper/tide-instruct", "paper/tide-survey", "paper/tide", "method/drift", "method/tide-instruct",
    "artifact/tide-code", "artifact/tide-data", "venue/toyconf", "venue/arxiv", "concept/tide",
    "concept/tide/king", "concept/stage/fine-tuning", "list/tides",
    "list/tides/erratum/4", "query/lineage", "query/errata", "query/papers-about", "query/counts",
)  # fmt: skip
BESIDE = (
    "robots.txt", "paper/tide-survey.ttl", "paper/tide-survey.nt", "list/tides/erratum/4.ttl", "query/papers.csv",
    "query/papers-about.rq",
)  # fmt: skip
PARTS = {
    "pictures": ("methods", "distillation", "growth", "licences", "code"),
    "records": ("version", "venue", "entry"),
    "concepts": ("in-kinds-of-tides",),
}
"""Pages of which other sections grow with the ontology."""
GROWING = ("concept", "ontology", "query", "scheme", "term")


@pytest.fixture(scope="module")
def site(toy_dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, dump = tmp_path_factory.mktemp("site") / "site", toy_dist / "synthkg.nq"
    write_site(load_dump(dump), out, dump, "https://example.org/kg/")
    return out


def _steady(page: str) -> str:
    """Without the sizes of files that hold the ontology, and the number of its concepts."""
    page = re.sub(r'(href="dump/(?!tables/\w+\.(?:csv|parquet)").*data-label="bytes"[^>]*>)[\d,]+', r"\1…", page)
    return re.sub(r'(data-label="all"[^>]*>)\d{3,}', r"\1…", page)


def test_pages_speak_of_the_field_of_their_list(site: Path) -> None:
    pages = {name: (site / f"{name}.html").read_text("utf-8") for name in ("index", "dataset", "404", "methods")}
    assert all("潮 Tides: a toy list" in page and "ata synthesis with" not in page for page in pages.values())


def test_pages_of_another_data_set_do_not_give_way_to_ours(site: Path) -> None:
    """IRIs lead to the pages of one data set; of another one, a page is its own for search engines, but what it has of ours."""
    pages = {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}
    lasting = {name for name, page in pages.items() if 'rel="canonical"' in page}
    assert "ontology.html" in lasting
    assert [name for name in lasting if not name.startswith("ontology")] == []
    own = '<meta property="og:url" content="https://example.org/kg/paper/tide-instruct.html">'
    assert own in pages["paper/tide-instruct.html"]


def test_pages_are_as_they_were_read(site: Path) -> None:
    found = {f"{name}.html": _steady((site / f"{name}.html").read_text("utf-8")) for name in PAGES}
    found |= {name: (site / name).read_text("utf-8") for name in BESIDE}
    for name in ("method/drift", "list/tides/erratum/4", "concept/tide/king"):
        found[f"{name}.json"] = pretty(json.loads((site / f"{name}.json").read_text("utf-8")))
    for name, parts in PARTS.items():
        page = (site / f"{name}.html").read_text("utf-8")
        for part in parts:
            (found[f"{name}/{part}.html"],) = re.findall(rf'(?s)<section aria-labelledby="{part}">.*?</section>\n', page)
    terms = (site / "ontology.html").read_text("utf-8")
    for term in ("ConferencePaper", "Venue", "doi"):
        (found[f"ontology/{term}.html"],) = re.findall(rf"(?s)<h3><code>{term}</code>.*?</dl>\n", terms)
    search = json.loads((site / "assets" / "search.json").read_text("utf-8"))
    search["things"] = [thing for thing in search["things"] if thing[1] not in GROWING or thing[0].startswith("concept/tide")]
    found["search.json"] = pretty(search)
    places = (site / "sitemap.xml").read_text("utf-8")
    found["sitemap.xml"] = re.sub(r"<url><loc>[^<]*/kg/(?:concept/(?!tide)|ontology|query/).*\n", "", places)
    compare("site", found)
