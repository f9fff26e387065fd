"""Identifiers: what the doctests do not show, above all what must not be taken for an identifier."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthkg.model import identifiers
from synthkg.model.identifiers import Identifier, arxiv, doi, github, identify, normal_url, slug


def test_doctests() -> None:
    assert doctest.testmod(identifiers).failed == 0


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("2304.12244v2", "arxiv", "2304.12244"),
        ("ARXIV: 2304.12244", "arxiv", "2304.12244"),
        ("https://arxiv.org/html/2304.12244v1#S3", "arxiv", "2304.12244"),
        ("https://export.arxiv.org/abs/2304.12244?context=cs", "arxiv", "2304.12244"),
        ("https://aclanthology.org/P18-1001.pdf", "acl", "P18-1001"),
        ("https://openreview.net/pdf?id=a_b-C", "openreview", "a_b-C"),
        ("https://dl.acm.org/doi/abs/10.1145/3636243.3636256", "doi", "10.1145/3636243.3636256"),
        ("https://link.springer.com/article/10.1007/s11263-023-01891-x", "doi", "10.1007/s11263-023-01891-x"),
        ("http://github.com/A-b/c.d.git", "github", "A-b/c.d"),
        ("https://github.com/A/B#readme", "github", "A/B"),
        ("https://huggingface.co/datasets/a/b?row=1", "huggingface", "datasets/a/b"),
        ("https://orcid.org/0000-0002-1825-0097", "orcid", "0000-0002-1825-0097"),
    ],
)
def test_identify(text: str, scheme: str, value: str) -> None:
    assert identify(text) == Identifier(scheme, value)


@pytest.mark.parametrize(
    "text",
    ["", "-", "WizardLM", "10.5", "2304.1224", "2313.12244", "https://arxiv.org/", "https://github.com/", "//x"],
)
def test_no_identifier(text: str) -> None:
    assert identify(text) is None


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    identify(text)
    normal_url(f"https://{text}")
    assert slug(text) == slug(slug(text).replace("-", " "), words=99) or len(slug(text)) == 80


@given(st.from_regex(r"2[0-5]0[1-9]\.[0-9]{5}(v[1-9])?", fullmatch=True), st.sampled_from(["abs/", "pdf/", "abs/arXiv:"]))
def test_normal_form_is_stable(number: str, path: str) -> None:
    value = arxiv(f"http://arxiv.org/{path}{number}")
    assert value is not None
    assert arxiv(value) == value == number.partition("v")[0]


def test_case_is_kept_only_where_it_tells() -> None:
    assert doi("10.1073/PNAS.1") == "10.1073/pnas.1"
    assert github("https://GitHub.com/NVlabs/VILA") == "NVlabs/VILA"
