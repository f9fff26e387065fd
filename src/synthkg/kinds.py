"""The kinds of things that are found by words, where the command line, too, can name them without reading anything else."""

__all__ = ["SOUGHT"]

SOUGHT = ("paper", "method", "artifact", "venue", "concept", "scheme", "list", "erratum", "person", "term")
