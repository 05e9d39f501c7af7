import json
import tomllib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel import config, tables
from riskmodel.core import Role
from riskmodel.datasets import preparation, synthetic
from riskmodel.errors import DataError, RiskModelError
from riskmodel.workflows import check
from riskmodel.workflows.init import plan, proposal
from riskmodel.workflows.progress import Stages

ROWS = 400


@pytest.fixture(scope="module")
def portfolio() -> pa.Table:
    """With codes, words for the outcome, and a column that only the outcome brings."""
    loans = synthetic.portfolio(3000, seed=5)
    coded = np.where(np.arange(3000) % 40 == 0, 999, loans["accounts"].to_numpy())
    loans = loans.set_column(loans.column_names.index("accounts"), "accounts", pa.array(coded))
    words = pa.array(["paid", "charged off"]).take(loans["default"].cast(pa.int64()))
    loans = loans.set_column(loans.column_names.index("default"), "status", words)
    return loans.append_column("recoveries", pa.array(np.random.default_rng(1).normal(size=3000)))


@pytest.fixture
def written(tmp_path, portfolio):
    (tmp_path / "data").mkdir()
    pq.write_table(portfolio, tmp_path / "data" / "loans.parquet")
    return tmp_path / "data" / "loans.parquet"


def test_the_proposal_says_what_each_column_is_for(written, tmp_path):
    proposal.init(written, "status", tmp_path / "runs" / "loans-1.toml", {})
    run = config.read(tmp_path / "runs" / "loans-1.toml")[0]
    assert run.name == "loans-1"
    assert run.data == config.Data(
        path="../data/loans.parquet",
        sha256=tables.sha256_of(written),
        target="status",
        bad="charged off",
        id="loan_id",
        time="vintage",
        amount="loan_amount",
        amount_scores=True,
        ignore=["true_pd", "recoveries"],
        categorical=["group", "employment", "purpose"],
        protected={"age": False, "group": False},
        codes={"accounts": [999]},
    )
    assert run.split.how == "time"


def test_every_guess_has_its_reason_beside_it(written, tmp_path):
    proposal.init(written, "status", tmp_path / "loans.toml", {})
    lines = (tmp_path / "loans.toml").read_text("utf-8").splitlines()
    reasons = {line.split("#")[0].strip(" ,"): line.partition("# ")[2] for line in lines if "# " in line}
    assert reasons['bad = "charged off"'] == "'charged off' is a word for a bad"
    assert reasons['id = "loan_id"'].startswith("different in every row")
    assert reasons['"recoveries"'] == "named as if known only after the outcome"
    assert reasons["accounts = [999]"].startswith("999 in 75 rows, the others from ")
    assert reasons["age = false"] == "named like age"
    assert reasons['amount = "loan_amount"'] == "named like the money that is lent"
    assert reasons["amount_scores = true"].startswith("true: it is a feature too")


def test_the_proposed_run_can_be_prepared_as_it_stands(written, tmp_path):
    proposal.init(written, "status", tmp_path / "loans.toml", {})
    prepared = preparation.prepare(config.read(tmp_path / "loans.toml")[0], tmp_path)
    assert "blocks" not in {suspect.severity for suspect in prepared.answered()}
    assert prepared.schema.named(Role.TIME)[0].name == "vintage"
    assert "accounts" in [column.name for column in prepared.schema.features]


def test_the_same_table_gives_the_same_bytes(portfolio):
    assert proposal.propose(portfolio, "status") == proposal.propose(portfolio.to_pandas(), "status")
    assert proposal.propose(portfolio, "status") == proposal.propose(portfolio, "status")


def test_an_existing_file_is_kept_unless_it_may_be_replaced(written, tmp_path):
    (tmp_path / "loans.toml").write_text("mine")
    with pytest.raises(RiskModelError, match=r"loans.toml: exists; --force would replace it"):
        proposal.init(written, "status", tmp_path / "loans.toml", {})
    assert (tmp_path / "loans.toml").read_text() == "mine"
    proposal.init(written, "status", tmp_path / "loans.toml", {}, force=True)
    assert config.read(tmp_path / "loans.toml")[0].data.target == "status"


def test_nothing_is_left_where_it_cannot_be_written(written, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(RiskModelError, match=r"loans.toml: cannot be written: "):
        proposal.init(written, "status", tmp_path / "file" / "loans.toml", {})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RiskModelError, match="No space left on device"):
        proposal.init(written, "status", tmp_path / "loans.toml", {})
    assert sorted(tmp_path.rglob("*")) == before


def test_given_roles_stand_in_the_proposal(portfolio):
    given = {"loan_amount": Role.AMOUNT, "file_age": Role.BORROWER}
    data = config.parse(proposal.propose(portfolio, "status", given=given).encode(), "proposed").data
    assert (data.amount, data.borrower) == ("loan_amount", "file_age")


def test_a_table_without_anything_to_score_by_is_refused():
    loans = pa.table({"id": range(ROWS), "same": [1] * ROWS, "bad": [i % 2 for i in range(ROWS)]})
    with pytest.raises(DataError, match=r"all 2 other columns are none, such as 'id' \(different in every row"):
        proposal.propose(loans, "bad")


@given(name=st.text(min_size=1, max_size=12), level=st.text(min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_name_and_any_word_survive_the_way_through_toml(name, level):
    name = f"{name}-x".encode("utf-8", "ignore").decode()
    level = f"{level} bad".encode("utf-8", "ignore").decode()
    loans = pd.DataFrame(
        {name: ["a", "b"] * 30, "income": [*range(30)] * 2, "y": [level if i % 3 == 0 else "fine" for i in range(60)]}
    )
    data = config.parse(proposal.propose(loans, "y", path=name, name=name).encode(), "proposed").data
    assert (data.path, data.bad) == (name, level)
    assert name in (*data.categorical, *data.ignore)


@pytest.mark.parametrize("bads", [4, 40, 100, 200, 390, 396])
def test_shares_leave_enough_of_both_outcomes_where_there_are_enough(bads):
    loans = pa.table({"x": [i % 50 for i in range(ROWS)], "y": [int(i < bads) for i in range(ROWS)]})
    run = config.parse(proposal.propose(loans, "y").encode(), "proposed")
    smallest = min(run.split.tune, run.split.selection, run.split.test)
    few = min(bads, ROWS - bads)
    assert smallest * few >= 10 or few < 40
    assert run.policy.grade_edges == sorted(set(run.policy.grade_edges))


@pytest.mark.parametrize(
    ("rows", "features", "kinds"),
    [
        (1000, 5, ["lgbm", "xgb", "scorecard"]),
        (5000, 5, ["lgbm", "xgb", "neural", "scorecard"]),
        (300_001, 1, ["lgbm", "xgb", "scorecard"]),
        (5000, 301, ["lgbm", "xgb"]),
    ],
)
def test_scorers_suit_the_size_of_the_table(rows, features, kinds):
    noise = np.random.default_rng(0).integers(0, 50, (features, rows))
    loans = pa.table({**{f"x{i}": values for i, values in enumerate(noise)}, "y": np.arange(rows) % 3 == 0})
    text = proposal.propose(loans, "y")
    run = config.parse(text.encode(), "proposed")
    assert [scorer.kind for scorer in run.scorers] == kinds
    assert all(f"# No {kind}: " in text for kind in {"neural", "scorecard"} - set(kinds))


def test_grades_lie_around_the_odds_of_all_loans():
    loans = pa.table({"x": [i % 50 for i in range(ROWS)], "y": [int(i < 80) for i in range(ROWS)]})
    edges = tomllib.loads(proposal.propose(loans, "y"))["policy"]["grade_edges"]
    assert edges[plan._ODDS.index(1.0)] == 0.2


# ---------------------------------------------------------------------------------------------- the command


def test_the_command_writes_beside_the_person_and_shows_every_guess(written, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, out, _ = _riskmodel(monkeypatch, capsys, "init", written, "--target", "status")
    assert code == 0
    assert (tmp_path / "loans.toml").exists()
    assert "3,000 rows" in out
    assert all(name in out for name in ("loan_id", "vintage", "recoveries", "accounts", "Written: loans.toml"))
    code, _, err = _riskmodel(monkeypatch, capsys, "--quiet", "init", written, "--target", "status")
    assert (code, err) == (1, "riskmodel: loans.toml: exists; --force would replace it\n")


def test_the_command_tells_a_program_the_same(written, tmp_path, monkeypatch, capsys):
    arguments = ("--target", "status", "--output", tmp_path / "x.toml", "--amount", "loan_amount", "--json")
    code, out, _ = _riskmodel(monkeypatch, capsys, "init", written, *arguments)
    answer = json.loads(out)
    assert (code, answer["rows"], answer["target"]["bad"]) == (0, 3000, "charged off")
    roles = {column["name"]: column["role"] for column in answer["columns"]}
    assert (roles["loan_amount"], roles["recoveries"], roles["purpose"]) == ("amount", "ignore", "categorical")


def test_a_column_that_is_named_for_two_roles_is_refused(written, tmp_path, monkeypatch, capsys):
    twice = ("--target", "status", "--output", tmp_path / "x.toml", "--id", "loan_id", "--amount", "loan_id")
    code, _, err = _riskmodel(monkeypatch, capsys, "--quiet", "init", written, *twice)
    assert (code, err) == (1, "riskmodel: a column has one role, however: 'loan_id' is named for two\n")
    assert not (tmp_path / "x.toml").exists()


def _riskmodel(monkeypatch, capsys, *arguments):
    from riskmodel import cli

    monkeypatch.setattr("sys.argv", ["riskmodel", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as end:
        return end.code, *capsys.readouterr()
    return 0, *capsys.readouterr()


# ---------------------------------------------------------------------------------------- what init writes passes check


@pytest.mark.parametrize("target", [[1, 2], ["N", "Y"], ["Paid", "Charged Off"], [False, True], ["good", "bad"]])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_what_init_writes_passes_check(tmp_path, target, form):
    """Row numbers, padded codes, codes among levels and a closing window, whatever a bad is called."""
    draw = np.random.default_rng(7)
    rows = 2400
    opened = pd.Timestamp("2020-01-31") + pd.to_timedelta(np.sort(draw.integers(0, 700, rows)), unit="D")
    bad = (draw.random(rows) < np.linspace(0.35, 0.2, rows)).astype(int)
    loans = pd.DataFrame(
        {
            "opened": opened.strftime("%Y-%m-%d"),
            "branch": [f"{i:05d}" for i in draw.integers(1, 30, rows)],
            "region": np.where(draw.random(rows) < 0.1, 999, draw.integers(1, 9, rows)),
            "country": draw.choice(["NA", "US", "DE", None], rows),
            "employed": np.where(draw.random(rows) < 0.2, 365243, -draw.integers(1, 9000, rows)),
            "income": draw.lognormal(8, 0.4, rows) * np.where(bad, 0.8, 1),
            "status": np.array(target, object)[bad],
        }
    )
    loans = pd.concat([loans[bad == 0].reset_index(drop=True), loans[bad == 1].reset_index(drop=True)])
    path = tmp_path / f"loans.{form}"
    loans.to_csv(path) if form == "csv" else loans.to_parquet(path)
    proposal.init(path, "status", tmp_path / "loans.toml", {})
    checked = check.check(tmp_path / "loans.toml", Stages())
    data = checked.run.data
    assert checked.unanswered == ()
    assert checked.bads == bad.sum()
    assert ("" if form == "csv" else "__index_level_0__") in data.ignore
    assert {"branch", "region", "country"} == set(data.categorical)
    assert data.codes == {"employed": [365243]}
    assert next(column for column in checked.schema.columns if column.name == "branch").categories[0] == "00001"
    notes = [note for note in checked.schema.notes if "'country' is read as missing where it is 'NA'" in note]
    assert len(notes) == (form == "csv")  # Parquet tells NA from missing


@pytest.mark.parametrize("levels", [[0, 1], [0.0, 1.0], [1, 2], [False, True], ["No", "Yes"]])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_rows_without_an_outcome_are_left_out_by_a_rule_that_check_counts(tmp_path, levels, form):
    draw = np.random.default_rng(3)
    bad = (draw.random(900) < 0.3).astype(int)
    known = draw.random(900) < 0.9
    loans = pa.table(
        {
            "income": draw.lognormal(8, 0.4, 900) * np.where(bad, 0.8, 1),
            "default": pa.array([levels[b] if k else None for b, k in zip(bad, known, strict=True)]),
        }
    )
    path = tmp_path / f"loans.{form}"
    loans.to_pandas().to_csv(path, index=False) if form == "csv" else pq.write_table(loans, path)
    profile = proposal.init(path, "default", tmp_path / "loans.toml", {})
    assert (profile.rows, profile.unresolved, profile.target.bads) == (known.sum(), (~known).sum(), bad[known].sum())
    checked = check.check(tmp_path / "loans.toml", Stages())
    assert checked.bads == bad[known].sum()
    assert checked.facts["split"]["left_out"] == {"without an outcome": (~known).sum()}


def test_a_target_that_is_missing_throughout_is_refused(tmp_path):
    with pytest.raises(DataError, match="'default' is missing in 4 rows"):
        proposal.propose(pa.table({"income": [1.0, 2.0, 3.0, 4.0], "default": pa.nulls(4, pa.int8())}), "default")


def test_the_schema_that_the_first_line_names_lies_beside(tmp_path):
    pq.write_table(synthetic.portfolio(600, seed=1), tmp_path / "loans.parquet")
    (tmp_path / "run.schema.json").write_text("another's")
    proposal.init(tmp_path / "loans.parquet", "default", tmp_path / "loans.toml", {})
    assert (tmp_path / "loans.toml").read_text().splitlines()[0] == "#:schema run.schema.json"
    assert (tmp_path / "run.schema.json").read_text() == "another's"
    (tmp_path / "run.schema.json").unlink()
    proposal.init(tmp_path / "loans.parquet", "default", tmp_path / "loans.toml", {}, force=True)
    assert json.loads((tmp_path / "run.schema.json").read_text()) == json.loads(json.dumps(config.schema()))


def test_a_drawn_sample_is_weighed_as_its_column_says(tmp_path):
    loans = synthetic.portfolio(3000, seed=5)
    default = loans["default"].to_numpy().astype(bool)
    loans = loans.append_column("wgt", pa.array(np.where(default, 1, 10)))
    pq.write_table(loans, tmp_path / "loans.parquet")
    proposal.init(tmp_path / "loans.parquet", "default", tmp_path / "run.toml", {})
    run, _ = config.read(tmp_path / "run.toml")
    assert run.data.weight == "wgt"
    prepared = preparation.prepare(run, tmp_path)
    assert not any(suspect.column == "wgt" for suspect in prepared.suspects())
    assert set(prepared.samples().development.train.weight) == {1.0, 10.0}
