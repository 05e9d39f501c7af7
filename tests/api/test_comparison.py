"""Two columns of PDs: the same verdicts as the test that a run's review rests on."""

import numpy as np
import pandas as pd
import pytest

import riskmodel
from riskmodel.config import Margins
from riskmodel.core import Sample
from riskmodel.errors import DataError
from riskmodel.evaluation import compare as judged


@pytest.fixture
def rows():
    draw = np.random.default_rng(3)
    pd = draw.uniform(0.01, 0.4, 2500)
    return (draw.random(2500) < pd).astype(int), pd, np.clip(pd + draw.normal(0, 0.02, 2500), 0.001, 0.999)


def test_it_says_what_the_review_would_say(rows):
    y, old, new = rows
    sample = Sample("s", (), np.empty((2500, 0)), y.astype(np.int8), np.arange(2500))
    made = riskmodel.compare(y, old, new, margin=0.02)
    assert made.change.differences == judged("new", "old", sample, new, old, Margins(auc=0.02)).differences
    assert made.table()["figure"].tolist() == ["auc", "brier", "log_loss", "mean_pd"]
    assert str(made.verdict) in str(made)
    assert "<table>" in made._repr_html_()


def test_a_worse_model_is_inferior(rows):
    y, old, _ = rows
    noise = np.random.default_rng(0).permutation(old)
    assert riskmodel.compare(y, old, noise).verdict == "inferior"


def test_the_same_pds_are_identical_and_no_gain(rows):
    y, old, new = rows
    same = riskmodel.compare(y, old, old)
    assert same.identical
    assert str(same).startswith("identical: no PD differs")
    assert not riskmodel.compare(y, old, new).identical


def test_a_picture_saves_as_a_whole_document(rows, tmp_path):
    y, old, new = rows
    place = riskmodel.compare(y, old, new).plot().save(tmp_path / "change.svg")
    assert place.read_text().startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert place.read_text().rstrip().endswith("</svg>")
    with pytest.raises(DataError, match=r"must end in \.svg, however: \.png"):
        riskmodel.compare(y, old, new).plot().save(tmp_path / "change.png")


def test_bad_input_is_told_in_one_line(rows):
    y, old, new = rows
    for change, words in (
        ({"y": y[1:]}, "y, pd_old and pd_new must be of one length, however: 2499, 2500, 2500"),
        ({"y": y + 1}, "y must be 0 or 1, however: 2"),
        ({"margin": 1.5}, "margin must be in (0, 1), however: 1.5"),
        ({"margin": 0.01, "margins": Margins()}, "give one of them"),
        ({"pd_new": new + 1}, "new"),
    ):
        with pytest.raises(DataError) as caught:
            riskmodel.compare(**{"y": y, "pd_old": old, "pd_new": new, **change})
        assert words in str(caught.value)
    with pytest.raises(DataError, match="name must be among auc, brier"):
        riskmodel.compare(y, old, new).why("gini")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"pd_old": ["low", "high", "low"]}, "pd_old must be numbers, however: could not convert"),
        ({"y": ["0", "1", "0"]}, "y must be 0 or 1, however: '0'"),
        ({"sample_weight": [1.0, 2.0]}, "sample_weight must have 3 rows, as y has, however: 2"),
        ({"sample_weight": ["a", "b", "c"]}, "sample_weight must be numbers"),
        ({"sample_weight": [1.0, -1.0, 1.0]}, "sample_weight must be finite and above 0 in every row"),
    ],
)
def test_what_is_no_number_is_one_line(changed, reason):
    given = {"y": [0, 1, 0], "pd_old": [0.1, 0.2, 0.1], "pd_new": [0.1, 0.2, 0.1], **changed}
    with pytest.raises(DataError, match=reason):
        riskmodel.compare(**given)


def test_a_weight_of_two_is_the_same_row_twice_but_no_more_evidence(rows):
    y, old, new = rows
    twice = np.arange(2500) % 5 == 0
    weighed = riskmodel.compare(y, old, new, sample_weight=1.0 + twice).change.differences
    repeated = [np.concatenate([values, values[twice]]) for values in (y, old, new)]
    written_out = riskmodel.compare(*repeated).change.differences
    for name, one in weighed.items():
        assert one.delta == pytest.approx(written_out[name].delta, abs=1e-12)
        assert one.standard_error > 0.99 * written_out[name].standard_error


def test_equal_weights_change_nothing(rows):
    y, old, new = rows
    plain, weighed = (riskmodel.compare(y, old, new, sample_weight=w).table() for w in (None, np.full(2500, 7.0)))
    numbers = ["delta", "lower", "upper", "margin"]
    np.testing.assert_allclose(weighed[numbers].astype(float), plain[numbers].astype(float), rtol=1e-9, atol=1e-15)


def test_rows_that_belong_together_are_less_evidence_and_the_same_difference(rows):
    y, old, new = (np.repeat(values[:600], 4) for values in rows)
    borrowers = np.repeat([f"b{i}" for i in range(600)], 4)
    apart, together = (riskmodel.compare(y, old, new, clusters=c).change.differences for c in (None, borrowers))
    for name in apart:
        assert together[name].delta == pytest.approx(apart[name].delta)
        assert together[name].standard_error == pytest.approx(2 * apart[name].standard_error, rel=0.01)
    with pytest.raises(DataError):
        riskmodel.compare(y, old, new, clusters=borrowers[1:])


def test_a_sentence_has_the_figures_of_its_row(rows):
    y, old, new = rows
    made = riskmodel.compare(y, old, new, margin=0.02)
    row = made.table().set_index("figure").loc["auc"]
    assert made.why() == (
        f"auc is {row['verdict']}: {row['delta']:+.5f}, 95 % bounds {row['lower']:+.5f} and {row['upper']:+.5f}, "
        f"margin 0.02; the smallest margin that this sample could have shown is {row['detectable']:.4g}."
    )
    assert str(made).splitlines()[1:] == [made.why(name) for name in ("auc", "brier", "log_loss", "mean_pd")]


def test_all_margins_may_be_given_and_only_as_margins(rows):
    y, old, new = rows
    mine = Margins(auc=0.03, brier=0.02, log_loss=0.05)
    table = riskmodel.compare(y, old, new, margins=mine).table().set_index("figure")
    assert table.loc[["auc", "brier", "log_loss"], "margin"].tolist() == [0.03, 0.02, 0.05]
    with pytest.raises(DataError, match=r"^margins must be riskmodel\.config\.Margins, however: dict$"):
        riskmodel.compare(y, old, new, margins={"auc": 0.03})


def test_columns_of_any_library_and_shape_are_taken(rows):
    y, old, new = rows
    frame = pd.DataFrame({"y": y.astype(bool), "old": old, "new": new}).set_index(np.arange(2500)[::-1])
    given = riskmodel.compare(frame["y"], frame[["old"]], frame["new"].tolist())
    assert given.change.differences == riskmodel.compare(y, old, new).change.differences
