"""A file becomes a run or one line that says what is wrong; its checksum is of its bytes."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_run import toml

from riskmodel import config
from riskmodel.errors import ConfigError

POLICY = b"""
cutoff = 0.2
grade_edges = [0.05, 0.1]
[margins]
auc = 0.01
"""


@given(st.binary(max_size=200))
def test_no_bytes_end_in_another_error(text):
    with pytest.raises(ConfigError):
        config.parse(text, "run.toml")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.integers(0, 600))
def test_a_run_that_is_broken_anywhere_is_read_or_refused_in_one_line(text, at):
    whole = toml()
    said = ""
    try:
        config.parse((whole[:at] + text + whole[at:]).encode(), "run.toml")
    except ConfigError as error:
        said = str(error)
    assert "\n" not in said


def test_a_missing_file_is_told(tmp_path):
    for read in (config.read, config.read_policy):
        with pytest.raises(ConfigError, match=r"absent.toml: cannot be read: No such file"):
            read(tmp_path / "absent.toml")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        config.read(tmp_path)


def test_a_file_is_read_as_its_text_is_parsed_with_the_checksum_of_its_bytes(tmp_path):
    (tmp_path / "run.toml").write_text(toml() + "# ä\n")
    run, sha256 = config.read(tmp_path / "run.toml")
    assert run == config.parse(toml().encode(), "any")
    assert sha256 == hashlib.sha256((tmp_path / "run.toml").read_bytes()).hexdigest()


@pytest.mark.parametrize(("text", "reason"), [(b"[data", "not a TOML file"), (b"name = '\xff'", "not a TOML file")])
def test_what_is_no_toml_is_said_to_be_none(text, reason):
    with pytest.raises(ConfigError, match=f"run.toml: {reason}: "):
        config.parse(text, "run.toml")


def test_a_reviewers_policy_has_margins_a_cutoff_and_grades_and_each_may_be_left_out(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_bytes(POLICY)
    policy = config.read_policy(path)
    assert (policy.cutoff, policy.grade_edges, policy.margins.auc) == (0.2, [0.05, 0.1], 0.01)
    assert policy.margins.brier == config.Margins().brier
    path.write_bytes(b"")
    assert config.read_policy(path) == config.ReviewPolicy()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"cutoff = 0.2", b"cutoff = 1.0", "cutoff: must be less than 1, however: 1.0"),
        (b"auc = 0.01", b"auk = 0.01", "margins.auk: unknown key; allowed are auc, brier, log_loss, mean_pd"),
        (b"[0.05, 0.1]", b"[0.1, 0.05]", "grade_edges: must rise and lie in (0, 1), however: [0.1, 0.05]"),
        (b"cutoff", b"approval_rate", "approval_rate: unknown key; allowed are cutoff, grade_edges, margins"),
    ],
)
def test_a_wrong_policy_is_refused_by_its_key(tmp_path, old, new, message):
    path = tmp_path / "policy.toml"
    path.write_bytes(POLICY.replace(old, new))
    with pytest.raises(ConfigError) as refusal:
        config.read_policy(path)
    assert message in str(refusal.value)
