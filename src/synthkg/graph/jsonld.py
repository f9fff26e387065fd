"""The JSON-LD context of the graph: the ontology's own words as JSON keys.

It is computed from the ontology, so it cannot fall behind it. The dumps do not need it, for they are expanded; who wants short
keys compacts with it.
"""

from __future__ import annotations

import json
from typing import Any

from synthkg.model import BASE, NAMESPACE, RDF, RDFS, XSD, Vocabulary

__all__ = ["context"]

_RDF_TYPE = RDF + "type"
_RANGE = RDFS + "range"
_OWL = "http://www.w3.org/2002/07/owl#"
_KINDS = {f"{_OWL}{name}" for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}


def context(vocabulary: Vocabulary) -> str:
    """The context as a JSON document: prefixes, ``id`` and ``type``, and every class and property, by its local name.

    The prefixes of the concept schemes are left out: ``stage`` is the property.
    """
    schemes = BASE + "concept/"
    prefixes = {prefix: iri for prefix, iri in sorted(vocabulary.prefixes.items()) if prefix and not iri.startswith(schemes)}
    prefixes["kg"] = BASE  # after the others, which are longer
    kinds: dict[str, set[str]] = {}
    ranges: dict[str, str] = {}
    for subject, predicate, value in vocabulary.triples:
        if predicate.value == _RDF_TYPE and value.value in _KINDS:
            kinds.setdefault(subject.value, set()).add(value.value)
        elif predicate.value == _RANGE:
            ranges[subject.value] = value.value
    terms: dict[str, Any] = {"id": "@id", "type": "@type"}
    for iri in sorted(kinds, key=lambda iri: (not iri.startswith(NAMESPACE), iri)):
        name, short = _local(iri), _shorten(iri, prefixes)
        if name in terms:
            continue
        if _OWL + "ObjectProperty" in kinds[iri]:
            terms[name] = {"@id": short, "@type": "@id"}
        elif (kind := ranges.get(iri, "")).startswith(XSD) and not kind.endswith(("#string", "#anyURI")):
            terms[name] = {"@id": short, "@type": _shorten(kind, prefixes)}
        else:
            terms[name] = short
    return json.dumps({"@context": {"@version": 1.1, **prefixes, **dict(sorted(terms.items()))}}, indent=2) + "\n"


def _local(iri: str) -> str:
    return iri.rpartition("#" if "#" in iri else "/")[2]


def _shorten(iri: str, prefixes: dict[str, str]) -> str:
    for prefix, space in prefixes.items():
        if iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return iri
