"""What a reader's browser would see of a picture."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


@dataclass(frozen=True)
class Drawing:
    """One SVG, parsed: a picture that is not well-formed does not get this far."""

    root: ElementTree.Element

    @property
    def width(self):
        return float(self.root.get("width"))

    @property
    def height(self):
        return float(self.root.get("height"))

    @property
    def tips(self):
        return [node.get("aria-label") for node in self.root.iter("g") if node.get("class") == "pt"]

    @property
    def points(self):
        """(x, y) of the mark of every point, in the order drawn; of a polygon its middle."""
        return [_middle(list(node)[-1]) for node in self.root.iter("g") if node.get("class") == "pt"]

    @property
    def words(self):
        return [node.text for node in self.root.iter("text")]

    def place(self, words):
        """(x, y, anchor) of a text."""
        node = next(node for node in self.root.iter("text") if node.text == words)
        return float(node.get("x")), float(node.get("y")), node.get("text-anchor")

    def overflowing(self, letter=6.2):
        """Texts, not turned, that would leave the paper."""
        out = []
        for node in self.root.iter("text"):
            if node.get("transform"):
                continue
            x, wide = float(node.get("x")), letter * len(node.text)
            left = {"start": x, "middle": x - wide / 2, "end": x - wide}[node.get("text-anchor")]
            if left < -2 or left + wide > self.width + 2:
                out.append(node.text)
        return out


def _middle(node):
    if node.tag == "circle":
        return float(node.get("cx")), float(node.get("cy"))
    if node.tag == "polygon":
        places = [tuple(map(float, pair.split(","))) for pair in node.get("points").split()]
        return tuple(sum(values) / len(places) for values in zip(*places, strict=True))
    return float(node.get("x") or node.get("x1")), float(node.get("y") or node.get("y1"))


def drawing(text):
    return Drawing(ElementTree.fromstring(str(text)))  # noqa: S314 - our own


def wide_and_small(markup):
    """The two drawings of one picture."""
    results = [drawing(text) for text in SVG.findall(str(markup))]
    assert len(results) % 2 == 0
    return results


def wide(markup):
    return wide_and_small(markup)[0]
