"""A draft is a record file that can be filled in, whatever it was made of; or the reason why there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from synthkg.catalog.decode import SLUG, Reading, read_record
from synthkg.catalog.drafts import draft
from synthkg.catalog.folder import Catalog
from synthkg.errors import UnreadableError, UsageError
from synthkg.model.records import Artifact, Paper
from synthkg.model.vocabulary import load_vocabulary

HOSTILE = st.text("a1 :#\"'{}[]<>|\\\\/?%&*!@\\n\\t.,-_()潮ü\u00ad\u200b", max_size=20)
WHAT = st.one_of(
    st.builds("https://example.org/{}".format, HOSTILE),
    st.builds("10.1234/{}".format, HOSTILE),
    st.builds("https://doi.org/10.1234/{}".format, HOSTILE),
    st.builds("https://github.com/a/{}".format, HOSTILE),
    st.builds("https://openreview.net/forum?id={}".format, HOSTILE),
    st.builds("arXiv:2212.99999{}".format, HOSTILE),
    st.text(),
)


@pytest.fixture
def empty(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path, load_vocabulary())


@given(WHAT, st.none() | st.text() | HOSTILE)
@settings(max_examples=300)
def test_any_text_makes_a_record_to_fill_in_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, what: str, title: str | None
) -> None:
    data = tmp_path_factory.getbasetemp() / "drafts"
    try:
        path = draft(Catalog(data, load_vocabulary()), what, title=title)
    except (UsageError, UnreadableError):
        return
    text = path.read_text(encoding="utf-8")
    path.unlink()
    assert SLUG.fullmatch(path.stem)
    found = yaml.safe_load(text)
    assert found["title"] == (" ".join((title or "").split()) or None)
    reading = Reading(str(path), load_vocabulary())
    kind = Paper if path.parent.name == "papers" else Artifact
    read_record(kind, path.stem, text, reading)
    assert {finding.rule for finding in reading.findings} <= {"empty-value", "missing-key", "control-character"}


@pytest.mark.parametrize(
    ("what", "title", "file"),
    [
        ("2212.99999", "仲景：中医大模型", "papers/2212-99999.yaml"),
        ("arXiv:2212.99999 [cs.CL]", None, "papers/2212-99999.yaml"),
        ("github.com/toy/tide", None, "artifacts/toy-tide.yaml"),
        ("https://direct.mit.edu/tacl/article/doi/10.1162/tacl_a_99999/123456/Tides", None, "papers/10-1162-tacl-a-99999.yaml"),
    ],
)
def test_the_file_is_named_by_what_has_a_name(what: str, title: str | None, file: str, empty: Catalog) -> None:
    assert draft(empty, what, title=title) == empty.data / file


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("https://example.org/a: b", "percent-encoded"),
        ("https://example.org/ #x", "percent-encoded"),
        ("0000-0002-1825-0097", "no arXiv id, DOI or URL"),
        ("https://潮.example/".replace(".example", ""), "give one with --id"),
        ("https://example.org/\udcff", "not UTF-8"),
    ],
)
def test_what_gives_no_record_is_refused(what: str, words: str, empty: Catalog) -> None:
    with pytest.raises(UsageError, match=words):
        draft(empty, what)
    assert not list(empty.data.rglob("*.yaml"))


def test_what_needs_quotes_has_them(empty: Catalog) -> None:
    """The DOI as in the record, its address encoded."""
    text = draft(empty, '10.1234/a"b#c').read_text()
    found = yaml.safe_load(text)
    assert found["versions"][0]["doi"] == '10.1234/a"b#c'
    assert found["evidence"][0]["source"] == "https://doi.org/10.1234/a%22b%23c"
