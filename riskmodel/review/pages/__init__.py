"""Pages: a run, a change, a pruned model; data first, then HTML."""
