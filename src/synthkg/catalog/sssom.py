"""Links to other knowledge graphs as SSSOM files, one for each graph: ``data/links/<target>.sssom.tsv``.

The format is SSSOM/TSV (https://mapping-commons.github.io/sssom/spec-formats-tsv/) in its canonical form, and only standard slots
are used, so that other tools read the files. Where `Link` has a field for which SSSOM has no slot of that name, it is

* ``status``: ``predicate_modifier`` Not for a rejected link, ``other`` ``status=waiting`` for one that nobody has decided;
* ``query_hash``: ``mapping_tool_version``, the tool being the saved query that the head names as ``mapping_tool``;
* ``reviewer``: ``reviewer_id`` for an ORCID iD, else ``reviewer_label``; several are separated by "|", as SSSOM has it;
* ``date``: ``mapping_date``.

Dates and hashes stand in every row and not once in the head, where the canonical form would move them while all are equal: a link
more would change every line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from synthkg.catalog.tsv import quoted
from synthkg.model import AUTHORITIES, BASE, orcid

__all__ = [
    "COLUMNS",
    "IRIS",
    "JUSTIFICATIONS",
    "ORCID",
    "PREDICATES",
    "REQUIRED",
    "WAITING",
    "Link",
    "to_slots",
    "to_table",
    "to_tsv",
]

PREDICATES = ("skos:exactMatch", "skos:closeMatch")
JUSTIFICATIONS = (  # the matching processes of https://w3id.org/semapv/vocab/, and the review of a mapping
    "semapv:BackgroundKnowledgeBasedMatching",
    "semapv:CompositeMatching",
    "semapv:InstanceBasedMatching",
    "semapv:LexicalMatching",
    "semapv:LexicalSimilarityThresholdMatching",
    "semapv:LogicalReasoning",
    "semapv:ManualMappingCuration",
    "semapv:MappingChaining",
    "semapv:MappingInversion",
    "semapv:MappingReview",
    "semapv:SemanticSimilarityThresholdMatching",
    "semapv:StructuralMatching",
    "semapv:UnspecifiedMatching",
)

_SLOTS = (  # in the order of https://mapping-commons.github.io/sssom/Mapping/
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "reviewer_id",
    "reviewer_label",
    "mapping_tool",
    "mapping_tool_version",
    "mapping_date",
    "confidence",
    "other",
    "comment",
)
COLUMNS = tuple(slot for slot in _SLOTS if slot != "mapping_tool")  # which the head of a file of links says
IRIS = ("subject_id", "object_id", "reviewer_id")
REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")  # by SSSOM, of mappings between things
_WRITTEN = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "mapping_tool_version",
    "mapping_date",
    "confidence",
)
_NO_LICENCE = "https://w3id.org/sssom/license/unspecified"  # SSSOM wants one said of every set
ORCID = AUTHORITIES["orcid"]
WAITING = "status=waiting"
_OURS = "kg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One of our things is (``skos:exactMatch``) or is nearly (``skos:closeMatch``) a thing in another graph.

    A link that a person made by hand may lack what only a search knows: confidence, date and query.

    Attributes:
        subject: IRI of ours.
        object: IRI of theirs.
        justification: A term of the Semantic Mapping Vocabulary as a CURIE, e.g. ``semapv:LexicalMatching``.
        confidence: From 0 to 1, kept to three decimals.
        date: When it was first proposed, YYYY-MM-DD.
        query_hash: Of the saved query that found it.
        status: ``accepted``, ``waiting`` or ``rejected``.
        reviewer: Who decided: an ORCID IRI, else a name; several with "|" between.
        comment: What matched, and why it waits.
    """

    subject: str
    subject_label: str = ""
    predicate: str
    object: str
    object_label: str | None = None
    justification: str
    confidence: float | None = None
    date: str | None = None
    query_hash: str | None = None
    status: str
    reviewer: str | None = None
    comment: str | None = None

    @property
    def sureness(self) -> float:
        """The confidence; whoever made a link by hand and says none is sure."""
        return 1.0 if self.confidence is None else self.confidence


def to_tsv(name: str, links: Iterable[Link], namespaces: Mapping[str, str], licence: str | None = None) -> str:
    """The links of one file as canonical SSSOM/TSV, which `load_links` reads. See `to_table`.

    Raises:
        ValueError: Two links have the same subject and object.
    """
    every = list(links)
    if len({(link.subject, link.object) for link in every}) < len(every):
        raise ValueError("two links have the same subject and object")
    return to_table(f"{BASE}links/{name}", map(to_slots, every), namespaces, _WRITTEN, licence, f"synthkg link {name}")


def to_slots(link: Link) -> dict[str, str]:
    """A link as the slots of SSSOM, in which subject, object and reviewers are still whole IRIs."""
    reviewers = [name.strip() for name in (link.reviewer or "").split("|")]
    iris = [f"{ORCID}{id}" for name in reviewers if (id := orcid(name))]
    return {
        "subject_id": link.subject,
        "subject_label": link.subject_label,
        "predicate_id": link.predicate,
        "predicate_modifier": "Not" if link.status == "rejected" else "",
        "object_id": link.object,
        "object_label": link.object_label or "",
        "mapping_justification": link.justification,
        "reviewer_id": "|".join(iris),
        "reviewer_label": "|".join(name for name in reviewers if name and not orcid(name)),
        "mapping_tool_version": link.query_hash or "",
        "mapping_date": link.date or "",
        "confidence": "" if link.confidence is None else f"{link.confidence:.3f}".rstrip("0").rstrip("."),
        "other": WAITING if link.status == "waiting" else "",
        "comment": link.comment or "",
    }


def to_table(
    iri: str,
    rows: Iterable[Mapping[str, str]],
    namespaces: Mapping[str, str],
    required: Collection[str],
    licence: str | None = None,
    tool: str = "",
) -> str:
    """Slots as canonical SSSOM/TSV: sorted, so that the same rows give the same bytes.

    An IRI that no namespace begins gets the name of its host as prefix, or where that cannot be its scheme. Runs of white space
    in cells become one space.

    Args:
        iri: That of the set.
        rows: Slot -> text; subject, object and reviewers are whole IRIs.
        namespaces: Prefix -> IRI.
        required: The columns that are there even if they are empty.
        licence: The IRI of the licence of all of it; None where none is stated, which SSSOM has an IRI for.
        tool: What made all of it.
    """
    known = {**namespaces, _OURS: BASE}
    used: dict[str, str] = {}

    def shorten(iri: str) -> str:
        if iri.startswith(ORCID) and iri != ORCID:
            return f"orcid:{iri.removeprefix(ORCID)}"  # a prefix that SSSOM has built in
        fitting = [(len(space), prefix) for prefix, space in known.items() if iri.startswith(space) and iri != space]
        if fitting:
            prefix = max(fitting)[1]
            used[prefix] = known[prefix]
        else:
            prefix, space = _namespace(iri)
            while known.get(prefix, space) != space:  # another host of that name, as with and without www
                prefix += "-"
            used[prefix] = known[prefix] = space
        return f"{prefix}:{iri.removeprefix(known[prefix])}"

    def cell(column: str, text: str) -> str:
        text = " ".join(text.split())
        return "|".join(map(shorten, text.split("|"))) if text and column in IRIS else text

    ordered = sorted([row.get(column, "") for column in _SLOTS] for row in rows)  # on which a prefix may depend
    table = sorted([cell(column, text) for column, text in zip(_SLOTS, row, strict=True)] for row in ordered)
    columns = [i for i, column in enumerate(_SLOTS) if column in required or any(row[i] for row in table)]
    lines = ["#curie_map:", *(f"#  {prefix}: {_plain(used[prefix])}" for prefix in sorted(used))] if used else []
    lines += [f"#mapping_set_id: {iri}", f"#license: {licence or _NO_LICENCE}"]
    lines += [f"#mapping_tool: {tool}"] if tool else []
    for row in ([*_SLOTS], *table):
        lines.append("\t".join(quoted(row[i]) for i in columns))
    return "\n".join(lines) + "\n"


def _plain(namespace: str) -> str:
    """As YAML has it."""
    return f'"{namespace}"' if namespace.endswith(":") else namespace


def _namespace(iri: str) -> tuple[str, str]:
    """A prefix for an IRI, and what it stands for: its host, or its scheme where it has no host, or nothing behind it.

    >>> _namespace("http://www.example.org/a"), _namespace("https://example.org/a"), _namespace("urn:isbn:1")
    (('http-example.org', 'http://www.example.org/'), ('example.org', 'https://example.org/'), ('urn', 'urn:'))
    """
    scheme = iri.partition(":")[0]
    netloc = urlsplit(iri).netloc
    space = f"{scheme}://{netloc}/"
    if not netloc or not iri.startswith(space) or iri == space:
        return re.sub(r"\W", "-", scheme), f"{scheme}:"
    host = re.sub(r"[^\w.-]", "-", netloc.lower().removeprefix("www."))
    return host if scheme == "https" and host[:1].isalpha() else f"{scheme}-{host}", space
