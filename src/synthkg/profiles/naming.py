"""Values of a saved query's parameters by name: ``GPT-4`` and ``Evol-Instruct`` where an id is asked for, ``mit`` for ``MIT``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from synthkg.errors import UsageError
from synthkg.graph import Parameter, Query, Store, present_iri
from synthkg.model import BASE
from synthkg.profiles.finding import Candidate, Finder
from synthkg.works import fold

__all__ = ["by_id"]


def by_id(query: Query, values: Mapping[str, str], store: Store, finder: Callable[[], Finder]) -> dict[str, str]:
    """The values, each name or former id of a thing replaced by the thing's id, and each other value as records write it.

    What is neither is left as it is.

    Args:
        query: What takes the values.
        values: Parameter -> value.
        store: The graph.
        finder: Gives what finds things; asked for only where a value is no id.

    Raises:
        UsageError: A name is that of several things.
    """
    partial = query.header.get("partial", ())  # of these any text is asked for, and the query itself forgives case
    found = {name: _id(query.parameter(name), value, store, finder) for name, value in values.items()}
    return {name: value if name in partial else _spelled(query.parameter(name), value, store) for name, value in found.items()}


def _spelled(parameter: Parameter, value: str, store: Store) -> str:
    """The one value of a licence, a verdict or the like that differs from this in case, blanks and marks alone; else this."""
    if parameter.type == "iri" or (not parameter.values and parameter.present(store, value) is not None):
        return value
    known = [each for each in parameter.choices(store) if fold(each) == fold(value)]
    return known[0] if len(known) == 1 else value


def _id(parameter: Parameter, value: str, store: Store, finder: Callable[[], Finder]) -> str:
    if parameter.type != "iri":
        return parameter.read(value)
    base = f"{BASE}{parameter.base}/" if parameter.base else BASE
    try:
        iri = parameter.term(value).value
        if store.ask(f"ASK {{ <{iri}> ?p ?o }}"):
            return value
        if (now := present_iri(store, iri)) != iri:
            return now if value.startswith(BASE) else now.removeprefix(base)
    except UsageError:
        pass  # a name may have what no IRI can have
    if value.startswith(BASE):
        return value
    found = [each for each in finder().find(value) if each.iri.startswith(base)] or _of_base(finder(), value, base)
    if len(found) > 1:
        shown = ", ".join(f"{each.iri.removeprefix(base)} ({each.title})" for each in found)
        raise UsageError(f'"{value}" may be {shown}; give {parameter.name} as one of these')
    return found[0].iri.removeprefix(base) if parameter.base and found else found[0].iri if found else value


def _of_base(finder: Finder, value: str, base: str) -> list[Candidate]:
    kinds = ("artifact", "concept", "list", "method", "paper", "venue")
    return [each for kind in kinds for each in finder.find(value, [kind]) if each.iri.startswith(base)]
