"""`riskmodel score`: each engine has its own options, and an end in the middle says how to go on."""

import pytest
from cli.commands.recorder import recorded

from riskmodel.batch.workspace import MANIFEST

LINE = ["score", "--model", "bundle", "--input", "rows.csv", "--output", "out"]


@pytest.fixture
def engines(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    recorded(monkeypatch, "riskmodel.workflows.score.scoring.in_words", "in words")
    recorded(monkeypatch, "riskmodel.workflows.score.scoring.as_json", "as json")
    return {
        "local": recorded(monkeypatch, "riskmodel.workflows.score.scoring.score", {}),
        "spark": recorded(monkeypatch, "riskmodel.workflows.score.spark.score", {}),
    }


def test_on_this_machine_the_job_is_as_it_was_asked_for(engines, riskmodel):
    options = ["--id", "loan", "--threads", "2", "--resume", "--null", "-", "--unknown", "0.1", "--counterfactuals"]
    assert riskmodel(*LINE, *options)[:2] == (0, "in words\n")
    model, source, output, job = engines["local"].arguments
    assert (model, str(source), str(output)) == ("bundle", "rows.csv", "out")
    assert (job.id_column, job.threads, job.resume, job.counterfactuals) == ("loan", 2, True, True)
    assert (job.spelling.nulls, job.spelling.unknown) == (("-",), 0.1)


def test_on_spark_it_is_its_master_and_its_own_expressions(engines, riskmodel):
    assert riskmodel(*LINE, "--engine", "spark", "--master", "local[2]", "--native", "--json")[:2] == (0, "as json\n")
    assert (engines["spark"].named["master"], engines["spark"].named["native"]) == ("local[2]", True)
    assert engines["local"].calls == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--engine", "spark", "--threads", "2"], "--threads, --resume and --counterfactuals are of --engine local"),
        (["--engine", "spark", "--resume"], "are of --engine local"),
        (["--engine", "spark", "--counterfactuals"], "are of --engine local"),
        (["--master", "local"], "--master and --native are of --engine spark"),
        (["--native"], "--master and --native are of --engine spark"),
        (["--threads", "0"], "--threads"),
        (["--unknown", "2"], "--unknown"),
    ],
)
def test_an_option_of_the_other_engine_is_a_mistake_of_usage(options, why, engines, riskmodel):
    code, _, err = riskmodel(*LINE, *options)
    assert code == 2
    assert why in err
    assert engines["local"].calls == engines["spark"].calls == []


def test_an_end_in_the_middle_says_how_to_go_on(engines, riskmodel):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    engines["local"].answer = stopped
    code, _, err = riskmodel(*LINE)
    assert code == 130
    assert "interrupted; finished parts are kept, and --resume goes on from there" in err


def test_a_run_that_was_finished_before_says_so(engines, riskmodel, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MANIFEST).touch()
    code, out, err = riskmodel(*LINE)
    assert (code, out) == (0, "in words\n")
    assert "out was finished before, by this model on this input, and is as it was" in err
