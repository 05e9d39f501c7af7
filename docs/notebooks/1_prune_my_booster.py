# %% [markdown]
# # Prune my booster
#
# A booster that was trained elsewhere goes in, a smaller one of the same class comes out, with the evidence that it
# is no worse. Made-up loans stand for your table. The rows that prune and judge are new to the model.

# %%
import lightgbm
import xgboost

import riskmodel as rm
from riskmodel.datasets import synthetic

loans = synthetic.portfolio(24_000, seed=1).to_pandas()
features = ["income", "savings", "debt_to_income", "utilisation", "inquiries"]
X, y = loans[features], loans["default"]
booster = lightgbm.LGBMClassifier(n_estimators=150, num_leaves=15, learning_rate=0.05, verbose=-1, n_jobs=1)
booster = booster.fit(X[:4000], y[:4000])

# %% [markdown]
# ## The smallest that is no worse
#
# The margin stands before anyone looks: half a hundredth of AUC. Some rows cut, others choose, and the last ones,
# sealed until then, confirm or refuse.

# %%
small = rm.prune(booster, X[4000:], y[4000:], margin=0.005)
small

# %%
print(small.why())
print("confirmed:", small.confirmed)
assert small.confirmed
assert type(small.model) is type(booster)

# %% [markdown]
# The curve shows every size that was made, with its bound, and the rivals: small models trained afresh on the same
# rows.

# %%
small.plot()

# %% [markdown]
# ## A size of your own
#
# `keep` sets the share that stays. Where the sample cannot show that it is no worse, nothing is given back unless
# `anyway=True` asks for it.

# %%
tenth = rm.prune(booster, X[4000:], y[4000:], keep=0.1, anyway=True)
print(tenth.evidence.points[1].name, "has", tenth.model.booster_.num_trees(), "trees of", booster.booster_.num_trees())
assert tenth.model.predict_proba(X[:5]).shape == (5, 2)

# %% [markdown]
# ## XGBoost, and without the trial
#
# `prune_trees` cuts and does no more: no samples, no verdict. It is what the methods of `prune` are made of.

# %%
other = xgboost.XGBClassifier(n_estimators=80, max_depth=4, n_jobs=1).fit(X[:4000], y[:4000])
cut = rm.prune_trees(other, X[4000:], y[4000:], keep=0.25)
print(type(cut).__name__, other.get_booster().num_boosted_rounds(), "trees before the cut")
assert type(cut) is type(other)

# %% [markdown]
# Any file of the two libraries takes the same way on the command line: `riskmodel prune model.txt --data
# loans.parquet --target default --output small.txt`.
