"""No regular expression takes more than linear time: each is run, as the source runs it, on long repetitions of many tokens.

Twice the text must not take four times as long. A call that bounds what it looks at, by a start and an end, is left out.
"""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import synthkg
from timing import growth

SOURCE = Path(synthkg.__file__).parent
METHODS = {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
TOKENS = """a - a- a. ( [ [a]( <a < & &a ` ' " \\ | # : / http://a/ 1 1. 2020 10.1/ arXiv: { } {a}
; , @ _ * **a ^ $ %20 = a= é 仲""".split()  # noqa: SIM905
TOKENS += [" ", "\n", "\t", "a ", " a\n", "\r\n", "a, ", "and ", "et al ", "SELECT ", "VALUES "]
SHORT, TIMES, ENOUGH = 4_000, 4, 0.004  # characters; how many times as many; seconds below which nothing can be said


def calls(module: ModuleType, path: Path) -> Iterator[tuple[str, str, re.Pattern[str], str]]:
    """Module, line, expression and method of every call on an expression that is known before the program runs."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS):
            continue
        place, owner, method = f"{module.__name__}:{node.lineno}", node.func.value, node.func.attr
        if not isinstance(owner, ast.Name):
            continue
        if owner.id == "re" and node.args and isinstance(text := node.args[0], ast.Constant):
            last = node.args[-1]
            flags = re.RegexFlag[last.attr] if isinstance(last, ast.Attribute) and last.attr.isupper() else 0
            yield place, str(text.value), re.compile(str(text.value), flags), method
        elif isinstance(found := getattr(module, owner.id, None), re.Pattern) and len(node.args) <= 1 + method.startswith("sub"):
            yield place, owner.id, found, method


def all_calls() -> list[tuple[str, str, re.Pattern[str], str]]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(("synthkg", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
        if path.name != "__main__.py":
            found += list(calls(importlib.import_module(name), path))
    return [call for call in found if isinstance(call[2].pattern, str)]


def apply(expression: re.Pattern[str], method: str, token: str, length: int) -> None:
    text = (token * length)[:length]
    if method in ("sub", "subn"):
        expression.sub("", text)
    elif method == "finditer":
        for _ in expression.finditer(text):
            pass
    else:
        getattr(expression, method)(text)


def test_there_are_calls() -> None:
    assert len(all_calls()) > 200


def test_the_square_would_be_seen() -> None:
    assert growth(partial(apply, re.compile(r"a+b"), "search", "a"), 2 * SHORT, TIMES) > 2 * TIMES


def test_no_expression_takes_the_square_of_the_time() -> None:
    slow = []
    for place, name, expression, method in all_calls():
        own = {each for each in re.findall(r"\w+|[^\w\s]", expression.pattern) if len(each) < 9}
        for token in [*TOKENS, *sorted(own)[:15]]:
            work = partial(apply, expression, method, token)
            began = time.process_time()
            work(SHORT)
            if time.process_time() - began > ENOUGH and growth(work, SHORT, TIMES, floor=ENOUGH) > 2 * TIMES:
                slow.append(f"{place}: {name}.{method} on {token!r}")
                break
    assert slow == []
