"""The words of MLflow's pages have the figures, and fit where MLflow keeps them."""

from dataclasses import replace

from riskmodel.tracking import notes

CHOSEN = "lgbm/trees@0.25"


def test_the_description_has_the_reason_and_a_row_a_variant(study):
    text = notes.of_run(study)
    assert study.trade_off.reason in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(study.variants)
    assert {line.count("|") for line in lines} == {10}
    assert "| lgbm | **champion** | 0.7810 |  |  | 400 | 0.0 | 0.60 | 4 |" in lines
    assert f"| {CHOSEN} | **chosen** | 0.7805 | -0.0021 | non-inferior | 100 | 1.2 | 0.36 | 2 |" in lines


def test_ten_of_many_variants_stand_in_the_table(study):
    many = {f"lgbm/trees@0.{i:02}": study.variants[CHOSEN] for i in range(30)}
    old = study.trade_off
    evaluations = {**old.evaluations, **dict.fromkeys(many, old.evaluations[CHOSEN])}
    changes = {**old.changes, **dict.fromkeys(many, old.changes[CHOSEN])}
    trade_off = replace(old, evaluations=evaluations, changes=changes)
    changed = replace(study, variants={**study.variants, **many}, trade_off=trade_off)
    assert len(notes.table(changed).splitlines()) == 2 + notes.BEST


def test_long_names_cannot_make_it_longer_than_mlflow_takes(study):
    reason = "why " * 3_000
    assert len(notes.of_run(replace(study, trade_off=replace(study.trade_off, reason=reason)))) <= notes.LONGEST


def test_the_picture_is_a_file_of_the_run_that_is_described():
    text = notes.with_picture("words", "0a1b")
    assert text.endswith("![Trade-off](get-artifact?path=trade_off.svg&run_uuid=0a1b)")


def test_a_version_says_what_it_is_in_figures(study):
    text = notes.of_version(study)
    assert text.startswith("lgbm/trees@0.25 in place of lgbm. 4 times less work. On test non-inferior: AUC -0.0004,")
    assert "AUC on test 0.7900 (0.7110 to 0.8690)" in text
    kept = replace(study, trade_off=replace(study.trade_off, chosen="lgbm"), confirmation=None)
    assert notes.of_version(kept).startswith("lgbm: the champion of its run")


def test_a_registered_model_says_what_its_aliases_mean(settings):
    text = notes.of_model(settings)
    assert {"`champion`", "`challenger`", "`previous`"} <= set(text.replace("`,", "` ").split())
