"""What pruners are made of, by what they cut: trees, features, rows, networks; and pupils of the given model."""
