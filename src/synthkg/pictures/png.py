"""A picture as PNG, for slides and papers: drawn by resvg, with the fonts of the system."""

from __future__ import annotations

import re

from synthkg.errors import UsageError
from synthkg.pictures.gallery import Picture

__all__ = ["to_png"]


# resvg takes no font that is not named, and leaves text out without a word.
_FONTS = "Liberation Sans, Arial, Helvetica, DejaVu Sans, Noto Sans, Segoe UI, Roboto, Cantarell, Ubuntu, sans-serif"
_PROBE = f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="15" font-family="{_FONTS}">H</text></svg>'


def to_png(picture: Picture, scale: int) -> bytes:
    """The picture on white, ``scale`` times as wide and high as its SVG says.

    Raises:
        UsageError: resvg is not installed, or finds no font.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise UsageError("PNG needs resvg: pip install 'synthkg[plot]'; SVG needs nothing") from error

    def drawn(svg: str, zoom: int) -> bytes:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, background="#ffffff"))

    if drawn(_PROBE, 1) == drawn(_PROBE.replace("H", " "), 1):
        raise UsageError(f"PNG needs one of these fonts: {_FONTS.removesuffix(', sans-serif')}; SVG needs none")
    plain = re.sub(r"<style>.*?</style>\n", "", picture.document, flags=re.DOTALL)
    plain = re.sub(r"var\(--[a-z-]+, (#[0-9a-f]{6})\)", r"\1", plain)  # resvg knows no variables
    return drawn(plain.replace('font-family="system-ui, sans-serif"', f'font-family="{_FONTS}"', 1), scale)
