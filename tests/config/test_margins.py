"""Margins are figures, or shares of the champion's skill; the assumption that no fault is rare needs a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from riskmodel.config import SHARES, MarginRule, Margins

SKILL = st.fixed_dictionaries({name: st.floats(0.001, 0.5) for name in SHARES})


def test_margins_are_shares_of_the_champions_skill_unless_they_are_figures():
    skill = {"auc": 0.3, "brier": 0.04, "log_loss": 0.1}
    assert MarginRule().fixed(skill).model_dump() == pytest.approx(Margins(auc=0.006).model_dump())
    own = MarginRule(auc=0.01, brier_share=0.1, mean_pd=1.2).fixed(skill)
    assert own.model_dump() == pytest.approx(Margins(auc=0.01, brier=0.004, mean_pd=1.2).model_dump())


@given(SKILL, st.sampled_from(sorted(SHARES)), st.floats(0.001, 0.9))
def test_a_share_is_of_its_own_figure_and_a_figure_whatever_the_skill(skill, name, given_margin):
    shared = MarginRule(**{f"{name}_share": given_margin}).fixed(skill)
    assert getattr(shared, name) == pytest.approx(given_margin * skill[name])
    fixed = MarginRule(**{name: given_margin}).fixed(skill)
    assert getattr(fixed, name) == given_margin
    for other in set(SHARES) - {name}:
        assert getattr(fixed, other) == getattr(shared, other) == pytest.approx(SHARES[other] * skill[other])


@pytest.mark.parametrize("skill", [0.0, -0.2])
def test_a_champion_without_skill_leaves_a_margin_above_nothing(skill):
    assert MarginRule().fixed(dict.fromkeys(SHARES, skill)).auc == 1e-6


@pytest.mark.parametrize("name", sorted(SHARES))
def test_one_figure_has_one_margin(name):
    with pytest.raises(ValidationError, match=f"{name} and {name}_share each set one margin: give one of them"):
        MarginRule(**{name: 0.01, f"{name}_share": 0.1})


@pytest.mark.parametrize(("name", "value"), [("auc", 0.0), ("auc", 1.0), ("mean_pd", 1.0), ("mean_pd", 11.0)])
def test_a_margin_outside_its_range_is_refused(name, value):
    for kind in (Margins, MarginRule):
        with pytest.raises(ValidationError, match=name):
            kind(**{name: value})


@pytest.mark.parametrize("kind", [Margins, MarginRule])
@pytest.mark.parametrize("reason", ["", "  "])
def test_rare_faults_are_assumed_absent_for_a_reason_alone(kind, reason):
    assert kind().rare_faults == "bounded"
    with pytest.raises(ValidationError, match="must give rare_faults_reason"):
        kind(rare_faults="assumed absent", rare_faults_reason=reason)
    assert kind(rare_faults="assumed absent", rare_faults_reason="a bound of the trees").rare_faults != "bounded"


def test_the_assumption_and_its_reason_come_with_the_figures():
    rule = MarginRule(rare_faults="assumed absent", rare_faults_reason="a bound of the trees")
    fixed = rule.fixed({"auc": 0.3, "brier": 0.04, "log_loss": 0.1})
    assert (fixed.rare_faults, fixed.rare_faults_reason) == ("assumed absent", "a bound of the trees")
