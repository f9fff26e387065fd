"""Commands that draw: plot."""

from __future__ import annotations

from pathlib import Path

import click

from synthkg.cli.frame import (
    Place,
    data_option,
    dump_option,
    endpoint_option,
    examples,
    main,
    open_store,
    timeout_option,
)
from synthkg.errors import UsageError


@main.command(epilog=examples(
    "synthkg plot\nsynthkg plot gaps --out gaps.svg\nsynthkg plot growth --from dist/synthkg.nq --out growth.png"
))  # fmt: skip
@click.argument("name", required=False)
@data_option
@dump_option
@endpoint_option
@timeout_option
@click.option("--out", type=Place(), metavar="FILE", help="An .svg or .png. Default: SVG, printed.")
@click.option("--scale", type=click.IntRange(1, 8), default=2, show_default=True, help="Of a PNG: pixels for one of the SVG's.")
def plot(
    name: str | None,
    data: Path | None,
    dump: Path | None,
    endpoint: str | None,
    timeout: float | None,
    out: Path | None,
    scale: int,
) -> None:
    """Draw a picture that answers a question, for a paper or a slide. Without NAME the pictures are listed.

    The SVG has text as text, light and dark colours, and says in words what is to be seen. PNG needs synthkg[plot].
    """
    from synthkg.api import KnowledgeGraph
    from synthkg.files import write_atomically
    from synthkg.graph import find_query
    from synthkg.pictures import PICTURES, find_picture, picture, to_png

    if name is None:
        for question in PICTURES.values():
            click.echo(f"{question.name}\t{question.question}")
        return
    question = find_picture(name)
    if out is not None and out.suffix not in (".svg", ".png"):
        raise UsageError(f"{out}: give a name that ends with .svg or .png")
    kg = KnowledgeGraph(open_store(data, dump, endpoint, timeout), timeout)
    drawn = picture(name, find_query(question.query).rows(kg.answering))
    if out is None:
        click.echo(drawn.document, nl=False)
        return
    write_atomically(out, to_png(drawn, scale) if out.suffix == ".png" else drawn.document)
    click.echo(f"{out}: {drawn.description}")
