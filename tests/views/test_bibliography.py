"""The bibliography through other people's readers: pybtex, bibtexparser, pandoc and citeproc-py give the records back."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from calendar import month_name
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from bibtexparser.entrypoint import parse_string as parse_bibtex
from bibtexparser.middlewares import MonthIntMiddleware, SeparateCoAuthors, SplitNameParts
from citeproc.source.json import CiteProcJSON
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string
from pybtex.plugin import find_plugin
from pylatexenc.latex2text import LatexNodes2Text

from synthkg.api.knowledge import KnowledgeGraph
from synthkg.catalog import Catalog
from synthkg.graph import OxigraphStore
from synthkg.model import Paper, Version
from synthkg.reading import Reference, read_bibtex
from synthkg.views.bibliography import bibtex, csl_json
from synthkg.views.mathematics import segments, to_rich_text, to_unicode
from synthkg.views.names import split_name

Row = dict[str, str]


class Work(NamedTuple):
    """One work as a reader understood it. A name is (given, particle, family, suffix), or alone where it is whole."""

    title: str
    authors: tuple[tuple[str, ...], ...]
    year: str = ""
    month: int = 0
    doi: str = ""
    arxiv: str = ""
    pages: str = ""
    url: str = ""


def plain(title: str) -> str:
    """What a reader of text alone should see; readers make quotation marks and dashes as they like."""
    return norm("".join(text for _, text in segments(title)))


def norm(text: str) -> str:
    return text.translate(str.maketrans("‘’`“”–", "'''\"\"-")).replace("ˆ", "^")


def untagged(title: str) -> str:
    """Pandoc has a tree for CSL-JSON's tags."""
    return re.sub('</?su[bp]>|<span class="nocase">|</span>', "", title)


def named(name: str, is_group: bool) -> tuple[str, ...]:
    parts = split_name(name, is_group=is_group)
    return (
        (parts.literal or parts.family,)
        if not parts.given
        else (parts.given.replace(". ", "."), parts.particle, parts.family, parts.suffix)
    )


def tex(text: str) -> str:
    return norm(str(LatexNodes2Text(strict_latex_spaces=True).latex_to_text(text)))


def named_in_tex(given: str, particle: str, family: str, suffix: str) -> tuple[str, ...]:
    return (tex(family),) if not given else (tex(given).replace(". ", "."), tex(particle), tex(family), tex(suffix))


def work_of(fields: Mapping[str, str], names: list[tuple[str, ...]], month: int) -> Work:
    """A work by the fields of its entry in BibTeX."""
    doi, arxiv, pages, url = (fields.get(name, "") for name in ("doi", "eprint", "pages", "url"))
    return Work(tex(fields["title"]), tuple(names), fields.get("year", ""), month, doi, arxiv, pages.replace("--", "-"), url)


def by_pybtex(text: str) -> dict[str, Work]:
    found = {}
    for key, entry in parse_string(text, "bibtex").entries.items():
        names = []
        for person in entry.persons.get("author", ()):
            given = person.first_names + person.middle_names
            parts = (given, person.prelast_names, person.last_names, person.lineage_names)
            names.append(named_in_tex(*map(" ".join, parts)))
        found[key] = work_of(entry.fields, names, [*month_name].index(entry.fields.get("month", "")))
    return found


def by_bibtexparser(text: str) -> dict[str, Work]:
    layers = [MonthIntMiddleware(), SeparateCoAuthors(), SplitNameParts()]
    library = parse_bibtex(text, append_middleware=layers)
    assert not library.failed_blocks
    found = {}
    for entry in library.entries:
        fields = {field.key: field.value for field in entry.fields}
        persons = [(person.first, person.von, person.last, person.jr) for person in fields.get("author", ())]
        names = [named_in_tex(*map(" ".join, parts)) for parts in persons]
        found[entry.key] = work_of(fields, names, int(fields.get("month", 0)))
    return found


def pandoc(text: str, form: str) -> list[dict[str, Any]]:
    """The references as pandoc understands them, in its own tree."""
    assert shutil.which("pandoc"), "pandoc is missing: sh tools/system.sh tests"
    command = ["pandoc", "--from", form, "--to", "json", "--standalone"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    references = json.loads(done.stdout)["meta"]["references"]["c"]
    return [json_of(reference) for reference in references]


def json_of(node: Any) -> Any:
    """Pandoc's metadata without its types; text as the words that are read."""
    match node:
        case {"t": "MetaMap", "c": members}:
            return {key: json_of(value) for key, value in members.items()}
        case {"t": "MetaList", "c": members}:
            return [json_of(member) for member in members]
        case {"t": "MetaInlines", "c": inlines}:
            return "".join(map(words, inlines))
        case {"t": _, "c": value}:
            return value


def words(inline: dict[str, Any]) -> str:
    match inline:
        case {"t": "Space" | "SoftBreak"}:
            return " "
        case {"t": "Quoted", "c": [{"t": kind}, inside]}:
            mark = "'" if kind == "SingleQuote" else '"'
            return mark + "".join(map(words, inside)) + mark
        case {"t": "RawInline"}:  # TeX that is for TeX alone
            return ""
        case {"t": "Math", "c": [_, formula]}:
            return str(formula)
        case {"c": str(text)}:
            return text
        case {"t": "Superscript" | "Subscript", "c": inside} | {"c": [*_, list(inside)]}:
            return "".join(map(words, inside))
    raise AssertionError(inline)


def by_pandoc(text: str, form: str = "bibtex") -> dict[str, Work]:
    found = {}
    for item in pandoc(text, form):
        issued = item.get("issued", "").split("-")
        names = []
        for name in item.get("author", ()):
            particle = name.get("dropping-particle", "") or name.get("non-dropping-particle", "")
            parts = (name.get("given", "").replace(". ", "."), particle, name.get("family", ""), name.get("suffix", ""))
            names.append(tuple(norm(part) for part in (parts if parts[0] else (name.get("literal") or parts[2],))))
        found[item["id"]] = Work(
            norm(item["title"]),
            tuple(names),
            issued[0],
            int(issued[1]) if len(issued) > 1 else 0,
            item.get("doi", "") or item.get("DOI", ""),
            "",
            norm(item.get("page", "")),
            item.get("url", "") or item.get("URL", ""),
        )
    return found


def by_citeproc(text: str) -> dict[str, Work]:
    found = {}
    for key, item in CiteProcJSON(json.loads(text)).items():
        names = []
        for name in item.get("author", ()):
            given, family, _, particle, suffix = name.parts()
            parts = tuple(part or "" for part in ((given or "").replace(". ", "."), particle, family, suffix))
            names.append(parts if given else (family,))
        issued = item.get("issued")
        found[key] = Work(
            str(item["title"]),
            tuple(tuple(map(norm, name)) for name in names),
            str(issued.year) if issued else "",
            int(issued.get("month", 0)) if issued else 0,
            str(item.get("DOI", "")),
            str(item.get("number", item.get("note", ""))).removeprefix("arXiv:"),
            norm(str(item.get("page", ""))),
            str(item.get("URL", "")),
        )
    return found


# -- The real bibliography


def cited(paper: Paper) -> Version:
    """Reviewed before workshop before report before preprint; of equals the latest."""
    order = {"journal-article": 4, "conference-paper": 4, "workshop-paper": 3, "report": 2, "preprint": 1}
    return max(paper.versions, key=lambda v: (order[v.type], str(v.year or v.date or "0000")[:4], v.id))


@pytest.fixture(scope="module")
def expected(real_catalog: Catalog) -> dict[str, Work]:
    """What the records say of each paper, as far as every reader tells it."""
    found = {}
    for paper in real_catalog.of(Paper).values():
        version = cited(paper)
        date = (version.date or "").split("-")
        year = str(version.year or date[0] or "")
        found[paper.id] = Work(
            plain(version.title or paper.title),
            tuple(named(author.name, author.group) for author in version.authors or paper.authors),
            year,
            int(date[1]) if len(date) > 1 and date[0] == year else 0,
            version.doi or "",
            next((v.arxiv for v in paper.versions if v.arxiv), ""),
            norm(version.pages or ""),
        )
    return found


@pytest.fixture(scope="module")
def real(real_store: OxigraphStore) -> dict[str, str]:
    kg = KnowledgeGraph(real_store)
    return {style: kg.view("bibliography", style) for style in ("bibtex", "csl-json")}


def without(works: dict[str, Work], *fields: str) -> dict[str, Work]:
    """The works without what a reader does not tell."""
    return {id: Work(**work._asdict() | dict.fromkeys(fields, "")) for id, work in works.items()}


@pytest.mark.parametrize("reader", [by_pybtex, by_bibtexparser, by_pandoc])
def test_bibtex_gives_the_records_back(
    reader: Callable[[str], dict[str, Work]], real: dict[str, str], expected: dict[str, Work]
) -> None:
    untold = ("url", "arxiv") if reader is by_pandoc else ("url",)
    assert without(reader(real["bibtex"]), *untold) == without(expected, *untold)


@pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported")  # citeproc-py knows no event-title
def test_csl_gives_the_records_back(real: dict[str, str], expected: dict[str, Work]) -> None:
    marked = {id: work._replace(title=re.sub("[_^]", "", work.title)) for id, work in expected.items()}
    by_reader = {"citeproc": by_citeproc(real["csl-json"]), "pandoc": by_pandoc(real["csl-json"], "csljson")}
    for reader, untold in (("citeproc", ("url",)), ("pandoc", ("url", "arxiv"))):
        found = {id: work._replace(title=untagged(norm(work.title))) for id, work in by_reader[reader].items()}
        assert without(found, *untold) == without(marked, *untold), reader


def test_csl_says_where_a_preprint_is(real: dict[str, str]) -> None:
    items = {item["id"]: item for item in json.loads(real["csl-json"])}
    vila = {key: items["vila2"][key] for key in ("title", "publisher", "number")}
    assert vila == {"title": "VILA<sup>2</sup>: VILA Augmented VILA", "publisher": "arXiv", "number": "arXiv:2407.17453"}
    assert items["self-instruct"]["note"] == "arXiv:2212.10560"


def test_a_citation_names_families(real: dict[str, str]) -> None:
    done = subprocess.run(
        ["pandoc", "--from", "csljson", "--to", "plain", "--citeproc"],
        input=real["csl-json"].encode(),
        capture_output=True,
        check=True,
    )
    text = " ".join(done.stdout.decode().split())
    assert "Wang, Yizhong, Yeganeh Kordi" in text
    assert "VILA²: VILA Augmented VILA" in text
    for item in json.loads(real["csl-json"]):  # the style writes titles in title case
        words = re.findall(r"\w+", re.sub("<[^>]*>", " ", item["title"]))
        assert all(word in text for word in words if re.search(r"[0-9]", word) and re.search("[A-Z]", word)), item["id"]


def test_a_workshop_paper_stands_in_the_proceedings_of_the_workshop(real: dict[str, str]) -> None:
    items = pandoc(real["csl-json"], "csljson")
    conferences = {item["id"]: item["event-title"] for item in items if "event-title" in item}
    assert conferences["synthetic-dialogue-dataset-generation"].startswith("Conference on Empirical Methods")
    by_csl, by_bibtex = (
        {item["id"]: item["container-title"].casefold() for item in found if item["id"] in conferences}
        for found in (items, pandoc(real["bibtex"], "bibtex"))
    )
    assert by_csl == by_bibtex


def set_by_pybtex(text: str) -> int:
    """How many entries pybtex sets, one of each type with the same fields; it refuses what lacks a required one."""
    data = parse_string(text, "bibtex")
    kinds = {(entry.type, frozenset(entry.fields), bool(entry.persons)): key for key, entry in data.entries.items()}
    return len(list(find_plugin("pybtex.style.formatting", "plain")().format_bibliography(data, kinds.values())))


def test_every_entry_has_what_its_type_requires(real: dict[str, str]) -> None:
    assert set_by_pybtex(real["bibtex"])
    known = {"author": "Ada Lind", "container": "Venue", "year": "2024"}
    for style in ("article-journal", "paper-conference", "report", "article"):
        for lacking in ((), *((name,) for name in known), tuple(known)):
            row = {"id": "a", "type": style, "title": "T"} | {name: known[name] for name in known if name not in lacking}
            assert set_by_pybtex(bibtex([row])) == 1
    assert bibtex([row | known | {"type": "report"}]).startswith("@techreport{")


# -- Hostile titles and names

_HOSTILE = "abcdXYZ019 {}\\$%&#_~^<>|\"'`-?!,.:;@=()[]*/+éß数—"
_titles = (
    st.one_of(
        st.text(_HOSTILE, min_size=1, max_size=30),
        st.sampled_from(["From $5 to $10: a", "TIDE$^2$", "{", "}", ">80%", "a $x_i$ b"]),
    )
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
_name_words = st.one_of(
    st.sampled_from(
        ["de", "van", "der", "Del", "Jr.", "Sr", "II", "and", "others", "And", "Team", "Ada", "Grünwald", "O'Brien", "d'Alembert"]
    ),
    st.text(_HOSTILE.replace(";", "").replace(" ", ""), min_size=1, max_size=6).filter(lambda word: any(map(str.isalpha, word))),
)
_names = st.lists(_name_words, min_size=1, max_size=4).map(" ".join)
_works = st.tuples(_titles, st.lists(st.tuples(_names, st.booleans()), min_size=1, max_size=3))


def rows_of(works: list[Any]) -> Iterator[Row]:
    for number, (title, names) in enumerate(works):
        for name, is_group in names:
            yield {"id": f"w{number}", "type": "article", "title": title, "author": name, "group": "yes" if is_group else "no"}


def facts_of(works: list[Any]) -> dict[str, Work]:
    return {
        f"w{number}": Work(plain(title), tuple(tuple(map(norm, named(*name))) for name in names))
        for number, (title, names) in enumerate(works)
    }


@settings(max_examples=25)
@given(st.lists(_works, min_size=1, max_size=40))
def test_hostile_works_come_back(works: list[Any]) -> None:
    text = bibtex(rows_of(works))
    for reader in (by_pybtex, by_bibtexparser, by_pandoc):
        assert reader(text) == facts_of(works), reader.__name__
    assert [entry.shown["title"] for entry in references(text)] == [title for title, _ in works]


def references(text: str) -> list[Reference]:
    """The entries as our own reader has them, by which a bibliography becomes records."""
    found = list(read_bibtex(text))
    return [entry for entry in found if isinstance(entry, Reference)]


@settings(max_examples=25)
@given(st.lists(_works, min_size=1, max_size=40))
def test_hostile_works_come_back_from_csl(works: list[Any]) -> None:
    """Pandoc sets what it reads (blanks before "!", quotation marks, d' as a particle), so of it letters are compared."""
    text = csl_json(rows_of(works))
    expected = [(untagged(norm(to_rich_text(title))), len(names)) for title, names in works]
    by_reader = by_citeproc(text)
    assert [work.authors for work in by_reader.values()] == [work.authors for work in facts_of(works).values()]
    assert [untagged(norm(work.title)) for work in by_reader.values()] == [title for title, _ in expected]
    by_other = by_pandoc(text, "csljson").values()
    assert [(letters(work.title), len(work.authors)) for work in by_other] == [(letters(t), count) for t, count in expected]


def letters(title: str) -> str:
    return "".join(filter(str.isalnum, untagged(title)))


# -- Cases


@pytest.mark.parametrize(
    ("title", "tex", "rich", "text"),
    [
        ("An Opening { Brace", r"An Opening \{\vphantom{\}} Brace", "An Opening { Brace", "An Opening { Brace"),
        ("A } B {C}", r"A \vphantom{\{}\} B \{C\}", "A } B {C}", "A } B {C}"),
        ("From $5 to $10: Pricing", r"From \$5 to \$10: Pricing", "From $5 to $10: Pricing", "From $5 to $10: Pricing"),
        ("TIDE$^2$: Tides", "TIDE$^2$: Tides", "TIDE<sup>2</sup>: Tides", "TIDE²: Tides"),
        (r"$\alpha_{ij}$-Tides", r"$\alpha_{ij}$-Tides", "α<sub>ij</sub>-Tides", "αᵢⱼ-Tides"),
        (r"$x^Q \to \mathbf{R}$", r"$x^Q \to \mathbf{R}$", "x<sup>Q</sup>→R", "x^Q→R"),
        (r"$\unheard{of}$", r"\$\textbackslash{}unheard\{of\}\$", r"$\unheard{of}$", r"$\unheard{of}$"),
        (r"$\input{/etc}$", r"\$\textbackslash{}input\{/etc\}\$", r"$\input{/etc}$", r"$\input{/etc}$"),
        (r"$\widehat{x}$", r"$\widehat{x}$", r"$\widehat{x}$", r"$\widehat{x}$"),
        (r"$\sim$50B for $^2$3", r"$\sim$50B for $^2$3", '∼<span class="nocase">50B</span> for <sup>2</sup>3', "∼50B for ²3"),
        (r"$\textit{Two Tides}$", r"$\textit{Two Tides}$", "Two Tides", "Two Tides"),
        (r"All $100\%$ of it", r"All $100\%$ of it", "All 100% of it", "All 100% of it"),
        ("Reaching >80% | <5", r"Reaching $>$80\% $|$ $<$5", "Reaching >80% | <5", "Reaching >80% | <5"),
    ],
)
def test_titles(title: str, tex: str, rich: str, text: str) -> None:
    row = {"id": "a", "type": "article", "title": title}
    assert f"title = {{{{{tex}}}}}," in bibtex([row])
    assert json.loads(csl_json([row]))[0]["title"] == rich
    assert to_unicode(title) == text
    assert references(bibtex([row]))[0].shown["title"] == title


@pytest.mark.parametrize(
    ("name", "group", "tex", "csl"),
    [
        ("Ada Grünwald", "no", "Grünwald, Ada", {"family": "Grünwald", "given": "Ada"}),
        ("Qwen Team", "yes", "{Qwen Team}", {"literal": "Qwen Team"}),
        ("Gemini and Friends", "yes", "{Gemini and Friends}", {"literal": "Gemini and Friends"}),
        ("Bo Lindqvist Jr.", "no", "Lindqvist, Jr., Bo", {"family": "Lindqvist", "given": "Bo", "suffix": "Jr."}),
        ("Bo Lindqvist, III", "no", "Lindqvist, III, Bo", {"family": "Lindqvist", "given": "Bo", "suffix": "III"}),
        ("Nando de Freitas", "no", "de Freitas, Nando", {"family": "Freitas", "given": "Nando", "non-dropping-particle": "de"}),
        ("Luciano Del Corro", "no", "Del Corro, Luciano", {"family": "Del Corro", "given": "Luciano"}),
        ("Dick van 't Hof", "no", "van 't Hof, Dick", {"family": "Hof", "given": "Dick", "non-dropping-particle": "van 't"}),
        ("Fernando De la Torre", "no", "De la Torre, Fernando", {"family": "De la Torre", "given": "Fernando"}),
        ("Aaron Van Den Oord", "no", "Van Den Oord, Aaron", {"family": "Van Den Oord", "given": "Aaron"}),
        ("José Ortega y Gasset", "no", "Ortega y Gasset, José", {"family": "Ortega y Gasset", "given": "José"}),
        ("Xiaoming Li (李小潮)", "no", "{Xiaoming Li (李小潮)}", {"literal": "Xiaoming Li (李小潮)"}),
        ("Sukarno", "no", "Sukarno", {"family": "Sukarno"}),
        ("潮 太郎", "no", "潮, 太郎", {"family": "潮", "given": "太郎"}),
        ("なみ さくら", "no", "なみ, さくら", {"family": "なみ", "given": "さくら"}),
        ("김 철수", "no", "김, 철수", {"family": "김", "given": "철수"}),
        ("李小潮", "no", "{李小潮}", {"literal": "李小潮"}),
        ("Taro 潮", "no", "潮, Taro", {"family": "潮", "given": "Taro"}),
    ],
)
def test_names(name: str, group: str, tex: str, csl: dict[str, str]) -> None:
    row = {"id": "a", "type": "article", "title": "T", "author": name, "group": group}
    assert f"  author = {{{tex}}},\n" in bibtex([row])
    assert json.loads(csl_json([row]))[0]["author"] == [csl]
    assert references(bibtex([row]))[0].authors == (name.replace(", III", " III"),)


def test_identifiers_stay_as_they_are() -> None:
    """DOIs and addresses are no TeX: https://www.doi.org/doi-handbook/HTML/encoding-issues.html."""
    row = {"id": "a", "type": "article", "title": "T", "doi": "10.1002/(sici)1(1996)47:9<1::aid>3.0.co;2-_#%"}
    assert by_pandoc(bibtex([row]))["a"].doi == by_pybtex(bibtex([row]))["a"].doi == row["doi"]
    odd = {**row, "doi": "10.1002/{x", "url": "https://doi.org/10.1002/{x"}
    assert by_pybtex(bibtex([odd]))["a"][4:] == ("", "", "", "https://doi.org/10.1002/%7Bx")
