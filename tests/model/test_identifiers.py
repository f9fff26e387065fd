"""Identifiers: what the doctests do not show, above all what must not be taken for an identifier."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthkg.model import deduce_acl, normal_url
from synthkg.model.identifiers import Identifier, arxiv, doi, github, identify, slug


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("P16-1001", ("acl", 2016, "main", "10.18653/v1/p16-1001")),
        ("P15-1001", None),
        ("P19-3001", None),
        ("C18-1001", ("coling", 2018, "main", None)),
        ("C18-2001", None),
        ("D19-1001", ("emnlp", 2019, "main", "10.18653/v1/d19-1001")),
        ("D19-2001", None),
        ("Q13-1001", ("tacl", 2013, None, None)),
        ("W19-0101", None),
        ("2023.acl-srw.1", None),
        ("2023.acl-demo.1", ("acl", 2023, "demonstrations", "10.18653/v1/2023.acl-demo.1")),
    ],
)
def test_an_id_of_the_anthology_says_what_is_sure_of_it(id: str, said: tuple[object, ...] | None) -> None:
    found = deduce_acl(id)
    assert said == (found and (found.venue, found.year, found.track, found.doi))


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("2304.12244v2", "arxiv", "2304.12244"),
        ("CoRR, abs/2304.12244", "arxiv", "2304.12244"),
        ("[arXiv:2304.12244]", "arxiv", "2304.12244"),
        ("ArXiv, abs/2304.12244", "arxiv", "2304.12244"),
        ("CoRR abs/2304.12244 (2023)", "arxiv", "2304.12244"),
        ("arXiv 2304.12244", "arxiv", "2304.12244"),
        ("arXiv:2304.12244 (cs.CL)", "arxiv", "2304.12244"),
        ("DBLP:journals/corr/abs-2304-12244", "arxiv", "2304.12244"),
        ("https://dblp.org/rec/bibtex/journals/corr/abs-2304-12244", "arxiv", "2304.12244"),
        ("info:doi/10.48550/arXiv.2304.12244", "arxiv", "2304.12244"),
        ("DOI 10.48550/arXiv.2304.12244v2", "arxiv", "2304.12244"),
        ("https://hdl.handle.net/10.48550/arXiv.2304.12244", "arxiv", "2304.12244"),
        ("https://api.openalex.org/works/doi:10.48550/arXiv.2304.12244", "arxiv", "2304.12244"),
        ("https://api.datacite.org/dois/10.48550%2FarXiv.cs%2F0112017", "arxiv", "cs/0112017"),
        ("(https://arxiv.org/abs/2304.12244).", "arxiv", "2304.12244"),
        ("“10.1016/S2589-0042(23)00537-0”]", "doi", "10.1016/s2589-0042(23)00537-0"),
        ("ssh://git@github.com:22/A/b.git", "github", "A/b"),
        ("https://x-access-token:ghs_1@github.com/A/b.git", "github", "A/b"),
        ("git+https://github.com/A/b.git@v1.0", "github", "A/b"),
        ("[https://github.com/A/b]", "github", "A/b"),
        ("git@hf.co:datasets/a/b.git", "huggingface", "datasets/a/b"),
        ("https://openreview.net/revisions?id=a_b-C", "openreview", "a_b-C"),
        (r"https://doi.org/10.1007/978-3-030-58452-8\_24", "doi", "10.1007/978-3-030-58452-8_24"),
        ("ARXIV: 2304.12244", "arxiv", "2304.12244"),
        ("https://arxiv.org/html/2304.12244v1#S3", "arxiv", "2304.12244"),
        ("https://export.arxiv.org/abs/2304.12244?context=cs", "arxiv", "2304.12244"),
        ("https://aclanthology.org/P18-1001.pdf", "acl", "P18-1001"),
        ("https://openreview.net/pdf?id=a_b-C", "openreview", "a_b-C"),
        ("https://dl.acm.org/doi/abs/10.1145/3636243.3636256", "doi", "10.1145/3636243.3636256"),
        ("https://link.springer.com/article/10.1007/s11263-023-01891-x", "doi", "10.1007/s11263-023-01891-x"),
        ("https://link.springer.com/10.1007/s11263-023-01891-x", "doi", "10.1007/s11263-023-01891-x"),
        ("http://www.nature.com/articles/srep09082/figures/2", "doi", "10.1038/srep09082"),
        ("https://www.nature.com/articles/nmeth.1618.pdf", "doi", "10.1038/nmeth.1618"),
        ("https://nature.com/articles/nature14539#Sec2", "doi", "10.1038/nature14539"),
        ("https://www.nature.com/articles/323533a0", "doi", "10.1038/323533a0"),
        ("https://www.nature.com/articles/30918.pdf", "doi", "10.1038/30918"),
        ("https://www.nature.com/articles/35053579", "doi", "10.1038/35053579"),
        ("https://www.nature.com/articles/nrg3920", "doi", "10.1038/nrg3920"),
        ("https://www.nature.com/articles/nmat700", "doi", "10.1038/nmat700"),
        ("https://www.nature.com/articles/nnano.2016.70", "doi", "10.1038/nnano.2016.70"),
        ("https://www.nature.com/articles/S41586-024-07566-Y?error=x", "doi", "10.1038/s41586-024-07566-y"),
        ("//arxiv.org/abs/2304.12244", "arxiv", "2304.12244"),
        ("https://arxiv.org/abs/math.GT/0309136v2", "arxiv", "math/0309136"),
        ("https://doi.org/10.48550/arXiv.CS/0112017", "arxiv", "cs/0112017"),
        ("https://arxiv.org/ftp/arxiv/papers/2304/2304.12244.pdf", "arxiv", "2304.12244"),
        ("https://www.alphaxiv.org/overview/2304.12244v1", "arxiv", "2304.12244"),
        ("https://aclanthology.org/2023.acl-long.754.endf", "acl", "2023.acl-long.754"),
        ("http://github.com/A-b/c.d.git", "github", "A-b/c.d"),
        ("git+https://github.com/A/b.git#egg=b", "github", "A/b"),
        ("https://github.com/A/b%20", "github", "A/b"),
        ("https://huggingface.co/datasets/a/raw/main/README.md", "huggingface", "datasets/a"),
        ("https://github.com/A/B#readme", "github", "A/B"),
        ("https://huggingface.co/datasets/a/b?row=1", "huggingface", "datasets/a/b"),
        ("https://orcid.org/0000-0002-1825-0097", "orcid", "0000-0002-1825-0097"),
    ],
)
def test_identify(text: str, scheme: str, value: str) -> None:
    assert identify(text) == Identifier(scheme, value)


SPELLED = "10.1234/tide-1_2(3)"
PAGES = [
    "https://doi.org/{}",
    "http://dx.doi.org/{}",
    "https://doi.org/doi:{}",
    "https://doi.acm.org/{}",
    "https://hdl.handle.net/{}",
    "doi:{}",
    "info:doi/{}",
    "https://publisher.example.org/doi/{}",
    "https://publisher.example.org/doi/abs/{}",
    "https://publisher.example.org/doi/full/{}?needAccess=true#abstract",
    "https://publisher.example.org/content/{}",
    "https://publisher.example.org/content/pdf/{}.pdf",
    "https://publisher.example.org/content/journals/{}",
    "https://publisher.example.org/insight/content/doi/{}/full/html",
    "https://publisher.example.org/articles/{}/full",
    "https://publisher.example.org/article/{}/meta",
    "https://publisher.example.org/tacl/article/doi/{}/123456/Growing-Corpora",
    "https://publisher.example.org/tacl/article-abstract/doi/{}/123456",
    "https://publisher.example.org/tacl/article-pdf/doi/{}/1923235/tacl_a_00288.pdf",
    "https://publisher.example.org/plosone/article?id={}",
    "https://publisher.example.org/article/file?id={}&type=printable",
    "https://api.crossref.org/works/{}",
    "https://api.openalex.org/works/doi:{}",
    "https://api.openalex.org/works/https://doi.org/{}",
    "https://www.biorxiv.org/content/{}v1",
    "https://www.medrxiv.org/content/{}v12.full.pdf",
    "https://www.biorxiv.org/content/{}v1.full-text",
    "https://www.biorxiv.org/content/{}v2.full.pdf+html",
    "https://www.medrxiv.org/content/{}v1.supplementary-material",
    "https://publisher.example.org/x/advance-article-abstract/doi/{}/7277200",
    "https://publisher.example.org/article/{}/fulltext.html",
    "https://publisher.example.org/articles/{}/xml/nlm",
    "https://publisher.example.org/articles/{}/epub",
    "https://api.crossref.org/works/{}/transform/application/x-bibtex",
    "https://publisher.example.org/article/{}/figures/12",
    "https://publisher.example.org/badge/DOI/{}.svg",
    "https://api.datacite.org/dois/{}",
    "https://doi.org/{}%20",
    "https://doi.org/{}%E2%80%8B",
    "DOI {}",
    "DOI: https://doi.org/{}",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_doi_is_read_wherever_a_page_spells_it_out(page: str) -> None:
    assert identify(page.format(SPELLED)) == Identifier("doi", SPELLED)


@pytest.mark.parametrize(
    "text",
    [
        "arXiv preprint arXiv:2212.99999",
        "arXiv:2212.99999 (2022)",
        "arXiv e-prints, arXiv:2212.99999v2, 2022",
        "arXiv:2212.99999 [cs.CL]",
        "arXiv:2212.99999v2 [cs.CL]",
        "2212.99999 [stat.ML]",
        "arXiv:2212.99999v1 [hep-th] 3 Dec 2022",
    ],
)
def test_an_arxiv_id_with_its_class(text: str) -> None:
    """As arXiv asks to be cited, and as it prints on the margin of page 1."""
    assert identify(text) == Identifier("arxiv", "2212.99999")


def test_a_url_is_taken_apart_before_it_is_decoded() -> None:
    assert doi("https://doi.org/10.1234/tide%23one%3Fa") == "10.1234/tide#one?a"
    assert doi("https://doi.org/10.1234/tide?a#one") == "10.1234/tide"
    assert doi("https://doi.org/10.1234%2Ftide%252F") == "10.1234/tide%2f"


def test_what_cannot_be_seen_is_no_part_of_an_identifier() -> None:
    assert identify("https://doi.org/10.1234/ti\u00adde\u200b") == Identifier("doi", "10.1234/tide")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "WizardLM",
        "10.5",
        "2304.1224",
        "2313.12244",
        "https://arxiv.org/",
        "https://github.com/",
        "//x",
        "10.1234/%ff",
        "10.1234/a\x00b",
        f"10.1234/{'a' * 2048}",
        "https://huggingface.co/a/<b>",
        "https://huggingface.co/a/resolve/main/b.bin",
        "https://huggingface.co/a/models",
        "https://huggingface.co/api/models/a/b",
        "https://huggingface.co/subscribe/pro",
        "https://huggingface.co/oauth/authorize?client_id=a",
        "https://huggingface.co/jobs/a/b",
        "https://huggingface.co/papers/trending",
        "https://github.com/stars/a/lists/b",
        "https://github.com/advisories/GHSA-1",
        "https://openreview.net/references/pdf?id=a_b-C",
        "https://github.com/users/a/projects/1",
        "cs/0113001",
        "0703.0001",
        "https://www.nature.com/articles/6600001",  # 10.1038/sj.bjc.6600001
        "https://www.nature.com/articles/nutd201428",  # 10.1038/nutd.2014.28
        "https://www.nature.com/articles/ng0595-1",
        "https://zenodo.org/records/1234567",  # which may have a DOI from elsewhere, and none of Zenodo's
    ],
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
    assert doi("10.1234/\u212aÄ") == "10.1234/\u212aÄ"  # the DOI Handbook: only the letters of ASCII have no case
    assert github("https://GitHub.com/NVlabs/VILA") == "NVlabs/VILA"
