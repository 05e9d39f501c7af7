#!/usr/bin/env bash
# Builds sdist and wheel, installs the wheel in an empty environment, and uses it in an empty folder.
set -euo pipefail
python=${1:-python3}
home=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

cd "$home"
"$python" - "$place" > "$place/build.log" <<'PY'
import sys
from setuptools import build_meta
place = sys.argv[1]  # setuptools puts its own arguments there
build_meta.build_sdist(place)
build_meta.build_wheel(place)
PY
ls -l "$place"
cd "$place"
"$python" -m venv env
start=$(date +%s)
env/bin/pip install --quiet --disable-pip-version-check --constraint "$home/constraints.txt" ./*.whl
echo "installed in $(($(date +%s) - start)) s, $(du -sm env | cut -f1) MiB"
if env/bin/pip list 2> /dev/null | grep -iE '^(torch|pyspark|onnx|onnxruntime) '; then
  echo "a plain install must not bring these"
  exit 1
fi

mkdir empty
cd empty
unset PYTHONPATH
../env/bin/riskmodel --version
../env/bin/riskmodel --quiet synth --rows 4000 --out portfolio
../env/bin/python - <<'PY'
import lightgbm
import pandas as pd
import riskmodel

loans = pd.read_parquet("portfolio/loans")
X, y = loans[["income", "savings", "debt_to_income", "utilisation", "inquiries"]], loans["default"]
booster = lightgbm.LGBMClassifier(n_estimators=30, num_leaves=7, verbose=-1).fit(X[:1500], y[:1500])
small = riskmodel.prune_trees(booster, X[1500:], y[1500:], keep=0.3)
print(riskmodel.__version__, type(small).__name__, small.booster_.num_trees(), "trees")
PY
