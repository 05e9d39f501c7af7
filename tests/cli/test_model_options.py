"""What is said of a file on the command line comes to its role; what cannot be read is refused in one line."""

import json

import pytest

from riskmodel.cli import model_options
from riskmodel.errors import RiskModelError


@pytest.fixture
def levels(tmp_path):
    """Two files of levels."""
    for name, content in (("a", {"purpose": ["car", "home"]}), ("b", {"grade": [1, 2.5, "x"]})):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    return tmp_path / "a.json", tmp_path / "b.json"


def test_a_value_without_a_role_is_of_both(levels):
    both = model_options.settings_of_two(["-9"], [str(levels[0])], all_trees=True)
    assert [both[role].missing for role in model_options.ROLES] == [-9.0, -9.0]
    assert {role: one.levels for role, one in both.items()} == {role: {"purpose": ["car", "home"]} for role in both}
    assert all(one.all_trees for one in both.values())


def test_a_value_may_name_its_role(levels):
    two = model_options.settings_of_two(["challenger=-1"], [f"champion={levels[0]}", f"challenger={levels[1]}"], False)
    assert (two["champion"].missing, two["challenger"].missing) == (None, -1.0)
    assert two["champion"].levels == {"purpose": ["car", "home"]}
    assert two["challenger"].levels == {"grade": [1, 2.5, "x"]}


@pytest.mark.parametrize("given", [["-9", "champion=-1"], ["champion=1", "champion=2"], ["champion=1", "2"]])
def test_a_role_has_one_value(given):
    with pytest.raises(RiskModelError, match="--missing must be given once for the champion, however: twice"):
        model_options.settings_of_two(given, [], False)


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("a=1,b=-1", {"a": 1, "b": -1}),
        (" a=+1 , , b=0", {"a": 1, "b": 0}),
        ("x=y=-1", {"x=y": -1}),  # the last sign counts, as names may hold one
        ("", {}),
    ],
)
def test_directions_are_read(text, signs):
    assert model_options.settings(None, None, False, text).monotone == signs


@pytest.mark.parametrize("text", ["a", "a=2", "=1", "a=1,a=-1", "a=one"])
def test_what_is_no_direction_is_refused(text):
    with pytest.raises(RiskModelError, match="--monotone must be COL=1 or COL=-1, each column once, however: "):
        model_options.settings(None, None, False, text)


@pytest.mark.parametrize("content", ["{", "[" * 100_000, "\udcff"])
def test_levels_that_are_no_json_are_refused(content, tmp_path):
    (tmp_path / "a.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(RiskModelError, match="must be JSON, however") as caught:
        model_options.settings(None, tmp_path / "a.json", False)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [[], ["a"], {"a": "b"}, {"a": [None]}, {"a": [["b"]]}, {"a": ["b"], "c": 1}])
def test_levels_are_a_list_a_column(content, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(RiskModelError, match="must give each column a list of texts or numbers in code order"):
        model_options.settings(None, tmp_path / "a.json", False)


def test_a_number_is_a_number():
    with pytest.raises(RiskModelError, match="--missing must be a number, however: 'none'"):
        model_options.settings_of_two(["none"], [], False)
