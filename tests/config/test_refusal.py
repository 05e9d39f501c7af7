"""All that is wrong in a file is told at once, each key by its path and with the nearest that is known."""

import json

import pytest

from riskmodel import config
from riskmodel.errors import ConfigError

GOOD = """
name = "loans"
[data]
path = "loans.parquet"
target = "default"
[policy]
cutoff = 0.2
grade_edges = [0.1]
[[scorers]]
name = "lgbm"
kind = "lgbm"
"""


def refusal(text):
    with pytest.raises(ConfigError) as caught:
        config.parse(text.encode(), "run.toml")
    return str(caught.value)


def test_every_fault_is_told_at_once():
    text = GOOD.replace("cutoff = 0.2", "cutof = 0.2").replace('target = "default"', "target = 3")
    message = refusal(text + "[margins]\nauc = 2.0\n")
    assert "data.target: must be a text, however: 3" in message
    assert (
        "policy.cutof: unknown key; allowed are applications_per_year, approval_rate, cutoff, grade_edges, refer_rate; "
        "nearest is cutoff" in message
    )
    assert "margins.auc: must be less than 1, however: 2.0" in message
    assert "\n" not in message


def test_what_is_near_nothing_has_no_nearest():
    assert "nearest" not in refusal(GOOD.replace('name = "loans"', 'name = "loans"\nzzzzz = 1'))


def test_the_schema_knows_each_section_and_refuses_what_a_run_refuses():
    schema = json.loads(json.dumps(config.schema()))
    assert set(schema["properties"]) == set(config.Run.model_fields)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name", "data", "policy", "scorers"]


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (
            "[data.history]\npath = 'b'\ntime = 'm'\ncolumns = []",
            "data.history.months: must be stated, however: it is missing",
        ),
        (
            "[data.history]\npath = 'b'\ntime = 'm'\ncolumns = []",
            "data.history.columns: must have at least 1, however: []",
        ),
        ("[cascade]\nbuy = 'x'", "cascade.buy: must be a list, however: 'x'"),
        ("[margins]\nauc = true", "margins.auc: must be a number, however: True"),
        ("[data.protected]\na = 'x'", "data.protected.a: must be true or false, however: 'x'"),
        ("[data.codes]\na = 'b'", "data.codes.a: must be a list, however: 'b'"),
        ("[model]\npurpose = 3", "model.purpose: must be a text, however: 3"),
    ],
)
def test_what_is_allowed_is_said_in_the_words_of_a_toml(section, said):
    message = refusal(f"{GOOD}{section}\n")
    assert said in message
    assert not {"Field", "valid", "validation", "should", "Input"} & set(message.split())


def test_neither_way_to_the_cutoff_is_said_to_be_neither():
    assert "policy: must have either cutoff or approval_rate, however: neither" in refusal(
        GOOD.replace("cutoff = 0.2", "")
    )
