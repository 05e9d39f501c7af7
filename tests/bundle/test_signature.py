"""A signature shows who stands for these bytes: no other key, no other bundle, no bundle without one."""

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
