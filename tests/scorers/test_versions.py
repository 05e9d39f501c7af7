"""Round trips over versions: models that older libraries trained, read, cut, written, and loaded there again.

Each version has an environment of its own under .cache/versions, made when it is first asked for (numpy, scipy and
pandas are shared), which takes minutes: RISKMODEL_VERSIONS=1 turns these tests on.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import version_worker
from version_worker import GRADES, LEVELS, LightGbm, XgBoost

from riskmodel import scorers
from riskmodel.datasets import encode
from riskmodel.scorers.xgb import ubjson

CACHE = Path(__file__).parents[2] / ".cache" / "versions"
BASE = ("numpy==1.26.4", "scipy==1.13.1", "pandas==2.2.3", "python-dateutil", "pytz", "tzdata", "six", "narwhals")
VERSIONS = [f"lightgbm=={version}" for version in ("4.0.0", "4.3.0", "4.5.0", "4.7.0")]
VERSIONS += [f"xgboost-cpu=={version}" for version in ("2.1.4", "3.0.5", "3.1.3", "3.2.0")]
UNTOLD = {"2.1.4", "3.0.5"}  # whose files do not carry the levels of categories

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("RISKMODEL_VERSIONS" not in os.environ, reason="set RISKMODEL_VERSIONS=1: makes environments"),
]


def environment(name, packages, base=None):
    """The Python of an environment with exactly these packages, beside those of `base`."""
    folder = CACHE / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=False, clear=True)
        (CACHE.parent / ".gitignore").write_text("*\n")
        options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--no-deps"]
        subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", *options, *packages], check=True)
        if base:
            (site(folder) / "base.pth").write_text(f"{site(CACHE / base)}\n")
        (folder / "complete").touch()
    return python


def site(folder):
    return next((folder / "lib").glob("python3*/site-packages"))


def work(python, step, package, folder):
    worker = Path(version_worker.__file__)
    done = subprocess.run([python, worker, step, package, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="module", params=VERSIONS)
def trained(request, tmp_path_factory):
    """The version, its Python, and a folder of models that it trained."""
    package, _, version = request.param.partition("==")
    environment("base", BASE)
    python = environment(f"{package}-{version}", [request.param], "base")
    folder = tmp_path_factory.mktemp(version)
    work(python, "train", package, folder)
    return package, version, python, folder


def opened(version, path):
    levels = {"purpose": LEVELS, "grade": GRADES} if version in UNTOLD else None
    scorer = scorers.open_native(path, levels)
    blank = [column.name.replace("_", " ") for column in scorer.features]  # LightGBM's own names have no blanks
    return scorer, blank


def matrix(scorer, names, folder):
    rows = pd.read_csv(folder / "rows.csv", float_precision="round_trip")
    rows.columns = [names_of(name, scorer, names) for name in rows.columns]
    return encode.matrix(pa.Table.from_pandas(rows, preserve_index=False), scorer.features)


def names_of(name, scorer, names):
    return scorer.features[names.index(name.replace("_", " "))].name


def same(version, ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9 if version.startswith("4") else 1e-5)


def test_our_margins_are_those_of_the_version_that_trained_it(trained):
    _, version, _, folder = trained
    margins = json.loads((folder / "margins.json").read_text())
    for path in models(folder):
        scorer, names = opened(version, path)
        rows = matrix(scorer, names, folder)
        same(version, scorer.ensemble.margins(rows), margins[path.stem])
        same(version, scorer.native_margin(rows), margins[path.stem])


def models(folder):
    return sorted((folder / "models").iterdir())


def test_read_and_written_without_edits_nothing_has_changed(trained):
    package, _, _, folder = trained
    for path in models(folder):
        model = scorers.open_native(path, {"purpose": LEVELS, "grade": GRADES}).model
        if package == "lightgbm":
            assert model == path.read_bytes()
        elif path.stem != "dart":  # whose weights are in the leaves now
            assert in_order(json.loads(model)) == in_order(json.loads(path.with_suffix(".json").read_bytes()))


def in_order(document):
    """As text, since a NaN does not equal itself."""
    return json.dumps(document, sort_keys=True)


def test_the_version_loads_what_we_cut_and_agrees(trained):
    package, version, python, folder = trained
    (folder / "cut").mkdir()
    expected = {}
    for path in models(folder):
        scorer, names = opened(version, path)
        trees = scorer.ensemble
        cut = scorer.with_ensemble(shortened(trees.keep_trees(range(1, len(trees.trees), 2) or [0])))
        model = ubjson.dumps(json.loads(cut.model)) if path.suffix == ".ubj" else cut.model
        (folder / "cut" / path.name).write_bytes(model)
        expected[path.name] = cut.ensemble.margins(matrix(scorer, names, folder)), len(cut.ensemble.trees)
    work(python, "check", package, folder)
    answer = json.loads((folder / "told.json").read_text())
    assert answer.keys() == expected.keys()
    for name, (margins, trees) in expected.items():
        result = answer[name]
        same(version, margins, result["margins"])
        same(version, margins, result["contributions"])
        assert result["pickled alike"]
        assert (result["trees"], result["trees when continued"]) == (trees, trees + 8)


def shortened(ensemble):
    """Each tree's last split of two leaves becomes a leaf; the first tree becomes a constant."""
    ends = {}
    for i, tree in enumerate(ensemble.trees):
        gone = {0} if i == 0 else {last_split(tree)}
        below = {int(child) for node in gone if not tree.is_leaf[node] for child in subtree(tree, node)}
        for node in range(len(tree)):
            if node in gone or (tree.is_leaf[node] and node not in below):
                ends[i, node] = 0.01 * i if node in gone else float(tree.value[node])
    return ensemble.with_leaves(ends, ensemble.intercept)


def last_split(tree):
    return max(
        (node for node in range(len(tree)) if not tree.is_leaf[node]), key=lambda n: (tree.depth[n], n), default=0
    )


def subtree(tree, node):
    results = [node]
    for one in results:
        if not tree.is_leaf[one]:
            results += [int(tree.left[one]), int(tree.right[one])]
    return results[1:]


def test_every_case_was_trained(trained):
    package, _, _, folder = trained
    worker = LightGbm if package == "lightgbm" else XgBoost
    assert len(models(folder)) == len(worker.cases) * len(worker.suffixes)
