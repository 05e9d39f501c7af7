#!/bin/sh
# Compiles the kernels that scoring uses, by training and scoring a small made-up portfolio in a folder that is removed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
riskmodel --quiet synth --rows 4000 --out portfolio
riskmodel --quiet train portfolio/run.toml > /dev/null
riskmodel --quiet score --model reports/synthetic/champion --input portfolio/loans --output scored
