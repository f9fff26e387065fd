"""Pictures that answer a question: rows of a saved query become an accessible SVG, with the table of the same rows.

Read `gallery` first (which pictures there are, each a question, a query and a layout); then `drawing` (SVG, and how wide text
is), and the layouts on it: `ancestry` (what grew out of what), `flow` (from the left over the middle to the right), `grid` (rows
by columns), `bars` and `model` (classes and what leads from one to another). `png` makes an image of one.
"""

from synthkg.pictures.drawing import STYLE
from synthkg.pictures.gallery import PICTURES, Picture, find_picture, picture
from synthkg.pictures.png import to_png

__all__ = ["PICTURES", "STYLE", "Picture", "find_picture", "picture", "to_png"]
