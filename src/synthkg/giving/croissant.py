"""Data sets as Croissant records: the JSON-LD in which Hugging Face, Kaggle and OpenML describe data for machine learning.

The form is that of https://docs.mlcommons.org/croissant/docs/croissant-spec.html, version 1.0: what it requires of a data set,
and of what it recommends the rest that is known here. There are no files and record sets, because nobody here has opened the
data. What the saved query ``croissant`` does not find enough of has no record.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from synthkg.graph import Store, load_queries
from synthkg.model import BASE

__all__ = ["croissants"]

_SPECIFICATION = "http://mlcommons.org/croissant/1.0"
_OURS = ("citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet", "format")
_MORE = ("includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex")
_LAST = ("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform")
# Appendix 1 of the specification, and the two words that mlcroissant has besides: it warns of a context without them.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{word: f"cr:{word}" for word in (*_OURS, *_MORE, *_LAST)},
}
_Facts = dict[str, list[str]]


def croissants(store: Store) -> dict[str, str]:
    """A Croissant record, as JSON, for each data set of which enough is established.

    Returns:
        The id of each data set -> the text of its record.
    """
    found: dict[str, _Facts] = defaultdict(lambda: defaultdict(list))
    for data, property, _, value in load_queries("exports")["croissant"].rows(store).rows:
        assert data is not None
        assert property is not None
        assert value is not None
        found[data.value][property.value].append(value.value)
    return {
        iri.removeprefix(f"{BASE}artifact/"): json.dumps(_record(iri, facts), ensure_ascii=False, indent=2) + "\n"
        for iri, facts in found.items()
    }


def _record(iri: str, facts: _Facts) -> dict[str, Any]:
    year = min(facts["day"])[:4]
    people = [{"@type": "Person", "name": name} for name in facts["creator"]]
    teams = [{"@type": "Organization", "name": name} for name in facts["team"]]
    record: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "conformsTo": _SPECIFICATION,
        "name": facts["name"][0],
        "alternateName": facts["alternateName"],
        "description": _description(facts),
        "url": facts["url"][0],
        "sameAs": iri,
        "license": facts["license"][0],
        "creator": [*people, *teams],
        "datePublished": year,
        "citeAs": f"{facts['byline'][0]} ({next(iter(facts['cited']), year)}). {facts['work'][0]}. {facts['page'][0]}",
        "inLanguage": facts["inLanguage"],
        "keywords": facts["keywords"],
    }
    return {key: value for key, value in record.items() if value}


def _description(facts: _Facts) -> str:
    """What the data set is, from what the graph says of it."""
    made = " Made with {}.".format(", ".join(dict.fromkeys(facts["teacher"]))) if facts["teacher"] else ""
    seeds = " Started from {}.".format(", ".join(dict.fromkeys(facts["seed"]))) if facts["seed"] else ""
    size = f" Size: {facts['size'][0]}." if facts["size"] else ""
    return f"Released with the work “{facts['work'][0]}”.{made}{seeds}{size}"
