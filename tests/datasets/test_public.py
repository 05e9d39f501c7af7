import io
import re
import socket
import urllib.error
import warnings
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pytest

from riskmodel.datasets import public
from riskmodel.errors import DataError


def stub(monkeypatch, md5=public.SETS["german-credit"].md5):
    """What scikit-learn gives back for a set; remembers what it was asked for."""
    asked = {}
    frame = pd.DataFrame({"x": [1, 2], "purpose": pd.Categorical(["car", None]), "bad": pd.Categorical(["0", "1"])})

    def fetched(**options):
        asked.update(options)
        return SimpleNamespace(frame=frame, details={"md5_checksum": md5}, target_names=["bad"])

    monkeypatch.setattr(public, "fetch_openml", fetched)
    return asked


def test_a_set_comes_with_its_types_its_outcome_and_its_checksum(monkeypatch):
    asked = stub(monkeypatch)
    result = public.fetch("german-credit")
    assert asked["data_id"] == 46918
    assert result.table["x"].to_pylist() == [1, 2]
    assert result.table["purpose"].to_pylist() == ["car", None]
    assert pa.types.is_dictionary(result.table["purpose"].type)
    assert (result.target, result.md5) == ("bad", public.SETS["german-credit"].md5)


def test_a_set_that_has_changed_is_refused(monkeypatch):
    stub(monkeypatch, md5="0" * 32)
    with pytest.raises(DataError, match=f"md5 must be {public.SETS['german-credit'].md5}, however: {'0' * 32}"):
        public.fetch("german-credit")


def test_a_set_without_a_recorded_checksum_takes_openmls(monkeypatch):
    stub(monkeypatch, md5="0" * 32)
    assert public.SETS["heloc"].md5 is None
    assert public.fetch("heloc").md5 == "0" * 32


def test_the_sets_are_those_of_openml_and_none_is_without_licence_and_source():
    ids = {name: each.openml_id for name, each in public.SETS.items()}
    assert ids == {
        "taiwan": 46919,
        "give-me-some-credit": 46929,
        "heloc": 46932,
        "polish-bankruptcy": 46950,
        "german-credit": 46918,
    }
    for each in public.SETS.values():
        assert each.licence
        assert re.search(r"https://\S+", each.source)


def test_an_unknown_name_is_told_with_those_there_are():
    with pytest.raises(DataError, match=r"must be among taiwan, .*german-credit, however: german"):
        public.fetch("german")


def test_without_a_network_scikit_learn_is_told_so_in_one_line(monkeypatch):
    """Nothing is stubbed but the machine's own look-up of names, and the pause between two attempts."""

    def unknown(*_, **__):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr("time.sleep", lambda _: None)
    for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DataError) as error:
            public.fetch("taiwan")
    assert str(error.value) == (
        "OpenML data set 46919 (taiwan) cannot be fetched: Temporary failure in name resolution; it needs a network"
    )


@pytest.mark.parametrize(
    "trouble",
    [
        urllib.error.HTTPError("https://x", 404, "Not Found", {}, io.BytesIO()),  # type: ignore[arg-type]
        ValueError("The md5 checksum of the file does not match\n(try again)"),
        TimeoutError(),
    ],
)
def test_any_other_trouble_is_one_line_as_well(monkeypatch, trouble):
    def failing(**_):
        raise trouble

    monkeypatch.setattr(public, "fetch_openml", failing)
    with pytest.raises(DataError, match=r"^OpenML data set 46932 \(heloc\) cannot be fetched: \w[^\n]*$"):
        public.fetch("heloc")
