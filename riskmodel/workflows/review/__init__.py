"""Reviews a change between two models."""
