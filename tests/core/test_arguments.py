"""What Python callers give wrongly is refused in one line."""

import numpy as np
import pytest

from riskmodel.core import check_by_column, check_levels, check_number, check_seed, check_share
from riskmodel.errors import RiskModelError


@pytest.mark.parametrize("seed", ["1", -1, None, 1.5, True])
def test_a_seed_that_starts_no_generator_is_refused(seed):
    with pytest.raises(RiskModelError, match="seed must be a whole number of 0 or more, however: "):
        check_seed(seed)


def test_what_numpy_makes_is_a_number_too():
    check_seed(np.int64(3))
    check_number("keep", np.float32(0.5))
    check_number("keep", None)
    check_by_column("monotone", {})
    check_by_column("monotone", None)


def test_other_types_are_named():
    with pytest.raises(RiskModelError, match="keep must be a number, however: 'half'"):
        check_number("keep", "half")
    with pytest.raises(RiskModelError, match="margin must be a number, however: True"):
        check_number("margin", True)
    with pytest.raises(RiskModelError, match="monotone must be a mapping by column, however: list"):
        check_by_column("monotone", [1, -1])


def test_a_share_lies_from_0_to_1():
    for share in (None, 0, 0.5, 1.0):
        check_share("unknown", share)
    for share in (float("nan"), -0.1, 2):
        with pytest.raises(RiskModelError, match=r"unknown must be in \[0, 1\], however: "):
            check_share("unknown", share)


@pytest.mark.parametrize("own", ["abc", b"abc", {"a": 1}, 3])
def test_levels_are_lists_and_no_text_is_read_as_its_letters(own):
    with pytest.raises(RiskModelError, match=f"^levels must .* 'job', however: {type(own).__name__}$"):
        check_levels({"job": own})
    check_levels({"job": ["a", "b"], "home": np.array(["x"])})
    check_levels(None)
