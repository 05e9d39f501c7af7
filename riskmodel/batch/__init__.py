"""Scoring a book: the chunk is pure, the engine around it reads, writes and counts.

chunk      a batch in, scored and quarantined rows out: for every engine
tally      what is counted on the way
book       how files are cut into parts
spelling   how applications are written, where that is not as in development
plan       looks at all files before anything is written (parquet, and tables for CSV)
spool      what can be read only once
reader     the pieces of a part
pipeline   reads ahead, scores on all cores, keeps the order
writer     one part, beside its place
workspace  the output while it grows; lock
record     the manifest and run.json
local      all of it, on this machine
predictor  what MLflow asks for answers
parity     one scorer in every form in which it decides
timing     how long one decision and a batch take, as evidence
"""

from riskmodel.batch.chunk import Chunk, Scored
from riskmodel.batch.local import Job, score
from riskmodel.batch.predictor import Predictor
from riskmodel.batch.seekable_copy import STDIN
from riskmodel.batch.spelling import AS_DEVELOPED, InputSpelling

__all__ = ["AS_DEVELOPED", "STDIN", "Chunk", "InputSpelling", "Job", "Predictor", "Scored", "score"]
