"""The figures of a whole run: both samples told apart, gains, and the path as lines."""

from dataclasses import replace

import pytest

from riskmodel.tracking.study_metrics import metrics, pruning_path

CHOSEN = "lgbm/trees@0.25"


def test_the_test_sample_is_told_apart_from_selection(study):
    result = metrics(study)
    assert (result["test chosen/auc"], result["selection chosen/auc"]) == (0.79, 0.7805)
    assert (result["test change/auc_delta"], result["test change/auc_lower"]) == (-0.0004, -0.002)
    assert result["selection change/auc_delta"] == pytest.approx(-0.0005)
    assert not [key for key in metrics(replace(study, confirmation=None, tested={})) if key.startswith("test")]


def test_gains_are_times_less(study):
    result = metrics(study)
    assert (result["gain/cost_times_less"], result["gain/bytes_times_less"]) == (4.0, 2.5)
    assert (result["gain/features_times_less"], result["gain/leaves_times_less"]) == (1.0, 4.0)
    assert result["gain/one_times_faster"] == pytest.approx(500 / 300)


def test_the_path_leads_from_the_champion_down_the_front(study):
    assert pruning_path(study) == {
        "path/auc": (0.781, 0.7805),
        "path/cost": (400.0, 100.0),
        "path/flips": (0.0, 0.0125),
    }


def test_a_line_with_a_gap_is_left_out_whole(study):
    assert set(pruning_path(replace(study, side_figures={}))) == {"path/auc", "path/cost"}


def test_a_champion_that_stays_has_gained_nothing(study):
    kept = replace(study, trade_off=replace(study.trade_off, chosen="lgbm"), confirmation=None)
    assert {value for key, value in metrics(kept).items() if key.startswith("gain/")} == {1.0}
