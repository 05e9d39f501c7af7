"""A message is one line, of a bearable length, and never names a password."""

import pytest

from riskmodel.errors import EXCERPT, LONGEST, ConfigError, RiskModelError, cause, in_one_line

SECRET = "S3cr3tPw"  # noqa: S105 - made up


@pytest.mark.parametrize(
    "address",
    [
        "http://bob:{}@127.0.0.1:9",
        "postgresql+psycopg2://bob:{}@host/db?sslmode=require",
        "mysql://bob:p@{}@host/db",
        "https://bob:{}/x@host/db",
        "https://{}@host",
        "https://host/db?user=bob&password={}",
        "https://host/db?sslpassword={}&x=1",
        "s3://bucket?X-Amz-Signature={}&a=b",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3DODBC%3BUID%3Dbob%3BPWD%3D{}",
    ],
)
def test_no_password_of_an_address_is_told(address):
    line = str(RiskModelError(f"{address.format(SECRET)}: cannot be opened"))
    assert SECRET not in line
    assert line.endswith("cannot be opened")


@pytest.mark.parametrize("text", ["models:/loans@champion: is missing", "a@b.example stands twice", "runs:/0/x"])
def test_what_is_no_password_stays(text):
    assert str(ConfigError(text)) == text


def test_a_message_is_one_line_without_control_characters():
    assert in_one_line("a\nb\tc \x1b[31md\x07") == r"a b c \x1b[31md\x07"
    assert len(in_one_line("x" * 10_000)) <= LONGEST + 3


def test_of_an_endless_value_the_ends_are_told():
    line = in_one_line(f"the format must be 3, however: {'a' * 150}{'b' * 3000}{'c' * 150} in a")
    assert line == f"the format must be 3, however: {'a' * 100}…{'c' * 100} in a"
    assert in_one_line("p" * 399) == "p" * 399


def test_what_a_library_raised_is_quoted_in_short():
    assert cause(KeyError("age")) == "KeyError('age')"
    quoted = cause(ValueError("no\nnumber " * 1000))
    assert len(quoted) == EXCERPT
    assert "\n" not in quoted
