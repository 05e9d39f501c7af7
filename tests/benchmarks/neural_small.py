"""The neural scorer on few rows, beside itself as it was (30 epochs, whatever the rows) and the tabm package 0.0.3.

German credit (1,000 rows), and 2,000 and 5,000 drawn from Taiwan; 60/20/20, three seeds. All see the same encoded
inputs, stop on tune, and are judged on test. The package's TabM-mini with piecewise-linear embeddings is trained by its
paper's rules (AdamW, rate .002, decay .0003, batches of 256, patience of 16 epochs, mean of the members' losses), of 32
members; of two blocks of 128: the three of 512 of its paper were not run.
"""

import json
import time
from itertools import product

import numpy as np
import pyarrow as pa
from rich.console import Console
from scipy.special import expit
from scipy.stats import t

from riskmodel import scorers
from riskmodel.core import Development, Sample
from riskmodel.evaluation import auc, log_loss
from tests.benchmarks._tables import RAW, TABLES, Absent, parted

CELLS = RAW / "benchmarks"
SEEDS = 3
SETS = {"German credit": ("German credit", None), "Taiwan 2,000": ("Taiwan", 2000), "Taiwan 5,000": ("Taiwan", 5000)}
WAYS = ("neural", "neural, 30 epochs", "tabm 0.0.3")


def table(console: Console) -> str:
    """AUC and log-loss on test, the mean of three seeds, and the difference to tabm with its 95 % interval."""
    CELLS.mkdir(parents=True, exist_ok=True)
    for job in product(SETS, range(SEEDS), WAYS):
        place = _path(*job)
        if place.exists():
            continue
        console.print(", ".join(map(str, job)))
        try:
            place.write_text(json.dumps(measured(*job)))
        except Absent as error:
            console.print(f"left out: {error}")
    lines = [line for name in SETS for line in _lines(name)]
    head = "| rows | way | AUC | less tabm's | log-loss | seconds of processor |\n|---|---|---|---|---|---|"
    return "\n".join([__doc__.strip(), "", head, *lines])


def measured(name: str, seed: int, way: str) -> dict[str, float]:
    """One fit. Raises: Absent."""
    development, test = _rows(name, seed)
    begin = time.process_time()
    scorer = scorers.recipe("neural", {"least_steps": 0} if way == WAYS[1] else {}).fit(
        development, development.train.features, seed
    )
    pd = scorer.pd(test.matrix)
    if way == WAYS[2]:
        begin = time.process_time()
        pd = _tabm(scorer, development, test, seed)
    seconds = time.process_time() - begin
    return {"auc": auc(test.default, pd).value, "log_loss": log_loss(test.default, pd).value, "seconds": seconds}


def _rows(name: str, seed: int) -> tuple[Development, Sample]:
    whole, data = TABLES[SETS[name][0]]()
    if (most := SETS[name][1]) is not None:
        whole = whole.take(pa.array(np.sort(np.random.default_rng(seed).permutation(whole.num_rows)[:most])))
    return parted(whole, data, seed)


def _tabm(scorer, development: Development, test: Sample, seed: int) -> np.ndarray:
    """PDs of test; the encoding is the scorer's own, its network is not."""
    import rtdl_num_embeddings
    import tabm
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    numbers = len(scorer.encoding.numeric)
    inputs = [torch.from_numpy(scorer.encoded(s.matrix)) for s in (development.train, development.tune, test)]
    target, tune = (torch.tensor(s.default).float() for s in (development.train, development.tune))
    bins = rtdl_num_embeddings.compute_bins(inputs[0][:, :numbers], n_bins=48)
    embeddings = rtdl_num_embeddings.PiecewiseLinearEmbeddings(bins, 16, activation=False, version="B")
    rest = inputs[0].shape[1] - numbers
    model = _with_embeddings(tabm, embeddings, numbers, rest)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=3e-4)
    best, kept, waited = np.inf, None, 0
    for _ in range(500):
        model.train()
        for rows in torch.randperm(len(target)).split(256):
            logits = model(inputs[0][rows])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, target[rows, None].expand_as(logits))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
        model.eval()
        with torch.no_grad():
            result = float(torch.nn.functional.binary_cross_entropy(torch.sigmoid(model(inputs[1])).mean(1), tune))
            if result < best:
                best, waited, kept = result, 0, expit(model(inputs[2]).double().numpy()).mean(axis=1)
            else:
                waited += 1
        if waited >= 16:
            break
    return kept


def _with_embeddings(tabm, embeddings, numbers: int, rest: int):
    """The package's network on embedded numbers and plain flags; each member's log-odds, n x k."""
    import torch

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embeddings = embeddings
            wide = numbers * 16 + rest
            self.backbone = tabm.TabM.make(
                n_num_features=wide, cat_cardinalities=[], d_out=1, k=32, arch_type="tabm-mini", n_blocks=2, d_block=128
            )

        def forward(self, x):
            return self.backbone(torch.cat([self.embeddings(x[:, :numbers]).flatten(1), x[:, numbers:]], 1))[..., 0]

    return Model()


def _lines(name: str) -> list[str]:
    cells = {(seed, way): _path(name, seed, way) for seed in range(SEEDS) for way in WAYS}
    if not all(path.exists() for path in cells.values()):
        return []
    answer = {key: json.loads(path.read_text()) for key, path in cells.items()}
    return [_line(name, way, answer) for way in WAYS]


def _line(name: str, way: str, result) -> str:
    of = [result[seed, way] for seed in range(SEEDS)]
    less = np.array([result[seed, way]["auc"] - result[seed, WAYS[2]]["auc"] for seed in range(SEEDS)])
    reach = t.ppf(0.975, SEEDS - 1) * less.std(ddof=1) / np.sqrt(SEEDS)
    means = {key: np.mean([one[key] for one in of]) for key in of[0]}
    apart = "" if way == WAYS[2] else f"{less.mean():+.4f} ± {reach:.4f}"
    return f"| {name} | {way} | {means['auc']:.4f} | {apart} | {means['log_loss']:.4f} | {means['seconds']:.0f} |"


def _path(name: str, seed: int, way: str):
    plain = "".join(letter if letter.isalnum() else "_" for letter in f"{name}-{seed}-{way}")
    return CELLS / f"neural_small-{plain}.json"
