"""One way to attribute a booster's margins, in a process of its own and on one thread; imports the way's library alone.

INTERPRETER _attribution_way.py WAY MODEL ROWS.npy OUT.npy: prints seconds of the processor a row, the best of two, or
why the way is not here. What a library makes ready once (its reading of the model) is not counted.
"""

import json
import sys
from time import process_time

import numpy as np

TURNS = 2


def riskmodel(path, rows):
    from riskmodel import scorers
    from riskmodel.trees.shap.treeshap import TreeShap

    shap = TreeShap(scorers.open_native(path).ensemble)
    return lambda: shap(rows)


def native(path, rows):
    booster = _booster(path)
    if path.endswith(".txt"):
        return lambda: booster.predict(rows, pred_contrib=True, num_threads=1)[:, :-1]
    import xgboost

    booster.set_param({"nthread": 1})
    return lambda: booster.predict(xgboost.DMatrix(rows, nthread=1), pred_contribs=True)[:, :-1]


def shap(path, rows):
    import shap as library

    explainer = library.TreeExplainer(_booster(path), feature_perturbation="tree_path_dependent")
    return lambda: np.asarray(explainer.shap_values(rows, check_additivity=False))


def woodelf(path, rows):
    import pandas as pd
    import woodelf as library

    frame = pd.DataFrame(rows, columns=[f"f{i}" for i in range(rows.shape[1])])
    explainer = library.WoodelfExplainer(_booster(path), feature_perturbation="tree_path_dependent")
    return lambda: explainer.shap_values(frame, verbose=False)


def shapiq(path, rows):
    from shapiq.tree import QuadratureTreeSHAP

    explainer = QuadratureTreeSHAP(_booster(path), max_order=1)

    def run():
        made = [explainer.explain_function(row) for row in rows]
        return np.array([[one[(i,)] for i in range(rows.shape[1])] for one in made])

    return run


def _booster(path):
    if path.endswith(".txt"):
        import lightgbm

        return lightgbm.Booster(model_file=path)
    import xgboost

    return xgboost.Booster(model_file=path)


def main(way, model, rows, out):
    matrix = np.load(rows)
    try:
        run = globals()[way](model, matrix)
    except ImportError as error:
        print(json.dumps({"absent": f"not installed ({error.name})"}))
        return
    seconds = []
    for _ in range(TURNS):
        start = process_time()
        values = run()
        seconds.append(process_time() - start)
    np.save(out, values)
    print(json.dumps({"seconds": min(seconds) / len(matrix)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
