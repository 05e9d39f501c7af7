"""A TOML table becomes a frozen dataclass, strictly: no key that is not a field, no value of another type."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
from pydantic import Field

from riskmodel import pruning
from riskmodel.config import built
from riskmodel.errors import ConfigError


@dataclass(frozen=True)
class Options:
    rows: Annotated[int, Field(ge=1)] = 10
    way: Literal["up", "down"] = "up"
    sizes: tuple[int, ...] = ()
    rate: float = 0.1
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Nothing:
    """Has no options."""


def test_what_is_not_given_has_its_default():
    assert built(Options, {}, "here") == Options()
    assert built(Options, {"rows": 3, "rate": 1}, "here") == Options(rows=3, rate=1.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rowz": 7}, r"^here\.rowz: unknown key; allowed are rows, way, sizes, rate, names; nearest is rows$"),
        ({"rows": "7"}, r"^here\.rows: must be a whole number, however: '7'$"),
        ({"rows": 0}, r"^here\.rows: must be greater than or equal to 1, however: 0$"),
        ({"names": "income"}, r"^here\.names: must be a list, however: 'income'$"),
        ({"rows": True}, r"^here\.rows: must be a whole number"),
        ({"rows": 2.0}, r"^here\.rows: must be a whole number"),
        ({"way": "left"}, r"^here\.way: must be 'up' or 'down', however: 'left'$"),
        ({"rate": "fast"}, r"^here\.rate: must be a number, however: 'fast'$"),
    ],
)
def test_what_is_wrong_is_told_by_where_it_stands(options, message):
    with pytest.raises(ConfigError, match=message):
        built(Options, options, "here")


def test_where_there_are_no_options_it_says_so():
    with pytest.raises(ConfigError, match=r"^here\.x: unknown key; allowed are none$"):
        built(Nothing, {"x": 1}, "here")


def test_options_are_checked_against_the_fields_that_there_are():
    assert pruning.make("features", {"rows": 7}).rows == 7
    with pytest.raises(ConfigError, match=r"here.rowz: unknown key; allowed are rows"):
        pruning.make("features", {"rowz": 7}, "here")
    with pytest.raises(ConfigError, match="pruner must be among best, blend_members, collapse"):
        pruning.make("nothing")
