"""What the name of a column says of it. A name proves nothing: each answer is a reason to look, written as one."""

from __future__ import annotations

import re
from functools import cache

_AGE_OF = {"account", "acct", "car", "credit", "file", "line", "loan", "oldest", "newest", "trade", "vehicle"}
_PROTECTED = {
    "afam": "ethnicity",
    "age": "age",
    "asian": "ethnicity",
    "birth": "age",
    "black": "ethnicity",
    "caucasian": "ethnicity",
    "citizen": "nationality",
    "citizenship": "nationality",
    "disability": "disability",
    "disabled": "disability",
    "dob": "age",
    "ethnic": "ethnicity",
    "ethnicity": "ethnicity",
    "foreign": "nationality",
    "gender": "sex",
    "hispanic": "ethnicity",
    "immigrant": "nationality",
    "latina": "ethnicity",
    "latino": "ethnicity",
    "marital": "marital status",
    "marriage": "marital status",
    "married": "marital status",
    "minority": "ethnicity",
    "nationality": "nationality",
    "pregnant": "sex",
    "race": "race",
    "racial": "race",
    "religion": "religion",
    "sex": "sex",
    "white": "ethnicity",
}
_ALONE = {
    "divorced": "marital status",
    "single": "marital status",
    "widowed": "marital status",
}  # single_premium is not
_GROUPS = ("group", "demographic_group", "protected_group")

_BEFORE = {"before", "ever", "hist", "history", "past", "prev", "previous", "prior", "within"}
_WINDOW = re.compile(r"(^|_)\d+_?(m|mths?|months?|y|yrs?|years?)(_|$)")  # of a bureau: it looks back, too
_AFTER = re.compile(
    r"(^|_)(recover(y|ies|ed)|collections?|charged?_?offs?|write_?offs?|written_off|settle(d|ment)|hardship|lgd"
    r"|foreclos(ed|ure)|repossess(ed|ion)|(last|next|final|total|tot)_(pymnt|pay(ment)?s?|paid|pmt|rec)"
    r"|(last|next)_(credit_pull|fico)|out_prncp|outstanding_principal|loss_amount|net_loss|credit_loss|outcome"
    r"|(default|delinquency|foreclosure|repossession|closure|closed?|payoff|paid_off)_(date|d|dt|month|day|time|amount)"
    r"|date_of_default|(days|months)_to_default|repaid|paid_off|(loan|final)_status)(_|$)"
)
_SCORE_WORDS = {"pd", "pred", "predicted", "prediction", "prob", "proba", "probability"}
_SCORE = re.compile(
    r"^((loan_|credit_|risk_)?(sub_?)?grade|((risk|model|internal|own|pd)_)?(score|rating)|(int|interest)_rate"
    r"|rate_of_interest|apr|risk_(band|class|level|tier)|pd_(estimate|model)|scorecard(_points)?"
    r"|decision|approved|approval|accepted|credit_limit_granted"
    r"|(approved|granted|sanctioned|funded|disbursed)_?(amount|amnt|amt|limit|sum|term))$"
)
_AMOUNT = re.compile(
    r"(^|_)(loan|credit|funded|approved|financed|requested|disbursed|granted|sanctioned)_?(amount|amnt|amt|sum)(_|$)"
    r"|(^|_)(amount|amnt|amt|sum)_(of_)?(loan|credit|funded|approved|financed|requested|disbursed|granted)(_|$)"
    r"|^(amount|amnt|loan|loan_size|credit_limit|exposure|ead|principal|limit_bal|gr_appv|disbursement_gross)$"
)
_SAMPLING = re.compile(
    r"(sampl(e|ing)|survey|svy|design|population|expansion|probability|inverse_probability|case|row|obs|observation)"
    r"_(weights?|wgts?|wts?|factor)|(sample|sampling)_?(weights?|wgts?|wts?)|fnl_?wgt|final_?(weight|wgt)|p_?weight"
    r"|weight_(sample|sampling|survey|design)|expansion_factor|exp_factor|upscaling_factor"
)
_WEIGHT = re.compile(r"w|wt|wts|wgt|weights?|weighting|factor_weight")
_PERSONS = {"applicant", "borrower", "client", "cust", "customer", "debtor", "household", "member", "obligor", "person"}
_NUMBERING = {"guid", "id", "idx", "index", "key", "nbr", "no", "nr", "num", "number", "ref", "serial", "uid", "uuid"}
_RUN_TOGETHER = re.compile(r"(account|acct|branch|case|contract|dealer|loan|merchant|order|region|store|user)ids?")
_CODED = {
    *(
        "agency",
        "area",
        "branch",
        "category",
        "cd",
        "channel",
        "cluster",
        "code",
        "codes",
        "county",
        "dealer",
        "district",
    ),
    *("fips", "industry", "isco", "mcc", "msa", "naics", "nace", "occupation", "office", "plz", "postal", "postcode"),
    *("product", "profession", "region", "sector", "sic", "state", "store", "type", "zip", "zipcode"),
}
_QUANTITIES = {"age", "amount", "amt", "avg", "count", "cnt", "days", "income", "mean", "months", "nb", "num"}
_QUANTITIES |= {"number", "pct", "percent", "price", "rate", "ratio", "share", "size", "sum", "total", "value", "years"}

_OPENED = {
    *("app", "application", "applied", "booked", "booking", "cohort", "contract", "disbursal", "disbursed", "granted"),
    *("issue", "issued", "open", "opened", "orig", "origination", "start", "vintage"),
}
_CLOCK = {"asof", "date", "day", "dt", "month", "period", "quarter", "snapshot", "time", "timestamp", "year"}
_LATER = {"close", "closed", "default", "end", "last", "maturity", "next", "payment", "pymnt"}


@cache
def words(name: str) -> tuple[str, ...]:
    """MonthlyIncome, MONTHLY_INCOME and "monthly income" are all (monthly, income)."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return tuple(re.findall(r"[^\W\d_]+|\d+", parted.lower()))


def protected(name: str) -> str | None:
    """What a law may protect: sex, age, race, marital status, nationality, religion."""
    parts = words(name)
    if (joined := "_".join(parts)) in _GROUPS:
        return "a group"
    if joined in _ALONE:
        return _ALONE[joined]
    if _AGE_OF & set(parts):
        parts = tuple(word for word in parts if word != "age")
    return next((_PROTECTED[word] for word in parts if word in _PROTECTED), None)


def known_after(name: str) -> bool:
    """Whether it sounds like something that only the outcome brings: recoveries, last payment, settlement."""
    joined = "_".join(words(name))
    return not (_BEFORE & set(words(name)) or _WINDOW.search(joined)) and bool(_AFTER.search(joined))


def sampling_weight(name: str) -> bool:
    """Whether it can be nothing but for how many rows of the population a row stands."""
    return bool(_SAMPLING.fullmatch("_".join(words(name))))


def weight(name: str) -> bool:
    """Whether it may be that, or the weight of a body."""
    return bool(_WEIGHT.fullmatch("_".join(words(name))))


def another_score(name: str) -> bool:
    """Whether it sounds like what another model, or the lender's own, made of the application."""
    return bool(_SCORE_WORDS & set(words(name)) or _SCORE.search("_".join(words(name))))


def amount(name: str) -> bool:
    """Whether it sounds like the money that is lent."""
    return bool(_AMOUNT.search("_".join(words(name))))


def borrower(name: str) -> bool:
    """Whether it sounds like the number of a person or firm, rather than of a loan."""
    parts = words(name)
    return bool(_PERSONS & set(parts)) and (len(parts) == 1 or bool(_NUMBERING & set(parts)))


def numbering(name: str) -> bool:
    """Whether it sounds like a running number or a key; a column without a name is one that pandas wrote."""
    parts = words(name)
    return not parts or parts[0] in ("id", "unnamed") or parts[-1] in _NUMBERING


def pandas_index(name: str) -> bool:
    """Whether pandas gave the column its name, in writing the numbers of its rows."""
    return (
        re.fullmatch(r"__index_level_\d+__|Unnamed: \d+(\.\d+)?|level_\d+|index|rownames?|row_?names?|", name)
        is not None
    )


def coded(name: str) -> bool:
    """Whether whole numbers under this name are rather codes than quantities."""
    parts = set(words(name))
    return bool(_CODED & parts) and not (_QUANTITIES - _CODED) & parts


def numbered(name: str) -> bool:
    """Whether it sounds like the number of something that many rows share, such as a branch_id."""
    parts = words(name)
    return bool(parts) and (parts[-1] in {"id", "ids", "cd", "key", "kod"} or bool(_RUN_TOGETHER.fullmatch(parts[-1])))


def time_rank(name: str) -> int:
    """How well a date would date the application: 3 its issue or start, 2 some time, 1 any other, 0 rather not."""
    parts = set(words(name))
    if parts & _LATER or protected(name) == "age" or known_after(name):
        return 0
    return 3 if parts & _OPENED else 2 if parts & _CLOCK or "d" in parts else 1
