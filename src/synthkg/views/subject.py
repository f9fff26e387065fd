"""What a graph is called: after the list that its records came from, whose title says the field that it is about; and which data
set a description is about.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, Triple

from synthkg.graph import Store, load_queries

__all__ = ["data_set_in", "described", "subject_of"]

_WHAT = "a knowledge graph of scholarly works"
_ABOUT = NamedNode("http://xmlns.com/foaf/0.1/primaryTopic")


def data_set_in(description: Iterable[Triple]) -> str | None:
    """The IRI of the data set that a release's ``void.ttl`` describes; None where it describes none."""
    found = (each.object for each in description if each.predicate == _ABOUT)
    return next((iri.value for iri in found if isinstance(iri, NamedNode)), None)


def subject_of(store: Store) -> str:
    """The title of the list, of the primary one where there are several; empty where no single list says it.

    Raises:
        QueryError: The store cannot run the query.
    """
    rows = [tuple(term.value if term else "" for term in row) for row in load_queries("exports")["subject"].rows(store).rows]
    primary = [title for title, is_primary in rows if is_primary == "yes"]
    titles = primary or [title for title, _ in rows]
    return titles[0] if len(titles) == 1 else ""


def described(subject: str) -> str:
    """What a graph about a subject is, in a few words.

    >>> described("Finding passages"), described("")
    ('Finding passages, a knowledge graph of scholarly works', 'A knowledge graph of scholarly works')
    """
    return f"{subject}, {_WHAT}" if subject else f"{_WHAT[0].upper()}{_WHAT[1:]}"
