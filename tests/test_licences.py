"""A bank may use what is installed with riskmodel: no copyleft that binds what is built on it, nothing proprietary."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "release" / "sbom.py"
SBOM = runpy.run_path(str(SCRIPT))
REFUSED = re.compile(
    r"\bA?GPL|GNU (Affero )?General Public|Business Source|SSPL|Commons Clause|proprietary", re.IGNORECASE
)
LESSER = re.compile(r"LGPL|Lesser General Public|GPL.*exception", re.IGNORECASE)
KNOWN = {
    # XGBoost's plain wheel brings NVIDIA's library for several graphics cards. It is never loaded here: riskmodel asks
    # for no device. `pip install xgboost-cpu` in place of xgboost leaves it out, where the platform has that wheel.
    "nvidia-nccl-cu12",
    "nvidia-nccl-cu13",
}


def test_every_licence_is_one_that_leaves_a_bank_free():
    names, licence = SBOM["needed"]("riskmodel", SBOM["EXTRAS"]), SBOM["licence"]
    assert len(names) > 60
    odd = {name: licence(name) for name in names if REFUSED.search(licence(name)) and not LESSER.search(licence(name))}
    assert odd.keys() <= KNOWN, odd


def test_a_refused_licence_would_be_noticed():
    assert REFUSED.search("License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert REFUSED.search("AGPL-3.0-only")
    assert not REFUSED.search("Apache-2.0 OR MIT")


def test_the_bill_of_materials_names_all_that_is_needed_and_is_the_same_each_time(tmp_path):
    for name in ("one", "two"):
        subprocess.run([sys.executable, SCRIPT, tmp_path / name], check=True)
    bill = json.loads((tmp_path / "one").read_text())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "riskmodel")
    names = [part["name"] for part in bill["components"]]
    assert len(set(names)) == len(names) >= 60
    assert {"numpy", "pyarrow", "mlflow", "cryptography"} <= set(names)
    assert all(part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}" for part in bill["components"])


def test_the_hashed_constraints_are_the_constraints_each_with_its_hashes():
    root = SCRIPT.parents[1]
    plain = dict(line.split("==") for line in (root / "constraints.txt").read_text().splitlines() if "==" in line)
    plain = {SBOM["normal"](name): number.strip() for name, number in plain.items()}
    text = (root / "constraints-hashed.txt").read_text()
    blocks = re.findall(r"(?m)^([\w.-]+)==([^ ]+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}[^\n]*)+)", text)
    assert len(blocks) == len(re.findall(r"(?m)^[\w.-]+==", text)) > 150
    assert {name: plain.get(SBOM["normal"](name), number) for name, number, _ in blocks} == {
        name: number for name, number, _ in blocks
    }
    assert "://" not in text
    assert {"numpy", "pyarrow", "lightgbm", "xgboost", "torch", "mlflow", "cryptography"} <= {
        name for name, *_ in blocks
    }
