"""What saved checks say, at its place: in a record's file, in a file of links, or in the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from synthkg.catalog import Catalog, Link, links_path, locate_link
from synthkg.checks.shacl import origin, record_of
from synthkg.files import read_text
from synthkg.findings import Finding
from synthkg.graph import Query, load_queries
from synthkg.model import is_to_come

__all__ = ["Found", "link_findings", "row_findings"]

Found = list[tuple[Query, dict[str, str]]]
"""What checks found: each row with its check."""


def row_findings(catalog: Catalog, found: Iterable[tuple[Query, dict[str, str]]]) -> Iterator[Finding]:
    """What the rows of checks say, at its place; the catalog has the records that they are about."""
    for query, row in found:
        header = query.header
        problem, mend = (str(header[key]).format_map(row) for key in ("problem", "solution"))
        record = catalog.named(record_of(row["subject"]))
        if record is None:
            yield _ontology_finding(catalog, query, row["subject"], problem, mend)
            continue
        if (at := _link_place(catalog, row)) is not None:
            yield Finding(*at, query.name, problem, mend, str(header["severity"]))
            continue
        pointer = origin(catalog, record, row["subject"], row.get("path", ""), row.get("value", ""))
        yield catalog.finding(record, pointer, query.name, problem, mend, str(header["severity"]))


def _link_place(catalog: Catalog, row: dict[str, str]) -> tuple[str, int, int] | None:
    """File, line and column of the link that a row of a check is about, if it is about one."""
    for target, links in catalog.links.items():
        for link in links:
            if (link.subject, link.object) == (row["subject"], row.get("value")):
                return _place_of(catalog, target, link)
    return None


def link_findings(catalog: Catalog) -> Iterator[Finding]:
    """What is wrong with the links that were found elsewhere, beyond what their files show.

    An accepted one may lead to what is none of the target's things: a server may say anything of our identifiers. Any may have
    been proposed on a day that is still to come.
    """
    namespaces = {name: str(query.header.get("namespace", "")) for name, query in load_queries("links").items()}
    for target, link in ((target, link) for target, links in catalog.links.items() for link in links):
        begins = namespaces.get(target, "")
        if link.status == "accepted" and not link.object.startswith(begins):
            problem = f"{link.object} is none of {target}'s things, whose IRIs begin with {begins}"
            mend, severity = "write the right IRI, or remove the row", "warning" if link.reviewer else "error"
            yield Finding(*_place_of(catalog, target, link), "link-outside-target", problem, mend, severity)
        if link.date is not None and is_to_come(link.date):
            problem, mend = f"mapping_date {link.date}, which is after today", "write the day on which the link was proposed"
            yield Finding(*_place_of(catalog, target, link), "read-in-future", problem, mend, "warning")


def _place_of(catalog: Catalog, target: str, link: Link) -> tuple[str, int, int]:
    """File, line and column of a link."""
    path = links_path(catalog.data, target)
    return str(path), locate_link(path, link.subject, link.object), 1


def _ontology_finding(catalog: Catalog, query: Query, subject: str, problem: str, mend: str) -> Finding:
    """A finding about a concept or term, at the line of the Turtle file that begins its description."""
    parent, _, name = subject.replace("#", "/").rpartition("/")
    names = (f"<{subject}>", f":{name}", f"{parent.rpartition('/')[2]}:{name}")
    severity = str(query.header["severity"])
    for file in sorted(catalog.vocabulary.folder.glob("*.ttl")):
        for number, line in enumerate(read_text(file).split("\n"), start=1):
            if line.split()[:1] and line.split()[0] in names:
                return Finding(str(file), number, 1, query.name, problem, mend, severity)
    return Finding(str(catalog.vocabulary.folder), 1, 1, query.name, problem, mend, severity)
