# %% [markdown]
# # MLflow and serving
#
# A run goes to MLflow, the registry says which model decides, and the same model answers one application at a time.

# %%
from pathlib import Path

import pandas as pd

import riskmodel as rm
from riskmodel.datasets import synthetic

loans = synthetic.portfolio(9_000, seed=7).drop_columns(["true_pd"]).to_pandas()
plan = rm.propose(loans, target="default").replace("name", "loans")
run = rm.train(
    loans, plan, scorers=["lgbm"], prune={"distil": [0.25]}, store="sqlite:///mlflow.db", output="reports/loans"
)
print(run.why())

# %% [markdown]
# ## The registry is the switch
#
# An alias says who decides. What test has not confirmed needs a reason, which is kept.

# %%
# !riskmodel promote reports/loans --as champion --because "the first release"

# %%
model = rm.load("models:/loans@champion")
assert model.model_sha256 == run.chosen.model_sha256

# %% [markdown]
# ## One decision
#
# The record is what a form sends. Nothing builds a frame on the way.

# %%
record = loans.iloc[0].drop("default").to_dict()
decision = model.decide(record)
print(decision.decision, decision.grade, decision.points)

# %% [markdown]
# ## A batch, and that both agree

# %%
loans.drop(columns="default").head(500).to_parquet("applications.parquet")
# !riskmodel --quiet score --model models:/loans@champion --input applications.parquet --output scored
scored = pd.concat([pd.read_parquet(part) for part in sorted(Path("scored").glob("part-*.parquet"))])
assert scored["pd"].iloc[0] == decision.pd
print(scored["decision"].value_counts().sort_index().to_string())

# %% [markdown]
# `riskmodel ui` opens the run's page, `riskmodel serve --model models:/loans@champion` answers `POST /decide`: see
# [serving](../guides/serving.md).
