r"""What makes our IRIs known and keeps them working: a prefix record for the Bioregistry, and the redirections for w3id.org.

Both say what an IRI of ours looks like, and both take it from the shapes and the graph, so that neither can drift from them.

The prefix records have the fields of ``Resource`` in ``bioregistry/schema/struct.py`` of https://github.com/biopragmatics/bioregistry.

The redirections are Apache's mod_rewrite in a ``.htaccess`` with a ``README.md`` beside it, as https://github.com/perma-id/w3id.org
asks (its README, "Creating a New Identifier"). They expect of the site, below one address:

* ``<kind>/<id>.<ext>`` for each record, which also describes its parts (versions, entries, evidence …); but an erratum of a list
  has a document of its own, ``list/<id>/erratum/<n>.<ext>``,
* ``concept/<scheme>.<ext>`` and ``concept/<scheme>/<id>.<ext>``,
* ``ontology.<ext>`` and ``ontology/<version>.<ext>``; the same of ``ontology/shapes`` and ``ontology/alignments``,
* ``dataset.<ext>`` for the data set and its named graphs, ``query/<name>.<ext>`` for the saved queries,
* ``dump/<file>``: the folder that ``synthkg build`` writes,

where ``<ext>`` is ``html`` or one of the formats of a dump that holds one graph. A thing is answered with 303 See Other to a
document about it; a file, which is what its IRI says, with 302. The format is the one of most weight in ``Accept``, of equals the
first: mod_rewrite cannot compare numbers, so there is a rule for each tenth of a weight, from 1 downwards, and none for ``*/*``
or for what is not wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import metadata
from typing import Any

import pyoxigraph

from synthkg import project
from synthkg.catalog import KNOWN_LICENCES
from synthkg.errors import QueryError, UsageError
from synthkg.graph import FORMATS, OxigraphStore, Store, load_queries
from synthkg.model import BASE, NAMESPACE, orcid
from synthkg.views import rows_of

__all__ = ["ENDINGS", "PART", "Contact", "documents", "prefix_record", "redirections"]

ENDINGS = {ending[1:]: form for ending, form in FORMATS.items() if ending not in (".nq", ".trig")}
"""The formats of a document, by the ending of its address."""
PART = "[A-Za-z0-9._~/-]+"
"""What leads from a thing to a part of it, as a pattern."""
_HTML = ("text/html", "application/xhtml+xml")
_RECORD = re.compile(rf"\^{re.escape(re.escape(BASE))}(?P<kind>[a-z]+(?:/[a-z]+)?)/(?P<slug>[^/]+)\$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person who answers for a registration."""

    name: str | None = None
    email: str | None = None
    orcid: str | None = None
    github: str | None = None

    def __post_init__(self) -> None:
        """Refuses what is no ORCID iD.

        Raises:
            UsageError: It is none.
        """
        if self.orcid is not None and orcid(self.orcid) is None:
            raise UsageError(f'"{self.orcid}" is no ORCID iD; copy it again, as in 0000-0002-1825-0097')

    def items(self) -> Iterator[tuple[str, str]]:
        """What is given of it."""
        for key in ("name", "email", "github", "orcid"):
            if value := getattr(self, key):
                yield key, value


# -- The Bioregistry


def prefix_record(
    store: Store, contact: Contact | None = None, site: str | None = None, licence: str | None = None
) -> tuple[str, list[str]]:
    """Our prefixes as entries of ``bioregistry.json``, and what the Bioregistry asks for besides.

    ``synthkg`` is that of the ontology's terms, as everywhere here; ``synthkg.record`` that of things, for which the files
    of links and the JSON-LD context write ``kg``.

    Args:
        store: The graph, from which the examples come.
        contact: Who contributes the entry and can be asked about it.
        site: Where the web site of the data set is, if there is one.
        licence: The IRI of the licence of the data, if one is stated; the ontology has its own.

    Raises:
        QueryError: The graph holds no ontology, or no record.
    """
    about = next(rows_of(load_queries("exports")["registration"].rows(store)), None)
    examples = [row["first"].removeprefix(BASE) for row in rows_of(load_queries("statistics")["samples"].rows(store))]
    if about is None or not examples:
        raise QueryError("the graph holds no ontology or no records; build it with: synthkg build")
    prefix = about["prefix"]
    example = next((id for id in examples if id.startswith("paper/")), examples[0])
    person = dict(contact.items()) if contact else {}
    package = metadata("synthkg")
    shared: dict[str, Any] = {
        "homepage": site or BASE,
        "keywords": sorted((package["Keywords"] or "").split(",")),
        "version": about["version"],
        **({"contact": person, "contributor": person} if person else {}),
    }
    terms = {
        **shared,
        "description": about["description"],
        "example": "Paper",
        "license": _spdx(about["license"]),
        "name": "Ontology of " + package["Summary"][0].lower() + package["Summary"][1:],
        "pattern": "^[A-Za-z][A-Za-z0-9]*$",
        "uri_format": f"{NAMESPACE}$1",
    }
    things = {
        **shared,
        "description": about["description"],
        "example": example,
        "example_extras": [id for id in examples if id != example],
        **({"license": _spdx(licence)} if licence else {}),
        "name": package["Summary"],
        "part_of": prefix,
        "pattern": _pattern(),
        "synonyms": ["kg"],
        "uri_format": f"{BASE}$1",
    }
    missing = [f"--{key}" for key in ("name", "email", "github", "orcid") if key not in person]
    notes = [f"the Bioregistry asks for a contributor and a contact; give {', '.join(missing)}"] if missing else []
    records = {prefix: terms, f"{prefix}.record": things}
    return json.dumps(records, indent=2, sort_keys=True, ensure_ascii=False) + "\n", notes


def _spdx(licence: str) -> str:
    return KNOWN_LICENCES[licence].spdx if licence in KNOWN_LICENCES else licence


def _kinds() -> dict[str, str]:
    """What comes between base and id in the IRI of a record or concept -> the pattern of the id, from the shapes."""
    shapes = OxigraphStore()
    path = project.folder("ontology") / "shapes.ttl"
    shapes.inner.bulk_load(path=path, format=pyoxigraph.RdfFormat.TURTLE)
    patterns = [row[1].value for row in load_queries("exports")["iri-patterns"].rows(shapes).rows if row[1] is not None]
    return {found["kind"]: found["slug"] for found in map(_RECORD.fullmatch, patterns) if found}


def _pattern() -> str:
    """The pattern of what follows the prefix: the id of a record or concept, and what leads to a part of it."""
    by_slug: dict[str, list[str]] = {}
    for kind, slug in sorted(_kinds().items()):
        by_slug.setdefault(slug, []).append(kind)
    parts = [f"{kinds[0]}/{slug}" if len(kinds) == 1 else f"({'|'.join(kinds)})/{slug}" for slug, kinds in by_slug.items()]
    return f"^({'|'.join(parts)})(/[a-z0-9-]+)*$"


# -- w3id.org


def redirections(store: Store, site: str, contact: Contact, endpoint: str | None = None) -> dict[str, str]:
    """The files of our folder at w3id.org: name -> text.

    Args:
        store: The graph, from which the former ids come.
        site: The address of the web site, laid out as above.
        contact: Who administers the names; w3id.org wants to know.
        endpoint: Where SPARQL is answered, if anywhere.

    Raises:
        UsageError: An address is none of https or http, or the contact has no name or no way to reach it.
    """
    person = dict(contact.items())
    if not all(value.isprintable() for value in person.values()):
        raise UsageError("the contact must be one line of text each")
    if "name" not in person or len(person) < 2:
        raise UsageError("w3id.org asks who administers a name: give --name, and --github or --email")
    for address in filter(None, (site, endpoint)):
        if not re.fullmatch(r"https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~/-]*)?", address):  # "%" and "$" mean something in a rule
            raise UsageError(f'"{address}" is no address for redirections; write https://host/path, without query and escapes')
    site = site.rstrip("/")
    return {".htaccess": _htaccess(store, site, person, endpoint), "README.md": _readme(site, person)}


def documents() -> list[tuple[str, str, bool]]:
    """Which document describes what an IRI of ours names.

    Returns:
        A pattern of what follows the base, the path of the document with ``$1`` for the pattern's first group, and whether
        things have parts: these follow a slash, and their place in the document is a fragment of the same words.
    """
    kinds = _kinds()
    ids = {slug: "|".join(sorted(kind for kind in kinds if kinds[kind] == slug and "/" not in kind)) for slug in kinds.values()}
    (record,) = {slug for kind, slug in kinds.items() if kind == "list"}
    return [
        (f"(list)/({record})/erratum/([0-9]+)", f"$1/$2/erratum/${re.compile(f'({record})').groups + 2}", True),
        (f"(concept)/([a-z]+)/({record})", "$1/$2/$3", True),
        *((f"({kind})/({slug})", "$1/$2", True) for slug, kind in sorted(ids.items()) if kind),
        (r"(ontology(?:/(?:shapes|alignments))?(?:/[0-9]+\.[0-9]+\.[0-9]+)?)", "$1", False),
        ("(?:dataset|graph/[a-z]+)", "dataset", False),
        ("(query/[a-z0-9-]+)", "$1", False),
    ]


def _htaccess(store: Store, site: str, person: dict[str, str], endpoint: str | None) -> str:
    rules = [
        "# https://w3id.org/synthkg/",
        f"# Contact: {', '.join(person.values())}",
        "# Written by: synthkg export w3id",
        "",
        "Options +FollowSymLinks -MultiViews",
        "RewriteEngine on",
        "",
        "<IfModule mod_headers.c>",
        '  Header always set Access-Control-Allow-Origin "*"',
        '  Header always merge Vary "Accept"',
        "</IfModule>",
        "",
        *_formats(),
        "",
        "# Files are what their IRIs say",
        f"RewriteRule ^$ {site}/ [R=302,L]",
        f"RewriteRule ^dump/([A-Za-z0-9][A-Za-z0-9._/-]*)$ {site}/dump/$1 [R=302,L]",
        f"RewriteRule ^context\\.jsonld$ {site}/dump/context.jsonld [R=302,L]",
    ]
    if endpoint:
        rules += ["", "# 307 keeps the query of a POST", f"RewriteRule ^sparql$ {endpoint} [R=307,L]"]
    if former := list(_former(store)):
        rules += ["", "# Ids that changed", *former]
    rules += ["", "# Things are described by documents; a part by its place in the document of its whole"]
    for pattern, document, has_parts in documents():
        rules.append(f"RewriteRule ^{pattern}$ {site}/{document}.%{{ENV:SYNTHKG}} [R=303,L]")
        if has_parts:
            part = f"${re.compile(pattern).groups + 1}"
            rules.append(f"RewriteRule ^{pattern}/({PART})$ {site}/{document}.%{{ENV:SYNTHKG}}#{part} [R=303,NE,L]")
    rules += [
        "",
        "# Nothing else has been named",
        "RewriteRule ^ - [R=404,L]",
    ]
    return "\n".join(rules) + "\n"


def _formats() -> Iterator[str]:
    """Rules that put the ending of the format asked for into a variable."""
    wanted = dict.fromkeys(_HTML, "html")
    wanted |= {form.media_type: ending for ending, form in ENDINGS.items()}
    types = f"({'|'.join(map(re.escape, wanted))})"
    parameters = r"(?:\s*;\s*(?!q\s*=)[^;,]*)*"
    rest = r"\s*(?:;[^,]*)?"
    weights = [rf"(?:\s*;\s*q=1(?:\.0*)?{rest})?"]
    weights += [rf"\s*;\s*q=0?\.{tenth}\d*{rest}" for tenth in "987654321"]
    weights += [rf"\s*;\s*q=0?\.0\d*[1-9]\d*{rest}"]
    yield "# The format asked for: the one of most weight in Accept (to one decimal), of equals the first; else html"
    yield "RewriteRule ^ - [E=SYNTHKG:]"
    for weight in weights:
        yield "RewriteCond %{ENV:SYNTHKG} ^$"
        yield f'RewriteCond %{{HTTP_ACCEPT}} "(?:^|,)\\s*{types}{parameters}{weight}\\s*(?:,|$)" [NC]'
        yield "RewriteRule ^ - [E=SYNTHKG:%1]"
    yield "RewriteCond %{ENV:SYNTHKG} ^$"
    yield "RewriteRule ^ - [E=SYNTHKG:text/html]"
    for media_type, ending in wanted.items():
        yield f'RewriteCond %{{ENV:SYNTHKG}} "^{re.escape(media_type)}$" [NC]'
        yield f"RewriteRule ^ - [E=SYNTHKG:{ending}]"


def _former(store: Store) -> Iterator[str]:
    for old, new in load_queries("exports")["former-ids"].rows(store).rows:
        if old is not None and new is not None:
            path = re.escape(old.value.removeprefix(BASE))
            yield f"RewriteRule ^{path}(/.*)?$ {new.value}$1 [R=301,L]"


def _readme(site: str, person: dict[str, str]) -> str:
    shown = {"github": "GitHub: [{0}](https://github.com/{0})", "orcid": "ORCID: [{0}](https://orcid.org/{0})", "email": "<{0}>"}
    lines = "".join(f"- {shown.get(key, '{0}').format(value)}\n" for key, value in person.items())
    return (
        "# /synthkg/\n\n"
        f"Permanent IRIs of synthkg: {metadata('synthkg')['Summary']}.\n\n"
        f"Web site: <{site}/>\n\n"
        "## Uses\n\n"
        "- <https://w3id.org/synthkg/ontology>: the ontology; its terms are `ontology#Paper` and so on\n"
        "- `paper/…`, `method/…`, `artifact/…`, `venue/…`, `list/…`: the things that the knowledge graph describes\n"
        "- `concept/…`: the concept schemes\n"
        "- <https://w3id.org/synthkg/dataset>, `dump/…`: the data set and its dumps\n\n"
        "HTML, Turtle, JSON-LD, N-Triples and RDF/XML by content negotiation.\n\n"
        f"## Contact\n\nThis space is administered by:\n\n{lines}"
    )
