import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from riskmodel import scorers
from riskmodel.core import Calibration, Column, Development, Kind, Sample, Targets
from riskmodel.errors import BundleError, ConfigError, DataError, RiskModelError
from riskmodel.networks import NetworkScorer, Taught, Tuning
from riskmodel.scorers.base.encoding import Encoding, learn
from riskmodel.scorers.neural import NeuralRecipe, NeuralScorer
from riskmodel.scorers.neural.initial import initial_network

torch = pytest.importorskip("torch")

FEATURES = (
    Column("income"),
    Column("rate"),
    Column("region", kind=Kind.CATEGORICAL, categories=("north", "south", "east", "west")),
    Column("constant"),
)
ROUNDING = 1e-6  # of a PD in single precision: other rows beside a row change the order of its sums
SMALL = NeuralRecipe(
    members=3, hidden=(12, 8), bins=8, embedding=3, epochs=12, patience=12, batch=64, rate=0.01, least_steps=0
)


def a_sample(rows, seed, levels=3):
    """Default depends on a hump of income, on a gap in rate, and on the region."""
    random = np.random.default_rng(seed)
    income, rate, region = random.normal(size=rows), random.exponential(size=rows), random.integers(0, levels, rows)
    rate[random.random(rows) < 0.2] = np.nan
    odds = 2.5 * np.abs(income) - 3 + 1.5 * np.isnan(rate) + 0.8 * (region == 1)
    matrix = np.column_stack([income, rate, region, np.full(rows, 7.0)])
    return Sample("s", FEATURES, matrix, (random.random(rows) < expit(odds)).astype(np.int8), np.arange(rows))


SEEN = Development(a_sample(900, 0), a_sample(350, 1))


@pytest.fixture(scope="module")
def scorer():
    return SMALL.fit(SEEN, FEATURES, seed=0)


def test_torch_and_numpy_compute_the_same_function():
    """The oracle: each side embeds in its own way; two inputs have fewer bins than the third."""
    from riskmodel.scorers.neural.module import NetworkModule

    random = np.random.default_rng(3)
    numbers = np.column_stack([random.normal(size=80), random.integers(0, 3, 80), np.arange(80) < 30])
    network = initial_network(numbers.astype(np.float32), 2, hidden=(6, 5), members=4, bins=7, embedding=3, seed=0)
    network = replace(network, bins=random.normal(size=network.bins.shape).astype(np.float32))
    inputs = (4 * random.normal(size=(50, 5))).astype(np.float32)
    module = NetworkModule(network, drop=0.5).eval()

    with torch.no_grad():
        expected = module(torch.from_numpy(inputs)).numpy()

    np.testing.assert_allclose(network.logits(inputs), expected, atol=2e-5)
    np.testing.assert_array_equal(module.network().logits(inputs), network.logits(inputs))


def test_it_learns_what_a_straight_line_cannot(scorer):
    new = a_sample(1500, 2)
    filled = np.nan_to_num(SEEN.train.matrix)
    straight = LogisticRegression().fit(filled, SEEN.train.default).predict_proba(np.nan_to_num(new.matrix))[:, 1]
    assert roc_auc_score(new.default, scorer.score(new)) > roc_auc_score(new.default, straight) + 0.1
    assert log_loss(new.default, scorer.score(new)) < log_loss(new.default, np.full(1500, SEEN.train.default.mean()))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(scorer):
    torch.manual_seed(99)  # what torch drew before must not matter
    assert SMALL.fit(SEEN, FEATURES, seed=0).files() == scorer.files()
    assert SMALL.fit(SEEN, FEATURES, seed=1).sha256 != scorer.sha256


def test_a_limit_of_rows_learns_what_those_rows_alone_teach_and_holds_when_it_is_trained_on():
    limited = replace(SMALL, rows=400, epochs=2)
    train, tune = (sample.take(limited.drawn(len(sample), 5)) for sample in (SEEN.train, SEEN.tune))
    few = Development(train, tune)
    scorer, alone = limited.fit(SEEN, FEATURES, seed=5), replace(limited, rows=None).fit(few, FEATURES, seed=5)
    assert (len(train), len(tune)) == (400, 350)
    np.testing.assert_allclose(scorer.score(SEEN.tune), alone.score(SEEN.tune), atol=ROUNDING)

    taught = Tuning(targets=Targets(scorer.score(SEEN.train), scorer.score(SEEN.tune)), until=1)
    taught_few = Tuning(targets=Targets(scorer.score(train), scorer.score(tune)), until=1)
    again, again_few = (
        scorer.fine_tune(scorer.network, SEEN, 1, taught),
        alone.fine_tune(alone.network, few, 1, taught_few),
    )
    np.testing.assert_allclose(again.score(SEEN.tune), again_few.score(SEEN.tune), atol=ROUNDING)
    assert np.abs(again.score(SEEN.tune) - scorer.score(SEEN.tune)).max() > 100 * ROUNDING


def test_training_leaves_torch_as_it_was():
    torch.manual_seed(5)
    before = torch.get_rng_state(), torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    replace(SMALL, epochs=1).fit(SEEN, FEATURES, seed=0)
    after = torch.get_rng_state(), torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    assert torch.equal(before[0], after[0])
    assert before[1:] == after[1:]


@pytest.mark.parametrize("patience", [1, 12])
def test_every_tick_is_called_even_where_training_stops_early(patience):
    ticks = []
    recipe = replace(SMALL, patience=patience)
    recipe.fit(SEEN, FEATURES, 0, lambda: ticks.append(1))
    assert len(ticks) == recipe.ticks == 12


def test_its_files_bring_it_back(scorer):
    calibrated = scorer.recalibrated(Calibration(0.1, 0.9))
    back = scorers.load("neural", FEATURES, calibrated.calibration, calibrated.files())
    np.testing.assert_array_equal(back.score(SEEN.tune), calibrated.score(SEEN.tune))
    assert back.sha256 == calibrated.sha256
    assert back.recipe == scorer.recipe


def test_files_that_lack_something_are_one_clear_line(scorer):
    files = scorer.files()
    for name, content in [("network.npz", b"torn"), ("encoding.npz", files["network.npz"]), ("recipe.json", b"{}")]:
        with pytest.raises(BundleError):
            NeuralScorer.from_files(FEATURES, Calibration(), {**files, name: content})
        with pytest.raises(BundleError, match=name):
            NeuralScorer.from_files(FEATURES, Calibration(), {k: v for k, v in files.items() if k != name})


def test_scoring_needs_no_torch_and_training_without_it_says_how_to_get_it(scorer, tmp_path):
    for name, content in scorer.files().items():
        (tmp_path / name).write_bytes(content)
    np.save(tmp_path / "matrix.npy", SEEN.tune.matrix)
    program = """
import sys, pathlib
class NoTorch:
    def find_spec(self, name, path, target=None):
        if name == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
sys.meta_path.insert(0, NoTorch())
import numpy as np
from riskmodel import scorers
from riskmodel.core import *
from riskmodel.errors import RiskModelError
folder = pathlib.Path(sys.argv[1])
features = tuple(Column(str(i), kind=Kind.CATEGORICAL if i == 2 else Kind.NUMERIC) for i in range(4))
matrix = np.load(folder / "matrix.npy")
names = ("recipe.json", "encoding.npz", "network.npz")
files = {name: (folder / name).read_bytes() for name in names}
scorer = scorers.load("neural", features, Calibration(), files)
np.save(folder / "pd.npy", scorer.pd(matrix))
sample = Sample("s", features, matrix, (np.arange(len(matrix)) % 2).astype(np.int8), np.arange(len(matrix)))
try:
    scorer.refit(Development(sample, sample), features)
except RiskModelError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "training a network needs torch: pip install 'riskmodel[neural]'\n"
    np.testing.assert_allclose(np.load(tmp_path / "pd.npy"), scorer.score(SEEN.tune), atol=ROUNDING)


def test_refitting_scales_every_hidden_layer_and_can_take_other_features(scorer):
    short = replace(SMALL, epochs=1)
    brief = replace(scorer, recipe=short)
    small = brief.refit(SEEN, FEATURES[:2], size=0.25)
    assert small.network.widths == (3, 2)
    assert small.features == FEATURES[:2]
    assert small.files() == replace(short, hidden=(3, 2)).fit(SEEN, FEATURES[:2], seed=0).files()
    assert brief.refit(SEEN, FEATURES, size=0.001).network.widths == (1, 1)
    assert brief.refit(SEEN, FEATURES).network.widths == SMALL.hidden


def test_fine_tuning_holds_zeros_and_never_worsens_tune(scorer):
    dense = scorer.network
    halved = [np.where(np.random.default_rng(0).random(m.shape) < 0.5, 0, m).astype(np.float32) for m in dense.matrices]
    cut = scorer.with_network(dense.with_matrices(halved))
    tuned = scorer.fine_tune(cut.network, SEEN, epochs=4)
    for before, after in zip(halved, tuned.network.matrices, strict=True):
        np.testing.assert_array_equal(before == 0, after == 0)
    assert loss(tuned) < loss(cut)
    assert loss(scorer.fine_tune(dense, SEEN, epochs=2)) <= loss(scorer)
    assert scorer.fine_tune(dense, SEEN, epochs=0).files() == scorer.files()


def loss(scorer):
    return log_loss(SEEN.tune.default, scorer.score(SEEN.tune))


def test_fine_tuning_that_only_harms_returns_the_network_as_it_came(scorer):
    wild = replace(scorer, recipe=replace(SMALL, rate=1.0))
    assert wild.fine_tune(scorer.network, SEEN, epochs=1).network is scorer.network


def test_one_member_trains_without_a_scaling_of_its_inputs():
    plain = replace(SMALL, members=1, epochs=2).fit(SEEN, FEATURES, seed=0).network
    assert plain.members == 1
    np.testing.assert_array_equal(plain.scaling, 1)


def test_complexity_says_what_it_is_made_of(scorer):
    complexity, network = scorer.complexity(), scorer.network
    assert complexity.features == 3  # the constant has no input
    assert complexity.neurons == 20
    assert complexity.parameters == network.parameters
    assert complexity.weights == sum(m.size for m in network.matrices)
    assert complexity.bytes == sum(map(len, scorer.files().values()))
    assert isinstance(scorer, NetworkScorer)


def test_a_category_unseen_in_train_scores_like_a_missing_one(scorer):
    unseen, missing = SEEN.tune.matrix.copy(), SEEN.tune.matrix.copy()
    unseen[:, 2], missing[:, 2] = 3, np.nan
    np.testing.assert_array_equal(scorer.pd(unseen), scorer.pd(missing))


def test_what_train_never_missed_takes_the_median(scorer):
    gone, median = SEEN.tune.matrix.copy(), SEEN.tune.matrix.copy()
    gone[:, 0], median[:, 0] = np.nan, np.median(SEEN.train.matrix[:, 0])
    np.testing.assert_allclose(scorer.pd(gone), scorer.pd(median))


def test_infinities_score_like_the_ends_of_train(scorer):
    far, ends = SEEN.tune.matrix[:2].copy(), SEEN.tune.matrix[:2].copy()
    far[:, 0] = [-np.inf, np.inf]
    ends[:, 0] = SEEN.train.matrix[:, 0].min(), SEEN.train.matrix[:, 0].max()
    np.testing.assert_array_equal(scorer.pd(far), scorer.pd(ends))


def test_encoding_is_normal_scores_then_flags_then_levels():
    encoded = learn(SEEN.train.matrix, FEATURES)(SEEN.train.matrix)
    income, rate, flag, *levels = encoded.T
    assert len(levels) == 3
    assert abs(income.mean()) < 0.05
    assert income.std() == pytest.approx(1, abs=0.05)
    assert (np.argsort(income, kind="stable") == np.argsort(SEEN.train.matrix[:, 0], kind="stable")).mean() > 0.9
    np.testing.assert_array_equal(flag, np.isnan(SEEN.train.matrix[:, 1]))
    assert np.ptp(rate[flag == 1]) == 0
    np.testing.assert_array_equal(np.sum(levels, axis=0), 1)


def test_ties_share_one_score():
    """Nine in ten are zero: all of them stand at the middle of their ranks."""
    matrix = np.where(np.arange(1000) < 900, 0.0, np.arange(1000))[:, None]
    encoding = learn(matrix, FEATURES[:1])
    assert encoding(matrix)[0, 0] == pytest.approx(-0.12, abs=0.02)  # the 45 % quantile of a standard normal


def test_encoding_comes_back_from_its_arrays():
    encoding = learn(SEEN.train.matrix, FEATURES)
    back = Encoding.from_arrays(encoding.arrays)
    np.testing.assert_array_equal(back(SEEN.tune.matrix), encoding(SEEN.tune.matrix))


def test_features_that_never_vary_are_refused_where_there_are_no_others():
    with pytest.raises(DataError, match="every one is constant"):
        learn(np.full((20, 1), 3.0), FEATURES[:1])


def test_a_rate_that_makes_losses_no_numbers_is_named():
    from riskmodel.scorers.neural import train

    sample = Taught(np.full((9, 2), np.nan, np.float32), np.ones(9))
    numbers = np.eye(9, 2, dtype=np.float32)
    network = initial_network(numbers, 0, hidden=(3,), members=2, bins=2, embedding=2, seed=0)
    with np.errstate(all="ignore"), pytest.raises(RiskModelError, match="rate must be smaller"):
        train.trained(network, sample, sample, SMALL, dropout=0.1, threads=1, seed=0, tick=lambda: None)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"members": 0}, "options.members: .* however: 0"),
        ({"hidden": []}, "options.hidden: .* however"),
        ({"hidden": [8, 0]}, "options.hidden"),
        ({"dropout": 1.0}, "options.dropout: .* however: 1.0"),
        ({"rate": "fast"}, "options.rate"),
        ({"depth": 3}, "options.depth: unknown key; allowed are hidden, epochs, patience"),
    ],
)
def test_impossible_options_are_refused_in_words(options, line):
    with pytest.raises(ConfigError, match=line):
        scorers.recipe("neural", options)


def test_options_as_toml_has_them_make_a_recipe():
    assert scorers.recipe("neural", {"hidden": [8, 4]}) == NeuralRecipe(hidden=(8, 4))


def test_few_rows_have_more_epochs_of_smaller_batches():
    recipe = NeuralRecipe()
    few, many = recipe.pace(600), recipe.pace(100_000)
    assert (few.batch, many.batch, many.more) == (32, 256, 1.0)
    assert few.epochs(recipe.epochs) * -(-600 // few.batch) >= recipe.least_steps
    assert few.epochs(12) / 12 == pytest.approx(few.epochs(30) / 30, rel=0.05)  # fine-tuning keeps its share
    as_it_is = replace(recipe, least_steps=0).pace(600)
    assert (as_it_is.batch, as_it_is.epochs(30)) == (256, 30)


@pytest.mark.parametrize(("asked", "steps"), [(3, 400), (7, 333), (4, 0)])
def test_a_tick_is_one_of_the_epochs_that_were_asked_for(asked, steps):
    ticks = []
    recipe = replace(SMALL, epochs=asked, patience=1, least_steps=steps)
    recipe.fit(SEEN, FEATURES, 0, lambda: ticks.append(1))
    assert len(ticks) == recipe.ticks == asked
