# %% [markdown]
# # A bank's table, from start to scorecard
#
# One table, one column that says who defaulted. What is guessed is written down with its reason, and can be edited.

# %%
import riskmodel as rm
from riskmodel.datasets import synthetic

loans = synthetic.portfolio(12_000, seed=3).drop_columns(["true_pd"]).to_pandas()
plan = rm.propose(loans, target="default")
print("\n".join(plan.to_toml().splitlines()[:24]))

# %% [markdown]
# ## What training waits for
#
# Columns that tell the outcome, ids, copies of the outcome: `check` looks for them as training would, and says what
# must be answered first.

# %%
report = plan.check(loans)
print(f"{report.rows:,} rows; unanswered: {report.unanswered or 'nothing'}")
assert report.rows == len(loans)

# %% [markdown]
# ## Train
#
# A booster to know what can be reached, a scorecard to use, and both made smaller. Nothing is written.

# %%
run = rm.train(loans, plan, scorers=["lgbm", "scorecard"], prune={"distil": [0.25, 0.1], "scorecard/features": 0.6})
run

# %%
print(run.why())
print(run.why("scorecard"))

# %%
run.plot()

# %% [markdown]
# ## The scorecard
#
# It is one of the variants, whatever was chosen. It decides, and says what each answer adds to the margin.

# %%
card = run["scorecard"]
decisions = card.decide(loans.head(3))
print(decisions[["points", "grade", "decision"]].to_string())
effects = card.explain(loans.head(3))
print(effects.columns.tolist())
assert list(effects.columns) == [column.name for column in card.features]

# %% [markdown]
# `run.report("review.html")` writes the page for the validator, `run.chosen.save("bundle")` what a batch run scores
# with.
