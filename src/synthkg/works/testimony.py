"""What a row says that it is about: its title, the identifiers and things behind its links, and what stands around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from synthkg.model import IDENTIFIERS, Entry, Identifier, identify, is_url, normal_url
from synthkg.reading import links, plain

__all__ = ["NOTHING", "Appeared", "Aside", "Claim", "Thing", "read_claim", "read_thing"]

_CODE_HOSTS = ("gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com")
_PLACE = re.compile(r"(?i)(?:code|default|home|index|main|page|projects?|tree|view|v\d)?")
_FILE = re.compile(r"/(?:blob|raw)/|\.pdf$", re.IGNORECASE)
_BLOG = re.compile(
    r"https://(?:[^/]*\.)?(?:blog\.|blogs?\.|medium\.com|substack\.com|towardsdatascience\.com|wordpress\.com|lesswrong\.com)|/(?:blog|blogs|posts?)(?:/|$)"
)


@dataclass(frozen=True, slots=True)
class Appeared:
    """Where a work appeared, as the fields of an entry of a bibliography have it: the type of version, the name of the venue, the
    year, the pages.
    """

    type: str | None = None
    venue: str = ""
    year: int | None = None
    pages: str | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """What a row says around its fields.

    Attributes:
        text: Its words.
        authors: The authors, where it enumerates them whole.
        addresses: Further addresses of papers.
        title: The title, where the file's form writes it otherwise than it reads.
        named: The authors that it names, be they all or some.
        appeared: Where the work appeared, where the file's form has fields for that.
        teams: Those of the authors that are no persons, where the file's form tells them apart.
    """

    text: str = ""
    authors: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    title: str = ""
    named: tuple[str, ...] = ()
    appeared: Appeared | None = None
    teams: frozenset[str] = frozenset()


NOTHING = Aside()


@dataclass(frozen=True, slots=True)
class Thing:
    """What a URL shows that is no paper: ``key`` tells whether two URLs show the same."""

    key: str
    type: str
    url: str
    name: str
    owner: str = ""


@dataclass(slots=True)
class Claim:
    """One entry, read: what it says it is about. ``reasons`` say why it joined earlier entries."""

    number: int
    title: str
    url: str
    venue: str
    identifier: Identifier | None
    things: tuple[Thing, ...]
    is_thing: bool
    aside: Aside = NOTHING
    reasons: list[str] = field(default_factory=list)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All identifiers of papers in the row, that of its link first."""
        found = [self.identifier, *map(identify, self.aside.addresses)]
        return tuple(dict.fromkeys(each for each in found if each is not None and each.scheme in IDENTIFIERS))

    @property
    def key(self) -> str:
        """What tells two rows of one short title apart: the identifier, or the page."""
        return f"{self.identifier.scheme} {self.identifier.value}" if self.identifier else normal_url(self.url)


def read_claim(number: int, entry: Entry, aside: Aside = NOTHING) -> Claim:
    """Read the cells of one entry, and what stands around them.

    >>> claim = read_claim(1, Entry(title="**A**.", url="https://arxiv.org/pdf/2304.12244v2", code="https://github.com/x/Y"))
    >>> claim.title, claim.identifier.value, [thing.key for thing in claim.things]
    ('A', '2304.12244', ['github x/y'])
    """
    title = _whole_title(aside.title or plain(entry.title or "")) or (entry.title or "").strip() or f"Entry {number}"
    url, code = (entry.url or "").strip(), (entry.code or "").strip()
    inside = [link.url for link in links(code)] or [code]
    own = read_thing(url)
    is_thing = own is not None and (own.type != "project" or _BLOG.search(normal_url(url)) is not None) and not _FILE.search(url)
    things = [own] if own and is_thing else []
    things += [thing for each in inside if (thing := read_thing(each)) is not None]
    found = identify(url)
    identifier = found if found and found.scheme in IDENTIFIERS else None
    return Claim(number, title, url, entry.venue or "", identifier, tuple(things), is_thing, aside)


def _whole_title(title: str) -> str:
    """A title without the full stop of the list."""
    return title if title.endswith("..") else title.rstrip(". ")


def read_thing(url: str) -> Thing | None:
    """What kind of artifact a URL shows, guessed from its host; a paper's URL shows none.

    >>> [read_thing(url).name for url in ("https://x.org/ebb/index.html", "https://x.org/view/ebb/home", "https://x.org/", "https://x.org/r/12")]
    ['ebb', 'ebb', 'x', 'x 12']
    """
    if not is_url(url):
        return None
    found = identify(url)
    host, *path = normal_url(url).removeprefix("https://").partition("?")[0].split("/")
    match found:
        case Identifier("github", value):
            owner, _, name = value.partition("/")
            return Thing(f"github {value.lower()}", "code", f"https://github.com/{value}", name, owner)
        case Identifier("huggingface", value):
            *_, owner, name = ["", *value.removeprefix("datasets/").split("/")]
            kind = "dataset" if value.startswith("datasets/") else "model"
            return Thing(f"huggingface {value.lower()}", kind, f"https://huggingface.co/{value}", name, owner)
        case Identifier(scheme) if scheme in IDENTIFIERS:
            return None
    if host in _CODE_HOSTS and len(path) > 1:
        return Thing(normal_url(url), "code", url, path[1].removesuffix(".git"), path[0])
    own = host.removeprefix("www.").partition(".")[0]
    names = (re.sub(r"(?i)\.(?:html?|github\.io)$", "", each) for each in reversed(path))
    last = next((each for each in names if not _PLACE.fullmatch(each)), own)
    return Thing(normal_url(url), "project", url, f"{own} {last}" if last.isdigit() else last)
