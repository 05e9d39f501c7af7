"""Spark's own expressions in the place of Python workers: what exports to SQL is scored inside the JVM.

headers     the files that Spark reads as `score` does, by their columns
frame       the rows as the statement takes them: numbers as doubles, levels as text
counts      what is counted on the way: faults, levels spelt otherwise, missing values
answers     Spark's files as the parts of an output, and what is counted of them
first_rows  are scored here, too; one that differs ends the run
run         all of it
"""

from riskmodel.batch.spark.native.run import Native

__all__ = ["Native"]
