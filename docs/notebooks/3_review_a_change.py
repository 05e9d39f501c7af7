# %% [markdown]
# # Review a change of model
#
# Two models, whoever trained either, and rows that neither knew. What changes: who is approved, who is refused, at
# what risk, in which group. And whether the new one is no worse, by a margin that was fixed before.

# %%
import lightgbm

import riskmodel as rm
from riskmodel.datasets import synthetic

loans = synthetic.portfolio(16_000, seed=5).to_pandas()
features = ["income", "savings", "debt_to_income", "utilisation", "inquiries"]
X, y = loans[features], loans["default"]
old = lightgbm.LGBMClassifier(n_estimators=120, num_leaves=15, verbose=-1, n_jobs=1).fit(X[:5000], y[:5000])
new = lightgbm.LGBMClassifier(n_estimators=40, num_leaves=7, verbose=-1, n_jobs=1).fit(X[:5000], y[:5000])

# %% [markdown]
# ## PDs alone
#
# Where there are no models at hand, two columns of PDs will do. Three answers: non-inferior, inferior, inconclusive.

# %%
pd_old, pd_new = old.predict_proba(X[5000:])[:, 1], new.predict_proba(X[5000:])[:, 1]
change = rm.compare(y[5000:], pd_old, pd_new, margin=0.01)
print(change)
assert change.verdict in {"non-inferior", "inferior", "inconclusive"}

# %% [markdown]
# The same model against itself is called what it is, not a gain.

# %%
same = rm.compare(y[5000:], pd_old, pd_old, margin=0.01)
print(same)

# %% [markdown]
# ## The whole review

# %%
rows = loans[5000:].drop(columns=["true_pd"])
review = rm.review(old, new, rows, target="default")
print(review)
review

# %%
for finding in review.data["findings"][:3]:
    print("-", finding["statement"])

# %% [markdown]
# `review.report("change.html")` writes the page. On the command line: `riskmodel review --champion old.txt
# --challenger new.txt --data loans.parquet --target default --output change.html`; with `--gate` its exit code is 4
# where the challenger is not shown to be no worse.
