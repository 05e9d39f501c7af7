"""What each feature adds to the margin, as sums and products that any language can say: short, and exact.

A leaf's part in a Shapley value (path-dependent SHAP, Lundberg et al. 2020) is an integral over [0, 1] of a product
with one factor a feature on its path (Owen 1972), and Gauss-Legendre quadrature at half as many points as the path has
features is exact. At a point t a split is passed on the left by the share s + t (yes - s), where s is the share of
train's rows that went left and yes is 1 or 0. So a tree is walked once a point, its splits shared by all features;
a table of all that a tree can attribute is ten times longer.

A feature that is split again below itself is one player: its share of train's rows and its yes are followed apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from riskmodel.trees import Tree
from riskmodel.trees.conditions import Rule, of_split
from riskmodel.trees.ensemble import Rules
from riskmodel.trees.shap.quadrature import points_for, quadrature, share_left
from riskmodel.trees.tree import LEAF

DECIMALS = 11  # of a number, in log-odds; databases take three in a product as exact decimals
UNITS = 1e10  # effects are compared in whole units of 1e-10: what is less is none, and ties are ties

LETTERS = "abcdhijklmnopqrsuvwxyz"  # of shares, a point each

Value: TypeAlias = "tuple[float, str]"  # a number, and the text of what is added to it, empty for nothing
Factor: TypeAlias = "tuple[float | str, float | str]"  # of the left branch and of the right one


@dataclass(frozen=True)
class Gate:
    """A split: what is to be multiplied by t is 1 - share on the left, -share on the right; `shares` are the sums.

    shares: the name and the point of quadrature of each.
    """

    name: str
    rule: Rule
    share: float
    shares: Mapping[str, float]

    @property
    def yes(self) -> str:
        """The share where all is known: 1 or 0."""
        return list(self.shares)[-1]

    def text(self, point: float) -> str:
        """The share that passes on the left, at a point; at 1 it is yes."""
        return f"{number(self.share)}+{number(point)}*{self.name}"


@dataclass(frozen=True)
class Attributed:
    """What one tree adds: its gates, and the text of each feature's sum, in their names."""

    gates: tuple[Gate, ...]
    effects: Mapping[int, str]

    @property
    def size(self) -> int:
        """How many numbers the texts have."""
        return sum(text.count(".") for text in self.effects.values())


def number(value: float) -> str:
    """A number as all languages write it, without an exponent."""
    text = f"{value:.{DECIMALS}f}".rstrip("0")
    if text.endswith("."):
        return f"{text}0"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def attributed(tree: Tree, rules: Rules, weight: float, first: int) -> Attributed:
    """A tree's attributions, times `weight`; its gates are numbered from `first`."""
    at, weights = quadrature(points_for(tree))
    splits = [node for node in tree.order if tree.feature[node] != LEAF]
    points = [*at.tolist(), 1.0]
    gates = {node: _gate(tree, node, rules, place, points) for place, node in enumerate(splits, first)}
    effects, used = dict[int, list[str]](), set[str]()
    for i, part in enumerate(weights.tolist()):
        for feature, texts in _Walk(tree, weight, gates, i, points[i], used).terms().items():
            effects.setdefault(feature, []).append(f"{number(part)}*({'+'.join(texts)})")
    whole = {feature: "+".join(texts) for feature, texts in effects.items()}
    asked = [replace(gate, shares={n: t for n, t in gate.shares.items() if n in used}) for gate in gates.values()]
    return Attributed(tuple(asked), whole)


def _gate(tree: Tree, node: int, rules: Rules, place: int, points: Sequence[float]) -> Gate:
    share = share_left(tree, node)
    shares = {f"{LETTERS[i]}{place}": point for i, point in enumerate(points)}
    return Gate(f"g{place}", of_split(tree, node, rules, 1.0 - share, -share), share, shares)


@dataclass(frozen=True, eq=False)
class _Walk:
    """A tree at one point of quadrature. `known` says of a feature above whether its share or its yes is followed."""

    tree: Tree
    weight: float
    gates: Mapping[int, Gate]
    index: int
    point: float
    used: set[str]
    _terms: dict[int, list[str]] = field(default_factory=dict)

    def terms(self) -> Mapping[int, list[str]]:
        self._attribute(0, {}, 1.0, ())
        return self._terms

    def _attribute(self, node: int, known: Mapping[int, bool], share: float, reach: tuple[str, ...]) -> None:
        feature = int(self.tree.feature[node])
        if feature == LEAF:
            return
        if feature not in known:
            whole = [number(share)] if share < 1 else []
            self._terms.setdefault(feature, []).append("*".join([*whole, *reach, self._change(node, known)]))
        for factor, more, weight in self._ways(node, known):
            for child, one in zip(self._children(node), factor, strict=True):
                part, passed = (one, ()) if isinstance(one, float) else (1.0, (one,))
                self._attribute(child, more, share * weight * part, (*reach, *passed))

    def _change(self, node: int, known: Mapping[int, bool]) -> str:
        """What knowing the split's feature changes below it: the value with it less the value without."""
        ways = self._ways(node, known)
        if len(ways) == 1:
            (left, left_text), (right, right_text) = (self._value(child, known) for child in self._children(node))
            return f"{self.gates[node].name}*({_less((left - right, left_text), (0.0, right_text))})"
        held, free = (_blend(factor, *self._below(node, more)) for factor, more, _ in ways)
        return f"({_less(held, free)})"

    def _value(self, node: int, known: Mapping[int, bool]) -> Value:
        if self.tree.feature[node] == LEAF:
            return self.weight * float(self.tree.value[node]), ""
        ways = self._ways(node, known)
        values = [_blend(factor, *self._below(node, more)) for factor, more, _ in ways]
        if len(ways) == 1:
            return values[0]
        return _blend((self.point, 1.0 - self.point), *values)

    def _ways(self, node: int, known: Mapping[int, bool]) -> list[tuple[Factor, Mapping[int, bool], float]]:
        """How the split is passed, what is known below, and the weight of that way."""
        gate, feature = self.gates[node], int(self.tree.feature[node])
        free: Factor = (gate.share, 1.0 - gate.share)
        if feature in known:
            return [(self._passed(gate.yes) if known[feature] else free, known, 1.0)]
        if feature in {f for child in self._children(node) for f in self._features(child)}:
            both = {**known, feature: True}, {**known, feature: False}
            return [(self._passed(gate.yes), both[0], self.point), (free, both[1], 1.0 - self.point)]
        return [(self._passed(list(gate.shares)[self.index]), known, 1.0)]

    def _passed(self, share: str) -> Factor:
        self.used.add(share)
        return share, f"(1-{share})"

    def _below(self, node: int, known: Mapping[int, bool]) -> Iterator[Value]:
        return (self._value(child, known) for child in self._children(node))

    def _children(self, node: int) -> tuple[int, int]:
        return int(self.tree.left[node]), int(self.tree.right[node])

    def _features(self, node: int) -> Iterator[int]:
        if self.tree.feature[node] != LEAF:
            yield int(self.tree.feature[node])
            for child in self._children(node):
                yield from self._features(child)


def _blend(factor: Factor, left: Value, right: Value) -> Value:
    """The two branches by their shares, which add up to 1."""
    (one, other), (a, a_text), (b, b_text) = factor, left, right
    if isinstance(one, float) and isinstance(other, float):
        parts = [f"{number(share)}*({text})" for share, text in ((one, a_text), (other, b_text)) if text]
        return one * a + other * b, "+".join(parts)
    if not a_text and b_text:
        return a, f"{other}*({number(b - a)}+{b_text})"
    text = f"{one}*({number(a - b)}{f'+{a_text}' if a_text else ''})"
    return b, f"{text}+{other}*({b_text})" if b_text else text


def _less(one: Value, other: Value) -> str:
    """One value less the other."""
    text = f"{number(one[0] - other[0])}{f'+{one[1]}' if one[1] else ''}"
    return f"{text}-({other[1]})" if other[1] else text
