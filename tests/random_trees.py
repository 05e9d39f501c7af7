"""Random ensembles that no trainer would grow (dead branches, twins, all kinds of missing), and rows that try them out.

Feature 0 and 1 are numeric, 2 is categorical.
"""

from dataclasses import replace

import numpy as np

from riskmodel.trees import LEAF, MISSING_NAN, Tree, TreeEnsemble

ZERO = 1e-35
NUMBERS = np.array([-2.0, -1.0, -ZERO, 0.0, ZERO, 0.5, 1.0, 2.5])


def random_tree(draw, rules, splits, features=(0, 1, 2), missing=(0, 1, 2)):
    """A tree grown by splitting random leaves; integer values, so that equal sums are common and exact."""
    nodes = [{"feature": LEAF, "cover": 1000.0}]
    for _ in range(splits):
        node = nodes[draw.choice([i for i, n in enumerate(nodes) if n["feature"] == LEAF])]
        node.update(feature=int(draw.choice(features)), left=len(nodes), right=len(nodes) + 1)
        node["default_left"] = bool(draw.random() < 0.5)
        if node["feature"] == 2:
            node["set"] = tuple(sorted({int(c) for c in draw.integers(0, 40, 6)}))
        else:
            node["threshold"] = float(np.float32(draw.choice(NUMBERS)))
        part = float(draw.integers(1, 9)) / 10
        nodes += [{"feature": LEAF, "cover": round(node["cover"] * share)} for share in (part, 1 - part)]
        node["cover"] = float(sum(n.get("cover", 0.0) for n in nodes[-2:]))
    kinds = [int(draw.choice(missing)) if rules == "lightgbm" else MISSING_NAN for _ in nodes]
    return built(nodes, kinds, [float(draw.integers(-2, 3)) for _ in nodes], rules)


def built(nodes, kinds, values, rules):
    leaf = np.array([n["feature"] == LEAF for n in nodes])
    column = {k: [n.get(k, d) for n in nodes] for k, d in (("left", -1), ("right", -1), ("threshold", 0.0))}
    tree = Tree(
        feature=np.array([n["feature"] for n in nodes], np.int32),
        threshold=np.array(column["threshold"]),
        left=np.array(column["left"], np.int32),
        right=np.array(column["right"], np.int32),
        value=np.where(leaf, values, 0.0),
        cover=np.zeros(len(nodes)),
        default_left=np.array([n.get("default_left", False) for n in nodes]),
        missing=np.where(leaf & (rules == "lightgbm"), 0, kinds).astype(np.uint8),
        sets=tuple(n.get("set") for n in nodes),
    )
    cover = np.where(leaf, [n.get("cover", 0.0) for n in nodes], 0.0)
    for node in reversed(tree.order):
        if not leaf[node]:
            cover[node] = cover[tree.left[node]] + cover[tree.right[node]]
    names = ("weight", "gain", "inner") if rules == "lightgbm" else ("gain", "inner")
    notes = {"weight": cover / 4, "gain": np.where(leaf, 0.0, 1.0), "inner": np.zeros(len(nodes))}
    return replace(tree, cover=cover, carried={name: notes[name] for name in names})


def random_ensemble(seed, rules, trees=6, **how):
    draw = np.random.default_rng(seed)
    grown = [random_tree(draw, rules, int(draw.integers(0, 7)), **how) for _ in range(trees)]
    return TreeEnsemble(tuple(grown), 0.25, 3, rules)


def trying(ensemble, rows=1500, seed=0):
    """Rows of every value that a split could treat in a way of its own: at, just below and just above thresholds."""
    draw = np.random.default_rng(seed)
    columns = []
    for feature in range(ensemble.n_features):
        numbers, codes = [0.0, -0.0, 1e-36, -1e-36, np.inf, -np.inf, np.nan, 1e308, -1e308, -1.0, 1e9], []
        for tree in ensemble.trees:
            for node in np.flatnonzero(tree.feature == feature):
                codes += [c + d for c in tree.sets[node] or () for d in (0.0, 0.5, 1.0)]
                numbers += [] if tree.sets[node] else beside(tree.threshold[node])
        columns.append(np.array(numbers + codes))
    return np.column_stack([draw.choice(column, rows) for column in columns])


def beside(threshold):
    """A number and its neighbours, in single and in double precision."""
    single = np.float32(threshold)
    with np.errstate(over="ignore", under="ignore"):
        near = [np.nextafter(single, np.float32(to)) for to in (-np.inf, np.inf)]
    return [float(v) for v in (threshold, single, *near, *(np.nextafter(threshold, to) for to in (-np.inf, np.inf)))]
