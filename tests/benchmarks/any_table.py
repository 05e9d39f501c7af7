"""Five tables unlike Taiwan from the TOML that `riskmodel init` writes, beside scikit-learn's HistGradientBoosting.

The lines that had to be added are counted. The samples are those of the TOML, out of time where it names a time. Each
scorer is fitted on train and searched, stopped and chosen on tune; the rival is fitted with its own defaults on train,
and once more on train and tune together. Judged on test, which none saw.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from rich.console import Console
from rich.progress import track

from riskmodel import config, scorers
from riskmodel.core import Choice, Vector
from riskmodel.datasets import preparation, synthetic
from riskmodel.evaluation.champion import choose
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.workflows.init import proposal
from riskmodel.workflows.train import develop
from tests.benchmarks._tables import RAW, available
from tests.benchmarks.quality import _hist, _joined

KINDS = ("lgbm", "xgb", "scorecard")
MADE_UP = RAW / "synthetic_40.parquet"


@dataclass(frozen=True)
class Case:
    """A table as its owner has it, the lines that had to be added to the TOML, and how many splits are averaged."""

    path: Path
    target: str
    added: tuple[str, ...] = ()
    seeds: int = 1


CASES = {
    "German credit": Case(RAW / "german_credit.csv", "creditability", seeds=20),
    "Give Me Some Credit": Case(RAW / "give_me_some_credit.csv", "SeriousDlqin2yrs"),
    "LendingClub": Case(RAW / "lendingclub_2018.parquet", "loan_status"),
    "car loans": Case(
        RAW / "car_loans.csv", "repaid", ("[data.kept]", 'debt_to_income_ratio = "simulated so that it decides much"')
    ),
    "synthetic": Case(MADE_UP, "default"),
}


def table(console: Console) -> str:
    """Rows, samples, lines added, AUC of the chosen scorer and its differences to the rival, for each table."""
    if not MADE_UP.exists():
        whole = synthetic.portfolio(200_000, 0, synthetic.World(features=40))
        pq.write_table(whole.drop_columns(["true_pd"]), MADE_UP)
    rows = [_row(name, CASES[name]) for name in track(list(available(tuple(CASES))), "any table", console=console)]
    head = [
        "table",
        "rows",
        "test rows",
        "bad",
        "lines added",
        "scorer",
        "test AUC",
        "rival on train",
        "rival on train and tune",
    ]
    lines = [
        "## Tables that nobody prepared: trained from the TOML of `riskmodel init`",
        "",
        "AUC on test, and how far it lies above that of HistGradientBoosting on the same rows, each with its 95 %",
        "interval (paired DeLong; German credit: mean of 20 splits, taken as independent). The scorer is that of lgbm,",
        "xgb and scorecard with the least log-loss on tune.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]  # fmt: skip
    return "\n".join(lines)


@dataclass(frozen=True)
class Split:
    """What one split says."""

    rows: int
    test_rows: int
    bad: float
    scorer: str
    auc: float
    error: float
    ahead: tuple[float, float]  # of the rival on train, and on train and tune
    errors: tuple[float, float]


def _row(name: str, case: Case) -> list[str]:
    results = [_split(case, seed) for seed in range(case.seeds)]
    first, several = results[0], len(results)

    def mean(values: list[float], errors: list[float], sign: str) -> str:
        value, half = np.mean(values), 1.96 * np.sqrt(np.sum(np.square(errors))) / several
        return f"{value:{sign}.4f} ({value - half:{sign}.4f} to {value + half:{sign}.4f})"

    chosen = sorted({one.scorer for one in results})
    return [
        name, f"{first.rows:,}", f"{first.test_rows:,}", f"{first.bad:.1%}", str(len(case.added)), ", ".join(chosen),
        mean([one.auc for one in results], [one.error for one in results], ""),
        *(mean([one.ahead[i] for one in results], [one.errors[i] for one in results], "+") for i in (0, 1)),
    ]  # fmt: skip


def _split(case: Case, seed: int) -> Split:
    with tempfile.TemporaryDirectory() as folder:
        toml = Path(folder) / "run.toml"
        proposal.init(case.path, case.target, toml, {})
        text = toml.read_text().replace("seed = 0\n", f"seed = {seed}\n", 1)
        toml.write_text(text + "".join(f"{line}\n" for line in case.added))
        run, _ = config.read(toml)
        data = preparation.prepare(run, toml.parent)
        data.answered()
        samples = data.samples()
    development = samples.development
    fitted = develop.fitted({k: scorers.recipe(k, {}) for k in KINDS}, data.schema.features, development, run.seed)
    best = choose(fitted, development).name
    test = samples.test.open(Choice(best))
    ours = placements(test.default, fitted[best].scorer.score(test))
    apart = [ours - placements(test.default, _hist(on, test, seed)) for on in (development.train, _joined(development))]
    default: Vector = np.concatenate(
        [development.train.default, development.tune.default, samples.selection.default, test.default]
    )
    return Split(
        len(default), len(test), float(default.mean()), best, ours.auc, ours.standard_error,
        (apart[0].auc, apart[1].auc), (apart[0].standard_error, apart[1].standard_error),
    )  # fmt: skip
