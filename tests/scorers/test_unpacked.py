"""What a bundle's probe rows hold its scorer to, whatever its kind: what computes otherwise is refused in one line."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES, QUICK

from riskmodel import bundle, compression, scorers
from riskmodel.core import FIXED_ORDER, SINGLE, Policy, Probes
from riskmodel.errors import BundleError
from riskmodel.scorers._sequence import SequenceScorer
from riskmodel.scorers.base.boosting import BoosterScorer
from riskmodel.scorers.base.network import EncodedScorer
from riskmodel.scorers.blend import BlendScorer
from riskmodel.scorers.onnx import OnnxScorer
from riskmodel.scorers.simple import SimpleScorer

POLICY = Policy(0.3, 0.25, (0.05, 0.1))
INT8 = ("int8_dynamic", "int8_static")

every = pytest.mark.parametrize("name", [*QUICK, *INT8])


@pytest.fixture
def scorer(name, fitted):
    if name not in INT8:
        return fitted(name)
    pytest.importorskip("onnxruntime")
    return compression.make(name).compress(fitted("mlp"))


def packed(scorer):
    return bundle.pack(scorer, POLICY, {}, {})


def changed(scorer):
    """The same scorer, but for one of its numbers."""
    if isinstance(scorer, BoosterScorer):
        trees = scorer.ensemble.trees
        value = trees[0].value.copy()
        value[np.flatnonzero(trees[0].is_leaf)[0]] += 1e-3
        return scorer.with_ensemble(replace(scorer.ensemble, trees=(replace(trees[0], value=value), *trees[1:])))
    if isinstance(scorer, EncodedScorer | SequenceScorer):
        return with_a_weight_changed(scorer)
    if isinstance(scorer, BlendScorer):
        heaviest = int(np.argmax(scorer.weights))
        members = [changed(member) if i == heaviest else member for i, member in enumerate(scorer.members)]
        return replace(scorer, members=tuple(members))
    if isinstance(scorer, SimpleScorer):
        return replace(scorer, card=changed(scorer.card))
    if isinstance(scorer, OnnxScorer):
        return replace(scorer, model=with_a_number_changed(scorer.model))
    place, card, margins = scorer._used[0]
    cards = list(scorer.cards)
    cards[place] = replace(card, margins=(margins[0] + 1e-3, *margins[1:]))
    return replace(scorer, cards=tuple(cards))


def with_a_weight_changed(scorer):
    """The largest weight of the first layer is a hundredth larger."""
    field = "network" if isinstance(scorer, EncodedScorer) else "sequence_network"
    network = getattr(scorer, field)
    first, *rest = network.weights
    first = first.copy()
    first[np.unravel_index(np.argmax(np.abs(first)), first.shape)] *= 1.01
    return replace(scorer, **{field: replace(network, weights=(first, *rest))})


def changed_and_resealed(scorer, folder):
    """A bundle whose manifest is right to the byte, and whose probe rows are those of another scorer."""
    saved, other = packed(scorer), packed(changed(scorer))
    probes = {bundle.PROBES: saved.files[bundle.PROBES]}
    hashes = {**other.manifest["files"], bundle.PROBES: saved.manifest["files"][bundle.PROBES]}
    bundle.save(bundle.Bundle({**other.manifest, "files": hashes}, {**other.files, **probes}), folder)
    return folder


def with_a_number_changed(model):
    """A matrix of bytes loses its largest number; of a tree, all leaves have more."""
    import onnx

    proto = onnx.ModelProto.FromString(model)
    for tensor in proto.graph.initializer:
        if tensor.data_type == onnx.TensorProto.INT8 and len(tensor.dims) == 2:
            values = onnx.numpy_helper.to_array(tensor).copy()
            values[np.unravel_index(np.argmax(np.abs(values)), values.shape)] = 0
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
            return proto.SerializeToString()
    for node in proto.graph.node:
        for attribute in node.attribute:
            if attribute.name in ("leaf_weights", "target_weights_as_tensor"):
                values = onnx.numpy_helper.to_array(attribute.t).copy()
                values[0] += 1e-3
                attribute.t.CopyFrom(onnx.numpy_helper.from_array(values, attribute.t.name))
                return proto.SerializeToString()
    raise AssertionError("the model has neither bytes nor trees")


@every
def test_a_bundle_opens_where_it_was_made_and_asks_unequal_applications(name, scorer):
    saved = packed(scorer)
    again = scorers.unpacked(saved)
    assert again.sha256 == scorer.sha256
    assert len(saved.probes.pd) >= 24
    assert np.ptp(saved.probes.pd) > 0.05
    assert np.isnan(saved.probes.rows).any()


@every
def test_made_to_compute_otherwise_and_resealed_it_is_refused_in_one_line(name, scorer, tmp_path):
    resealed = bundle.read(changed_and_resealed(scorer, tmp_path / "model"))
    with pytest.raises(BundleError, match=rf"the {scorer.kind} scorer must give its probe rows the PDs") as refused:
        scorers.unpacked(resealed)
    assert "\n" not in str(refused.value)


@every
def test_the_same_scorer_gives_the_same_probe_rows(name, scorer):
    assert packed(scorer).files[bundle.PROBES] == packed(scorer).files[bundle.PROBES]


@every
def test_a_difference_that_its_kind_may_have_is_let_pass_and_a_larger_one_is_not(name, scorer):
    rows = Probes.of(scorer)
    replace(rows, pd=rows.pd + 0.9 * scorer.pd_tolerance).check(scorer)
    with pytest.raises(BundleError):
        replace(rows, pd=rows.pd - 1.1 * scorer.pd_tolerance).check(scorer)


def test_kinds_whose_sums_have_a_fixed_order_may_differ_least(fitted):
    tolerances = {kind: fitted(kind).pd_tolerance for kind in QUICK}
    exact = {kind for kind, tolerance in tolerances.items() if tolerance == FIXED_ORDER}
    assert exact == {"lgbm", "xgb", "catboost", "ebm", "scorecard", "simple", "blend"}
    assert all(tolerance == SINGLE for kind, tolerance in tolerances.items() if kind not in exact)
    mixed = replace(fitted("blend"), members=(fitted("lgbm"), fitted("mlp")))
    assert mixed.pd_tolerance == SINGLE


def test_probe_rows_come_back_to_the_bit(fitted):
    rows = Probes.of(fitted("lgbm"))
    back = Probes.from_json(rows.to_json(FEATURES), FEATURES)
    np.testing.assert_array_equal(back.rows, rows.rows)
    np.testing.assert_array_equal(back.pd, rows.pd)


def test_a_pd_that_is_no_number_is_refused_where_it_was_one(fitted):
    rows = Probes.of(fitted("scorecard"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(BundleError, match="row 3 has"):
            replace(rows, pd=np.where(np.arange(len(rows.pd)) == 3, np.nan, rows.pd)).check(fitted("scorecard"))


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b'{"columns": {}, "pd": [0.5]}', b'{"columns": {"income": ["x"]}, "pd": [0.5]}']
)
def test_damaged_probe_rows_are_refused(text):
    with pytest.raises(BundleError, match="probe rows"):
        Probes.from_json(text, FEATURES)


@pytest.mark.parametrize("cut", [0, 1])
def test_probe_rows_of_another_shape_are_refused(fitted, cut):
    saved = json.loads(Probes.of(fitted("lgbm")).to_json(FEATURES))
    saved["pd"] = saved["pd"][: cut * 5]
    with pytest.raises(BundleError, match="must be n x 5 with n PDs"):
        Probes.from_json(json.dumps(saved).encode(), FEATURES)


def test_a_bundle_without_probe_rows_is_refused(fitted):
    saved = packed(fitted("lgbm"))
    without = bundle.Bundle(saved.manifest, {k: v for k, v in saved.files.items() if k != bundle.PROBES})
    with pytest.raises(BundleError, match=r"must have probe rows, however: probes\.json is not in its manifest"):
        scorers.unpacked(without)


def test_the_command_line_says_so_and_scores_nothing(riskmodel, fitted, fresh, tmp_path):
    model = changed_and_resealed(fitted("lgbm"), tmp_path / "model")
    (tmp_path / "book.csv").write_text("income,utilisation,purpose,months,noise\n1,2,car,3,4\n")
    command = "score", "--model", model, "--input", tmp_path / "book.csv", "--output", tmp_path / "out"
    code, _, message = riskmodel(*command)
    assert code == 1
    line = "riskmodel: the lgbm scorer must give its probe rows the PDs that it was saved with, within 1e-09, however: "
    assert message.splitlines()[-1].startswith(line)
    assert not (tmp_path / "out").exists()
