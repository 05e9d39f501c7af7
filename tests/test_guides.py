"""Every command and every example of the guides is run, and what riskmodel has is named in them."""

import re
import tomllib

import lightgbm
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from documented import ROOT, assert_serves, blocks, command, commands, run

from riskmodel import compression, config, pruning, scorers
from riskmodel.datasets import synthetic

PAGES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))
# The later ones use what the earlier ones made.
GUIDES = tuple(f"docs/guides/{name}.md" for name in ("modeller", "mlflow", "operator", "validator"))


def text(page: str) -> str:
    return (ROOT / page).read_text()


def test_every_step_of_a_recipe_is_one():
    steps = [step for page in PAGES for step in re.findall(r"`(steps = \[.*?\])`", text(page), flags=re.DOTALL)]
    assert len(steps) >= 2
    for line in steps:
        for step in tomllib.loads(line.replace("\n", " "))["steps"]:
            entry = config.Step.model_validate(step)
            maker = pruning if entry.pruner else compression
            assert maker.make(entry.pruner or entry.compressor, entry.options)


@pytest.mark.slow
@pytest.mark.ci
def test_the_guides_work_as_written(tmp_path):
    table = synthetic.portfolio(4000, seed=8)
    pq.write_table(table, tmp_path / "loans.parquet")
    pa_csv.write_csv(table.drop_columns(["default", "true_pd"]).slice(0, 300), tmp_path / "applications.csv")
    [(tmp_path / "loans.toml").write_text(block.text) for block in blocks(GUIDES[0]) if block.kind == "toml"]
    _model(synthetic.portfolio(20_000, seed=9), tmp_path)
    todo = [line for line in commands(*GUIDES) if line.startswith("riskmodel")]
    [ui], serving = ([line for line in todo if line.split()[1] == name] for name in ("ui", "serve"))
    for line in todo:
        if line not in {ui, *serving}:
            command(line, tmp_path)
    assert "[data.protected]" in (tmp_path / "proposed.toml").read_text()
    assert (tmp_path / "portfolio/run.toml").is_file()
    assert (tmp_path / "reports/loans/review.html").stat().st_size > 1e5
    first = "part-00000.parquet"
    assert len(pq.read_table(tmp_path / "scored" / first)) == 300
    assert pq.read_table(tmp_path / "registered" / first).equals(pq.read_table(tmp_path / "scored" / first))
    assert (tmp_path / "change.html").stat().st_size > 1e5
    assert lightgbm.Booster(model_file=tmp_path / "small.txt").num_trees() > 0
    assert_serves(f"{ui} --port 5917", ":5917", tmp_path)
    for line in serving:
        assert_serves(f"{line.removesuffix(' --port 8000')} --port 5918", ":5918/readyz", tmp_path)


def _model(table, folder) -> None:
    """A LightGBM file as somebody else would have trained it, and rows that it has not seen."""
    whole = table.to_pandas()
    known = whole[["income", "savings", "debt_to_income", "utilisation", "inquiries", "default"]]
    features = known.drop(columns="default")[:2000]
    data = lightgbm.Dataset(features, known["default"][:2000])
    booster = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, data, 40)
    booster.save_model(folder / "model.txt")
    known[2000:].to_parquet(folder / "labelled.parquet")


def test_every_scorer_pruner_and_compressor_is_named():
    whole = "".join(map(text, PAGES))
    for name in (*scorers.names(), *pruning.names(), *compression.names()):
        assert f"`{name}`" in whole, name


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(((?!http)[^)#\s]+)[^)]*\)", text(page)):
        assert (ROOT / page).parent.joinpath(link).exists(), link


@pytest.mark.slow
def test_the_first_page_works_as_written(tmp_path):
    for block in blocks("docs/start.md"):
        if block.kind == "python":
            run(tmp_path, block)
    assert lightgbm.Booster(model_file=tmp_path / "small.txt").num_trees() > 0
    assert (tmp_path / "review.html").stat().st_size > 1e5
    assert (tmp_path / "bundle/manifest.json").is_file()
