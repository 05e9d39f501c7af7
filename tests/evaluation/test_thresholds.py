"""The policy of thresholds: complete, sourced, hashed, and refused where it makes no sense."""

from __future__ import annotations

import hashlib

import pytest

from riskmodel.errors import ConfigError
from riskmodel.evaluation.catalogue import methods, without_outcome
from riskmodel.evaluation.thresholds import STANDARD, read, standard


def test_every_method_has_a_threshold_and_every_threshold_a_method(limits):
    assert sorted(limits.by_name) == sorted(method.id for method in methods())


def test_every_number_has_a_source_or_says_convention(limits):
    assert all(len(threshold.source) > 3 for threshold in limits.by_name.values())
    assert limits.sources.keys() == limits.settings.keys()


def test_the_hash_is_that_of_the_file_and_changes_with_one_number(tmp_path, limits):
    assert limits.sha256 == hashlib.sha256(STANDARD.read_bytes()).hexdigest()
    other = tmp_path / "own.toml"
    other.write_text(STANDARD.read_text().replace("fail = 0.80", "fail = 0.79"))
    own = read(other)
    assert own.sha256 != limits.sha256
    assert own["fairness.approval_ratio"].fail == 0.79


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fail = 0.80", "fail = 0.95", "fairness.approval_ratio: fail must lie beyond attention, however: 0.95"),
        ('worse = "away"', 'worse = "sideways"', "worse"),
        ('source = "convention: Cram', 'sauce = "convention: Cram', "source"),
        ("attention = 0.90", "attention = nan", "finite"),
        ('version = "2026.1"', "version = ", "not a TOML file"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_in_one_line(tmp_path, old, new, said):
    path = tmp_path / "own.toml"
    path.write_text(STANDARD.read_text().replace(old, new))
    with pytest.raises(ConfigError, match=said) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_what_a_file_lacks_is_named(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match=r"stability\.tea is missing"):
        standard()["stability.tea"]
    with pytest.raises(ConfigError, match=r"settings\.tea is missing"):
        standard().setting("tea")


def test_without_outcomes_all_that_needs_them_is_not_evaluated():
    result = without_outcome(500)
    assert {e.mark for e in result} == {"NOT EVALUATED"}
    assert {"discrimination.auc", "change.harm", "drift.auc"} <= {e.method.id for e in result}
    assert not {"stability.psi", "fairness.approval_ratio"} & {e.method.id for e in result}
