"""Commands that draw: plot."""

from __future__ import annotations

from pathlib import Path

import click

from synthkg.cli.completing import complete_picture
from synthkg.cli.frame import (
    Place,
    data_option,
    dump_option,
    endpoint_option,
    examples,
    main,
    open_store,
    refuse_options,
    timeout_option,
)
from synthkg.errors import UsageError


@main.command(epilog=examples(
    "synthkg plot\nsynthkg plot gaps --out gaps.svg\nsynthkg plot growth --from dist/synthkg.nq --out growth.png"
))  # fmt: skip
@click.argument("name", required=False, shell_complete=complete_picture)
@data_option
@dump_option
@endpoint_option
@timeout_option
@click.option("--out", type=Place(), metavar="FILE", help="An .svg or .png. Default: SVG, printed.")
@click.option("--scale", type=click.IntRange(1, 8), help="Of a PNG: pixels for one of the SVG's. Default: 2.")
def plot(
    name: str | None,
    data: Path | None,
    dump: Path | None,
    endpoint: str | None,
    timeout: float | None,
    out: Path | None,
    scale: int | None,
) -> None:
    """Draw a picture that answers a question, for a paper or a slide. Without NAME the pictures are listed.

    The SVG has text as text, light and dark colours, and says in words what is to be seen. PNG needs synthkg[plot].
    """
    from synthkg.api import KnowledgeGraph
    from synthkg.files import write_atomically
    from synthkg.graph import find_query
    from synthkg.pictures import PICTURES, find_picture, picture, to_png

    if name is None:
        refuse_options("name the picture that is meant; without a name they are listed")
        for question in PICTURES.values():
            click.echo(f"{question.name}\t{question.question}")
        return
    question = find_picture(name)
    ending = ".svg" if out is None else out.suffix.lower()
    if ending not in (".svg", ".png"):
        raise UsageError(f"{out}: give a name that ends with .svg or .png")
    if scale is not None and ending != ".png":
        raise UsageError("--scale is of a PNG; give --out a name that ends with .png")
    kg = KnowledgeGraph(open_store(data, dump, endpoint, timeout), timeout)
    drawn = picture(name, find_query(question.query).rows(kg.answering))
    if out is None:
        click.echo(drawn.document, nl=False)
        return
    write_atomically(out, to_png(drawn, scale or 2) if ending == ".png" else drawn.document)
    click.echo(f"{out}: {drawn.description}")
