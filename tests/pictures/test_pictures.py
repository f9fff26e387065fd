"""Pictures: what they show is there, whole and readable, whatever the graph; and `synthkg plot`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import permutations, product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyoxigraph import Literal
from selenium.webdriver import Chrome

from conftest import ROOT, TOY, Run, call
from synthkg.errors import UsageError
from synthkg.graph import OxigraphStore, Store, Table, find_query, load_dump
from synthkg.model import RDFS, SKOS, load_vocabulary
from synthkg.pictures import PICTURES, STYLE, Picture, picture
from synthkg.pictures.drawing import COLOURS

SVG = "{http://www.w3.org/2000/svg}"


def drawn(store: Store, link: Callable[[str], str] | None = None) -> list[Picture]:
    return [picture(name, find_query(question.query).rows(store), link) for name, question in PICTURES.items()]


def table(*rows: dict[str, str]) -> Table:
    columns = tuple(rows[0])
    return Table(columns, [tuple(Literal(row[column]) if row[column] else None for column in columns) for row in rows])


def kinds_of_concepts() -> set[str]:
    """The classes of concepts."""
    sub, concept = f"{RDFS}subClassOf", f"{SKOS}Concept"
    kinds = [each for each in load_vocabulary().triples if (each.predicate.value, str(each.object)) == (sub, f"<{concept}>")]
    return {each.subject.value.rpartition("#")[2] for each in kinds}  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def pictures(dump_store: OxigraphStore) -> list[Picture]:
    return drawn(dump_store)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[Picture]:
    """Of five hundred papers."""
    sys.path.append(str(ROOT / "benchmarks"))
    dump = tmp_path_factory.mktemp("many") / "big.nq"
    import_module("generate").generate_dump(ROOT / "data", 500, dump)
    return drawn(load_dump(dump))


_OUTSIDE_OR_OVERLAPPING = """
const found = [];
for (const svg of document.querySelectorAll('svg')) {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text')].map((text) => [text.getBoundingClientRect(), text.textContent]);
  boxes.sort((one, other) => one[0].top - other[0].top);
  boxes.forEach(([box, text], n) => {
    if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom)
      found.push(`${text} is cut`);
    for (let m = n + 1; m < boxes.length && boxes[m][0].top < box.bottom - 2; m++)
      if (boxes[m][0].left < box.right && box.left < boxes[m][0].right) found.push(`${text} overlaps ${boxes[m][1]}`);
  });
}
return found;
"""


@pytest.mark.parametrize("size", ["pictures", "many"])
@pytest.mark.parametrize("font", ["system-ui, sans-serif", "DejaVu Sans"])
def test_no_label_is_cut_or_lies_on_another(
    size: str, font: str, browser: Chrome, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    page = tmp_path / "page.html"
    svgs = "".join(each.svg for each in request.getfixturevalue(size)).replace("system-ui, sans-serif", font)
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><style>{STYLE} svg {{ display: block }}</style>{svgs}")
    browser.get(page.as_uri())
    assert browser.execute_script(_OUTSIDE_OR_OVERLAPPING) == []


def test_every_label_is_text_and_whole(pictures: list[Picture]) -> None:
    shown = {
        each.name: [" ".join(text.itertext()) for text in ElementTree.fromstring(each.svg).iter(f"{SVG}text")]
        for each in pictures
    }
    methods = next(each for each in pictures if each.name == "methods")
    related = {row[1] for row in methods.rows if row[3] or row[4]}
    assert related <= set(shown["methods"])
    told = next(each for each in pictures if each.name == "distillation")
    assert {row[0] for row in told.rows} <= {re.sub(r"([-_/]) ", r"\1", text) for text in shown["distillation"]} | set(
        shown["distillation"]
    )
    gaps = next(each for each in pictures if each.name == "gaps")
    assert {cell for row in gaps.rows for cell in row[:3]} <= set(shown["gaps"])
    model = next(each for each in pictures if each.name == "model")
    assert {cell for row in model.rows for cell in row[:2]} | {row[2] for row in model.rows} - kinds_of_concepts() <= set(
        shown["model"]
    )


def test_it_says_what_it_is(pictures: list[Picture]) -> None:
    for each in pictures:
        root = ElementTree.fromstring(each.svg)
        assert root.get("role") == "img"
        named = {child.get("id"): child.text for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")}
        assert [named[id] for id in (root.get("aria-labelledby") or "").split()] == [each.title, each.description]
        assert each.rows
        assert all(len(row) == len(each.columns) for row in each.rows)
        assert not re.search(r"<(style|script)|style=", each.svg)


def test_words_agree_with_the_rows(pictures: list[Picture]) -> None:
    by_name = {each.name: each for each in pictures}
    empty = [row for row in by_name["gaps"].rows if row[2] == "0"]
    assert by_name["gaps"].description.startswith(f"{len(empty)} of {len(by_name['gaps'].rows)} pairs")
    assert f", {sum(int(row[1]) for row in by_name['growth'].rows)} from " in by_name["growth"].description
    assert f"Of {len(by_name['licences'].rows)} pieces" in by_name["licences"].description
    assert f"Of {sum(int(row[2]) for row in by_name['code'].rows)} papers" in by_name["code"].description


def distilled(*ways: tuple[str, str, str]) -> Picture:
    """The picture of distillation where these are all ways: relation, thing, source."""
    rows = (
        {"relation": relation, "thing": thing, "thing_title": thing, "source": source, "source_title": source, "papers": "x"}
        for relation, thing, source in ways
    )
    return picture("distillation", table(*rows))


def test_the_three_columns_of_distillation_are_counted_each() -> None:
    """Who taught whom without data that has a name is a teacher and a student; the data set between them is none."""
    told = distilled(
        ("made-by", "Data A", "Big"), ("made-by", "Data B", "Big"), ("made-by", "Data C", "Old"),
        ("trained-on", "Tiny", "Data A"), ("trained-on", "Lean", "Data A"), ("trained-on", "Thin", "Data B"),
        ("distilled-from", "Small", "Old"),
    ).description  # fmt: skip
    assert told.startswith("2 teachers wrote 3 data sets, from which 4 students learned. Most data sets are by Big (2), Old (2).")


def test_lines_of_a_chain_of_teachers_and_data_do_not_cross() -> None:
    """Whatever the data sets are called, each stands between those that it hangs together with."""
    for surf, swells, tides in permutations("XYZ"):
        lines = (("A", surf), ("B", surf), ("B", swells), ("C", swells), ("C", tides))
        drawing = ElementTree.fromstring(distilled(*(("made-by", thing, source) for source, thing in lines)).svg)
        place = {"".join(text.itertext()): float(text.get("y", "")) for text in drawing.iter(f"{SVG}text")}
        ends = sorted((place[source], place[thing]) for source, thing in lines)
        assert [end for _, end in ends] == sorted(end for _, end in ends), (surf, swells, tides)


def test_classes_of_the_model_stand_beside_what_leads_to_them() -> None:
    """What the canal and the harbour above the lock lead to is above what the lock alone leads to: the arrows do not cross."""
    ways = (
        ("Canal", "Harbour"), ("Canal", "Lock"), ("Canal", "Quay"), ("Canal", "Ship"), ("Harbour", "Ship"), ("Lock", "Barge"),
    )  # fmt: skip
    rows = table(*({"from": one, "property": f"to{other}", "to": other, "group": "", "used": "1"} for one, other in ways))
    columns: dict[float, dict[float, str]] = {}
    for text in ElementTree.fromstring(picture("model", rows).svg).iter(f"{SVG}text"):
        if text.get("font-weight"):
            columns.setdefault(float(text.get("x", "")), {})[float(text.get("y", ""))] = "".join(text.itertext())
    found = [[column[y] for y in sorted(column)] for _, column in sorted(columns.items())]
    assert found == [["Canal"], ["Harbour", "Lock", "Quay"], ["Ship", "Barge"]]


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _mixed(colour: str, ground: str, strength: float) -> str:
    parts = (round(int(colour[n : n + 2], 16) * strength + int(ground[n : n + 2], 16) * (1 - strength)) for n in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)


def test_colours_can_be_read_by_day_and_night() -> None:
    light, dark = (dict(re.findall(r"--picture-(\w+):(#\w+)", line)) for line in STYLE.strip().splitlines())
    assert light.keys() == dark.keys()
    for colours, name in product((light, dark), ("ink", "quiet", *COLOURS)):
        assert _contrast(colours[name], colours["paper"]) >= 4.5, name
    for colours in (light, dark):
        assert _contrast(colours["ink"], _mixed(colours["blue"], colours["paper"], 0.4)) >= 4.5


def test_same_rows_same_bytes(toy_dist: Path) -> None:
    program = (
        "import hashlib, sys\nfrom pathlib import Path\nfrom synthkg.graph import find_query, load_dump\n"
        "from synthkg.pictures import PICTURES, picture\nstore = load_dump(Path(sys.argv[1]))\n"
        "for name, q in PICTURES.items():\n"
        "    print(name, hashlib.sha256(picture(name, find_query(q.query).rows(store)).document.encode()).hexdigest())\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program, str(toy_dist / "synthkg.nq")],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_nothing_to_draw_is_said() -> None:
    for name, question in PICTURES.items():
        columns = find_query(question.query).rows(load_dump(TOY / ".." / "description-shapes.ttl")).columns
        empty = picture(name, Table(columns, []))
        assert "No" in empty.description or "no" in empty.description
        assert ElementTree.fromstring(empty.svg).find(f"{SVG}text") is not None


def test_text_of_anybody_stays_text() -> None:
    title = '</svg><script>alert("1")</script> & \u4ed2 ' + "long" * 40
    row = {"id": "a", "title": title, "year": "2023", "extends": "b", "extended_by": "", "introduced_by": ""}
    svg = picture("methods", table(row, {**row, "id": "b", "title": "b", "extends": "a | a | c"})).svg
    assert not list(ElementTree.fromstring(svg).iter(f"{SVG}script"))
    assert "<script" not in svg


def test_three_thousand_generations_are_drawn() -> None:
    row = dict.fromkeys(("title", "year", "extended_by", "introduced_by"), "")
    rows = ({**row, "id": f"m{n:04}", "title": f"M{n}", "extends": f"m{n - 1:04}" if n else ""} for n in range(3_000))
    assert picture("methods", table(*rows)).description.startswith("2999 arrows lead")


def test_circles_of_methods_end() -> None:
    row = {"title": "x", "year": "", "extended_by": "", "introduced_by": ""}
    picture("methods", table(*({**row, "id": id, "extends": other} for id, other in (("a", "b"), ("b", "c"), ("c", "a")))))


def test_many_generations_of_two_parents_each_are_drawn_at_once() -> None:
    row = {"title": "x", "year": "", "extended_by": "", "introduced_by": ""}
    pairs = [(f"{side}{number}", f"a{number - 1} | b{number - 1}") for number in range(60) for side in "ab"]
    picture("methods", table(*({**row, "id": id, "extends": others} for id, others in pairs)))


def test_labels_can_be_links(dump_store: OxigraphStore) -> None:
    linked = drawn(dump_store, lambda path: f"../{path}.html")
    methods = ElementTree.fromstring(next(each for each in linked if each.name == "methods").svg)
    addresses = {link.get("href") for link in methods.iter(f"{SVG}a")}
    assert "../method/evol-instruct.html" in addresses
    assert methods.get("role") == "group"  # links inside an image are out of reach
    alone = ElementTree.fromstring(next(each for each in linked if each.name == "methods").document)
    assert (alone.get("role"), list(alone.iter(f"{SVG}a"))) == ("img", [])


def test_rows_of_another_query_are_refused() -> None:
    with pytest.raises(UsageError, match="these are no rows of methods: there is no column extended_by"):
        picture("methods", table({"id": "a"}))


def test_plot(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = run("plot").stdout
    assert [line.split("\t")[0] for line in listed.splitlines()] == list(PICTURES)
    printed = run("plot", "gaps", "--data", TOY).stdout
    svg, png = tmp_path / "new" / "newer" / "gaps.svg", tmp_path / "gaps.png"  # folders are made
    assert run("plot", "gaps", "--data", TOY, "--out", svg).status == 0
    assert svg.read_text() == printed
    assert run("plot", "gaps", "--data", TOY, "--out", png, "--scale", "3").status == 0
    wide = float((re.search(r' width="([\d.]+)"', printed) or [""])[1])
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert abs(int.from_bytes(png.read_bytes()[16:20]) - 3 * wide) <= 3
    for scale, is_refused in (("0", True), ("1", False), ("8", False), ("9", True)):
        assert ("1<=x<=8" in run("plot", "--scale", scale).stderr) == is_refused
    assert run("plot", "gap").stderr == 'synthkg: there is no picture "gap"; did you mean "gaps"?\n'
    assert "ends with .svg or .png" in run("plot", "gaps", "--out", tmp_path / "x.pdf").stderr
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    done = run("plot", "gaps", "--data", TOY, "--out", png)
    assert (done.status, done.stderr) == (2, "synthkg: PNG needs resvg: pip install 'synthkg[plot]'; SVG needs nothing\n")


def test_a_file_of_its_own_brings_its_colours(toy_dist: Path) -> None:
    done = call("plot", "growth", "--from", toy_dist / "synthkg.nq")
    assert done.returncode == 0, done.stderr.decode()
    root = ElementTree.fromstring(done.stdout.decode())
    style = root.find(f"{SVG}style")
    assert style is not None
    assert style.text is not None
    assert set(re.findall(r"var\((--picture-\w+)", done.stdout.decode())) <= set(re.findall(r"(--picture-\w+):", style.text))
