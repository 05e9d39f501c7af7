"""A signature shows who stands for these bytes: no other key, no other bundle, no bundle without one."""

import hashlib
import os

import mutations
import pytest
from batch.books import packed

from riskmodel import bundle
from riskmodel.bundle import signature
from riskmodel.core import Calibration
from riskmodel.errors import BundleError, RiskModelError


@pytest.fixture
def keys(tmp_path):
    signature.new_keys(tmp_path / "key")
    return tmp_path / "key", tmp_path / "key.pub"


@pytest.fixture
def saved(fitted, tmp_path):
    bundle.save(packed(fitted("scorecard")), tmp_path / "model")
    return tmp_path / "model"


def test_a_signed_bundle_is_known_by_its_key_also_after_it_was_saved_again(saved, keys, tmp_path):
    signature.sign(bundle.read(saved), saved, keys[0])
    signature.check(bundle.read(saved), keys[1])
    bundle.save(bundle.read(saved), tmp_path / "copy")
    signature.check(bundle.read(tmp_path / "copy"), keys[1])


def test_without_a_signature_it_is_refused(saved, keys):
    with pytest.raises(BundleError, match="it has no signature"):
        signature.check(bundle.read(saved), keys[1])


def test_another_key_or_another_bundle_is_refused(saved, keys, fitted, tmp_path):
    signature.sign(bundle.read(saved), saved, keys[0])
    with pytest.raises(BundleError, match="by another key"):
        signature.check(bundle.read(saved), signature.new_keys(tmp_path / "other"))
    bundle.save(packed(fitted("scorecard").recalibrated(Calibration(0.2, 1.0))), tmp_path / "exchanged")
    (tmp_path / "exchanged" / bundle.SIGNATURE).write_bytes((saved / bundle.SIGNATURE).read_bytes())
    with pytest.raises(BundleError, match="by another key, or for others"):
        signature.check(bundle.read(tmp_path / "exchanged"), keys[1])


def test_keys_are_for_their_owner_alone_and_never_overwritten(keys):
    assert keys[0].stat().st_mode & 0o077 == 0
    with pytest.raises(RiskModelError, match="must not exist yet"):
        signature.new_keys(keys[0])


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_no_key_is_told(saved, keys, which):
    keys[which].write_text("no key")
    with pytest.raises(RiskModelError, match="Ed25519 key in PEM"):
        signature.sign(bundle.read(saved), saved, keys[0]) if which == 0 else signature.check(
            bundle.read(saved), keys[1]
        )


def test_the_command_line_signs_and_requires(riskmodel, saved, tmp_path):
    scored = ("--quiet", "score", "--model", saved, "--input", "none.csv", "--output", tmp_path / "out")
    key = tmp_path / "mine"
    assert riskmodel("sign", "--new", "--key", key)[0] == 0
    code, _, err = riskmodel(*scored, "--require-signature", f"{key}.pub")
    assert (code, err.count("\n")) == (1, 1)
    assert "it has no signature" in err
    assert riskmodel("sign", saved, "--key", key)[0] == 0
    assert "none.csv" in riskmodel(*scored, "--require-signature", f"{key}.pub")[2]  # it got that far


def resealed(folder, **changes):
    mutations.write(folder, {**mutations.of(folder), **changes}, identify=True)


def with_a_file(folder, name, content=b"x"):
    files = mutations.of(folder)["files"]
    (folder / name).write_bytes(content)
    entry = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    resealed(folder, files={**files, name: entry})


def spelt(folder, old, new):
    """Changes the bytes of the manifest by hand."""
    path = folder / bundle.MANIFEST
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def linked(folder, name):
    (folder / name).rename(folder.parent / "elsewhere")
    (folder / name).symlink_to(folder.parent / "elsewhere")


def piped(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)


ATTACKS = {
    "an edited policy": lambda f: resealed(f, policy={**mutations.of(f)["policy"], "cutoff": 0.9}),
    "another product's scale": lambda f: resealed(f, scale={"pdo": 50.0, "base_points": 0.0, "base_odds": 1.0}),
    "a key twice": lambda f: spelt(f, b'"cutoff": 0.4', b'"cutoff": 0.9, "cutoff": 0.4'),
    "a huge number": lambda f: spelt(f, b'"cutoff": 0.4', b'"cutoff": ' + b"9" * 5000),
    "NaN": lambda f: spelt(f, b'"cutoff": 0.4', b'"cutoff": NaN'),
    "another spelling": lambda f: spelt(f, b'"cutoff": 0.4', b'"cutoff": 4e-1'),
    "a blank at the end": lambda f: (f / bundle.MANIFEST).write_bytes((f / bundle.MANIFEST).read_bytes() + b" "),
    "a link for a file": lambda f: linked(f, bundle.PROBES),
    "a link for the manifest": lambda f: linked(f, bundle.MANIFEST),
    "a link for the signature": lambda f: linked(f, bundle.SIGNATURE),
    "a pipe for a file": lambda f: piped(f, bundle.PROBES),
    "a pipe for the signature": lambda f: piped(f, bundle.SIGNATURE),
    "one more file": lambda f: (f / "sitecustomize.py").write_bytes(b"x"),
    "one more file, listed": lambda f: with_a_file(f, "sitecustomize.py"),
    "a longer signature": lambda f: (f / bundle.SIGNATURE).write_bytes((f / bundle.SIGNATURE).read_bytes() + b"x"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_changed_after_it_was_signed_is_refused(saved, keys, attack):
    signature.sign(bundle.read(saved), saved, keys[0])
    ATTACKS[attack](saved)
    with pytest.raises(BundleError) as refused:
        signature.check(bundle.read(saved), keys[1])
    assert "\n" not in str(refused.value)


NAMES = ("PROBES.JSON", "a\\b", "C:evil", "a\nb", "-rf", ".hidden", "a b", "b" * 201, "é")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_whose_name_means_another_place_elsewhere_is_refused(saved, name):
    with_a_file(saved, name)
    with pytest.raises(BundleError, match=r"files must (be in the folder itself|have names that differ)"):
        bundle.read(saved)


@pytest.mark.parametrize("there", ["key", "key.pub"])
def test_neither_of_two_keys_is_written_where_one_of_them_is(there, tmp_path):
    (tmp_path / there).write_text("mine")
    with pytest.raises(RiskModelError, match=f"{there}: must not exist yet"):
        signature.new_keys(tmp_path / "key")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {there: "mine"}
