"""From a table to samples, in this order, and nothing looks back.

    run_table  reads the table as the TOML says
    schema  checks the table against the run's TOML: outcome, names, numbers
    split   draws the rows of each sample from outcome, dates and borrowers alone, then cuts them and seals the test one
    screens suspects columns that know the outcome, and whoever stands on both sides of a split
    encode  turns the features of a table into a matrix, in training and in scoring alike

The rows are drawn before the levels of the categories are learnt, so that no level is known from the test sample:

    whole = run_table.read(data, folder).rows
    keys = split.row_keys(whole, data)
    rows = split.draw(keys.default, run.split, run.seed)
    columns = schema.learn(whole, data, keys.default, rows.train)
    samples = split.split(whole, columns, rows, keys)

`preparation` does all of this for a run; `riskmodel check` and `riskmodel train` begin with it.
"""
