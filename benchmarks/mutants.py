"""How much of what could go wrong in the source the tests notice: a seeded sample of mutants, met with the tests that run them.

    python -m pip install cosmic-ray pytest-cov
    python benchmarks/mutants.py [--number 300] [--seed 1] [--work FOLDER] [--part 1/2]

The mutations are those of cosmic-ray (https://cosmic-ray.readthedocs.io). It would run one command for every mutant, and the
whole takes a quarter of an hour: so the tests are run once under coverage.py, which says which test runs which line, and a mutant
meets those of its line, the quick ones first. Both are done in clones of what is committed, below FOLDER, where an earlier run is
gone on with. Printed is a table by package, and every mutant that nothing noticed.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
SOURCE = Path("src/synthkg")
OPERATORS = (
    *("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "NumberReplacer"),
    *("ZeroIterationForLoop", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ReplaceUnaryOperator_Delete_Not"),
    *(
        f"ReplaceComparisonOperator_{pair}"
        for pair in ("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Is_IsNot")
    ),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_Div", "FloorDiv_Mul", "Mod_Add", "BitAnd_BitOr")),
)
MOST_TESTS = 120
LONGEST_NAME = 1000  # some have their input in it, and a command line is not endless
SECONDS = 60.0  # that the tests of a mutant take when nothing is wrong


class Mutant(NamedTuple):
    """The n-th place in a file at which an operator of cosmic-ray changes something, and the line of it."""

    file: str
    operator: str
    occurrence: int
    line: int

    @property
    def package(self) -> str:
        """The room that it is in."""
        parts = Path(self.file).relative_to(SOURCE).parts
        return parts[0] if len(parts) > 1 else "(top)"


def mutants(root: Path) -> Iterator[Mutant]:
    """All there are, but for those of lines that nothing runs."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator

    for path in sorted((root / SOURCE).rglob("*.py")):
        text = path.read_text("utf-8")
        nodes, idle = list(ast_nodes(get_ast(text))), set(_idle_lines(text))
        for name in OPERATORS:
            operator = get_operator(f"core/{name}")()
            places = [start for node in nodes for start, _ in operator.mutation_positions(node)]
            for occurrence, (line, _) in enumerate(places):
                if line not in idle:
                    yield Mutant(str(path.relative_to(root)), name, occurrence, line)


def _idle_lines(text: str) -> Iterator[int]:
    """Lines of imports, of what is only annotated, and of decorators that make a class frozen, slotted or keyword-only.

    That nobody sets an attribute later, or gives one by its place, mypy holds: a program that keeps to it runs alike without.
    """
    for node in ast.walk(ast.parse(text)):
        idle: list[ast.stmt | ast.expr] = []
        if isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, ast.AnnAssign) and node.value is None):
            idle = [node]
        elif isinstance(node, ast.ClassDef):
            idle = [each for each in node.decorator_list if isinstance(each, ast.Call) and _is_promise(each)]
        for each in idle:
            yield from range(each.lineno, (each.end_lineno or each.lineno) + 1)


def _is_promise(decorator: ast.Call) -> bool:
    called = isinstance(decorator.func, ast.Name) and decorator.func.id == "dataclass"
    return called and {keyword.arg for keyword in decorator.keywords} <= {"frozen", "slots", "kw_only"}


def sample(found: list[Mutant], number: int, seed: int) -> list[Mutant]:
    """So many of them at random: each package has its share of them, and at least four."""
    rooms = defaultdict(list)
    for mutant in found:
        rooms[mutant.package].append(mutant)
    drawn: list[Mutant] = []
    for name, every in sorted(rooms.items()):
        share = max(4, round(number * len(every) / len(found)))
        drawn += random.Random(f"{seed} {name}").sample(every, min(share, len(every)))
    random.Random(seed).shuffle(drawn)
    return drawn


def clone(work: Path, name: str) -> Path:
    """A clone of what is committed."""
    if not (folder := work / name).exists():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


def run(folder: Path, *arguments: str, seconds: float | None = None) -> int:
    """Pytest in a clone: its exit status, or -1 after so many seconds."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = os.environ | {"PYTHONPATH": str(folder / "src"), "SYNTHKG_SEED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with (
        (folder.parent / f"{folder.name}.log").open("ab") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 15)
            process.wait()
            return -1


def covered(work: Path) -> tuple[dict[str, dict[int, list[str]]], dict[str, float]]:
    """For each file and line the tests that run it; and how long each test takes that passes."""
    from coverage import CoverageData

    folder, report = clone(work, "covered"), work / "report.xml"
    if not report.exists():
        options = ["--cov=synthkg", "--cov-context=test", "--cov-report=", f"--junitxml={report}", "-o", "junit_family=xunit1"]
        run(folder, *options, "--numprocesses", "auto", "--dist", "loadfile")
    lasts: dict[str, float] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        if not any(each.tag in ("failure", "error", "skipped") for each in case):
            lasts[f"{case.get('file')}::{case.get('name')}"] = float(case.get("time") or 0)
    data = CoverageData(str(folder / ".coverage"))
    data.read()
    lines: dict[str, dict[int, list[str]]] = {}
    for file in data.measured_files():
        by_line = data.contexts_by_lineno(file)
        names = {line: sorted({each.rpartition("|")[0] for each in every} & set(lasts)) for line, every in by_line.items()}
        lines[str(Path(file).relative_to(folder))] = names
    return lines, lasts


def chosen(tests: list[str], lasts: dict[str, float]) -> list[str]:
    """The quick ones, of each file in turn, before those that take twice as long, until they take a minute together."""
    files = defaultdict(list)
    for test in sorted(tests, key=lambda test: lasts[test]):
        if len(test) < LONGEST_NAME:
            files[test.partition("::")[0]].append(test)
    turns = [test for turn in zip_longest(*files.values()) for test in turn if test is not None]
    found: list[str] = []
    left = SECONDS
    for test in sorted(turns, key=lambda test: max(0, int(lasts[test] * 10).bit_length())):
        if (left := left - lasts[test]) < 0 or len(found) == MOST_TESTS:
            break
        found.append(test)
    return found or tests[:1]


def meet(mutant: Mutant, folder: Path, tests: list[str]) -> str:
    """What became of a mutant: noticed, or not."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    path = folder / mutant.file
    text = path.read_text("utf-8")
    changed = mutate_code(text, get_operator(f"core/{mutant.operator}")(), mutant.occurrence)
    try:
        path.write_text(changed, "utf-8")
        status = run(folder, "-x", *tests, seconds=5 * SECONDS)
    finally:
        path.write_text(text, "utf-8")
    return {0: "not noticed", 1: "noticed", -1: "noticed, by taking for ever"}.get(status, "noticed, by an import that fails")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "synthkg-mutants")
    parser.add_argument("--part", default="1/1")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    lines, lasts = covered(given.work)
    part, parts = map(int, given.part.split("/"))
    folder, met = clone(given.work, f"part-{part}"), given.work / f"met-{given.seed}-{part}.jsonl"
    known = {tuple(json.loads(line)[0]) for line in met.read_text().splitlines()} if met.exists() else set()
    for mutant in sample(list(mutants(folder)), given.number, given.seed)[part - 1 :: parts]:
        if tuple(mutant) in known:
            continue
        by_line = lines.get(mutant.file, {})
        anywhere = sorted({test for tests in by_line.values() for test in tests})
        began, tests = time.monotonic(), by_line.get(mutant.line) or anywhere  # a line that runs at import is no test's own
        became = meet(mutant, folder, chosen(tests, lasts)) if tests else "not run by a test"
        with met.open("a") as out:
            print(json.dumps([mutant, became, len(tests), round(time.monotonic() - began, 1)]), file=out)
    show([json.loads(line) for file in sorted(given.work.glob(f"met-{given.seed}-*.jsonl")) for line in file.open()])


def show(met: list[tuple[list[str], str, int, float]]) -> None:
    """Prints the table, and what was not noticed."""
    all_of, seen = Counter[str](), Counter[str]()
    for mutant, became, _, _ in met:
        for name in (Mutant(*mutant).package, "all"):  # type: ignore[arg-type]
            all_of[name] += 1
            seen[name] += became.startswith("noticed")
    print("| package | mutants | noticed |\n| --- | --- | --- |")
    for name, number in sorted(all_of.items(), key=lambda item: (item[0] == "all", item[0])):
        print(f"| {name} | {number} | {seen[name] / number:.0%} |")
    for mutant, became, tests, _ in met:
        if not became.startswith("noticed"):
            print(f"{mutant[0]}:{mutant[3]}: {mutant[1]} {mutant[2]}: {became} ({tests} tests)")


if __name__ == "__main__":
    main()
