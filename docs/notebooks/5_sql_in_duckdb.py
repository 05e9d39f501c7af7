# %% [markdown]
# # A model as SQL in DuckDB
#
# A pruned model is small enough to be one SELECT: from raw columns to PD, points, grade, decision and reasons, where
# the data lie. The export proves on your rows that no decision turns.

# %%
import json
from pathlib import Path

import duckdb

import riskmodel as rm
from riskmodel.datasets import synthetic

loans = synthetic.portfolio(12_000, seed=9).drop_columns(["true_pd"]).to_pandas()
run = rm.train(loans, target="default", scorers=["lgbm"], prune={"distil": [0.1]})
small = run["lgbm/distil@0.1"]
small.save("bundle")
loans.drop(columns="default").to_parquet("applications.parquet")
print(run.why())

# %% [markdown]
# ## Write it

# %%
# !riskmodel --quiet export bundle --format sql --dialect duckdb --data applications.parquet --output score.sql

# %%
certificate = json.loads(Path("score.sql.json").read_text())
print(f"{Path('score.sql').stat().st_size / 1000:.0f} kB; fields: {', '.join(sorted(certificate))}")

# %% [markdown]
# ## Run it where the data lie

# %%
base = duckdb.connect()
base = base.execute("CREATE TABLE applications AS SELECT * FROM 'applications.parquet'")
answers = base.execute(Path("score.sql").read_text()).df()
print(answers["decision"].value_counts().sort_index().to_string())

# %% [markdown]
# ## The same decisions

# %%
ours = small.decide(loans.drop(columns="default"))
answers, ours = (frame.set_index(frame.columns[0]).sort_index() for frame in (answers, ours))
assert (answers["decision"] == ours["decision"]).all()
print("largest difference of a PD below 1e-9:", bool((answers["pd"] - ours["pd"]).abs().max() < 1e-9))
