"""A site is written: into a new folder beside the old one, which takes its place when all went well.

The same graph and the same program give the same bytes, so a site can be compared, and a host need send only what changed. No
file depends on another one, so two processes make them.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pyoxigraph

from synthkg.errors import BuildRefused, UsageError
from synthkg.giving import ENDINGS, serialized
from synthkg.graph import SUMS, OxigraphStore, checksums, read_quads, refuse_other_graph
from synthkg.model import BASE, is_url
from synthkg.profiles import kind_of, to_json
from synthkg.release import refuse_foreign, replacing
from synthkg.site.contents import Contents
from synthkg.site.extras import NAVIGATION, ask, pictures
from synthkg.site.indexes import former, indexes
from synthkg.site.pages import Pages, is_thing
from synthkg.site.references import references
from synthkg.site.searching import search_index
from synthkg.workers import aside

__all__ = ["write_site"]

_MARK = "site.json"
_MOST_MAPPED = 50_000  # pages that a map may have
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
_NAVIGATION = {
    "papers.html": "Papers",
    "methods.html": "Methods",
    "artifacts.html": "Artifacts",
    "venues.html": "Venues",
    "concepts.html": "Concepts",
    "authors.html": "Authors",
    "lists.html": "Lists",
    "errata.html": "Errata",
    "queries.html": "Queries",
}


def write_site(
    store: OxigraphStore,
    out: Path,
    dump: Path | None = None,
    base: str = "",
    progress: Callable[[str, int], None] = lambda what, count: None,
) -> int:
    """Writes the web site of a graph.

    Args:
        store: The graph.
        out: The folder to replace. It may hold nothing but what an earlier site wrote.
        dump: The dump that the graph was read from; it and the release that it lies in can be downloaded.
        base: The address at which the site will be, for what names pages absolutely: its map, what is shared, and the page of
            what is not found, which leads to the root of its host without it.
        progress: Called with what is being made and 0.

    Returns:
        How many files were written.

    Raises:
        BuildRefused: ``out`` holds files that are no site of ours, or writing failed. Nothing is changed then.
        UnreadableError: The graph says nothing in the terms of synthkg.
        UsageError: ``base`` is no address of a folder.
    """
    refuse_other_graph(store, str(dump or ""))
    base = _address(base)
    try:
        if out.exists() and not out.is_dir():
            raise BuildRefused("is no folder; name one with --out", str(out))
        refuse_foreign(out, _written(out), "no site of synthkg wrote")
        with replacing(out, is_lasting=False) as folder:
            progress("reading the graph", 0)
            contents = Contents(store, _void(dump))
            contents.read()
            pages = Pages(contents, _NAVIGATION | NAVIGATION, _POLICY, base)
            progress("pages", 0)
            with aside(partial(_write, folder, _other_half(contents, pages, _downloads(dump)))) as others:
                written = _write(folder, _half(contents, pages)) + others()
            names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
            unmapped = {"404.html"} | {f"{old.removeprefix(BASE)}.html" for old, _ in former(contents)}
            written += _write(folder, _about(names, base, unmapped))
    except OSError as error:
        raise BuildRefused(f"cannot write the site ({error}); what was there was not touched", str(out)) from error
    return written


def _address(base: str) -> str:
    """The address of a site without a slash at its end, in the letters that maps and previews may have: those of RFC 3986.

    >>> _address("https://bücher.example/ä/b%20c/"), _address("")
    ('https://xn--bcher-kva.example/%C3%A4/b%20c', '')
    """
    if base and (not is_url(base) or "?" in base or "#" in base):
        raise UsageError(f'"{base}" is no address of a site; write --base https://host/path')
    parts = urlsplit(base.rstrip("/"))
    user, at, host = parts.netloc.rpartition("@")
    try:
        netloc = f"{user}{at}{host if host.isascii() else host.encode('idna').decode()}"
    except UnicodeError as error:
        raise UsageError(f'"{host}" is no name of a host; write --base https://host/path') from error
    return urlunsplit((parts.scheme, netloc, quote(parts.path, safe="/%:@!$&'()*+,;=~"), "", ""))


def _written(out: Path) -> set[str]:
    """The files of the site that is in a folder; none where there is no site.

    Raises:
        BuildRefused: There is one that does not say which they are.
    """
    if not (out / _MARK).is_file():
        return set()
    try:
        return set(json.loads((out / _MARK).read_bytes())["files"])
    except (ValueError, KeyError, TypeError) as error:
        problem = f"holds a site whose {_MARK} does not list its files, as one of an earlier synthkg; look what of yours is in it"
        raise BuildRefused(f"{problem}, and remove it, or name an empty folder with --out", str(out)) from error


def _void(dump: Path | None) -> tuple[pyoxigraph.Triple, ...]:
    path = dict(_downloads(dump)).get("void.ttl")
    return () if path is None else tuple(quad.triple for quad in read_quads(path))


def _downloads(dump: Path | None) -> list[tuple[str, Path]]:
    """The dump and, where it lies in a release, the release's files."""
    if dump is None:
        return []
    names, sums = {dump.name}, dump.parent / SUMS
    if sums.is_file():
        names |= {SUMS, *checksums(dump.parent)}
    return [(name, dump.parent / name) for name in sorted(names) if (dump.parent / name).is_file()]


_Files = Iterator[tuple[str, bytes | Path]]
"""The path of each file below the site, and what it holds or copies."""


def _write(folder: Path, files: _Files) -> int:
    """Writes the files and counts them."""
    written = 0
    for path, data in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, Path):
            shutil.copyfile(data, target)
        else:
            target.write_bytes(data)
        written += 1
    return written


def _half(contents: Contents, pages: Pages) -> _Files:
    """The pages of things, without those that no list of things asks about, and these lists."""
    yield from _things(contents, pages, lambda kind: kind != "artifact")
    yield from indexes(contents, pages)
    yield "assets/search.json", search_index(contents)


def _other_half(contents: Contents, pages: Pages, downloads: Sequence[tuple[str, Path]]) -> _Files:
    """The other pages, and what is no page; it takes about as long."""
    yield from _things(contents, pages, lambda kind: kind == "artifact")
    for document, triples in contents.documents.items():
        for ending in ENDINGS:
            if (text := serialized(triples, ending)) is not None:
                yield f"{document}.{ending}", text
    yield from pictures(contents, pages)
    yield from ask(contents, pages)
    yield from references(contents, pages, [(name, file.stat().st_size) for name, file in downloads])
    yield from _assets()
    for name, file in downloads:
        yield f"dump/{name}", file
        if name.endswith(".nq"):
            yield f"dump/{name}.gz", _packed(file.read_bytes())


def _packed(content: bytes) -> bytes:
    """It in gzip's format, which has a byte for the system: Pythons before 3.13 write 3 there, for Unix, and later ones 255.

    >>> _packed(b"")[:10].hex()
    '1f8b08000000000000ff'
    """
    packed = gzip.compress(content, compresslevel=6, mtime=0)
    return packed[:9] + b"\xff" + packed[10:]


def _things(contents: Contents, pages: Pages, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    for document in contents.documents:
        if is_thing(document) and is_wanted(kind_of(BASE + document)):
            yield f"{document}.html", pages.thing(document)
            profile = to_json(contents.profile(BASE + document), contents.labels)
            yield f"{document}.json", json.dumps(profile, ensure_ascii=False).encode() + b"\n"


def _about(names: Sequence[str], base: str, unmapped: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """What hosts and search engines want to know; and, for the next site in this folder, which files are ours."""
    sitemap = f"Sitemap: {base}/sitemap.xml\n" if base else ""
    about = {".nojekyll": b"", "robots.txt": f"User-agent: *\nAllow: /\n{sitemap}".encode()}
    if base:
        about |= _maps([name for name in names if name.endswith(".html") and name not in unmapped], base)
    yield from about.items()
    written = sorted([*names, *about, _MARK])
    yield _MARK, json.dumps({"made by": "synthkg site", "of": BASE, "files": written}, indent=0).encode() + b"\n"


def _assets() -> Iterator[tuple[str, bytes]]:
    for file in sorted(files("synthkg.site").joinpath("assets").iterdir(), key=lambda file: file.name):
        if file.is_file():
            yield f"assets/{file.name}", file.read_bytes()


def _maps(names: Sequence[str], base: str) -> dict[str, bytes]:
    """The map of the pages, or where one may not have them all, several and the map of these: https://www.sitemaps.org/protocol.html."""
    parts = [_map("urlset", "url", names[at : at + _MOST_MAPPED], base) for at in range(0, len(names), _MOST_MAPPED)]
    if len(parts) == 1:
        return {"sitemap.xml": parts[0]}
    maps = {f"sitemap-{number}.xml": part for number, part in enumerate(parts, start=1)}
    return {"sitemap.xml": _map("sitemapindex", "sitemap", list(maps), base)} | maps


def _map(root: str, each: str, names: Sequence[str], base: str) -> bytes:
    places = "".join(f"<{each}><loc>{escape(f'{base}/{name}')}</loc></{each}>\n" for name in names)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{places}</{root}>\n".encode()
