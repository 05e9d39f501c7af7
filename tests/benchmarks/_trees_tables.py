"""The tables of pruned trees, from measured cells; one section a teacher."""

from collections import defaultdict
from itertools import product

import numpy as np
from scipy.stats import t

BUDGETS = (64, 128, 256, 512)
SIZES = tuple(round(2 ** (k / 4)) for k in range(20, 41))  # 32 to 1024 leaves, the four budgets among them
TEACHER, RESEEDED, RIVAL = "teacher", "teacher, reseeded", "retrain small"
PRUNERS = ("prefix", "trees", "collapse", "level_scaling", "group_lasso", "distil")
CHOSEN = "best on tune"  # of these, by log-loss:
CHOOSABLE = ("collapse", "group_lasso", "distil")
METHODS = (RIVAL, *PRUNERS, CHOSEN)
MARGINS = (0.002, 0.005, 0.01)
SURE = 1.645  # one-sided, 95 %
TEACHERS = {
    "tuned": "LightGBM, the best of twelve settings on tune",
    "lgbm31": "LightGBM with 31 leaves a tree, stopped on tune",
    "lgbm8": "LightGBM with 8 leaves a tree, stopped on tune",
    "xgb6": "XGBoost, stopped on tune, 64 leaves a tree grown leaf by leaf: as many as a tree of depth 6 can have",
}

Cells = list[dict]


def section(teacher: str, cells: Cells) -> str:
    """All tables of one teacher."""
    cells = [*cells, *_chosen(cells)]
    cells_in_budget = [cell for cell in cells if cell["budget"] in {0, *BUDGETS}]
    return "\n\n".join(
        [_worth(teacher, cells_in_budget), _average(cells_in_budget), _factors(cells), _fidelity(cells_in_budget)]
    )


def _chosen(cells: Cells) -> Cells:
    """Where all that can be chosen were measured, the one that tune would choose; test has no say in it."""
    result = defaultdict(list)
    for cell in cells:
        if cell["method"] in CHOOSABLE:
            result[cell["set"], cell["seed"], cell["budget"]].append(cell)
    whole = [group for group in result.values() if len(group) == len(CHOOSABLE)]
    return [{**min(group, key=lambda cell: cell["tune"]), "method": CHOSEN} for group in whole]


def _worth(teacher: str, cells: Cells) -> str:
    teachers, leaves = _grouped(cells, "auc"), _grouped(cells, "leaves")
    cells_in_budget = ", ".join(
        f"{name} {np.mean(teachers[name, 0, TEACHER]):.4f} ({np.mean(leaves[name, 0, TEACHER]):,.0f} leaves)"
        for name in _sets(cells)
    )
    seeds = ", ".join(
        f"{name} {' '.join(str(seed) for seed in sorted({c['seed'] for c in cells if c['set'] == name}))}"
        for name in _sets(cells)
    )
    head = f"## Pruned trees, teacher {teacher}: test AUC, mean over seeds"
    text = f"Teacher: {TEACHERS[teacher]}. Its AUC: {cells_in_budget}. Seeds: {seeds}."
    return "\n".join([head, "", text, "", *_rows(cells, "auc", "{:.4f}")])


def _fidelity(cells: Cells) -> str:
    parts = []
    for figure, form, title in (
        ("moved", "{:.4f}", "mean |dPD| to the teacher"),
        ("moved_99", "{:.3f}", "99 % quantile of |dPD|"),
        ("flips", "{:.3f}", "share of decisions that flip when 20 % are declined"),
        ("reasons", "{:.2f}", "overlap of the four main reasons of the declined"),
    ):
        again = _grouped(cells, figure)
        reseeded = ", ".join(f"{name} {form.format(np.mean(again[name, 0, RESEEDED]))}" for name in _sets(cells))
        parts.append("\n".join([f"### {title}", "", f"Reseeded teacher: {reseeded}.", "", *_rows(cells, figure, form)]))
    return "\n\n".join(parts)


def _rows(cells: Cells, figure: str, form: str) -> list[str]:
    """Means over seeds; a budget that no teacher of the set is larger than has no row."""
    result = _grouped(cells, figure)
    lines = _head("set", "leaves", *METHODS)
    for name, budget in product(_sets(cells), BUDGETS):
        if result[name, budget, RIVAL]:
            lines.append(_line(name, budget, *(form.format(np.mean(result[name, budget, m])) for m in METHODS)))
    return lines


def _average(cells: Cells) -> str:
    """Over the cells set x budget: each method's AUC less the rival's, with the interval over the sets x seeds."""
    auc_of = {(c["set"], c["seed"], c["budget"], c["method"]): c["auc"] for c in cells}
    lines = ["### AUC less that of retrain small, mean over all sets and budgets", ""]
    lines += _head("method", "mean", "95 % interval over sets and seeds", "64 and 128 leaves", "worst set and budget")
    for method in METHODS[1:]:
        gains = {key: value - auc_of[*key[:3], RIVAL] for key, value in auc_of.items() if key[3] == method}
        runs = [np.mean([g for k, g in gains.items() if k[:2] == run]) for run in {key[:2] for key in gains}]
        half = t.ppf(0.975, len(runs) - 1) * np.std(runs, ddof=1) / np.sqrt(len(runs)) if runs[1:] else float("nan")
        small = np.mean([g for k, g in gains.items() if k[2] <= 128])
        by_cell = defaultdict(list)
        for key, gain in gains.items():
            by_cell[key[0], key[2]].append(gain)
        (where, budget), worst = min(((k, np.mean(v)) for k, v in by_cell.items()), key=lambda item: item[1])
        mean = np.mean(list(gains.values()))
        interval = f"{mean - half:+.4f} to {mean + half:+.4f}" if runs[1:] else "one split"
        lines.append(_line(method, f"{mean:+.4f}", interval, f"{small:+.4f}", f"{worst:+.4f} ({where}, {budget})"))
    return "\n".join(lines)


def _factors(cells: Cells) -> str:
    """How many times fewer leaves than the teacher still give the verdict non-inferior."""
    fine = [method for method in METHODS if {c["budget"] for c in cells if c["method"] == method} - set(BUDGETS)]
    methods = fine or [RIVAL, *CHOOSABLE, CHOSEN]
    head = "### Times fewer leaves that are still non-inferior to the teacher, mean over seeds (0: none is)"
    text = (
        f"Of {len(SIZES)} sizes from {SIZES[-1]:,} to {SIZES[0]} leaves, each 1.19 times the next, the last before the "
        "first that is not; distil has every second one. In brackets: times what retrain small reaches."
    )
    sizes = {name: {c["budget"] for c in cells if c["set"] == name and c["method"] == RIVAL} for name in _sets(cells)}
    coarse = [name for name, results in sizes.items() if results <= set(BUDGETS)]
    text += f" Of {', '.join(coarse)} the four budgets alone were measured." if coarse else ""
    lines = [head, "", text, "", *_head("set", "margin", *methods)]
    for name, margin in product(_sets(cells), MARGINS):
        results = [_factor([c for c in cells if c["set"] == name], method, margin) for method in methods]
        times = [f" ({one / results[0]:.2f})" if results[0] else "" for one in results[1:]]
        lines.append(
            _line(name, margin, *(f"{one:.1f}{more}" for one, more in zip(results, ["", *times], strict=True)))
        )
    return "\n".join(lines)


def _factor(cells: Cells, method: str, margin: float) -> float:
    """Downwards from the largest size, until the first that fails: so no later one is picked out by luck on test.

    A fixed sequence needs no correction (Maurer, Hothorn and Lehmacher 1995).
    """
    whole = {c["seed"]: c["leaves"] for c in cells if c["method"] == TEACHER}
    best, failed = dict.fromkeys(whole, 0.0), set[int]()
    for c in sorted((c for c in cells if c["method"] == method), key=lambda c: -c["budget"]):
        if c["delta"] - SURE * c["standard_error"] <= -margin:
            failed.add(c["seed"])
        elif c["seed"] not in failed:
            best[c["seed"]] = max(best[c["seed"]], whole[c["seed"]] / c["leaves"])
    return float(np.mean(list(best.values())))


def _grouped(cells: Cells, figure: str) -> dict[tuple[str, int, str], list[float]]:
    result = defaultdict(list)
    for cell in cells:
        result[cell["set"], cell["budget"], cell["method"]].append(cell[figure])
    return result


def _sets(cells: Cells) -> list[str]:
    return list(dict.fromkeys(cell["set"] for cell in cells))


def _head(*names: str) -> list[str]:
    return [_line(*names), "|---" * len(names) + "|"]


def _line(*entries: object) -> str:
    return f"| {' | '.join(str(entry) for entry in entries)} |"
