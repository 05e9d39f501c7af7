"""Below a command's help stands what there is to name, each with the first sentence of its source."""

import pytest

from riskmodel import registry
from riskmodel.cli.described import _first, described


@pytest.mark.parametrize("listed", [registry.PRUNERS, registry.SCORERS, registry.COMPRESSORS])
def test_every_name_and_no_other_has_a_sentence(listed):
    lines = dict(described(listed))
    assert list(lines) == listed.names()
    assert all(text and not text.endswith(".") for text in lines.values())


@pytest.mark.parametrize(
    ("docstring", "due"),
    [
        ("Cuts leaves. Then it stops.", "Cuts leaves"),
        ("One sentence.", "One sentence"),
        ("Two\n    lines of one. Other.", "Two lines of one"),
        ("By Smith et al. (2020), faster. Rest.", "By Smith et al. (2020), faster"),
        ("By Smith et al. In steps. Rest.", "By Smith et al. In steps"),
        ("As in ch. 3 of it. Rest.", "As in ch. 3 of it"),
        ("It ends. (Here it goes on.)", "It ends"),
        ("", ""),
    ],
)
def test_the_first_sentence_ends_where_another_begins(docstring, due):
    assert _first(docstring) == due


def test_a_room_that_there_is_not_has_no_names():
    assert list(described(registry.Registry("riskmodel.nowhere", "none", "it"))) == []


def test_the_help_of_the_two_commands_lists_them(riskmodel):
    for command, heading, name in (("train", "Compressors:", "float16"), ("prune", "Methods:", "collapse")):
        code, out, _ = riskmodel(command, "--help")
        assert code == 0
        assert heading in out
        assert f"\n  {name} " in out
