"""The hash of the code is of the package alone: neither what lies beside it nor a cache moves it."""

import hashlib
from pathlib import Path

import riskmodel
from riskmodel.core import provenance

PACKAGE = Path(riskmodel.__file__).parent


def test_the_code_is_every_module_of_the_package_by_its_place_and_content():
    digest = hashlib.sha256()
    for place in sorted(PACKAGE.rglob("*.py")):
        digest.update(str(place.relative_to(PACKAGE)).encode() + b"\0" + hashlib.sha256(place.read_bytes()).digest())
    assert provenance.code_sha256() == digest.hexdigest()


def test_a_run_is_known_by_its_data_its_toml_its_code_and_its_libraries(monkeypatch):
    before = provenance.hashes("d" * 64, "t" * 64)
    assert (before["data"], before["toml"], before["code"]) == ("d" * 64, "t" * 64, provenance.code_sha256())
    monkeypatch.setattr(provenance, "release_of", lambda name: f"another {name}")
    after = provenance.hashes("d" * 64, "t" * 64)
    assert {name for name in before if before[name] != after[name]} == {"environment"}
