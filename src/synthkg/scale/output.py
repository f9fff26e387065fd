"""The folder of a build on a cluster: parts, checksums, findings, and a manifest, in any file system that Spark writes.

Parts get their names when all of them are there, and the manifest comes last: a folder without one was left by a run that was
ended.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from synthkg.errors import BuildRefused
from synthkg.findings import FORMATS, Finding
from synthkg.graph import SUMS
from synthkg.release import COUNTED, Statistics
from synthkg.scale.parts import Part

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import SparkSession

__all__ = ["Output"]

_MANIFEST, _FINDINGS, _PENDING = "manifest.json", "findings.json", "_pending"
_GZIP = "org.apache.hadoop.io.compress.GzipCodec"


class Output:
    """A folder that is written."""

    def __init__(self, spark: SparkSession, out: str) -> None:
        """Looks whether it can be written.

        Raises:
            BuildRefused: It is there already.
        """
        self._spark = spark
        self._out = out.rstrip("/")
        self._java: Any = spark.sparkContext._jvm
        self._files = self._path("").getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
        if self._files.exists(self._path("")):
            raise BuildRefused("is there already; name a new folder with --out", out)

    def write(self, said: RDD[str | Part], findings: list[Finding]) -> tuple[int, list[str]]:
        """Writes all of it.

        Args:
            said: The text of the parts, and at the end of each what it holds.
            findings: What is to be told of the records.

        Returns:
            How many triples there are, and the files.
        """
        said.filter(lambda each: isinstance(each, str)).saveAsTextFile(f"{self._out}/{_PENDING}", _GZIP)
        parts = said.flatMap(lambda each: [each._replace(objects=[])] if isinstance(each, Part) else []).collect()
        names = [f"synthkg-{part.number:05}.nq.gz" for part in parts]
        for part, name in zip(parts, names, strict=True):
            self._files.rename(self._path(f"{_PENDING}/part-{part.number:05}.gz"), self._path(name))
        self._files.delete(self._path(_PENDING), True)
        held = self._sums()
        told = {
            "synthkg": version("synthkg"),
            "triples": sum(part.triples for part in parts),
            "parts": [
                {
                    "file": name,
                    "triples": part.triples,
                    "sha256": held[name],
                    "content_bytes": part.size,
                    "content_sha256": part.sha256,
                }
                for part, name in zip(parts, names, strict=True)
            ],
            "statistics": _rows(parts, self._distinct(said)),
        }
        self._put(_FINDINGS, FORMATS["json"](findings))
        held[_FINDINGS] = hashlib.sha256(FORMATS["json"](findings).encode()).hexdigest()
        self._put(SUMS, "".join(f"{digest}  {name}\n" for name, digest in sorted(held.items())))
        self._put(_MANIFEST, json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        return sum(part.triples for part in parts), [f"{self._out}/{name}" for name in (*names, _FINDINGS, SUMS, _MANIFEST)]

    def _sums(self) -> dict[str, str]:
        """The SHA-256 of each part, as it was written."""
        files = self._spark.sparkContext.binaryFiles(f"{self._out}/synthkg-*.nq.gz")
        return dict(files.map(lambda file: (file[0].rpartition("/")[2], hashlib.sha256(file[1]).hexdigest())).collect())

    def _distinct(self, said: RDD[str | Part]) -> dict[tuple[str, str], int]:
        """How many objects are distinct, by graph, by property, and at all."""
        found = said.flatMap(lambda each: each.objects if isinstance(each, Part) else [])
        counted = found.flatMap(lambda one: [((one[0], ""), one[2]), (("", one[1]), one[2]), (("", ""), one[2])]).distinct()
        return dict(counted.keys().countByValue())

    def _path(self, name: str) -> Any:
        return self._java.org.apache.hadoop.fs.Path(f"{self._out}/{name}" if name else self._out)

    def _put(self, name: str, text: str) -> None:
        stream = self._files.create(self._path(name), True)
        try:
            stream.write(bytearray(text.encode("utf-8")))
        finally:
            stream.close()


def _rows(parts: list[Part], objects: dict[tuple[str, str], int]) -> dict[str, list[dict[str, str]]]:
    """The rows of the statistics of the whole graph."""
    whole = Statistics()
    for part in parts:
        whole.add(part.statistics)
    whole.tell(objects)
    return {name: whole.rows(name) for name in COUNTED}
