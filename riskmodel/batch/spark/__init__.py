"""The same chunk on a Spark cluster: Spark hands out and retries; what a row becomes is decided by the chunk.

session   a session that can be told from here, or one line on why there is none
parcel    the model on its way to the executors, and what they make of it
source    the rows of a task as the chunk takes them
task      what an executor does with them
run       the driver: hands out, counts, publishes

An executor writes the part of its task with the local engine's own writer into a folder of the attempt, and reports it
as the task's one row. Spark keeps one report a task, however often a task was tried; the driver publishes what is
reported and nothing else. So no row is lost or double when a worker dies, and no second pass is needed to count.
"""

from riskmodel.batch.spark.run import score
from riskmodel.batch.spark.session import opened

__all__ = ["opened", "score"]
