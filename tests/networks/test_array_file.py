"""Few numbers, or short ones, take few bytes, and come back to the bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.networks import pack, unpack


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.sampled_from([0, 3, 513, 2000]),
    form=st.sampled_from(["any", "few", "short", "nearly"]),
)
def test_every_bit_comes_back(seed, size, form):
    bits = np.random.default_rng(seed).integers(0, 2**32, size, np.uint32)  # NaN, -0 and subnormal numbers among them
    masks = {"any": 0xFFFFFFFF, "few": 0x7F000000, "short": 0xFFFF0000, "nearly": 0xFFFF8000}
    bits = bits & np.uint32(masks[form])
    values = bits.view(np.float32).reshape(-1, 1)
    back = unpack(pack({"w": values}))["w"]
    assert (back.dtype, back.shape) == (np.float32, values.shape)
    np.testing.assert_array_equal(back.view(np.uint32), values.view(np.uint32))


def test_few_numbers_and_short_ones_are_smaller_files():
    random = np.random.default_rng(0)
    whole = random.normal(size=10_000).astype(np.float32)
    few = random.choice(whole[:200], 10_000)
    short = (whole.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    size = {name: len(pack({"w": v})) for name, v in (("whole", whole), ("few", few), ("short", short))}
    assert size["short"] < 0.55 * size["whole"]
    assert size["few"] < 0.3 * size["whole"]


def test_other_kinds_of_numbers_are_left_as_they_are():
    arrays = {"codes": np.arange(4000, dtype=np.int32) % 3, "wide": np.ones(4000), "half": np.ones(4000, np.float16)}
    for name, values in unpack(pack(arrays)).items():
        assert values.dtype == arrays[name].dtype
        np.testing.assert_array_equal(values, arrays[name])
