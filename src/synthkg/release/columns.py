"""What the columns of the CSV tables hold: ``csv-metadata.json`` and ``datapackage.json`` beside them.

CSV has no types, so readers guess, and take the arXiv id 2212.10560 for a number, which ends in 1056. The two files say which
column is what: CSV on the Web (https://www.w3.org/TR/tabular-metadata/, found by the name of its file) and the Table Schema of
a Data Package (https://specs.frictionlessdata.io/data-package/).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthkg.release.contents import CSVW, DATA_PACKAGE

__all__ = ["describe_columns"]

Columns = Mapping[str, type]
"""Column -> ``str``, ``int``, ``list`` (joined by " | ") or ``bool`` (``yes`` and ``no``)."""


def describe_columns(folder: Path, tables: Mapping[str, Columns]) -> None:
    """Writes both files.

    Args:
        folder: The folder of the release.
        tables: Table -> its columns.
    """
    csvw = {
        "@context": "http://www.w3.org/ns/csvw",
        "dialect": {"lineTerminators": ["\n"]},
        "tables": [
            {"url": f"{name}.csv", "tableSchema": {"columns": [_csvw_column(*column) for column in columns.items()]}}
            for name, columns in tables.items()
        ],
    }
    package = {
        "profile": "tabular-data-package",
        "name": "synthkg",
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "path": f"{name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"lineTerminator": "\n"},
                "schema": {"fields": [_field(*column) for column in columns.items()]},
            }
            for name, columns in tables.items()
        ],
    }
    for file, content in ((CSVW, csvw), (DATA_PACKAGE, package)):
        (folder / file).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8", newline="\n")


def _csvw_column(name: str, kind: type) -> dict[str, Any]:
    datatypes: dict[type, dict[str, Any]] = {
        int: {"datatype": "integer"},
        bool: {"datatype": {"base": "boolean", "format": "yes|no"}},
        list: {"datatype": "string", "separator": " | "},
    }
    return {"name": name, "titles": name, **datatypes.get(kind, {"datatype": "string"})}


def _field(name: str, kind: type) -> dict[str, Any]:
    if kind is bool:
        return {"name": name, "type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]}
    return {"name": name, "type": "integer" if kind is int else "string"}
