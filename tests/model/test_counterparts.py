"""Computed identifiers: there and back, in every spelling that people paste."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthkg.catalog.folder import load_catalog
from synthkg.graph.triples import computed_links
from synthkg.linking.targets import load_targets
from synthkg.model.counterparts import equivalents
from synthkg.model.identifiers import Identifier, identify
from synthkg.model.iris import is_iri
from synthkg.model.records import Paper
from synthkg.model.vocabulary import load_vocabulary

ARXIV = st.from_regex(r"(1[5-9]|2[0-9])(0[1-9]|1[0-2])\.[0-9]{5}", fullmatch=True)
NAME = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,20}", fullmatch=True)
PLAIN_DOI = st.from_regex(r"10\.[1-9][0-9]{3}/[a-z0-9]([a-z0-9./()_-]*[a-z0-9])?", fullmatch=True)
# A DOI may hold any printable character of Unicode (DOI Handbook, 2.2.1); ours are in lower case and end in none of a sentence.
HOSTILE_DOI = st.builds(
    "10.{}/{}x".format, st.integers(1000, 999999999), st.text("<>\"{}|\\^`[]%#?&+ü潮/:;.,()$'ab2", max_size=30)
)
DOI = st.one_of(PLAIN_DOI, HOSTILE_DOI).map(lambda id: Identifier("doi", id))
IDENTIFIERS = st.one_of(
    st.builds(Identifier, st.just("arxiv"), ARXIV),
    DOI,
    st.builds(Identifier, st.just("acl"), st.from_regex(r"20[0-9]{2}\.[a-z]{3,8}-[a-z]{4}\.[1-9][0-9]{0,3}", fullmatch=True)),
    st.builds(Identifier, st.just("openreview"), st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{7,11}", fullmatch=True)),
    st.builds(lambda o, n: Identifier("github", f"{o}/{n}"), NAME, NAME),
    st.builds(lambda o, n: Identifier("huggingface", f"datasets/{o}/{n}"), NAME, NAME),
)
SPELLINGS = [
    "http://arxiv.org/abs/{}",
    "https://www.arxiv.org/abs/{}v3",
    "arxiv.org/abs/{}",
    "https://arxiv.org/pdf/{}",
    "https://arxiv.org/pdf/{}v2.pdf",
    "https://arxiv.org/abs/arXiv:{}.",
    "https://arxiv.org/abs/{}/",
    "https://arxiv.org/html/{}v1#S3",
    "https://export.arxiv.org/abs/{}?context=cs.CL",
    "http://xxx.lanl.gov/abs/{}",
    "https://ar5iv.labs.arxiv.org/html/{}",
    "https://www.alphaxiv.org/abs/{}",
    "https://www.arxiv-vanity.com/papers/{}/",
    "https://api.semanticscholar.org/arXiv:{}",
    "https://huggingface.co/papers/{}",
    "http://hf.co/papers/{}",
    "http://dx.doi.org/10.48550/ARXIV.{}",
    "https://doi.org/10.48550%2FarXiv.{}",
    "doi:10.48550/arxiv.{}",
    "arXiv:{}v1",
    "<https://arxiv.org/abs/{}>",
]


@given(IDENTIFIERS)
def test_there_and_back(identifier: Identifier) -> None:
    """Every computed IRI leads back to its identifier; a target that writes in lower case loses the case only."""
    found = list(equivalents(identifier))
    assert found
    assert len({one.target for one in found}) == len(found)
    for one in found:
        back = identify(one.iri)
        assert back is not None
        assert (back.scheme, back.value.lower()) == (identifier.scheme, identifier.value.lower())
        assert is_iri(one.iri)
        assert one.iri.isascii()


@given(ARXIV, st.sampled_from(SPELLINGS))
def test_every_spelling_of_an_arxiv_id(id: str, spelling: str) -> None:
    assert identify(spelling.format(id)) == Identifier("arxiv", id)


@given(st.sampled_from(["arxiv", "doi", "acl", "openreview", "github", "huggingface"]), st.text())
def test_any_text_gives_iris(scheme: str, text: str) -> None:
    assert all(is_iri(one.iri) for one in equivalents(Identifier(scheme, text)))


@given(PLAIN_DOI.map(lambda id: Identifier("doi", id)))
def test_a_doi_may_be_escaped_and_in_any_case(identifier: Identifier) -> None:
    for url in (f"https://doi.org/{quote(identifier.value, safe='')}", f"HTTP://DX.DOI.ORG/{identifier.value.upper()}."):
        assert identify(url) == identifier


@given(NAME, NAME, st.sampled_from(["", ".git", "/", "/tree/main/x", "#readme", "?tab=readme-ov-file", "."]))
def test_every_spelling_of_a_repository(owner: str, name: str, end: str) -> None:
    if owner.lower() in ("collections", "features", "login", "marketplace", "orgs", "search", "settings", "sponsors", "topics"):
        return
    for start in ("https://github.com/", "http://www.github.com/", "github.com/", "git@github.com:"):
        assert identify(f"{start}{owner}/{name}{end}") == Identifier("github", f"{owner}/{name}")


@pytest.mark.parametrize(
    ("id", "key"),
    [("2212.10560", "abs-2212-10560"), ("1801.00001", "abs-1801-00001"), ("1712.09999", None), ("cs/0301012", None)],
)
def test_dblp_keys_follow_a_rule_since_2018(id: str, key: str | None) -> None:
    found = [one.iri for one in equivalents(Identifier("arxiv", id)) if one.target == "dblp"]
    assert found == ([f"https://dblp.org/rec/journals/corr/{key}"] if key else [])


def test_every_target_is_described() -> None:
    """What is computed or looked for has a concept of the scheme target, and every concept is one or the other."""
    targets = set(load_vocabulary().concepts["target"])
    schemes = ("arxiv", "doi", "acl", "openreview", "github", "huggingface")
    computed = {one.target for scheme in schemes for one in equivalents(Identifier(scheme, "2212.10560"))}
    assert computed | load_targets().keys() == targets


def test_links_of_the_toy(toy: Path) -> None:
    """Links hang on the version or artifact that has the identifier, and say that they were computed."""
    catalog = load_catalog(toy)
    vocabulary = load_vocabulary()
    made = [s for paper in catalog.of(Paper).values() for s in computed_links(paper, vocabulary)]
    matches = {(subject, value) for subject, predicate, value, _ in made if predicate.endswith("#exactMatch>")}
    assert matches
    assert all("/version/" in subject for subject, _ in matches)
    justified = [value for _, predicate, value, _ in made if predicate == str(vocabulary.term("justification"))]
    assert len(justified) == len(matches)
    assert set(justified) == {"<https://w3id.org/semapv/vocab/BackgroundKnowledgeBasedMatching>"}
    assert all(pointer[0] == "versions" for *_, pointer in made)
