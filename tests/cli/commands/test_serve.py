"""`riskmodel serve` hands on limits and products; a product that has no name is refused before anything listens."""

import pytest
from cli.commands.recorder import recorded

LINE = ["serve", "--model", "bundle"]


@pytest.fixture
def service(monkeypatch):
    return recorded(monkeypatch, "riskmodel.workflows.serve.serve")


def test_usual_values_listen_on_this_machine_alone(service, riskmodel):
    assert riskmodel(*LINE)[0] == 0
    named = service.named
    assert (named["host"], named["port"], named["poll"], named["products"]) == ("127.0.0.1", 8000, 5.0, {})
    assert (named["limits"].rows, named["limits"].body_bytes) == (1000, 1 << 20)
    assert (named["challenger"], named["log"], named["key"], named["products_bytes"]) == (None, None, None, 1 << 30)


def test_products_are_named_once_each(service, riskmodel):
    riskmodel(*LINE, "--product", "cars=models:/cars@champion", "--product", "homes=a=b")
    assert service.named["products"] == {"cars": "models:/cars@champion", "homes": "a=b"}


@pytest.mark.parametrize(
    ("products", "why"),
    [
        (["cars"], "--product must be NAME=MODEL, a name of letters, digits and _, however: 'cars'"),
        (["cars="], "however: 'cars='"),
        (["=bundle"], "however: '=bundle'"),
        (["a/b=bundle"], "however: 'a/b=bundle'"),
        (["a=x", "a=y"], "--product must name each product once"),
    ],
)
def test_a_product_that_cannot_be_is_a_mistake_of_usage(products, why, service, riskmodel):
    code, _, err = riskmodel(*LINE, *(word for one in products for word in ("--product", one)))
    assert code == 2
    assert why in err
    assert service.calls == []


@pytest.mark.parametrize("option", ["--port=0", "--port=65536", "--most-rows=0", "--most-bytes=0", "--poll=0"])
def test_a_bound_out_of_its_range_is_refused(option, service, riskmodel):
    assert riskmodel(*LINE, option)[0] == 2
    assert service.calls == []


def test_the_address_is_told_once_it_listens(service, riskmodel):
    service.answer = lambda *_, ready, **__: ready()
    assert "http://127.0.0.1:9000/decide (Ctrl-C ends it)" in riskmodel(*LINE, "--port", "9000")[2]
