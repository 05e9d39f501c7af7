"""Scorers of months: numpy computes what torch trained and what ONNX Runtime runs; months are encoded alike."""

import warnings

import numpy as np
import pytest
import torch
from samples import FEATURES, MONTHS, QUICK
from scipy.special import expit

from riskmodel import scorers
from riskmodel.core import Column, Development, Kind, Sample
from riskmodel.errors import BundleError, ConfigError, DataError, UnsupportedScorer
from riskmodel.explanation import attributions
from riskmodel.scorers._sequence.columns import encoding_of, with_sequence
from riskmodel.scorers._sequence.module import SequenceModule

both = pytest.mark.parametrize("kind", ["gru", "conv"])


@both
def test_numpy_computes_what_the_torch_module_computes(kind, fitted, fresh):
    scorer = fitted(kind)
    encoded = scorer.encoded(fresh.matrix)
    module = SequenceModule(scorer.sequence_network, 0.0)
    with torch.no_grad():
        margin = module(torch.from_numpy(encoded)).numpy()[:, 0]
    np.testing.assert_allclose(scorer.sequence_network.margin(encoded), margin, atol=2e-6)


@both
@pytest.mark.parametrize("width", ["float64", "float32"])
def test_onnx_runtime_gives_the_pds_to_a_hundred_thousandth(kind, width, fitted):
    scorer = fitted(kind)
    rows = scorer.probes(300).astype(width).astype(np.float64)
    by_onnx = scorer.run_by_onnx(scorer.as_onnx(width))
    np.testing.assert_allclose(by_onnx.pd(rows), scorer.pd(rows), atol=1e-5)


def test_the_recurrent_unit_is_torchs_own(development):
    """torch.nn.GRU, its gates in the order of its documentation, from a state of its own."""
    scorer = scorers.recipe("gru", QUICK["gru"]).fit(development, FEATURES, seed=1)
    cell, inputs = scorer.sequence_network.cell, scorer.sequence_network.months.shape[1]
    gru = torch.nn.GRU(inputs, cell.units, batch_first=True)
    for name, values in zip(
        ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"),
        (cell.inputs, cell.state, cell.input_bias, cell.state_bias),
        strict=True,
    ):
        getattr(gru, name).data = torch.from_numpy(values)
    months = np.random.default_rng(0).normal(size=(50, 7, inputs)).astype(np.float32)
    begin = torch.from_numpy(np.tile(cell.start, (1, 50, 1)))
    _, last = gru(torch.from_numpy(months), begin)
    np.testing.assert_allclose(cell.outputs(months), last[0].detach().numpy(), atol=2e-6)


def test_a_convolution_is_torchs_own():
    cell = scorers.recipe("conv", {"channels": [5, 4], "span": 3}).cell(7, 2, np.random.default_rng(0))
    months = np.random.default_rng(1).normal(size=(20, 7, 2)).astype(np.float32)
    current = torch.from_numpy(months).transpose(1, 2)
    for kernel, bias in zip(cell.kernels, cell.biases, strict=True):
        weight = torch.from_numpy(kernel.reshape(len(bias), 3, -1)).transpose(1, 2)
        current = torch.nn.functional.conv1d(current, weight, torch.from_numpy(bias)).relu()
    np.testing.assert_allclose(cell.outputs(months), current.transpose(1, 2).flatten(1).numpy(), atol=2e-6)


def test_a_convolution_is_no_wider_than_the_months_that_are_left():
    cell = scorers.recipe("conv", {"channels": [5, 4, 3], "span": 3}).cell(4, 2, np.random.default_rng(0))
    assert cell.spans == (3, 2, 1)
    assert cell.outputs(np.zeros((2, 4, 2), np.float32)).shape == (2, 3)


def test_one_curve_serves_all_months_of_a_channel_and_missing_ones_say_so():
    random = np.random.default_rng(4)
    matrix = random.normal(size=(400, 5)) * [1, 10, 1, 1, 0]
    matrix[:7, 1] = np.nan
    columns = [Column(name) for name in ("a1", "b", "c2", "c1", "constant")]
    encoding, months = encoding_of(
        matrix, columns, {"first": ["a1", "b"], "second": ["c1", "c2"], "none": ["constant"]}
    )
    rows = np.array([[0.5, 0.5, 1.5, 1.5, 0], [np.nan, 0.2, -0.3, -0.3, 0]])
    encoded = encoding(rows)
    assert months.shape == (2, 3)  # two values, and the mask of the one channel that had gaps
    np.testing.assert_array_equal(encoded[0, months[0]], encoded[0, months[1]])
    assert encoded[1, months[:, 2]].tolist() == [1.0, 0.0]
    assert np.isfinite(encoded).all()


@pytest.fixture(scope="module")
def gapped():
    """Two channels of three months; the first has gaps in train, and who has one is bad more often."""
    random = np.random.default_rng(6)
    matrix = random.normal(size=(1500, 6))
    gone = random.random((1500, 3)) < 0.2
    default = (random.random(1500) < expit(-1 + matrix[:, 2] + 2 * gone[:, 2])).astype(np.int8)
    matrix[:, :3][gone] = np.nan
    columns = tuple(Column(name) for name in ("a3", "a2", "a1", "b3", "b2", "b1"))
    sample = Sample("train", columns, matrix, default, np.arange(1500))
    return Development(sample, sample.take(np.arange(0, 1500, 3)))


GAPPED = {"a": ["a3", "a2", "a1"], "b": ["b3", "b2", "b1"]}


@pytest.mark.parametrize("kind", ["gru", "conv"])
def test_a_mask_says_which_month_is_missing_and_the_network_hears_it(kind, gapped):
    options = {**QUICK[kind], "sequence": GAPPED, "epochs": 6, "batch": 128}
    scorer = scorers.recipe(kind, options).fit(gapped, gapped.train.features, seed=0)
    rows = np.random.default_rng(7).normal(size=(200, 6))
    lost = rows.copy()
    lost[:, 2] = np.nan
    at_median = rows.copy()
    at_median[:, 2] = np.nanmedian(gapped.train.matrix[:, :3])
    encoded, same = scorer.encoded(lost), scorer.encoded(at_median)
    months = scorer.sequence_network.months  # a, b, then the mask of a
    np.testing.assert_allclose(encoded[:, months[2, 0]], same[:, months[2, 0]], atol=1e-6)
    assert (encoded[:, months[:, 2]] == [0, 0, 1]).all()
    assert (same[:, months[:, 2]] == 0).all()
    gap = scorer.raw_margin(lost) - scorer.raw_margin(at_median)
    assert gap.mean() > 0.5  # a missing last month was a sign of a bad
    by_onnx = scorer.run_by_onnx(scorer.as_onnx("float64"))
    np.testing.assert_allclose(by_onnx.pd(lost), scorer.pd(lost), atol=1e-5)
    with torch.no_grad():
        torchs = SequenceModule(scorer.sequence_network, 0.0)(torch.from_numpy(encoded)).numpy()[:, 0]
    np.testing.assert_allclose(scorer.raw_margin(lost), torchs, atol=2e-6)
    everything = np.full((1, 6), np.nan)
    assert np.isfinite(scorer.raw_margin(everything)).all()


def test_where_train_had_no_gap_a_missing_month_is_the_channels_median(gapped):
    options = {**QUICK["gru"], "sequence": GAPPED, "epochs": 1}
    scorer = scorers.recipe("gru", options).fit(gapped, gapped.train.features, seed=0)
    lost = np.random.default_rng(7).normal(size=(50, 6))
    at_median = lost.copy()
    lost[:, 4] = np.nan
    at_median[:, 4] = np.median(gapped.train.matrix[:, 3:])
    np.testing.assert_allclose(scorer.raw_margin(lost), scorer.raw_margin(at_median), atol=1e-5)


def test_months_come_in_the_order_in_which_they_are_named(development, fitted, fresh):
    turned = {channel: columns[::-1] for channel, columns in MONTHS.items()}
    other = scorers.recipe("gru", {**QUICK["gru"], "sequence": turned}).fit(development, FEATURES, seed=5)
    same, whole = other.sequence_network, fitted("gru").sequence_network
    encoded = fitted("gru").encoded(fresh.matrix[:3])
    np.testing.assert_array_equal(
        encoded[:, whole.months[0, :2]], other.encoded(fresh.matrix[:3])[:, same.months[1, :2]]
    )


@both
def test_months_without_columns_are_empty_and_none_at_all_is_refused(kind, fitted, development, fresh):
    some = fitted(kind).refit(development, (FEATURES[0], FEATURES[2]))
    assert some.sequence_network.months.shape[0] == 2
    assert np.isfinite(some.score(fresh)).all()
    with pytest.raises(
        UnsupportedScorer, match=r"needs a number of \[data.sequence\] that varies, however: none is left"
    ):
        fitted(kind).refit(development, (FEATURES[2],))


@pytest.mark.parametrize(
    ("sequence", "message"),
    [
        (
            {"a": ["income"], "b": ["noise", "months"]},
            "data.sequence: 'b' must have as many months as 'a', 1, however: 2",
        ),
        (
            {"a": ["income"], "b": ["income"]},
            "data.sequence: a column must stand once, however: 'income' is in 'a' and in 'b'",
        ),
        ({"a": []}, "data.sequence: 'a' must name a column, however: none"),
    ],
)
def test_channels_that_do_not_fit_are_refused_before_anything_is_fitted(sequence, message):
    with pytest.raises(ConfigError, match=message):
        scorers.recipe("gru", {"sequence": sequence})


@pytest.mark.parametrize(
    ("sequence", "message"),
    [
        ({"a": ["incom"]}, "data.sequence.a: must name features, however: 'incom' is none"),
        ({"a": ["purpose"]}, "data.sequence.a: must name numbers, however: 'purpose' is a category"),
        ({}, r"a scorer of months needs \[data.sequence\]"),
    ],
)
def test_columns_that_are_no_months_are_refused(sequence, message, development):
    with pytest.raises(DataError, match=message):
        scorers.recipe("conv", {"sequence": sequence}).fit(development, FEATURES, seed=0)


def test_the_months_of_the_toml_reach_the_kinds_that_read_them_and_blends_of_them():
    options = with_sequence("blend", {"of": [{"kind": "gru"}, {"kind": "lgbm"}]}, MONTHS, "scorers.0.options")
    assert options == {"of": [{"kind": "gru", "options": {"sequence": MONTHS}}, {"kind": "lgbm"}]}
    assert with_sequence("lgbm", {}, MONTHS, "scorers.0.options") == {}
    with pytest.raises(ConfigError, match=r"scorers.1.options: conv needs \[data.sequence\], the columns of each"):
        with_sequence("conv", {}, {}, "scorers.1.options")


@both
def test_damaged_arrays_are_refused(kind, fitted):
    scorer = fitted(kind)
    other = {"gru": "conv", "conv": "gru"}[kind]
    files = {**scorer.files(), "network.npz": scorer.files()["encoding.npz"]}
    with pytest.raises(BundleError):
        scorers.load(kind, scorer.features, scorer.calibration, files)
    with pytest.raises(BundleError, match=r"recipe\.json"):
        scorers.load(other, scorer.features, scorer.calibration, scorer.files())


@both
def test_attributions_add_up_to_the_margin(kind, fitted, fresh):
    scorer = fitted(kind)
    rows = fresh.matrix[:5]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = attributions(scorer, rows)
    due = scorer.raw_margin(rows) - scorer.raw_margin(rows).mean()
    np.testing.assert_allclose(values.sum(axis=1), due, atol=1e-5)


def test_what_happens_from_month_to_month_is_learnt():
    """A trend over six months that no single month tells: AUC of the truth is .80."""
    columns = tuple(Column(f"m{i}") for i in range(1, 7))
    assert all(column.kind is Kind.NUMERIC for column in columns)

    def made(rows: int, seed: int, name: str) -> Sample:
        random = np.random.default_rng(seed)
        level, trend = random.normal(size=(rows, 1)) * 3, random.normal(size=(rows, 1))
        matrix = level + trend * np.linspace(-1, 1, 6) + 0.3 * random.normal(size=(rows, 6))
        return Sample(
            name,
            columns,
            matrix,
            (random.random(rows) < 1 / (1 + np.exp(-2 * trend[:, 0]))).astype(np.int8),
            np.arange(rows),
        )

    development, fresh = Development(made(1500, 1, "train"), made(500, 2, "tune")), made(2000, 3, "fresh")
    options = {**QUICK["gru"], "sequence": {"balance": [column.name for column in columns]}, "epochs": 15}
    pd = scorers.recipe("gru", options).fit(development, columns, seed=0).score(fresh)
    bads, goods = pd[fresh.default == 1], pd[fresh.default == 0]
    assert (bads[:, None] > goods).mean() > 0.75
