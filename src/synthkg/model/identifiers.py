"""Recognise the identifiers that point at scholarly works and their artifacts, and write each in one normal form.

Each scheme is one function from text to its normal form or ``None``: nothing is fetched and nothing is guessed, so
the same text always gives the same answer. `identify` tries the schemes in `SCHEMES`, the most telling first; a new
scheme is a function and a line there.
Text of over 2,048 characters is no identifier.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from synthkg.model.addresses import INVISIBLE, address_of, candidate_of, tidy, visible, without_bracket
from synthkg.model.iris import escape
from synthkg.model.persons import unaccented

__all__ = [
    "DEVICES",
    "SCHEMES",
    "Identifier",
    "acl",
    "acl_of_doi",
    "arxiv",
    "doi",
    "doi_url",
    "github",
    "huggingface",
    "identify",
    "is_mistyped_orcid",
    "issn",
    "openreview",
    "orcid",
    "slug",
]

_ARXIV = re.compile(
    r"""(?aix)
    (?: (?P<id> (?:07(?:0[4-9]|1[0-2])|(?:0[89]|1[0-4])(?:0[1-9]|1[0-2]))\.\d{4}    # until 2014
              | (?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\d{5} )                       # since 2015
      | (?P<archive> [a-z]+(?:-[a-z]+)?)(?:\.[a-z]{2})?(?P<number> /\d{2}(?:0[1-9]|1[0-2])\d{3}) )  # until March 2007
    (?:v\d+)?"""
)
_DBLP = ("dblp.org", "dblp.uni-trier.de", "dblp.dagstuhl.de")
_CORR = re.compile(r"(?a)rec/(?:html/|rdf/|xml/|bib\d?/|bibtex/)?journals/corr/abs-(\d{4})-(\d{4,5})(?=[./]|$)")
_LPWC = re.compile(r"(?i)^/repository/github\.com(?=/)")
_ARXIV_MIRRORS = (
    "arxiv.org", "xxx.lanl.gov", "ar5iv.org", "alphaxiv.org", "arxiv-vanity.com", "semanticscholar.org",
    "api.semanticscholar.org",
)  # fmt: skip
_ARXIV_CLASS = re.compile(r"(?a)(?<!\s)\s*[\[(][a-z-]{2,20}(?:\.[A-Za-z-]{2,20})?[\])](?:\s+\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4})?$")
_ARXIV_CITED = re.compile(
    r"(?ai)(?:arxiv\s+(?:e-|e|pre)prints?[,:]?\s+)?((?:arxiv:\s*|(?:arxiv|corr),?\s+(?:abs/)?)\S+?)(?:,?\s+\(?(?:19|20)\d\d\)?)?"
)
_ARXIV_PATH = re.compile(r"(?ai)(?:ftp/arxiv/papers/\d{4}|abs|arxiv|pdf|html|format|overview|ps|e-print|src|papers)/")
_DOI = re.compile(r"(?a)10\.\d{4,9}(?:\.\d+)*/[^\s\ufffd\x00-\x20\x7f]+")
_DOI_LABEL = re.compile(r"(?i)^doi(?::\s*|\s+)(?=https?://|10\.)")
_DOI_PREFIX = re.compile(r"(?i)(?:(?:info:|urn:)?doi[:/]\s*)")
_DOI_IN_PATH = re.compile(
    r"(?ai)(?:^|[/:])(?:abs|abstract|articles?|books?|chapters?|content|documents?|dois?|doi\.org|journals|paper|pdf|protocol"
    r"|referenceworkentry|works)[/:]"
    r"(?:[a-z]+[/:])?(?=10\.\d{4,9}/)"
)
_DOI_IN_QUERY = re.compile(r"(?ai)(?:^|&)(?:doi|id|uri)=(?:info:doi/|doi:)?(10\.\d{4,9}(?:/|%2f)[^&]+)")
_DOI_VIEW = re.compile(
    r"(?ai)(?:/(?:full|fulltext(?:\.html)?|pdf|epdf|abstract|html|meta|references|citedby|metrics|epub|xml(?:/nlm)?|bibtex|endnote|agency"
    r"|transform(?:/[a-z/.+-]{1,40})?|(?:figures|tables)(?:/\d{1,3})?)"
    r"|\.(?:(?:full|pdf|abstract|full-text)(?:\+html)?|svg))$"
)
# Others lost their dots, or more: 10.1038/sdata.2016.18 is at articles/sdata201618, 10.1038/sj.bjc.6600001 at articles/6600001.
_NATURE = re.compile(
    r"""(?aix)/articles/
    ( [sd]\d{5}-\d{3}-\d{4,5}-[\da-z] | (?:nature|srep)\d{5} | ncomms\d{4,5}
    | n[a-z]{1,7}\d{3,4} | n[a-z]{1,6}\.\d{1,4}(?:\.\d{1,4})?  # of journals that are called Nature something
    | \d{6,7}[a-z]\d | \d{5} | 35\d{6}  # of Nature: volume and page until 1997, a number until 2001
    )(?![\w-])"""
)
_SILVERCHAIR = re.compile(r"(?a)article[a-z-]{0,20}/doi/$")  # MIT Press, OUP and others: …/doi/<DOI>/<number>/<title>
_SILVERCHAIR_END = re.compile(r"(?a)/\d{4,}(?:/[^/]*)?$")
_RXIV_END = re.compile(r"(?a)v\d+(?:[./].*)?$")  # bioRxiv and medRxiv: …/content/<DOI>v<version>.<view>
_ACL = re.compile(r"(?ai)[a-z]\d{2}-\d{4,5}|(?:19|20)\d{2}\.[a-z0-9_]+-[a-z0-9_]+\.\d+")
_ACL_DOI = "10.18653/v1/"
_ACL_HOSTS = ("aclanthology.org", "aclweb.org", "anthology.aclweb.org", "aclanthology.info", "aclanthology.coli.uni-saarland.de")
_ASCII_LOWER = {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
_OPENREVIEW = re.compile(r"(?a)(?:^|&)id=([\w-]+)")
_GITHUB_CLONE = re.compile(
    r"(?i)^(?:(?:git@|git://|git\+https://)github\.com[:/]"
    r"|(?:git\+)?ssh://git@(?:ssh\.)?github\.com(?::\d{1,5})?[:/]|(?:git\+)?https://[^\s/@]{1,255}@github\.com/)"
)
_GITHUB_OWNER = re.compile(r"(?a)[^\W_][\w-]*")
_HF_CLONE = re.compile(r"(?i)^(?:ssh://)?git@(?:hf\.co|huggingface\.co)[:/]")
_GITHUB_NAME = re.compile(r"(?a)[\w.-]+")
_GITHUB_PAGES = frozenset((
    "about", "account", "advisories", "apps", "codespaces", "collections", "contact", "copilot", "customer-stories", "dashboard",
    "enterprise", "events", "explore", "features", "git-guides", "issues", "join", "login", "marketplace", "models", "new",
    "notifications", "organizations", "orgs", "pricing", "pulls", "readme", "resources", "search", "security", "settings",
    "signup", "site", "solutions", "sponsors", "stars", "team", "topics", "trending", "users",
))  # fmt: skip
_HF_PAGES = frozenset((
    "api", "blog", "buckets", "changelog", "chat", "collections", "course", "datasets", "docs", "enterprise", "inference", "jobs",
    "join", "kernels", "learn", "login", "models", "new", "oauth", "organizations", "posts", "pricing", "settings", "spaces",
    "storage", "subscribe", "tasks", "transformers",
))  # fmt: skip
_HF_INSIDE = frozenset(("blob", "commit", "commits", "discussions", "raw", "resolve", "tree", "viewer"))
_HF_OF_OWNER = frozenset(("activity", "collections", "datasets", "models", "papers", "spaces"))
_ISSN = re.compile(r"(?a)\d{4}-\d{3}[\dX]")
_ORCID = re.compile(r"(?a)\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A ``value`` in the normal form of its ``scheme``, which is a key of `SCHEMES`."""

    scheme: str
    value: str


@lru_cache(maxsize=65536)
def identify(text: str) -> Identifier | None:
    """Recognise an identifier or the URL of one.

    >>> identify("https://arxiv.org/abs/2405.14333v1")
    Identifier(scheme='arxiv', value='2405.14333')
    >>> identify("https://github.com/nlpxucan/WizardLM.")
    Identifier(scheme='github', value='nlpxucan/WizardLM')
    >>> identify("https://osf.io/ctgqx/") is None
    True
    """
    for scheme, recognise in SCHEMES.items():
        if (value := recognise(text)) is not None:
            return Identifier(scheme, value)
    return None


def arxiv(text: str) -> str | None:
    """The arXiv id, without its version, of an id, a URL of arXiv or of a mirror, a DataCite DOI, or dblp's CoRR record.

    >>> arxiv("https://arxiv.org/pdf/2210.05359"), arxiv("http://arxiv.org/abs/arXiv:2306.08568.")
    ('2210.05359', '2306.08568')
    >>> arxiv("arXiv:2405.14333v1"), arxiv("https://arxiv.org/pdf/2104.08826v2.pdf")
    ('2405.14333', '2104.08826')
    >>> arxiv("https://arxiv.org/abs/cs.CL/0301012/"), arxiv("hep-th/9901001v3")
    ('cs/0301012', 'hep-th/9901001')
    >>> arxiv("https://huggingface.co/papers/2306.08568"), arxiv("https://doi.org/10.48550/arXiv.2306.08568")
    ('2306.08568', '2306.08568')
    >>> arxiv("https://dblp.org/rec/journals/corr/abs-2212-10560.html")
    '2212.10560'
    >>> arxiv("https://example.org/abs/2306.08568") is None
    True
    """
    found = _match_arxiv(text)
    return None if found is None else found["id"] or found["archive"].lower() + found["number"]


def doi(text: str) -> str | None:
    """The DOI, the letters of ASCII in lower case, of a DOI or of a URL that spells one out.

    >>> doi("https://doi.org/10.1145/3636243.3636256"), doi("doi:10.1073/PNAS.2305016120.")
    ('10.1145/3636243.3636256', '10.1073/pnas.2305016120')
    >>> doi("https://www.pnas.org/doi/pdf/10.1073/pnas.2305016120?download=true")
    '10.1073/pnas.2305016120'
    >>> doi("http://dx.doi.org/10.1016%2FS2589-0042(23)00537-0)"), doi("https://doi.org/10.1016/S2589-0042(23)00537-0")
    ('10.1016/s2589-0042(23)00537-0', '10.1016/s2589-0042(23)00537-0')
    >>> doi("https://www.frontiersin.org/articles/10.3389/frai.2023.1/full")
    '10.3389/frai.2023.1'
    >>> doi("https://direct.mit.edu/tacl/article/doi/10.1162/tacl_a_99999/123456/Growing-Corpora")
    '10.1162/tacl_a_99999'
    >>> doi("https://www.science.org/doi/suppl/10.1126/science.a1/suppl_file/science.a1_sm.pdf")
    '10.1126/science.a1'
    >>> doi("https://doi.org/10.1234/tide%23one?utm_source=x"), doi("https://doi.org/10.1234/tide#one")
    ('10.1234/tide#one', '10.1234/tide')
    >>> doi("https://www.nature.com/articles/s41467-024-53387-y"), doi("https://www.nature.com/articles/sdata201618")
    ('10.1038/s41467-024-53387-y', None)
    >>> doi("https://example.org/10.1/x") is None
    True
    """
    found = without_bracket(visible(_doi_written(text)))
    return found.translate(_ASCII_LOWER) if _DOI.fullmatch(found) else None


def _doi_written(text: str) -> str:
    """What stands where a DOI stands in a text."""
    text = _DOI_LABEL.sub("", candidate_of(text), count=1)
    address = address_of(text)
    if address is None:
        return unquote(_DOI_PREFIX.sub("", text, count=1))
    path = unquote(address.path)
    if address.host.startswith("doi.") or address.host in ("dx.doi.org", "hdl.handle.net"):
        return _DOI_PREFIX.sub("", path.removeprefix("/").lstrip(), count=1)
    if address.host == "nature.com" and (found := _NATURE.match(path)) is not None:
        return f"10.1038/{found[1]}"
    if address.host == "link.springer.com" and path.startswith("/10."):
        return _doi_of_page(address.host, "", path[1:])
    if (place := _DOI_IN_PATH.search(path)) is not None:
        return _doi_of_page(address.host, path[: place.end()], path[place.end() :])
    in_query = _DOI_IN_QUERY.search(address.query)
    return unquote(in_query[1]) if in_query else ""


def _doi_of_page(host: str, before: str, path: str) -> str:
    """The DOI in the path of a publisher's page, without what the publisher puts behind it."""
    path = path.partition("/suppl_file/")[0]
    if _SILVERCHAIR.search(before):
        path = _SILVERCHAIR_END.sub("", path)
    while view := _DOI_VIEW.search(path, max(0, len(path) - 48)):
        path = path[: view.start()]
    return _RXIV_END.sub("", path) if host.endswith(("biorxiv.org", "medrxiv.org")) else path


def doi_url(doi: str) -> str:
    """The address of a DOI, encoded as RFC 3986 and the DOI Handbook ask; `doi` reads it back.

    >>> doi_url("10.1234/tide#one"), doi(doi_url("10.1234/tide#one"))
    ('https://doi.org/10.1234/tide%23one', '10.1234/tide#one')
    """
    return f"https://doi.org/{escape(doi)}"


def acl(text: str) -> str | None:
    """The ACL Anthology id of an id or a URL.

    >>> acl("https://aclanthology.org/2023.acl-long.754/"), acl("https://www.aclweb.org/anthology/p18-1001.pdf")
    ('2023.acl-long.754', 'P18-1001')
    >>> acl("2020.emnlp-main.743"), acl("https://aclanthology.org/events/acl-2023/")
    ('2020.emnlp-main.743', None)
    """
    candidate = candidate_of(text)
    if (address := address_of(text)) is not None:
        if address.host not in _ACL_HOSTS:
            return None
        candidate = address.path.rstrip("/").rpartition("/")[2]
    candidate = tidy(re.sub(r"(?i)(?:v\d+)?\.(?:pdf|bib|endf|xml)$", "", candidate))
    if _ACL.fullmatch(candidate) is None:
        return None
    return candidate.lower() if "." in candidate else candidate.upper()


def acl_of_doi(doi: str) -> str | None:
    """The ACL Anthology id that a DOI holds, if it is one of those that ACL itself gives.

    >>> acl_of_doi("10.18653/v1/2023.acl-long.754"), acl_of_doi("10.18653/v1/p18-1001"), acl_of_doi("10.1000/1")
    ('2023.acl-long.754', 'P18-1001', None)
    """
    return acl(doi.removeprefix(_ACL_DOI)) if doi.startswith(_ACL_DOI) else None


def openreview(text: str) -> str | None:
    """The id of an OpenReview forum.

    >>> openreview("https://openreview.net/forum?id=H8cx0iO-y-9")
    'H8cx0iO-y-9'
    >>> openreview("https://openreview.net/pdf?id=TPtXLihkny&name=x")
    'TPtXLihkny'
    >>> openreview("https://openreview.net/group?id=ICLR.cc/2024/Conference") is None
    True
    """
    address = address_of(text)
    if address is None or address.host != "openreview.net":
        return None
    if address.path.strip("/") not in ("forum", "pdf", "attachment", "revisions"):  # references/pdf has a revision's id
        return None
    found = _OPENREVIEW.search(address.query)
    return found[1] if found else None


def github(text: str) -> str | None:
    """The ``owner/name`` of the repository that a GitHub URL lies in, in the case in which it was written; also of the IRI
    that Linked Papers With Code made of it.

    >>> github("https://github.com/nlpxucan/WizardLM."), github("git@github.com:ntunlp/kmlm.git")
    ('nlpxucan/WizardLM', 'ntunlp/kmlm')
    >>> github("https://github.com/dptech-corp/Uni-SMART/tree/main/SciLitLLM")
    'dptech-corp/Uni-SMART'
    >>> github("https://linkedpaperswithcode.com/repository/github.com/nlpxucan/wizardlm")
    'nlpxucan/wizardlm'
    >>> github("https://github.com/CONE-MT/LLaMAX/"), github("https://github.com/topics/llm"), github("https://github.com/x")
    ('CONE-MT/LLaMAX', None, None)
    """
    candidate = _GITHUB_CLONE.sub("https://github.com/", text.strip())
    address = address_of(candidate)
    if address is None:
        return None
    host, path = address.host, visible(unquote(address.path))
    if host == "linkedpaperswithcode.com" and (inside := _LPWC.match(path)) is not None:
        host, path = "github.com", path[inside.end() :]
    if host != "github.com":
        return None
    owner, _, rest = path.strip("/").partition("/")
    name = rest.partition("/")[0].partition("@")[0].removesuffix(".git").rstrip(".")
    if owner.lower() in _GITHUB_PAGES or not _GITHUB_OWNER.fullmatch(owner) or not _GITHUB_NAME.fullmatch(name):
        return None
    return f"{owner}/{name}"


def huggingface(text: str) -> str | None:
    """What a Hugging Face URL shows: ``owner/model``, ``datasets/owner/name`` or ``papers/<arXiv id>``.

    >>> huggingface("https://huggingface.co/datasets/Vivacem/MMIQC/viewer"), huggingface("https://hf.co/gpt2/")
    ('datasets/Vivacem/MMIQC', None)
    >>> huggingface("https://huggingface.co/WizardLM/WizardLM-13B-V1.2/tree/main")
    'WizardLM/WizardLM-13B-V1.2'
    >>> huggingface("https://huggingface.co/papers/2306.08568"), huggingface("https://huggingface.co/datasets/gsm8k")
    ('papers/2306.08568', 'datasets/gsm8k')
    >>> huggingface("https://huggingface.co/roneneldan"), huggingface("https://huggingface.co/spaces/a/b")
    (None, None)
    >>> huggingface("https://huggingface.co/gpt2/tree/main"), huggingface("https://huggingface.co/roneneldan/datasets")
    (None, None)
    """
    address = address_of(_HF_CLONE.sub("https://huggingface.co/", text.strip()))
    if address is None or address.host not in ("huggingface.co", "hf.co"):
        return None
    parts = [part.removesuffix(".git") for part in visible(unquote(address.path)).split("/") if part][:3]
    if not all(_GITHUB_NAME.fullmatch(part) for part in parts):
        return None
    match parts:
        case ["papers", paper, *_]:
            return f"papers/{id}" if (id := arxiv(paper)) else None
        case ["datasets", name]:
            return f"datasets/{name}"
        case ["datasets", owner, name, *_]:
            return f"datasets/{owner}" if name in _HF_INSIDE else f"datasets/{owner}/{name}"
        case [owner, name, *_] if owner not in _HF_PAGES and name not in _HF_INSIDE | _HF_OF_OWNER:
            return f"{owner}/{name}"
    return None


def orcid(text: str) -> str | None:
    """The ORCID iD of an iD or its URL, if its check digit holds.

    >>> orcid("https://orcid.org/0000-0002-1825-0097?lang=de"), orcid("0000-0002-1694-233x"), orcid("0000-0002-1825-0098")
    ('0000-0002-1825-0097', '0000-0002-1694-233X', None)
    """
    candidate = _orcid_candidate(text)
    if not _ORCID.fullmatch(candidate):
        return None
    total = 0
    for digit in candidate.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return candidate if candidate[-1] == "0123456789X"[check] else None


def is_mistyped_orcid(text: str) -> bool:
    """Whether a text has the form of an ORCID iD, or of its URL, and is none, since its check digit does not hold.

    >>> is_mistyped_orcid("0000-0002-1825-0098"), is_mistyped_orcid("0000-0002-1825-0097"), is_mistyped_orcid("Ada Lovelace")
    (True, False, False)
    """
    return _ORCID.fullmatch(_orcid_candidate(text)) is not None and orcid(text) is None


def _orcid_candidate(text: str) -> str:
    """What has the form of an ORCID iD, if anything in the text can be one."""
    candidate = re.sub(r"(?i)^orcid(?:\s+id)?:\s*", "", candidate_of(text))
    if (address := address_of(candidate)) is not None:
        candidate = tidy(address.path).strip("/") if address.host == "orcid.org" else ""
    return candidate.upper()


def issn(text: str) -> str | None:
    """The ISSN that a text is, if its check digit holds (ISO 3297).

    >>> issn("2307-387x"), issn("0378-5955"), issn("0378-5956")
    ('2307-387X', '0378-5955', None)
    """
    candidate = text.strip().upper()
    if not _ISSN.fullmatch(candidate):
        return None
    digits = (10 if char == "X" else int(char) for char in candidate.replace("-", ""))
    return candidate if sum(weight * digit for weight, digit in zip(range(8, 0, -1), digits, strict=True)) % 11 == 0 else None


SCHEMES: dict[str, Callable[[str], str | None]] = {
    "arxiv": arxiv,
    "acl": acl,
    "openreview": openreview,
    "doi": doi,
    "github": github,
    "huggingface": huggingface,
    "orcid": orcid,
}


DEVICES = "con|prn|aux|nul|com[0-9]|lpt[0-9]"
"""What no file of Windows can be called, whatever its ending."""


def slug(text: str, words: int = 5) -> str:
    """Mint a readable id: the short name before a title's colon, or else its first ``words`` words.

    Of what no file can be called there are more words. Text without a letter or digit of ASCII gives the empty string: the caller
    knows what else to call the thing.

    >>> slug("WizardLM: Empowering large language models to follow complex instructions")
    'wizardlm'
    >>> slug("Orca 2: Teaching small language models how to reason"), slug("VILA$^2$: VILA Augmented VILA")
    ('orca-2', 'vila2')
    >>> slug("Textbooks Are All You Need II: phi-1.5 technical report", words=6)
    'textbooks-are-all-you-need-ii'
    >>> slug("Q: How to Specialize Large Vision-Language Models"), slug("Mind's eye: Grounded"), slug("仲景")
    ('q-how-to-specialize-large', 'minds-eye', '')
    >>> slug("AUX: A Tidal Loss"), slug("Con")
    ('aux-a-tidal-loss', 'the-con')
    >>> slug("Große Straßen in Łódź")
    'grosse-strassen-in-lodz'
    """
    name, colon, _ = text.partition(":")
    short = _words(name)
    if colon and 1 <= len(short) <= 3 and len("".join(short)) > 1 and not re.fullmatch(DEVICES, "-".join(short)):
        return "-".join(short)[:80].strip("-")
    id = "-".join(_words(text)[:words])[:80].strip("-")
    return f"the-{id}" if re.fullmatch(DEVICES, id) else id


def _words(text: str) -> list[str]:
    """The ASCII words of a text in lower case, a hyphenated word being one."""
    folded = unicodedata.normalize("NFKD", unaccented(text)).encode("ascii", "ignore").decode()
    tokens = re.sub(r"[$^{}'`*]|\\[a-z]+", "", folded).split()
    words = (re.sub(r"[^a-z0-9]+", "-", token).strip("-") for token in tokens)
    return [word for word in words if word]


def _match_arxiv(text: str) -> re.Match[str] | None:
    candidate = _ARXIV_CLASS.sub("", candidate_of(text))
    if "10.48550/" in unquote(text):
        candidate = doi(text) or ""
    elif (address := address_of(text)) is not None:
        host, path = address.host, INVISIBLE.sub("", unquote(address.path)).lstrip("/")
        if host in _ARXIV_MIRRORS or host.endswith(".arxiv.org"):
            candidate = _ARXIV_PATH.sub("", path, count=1)
        elif host in ("huggingface.co", "hf.co") and path.startswith("papers/"):
            candidate = path.removeprefix("papers/")
        elif host in _DBLP and (record := _CORR.match(path)) is not None:
            candidate = f"{record[1]}.{record[2]}"
        else:
            return None
    elif (record := _CORR.fullmatch(f"rec/{re.sub('(?i)^dblp:', '', candidate)}")) is not None:
        candidate = f"{record[1]}.{record[2]}"
    if (cited := _ARXIV_CITED.fullmatch(candidate)) is not None:
        candidate = tidy(cited[1])
    candidate = re.sub(r"(?i)^(?:10\.48550/)?(?:arxiv[:.]\s*|(?:(?:arxiv|corr),?\s+)?abs/|(?:arxiv|corr),?\s+)", "", candidate)
    return _ARXIV.fullmatch(tidy(re.sub(r"(?i)\.(?:pdf|html)$", "", candidate)))
