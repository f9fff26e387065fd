"""What a data folder that is a repository of its own has around its records: a README, a check at each push, and what git
ignores and leaves as it is.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["files_around"]

_README = """\
# {title}

A knowledge graph, one YAML record a thing: `concepts/` (what works can be about), `papers/`, `methods/`, `artifacts/`, `venues/`,
`lists/`.

```sh
synthkg check --data .                                   # what is wrong, and what is open in drafts, at file:line:column
synthkg enrich --data . --online                         # what others know of the papers
synthkg add 2212.10560 --data .                          # another paper, as a draft
synthkg build --data . --out dist                        # the graph in six formats, tables
synthkg view --from dist/synthkg.nq --out views          # the clean list and all other pages
```

A draft (`draft: true`) is in no page and no dump; when nothing is open in it any more, remove that line. What works can be about
stands in `concepts/`: a concept has a label, a definition, other headings that mean it (`aliases`) and perhaps a `broader` one.
A heading of a list finds it by its names; a paper that no list puts there says `topics: [scheme/id]`.

A release says what the data are called, by whom they are and under which licence if a `CITATION.cff` and a `LICENSE` here do.
"""
_WORKFLOW = """\
name: check
on: [push, pull_request]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - name: Install synthkg
        env:
          SYNTHKG: ${{ vars.SYNTHKG }}
        run: |
          if test -z "$SYNTHKG"; then
            echo "::error::Say in the repository's variable SYNTHKG where pip finds synthkg: git+https://…@COMMIT, or a name."
            exit 1
          fi
          pip install "$SYNTHKG"
      - run: synthkg check --data . --format github
      - run: synthkg format --check --data .
      - run: synthkg build --data . --out dist
"""
_IGNORED = "/dist/\n/.venv/\n"
_ATTRIBUTES = """\
# Lists and pages stay byte for byte what they are; records and links have bare newlines in every checkout.
* -text
*.yaml text eol=lf
*.tsv text eol=lf
"""


def files_around(folder: Path, title: str) -> dict[Path, str]:
    """The texts of those of the files that are not there; a README that somebody wrote stays."""
    texts = {
        folder / "README.md": _README.format(title=title),
        folder / ".github" / "workflows" / "check.yml": _WORKFLOW,
        folder / ".gitignore": _IGNORED,
        folder / ".gitattributes": _ATTRIBUTES,
    }
    return {path: text for path, text in texts.items() if not path.exists()}
