"""Which public sets there are: names and facts alone, so that listing them loads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class PublicSet:
    """One set; `md5` is that of OpenML's file, None where none has been recorded."""

    title: str
    openml_id: int
    rows: int
    licence: str
    source: str
    md5: str | None = None


SETS = {
    "taiwan": PublicSet(
        "Default of credit card clients, Taiwan 2005",
        46919,
        30_000,
        "CC BY 4.0",
        "I-C. Yeh, UCI Machine Learning Repository 2009, https://doi.org/10.24432/C55S3H",
    ),
    "give-me-some-credit": PublicSet(
        "Give Me Some Credit: serious delinquency within two years",
        46929,
        150_000,
        "none stated",
        "Credit Fusion and W. Cukierski, Kaggle 2011, https://www.kaggle.com/c/GiveMeSomeCredit",
        "6d013a631b97b13d5372f097697e25a1",
    ),
    "heloc": PublicSet(
        "Home equity lines of credit, with the codes -7, -8 and -9",
        46932,
        10_459,
        "FICO's terms for the Explainable Machine Learning Challenge",
        "FICO 2018, https://community.fico.com/s/explainable-machine-learning-challenge",
    ),
    "polish-bankruptcy": PublicSet(
        "Bankruptcy of Polish companies",
        46950,
        5_910,
        "CC BY 4.0",
        "S. Tomczak, UCI Machine Learning Repository 2016, https://doi.org/10.24432/C5F600",
    ),
    "german-credit": PublicSet(
        "Statlog: German credit",
        46918,
        1_000,
        "CC BY 4.0",
        "H. Hofmann, UCI Machine Learning Repository 1994, https://doi.org/10.24432/C5NC77",
        "4a6d9d5ac9ef10ced7b8c5b499499c26",
    ),
}


def listed() -> Iterator[str]:
    """A line a set."""
    return (f"{name:20} {each.rows:>7,} rows  {each.licence}; OpenML {each.openml_id}" for name, each in SETS.items())
