"""Exit codes beyond 0 (done), 1 (a user's mistake) and 2 (usage)."""

NOTHING_SMALLER = 3  # prune: nothing smaller was shown to be no worse
NOT_NON_INFERIOR = 4  # review --gate: the challenger is not shown to be no worse
ALARM = 5  # review --since: a figure that is watched has failed
