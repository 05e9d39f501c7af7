"""`riskmodel check`, from a table with leaks to one that trains: it says what `train` would, and in the same words."""

import json

import pyarrow.parquet as pq
import pytest

from riskmodel import config
from riskmodel.datasets import synthetic
from riskmodel.datasets.synthetic import World
from riskmodel.workflows import check
from riskmodel.workflows.progress import Stages

LEAKS = ("collections_amount", "written_off")
OTHERS = {"loan_id", "vintage", "group", "loan_amount", "true_pd", "default"}
FEATURES = [name for name in synthetic.portfolio(100, 1, World(leak=False)).column_names if name not in OTHERS]
TOML = """
name = "checked"
threads = 1

[data]
path = "loans.parquet"
target = "default"
id = "loan_id"
time = "vintage"
amount = "loan_amount"
ignore = {ignore}
categorical = ["employment", "purpose", "group"]
protected = {{ group = false }}
kept = {{ {kept} }}

[policy]
approval_rate = 0.8
grade_edges = [0.1]

[[scorers]]
name = "{scorer}"
kind = "scorecard"
"""


def written(folder, ignore=("true_pd",), kept="", scorer="card", leak=True):
    """The TOML and its table."""
    pq.write_table(synthetic.portfolio(1500, 1, World(leak=leak)), folder / "loans.parquet")
    (folder / "run.toml").write_text(TOML.format(ignore=json.dumps(list(ignore)), kept=kept, scorer=scorer))
    return folder / "run.toml"


def stepped(pruner, options):
    """The scorer, and a recipe of one step on it."""
    step = f'{{ pruner = "{pruner}", keep = 0.5, options = {{ {options} }} }}'
    return f'kind = "scorecard"\n\n[[recipes]]\nscorers = ["card"]\nsteps = [{step}]'


@pytest.fixture
def riskmodel(riskmodel):
    """Runs the command line; gives back exit code, standard output and error output."""
    return lambda *arguments: riskmodel("--quiet", *arguments)


def test_check_says_it_and_train_refuses_in_the_same_words(riskmodel, tmp_path):
    run = written(tmp_path)
    code, out, said = riskmodel("check", run)
    assert (code, said.count("\n")) == (1, 1)
    assert "loans.parquet: 1,500 rows, " in out
    assert "loan_amount counts money and is no feature; data.amount_scores = true makes it one too" in out
    assert all(f"blocks {name}: is nearly a copy of the target" in out for name in LEAKS)
    assert 'ignore = ["true_pd", "collections_amount", "written_off"]' in out
    code, out, refused = riskmodel("train", run, "--output", tmp_path / "report", "--store", "sqlite:///none/x.db")
    assert (code, out, refused) == (1, "", said)
    assert "and 1 more column" in refused
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loans.parquet", "run.toml"]


def test_what_it_tells_to_write_lets_training_go_on_and_the_reason_is_recorded(riskmodel, tmp_path, store):
    run = written(tmp_path, ignore=("true_pd", LEAKS[0]), kept=f'{LEAKS[1]} = "a test of what a leak does"')
    code, out, err = riskmodel("check", run)
    assert (code, err) == (0, "")
    assert "; kept: a test of what a leak does" in out
    assert out.endswith("Training would go on.\n")
    assert riskmodel("train", run, "--output", tmp_path / "report", "--store", store)[0] == 0
    (suspect,) = json.loads((tmp_path / "report" / "run.json").read_text())["suspects"]
    assert (suspect["column"], suspect["reason"]) == (LEAKS[1], "a test of what a leak does")
    assert "a test of what a leak does" in (tmp_path / "report" / "review.html").read_text()


def test_fix_drops_what_blocks_and_keeps_what_a_person_wrote(riskmodel, tmp_path):
    run = written(tmp_path)
    run.write_text(f"# mine\n{run.read_text()}")
    code, out, err = riskmodel("check", run, "--fix")
    assert (code, err) == (0, "")
    assert out.endswith("Training would go on.\n")
    assert set(config.read(run)[0].data.ignore) == {"true_pd", *LEAKS}
    assert run.read_text().startswith("# mine\n")


def test_json_has_columns_samples_and_suspects(riskmodel, tmp_path):
    code, out, err = riskmodel("check", written(tmp_path), "--json")
    data = json.loads(out)
    assert (code, err.count("\n")) == (1, 1)
    assert (data["rows"], data["goes_on"], data["unanswered"]) == (1500, False, list(LEAKS))
    assert {column["name"]: column["role"] for column in data["columns"]}["vintage"] == "time"
    samples = data["samples"]
    assert list(samples) == ["selection", "test", "train", "tune"]
    assert sum(sample["rows"] for sample in samples.values()) == 1500
    assert sum(sample["bads"] for sample in samples.values()) == data["bads"]
    assert samples["selection"]["last"] < samples["test"]["first"]
    assert [s["column"] for s in data["suspects"] if s["severity"] == "blocks"] == list(LEAKS)


def test_it_trains_nothing_and_writes_nothing(tmp_path, monkeypatch):
    run = written(tmp_path, leak=False)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(check.develop, "fitted", None)
    checked = check.check(run, Stages())
    assert checked.unanswered == ()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "scorecard"', 'kind = "card"', "kind must be among"),
        ('target = "default"', 'target = "defalt"', "no column 'defalt'"),
        ("kept = { ", "kept = { incme = 'it is fine' ", "data.kept: no column 'incme'; did you mean 'income'?"),
        ("kept = { ", "kept = { income = 'fine' ", "data.kept.income"),
        (
            "[policy]",
            f"[data.vendors]\nall = {{ features = {FEATURES}, price = 1 }}\n[cascade]\n[policy]",
            "cascade.buy must leave features to decide on, and buy some",
        ),
        *(
            (
                'kind = "scorecard"',
                stepped(pruner, 'must_keep = ["incme", "age", "agee"]'),
                "must_keep must name features of the model, however: 'agee', 'incme' are none",
            )
            for pruner in ("features", "remove_without_refit", "shap_elimination")
        ),
        (
            'kind = "scorecard"',
            stepped("shap_elimination", 'by = "vendor"'),
            'recipes.0.steps.0.options: by = "vendor" needs prices',
        ),
    ],
)
def test_what_train_refuses_before_it_fits_check_refuses(riskmodel, tmp_path, old, new, message):
    run = written(tmp_path, leak=False)
    run.write_text(run.read_text().replace(old, new))
    code, out, err = riskmodel("check", run)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert message in err
    assert riskmodel("train", run, "--output", tmp_path / "report", "--store", "sqlite:///x.db") == (1, "", err)
    assert not (tmp_path / "report").exists()


def test_names_that_look_like_markup_are_printed_as_they_are(riskmodel, tmp_path):
    run = written(tmp_path)
    table = pq.read_table(tmp_path / "loans.parquet")
    names = ["[bold]x[/]" if name == "written_off" else name for name in table.column_names]
    pq.write_table(table.rename_columns(names), tmp_path / "loans.parquet")
    code, out, _ = riskmodel("check", run)
    assert code == 1
    assert "blocks [bold]x[/]: is nearly a copy" in out
    assert '  "[bold]x[/]" = "why it stays"' in out


def test_check_says_what_the_calls_are_charged(riskmodel, tmp_path):
    run = written(tmp_path, leak=False)
    vendors = '[data.vendors]\nbureau = { features = ["income", "purpose"], price = 1.25 }\n[data.costs]\nage = 0.5\n'
    text = run.read_text().replace("[policy]", f"{vendors}\n[policy]\napplications_per_year = 2000")
    run.write_text(text)
    code, out, _ = riskmodel("check", run)
    assert "bureau: 1.25 an application, for " in out
    assert "all features: 1.75 an application, 3,500 a year" in out
    code, out, _ = riskmodel("check", run, "--json")
    data = json.loads(out)
    assert (code, data["price"]) == (0, 1.75)
    assert {"name": "bureau", "price": 1.25, "features": ["income", "purpose"]} in data["calls"]
