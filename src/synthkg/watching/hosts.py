"""The hosts whose API tells what became of a repository: where it is asked, and what of its answer is kept.

GitHub: https://docs.github.com/rest/repos/repos#get-a-repository. A renamed repository answers 301 to ``/repositories/<id>``.
Hugging Face: https://huggingface.co/docs/hub/api. A renamed one answers 307; one that is not there answers 401 to whoever is not
logged in, since it could be private, so that only its page can say that it is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from synthkg.model import identify, is_day, normal_url

__all__ = ["HOSTS", "Host", "host_of", "licence_of", "place_in"]

# https://huggingface.co/docs/huggingface_hub/package_reference/hf_api: given to all that is older.
_FIRST_DAY_OF_HUGGINGFACE = "2022-03-02"


@dataclass(frozen=True, slots=True)
class Host:
    """One host with an API.

    Attributes:
        name: Its scheme among identifiers, and the means of an observation.
        page: What the address of a repository's page begins with.
        api: What the address of a question begins with.
        path: The path of the question about a repository.
        read: What is kept of an answer; raises `LookupError` or `TypeError` where it is not what the API documents.
        present: A repository that is surely there.
        absent: How the name of one begins that surely is not.
        denials: The statuses of what is not there; only 404 and 410 of them are believed of an artifact.
    """

    name: str
    page: str
    api: str
    path: Callable[[str], str]
    read: Callable[[Any], dict[str, Any]]
    present: str
    absent: str
    denials: frozenset[int]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("no text")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _day(value: Any) -> str:
    day = _text(value)[:10]
    if not is_day(day):
        raise TypeError("no day")
    return day


def _read_github(answer: Any) -> dict[str, Any]:
    license = answer["license"]
    if type(answer["id"]) is not int:
        raise TypeError("no number")
    return {
        "id": str(answer["id"]),
        "name": _text(answer["full_name"]),
        "created": _day(answer["created_at"]),
        "pushed": _day(answer["pushed_at"]) if answer["pushed_at"] else "",
        "license": "" if license is None or license["spdx_id"] in (None, "NOASSERTION") else _text(license["spdx_id"]),
        "archived": _flag(answer["archived"]),
        "disabled": _flag(answer.get("disabled", False)),
    }


def _read_huggingface(answer: Any) -> dict[str, Any]:
    card = answer.get("cardData")
    license = card.get("license") if isinstance(card, Mapping) else None
    number = _text(answer["_id"])
    if not re.fullmatch(r"[0-9a-f]+", number):
        raise TypeError("no number")
    created = _day(answer["createdAt"])
    return {
        "id": number,
        "name": _text(answer["id"]),
        "created": "" if created <= _FIRST_DAY_OF_HUGGINGFACE else created,
        "pushed": _day(answer["lastModified"]),
        "license": "" if not isinstance(license, str) or license in ("other", "unknown") else license,
        "disabled": _flag(answer.get("disabled", False)),
    }


def _huggingface_path(name: str) -> str:
    return f"/api/{name}" if name.startswith(("datasets/", "spaces/")) else f"/api/models/{name}"


HOSTS = {
    host.name: host
    for host in (
        Host("github", "https://github.com", "https://api.github.com", lambda name: f"/repos/{name}", _read_github,
             "git/git", "git/no-such-repository-", frozenset({404})),
        Host("huggingface", "https://huggingface.co", "https://huggingface.co", _huggingface_path, _read_huggingface,
             "openai-community/gpt2", "openai-community/no-such-model-", frozenset({401, 404})),
    )
}  # fmt: skip


def host_of(url: str) -> tuple[Host, str] | None:
    """The host of the repository that a URL is or lies in, and the repository's name there.

    >>> host, name = host_of("https://github.com/toy/tide/tree/main/data")
    >>> host.name, name
    ('github', 'toy/tide')
    >>> host_of("https://huggingface.co/toy") is None
    True
    """
    found = identify(url)
    if found is None or found.scheme not in HOSTS:
        return None
    return HOSTS[found.scheme], found.value


def place_in(url: str) -> str:
    """Where in its repository a URL points, empty for the whole, whatever its query shows of that.

    >>> place_in("https://github.com/toy/tide/blob/main/data?raw=true"), place_in("https://github.com/toy/tide.git?tab=readme-ov-file")
    ('/blob/main/data?raw=true', '')
    """
    found = host_of(url)
    if found is None:
        return ""
    rest = normal_url(url).partition(f"/{found[1]}")[2]
    return "" if re.split("[?#]", rest, maxsplit=1)[0] in ("", ".git", "/") else rest


def licence_of(word: str) -> str:
    """The SPDX identifier of what a host calls a licence, or empty where it has none.

    GitHub writes SPDX; Hugging Face writes in lower case (https://huggingface.co/docs/hub/repositories-licenses), and has names
    of its own for licences that are not open, which say nothing that could be compared. Neither tells of GNU's licences whether
    later versions hold, too.

    >>> licence_of("apache-2.0"), licence_of("GPL-3.0"), licence_of("odbl"), licence_of("llama2")
    ('Apache-2.0', 'GPL-3.0-only', 'ODbL-1.0', '')
    """
    lower = word.lower()
    if _GNU.fullmatch(lower):
        return f"{word.upper()}-only"
    return _LICENCES.get(lower) or (word.upper() if lower.startswith("cc-by-") else word if word != lower else "")


_GNU = re.compile(r"(?:[al]?gpl|gfdl)-[0-9.]+")
_LICENCES = {
    **{
        id.lower(): id
        for id in (
            *("AFL-3.0", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "BSL-1.0"),
            *("CC0-1.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "ECL-2.0", "EPL-1.0", "EPL-2.0"),
            *("etalab-2.0", "EUPL-1.1", "EUPL-1.2", "ISC", "LPPL-1.3c", "MIT", "MIT-0", "MPL-2.0", "MS-PL", "NCSA", "OFL-1.1"),
            *("OSL-3.0", "PostgreSQL", "Unlicense", "WTFPL", "Zlib"),
        )
    },
    "c-uda": "C-UDA-1.0",
    "lgpl-lr": "LGPLLR",
    "odbl": "ODbL-1.0",
    "odc-by": "ODC-By-1.0",
    "pddl": "PDDL-1.0",
}
