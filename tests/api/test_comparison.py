"""Two columns of PDs: the same verdicts as the test that a run's review rests on."""

import numpy as np
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
