"""The records of the knowledge graph: frozen types that know no RDF and no files.

One word per thing: a YAML key is the record's field, and the ontology gives the term of the same word as its
``synthkg:key``. Records refer to each other by id. ``Annotated`` markers tell the catalog what a string must be:
`Ref` (the id of a record of another folder), `Concept` (a concept of a scheme), `Kind` (a class with that key), `IsUrl`,
`IsDate`, `IsRow`, `IsTopic`, `IsOwnTopic`; and what a number may be: `AtMost`. What a value must look like beyond that is said
once, by the SHACL shapes. ``draft`` marks a record that is not finished: it takes part in matching, and is in no count, no page
and no dump.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, ClassVar


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a string as the id of a record in ``data/<folder>/``."""

    folder: str


@dataclass(frozen=True, slots=True)
class Concept:
    """Marks a string as a concept of ``concept/<scheme>/``."""

    scheme: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Marks a string as the key of a subclass of the ontology class ``name``."""

    name: str


@dataclass(frozen=True, slots=True)
class AtMost:
    """Marks a number as one from 0 to ``limit``."""

    limit: int


class IsUrl:
    """Marks a string as an absolute http(s) URL."""


class IsDate:
    """Marks a string as YYYY, YYYY-MM or YYYY-MM-DD; YAML's own dates are welcome."""


class IsTopic:
    """Marks a string as ``scheme/id`` of a concept that a heading can name, or ``none``."""


class IsOwnTopic:
    """Marks a string as ``scheme/id`` of a concept that the data folder itself brings, as a `Topic`."""


class IsRow:
    """Marks a string as the template of a row: fields in braces, literal braces doubled."""


Url = Annotated[str, IsUrl]
Date = Annotated[str, IsDate]
Row = Annotated[str, IsRow]
TopicId = Annotated[str, IsTopic]
OwnTopicId = Annotated[str, IsOwnTopic]
Width = Annotated[int, AtMost(10_000)]
PaperId = Annotated[str, Ref("papers")]
MethodId = Annotated[str, Ref("methods")]
ArtifactId = Annotated[str, Ref("artifacts")]
VenueId = Annotated[str, Ref("venues")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where facts were read. ``supports`` points at them (``title``, ``versions.acl-2023.track``); none means all."""

    source: Url
    kind: Annotated[str, Concept("evidence")]
    read: Date | None = None
    supports: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """One author as the paper prints the name (in YAML a plain name will do); identified only where a source says who.

    ``group`` marks a team, a laboratory or a consortium, whose name has no family name in it.
    """

    shorthand: ClassVar[str] = "name"

    name: str
    group: bool = False
    orcid: str | None = None
    acl: str | None = None
    openreview: str | None = None
    dblp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One publication of a paper. ``title`` and ``authors`` stand here only where they differ from the paper's."""

    id: str
    type: Annotated[str, Kind("Version")]
    title: str | None = None
    earlier_titles: tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    date: Date | None = None
    venue: VenueId | None = None
    year: int | None = None
    track: Annotated[str, Concept("track")] | None = None
    presentation: Annotated[str, Concept("presentation")] | None = None
    workshop: str | None = None
    pages: str | None = None
    arxiv: str | None = None
    doi: str | None = None
    acl: str | None = None
    openreview: str | None = None
    url: Url | None = None


IDENTIFIERS = ("arxiv", "doi", "acl", "openreview")
"""The fields of a version that say which it is, the most telling first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesis:
    """One act of making data with a model: teachers wrote ``dataset`` from ``seeds``; ``students`` were trained on it.

    ``id`` tells it from the paper's other ones.
    """

    id: str
    teachers: tuple[ArtifactId, ...] = ()
    seeds: tuple[ArtifactId, ...] = ()
    dataset: ArtifactId | None = None
    size: str | None = None
    students: tuple[ArtifactId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinction:
    """A declaration that two papers which look alike are two works, and why."""

    paper: PaperId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refutation:
    """A declaration that a list is wrong to put this work under headings that name ``concept``, and why."""

    concept: TopicId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A scholarly work, once, however many versions and rows it has."""

    folder: ClassVar[str] = "papers"

    id: str
    draft: bool = False
    title: str
    summary: str | None = None
    formerly: tuple[str, ...] = ()
    contributions: tuple[Annotated[str, Concept("contribution")], ...] = ()
    authors: tuple[Author, ...] = ()
    versions: tuple[Version, ...] = ()
    stages: tuple[Annotated[str, Concept("stage")], ...] = ()
    domains: tuple[Annotated[str, Concept("domain")], ...] = ()
    techniques: tuple[Annotated[str, Concept("technique")], ...] = ()
    functionalities: tuple[Annotated[str, Concept("functionality")], ...] = ()
    challenges: tuple[Annotated[str, Concept("challenge")], ...] = ()
    topics: tuple[OwnTopicId, ...] = ()
    introduces: tuple[MethodId, ...] = ()
    uses: tuple[MethodId, ...] = ()
    extends: tuple[MethodId, ...] = ()
    official: tuple[ArtifactId, ...] = ()
    unofficial: tuple[ArtifactId, ...] = ()
    artifacts: tuple[ArtifactId, ...] = ()
    absent: tuple[Annotated[str, Concept("absence")], ...] = ()
    syntheses: tuple[Synthesis, ...] = ()
    different: tuple[Distinction, ...] = ()
    refuted: tuple[Refutation, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A named technique that papers introduce, use or extend."""

    folder: ClassVar[str] = "methods"

    id: str
    draft: bool = False
    title: str
    formerly: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    definition: str | None = None
    extends: tuple[MethodId, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A thing at a URL: code, data set, model, project page or demo. A model that is only served may have no URL.

    ``checked`` is the last day on which the URL's answer agreed with ``state``; ``host_id`` is what the host of a repository
    calls it in its own database; ``gated`` artifacts are given to those who ask their owner. A model may name those that it was
    trained from (``base_models``) or that there was none (``from_scratch``), and the line that it belongs to (``family``); a data
    set its ``languages`` and ``modalities``.
    """

    folder: ClassVar[str] = "artifacts"

    id: str
    draft: bool = False
    title: str
    type: Annotated[str, Kind("Artifact")]
    url: Url | None = None
    formerly: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    former_urls: tuple[Url, ...] = ()
    state: Annotated[str, Concept("state")] = "unknown"
    checked: Date | None = None
    archived: bool = False
    gated: bool = False
    host_id: str | None = None
    license: str | None = None
    size: str | None = None
    base_models: tuple[ArtifactId, ...] = ()
    from_scratch: bool = False
    family: ArtifactId | None = None
    languages: tuple[str, ...] = ()
    modalities: tuple[Annotated[str, Concept("modality")], ...] = ()
    introduces: tuple[MethodId, ...] = ()
    stages: tuple[Annotated[str, Concept("stage")], ...] = ()
    domains: tuple[Annotated[str, Concept("domain")], ...] = ()
    techniques: tuple[Annotated[str, Concept("technique")], ...] = ()
    topics: tuple[OwnTopicId, ...] = ()
    refuted: tuple[Refutation, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A series in which versions appear: a conference, a journal, a repository of preprints."""

    folder: ClassVar[str] = "venues"

    id: str
    draft: bool = False
    title: str
    type: Annotated[str, Kind("Venue")]
    formerly: tuple[str, ...] = ()
    acronym: str | None = None
    aliases: tuple[str, ...] = ()
    url: Url | None = None
    issn: str | None = None
    doi_prefixes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called: its id, acronym, title and aliases."""
        return tuple(name for name in (self.id, self.acronym, self.title, *self.aliases) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A concept of a `Scheme`; ``broader`` is another of the same scheme, ``aliases`` are other headings that mean it.

    ``id`` is one word in small letters; ``label`` is what it is called; ``definition`` says what it means. ``formerly`` are ids
    that it had, each with the scheme in which it had it (``scheme/id``).
    """

    id: str
    label: str
    definition: str
    aliases: tuple[str, ...] = ()
    broader: str | None = None
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A concept scheme of a data folder's own field, beside the built-in ones: what its works can be about.

    ``id`` is one word in small letters; ``title`` is its name; ``definition`` says what its concepts have in common.
    """

    folder: ClassVar[str] = "concepts"

    id: str
    draft: bool = False
    title: str
    definition: str | None = None
    formerly: tuple[str, ...] = ()
    concepts: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a list, its cells exactly as published, about a paper or an artifact.

    ``row`` overrides the layout of the table around it; ``end`` the list's newline. ``since`` and ``until`` are the first and the
    last snapshot that print it so. A row's ``number`` is given once: rows of the first snapshot have theirs by their order; a row
    that changed or moved stands again under its number.
    """

    number: int | None = None
    paper: PaperId | None = None
    artifact: ArtifactId | None = None
    title: str | None = None
    url: str | None = None
    venue: str | None = None
    code: str | None = None
    row: Row | None = None
    end: str | None = None
    since: str | None = None
    until: str | None = None


CELLS = ("title", "url", "venue", "code")
"""The fields of an entry that a row may print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Padding:
    """The widths of a table's columns from the snapshot ``since`` on."""

    since: str
    widths: tuple[Width, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of a list, in one of three forms.

    * ``text``: lines kept verbatim;
    * ``heading``: a heading's line verbatim, with its ``level`` and ``title``, and the ``concept``
      (``scheme/id``) that it names, or ``none``;
    * ``entries``: rows that share the layout ``row`` (``| [{title}]({url}) | {venue} | {code} |``), each column filled
      with spaces to its width in ``widths``, which later snapshots may change (``paddings``).

    ``since`` and ``until`` are the first and the last snapshot that print it; what an entry says of itself comes before that.
    """

    text: str | None = None
    heading: str | None = None
    level: int | None = None
    title: str | None = None
    concept: TopicId | None = None
    end: str | None = None
    row: Row | None = None
    widths: tuple[Width, ...] = ()
    paddings: tuple[Padding, ...] = ()
    since: str | None = None
    until: str | None = None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """One wrong cell: of entry number ``entry`` the ``field``; or, without an entry, the whole text line ``line``.

    A title corrected to the empty string withdraws the row.
    """

    entry: int | None = None
    line: int | None = None
    field: str | None = None
    published: str
    corrected: str
    kind: Annotated[str, Concept("erratum")]
    reason: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A list as it stood on one day; its ``id`` is that day unless another is given."""

    shorthand: ClassVar[str] = "id"

    id: str
    date: Date | None = None
    source: Url | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingList:
    r"""A published list: its text from first byte to last in each of its snapshots, oldest first, and what is wrong in it.

    ``newline`` is what each ``\n`` in this record stands for in the document. A list without ``snapshots`` has one.
    Where a folder has several lists, its pages are named for the ``primary`` one.
    """

    folder: ClassVar[str] = "lists"

    id: str
    title: str
    formerly: tuple[str, ...] = ()
    source: Url | None = None
    primary: bool = False
    snapshots: tuple[Snapshot, ...] = ()
    newline: str = "\n"
    content: tuple[Block, ...] = ()
    errata: tuple[Erratum, ...] = ()


Record = Scheme | Paper | Method | Artifact | Venue | ReadingList
RECORD_TYPES: tuple[type[Record], ...] = (Scheme, Paper, Method, Artifact, Venue, ReadingList)


def _pickle_quickly(kind: Any) -> None:
    """Lets a dataclass pickle in half the time: left to themselves, they look for their fields at each object."""
    names = [field.name for field in fields(kind)]
    setters = [getattr(kind, name).__set__ for name in names]

    def get_state(self: object) -> list[object]:
        return [getattr(self, name) for name in names]

    def set_state(self: object, state: list[object]) -> None:
        for set_value, value in zip(setters, state, strict=True):
            set_value(self, value)

    kind.__getstate__, kind.__setstate__ = get_state, set_state


for _kind in [*globals().values()]:
    if isinstance(_kind, type) and is_dataclass(_kind):
        _pickle_quickly(_kind)
