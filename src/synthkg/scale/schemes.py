"""What all workers need before they read a record: the concept schemes of the data's own, and the files of links beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from synthkg.catalog import Catalog, extend, read_file
from synthkg.model import Scheme, load_vocabulary
from synthkg.scale.records import Mapped, Settings, made_by, map_lines
from synthkg.scale.shards import LINKS, Line, refuse_doubles

if TYPE_CHECKING:
    from pyspark import RDD

__all__ = ["Few", "is_first", "read_schemes"]


class Few(Catalog):
    """Those records of a folder that something is to be said about; its links may be about any of ``elsewhere``."""

    elsewhere: frozenset[str] = frozenset()
    whole: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether all records could be read, these and the others."""
        return self.whole

    @property
    def things(self) -> set[str]:
        """What links may be about."""
        return {*self.elsewhere, *super().things}


def is_first(line: Line) -> bool:
    """Whether it is a file that is read before the others."""
    return line.folder in (Scheme.folder, LINKS)


def read_schemes(lines: RDD[Line], data: Path) -> tuple[Few, Settings, list[Mapped]]:
    """Reads the schemes, each with the words of those before it, and puts the files of links into a folder.

    Args:
        lines: Those of all shards.
        data: The folder, which is empty.

    Returns:
        A catalog of the folder, without the links; what workers must have; what the schemes come to.

    Raises:
        UnreadableError: One of these files is there twice.
    """
    few, made = Few(data, load_vocabulary()), list[Mapped]()
    first = sorted(lines.filter(is_first).collect())
    refuse_doubles(line.key for line in first)
    for line in first:
        path = line.write(data)
        if line.folder == Scheme.folder:
            made += map_lines(Settings(made_by(), tuple(few.vocabulary.own.values())), [line])
            read = read_file(line.folder, path, few.vocabulary)
            if isinstance(read.record, Scheme):
                extend(few, read.record)
    return few, Settings(made_by(), tuple(few.vocabulary.own.values())), made
