"""What the words of a link, of a header or of a venue tell: is it a title, or does it only say what is behind it.

Lists are written in many languages and by many hands; what is common to them is a small stock of labels. Everything that is not
in the stock is taken for somebody's own words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from synthkg.model import IDENTIFIERS, identify, is_archive_doi, normal_url

__all__ = [
    "CODE", "PAPER", "VENUE", "is_beside", "is_generic", "is_paper_url", "is_person_url", "is_venue_word", "is_web",
    "kind_of", "role_of", "words_of",
]  # fmt: skip

PAPER, CODE, OTHER = "paper", "code", "other"

_PAPER = """
    abs abstract acl acm aclweb alpharxiv alphaxiv anthology archive arxiv article ar5iv biorxiv book chapter doi
    doc document download fulltext full here html ieee link links manuscript mdpi medrxiv nature openaccess
    openreview original paper papers pdf pdfs preprint proceedings pub publication pubmed read report science
    sciencedirect semanticscholar source springer ssrn text ss thesis tech technical url version 论文 論文 論文リンク 论文链接
    链接 連結 原文 文章 地址 논문 링크 статья ссылка статьи artículo enlace papier lien
    ورقة الورقة مقال مقاله מאמר makale makalah artykuł стаття článek artigo artículos articolo
"""
_CODE = """
    code codes codebase git github gitee gitlab homepage implementation implementations octocat project projects
    projectpage pytorch repo repository repos jax keras tensorflow tf torch website web site page webpage star
    stars respository kod python matlab cpp java julia caffe mxnet reference 代码 项目 主页 源码 仓库 代码链接 项目主页
    プロジェクト コード     코드 код código كود الكود שפרה קוד kód kode
"""
_OTHER = """
    api app appendix author authors benchmark bib bibtex blog blogpost card checkpoint checkpoints cite citation
    citations cited colab collection config contributing contributions count data database dataset datasets demo demos
    discussion docs
    documentation face files forks gradio hf hugging huggingface interview issue issues leaderboard license media
    materials medium model models modelscope news note notebook notes package playground podcast ppt slideshow post poster
    presentation press pull release request requests results
    review reviews short long slide slides space spaces summary supp supplement
    supplementary supplemental talk thread tool toolkit tutorial tweet twitter video videos weights wiki youtube
    zenodo 数据 数据集 模型 博客 视频 知乎 演示 解读
"""
_FILLERS = """
    a an and at by coming construction for from in more my no not of official on or our see soon the this to under
    unofficial view with extended camera ready conference journal venue workshop main findings oral spotlight best
    award outstanding accepted appear industry track system datasets benchmarks preprint year new published early
    access asia reading short long demo v1 v2 v3 v4 v5 part 官方 非官方
"""
_KINDS = {
    **dict.fromkeys(_OTHER.split(), OTHER),
    **dict.fromkeys(_CODE.split(), CODE),
    **dict.fromkeys(_PAPER.split(), PAPER),
}
_STOCK = {*_KINDS, *_FILLERS.split()}
_NAMES = {"STaR"}  # works that are called like a stock word, but for its letters' case
_MONTHS = {
    *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "january", "february", "march"),
    *("april", "june", "july", "august", "september", "october", "november", "december"),
}
_VENUES = """
    AAAI AACL AAMAS ACCV ACL ACML ACMMM ACMMultimedia AISTATS ALT APSIPA ASE ASPLOS ASRU ATC AutoML Bioinformatics
    BIBM BioNLP BMVC CACM CASE CAV CCS CEC CHI CHIIR CIKM CLEF CLVision COLING COLM COLT CONLL CoNLL CoLLAs CoLM
    CoRL CSUR CVIU CVPR CVPRW DAC DASFAA DATE EACL ECAI ECCV ECCVW ECIR ECML EDBT EDM EMNLP EuroSys FAccT FAST FG
    FPGA FSE GECCO HCOMP HPCA HPDC HRI HotOS ICAPS ICASSP ICCAD ICCV ICCVW ICDAR ICDE ICDM ICIP ICLR ICME ICML
    ICMLA ICMLW ICONIP ICPR ICRA ICSE ICWSM IEEE IJCAI IJCNN IJCNLP IJCV IJRR INLG INTERSPEECH Interspeech IROS
    ISCA ISIT ISSTA ISWC ITSC IUI IV IVA IWSLT JAIR JAMA JMLR JMLC KDD LAK LoG LREC MICCAI MICRO MIDL MLSys MLHC
    MM MobiCom MSR NAACL NDSS NeurIPS NeurlPS Neurips NIPS NLPCC NLPIR NSDI OOPSLA OSDI PACLIC PACT PAKDD PAMI
    PLDI PMLR PNAS POPL PPoPP PRL RANLP RAL RecSys RSS SaTML SANER SC SDM SIGCOMM SIGCSE SIGDIAL SIGGRAPH SIGIR
    SIGKDD SIGMOD SLT SOSP SODA SSRN STOC TACL TASLP TCSVT THRI TIST TIP TIFS TKDD TKDE TMC TMI TMLR TMM TNNLS TNN
    TOCHI TODS TOG TOIS TOSEM TPAMI TREC TRO TSE TVCG UAI UbiComp UIST UMAP USENIX VIS VLDB WACV WSDM WWW XAI
    arXiv arxiv ArXiv Arxiv ARXIV Arxive CoRR bioRxiv medRxiv OpenReview Preprint Nature Science 3DV EG IEEEVIS
    EMBC EuroVis ECML-PKDD PR NN TASE ISMAR JBHI MedIA CGF BIBE AISTAT *SEM SemEval CLeaR NeSy Findings ToG
    TheWebConf LNCS Arvix Eurographics Sensors
""".split()  # noqa: SIM905
_WORDS_TOO = {"PR", "NN", "IV", "SC", "MM", "EG", "Science", "Nature", "Sensors"}
_VENUE_NAME = "|".join(re.escape(name) for name in sorted(set(_VENUES) - _WORDS_TOO, key=lambda name: (-len(name), name)))
_OF_ANOTHER = r"(?<!Transactions of )(?<!Transactions of the )"
VENUE = re.compile(
    rf"(?<![\w-]){_OF_ANOTHER}(?:Findings of (?:the )?)?(?:{_VENUE_NAME})(?![\w])"
    r"(?:[ -]?(?:Findings|Workshops?|W|Main|Demo|D&B)\b)?"
    r"(?:[ ,'’‘.:-]{0,2}(?:(?:19|20)\d\d(?:[.-]\d\d?)?|\d\d)\b)?(?:[ ,]?\(?(?:Findings|Workshops?|Oral|Spotlight)\)?)?"
)
_VENUE_WORDS = {name.casefold() for name in _VENUES}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ID = re.compile(r"(?i)(?:arxiv:?\s?)?\d{4}\.\d{4,5}(?:v\d+)?|(?:doi:?\s{0,2})?10\.\d{4,9}/\S+|\S*://\S*|www\.\S+")
_CJK = re.compile(
    "(?:论文|論文|代码|链接|連結|地址|主页|项目|原文|数据集?|官方|开源|解读|博客|视频|文章|名称|下载|网站|实现|仓库|在线|阅读|作者|官网|中文|英文|资料)+"
)
_DATED = re.compile(r"[(\[][^()\[\]]{1,80}(?:['’](?:[0129]\d)|(?:19|20)\d\d)\s?[)\]]")
_COMPOUND = re.compile(r"(?i)(?<![\w-])[a-z]{2,20}-(?:by|for|from|in|of|to|with)-[a-z]{2,20}(?![\w-])")
_COUNTED = re.compile(r"[a-z]{4,}\d")
_FROM = re.compile(r"(?i)(?:\w+ )?(?:notes?|slides?|summary|blogs?|post) (?:from|by) \S+(?: \S+)?")
_POINTING = re.compile(r"(?:[Tt]his|[Tt]hat|[Tt]he|[Oo]ur) (?:[a-z]+ )?(?:article|paper|report|survey)")
_SHORTCODE = re.compile(r":[a-z0-9_+-]+:")
_WITHIN = re.compile(r"https?://(?:img\.shields\.io/|github\.com/[^/#]+/[^/#]+(?:/(?:blob|tree)/[^#]*)?/?#)")
_PAPER_HOSTS = re.compile(
    r"https://(?:papers\.(?:nips|neurips)\.cc|proceedings\.neurips\.cc|openaccess\.thecvf\.com|proceedings\.mlr\.press|jmlr\.org|"
    r"ojs\.aaai\.org|aaai\.org/ojs|(?:dl|doi)\.acm\.org|ieeexplore\.ieee\.org|link\.springer\.com|sciencedirect\.com|ijcai\.org|usenix\.org|"
    r"semanticscholar\.org|api\.semanticscholar\.org|isca-speech\.org|isca-archive\.org|ecva\.net|papers\.ssrn\.com|nature\.com|pnas\.org|biorxiv\.org|"
    r"medrxiv\.org|onlinelibrary\.wiley\.com|direct\.mit\.edu|mitpressjournals\.org|aclweb\.org|aclanthology\.org|arxiv\.org|"
    r"dspace\.|tdcommons\.org|science\.org|cell\.com|academic\.oup\.com|mdpi\.com|frontiersin\.org)"
)
_PRINTED = re.compile(r"(?i)^[^?#]*\.(?:pdf|ps|djvu)(?:\.gz)?(?:[?#]|$)")
_PERSONS = re.compile(
    r"https://(?:scholar\.google\.[a-z.]{2,6}/citations\?|orcid\.org/|linkedin\.com/in/|(?:twitter|x)\.com/[^/]+$|dblp\.org/pid/|"
    r"openreview\.net/profile\?|aclanthology\.org/people/|semanticscholar\.org/author/|researchgate\.net/profile/|github\.com/[^/]+$)"
)
_ROLES = {
    "title": """
        article articles paper papers title titles 论文 论文标题 论文名称 标题 题目 论文题目 論文 タイトル 제목 논문 título
        titre titel         artikel artículo статья название
    """,
    "name": """
        algorithm approach approaches benchmark benchmarks corpus data dataset datasets framework library llm
        llms method methods model models name names resource resources survey surveys system systems task tool
        tools technique work works what 模型 方法 名称 数据集 工具 框架 算法 模型名称 モデル 手法 모델 방법 이름 nombre nom
        modèle modell         имя модель
    """,
    "url": """
        address link links pdf url urls arxiv abs preprint doi 链接 论文链接 地址 连接 リンク 링크 enlace lien ссылка
    """,
    "code": """
        code codes github git implementation implementations project projects repo repos repository website
        homepage 代码 项目 开源 主页 源码 代码链接 项目地址 コード 코드 código код
    """,
    "venue": """
        conference conferences journal journals proceedings publication published publisher pub venue venues
        where 会议 期刊 发表 来源 出处 会议期刊 会议/期刊 会议名称 发表会议 会議 학회 conferencia revue konferenz
        конференция журнал
    """,
    "authors": """
        author authors 作者 著者 저자 autores auteurs autoren авторы institution institutions affiliation
        affiliations organization organisation 机构 单位 org company
    """,
    "date": """
        date dates year years time month published_date when 年份 时间 日期 发布时间 年 날짜 año année jahr год дата
        released release submitted
    """,
    "other": """
        id no number rank index 序号 编号 abstract summary description notes note comment comments tags tag
        keywords domain size params parameters language license highlights tl;dr tldr 简介 摘要 说明 备注 关键词 stars
        star
    """,
}
_ROLE_OF = {word: role for role, words in reversed(_ROLES.items()) for word in words.split()}
_FIRST = ("title", "code", "url", "venue", "authors", "date", "name", "other")


def words_of(label: str) -> list[str]:
    """The words of a label in lower case, without marks and emoji.

    >>> words_of("[[Code]] :star:")
    ['code', 'star']
    """
    return [word.casefold() for word in _WORD.findall(label.replace("_", " "))]


@lru_cache(maxsize=65536)
def is_generic(label: str) -> bool:
    """Whether a link's label says only what is behind it or where it appeared: "pdf", "ACL 2023", "17 Nov 2022", an address.

    >>> [is_generic(label) for label in ("[Paper]", "CVPR2020", "arXiv, 24 Aug 2025", "论文链接", "https://x.org", "📄")]
    [True, True, True, True, True, True]
    >>> [is_generic(label) for label in ("code2", "Reading Note from Ada", "this survey paper", "SIGGRAPH Asia", "pull request")]
    [True, True, True, True, True]
    >>> [is_generic(label) for label in ("BERT", "A Study of This", "Paper Mario", "STaR", "Text-to-Video Report")]
    [False, False, False, False, False]
    """
    text = label.strip()
    if "://" in text or any(form.fullmatch(text) for form in (_DATED, _FROM, _POINTING)):
        return True
    if len(text) > 200:
        return False
    text = _SHORTCODE.sub(" ", text)
    if _ID.fullmatch(text.strip(" []()<>*`")) is not None:
        return True
    words = _WORD.findall(text.replace("_", " "))
    if re.search(r"(?i)\bet\.? al\b", text) and len(words) < 8:
        return True
    if len(words) == 1 and len(text) == 1 and text.isascii():
        return text.islower()
    return not _COMPOUND.search(text) and all(map(_is_stock, words))


def _is_stock(word: str) -> bool:
    if word in _NAMES:
        return False
    own = _uncounted(word.casefold())
    if _CJK.fullmatch(own) is not None:
        return True
    if own in _STOCK or own in _MONTHS or own in _VENUE_WORDS or own.isdigit() or re.fullmatch(r"\d+(?:st|nd|rd|th)?", own):
        return True
    bare = re.sub(r"(?:19|20)?\d\d[a-z]?$", "", own).rstrip("'’")
    return bare in _VENUE_WORDS or (bare in _MONTHS and bare != own)


def _uncounted(word: str) -> str:
    """A word of the stock without the digit that counts it: "code2"."""
    return word[:-1] if _COUNTED.fullmatch(word) and word[:-1] in _KINDS else word


def kind_of(label: str, url: str) -> str:
    """What is behind a link: a paper, code (or a page of the project), or something else.

    >>> kind_of("Paper", "https://x.org/a"), kind_of("abs", "https://arxiv.org/abs/2304.12244"), kind_of("here", "https://github.com/a/b")
    ('paper', 'paper', 'code')
    >>> kind_of("Slides", "https://x.org/slides.pdf"), kind_of("ACL 2023", "https://x.org")
    ('other', 'paper')
    """
    scheme = scheme_of(url)
    if scheme in IDENTIFIERS and is_paper_url(url):
        return PAPER
    words = [_uncounted(word) for word in words_of(_SHORTCODE.sub(lambda code: code[0].strip(":"), label))]
    kinds = {_KINDS[word] for word in words if word in _KINDS}
    if scheme == "github":
        return OTHER if OTHER in kinds and CODE not in kinds else CODE
    if scheme == "huggingface":
        return OTHER
    if OTHER in kinds and CODE not in kinds and PAPER not in kinds:
        return OTHER
    if PAPER in kinds and CODE not in kinds:
        return PAPER
    if CODE in kinds:
        return CODE
    if is_paper_url(url) or (words and all(map(_is_stock, words)) and any(map(is_venue_word, words))):
        return PAPER
    return OTHER


def is_venue_word(word: str) -> bool:
    """Whether a word in lower case is the short name of a venue, perhaps with a year."""
    return re.sub(r"(?:19|20)?\d\d$", "", word) in _VENUE_WORDS


@lru_cache(maxsize=65536)
def scheme_of(url: str) -> str:
    """The scheme of the identifier that an address holds; nothing if it holds none."""
    found = identify(url)
    return found.scheme if found is not None else ""


@lru_cache(maxsize=65536)
def is_paper_url(url: str) -> bool:
    """Whether an address alone tells that a paper is behind it.

    >>> is_paper_url("https://papers.nips.cc/paper/1.pdf"), is_paper_url("papers/1.pdf"), is_paper_url("https://github.com/a/b")
    (True, True, False)
    >>> is_paper_url("https://doi.org/10.5281/zenodo.1234567")
    False
    """
    found = identify(url)
    if found is not None:
        is_paper = found.scheme in IDENTIFIERS and not (found.scheme == "doi" and is_archive_doi(found.value))
        return is_paper or found.value.startswith("papers/")
    return is_web(url) and (_PAPER_HOSTS.match(normal_url(url)) is not None or _PRINTED.search(url) is not None)


def is_person_url(url: str) -> bool:
    """Whether an address alone tells that a person is behind it.

    >>> is_person_url("https://scholar.google.com/citations?user=x"), is_person_url("https://github.com/a/b")
    (True, False)
    """
    return _PERSONS.match(normal_url(url)) is not None


def is_web(url: str) -> bool:
    """Whether an address leads out of the document and its folder, or to a printed text that lies there.

    >>> is_web("https://x.org"), is_web("papers/codd.pdf"), is_web("notes/codd.md"), is_web("#codd")
    (True, True, False, False)
    """
    address = url.casefold()
    if _WITHIN.match(address) is not None:
        return False
    return is_beside(url) or address.startswith(("http://", "https://", "arxiv:", "www.")) or scheme_of(url) != ""


def is_beside(url: str) -> bool:
    """Whether an address is that of a printed text beside the document, which nobody else can follow.

    >>> is_beside("papers/codd.pdf"), is_beside("https://x.org/codd.pdf"), is_beside("www.x.org/codd.pdf")
    (True, False, False)
    """
    return _PRINTED.search(url) is not None and ":" not in url and not url.casefold().startswith(("www.", "//"))


def role_of(header: str) -> str | None:
    """Which field a column holds, from the words of its header.

    >>> [role_of(header) for header in ("Paper", "Published in", "Code/Project", "论文", "Model", "Paper Link", "Year", "Size")]
    ['title', 'venue', 'code', 'title', 'name', 'url', 'date', 'other']
    """
    words = words_of(header)
    if not words:
        return None
    whole = header.strip().casefold()
    found = {_ROLE_OF[word] for word in (whole, *words) if word in _ROLE_OF}
    if {"title", "url"} <= found and not {"title", "titles"} & set(words):
        return "url"
    return next((role for role in _FIRST if role in found), None)
