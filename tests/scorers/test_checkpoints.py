"""What is kept of a variant is the variant."""

from riskmodel.core import Variant
from riskmodel.scorers.checkpoints import Checkpoints


def test_a_variant_is_taken_up_as_it_was_kept(fitted, tmp_path):
    options = ({"patience": 20, "stop": "margin"}, {})
    variant = Variant("lgbm/a@0.5", "lgbm", fitted("lgbm"), steps=("a", "b"), keep=0.5, settings=options)
    Checkpoints(tmp_path, "these inputs").keep(variant)
    again = Checkpoints(tmp_path, "these inputs").kept("lgbm/a@0.5")
    assert again.scorer.sha256 == variant.scorer.sha256
    assert (again.family, again.steps, again.keep, again.settings) == ("lgbm", ("a", "b"), 0.5, options)
    assert Checkpoints(tmp_path, "others").kept("lgbm/a@0.5") is None
