"""How networks are trained on: the pace of few rows, which epoch is kept, and the files that bring one back."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import FEATURES, QUICK, drawn

from riskmodel import scorers
from riskmodel.core import Calibration, Development
from riskmodel.errors import BundleError
from riskmodel.networks import Taught, pack, unpack
from riskmodel.scorers.base.network import Best, paced


def recipe(**options):
    return scorers.recipe("mlp", {"hidden": [4], **options})


@settings(max_examples=60)
@given(
    rows=st.integers(1, 200_000),
    epochs=st.integers(1, 60),
    batch=st.integers(1, 1024),
    least=st.integers(0, 5000),
)
def test_an_epoch_has_32_batches_and_all_epochs_the_least_steps(rows, epochs, batch, least):
    made = recipe(epochs=epochs, batch=batch, least_steps=least)
    pace = made.pace(rows)
    if not least:
        assert (pace.batch, pace.epochs(epochs)) == (batch, epochs)
        return
    assert min(batch, 32) <= pace.batch <= batch
    steps = math.ceil(rows / pace.batch)
    assert pace.batch == min(batch, 32) or steps >= 32
    assert pace.epochs(epochs) * steps >= least
    assert pace.epochs(epochs) == epochs or (pace.epochs(epochs) - 1) * steps < least


@settings(max_examples=40)
@given(rows=st.integers(1, 5000), epochs=st.integers(1, 40), least=st.integers(0, 4000))
def test_however_many_epochs_there_are_a_tick_is_one_that_was_asked_for(rows, epochs, least):
    ticks = []
    _, whole, sometimes = paced(recipe(epochs=epochs, least_steps=least), rows, epochs, lambda: ticks.append(1))
    after = []
    for _ in range(whole):
        sometimes()
        after.append(len(ticks))
    assert after[-1] == epochs
    assert all(done <= math.ceil((i + 1) * epochs / whole) for i, done in enumerate(after))


def test_patience_grows_with_the_epochs():
    plain, paced_recipe = recipe(epochs=10, patience=3, least_steps=0), recipe(epochs=10, patience=3, least_steps=2000)
    assert paced(plain, 320, 10, lambda: None)[0].patience == 3
    made, whole, _ = paced(paced_recipe, 320, 10, lambda: None)
    assert (made.batch, whole, made.patience) == (32, 200, 60)


@pytest.mark.parametrize(("limit", "rows"), [(None, 9), (9, 9), (50, 9), (4, 9), (1, 9)])
def test_rows_that_are_drawn_are_in_order_and_none_comes_twice(limit, rows):
    drawn = recipe(rows=limit).drawn(rows, seed=3)
    assert len(drawn) == min(rows, limit or rows)
    assert (np.diff(drawn) > 0).all()
    assert set(drawn) <= set(range(rows))


def test_another_seed_draws_other_rows():
    draws = {tuple(recipe(rows=5).drawn(400, seed)) for seed in range(6)}
    assert len(draws) == 6
    assert {max(draw) for draw in draws} != {4}


class Constant:
    """A network that says one log-odds of every row."""

    def __init__(self, margin):
        self.constant = margin

    def margin(self, inputs):
        return np.full(len(inputs), self.constant)


def test_the_epoch_with_the_least_loss_on_tune_is_kept_and_the_first_of_equals():
    tune = Taught(np.zeros((4, 1), np.float32), np.array([0.0, 0.0, 0.0, 1.0]))
    truth = math.log(1 / 3)
    epochs = [Constant(margin) for margin in (2.0, 0.0, truth, truth, -5.0)]
    best = Best(epochs[0], tune)
    assert (best.network, best.epoch) == (epochs[0], 0)
    for epoch, network in enumerate(epochs[1:], start=1):
        best.observe(network, epoch)
    assert (best.network, best.epoch) == (epochs[2], 2)


def test_what_rows_of_tune_count_decides_which_epoch_is_kept():
    bad = np.array([0.0, 1.0])
    for weight, kept in ((np.array([9.0, 1.0]), -1.0), (np.array([1.0, 9.0]), 1.0)):
        best = Best(Constant(0.0), Taught(np.zeros((2, 1), np.float32), bad, weight))
        for margin in (-1.0, 1.0):
            best.observe(Constant(margin), 1)
        assert best.network.constant == kept


@pytest.mark.parametrize("kind", ["mlp", "neural"])
def test_the_early_network_is_on_the_way_of_the_same_training(kind):
    few = Development(drawn(300, 1), drawn(150, 2))
    made = scorers.recipe(kind, {**QUICK[kind], "epochs": 3, "hidden": [4]}).fit(few, FEATURES, seed=2)
    inputs = made.encoded(few.train.matrix)
    first = made.recipe.untrained(made.encoding, inputs, 2)
    np.testing.assert_array_equal(made.early(few, 0).margin(inputs), first.margin(inputs))
    distance = [float(np.abs(made.early(few, epochs).weights[0] - first.weights[0]).mean()) for epochs in (1, 3)]
    assert 0 < distance[0] < distance[1]


def test_a_network_fine_tuned_for_no_epochs_is_the_network_as_given(fitted, development):
    scorer = fitted("mlp")
    cut = SimpleNamespace(margin=scorer.network.margin)  # no training would take it
    assert scorer.fine_tune(cut, development, 0).network is cut


def test_a_limit_of_rows_is_of_train_and_of_tune(fitted, development):
    scorer = fitted("mlp")
    limited = type(scorer)(
        scorer.features, scorer.calibration, scorer.encoding, scorer.network, recipe(rows=100), scorer.seed
    )
    weighed = Development(
        type(development.train)(**{**vars(development.train), "weight": np.arange(1.0, len(development.train) + 1)}),
        development.tune,
    )
    train, tune = limited._samples(weighed, SimpleNamespace(targets=None))
    rows = limited.recipe.drawn(len(development.train), scorer.seed)
    np.testing.assert_array_equal(train.inputs, scorer.encoded(development.train.matrix[rows]))
    np.testing.assert_array_equal(train.target, development.train.default[rows])
    np.testing.assert_array_equal(train.weight, rows + 1.0)
    assert (len(tune.target), tune.weight) == (100, None)


@pytest.mark.parametrize("kind", ["mlp", "neural", "gru", "conv"])
def test_files_that_do_not_belong_together_are_one_clear_line(kind, fitted):
    scorer = fitted(kind)
    files = dict(scorer.files())
    encoding = unpack(files["encoding.npz"])
    saved = json.loads(files["recipe.json"])
    broken = {
        "recipe.json": [b"no json", b"{}", json.dumps({**saved, "options": {"depth": 2}}).encode()],
        "encoding.npz": [b"", pack({**encoding, "more": np.zeros(1)}), pack({"numeric": encoding["numeric"]})],
        "network.npz": [b"", pack({"months": np.zeros((1, 1), np.int32)})],
    }
    for name, contents in broken.items():
        for content in contents:
            with pytest.raises(BundleError) as refused:
                scorers.load(kind, FEATURES, Calibration(), {**files, name: content})
            assert "\n" not in str(refused.value)
