"""The rule of choice against its own slow version: corrected t-tests of each cheaper candidate, then Holm's steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from riskmodel.api.estimators.non_inferiority import NonInferiority


def results(scores, costs=None):
    """Of candidates x splits; costs fall from candidate to candidate unless given."""
    scores = np.asarray(scores, float)
    folds = {f"split{i}_test_score": column for i, column in enumerate(scores.T)}
    costs = costs if costs is not None else [float(len(scores) - i) for i in range(len(scores))]
    return {"params": [{"size": cost} for cost in costs], **folds}


def slow(scores, costs, margin):
    """The choice, step by step: Nadeau and Bengio 2003, then Holm 1979."""
    champion = int(np.argmax(scores.mean(axis=1)))
    splits = scores.shape[1]
    p_values = {}
    for i, row in enumerate(scores):
        if costs[i] < costs[champion]:
            gains = row - scores[champion]
            error = np.sqrt(gains.var(ddof=1) * (1 / splits + 1 / (splits - 1)))
            p_values[i] = float(t.sf((gains.mean() + margin) / error, splits - 1))
    passed, left = [], sorted(p_values, key=p_values.__getitem__)
    for steps, i in enumerate(left):
        if p_values[i] * (len(left) - steps) > 0.05:
            break
        passed.append(i)
    return min([champion, *passed], key=lambda i: (costs[i], -scores[i].mean(), i))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(3, 8), st.sampled_from([0.002, 0.01, 0.03]))
def test_the_choice_is_that_of_the_slow_version(seed, candidates, splits, margin):
    draw = np.random.default_rng(seed)
    losses = draw.exponential(0.004, (candidates, 1))
    scores = 0.8 - losses + draw.normal(0, 0.01, splits) + draw.normal(0, 0.002, (candidates, splits))
    costs = draw.permutation(candidates).astype(float)
    chosen = NonInferiority("size", margin=margin)(results(scores, costs.tolist()))
    assert chosen == slow(scores, costs, margin)


def test_a_candidate_without_a_score_in_every_split_is_never_chosen():
    scores = np.array([[0.8, 0.8, 0.8, 0.8], [0.8, np.nan, 0.8, 0.8], [0.7999, 0.8, 0.8, 0.8001]])
    assert NonInferiority("size")(results(scores)) == 2
    with pytest.raises(ValueError, match="a candidate must have a score in every split, however: none has"):
        NonInferiority("size")(results(np.full((2, 3), np.nan)))


def test_equal_costs_are_decided_by_the_score_and_then_by_the_place():
    scores = np.array([[0.80, 0.79, 0.81]] + [[0.7999, 0.7898, 0.8099]] * 2)
    assert NonInferiority("size")(results(scores, [2.0, 1.0, 1.0])) == 1


def test_the_champion_stays_where_nothing_is_cheaper():
    assert NonInferiority("size")(results([[0.8, 0.81], [0.8, 0.81]], [1.0, 1.0])) == 0


def test_a_champion_is_named_by_its_parameters():
    scores = [[0.80, 0.79, 0.81], [0.79, 0.78, 0.80]]
    assert NonInferiority("size", {"size": 1.0})(results(scores)) == 1
    for wrong in ({"size": 7.0}, {"other": 1.0}, {}):
        with pytest.raises(ValueError, match="champion must be one candidate with a score in every split, however"):
            NonInferiority("size", wrong)(results(scores))


def test_a_larger_share_of_test_rows_is_a_larger_error():
    scores = [[0.80, 0.79, 0.81], [0.79, 0.79, 0.80]]
    errors = [
        NonInferiority("size", test_share=share).differences(results(scores))[1].standard_error
        for share in (None, 1 / 3, 0.5, 0.8)
    ]
    assert errors[0] == pytest.approx(errors[1])
    assert errors == sorted(errors)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"margin": 0.0}, r"margin must be in \(0, 1\), however: 0"),
        ({"margin": 1.0}, r"margin must be in \(0, 1\), however: 1"),
        ({"test_share": 0.0}, r"test_share must be in \(0, 1\), however: 0"),
        ({"test_share": 1.0}, r"test_share must be in \(0, 1\), however: 1"),
    ],
)
def test_what_no_rule_has_is_refused_when_it_is_made(options, why):
    with pytest.raises(ValueError, match=why):
        NonInferiority("size", **options)


@pytest.mark.parametrize("value", ["large", None, True])
def test_a_cost_that_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="cost must name a number among the parameters, however: 'size' is"):
        NonInferiority("size")({**results([[0.8, 0.8]] * 2), "params": [{"size": value}] * 2})


def test_one_split_is_no_evidence():
    with pytest.raises(ValueError, match="cv must give 2 splits of test_score, however: 1"):
        NonInferiority("size")(results([[0.8], [0.7]]))


def test_a_cost_may_be_a_function_and_the_score_have_a_name():
    given_results = {
        "params": [{"trees": 10, "depth": 3}, {"trees": 5, "depth": 2}],
        **{f"split{i}_test_auc": [0.8 + i / 1000, 0.8 + i / 1000] for i in range(3)},
    }
    rule = NonInferiority(lambda params: params["trees"] * 2 ** params["depth"], metric="auc")
    assert rule(given_results) == 1
