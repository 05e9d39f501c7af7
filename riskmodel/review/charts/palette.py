"""Colours and shapes of all pictures; what a colour says, a shape says too."""

from __future__ import annotations

INK, FAINT, GRID = "#1c2430", "#5b6673", "#e3e7ec"
FAMILIES = ("#1f5a99", "#b5480b", "#1b7a4b", "#7a3b8f", "#8a6d00", "#a0204c", "#0f7480", "#555555")
MARKS = {
    "pass": "#1b7a4b",
    "attention": "#8a6d00",
    "fail": "#b3261e",
    "NOT SHOWN": FAINT,
    "NOT EVALUATED": FAINT,
    "does not decide": FAINT,
}
MARK_SHAPES = {
    "pass": "circle",
    "attention": "triangle",
    "fail": "square",
    "NOT SHOWN": "diamond",
    "NOT EVALUATED": "ring",
    "does not decide": "plus",
}
SIDES = {"champion": FAINT, "challenger": FAMILIES[0]}
SIDE_SHAPES = {"champion": "square", "challenger": "circle"}
SHAPES = ("circle", "square", "diamond", "triangle", "plus", "cross", "wedge", "bowtie", "bar", "ring")
WIDE, NARROW = 720, 350  # pixels of a desk's and of a phone's page
LETTER = 7.2  # pixels of a letter, on average
MINUS = "\N{MINUS SIGN}"
