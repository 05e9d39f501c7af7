"""From the command line: a report, a bundle or an address becomes the champion, and the earlier one comes back."""

import json
from functools import partial
from threading import Event

import pytest

from riskmodel import bundle, tracking
from riskmodel.bundle import signature
from riskmodel.serving.slot import Slot, watch
from riskmodel.workflows.decide import load


def test_a_run_is_promoted_another_takes_over_and_the_first_comes_back(riskmodel, done, store, tmp_path):
    study, folder = done
    audit, options = tmp_path / "audit.jsonl", ("--store", store, "--audit", tmp_path / "audit.jsonl")
    because = ("--because", "a drill")
    code, out, err = riskmodel("promote", folder, "--as", "champion", *because, *options)
    assert (code, err) == (0, "")
    assert out.startswith("models:/small@champion is version 1 now")
    other = next(path for path in sorted((folder / "bundles").iterdir()) if path.name != study.trade_off.chosen)
    code, _, err = riskmodel("promote", other, "--as", "challenger", *because, *options)
    assert (code, err.count("\n")) == (1, 1)
    assert "say --name" in err
    assert riskmodel("promote", other, "--as", "challenger", "--name", "small", *because, *options)[0] == 0
    code, _, err = riskmodel("promote", "models:/small@challenger", "--as", "champion", *options)
    assert (code, "must be confirmed by the test sample" in err) == (1, True)
    code, out, _ = riskmodel("promote", "models:/small@challenger", "--as", "champion", *because, *options, "--json")
    assert json.loads(out)["audit"]["bundle_sha256"] == bundle.read(other).sha256
    assert tracking.read("models:/small@champion", store) == bundle.read(other)
    code, out, _ = riskmodel("rollback", "small", *because, *options, "--json")
    assert (code, json.loads(out)["audit"]["bundle_sha256"]) == (0, bundle.read(folder / "chosen").sha256)
    assert tracking.read("models:/small@champion", store) == bundle.read(folder / "chosen")
    assert len(audit.read_text().splitlines()) == 4
    client = tracking.open_store(store).client
    for alias in ("champion", "previous"):
        client.delete_registered_model_alias("small", alias)
    for key in client.get_registered_model("small").tags:
        client.delete_registered_model_tag("small", key)


def test_only_what_is_signed_is_promoted_and_serves(riskmodel, done, store, tmp_path):
    """The registered version has no signature; the signed bundle becomes another one, and the service stays with it."""
    _, folder = done
    signed, key = tmp_path / "signed", tmp_path / "mine"
    bundle.save(bundle.read(folder / "chosen"), signed)
    public = signature.new_keys(key)
    words = ("promote", signed, "--as", "champion", "--because", "a drill", "--name", "signed", "--store", store)
    words = (*words, "--audit", tmp_path / "audit.jsonl")
    assert riskmodel(*words)[0] == 0
    code, _, err = riskmodel(*words, "--require-signature", public)
    assert (code, err.count("\n"), "it has no signature" in err) == (1, 1, True)
    signature.sign(bundle.read(signed), signed, key)
    for _ in range(2):  # the second time it is there
        code, out, _ = riskmodel(*words, "--require-signature", public)
        assert (code, "version 2" in out or "models:/signed/2" in out) == (0, True), out

    versions, end = [], Event()
    slot = Slot(load("models:/signed@champion", store, public))
    asked = iter(["models:/signed/1", "models:/signed/2"]).__next__

    def tell(line):
        versions.append(line)
        if len(versions) == 2:
            end.set()

    opening = partial(load, store=store, key=public)
    watch(slot, asked, opening, tell, now="models:/signed/0", seconds=0.01, end=end)
    assert "the model stays" in versions[0], versions
    assert "it has no signature" in versions[0], versions
    assert versions[1].startswith("now models:/signed/2")
    tracking.open_store(store).client.delete_registered_model("signed")


def test_without_a_store_nothing_is_rolled_back(riskmodel, tmp_path):
    code, _, err = riskmodel("rollback", "small", "--store", f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert (code, err.count("\n")) == (1, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("promote", "reports/x", "--as", "champion", "--because", " "), "because must say a reason"),
        (("rollback", "small", "--because", ""), "because must say a reason"),
        (("promote", "reports/x", "--as", "champion", "--name", "a/b c"), "however: 'a/b c'"),
        (("promote", "reports/x", "--as", "champion", "--name", ""), "however: ''"),
        (("rollback", "it's"), "the name of a registered model must be"),
    ],
)
def test_no_reason_and_no_name_are_refused_before_a_store_is_made(riskmodel, tmp_path, arguments, said):
    code, out, err = riskmodel(*arguments, "--store", f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err
    assert list(tmp_path.iterdir()) == []
