import tomllib

import pytest

from riskmodel.errors import ConfigError
from riskmodel.workflows import answers

HEAD = """# the run
name = "x"   # of the loans

[data]
target = "bad"
"""


@pytest.mark.parametrize(
    ("ignore", "due"),
    [
        ("", '"a b"'),
        ("ignore = []  # none yet\n", "# none yet"),
        ('ignore = ["old"]\n', '["old", "a b"'),
        ('ignore = [\n    "old",  # since 2019\n]\n', '    "old",  # since 2019'),
    ],
)
def test_names_join_those_that_are_ignored_and_comments_stay(ignore, due):
    text = answers.ignoring(HEAD + ignore + "\n[policy] # the rule\n", ["a b", 'c"d'])
    assert tomllib.loads(text)["data"]["ignore"] == [*(["old"] if "old" in ignore else []), "a b", 'c"d']
    assert due in text
    assert "# the run" in text
    assert "# of the loans" in text
    assert text.endswith("[policy] # the rule\n")


def test_a_table_in_one_line_takes_them_too():
    assert tomllib.loads(answers.ignoring('data = { target = "bad" }\n', ["a"]))["data"]["ignore"] == ["a"]
    with pytest.raises(ConfigError, match="data: must be a table"):
        answers.ignoring("name = 'x'\n", ["a"])
