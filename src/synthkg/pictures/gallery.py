"""Which pictures there are: each is a name, a question, the saved query that answers it, and a layout.

A layout is a function that puts rows into a `Drawing` and says in words what is to be seen. One more picture is one more entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from synthkg.errors import UsageError
from synthkg.findings import did_you_mean
from synthkg.graph import Table
from synthkg.pictures.ancestry import draw_ancestry
from synthkg.pictures.bars import draw_code, draw_growth
from synthkg.pictures.drawing import STYLE, Drawing, Link, Row
from synthkg.pictures.flow import draw_distillation
from synthkg.pictures.grid import draw_gaps, draw_licences
from synthkg.pictures.model import draw_model

__all__ = ["PICTURES", "Picture", "Question", "find_picture", "picture"]

Layout = Callable[[Drawing, Sequence[Row]], str]


@dataclass(frozen=True, slots=True)
class Question:
    """A picture that can be drawn.

    Attributes:
        name: What it is called at the command line, and in addresses.
        question: What it answers; the picture's title.
        query: The saved query that gives its rows.
        layout: Draws them, and says in a few sentences what is to be seen.
        columns: The columns of the table beside it; none means all.
        only: Column -> the values of the rows that it is about.
    """

    name: str
    question: str
    query: str
    layout: Layout
    columns: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and the table that says the same.

    Attributes:
        svg: The ``<svg>`` element, to stand in a page that has `drawing.STYLE`.
        title: The question.
        description: What is to be seen, in words.
        columns: The columns of the table.
        rows: Its rows, as text.
        is_empty: Whether nothing is to be seen, as the description says.
    """

    name: str
    svg: str
    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_empty: bool = False

    @property
    def document(self) -> str:
        """The picture as a file: with its colours, by day and night, and a ground. Its links would lead astray there."""
        head, opened, rest = re.sub(r'<a href="[^"]*">|</a>', "", self.svg).replace('role="group"', 'role="img"').partition(">\n")
        x, y, wide, high = (re.search(r'viewBox="([^"]*)"', head) or [""])[1].split()
        ground = f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="var(--picture-paper, #ffffff)"/>\n'
        title, described, drawn = rest.partition("</desc>\n")
        return f"{head}{opened}{title}{described}<style>\n{STYLE}</style>\n{ground}{drawn}"


PICTURES: dict[str, Question] = {
    question.name: question
    for question in (
        Question(
            "methods",
            "Which method grew out of which?",
            "methods",
            draw_ancestry,
            ("id", "title", "year", "extends", "extended_by", "introduced_by"),
        ),
        Question(
            "distillation",
            "Which models taught which, and through which data?",
            "lineage-edges",
            draw_distillation,
            ("source_title", "relation", "thing_title", "papers"),
            {"relation": ("made-by", "trained-on", "distilled-from")},
        ),
        Question("gaps", "Where has nobody worked yet: which stage, in which domain?", "stage-domain-matrix", draw_gaps),
        Question("growth", "How fast did the field grow?", "growth-by-month", draw_growth),
        Question("licences", "Who released what, and under which licence?", "releases", draw_licences),
        Question("code", "Where does code still live?", "code-by-year", draw_code),
        Question(
            "model",
            "What is in the graph, and what leads where?",
            "ontology-model",
            draw_model,
            ("from", "property", "to", "used"),
        ),
    )
}


def find_picture(name: str) -> Question:
    """The picture of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in PICTURES:
        raise UsageError(f'there is no picture "{name}"; {did_you_mean(name, PICTURES)}')
    return PICTURES[name]


def picture(name: str, rows: Table, link: Link | None = None) -> Picture:
    """Draws the answer of a picture's saved query. The same rows give the same bytes.

    Args:
        name: One of `PICTURES`.
        rows: The answer of its ``query``.
        link: Path below https://w3id.org/synthkg/ -> where it leads; without it nothing in the picture is a link.

    Raises:
        UsageError: There is no such picture, or the answer is of another query.
    """
    question = find_picture(name)
    needed = {*question.columns, *question.only}
    if missing := needed - set(rows.columns):
        raise UsageError(f"these are no rows of {question.query}: there is no column {min(missing)}")
    texts = [
        {column: "" if term is None else term.value for column, term in zip(rows.columns, row, strict=True)} for row in rows.rows
    ]
    about = [row for row in texts if all(row[column] in values for column, values in question.only.items())]
    drawing = Drawing(link)
    description = question.layout(drawing, about)
    columns = question.columns or rows.columns
    cells = tuple(tuple(row[column] for column in columns) for row in about)
    svg = drawing.svg(f"picture-{name}", question.question, description)
    return Picture(name, svg, question.question, description, columns, cells, drawing.is_empty)
