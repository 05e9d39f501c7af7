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
    assert "data.target: must be a valid string, however: 3" in message
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
