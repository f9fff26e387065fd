r"""Mathematics in titles: told apart from money, and written for those who do not read TeX.

A title is text in which TeX's mathematics stands between dollars (``VILA$^2$``). What is mathematics is pandoc's rule
(https://pandoc.org/MANUAL.html#math): no blank after the opening dollar, none before the closing one, and no digit after it. So
the prices of "From $5 to $10" are none; behind what begins with a command or a script, as no price does, a digit may stand
(``$\sim$50B``). A formula of which a command is not known here is given back as it was, and is
no mathematics in a bibliography: TeX would run the command.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator

__all__ = ["is_plain", "segments", "to_rich_text", "to_unicode"]

_INSIDE = r"((?:[^$\\]|\\[^\s])+)(?<!\s)"
_FORMULA = re.compile(rf"\$(?!\s){_INSIDE}\$(?!\d)|\$(?=[\\^_]){_INSIDE}\$")
_NEVER_IN_TITLES = frozenset((*"%#&~", r"\{", r"\}", r"\$"))  # what would end, or unbalance, what the formula stands in
_WORDS = re.compile(r"\\text[a-z]*\{[^{}]*\}")
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|.", re.DOTALL)
_LONGEST = 200  # characters; a longer formula is given back as it was
_UP = dict(zip("0123456789+-=()abcdefghijklmnoprstuvwxyzT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ", strict=True))
_DOWN = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_FONTS = frozenset((
    "mathbf", "mathrm", "mathit", "mathcal", "mathbb", "mathsf", "mathtt", "boldsymbol",
    "text", "textbf", "textit", "textrm", "textsc", "textsf", "texttt",
))  # fmt: skip
_SYMBOLS = {
    "times": "×", "cdot": "·", "pm": "±", "to": "→", "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔",
    "infty": "∞", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼",
    "circ": "∘", "star": "⋆", "ell": "ℓ", "ldots": "…", "dots": "…", "prime": "′", "in": "∈", "forall": "∀",
    "exists": "∃", "nabla": "∇", "partial": "∂", "sum": "∑", "prod": "∏", "sqrt": "√", "lbrace": "{", "rbrace": "}",
    "Rightarrow": "⇒", "uparrow": "↑", "downarrow": "↓", "propto": "∝", "equiv": "≡", "cup": "∪", "cap": "∩", "subset": "⊂",
    "heartsuit": "♡", "bullet": "•", "%": "%", "#": "#", "&": "&",
    "langle": "⟨", "rangle": "⟩", "mid": "∣", "vert": "|", "ast": "∗", "dagger": "†", "oplus": "⊕", "otimes": "⊗",
    ",": " ", ";": " ", ":": " ", " ": " ", "!": "", "quad": " ", "_": "_",
}  # fmt: skip

_SHAPES = frozenset((
    "mathscr", "mathfrak", "operatorname", "hat", "widehat", "tilde", "widetilde", "bar", "overline", "underline",
    "vec", "dot", "frac", "tfrac", "dfrac", "binom", "log", "ln", "exp", "min", "max", "arg", "argmin", "argmax", "sup",
    "inf", "lim", "Pr", "det", "left", "right", "lfloor", "rfloor", "lceil", "rceil", "|", "neg", "land", "lor",
    "wedge", "vee", "setminus", "emptyset", "supset", "subseteq", "supseteq", "notin", "mapsto", "longrightarrow",
    "Leftarrow", "Leftrightarrow", "cdots", "int", "hbar",
))  # fmt: skip
"""Commands that have no text here, and that TeX reads as mathematics all the same."""

_Script = Callable[[str], str]


def segments(title: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a title in order: whether it is mathematics, and its text, a formula without its dollars.

    >>> list(segments("TIDE$^2$ for $5"))
    [(False, 'TIDE'), (True, '^2'), (False, ' for $5')]
    """
    start = 0
    for found in _FORMULA.finditer(title):
        formula = found[1] or found[2]
        if _is_balanced(formula) and _NEVER_IN_TITLES.isdisjoint(_TOKEN.findall(formula)):
            if found.start() > start:
                yield False, title[start : found.start()]
            yield True, formula
            start = found.end()
    if start < len(title):
        yield False, title[start:]


def is_plain(formula: str) -> bool:
    r"""Whether TeX reads mathematics in it and nothing else: no command that reads a file, or makes others.

    >>> is_plain(r"\hat{x}_i \to \alpha"), is_plain(r"\input{/etc/passwd}"), is_plain("^^5cinput x")
    (True, False, False)
    """
    names = {token[1:] for token in _TOKEN.findall(formula) if token.startswith("\\")}
    return "^^" not in formula and all(map(_is_known, names))


def _is_known(name: str) -> bool:
    if name in _FONTS or name in _SYMBOLS or name in _SHAPES:
        return True
    try:
        return bool(_greek(name))
    except LookupError:
        return False


def to_unicode(title: str) -> str:
    r"""The title as plain text.

    >>> to_unicode(r"TIDE$^2$: $\alpha$-Tides for $5")
    'TIDE²: α-Tides for $5'
    """
    return _written(title, lambda text: _script(text, _UP, "^"), lambda text: _script(text, _DOWN, "_"))


def to_rich_text(title: str) -> str:
    """The title with the tags that CSL-JSON knows (https://docs.citationstyles.org/en/stable/specification.html, rich text).

    >>> to_rich_text("TIDE$^2$ of H$_2$O")
    'TIDE<sup>2</sup> of H<sub>2</sub>O'
    """
    return _written(title, "<sup>{}</sup>".format, "<sub>{}</sub>".format)


def _written(title: str, up: _Script, down: _Script) -> str:
    return "".join(_formula(text, up, down) if is_formula else text for is_formula, text in segments(title))


def _formula(text: str, up: _Script, down: _Script) -> str:
    if len(text) > _LONGEST:
        return f"${text}$"
    try:
        spaced = _WORDS.sub(lambda words: words[0].replace(" ", r"\ "), text)
        return _sequence(deque(_TOKEN.findall(spaced)), {"^": up, "_": down})
    except LookupError:
        return f"${text}$"


def _sequence(tokens: deque[str], scripts: dict[str, _Script]) -> str:
    """What stands up to the end of the group."""
    written = ""
    while tokens and tokens[0] != "}":
        written += _piece(tokens, scripts)
    return written


def _piece(tokens: deque[str], scripts: dict[str, _Script]) -> str:
    """The next character, command, script or group.

    Raises:
        LookupError: The command is not known, or nothing follows.
    """
    token = tokens.popleft()
    if token in scripts:
        return scripts[token](_piece(tokens, scripts))
    if token == "{":
        inside = _sequence(tokens, scripts)
        tokens.popleft()
        return inside
    if token.startswith("\\"):
        name = token[1:]
        return _piece(tokens, scripts) if name in _FONTS else _SYMBOLS[name] if name in _SYMBOLS else _greek(name)
    return "" if token.isspace() else {"'": "′", "-": "−"}.get(token, token)


def _greek(name: str) -> str:
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    return unicodedata.lookup(f"GREEK {size} LETTER {name.removeprefix('var').upper().replace('LAMBDA', 'LAMDA')}")


def _script(text: str, table: dict[str, str], mark: str) -> str:
    """A script as Unicode has it, where it has all of it."""
    plain = text.replace("−", "-")
    if all(char in table for char in plain):
        return "".join(table[char] for char in plain)
    return mark + (text if len(text) == 1 else f"({text})")


def _is_balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0
