"""CatBoost's JSON as trees: symmetric ones and others, splits by number and by one level of a category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers.foreign.catboost_file import library
from riskmodel.scorers.foreign.catboost_file.frame import CatboostFrame, Json, Known
from riskmodel.scorers.foreign.plain_trees import plain_tree
from riskmodel.trees import LEAF, MISSING_NAN, MISSING_NONE, Tree, TreeEnsemble
from riskmodel.trees.compiled.split_edges import last_left

LOSSES = ("Logloss", "CrossEntropy")
NUMBER, LEVEL = "FloatFeature", "OneHotFeature"
TREES = ("oblivious_trees", "trees")
KINDS = {"text_features": "text", "embedding_features": "an embedding"}
Asked = tuple[int, float, bool, "tuple[int, ...] | None"]  # column, last number to the left, missing left, codes


def check(document: Json) -> None:
    """Raises: UnsupportedScorer for another loss, several outputs, no trees, or features that trees cannot ask for."""
    loss = document.get("model_info", {}).get("params", {}).get("loss_function", {}).get("type", "unknown")
    if loss not in LOSSES:
        raise UnsupportedScorer(f"the loss must be one of {', '.join(LOSSES)}, however: {loss}")
    outputs = len(document["scale_and_bias"][1])
    if outputs != 1:
        raise UnsupportedScorer(f"a model must have one output, however: {outputs}")
    if not any(document.get(key) for key in TREES):
        raise UnsupportedScorer("a model must have trees, however: it has none")
    names = names_of(document)
    for key, kind in KINDS.items():
        for one in document["features_info"].get(key, ()):
            raise UnsupportedScorer(library.other_kind(names[one["flat_feature_index"]], kind))
    for ctr in document["features_info"].get("ctrs", ()):
        _refuse_statistic(document, names, ctr)


def _refuse_statistic(document: Json, names: Sequence[str], ctr: Json) -> None:
    """Raises: UnsupportedScorer."""
    categories = categories_of(document)
    asked = [one["cat_feature_index"] for one in ctr["elements"] if "cat_feature_index" in one]
    name = names[categories[asked[0]]["flat_feature_index"]] if asked else "a category"
    raise UnsupportedScorer(
        f"CatBoost asks for statistics of the outcome by {name!r} (CTR), which no tree can carry: train with "
        "one_hot_max_size of at least its number of levels, or let a booster learn the PDs (prune_pd)"
    )


def categories_of(document: Json) -> Sequence[Json]:
    """What the document says of each category."""
    listed: Sequence[Json] = document["features_info"].get("categorical_features", ())
    return listed


def names_of(document: Json) -> tuple[str, ...]:
    """The names of the features, in the order of a table; their places where they have none. Raises: BundleError."""
    lists = ("float_features", "categorical_features", *KINDS)
    named = {
        int(one["flat_feature_index"]): str(one.get("feature_id", "") or one["flat_feature_index"])
        for key in lists
        for one in document["features_info"].get(key, ())
    }
    if sorted(named) != list(range(len(named))):
        raise BundleError("CatBoost's JSON is damaged: its features must be numbered from 0")
    return tuple(named[place] for place in range(len(named)))


def directions(document: Json, names: Sequence[str]) -> list[int]:
    """1 or -1 where a feature was trained to have a direction, by its place."""
    asked = document["model_info"]["params"].get("tree_learner_options", {}).get("monotone_constraints", {})
    signs = {int(place): int(sign) for place, sign in asked.items()} if isinstance(asked, Mapping) else {}
    return [signs.get(place, 0) for place in range(len(names))]


def read(document: Json, known: Known) -> tuple[TreeEnsemble, CatboostFrame]:
    """The trees, and all else. Raises: BundleError for numbers that no margin can be."""
    names = names_of(document)
    scale, bias = float(document["scale_and_bias"][0]), float(document["scale_and_bias"][1][0])
    trees = tuple(_trees(document, scale, known))
    numbers = np.concatenate([[scale, bias], *(np.r_[tree.value, tree.threshold] for tree in trees)])
    if not np.isfinite(numbers).all():
        raise BundleError("CatBoost's JSON is damaged: its numbers must be finite")
    ensemble = TreeEnsemble(trees, bias, len(names), "lightgbm")
    ensemble.check_margins()
    rest = {key: value for key, value in document.items() if key not in (*TREES, "ctr_data")}
    return ensemble, CatboostFrame(rest, names, known)


def _trees(document: Json, scale: float, known: Known) -> Iterator[Tree]:
    for tree in document.get("oblivious_trees", ()):
        yield _made(_unfolded(tree), document["features_info"], scale, known)
    for tree in document.get("trees", ()):
        yield _made(tree, document["features_info"], scale, known)


def _unfolded(tree: Json) -> Json:
    """A symmetric tree as nested splits: bit i of a leaf's place says whether split i was answered yes."""
    splits = tree["splits"] or ()
    if len(tree["leaf_values"]) != 1 << len(splits):
        raise ValueError(f"{len(splits)} splits must have {1 << len(splits)} leaves")

    def node(depth: int, place: int) -> Json:
        if depth < 0:
            return {"value": tree["leaf_values"][place], "weight": tree["leaf_weights"][place]}
        no, yes = node(depth - 1, place), node(depth - 1, place | 1 << depth)
        return {"split": splits[depth], "left": no, "right": yes}

    return node(len(splits) - 1, 0)


def _made(root: Json, info: Json, scale: float, known: Known) -> Tree:
    """Nested splits as arrays, each node before its children; a level that is asked for goes left, where yes is."""
    nodes, links = [root], []
    for node in nodes:
        links.append((len(nodes), len(nodes) + 1) if "split" in node else (LEAF, LEAF))
        if "split" in node:
            sides = (node["left"], node["right"])
            nodes += reversed(sides) if node["split"]["split_type"] == LEVEL else sides
    asked = [_asked(node["split"], info, known) if "split" in node else (LEAF, 0.0, False, None) for node in nodes]
    left, right = np.array(links).T
    listed = np.array([codes is not None for *_, codes in asked])
    return plain_tree(
        feature=np.array([feature for feature, *_ in asked]),
        threshold=np.array([edge for _, edge, *_ in asked]),
        children=(left, right),
        value=np.array([0.0 if "split" in node else scale * float(np.ravel(node["value"])[0]) for node in nodes]),
        cover=np.array([float(node.get("weight", 1.0)) for node in nodes]),
        missing=(np.where(listed, MISSING_NONE, MISSING_NAN), np.array([low for _, _, low, _ in asked])),
        sets=tuple(codes for *_, codes in asked),
    )


def _asked(split: Json, info: Json, known: Known) -> Asked:
    if split["split_type"] == LEVEL:
        place = int(info["categorical_features"][split["cat_feature_index"]]["flat_feature_index"])
        codes = tuple(code for code, level in enumerate(known[place]) if level.hashed == split["value"])
        return place, 0.0, False, codes
    if split["split_type"] != NUMBER:
        raise UnsupportedScorer(f"CatBoost's splits must be by number or by level, however: {split['split_type']}")
    feature = info["float_features"][split["float_feature_index"]]
    with np.errstate(over="ignore"):  # the neighbour of the largest is infinity
        beyond = np.nextafter(np.float32(split["border"]), np.float32(np.inf))
    edge = float(last_left(np.array([beyond], np.float64), "xgboost")[0])
    return int(feature["flat_feature_index"]), edge, feature["nan_value_treatment"] != "AsTrue", None
