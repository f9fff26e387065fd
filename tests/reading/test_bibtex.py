"""BibTeX is read as BibTeX and biblatex read it, whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Run
from synthkg.reading import Broken, Reference, read_bibtex
from timing import growth

STRINGS = "@string{sea = {the Sea}}\n@string{OF = { of } # sea}\n"


def read(text: str) -> Reference:
    """The last entry of a text, in which nothing is broken."""
    entries = list(read_bibtex(text))
    assert not any(isinstance(entry, Broken) for entry in entries)
    assert isinstance(entries[-1], Reference)
    return entries[-1]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (r"{\mbox{GPT}-4 reads {\LaTeX} and \texttt{x_y}}", "GPT-4 reads LaTeX and x_y"),
        (r"{Half of it: 50% of {T}ides, 100\% sure}", "Half of it: 50% of Tides, 100% sure"),
        (r"{Q&A on Ebb \& Flow}", "Q&A on Ebb & Flow"),
        ('"Tides" # of # { in {M}ay}', "Tides of the Sea in May"),
        (r"{On {$\mathcal{O}(n^{10})$} and $x_{ij}$}", r"On $\mathcal{O}(n^{10})$ and $x_{ij}$"),
        (r"{\{Ebb\} {\textless}b{\textgreater} $<$ $|$ {\textbar} x\textasciicircum{}2, \S 3}", "{Ebb} <b> < | | x^2, §3"),
    ],
)
def test_a_title_loses_no_word(written: str, title: str) -> None:
    assert read(f"{STRINGS}@misc{{a, title = {written}}}").shown["title"] == title


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        (r"{Barnes and Noble} and \'{A}lvarez, M. and {\'A}lvarez, M.", ("Barnes and Noble", "M. Álvarez", "M. Álvarez")),
        ("family=Berg, given=Hans, prefix=von der, useprefix=true and Roe, R.", ("Hans von der Berg", "R. Roe")),
        ("潮, 太郎 and 김, 철수 and 潮 太郎 and family=潮, given=太郎", ("潮 太郎", "김 철수", "潮 太郎", "潮 太郎")),
        ("de la Cruz, Jr., Ana AND Ludwig van Beethoven", ("Ana de la Cruz Jr.", "Ludwig van Beethoven")),
    ],
)
def test_authors_are_whole(written: str, authors: tuple[str, ...]) -> None:
    assert read(f"@misc{{a, author = {{{written}}}}}").authors == authors


def test_one_bad_name_costs_no_other_field() -> None:
    entry = read(r"@misc{a, title={{\'E}tudes}, author={Marée, Ada, Jr., of, Brest and Ebbe, Berta}}")
    assert entry.shown["title"] == "Études"
    assert entry.authors[1] == "Berta Ebbe"


def test_what_bibtex_passes_over_breaks_no_file() -> None:
    """Two files that were put together define their abbreviations twice, and programs add a field that is there."""
    text = "@string{sea={Sea}}\n@string{sea={Ocean}}\n@misc{a, title = sea, note={One}, note={Two}}"
    assert read(text).shown == {"title": "Ocean", "note": "One"}


def test_an_entry_has_what_its_volume_says() -> None:
    volume = "@proceedings{tides, title={Proceedings of Tides}, year=2021, publisher={Sea}}"
    child = "@inproceedings{a, crossref={Tides}, title={Ebb}, author={Marée, Ada}, pages={1-2}}"
    entry = read(f"{volume}\n{child}")
    assert (entry.shown["booktitle"], entry.shown["year"], entry.pages) == ("Proceedings of Tides", "2021", "1–2")


@pytest.mark.parametrize(
    ("written", "pages"), [("7-9, 41--43", "7–9, 41–43"), ("1:1-1:12", "1:1–1:12"), ("2-1--2-12", "2-1–2-12"), ("A-1", "A-1")]
)
def test_a_range_of_pages_has_an_en_dash(written: str, pages: str) -> None:
    """A page of a chapter or a volume has a hyphen of its own."""
    assert read(f"@misc{{a, pages={{{written}}}}}").pages == pages


def test_an_address_is_no_tex() -> None:
    entry = read(r"@misc{a, url={https://x.org/~ada/a%20b\_c.pdf}, doi={10.1007/978-3-030-58452-8\_24}}")
    assert (entry.shown["url"], entry.shown["doi"]) == ("https://x.org/~ada/a%20b_c.pdf", "10.1007/978-3-030-58452-8_24")


@pytest.mark.parametrize(
    "field",
    [
        r"url={http://x.org/\~{}ada/a\_b.pdf}",
        r"url={http://x.org/{\textasciitilde}ada/a_b.pdf}",
        r"howpublished={\url{http://x.org/~ada/a\_b.pdf}}",
        r"url=base # {~ada/a_b.pdf}",
        r"note={(see <http://x.org/~ada/a_b.pdf>)}",
        r'howpublished={"http://x.org/~ada/a_b.pdf", read in May}',
    ],
)
def test_an_address_is_taken_in_as_it_is_meant_and_printed_as_it_was(field: str, tmp_path: Path, run: Run) -> None:
    file, data = tmp_path / "of.bib", tmp_path / "data"
    file.write_text(
        f"@string{{base = {{http://x.org/}}}}\n@misc{{a, title={{The Tides of the Sea}}, author={{Ada Marée}}, {field}}}\n"
    )
    assert run("import", file, "--id", "tides", "--to", data).status == 0
    assert run("view", "published", "--data", data).stdout == file.read_text()
    (paper,) = (data / "papers").iterdir()
    assert "    url: http://x.org/~ada/a_b.pdf\n" in paper.read_text()


def test_a_bibliography_becomes_drafts_of_works(tmp_path: Path, run: Run) -> None:
    """As dblp and biblatex write it: the volume is no work, the number is in the volume, a DOI has TeX's escapes."""
    file, data = tmp_path / "of.bib", tmp_path / "data"
    (data / "papers").mkdir(parents=True)
    file.write_text(r"""
@proceedings{eccv, title={European Conference on Computer Vision}, year={2020}}
@inproceedings{a, title={Seeing the Tides of the Sea}, author={Marée, Ada}, crossref={eccv}, doi={10.1007/978-3-030-58452-8\_24}}
@article{b, title={Hearing the Tides of the Sea}, author={Marée, Ada}, journal={CoRR}, volume={abs/2301.00001}, year={2023}}
""")
    done = run("add", "--bibtex", str(file), "--data", str(data))
    assert done.status == 0, done.stderr
    assert "of.bib:2:1: this is no whole entry of a work" in done.stderr
    papers = {path.stem: path.read_text() for path in (data / "papers").iterdir()}
    assert set(papers) == {"seeing-the-tides", "hearing-the-tides"}
    assert 'doi: "10.1007/978-3-030-58452-8_24"' in papers["seeing-the-tides"]
    assert "year: 2020" in papers["seeing-the-tides"]
    assert 'arxiv: "2301.00001"' in papers["hearing-the-tides"]


def test_abbreviations_that_double_stay_what_is_written_where_they_would_fill_the_memory() -> None:
    doubled = "\n".join(f"@string{{a{n} = a{n - 1} # a{n - 1}}}" for n in range(1, 40))
    (found,) = read_bibtex(f"@string{{a0 = {{words}}}}\n{doubled}\n@misc{{b, title = a39, note = a4}}")
    assert isinstance(found, Reference)
    assert len(found.shown["title"]) < 10_000
    assert found.shown["note"] == "words" * 16


def test_a_long_title_of_a_volume_is_read_once_for_all_works_in_it() -> None:
    def read_all(times: int) -> None:
        works = "".join(f"@inproceedings{{k{n}, crossref={{v{times}}}}}\n" for n in range(times))
        list(read_bibtex(f"@proceedings{{v{times}, title={{{times} {'a {b} ' * 4 * times}}}}}\n{works}"))

    assert growth(read_all, 150, 4) < 8
