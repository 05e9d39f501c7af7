"""What several commands share: places that are none are refused in one line, addresses stay as they are."""

from pathlib import Path

import click
import pytest

from riskmodel.cli.options import MODEL_PLACE, NULL, PLACE, UNKNOWN
from riskmodel.errors import RiskModelError


@pytest.mark.parametrize("text", ["rows.csv", "a/b", "-", "/rows"])
def test_a_place_is_a_path(text):
    assert PLACE.convert(text, None, None) == Path(text)


@pytest.mark.parametrize("text", ["models:/loans/3", "models:/loans@champion", "runs:/abc/model"])
def test_an_address_stays_as_it_is(text):
    assert MODEL_PLACE.convert(text, None, None) == text
    assert MODEL_PLACE.convert("a/bundle", None, None) == "a/bundle"


@pytest.mark.parametrize("text", ["", "a\0b"])
def test_what_is_no_place_is_refused_in_one_line(text):
    for kind in (PLACE, MODEL_PLACE):
        with pytest.raises((RiskModelError, click.BadParameter)) as refused:
            kind.convert(text, None, None)
        assert "\n" not in str(refused.value)


def run(*arguments):
    """What a command with both options is given."""

    @click.command()
    @NULL
    @UNKNOWN
    def command(nulls, unknown):
        given.append((nulls, unknown))

    given = []
    command.main(list(arguments), standalone_mode=False)
    return given[0]


def test_spellings_of_missing_add_up_and_the_share_has_a_usual_value():
    assert run() == ((), 0.05)
    assert run("--null", "-", "--null", "n/a", "--unknown", "0") == (("-", "n/a"), 0.0)
    with pytest.raises(click.BadParameter, match=r"1\.5"):
        run("--unknown", "1.5")


@pytest.mark.parametrize("command", ["prune", "review", "score"])
def test_nan_lies_in_no_range(riskmodel, command):
    code, _, err = riskmodel(command, "--unknown", "nan")
    assert code == 2
    assert "nan is not in the range 0<=x<=1" in err
