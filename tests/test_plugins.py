"""Pruners, compressors and scorers of another package: installed, they are named, run and held to the contracts."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest
from small_run import toml, written

from riskmodel import pruning, registry, scorers
from riskmodel.errors import ConfigError

ROOT = Path(__file__).parents[1]
CLI = ["-c", "from riskmodel.cli import main; main()", "--quiet"]
EXAMPLE = ROOT / "tests" / "plugin_example"


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A folder with the example installed in it, from a copy: building leaves files behind."""
    folder = tmp_path_factory.mktemp("plugins")
    shutil.copytree(EXAMPLE, folder / "source")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target", str(folder / "site")]
    install = [sys.executable, "-m", "pip", "install", *options, str(folder / "source")]
    subprocess.run(install, check=True, capture_output=True, timeout=300)
    return folder / "site"


def run(site, *command):
    """A process that has the example; its output."""
    places = os.pathsep.join([str(ROOT), str(site)])
    settings = {**os.environ, "PYTHONPATH": places, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *command], check=False, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("contract", "names"),
    [
        ("tests/test_every_pruner.py", "spread and (lgbm or xgb or linear or blend) or linear and not neural"),
        ("tests/test_every_compressor.py", "halves"),
        ("tests/test_every_scorer.py", "linear"),
    ],
)
def test_the_contracts_take_it_up(contract, names, site):
    output = run(site, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", contract, "-k", names)
    assert " passed" in output
    assert " failed" not in output


@pytest.mark.slow
def test_a_run_and_its_bundles_know_it(site, tmp_path):
    text = (
        toml().partition("[[scorers]]")[0]
        + """
[[scorers]]
name = "lgbm"
kind = "lgbm"
options = { search = 0, rounds = 20 }

[[scorers]]
name = "linear"
kind = "linear"
options = { ridge = 3.0 }

[[scorers]]
name = "mlp"
kind = "mlp"
options = { hidden = [24, 24], epochs = 2 }

[[recipes]]
scorers = ["lgbm"]
steps = [{ pruner = "spread", keep = 0.5 }]

[[recipes]]
scorers = ["linear"]
steps = [{ compressor = "onnx" }]

[[recipes]]
scorers = ["mlp"]
steps = [{ compressor = "halves", options = { tolerance = 0.01 } }]
"""
    )
    written(tmp_path).write_text(text)
    command = [*CLI, "train", str(tmp_path / "run.toml"), "--output", str(tmp_path / "out")]
    run(site, *command, "--store", f"sqlite:///{tmp_path / 'm.db'}")
    variants = {path.name for path in (tmp_path / "out" / "bundles").iterdir()}
    assert {"linear", "linear__onnx", "lgbm__spread@0.5", "mlp__halves"} <= variants
    data = str(tmp_path / "portfolio.parquet")
    for variant in ("linear", "linear__onnx"):
        model = str(tmp_path / "out" / "bundles" / variant)
        score = [*CLI, "score", "--model", model, "--input", data]
        run(site, *score, "--output", str(tmp_path / variant))
    one, other = (pd.read_parquet(tmp_path / v / "part-00000.parquet")["pd"] for v in ("linear", "linear__onnx"))
    assert one.std() > 0.01
    np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.slow
def test_the_command_line_knows_it(site, tmp_path):
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(draw.normal(size=(14_000, 3)), columns=["a", "b", "c"])
    default = (draw.random(14_000) < 1 / (1 + np.exp(2 - frame["a"]))).astype(int)
    data = lightgbm.Dataset(frame[:1500], default[:1500])
    lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, data, 30).save_model(tmp_path / "m.txt")
    frame.assign(default=default)[1500:].to_parquet(tmp_path / "rows.parquet")
    source = [str(tmp_path / "m.txt"), "--data", str(tmp_path / "rows.parquet"), "--target", "default"]
    command = [*CLI, "prune", *source, "--method", "spread", "--margin", "0.2"]
    run(site, *command, "--output", str(tmp_path / "small.txt"))
    assert json.loads((tmp_path / "small.txt.plan.json").read_text())["plan"]["pruner"] == "spread"
    assert lightgbm.Booster(model_file=tmp_path / "small.txt").num_trees() < 30


def test_the_documentation_shows_the_example_as_it_is():
    example = (ROOT / "docs/how/extend.md").read_text().partition("```python\n")[2].partition("```")[0]
    assert example == (EXAMPLE / "riskmodel_example" / "spread.py").read_text()


def test_the_example_imports_public_names_alone():
    for path in (EXAMPLE / "riskmodel_example").glob("*.py"):
        assert not re.search(r"^(from|import) riskmodel\S*( import)?[ .]_", path.read_text(), re.MULTILINE), path


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Lays packages with entry points in front of the path, as pip would, and forgets them afterwards."""

    def install(package, points, modules=None):
        info = tmp_path / f"{package}-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.5\n")
        (info / "entry_points.txt").write_text(points)
        (tmp_path / package).mkdir()
        for name, text in {"__init__": "", **(modules or {})}.items():
            (tmp_path / package / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        registry._entry_points.cache_clear()

    yield install
    monkeypatch.undo()
    registry._entry_points.cache_clear()


NEW = "[riskmodel.pruners]\nodd = {}\n"


def test_a_name_that_is_ours_is_told_in_one_line(installed):
    installed("odd_package", "[riskmodel.pruners]\ntrees = odd_package.trees\n")
    line = "pruner 'trees' of package odd_package 1.5 must have a name of its own, however: riskmodel has this one"
    for ask in (pruning.names, lambda: pruning.make("trees"), lambda: pruning.make("collapse")):
        with pytest.raises(ConfigError, match=line):
            ask()
    assert "trees" not in scorers.names()


def test_two_packages_with_one_name_are_told_in_one_line(installed):
    installed("one", NEW.format("one.odd"))
    installed("two", NEW.format("two.odd"))
    with pytest.raises(ConfigError, match=r"pruner 'odd' of package \w+ 1.5 .*, however: package \w+ 1.5 has this one"):
        pruning.names()


@pytest.mark.parametrize(
    ("value", "text", "line"),
    [
        ("gone.odd", None, r"cannot be imported: ModuleNotFoundError\(.*gone"),
        ("thing.odd", "1 / 0", r"cannot be imported: ZeroDivisionError"),
        ("thing.odd", "import riskmodel_that_is_not", r"cannot be imported: ModuleNotFoundError"),
        ("thing.odd", "class Odd: ...", "must define a Pruner of this name, however: it does not"),
        ("thing.odd", "from riskmodel.core import Pruner", "must define a Pruner of this name, however: it does not"),
        ("thing.odd:Odd", "class Odd: ...", "must be a module of this name, however: thing.odd:Odd"),
        ("thing.even", "class Odd: ...", "must be a module of this name, however: thing.even"),
    ],
)
def test_what_cannot_serve_is_told_in_one_line_when_it_is_asked_for(value, text, line, installed, monkeypatch):
    monkeypatch.delitem(sys.modules, "thing", raising=False)
    monkeypatch.delitem(sys.modules, "thing.odd", raising=False)
    installed("thing", NEW.format(value), {} if text is None else {"odd": text})
    assert "odd" in pruning.names()
    assert pruning.make("collapse").name == "collapse"
    with pytest.raises(ConfigError, match=f"^pruner 'odd' of package thing 1.5 {line}") as refusal:
        pruning.make("odd")
    assert "\n" not in str(refusal.value)


def test_a_scorer_of_another_kind_than_its_name_is_refused(installed):
    text = "from riskmodel.core import Scorer\nclass Odd(Scorer):\n    kind = 'even'\n"
    installed("thing2", "[riskmodel.scorers]\nodd = thing2.odd\n", {"odd": text})
    with pytest.raises(ConfigError, match=r"kind 'odd' of package thing2 1.5 must define a Scorer of this name"):
        scorers.load("odd", (), None, {})
